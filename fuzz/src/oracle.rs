//! What must hold of every refusal, and what another reader of JSON says.

use jotem::Error;
use serde_json::Value;

/// Longer messages have quoted what the sender wrote.
const LONGEST: usize = 600;

/// Checks that a refusal can be logged and sent: bounded, one line, without control characters.
pub(crate) fn sound(error: &Error) -> &'static str {
    let message = error.to_string();
    assert!(!message.is_empty() && message.len() < LONGEST, "{} bytes", message.len());
    assert!(!message.chars().any(char::is_control), "{message:?}");
    assert!(!error.hint().is_empty(), "{message}");
    let _ = (error.public(), format!("{error:?}"));
    error.code().as_str()
}

/// Reads JSON as `serde_json` does; its limit on depth is above ours.
pub(crate) fn read(bytes: &[u8]) -> Result<Value, serde_json::Error> {
    serde_json::from_slice(bytes)
}

/// Whether two values are equal, `-0` being `0`: jotem reads it as the integer that it is,
/// `serde_json` as the float -0.0.
pub(crate) fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => {
            one == other || (one.as_f64() == Some(0.0) && other.as_f64() == Some(0.0))
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .zip(other)
                    .all(|((name, one), (also, other))| name == also && same(one, other))
        }
        (one, other) => one == other,
    }
}

/// Checks what a refusal of JSON says against what `serde_json` says of the same bytes.
pub(crate) fn agrees(code: &str, bytes: &[u8]) {
    match code {
        // serde_json knows none of these: it keeps the last of two members.
        "json_duplicate_member" | "json_too_deep" | "json_too_many_members" => {}
        "json_syntax" | "json_lone_surrogate" | "json_number_range" => {
            assert!(read(bytes).is_err(), "{code}, but serde_json reads it");
        }
        "json_not_utf8" => assert!(std::str::from_utf8(bytes).is_err()),
        "json_byte_order_mark" => assert!(bytes.starts_with(b"\xef\xbb\xbf")),
        "json_not_object" => assert!(!read(bytes).is_ok_and(|value| value.is_object())),
        _ => assert!(read(bytes).is_ok_and(|value| value.is_object()), "{code} of unsound JSON"),
    }
}
