//! Any bytes as a payload, under a signature that holds: three types that read it come to one
//! verdict, and what is accepted is what `serde_json` reads, and in time.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jotem::testing::FixedClock;
use jotem::{Error, Verifier};
use serde::Deserialize;
use serde_json::Value;

use crate::{encode, keys, oracle};

/// What the clock shows.
const NOW: u64 = 1_700_000_000;

/// Fields of many types, to fail on each.
#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "reading them is what is tested")]
struct Typed {
    sub: Option<String>,
    exp: Option<f64>,
    #[serde(default)]
    iat: u64,
    role: Option<Role>,
    tags: Option<Vec<(u8, char)>>,
    counts: Option<BTreeMap<u32, bool>>,
    #[serde(flatten)]
    others: BTreeMap<String, Value>,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "reading them is what is tested")]
enum Role {
    Admin,
    Member(String),
    Guest { until: i64 },
    Pair(u8, u8),
}

static LENIENT: LazyLock<Verifier> = LazyLock::new(|| {
    let builder = Verifier::builder(keys::hs256().verifying_key()).clock(FixedClock::at(NOW));
    builder.any_audience().expiry_optional().leeway(std::time::Duration::ZERO).build().unwrap()
});

static STRICT: LazyLock<Verifier> = LazyLock::new(|| {
    let builder = Verifier::builder(keys::hs256().verifying_key()).clock(FixedClock::at(NOW));
    builder.issuer("a").audience("b").subject("c").build().unwrap()
});

/// Feeds one payload.
///
/// # Panics
/// If a promise is broken.
pub fn run(data: &[u8]) {
    let token = encode::token(br#"{"alg":"HS256"}"#, data, keys::hs256());
    for verifier in [&*LENIENT, &*STRICT] {
        let code = |error: Error| oracle::sound(&error);
        let value = verifier.verify::<Value>(&token).map(|ok| ok.into_claims()).map_err(code);
        let typed = verifier.verify::<Typed>(&token).map(drop).map_err(code);
        let nothing = verifier.verify::<()>(&token).map(drop).map_err(code);
        assert_eq!(value.as_ref().err(), nothing.as_ref().err());
        assert!(typed == nothing || (nothing.is_ok() && typed == Err("jwt_claims_shape")));
        match &value {
            Ok(claims) => accepted(data, claims, std::ptr::eq(verifier, &raw const *STRICT)),
            Err(code) if *code == "jws_segment_empty" => assert!(data.is_empty()),
            Err("token_too_large") => assert!(data.len() > 12_000),
            Err(code) => oracle::agrees(code, data),
        }
    }
}

fn accepted(data: &[u8], claims: &jotem::ClaimsSet<Value>, strict: bool) {
    assert_eq!(claims.json().as_bytes(), data);
    let value = oracle::read(data).expect("serde_json reads it too");
    assert!(oracle::same(claims.custom(), &value));
    let text = |name: &str| value.get(name).map(|claim| claim.as_str().expect("a string"));
    assert_eq!(claims.issuer(), text("iss"));
    assert_eq!(claims.subject(), text("sub"));
    assert_eq!(claims.token_id(), text("jti"));
    let audience: Vec<_> = match value.get("aud") {
        None => Vec::new(),
        Some(Value::Array(list)) => list.iter().map(|one| one.as_str().expect("text")).collect(),
        Some(one) => vec![one.as_str().expect("a string")],
    };
    assert!(claims.audience().iter().eq(audience.iter().copied()));
    let date = |name: &str| value.get(name).map(|claim| claim.as_f64().expect("a number"));
    let leeway = if strict { 30.0 } else { 0.0 };
    let now = f64::from(u32::try_from(NOW).unwrap());
    assert!(date("exp").is_none_or(|exp| exp + leeway > now), "expired");
    assert!(date("nbf").is_none_or(|nbf| nbf - leeway <= now), "not yet valid");
    assert!(date("iat").is_none_or(|iat| iat - leeway <= now), "issued in the future");
    assert!(value.get("cnf").is_none(), "bound to a key");
    if strict {
        assert!(date("exp").is_some() && audience.contains(&"b"));
        assert_eq!((text("iss"), text("sub")), (Some("a"), Some("c")));
    }
}

/// Claims of every kind.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    [
        "{}",
        r#"{"iss":"a","aud":"b","sub":"c","exp":1700000900,"nbf":1700000000,"iat":1700000000}"#,
        r#"{"iss":"a","aud":["x","b"],"sub":"\u0063","exp":1.7000009e9,"jti":"1"}"#,
        r#"{"exp":1699999970.5,"iat":1700000030,"role":"Admin","tags":[[1,"a"]]}"#,
        r#"{"role":{"Member":"x"},"counts":{"1":true,"2":false}}"#,
        r#"{"role":{"Guest":{"until":-1}},"others":[[[[{"a":null}]]]]}"#,
        r#"{"role":{"Pair":[1,2]},"x":"\ud83d\ude00\n","cnf":{"jkt":"a"}}"#,
        " {\n\t\"a\" : [ 1 , 2.5e-3 , -7 , true , null ] }\r\n",
        r#"{"n":18446744073709551616,"m":-9223372036854775809,"o":0.1,"p":1e308}"#,
        r#"{"aaaaaaa":1,"aaaaaaaa":2,"aaaaaaaaa":3,"aaaaaaaab":4,"":5," ":6}"#,
        r#"{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7,"h":8,"i":9,"j":0,"k":1,"l":2,"m":3}"#,
        r#"{"iss":1,"sub":null,"aud":[1],"exp":"1700000900"}"#,
    ]
    .map(|text| text.as_bytes().to_vec())
    .into()
}
