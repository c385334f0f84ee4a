//! Signing what begins alike: the same signatures, wherever the prefix ends and however a message
//! begins.

use std::time::Duration;

use jotem::{Algorithm, Claims, Issuer, NumericDate, SigningKey, Verifier};

use super::key;

#[test]
fn a_key_that_has_begun_signs_every_message_as_it_did_before() {
    let text: Vec<u8> = (0..=255).cycle().take(400).collect();
    for algorithm in [Algorithm::Hs256, Algorithm::Hs384, Algorithm::Hs512, Algorithm::EdDsa] {
        let key = key(algorithm);
        for prefix in [0, 1, 55, 63, 64, 65, 127, 128, 129, 191, 192, 256, 300] {
            let begun = key.begin(&text[..prefix]);
            for message in [0, 1, 63, 64, 65, 119, 127, 128, 192, 255, 256, 400] {
                let message = &text[..message];
                assert_eq!(
                    begun.sign(message).unwrap().as_ref(),
                    key.sign(message).unwrap().as_ref()
                );
            }
            let mut other = text.clone();
            for place in [0, 62, 63, 64, 127, 128] {
                other[place] ^= 1;
                assert_eq!(
                    begun.sign(&other).unwrap().as_ref(),
                    key.sign(&other).unwrap().as_ref()
                );
                other[place] ^= 1;
            }
        }
    }
}

#[test]
fn the_tokens_of_an_issuer_are_those_of_its_key_whatever_they_begin_with() {
    let names = ["i", "https://auth.example", "\"ü\\", &"long ".repeat(100)];
    let key = key(Algorithm::Hs256);
    for kid in ["", "2026-11", &"k".repeat(200)] {
        let key = if kid.is_empty() { key.clone() } else { key.clone().with_key_id(kid) };
        for name in names {
            let issuer =
                Issuer::builder(key.clone()).issuer(name).lifetime(Duration::from_secs(60));
            let issuer = issuer.build().unwrap();
            let others = Claims::empty().issuer("https://other.example");
            for claims in [Claims::empty(), Claims::empty().subject("42"), others] {
                assert_holds(&issuer.issue(&claims).unwrap(), &key);
            }
        }
        let bare = Issuer::builder(key.clone()).never_expires().build().unwrap();
        assert_holds(&bare.issue(&Claims::empty()).unwrap(), &key);
    }
}

#[test]
fn a_debug_output_shows_nothing_of_what_a_key_has_begun_with() {
    let shown = format!("{:?}", key(Algorithm::Hs256).begin(&[b'a'; 128]));
    assert!(shown.contains("128 bytes") && !shown.contains("aaaa") && !shown.contains("97, 97"));
}

fn assert_holds(token: &str, key: &SigningKey) {
    let (input, signature) = token.rsplit_once('.').unwrap();
    let expected = key.sign(input.as_bytes()).unwrap();
    let decoded = base64_simd::URL_SAFE_NO_PAD.decode_to_vec(signature).unwrap();
    assert_eq!(decoded, expected.as_ref());
    let verifier = Verifier::builder(key.verifying_key()).expiry_optional().build().unwrap();
    let claims = verifier.verify::<()>(token).unwrap();
    assert!(claims.claims().issued_at() > Some(NumericDate::from_secs(1)));
}
