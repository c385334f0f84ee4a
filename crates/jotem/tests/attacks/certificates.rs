//! H22: what a token says of certificates, against the key it is verified with.

use jotem::testing::FixedClock;
use jotem::{Algorithm, Jwk, KeySet, SigningKey, Verifier};

use crate::forge::*;
use crate::sample::*;

const CERTIFICATE: &str = include_str!("../../../../vectors/keys/x509-ed25519.pem");
const PRIVATE: &str = include_str!("../../../../vectors/keys/ed25519.pem");
const OTHER: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn signer() -> SigningKey {
    SigningKey::from_pem(PRIVATE, Algorithm::EdDsa).unwrap()
}

/// A verifier of a document, under names that a token may have.
fn verifier_of(jwk: &Jwk) -> Verifier {
    let set = KeySet::from_json(format!(r#"{{"keys":[{}]}}"#, jwk.to_json().unwrap())).unwrap();
    Verifier::builder(&set).clock(FixedClock::at(NOW)).build().unwrap()
}

fn naming(member: &str, value: &str) -> String {
    headed(&format!(r#"{{"alg":"EdDSA","{member}":"{value}"}}"#), &signer())
}

#[test]
fn h22_a_token_that_names_another_certificate_than_the_key_has_is_refused() {
    let jwk = Jwk::from_x509(CERTIFICATE).unwrap();
    let own = jwk.certificate_thumbprint().unwrap();
    let verifier = verifier_of(&jwk);
    accepts(&verifier, [naming("x5t#S256", own), good(&signer())]);
    let padded = format!("{own}=");
    let lower = own.to_lowercase();
    for wrong in [OTHER, "", "AAAA", &own[1..], &padded, &lower, "null"] {
        refuses(&verifier, [(naming("x5t#S256", wrong), "jws_certificate_mismatch")]);
    }
    // Its thumbprint alone says as much as the certificate.
    let json = jwk.to_json().unwrap();
    let (before, rest) = json.split_once(r#""x5c":["#).unwrap();
    let (_, after) = rest.split_once("],").unwrap();
    let named = verifier_of(&Jwk::from_json(format!("{before}{after}")).unwrap());
    accepts(&named, [naming("x5t#S256", own)]);
    refuses(&named, [(naming("x5t#S256", OTHER), "jws_certificate_mismatch")]);
}

#[test]
fn h22_a_key_that_says_nothing_of_certificates_does_not_care() {
    let jwk = Jwk::from_pem(PRIVATE).unwrap().public().unwrap();
    accepts(&verifier_of(&jwk), [naming("x5t#S256", OTHER), naming("x5t", "AAAA")]);
}

#[test]
fn h22_a_sha1_thumbprint_is_no_reason_for_anything() {
    let jwk = Jwk::from_x509(CERTIFICATE).unwrap();
    accepts(&verifier_of(&jwk), [naming("x5t", "AAAA"), naming("x5t", "")]);
    let header = r#"{"alg":"EdDSA","x5t":7}"#;
    refuses(&verifier_of(&jwk), [(headed(header, &signer()), "jws_parameter_type")]);
}

#[test]
fn h22_a_thumbprint_never_chooses_among_keys() {
    let certified = Jwk::from_x509(CERTIFICATE).unwrap();
    let own = certified.certificate_thumbprint().unwrap().to_owned();
    let bare = key(Algorithm::EdDsa).verifying_key().to_jwk().unwrap();
    let documents = [certified.to_json().unwrap(), bare.to_json().unwrap()].join(",");
    let set = KeySet::from_json(format!(r#"{{"keys":[{documents}]}}"#)).unwrap();
    let builder = || Verifier::builder(&set).clock(FixedClock::at(NOW));
    // Two keys could have signed it, whatever the header says of certificates.
    let verifier = builder().build().unwrap();
    for named in [own.as_str(), OTHER] {
        refuses(&verifier, [(naming("x5t#S256", named), "jws_key_ambiguous")]);
    }
    // Where both are tried, the one with another certificate is not.
    let verifier = builder().try_keys(2).build().unwrap();
    accepts(&verifier, [naming("x5t#S256", &own)]);
    refuses(&verifier, [(naming("x5t#S256", OTHER), "jws_signature_mismatch")]);
}

#[test]
fn h22_a_jwk_whose_certificate_has_another_key_is_no_key() {
    let jwk = Jwk::from_x509(CERTIFICATE).unwrap();
    let other = key(Algorithm::EdDsa).verifying_key().to_jwk().unwrap();
    let json = jwk.to_json().unwrap();
    let x = |json: &str| json.split_once(r#""x":""#).unwrap().1[..43].to_owned();
    let forged = json.replace(&x(&json), &x(&other.to_json().unwrap()));
    let error = Jwk::from_json(forged).unwrap_err();
    assert_eq!(error.code().as_str(), "key_certificate_mismatch");
    let forged = json.replace(jwk.certificate_thumbprint().unwrap(), OTHER);
    assert_eq!(Jwk::from_json(forged).unwrap_err().code().as_str(), "key_certificate_mismatch");
}
