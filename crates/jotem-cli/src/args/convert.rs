//! The arguments of `jotem key convert` and `jotem key thumbprint`.

use std::path::{Path, PathBuf};

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, ValueEnum};
use jotem::Algorithm;

use super::password::{NewPasswordArguments, PasswordArguments};

/// Write a key in another form
///
/// Reads whatever `key show` reads, and checks it. What is private goes to a file that only its
/// owner can read, or to a pipe; to a terminal only with --out -.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  jotem key convert key.pem --to jwk --thumbprint-kid --out key.jwk
  jotem key convert key.jwk --to pem --public
  jotem key convert key.pem --to jwks --alg RS256 --kid 2026-11
  jotem key convert jwks.json --member 2026-11 --to pem
  jotem key convert key.pem --to pem --encrypt --out locked.pem")]
pub(crate) struct ConvertArguments {
    /// The file of the key, or - for standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// The form to write
    #[arg(long, value_name = "FORM")]
    pub(crate) to: Form,
    /// Leave the private part out
    #[arg(long)]
    pub(crate) public: bool,
    /// Take this one key of a JWK Set: its `kid`
    #[arg(long, value_name = "ID")]
    pub(crate) member: Option<String>,
    /// Name the key (`kid`)
    #[arg(
        long = "kid", value_name = "ID", conflicts_with = "thumbprint_key_id",
        value_parser = NonEmptyStringValueParser::new()
    )]
    pub(crate) key_id: Option<String>,
    /// Name each key that has no name by its RFC 7638 thumbprint
    #[arg(long = "thumbprint-kid")]
    pub(crate) thumbprint_key_id: bool,
    /// Say which algorithm the key is for (`alg`)
    #[arg(long = "alg", value_name = "ALG", value_parser = super::algorithm())]
    pub(crate) algorithm: Option<Algorithm>,
    /// Say what the key is for (`use`)
    #[arg(long = "use", value_name = "USE")]
    pub(crate) purpose: Option<Purpose>,
    #[command(flatten)]
    pub(crate) password: PasswordArguments,
    #[command(flatten)]
    pub(crate) encryption: NewPasswordArguments,
    /// Write to this file; a private key gets mode 0600 [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Replace a file that exists
    #[arg(long, requires = "out")]
    pub(crate) force: bool,
}

impl ConvertArguments {
    /// Returns the file to write; `-` is standard output, as is no file.
    pub(crate) fn out_file(&self) -> Option<&Path> {
        self.out.as_deref().filter(|path| *path != Path::new("-"))
    }
}

/// Print the thumbprint of a key, or of each key of a JWK Set (RFC 7638)
///
/// It is the same for the public and the private form of one key. Each key has one line, in the
/// order of the set; members that cannot be read have none, and are named on standard error.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  jotem key thumbprint key.pem
  jotem key thumbprint jwks.json --uri")]
pub(crate) struct ThumbprintArguments {
    /// The file of the key or the JWK Set, or - for standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) password: PasswordArguments,
    /// Print it as a URI (RFC 9278)
    #[arg(long)]
    pub(crate) uri: bool,
    /// The hash
    #[arg(long, value_name = "HASH", default_value = "sha256")]
    pub(crate) hash: Hash,
}

/// The forms of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// A JSON Web Key (RFC 7517)
    Jwk,
    /// A JWK Set, for publishing: public keys only
    Jwks,
    /// PKCS#8 in PEM for a private key, SPKI in PEM for a public one
    Pem,
    /// The same in DER, which is binary
    Der,
    /// The bytes of a shared secret in base64
    Base64,
}

/// What a key is for (RFC 7517 §4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Purpose {
    /// Signatures
    Sig,
    /// Encryption
    Enc,
}

/// The hashes of thumbprints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Hash {
    /// SHA-256, which everybody uses
    Sha256,
}
