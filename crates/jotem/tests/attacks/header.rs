//! Layer H: the JOSE header: `alg`, `crit`, `typ`, and what has no place in it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use jotem::crypto::{Verify, VerifyError};
use jotem::error::Excerpt;
use jotem::jws::{self, KeyRequest, KeyResolver, Keys, Options};
use jotem::jwt::VerifierBuilder;
use jotem::testing::FixedClock;
use jotem::{Algorithm, KeySet, Verifier, VerifyingKey};

use crate::forge::*;
use crate::sample::*;

#[test]
fn h01_refuses_an_unsecured_token_under_every_algorithm() {
    let header = r#"{"alg":"none"}"#;
    let typed = r#"{"typ":"JWT","alg":"none","kid":"a"}"#;
    for algorithm in Algorithm::ALL {
        let key = key(algorithm);
        let verifier = builder(&key).any_audience().expiry_optional().build().unwrap();
        let code = "jws_alg_none";
        accepts(&verifier, [good(&key)]);
        refuses(&verifier, [header, typed].map(|header| (unsigned(header, ""), code)));
        let good = good(&key);
        let [_, payload, signature] = segments(&good);
        let stripped = format!("{}.{payload}.{signature}", base64url(header));
        refuses(
            &verifier,
            [(stripped, code), (good.replace(&signature, ""), "jws_signature_missing")],
        );
        let error = jws::verify(&unsigned(header, ""), key.verifying_key(), &Options::new());
        assert_eq!(error.unwrap_err().code().as_str(), code);
    }
}

#[test]
fn h01_there_is_no_algorithm_none_and_no_verifier_without_a_key() {
    assert!("none".parse::<Algorithm>().is_err());
    assert!(Algorithm::ALL.iter().all(|algorithm| !algorithm.name().eq_ignore_ascii_case("none")));
    let error = Verifier::builder(Vec::new()).build().unwrap_err();
    assert_eq!(error.code().as_str(), "misuse_keys_missing");
    // A JWK cannot ask for it either.
    let jwk = r#"{"keys":[{"kty":"oct","alg":"none","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T"}]}"#;
    let set = KeySet::from_json(jwk).unwrap();
    for builder in [Verifier::builder(&set), Verifier::builder(&set).algorithms([Algorithm::Hs256])]
    {
        assert_eq!(builder.build().unwrap_err().code().as_str(), "misuse_keys_unusable");
    }
}

#[test]
fn h02_refuses_none_in_every_spelling() {
    let spellings = [
        ("none", "jws_alg_none"),
        ("None", "jws_alg_none"),
        ("NONE", "jws_alg_none"),
        ("nOnE", "jws_alg_none"),
        ("noNE", "jws_alg_none"),
        ("none ", "jws_alg_none"),
        (" none", "jws_alg_none"),
        ("\\tnone\\n", "jws_alg_none"),
        ("n\\u006fne", "jws_alg_none"),
        ("none\\u0000", "jws_alg_unknown"),
        ("\\u0000none", "jws_alg_unknown"),
        ("n\u{43e}ne", "jws_alg_unknown"),
        ("\u{ff4e}\u{ff4f}\u{ff4e}\u{ff45}", "jws_alg_unknown"),
        ("no\u{200b}ne", "jws_alg_unknown"),
        ("nonE\u{301}", "jws_alg_unknown"),
        ("none,HS256", "jws_alg_unknown"),
        ("null", "jws_alg_unknown"),
        ("undefined", "jws_alg_unknown"),
        ("", "jws_alg_unknown"),
        (" ", "jws_alg_unknown"),
    ];
    for (spelling, code) in spellings {
        let header = format!(r#"{{"alg":"{spelling}"}}"#);
        refuses(&verifier(), [(unsigned(&header, ""), code), (with_header(&header), code)]);
    }
    accepts(&verifier(), [with_header(r#"{"alg":"HS256"}"#)]);
}

#[test]
fn h03_refuses_a_signature_that_does_not_go_with_the_algorithm() {
    let hmac = verifier();
    let zeros = base64url([0; 32]);
    refuses(
        &hmac,
        [
            (unsigned(r#"{"alg":"none"}"#, &zeros), "jws_alg_none"),
            (with_header(r#"{"alg":"none"}"#), "jws_alg_none"),
            (unsigned(r#"{"alg":"HS256"}"#, ""), "jws_signature_missing"),
            (unsigned(r#"{"alg":"HS256"}"#, "AA"), "jws_signature_length"),
            (unsigned(r#"{"alg":"HS256"}"#, &zeros), "jws_signature_mismatch"),
        ],
    );
    for algorithm in Algorithm::ALL {
        let key = key(algorithm);
        let good = good(&key);
        let [header, payload, signature] = segments(&good);
        let with = |signature: &str| format!("{header}.{payload}.{signature}");
        let verifier = builder(&key).build().unwrap();
        accepts(&verifier, [&good]);
        let zeros = signature.len() * 3 / 4;
        refuses(
            &verifier,
            [
                (with(""), "jws_signature_missing"),
                (with("AA"), "jws_signature_length"),
                (with(&base64url(vec![0; zeros])), "jws_signature_mismatch"),
                (with(&base64url(vec![0; zeros - 1])), "jws_signature_length"),
                (with(&base64url(vec![0; zeros + 1])), "jws_signature_length"),
            ],
        );
    }
}

#[test]
fn h04_refuses_an_alg_that_is_missing_or_no_string() {
    refuses_headers(&[
        ("{}", "jws_alg_missing"),
        (r#"{"typ":"JWT"}"#, "jws_alg_missing"),
        (r#"{"ALG":"HS256"}"#, "jws_alg_missing"),
        (r#"{"alg ":"HS256"}"#, "jws_alg_missing"),
        (r#"{"x":{"alg":"HS256"}}"#, "jws_alg_missing"),
        (r#"{"alg":null}"#, "jws_parameter_type"),
        (r#"{"alg":1}"#, "jws_parameter_type"),
        (r#"{"alg":256}"#, "jws_parameter_type"),
        (r#"{"alg":true}"#, "jws_parameter_type"),
        (r#"{"alg":["HS256"]}"#, "jws_parameter_type"),
        (r#"{"alg":[]}"#, "jws_parameter_type"),
        (r#"{"alg":{"a":1}}"#, "jws_parameter_type"),
        (r#"{"alg":{"alg":"HS256"}}"#, "jws_parameter_type"),
        (r#"{"alg":""}"#, "jws_alg_unknown"),
    ]);
    accepts(&verifier(), [with_header(r#"{"alg":"HS256"}"#)]);
}

#[test]
fn h05_compares_alg_with_its_case() {
    for algorithm in Algorithm::ALL {
        let key = key(algorithm);
        let verifier = builder(&key).build().unwrap();
        let name = algorithm.name();
        let others = [
            name.to_lowercase(),
            name.to_uppercase(),
            format!("{}{}", &name[..1].to_lowercase(), &name[1..]),
            format!("{}{}", &name[..1], &name[1..].to_lowercase()),
            format!(" {name}"),
            format!("{name} "),
            name.replace("25", "-25"),
            format!("{name}\u{212a}"),
        ];
        let code = "jws_alg_unknown";
        for other in others.iter().filter(|other| other.parse::<Algorithm>().is_err()) {
            refuses(&verifier, [(headed(&format!(r#"{{"alg":"{other}"}}"#), &key), code)]);
        }
        accepts(&verifier, [good(&key)]);
    }
}

/// Says yes to every signature, and counts how often it was asked.
#[derive(Debug)]
struct Credulous(Arc<AtomicUsize>);

impl Verify for Credulous {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Hs256
    }

    fn verify(&self, _message: &[u8], _signature: &[u8]) -> Result<(), VerifyError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

#[test]
fn h06_refuses_an_algorithm_that_is_not_allowed_before_the_key_is_touched() {
    let asked = Arc::new(AtomicUsize::new(0));
    let credulous = VerifyingKey::from_verifier(Credulous(Arc::clone(&asked)));
    let verifier = Verifier::builder(credulous).clock(FixedClock::at(NOW)).build().unwrap();
    assert_eq!(verifier.algorithms(), [Algorithm::Hs256]);
    for algorithm in Algorithm::ALL.into_iter().filter(|other| *other != Algorithm::Hs256) {
        refuses(&verifier, [(good(&key(algorithm)), "jws_alg_not_allowed")]);
    }
    assert_eq!(asked.load(Ordering::Relaxed), 0);
    accepts(&verifier, [with_claims(GOOD_CLAIMS)]);
    assert_eq!(asked.load(Ordering::Relaxed), 1);
}

#[test]
fn h06_narrowing_the_allow_list_refuses_what_the_keys_could_verify() {
    let [short, long] = [Algorithm::Hs256, Algorithm::Hs512].map(key);
    let keys = || [short.verifying_key(), long.verifying_key()];
    let both = Verifier::builder(keys()).clock(FixedClock::at(NOW)).build().unwrap();
    accepts(&both, [good(&short), good(&long)]);
    let narrow = Verifier::builder(keys()).clock(FixedClock::at(NOW));
    let narrow = narrow.algorithms([Algorithm::Hs256]).build().unwrap();
    accepts(&narrow, [good(&short)]);
    refuses(&narrow, [(good(&long), "jws_alg_not_allowed")]);
}

#[test]
fn h07_an_allow_list_that_is_missing_or_empty_is_an_error() {
    let key = hs256();
    let error = |builder: VerifierBuilder| builder.build().unwrap_err().code().as_str();
    let resolver = || Keys::resolver(Stubborn(vec![hs256().verifying_key()]));
    let empty = KeySet::from_json(r#"{"keys":[]}"#).unwrap();
    assert_eq!(error(Verifier::builder(Vec::new())), "misuse_keys_missing");
    assert_eq!(error(Verifier::builder(empty.clone())), "misuse_keys_missing");
    let pinned = Verifier::builder(empty).algorithms([Algorithm::Es256]);
    assert_eq!(error(pinned), "misuse_keys_missing");
    assert_eq!(error(builder(&key).algorithms([])), "misuse_algorithms_empty");
    assert_eq!(error(Verifier::builder(resolver())), "misuse_algorithms_needed");
    assert_eq!(error(Verifier::builder(resolver()).algorithms([])), "misuse_algorithms_empty");
    assert_eq!(error(builder(&key).algorithms([Algorithm::Hs512])), "misuse_keys_unusable");
    assert_eq!(error(builder(&key).algorithms([Algorithm::Rs256])), "misuse_keys_unusable");
    let token = with_claims(GOOD_CLAIMS);
    for (keys, options, code) in [
        (Keys::from(Vec::new()), Options::new(), "misuse_keys_missing"),
        (key.verifying_key().into(), Options::new().algorithms([]), "misuse_algorithms_empty"),
        (resolver(), Options::new(), "misuse_algorithms_needed"),
    ] {
        assert_eq!(jws::verify(&token, keys, &options).unwrap_err().code().as_str(), code);
    }
    let named = Verifier::builder(resolver()).algorithms([Algorithm::Hs256]);
    accepts(&named.clock(FixedClock::at(NOW)).build().unwrap(), [&token]);
}

/// Answers with the same keys whatever it is asked.
#[derive(Debug)]
struct Stubborn(Vec<VerifyingKey>);

impl KeyResolver for Stubborn {
    fn resolve(&self, _request: &KeyRequest<'_>) -> Result<Vec<VerifyingKey>, Excerpt> {
        Ok(self.0.clone())
    }
}

#[test]
fn h14_an_allow_list_tells_the_two_names_of_ed25519_apart() {
    let key = key(Algorithm::EdDsa);
    let old = good(&key);
    let new = headed(r#"{"alg":"Ed25519"}"#, &key);
    let only = |algorithm| builder(&key).algorithms([algorithm]).build().unwrap();
    accepts(&builder(&key).build().unwrap(), [&old, &new]);
    accepts(&only(Algorithm::EdDsa), [&old]);
    accepts(&only(Algorithm::Ed25519), [&new]);
    refuses(&only(Algorithm::EdDsa), [(&new, "jws_alg_not_allowed")]);
    refuses(&only(Algorithm::Ed25519), [(&old, "jws_alg_not_allowed")]);
    for name in ["ed448", "ed25519", "EDDSA", "EdDsa", "Ed25519ph", "EdDSA/Ed25519", "X25519"] {
        let token = headed(&format!(r#"{{"alg":"{name}"}}"#), &key);
        refuses(&builder(&key).build().unwrap(), [(token, "jws_alg_unknown")]);
    }
    // Known with and without its feature, and never what an Ed25519 key verifies.
    let other_curve = headed(r#"{"alg":"Ed448"}"#, &key);
    refuses(&builder(&key).build().unwrap(), [(other_curve, "jws_alg_not_allowed")]);
}
