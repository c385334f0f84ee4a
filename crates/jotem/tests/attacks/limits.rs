//! Layer P: parsing a compact JWS: JSON without bottom and without end.

use jotem::{Limits, SigningKey, Verifier};

use crate::forge::*;
use crate::sample::*;

/// `depth` objects or arrays around a number; the object around all is the first.
fn nested(depth: usize, open: &str, close: &str) -> String {
    let (open, close) = (open.repeat(depth - 1), close.repeat(depth - 1));
    format!(r#"{{"alg":"HS256","exp":1700000900,"x":{open}1{close}}}"#)
}

#[test]
fn p19_refuses_deep_nesting_at_the_limit_exactly() {
    for (open, close) in [("[", "]"), (r#"{"a":"#, "}"), (r#"[{"a":"#, "}]")] {
        let levels = if open.len() > 5 { 2 } else { 1 };
        for limit in [3, 31, 33, Limits::MAX_DEPTH - 1] {
            let limits = Limits::default().depth(limit);
            let verifier = builder(&hs256()).limits(limits).build().unwrap();
            let at = 1 + (limit - 1) / levels;
            accepts(&verifier, both(nested(at, open, close).as_bytes()));
            let over = both(nested(at + 1, open, close).as_bytes());
            refuses(&verifier, over.map(|token| (token, "json_too_deep")));
        }
    }
    // The limit itself has a limit.
    let limits = Limits::default().depth(usize::MAX);
    assert_eq!(limits.max_depth(), Limits::MAX_DEPTH);
}

#[test]
fn p19_refuses_bottomless_nesting_without_exhausting_the_stack() {
    const DEPTH: usize = 100_000;
    let limits = Limits::default().token_bytes(64 << 20).header_bytes(64 << 20).depth(usize::MAX);
    let roomy = builder(&hs256()).limits(limits).build().unwrap();
    for (text, code) in [
        (nested(DEPTH, "[", "]"), "json_too_deep"),
        (nested(DEPTH, r#"{"a":"#, "}"), "json_too_deep"),
        (format!(r#"{{"x":{}"#, "[".repeat(DEPTH)), "json_too_deep"),
        (format!(r#"{{"crit":{}"#, "[".repeat(DEPTH)), "json_too_deep"),
        (format!(r#"{{"jwk":{}"#, r#"{"a":"#.repeat(DEPTH)), "json_too_deep"),
        (format!(r#"{{"aud":{}"#, "[".repeat(DEPTH)), "json_too_deep"),
        (r#"{"a":"#.repeat(DEPTH), "json_too_deep"),
        ("[".repeat(DEPTH), "json_not_object"),
    ] {
        let tokens = both(text.as_bytes());
        refuses(&verifier(), tokens.clone().map(|token| (token, "token_too_large")));
        refuses(&roomy, tokens.map(|token| (token, code)));
    }
    let member = "{\"a\":".repeat(DEPTH);
    for document in [member, "[".repeat(DEPTH), format!("{{\"keys\":{}", "[".repeat(DEPTH))] {
        assert!(jotem::KeySet::from_json(&document).is_err());
        assert!(jotem::Jwk::from_json(&document).is_err());
    }
}

#[test]
fn p20_refuses_numbers_that_nothing_holds() {
    let digits = "9".repeat(5000);
    let code = "json_number_range";
    let with = |number: &str| format!(r#"{{"alg":"HS256","exp":1700000900,"x":[{number}]}}"#);
    refuses_in_both([
        (with(&digits), code),
        (with(&format!("-{digits}")), code),
        (with(&format!("{digits}.5")), code),
        (with("1e400"), code),
        (with("-1E+400"), code),
        (with("1e99999999999999999999"), code),
    ]);
    let dates = [
        (digits.as_str(), "json_number_range"),
        ("1e400", "json_number_range"),
        ("18446744073709551616", "jwt_date_range"),
        ("1e30", "jwt_date_range"),
        ("1e308", "jwt_date_range"),
        ("-1", "jwt_date_range"),
    ];
    refuses(
        &verifier(),
        dates.map(|(date, code)| (with_claims(&format!(r#"{{"exp":{date}}}"#)), code)),
    );
    for small in ["1e-400", "0.0", "-0", "18446744073709551616", "1e308", "1e-99999999999999999999"]
    {
        accepts(&verifier(), both(with(small).as_bytes()));
    }
    accepts(&roomy(&hs256()), both(with(&format!("0.{digits}")).as_bytes()));
}

#[test]
fn p20_bounds_members_names_and_texts() {
    let key: SigningKey = hs256();
    let members = |count: usize| -> String {
        let filler: String = (2..count).map(|number| format!(r#","m{number}":0"#)).collect();
        format!(r#"{{"alg":"HS256","exp":1700000900{filler}}}"#)
    };
    let under = |limits: Limits| -> Verifier { builder(&key).limits(limits).build().unwrap() };
    let roomy = Limits::default().token_bytes(64 << 20).header_bytes(64 << 20);
    let both_codes = |text: &str, code| both(text.as_bytes()).map(|token| (token, code));
    for limit in [2, 3, 12, 13, 1024] {
        accepts(&under(roomy.members(limit)), both(members(limit).as_bytes()));
        let code = "json_too_many_members";
        refuses(&under(roomy.members(limit)), both_codes(&members(limit + 1), code));
    }
    refuses(&under(roomy), both_codes(&members(100_000), "json_too_many_members"));
    // Many equal or similar names cost no more than others: the names are hashed with a random key.
    accepts(&under(roomy.members(usize::MAX)), both(members(100_000).as_bytes()));
    let long = "a".repeat(1 << 20);
    let name = format!(r#"{{"alg":"HS256","exp":1700000900,"{long}":0}}"#);
    refuses(&verifier(), both_codes(&name, "token_too_large"));
    accepts(&under(roomy), both(name.as_bytes()));
    refuses(
        &under(roomy),
        [
            (
                with_header(&format!(r#"{{"alg":"HS256","kid":"{long}"}}"#)),
                "jws_parameter_too_long",
            ),
            (with_header(&format!(r#"{{"alg":"{long}"}}"#)), "jws_parameter_too_long"),
            (
                with_header(&format!(r#"{{"alg":"HS256","typ":"{long}"}}"#)),
                "jws_parameter_too_long",
            ),
            (with_claims(&format!(r#"{{"exp":1700000900,"sub":"{long}"}}"#)), "jwt_claim_too_long"),
            (with_claims(&format!(r#"{{"exp":1700000900,"iss":"{long}"}}"#)), "jwt_claim_too_long"),
            (with_claims(&format!(r#"{{"exp":1700000900,"jti":"{long}"}}"#)), "jwt_claim_too_long"),
            (with_claims(&format!(r#"{{"exp":1700000900,"aud":"{long}"}}"#)), "jwt_claim_too_long"),
        ],
    );
}

#[test]
fn p20_refuses_one_member_too_many_wherever_and_however_it_is_written() {
    let verifier = builder(&hs256()).limits(Limits::default().members(3)).build().unwrap();
    let own = r#""alg":"HS256","exp":1700000900"#;
    for (members, code) in [
        (r#""x":1234567890"#, "accepted"),
        (r#""x":{"a":1,"b":2,"c":34567890}"#, "accepted"),
        (r#""x":1,"y":1234567890"#, "json_too_many_members"),
        (r#""x":1, "y" : 1234567890"#, "json_too_many_members"),
        (r#""x":1,"\u0079":1234567890"#, "json_too_many_members"),
        (r#""x":1,"y":2,"z":1234567890"#, "json_too_many_members"),
        (r#""x":{"a":1,"b":2,"c":3,"d":1234567890}"#, "json_too_many_members"),
    ] {
        for text in [format!("{{{own},{members}}}"), format!("{{{members},{own}}}")] {
            refuses(&verifier, both(text.as_bytes()).map(|token| (token, code)));
        }
    }
}
