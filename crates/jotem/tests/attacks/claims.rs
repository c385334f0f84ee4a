//! Layer C: audience, issuer, subject and the other claims.

#![expect(clippy::unwrap_used, reason = "a verifier that cannot be built is a failed test")]

use jotem::jwt::VerifierBuilder;
use jotem::{Algorithm, SigningKey, Validation};

use crate::documents::code;
use crate::forge::*;
use crate::sample::{good, key};

/// A builder under HS256 at [`NOW`].
fn base() -> VerifierBuilder {
    builder(&hs256())
}

/// Checks a table of members that are added to an `exp`: for each the code.
#[track_caller]
fn refuses<C: AsRef<str>>(
    builder: VerifierBuilder,
    cases: impl IntoIterator<Item = (C, &'static str)>,
) {
    let verifier = builder.build().unwrap();
    for (members, wanted) in cases {
        let members = members.as_ref();
        let separator = if members.is_empty() { "" } else { "," };
        let token = with_claims(&format!(r#"{{"exp":1700000900{separator}{members}}}"#));
        let excerpt: String = members.chars().take(100).collect();
        assert_eq!(verdict(&verifier, &token), wanted, "{excerpt}");
        assert_eq!(code(verifier.verify::<()>(&token)), wanted, "{excerpt}, read into nothing");
    }
}

#[test]
fn c09_finds_the_audience_by_whole_members_only() {
    let cases = [
        (r#""aud":["x"]"#, "jwt_audience_mismatch"),
        (r#""aud":"x""#, "jwt_audience_mismatch"),
        (r#""aud":[]"#, "jwt_claim_empty"),
        (r#""aud":[ ]"#, "jwt_claim_empty"),
        (r#""aud":"""#, "jwt_claim_empty"),
        (r#""aud":[""]"#, "jwt_audience_mismatch"),
        (r#""aud":["me",1]"#, "jwt_claim_type"),
        (r#""aud":["me",null]"#, "jwt_claim_type"),
        (r#""aud":["me",["me"]]"#, "jwt_claim_type"),
        (r#""aud":[["me"]]"#, "jwt_claim_type"),
        (r#""aud":[{"me":1}]"#, "jwt_claim_type"),
        (r#""aud":{"me":1}"#, "jwt_claim_type"),
        (r#""aud":{"0":"me"}"#, "jwt_claim_type"),
        (r#""aud":1"#, "jwt_claim_type"),
        (r#""aud":true"#, "jwt_claim_type"),
        (r#""aud":"me other""#, "jwt_audience_mismatch"),
        (r#""aud":"me,other""#, "jwt_audience_mismatch"),
        (r#""aud":"[\"me\"]""#, "jwt_audience_mismatch"),
        (r#""aud":" me""#, "jwt_audience_mismatch"),
        (r#""aud":"me ""#, "jwt_audience_mismatch"),
        (r#""aud":"me\u0000""#, "jwt_audience_mismatch"),
        (r#""aud":"m""#, "jwt_audience_mismatch"),
        (r#""aud":"mee""#, "jwt_audience_mismatch"),
        (r#""aud":"ME""#, "jwt_audience_mismatch"),
        (r#""aud":["m","e"]"#, "jwt_audience_mismatch"),
        (r#""aud":"*""#, "jwt_audience_mismatch"),
        (r#""Aud":"me""#, "jwt_claim_missing"),
        (r#""aud":"me""#, "accepted"),
        (r#""aud":["me"]"#, "accepted"),
        (r#""aud":["other","me"]"#, "accepted"),
        (r#""aud" : [ "other" ,"me" ] "#, "accepted"),
        (r#""aud":"\u006de""#, "accepted"),
        (r#""aud":["\"","\u006de"]"#, "accepted"),
        (r#""\u0061ud":["me"]"#, "accepted"),
    ];
    refuses(base().audience("me"), cases);
}

#[test]
fn c09_accepts_one_of_several_expected_audiences() {
    let cases = [
        (r#""aud":["c","d"]"#, "jwt_audience_mismatch"),
        (r#""aud":"a,b""#, "jwt_audience_mismatch"),
        (r#""aud":"ab""#, "jwt_audience_mismatch"),
        (r#""aud":"a""#, "accepted"),
        (r#""aud":["c","b"]"#, "accepted"),
    ];
    refuses(base().audiences(["a", "b"]), cases);
}

#[test]
fn c10_requires_an_audience_that_is_expected() {
    let cases = [
        ("", "jwt_claim_missing"),
        (r#""aud":null"#, "jwt_claim_type"),
        (r#""claims":{"aud":"me"}"#, "jwt_claim_missing"),
        (r#""azp":"me""#, "jwt_claim_missing"),
        (r#""aud":"me""#, "accepted"),
    ];
    refuses(base().audience("me"), cases);
}

#[test]
fn c11_refuses_an_audience_where_none_is_expected() {
    let cases = [
        (r#""aud":"me""#, "jwt_audience_unexpected"),
        (r#""aud":["me"]"#, "jwt_audience_unexpected"),
        (r#""aud":[""]"#, "jwt_audience_unexpected"),
        (r#""aud":null"#, "jwt_claim_type"),
        (r#""aud":[]"#, "jwt_claim_empty"),
        (r#""aud":"""#, "jwt_claim_empty"),
        ("", "accepted"),
    ];
    refuses(base(), cases);
    let any = [
        (r#""aud":1"#, "jwt_claim_type"),
        (r#""aud":[1]"#, "jwt_claim_type"),
        (r#""aud":"me""#, "accepted"),
        (r#""aud":["me","other"]"#, "accepted"),
        ("", "accepted"),
    ];
    refuses(base().any_audience(), any);
}

#[test]
fn c12_refuses_empty_expectations_when_the_verifier_is_built() {
    let none: [&str; 0] = [];
    let cases = [
        ("audience", base().audience("")),
        ("audiences", base().audiences(none)),
        ("one empty audience", base().audiences(["me", ""])),
        ("issuer", base().issuer("")),
        ("issuers", base().issuers(none)),
        ("one empty issuer", base().issuers(["https://a.example", ""])),
        ("subject", base().subject("")),
        ("type", base().token_type("")),
        ("required claim", base().require("")),
    ];
    for (what, builder) in cases {
        assert_eq!(code(builder.build()), "misuse_expectation_empty", "{what}");
    }
    let validation = Validation::new().audiences(none);
    let one_call = jotem::decode::<()>("", &hs256().verifying_key(), &validation);
    assert_eq!(code(one_call), "misuse_expectation_empty");
    assert_eq!(code(base().audience("me").build()), "accepted");
}

#[test]
fn c13_compares_the_issuer_whole_and_exactly() {
    let cases = [
        (r#""iss":"https://a""#, "jwt_issuer_mismatch"),
        (r#""iss":"""#, "jwt_issuer_mismatch"),
        (r#""iss":"a""#, "jwt_issuer_mismatch"),
        (r#""iss":"https://a.exampl""#, "jwt_issuer_mismatch"),
        (r#""iss":"https://a.example.evil""#, "jwt_issuer_mismatch"),
        (r#""iss":"https://a.example/""#, "jwt_issuer_mismatch"),
        (r#""iss":"https://a.example#""#, "jwt_issuer_mismatch"),
        (r#""iss":"https://a.example:443""#, "jwt_issuer_mismatch"),
        (r#""iss":"HTTPS://A.EXAMPLE""#, "jwt_issuer_mismatch"),
        (r#""iss":"http://a.example""#, "jwt_issuer_mismatch"),
        (r#""iss":"https://aXexample""#, "jwt_issuer_mismatch"),
        (r#""iss":" https://a.example""#, "jwt_issuer_mismatch"),
        (r#""iss":"https://a.example\n""#, "jwt_issuer_mismatch"),
        (r#""iss":"https://a.example\u0000""#, "jwt_issuer_mismatch"),
        (r#""iss":"https://a.example https://b.example""#, "jwt_issuer_mismatch"),
        (r#""iss":["https://a.example"]"#, "jwt_claim_type"),
        (r#""iss":{"https://a.example":1}"#, "jwt_claim_type"),
        (r#""iss":null"#, "jwt_claim_type"),
        (r#""iss":1"#, "jwt_claim_type"),
        ("", "jwt_claim_missing"),
        (r#""ISS":"https://a.example""#, "jwt_claim_missing"),
        (r#""iss":"https://a.example""#, "accepted"),
        (r#""iss":"https:\/\/a.example""#, "accepted"),
    ];
    refuses(base().issuer("https://a.example"), cases);
    // The type is checked when nothing is expected, too.
    let unasked = [
        (r#""iss":["https://a.example"]"#, "jwt_claim_type"),
        (r#""iss":1"#, "jwt_claim_type"),
        (r#""iss":"x""#, "accepted"),
    ];
    refuses(base(), unasked);
    let several = [
        (r#""iss":"https://a.example,https://b.example""#, "jwt_issuer_mismatch"),
        (r#""iss":"https://b.example""#, "accepted"),
    ];
    refuses(base().issuers(["https://a.example", "https://b.example"]), several);
}

#[test]
fn c14_accepts_an_issuer_under_its_own_key_only() {
    // One verifier per issuer: the issuer fixes keys and algorithms.
    let (a, b) = (key(Algorithm::Es256), SigningKey::generate(Algorithm::Es256).unwrap());
    let issued = |issuer: &str, key: &SigningKey| {
        let claims = format!(r#"{{"iss":"{issuer}","exp":1700000900}}"#);
        token(format!(r#"{{"alg":"{}"}}"#, key.algorithm()), claims, key)
    };
    let (name_a, name_b) = ("https://a.example", "https://b.example");
    for (own, name, other, other_name) in [(&a, name_a, &b, name_b), (&b, name_b, &a, name_a)] {
        let verifier = builder(own).issuer(name).build().unwrap();
        assert_eq!(verdict(&verifier, &issued(name, other)), "jws_signature_mismatch");
        assert_eq!(verdict(&verifier, &issued(other_name, other)), "jws_signature_mismatch");
        assert_eq!(verdict(&verifier, &issued(other_name, own)), "jwt_issuer_mismatch");
        assert_eq!(verdict(&verifier, &good(own)), "jwt_claim_missing");
        assert_eq!(
            verdict(&verifier, &issued(name, &key(Algorithm::EdDsa))),
            "jws_alg_not_allowed"
        );
        assert_eq!(verdict(&verifier, &issued(name, own)), "accepted");
    }
}

#[test]
fn c14_takes_no_key_of_one_issuer_for_the_token_of_another() {
    let generate = |name: &str| SigningKey::generate(Algorithm::Es256).unwrap().with_key_id(name);
    let (a, b) = (generate("a"), generate("b"));
    let names = ["https://a.example", "https://b.example"];
    let built = jotem::Verifier::builder([a.verifying_key(), b.verifying_key()])
        .issuers(names)
        .clock(jotem::testing::FixedClock::at(NOW))
        .build();
    // A verifier that cannot tell whose key is whose must not be built.
    let Ok(verifier) = built else { return };
    let claims = format!(r#"{{"iss":"{}","exp":1700000900}}"#, names[0]);
    let forged = token(r#"{"alg":"ES256","kid":"b"}"#, claims, &b);
    assert_ne!(verdict(&verifier, &forged), "accepted", "issuer b speaks for issuer a");
}

#[test]
fn c15_refuses_a_subject_that_is_no_text_or_too_long() {
    let of = |length: usize| format!(r#""sub":"{}""#, "x".repeat(length));
    let wide = format!(r#""sub":"{}""#, "é".repeat(513));
    let cases = [
        (r#""sub":1"#.to_owned(), "jwt_claim_type"),
        (r#""sub":null"#.to_owned(), "jwt_claim_type"),
        (r#""sub":[]"#.to_owned(), "jwt_claim_type"),
        (r#""sub":["42"]"#.to_owned(), "jwt_claim_type"),
        (r#""sub":{}"#.to_owned(), "jwt_claim_type"),
        (r#""sub":true"#.to_owned(), "jwt_claim_type"),
        (of(1025), "jwt_claim_too_long"),
        (of(10 * 1024), "jwt_claim_too_long"),
        (wide, "jwt_claim_too_long"),
        (of(1024), "accepted"),
        (r#""sub":"42""#.to_owned(), "accepted"),
    ];
    refuses(base(), cases);
    let expected = [
        ("", "jwt_claim_missing"),
        (r#""sub":"""#, "jwt_subject_mismatch"),
        (r#""sub":"4""#, "jwt_subject_mismatch"),
        (r#""sub":"422""#, "jwt_subject_mismatch"),
        (r#""sub":42"#, "jwt_claim_type"),
        (r#""sub":"42""#, "accepted"),
    ];
    refuses(base().subject("42"), expected);
}

#[test]
fn c16_refuses_a_token_id_that_is_no_text_or_too_long() {
    let long = format!(r#""jti":"{}""#, "x".repeat(1025));
    let cases = [
        (r#""jti":1"#, "jwt_claim_type"),
        (r#""jti":["x"]"#, "jwt_claim_type"),
        (r#""jti":null"#, "jwt_claim_type"),
        (r#""jti":{}"#, "jwt_claim_type"),
        (long.as_str(), "jwt_claim_too_long"),
        (r#""jti":"x""#, "accepted"),
        ("", "accepted"),
    ];
    refuses(base(), cases);
    let required = [
        ("", "jwt_claim_missing"),
        (r#""jti":"""#, "jwt_claim_empty"),
        (r#""jti":"x""#, "accepted"),
    ];
    refuses(base().require("jti"), required);
}

#[test]
fn c17_takes_no_other_kind_of_token_for_an_access_token() {
    let builder = || base().token_type("at+jwt").audience("api");
    let verifier = builder().build().unwrap();
    let access = r#""exp":1700000900,"aud":"api""#;
    let cases = [
        (
            r#""typ":"JWT","#,
            r#""exp":1700000900,"aud":"client","nonce":"n","at_hash":"h""#,
            "jwt_audience_mismatch",
        ),
        (r#""typ":"JWT","#, access, "jwt_type_mismatch"),
        ("", access, "jwt_type_mismatch"),
        (r#""typ":"","#, access, "jwt_type_mismatch"),
        (
            r#""typ":"logout+jwt","#,
            r#""exp":1700000900,"aud":"api","events":{}"#,
            "jwt_type_mismatch",
        ),
        (r#""typ":"refresh+jwt","#, access, "jwt_type_mismatch"),
        (r#""typ":"client-authentication+jwt","#, access, "jwt_type_mismatch"),
        (r#""typ":"at+jwt+x","#, access, "jwt_type_mismatch"),
        (r#""typ":"xat+jwt","#, access, "jwt_type_mismatch"),
        (r#""typ":"at jwt","#, access, "jwt_type_mismatch"),
        (r#""typ":"application/x/at+jwt","#, access, "jwt_type_mismatch"),
        (r#""typ":"text/at+jwt","#, access, "jwt_type_mismatch"),
        (r#""typ":" at+jwt","#, access, "jwt_type_mismatch"),
        (r#""typ":"application/application/at+jwt","#, access, "jwt_type_mismatch"),
        (r#""cty":"at+jwt","#, access, "jwt_type_mismatch"),
        (r#""typ":["at+jwt"],"#, access, "jws_parameter_type"),
        (r#""typ":null,"#, access, "jws_parameter_type"),
        (r#""typ":"at+jwt","#, access, "accepted"),
        (r#""typ":"AT+JWT","#, access, "accepted"),
        (r#""typ":"application/at+jwt","#, access, "accepted"),
        (r#""typ":"Application/At+Jwt","#, access, "accepted"),
    ];
    for (header, claims, wanted) in cases {
        let header = format!(r#"{{{header}"alg":"HS256"}}"#);
        let token = token(&header, format!("{{{claims}}}"), &hs256());
        assert_eq!(verdict(&verifier, &token), wanted, "{header} {claims}");
    }
}

#[test]
fn c18_refuses_a_required_claim_that_is_there_and_says_nothing() {
    let registered = [
        (r#""sub":null"#, "jwt_claim_type"),
        (r#""sub":"""#, "jwt_claim_empty"),
        (r#""sub": """#, "jwt_claim_empty"),
        (r#""\u0073ub":"""#, "jwt_claim_empty"),
        ("", "jwt_claim_missing"),
        (r#""other":{"sub":"42"}"#, "jwt_claim_missing"),
        (r#""sub":"42""#, "accepted"),
        (r#""\u0073ub":"42""#, "accepted"),
    ];
    refuses(base().require("sub"), registered);
    let custom = [
        (r#""role":null"#, "jwt_claim_empty"),
        (r#""role":"""#, "jwt_claim_empty"),
        (r#""role":[]"#, "jwt_claim_empty"),
        (r#""role":[ ]"#, "jwt_claim_empty"),
        (r#""role" : null "#, "jwt_claim_empty"),
        (r#""role":{}"#, "jwt_claim_empty"),
        (r#""role":{ }"#, "jwt_claim_empty"),
        (r#""role":[null,"",[],{}]"#, "jwt_claim_empty"),
        ("", "jwt_claim_missing"),
        (r#""Role":"admin""#, "jwt_claim_missing"),
        (r#""role":"admin""#, "accepted"),
        (r#""role":["admin"]"#, "accepted"),
        (r#""role":["","admin"]"#, "accepted"),
        (r#""role":["null"]"#, "accepted"),
        (r#""role":[[],[0]]"#, "accepted"),
        (r#""role":{"":null}"#, "accepted"),
        (r#""role":0"#, "accepted"),
        (r#""role":false"#, "accepted"),
    ];
    refuses(base().require("role"), custom);
    let two = [
        (r#""a":1"#, "jwt_claim_missing"),
        (r#""b":1"#, "jwt_claim_missing"),
        (r#""a":1,"b":null"#, "jwt_claim_empty"),
        (r#""a":1,"b":2"#, "accepted"),
    ];
    refuses(base().require("a").require("b"), two);
}

#[test]
fn c19_refuses_a_bound_token_unless_the_application_checks_the_proof() {
    let bound = [
        r#""cnf":{"jkt":"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}"#,
        r#""cnf":{"x5t#S256":"bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"}"#,
        r#""cnf":{}"#,
        r#""cnf":null"#,
        r#""cnf":"text""#,
        r#""cnf":false"#,
        r#""\u0063nf":{"jkt":"x"}"#,
    ];
    refuses(base(), bound.map(|members| (members, "jwt_confirmation_unchecked")));
    refuses(base().accept_bound_tokens(), bound.map(|members| (members, "accepted")));
    let plain =
        [("", "accepted"), (r#""act":{"cnf":{}}"#, "accepted"), (r#""CNF":{}"#, "accepted")];
    refuses(base(), plain);
}
