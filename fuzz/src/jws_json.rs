//! The JSON serializations of a JWS: any text, documents that were signed and then changed, and
//! members in another order. What verifies is what was signed, by those who signed it.

use std::sync::LazyLock;

use arbitrary::{Arbitrary, Result, Unstructured};
use jotem::jws::{Options, Signer, flattened, general};
use jotem::{SigningKey, VerifyingKey};
use serde_json::Value;

use crate::mutation::mutate;
use crate::{keys, oracle};

/// How a payload travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Arbitrary)]
enum Form {
    Attached,
    Detached,
    Unencoded,
    UnencodedAttached,
}

/// One input: who signs what and how, and what becomes of the document.
#[derive(Debug, Arbitrary)]
struct Case {
    general: bool,
    /// How many of the two keys sign.
    both: bool,
    form: Form,
    payload: String,
    note: Option<String>,
    unprotected_kid: Option<String>,
}

/// Two keys that are fast, of two algorithms: their names tell them apart.
static KEYS: LazyLock<[SigningKey; 2]> = LazyLock::new(|| {
    let ed25519 = keys::KEYS.last().expect("a key for every algorithm").clone();
    let es256 = keys::KEYS.iter().find(|key| key.algorithm() == jotem::Algorithm::Es256);
    [ed25519, es256.expect("one of ES256").clone()]
});

static VERIFYING: LazyLock<[VerifyingKey; 2]> =
    LazyLock::new(|| KEYS.each_ref().map(SigningKey::verifying_key));

/// Feeds one input: as a text, and as choices.
///
/// # Panics
/// If a promise is broken.
pub fn run(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        any_text(text);
    }
    let mut input = Unstructured::new(data);
    if let Ok(case) = Case::arbitrary(&mut input) {
        let _ = check(&case, &mut input);
    }
}

/// Nobody who knows no key writes a document that verifies; seeds that were signed may.
fn any_text(text: &str) {
    let options = Options::new();
    let flat = flattened::verify(text, VERIFYING.clone(), &options);
    let any = general::verify_any(text, VERIFYING.clone(), &options);
    let all = general::verify_all(text, VERIFYING.clone(), &options);
    assert!(flat.is_err() || any.is_err(), "two serializations at once");
    assert!(all.is_err() || any.is_ok(), "all of them, but not any");
    if let Err(error) = &flat {
        agrees(oracle::sound(error), text);
    }
    if let Err(error) = &any {
        agrees(oracle::sound(error), text);
    }
    if let Ok(verified) = &any {
        assert!(!verified.signatures().is_empty());
    }
    if flat.is_ok() || any.is_ok() {
        assert!(oracle::read(text.as_bytes()).is_ok_and(|value| value.is_object()));
    }
}

/// A fault of JSON, in the document itself, is one for `serde_json` too.
fn agrees(code: &str, text: &str) {
    if code == "jws_member_missing" || code == "jws_signatures_empty" {
        assert!(oracle::read(text.as_bytes()).is_ok_and(|value| value.is_object()), "{code}");
    }
}

fn check(case: &Case, input: &mut Unstructured<'_>) -> Result<()> {
    let payload = case.payload.as_bytes();
    let signer = |key| {
        let mut signer = Signer::new(key);
        if let Some(note) = &case.note {
            signer = signer.unprotected("note", note.as_str()).expect("not reserved");
        }
        if let Some(kid) = &case.unprotected_kid {
            signer = signer.unprotected("kid", kid.as_str()).expect("allowed");
        }
        match case.form {
            Form::Attached => signer,
            Form::Detached => signer.detached(),
            Form::Unencoded => signer.unencoded(),
            Form::UnencodedAttached => signer.unencoded_attached(),
        }
    };
    let signers: Vec<_> = KEYS.iter().take(1 + usize::from(case.both)).map(signer).collect();
    let written = if case.general {
        general::sign(payload, &signers)
    } else {
        signers[0].sign_flattened(payload)
    };
    let good = match written {
        Ok(good) => good,
        // What is longer than any verifier takes is not written.
        Err(error) => {
            assert_eq!(oracle::sound(&error), "misuse_header_refused");
            return Ok(());
        }
    };
    let options = match case.form {
        Form::Attached => Options::new(),
        Form::Detached => Options::new().detached(payload),
        Form::Unencoded => Options::new().unencoded(payload),
        Form::UnencodedAttached => Options::new().unencoded_attached(),
    };
    let turned = reversed(&oracle::read(good.as_bytes()).expect("it writes JSON"));
    let changed = mutate(&good, input)?;
    for (text, whole) in [(&good, true), (&turned, true), (&changed, changed == good)] {
        if case.general {
            read_general(case, text, whole, &options);
        } else {
            read_flattened(case, text, whole, &options);
        }
    }
    Ok(())
}

fn read_flattened(case: &Case, text: &str, whole: bool, options: &Options<'_>) {
    match flattened::verify(text, &VERIFYING[0], options) {
        Ok(verified) => {
            assert_eq!(verified.payload(), case.payload.as_bytes(), "{text}");
            header(verified.header(), &KEYS[0]);
        }
        Err(error) => {
            let code = oracle::sound(&error);
            assert!(!whole || code == "token_too_large", "{code}: {text}");
        }
    }
    let other = flattened::verify(text, &VERIFYING[1], options);
    assert!(other.is_err(), "nobody else signed: {text}");
}

fn read_general(case: &Case, text: &str, whole: bool, options: &Options<'_>) {
    match general::verify_any(text, VERIFYING.clone(), options) {
        Ok(verified) => {
            assert_eq!(verified.payload(), case.payload.as_bytes(), "{text}");
            let signed = 1 + usize::from(case.both);
            let held = verified.signatures();
            assert!((1..=signed).contains(&held.len()) && (!whole || held.len() == signed));
            for signature in held {
                let key = KEYS.iter().find(|key| key.algorithm() == signature.key().algorithm());
                header(signature.header(), key.expect("one of the two"));
            }
        }
        Err(error) => {
            let code = oracle::sound(&error);
            assert!(!whole || code == "token_too_large", "{code}: {text}");
        }
    }
    match general::verify_all(text, VERIFYING.clone(), options) {
        Ok(verified) => {
            assert!(case.both && verified.signatures().len() == 2, "one did not sign: {text}");
            assert_eq!(verified.payload(), case.payload.as_bytes(), "{text}");
        }
        Err(error) => {
            let code = oracle::sound(&error);
            assert!(!whole || !case.both || code == "token_too_large", "{code}: {text}");
        }
    }
}

/// The header is the one that was signed; nothing of the unprotected one is in it.
fn header(header: &jotem::jws::Header, key: &SigningKey) {
    assert_eq!(header.algorithm(), Some(key.algorithm().name()));
    assert_eq!(header.key_id(), None);
    assert_eq!(header.parameter::<Value>("note"), None);
}

/// Writes JSON with the members of every object in reverse.
fn reversed(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let parts = members.iter().rev();
            let parts = parts
                .map(|(name, value)| format!("{}:{}", Value::from(name.as_str()), reversed(value)));
            format!("{{{}}}", parts.collect::<Vec<_>>().join(","))
        }
        Value::Array(list) => {
            format!("[{}]", list.iter().map(reversed).collect::<Vec<_>>().join(","))
        }
        other => other.to_string(),
    }
}

/// The examples of the RFCs, signed documents, documents that are nearly sound, and choices.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let examples = oracle::read(keys::EXAMPLES.as_bytes()).expect("a JSON file");
    let cases = examples["cases"].as_array().expect("cases");
    let documents = cases.iter().filter_map(|case| case.get("json"));
    let mut texts: Vec<String> = documents.map(ToString::to_string).collect();
    let signers = KEYS.each_ref().map(Signer::new);
    texts.push(signers[0].sign_flattened(b"pay 10").expect("the key signs"));
    texts.push(general::sign(b"pay 10", &signers).expect("the keys sign"));
    texts.extend(
        [
            r#"{"payload":"","signatures":[]}"#,
            r#"{"payload":"","signatures":[{"protected":"eyJhbGciOiJFZERTQSJ9","signature":"AA"}]}"#,
            r#"{"payload":"","protected":"eyJhbGciOiJFZERTQSJ9","header":{"kid":"a"},"signature":"AA"}"#,
            r#"{"payload":"","header":{"alg":"EdDSA","crit":["b64"],"b64":false},"signature":"AA"}"#,
        ]
        .map(str::to_owned),
    );
    let counted = |first: u8, length: u8| {
        (0..length).map(|n| first.wrapping_add(n.wrapping_mul(37))).collect()
    };
    let choices = (0..48).map(|first| counted(first * 5, 16 + first));
    texts.into_iter().map(String::into_bytes).chain(choices).collect()
}
