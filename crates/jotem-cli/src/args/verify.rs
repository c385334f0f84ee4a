//! The arguments of `jotem verify`, `jotem explain` and `jotem decode`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use jotem::{Algorithm, NumericDate};

use super::batch::BatchArguments;
use super::password::PasswordArguments;
use crate::{date, duration};

/// Verify a token and print its claims
///
/// The signature must hold under the key, and the claims must be as expected: `exp` must be there
/// and not be over, and a token that names an audience is refused unless --aud names it too.
///
/// With --batch, each line of the files is a token. A table tells which are refused and why, and ends
/// with how many there were; with --json there is a document a line, and the last one is the summary.
/// Exit status 0 says that all are accepted, 1 that one or more are refused.
#[derive(Debug, Args)]
#[command(
    override_usage = "jotem verify [OPTIONS] <TOKEN | --batch [FILE]...>",
    after_long_help = "\
Examples:
  jotem verify @token --key public.pem --iss https://auth.example --aud api
  jotem verify @token --jwks jwks.json --aud api --json
  jotem verify --batch tokens.txt --jwks jwks.json --aud api
  zcat tokens.gz | jotem verify --batch --jwks jwks.json --any-aud --json > verdicts.jsonl"
)]
pub(crate) struct VerifyArguments {
    /// The token: as it is, @FILE, or - for standard input. With --batch: files of tokens, or - for
    /// standard input
    #[arg(value_name = "TOKEN", required_unless_present = "batch")]
    pub(crate) tokens: Vec<String>,
    #[command(flatten)]
    pub(crate) batch: BatchArguments,
    #[command(flatten)]
    pub(crate) keys: KeyArguments,
    #[command(flatten)]
    pub(crate) expectations: ExpectationArguments,
}

/// Say for each step of the verification how it went
///
/// Without a key only the parts that anybody can read are looked at, and nothing is verified: exit
/// status 0 then says that the token could be read, and --json has "verdict": "not verified".
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  jotem explain @token
  jotem explain @token --key public.pem --aud api --at 2026-11-22")]
pub(crate) struct ExplainArguments {
    /// The token: as it is, @FILE, or - for standard input
    #[arg(value_name = "TOKEN")]
    pub(crate) token: String,
    #[command(flatten)]
    pub(crate) keys: KeyArguments,
    #[command(flatten)]
    pub(crate) expectations: ExpectationArguments,
}

/// Print the header and the claims of a token without verifying anything
///
/// Anyone could have written them: exit status 0 says that the token could be read, and --json has
/// "verdict": "not verified".
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  jotem decode @token
  pbpaste | jotem decode -")]
pub(crate) struct DecodeArguments {
    /// The token: as it is, @FILE, or - for standard input
    #[arg(value_name = "TOKEN")]
    pub(crate) token: String,
}

/// What to verify with.
#[derive(Debug, Args)]
#[command(next_help_heading = "Key")]
pub(crate) struct KeyArguments {
    /// A key: a JWK, PEM, DER or OpenSSH file, a certificate, or - for standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["jwks", "SecretArguments"])]
    pub(crate) key: Option<PathBuf>,
    /// A JWK Set, as an issuer publishes it: a file, or - for standard input
    #[arg(long, value_name = "FILE", conflicts_with = "SecretArguments")]
    pub(crate) jwks: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) password: PasswordArguments,
    #[command(flatten)]
    pub(crate) secret: SecretArguments,
    /// Accept only this algorithm; may be repeated. Needed for RSA keys that name none
    #[arg(
        long = "alg", value_name = "ALG", value_parser = super::algorithm(),
        value_delimiter = ',', help_heading = "Key"
    )]
    pub(crate) algorithms: Vec<Algorithm>,
}

/// Where a shared secret comes from.
#[derive(Debug, Args)]
#[command(next_help_heading = "Key")]
pub(crate) struct SecretArguments {
    /// A shared secret: a file, or - for standard input, and on a terminal to be asked for it; one
    /// line end at its end is dropped. For HS256 unless --alg says otherwise
    #[arg(long, value_name = "FILE", conflicts_with = "secret_env")]
    pub(crate) secret_file: Option<PathBuf>,
    /// A shared secret: the environment variable that holds it
    #[arg(long, value_name = "NAME")]
    pub(crate) secret_env: Option<String>,
    /// The secret is base64 or base64url text
    #[arg(long)]
    pub(crate) base64_secret: bool,
}

/// What is expected of the claims.
#[derive(Debug, Args)]
#[command(next_help_heading = "Expectations")]
pub(crate) struct ExpectationArguments {
    /// The issuer (`iss`), letter by letter; may be repeated: any one of them
    #[arg(long = "iss", value_name = "ISSUER")]
    pub(crate) issuers: Vec<String>,
    /// The audience (`aud`), letter by letter; may be repeated: any one of them
    #[arg(long = "aud", value_name = "AUDIENCE", conflicts_with = "any_audience")]
    pub(crate) audiences: Vec<String>,
    /// Accept any audience, and none
    #[arg(long = "any-aud")]
    pub(crate) any_audience: bool,
    /// The subject (`sub`), letter by letter
    #[arg(long = "sub", value_name = "SUBJECT")]
    pub(crate) subject: Option<String>,
    /// The type of the token (`typ`), such as at+jwt
    #[arg(long = "typ", value_name = "TYPE")]
    pub(crate) token_type: Option<String>,
    /// How far clocks may differ: at most 5m [default: 30s]
    #[arg(long, value_name = "TIME", value_parser = duration::parse)]
    pub(crate) leeway: Option<Duration>,
    /// Accept a token without `exp`; one that has an `exp` still expires
    #[arg(long = "no-exp")]
    pub(crate) no_expiry: bool,
    /// Accept a token that is bound to a key (`cnf`), whose proof is not checked here
    #[arg(long)]
    pub(crate) accept_bound: bool,
    /// Decide as of this time: seconds since 1970, 2026-11-22, or 2026-11-22T03:00:00Z [default:
    /// now]
    #[arg(long, value_name = "TIME", value_parser = date::parse)]
    pub(crate) at: Option<NumericDate>,
}

impl ExpectationArguments {
    /// Whether anything was said that only a verification can find out. A time was not: dates are
    /// shown as seen from it.
    pub(crate) fn are_any(&self) -> bool {
        let texts = [&self.subject, &self.token_type];
        let accepts = [self.any_audience, self.no_expiry, self.accept_bound];
        !self.issuers.is_empty()
            || !self.audiences.is_empty()
            || texts.iter().any(|text| text.is_some())
            || self.leeway.is_some()
            || accepts.contains(&true)
    }
}
