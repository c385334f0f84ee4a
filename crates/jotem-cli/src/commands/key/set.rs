//! `jotem key show` for a JWK Set: a line for each member, with the reason for unusable ones.

use jotem::error::{Excerpt, KeyError};
use jotem::jwk::Member;
use jotem::{Algorithm, Error, Jwk, KeySet, VerifyingKey};
use serde_json::{Map, Value, json};

use super::document::insert_verdict;
use super::facts::{Facts, check_verifying};
use crate::error::{Failure, Status};
use crate::output::Output;
use crate::paint::{BAD, GOOD, HEADING, paint};
use crate::table::{self, table};

/// An algorithm for the keys that name none, one for each type that leaves it open.
const PINNED: [Algorithm; 2] = [Algorithm::Hs256, Algorithm::Rs256];

pub(super) fn show(set: &KeySet, output: Output) -> Result<Status, Failure> {
    let verifying = set.verifying_keys(&PINNED);
    let rows: Vec<Row<'_>> = set.members().iter().map(|one| Row::of(one, &verifying)).collect();
    let usable = rows.iter().filter(|row| row.verdict.is_ok()).count();
    if output.is_json() {
        let keys: Vec<Value> = rows.iter().map(Row::to_document).collect();
        output.document(&json!({"members": rows.len(), "usable": usable, "keys": keys}))?;
        return Ok(Status::Good);
    }
    let title = format!("JWK Set, {} member(s), {usable} usable", rows.len());
    let lines: Vec<_> = (1..).zip(&rows).map(|(number, row)| row.to_line(number)).collect();
    let members = table(&lines, 0, output.width());
    output.text(&format!("{}\n{members}", paint(HEADING, &title)))?;
    Ok(Status::Good)
}

/// A member, and whether tokens can be verified with it.
struct Row<'s> {
    member: &'s Member,
    verdict: Result<(), Error>,
}

impl<'s> Row<'s> {
    fn of(member: &'s Member, verifying: &[VerifyingKey]) -> Self {
        let verdict = match member {
            Member::Key(key) => check(key, verifying),
            Member::Unusable { reason, .. } => Err(reason.clone().into()),
            _ => Ok(()),
        };
        Self { member, verdict }
    }

    fn to_line(&self, number: usize) -> table::Row {
        let (key_id, facts) = match self.member {
            Member::Key(key) => (key.key_id(), Some(Facts::of(key))),
            Member::Unusable { key_id, .. } => (key_id.as_deref(), None),
            _ => (None, None),
        };
        let key_id = key_id
            .map_or_else(|| "no kid".to_owned(), |key_id| format!("kid {}", Excerpt::new(key_id)));
        let kind = facts.as_ref().map_or_else(|| "unknown".to_owned(), Facts::kind);
        let row = table::Row::new(format!("{number}. {key_id}"), kind);
        match (&self.verdict, facts) {
            (Ok(()), facts) => {
                let algorithm = facts.as_ref().map(Facts::algorithm);
                row.meaning(algorithm.unwrap_or_default(), GOOD)
            }
            (Err(error), _) => row.meaning(format!("unusable: {error} ({})", error.code()), BAD),
        }
    }

    fn to_document(&self) -> Value {
        let mut document = match self.member {
            Member::Key(key) => Facts::of(key).to_document(),
            Member::Unusable { key_id, key_type, .. } => {
                let mut document = Map::new();
                document.insert("kty".to_owned(), key_type.clone().into());
                document.insert("kid".to_owned(), key_id.clone().into());
                document
            }
            _ => Map::new(),
        };
        insert_verdict(&mut document, &self.verdict);
        Value::Object(document)
    }
}

/// A key that can verify by itself, and yet is none of the set's, shares its name with another.
fn check(key: &Jwk, verifying: &[VerifyingKey]) -> Result<(), Error> {
    check_verifying(key)?;
    let thumbprint = Some(key.thumbprint());
    let same = |one: &VerifyingKey| one.key_id() == key.key_id() && one.thumbprint() == thumbprint;
    if verifying.iter().any(same) { Ok(()) } else { Err(KeyError::KeyIdTwice.into()) }
}
