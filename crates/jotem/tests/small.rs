//! What the crate does without the feature `aws-lc`: HMAC, parsing, explaining, thumbprints, and
//! other people's `Verify`. It passes with the feature as well.

use jotem::crypto::{Verify, VerifyError};
use jotem::{Algorithm, Claims, Issuer, Jwk, KeySet, SigningKey, Verifier, VerifyingKey};

const EC: &str = r#"{"kty":"EC","crv":"P-256",
    "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;

/// The token of RFC 7515 A.3, without its signature.
const SIGNED: &str = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

#[test]
fn signs_and_verifies_with_a_shared_secret() {
    let key = SigningKey::from_secret([7; 64], Algorithm::Hs512).unwrap();
    let issuer = Issuer::builder(key.clone()).never_expires().build().unwrap();
    let token = issuer.issue(&Claims::empty().subject("42")).unwrap();
    let verifier = Verifier::builder(key.verifying_key()).expiry_optional().build().unwrap();
    assert_eq!(verifier.verify::<()>(&token).unwrap().claims().subject(), Some("42"));
    assert!(verifier.verify::<()>(&format!("{token}A")).is_err());
}

#[test]
fn reads_public_keys_and_names_them() {
    let jwk = Jwk::from_json(EC).unwrap();
    assert_eq!(jwk.algorithm(), Some(Algorithm::Es256));
    let same = Jwk::from_der(jwk.to_der().unwrap()).unwrap();
    assert_eq!(same.thumbprint(), jwk.thumbprint());
    let set = KeySet::from_json(format!("{{\"keys\":[{EC}]}}")).unwrap();
    assert_eq!(set.keys().count(), 1);
}

#[test]
fn takes_a_token_apart_without_a_key() {
    let header = jotem::unverified_header(&format!("{SIGNED}.AA")).unwrap().into_untrusted();
    assert_eq!(header.algorithm(), Some("ES256"));
    assert!(!jotem::explain(&format!("{SIGNED}.AA")).is_verified());
}

/// A key that another process asks about.
#[derive(Debug)]
struct Remote {
    answer: fn() -> Result<(), VerifyError>,
}

impl Verify for Remote {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Es256
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), VerifyError> {
        assert_eq!(message, SIGNED.as_bytes());
        assert_eq!(signature, [0; 64]);
        (self.answer)()
    }
}

fn ask(answer: fn() -> Result<(), VerifyError>) -> String {
    let key = VerifyingKey::from_verifier(Remote { answer });
    let token = format!("{SIGNED}.{}", "A".repeat(86));
    match jotem::jws::verify(&token, key, &jotem::jws::Options::new()) {
        Ok(verified) => format!("{} bytes", verified.payload().len()),
        Err(error) => error.code().to_string(),
    }
}

#[test]
fn asks_other_peoples_keys_and_takes_every_error_for_a_refusal() {
    assert_eq!(ask(|| Ok(())), "70 bytes");
    assert_eq!(ask(|| Err(VerifyError::Mismatch)), "jws_signature_mismatch");
    assert_eq!(ask(|| Err(VerifyError::Unavailable("no answer".into()))), "jws_keys_unavailable");
}

#[test]
fn refuses_a_signature_of_another_length_before_it_asks() {
    let key = VerifyingKey::from_verifier(Remote { answer: || panic!("it was asked") });
    let token = format!("{SIGNED}.AAAA");
    let error = jotem::jws::verify(&token, key, &jotem::jws::Options::new()).unwrap_err();
    assert_eq!(error.code().as_str(), "jws_signature_length");
}

/// An Ed25519 key as PKCS#8, without its public half (RFC 8410 §10.3).
const SEED_ONLY: &str = "\
-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
-----END PRIVATE KEY-----
";

/// An EC key on P-256 as SEC1, with its public half.
const BOTH_HALVES: &str = "\
-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIHdm9GGz52dJ0y/VyhLQFczgMapewCsVpsbag7sbAQdcoAoGCCqGSM49
AwEHoUQDQgAEbF4P5UXwqUX0j1uZJpoUuc2QdW5qi5/tGr8deoDMN2J2Ryl652Gj
9B6rNpQZgfspEhNXJ6ktzUNxWf8I8Sc+kw==
-----END EC PRIVATE KEY-----
";

#[test]
fn keeps_the_private_half_of_a_document_that_has_both() {
    let jwk = Jwk::from_pem(BOTH_HALVES).unwrap();
    assert!(jwk.is_private());
    let again = Jwk::from_der(jwk.to_private_der().unwrap().expose()).unwrap();
    assert_eq!(again.thumbprint(), jwk.thumbprint());
    assert!(!jwk.public().unwrap().is_private());
}

/// An Ed448 key (RFC 8037 §2) and its SPKI.
const ED448: [&str; 2] = [
    r#"{"kty":"OKP","crv":"Ed448","x":"Ko-jM8dwmQhRCpYD26bIAMKCqQKoAKsVDN2c9sk7wixl5agDr9EJdepUClU5FuJLWwRvUQS4uo4A"}"#,
    "-----BEGIN PUBLIC KEY-----
MEMwBQYDK2VxAzoAKo+jM8dwmQhRCpYD26bIAMKCqQKoAKsVDN2c9sk7wixl5agD
r9EJdepUClU5FuJLWwRvUQS4uo4A
-----END PUBLIC KEY-----",
];

#[test]
fn refuses_an_ed448_key_by_the_name_of_its_feature() {
    for document in ED448 {
        let found = Jwk::from_bytes(document).map(|jwk| jwk.algorithm());
        if cfg!(feature = "ed448") {
            assert_eq!(found.unwrap(), Some(Algorithm::Ed448));
        } else {
            assert_eq!(found.unwrap_err().code().as_str(), "key_ed448_off");
        }
    }
    let set = KeySet::from_json(format!("{{\"keys\":[{EC},{}]}}", ED448[0])).unwrap();
    assert_eq!(set.members().len(), 2);
    assert_eq!(set.keys().count(), 1 + usize::from(cfg!(feature = "ed448")));
    assert_eq!(Algorithm::ALL.contains(&Algorithm::Ed448), cfg!(feature = "ed448"));
    assert_eq!("Ed448".parse(), Ok(Algorithm::Ed448), "other people's keys have it in any build");
}

#[test]
fn takes_random_looking_bytes_for_a_secret_whatever_they_begin_with() {
    let mut secret = [7; 65];
    secret[0] = 4;
    assert!(SigningKey::from_secret(secret, Algorithm::Hs256).is_ok());
}

/// What only curve arithmetic and random numbers can tell is refused, not guessed.
#[cfg(not(feature = "aws-lc"))]
#[test]
fn refuses_what_it_cannot_compute() {
    let code = |error: jotem::Error| error.code().as_str();
    assert_eq!(code(Jwk::from_pem(SEED_ONLY).unwrap_err()), "key_member_missing");
    let jwk = Jwk::from_pem(BOTH_HALVES).unwrap();
    let signing = SigningKey::from_jwk(&jwk, Algorithm::Es256).unwrap_err();
    assert_eq!(code(signing), "key_rejected");
    let verifying = VerifyingKey::from_jwk(&jwk.public().unwrap(), Algorithm::Es256).unwrap_err();
    assert_eq!(code(verifying), "key_rejected");
    let key = SigningKey::from_secret([7; 64], Algorithm::Hs512).unwrap();
    let issuer = Issuer::builder(key).never_expires().token_ids().build().unwrap();
    assert_eq!(code(issuer.issue(&Claims::empty()).unwrap_err()), "key_rejected");
    assert!(issuer.issue(&Claims::empty().token_id("one")).is_ok(), "it need not be made");
}

#[cfg(feature = "aws-lc")]
#[test]
fn computes_the_public_half_that_a_document_lacks() {
    let jwk = Jwk::from_pem(SEED_ONLY).unwrap();
    let public = "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=";
    assert!(jwk.to_pem().unwrap().contains(public), "RFC 8410 §10.1");
}

#[test]
fn lint_finds_nothing_in_sound_keys_whatever_the_features() {
    use jotem::lint::Lint;

    let lint = Lint::at(jotem::NumericDate::from_secs(1_800_000_000));
    let ed25519 = r#"{"kty":"OKP","crv":"Ed25519","kid":"a","use":"sig",
        "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    assert_eq!(lint.key(ed25519.as_bytes()), []);
    assert_eq!(lint.key(b"secret")[0].code(), "lint_secret_known");
}
