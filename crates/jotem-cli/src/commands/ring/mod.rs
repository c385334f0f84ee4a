//! `jotem ring`: key pairs that follow one another, in a file.

pub(crate) mod compromise;
pub(crate) mod create;
pub(crate) mod export;
pub(crate) mod rotate;
pub(crate) mod show;

use jotem_jwks::ring::{KeyRing, RingError};

use crate::args::RingPasswordArguments;
use crate::error::Failure;
use crate::input::Input;
use crate::password;

/// Opens a ring that is to be changed, or to sign.
pub(super) fn open(
    file: &std::path::Path,
    arguments: &RingPasswordArguments,
    input: &Input,
) -> Result<KeyRing, Failure> {
    // What is wrong with the file is said before a password is asked for.
    KeyRing::open_public_file(file).map_err(|error| about(&error, file))?;
    let password = password::of_ring(arguments, file, input)?;
    KeyRing::open_file(file, password.expose()).map_err(|error| about(&error, file))
}

/// Says which ring it is about, where the message does not.
fn about(error: &RingError, file: &std::path::Path) -> Failure {
    let failure = Failure::from(error);
    let is_named = matches!(
        error,
        RingError::Exists { .. }
            | RingError::Locked { .. }
            | RingError::Missing { .. }
            | RingError::NotAFile { .. }
            | RingError::Permissions { .. }
            | RingError::Store { .. }
            | RingError::TooLarge { .. }
    );
    if is_named { failure } else { failure.about(&crate::input::name(file)) }
}
