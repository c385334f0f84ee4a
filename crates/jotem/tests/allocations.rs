//! Budgets: how often the ordinary calls allocate. A test binary of its own, because the counting
//! allocator replaces the global one.

#![expect(clippy::disallowed_methods, reason = "serde_json is what is compared with")]
#![expect(clippy::expect_used, reason = "the measured call always runs")]

use std::error::Error;
use std::time::Duration;

use allocation_counter::measure;
use jotem::{Algorithm, Claims, Issuer, SigningKey, Verifier};
use serde::{Deserialize, Serialize};

type Outcome = Result<(), Box<dyn Error>>;

/// The usual claims: five registered, two of the application.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct User {
    sub: String,
    name: String,
    admin: bool,
    iat: u64,
    exp: u64,
    iss: String,
    aud: String,
}

fn user() -> User {
    User {
        sub: "1234567890".to_owned(),
        name: "John Doe".to_owned(),
        admin: true,
        iat: 1_516_239_022,
        exp: 4_102_444_800,
        iss: "https://auth.example".to_owned(),
        aud: "users".to_owned(),
    }
}

fn key() -> Result<SigningKey, jotem::Error> {
    SigningKey::from_secret([7; 32], Algorithm::Hs256)
}

/// A verifier that has seen the header of `token`.
fn warm(key: &SigningKey, token: &str) -> Result<Verifier, jotem::Error> {
    let verifier = Verifier::builder(key.verifying_key())
        .issuer("https://auth.example")
        .audience("users")
        .build()?;
    verifier.verify::<User>(token)?;
    Ok(verifier)
}

/// Counts the allocations of a call, and hands its result on.
fn allocations<T>(call: impl FnOnce() -> T) -> (u64, T) {
    let mut result = None;
    let counted = measure(|| result = Some(call()));
    (counted.count_total, result.expect("the call was made"))
}

#[test]
fn verifying_allocates_once_more_than_the_claims_type() -> Outcome {
    let key = key()?;
    let token = jotem::encode(&user(), &key)?;
    let verifier = warm(&key, &token)?;
    let json = serde_json::to_string(&user())?;

    let (own, claims) = allocations(|| serde_json::from_str::<User>(&json));
    assert_eq!(claims?, user());
    let (all, verified) = allocations(|| verifier.verify::<User>(&token));

    assert_eq!(*verified?.claims().custom(), user());
    assert_eq!(all, own + 1, "the payload, and the texts of the type");
    Ok(())
}

#[test]
fn verifying_without_a_claims_type_allocates_the_payload_only() -> Outcome {
    let key = key()?;
    let token = jotem::encode(&user(), &key)?;
    let verifier = warm(&key, &token)?;

    let (count, verified) = allocations(|| verifier.verify::<()>(&token));

    assert_eq!(verified?.claims().subject(), Some("1234567890"));
    assert_eq!(count, 1);
    Ok(())
}

#[test]
fn a_remembered_token_allocates_nothing_but_the_texts_of_the_claims_type() -> Outcome {
    let key = SigningKey::generate(Algorithm::Es256)?;
    let token = jotem::encode(&user(), &key)?;
    let verifier = Verifier::builder(key.verifying_key())
        .issuer("https://auth.example")
        .audience("users")
        .cache(64 * 1024)
        .build()?;
    verifier.verify_shared::<User>(&token)?;

    let (shared, verified) = allocations(|| verifier.verify_shared::<User>(&token));
    assert_eq!(*verified?.custom(), user());
    assert_eq!(shared, 0);

    let (registered, verified) = allocations(|| verifier.verify::<()>(&token));
    assert_eq!(verified?.claims().subject(), Some("1234567890"));
    assert_eq!(registered, 0);

    let (own, verified) = allocations(|| verifier.verify::<User>(&token));
    assert_eq!(*verified?.custom(), user());
    assert_eq!(own, 4, "the texts of the type");
    Ok(())
}

#[test]
fn signing_allocates_at_most_twice() -> Outcome {
    let key = key()?;
    let claims = user();
    jotem::encode(&claims, &key)?;

    let (count, token) = allocations(|| jotem::encode(&claims, &key));

    warm(&key, &token?)?;
    assert!(count <= 2, "{count} allocations, not the token and a scratch");
    Ok(())
}

#[test]
fn issuing_allocates_at_most_twice() -> Outcome {
    let key = key()?;
    let issuer = Issuer::builder(key.clone())
        .issuer("https://auth.example")
        .lifetime(Duration::from_secs(900))
        .build()?;
    let claims = Claims::empty().subject("42").audience("users");
    issuer.issue(&claims)?;

    let (count, token) = allocations(|| issuer.issue(&claims));

    let verifier = Verifier::builder(key.verifying_key()).audience("users").build()?;
    assert_eq!(verifier.verify::<()>(&token?)?.claims().subject(), Some("42"));
    assert!(count <= 2, "{count} allocations, not the token and a scratch");
    Ok(())
}
