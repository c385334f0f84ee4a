//! Layer P: detached and unencoded payloads (RFC 7515 appendix F, RFC 7797).

use jotem::jws::{self, Options};
use jotem::{Limits, SigningKey};

use crate::forge::*;
use crate::sample::*;

/// A header that signs its payload as it is.
const UNENCODED: &str = r#"{"alg":"HS256","b64":false,"crit":["b64"]}"#;

/// The code with which a JWS is refused, or its payload.
fn jws_verdict(token: &str, key: &SigningKey, options: &Options<'_>) -> Result<Vec<u8>, String> {
    let verified = jws::verify(token, key.verifying_key(), options);
    verified.map(jws::Verified::into_payload).map_err(|error| error.code().as_str().to_owned())
}

/// Signs header and payload as they are; the payload is in the token or not.
fn unencoded(header: &str, payload: &str, attached: bool) -> String {
    let header = base64url(header);
    let sealed = seal(&format!("{header}.{payload}"), &hs256());
    let (_, signature) = sealed.rsplit_once('.').unwrap();
    format!("{header}.{}.{signature}", if attached { payload } else { "" })
}

fn refused(code: &str) -> Result<Vec<u8>, String> {
    Err(code.to_owned())
}

#[test]
fn p22_never_takes_the_callers_bytes_for_an_attached_payload() {
    let key = hs256();
    let attached = jws::sign(b"pay 10", &key).unwrap();
    let detached = jws::Signer::new(&key).detached().sign(b"pay 10").unwrap();
    let unencoded = jws::Signer::new(&key).unencoded().sign(b"pay 10").unwrap();
    let ok = || Ok(b"pay 10".to_vec());
    let with = Options::new;
    let rows = [
        (&attached, with(), ok()),
        (&attached, with().detached(b"pay 99"), refused("jws_payload_attached")),
        (&attached, with().detached(b"pay 10"), refused("jws_payload_attached")),
        (&attached, with().detached(b""), refused("jws_payload_attached")),
        (&attached, with().unencoded(b"pay 10"), refused("jws_payload_encoded")),
        (&detached, with().detached(b"pay 10"), ok()),
        (&detached, with().detached(b"pay 99"), refused("jws_signature_mismatch")),
        (&detached, with().detached(b""), refused("jws_signature_mismatch")),
        (&detached, with(), refused("jws_payload_detached")),
        (&detached, with().unencoded(b"pay 10"), refused("jws_payload_encoded")),
        (&unencoded, with().unencoded(b"pay 10"), ok()),
        (&unencoded, with().unencoded(b"pay 99"), refused("jws_signature_mismatch")),
        (&unencoded, with().detached(b"pay 10"), refused("jws_unencoded_payload")),
        (&unencoded, with(), refused("jws_unencoded_payload")),
    ];
    for (row, (token, options, wanted)) in rows.into_iter().enumerate() {
        assert_eq!(jws_verdict(token, &key, &options), wanted, "row {row}");
    }
    // The text of an encoded payload, given as an unencoded one, signs the same bytes.
    let header = base64url(r#"{"alg":"HS256"}"#);
    let crossed = seal(&format!("{header}.cGF5IDEw"), &key).replace("cGF5IDEw", "");
    assert_eq!(jws_verdict(&crossed, &key, &with().detached(b"pay 10")), ok());
    let encoded = with().unencoded(b"cGF5IDEw");
    assert_eq!(jws_verdict(&crossed, &key, &encoded), refused("jws_payload_encoded"));
}

#[test]
fn p23_refuses_b64_false_that_crit_does_not_name() {
    let code = "jws_b64_not_critical";
    refuses_headers(&[
        (r#"{"alg":"HS256","b64":false}"#, code),
        (r#"{"b64":false,"alg":"HS256","typ":"JWT"}"#, code),
        (r#"{"alg":"HS256","b64":false,"crit":["x"],"x":1}"#, code),
        (r#"{"alg":"HS256","b\u00364":false}"#, code),
        (r#"{"alg":"HS256","b64":false,"crit":["B64"],"B64":1}"#, code),
        (r#"{"alg":"HS256","b64":false,"crit":[]}"#, "jws_crit_empty"),
    ]);
    let header = r#"{"alg":"HS256","b64":false}"#;
    let options = Options::new().unencoded(b"x");
    for attached in [true, false] {
        let token = unencoded(header, "x", attached);
        assert_eq!(jws_verdict(&token, &hs256(), &options), refused(code));
        assert_eq!(jws_verdict(&token, &hs256(), &Options::new()), refused(code));
    }
    let token = unencoded(UNENCODED, "x", false);
    assert_eq!(jws_verdict(&token, &hs256(), &options), Ok(b"x".to_vec()));
    // `true` is the default and changes nothing.
    accepts(&verifier(), [with_header(r#"{"alg":"HS256","b64":true}"#)]);
}

#[test]
fn p24_refuses_an_unencoded_payload_that_is_attached_without_decoding_it() {
    let key = hs256();
    let large = "A".repeat(10_000_000);
    let roomy = Limits::default().token_bytes(64 << 20);
    for payload in ["x", "cGF5IDEw", "$.02", "not base64url!", &large] {
        let token = unencoded(UNENCODED, payload, true);
        let code = if payload == "$.02" { "jws_segment_count" } else { "jws_unencoded_payload" };
        let plain = Options::new().limits(roomy);
        assert_eq!(jws_verdict(&token, &key, &plain), refused(code));
        let code = if payload == "$.02" { code } else { "jws_payload_attached" };
        let given = Options::new().limits(roomy).unencoded(payload.as_bytes());
        assert_eq!(jws_verdict(&token, &key, &given), refused(code));
        let token = unencoded(UNENCODED, payload, false);
        assert_eq!(jws_verdict(&token, &key, &given), Ok(payload.as_bytes().to_vec()));
    }
    let token = unencoded(UNENCODED, &large, true);
    assert_eq!(jws_verdict(&token, &key, &Options::new()), refused("token_too_large"));
}

#[test]
fn p24_refuses_the_attached_example_of_the_cookbook_and_verifies_it_detached() {
    const TOKEN: &str = "eyJhbGciOiJIUzI1NiIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il19.This is the payload string!.ciks0B6Hs-amhOqxI5_iG6mPKnMDlWCb7J2Wu7mtIcg";
    const SECRET: &str =
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
    let key = SigningKey::from_base64_secret(SECRET, jotem::Algorithm::Hs256).unwrap();
    let payload = "This is the payload string!";
    let given = Options::new().unencoded(payload.as_bytes());
    assert_eq!(jws_verdict(TOKEN, &key, &Options::new()), refused("jws_unencoded_payload"));
    assert_eq!(jws_verdict(TOKEN, &key, &given), refused("jws_payload_attached"));
    let detached = TOKEN.replace(payload, "");
    assert_eq!(jws_verdict(&detached, &key, &given), Ok(payload.as_bytes().to_vec()));
}

#[test]
fn p25_refuses_an_unencoded_jwt() {
    let encoded = token(UNENCODED, GOOD_CLAIMS, &hs256());
    let plain = unencoded(UNENCODED, GOOD_CLAIMS, true);
    let detached = unencoded(UNENCODED, GOOD_CLAIMS, false);
    let code = "jws_unencoded_payload";
    refuses(&verifier(), [(&encoded, code), (&plain, code), (&detached, code)]);
    // Naming the extension as understood changes nothing.
    let knowing = builder(&hs256()).critical(["b64"]).build().unwrap();
    refuses(&knowing, [(&encoded, code), (&plain, code), (&detached, code)]);
    let options = Options::new().unencoded(GOOD_CLAIMS.as_bytes());
    assert!(jws_verdict(&detached, &hs256(), &options).is_ok(), "as a JWS it is good");
}

#[test]
fn p26_refuses_a_b64_that_is_no_boolean() {
    for value in ["0", "1", "\"false\"", "\"true\"", "null", "[]", "{}", "[false]", "0.0", "\"\""] {
        let code = "jws_parameter_type";
        for header in [
            format!(r#"{{"alg":"HS256","b64":{value}}}"#),
            format!(r#"{{"alg":"HS256","b64":{value},"crit":["b64"]}}"#),
        ] {
            refuses_headers(&[(&header, code)]);
            for options in [Options::new(), Options::new().unencoded(b"x")] {
                let token = unencoded(&header, "x", false);
                assert_eq!(jws_verdict(&token, &hs256(), &options), refused(code), "{header}");
            }
        }
    }
    accepts(&verifier(), [with_header(r#"{"alg":"HS256","b64":true,"crit":["b64"]}"#)]);
}
