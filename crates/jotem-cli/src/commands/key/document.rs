//! What the JSON documents about keys have in common.

use jotem::{Error, Secret};
use serde_json::{Map, Value};

use crate::error::Failure;

/// Reads a JWK that the engine wrote.
pub(super) fn object(json: &Secret) -> Map<String, Value> {
    #[expect(clippy::disallowed_methods, reason = "the engine wrote it, each member once")]
    serde_json::from_slice(json.expose()).unwrap_or_default()
}

/// Says whether a key can be used, and if not, why.
pub(super) fn insert_verdict(document: &mut Map<String, Value>, verdict: &Result<(), Error>) {
    document.insert("usable".to_owned(), verdict.is_ok().into());
    if let Err(error) = verdict {
        let failure = Failure::from(error).to_document();
        for member in ["code", "message", "hint"] {
            document.insert(member.to_owned(), failure.get(member).cloned().unwrap_or_default());
        }
    }
}
