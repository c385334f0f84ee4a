//! `jotem key show`: what kind of key a file holds.

use std::path::Path;

use jotem::{Jwk, KeySet, Secret};
use serde_json::{Value, json};

use super::document::{insert_verdict, object};
use super::facts::{Facts, check};
use super::set;
use crate::args::{PublicFormat, ShowArguments};
use crate::error::{Failure, Status};
use crate::input::{Input, name};
use crate::keys::{Document, about, document};
use crate::output::Output;
use crate::table::table;

pub(crate) fn run(
    arguments: &ShowArguments,
    input: &Input,
    output: Output,
) -> Result<Status, Failure> {
    let path = &arguments.file;
    let key = match document(path, &arguments.password, input)? {
        Document::Key(key) => key,
        Document::Set(set) => return show_set(&set, arguments, output),
    };
    if arguments.public {
        return show_public(&key, arguments, output);
    }
    show_key(&key, path, output)
}

fn show_key(key: &Jwk, path: &Path, output: Output) -> Result<Status, Failure> {
    let facts = Facts::of(key);
    let verdict = check(key);
    if output.is_json() {
        let mut document = facts.to_document();
        insert_verdict(&mut document, &verdict);
        output.document(&Value::Object(document))?;
        return Ok(if verdict.is_ok() { Status::Good } else { Status::Unusable });
    }
    output.text(&table(&facts.to_rows(), 0, output.width()))?;
    verdict.map(|()| Status::Good).map_err(|error| about(error, path))
}

fn show_public(key: &Jwk, arguments: &ShowArguments, output: Output) -> Result<Status, Failure> {
    let unusable = |error| about(error, &arguments.file);
    match arguments.format {
        PublicFormat::Jwk if output.is_json() => {
            let json = Secret::from(key.to_json().map_err(unusable)?.into_bytes());
            output.document(&Value::Object(object(&json)))?;
        }
        PublicFormat::Jwk => output.text(&key.to_json().map_err(unusable)?)?,
        PublicFormat::Pem if output.is_json() => {
            output.document(&json!({"pem": key.to_pem().map_err(unusable)?}))?;
        }
        PublicFormat::Pem => output.text(&key.to_pem().map_err(unusable)?)?,
    }
    Ok(Status::Good)
}

fn show_set(set: &KeySet, arguments: &ShowArguments, output: Output) -> Result<Status, Failure> {
    if arguments.public {
        if arguments.format == PublicFormat::Pem {
            let message =
                format!("{} is a JWK Set, which PEM has no form for", name(&arguments.file));
            return Err(Failure::usage(message).hint("use --format jwk"));
        }
        output.text(&set.to_json())?;
        return Ok(Status::Good);
    }
    set::show(set, output)
}
