//! The arguments of `jotem key`.

use std::path::{Path, PathBuf};

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand, ValueEnum};
use jotem::Algorithm;

use super::convert::{ConvertArguments, Form, ThumbprintArguments};
use super::password::{NewPasswordArguments, PasswordArguments};

/// Make keys, look at them, and convert them
#[derive(Debug, Subcommand)]
#[command(disable_help_subcommand = true)]
pub(crate) enum KeyCommand {
    Generate(GenerateArguments),
    Show(ShowArguments),
    Convert(Box<ConvertArguments>),
    Thumbprint(ThumbprintArguments),
}

/// Make a new private key, or a shared secret for HS256, HS384 and HS512
///
/// The key is written to standard output, or to a file that only its owner can read. A file appears
/// whole or not at all, and none is replaced without --force.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  jotem key generate --alg ES256 --out key.jwk --public-out public.jwk
  jotem key generate --alg RS256 --bits 3072 --format pem --out key.pem
  jotem key generate --alg HS256 --format base64 --out secret")]
pub(crate) struct GenerateArguments {
    /// The one algorithm the key is for
    #[arg(long = "alg", value_name = "ALG", value_parser = super::algorithm())]
    pub(crate) algorithm: Algorithm,
    /// The size of an RSA key: 2048 (the default), 3072, 4096 or 8192
    #[arg(long, value_name = "N")]
    pub(crate) bits: Option<usize>,
    /// The name of the key (`kid`) [default: its RFC 7638 thumbprint; none for a shared secret]
    #[arg(long = "kid", value_name = "ID", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) key_id: Option<String>,
    /// The form of the key
    #[arg(long, default_value = "jwk")]
    pub(crate) format: PrivateFormat,
    #[command(flatten)]
    pub(crate) encryption: NewPasswordArguments,
    /// Write the private key to this file, with mode 0600 [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write the public key to this file, in the same form
    #[arg(long, value_name = "FILE")]
    pub(crate) public_out: Option<PathBuf>,
    /// Replace files that exist
    #[arg(long)]
    pub(crate) force: bool,
}

impl GenerateArguments {
    /// Returns the file of the private key; `-` is standard output, as is no file.
    pub(crate) fn out(&self) -> Option<&Path> {
        self.out.as_deref().filter(|path| *path != Path::new("-"))
    }
}

/// Show what kind of key a file holds; never its private members
///
/// Reads a JWK, PEM or DER (PKCS#8, encrypted or not, PKCS#1, SEC1, SPKI), an X.509 certificate, a
/// key of OpenSSH, or a JWK Set, of which each member gets a line. Exits with 3 if the key cannot
/// be used. Nothing in a certificate is checked, neither dates nor signatures.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  jotem key show key.pem
  jotem key show ~/.ssh/id_ed25519.pub
  curl -s https://auth.example/jwks.json | jotem key show -")]
pub(crate) struct ShowArguments {
    /// The file of the key, or - for standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) password: PasswordArguments,
    /// Write the public key instead
    #[arg(long)]
    pub(crate) public: bool,
    /// The form of the public key
    #[arg(long, default_value = "jwk", requires = "public")]
    pub(crate) format: PublicFormat,
}

/// The forms of a private key or a shared secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PrivateFormat {
    /// A JSON Web Key (RFC 7517), with its algorithm and its kid
    Jwk,
    /// PKCS#8 in PEM
    Pem,
    /// PKCS#8 in DER, which is binary
    Der,
    /// The bytes of a shared secret in base64
    Base64,
}

impl From<PrivateFormat> for Form {
    fn from(format: PrivateFormat) -> Self {
        match format {
            PrivateFormat::Jwk => Self::Jwk,
            PrivateFormat::Pem => Self::Pem,
            PrivateFormat::Der => Self::Der,
            PrivateFormat::Base64 => Self::Base64,
        }
    }
}

/// The forms of a public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PublicFormat {
    /// A JSON Web Key (RFC 7517)
    Jwk,
    /// SPKI in PEM
    Pem,
}
