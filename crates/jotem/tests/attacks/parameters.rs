//! Layer H: the parameters beside `alg`: `crit`, `typ`, wrong types, and what has no place in a JWS.

use jotem::jws::{self, Options};
use jotem::{Algorithm, ClaimsSet, SigningKey, Verifier};

use crate::forge::*;
use crate::sample::*;

#[test]
fn h15_refuses_a_critical_extension_that_nobody_understands() {
    let rows = [
        r#"{"alg":"HS256","crit":["x"],"x":1}"#,
        r#"{"alg":"HS256","crit":["x"],"x":null}"#,
        r#"{"alg":"HS256","crit":["http://example.com/UNDEFINED"],"http://example.com/UNDEFINED":true}"#,
        r#"{"alg":"HS256","crit":["exp"],"exp":1700000900}"#,
        r#"{"alg":"HS256","crit":["b64","x"],"b64":true,"x":1}"#,
        r#"{"alg":"HS256","crit":["known","x"],"known":1,"x":1}"#,
        r#"{"alg":"HS256","crit":["X"],"X":1}"#,
        r#"{"alg":"HS256","crit":["\u0078"],"x":1}"#,
        r#"{"alg":"HS256","crit":["known "],"known ":1}"#,
    ];
    let knowing = builder(&hs256()).critical(["known"]).build().unwrap();
    for header in rows {
        let token = with_header(header);
        let code = "jws_crit_unknown";
        refuses(&knowing, [(&token, code)]);
        refuses(&verifier(), [(&token, code)]);
        let options = Options::new().critical(["known"]);
        let error = jws::verify(&token, hs256().verifying_key(), &options).unwrap_err();
        assert_eq!(error.code().as_str(), code, "{header}");
    }
    let known = with_header(r#"{"alg":"HS256","crit":["known"],"known":1}"#);
    accepts(&knowing, [&known]);
    refuses(&verifier(), [(&known, "jws_crit_unknown")]);
    accepts(&verifier(), [with_header(r#"{"alg":"HS256","x":1}"#)]);
}

#[test]
fn h16_refuses_a_malformed_crit() {
    let rows = [
        (r#"[]"#, "jws_crit_empty"),
        (r#""b64""#, "jws_parameter_type"),
        (r#""""#, "jws_parameter_type"),
        ("null", "jws_parameter_type"),
        ("{}", "jws_parameter_type"),
        (r#"{"b64":true}"#, "jws_parameter_type"),
        ("true", "jws_parameter_type"),
        ("1", "jws_parameter_type"),
        ("[1]", "jws_parameter_type"),
        ("[null]", "jws_parameter_type"),
        (r#"["b64",1]"#, "jws_parameter_type"),
        (r#"[["b64"]]"#, "jws_parameter_type"),
        (r#"["b64","b64"]"#, "jws_crit_duplicate"),
        (r#"["b64","b\u00364"]"#, "jws_crit_duplicate"),
        (r#"["x"]"#, "jws_crit_absent"),
        (r#"["exp"]"#, "jws_crit_absent"),
        (r#"[""]"#, "jws_crit_absent"),
        (r#"["b64 "]"#, "jws_crit_absent"),
        (r#"["B64"]"#, "jws_crit_absent"),
    ];
    // Even a verifier that claims to understand everything refuses.
    let registered = [
        "alg", "jku", "jwk", "kid", "x5u", "x5c", "x5t", "x5t#S256", "typ", "cty", "crit", "enc",
        "zip", "epk", "apu", "apv", "iv", "tag", "p2s", "p2c",
    ];
    let all = registered.into_iter().chain(["x", "exp", "", "b64 ", "B64", "b64"]);
    let knowing = builder(&hs256()).critical(all).build().unwrap();
    for verifier in [&verifier(), &knowing] {
        for (crit, code) in rows {
            let header = format!(r#"{{"alg":"HS256","b64":true,"crit":{crit}}}"#);
            refuses(verifier, [(with_header(&header), code)]);
            let error = jotem::unverified_header(&with_header(&header)).unwrap_err();
            assert_eq!(error.code().as_str(), code, "{header}");
        }
        for name in registered {
            let header = format!(r#"{{"alg":"HS256","crit":["{name}"]}}"#);
            refuses(verifier, [(with_header(&header), "jws_crit_registered")]);
        }
        let header = r#"{"alg":"HS256","crit":["b64"]}"#;
        refuses(verifier, [(with_header(header), "jws_crit_absent")]);
        accepts(verifier, [with_header(r#"{"alg":"HS256","b64":true,"crit":["b64"]}"#)]);
    }
}

/// What is not `at+jwt`.
const OTHER_TYPES: &[&str] = &[
    "JWT",
    "jwt",
    "",
    " ",
    "at+jwt;x=1",
    "at+jwt ",
    " at+jwt",
    "at+jwt\\u0000",
    "at jwt",
    "at%2Bjwt",
    "atjwt",
    "at+jw",
    "at+jwts",
    "xat+jwt",
    "id+jwt",
    "logout+jwt",
    "rt+jwt",
    "dpop+jwt",
    "vp+jwt",
    "secevent+jwt",
    "text/at+jwt",
    "application/",
    "application/jwt",
    "application/application/at+jwt",
    "application/x/at+jwt",
    "/at+jwt",
    "application//at+jwt",
    "application /at+jwt",
    "at+jwt,JWT",
    "at+\u{ff4a}wt",
    "\u{430}t+jwt",
    "at+jwt/",
];

#[test]
fn h26_accepts_only_the_expected_type() {
    let key = hs256();
    let typed = |typ: &str| headed(&format!(r#"{{"alg":"HS256","typ":{typ}}}"#), &key);
    for expected in ["at+jwt", "application/at+jwt", "AT+JWT"] {
        let verifier = builder(&key).token_type(expected).build().unwrap();
        for good in ["at+jwt", "application/at+jwt", "AT+JWT", "At+Jwt", "APPLICATION/AT+jwt"] {
            accepts(&verifier, [typed(&format!("\"{good}\""))]);
        }
        for bad in OTHER_TYPES {
            refuses(&verifier, [(typed(&format!("\"{bad}\"")), "jwt_type_mismatch")]);
        }
        refuses(
            &verifier,
            [
                (with_claims(GOOD_CLAIMS), "jwt_type_mismatch"),
                (with_claims(r#"{"exp":1700000900,"typ":"at+jwt"}"#), "jwt_type_mismatch"),
                (headed(r#"{"alg":"HS256","TYP":"at+jwt"}"#, &key), "jwt_type_mismatch"),
                (typed("1"), "jws_parameter_type"),
                (typed("null"), "jws_parameter_type"),
                (typed(r#"["at+jwt"]"#), "jws_parameter_type"),
            ],
        );
    }
    // The Kelvin sign is a K to those who fold letters beyond ASCII.
    let verifier = builder(&key).token_type("k+jwt").build().unwrap();
    accepts(&verifier, [typed("\"K+JWT\"")]);
    refuses(&verifier, [(typed("\"\u{212a}+jwt\""), "jwt_type_mismatch")]);
    let error = builder(&key).token_type("").build().unwrap_err();
    assert_eq!(error.code().as_str(), "misuse_expectation_empty");
}

#[test]
fn h26_leaves_out_application_and_nothing_else() {
    let typed = |found: &str| with_header(&format!(r#"{{"alg":"HS256","typ":"{found}"}}"#));
    let code = "jwt_type_mismatch";
    for (expected, found, wanted) in [
        ("at+jwt", "application/at+jwt", "accepted"),
        ("application/at+jwt", "APPLICATION/at+JWT", "accepted"),
        ("at+jwt", "Xpplication/at+jwt", code),
        ("at+jwt", "twelve-bytesat+jwt", code),
        ("at+jwt", "application at+jwt", code),
        ("a/b", "application/a/b", code),
        ("application/a/b", "a/b", code),
        ("a/b", "a/b", "accepted"),
    ] {
        let verifier = builder(&hs256()).token_type(expected).build().unwrap();
        refuses(&verifier, [(typed(found), wanted)]);
    }
}

#[test]
fn h27_refuses_registered_parameters_of_a_wrong_type() {
    let wrong = |name: &str, right: &str| {
        let values = [
            ("string", r#""x""#),
            ("number", "1"),
            ("boolean", "true"),
            ("boolean", "false"),
            ("null", "null"),
            ("array", r#"["x"]"#),
            ("array", "[]"),
            ("object", r#"{"x":1}"#),
        ];
        for (kind, value) in values {
            let token = with_header(&format!(r#"{{"alg":"HS256","{name}":{value}}}"#));
            let code = if kind == right { "accepted" } else { "jws_parameter_type" };
            refuses(&verifier(), [(token, code)]);
        }
    };
    for name in ["kid", "typ", "cty", "jku", "x5u", "x5t", "x5t#S256"] {
        wrong(name, "string");
    }
    wrong("jwk", "object");
    wrong("x5c", "array");
    // An extension may be of any type.
    for value in ["1", "null", "[]", "{}", "\"\""] {
        accepts(&verifier(), [with_header(&format!(r#"{{"alg":"HS256","x":{value}}}"#))]);
    }
}

#[test]
fn h28_refuses_compression_and_encryption_on_a_signed_token() {
    let code = "jws_parameter_forbidden";
    refuses_headers(&[
        (r#"{"alg":"HS256","zip":"DEF"}"#, code),
        (r#"{"alg":"HS256","zip":"GZIP"}"#, code),
        (r#"{"alg":"HS256","zip":null}"#, code),
        (r#"{"alg":"HS256","z\u0069p":"DEF"}"#, code),
        (r#"{"alg":"HS256","enc":"A256GCM"}"#, code),
        (r#"{"alg":"HS256","enc":""}"#, code),
        (r#"{"alg":"dir","enc":"A256GCM"}"#, code),
        (r#"{"alg":"RSA-OAEP","enc":"A256GCM","zip":"DEF"}"#, code),
        (r#"{"alg":"HS256","epk":{"kty":"OKP"}}"#, code),
    ]);
    // A payload that is deflated is not inflated, with the parameter or without.
    let deflated = [0xab, 0x56, 0x4a, 0xad, 0x28, 0x50, 0xb2, 0x32, 0x34, 0x37, 0x80, 0x00];
    let key = hs256();
    refuses(
        &verifier(),
        [
            (token(r#"{"alg":"HS256","zip":"DEF"}"#, deflated, &key), code),
            (token(r#"{"alg":"HS256"}"#, deflated, &key), "json_not_utf8"),
        ],
    );
    let options = Options::new().critical(["zip", "enc"]);
    let token = with_header(r#"{"alg":"HS256","zip":"DEF"}"#);
    let error = jws::verify(&token, key.verifying_key(), &options).unwrap_err();
    assert_eq!(error.code().as_str(), code);
    let error = jotem::unverified_header(&token).unwrap_err();
    assert_eq!(error.code().as_str(), code);
    accepts(&verifier(), [with_header(r#"{"alg":"HS256","Zip":"DEF","x":{"zip":"DEF"}}"#)]);
}

#[test]
fn h29_the_most_permissive_verifier_still_verifies_the_signature() {
    let key = hs256().with_key_id("a");
    let limits = jotem::Limits::default().token_bytes(usize::MAX).header_bytes(usize::MAX);
    let permissive = Verifier::builder(key.verifying_key())
        .any_audience()
        .expiry_optional()
        .accept_bound_tokens()
        .leeway(jotem::Validation::MAX_LEEWAY)
        .critical(["x"])
        .try_keys(usize::MAX)
        .limits(limits.depth(usize::MAX).members(usize::MAX).text_bytes(usize::MAX))
        .algorithms(Algorithm::ALL.into_iter().filter(|algorithm| algorithm.is_symmetric()))
        .build()
        .unwrap();
    let good = token(r#"{"alg":"HS256"}"#, r#"{"sub":"42"}"#, &key);
    let [header, payload, signature] = segments(&good);
    let admin = base64url(r#"{"sub":"admin"}"#);
    let other = SigningKey::generate(Algorithm::Hs256).unwrap();
    accepts(&permissive, [&good]);
    refuses(
        &permissive,
        [
            (format!("{header}.{admin}.{signature}"), "jws_signature_mismatch"),
            (format!("{header}.{payload}."), "jws_signature_missing"),
            (unsigned(r#"{"alg":"none"}"#, ""), "jws_alg_none"),
            (unsigned(r#"{"alg":"none","verify":false}"#, ""), "jws_alg_none"),
            (token(r#"{"alg":"HS256"}"#, r#"{"sub":"42"}"#, &other), "jws_signature_mismatch"),
            (token(r#"{"alg":"HS384"}"#, r#"{"sub":"42"}"#, &key), "jws_key_not_found"),
        ],
    );
}

#[test]
fn h29_settings_do_not_change_after_the_verifier_is_built() {
    let key = hs256();
    let strict = builder(&key).subject("42");
    let verifier = strict.clone().build().unwrap();
    // Another setting of the builder makes another verifier.
    let other = strict.subject("admin").build().unwrap();
    let token = with_claims(r#"{"exp":1700000900,"sub":"admin"}"#);
    accepts(&other, [&token]);
    refuses(&verifier, [(&token, "jwt_subject_mismatch")]);
    // What nobody verified is of another type, and needs its own word to be read.
    let unverified = jotem::unverified_claims::<()>(&token).unwrap();
    let claims: &ClaimsSet = unverified.as_untrusted();
    assert_eq!(claims.subject(), Some("admin"));
}
