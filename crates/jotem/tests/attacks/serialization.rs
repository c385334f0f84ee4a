//! Layers P and H: the JSON serializations (RFC 7515 §7.2).

use jotem::jws::{self, Keys, Options, Signer, flattened, general};
use jotem::{Algorithm, Limits, SigningKey};

use crate::forge::*;
use crate::sample::*;

const PAYLOAD: &str = "cGF5IDEw";

fn ed25519(name: &str) -> SigningKey {
    key(Algorithm::EdDsa).with_key_id(name)
}

/// The members of one signature: any protected header, signed; any other members before it.
fn entry(protected: &str, others: &str, key: &SigningKey) -> String {
    entry_over(PAYLOAD, protected, others, key)
}

fn entry_over(payload: &str, protected: &str, others: &str, key: &SigningKey) -> String {
    let encoded = base64url(protected);
    let signature = base64url(key.sign(format!("{encoded}.{payload}").as_bytes()).unwrap());
    format!(r#""protected":"{encoded}",{others}"signature":"{signature}""#)
}

fn flat(entry: &str) -> String {
    format!(r#"{{"payload":"{PAYLOAD}",{entry}}}"#)
}

fn listed(entries: &[&str]) -> String {
    format!(r#"{{"payload":"{PAYLOAD}","signatures":[{{{}}}]}}"#, entries.join("},{"))
}

fn code<T>(verdict: Result<T, jotem::Error>) -> &'static str {
    verdict.map_or_else(|error| error.code().as_str(), |_| "accepted")
}

fn flat_code(document: &str, key: &SigningKey) -> &'static str {
    code(flattened::verify(document, key.verifying_key(), &Options::new()))
}

fn any_code(document: &str, key: &SigningKey) -> &'static str {
    code(general::verify_any(document, key.verifying_key(), &Options::new()))
}

fn all_code(document: &str, key: &SigningKey) -> &'static str {
    code(general::verify_all(document, [key.verifying_key()], &Options::new()))
}

/// Checks one signature in both serializations and all calls.
#[track_caller]
fn refuses_entry(entry: &str, wanted: &str) {
    let key = hs256();
    assert_eq!(flat_code(&flat(entry), &key), wanted, "flattened: {entry}");
    let document = listed(&[entry]);
    assert_eq!(any_code(&document, &key), wanted, "any: {entry}");
    let all = all_code(&document, &key);
    assert!(all == wanted || all == "jws_signer_missing", "all: {entry}: {all}");
}

const HS256: &str = r#"{"alg":"HS256"}"#;

#[test]
fn p10_refuses_a_list_without_signatures() {
    let key = hs256();
    for document in [
        r#"{"payload":"","signatures":[]}"#,
        r#"{"payload":"cGF5IDEw","signatures":[]}"#,
        r#"{"signatures":[ ]}"#,
        r#"{"signatures":[],"payload":"cGF5IDEw","extra":[{}]}"#,
    ] {
        assert_eq!(any_code(document, &key), "jws_signatures_empty", "{document}");
        assert_eq!(all_code(document, &key), "jws_signatures_empty", "{document}");
        let detached = Options::new().detached(b"pay 10");
        let verdict = general::verify_any(document, key.verifying_key(), &detached);
        assert_eq!(code(verdict), "jws_signatures_empty", "{document}");
    }
    for (document, wanted) in [
        (r#"{"payload":"","signatures":[{}]}"#, "jws_member_missing"),
        (r#"{"payload":"","signatures":[{"header":{}}]}"#, "jws_member_missing"),
        (r#"{"payload":"","signatures":[[]]}"#, "jws_member_type"),
        (r#"{"payload":"","signatures":[null]}"#, "jws_member_type"),
        (r#"{"payload":"","signatures":null}"#, "jws_member_type"),
        (r#"{"payload":"","signatures":{}}"#, "jws_member_type"),
        (r#"{"payload":""}"#, "jws_member_missing"),
        ("{}", "jws_member_missing"),
        ("[]", "json_not_object"),
        ("null", "json_not_object"),
        ("", "token_empty"),
    ] {
        assert_eq!(any_code(document, &key), wanted, "{document}");
        assert_eq!(all_code(document, &key), wanted, "{document}");
    }
    // A list in which one signature is no signature is refused whole.
    let good = entry(HS256, "", &key);
    assert_eq!(any_code(&listed(&[&good]), &key), "accepted");
    assert_eq!(any_code(&listed(&[&good, ""]), &key), "jws_member_missing");
    // Nobody who must have signed is as bad as nobody who has.
    let nobody: [Keys; 0] = [];
    let verdict = general::verify_all(&listed(&[&good]), nobody, &Options::new());
    assert_eq!(code(verdict), "misuse_signers_missing");
}

#[test]
fn p11_shows_no_header_of_a_signature_that_does_not_hold() {
    let (good, bad) = (ed25519("good"), ed25519("good"));
    let admin = r#"{"alg":"EdDSA","kid":"good","role":"admin"}"#;
    let forged = entry(admin, "", &bad);
    let honest = entry(r#"{"alg":"EdDSA","kid":"good","role":"user"}"#, "", &good);
    for (entries, place) in [([&*forged, &*honest], 1), ([&*honest, &*forged], 0)] {
        let document = listed(&entries);
        let verified =
            general::verify_any(&document, good.verifying_key(), &Options::new()).unwrap();
        let [signature] = verified.signatures() else { panic!("one of the two holds") };
        assert_eq!(signature.position(), place);
        assert_eq!(signature.header().parameter::<String>("role").as_deref(), Some("user"));
        assert!(signature.key().thumbprint() == good.verifying_key().thumbprint());
        assert!(!format!("{verified:?}").contains("admin"), "not even to look at");
    }
    // The forged one alone, and the forged one whose signature is the honest one's.
    assert_eq!(any_code(&listed(&[&forged]), &good), "jws_signature_mismatch");
    let (_, signature) = honest.split_once(r#""signature""#).unwrap();
    let (protected, _) = forged.split_once(r#""signature""#).unwrap();
    let grafted = format!(r#"{protected}"signature"{signature}"#);
    assert_eq!(any_code(&listed(&[&grafted]), &good), "jws_signature_mismatch");
    assert_eq!(flat_code(&flat(&grafted), &good), "jws_signature_mismatch");
}

#[test]
fn p11_says_whose_signature_is_missing() {
    let (a, b) = (ed25519("a"), ed25519("b"));
    let header = |name: &str| format!(r#"{{"alg":"EdDSA","kid":"{name}"}}"#);
    let by_a = entry(&header("a"), "", &a);
    let signers = [a.verifying_key(), b.verifying_key()];
    let verify =
        |document: &str| code(general::verify_all(document, signers.clone(), &Options::new()));
    let by_b = entry(&header("b"), "", &b);
    assert_eq!(verify(&listed(&[&by_a, &by_b])), "accepted");
    assert_eq!(verify(&listed(&[&by_b, &by_a])), "accepted", "in any order");
    for (entries, reason) in [
        (vec![&*by_a], "without b"),
        (vec![&by_a, &by_a], "a twice is not a and b"),
        (vec![&by_b], "without a"),
        (vec![&by_a, &entry(&header("b"), "", &a)], "a under the name of b"),
        (vec![&by_a, &entry_over("cGF5IDk5", &header("b"), "", &b)], "b signed something else"),
    ] {
        assert_eq!(verify(&listed(&entries)), "jws_signer_missing", "{reason}");
    }
    let error = general::verify_all(&listed(&[&by_a]), signers, &Options::new()).unwrap_err();
    assert!(error.to_string().starts_with("signer 2 of the 2"), "{error}");
}

#[test]
fn p11_counts_a_key_once_whatever_it_is_called() {
    let key = ed25519("a");
    let document = listed(&[
        &entry(r#"{"alg":"EdDSA","kid":"a"}"#, "", &key),
        &entry(r#"{"alg":"EdDSA","kid":"b"}"#, "", &key),
        &entry(r#"{"alg":"Ed25519","kid":"b"}"#, "", &key),
    ]);
    let names = [key.verifying_key(), key.verifying_key().with_key_id("b")];
    let verified = general::verify_any(&document, names.clone(), &Options::new()).unwrap();
    assert_eq!(verified.signatures().len(), 1, "one signer under two names");
    let verdict = general::verify_all(&document, names, &Options::new());
    assert_eq!(code(verdict), "jws_signer_missing", "one key cannot be two signers");
}

#[test]
fn p11_never_reads_one_serialization_as_the_other() {
    let key = hs256();
    let good = entry(HS256, "", &key);
    let (flattened, general) = (flat(&good), listed(&[&good]));
    let compact = jws::sign(b"pay 10", &key).unwrap();
    assert_eq!(flat_code(&flattened, &key), "accepted");
    assert_eq!(any_code(&general, &key), "accepted");
    assert_eq!(flat_code(&general, &key), "jws_serialization_other");
    assert_eq!(any_code(&flattened, &key), "jws_serialization_other");
    assert_eq!(flat_code(&compact, &key), "jws_serialization_other");
    assert_eq!(any_code(&compact, &key), "jws_serialization_other");
    // Both at once, and each part of one beside the whole of the other.
    let list = format!(r#""signatures":[{{{good}}}]"#);
    for beside in [good.as_str(), r#""signature":"AA""#, r#""protected":"e30""#, r#""header":{}"#] {
        for document in [flat(&format!("{beside},{list}")), flat(&format!("{list},{beside}"))] {
            assert_eq!(flat_code(&document, &key), "jws_serializations_mixed", "{document}");
            assert_eq!(any_code(&document, &key), "jws_serializations_mixed", "{document}");
        }
    }
    let empty = flat(&format!(r#"{good},"signatures":[]"#));
    assert_eq!(flat_code(&empty, &key), "jws_serializations_mixed");
}

#[test]
fn p11_bounds_the_signatures_before_it_checks_one() {
    let key = hs256();
    let good = entry(HS256, "", &key);
    let bad = r#""protected":"eyJhbGciOiJIUzI1NiJ9","signature":"AA""#;
    let many = |count: usize| listed(&[vec![bad; count - 1], vec![&good]].concat());
    assert_eq!(any_code(&many(8), &key), "accepted");
    assert_eq!(any_code(&many(9), &key), "jws_too_many_signatures");
    let verify = |limits: Limits| {
        code(general::verify_any(&many(9), key.verifying_key(), &Options::new().limits(limits)))
    };
    assert_eq!(verify(Limits::default().signatures(9)), "accepted");
    assert_eq!(verify(Limits::default().signatures(1)), "jws_too_many_signatures");
    assert_eq!(verify(Limits::default().token_bytes(400)), "token_too_large");
    assert_eq!(verify(Limits::default().header_bytes(8).signatures(9)), "jws_header_too_large");
    let wide = entry(HS256, &format!(r#""header":{{"x":"{}"}},"#, "a".repeat(4100)), &key);
    refuses_entry(&wide, "jws_header_too_large");
}

#[test]
fn p12_refuses_a_parameter_in_both_headers() {
    let code = "jws_parameter_twice";
    for (protected, unprotected) in [
        (HS256, r#"{"alg":"HS256"}"#),
        (HS256, r#"{"alg":"none"}"#),
        (HS256, r#"{"\u0061lg":"HS256"}"#),
        (r#"{"alg":"HS256","kid":"a"}"#, r#"{"kid":"a"}"#),
        (r#"{"alg":"HS256","kid":"a"}"#, r#"{"kid":"b"}"#),
        (r#"{"alg":"HS256","k\u0069d":"a"}"#, r#"{"kid":"a"}"#),
        (r#"{"alg":"HS256","typ":"a"}"#, r#"{"kid":"b","typ":"a"}"#),
        (r#"{"alg":"HS256","x":1}"#, r#"{"y":1,"x":1}"#),
        (r#"{"alg":"HS256","":1}"#, r#"{"":1}"#),
        (r#"{"alg":"HS256","b64":true}"#, r#"{"b64":true}"#),
    ] {
        refuses_entry(&entry(protected, &format!(r#""header":{unprotected},"#), &hs256()), code);
    }
    // The same name twice in one place, at any level, is JSON that is not read.
    let twice = "json_duplicate_member";
    let key = hs256();
    refuses_entry(&entry(r#"{"alg":"HS256","alg":"HS256"}"#, "", &key), twice);
    refuses_entry(&entry(HS256, r#""header":{"x":1,"x":1},"#, &key), twice);
    refuses_entry(&entry(HS256, r#""header":{"x":{"y":1,"y":1}},"#, &key), twice);
    refuses_entry(&entry(HS256, r#""header":{},"header":{},"#, &key), twice);
    refuses_entry(&entry(HS256, r#""signature":"AA","#, &key), twice);
    let good = entry(HS256, "", &key);
    let document = flat(&format!(r#"{good},"p\u0061yload":"cGF5IDk5""#));
    assert_eq!(flat_code(&document, &key), twice);
    let document = listed(&[&good]).replace("\"signatures\"", "\"signatures\":[],\"signatures\"");
    assert_eq!(any_code(&document, &key), twice);
    let document = flat(&format!(r#"{good},"x":{{"y":[{{"z":1,"z":1}}]}}"#));
    assert_eq!(flat_code(&document, &key), twice, "not even where nobody looks");
    // Two names that differ only in case are two names.
    let good = entry(r#"{"alg":"HS256","X":1}"#, r#""header":{"x":1},"#, &key);
    assert_eq!(flat_code(&flat(&good), &key), "accepted");
}

#[test]
fn p13_takes_nothing_that_decides_from_the_unprotected_header() {
    let unprotected = "jws_parameter_unprotected";
    let forbidden = "jws_parameter_forbidden";
    for (header, wanted) in [
        (r#"{"b64":false}"#, unprotected),
        (r#"{"b64":true}"#, unprotected),
        (r#"{"b\u00364":true}"#, unprotected),
        (r#"{"b64":"false"}"#, "jws_parameter_type"),
        (r#"{"enc":"A128GCM"}"#, forbidden),
        (r#"{"zip":"DEF"}"#, forbidden),
        (r#"{"epk":{}}"#, forbidden),
        (r#"{"p2c":1}"#, forbidden),
        (r#"{"p2s":"AA"}"#, forbidden),
        (r#"{"tag":"AA"}"#, forbidden),
        (r#"{"kid":7}"#, "jws_parameter_type"),
        (r#"{"jwk":"x"}"#, "jws_parameter_type"),
        (r#"["alg"]"#, "jws_member_type"),
        ("null", "jws_member_type"),
    ] {
        refuses_entry(&entry(HS256, &format!(r#""header":{header},"#), &hs256()), wanted);
    }
    // An `alg` that nobody signed, whatever else is there, and whatever was signed.
    for protected in ["{}", r#"{"kid":"a"}"#] {
        for alg in ["HS256", "none", "ES256", ""] {
            let header = format!(r#""header":{{"alg":"{alg}"}},"#);
            refuses_entry(&entry(protected, &header, &hs256()), unprotected);
        }
    }
    let signature = base64url(hs256().sign(format!(".{PAYLOAD}").as_bytes()).unwrap());
    let bare = |header: &str| format!(r#"{header}"signature":"{signature}""#);
    refuses_entry(&bare(r#""header":{"alg":"HS256"},"#), unprotected);
    refuses_entry(&bare(r#""header":{"kid":"a"},"#), "jws_alg_missing");
    refuses_entry(&bare(""), "jws_alg_missing");
    refuses_entry(&bare(r#""protected":"","#), "jws_segment_empty");
    refuses_entry(&bare(r#""protected":null,"header":{"alg":"HS256"},"#), "jws_member_type");
}

#[test]
fn p13_finds_a_key_by_an_unprotected_kid_and_trusts_it_no_further() {
    let (a, b) = (ed25519("a"), ed25519("b"));
    let keys = [a.verifying_key(), b.verifying_key()];
    let signed =
        |kid: &str| flat(&entry(r#"{"alg":"EdDSA"}"#, &format!(r#""header":{{{kid}}},"#), &a));
    let verify = |document: &str| flattened::verify(document, keys.clone(), &Options::new());
    let verified = verify(&signed(r#""kid":"a""#)).unwrap();
    assert_eq!(verified.header().key_id(), None, "nobody signed it");
    assert_eq!(verified.header().json(), r#"{"alg":"EdDSA"}"#);
    assert_eq!(code(verify(&signed(r#""kid":"b""#))), "jws_signature_mismatch");
    assert_eq!(code(verify(&signed(r#""kid":"c""#))), "jws_key_not_found");
    assert_eq!(code(verify(&signed(""))), "jws_key_ambiguous");
    // Keys that a header carries are never used, wherever it stands.
    let mine = ed25519("a");
    let jwk = mine.verifying_key().to_jwk().unwrap().to_json().unwrap();
    let carried = format!(r#""header":{{"kid":"a","jwk":{jwk},"jku":"https://evil.example"}},"#);
    let document = flat(&entry(r#"{"alg":"EdDSA"}"#, &carried, &mine));
    assert_eq!(code(verify(&document)), "jws_signature_mismatch");
}

#[test]
fn p13_takes_alg_as_strictly_as_from_a_compact_token() {
    let key = hs256();
    for (protected, wanted) in [
        (r#"{"alg":"none"}"#, "jws_alg_none"),
        (r#"{"alg":"HS512"}"#, "jws_alg_not_allowed"),
        (r#"{"alg":"hs256"}"#, "jws_alg_unknown"),
        (r#"{"alg":256}"#, "jws_parameter_type"),
        (r#"{"alg":"HS256","enc":"A128GCM"}"#, "jws_parameter_forbidden"),
        ("[]", "json_not_object"),
        ("{", "json_syntax"),
    ] {
        refuses_entry(&entry(protected, "", &key), wanted);
    }
    for signature in ["", "AA", "A", "AA==", "A+", " "] {
        let document =
            flat(&format!(r#""protected":"{}","signature":"{signature}""#, base64url(HS256)));
        assert_ne!(flat_code(&document, &key), "accepted", "{signature}");
    }
    // The payload in another spelling of base64url, under a signature of that spelling.
    for (payload, wanted) in [
        ("cGF5IDEx", "accepted"),
        ("cGF5IDE=", "base64url_padding"),
        ("cGF5IDF", "base64url_trailing_bits"),
        ("cGF5+DEx", "token_character"),
        ("cGF5\\nIDEx", "token_character"),
    ] {
        let signed = payload.replace("\\n", "\n");
        let document = flat(&entry_over(&signed, HS256, "", &key)).replace(PAYLOAD, payload);
        assert_eq!(flat_code(&document, &key), wanted, "{payload}");
    }
}

#[test]
fn h17_refuses_crit_outside_the_protected_header() {
    let unprotected = "jws_parameter_unprotected";
    let key = hs256();
    for header in [
        r#"{"crit":["x"],"x":1}"#,
        r#"{"crit":["x"]}"#,
        r#"{"crit":["b64"]}"#,
        r#"{"crit":[]}"#,
        r#"{"cr\u0069t":["x"]}"#,
    ] {
        for protected in [HS256, r#"{"alg":"HS256","y":1}"#] {
            refuses_entry(&entry(protected, &format!(r#""header":{header},"#), &key), unprotected);
        }
        // Naming the extension as understood changes nothing.
        let document = flat(&entry(HS256, &format!(r#""header":{header},"#), &key));
        let knowing = Options::new().critical(["x", "b64"]);
        let verdict = flattened::verify(&document, key.verifying_key(), &knowing);
        assert_eq!(code(verdict), unprotected, "{header}");
    }
    let wrong = entry(HS256, r#""header":{"crit":"x"},"#, &key);
    refuses_entry(&wrong, "jws_parameter_type");
    // What is critical must be protected too, not only its name.
    let named = entry(r#"{"alg":"HS256","crit":["x"]}"#, r#""header":{"x":1},"#, &key);
    refuses_entry(&named, "jws_crit_absent");
    let whole = entry(r#"{"alg":"HS256","crit":["x"],"x":1}"#, "", &key);
    refuses_entry(&whole, "jws_crit_unknown");
    let knowing = Options::new().critical(["x"]);
    let verdict = flattened::verify(&flat(&whole), key.verifying_key(), &knowing);
    assert_eq!(code(verdict), "accepted");
}

#[test]
fn h17_refuses_a_signature_with_an_unknown_extension_and_not_the_others() {
    let key = hs256();
    let strange = entry(r#"{"alg":"HS256","crit":["x"],"x":1}"#, "", &key);
    let plain = entry(HS256, "", &key);
    let document = listed(&[&strange, &plain]);
    let verified = general::verify_any(&document, key.verifying_key(), &Options::new()).unwrap();
    assert_eq!(verified.signatures()[0].position(), 1);
    assert_eq!(verified.signatures().len(), 1);
}

#[test]
fn p22_and_p25_hold_for_documents() {
    const UNENCODED: &str = r#"{"alg":"HS256","b64":false,"crit":["b64"]}"#;
    let key = hs256();
    let signed = |payload: &str, header: &str| entry_over(payload, header, "", &key);
    let verify = |document: &str, options: &Options<'_>| {
        code(flattened::verify(document, key.verifying_key(), options))
    };
    let attached = flat(&signed(PAYLOAD, HS256));
    let detached = format!("{{{}}}", signed(PAYLOAD, HS256));
    let plain = flat(&signed("$.02 \u{e9}", UNENCODED)).replace(PAYLOAD, "$.02 \\u00e9");
    let apart = format!("{{{}}}", signed("$.02", UNENCODED));
    let rows = [
        (&attached, Options::new(), "accepted"),
        (&attached, Options::new().detached(b"pay 10"), "jws_payload_attached"),
        (&attached, Options::new().unencoded(b"pay 10"), "jws_payload_encoded"),
        (&attached, Options::new().unencoded_attached(), "jws_payload_encoded"),
        (&detached, Options::new().detached(b"pay 10"), "accepted"),
        (&detached, Options::new().detached(b"pay 99"), "jws_signature_mismatch"),
        (&detached, Options::new().unencoded(PAYLOAD.as_bytes()), "jws_payload_encoded"),
        (&detached, Options::new(), "jws_payload_detached"),
        (&plain, Options::new().unencoded_attached(), "accepted"),
        (&plain, Options::new(), "jws_unencoded_payload"),
        (&plain, Options::new().unencoded("$.02 \u{e9}".as_bytes()), "jws_payload_attached"),
        (&apart, Options::new().unencoded(b"$.02"), "accepted"),
        (&apart, Options::new().unencoded(b"$.03"), "jws_signature_mismatch"),
        (&apart, Options::new().unencoded_attached(), "jws_payload_detached"),
        (&apart, Options::new().detached(b"$.02"), "jws_unencoded_payload"),
    ];
    for (row, (document, options, wanted)) in rows.into_iter().enumerate() {
        assert_eq!(verify(document, &options), wanted, "row {row}");
    }
    // An empty payload is there; a missing one is not.
    let empty = flat(&signed("", HS256)).replace(PAYLOAD, "");
    assert_eq!(verify(&empty, &Options::new()), "accepted");
    assert_eq!(verify(&empty, &Options::new().detached(b"")), "jws_payload_attached");
    // The signatures of one document agree on what they sign (RFC 7797 §3).
    let (one, other) = (signed(PAYLOAD, HS256), signed(PAYLOAD, UNENCODED));
    for options in [Options::new(), Options::new().unencoded_attached()] {
        for document in [listed(&[&one, &other]), listed(&[&other, &one])] {
            let verdict = general::verify_any(&document, key.verifying_key(), &options);
            assert_eq!(code(verdict), "jws_b64_differs");
        }
    }
    let named = signed(PAYLOAD, r#"{"alg":"HS256","b64":true}"#);
    assert_eq!(any_code(&listed(&[&one, &named]), &key), "accepted", "true is the default");
}

#[test]
fn p09_refuses_every_document_as_a_jwt_and_says_what_it_is() {
    let key = hs256();
    let signer = Signer::new(&key);
    let flattened = signer.sign_flattened(GOOD_CLAIMS.as_bytes()).unwrap();
    let general = general::sign(GOOD_CLAIMS.as_bytes(), &[signer]).unwrap();
    let code = "jws_json_serialization";
    refuses(&verifier(), [(&flattened, code), (&general, code), (&format!(" {general}\n"), code)]);
    let error = verifier().verify::<()>(&flattened).unwrap_err();
    assert_eq!(error.to_string(), "this is JSON, not a compact token");
    assert_eq!(flat_code(&flattened, &key), "accepted", "as a JWS it is good");
    // The compact token of the very same signature is a JWT.
    let compact = jws::sign(GOOD_CLAIMS.as_bytes(), &key).unwrap();
    accepts(&verifier(), [compact]);
}

#[test]
fn w09_the_wire_says_the_same_of_every_document_whose_signatures_do_not_count() {
    let (key, other) = (ed25519("a"), ed25519("a"));
    let signed = |header: &str, key: &SigningKey| listed(&[&entry(header, "", key)]);
    let by_other = signed(r#"{"alg":"EdDSA","kid":"a"}"#, &other);
    let bare = r#""header":{"alg":"EdDSA"},"signature":"AA""#;
    let documents = [
        (by_other.clone(), "jws_signature_mismatch"),
        (signed(r#"{"alg":"EdDSA","kid":"b"}"#, &key), "jws_key_not_found"),
        (signed(HS256, &hs256()), "jws_alg_not_allowed"),
        (listed(&[bare]), "jws_parameter_unprotected"),
    ];
    let options = Options::new();
    let errors = documents.map(|(document, code)| {
        let error = general::verify_any(&document, key.verifying_key(), &options).unwrap_err();
        assert_eq!(error.code().as_str(), code);
        error
    });
    let missing = general::verify_all(&by_other, [key.verifying_key()], &options).unwrap_err();
    assert_eq!(missing.code().as_str(), "jws_signer_missing");
    for error in errors.into_iter().chain([missing]) {
        assert_eq!(error.public().error, "invalid_token");
        assert_eq!(error.public().description, "the token is invalid");
    }
}
