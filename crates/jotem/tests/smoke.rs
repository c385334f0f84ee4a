use jotem::{Algorithm, Claims, Issuer, Jwk, SigningKey, Verifier, VerifyingKey};
use serde::{Deserialize, Serialize};
use std::time::Duration;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Profile {
    role: String,
}

#[test]
fn every_algorithm_signs_and_verifies() {
    for algorithm in Algorithm::ALL {
        let key = SigningKey::generate(algorithm).unwrap().with_key_id("a");
        let issuer = Issuer::builder(key.clone())
            .issuer("i")
            .lifetime(Duration::from_secs(60))
            .token_ids()
            .build()
            .unwrap();
        let token = issuer
            .issue(&Claims::new(Profile { role: "admin".into() }).subject("42").audience("api"))
            .unwrap();
        let verifier =
            Verifier::builder(key.verifying_key()).issuer("i").audience("api").build().unwrap();
        for _ in 0..2 {
            let verified = verifier.verify::<Profile>(&token).unwrap();
            assert_eq!(verified.claims().subject(), Some("42"));
            assert_eq!(verified.custom().role, "admin");
        }
        println!("{algorithm} {token}\n{}", verifier.explain(&token));
        let jwk = key.to_jwk().unwrap();
        let same = SigningKey::from_jwk(
            &Jwk::from_json(jwk.to_private_json().expose()).unwrap(),
            algorithm,
        )
        .unwrap();
        assert!(
            verifier
                .verify::<()>(
                    &jotem::encode(
                        &serde_json::json!({"iss":"i","aud":"api","exp":4102444800u64}),
                        &same
                    )
                    .unwrap()
                )
                .is_ok()
        );
        if !algorithm.is_symmetric() {
            let pem = key.to_pem().unwrap();
            SigningKey::from_pem(pem.expose(), algorithm).unwrap();
            VerifyingKey::from_pem(key.verifying_key().to_pem().unwrap(), algorithm).unwrap();
            assert!(VerifyingKey::from_pem(pem.expose(), algorithm).is_err());
        }
    }
}
