//! Classes of other layers that the core can show: encrypted tokens, and what refusals say.

use std::collections::BTreeSet;

use jotem::jws::{self, Options};
use jotem::testing::{FixedClock, Forgery, TestIssuer};
use jotem::{Algorithm, Error, KeySet, Limits, SigningKey, Verifier};

use crate::encodings::base64;
use crate::forge::*;
use crate::sample::*;

#[test]
fn e01_refuses_an_encrypted_token_where_a_signed_one_is_expected() {
    let text = base64url([0x5a; 32]);
    // To the public key, and with the shared key (RFC 7516 §7.1, RFC 7518 §4.5).
    for header in [
        r#"{"alg":"RSA-OAEP-256","enc":"A256GCM"}"#,
        r#"{"alg":"ECDH-ES","enc":"A128GCM","epk":{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}}"#,
        r#"{"alg":"dir","enc":"A128CBC-HS256"}"#,
        r#"{"alg":"dir","enc":"A256GCM","zip":"DEF","cty":"JWT"}"#,
        r#"{"alg":"HS256","enc":"A256GCM"}"#,
        r#"{"alg":"none","enc":"none"}"#,
    ] {
        let encoded = base64url(header);
        for algorithm in [Algorithm::Rs256, Algorithm::Es256, Algorithm::Hs256] {
            let key = key(algorithm);
            let verifier = builder(&key).build().unwrap();
            let five = [
                format!("{encoded}.{text}.{text}.{text}.{text}"),
                format!("{encoded}..{text}.{text}.{text}"),
                format!("{encoded}...."),
            ];
            let three = headed(header, &key);
            let code = "jws_parameter_forbidden";
            accepts(&verifier, [good(&key)]);
            refuses(&verifier, five.iter().map(|token| (token, "jws_encrypted")));
            refuses(&verifier, [(&three, code)]);
            // Four or six segments are neither.
            let count = "jws_segment_count";
            refuses(
                &verifier,
                [
                    (format!("{encoded}.{text}.{text}.{text}"), count),
                    (format!("{encoded}.{text}.{text}.{text}.{text}.{text}"), count),
                ],
            );
            let verify = |token: &str| jws::verify(token, key.verifying_key(), &Options::new());
            for token in &five {
                assert_eq!(verify(token).unwrap_err().code().as_str(), "jws_encrypted");
                let looked = jotem::unverified_header(token).unwrap_err();
                assert_eq!(looked.code().as_str(), "jws_encrypted");
            }
            assert_eq!(verify(&three).unwrap_err().code().as_str(), code);
        }
    }
    // Nothing that is written has `enc` either.
    let key = hs256();
    for name in ["enc", "zip", "epk"] {
        let error = jws::Signer::new(&key).header(name, "x").unwrap_err();
        assert_eq!(error.code().as_str(), "misuse_header_reserved");
    }
}

/// Text that breaks lines, terminals and right-to-left scripts, or goes on forever.
const INJECTIONS: [&str; 10] = [
    "a\r\n2026-11-22 INFO admin logged in",
    "a\u{1b}[2J\u{1b}[31mred\u{7}",
    "a\u{9b}31m",
    "a\u{2028}b\u{2029}c\u{85}d",
    "\u{202e}gpj.exe\u{2066}",
    "a\0b\u{8}\u{7f}",
    "\u{feff}\u{200b}\u{200d}",
    "\u{1f600}\u{e0041}",
    "{}\"'<script>alert(1)</script>%n%s${jndi:ldap://x}",
    "\\r\\n\\u{1b}",
];

/// Every place in which a sender's text reaches a message.
#[expect(clippy::too_many_lines, reason = "a table")]
fn injected(text: &str, key: &SigningKey) -> Vec<(String, Error)> {
    let json = serde_json::Value::from(text);
    let header = |more: &str| headed(&format!(r#"{{"alg":"HS256",{more}}}"#), key);
    let claims = |more: &str| {
        let claims = format!(r#"{{"exp":1700000900,{more}}}"#);
        token(r#"{"alg":"HS256"}"#, claims, key)
    };
    let limits = Limits::default().token_bytes(64 << 20).header_bytes(64 << 20);
    let roomy = builder(key).limits(limits.text_bytes(usize::MAX));
    let strict = roomy.clone().build().unwrap();
    let tokens = [
        (&strict, headed(&format!(r#"{{"alg":{json}}}"#), key)),
        (&strict, header(&format!(r#""crit":[{json}],{json}:1"#))),
        (&strict, header(&format!(r#""crit":[{json}]"#))),
        (&strict, header(&format!(r#""crit":[{json},{json}],{json}:1"#))),
        (&strict, header(&format!(r#"{json}:1,{json}:2"#))),
        (&strict, claims(&format!(r#"{json}:1,{json}:2"#))),
        (&roomy.clone().issuer("a").build().unwrap(), claims(&format!(r#""iss":{json}"#))),
        (&roomy.clone().subject("a").build().unwrap(), claims(&format!(r#""sub":{json}"#))),
        (&roomy.clone().audience("a").build().unwrap(), claims(&format!(r#""aud":{json}"#))),
        (
            &roomy.clone().audience("a").build().unwrap(),
            claims(&format!(r#""aud":[{json},{json}]"#)),
        ),
        (&roomy.token_type("a").build().unwrap(), header(&format!(r#""typ":{json}"#))),
        (&strict, text.to_owned()),
        (&strict, format!("{text}.{text}.{text}")),
        (&strict, claims("\"sub\":1")),
    ];
    let mut refused: Vec<_> = tokens
        .into_iter()
        .map(|(verifier, token)| {
            let error = verifier.verify::<serde_json::Value>(&token).unwrap_err();
            (verifier.explain(&token).to_string(), error)
        })
        .collect();
    let named = key.clone().with_key_id("other");
    let named = builder(&named).limits(limits.text_bytes(usize::MAX)).build().unwrap();
    let unknown = header(&format!(r#""kid":{json}"#));
    refused.push((named.explain(&unknown).to_string(), named.verify::<()>(&unknown).unwrap_err()));
    let other = SigningKey::from_secret([0x9d; 32], Algorithm::Hs256).unwrap();
    let two = [hs256(), other].map(|key| key.with_key_id(text).verifying_key());
    let two = Verifier::builder(two).limits(limits.text_bytes(usize::MAX)).build().unwrap();
    refused.push((two.explain(&unknown).to_string(), two.verify::<()>(&unknown).unwrap_err()));
    // The type of the application quotes what does not fit it.
    let shape = claims(&format!(r#""role":{json}"#));
    let shape = strict.verify::<std::collections::HashMap<String, u64>>(&shape).unwrap_err();
    refused.push((String::new(), shape));
    // Key documents come from outside as well.
    let documents = [
        format!(r#"{{"kty":{json}}}"#),
        format!(r#"{{"kty":"EC","crv":{json},"x":"AA","y":"AA"}}"#),
        format!(r#"{{"kty":"oct","k":{json}}}"#),
        format!(r#"{{"kty":"oct",{json}:1,{json}:2}}"#),
        format!(r#"{{"kty":"oct","alg":{json},"k":"{}"}}"#, base64url([0x9d; 32])),
    ];
    for document in documents {
        let read = jotem::Jwk::from_json(&document);
        let read = read.and_then(|jwk| jotem::VerifyingKey::from_jwk(&jwk, Algorithm::Hs256));
        refused.extend(read.err().map(|error| (String::new(), error)));
        let set = KeySet::from_json(format!(r#"{{"keys":[{document}]}}"#));
        let built = set.and_then(|set| Verifier::builder(set).build());
        refused.extend(built.err().map(|error| (String::new(), error)));
    }
    refused
}

/// Every text that an error shows.
fn texts(error: &Error) -> Vec<String> {
    let mut texts = vec![
        error.to_string(),
        format!("{error:?}"),
        format!("{error:#?}"),
        format!("{:?}", error.kind()),
        error.kind().to_string(),
        error.hint().to_owned(),
        error.code().to_string(),
        format!("{:?}", error.public()),
    ];
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        texts.extend([inner.to_string(), format!("{inner:?}")]);
        source = inner.source();
    }
    texts
}

#[test]
fn w08_no_refusal_carries_what_could_break_a_log() {
    let long = "A".repeat(1 << 20);
    let escapes = "\u{1b}".repeat(1 << 10);
    let key = hs256();
    let mut codes = BTreeSet::new();
    for text in INJECTIONS.into_iter().chain([long.as_str(), escapes.as_str()]) {
        for (explanation, error) in injected(text, &key) {
            codes.insert(error.code().as_str());
            for shown in texts(&error) {
                let strange = shown.chars().find(|c| !matches!(c, ' '..='~' | '…' | '§' | '–'));
                assert_eq!(strange, None, "{shown:?}");
                assert!(shown.len() < 400, "{} bytes: {shown:?}", shown.len());
            }
            let lines: Vec<_> = explanation.lines().collect();
            assert!(lines.len() <= 10, "{lines:#?}");
            for line in lines {
                let strange = line.chars().find(|c| !matches!(c, ' '..='~' | '…' | '§' | '–'));
                assert_eq!(strange, None, "{line:?}");
                assert!(line.len() < 400, "{line:?}");
            }
        }
    }
    for expected in [
        "jws_alg_unknown",
        "jws_crit_unknown",
        "jws_crit_absent",
        "jws_crit_duplicate",
        "json_duplicate_member",
        "jwt_issuer_mismatch",
        "jwt_subject_mismatch",
        "jwt_audience_mismatch",
        "jwt_type_mismatch",
        "jws_key_not_found",
        "jws_key_ambiguous",
        "jwt_claims_shape",
        "key_type_unknown",
        "misuse_keys_unusable",
    ] {
        assert!(codes.contains(expected), "no message of {expected} was seen: {codes:?}");
    }
}

/// The forms in which bytes could show: as they are, in hex, in base64, as a list of numbers.
pub(crate) fn spellings(bytes: &[u8]) -> Vec<String> {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let numbers: Vec<_> = bytes.iter().map(u8::to_string).collect();
    let hexes: Vec<_> = bytes.iter().map(|byte| format!("0x{byte:02x}")).collect();
    let text = String::from_utf8_lossy(bytes).into_owned();
    vec![
        format!("{text:?}").trim_matches('"').to_owned(),
        text,
        hex.to_uppercase(),
        hex,
        base64(bytes).trim_end_matches('=').to_owned(),
        base64url(bytes),
        numbers.join(", "),
        numbers.join(",\n    "),
        hexes.join(", "),
    ]
}

/// Checks that no text shows the bytes, nor a quarter of them.
#[track_caller]
pub(crate) fn hides(texts: &[String], what: &str, bytes: &[u8]) {
    let quarter = (bytes.len() / 4).max(8).min(bytes.len());
    for part in bytes.chunks_exact(quarter) {
        for spelling in spellings(part) {
            for text in texts {
                assert!(!text.contains(&spelling), "{what} shows in {text}");
            }
        }
    }
}

#[test]
fn w09_no_refusal_carries_a_token_or_a_key() {
    let issuer = TestIssuer::new().unwrap();
    let verifier = issuer.verifier().unwrap();
    let mut seen = 0;
    for forgery in Forgery::ALL {
        let token = issuer.forge(forgery).unwrap();
        let error = verifier.verify::<()>(&token).unwrap_err();
        let mut texts = texts(&error);
        texts.push(verifier.explain(&token).to_string());
        texts.push(format!("{:?}", verifier.explain(&token)));
        assert_shows_no_segment(&texts, &token);
        seen += 1;
    }
    assert_eq!(seen, Forgery::ALL.len());
}

#[track_caller]
fn assert_shows_no_segment(texts: &[String], token: &str) {
    for segment in token.split('.').filter(|segment| segment.len() >= 12) {
        for text in texts {
            assert!(!text.contains(segment), "{text}");
            assert!(!text.contains(&segment[..12]), "{text}");
        }
    }
}

#[test]
fn w09_no_refusal_shows_the_expected_signature_the_secret_or_the_whole_token() {
    let secret = b"%S3cr3t%-of-a-tenant-%S3cr3t%-of-a-tenant".as_slice();
    let key = SigningKey::from_secret(secret, Algorithm::Hs256).unwrap();
    let decoded = base64url(secret);
    let encoded = SigningKey::from_secret(&decoded, Algorithm::Hs256).unwrap();
    let other = SigningKey::generate(Algorithm::Hs256).unwrap();
    let good = good(&key);
    let [header, payload, signature] = segments(&good);
    let right = crate::encodings::decode(&signature);
    let zeros = base64url([0; 32]);
    let tokens = [
        self::good(&other),
        format!("{header}.{payload}.{zeros}"),
        format!("{header}.{payload}.{}", &signature[..40]),
        format!("{header}.{payload}.{signature}A"),
        format!("{header}.{payload}.{signature}="),
        format!("{header}.{payload}.{signature} "),
        format!("Bearer {good}"),
        format!("\"{good}\""),
        format!("{good}.{good}"),
        format!("{good}{good}"),
        format!("{header}.{payload}"),
        format!("!{good}"),
        good.replacen('J', "#", 1),
        good.replace('.', ":"),
        good.chars().rev().collect(),
        headed(r#"{"alg":"ES256"}"#, &key),
        token(r#"{"alg":"HS256"}"#, &good, &key),
    ];
    let verifier = builder(&key).build().unwrap();
    accepts(&verifier, [&good]);
    for token in &tokens {
        for verifier in [&verifier, &builder(&encoded).build().unwrap()] {
            let error = verifier.verify::<()>(token).unwrap_err();
            let mut texts = texts(&error);
            texts.push(format!("{:?}", verifier.explain(token)));
            hides(&texts, "the secret", secret);
            hides(&texts, "the secret in base64url", decoded.as_bytes());
            hides(&texts, "the right signature", &right);
            hides(&texts, "the right signature's text", signature.as_bytes());
            assert_shows_no_segment(&texts, token);
        }
    }
    // Under the decoded secret: the hint must not say which.
    let verifier = builder(&encoded).build().unwrap();
    let error = verifier.verify::<()>(&good).unwrap_err();
    assert_eq!(error.code().as_str(), "jws_secret_not_decoded");
    assert_eq!(error.public().description, "the token is invalid");
}

#[test]
fn w09_what_goes_on_the_wire_is_the_same_for_every_reason_of_key_and_signature() {
    let key = key(Algorithm::Es256).with_key_id("a");
    let verifier = Verifier::builder(key.verifying_key()).clock(FixedClock::at(NOW));
    let verifier = verifier.build().unwrap();
    let good = headed(r#"{"alg":"ES256","kid":"a"}"#, &key);
    let [header, payload, _] = segments(&good);
    let other = self::key(Algorithm::Es256);
    let tokens = [
        (headed(r#"{"alg":"ES256","kid":"a"}"#, &other), "jws_signature_mismatch"),
        (headed(r#"{"alg":"ES256","kid":"b"}"#, &key), "jws_key_not_found"),
        (headed(r#"{"alg":"ES384","kid":"a"}"#, &key), "jws_alg_not_allowed"),
        (headed(r#"{"alg":"HS256","kid":"a"}"#, &hs256()), "jws_alg_not_allowed"),
        (format!("{header}.{payload}.AAAA"), "jws_signature_length"),
        (format!("{header}.{payload}.{}", base64url([0; 64])), "jws_signature_mismatch"),
        (format!("{header}.{payload}."), "jws_signature_missing"),
    ];
    accepts(&verifier, [&good]);
    for (token, code) in tokens {
        let error = verifier.verify::<()>(&token).unwrap_err();
        assert_eq!(error.code().as_str(), code);
        assert_eq!(error.public().error, "invalid_token");
        assert_eq!(error.public().description, "the token is invalid");
    }
}

#[test]
fn w09_no_error_of_a_key_document_quotes_it() {
    let marker = "MARKERmarkerMARKERmarkerMARKERmarkerMARKERmarker";
    let documents = [
        format!(r#"{{"kty":"oct","k":"{marker}!"}}"#),
        format!(r#"{{"kty":"oct","k":"{marker}A"}}"#),
        format!(r#"{{"kty":"oct","k":"{marker}","alg":"ES256"}}"#),
        format!(r#"{{"kty":"oct","k":["{marker}"]}}"#),
        format!(r#"{{"kty":"oct","k":"{marker}","k":"{marker}"}}"#),
        format!(r#"{{"kty":"oct","k":"{marker}""#),
        format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{marker}","d":"{marker}"}}"#),
        format!(r#"{{"kty":"EC","crv":"P-256","x":"{marker}","y":"{marker}","d":"{marker}"}}"#),
        format!(r#"{{"kty":"RSA","n":"{marker}","e":"AQAB","d":"{marker}","p":"{marker}"}}"#),
        format!("-----BEGIN PRIVATE KEY-----\n{marker}\n-----END PRIVATE KEY-----\n"),
        format!("-----BEGIN RSA PRIVATE KEY-----\n{marker}\n-----END PRIVATE KEY-----\n"),
        format!("-----BEGIN {marker}-----\n{marker}\n-----END {marker}-----\n"),
        format!("-----BEGIN PRIVATE KEY-----\\n{marker}\\n-----END PRIVATE KEY-----"),
        marker.to_owned(),
    ];
    let bytes = crate::encodings::decode(marker);
    for document in documents {
        let read = jotem::Jwk::from_bytes(&document);
        let used = read.and_then(|jwk| SigningKey::from_jwk(&jwk, Algorithm::Es256)).map(drop);
        let short = SigningKey::from_secret(&document.as_bytes()[..31], Algorithm::Hs256).map(drop);
        let text = SigningKey::from_base64_secret(&format!("{document}!"), Algorithm::Hs256);
        for error in [used, short, text.map(drop)].map(Result::unwrap_err) {
            let texts = texts(&error);
            hides(&texts, "the document", marker.as_bytes());
            hides(&texts, "the key", &bytes);
        }
    }
}
