//! The ring's hints, where they name what is called otherwise in Python.

use jotem_jwks::ring::RingError;

use crate::native::hints;

/// Returns the hint in Python's words.
pub(in crate::native) fn hint(error: &RingError) -> &'static str {
    match error {
        RingError::AlgorithmSymmetric { .. } => {
            "use `algorithm=\"ES256\"`: a shared secret cannot be published"
        }
        RingError::PublicOnly => "open it with its password: `KeyRing.open(path, password=...)`",
        RingError::SpareTooNew { .. } => {
            "wait until then; if the active key is stolen, call `compromise(key_id)`, otherwise `rotate_now()` if verifiers that have not fetched may refuse tokens"
        }
        RingError::Store { .. } => "look at `__cause__`: the system's own message",
        RingError::TimerOutOfRange { .. } => {
            "a number is in seconds; was it given in milliseconds? a timedelta says which"
        }
        RingError::TokenNeverExpires => {
            "leave `never_expires=` out: tokens then live for the ring's `token_lifetime`"
        }
        RingError::TokenOutlivesKey { .. } => {
            "give the ring the longest lifetime of what it signs: `KeyRing.create(..., token_lifetime=...)`"
        }
        RingError::Jotem(error) => hints::hint(error.code()).unwrap_or_else(|| error.hint()),
        _ => error.hint(),
    }
}
