//! Where passwords of encrypted keys come from; never from an argument.

use std::path::PathBuf;

use clap::Args;

/// The password of the key that is read.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Key")]
pub(crate) struct PasswordArguments {
    /// The password of an encrypted key: a file, or - for standard input; one line end at its end
    /// is dropped [default: ask on the terminal]
    #[arg(long, value_name = "FILE", conflicts_with = "password_env")]
    pub(crate) password_file: Option<PathBuf>,
    /// The password of an encrypted key: the environment variable that holds it
    #[arg(long, value_name = "NAME")]
    pub(crate) password_env: Option<String>,
}

/// The password of the key that is written.
#[derive(Debug, Args)]
#[command(next_help_heading = "Encryption")]
pub(crate) struct NewPasswordArguments {
    /// Encrypt the private key under a password: PKCS#8 with AES-256, which OpenSSL reads
    #[arg(long)]
    pub(crate) encrypt: bool,
    /// The new password: a file, or - for standard input; one line end at its end is dropped
    /// [default: ask on the terminal]
    #[arg(long, value_name = "FILE", requires = "encrypt", conflicts_with = "new_password_env")]
    pub(crate) new_password_file: Option<PathBuf>,
    /// The new password: the environment variable that holds it
    #[arg(long, value_name = "NAME", requires = "encrypt")]
    pub(crate) new_password_env: Option<String>,
}
