//! Looks for what is weak in a token or a key: `lint` finds, a [`Verifier`](crate::Verifier)
//! decides. [`manual::lint`](crate::manual::lint) lists the rules.
//!
//! Nothing is verified here. No finding means that no rule of this list applies, not that a token
//! is authentic.
//!
//! Pure and bounded: no I/O, no clock (the time is an argument), at most 64 KiB of a token, 64 keys
//! of a set, 4,096 values of a claims set, and 8 findings of one rule. HMAC tokens are tried with
//! about two hundred secrets that stand in documentation; there is no way to try others.
//!
//! Without the feature `aws-lc` the points and halves of a key are not checked; all else is.
//!
//! # Security
//! Findings never show a value of the token, the key or the secret: their texts are fixed, their
//! facts are numbers and words of this crate. Copies that are made while a key is examined are not
//! all zeroized: lint keys where they are made, not in a server.

mod claims;
mod finding;
mod header;
mod json;
mod key;
mod kind;
mod known;
mod pair;
mod readable;
mod rsa;
mod rule;
mod secret;
mod set;
mod signature;
mod subject;
mod text;
mod time;
mod words;

pub use finding::{Fact, Finding, Severity};
pub use rule::Rule;

use crate::jwt::NumericDate;
use finding::{Part, Report};

/// An examination: the time it is made at, and the key that belongs to the token.
///
/// # Examples
/// ```
/// use jotem::NumericDate;
/// use jotem::lint::Lint;
///
/// let lint = Lint::at(NumericDate::from_secs(1_800_000_000));
///
/// let codes: Vec<_> = lint.key(b"changeme").iter().map(|found| found.code()).collect();
/// assert_eq!(codes, ["lint_secret_known"]);
///
/// let pem = "-----BEGIN PUBLIC KEY-----\n\
///     MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n\
///     -----END PUBLIC KEY-----\n";
/// assert!(lint.key(pem.as_bytes()).is_empty());
/// ```
#[derive(Clone, Copy)]
pub struct Lint<'k> {
    now: NumericDate,
    key: Option<&'k [u8]>,
}

impl<'k> Lint<'k> {
    /// Begins an examination as of `now`.
    #[must_use]
    pub const fn at(now: NumericDate) -> Self {
        Self { now, key: None }
    }

    /// Examines tokens together with a key: PEM, DER, a JWK, a JWK Set, a public key of OpenSSH;
    /// everything else is a shared secret.
    #[must_use]
    pub const fn with_key(mut self, key: &'k [u8]) -> Self {
        self.key = Some(key);
        self
    }

    /// Examines a token in the compact serialization, and the key if there is one.
    ///
    /// The gravest findings come first, then in the order token, header, claims, signature, key.
    #[must_use]
    pub fn token(&self, token: &str) -> Vec<Finding> {
        let mut report = Report::default();
        self.examine_token(token, &mut report);
        report.finish()
    }

    /// Examines a key: PEM, DER, a JWK, a JWK Set, a public key of OpenSSH; everything else is a
    /// shared secret.
    #[must_use]
    pub fn key(&self, key: &[u8]) -> Vec<Finding> {
        let mut report = Report::default();
        examine_key(key, None, &mut report);
        report.finish()
    }

    /// Examines what this looks like: a token if it begins as one, else a key.
    ///
    /// For tools that are handed a file. A program that knows which it is says so.
    #[must_use]
    pub fn any(&self, subject: &[u8]) -> Vec<Finding> {
        match std::str::from_utf8(subject) {
            Ok(token) if subject::is_token(subject) => self.token(token),
            Ok(_) | Err(_) => self.key(subject),
        }
    }

    fn examine_token(&self, text: &str, report: &mut Report) {
        let token = text::read(text, report);
        let header = token
            .as_ref()
            .and_then(|token| header::examine(&token.header, token.encrypted, report));
        let algorithm = header.as_ref().and_then(|header| header.algorithm);
        if let (Some(token), Some(header)) = (&token, &header)
            && !token.encrypted
        {
            claims::examine(&token.payload, header, self.now, report);
            signature::examine(token, header, report);
        }
        let Some(document) = self.key else { return };
        let keys = examine_key(document, algorithm, report);
        if let (Some(token), Some(header)) = (&token, &header) {
            pair::examine(token, header, document, keys.as_deref(), report);
        }
    }
}

fn examine_key(
    document: &[u8],
    algorithm: Option<crate::Algorithm>,
    report: &mut Report,
) -> Option<Vec<crate::Jwk>> {
    if document.len() > LARGEST_KEY {
        report.add(Rule::KeyUnreadable, &Part::Key.whole());
        return Some(Vec::new());
    }
    key::examine(document, algorithm, report)
}

/// Key sets are smaller, secrets much smaller.
const LARGEST_KEY: usize = 256 * 1024;

impl std::fmt::Debug for Lint<'_> {
    /// Shows whether there is a key, and nothing of it.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = formatter.debug_struct("Lint");
        shown.field("now", &self.now).field("has_key", &self.key.is_some()).finish()
    }
}
