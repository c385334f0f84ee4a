//! Claims that must be there, beyond those that an expectation makes required.

use super::{Validation, missing};
use crate::encoding::json::Reader;
use crate::error::{Excerpt, Part, Rejection};
use crate::jws::header::unsound;
use crate::limits::Limits;

/// Accepts a token if every required claim is there, and is not `null`, `""` or `[]`.
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
        let value = reader.raw()?;
        if validation.required.iter().any(|claim| *claim == name) {
            let nothing = value.trim_matches(['[', ']', ' ', '\t', '\r', '\n']).is_empty();
            if nothing || matches!(value, "null" | "\"\"") {
                empty.get_or_insert_with(|| Excerpt::new(&name));
            }
            found.push(name);
        }
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
