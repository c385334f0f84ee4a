//! Tokens and keys that others made: the examples of the RFCs, and a key set as an identity provider
//! serves it.

#![expect(clippy::indexing_slicing, reason = "a JSON value answers null for what it has not")]

use std::error::Error;
use std::fs;
use std::path::Path;

use jotem::testing::FixedClock;
use jotem::{Algorithm, Jwk, KeySet, Verifier, VerifyingKey, jws};
use serde_json::{Value, json};

use crate::{heading, row};

/// While the examples of RFC 7515 had not expired: 2011-03-22T18:00:00Z.
const SPRING_OF_2011: u64 = 1_300_816_800;

/// Verifies the examples.
pub(crate) fn show() -> Result<(), Box<dyn Error>> {
    heading("Tokens and keys that others made");
    let document = read("rfc-examples/rfc_examples.json")?;
    let cases = document["cases"].as_array().ok_or("no cases")?;
    for case in cases.iter().filter(|case| case["kind"] == "jws-compact") {
        let name = text(&case["id"])?;
        if case["result"] == "valid" {
            row(name, &verify(&case["key"], text(&case["alg"])?, text(&case["token"])?)?);
        }
    }
    for file in ["4_1.rsa_v15_signature", "4_2.rsa-pss_signature", "4_3.ecdsa_signature"] {
        let case = read(&format!("ietf-jose-cookbook/jws/{file}.json"))?;
        let (input, token) = (&case["input"], text(&case["output"]["compact"])?);
        let name = format!("RFC 7520 {}", file.split('.').next().unwrap_or(file).replace('_', "."));
        row(&name, &verify(&input["key"], text(&input["alg"])?, token)?);
    }
    let example = |id: &str| cases.iter().find(|case| case["id"] == id).ok_or("no such case");
    identity_provider(example("RFC 7515 A.2")?, example("RFC 7515 A.3")?)
}

/// Verifies a signature of any content under the public half of the example's key.
fn verify(key: &Value, algorithm: &str, token: &str) -> Result<String, Box<dyn Error>> {
    let algorithm: Algorithm = algorithm.parse()?;
    let jwk = Jwk::from_json(key.to_string())?;
    let key = match jwk.public() {
        Ok(public) => VerifyingKey::from_jwk(&public, algorithm)?,
        Err(_) => VerifyingKey::from_jwk(&jwk, algorithm)?,
    };
    let verified = jws::verify(token, key, &jws::Options::new())?;
    Ok(format!("{algorithm}, {} bytes of payload, verified", verified.payload().len()))
}

/// A key set as identity providers serve them: RSA keys without `alg`, and a key of a type that is
/// not known yet.
fn identity_provider(rsa: &Value, ec: &Value) -> Result<(), Box<dyn Error>> {
    let (modulus, exponent) = (&rsa["key"]["n"], &rsa["key"]["e"]);
    let (x, y) = (&ec["key"]["x"], &ec["key"]["y"]);
    let served = json!({"keys": [
        {"kty": "RSA", "use": "sig", "kid": "2011-03", "n": modulus, "e": exponent},
        {"kty": "EC", "use": "sig", "kid": "2011-02", "crv": "P-256", "x": x, "y": y},
        {"kty": "AKP", "use": "sig", "kid": "2026-11", "alg": "ML-DSA-44", "pub": "AA"},
    ]});
    let set = KeySet::from_json(served.to_string())?;
    let clock = FixedClock::at(SPRING_OF_2011);
    let verifier = |algorithms: &[Algorithm]| {
        let builder = Verifier::builder(&set).issuer("joe").clock(clock.clone());
        builder.algorithms(algorithms.iter().copied()).build()
    };
    let members = format!("{} members, {} known", set.members().len(), set.keys().count());
    row("a key set from a provider", &members);

    let token = text(&rsa["token"])?;
    let both = verifier(&[Algorithm::Rs256, Algorithm::Es256])?;
    let verified = both.verify::<Value>(token)?;
    let root = &verified.custom()["http://example.com/is_root"];
    row("  RSA key without alg, RS256 named", &format!("verified: is_root is {root}"));
    let Err(refused) = verifier(&[Algorithm::Es256])?.verify::<Value>(token) else {
        return Err("an algorithm that was not named was accepted".into());
    };
    row("  RS256 not named", &format!("refused: {}", refused.code()));
    Ok(())
}

fn read(name: &str) -> Result<Value, Box<dyn Error>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors").join(name);
    Ok(serde_json::from_reader(fs::File::open(path)?)?)
}

fn text(value: &Value) -> Result<&str, Box<dyn Error>> {
    value.as_str().ok_or_else(|| "not a text".into())
}
