//! The arguments of `jotem ring`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use jotem::Algorithm;

/// Keep key pairs that follow one another, and publish them
#[derive(Debug, Subcommand)]
#[command(disable_help_subcommand = true)]
pub(crate) enum RingCommand {
    Create(Box<RingCreateArguments>),
    Rotate(RingRotateArguments),
    Compromise(RingCompromiseArguments),
    Show(RingShowArguments),
    Export(RingExportArguments),
}

/// Make a ring: a key that signs, and one that is announced
///
/// The file is JSON of dates, durations, public keys, and private keys under the password (PKCS#8,
/// which OpenSSL reads); only its owner can read it. Durations are written as 900s, 15m, 12h or 7d.
/// Those that do not fit each other are refused: a key must be known everywhere before it signs, and
/// published until its last token has expired.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  jotem ring create ring.json --alg ES256 --password-file password
  jotem ring create ring.json --alg EdDSA --token-lifetime 1h --rotate-every 7d")]
pub(crate) struct RingCreateArguments {
    /// The file of the new ring
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// The one algorithm of its keys
    #[arg(long = "alg", value_name = "ALG", value_parser = super::algorithm())]
    pub(crate) algorithm: Algorithm,
    /// The size of RSA keys: 2048 (the default), 3072, 4096 or 8192
    #[arg(long, value_name = "N")]
    pub(crate) bits: Option<usize>,
    #[command(flatten)]
    pub(crate) timers: TimerArguments,
    #[command(flatten)]
    pub(crate) password: RingPasswordArguments,
}

/// The durations of a ring.
#[derive(Debug, Args)]
#[command(next_help_heading = "Durations")]
pub(crate) struct TimerArguments {
    /// The longest lifetime of the tokens [default: 15m]
    #[arg(long, value_name = "SPAN", value_parser = crate::duration::parse)]
    pub(crate) token_lifetime: Option<Duration>,
    /// What verifiers allow for their clocks [default: 30s]
    #[arg(long, value_name = "SPAN", value_parser = crate::duration::parse)]
    pub(crate) leeway: Option<Duration>,
    /// How long others may keep what is published: max-age [default: 5m]
    #[arg(long, value_name = "SPAN", value_parser = crate::duration::parse)]
    pub(crate) jwks_max_age: Option<Duration>,
    /// How much longer verifiers go on with it [default: 5m]
    #[arg(long, value_name = "SPAN", value_parser = crate::duration::parse)]
    pub(crate) fetch_interval: Option<Duration>,
    /// How long a key is published before it signs [default: 24h, or less if keys rotate faster]
    #[arg(long, value_name = "SPAN", value_parser = crate::duration::parse)]
    pub(crate) announce_for: Option<Duration>,
    /// How long a key signs [default: 30d]
    #[arg(long, value_name = "SPAN", value_parser = crate::duration::parse)]
    pub(crate) rotate_every: Option<Duration>,
    /// How long a key is published after it has signed [default: 1h, or more if tokens live longer]
    #[arg(long, value_name = "SPAN", value_parser = crate::duration::parse)]
    pub(crate) retire_for: Option<Duration>,
}

/// The password of a ring.
#[derive(Debug, Args)]
#[command(next_help_heading = "Password")]
pub(crate) struct RingPasswordArguments {
    /// The password of the ring: a file, or - for standard input; one line end at its end is dropped
    /// [default: ask on the terminal]
    #[arg(long, value_name = "FILE", conflicts_with = "password_env")]
    pub(crate) password_file: Option<PathBuf>,
    /// The password of the ring: the environment variable that holds it
    #[arg(long, value_name = "NAME")]
    pub(crate) password_env: Option<String>,
}

/// Let the announced key sign, and the active one retire
///
/// Refused while the announced key may not be known everywhere. Processes that use the ring notice
/// within a second.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  jotem ring rotate ring.json --password-file password
  jotem ring rotate ring.json --password-file password --if-due    # every hour, by cron")]
pub(crate) struct RingRotateArguments {
    /// The file of the ring
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Rotate only if the active key has signed for long enough, and drop what has retired for long
    /// enough; nothing to do is no error
    #[arg(long, conflicts_with = "now")]
    pub(crate) if_due: bool,
    /// Rotate even if the announced key may not be known everywhere: verifiers that have not fetched
    /// it refuse tokens until they do
    #[arg(long)]
    pub(crate) now: bool,
    #[command(flatten)]
    pub(crate) password: RingPasswordArguments,
}

/// Remove a key at once: nothing that it signed is accepted any more
///
/// If it was the active one, the announced key signs, and a new one is announced. Verifiers that
/// fetch the published keys follow when they fetch.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  jotem ring show ring.json
  jotem ring compromise ring.json KID --password-file password
  jotem ring export ring.json --out jwks.json --force")]
pub(crate) struct RingCompromiseArguments {
    /// The file of the ring
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// The name of the key (`kid`), as `jotem ring show` has it
    #[arg(value_name = "KID", allow_hyphen_values = true)]
    pub(crate) key_id: String,
    #[command(flatten)]
    pub(crate) password: RingPasswordArguments,
}

/// Show the keys of a ring, each with its state and its dates; needs no password
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  jotem ring show ring.json
  jotem ring show ring.json --json")]
pub(crate) struct RingShowArguments {
    /// The file of the ring
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

/// Write the JWK Set that is to be published: public members only; needs no password
///
/// With --json the document has the values of the HTTP headers beside it.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  jotem ring export ring.json --out jwks.json --force
  jotem ring export ring.json | jotem verify @token --jwks -")]
pub(crate) struct RingExportArguments {
    /// The file of the ring
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Write it to this file [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Replace a file that exists
    #[arg(long)]
    pub(crate) force: bool,
}
