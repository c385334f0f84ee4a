//! Tokens that no issuer would write, signed all the same.

use jotem::crypto::Signature;
use jotem::testing::FixedClock;
use jotem::{Algorithm, SigningKey, Verifier, jwt::VerifierBuilder};

/// The time at which every test happens.
pub(crate) const NOW: u64 = 1_700_000_000;

/// A secret of 32 bytes.
pub(crate) const SECRET: &[u8] = b"a secret of 32 bytes, no more...";

/// Claims that the verifier of [`verifier`] accepts.
pub(crate) const GOOD_CLAIMS: &str = r#"{"sub":"42","exp":1700000900}"#;

/// base64url as an issuer writes it.
pub(crate) fn base64url(bytes: impl AsRef<[u8]>) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in bytes.as_ref().chunks(3) {
        let mut word = [0; 4];
        word[1..=chunk.len()].copy_from_slice(chunk);
        let word = u32::from_be_bytes(word);
        for position in 0..=chunk.len() {
            let six = (word >> (18 - 6 * position)) & 0x3f;
            text.push(char::from(ALPHABET[six as usize]));
        }
    }
    text
}

/// The key of every HS256 test.
pub(crate) fn hs256() -> SigningKey {
    SigningKey::from_secret(SECRET, Algorithm::Hs256).unwrap()
}

/// Signs a text as it stands, whatever it is, and appends the signature.
pub(crate) fn seal(signing_input: &str, key: &SigningKey) -> String {
    let signature: Signature = key.sign(signing_input.as_bytes()).unwrap();
    format!("{signing_input}.{}", base64url(signature))
}

/// Signs any header and any payload, neither of which need be JSON.
pub(crate) fn token(
    header: impl AsRef<[u8]>,
    payload: impl AsRef<[u8]>,
    key: &SigningKey,
) -> String {
    seal(&format!("{}.{}", base64url(header), base64url(payload)), key)
}

/// A token whose header is any JSON, under HS256.
pub(crate) fn with_header(header: &str) -> String {
    token(header, GOOD_CLAIMS, &hs256())
}

/// A token whose claims are any JSON, under HS256.
pub(crate) fn with_claims(claims: &str) -> String {
    token(r#"{"alg":"HS256"}"#, claims, &hs256())
}

/// The verifier of the good tokens under HS256, at [`NOW`], with nothing expected.
pub(crate) fn verifier() -> Verifier {
    builder(&hs256()).build().unwrap()
}

/// A builder with a key and the clock at [`NOW`].
pub(crate) fn builder(key: &SigningKey) -> VerifierBuilder {
    Verifier::builder(key.verifying_key()).clock(FixedClock::at(NOW))
}

/// The code with which a verifier refuses a token, or `"accepted"`.
pub(crate) fn verdict(verifier: &Verifier, token: &str) -> &'static str {
    match verifier.verify::<serde_json::Value>(token) {
        Ok(_) => "accepted",
        Err(error) => error.code().as_str(),
    }
}
