//! Questions at a terminal whose answers are not shown.

use jotem::Secret;

use crate::error::Failure;

/// Asks for a secret. Ctrl-C stops the command, and leaves the terminal as it was.
pub(crate) fn ask(what: &str) -> Result<Secret, Failure> {
    match rpassword::prompt_password(format!("{what}: ")) {
        Ok(answer) => Ok(Secret::from(answer.into_bytes())),
        Err(error) => Err(Failure::input_output(format!("cannot ask for the {what}"), &error)),
    }
}
