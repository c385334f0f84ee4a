//! `--hmac`: which library computes a MAC over one signing input, with the key prepared.
//!
//! At this size the question is what surrounds the hash (a call into C, a context to set up), not the
//! hash, so it cannot be answered from throughput figures.

use std::{hint::black_box, time::Duration};

use aws_lc_rs::{hmac as aws_lc, rand};
use base64_simd::URL_SAFE_NO_PAD as BASE64URL;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Sha256, Sha384, Sha512};

use crate::{
    options::Options,
    report::{Implementation, Race, Report},
    rounds::{self, Entrant},
    token::{Algorithm, Claims},
};

/// A MAC algorithm: both ways to compute it, each prepared with the same secret.
struct Row {
    name: &'static str,
    aws_lc: aws_lc::Algorithm,
    rust_crypto: fn(&[u8]) -> Operations,
    prove: fn(&aws_lc::Key, &[u8]),
}

/// Signs and verifies the message that it was given at preparation.
struct Operations {
    sign: Box<dyn FnMut(u32)>,
    verify: Box<dyn FnMut(u32)>,
}

const ROWS: [Row; 3] = [
    Row {
        name: "HS256",
        aws_lc: aws_lc::HMAC_SHA256,
        rust_crypto: rust_crypto::<Hmac<Sha256>>,
        prove: prove::<Hmac<Sha256>>,
    },
    Row {
        name: "HS384",
        aws_lc: aws_lc::HMAC_SHA384,
        rust_crypto: rust_crypto::<Hmac<Sha384>>,
        prove: prove::<Hmac<Sha384>>,
    },
    Row {
        name: "HS512",
        aws_lc: aws_lc::HMAC_SHA512,
        rust_crypto: rust_crypto::<Hmac<Sha512>>,
        prove: prove::<Hmac<Sha512>>,
    },
];

const AWS_LC: &str = "aws-lc-rs";
const AWS_LC_AGAIN: &str = "aws-lc-rs again";
const RUST_CRYPTO: &str = "hmac + sha2";

pub(crate) fn measure(options: &Options) -> Report {
    let budget =
        if options.quick { Duration::from_millis(500) } else { Duration::from_millis(4_000) };
    let mut races = Vec::new();
    for row in ROWS.iter().filter(|row| options.wants(row.name)) {
        let mut secret = vec![0; row.aws_lc.digest_algorithm().output_len()];
        rand::fill(&mut secret).expect("the system has randomness");
        (row.prove)(&aws_lc::Key::new(row.aws_lc, &secret), &secret);
        let prepared = [
            (AWS_LC, with_aws_lc(row.aws_lc, &secret)),
            (AWS_LC_AGAIN, with_aws_lc(row.aws_lc, &secret)),
            (RUST_CRYPTO, (row.rust_crypto)(&secret)),
        ];
        let (signers, verifiers) = prepared
            .into_iter()
            .map(|(name, operations)| {
                (Entrant { name, run: operations.sign }, Entrant { name, run: operations.verify })
            })
            .unzip();
        for (operation, entrants) in [("MAC", signers), ("MAC verify", verifiers)] {
            let title = format!("{} {operation}", row.name);
            eprintln!("measuring {title}");
            races.push(Race::of(title, &rounds::race(entrants, budget), AWS_LC, None));
        }
    }
    let implementations = vec![
        Implementation::new(AWS_LC, &["aws-lc-rs"], "aws-lc"),
        Implementation::new(
            RUST_CRYPTO,
            &["hmac", "sha2"],
            "Rust, with the CPU's SHA when present",
        ),
    ];
    Report { implementations, races }
}

/// The 208 bytes that an HMAC of our token covers.
pub(crate) fn signing_input() -> Vec<u8> {
    let payload = serde_json::to_vec(&Claims::good()).expect("claims are JSON");
    let header = BASE64URL.encode_to_string(Algorithm::Hs256.header());
    let input = header + "." + &BASE64URL.encode_to_string(payload);
    assert_eq!(input.len(), 208, "the token of the other measurements");
    input.into_bytes()
}

fn with_aws_lc(algorithm: aws_lc::Algorithm, secret: &[u8]) -> Operations {
    let key = aws_lc::Key::new(algorithm, secret);
    let message = signing_input();
    let tag = aws_lc::sign(&key, &message);
    let (key_to_verify, message_to_verify) = (key.clone(), message.clone());
    Operations {
        sign: Box::new(move |calls| {
            for _ in 0..calls {
                black_box(aws_lc::sign(&key, black_box(&message)));
            }
        }),
        verify: Box::new(move |calls| {
            for _ in 0..calls {
                let (message, tag) = black_box((&message_to_verify, tag.as_ref()));
                assert!(aws_lc::verify(&key_to_verify, message, tag).is_ok(), "a good MAC refused");
            }
        }),
    }
}

/// The padded key is absorbed once; each call clones that state.
fn rust_crypto<M: Mac + KeyInit + Clone + 'static>(secret: &[u8]) -> Operations {
    let key = <M as KeyInit>::new_from_slice(secret).expect("HMAC takes any length");
    let message = signing_input();
    let tag = key.clone().chain_update(&message).finalize().into_bytes();
    let (key_to_verify, message_to_verify) = (key.clone(), message.clone());
    Operations {
        sign: Box::new(move |calls| {
            for _ in 0..calls {
                let mac = key.clone().chain_update(black_box(&message));
                black_box(mac.finalize().into_bytes());
            }
        }),
        verify: Box::new(move |calls| {
            for _ in 0..calls {
                let (message, tag) = black_box((&message_to_verify, tag.as_slice()));
                let mac = key_to_verify.clone().chain_update(message);
                assert!(mac.verify_slice(tag).is_ok(), "a good MAC refused");
            }
        }),
    }
}

/// Asserts that both compute the same MAC and that both refuse another.
fn prove<M: Mac + KeyInit + Clone>(key: &aws_lc::Key, secret: &[u8]) {
    let message = signing_input();
    let mac = <M as KeyInit>::new_from_slice(secret).expect("HMAC takes any length");
    let mac = mac.chain_update(&message);
    let mut tag = aws_lc::sign(key, &message).as_ref().to_vec();
    assert!(mac.clone().verify_slice(&tag).is_ok(), "the libraries disagree");
    tag[0] ^= 1;
    assert!(mac.verify_slice(&tag).is_err(), "hmac accepts a changed MAC");
    assert!(aws_lc::verify(key, &message, &tag).is_err(), "aws-lc accepts a changed MAC");
}
