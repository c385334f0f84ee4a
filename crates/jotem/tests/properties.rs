//! What holds for every token: round trips, agreement with another JSON parser, and no altered byte
//! ever accepted.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test stops where it fails")]

use std::sync::LazyLock;

use jotem::{Algorithm, SigningKey, Validation, Verifier, jws};
use proptest::prelude::*;
use serde_json::{Map, Value};

/// One key of each kind that is fast enough to sign hundreds of times.
static KEYS: LazyLock<Vec<SigningKey>> = LazyLock::new(|| {
    [Algorithm::Hs256, Algorithm::Rs256, Algorithm::Ps256, Algorithm::Es256, Algorithm::EdDsa]
        .into_iter()
        .map(|algorithm| SigningKey::generate(algorithm).unwrap())
        .collect()
});

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_filter("JSON has no other", |n| n.is_finite()).prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::hash_map("\\PC{0,8}", inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn claims() -> impl Strategy<Value = Map<String, Value>> {
    let names = "[a-z\"\\\\\u{e9}]{4,10}";
    prop::collection::hash_map(names, json(), 0..20).prop_map(|map| map.into_iter().collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn claims_come_back_as_they_were_written(claims in claims(), pick in 0..5_usize) {
        let key = &KEYS[pick];
        let token = jotem::encode(&claims, key).unwrap();
        let validation = Validation::new().expiry_optional();
        let read: Value = jotem::decode(&token, &key.verifying_key(), &validation).unwrap();
        prop_assert_eq!(read, Value::Object(claims));
    }

    #[test]
    fn reads_json_as_serde_json_does_whatever_its_spelling(claims in claims()) {
        let key = &KEYS[0];
        let verifier = Verifier::builder(key.verifying_key()).expiry_optional().build().unwrap();
        let pretty = serde_json::to_string_pretty(&claims).unwrap();
        let token = jws::sign(pretty.as_bytes(), key).unwrap();
        let verified = verifier.verify::<Value>(&token).unwrap();
        prop_assert_eq!(verified.claims().json(), &pretty);
        prop_assert_eq!(verified.custom(), &Value::Object(claims));
    }

    #[test]
    fn refuses_what_serde_json_refuses(text in "[\\[\\]{}\",:a-f0-9.eE+\\\\ nult-]{0,24}") {
        let key = &KEYS[0];
        let verifier = Verifier::builder(key.verifying_key()).expiry_optional().build().unwrap();
        let payload = format!("{{\"claim\":{text}}}");
        let token = jws::sign(payload.as_bytes(), key).unwrap();
        let ours = verifier.verify::<Value>(&token);
        let theirs = serde_json::from_str::<Value>(&payload);
        // Ours is stricter about names that stand twice, and about nothing else in such a text.
        let twice = matches!(&ours, Err(error) if error.code().as_str() == "json_duplicate_member");
        prop_assert!(twice || ours.is_ok() == theirs.is_ok(), "{}: {:?} {:?}", payload, ours, theirs);
        if let (Ok(ours), Ok(theirs)) = (ours, theirs) {
            prop_assert_eq!(ours.custom(), &theirs);
        }
    }

    #[test]
    fn refuses_a_token_with_any_byte_changed(
        pick in 0..5_usize, place in any::<prop::sample::Index>(), byte in any::<u8>(),
    ) {
        let key = &KEYS[pick];
        let verifier = Verifier::builder(key.verifying_key()).expiry_optional().build().unwrap();
        let token = jotem::encode(&Map::from_iter([("role".to_owned(), "user".into())]), key).unwrap();
        prop_assert!(verifier.verify::<()>(&token).is_ok());
        let mut altered = token.clone().into_bytes();
        let place = place.index(altered.len());
        altered[place] = byte;
        if let Ok(altered) = String::from_utf8(altered)
            && altered != token
        {
            prop_assert!(verifier.verify::<()>(&altered).is_err(), "{}", altered);
        }
    }

    #[test]
    fn any_text_is_refused_and_explained(text in "\\PC{0,80}") {
        let verifier = Verifier::builder(KEYS[3].verifying_key()).build().unwrap();
        let error = verifier.verify::<Value>(&text).unwrap_err();
        let explanation = verifier.explain(&text);
        prop_assert_eq!(explanation.rejection().map(|reason| reason.code()), Some(error.code()));
        prop_assert_eq!(explanation.steps().len(), 8);
        prop_assert!(explanation.to_string().lines().all(|line| line.chars().count() < 200));
    }
}
