//! Operations per second, on one core. `make bench` compares them with others and with the floor.

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use jotem::{Algorithm, SigningKey, Verifier};
use serde::{Deserialize, Serialize};

use crate::heading;

#[derive(Serialize, Deserialize)]
struct Claims {
    sub: String,
    name: String,
    admin: bool,
    iat: u64,
    exp: u64,
    iss: String,
    aud: String,
}

/// Signs and verifies the same seven claims under the most used algorithms.
pub(crate) fn show() -> Result<(), Box<dyn Error>> {
    heading(
        "Operations per second on one core (seven claims; issuer, audience and expiry checked)",
    );
    println!("  {:<8} {:>12} {:>12}", "", "sign", "verify");
    for algorithm in [
        Algorithm::Hs256,
        Algorithm::Rs256,
        Algorithm::Ps256,
        Algorithm::Es256,
        Algorithm::Es384,
        Algorithm::EdDsa,
    ] {
        let (sign, verify) = measure(algorithm)?;
        println!("  {:<8} {:>12} {:>12}", algorithm.name(), grouped(sign), grouped(verify));
    }
    println!();
    Ok(())
}

fn measure(algorithm: Algorithm) -> Result<(u128, u128), Box<dyn Error>> {
    let key = SigningKey::generate(algorithm)?;
    let claims = Claims {
        sub: "1234567890".into(),
        name: "John Doe".into(),
        admin: true,
        iat: 1_516_239_022,
        exp: 4_102_444_800,
        iss: "https://auth.example".into(),
        aud: "users".into(),
    };
    let verifier = Verifier::builder(key.verifying_key())
        .issuer("https://auth.example")
        .audience("users")
        .build()?;
    let token = jotem::encode(&claims, &key)?;
    verifier.verify::<Claims>(&token)?;
    let sign = per_second(|| drop(black_box(jotem::encode(black_box(&claims), &key))));
    let verify = per_second(|| drop(black_box(verifier.verify::<Claims>(black_box(&token)))));
    Ok((sign, verify))
}

/// Repeats an operation for a fifth of a second, in batches so that the clock does not count.
fn per_second(mut operation: impl FnMut()) -> u128 {
    let begin = Instant::now();
    let mut done: u128 = 0;
    while begin.elapsed() < Duration::from_millis(200) {
        for _ in 0..32 {
            operation();
        }
        done = done.saturating_add(32);
    }
    let nanos = begin.elapsed().as_nanos().max(1);
    done.saturating_mul(1_000_000_000).checked_div(nanos).unwrap_or_default()
}

/// Writes a number with separators between thousands.
fn grouped(number: u128) -> String {
    let digits = number.to_string();
    let first = digits.len() % 3;
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && position % 3 == first {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
