//! The arguments of `jotem lint`.

use std::path::PathBuf;

use clap::Args;
use jotem::NumericDate;

use crate::date;

/// Look for what is weak in a token or a key
///
/// A token, or a key in a file: PEM, DER, a JWK, a JWK Set, or a shared secret. Nothing is verified:
/// exit status 0 says that nothing of medium severity or above was found, 1 that something was.
#[derive(Debug, Args)]
pub(crate) struct LintArguments {
    /// The token as it is; or a token or a key as @FILE, or - for standard input
    #[arg(value_name = "TOKEN")]
    pub(crate) subject: String,
    /// The key that belongs to the token: a JWK, a JWK Set, PEM, DER or a shared secret in a file, or
    /// - for standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// Decide as of this time: seconds since 1970, 2026-11-22, or 2026-11-22T03:00:00Z [default:
    /// now]
    #[arg(long, value_name = "TIME", value_parser = date::parse)]
    pub(crate) at: Option<NumericDate>,
}
