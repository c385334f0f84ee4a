//! Layer J: key sets in memory (RFC 7517 §5).

use jotem::jwk::Member;
use jotem::testing::FixedClock;
use jotem::{Algorithm, KeySet, SigningKey, Verifier, VerifyingKey};

use crate::forge::*;
use crate::sample::*;

/// The public JWK of a key, with members before its own.
fn jwk(key: &SigningKey, more: &str) -> String {
    let json = key.verifying_key().to_jwk().unwrap().to_json().unwrap();
    // What `to_jwk` declares is left to each test.
    let json = json.replace(r#","use":"sig""#, "");
    json.replace(&format!(r#","alg":"{}""#, key.algorithm()), "").replacen(
        '{',
        &format!("{{{more}"),
        1,
    )
}

fn set(members: &[String]) -> KeySet {
    KeySet::from_json(format!(r#"{{"keys":[{}]}}"#, members.join(","))).unwrap()
}

fn verifier_of(set: &KeySet) -> Verifier {
    Verifier::builder(set).clock(FixedClock::at(NOW)).build().unwrap()
}

fn build_code(set: &KeySet) -> &'static str {
    match Verifier::builder(set).build() {
        Ok(_) => "built",
        Err(error) => error.code().as_str(),
    }
}

fn named(kid: &str, key: &SigningKey) -> String {
    headed(&format!(r#"{{"alg":"{}","kid":"{kid}"}}"#, key.algorithm()), key)
}

#[track_caller]
fn refuses_documents(rows: &[(&[u8], &str)]) {
    for (document, code) in rows {
        let text = String::from_utf8_lossy(document);
        let error = KeySet::from_json(document).map(drop).unwrap_err();
        assert_eq!(error.code().as_str(), *code, "{text}: {error}");
    }
}

#[test]
fn j10_refuses_a_response_that_is_no_key_set() {
    refuses_documents(&[
        (b"", "key_json"),
        (b" ", "key_json"),
        (b"<!doctype html><html><body>502 Bad Gateway</body></html>", "key_json"),
        (b"upstream timed out", "key_json"),
        (b"{}", "key_set_empty"),
        (br#"{"keys":{}}"#, "key_set_empty"),
        (br#"{"keys":null}"#, "key_set_empty"),
        (br#"{"keys":"[]"}"#, "key_set_empty"),
        (br#"{"keys":1}"#, "key_set_empty"),
        (br#"{"Keys":[]}"#, "key_set_empty"),
        (br#"{"jwks":{"keys":[]}}"#, "key_set_empty"),
        (
            br#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
            "key_set_empty",
        ),
        (br#"{"error":"server_error"}"#, "key_set_empty"),
        (br#"{"keys":[],"keys":[]}"#, "key_json"),
        (br#"{"keys":[],"k\u0065ys":[]}"#, "key_json"),
        (br#"{"keys":[]"#, "key_json"),
        (br#"{"keys":["#, "key_json"),
        (br#"{"keys":[{"kty":"EC""#, "key_json"),
        (br#"{"keys":[]}{"keys":[]}"#, "key_json"),
        (br#"{"keys":[]},"#, "key_json"),
        (br#"{"keys":[,]}"#, "key_json"),
        (b"\xef\xbb\xbf{\"keys\":[]}", "key_json"),
        (b"{\"keys\":[\"\xff\"]}", "key_json"),
        (b"\x1f\x8b\x08\x00", "key_json"),
    ]);
    let good = key(Algorithm::EdDsa);
    accepts(&verifier_of(&set(&[jwk(&good, "")])), [self::good(&good)]);
}

#[test]
fn j10_says_of_other_json_that_it_is_no_key_set() {
    refuses_documents(&[
        (b"[]", "key_set_empty"),
        (br#"[{"kty":"oct"}]"#, "key_set_empty"),
        (b"null", "key_set_empty"),
        (b"true", "key_set_empty"),
        (b"404", "key_set_empty"),
        (br#""not found""#, "key_set_empty"),
    ]);
}

#[test]
fn j10_a_set_of_no_keys_verifies_nothing() {
    let empty = KeySet::from_json(r#"{"keys":[]}"#).unwrap();
    assert_eq!(build_code(&empty), "misuse_keys_missing");
    for members in ["1,null", r#""a""#, "[]", "{}", "true,false"] {
        let set = KeySet::from_json(format!(r#"{{"keys":[{members}]}}"#)).unwrap();
        assert_eq!(set.keys().count(), 0, "{members}");
        assert_eq!(build_code(&set), "misuse_keys_unusable", "{members}");
    }
}

/// Members that cannot be used, each for another reason.
const UNUSABLE: [&str; 20] = [
    r#"{"kty":"AKP","alg":"ML-DSA-44","pub":"AAAA"}"#,
    r#"{"kty":"unheard-of"}"#,
    r#"{"kty":"ec"}"#,
    r#"{"kty":1}"#,
    r#"{"kty":null}"#,
    r#"{}"#,
    "1",
    "null",
    "[]",
    r#""x""#,
    r#"{"kty":"EC","crv":"P-256"}"#,
    r#"{"kty":"EC","crv":"P-224","x":"AA","y":"AA"}"#,
    r#"{"kty":"EC","crv":"P-256","x":"AQ","y":"AQ"}"#,
    r#"{"kty":"EC","crv":"P-256","x":1,"y":2}"#,
    r#"{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D5","y":"!"}"#,
    r#"{"kty":"OKP","crv":"Ed448","x":"AAAA"}"#,
    r#"{"kty":"OKP","crv":"X25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
    r#"{"kty":"RSA","n":"AQ","e":"AQAB","alg":"RS256"}"#,
    r#"{"kty":"RSA","n":"","e":"","alg":"RS256"}"#,
    r#"{"kty":"oct","k":""}"#,
];

/// A point that has the right size and is not on the curve: seen when the key is made.
const OFF_THE_CURVE: &str = r#"{"kty":"EC","crv":"P-256","kid":"off","x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE","y":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE"}"#;

/// The neutral element of the curve.
const SMALL_ORDER: &str = r#"{"kty":"OKP","crv":"Ed25519","kid":"small","x":"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"#;

#[test]
fn j11_bad_members_do_not_harm_the_good_one() {
    let good = key(Algorithm::Es256);
    let own = jwk(&good, r#""kid":"a","#);
    let token = named("a", &good);
    for bad in UNUSABLE.iter().chain(&[OFF_THE_CURVE, SMALL_ORDER]) {
        for members in [[own.clone(), (*bad).to_owned()], [(*bad).to_owned(), own.clone()]] {
            accepts(&verifier_of(&set(&members)), [&token]);
        }
        let alone = set(&[(*bad).to_owned()]);
        assert_eq!(build_code(&alone), "misuse_keys_unusable", "{bad}");
    }
    let mut all: Vec<_> = UNUSABLE.iter().map(|bad| (*bad).to_owned()).collect();
    all.extend([OFF_THE_CURVE.to_owned(), SMALL_ORDER.to_owned()]);
    assert_eq!(build_code(&set(&all)), "misuse_keys_unusable");
    all.insert(7, own);
    let all = set(&all);
    accepts(&verifier_of(&all), [&token]);
    // Each says why.
    let reasons = all.members().iter().filter(|member| matches!(member, Member::Unusable { .. }));
    assert_eq!(reasons.count(), UNUSABLE.len());
    // And none of them verifies anything.
    refuses(
        &verifier_of(&all),
        [
            (named("off", &good), "jws_key_not_found"),
            (
                headed(r#"{"alg":"EdDSA","kid":"small"}"#, &key(Algorithm::EdDsa)),
                "jws_alg_not_allowed",
            ),
        ],
    );
}

#[test]
fn j12_two_keys_of_one_kid_are_never_decided_by_their_order() {
    let keys = [(); 2].map(|()| key(Algorithm::Es256));
    let [a, b] = keys.each_ref().map(|key| jwk(key, r#""kid":"1","#));
    for members in [[a.clone(), b.clone()], [b, a]] {
        let set = set(&members);
        let code = "jws_key_ambiguous";
        for key in &keys {
            refuses(&verifier_of(&set), [(named("1", key), code), (good(key), code)]);
        }
        let trying = Verifier::builder(&set).try_keys(2).clock(FixedClock::at(NOW));
        accepts(&trying.build().unwrap(), keys.each_ref().map(|key| named("1", key)));
    }
    let keys = keys.map(|key| key.with_key_id("1").verifying_key());
    let verifier = Verifier::builder(keys).clock(FixedClock::at(NOW)).build().unwrap();
    refuses(&verifier, [(named("1", &key(Algorithm::Es256)), "jws_key_ambiguous")]);
}

#[test]
fn j12_refuses_a_key_whose_name_and_type_are_those_of_a_member_that_cannot_be_read() {
    let [own, other] = [key(Algorithm::Es256), key(Algorithm::Es256)];
    let [a, b] = [jwk(&own, r#""kid":"1","#), jwk(&other, r#""kid":"2","#)];
    let unusable = |kty: &str, kid: &str| format!(r#"{{"kty":"{kty}","crv":"P-0"{kid}}}"#);
    for (twin, usable) in [
        (unusable("EC", r#","kid":"1""#), false),
        (unusable("EC", r#","kid":"3""#), true),
        (unusable("EC", ""), true),
        (unusable("OKP", r#","kid":"1""#), true),
        (unusable("ec", r#","kid":"1""#), true),
    ] {
        for members in [[a.clone(), twin.clone(), b.clone()], [twin.clone(), b.clone(), a.clone()]]
        {
            let set = set(&members);
            let code = if usable { "accepted" } else { "jws_key_not_found" };
            refuses(
                &verifier_of(&set),
                [(named("1", &own), code), (named("2", &other), "accepted")],
            );
            let reasons = set.verdicts(&[]).filter_map(Result::err);
            let twice = reasons.filter(|reason| reason.code().as_str() == "key_id_twice");
            assert_eq!(twice.count(), usize::from(!usable), "{twin}");
            // What is not used is not published again either.
            let published = KeySet::from_json(set.to_json()).unwrap();
            assert_eq!(published.members().len(), if usable { 2 } else { 1 }, "{twin}");
        }
        let alone = set(&[a.clone(), twin]);
        assert_eq!(build_code(&alone), if usable { "built" } else { "misuse_keys_unusable" });
    }
}

#[test]
fn j12_keys_of_one_kid_and_different_types_are_told_by_the_algorithm() {
    // RFC 7517 §4.5 allows one kid for equivalent alternatives of different types.
    let keys = [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Es384].map(key);
    let mut members = keys.each_ref().map(|key| jwk(key, r#""kid":"1","#));
    for _ in 0..3 {
        members.rotate_left(1);
        let verifier = verifier_of(&set(&members));
        accepts(&verifier, keys.each_ref().map(|key| named("1", key)));
        for own in &keys {
            let forged = named("1", &key(own.algorithm()));
            refuses(&verifier, [(forged, "jws_signature_mismatch")]);
        }
    }
}

#[test]
fn j13_a_token_without_kid_needs_exactly_one_candidate() {
    let same = [(); 3].map(|()| key(Algorithm::Es256));
    let members = |kid: bool| -> Vec<String> {
        let kid = |at| if kid { format!(r#""kid":"{at}","#) } else { String::new() };
        same.iter().enumerate().map(|(at, key)| jwk(key, &kid(at))).collect()
    };
    for with_kid in [true, false] {
        let verifier = verifier_of(&set(&members(with_kid)));
        refuses(&verifier, same.each_ref().map(|key| (good(key), "jws_key_ambiguous")));
        let two = Verifier::builder(set(&members(with_kid))).try_keys(2);
        let two = two.clock(FixedClock::at(NOW)).build().unwrap();
        refuses(&two, same.each_ref().map(|key| (good(key), "jws_key_ambiguous")));
        let three = Verifier::builder(set(&members(with_kid))).try_keys(3);
        let three = three.clock(FixedClock::at(NOW)).build().unwrap();
        accepts(&three, same.each_ref().map(good));
        refuses(&three, [(good(&key(Algorithm::Es256)), "jws_signature_mismatch")]);
    }
    // Of three, one fits: by algorithm and curve, by `use`, by `key_ops`, by `alg`.
    let [one, two, three] = &same;
    let different = [Algorithm::Es256, Algorithm::Es384, Algorithm::EdDsa].map(key);
    let verifier = verifier_of(&set(&different.each_ref().map(|key| jwk(key, ""))));
    accepts(&verifier, different.each_ref().map(good));
    let marked = set(&[
        jwk(one, r#""use":"enc","#),
        jwk(two, r#""key_ops":["deriveKey"],"#),
        jwk(three, r#""use":"sig","#),
        jwk(&key(Algorithm::Es256), r#""alg":"ECDH-ES","#),
    ]);
    accepts(&verifier_of(&marked), [good(three)]);
    refuses(
        &verifier_of(&marked),
        [(good(one), "jws_signature_mismatch"), (good(two), "jws_signature_mismatch")],
    );
}

#[test]
fn j16_a_key_of_encryption_is_no_candidate() {
    let key = key(Algorithm::Es256);
    let other = self::key(Algorithm::Es256);
    let token = named("a", &key);
    let kinds = [
        r#""use":"enc","#,
        r#""use":"","#,
        r#""use":"SIG","#,
        r#""use":"sig enc","#,
        r#""key_ops":[],"#,
        r#""key_ops":["encrypt"],"#,
        r#""key_ops":["deriveBits"],"#,
        r#""use":"enc","key_ops":["deriveKey"],"#,
        r#""alg":"ECDH-ES","#,
        r#""alg":"ECDH-ES+A128KW","#,
        r#""alg":"dir","#,
        r#""alg":"none","#,
        r#""alg":"","#,
        r#""alg":"es256","#,
        r#""alg":"ES384","#,
        r#""alg":"HS256","#,
        r#""use":"enc","alg":"ES256","#,
        r#""use":1,"#,
        r#""key_ops":"verify","#,
        r#""alg":1,"#,
    ];
    for kind in kinds {
        let marked = jwk(&key, &format!(r#""kid":"a",{kind}"#));
        assert_eq!(
            build_code(&set(std::slice::from_ref(&marked))),
            "misuse_keys_unusable",
            "{kind}"
        );
        let beside = set(&[marked, jwk(&other, r#""kid":"b","#)]);
        refuses(&verifier_of(&beside), [(&token, "jws_key_not_found")]);
        let pinned = Verifier::builder(&beside).algorithms([Algorithm::Es256]);
        let pinned = pinned.clock(FixedClock::at(NOW)).build().unwrap();
        refuses(&pinned, [(&token, "jws_key_not_found")]);
        accepts(&verifier_of(&beside), [named("b", &other)]);
    }
    let kinds = [
        "",
        r#""use":"sig","#,
        r#""key_ops":["verify"],"#,
        r#""alg":"ES256","#,
        r#""use":"sig","key_ops":["verify"],"alg":"ES256","#,
    ];
    for kind in kinds {
        let marked = set(&[jwk(&key, &format!(r#""kid":"a",{kind}"#))]);
        accepts(&verifier_of(&marked), [&token]);
    }
}

#[test]
fn j16_a_public_key_of_signing_only_is_no_candidate() {
    let key = key(Algorithm::Es256);
    let marked = set(&[jwk(&key, r#""kid":"a","key_ops":["sign"],"#)]);
    let jwk = marked.keys().next().unwrap();
    assert!(!jwk.is_private());
    // One key by itself and the same key in a set are read alike.
    let error = VerifyingKey::from_jwk(jwk, Algorithm::Es256).unwrap_err();
    assert_eq!(error.code().as_str(), "key_use");
    assert_eq!(build_code(&marked), "misuse_keys_unusable");
}
