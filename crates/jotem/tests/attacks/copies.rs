//! J12 and H22: one key that is there more than once: under both names of its algorithm, with several
//! certificates, for several issuers.

use jotem::error::Excerpt;
use jotem::jws::{self, KeyRequest, KeyResolver, Keys, Options};
use jotem::testing::FixedClock;
use jotem::{Algorithm, Jwk, KeySet, SigningKey, Verifier, VerifyingKey};

use crate::forge::*;
use crate::sample::*;

const A: &str = "https://a.example";
const B: &str = "https://b.example";

/// Thumbprints of certificates.
const FIRST: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
const SECOND: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE";
const THIRD: &str = "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI";

/// The document of a public key, with members of its own: nothing but these is beside its numbers.
fn document(key: &SigningKey, members: &str) -> String {
    let json = key.verifying_key().to_jwk().unwrap().to_json().unwrap();
    let json = json.replace(r#","use":"sig""#, "");
    let bare = json.replace(&format!(r#","alg":"{}""#, key.algorithm()), "");
    bare.replacen('{', &format!("{{{members},"), 1)
}

fn set(members: &[String]) -> KeySet {
    KeySet::from_json(format!(r#"{{"keys":[{}]}}"#, members.join(","))).unwrap()
}

/// The same keys each time, whoever asks.
#[derive(Debug)]
struct Always(Vec<VerifyingKey>);

impl KeyResolver for Always {
    fn resolve(&self, _request: &KeyRequest<'_>) -> Result<Vec<VerifyingKey>, Excerpt> {
        Ok(self.0.clone())
    }
}

/// Verifiers of these keys, from wherever they may come.
fn verifiers(keys: &[VerifyingKey], tries: usize) -> [Verifier; 2] {
    let resolver = Keys::resolver(Always(keys.to_vec()));
    [Keys::from(keys.to_vec()), resolver].map(|source| {
        let builder = Verifier::builder(source).algorithms([Algorithm::EdDsa, Algorithm::Ed25519]);
        builder.try_keys(tries).clock(FixedClock::at(NOW)).build().unwrap()
    })
}

/// Verifiers of the members of a set in this order and in the other: as a set, and as its keys.
fn in_both_orders(members: &[String], tries: usize) -> Vec<Verifier> {
    let backwards: Vec<_> = members.iter().rev().cloned().collect();
    let mut all = Vec::new();
    for set in [set(members), set(&backwards)] {
        all.extend(verifiers(&set.verifying_keys(&[]), tries));
        let builder = Verifier::builder(&set).try_keys(tries);
        all.push(builder.clock(FixedClock::at(NOW)).build().unwrap());
    }
    all
}

/// Tokens of a key under both names of its algorithm, and with every `kid`.
fn tokens(key: &SigningKey) -> Vec<String> {
    let names = ["EdDSA", "Ed25519"];
    let header = |alg: &str| {
        ["", r#","kid":"1""#].map(|kid| headed(&format!(r#"{{"alg":"{alg}"{kid}}}"#), key))
    };
    names.iter().flat_map(|alg| header(alg)).collect()
}

const EDDSA: &str = r#""kid":"1","alg":"EdDSA""#;
const ED25519: &str = r#""kid":"1","alg":"Ed25519""#;

#[test]
fn j12_a_key_under_both_names_of_its_algorithm_is_one() {
    let [own, other] = [(); 2].map(|()| key(Algorithm::EdDsa));
    for alg in [[EDDSA, ED25519], [EDDSA, EDDSA], [ED25519, ED25519]] {
        let members = alg.map(|members| document(&own, members));
        for verifier in in_both_orders(&members, 1) {
            accepts(&verifier, tokens(&own));
            refuses(
                &verifier,
                tokens(&other).into_iter().map(|token| (token, "jws_signature_mismatch")),
            );
        }
    }
}

#[test]
fn j12_two_keys_stay_two_whatever_their_algorithms_are_called() {
    let [own, other] = [(); 2].map(|()| key(Algorithm::EdDsa));
    let ambiguous = |key| tokens(key).into_iter().map(|token| (token, "jws_key_ambiguous"));
    for alg in [[EDDSA, ED25519], [EDDSA, EDDSA], [ED25519, EDDSA]] {
        let [one, two] = alg;
        let two_keys = [document(&own, one), document(&other, two)];
        // Copies of one of them make it no better, and no worse.
        let copies = [document(&own, one), document(&own, two), document(&other, two)];
        for members in [two_keys.as_slice(), copies.as_slice()] {
            for verifier in in_both_orders(members, 1) {
                refuses(&verifier, ambiguous(&own).chain(ambiguous(&other)));
            }
            for verifier in in_both_orders(members, 2) {
                accepts(&verifier, tokens(&own).into_iter().chain(tokens(&other)));
            }
        }
    }
    // A key of another name is another key to a token that names none.
    let renamed = [document(&own, EDDSA), document(&own, r#""kid":"2","alg":"EdDSA""#)];
    for verifier in in_both_orders(&renamed, 1) {
        accepts(&verifier, [headed(r#"{"alg":"EdDSA","kid":"1"}"#, &own)]);
        refuses(&verifier, [(good(&own), "jws_key_ambiguous")]);
    }
}

#[test]
fn j12_one_key_for_two_operations_is_told_by_the_algorithm() {
    let [signs, salts] = [Algorithm::Rs256, Algorithm::Ps256].map(rsa);
    let members = [
        document(&signs, r#""kid":"1","alg":"RS256""#),
        document(&salts, r#""kid":"1","alg":"PS256""#),
    ];
    let verifier = Verifier::builder(set(&members)).clock(FixedClock::at(NOW)).build().unwrap();
    accepts(&verifier, [good(&signs), good(&salts)]);
    let crossed = headed(r#"{"alg":"RS256","kid":"1"}"#, &salts);
    refuses(&verifier, [(crossed, "jws_signature_mismatch")]);
}

fn naming(certificate: &str, issuer: &str, key: &SigningKey) -> String {
    let header = format!(r#"{{"alg":"EdDSA","kid":"1","x5t#S256":"{certificate}"}}"#);
    token(header, format!(r#"{{"iss":"{issuer}","exp":1700000900}}"#), key)
}

fn certified(key: &SigningKey, certificate: &str) -> String {
    document(key, &format!(r#"{EDDSA},"x5t#S256":"{certificate}""#))
}

#[test]
fn h22_a_key_with_several_certificates_is_one_and_has_them_all() {
    let [own, other] = [(); 2].map(|()| key(Algorithm::EdDsa));
    let members = [certified(&own, FIRST), certified(&own, SECOND)];
    for verifier in in_both_orders(&members, 1) {
        accepts(&verifier, [naming(FIRST, A, &own), naming(SECOND, A, &own), good(&own)]);
        refuses(
            &verifier,
            [
                (naming(THIRD, A, &own), "jws_certificate_mismatch"),
                (naming(FIRST, A, &other), "jws_signature_mismatch"),
            ],
        );
    }
    // Where it is there without one as well, it still has no third.
    let members = [document(&own, EDDSA), certified(&own, SECOND)];
    for verifier in in_both_orders(&members, 1) {
        accepts(&verifier, [naming(SECOND, A, &own), good(&own)]);
        refuses(&verifier, [(naming(FIRST, A, &own), "jws_certificate_mismatch")]);
    }
    // A certificate does not choose between two keys.
    let members = [certified(&own, FIRST), certified(&other, SECOND)];
    for verifier in in_both_orders(&members, 1) {
        refuses(&verifier, [(naming(FIRST, A, &own), "jws_key_ambiguous")]);
    }
    for verifier in in_both_orders(&members, 2) {
        accepts(&verifier, [naming(FIRST, A, &own), naming(SECOND, A, &other)]);
        refuses(&verifier, [(naming(SECOND, A, &own), "jws_signature_mismatch")]);
    }
}

#[test]
fn h22_what_one_issuer_says_of_a_certificate_is_not_the_others_word() {
    let own = key(Algorithm::EdDsa);
    let public = |certificate: Option<&str>, owner: &str| {
        let json = match certificate {
            Some(certificate) => certified(&own, certificate),
            None => document(&own, ED25519),
        };
        let jwk = Jwk::from_json(json).unwrap();
        VerifyingKey::from_jwk(&jwk, jwk.algorithm().unwrap()).unwrap().of_issuers([owner])
    };
    let mismatch = "jws_certificate_mismatch";
    for (of_a, of_b, refused) in [
        (Some(FIRST), Some(SECOND), [(SECOND, A), (FIRST, B)].as_slice()),
        (Some(FIRST), None, &[(SECOND, A)]),
        (None, Some(FIRST), &[(SECOND, B)]),
        (Some(FIRST), Some(FIRST), &[(SECOND, A), (SECOND, B)]),
        (None, None, &[]),
    ] {
        let keys = [public(of_a, A), public(of_b, B)];
        for verifier in verifiers(&keys, 1) {
            let named = [(of_a, A), (of_b, B)];
            let named = named.map(|(said, owner)| naming(said.unwrap_or(THIRD), owner, &own));
            accepts(&verifier, named);
            let wrong = refused.iter().map(|(said, owner)| (naming(said, owner, &own), mismatch));
            refuses(&verifier, wrong);
            let stranger = verifier.verify::<()>(&naming(FIRST, "https://c.example", &own));
            assert!(stranger.is_err(), "{of_a:?} {of_b:?}");
        }
        // What is no claims set is of neither: it is one key, with whatever is said of it.
        let text = jws::sign(b"text", &own.clone().with_key_id("1")).unwrap();
        assert!(jws::verify(&text, keys.to_vec(), &Options::new()).is_ok());
    }
}
