//! Any bytes as a JWK Set: what verifies a token under it is a key that is in it.

use std::sync::LazyLock;

use jotem::{Algorithm, KeySet, Verifier};

use crate::{jwk, keys, oracle};

/// A token under each algorithm that is not symmetric, and the thumbprint of its key.
static TOKENS: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let asymmetric = keys::KEYS.iter().filter(|key| !key.algorithm().is_symmetric());
    let token = |key| jotem::jws::sign(b"{}", key).expect("the key signs");
    asymmetric
        .map(|key| (token(key), key.verifying_key().thumbprint().expect("a public key")))
        .collect()
});

/// Feeds one set.
///
/// # Panics
/// If a promise is broken.
pub fn run(data: &[u8]) {
    let set = match KeySet::from_json(data) {
        Ok(set) => set,
        Err(error) => {
            oracle::sound(&error);
            return;
        }
    };
    assert!(oracle::read(data).is_ok_and(|value| value["keys"].is_array()));
    assert!(set.keys().count() <= set.members().len());
    set.keys().for_each(jwk::sound);
    let published = KeySet::from_json(set.to_json()).expect("what it wrote");
    assert_eq!(published.keys().count(), published.members().len());
    assert!(published.keys().all(|jwk| !jwk.is_private()));
    for pinned in [&[][..], &[Algorithm::Rs256], &Algorithm::ALL[3..]] {
        assert_eq!(set.verdicts(pinned).count(), set.members().len());
        let verifying = set.verifying_keys(pinned);
        assert!(verifying.len() <= set.keys().count());
        let mut builder = Verifier::builder(&set).expiry_optional().try_keys(4);
        if !pinned.is_empty() {
            builder = builder.algorithms(pinned.iter().copied());
        }
        match builder.build() {
            Ok(verifier) => verify(&verifier, &set),
            Err(error) => drop(oracle::sound(&error)),
        }
    }
}

fn verify(verifier: &Verifier, set: &KeySet) {
    for (token, thumbprint) in TOKENS.iter() {
        match verifier.verify::<()>(token) {
            Ok(_) => assert!(set.keys().any(|jwk| jwk.thumbprint() == *thumbprint)),
            Err(error) => drop(oracle::sound(&error)),
        }
    }
}

/// Sets of good keys, with members that are none.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut texts = keys::example_keys(&["jwks"]);
    let public: Vec<_> = keys::documents().iter().filter_map(|jwk| jwk.to_json().ok()).collect();
    texts.push(format!(r#"{{"keys":[{}]}}"#, public.join(",")));
    for key in &public {
        texts.push(format!(
            r#"{{"keys":[{key},{{"kty":"LMS","kid":"a"}},{{"kty":"AKP"}},1],"x":null}}"#
        ));
        texts.push(format!(r#"{{"keys":[{key},{key}]}}"#));
    }
    texts.push(r#"{"keys":[]}"#.to_owned());
    texts.into_iter().map(String::into_bytes).collect()
}
