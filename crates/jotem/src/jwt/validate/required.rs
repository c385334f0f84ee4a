//! Claims that must be there, beyond those that an expectation makes required.

use super::{Validation, missing};
use crate::encoding::json::{Fault, Kind, Reader};
use crate::error::{Excerpt, Part, Rejection};
use crate::jws::header::unsound;
use crate::limits::Limits;

/// Accepts a token if every required claim is there, and is not `null`, `""`, `{}`, `[]` or an array
/// of nothing but these.
pub(super) fn check(
    validation: &Validation,
    payload: &str,
    limits: &Limits,
) -> Result<(), Rejection> {
    if validation.required.is_empty() {
        return Ok(());
    }
    let mut found = Vec::new();
    let mut empty = None;
    let mut reader = Reader::new(payload, limits);
    let read = reader.object(|reader, name| {
        if !validation.required.iter().any(|claim| *claim == name) {
            return reader.raw().map(drop);
        }
        if says_nothing(reader)? {
            empty.get_or_insert_with(|| Excerpt::new(&name));
        }
        found.push(name);
        Ok(())
    });
    read.map_err(|fault| unsound(Part::Claims, fault, limits))?;
    for claim in &validation.required {
        if !found.iter().any(|name| name == claim) {
            return Err(missing(claim));
        }
    }
    empty.map_or(Ok(()), |claim| Err(Rejection::ClaimEmpty { claim }))
}

/// Reads a value, and tells whether there is nothing in it.
fn says_nothing(reader: &mut Reader<'_>) -> Result<bool, Fault> {
    match reader.kind()? {
        Kind::String => Ok(reader.text()?.is_empty()),
        Kind::Array => {
            let mut nothing = true;
            reader.array(|reader| {
                nothing &= says_nothing(reader)?;
                Ok(())
            })?;
            Ok(nothing)
        }
        Kind::Object => {
            let mut nothing = true;
            reader.object(|reader, _name| {
                nothing = false;
                reader.raw().map(drop)
            })?;
            Ok(nothing)
        }
        Kind::Null => reader.raw().map(|_| true),
        Kind::Boolean | Kind::Number => reader.raw().map(|_| false),
    }
}
