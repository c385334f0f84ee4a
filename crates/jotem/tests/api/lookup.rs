//! One key among many: found by its name, however many there are, in whatever order they stand.

use jotem::{Algorithm, SigningKey, Verifier};
use serde_json::json;

/// The key at a place, under a name or none.
fn named(place: usize, name: Option<&str>) -> SigningKey {
    let secret = [u8::try_from(place).unwrap(); 32];
    let key = SigningKey::from_secret(secret, Algorithm::Hs256).unwrap();
    match name {
        Some(name) => key.with_key_id(name),
        None => key,
    }
}

/// What a verifier of these keys must say of a token of `signer` under a `kid`, by the rule: the
/// keys of that name, else those without one; exactly one of them.
fn by_the_rule(names: &[Option<String>], kid: Option<&str>, signer: usize) -> &'static str {
    let of = |name: Option<&str>| -> Vec<usize> {
        let places = names.iter().enumerate().filter(|(_, found)| found.as_deref() == name);
        places.map(|(place, _)| place).collect()
    };
    let candidates = match kid {
        None => (0..names.len()).collect(),
        Some(_) if !of(kid).is_empty() => of(kid),
        Some(_) => of(None),
    };
    match candidates.as_slice() {
        [] => "jws_key_not_found",
        [one] if *one == signer => "accepted",
        [_] => "jws_signature_mismatch",
        _ => "jws_key_ambiguous",
    }
}

/// Names in no order: first some keys without, then some that share one.
fn names(count: usize, unnamed: usize, doubles: usize) -> Vec<Option<String>> {
    let name = |place: usize| match place {
        place if place < unnamed => None,
        place if place < unnamed.saturating_add(doubles) => Some("double".to_owned()),
        place => Some(format!("{:03}", place.wrapping_mul(37) % 101)),
    };
    let mut names: Vec<_> = (0..count).map(name).collect();
    names.rotate_left(count / 3);
    names
}

#[test]
fn finds_a_key_by_its_name_as_the_rule_says() {
    // From fewer keys than an index is made for to more.
    for count in [1, 2, 5, 6, 7, 40] {
        for (unnamed, doubles) in [(0, 0), (1, 0), (2, 0), (0, 2), (1, 3)] {
            let names = names(count, unnamed, doubles);
            let keys = names.iter().enumerate().map(|(place, name)| named(place, name.as_deref()));
            let keys: Vec<_> = keys.map(|key| key.verifying_key()).collect();
            let verifier = Verifier::builder(keys).expiry_optional().build().unwrap();
            for signer in [0, count / 2, count.saturating_sub(1)] {
                let own = names.get(signer).unwrap().as_deref();
                for kid in [own, None, Some("double"), Some("unknown"), Some(""), Some("~")] {
                    let token = jotem::encode(&json!({}), &named(signer, kid)).unwrap();
                    let verdict = verifier.verify::<()>(&token);
                    let found = verdict.map_or_else(|error| error.code().as_str(), |_| "accepted");
                    let wanted = by_the_rule(&names, kid, signer);
                    assert_eq!(found, wanted, "{kid:?} of {names:?}, signed by {signer}");
                }
            }
        }
    }
}

#[test]
fn tries_the_keys_of_one_name_in_their_order_among_many() {
    let doubles = names(40, 0, 3);
    let keys: Vec<_> = doubles
        .iter()
        .enumerate()
        .map(|(place, name)| named(place, name.as_deref()).verifying_key())
        .collect();
    let builder = Verifier::builder(keys).expiry_optional().try_keys(3);
    let verifier = builder.build().unwrap();
    let shared = doubles.iter().enumerate().filter(|(_, name)| name.as_deref() == Some("double"));
    let places: Vec<_> = shared.map(|(place, _)| place).collect();
    assert_eq!(places.len(), 3);
    for place in places {
        let token = jotem::encode(&json!({}), &named(place, Some("double"))).unwrap();
        assert!(verifier.verify::<()>(&token).is_ok(), "the key at {place}");
    }
    let token = jotem::encode(&json!({}), &named(200, Some("double"))).unwrap();
    assert!(verifier.verify::<()>(&token).is_err(), "a key that is not among them");
}
