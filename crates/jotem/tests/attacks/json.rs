//! Layer P: parsing a compact JWS: the JSON of header and payload.

use std::collections::HashMap;

use jotem::Rejection::JsonSyntax;
use jotem::error::Part;
use serde_json::Value;

use crate::forge::*;
use crate::sample::*;

/// An object that is a good header and a good claims set at once.
const EITHER: &str = r#"{"alg":"HS256","exp":1700000900}"#;

#[test]
fn p14_refuses_a_header_that_is_not_an_object() {
    let key = hs256();
    refuses(
        &verifier(),
        [
            (token("[]", GOOD_CLAIMS, &key), "json_not_object"),
            (token(r#"["alg","HS256"]"#, GOOD_CLAIMS, &key), "json_not_object"),
            (token(r#"[{"alg":"HS256"}]"#, GOOD_CLAIMS, &key), "json_not_object"),
            (token(r#""x""#, GOOD_CLAIMS, &key), "json_not_object"),
            (token("1", GOOD_CLAIMS, &key), "json_not_object"),
            (token("-1.5e7", GOOD_CLAIMS, &key), "json_not_object"),
            (token("true", GOOD_CLAIMS, &key), "json_not_object"),
            (token("null", GOOD_CLAIMS, &key), "json_not_object"),
            (token("", GOOD_CLAIMS, &key), "jws_segment_empty"),
            (token(" ", GOOD_CLAIMS, &key), "json_syntax"),
            (token("HS256", GOOD_CLAIMS, &key), "json_syntax"),
            (token("{}", GOOD_CLAIMS, &key), "jws_alg_missing"),
        ],
    );
    accepts(&verifier(), [token(r#"{"alg":"HS256"}"#, GOOD_CLAIMS, &key)]);
}

#[test]
fn p15_refuses_data_before_or_after_the_object() {
    accepts(&verifier(), both(EITHER.as_bytes()));
    accepts(&verifier(), both(format!(" \t\r\n{EITHER} \t\r\n").as_bytes()));
    let around = [
        " x",
        "{}",
        ",",
        " ,{}",
        "]",
        "}",
        ";",
        "\"",
        "// comment",
        "/* comment */",
        "\0",
        "\u{c}",
        "\u{a0}",
        "null",
        "1",
    ];
    refuses_in_both(around.map(|text| (format!("{EITHER}{text}"), "json_syntax")));
    let before = ["x ", ",", "// comment\n", "/* */", "\0", "\u{c}", "\u{a0}", ")]}',\n", "}"];
    refuses_in_both(before.map(|text| (format!("{text}{EITHER}"), "json_syntax")));
    refuses_in_both([(format!("{{}}{EITHER}"), "json_syntax")]);
}

/// What a lenient parser takes for a member of an object.
const ALMOST_MEMBERS: &[&str] = &[
    "'x':1",
    "x:1",
    "\"x\":NaN",
    "\"x\":Infinity",
    "\"x\":-Infinity",
    "\"x\":undefined",
    "\"x\":01",
    "\"x\":1.",
    "\"x\":.5",
    "\"x\":+1",
    "\"x\":1e",
    "\"x\":0x10",
    "\"x\":1_000",
    "\"x\":-",
    "\"x\":--1",
    "\"x\":'y'",
    "\"x\":True",
    "\"x\":nul",
    "\"x\":tru",
    "\"x\":falsey",
    "\"x\":[1,]",
    "\"x\":[,1]",
    "\"x\":[1 2]",
    "\"x\":{\"y\" 1}",
    "\"x\"",
    "\"x\":",
    "\"x\" 1",
    "\"x\":\"\t\"",
    "\"x\":\"\n\"",
    "\"x\":\"\0\"",
    "\"x\":\"\\x41\"",
    "\"x\":\"\\u12\"",
    "\"x\":\"\\u 123\"",
    "\"x\":\"\\U0041\"",
    "\"x\":\"\\'\"",
    "\"x\":1 // comment",
    "1:1",
    "null:1",
    "\"x\":1,",
    "\"x\":1,,\"y\":2",
    "\"x\":1;\"y\":2",
    "\"x\"=1",
    "\"x\":\"",
    "/**/",
];

#[test]
fn p15_refuses_what_is_almost_json() {
    for member in ALMOST_MEMBERS {
        refuses_in_both([
            (EITHER.replace('}', &format!(",{member}}}")), "json_syntax"),
            (EITHER.replace('{', &format!("{{{member},")), "json_syntax"),
        ]);
    }
    for end in 1..EITHER.len() {
        refuses_in_both([(&EITHER[..end], "json_syntax")]);
    }
}

#[test]
fn p15_says_at_which_byte_it_stops_being_json() {
    for (text, wanted) in [
        (r#"{,"a":1}"#, 1),
        (r#"{,"a":1,"b":22,"c":333}"#, 1),
        (r#"{"a":1"b":22}"#, 6),
        (r#"{"a":1"b":22,"c":333}"#, 6),
        (r#"{"a":1,"b":1"c":22,"d":333}"#, 12),
        (r#"{"a":1,}"#, 7),
        (r#"{"a":1,,"b":1}"#, 7),
        (r#"{"a" 1}"#, 5),
        (r#"{"a":}"#, 5),
        (r#"{"a":01}"#, 6),
        (r#"{"a":-}"#, 6),
        (r#"{"a":1.}"#, 7),
        (r#"{"a":1e+}"#, 8),
        (r#"{"a":tru}"#, 6),
        (r#"{"a":nul}"#, 5),
        (r#"{"a":[1 2]}"#, 8),
        (r#"{"a":[1,]}"#, 8),
        (r#"{"a":"\x"}"#, 7),
        (r#"{"a":"\u12"}"#, 10),
        ("{\"a\":\"\t\"}", 6),
        ("{\"a\":\"eight or more\n\"}", 19),
        (r#"{"a":1}x"#, 7),
        (r#"{"a":1} {"#, 8),
        (r#"{"a":1"#, 6),
    ] {
        let token = token(text, text, &hs256());
        let error = jotem::unverified_header(&token).unwrap_err();
        let at = JsonSyntax { part: Part::Header, position: wanted };
        assert_eq!(error.rejection(), Some(&at), "{text}");
        let token = with_claims(text);
        let error = jotem::unverified_claims::<Value>(&token).unwrap_err();
        let at = JsonSyntax { part: Part::Claims, position: wanted };
        assert_eq!(error.rejection(), Some(&at), "{text}");
    }
}

#[test]
fn p16_refuses_what_is_not_utf_8() {
    let utf16 = |text: &str, bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    };
    let utf32 = |text: &str, bytes: fn(u32) -> [u8; 4]| -> Vec<u8> {
        text.chars().flat_map(|character| bytes(character.into())).collect()
    };
    let marked = format!("\u{feff}{EITHER}");
    accepts(&verifier(), both(EITHER.as_bytes()));
    refuses_in_both([
        (marked.clone().into_bytes(), "json_byte_order_mark"),
        (utf16(&marked, u16::to_le_bytes), "json_not_utf8"),
        (utf16(&marked, u16::to_be_bytes), "json_not_utf8"),
        (utf32(&marked, u32::to_le_bytes), "json_not_utf8"),
        (utf32(&marked, u32::to_be_bytes), "json_not_utf8"),
        // Without a mark it is UTF-8, of characters that no JSON has.
        (utf16(EITHER, u16::to_le_bytes), "json_syntax"),
        (utf16(EITHER, u16::to_be_bytes), "json_syntax"),
        (utf32(EITHER, u32::to_le_bytes), "json_syntax"),
        (utf32(EITHER, u32::to_be_bytes), "json_syntax"),
    ]);
    // Overlong forms, lone bytes, surrogates (CESU-8), above U+10FFFF, cut sequences.
    let invalid: [&[u8]; 14] = [
        b"\xc0\xaf",
        b"\xc0\x80",
        b"\xc1\xa1",
        b"\xe0\x80\xaf",
        b"\xf0\x80\x80\xaf",
        b"\xff",
        b"\xfe",
        b"\x80",
        b"\xc3",
        b"\xe2\x82",
        b"\xed\xa0\x80",
        b"\xed\xa0\xbd\xed\xb8\x80",
        b"\xf4\x90\x80\x80",
        b"\xf8\x88\x80\x80\x80",
    ];
    for bytes in invalid {
        for (head, tail) in [
            (r#"{"alg":"HS256","exp":1700000900,"x":""#, r#""}"#),
            (r#"{"alg":"HS256","exp":1700000900,""#, r#"":1}"#),
            (EITHER, ""),
            ("", EITHER),
        ] {
            let text = [head.as_bytes(), bytes, tail.as_bytes()].concat();
            refuses_in_both([(text, "json_not_utf8")]);
        }
    }
    accepts(
        &verifier(),
        both("{\"alg\":\"HS256\",\"exp\":1700000900,\"ä€😀\":\"\u{feff}\"}".as_bytes()),
    );
}

#[test]
fn p17_refuses_a_member_twice_in_the_header() {
    let code = "json_duplicate_member";
    refuses_headers(&[
        (r#"{"alg":"none","alg":"HS256"}"#, code),
        (r#"{"alg":"HS256","alg":"none"}"#, code),
        (r#"{"alg":"HS256","alg":"HS256"}"#, code),
        (r#"{"alg":"HS256","\u0061lg":"none"}"#, code),
        (r#"{"\u0061lg":"none","alg":"HS256"}"#, code),
        (r#"{"\u0061lg":"HS256","a\u006cg":"HS256"}"#, code),
        (r#"{"alg":"HS256","kid":"a","kid":"b"}"#, code),
        (r#"{"alg":"HS256","kid":1,"kid":"b"}"#, code),
        (r#"{"alg":"HS256","typ":"JWT","typ":"JWT"}"#, code),
        (r#"{"alg":"HS256","crit":["x"],"x":1,"crit":["b64"],"b64":true}"#, code),
        (r#"{"alg":"HS256","b64":true,"b64":false,"crit":["b64"]}"#, code),
        (r#"{"alg":"HS256","b64":false,"b64":true,"crit":["b64"]}"#, code),
        (r#"{"alg":"HS256","x":1,"x":1}"#, code),
        (r#"{"alg":"HS256","":1,"":1}"#, code),
        (r#"{"alg":"HS256","jwk":{"kty":"oct","kty":"RSA"}}"#, code),
        (r#"{"alg":"HS256","x":[{"y":{"z":1,"z":2}}]}"#, code),
        (r#"{"alg":"HS256","x\/y":1,"x/y":1}"#, code),
        (r#"{"alg":"HS256","😀":1,"\ud83d\ude00":1}"#, code),
    ]);
    // Also where a set of names takes over from a list: after the twelfth, and at the first escape.
    for members in [1, 11, 12, 13, 14, 40] {
        let filler: String = (0..members).map(|number| format!(r#""m{number}":1,"#)).collect();
        let last = members - 1;
        refuses_headers(&[
            (&format!(r#"{{{filler}"alg":"HS256","m0":1}}"#), code),
            (&format!(r#"{{{filler}"alg":"HS256","m{last}":1}}"#), code),
            (&format!(r#"{{{filler}"\u006d0":1,"alg":"HS256"}}"#), code),
            (&format!(r#"{{"alg":"HS256",{filler}"alg":"HS256"}}"#), code),
        ]);
        accepts(&verifier(), [with_header(&format!(r#"{{{filler}"alg":"HS256"}}"#))]);
    }
    accepts(
        &verifier(),
        [
            with_header(r#"{"alg":"HS256","Alg":"none","alg ":"none","x":{"alg":"none"}}"#),
            with_header(r#"{"alg":"HS256","x":{"y":1},"z":{"y":1}}"#),
        ],
    );
}

#[test]
fn p17_compares_whole_names_however_they_are_spaced() {
    let with = |members: &str| format!(r#"{{"alg":"HS256","exp":1700000900,{members}}}"#);
    for name in ["", "x", "seventy", "eighties", "thousands", "a-name-of-many-more-bytes", "ä€😀"]
    {
        let once = format!(r#""{name}":1"#);
        for twice in [
            format!("{once},{once}"),
            format!("{once}, {once}"),
            format!(" {once},{once}"),
            format!(" {once}\n,\t{once}"),
            format!(r#""{name}" :1,{once}"#),
            format!(r#"{once},"{name}" :1"#),
            format!(r#"{once},"y":[{{"z":2}}], {once}"#),
        ] {
            refuses_in_both([(with(&twice), "json_duplicate_member")]);
        }
    }
    // Names that differ only past the part that is compared first, or in their length.
    for two in [
        r#""resource_a":1,"resource_b":2"#,
        r#" "resource_a":1, "resource_b":2"#,
        r#""seventy":1,"seventys":2,"seventyss":3"#,
        r#""seventyss":1, "seventys":2, "seventy":3"#,
        r#""x":1,"xx":2,"":3, "xxx":4"#,
        r#""eighties":1,"eightiet":2, "eightieu":3"#,
    ] {
        accepts(&verifier(), both(with(two).as_bytes()));
    }
}

#[test]
fn p18_refuses_a_claim_twice_whatever_type_reads_it() {
    #[derive(Debug, serde::Deserialize)]
    struct Known {
        #[expect(dead_code, reason = "a type that wants one claim of many")]
        exp: u64,
    }
    let bad = [
        r#"{"sub":"42","sub":"admin","exp":1700000900}"#,
        r#"{"sub":"42","sub":"42","exp":1700000900}"#,
        r#"{"exp":1600000000,"exp":1700000900}"#,
        r#"{"exp":1700000900,"exp":1600000000}"#,
        r#"{"exp":1700000900,"\u0065xp":1700000900}"#,
        r#"{"\u0065xp":1600000000,"exp":1700000900}"#,
        r#"{"exp":1700000900,"aud":"a","aud":"b"}"#,
        r#"{"exp":1700000900,"x":1,"x":1}"#,
        r#"{"exp":1700000900,"x":{"y":1,"y":2}}"#,
        r#"{"exp":1700000900,"x":[[{"y":{"z":1,"\u007a":2}}]]}"#,
        r#"{"exp":1700000900,"cnf":{"jkt":"a","jkt":"b"}}"#,
        r#"{"exp":1700000900,"":1,"":2}"#,
    ];
    let verifier = verifier();
    for claims in bad {
        let token = with_claims(claims);
        let codes = [
            verifier.verify::<Value>(&token).map(drop),
            verifier.verify::<()>(&token).map(drop),
            verifier.verify::<HashMap<String, Value>>(&token).map(drop),
            verifier.verify::<Known>(&token).map(drop),
            verifier.verify::<Option<Known>>(&token).map(drop),
            verifier.verify::<serde::de::IgnoredAny>(&token).map(drop),
            jotem::unverified_claims::<()>(&token).map(drop),
            jotem::unverified_claims::<Value>(&token).map(drop),
        ]
        .map(|verdict| verdict.unwrap_err().code().as_str());
        assert_eq!(codes, ["json_duplicate_member"; 8], "{claims}");
    }
    accepts(&verifier, [with_claims(r#"{"exp":1700000900,"EXP":1,"x":{"exp":1},"y":{"exp":2}}"#)]);
}

#[test]
fn p21_refuses_a_payload_that_is_not_an_object_whatever_type_reads_it() {
    let key = hs256();
    let verifier = builder(&key).expiry_optional().any_audience().build().unwrap();
    let rows = [
        ("[1]", "json_not_object"),
        ("[]", "json_not_object"),
        (r#"[["exp",1700000900]]"#, "json_not_object"),
        (r#"[{"exp":1700000900}]"#, "json_not_object"),
        (r#""a""#, "json_not_object"),
        ("1", "json_not_object"),
        ("null", "json_not_object"),
        ("true", "json_not_object"),
        ("", "jws_segment_empty"),
        (" ", "json_syntax"),
        ("exp=1700000900", "json_syntax"),
        ("\u{1}\u{2}", "json_syntax"),
    ];
    for (payload, code) in rows {
        let token = token(r#"{"alg":"HS256"}"#, payload, &key);
        let codes = [
            verifier.verify::<Value>(&token).map(drop),
            verifier.verify::<()>(&token).map(drop),
            verifier.verify::<Option<Value>>(&token).map(drop),
            verifier.verify::<Vec<Value>>(&token).map(drop),
            verifier.verify::<String>(&token).map(drop),
            verifier.verify::<u64>(&token).map(drop),
            verifier.verify::<bool>(&token).map(drop),
            jotem::unverified_claims::<Value>(&token).map(drop),
        ]
        .map(|verdict| verdict.unwrap_err().code().as_str());
        assert_eq!(codes, [code; 8], "{payload}");
    }
    accepts(&verifier, [with_claims("{}")]);
}

#[test]
fn p27_compares_whole_texts_past_a_nul() {
    let key = hs256().with_key_id("a");
    let nul = "\\u0000x";
    refuses_headers(&[
        (&format!(r#"{{"alg":"HS256{nul}"}}"#), "jws_alg_unknown"),
        (r#"{"alg":"HS256\u0000"}"#, "jws_alg_unknown"),
        (r#"{"alg":"\u0000HS256"}"#, "jws_alg_unknown"),
        (r#"{"alg\u0000":"HS256"}"#, "jws_alg_missing"),
        ("{\"alg\":\"HS256\0\"}", "json_syntax"),
    ]);
    let named = builder(&key).build().unwrap();
    accepts(&named, [headed(r#"{"alg":"HS256","kid":"a"}"#, &key)]);
    let kid = headed(&format!(r#"{{"alg":"HS256","kid":"a{nul}"}}"#), &key);
    refuses(&named, [(kid, "jws_key_not_found")]);
    let strict = builder(&key).subject("admin").issuer("me").audience("api").token_type("JWT");
    let strict = strict.build().unwrap();
    let claims = |iss: &str, sub: &str, aud: &str, typ: &str| {
        let claims = format!(r#"{{"exp":1700000900,"iss":"{iss}","sub":"{sub}","aud":"{aud}"}}"#);
        token(format!(r#"{{"alg":"HS256","typ":"{typ}"}}"#), claims, &key)
    };
    accepts(&strict, [claims("me", "admin", "api", "JWT")]);
    refuses(
        &strict,
        [
            (claims(&format!("me{nul}"), "admin", "api", "JWT"), "jwt_issuer_mismatch"),
            (claims("me", &format!("admin{nul}"), "api", "JWT"), "jwt_subject_mismatch"),
            (claims("me", "admin", &format!("api{nul}"), "JWT"), "jwt_audience_mismatch"),
            (claims("me", "admin", "api", &format!("JWT{nul}")), "jwt_type_mismatch"),
        ],
    );
    // And the other way round: an expectation with a NUL in it does not shrink.
    let odd = builder(&key).subject("admin\0x").build().unwrap();
    refuses(&odd, [(with_claims(r#"{"exp":1700000900,"sub":"admin"}"#), "jwt_subject_mismatch")]);
    let same = with_claims(&format!(r#"{{"exp":1700000900,"sub":"admin{nul}"}}"#));
    accepts(&odd, [same]);
}

#[test]
fn p28_refuses_half_a_surrogate_pair() {
    let lone = [
        r"\ud800",
        r"\uDBFF",
        r"\udc00",
        r"\uDFFF",
        r"\ud800\ud800",
        r"\udc00\ud800",
        r"\ud800x",
        r"\ud800A",
        r"\ud800\n",
        r"a\udfffb",
        r"\ud83d\u0041",
        r"\ud83d \ude00",
    ];
    for text in lone {
        refuses_in_both([
            (format!(r#"{{"alg":"HS256","exp":1700000900,"x":"{text}"}}"#), "json_lone_surrogate"),
            (format!(r#"{{"alg":"HS256","exp":1700000900,"{text}":1}}"#), "json_lone_surrogate"),
            (
                format!(r#"{{"alg":"HS256","exp":1700000900,"x":["{text}"]}}"#),
                "json_lone_surrogate",
            ),
            (
                format!(r#"{{"alg":"HS256","exp":1700000900,"sub":"{text}"}}"#),
                "json_lone_surrogate",
            ),
            (
                format!(r#"{{"alg":"HS256","exp":1700000900,"kid":"{text}"}}"#),
                "json_lone_surrogate",
            ),
        ]);
    }
    refuses_in_both([
        (r#"{"alg":"HS256","exp":1700000900,"x":"\ud8"}"#, "json_syntax"),
        (r#"{"alg":"HS256","exp":1700000900,"x":"\ud83d\ude"}"#, "json_syntax"),
    ]);
    accepts(&verifier(), both(br#"{"alg":"HS256","exp":1700000900,"x":"\ud83d\ude00\uffff"}"#));
}
