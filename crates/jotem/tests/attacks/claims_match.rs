//! Layer C: one verifier, many calls; and texts that only look alike.

use jotem::testing::FixedClock;
use jotem::{Algorithm, Limits, SigningKey, Validation, Verifier};

use crate::documents::code;
use crate::forge::*;
use crate::sample::{good, refuses};

/// A good token for an audience.
fn addressed(audience: &str) -> String {
    with_claims(&format!(r#"{{"exp":1700000900,"aud":"{audience}"}}"#))
}

#[test]
fn c22_keeps_nothing_of_one_call_for_the_next() {
    let verifier = builder(&hs256()).audience("me").build().unwrap();
    let forged = addressed("me").replace("eyJhbGciOiJIUzI1NiJ9", "eyJhbGciOiJub25lIn0");
    let other = SigningKey::from_secret([9; 32], Algorithm::Hs256).unwrap();
    let cases = [
        (addressed("me"), "accepted"),
        (addressed("you"), "jwt_audience_mismatch"),
        (with_claims(GOOD_CLAIMS), "jwt_claim_missing"),
        (good(&other), "jws_signature_mismatch"),
        (forged, "jws_alg_none"),
        (String::new(), "token_empty"),
        (with_header(r#"{"alg":"HS256","crit":["x"],"x":1}"#), "jws_crit_unknown"),
        ("a.b.c".to_owned(), "base64url_length"),
    ];
    // Every order of two: what one leaves behind would show in the other.
    for first in &cases {
        for second in &cases {
            refuses(&verifier, [first.clone(), second.clone(), first.clone()]);
        }
    }
}

#[test]
fn c22_builders_and_validations_do_not_change_each_other() {
    let base = builder(&hs256());
    let (me, you) = (base.clone().audience("me"), base.clone().audience("you"));
    let any = me.clone().any_audience().expiry_optional().build().unwrap();
    let (me, you, none) = (me.build().unwrap(), you.build().unwrap(), base.build().unwrap());
    assert_eq!(verdict(&any, &addressed("else")), "accepted");
    assert_eq!(verdict(&any, &with_claims("{}")), "accepted");
    assert_eq!(verdict(&me, &addressed("you")), "jwt_audience_mismatch");
    assert_eq!(verdict(&me, &with_claims("{}")), "jwt_claim_missing");
    assert_eq!(verdict(&you, &addressed("you")), "accepted");
    assert_eq!(verdict(&none, &addressed("me")), "jwt_audience_unexpected");

    let strict = Validation::new().audience("me");
    let lax = strict.clone().any_audience().expiry_optional();
    let with = |validation| builder(&hs256()).validation(validation).build().unwrap();
    assert_eq!(verdict(&with(lax), &with_claims("{}")), "accepted");
    assert_eq!(verdict(&with(strict.clone()), &with_claims("{}")), "jwt_claim_missing");
    assert_eq!(verdict(&with(strict), &addressed("me")), "accepted");
}

#[test]
fn c22_any_audience_and_audience_follow_the_last_call() {
    let last = builder(&hs256()).any_audience().audience("me").build().unwrap();
    refuses(
        &last,
        [
            (addressed("you"), "jwt_audience_mismatch"),
            (with_claims(GOOD_CLAIMS), "jwt_claim_missing"),
            (addressed("me"), "accepted"),
        ],
    );
}

#[test]
fn c22_verifiers_of_different_audiences_work_side_by_side() {
    let verifiers = ["a", "b", "c", "d"]
        .map(|audience| (audience, builder(&hs256()).audience(audience).build().unwrap()));
    std::thread::scope(|scope| {
        for (own, verifier) in &verifiers {
            let shared = verifier.clone();
            scope.spawn(move || {
                for _ in 0..250 {
                    for audience in ["a", "b", "c", "d"] {
                        let wanted =
                            if audience == *own { "accepted" } else { "jwt_audience_mismatch" };
                        assert_eq!(verdict(&shared, &addressed(audience)), wanted);
                    }
                }
            });
        }
    });
}

/// The letters of "café" composed, decomposed, and other texts that look like it.
const CAFE: &str = "caf\u{e9}";

#[test]
fn c25_compares_issuer_audience_and_subject_code_point_by_code_point() {
    let alike = [
        "cafe\u{301}",
        "cafe",
        "CAF\u{c9}",
        "\u{ff43}\u{ff41}\u{ff46}\u{e9}",
        "c\u{430}f\u{e9}",
        "caf\u{e9}\u{200b}",
        "\u{feff}caf\u{e9}",
        "c\u{ad}af\u{e9}",
        "\u{202e}caf\u{e9}",
        "caf\u{e9}\u{fe0f}",
        "caf\u{c3}\u{a9}",
    ];
    let claims = [
        ("iss", builder(&hs256()).issuer(CAFE), "jwt_issuer_mismatch"),
        ("aud", builder(&hs256()).audience(CAFE), "jwt_audience_mismatch"),
        ("sub", builder(&hs256()).subject(CAFE), "jwt_subject_mismatch"),
    ];
    for (claim, builder, wanted) in claims {
        let verifier = builder.build().unwrap();
        let of = |text: &str| with_claims(&format!(r#"{{"exp":1700000900,"{claim}":"{text}"}}"#));
        for text in alike {
            assert_eq!(verdict(&verifier, &of(text)), wanted, "{claim}: {}", text.escape_unicode());
        }
        for text in [CAFE, "caf\\u00e9", "\\u0063af\u{e9}"] {
            assert_eq!(verdict(&verifier, &of(text)), "accepted", "{claim}: {text}");
        }
    }
}

#[test]
fn c25_does_not_normalize_what_is_expected_either() {
    let verifier = builder(&hs256()).audience("cafe\u{301}").build().unwrap();
    refuses(
        &verifier,
        [(addressed(CAFE), "jwt_audience_mismatch"), (addressed("cafe\u{301}"), "accepted")],
    );
}

#[test]
fn c25_finds_no_claim_by_a_name_that_looks_alike() {
    let names = ["\u{435}xp", "exp\u{200b}", "ex\u{440}", "\u{ff45}xp", "EXP", "exp\u{0}"];
    for name in names {
        let name = if name.ends_with('\0') { "exp\\u0000" } else { name };
        let token = with_claims(&format!(r#"{{"{name}":1700000900}}"#));
        assert_eq!(verdict(&verifier(), &token), "jwt_claim_missing", "{name}");
    }
}

#[test]
fn c26_knows_no_patterns() {
    let patterns =
        [".*", "^me$", "m.", "*", "m*", "(m+)+$", "/me/", "m%", "[m][e]", "me|you", "${me}"];
    for pattern in patterns {
        let verifier = builder(&hs256()).audience(pattern).build().unwrap();
        let (me, same) = (addressed("me"), addressed(pattern));
        refuses(&verifier, [(me, "jwt_audience_mismatch"), (same, "accepted")]);
        let verifier = builder(&hs256()).issuer(pattern).subject(pattern).build().unwrap();
        let token = with_claims(r#"{"exp":1700000900,"iss":"me","sub":"me"}"#);
        assert_eq!(verdict(&verifier, &token), "jwt_issuer_mismatch", "{pattern}");
    }
}

#[test]
fn c26_caps_the_length_of_what_it_compares() {
    let long = "a".repeat(50 * 1024);
    let limits = Limits::default().token_bytes(1 << 20);
    for claim in ["iss", "sub", "aud", "jti"] {
        let token = with_claims(&format!(r#"{{"exp":1700000900,"{claim}":"{long}"}}"#));
        assert_eq!(verdict(&verifier(), &token), "token_too_large", "{claim}");
        let roomy = builder(&hs256()).limits(limits).any_audience().build().unwrap();
        assert_eq!(verdict(&roomy, &token), "jwt_claim_too_long", "{claim}");
        let wide = limits.text_bytes(1 << 20);
        let roomy = builder(&hs256()).limits(wide).any_audience().build().unwrap();
        assert_eq!(verdict(&roomy, &token), "accepted", "{claim}");
    }
    let many = format!(r#""{}","me""#, "a".repeat(1025));
    let token = with_claims(&format!(r#"{{"exp":1700000900,"aud":[{many}]}}"#));
    let verifier = builder(&hs256()).audience("me").build().unwrap();
    assert_eq!(verdict(&verifier, &token), "jwt_claim_too_long");
}

#[test]
fn c26_answers_the_same_a_thousand_times() {
    let verifier: Verifier =
        builder(&hs256()).audience("me").clock(FixedClock::at(NOW)).build().unwrap();
    let (me, you) = (addressed("me"), addressed("you"));
    for _ in 0..1000 {
        assert_eq!(code(verifier.verify::<()>(&me)), "accepted");
        assert_eq!(code(verifier.verify::<()>(&you)), "jwt_audience_mismatch");
    }
}
