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
    if says("OOM") || (says("MISCONF") && said.contains("No space left")) {
        return StoreError::Full { store: STORE };
    }
    if says("MISCONF") {
        return unavailable("it cannot write to its disk (MISCONF); its log says why");
    }
    if says("NOREPLICAS") {
        return unavailable("fewer copies follow it than it wants (NOREPLICAS)");
    }
    if says("READONLY") {
        return StoreError::ReadOnly { store: STORE };
    }
    if says("NOPERM") || *error.kind() == ErrorKind::Auth || says("WRONGPASS") {
        return StoreError::Denied { store: STORE, reason: excerpt(said) };
    }
    // Of what stops a script only this is about what is kept: other reasons have words of their own.
    if says("WRONGTYPE") || (said.starts_with("ERR") && said.contains("user_script")) {
        return corrupt("a key has another type, or a script cannot read what is in it");
    }
    if let Some((_, why)) = said.split_once("InvalidCertificate(") {
        // The client has it as programmers write it: only the name of the reason says something.
        let why: String = why.chars().take_while(char::is_ascii_alphanumeric).collect();
        let reason = format!("TLS: its certificate does not hold: {}", excerpt(&why));
        return StoreError::Denied { store: STORE, reason };
    }
    if *error.kind() == ErrorKind::Sentinel && said.contains("connect to all") {
        return unavailable("no Sentinel can be reached, or none whose certificate holds");
    }
    if *error.kind() == ErrorKind::Timeout {
        return StoreError::Timeout { store: STORE, limit };
    }
    unavailable(said)
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
