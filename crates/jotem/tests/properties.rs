//! What holds for every token: round trips, agreement with another JSON parser, and no altered byte
//! ever accepted.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test stops where it fails")]

use std::sync::LazyLock;

use jotem::{Algorithm, SigningKey, Validation, Verifier, jws};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// One key of each kind that is fast enough to sign hundreds of times.
static KEYS: LazyLock<Vec<SigningKey>> = LazyLock::new(|| {
    [Algorithm::Hs256, Algorithm::Rs256, Algorithm::Ps256, Algorithm::Es256, Algorithm::EdDsa]
        .into_iter()
        .map(|algorithm| SigningKey::generate(algorithm).unwrap())
        .collect()
});

fn any_json() -> impl Strategy<Value = Value> {
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
    prop::collection::hash_map(names, any_json(), 0..20).prop_map(|map| map.into_iter().collect())
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

/// A document of up to three signers, and its parts in the order in which they are written.
fn general_of(payload: &[u8], keys: &[&SigningKey]) -> Value {
    let signers: Vec<_> = keys.iter().map(|key| jws::Signer::new(key)).collect();
    serde_json::from_str(&jws::general::sign(payload, &signers).unwrap()).unwrap()
}

/// Writes JSON with the members of every object in another order.
fn reordered(value: &Value, turn: usize) -> String {
    match value {
        Value::Object(members) => {
            let mut parts: Vec<_> = members
                .iter()
                .map(|(name, value)| format!("{}:{}", json!(name), reordered(value, turn)))
                .collect();
            let places = turn.checked_rem(parts.len()).unwrap_or_default();
            parts.rotate_left(places);
            if !turn.is_multiple_of(2) {
                parts.reverse();
            }
            format!("{{{}}}", parts.join(","))
        }
        Value::Array(list) => {
            let parts: Vec<_> = list.iter().map(|value| reordered(value, turn)).collect();
            format!("[{}]", parts.join(","))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.to_string(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn documents_come_back_as_they_were_signed_in_whatever_order_their_members_stand(
        payload in prop::collection::vec(any::<u8>(), 0..64),
        other in prop::collection::hash_map("[a-z\"\u{e9}]{5,7}", "\\PC{0,12}", 0..4),
        picks in prop::sample::subsequence(vec![0_usize, 3, 4], 1..=3), turn in 0..8_usize,
    ) {
        let keys: Vec<_> = picks.iter().map(|pick| &KEYS[*pick]).collect();
        let mut document = general_of(&payload, &keys);
        document["signatures"][0]["header"] = json!(other);
        let text = reordered(&document, turn);
        let signers: Vec<_> = keys.iter().map(|key| key.verifying_key()).collect();
        let options = jws::Options::new();
        let verified = jws::general::verify_all(&text, signers, &options).unwrap();
        prop_assert_eq!(verified.payload(), &payload);
        prop_assert_eq!(verified.signatures().len(), keys.len());
        for (place, key) in keys.iter().enumerate() {
            let any = jws::general::verify_any(&text, key.verifying_key(), &options).unwrap();
            prop_assert_eq!(any.signatures().len(), 1);
            prop_assert_eq!(any.signatures()[0].position(), place);
            prop_assert_eq!(any.signatures()[0].key().thumbprint(), key.verifying_key().thumbprint());
        }

        let mut signer = jws::Signer::new(keys[0]);
        for (name, value) in &other {
            signer = signer.unprotected(name, value.as_str()).unwrap();
        }
        let flat: Value = serde_json::from_str(&signer.sign_flattened(&payload).unwrap()).unwrap();
        let text = reordered(&flat, turn);
        let verified = jws::flattened::verify(&text, keys[0].verifying_key(), &options).unwrap();
        prop_assert_eq!(verified.payload(), &payload);
    }

    #[test]
    fn refuses_a_document_with_any_signed_bit_flipped(
        pick in 0..5_usize, member in 0..3_usize, place in any::<prop::sample::Index>(), bit in 0..8_u8,
    ) {
        let key = &KEYS[pick];
        let mut document: Value =
            serde_json::from_str(&jws::flattened::sign(b"pay 10", key).unwrap()).unwrap();
        let member = &mut document[["payload", "protected", "signature"][member]];
        let mut bytes = base64_simd::URL_SAFE_NO_PAD.decode_to_vec(member.as_str().unwrap()).unwrap();
        let place = place.index(bytes.len());
        bytes[place] ^= 1_u8 << bit;
        *member = json!(base64_simd::URL_SAFE_NO_PAD.encode_to_string(&bytes));
        let options = jws::Options::new();
        let verdict = jws::flattened::verify(&document.to_string(), key.verifying_key(), &options);
        prop_assert!(verdict.is_err(), "{}", document);
    }

    #[test]
    fn refuses_a_document_with_any_byte_changed_or_reads_the_same(
        pick in 0..5_usize, place in any::<prop::sample::Index>(), byte in any::<u8>(),
    ) {
        let key = &KEYS[pick];
        let good = jws::flattened::sign(b"pay 10", key).unwrap();
        let mut altered = good.into_bytes();
        let place = place.index(altered.len());
        altered[place] = byte;
        if let Ok(altered) = String::from_utf8(altered)
            && let Ok(verified) =
                jws::flattened::verify(&altered, key.verifying_key(), &jws::Options::new())
        {
            // A byte that is not signed: between the members.
            prop_assert_eq!(verified.payload(), b"pay 10");
        }
    }
}
