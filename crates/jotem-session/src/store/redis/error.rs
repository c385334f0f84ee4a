//! What the client and the server say, as errors of a store.

use std::time::Duration;

use fred::error::{Error, ErrorKind};
use jotem::error::Excerpt;

use crate::record::RecordError;
use crate::store::StoreError;

/// What the store is called in its errors.
pub(super) const STORE: &str = "redis";

/// When to ask again after an outage: reconnecting takes about that long.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Reads what the server or the client says. Neither ever repeats what was sent.
pub(super) fn read(error: &Error, limit: Duration) -> StoreError {
    let said = error.details();
    // What a script ran into comes with the script's name before or after it.
    let says = |code: &str| said.split([' ', ':', '-']).any(|word| word == code);
    if says("OOM") {
        return StoreError::Full { store: STORE };
    }
    if says("READONLY") {
        return StoreError::ReadOnly { store: STORE };
    }
    if says("NOPERM") || *error.kind() == ErrorKind::Auth || says("WRONGPASS") {
        return StoreError::Denied { store: STORE, reason: excerpt(said) };
    }
    if says("WRONGTYPE") || said.contains("user_script") {
        return corrupt("a key has another type, or a script cannot read what is in it");
    }
    match error.kind() {
        ErrorKind::Timeout => StoreError::Timeout { store: STORE, limit },
        _ => unavailable(said),
    }
}

/// Whether the server does not know a script yet: then nothing has run.
pub(super) fn is_unknown_script(error: &Error) -> bool {
    error.details().starts_with("NOSCRIPT")
}

pub(super) fn unavailable(reason: &str) -> StoreError {
    StoreError::Unavailable { store: STORE, reason: excerpt(reason), retry_after: RETRY_AFTER }
}

pub(super) fn corrupt(what: &str) -> StoreError {
    StoreError::Corrupt { store: STORE, what: what.to_owned() }
}

pub(super) fn corrupt_record(error: RecordError) -> StoreError {
    corrupt(&error.to_string())
}

pub(super) fn wrong_url(reason: &str) -> StoreError {
    StoreError::Url { reason: reason.to_owned() }
}

fn excerpt(said: &str) -> String {
    Excerpt::new(said).to_string()
}
