//! Keys in the forms that people ask for.

use jotem::{Jwk, Secret};
use serde_json::Value;

use super::document::object;
use crate::args::Form;
use crate::error::Failure;

/// Writes a key with everything it has: the private part too, if there is one.
pub(super) fn write(key: &Jwk, form: Form) -> Result<Secret, Failure> {
    Ok(match form {
        Form::Jwk | Form::Jwks => line(key.to_private_json().expose()),
        Form::Pem if key.is_private() => key.to_private_pem()?,
        Form::Pem => Secret::from(key.to_pem()?.into_bytes()),
        Form::Der if key.is_private() => key.to_private_der()?,
        Form::Der => Secret::from(key.to_der()?),
        Form::Base64 => line(base64(key).as_bytes()),
    })
}

/// Writes a private key under a password, in PEM or DER.
pub(super) fn write_encrypted(key: &Jwk, form: Form, password: &Secret) -> Result<Secret, Failure> {
    Ok(Secret::from(match form {
        Form::Der => key.to_encrypted_der(password.expose())?,
        Form::Jwk | Form::Jwks | Form::Pem | Form::Base64 => {
            key.to_encrypted_pem(password.expose())?.into_bytes()
        }
    }))
}

/// Ends a text with a line end.
pub(super) fn line(text: &[u8]) -> Secret {
    let mut line = Vec::with_capacity(text.len().saturating_add(1));
    line.extend_from_slice(text);
    line.push(b'\n');
    Secret::from(line)
}

/// Returns a shared secret in the base64 of RFC 4648 §4, which every tool reads.
fn base64(key: &Jwk) -> String {
    let jwk = object(&key.to_private_json());
    let mut text = jwk.get("k").and_then(Value::as_str).unwrap_or_default().to_owned();
    text = text.replace('-', "+").replace('_', "/");
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}
