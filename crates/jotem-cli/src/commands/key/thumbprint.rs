//! `jotem key thumbprint`: the name that a key gives itself (RFC 7638).

use jotem::jwa::KeyType;
use jotem::jwk::Member;
use jotem::{Error, Jwk};
use serde_json::{Value, json};

use crate::args::{Hash, ThumbprintArguments};
use crate::error::{Failure, Status};
use crate::input::{Input, name};
use crate::keys::{Document, document};
use crate::output::Output;

pub(crate) fn run(
    arguments: &ThumbprintArguments,
    input: &Input,
    output: Output,
) -> Result<Status, Failure> {
    let keys = match document(&arguments.file, &arguments.password, input)? {
        Document::Key(key) => {
            refuse_secret(&key).map_err(|failure| failure.about(&name(&arguments.file)))?;
            vec![key]
        }
        Document::Set(set) => members(set.members(), output),
    };
    if keys.is_empty() {
        let message = format!("{}: no member of the set has a thumbprint", name(&arguments.file));
        return Err(Failure::unusable(message)
            .hint("`jotem key show FILE` says of each member what is wrong"));
    }
    let thumbprint = |key: &Jwk| match (arguments.hash, arguments.uri) {
        (Hash::Sha256, false) => key.thumbprint(),
        // RFC 9278 §3 and the names of hashes in its registry.
        (Hash::Sha256, true) => {
            format!("urn:ietf:params:oauth:jwk-thumbprint:sha-256:{}", key.thumbprint())
        }
    };
    if output.is_json() {
        let row = |key: &Jwk| json!({"kid": key.key_id(), "thumbprint": thumbprint(key)});
        let rows: Vec<Value> = keys.iter().map(row).collect();
        output.document(&json!({"hash": "sha256", "keys": rows}))?;
    } else {
        output.text(&keys.iter().map(thumbprint).collect::<Vec<_>>().join("\n"))?;
    }
    Ok(Status::Good)
}

/// Returns the members that have a thumbprint, and names the others.
fn members(members: &[Member], output: Output) -> Vec<Jwk> {
    let mut keys = Vec::new();
    for (number, member) in (1_usize..).zip(members) {
        let failure = match member {
            Member::Key(key) => match refuse_secret(key) {
                Ok(()) => {
                    keys.push(key.clone());
                    continue;
                }
                Err(failure) => failure,
            },
            Member::Unusable { reason, .. } => Failure::from(Error::from(reason.clone())),
            _ => continue,
        };
        output.left_out(number, &failure);
    }
    keys
}

fn refuse_secret(key: &Jwk) -> Result<(), Failure> {
    if key.key_type() != KeyType::Oct {
        return Ok(());
    }
    Err(Failure::unusable("the thumbprint of a shared secret is a hash of the secret")
        .hint("name a shared secret yourself: --kid ID"))
}
