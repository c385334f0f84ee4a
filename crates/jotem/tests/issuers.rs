//! Whose key it is: a verifier of several issuers with several keys (RFC 8725 §3.8).

#![cfg(feature = "testing")]
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

use jotem::jws::{KeyRequest, KeyResolver, Keys};
use jotem::{Algorithm, SigningKey, Verifier, VerifyingKey};
use serde_json::json;

const A: &str = "https://a.example";
const B: &str = "https://b.example";

fn keys() -> [SigningKey; 2] {
    ["a", "b"].map(|name| SigningKey::generate(Algorithm::EdDsa).unwrap().with_key_id(name))
}

fn token(key: &SigningKey, issuer: &str) -> String {
    jotem::encode(&json!({"iss": issuer, "exp": 4_102_444_800_u64}), key).unwrap()
}

#[test]
fn asks_whose_each_key_is_where_several_issuers_share_a_verifier() {
    let [a, b] = keys().map(|key| key.verifying_key());
    let bound = [a.clone().of_issuers([A]), b.clone().of_issuers([B])];
    let cases: [(&[VerifyingKey], &[&str], bool); 7] = [
        (&[a.clone(), b.clone()], &[A, B], false),
        (&[bound[0].clone(), b.clone()], &[A, B], false),
        (&[a.clone(), bound[1].clone()], &[A, B], false),
        (&bound, &[A, B], true),
        (&bound, &[A], true),
        (&[a.clone(), b], &[A], true),
        (&[a], &[A, B], true),
    ];
    for (keys, issuers, builds) in cases {
        let built = Verifier::builder(keys.to_vec()).issuers(issuers.iter().copied()).build();
        match built {
            Ok(_) => assert!(builds, "{keys:?} of {issuers:?}"),
            Err(error) => {
                assert!(!builds, "{error}");
                assert_eq!(error.code().as_str(), "misuse_keys_unbound");
            }
        }
    }
}

#[test]
fn refuses_a_token_in_the_name_of_another_issuer() {
    let [a, b] = keys();
    let bound = [a.verifying_key().of_issuers([A]), b.verifying_key().of_issuers([B])];
    let verifier = Verifier::builder(bound).issuers([A, B]).build().unwrap();
    for (key, issuer, code) in [
        (&a, A, None),
        (&b, B, None),
        (&a, B, Some("jwt_issuer_mismatch")),
        (&b, A, Some("jwt_issuer_mismatch")),
    ] {
        let refused = verifier.verify::<()>(&token(key, issuer)).err();
        assert_eq!(refused.map(|error| error.code().as_str()), code, "{:?}", key.key_id());
    }
}

#[test]
fn takes_a_bound_key_at_its_word_where_nothing_is_expected_of_the_issuer() {
    let [a, _] = keys();
    let verifier = Verifier::builder(a.verifying_key().of_issuers([A])).build().unwrap();
    assert!(verifier.verify::<()>(&token(&a, A)).is_ok());
    let error = verifier.verify::<()>(&token(&a, B)).unwrap_err();
    assert_eq!(error.code().as_str(), "jwt_issuer_mismatch");
    let without = jotem::encode(&json!({"exp": 4_102_444_800_u64}), &a).unwrap();
    assert_eq!(verifier.verify::<()>(&without).unwrap_err().code().as_str(), "jwt_claim_missing");
}

/// The same keys, bound or not, whoever asks.
#[derive(Debug)]
struct Always(Vec<VerifyingKey>);

impl KeyResolver for Always {
    fn resolve(
        &self,
        _request: &KeyRequest<'_>,
    ) -> Result<Vec<VerifyingKey>, jotem::error::Excerpt> {
        Ok(self.0.clone())
    }
}

#[test]
fn refuses_an_unbound_key_of_a_resolver_of_several_issuers() {
    let [a, _] = keys();
    let build = |key| {
        Verifier::builder(Keys::resolver(Always(vec![key])))
            .algorithms([Algorithm::EdDsa])
            .issuers([A, B])
            .build()
            .unwrap()
    };
    let error = build(a.verifying_key()).verify::<()>(&token(&a, A)).unwrap_err();
    assert_eq!(error.code().as_str(), "jwt_issuer_mismatch");
    let bound = build(a.verifying_key().of_issuers([A]));
    assert!(bound.verify::<()>(&token(&a, A)).is_ok());
}

#[test]
fn a_key_of_two_owners_speaks_for_both_and_for_nobody_else() {
    let key = SigningKey::generate(Algorithm::EdDsa).unwrap().with_key_id("shared");
    let other = SigningKey::generate(Algorithm::EdDsa).unwrap().with_key_id("shared");
    let public = key.verifying_key();
    let twice = [public.clone().of_issuers([A]), public.of_issuers([B])];
    let fixed = Verifier::builder(twice.to_vec()).issuers([A, B, "https://c.example"]);
    let resolved = Verifier::builder(Keys::resolver(Always(twice.to_vec())))
        .issuers([A, B, "https://c.example"])
        .algorithms([Algorithm::EdDsa]);
    for verifier in [fixed.build().unwrap(), resolved.build().unwrap()] {
        let code = |token: &str| verifier.verify::<()>(token).err().map(|e| e.code().as_str());
        assert_eq!(code(&token(&key, A)), None);
        assert_eq!(code(&token(&key, B)), None);
        assert_eq!(code(&token(&key, "https://c.example")), Some("jwt_issuer_mismatch"));
        assert_eq!(code(&token(&other, A)), Some("jws_signature_mismatch"));
    }
}

#[test]
fn two_keys_of_one_name_stay_two_whoever_owns_them() {
    let [a, b] = keys().map(|key| key.with_key_id("same"));
    let bound = [a.verifying_key().of_issuers([A]), b.verifying_key().of_issuers([B])];
    let verifier = Verifier::builder(bound).issuers([A, B]).build().unwrap();
    let refused = verifier.verify::<()>(&token(&a, A)).unwrap_err();
    assert_eq!(refused.code().as_str(), "jws_key_ambiguous");
}

#[test]
fn joins_only_what_is_one_key_of_one_name_and_one_algorithm_under_two_owners() {
    let [a, b] = keys().map(|key| key.verifying_key());
    let rsa = SigningKey::generate(Algorithm::Rs256).unwrap();
    let document = jotem::Jwk::from_pem(rsa.verifying_key().to_pem().unwrap()).unwrap();
    let rsa = [Algorithm::Rs256, Algorithm::Ps256]
        .map(|algorithm| VerifyingKey::from_jwk(&document, algorithm).unwrap());
    let bound = |key: &VerifyingKey, owner: &str| key.clone().of_issuers([owner]);
    // How many keys there are is seen by how many must be tried.
    let tries = |keys: [VerifyingKey; 2], token: &str| {
        let verifier = Verifier::builder(keys).issuer(A).build().unwrap();
        match verifier.verify::<()>(token).unwrap_err().rejection() {
            Some(jotem::Rejection::KeyAmbiguous { candidates, .. }) => *candidates,
            _ => 1,
        }
    };
    let [other, _] = keys();
    // Without a name in its header a token may be of any key.
    let unnamed = SigningKey::generate(Algorithm::EdDsa).unwrap();
    let of = token(&unnamed, A);
    assert_eq!(tries([bound(&a, A), bound(&a, B)], &of), 1, "the same");
    assert_eq!(tries([bound(&a, A), a.clone()], &of), 2, "one is bound to nobody");
    assert_eq!(tries([a.clone(), bound(&a, A)], &of), 2, "the other is bound to nobody");
    assert_eq!(tries([a.clone(), a.clone()], &of), 2, "both are bound to nobody");
    let renamed = a.clone().with_key_id("c");
    assert_eq!(tries([bound(&a, A), bound(&renamed, B)], &of), 2, "of two names");
    let same_name = b.with_key_id("a");
    assert_eq!(tries([bound(&a, A), bound(&same_name, B)], &of), 2, "two keys");
    assert_eq!(tries([bound(&a, A), bound(&same_name, B)], &token(&other, A)), 2, "two keys");
    // Of two algorithms: each still verifies its own.
    let verifier = Verifier::builder([bound(&rsa[0], A), bound(&rsa[1], B)]).build().unwrap();
    assert_eq!(verifier.algorithms(), [Algorithm::Rs256, Algorithm::Ps256]);
}
