//! Keys under a password: opening those that are read, and closing those that are written. And the
//! master secret of sessions, which comes from the same places.

use std::io::{self, IsTerminal as _};
use std::path::Path;

use jotem::error::Code;
use jotem::{Error, Jwk, KeyError, Secret};

use crate::args::{
    MasterArguments, NewPasswordArguments, PasswordArguments, RingPasswordArguments,
};
use crate::error::Failure;
use crate::input::{Input, environment, name};
use crate::keys::about;
use crate::prompt;

/// Opens an encrypted key. `error` is what was said of the document without a password: what is
/// wrong with it otherwise stays wrong, and no password is asked for.
pub(crate) fn open(
    document: &[u8],
    error: Error,
    path: &Path,
    arguments: &PasswordArguments,
    input: &Input,
) -> Result<Jwk, Failure> {
    let openssh = error.code() == Code::KeyOpenSshEncrypted;
    if !openssh && error.code() != Code::KeyEncrypted {
        return Err(about(error, path));
    }
    let Some(password) = password(arguments, path, input)? else { return Err(about(error, path)) };
    let password = password.expose();
    let opened = if openssh {
        Jwk::from_openssh(document, Some(password))
    } else if document.trim_ascii_start().first() == Some(&DER_SEQUENCE) {
        Jwk::from_encrypted_der(document, password)
    } else {
        Jwk::from_encrypted_pem(document, password)
    };
    opened.map_err(|error| about(error, path))
}

/// Refuses a password for a key that has none: whoever gives one believes that the file is closed.
pub(crate) fn refuse(arguments: &PasswordArguments, path: &Path) -> Result<(), Failure> {
    if arguments.password_file.is_none() && arguments.password_env.is_none() {
        return Ok(());
    }
    Err(about(KeyError::NotEncrypted.into(), path))
}

/// Returns the password for a key that is written, if one is wanted.
pub(crate) fn new_password(
    arguments: &NewPasswordArguments,
    input: &Input,
) -> Result<Option<Secret>, Failure> {
    if !arguments.encrypt {
        return Ok(None);
    }
    let password = match (&arguments.new_password_file, &arguments.new_password_env) {
        (Some(path), _) => input.secret_file(path)?,
        (None, Some(variable)) => environment(variable, "--new-password-env")?,
        (None, None) if is_somebody_there() => ask_twice()?,
        (None, None) => {
            return Err(Failure::usage("--encrypt needs a password, and there is no terminal")
                .hint("give --new-password-file FILE or --new-password-env NAME"));
        }
    };
    if password.is_empty() {
        return Err(Error::from(KeyError::PasswordEmpty).into());
    }
    Ok(Some(password))
}

/// Returns the password of a ring that is opened.
pub(crate) fn of_ring(
    arguments: &RingPasswordArguments,
    path: &Path,
    input: &Input,
) -> Result<Secret, Failure> {
    match of_file_or_variable(arguments, input)? {
        Some(password) => Ok(password),
        None if is_somebody_there() => prompt::ask(&format!("the password of {}", name(path))),
        None => Err(nobody_to_ask()),
    }
}

/// Returns the password of a ring that is made.
pub(crate) fn of_new_ring(
    arguments: &RingPasswordArguments,
    input: &Input,
) -> Result<Secret, Failure> {
    let password = match of_file_or_variable(arguments, input)? {
        Some(password) => password,
        None if is_somebody_there() => ask_twice()?,
        None => return Err(nobody_to_ask()),
    };
    if password.is_empty() {
        return Err(Failure::unusable("the password is empty")
            .hint("is it the right file or variable? a ring is never kept without a password"));
    }
    Ok(password)
}

/// Returns the master secret of sessions.
pub(crate) fn master(arguments: &MasterArguments, input: &Input) -> Result<Secret, Failure> {
    match (&arguments.secret_file, &arguments.secret_env) {
        (Some(file), _) => input.secret_file(file),
        (None, Some(variable)) => environment(variable, "--secret-env"),
        (None, None) if is_somebody_there() => prompt::ask("the master secret"),
        (None, None) => Err(Failure::usage(
            "sessions have a master secret, and there is no terminal to ask for it",
        )
        .hint("give --secret-file FILE or --secret-env NAME")),
    }
}

fn of_file_or_variable(
    arguments: &RingPasswordArguments,
    input: &Input,
) -> Result<Option<Secret>, Failure> {
    match (&arguments.password_file, &arguments.password_env) {
        (Some(file), _) => input.secret_file(file).map(Some),
        (None, Some(variable)) => environment(variable, "--password-env").map(Some),
        (None, None) => Ok(None),
    }
}

fn nobody_to_ask() -> Failure {
    Failure::usage("a ring has a password, and there is no terminal to ask for it")
        .hint("give --password-file FILE or --password-env NAME")
}

/// Asks for a new password until it is certain.
fn ask_twice() -> Result<Secret, Failure> {
    let password = prompt::ask("the new password")?;
    if prompt::ask("the same again")? != password {
        return Err(Failure::usage("the two passwords are not the same").hint("try again"));
    }
    Ok(password)
}

fn password(
    arguments: &PasswordArguments,
    path: &Path,
    input: &Input,
) -> Result<Option<Secret>, Failure> {
    match (&arguments.password_file, &arguments.password_env) {
        (Some(file), _) => input.secret_file(file).map(Some),
        (None, Some(variable)) => environment(variable, "--password-env").map(Some),
        (None, None) if is_somebody_there() => {
            prompt::ask(&format!("the password of {}", name(path))).map(Some)
        }
        (None, None) => Ok(None),
    }
}

/// Whether somebody sees the question. A script whose messages go to a file would wait for ever.
fn is_somebody_there() -> bool {
    io::stderr().is_terminal()
}

/// The first byte of every key in DER (X.690 §8.9); PEM is text.
const DER_SEQUENCE: u8 = 0x30;
