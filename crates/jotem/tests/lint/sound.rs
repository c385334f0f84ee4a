//! What follows the guidance has no finding: real tokens of every algorithm, keys in every form,
//! and random secrets in every spelling.

use std::time::Duration;

use jotem::jwa::KeyType;
use jotem::lint::{Lint, Rule};
use jotem::{Algorithm, Claims, Issuer, Jwk, SigningKey};

use super::build::{base64url, now};

/// The private key of RFC 7520 §3.4 for all that are RSA's: making one takes seconds.
fn signing_key(algorithm: Algorithm) -> SigningKey {
    let rsa = include_str!("../../../../vectors/ietf-jose-cookbook/jwk/3_4.rsa_private_key.json");
    if algorithm.key_type() == KeyType::Rsa {
        return SigningKey::from_jwk(&Jwk::from_json(rsa).unwrap(), algorithm).unwrap();
    }
    SigningKey::generate(algorithm).unwrap().with_key_id("2026-11")
}

fn token(key: &SigningKey) -> String {
    #[derive(Debug)]
    struct Fixed;
    impl jotem::Clock for Fixed {
        fn now(&self) -> jotem::NumericDate {
            now()
        }
    }
    let issuer = Issuer::builder(key.clone())
        .issuer("https://auth.example")
        .lifetime(Duration::from_secs(900))
        .token_type("at+jwt")
        .clock(Fixed)
        .build()
        .unwrap();
    issuer.issue(&Claims::new(()).subject("42").audience("api").token_id("7d1f")).unwrap()
}

/// The notes that go with an algorithm, and with nothing else.
fn notes(algorithm: Algorithm) -> Vec<Rule> {
    let notes = [
        (Algorithm::EdDsa, Rule::AlgDeprecated),
        (Algorithm::Es256K, Rule::AlgRare),
        // Their signatures alone are more than a cookie takes.
        (Algorithm::MlDsa65, Rule::TokenLarge),
        (Algorithm::MlDsa87, Rule::TokenLarge),
    ];
    notes.into_iter().filter(|(noted, _)| *noted == algorithm).map(|(_, rule)| rule).collect()
}

#[test]
fn a_token_of_every_algorithm_and_its_key_in_every_form_are_sound() {
    for algorithm in Algorithm::ALL {
        let key = signing_key(algorithm);
        let token = token(&key);
        let mut documents: Vec<Vec<u8>> = Vec::new();
        let jwk = key.to_jwk().unwrap();
        if algorithm.is_symmetric() {
            documents.push(jwk.to_private_json().expose().to_vec());
        } else {
            let public = key.verifying_key().to_jwk().unwrap();
            documents.push(public.to_json().unwrap().into_bytes());
            documents.push(format!("{{\"keys\":[{}]}}", public.to_json().unwrap()).into_bytes());
            documents.extend(public.to_pem().map(String::into_bytes));
            documents.extend(public.to_der());
            documents.extend(jwk.to_private_pem().map(|pem| pem.expose().to_vec()));
        }
        for document in documents {
            let findings = Lint::at(now()).with_key(&document).token(&token);
            let rules: Vec<_> = findings.iter().map(|finding| finding.rule()).collect();
            let mut expected = notes(algorithm);
            // The JWK says the deprecated name as well as the header.
            if rules.len() == 2 && algorithm == Algorithm::EdDsa {
                expected.extend(notes(algorithm));
            }
            assert_eq!(rules, expected, "{algorithm}: {findings:#?}");
        }
    }
}

#[test]
fn random_secrets_are_sound_in_every_spelling() {
    for _ in 0..300 {
        let key = SigningKey::generate(Algorithm::Hs256).unwrap().to_jwk().unwrap();
        let json: serde_json::Value =
            serde_json::from_slice(key.to_private_json().expose()).unwrap();
        let base64url_text = json["k"].as_str().unwrap();
        let bytes = <base64ct::Base64UrlUnpadded as base64ct::Encoding>::decode_vec(base64url_text);
        let bytes = bytes.unwrap();
        let hexadecimal: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let digits: String = bytes.iter().map(|byte| format!("{:02}", byte % 100)).collect();
        let letters: String = bytes.iter().map(|byte| char::from(b'a' + byte % 26)).collect();
        let spellings = [
            bytes.clone(),
            base64url_text.into(),
            hexadecimal.into(),
            digits.into(),
            letters.into(),
        ];
        for secret in spellings {
            let findings = Lint::at(now()).key(&secret);
            assert!(findings.is_empty(), "{}: {findings:#?}", base64url(&secret));
        }
    }
}
