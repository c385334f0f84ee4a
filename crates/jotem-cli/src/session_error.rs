//! What can go wrong with sessions and their stores: the exit status, and the hint, of each.

use jotem::error::Code;
use jotem_session::refresh_token::RefreshTokenError;
use jotem_session::store::StoreError;
use jotem_session::{SessionError, VerifyError};
use serde_json::json;

use crate::error::{Failure, Status, wire};

impl From<StoreError> for Failure {
    #[expect(clippy::wildcard_enum_match_arm, reason = "what is not named has the usual status")]
    fn from(error: StoreError) -> Self {
        let status = match error {
            StoreError::Url { .. } | StoreError::NotBuilt { .. } => Status::Usage,
            StoreError::Unavailable { .. }
            | StoreError::Timeout { .. }
            | StoreError::NotReplicated { .. }
            | StoreError::Full { .. }
            | StoreError::ReadOnly { .. }
            | StoreError::Denied { .. } => Status::InputOutput,
            // What is damaged, of another version, or set up badly; and what comes later.
            _ => Status::Unusable,
        };
        let hint = hint(error.code(), error.hint());
        Self::new(status, error.to_string()).code(error.code()).hint(hint)
    }
}

impl From<SessionError> for Failure {
    #[expect(clippy::wildcard_enum_match_arm, reason = "what a client is told decides")]
    fn from(error: SessionError) -> Self {
        let status = match &error {
            SessionError::Store(store) => return store.clone().into(),
            SessionError::Keys(ring) => return ring.into(),
            SessionError::Token(token) => return token.into(),
            SessionError::RefreshToken(
                RefreshTokenError::MasterTooShort { .. } | RefreshTokenError::Random,
            ) => Status::Unusable,
            _ if error.oauth_error() == "server_error" => Status::Usage,
            _ => Status::Refused,
        };
        let hint = hint(error.code(), error.hint());
        let failure = Self::new(status, error.to_string()).code(error.code()).hint(hint);
        if status == Status::Refused {
            return failure.public(json!({"error": error.oauth_error()}));
        }
        failure
    }
}

impl From<VerifyError> for Failure {
    fn from(error: VerifyError) -> Self {
        let status = match &error {
            VerifyError::Token(token) if token.code() == Code::ConfirmationUnchecked => {
                let advice = "the application sees the proof (DPoP), and this command does not";
                return Self::from(token).hint(advice);
            }
            VerifyError::Token(token) => return token.into(),
            VerifyError::Stale { .. } => Status::InputOutput,
            VerifyError::Session { .. }
            | VerifyError::Revoked { .. }
            | VerifyError::Tenant
            | VerifyError::NotProven
            | _ => Status::Refused,
        };
        let failure = Self::new(status, error.to_string()).code(error.code());
        failure.hint(hint(error.code(), error.hint())).public(wire(error.public()))
    }
}

/// Returns what to tell a person at a terminal, where the hint of the library is about a program.
fn hint(code: &str, library: &'static str) -> &'static str {
    let own = HINTS.iter().find(|(named, _)| *named == code);
    own.map_or(library, |(_, hint)| hint)
}

const HINTS: &[(&str, &str)] = &[
    (
        "refresh_token_forged",
        "is it the master secret, and the store, of the application that made it?",
    ),
    (
        "refresh_token_shape",
        "a refresh token begins with jr1_; or give what `start --json` printed",
    ),
    (
        "refresh_token_master_short",
        "make one of 32 random bytes: jotem key generate --alg HS256 --format base64 --out secret",
    ),
    ("session_unknown", "is it the right store? otherwise it ended long ago: log in again"),
    ("session_client_mismatch", "name the client that logged in: --client ID; or it was revoked"),
    (
        "session_binding_mismatch",
        "only who proves the key (DPoP) may refresh: the application does",
    ),
    ("session_tenant_mismatch", "name the tenant that logged in: --tenant NAME"),
    ("access_tenant_mismatch", "name the tenant that logged in: --tenant NAME"),
    ("session_access_lifetime", "write it as 900s or 15m, at most 1d"),
    ("store_not_built", "this command was built without it"),
    ("store_unavailable", "does it run, and is it the right host, port and user?"),
    ("store_timeout", "ask again; what was asked may have been done"),
    ("access_revoked", "a client refreshes, or logs in again"),
    ("access_session", "it was issued by something else; verify it with: jotem verify"),
    ("access_view_stale", "look at the store: jotem store check"),
];

#[cfg(test)]
mod tests {
    use super::{HINTS, hint};

    #[test]
    fn each_code_has_one_hint_and_none_speaks_of_methods() {
        for (position, (code, advice)) in HINTS.iter().enumerate() {
            assert!(HINTS.iter().skip(position + 1).all(|(other, _)| other != code), "{code}");
            assert!(!advice.contains("::"), "{code}: {advice}");
            assert_eq!(hint(code, "of the library"), *advice);
        }
        assert_eq!(hint("session_expired", "log in again"), "log in again");
    }
}
