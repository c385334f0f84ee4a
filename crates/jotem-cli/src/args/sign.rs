//! The arguments of `jotem sign`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use jotem::Algorithm;

use super::password::PasswordArguments;
use super::verify::SecretArguments;
use crate::duration;

/// Sign a JSON Web Token
///
/// The token gets `iat`, and an `exp` 15 minutes later unless the claims have one.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  jotem sign --key key.jwk --iss https://auth.example --sub 42 --aud api
  jotem sign --key key.jwk '{\"role\":\"admin\"}' --exp-in 1h
  jotem sign --secret-env SECRET @claims.json")]
pub(crate) struct SignArguments {
    /// The claims, a JSON object: as they are, @FILE, or - for standard input [default: {}]
    #[arg(value_name = "CLAIMS")]
    pub(crate) claims: Option<String>,
    /// The private key: a JWK, PEM, DER or OpenSSH file, or - for standard input
    #[arg(long, value_name = "FILE", help_heading = "Key", conflicts_with = "SecretArguments")]
    pub(crate) key: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) password: PasswordArguments,
    #[command(flatten)]
    pub(crate) secret: SecretArguments,
    /// The algorithm; needed for an RSA key that names none
    #[arg(long = "alg", value_name = "ALG", value_parser = super::algorithm(), help_heading = "Key")]
    pub(crate) algorithm: Option<Algorithm>,
    /// The name of the key (`kid`) in the header [default: the JWK's own]
    #[arg(
        long = "kid", value_name = "ID",
        value_parser = NonEmptyStringValueParser::new(), help_heading = "Header"
    )]
    pub(crate) key_id: Option<String>,
    /// The type of the token (`typ`), such as at+jwt
    #[arg(
        long = "typ", value_name = "TYPE", default_value = "JWT",
        value_parser = NonEmptyStringValueParser::new(), help_heading = "Header"
    )]
    pub(crate) token_type: String,
    /// A header parameter; the value is JSON, or else text; may be repeated
    #[arg(long, value_name = "NAME=VALUE", help_heading = "Header")]
    pub(crate) header: Vec<String>,
    /// Who issues the token (`iss`)
    #[arg(long = "iss", value_name = "ISSUER", help_heading = "Claims")]
    pub(crate) issuer: Option<String>,
    /// Whom it is about (`sub`)
    #[arg(long = "sub", value_name = "SUBJECT", help_heading = "Claims")]
    pub(crate) subject: Option<String>,
    /// Whom it is for (`aud`); may be repeated
    #[arg(long = "aud", value_name = "AUDIENCE", help_heading = "Claims")]
    pub(crate) audience: Vec<String>,
    /// The name of this one token (`jti`)
    #[arg(long = "jti", value_name = "ID", help_heading = "Claims")]
    pub(crate) token_id: Option<String>,
    /// How long it lives: 900s, 15m, 12h, 7d [default: 15m]
    #[arg(
        long = "exp-in", visible_alias = "expires", value_name = "TIME",
        value_parser = duration::parse, help_heading = "Claims"
    )]
    pub(crate) expires_in: Option<Duration>,
    /// Leave `exp` out: a token that never expires, which verifiers refuse by default
    #[arg(long = "no-exp", conflicts_with = "expires_in", help_heading = "Claims")]
    pub(crate) no_expiry: bool,
}
