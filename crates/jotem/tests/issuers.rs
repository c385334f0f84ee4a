//! Whose key it is: a verifier of several issuers with several keys (RFC 8725 §3.8).

#![cfg(feature = "testing")]
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use jotem::crypto::{Verify, VerifyError};
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

/// Why a token is refused.
fn code(verifier: &Verifier, token: &str) -> &'static str {
    verifier.verify::<()>(token).unwrap_err().code().as_str()
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
fn a_token_is_verified_with_its_own_issuers_key_of_a_name() {
    let [a, b] = keys().map(|key| key.with_key_id("same"));
    let bound = [a.verifying_key().of_issuers([A]), b.verifying_key().of_issuers([B])];
    let fixed = Verifier::builder(bound.to_vec());
    let resolved = Verifier::builder(Keys::resolver(Always(bound.to_vec())));
    for builder in [fixed, resolved.algorithms([Algorithm::EdDsa])] {
        let verifier = builder.clone().issuers([A, B]).cache(1 << 16).build().unwrap();
        // Twice: what is remembered of a token chooses no other key.
        for _ in 0..2 {
            assert!(verifier.verify::<()>(&token(&a, A)).is_ok());
            assert!(verifier.verify::<()>(&token(&b, B)).is_ok());
            assert_eq!(code(&verifier, &token(&a, B)), "jws_signature_mismatch");
            assert_eq!(code(&verifier, &token(&b, A)), "jws_signature_mismatch");
        }
        assert_eq!(verifier.cache_state().map(|state| state.hits()), Some(2));
        // However many keys may be tried, another issuer's is not one of them.
        let patient = builder.try_keys(9).build().unwrap();
        assert_eq!(code(&patient, &token(&b, A)), "jws_signature_mismatch");
    }
}

#[test]
fn a_token_that_names_no_issuer_of_its_keys_has_none() {
    let [a, b] = keys().map(|key| key.with_key_id("same"));
    let bound = [a.verifying_key().of_issuers([A]), b.verifying_key().of_issuers([B])];
    let verifier = Verifier::builder(bound.to_vec()).build().unwrap();
    for issuer in [
        json!("https://c.example"),
        json!("https://a.example/"),
        json!("HTTPS://A.EXAMPLE"),
        json!(""),
        json!(null),
        json!(7),
        json!([A]),
        json!({ "iss": A }),
    ] {
        let token = jotem::encode(&json!({"iss": issuer, "exp": 4_102_444_800_u64}), &a).unwrap();
        assert_eq!(code(&verifier, &token), "jws_key_not_found", "{issuer}");
    }
    let without = jotem::encode(&json!({"exp": 4_102_444_800_u64}), &a).unwrap();
    assert_eq!(code(&verifier, &without), "jws_key_not_found");
    // What cannot be read says nothing of an issuer: both keys could have signed it.
    for payload in
        [r#"{"iss":"https://a.example","iss":"https://a.example"}"#, r#"{"iss":"https://a"#, "[]"]
    {
        let token = jotem::jws::sign(payload.as_bytes(), &a).unwrap();
        assert_eq!(code(&verifier, &token), "jws_key_ambiguous", "{payload}");
    }
}

#[test]
fn the_keys_of_another_issuer_are_in_nobodys_way_however_many_they_are() {
    let nameless = SigningKey::generate(Algorithm::EdDsa).unwrap();
    let own = SigningKey::generate(Algorithm::EdDsa).unwrap().with_key_id("same");
    let mut bound = vec![
        own.verifying_key().of_issuers([A]),
        nameless.verifying_key().of_issuers(["https://c.example"]),
    ];
    let hostile = |_| SigningKey::generate(Algorithm::EdDsa).unwrap().with_key_id("same");
    let hostile: Vec<_> = (0..20).map(hostile).collect();
    bound.extend(hostile.iter().map(|key| key.verifying_key().of_issuers([B])));
    let resolved = Verifier::builder(Keys::resolver(Always(bound.clone())));
    for builder in [Verifier::builder(bound), resolved.algorithms([Algorithm::EdDsa])] {
        let verifier = builder.build().unwrap();
        assert!(verifier.verify::<()>(&token(&own, A)).is_ok());
        // A key without a name is one of every name, unless its own issuer has that name.
        let of_c = token(&nameless.clone().with_key_id("same"), "https://c.example");
        assert!(verifier.verify::<()>(&of_c).is_ok());
        for key in &hostile {
            assert_eq!(code(&verifier, &token(key, A)), "jws_signature_mismatch");
            assert_eq!(code(&verifier, &token(key, B)), "jws_key_ambiguous");
            assert_eq!(code(&verifier, &token(key, "https://c.example")), "jws_signature_mismatch");
        }
    }
}

/// A key that counts how often it was tried, and never holds.
#[derive(Debug)]
struct Counted(Arc<AtomicUsize>);

impl Verify for Counted {
    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDsa
    }

    fn verify(&self, _message: &[u8], _signature: &[u8]) -> Result<(), VerifyError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Err(VerifyError::Mismatch)
    }
}

#[test]
fn never_tries_more_keys_than_it_may_nor_those_of_another_issuer() {
    let tried = [(); 3].map(|()| Arc::new(AtomicUsize::new(0)));
    let of = |at: usize, issuer: &str| {
        let key = VerifyingKey::from_verifier(Counted(Arc::clone(&tried[at])));
        key.with_key_id("same").of_issuers([issuer])
    };
    let mut bound = vec![of(0, A), of(0, A)];
    bound.extend((0..50).map(|_| of(1, B)));
    // The very same key as often as one likes is one, and tried once.
    let once = of(2, "https://c.example");
    bound.extend((0..50).map(|_| once.clone()));
    let [signer, _] = keys().map(|key| key.with_key_id("same"));
    for tries in [1, 2, 3] {
        let verifier = Verifier::builder(bound.clone()).try_keys(tries).build().unwrap();
        let cases = [
            (A, if tries < 2 { [0, 0, 0] } else { [2, 0, 0] }),
            (B, [0, 0, 0]),
            ("https://c.example", [0, 0, 1]),
            ("https://d.example", [0, 0, 0]),
        ];
        for (issuer, wanted) in cases {
            assert!(verifier.verify::<()>(&token(&signer, issuer)).is_err());
            let found = tried.each_ref().map(|count| count.swap(0, Ordering::Relaxed));
            assert_eq!(found, wanted, "{issuer}, at most {tries}");
        }
    }
    // Also where it is bound to nobody.
    let open = VerifyingKey::from_verifier(Counted(Arc::clone(&tried[2]))).with_key_id("same");
    for tries in [1, 50] {
        let verifier = Verifier::builder(vec![open.clone(); 50]).try_keys(tries).build().unwrap();
        assert_eq!(code(&verifier, &token(&signer, A)), "jws_signature_mismatch");
        assert_eq!(tried[2].swap(0, Ordering::Relaxed), 1, "at most {tries}");
    }
}

#[test]
fn keys_that_are_bound_to_nobody_are_counted_whatever_the_token_says() {
    let [a, b] = keys().map(|key| key.with_key_id("same"));
    let (of_a, open) = (a.verifying_key().of_issuers([A]), b.verifying_key());
    let unbound = Verifier::builder([a.verifying_key(), open.clone()]).build().unwrap();
    let mixed = Verifier::builder([of_a.clone(), open]).build().unwrap();
    let without = jotem::encode(&json!({"exp": 4_102_444_800_u64}), &a).unwrap();
    for token in [token(&a, A), token(&b, B), without] {
        assert_eq!(code(&unbound, &token), "jws_key_ambiguous");
    }
    assert_eq!(code(&mixed, &token(&a, A)), "jws_key_ambiguous");
    assert_eq!(code(&mixed, &token(&b, A)), "jws_key_ambiguous");
    // A's key could never verify a token of another, so there is one left.
    assert!(mixed.verify::<()>(&token(&b, B)).is_ok());
    assert_eq!(code(&mixed, &token(&a, B)), "jws_signature_mismatch");
    // The same key, bound and not, is two.
    let both = Verifier::builder([of_a, a.verifying_key()]).build().unwrap();
    assert_eq!(code(&both, &token(&a, A)), "jws_key_ambiguous");
}

#[test]
fn a_payload_that_is_no_claims_set_chooses_no_key() {
    let [a, b] = keys().map(|key| key.with_key_id("same"));
    let bound = [a.verifying_key().of_issuers([A]), b.verifying_key().of_issuers([B])];
    let token = token(&a, A);
    let refused = jotem::jws::verify(&token, bound.to_vec(), &jotem::jws::Options::new());
    assert_eq!(refused.unwrap_err().code().as_str(), "jws_key_ambiguous");
}

/// The key at a place, whose secret it is.
fn secret(at: u8, name: Option<&str>) -> SigningKey {
    let key = SigningKey::from_secret([at; 32], Algorithm::Hs256).unwrap();
    if let Some(name) = name { key.with_key_id(name) } else { key }
}

/// A token of every key, under every name and of every issuer, with its issuer.
fn every_token() -> Vec<(Option<&'static str>, String)> {
    let mut tokens = Vec::new();
    for signer in 0..3 {
        for name in NAMES {
            for issuer in [None, Some(A), Some(B)] {
                let claims = issuer.map_or_else(|| json!({}), |issuer| json!({ "iss": issuer }));
                tokens.push((issuer, jotem::encode(&claims, &secret(signer, name)).unwrap()));
            }
        }
    }
    tokens
}

fn accepts(keys: Vec<VerifyingKey>, token: &str) -> bool {
    let built = Verifier::builder(keys).expiry_optional().build();
    built.is_ok_and(|verifier| verifier.verify::<()>(token).is_ok())
}

/// Whether a key could verify a token of this issuer.
fn could(key: &VerifyingKey, issuer: Option<&str>) -> bool {
    let owned = |owners: &[String]| owners.iter().any(|owner| Some(owner.as_str()) == issuer);
    key.issuers().is_none_or(owned)
}

const NAMES: [Option<&str>; 3] = [None, Some("1"), Some("2")];

/// Whatever three keys are called and whoever owns them: the verdict is that of a verifier which never
/// heard of the keys that are bound to others than the token's issuer.
#[test]
fn the_verdict_is_that_of_the_keys_that_the_issuer_could_have() {
    let owners: [&[&str]; 4] = [&[], &[A], &[B], &[A, B]];
    let kinds: Vec<_> = owners.iter().flat_map(|of| NAMES.map(|name| (*of, name))).collect();
    let make = |at: u8, (owners, name): (&[&str], Option<&str>)| {
        let key = secret(at, name).verifying_key();
        if owners.is_empty() { key } else { key.of_issuers(owners.iter().copied()) }
    };
    let tokens = every_token();
    let (mut accepted, mut checked) = (0_usize, 0_usize);
    for (place, one) in kinds.iter().enumerate() {
        for two in kinds.iter().skip(place) {
            for three in kinds.iter().step_by(2) {
                let keys = vec![make(0, *one), make(1, *two), make(2, *three)];
                for (issuer, token) in &tokens {
                    let theirs = keys.iter().filter(|key| could(key, *issuer)).cloned();
                    let wanted = accepts(theirs.collect(), token);
                    let found = accepts(keys.clone(), token);
                    assert_eq!(found, wanted, "{one:?}, {two:?}, {three:?}: {token}");
                    accepted = accepted.saturating_add(usize::from(wanted));
                    checked = checked.saturating_add(1);
                }
            }
        }
    }
    assert!(accepted > checked / 20 && accepted < checked / 2, "{accepted} of {checked}");
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
    assert_eq!(tries([a.clone(), a.clone()], &of), 1, "both are bound to nobody");
    let renamed = a.clone().with_key_id("c");
    assert_eq!(tries([bound(&a, A), bound(&renamed, A)], &of), 2, "of two names");
    let same_name = b.with_key_id("a");
    assert_eq!(tries([bound(&a, A), bound(&same_name, A)], &of), 2, "two keys");
    assert_eq!(tries([bound(&a, A), bound(&same_name, A)], &token(&other, A)), 2, "two keys");
    // Of two algorithms: each still verifies its own.
    let verifier = Verifier::builder([bound(&rsa[0], A), bound(&rsa[1], B)]).build().unwrap();
    assert_eq!(verifier.algorithms(), [Algorithm::Rs256, Algorithm::Ps256]);
}
