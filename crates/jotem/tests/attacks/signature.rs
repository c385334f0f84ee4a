//! Layer S: MACs, and what holds for signatures of every kind.

#![expect(clippy::unwrap_used, reason = "a signature that cannot be made is a failed test")]

use std::error::Error as _;
use std::sync::atomic::{AtomicUsize, Ordering};

use jotem::crypto::{Verify, VerifyError};
use jotem::error::{Code, Excerpt};
use jotem::jws::{KeyRequest, KeyResolver, Keys};
use jotem::jwt::Unverified;
use jotem::testing::FixedClock;
use jotem::{Algorithm, ClaimsSet, Error, SigningKey, Verifier, VerifyingKey};
use serde::de::{Deserialize, Deserializer, IgnoredAny};

use crate::documents::{code, from_base64};
use crate::forge::*;
use crate::sample::{accepts, good, key, refuses};

/// One algorithm of each kind of signature.
const KINDS: [Algorithm; 6] = [
    Algorithm::Hs256,
    Algorithm::Hs512,
    Algorithm::Rs256,
    Algorithm::Ps256,
    Algorithm::Es256,
    Algorithm::EdDsa,
];

/// The text that is signed, and the bytes of a good signature.
fn signed(key: &SigningKey) -> (String, Vec<u8>) {
    let token = good(key);
    let (input, signature) = token.rsplit_once('.').unwrap();
    (input.to_owned(), from_base64(signature))
}

#[test]
fn s13_refuses_a_mac_that_is_cut_or_extended() {
    for algorithm in [Algorithm::Hs256, Algorithm::Hs384, Algorithm::Hs512] {
        let key = key(algorithm);
        let verifier = builder(&key).build().unwrap();
        let (input, mac) = signed(&key);
        refuses(&verifier, [(format!("{input}."), "jws_signature_missing")]);
        for length in 1..mac.len() {
            let cut = format!("{input}.{}", base64url(&mac[..length]));
            assert_eq!(verdict(&verifier, &cut), "jws_signature_length", "{algorithm}, {length}");
            let tail = format!("{input}.{}", base64url(&mac[length..]));
            assert_eq!(verdict(&verifier, &tail), "jws_signature_length", "{algorithm}, {length}");
        }
        for extension in [&[0][..], &[0; 32], &mac] {
            let extended = format!("{input}.{}", base64url([&mac, extension].concat()));
            refuses(&verifier, [(extended, "jws_signature_length")]);
        }
        accepts(&verifier, [format!("{input}.{}", base64url(&mac))]);
    }
}

#[test]
fn s13_refuses_the_mac_of_a_longer_hash_cut_to_length() {
    let secret: Vec<u8> = (0..64).collect();
    let under = |algorithm| SigningKey::from_secret(&secret, algorithm).unwrap();
    let algorithms = [Algorithm::Hs256, Algorithm::Hs384, Algorithm::Hs512];
    for algorithm in algorithms {
        let key = under(algorithm);
        let verifier = builder(&key).build().unwrap();
        let (input, mac) = signed(&key);
        for other in algorithms.into_iter().filter(|other| *other != algorithm) {
            let mut forged = under(other).sign(input.as_bytes()).unwrap().as_ref().to_vec();
            let whole = format!("{input}.{}", base64url(&forged));
            assert_eq!(verdict(&verifier, &whole), "jws_signature_length", "{algorithm}, {other}");
            forged.resize(mac.len(), 0);
            let fitted = format!("{input}.{}", base64url(forged));
            assert_eq!(
                verdict(&verifier, &fitted),
                "jws_signature_mismatch",
                "{algorithm}, {other}"
            );
        }
        accepts(&verifier, [format!("{input}.{}", base64url(mac))]);
    }
}

// Whether the time of a comparison tells where it stopped is measured by the benchmarks; a test in
// a shared machine's noise would say nothing. Here: the whole MAC counts, and the refusal is the
// same wherever it differs.
#[test]
fn s14_compares_every_bit_and_says_the_same_wherever_it_differs() {
    for algorithm in KINDS {
        let key = key(algorithm);
        let verifier = builder(&key).build().unwrap();
        let (input, signature) = signed(&key);
        let mut said = None;
        for at in 0..signature.len() {
            let bits: &[u8] = if signature.len() > 64 { &[0x01] } else { &[0x01, 0x80] };
            for bit in bits {
                let mut flipped = signature.clone();
                flipped[at] ^= bit;
                let token = format!("{input}.{}", base64url(flipped));
                let error = verifier.verify::<()>(&token).unwrap_err();
                let says = (error.code(), error.to_string(), error.public());
                assert_eq!(says.0, Code::SignatureMismatch, "{algorithm}, byte {at}");
                assert_eq!(*said.get_or_insert_with(|| says.clone()), says, "byte {at}");
            }
        }
        accepts(&verifier, [format!("{input}.{}", base64url(signature))]);
    }
}

/// Everything that an error says.
fn words(error: &Error) -> String {
    let mut words =
        format!("{error} {error:?} {} {:?} {:?}", error.hint(), error.public(), error.kind());
    let mut source = error.source();
    while let Some(cause) = source {
        words.push_str(&format!(" {cause} {cause:?}"));
        source = cause.source();
    }
    words
}

fn lower_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn s15_shows_neither_the_right_signature_nor_the_key_nor_the_token() {
    let key = hs256();
    let verifier = builder(&key).audience("api").build().unwrap();
    let (input, mac) = signed(&key);
    let mut wrong = mac.clone();
    wrong[0] ^= 1;
    let claims = r#"{"sub":"42","exp":1,"secret":"gGBhT5bK3qV7"}"#;
    let tokens = [
        format!("{input}.{}", base64url(&wrong)),
        format!("{input}.{}", base64url(&mac[..31])),
        format!("{input}.{}=", base64url(&mac)),
        with_claims(claims),
        with_claims(r#"{"aud":"other","exp":1700000900,"secret":"gGBhT5bK3qV7"}"#),
        format!("Bearer {}", with_claims(claims)),
        format!("\"{}\"", with_claims(claims)),
        with_claims(claims).replace('.', ":"),
    ];
    for token in tokens {
        let error = verifier.verify::<serde_json::Value>(&token).unwrap_err();
        let said = words(&error);
        let secrets = [
            ("the MAC", base64url(&mac)),
            ("the MAC in hexadecimal", lower_hex(&mac)),
            ("bytes of the MAC", format!("{:?}", &mac[..4])),
            ("the sent MAC", base64url(&wrong)),
            ("the secret", String::from_utf8_lossy(SECRET).into_owned()),
            ("the secret in base64", base64url(SECRET)),
            ("bytes of the secret", format!("{:?}", &SECRET[..4])),
            ("the payload", base64url(claims)),
            ("a claim", "gGBhT5bK3qV7".to_owned()),
        ];
        for (name, secret) in secrets {
            assert!(!said.contains(secret.trim_matches(['[', ']'])), "{name} is in: {said}");
        }
        assert!(!said.contains(&token), "the token is in: {said}");
        assert!(!format!("{verifier:?}").contains("a secret of 32"), "{verifier:?}");
    }
}

#[test]
fn s20_says_that_a_signature_is_wrong_before_it_says_anything_of_claims() {
    for algorithm in KINDS {
        let (key, other) = (key(algorithm), SigningKey::generate(algorithm).unwrap());
        let verifier = builder(&key).issuer("https://a.example").build().unwrap();
        let header = format!(r#"{{"alg":"{algorithm}"}}"#);
        let claims = [
            r#"{"exp":1}"#,
            r#"{"nbf":9700000000,"exp":9700000000}"#,
            r#"{"iss":"https://b.example","exp":1700000900}"#,
            r#"{"exp":"text"}"#,
            "{}",
            "not json",
            "",
        ];
        for claims in claims {
            let found = verdict(&verifier, &token(&header, claims, &other));
            assert_eq!(found, "jws_signature_mismatch", "{algorithm}: {claims}");
        }
        let whole = r#"{"iss":"https://a.example","exp":1700000900}"#;
        refuses(
            &verifier,
            [
                (token(&header, r#"{"iss":"https://a.example","exp":1}"#, &key), "jwt_expired"),
                (token(&header, whole, &key), "accepted"),
            ],
        );
    }
}

/// A key that lives elsewhere, and fails in some way.
#[derive(Debug)]
enum Elsewhere {
    Holds(VerifyingKey),
    Down,
}

impl Verify for Elsewhere {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Es256
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), VerifyError> {
        match self {
            Self::Holds(key) => key.verify(message, signature).map_err(|_| VerifyError::Mismatch),
            Self::Down => Err(VerifyError::Unavailable("connection reset by peer".into())),
        }
    }
}

#[test]
fn s20_takes_the_failure_of_a_key_for_no_signature() {
    let key = key(Algorithm::Es256);
    let verifier = |elsewhere| {
        let key = VerifyingKey::from_verifier(elsewhere);
        Verifier::builder(key).clock(FixedClock::at(NOW)).build().unwrap()
    };
    let down = verifier(Elsewhere::Down);
    refuses(&down, [(good(&key), "jws_keys_unavailable")]);
    let error = down.verify::<()>(&good(&key)).unwrap_err();
    assert_eq!(error.public().error, "server_error", "the token may well be good");

    // It is not asked about what cannot be a signature.
    let (input, signature) = signed(&key);
    refuses(&down, [(format!("{input}.{}", base64url(&signature[1..])), "jws_signature_length")]);
    let holds = verifier(Elsewhere::Holds(key.verifying_key()));
    let other = SigningKey::generate(Algorithm::Es256).unwrap();
    refuses(&holds, [(good(&other), "jws_signature_mismatch"), (good(&key), "accepted")]);
}

#[test]
fn s20_gives_no_verdict_while_one_of_several_keys_cannot_be_asked() {
    let (key, other) = (key(Algorithm::Es256), SigningKey::generate(Algorithm::Es256).unwrap());
    let down = || VerifyingKey::from_verifier(Elsewhere::Down);
    for keys in [[down(), other.verifying_key()], [other.verifying_key(), down()]] {
        let order = format!("{keys:?}");
        let verifier = Verifier::builder(keys).try_keys(2).clock(FixedClock::at(NOW));
        let verifier = verifier.build().unwrap();
        // The key that is down may have signed it.
        assert_eq!(verdict(&verifier, &good(&key)), "jws_keys_unavailable", "{order}");
        assert_eq!(verdict(&verifier, &good(&other)), "accepted", "{order}");
    }
}

/// A resolver that fails, or counts how often it is asked.
#[derive(Debug)]
struct Source(Result<VerifyingKey, &'static str>);

static ASKED: AtomicUsize = AtomicUsize::new(0);

impl KeyResolver for Source {
    fn resolve(&self, _request: &KeyRequest<'_>) -> Result<Vec<VerifyingKey>, Excerpt> {
        ASKED.fetch_add(1, Ordering::Relaxed);
        self.0.clone().map(|key| vec![key]).map_err(Excerpt::new)
    }
}

#[test]
fn s20_takes_the_failure_of_a_resolver_for_no_key() {
    let key = key(Algorithm::Es256);
    let verifier = |source| {
        let builder = Verifier::builder(Keys::resolver(source)).algorithms([Algorithm::Es256]);
        builder.clock(FixedClock::at(NOW)).build().unwrap()
    };
    let failing = verifier(Source(Err("timeout")));
    refuses(&failing, [(good(&key), "jws_keys_unavailable")]);
    let working = verifier(Source(Ok(key.verifying_key())));
    accepts(&working, [good(&key)]);
    // And it is not asked for what the allow-list refuses.
    let before = ASKED.load(Ordering::Relaxed);
    refuses(
        &working,
        [(good(&hs256()), "jws_alg_not_allowed"), ("a.b.c".into(), "base64url_length")],
    );
    assert_eq!(ASKED.load(Ordering::Relaxed), before);
}

/// Claims that count how often somebody reads them.
struct Counted;

static READ: AtomicUsize = AtomicUsize::new(0);

impl<'de> Deserialize<'de> for Counted {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        READ.fetch_add(1, Ordering::Relaxed);
        IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}

#[test]
fn s21_shows_the_claims_to_nobody_before_the_signature_holds() {
    let (key, other) = (key(Algorithm::Es256), SigningKey::generate(Algorithm::Es256).unwrap());
    let verifier = builder(&key).build().unwrap();
    let (input, signature) = signed(&key);
    let bad = [
        good(&other),
        format!("{input}."),
        format!("{input}.{}", base64url(&signature[1..])),
        with_claims(GOOD_CLAIMS),
        token(r#"{"alg":"none"}"#, GOOD_CLAIMS, &key),
        token(r#"{"alg":"ES256","kid":"a","kid":"b"}"#, GOOD_CLAIMS, &key),
    ];
    for token in bad {
        assert_ne!(code(verifier.verify::<Counted>(&token)), "accepted");
        assert!(!verifier.explain(&token).to_string().contains("42"), "{token}");
    }
    assert_eq!(READ.load(Ordering::Relaxed), 0);
    assert_eq!(code(verifier.verify::<Counted>(&good(&key))), "accepted");
    assert_eq!(READ.load(Ordering::Relaxed), 1);
}

#[test]
fn s21_gives_unverified_claims_another_type() {
    let forged = token(r#"{"alg":"ES256"}"#, r#"{"sub":"admin"}"#, &hs256());
    let claims: Unverified<ClaimsSet<()>> = jotem::unverified_claims(&forged).unwrap();
    assert_eq!(claims.as_untrusted().subject(), Some("admin"), "says the sender");
    assert!(!jotem::explain(&forged).is_verified());
    assert_ne!(verdict(&verifier(), &forged), "accepted");
}
