//! Layer C: `exp`, `nbf`, `iat` and the clock.

#![expect(clippy::unwrap_used, reason = "a verifier that cannot be built is a failed test")]

use std::time::{Duration, SystemTime};

use jotem::jwt::VerifierBuilder;
use jotem::testing::FixedClock;
use jotem::{Clock, NumericDate, Rejection, Validation, Verifier};

use crate::documents::code;
use crate::forge::*;

/// A builder under HS256 at [`NOW`], with no leeway.
fn exact() -> VerifierBuilder {
    builder(&hs256()).leeway(Duration::ZERO)
}

/// Checks a table of claims: for each the code, whatever type they are read into.
#[track_caller]
fn refuses<C: AsRef<str>>(
    builder: VerifierBuilder,
    cases: impl IntoIterator<Item = (C, &'static str)>,
) {
    let verifier = builder.build().unwrap();
    for (claims, wanted) in cases {
        let (claims, token) = (claims.as_ref(), with_claims(claims.as_ref()));
        let excerpt: String = claims.chars().take(100).collect();
        assert_eq!(verdict(&verifier, &token), wanted, "{excerpt}");
        assert_eq!(code(verifier.verify::<()>(&token)), wanted, "{excerpt}, read into nothing");
        let explained = verifier.explain(&token);
        let explained = explained.rejection().map_or("accepted", |reason| reason.code().as_str());
        assert_eq!(explained, wanted, "{excerpt}, explained");
    }
}

#[test]
fn c01_requires_exp_unless_told_that_it_is_optional() {
    let missing = [
        (r#"{"sub":"42"}"#, "jwt_claim_missing"),
        ("{}", "jwt_claim_missing"),
        (r#"{"exp":null}"#, "jwt_claim_type"),
        (r#"{"EXP":1700000900}"#, "jwt_claim_missing"),
        (r#"{"exp ":1700000900}"#, "jwt_claim_missing"),
        (r#"{"expires":1700000900}"#, "jwt_claim_missing"),
        (r#"{"claims":{"exp":1700000900}}"#, "jwt_claim_missing"),
        (r#"{"sub":"42","exp":1700000900}"#, "accepted"),
        (r#"{"\u0065xp":1700000900}"#, "accepted"),
    ];
    refuses(exact(), missing);
    let optional = [
        (r#"{"exp":null}"#, "jwt_claim_type"),
        (r#"{"exp":1699999999}"#, "jwt_expired"),
        (r#"{"sub":"42"}"#, "accepted"),
    ];
    refuses(exact().expiry_optional(), optional);
    refuses(
        exact().expiry_optional().require("exp"),
        [(r#"{"sub":"42"}"#, "jwt_claim_missing"), (GOOD_CLAIMS, "accepted")],
    );
}

#[test]
fn c02_is_exact_at_the_boundary_of_exp() {
    let cases = [
        ("1699999999", "jwt_expired"),
        ("1700000000", "jwt_expired"),
        ("1699999999.999999999", "jwt_expired"),
        ("1700000000.0", "jwt_expired"),
        ("1.7e9", "jwt_expired"),
        ("1700000000.000000001", "accepted"),
        ("1700000000.5", "accepted"),
        ("1700000001", "accepted"),
    ];
    refuses(exact(), cases.map(|(exp, wanted)| (format!(r#"{{"exp":{exp}}}"#), wanted)));
    let leeway = [
        ("1699999970", "jwt_expired"),
        ("1699999969.5", "jwt_expired"),
        ("1699999970.000000001", "accepted"),
        ("1699999971", "accepted"),
    ];
    let default = builder(&hs256());
    refuses(default, leeway.map(|(exp, wanted)| (format!(r#"{{"exp":{exp}}}"#), wanted)));
}

#[test]
fn c02_is_exact_at_the_boundary_of_nbf() {
    let cases = [
        ("1699999999", "accepted"),
        ("1700000000", "accepted"),
        ("1700000000.000000001", "jwt_not_yet_valid"),
        ("1700000000.5", "jwt_not_yet_valid"),
        ("1700000001", "jwt_not_yet_valid"),
        ("253402300799", "jwt_not_yet_valid"),
    ];
    let claims = |nbf: &str| format!(r#"{{"exp":1700000900,"nbf":{nbf}}}"#);
    refuses(exact(), cases.map(|(nbf, wanted)| (claims(nbf), wanted)));
    let leeway = [
        ("1700000030", "accepted"),
        ("1700000030.000000001", "jwt_not_yet_valid"),
        ("1700000031", "jwt_not_yet_valid"),
    ];
    refuses(builder(&hs256()), leeway.map(|(nbf, wanted)| (claims(nbf), wanted)));
}

/// A clock between two seconds.
#[derive(Debug)]
struct HalfPast;

impl Clock for HalfPast {
    fn now(&self) -> NumericDate {
        NumericDate::from(SystemTime::UNIX_EPOCH + Duration::from_millis(1_700_000_000_500))
    }
}

#[test]
fn c02_is_exact_when_the_clock_stands_between_two_seconds() {
    let cases = [
        (r#"{"exp":1700000000}"#, "jwt_expired"),
        (r#"{"exp":1700000000.5}"#, "jwt_expired"),
        (r#"{"exp":1700000000.6}"#, "accepted"),
        (r#"{"exp":1700000001}"#, "accepted"),
        (r#"{"exp":1700000900,"nbf":1700000000.5}"#, "accepted"),
        (r#"{"exp":1700000900,"nbf":1700000000.6}"#, "jwt_not_yet_valid"),
        (r#"{"exp":1700000900,"iat":1700000001}"#, "jwt_issued_in_future"),
    ];
    refuses(exact().clock(HalfPast), cases);
}

#[test]
fn c03_takes_no_date_of_a_wrong_type_for_an_absent_one() {
    let wrong = [
        r#""123""#,
        r#""1700000900""#,
        r#""abc""#,
        r#""""#,
        "[]",
        "[1700000900]",
        "{}",
        "null",
        "true",
        "false",
    ];
    for claim in ["exp", "nbf", "iat"] {
        let rest = if claim == "exp" { "" } else { r#","exp":1700000900"# };
        let cases =
            wrong.map(|value| (format!(r#"{{"{claim}":{value}{rest}}}"#), "jwt_claim_type"));
        refuses(exact(), cases.clone());
        refuses(exact().expiry_optional(), cases.clone());
        refuses(exact().require(claim), cases);
        let good = format!(r#"{{"{claim}":1700000000{rest}}}"#);
        let good = if claim == "exp" { GOOD_CLAIMS.to_owned() } else { good };
        refuses(exact(), [(good, "accepted")]);
    }
}

#[test]
fn c03_names_the_claim_and_its_type() {
    let error = exact().build().unwrap().verify::<()>(&with_claims(r#"{"exp":"1700000900"}"#));
    assert_eq!(error.unwrap_err().to_string(), "the claim exp is a string, not a number");
}

#[test]
fn c04_refuses_dates_that_are_no_numbers_of_json() {
    for claim in ["exp", "nbf", "iat", "custom"] {
        let values = [
            "NaN",
            "Infinity",
            "-Infinity",
            "nan",
            "inf",
            "+1700000900",
            "1700000900.",
            ".5",
            "01700000900",
            "0x65",
            "1_700",
            "1e",
            "1e+",
            "--1",
            "1700000900d",
        ];
        let cases =
            values.map(|value| (format!(r#"{{"sub":"42","{claim}":{value}}}"#), "json_syntax"));
        refuses(exact().expiry_optional(), cases);
    }
    refuses(exact(), [(r#"{"exp":1700000900}"#, "accepted")]);
}

#[test]
fn c05_refuses_dates_outside_1970_to_9999() {
    let long = format!("1{}", "0".repeat(5000));
    let nines = "9".repeat(400);
    let cases = [
        ("1e400", "json_number_range"),
        ("-1e400", "json_number_range"),
        (long.as_str(), "json_number_range"),
        (nines.as_str(), "json_number_range"),
        ("1e308", "jwt_date_range"),
        ("9007199254740993", "jwt_date_range"),
        ("9223372036854775807", "jwt_date_range"),
        ("9223372036854775808", "jwt_date_range"),
        ("18446744073709551615", "jwt_date_range"),
        ("18446744073709551616", "jwt_date_range"),
        ("340282366920938463463374607431768211456", "jwt_date_range"),
        ("18446744075409552516", "jwt_date_range"),
        ("4294967296e20", "jwt_date_range"),
        ("253402300799000001", "jwt_date_range"),
        ("253402300800", "jwt_date_milliseconds"),
        ("253402300799.1", "jwt_date_milliseconds"),
        ("1700000900000", "jwt_date_milliseconds"),
        ("1e-400", "jwt_expired"),
        ("0.0000000001", "jwt_expired"),
        ("253402300799", "accepted"),
        ("2.53402300799e11", "accepted"),
    ];
    refuses(exact(), cases.map(|(exp, wanted)| (format!(r#"{{"exp":{exp}}}"#), wanted)));
    for claim in ["nbf", "iat"] {
        let cases = cases.into_iter().filter(|(_, wanted)| wanted.contains("range"));
        let claims = |value| format!(r#"{{"exp":1700000900,"{claim}":{value}}}"#);
        refuses(exact(), cases.map(|(value, wanted)| (claims(value), wanted)));
    }
}

#[test]
fn c06_refuses_booleans_and_negatives_and_honours_fractions() {
    let cases = [
        ("true", "jwt_claim_type"),
        ("false", "jwt_claim_type"),
        ("-1", "jwt_date_range"),
        ("-1700000900", "jwt_date_range"),
        ("-0.5", "jwt_date_range"),
        ("-0", "jwt_date_range"),
        ("-0.0", "jwt_date_range"),
        ("-1e-400", "jwt_date_range"),
        ("0", "jwt_expired"),
        ("0.0", "jwt_expired"),
        ("1.5", "jwt_expired"),
        ("1e3", "jwt_expired"),
        ("1.7000009e9", "accepted"),
        ("17000009E+2", "accepted"),
        ("170000090000e-2", "accepted"),
        ("1700000000.25", "accepted"),
    ];
    refuses(exact(), cases.map(|(exp, wanted)| (format!(r#"{{"exp":{exp}}}"#), wanted)));
    let token = with_claims(r#"{"exp":1700000000.25,"iat":1.5e0,"nbf":1699999999.000000001}"#);
    let verified = exact().build().unwrap().verify::<()>(&token).unwrap();
    let claims = verified.claims();
    assert_eq!(claims.expires_at().unwrap().to_string(), "1700000000.25");
    assert_eq!(claims.issued_at().unwrap().to_string(), "1.5");
    assert_eq!(claims.not_before().unwrap().subsec_nanos(), 1);
}

#[test]
fn c07_caps_the_leeway_at_five_minutes() {
    let year = 365 * 86_400;
    for seconds in [301, 3600, 10 * year, u64::MAX] {
        let leeway = Duration::from_secs(seconds);
        assert_eq!(code(exact().leeway(leeway).build()), "misuse_leeway_too_long", "{seconds}");
        let validation = Validation::new().leeway(leeway);
        let one_call = jotem::decode::<()>("", &hs256().verifying_key(), &validation);
        assert_eq!(code(one_call), "misuse_leeway_too_long", "{seconds}");
    }
    let more = Duration::from_secs(300) + Duration::from_nanos(1);
    assert_eq!(code(exact().leeway(more).build()), "misuse_leeway_too_long");
    assert_eq!(code(exact().leeway(Duration::MAX).build()), "misuse_leeway_too_long");
    assert_eq!(code(exact().leeway(Duration::from_secs(300)).build()), "accepted");
}

#[test]
fn c07_saturates_at_both_ends_of_time() {
    let at = |seconds| builder(&hs256()).clock(FixedClock::at(seconds));
    let wide = Duration::from_secs(300);
    for end in [253_402_300_799, u64::MAX] {
        let cases = [
            (r#"{"exp":253402300799,"nbf":253402300799,"iat":253402300799}"#, "accepted"),
            (r#"{"exp":253402300500,"nbf":0,"iat":0}"#, "accepted"),
            (r#"{"exp":253402300499}"#, "jwt_expired"),
            (r#"{"exp":0}"#, "jwt_expired"),
        ];
        refuses(at(end).leeway(wide), cases);
    }
    let cases = [
        (r#"{"exp":1,"nbf":0,"iat":0}"#, "accepted"),
        (r#"{"exp":0,"nbf":300,"iat":300}"#, "accepted"),
        (r#"{"exp":900,"nbf":301}"#, "jwt_not_yet_valid"),
        (r#"{"exp":900,"iat":301}"#, "jwt_issued_in_future"),
    ];
    refuses(at(0).leeway(wide), cases);
    refuses(at(0).leeway(Duration::ZERO), [(r#"{"exp":0}"#, "jwt_expired")]);
    let ages = at(u64::MAX).leeway(wide).max_age(Duration::MAX).max_lifetime(Duration::MAX);
    refuses(ages, [(r#"{"exp":253402300799,"iat":0}"#, "accepted")]);
}

#[test]
fn c08_refuses_tokens_from_the_future() {
    let cases = [
        ("1700003600", "jwt_issued_in_future"),
        ("1700000031", "jwt_issued_in_future"),
        ("1700000030.1", "jwt_issued_in_future"),
        ("253402300799", "jwt_issued_in_future"),
        (r#""1700000000""#, "jwt_claim_type"),
        ("1700000030", "accepted"),
        ("1700000000", "accepted"),
        ("0", "accepted"),
    ];
    let claims = |iat: &str| format!(r#"{{"exp":1700000900,"iat":{iat}}}"#);
    refuses(builder(&hs256()), cases.map(|(iat, wanted)| (claims(iat), wanted)));
}

#[test]
fn c08_refuses_tokens_older_than_the_maximum_age() {
    let cases = [
        (r#"{"exp":1700000900}"#, "jwt_claim_missing"),
        (r#"{"exp":1700000900,"iat":null}"#, "jwt_claim_type"),
        (r#"{"exp":1700000900,"iat":"1700000000"}"#, "jwt_claim_type"),
        (r#"{"exp":1700000900,"iat":1699999369}"#, "jwt_too_old"),
        (r#"{"exp":1700000900,"iat":1699999369.9}"#, "jwt_too_old"),
        (r#"{"exp":1700000900,"iat":0}"#, "jwt_too_old"),
        (r#"{"exp":1700000900,"iat":1700000031}"#, "jwt_issued_in_future"),
        (r#"{"exp":1700000900,"iat":1699999370}"#, "accepted"),
        (r#"{"exp":1700000900,"iat":1700000000}"#, "accepted"),
    ];
    refuses(builder(&hs256()).max_age(Duration::from_secs(600)), cases);
    // An expired token is expired, however young it is.
    let young = r#"{"exp":1699999900,"iat":1699999899}"#;
    refuses(builder(&hs256()).max_age(Duration::from_secs(600)), [(young, "jwt_expired")]);
}

#[test]
fn c23_follows_a_clock_that_steps() {
    let clock = FixedClock::at(NOW);
    let verifier = builder(&hs256()).clock(clock.clone()).build().unwrap();
    let token = with_claims(r#"{"iat":1700000000,"nbf":1700000000,"exp":1700000900}"#);
    let steps = [
        (NOW, "accepted"),
        (NOW + 929, "accepted"),
        (NOW + 930, "jwt_expired"),
        (NOW - 30, "accepted"),
        (NOW - 31, "jwt_not_yet_valid"),
        (0, "jwt_not_yet_valid"),
        (u64::MAX, "jwt_expired"),
        (NOW, "accepted"),
    ];
    for (seconds, wanted) in steps {
        clock.set(seconds);
        assert_eq!(verdict(&verifier, &token), wanted, "{seconds}");
    }
}

/// A machine whose clock was never set.
#[derive(Debug)]
struct Before1970;

impl Clock for Before1970 {
    fn now(&self) -> NumericDate {
        NumericDate::from(SystemTime::UNIX_EPOCH - Duration::from_secs(86_400))
    }
}

#[test]
fn c23_does_not_panic_before_1970() {
    let verifier = || builder(&hs256()).clock(Before1970);
    assert_eq!(Before1970.now(), NumericDate::default());
    let cases = [
        (r#"{"exp":1700000900,"iat":1700000000}"#, "jwt_issued_in_future"),
        (r#"{"exp":1700000900,"nbf":1700000000}"#, "jwt_not_yet_valid"),
        (r#"{"exp":1700000900}"#, "accepted"),
    ];
    refuses(verifier(), cases);
    refuses(verifier().max_age(Duration::from_secs(1)), [(r#"{"exp":1,"iat":0}"#, "accepted")]);
}

#[test]
fn c24_refuses_tokens_that_live_too_long() {
    let cases = [
        (r#"{"iat":1700000000,"exp":4853600000}"#, "jwt_lifetime_too_long"),
        (r#"{"iat":1700000000,"exp":1700003601}"#, "jwt_lifetime_too_long"),
        (r#"{"iat":1700000000,"exp":1700003600.000000001}"#, "jwt_lifetime_too_long"),
        (r#"{"iat":0,"exp":1700000900}"#, "jwt_lifetime_too_long"),
        (r#"{"exp":1700000900}"#, "jwt_claim_missing"),
        (r#"{"iat":1700000000,"exp":1700003600}"#, "accepted"),
        (r#"{"iat":1700000030,"exp":1700000010}"#, "accepted"),
    ];
    let hour = Duration::from_secs(3600);
    refuses(builder(&hs256()).max_lifetime(hour), cases);
    let never = [(r#"{"iat":1700000000}"#, "jwt_claim_missing"), ("{}", "jwt_claim_missing")];
    refuses(builder(&hs256()).max_lifetime(hour).expiry_optional(), never);
    // Without the limit it is the issuer's choice.
    refuses(builder(&hs256()), [(r#"{"iat":1700000000,"exp":4853600000}"#, "accepted")]);
}

#[test]
fn c23_takes_the_clock_it_is_given() {
    // 2001, long before every token of these tests: the system's clock is not asked.
    let verifier = Verifier::builder(hs256().verifying_key()).clock(FixedClock::at(1_000_000_000));
    let verifier = verifier.build().unwrap();
    assert_eq!(verdict(&verifier, &with_claims(r#"{"exp":1000000001}"#)), "accepted");
    assert_eq!(verdict(&verifier, &with_claims(r#"{"exp":999999970}"#)), "jwt_expired");
}

#[test]
fn c08_says_how_many_seconds_too_early_it_is_rounded_up() {
    let now = NumericDate::from_secs(NOW);
    for (date, wanted) in [("1700000031", 31), ("1700000031.5", 32), ("1700000100.000000001", 101)]
    {
        for claim in ["nbf", "iat"] {
            let token = with_claims(&format!(r#"{{"exp":1700000900,"{claim}":{date}}}"#));
            let error = verifier().verify::<()>(&token).unwrap_err();
            let facts = match error.rejection() {
                Some(
                    Rejection::NotYetValid { early, now, leeway, .. }
                    | Rejection::IssuedInFuture { early, now, leeway, .. },
                ) => Some((*early, *now, *leeway)),
                Some(_) | None => None,
            };
            assert_eq!(facts, Some((wanted, now, 30)), "{claim} {date}: {error}");
        }
    }
}

/// A type of the application that goes on without what does not fit it.
struct Lenient;

impl<'de> serde::Deserialize<'de> for Lenient {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> serde::de::Visitor<'de> for Members {
            type Value = Lenient;
            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("members")
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(
                self,
                mut map: A,
            ) -> Result<Lenient, A::Error> {
                while map.next_key::<String>()?.is_some() {
                    let _whole_number: Option<u64> = map.next_value().ok();
                }
                Ok(Lenient)
            }
        }
        deserializer.deserialize_map(Members)
    }
}

#[test]
fn c03_a_claim_counts_although_the_applications_type_goes_on_without_it() {
    let cases = [
        (r#"{"exp":1700000900}"#, "accepted"),
        (r#"{"exp":1700000900.5}"#, "accepted"),
        (r#"{"exp":1699999999.5}"#, "jwt_expired"),
        (r#"{"exp":"never"}"#, "jwt_claim_type"),
        (r#"{"exp":-1}"#, "jwt_date_range"),
        (r#"{"nbf":4102444800.5}"#, "jwt_not_yet_valid"),
        (r#"{"nbf":4102444800.5,"exp":1700000900}"#, "jwt_not_yet_valid"),
        (r#"{"nbf":"soon"}"#, "jwt_claim_type"),
        (r#"{"iat":4102444800.5}"#, "jwt_issued_in_future"),
        (r#"{"aud":"other"}"#, "jwt_audience_unexpected"),
        (r#"{"sub":true}"#, "jwt_claim_type"),
        (r#"{"cnf":"a key"}"#, "jwt_confirmation_unchecked"),
        // Read half, and so not to the end.
        (r#"{"nbf":[4102444800]}"#, "json_syntax"),
        (r#"{"nbf":{"at":4102444800}}"#, "json_syntax"),
    ];
    let verifier = exact().expiry_optional().build().unwrap();
    for (claims, wanted) in cases {
        assert_eq!(code(verifier.verify::<Lenient>(&with_claims(claims))), wanted, "{claims}");
    }
}
