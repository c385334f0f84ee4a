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
