//! Keys, texts and tables that several layers use.

use std::sync::LazyLock;

use jotem::jwa::KeyType;
use jotem::{Algorithm, Jwk, Limits, SigningKey, Verifier};

use crate::forge::*;

/// One RSA key for all tests: making one takes a while.
static RSA: LazyLock<Jwk> = LazyLock::new(|| {
    let der = SigningKey::generate(Algorithm::Rs256).unwrap().to_der().unwrap();
    Jwk::from_der(der.expose()).unwrap()
});

/// The RSA key of all tests, under an algorithm.
pub(crate) fn rsa(algorithm: Algorithm) -> SigningKey {
    SigningKey::from_jwk(&RSA, algorithm).unwrap()
}

/// A new key; for RSA the one of all tests.
pub(crate) fn key(algorithm: Algorithm) -> SigningKey {
    if algorithm.key_type() == KeyType::Rsa {
        return rsa(algorithm);
    }
    SigningKey::generate(algorithm).unwrap()
}

/// A good token of a key.
pub(crate) fn good(key: &SigningKey) -> String {
    token(format!(r#"{{"alg":"{}"}}"#, key.algorithm()), GOOD_CLAIMS, key)
}

/// A token whose header is any JSON, under a key.
pub(crate) fn headed(header: &str, key: &SigningKey) -> String {
    token(header, GOOD_CLAIMS, key)
}

/// A token that nobody signed, with any third segment.
pub(crate) fn unsigned(header: &str, signature: &str) -> String {
    format!("{}.{}.{signature}", base64url(header), base64url(GOOD_CLAIMS))
}

/// A verifier of one key that has room for everything: what it refuses is not refused for its size.
pub(crate) fn roomy(key: &SigningKey) -> Verifier {
    let limits = Limits::default().token_bytes(64 << 20).header_bytes(64 << 20);
    builder(key).limits(limits).build().unwrap()
}

/// The three segments of a token.
pub(crate) fn segments(token: &str) -> [String; 3] {
    let mut parts = token.splitn(3, '.').map(str::to_owned);
    std::array::from_fn(|_| parts.next().unwrap())
}

/// Checks a table: each token is refused with its code.
#[track_caller]
pub(crate) fn refuses<T: AsRef<str>>(
    verifier: &Verifier,
    cases: impl IntoIterator<Item = (T, &'static str)>,
) {
    let found = cases.into_iter().enumerate().map(|(row, (token, wanted))| {
        (row, verdict(verifier, token.as_ref()), wanted, excerpt(token.as_ref()))
    });
    let wrong: Vec<_> = found.filter(|(_, got, wanted, _)| got != wanted).collect();
    assert!(wrong.is_empty(), "row, got, wanted: {wrong:#?}");
}

/// Checks a table: each token is accepted.
#[track_caller]
pub(crate) fn accepts<T: AsRef<str>>(verifier: &Verifier, tokens: impl IntoIterator<Item = T>) {
    refuses(verifier, tokens.into_iter().map(|token| (token, "accepted")));
}

/// Checks a table of headers under HS256, each MACed: all are refused, each with its code.
#[track_caller]
pub(crate) fn refuses_headers(cases: &[(&str, &'static str)]) {
    refuses(&verifier(), cases.iter().map(|(header, code)| (with_header(header), *code)));
}

/// A header and a payload in which one text is put.
pub(crate) fn both(bytes: &[u8]) -> [String; 2] {
    let key = hs256();
    [token(bytes, GOOD_CLAIMS, &key), token(r#"{"alg":"HS256"}"#, bytes, &key)]
}

/// Checks that header and payload are refused alike.
#[track_caller]
pub(crate) fn refuses_in_both(cases: impl IntoIterator<Item = (impl AsRef<[u8]>, &'static str)>) {
    let rows = cases
        .into_iter()
        .flat_map(|(bytes, code)| both(bytes.as_ref()).into_iter().map(move |token| (token, code)));
    refuses(&roomy(&hs256()), rows);
}

fn excerpt(token: &str) -> String {
    token.chars().take(200).collect()
}
