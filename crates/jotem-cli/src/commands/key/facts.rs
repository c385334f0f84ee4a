//! What can be said of a key without showing it.

use jotem::error::{Excerpt, KeyError};
use jotem::jwa::KeyType;
use jotem::{Algorithm, Error, Jwk, SigningKey, VerifyingKey};
use serde_json::{Map, Value};

use crate::keys::fitting;
use crate::table::Row;

/// The facts of one key.
#[derive(Debug)]
pub(super) struct Facts<'k> {
    key: &'k Jwk,
    algorithms: Vec<Algorithm>,
}

impl<'k> Facts<'k> {
    pub(super) fn of(key: &'k Jwk) -> Self {
        let algorithms = if is_foreign(key) { Vec::new() } else { fitting(key) };
        Self { key, algorithms }
    }

    /// `EC private key, P-256`, `AKP private key, ML-DSA-65`.
    pub(super) fn kind(&self) -> String {
        let key = self.key;
        if key.key_type() == KeyType::Oct {
            return format!("shared secret (oct), {} bits", key.bits());
        }
        let half = if key.is_private() { "private" } else { "public" };
        let size = match (key.curve(), key.key_type()) {
            (Some(curve), _) => curve.name().to_owned(),
            (None, KeyType::Akp) => self.names(),
            (None, _) => format!("{} bits", key.bits()),
        };
        format!("{} {half} key, {size}", key.key_type().name())
    }

    fn names(&self) -> String {
        let names: Vec<_> = self.algorithms.iter().map(|one| one.name()).collect();
        names.join(", ")
    }

    /// The thumbprint of a shared secret is a hash of it, and is not shown.
    fn thumbprint(&self) -> Option<String> {
        (self.key.key_type() != KeyType::Oct).then(|| self.key.thumbprint())
    }

    /// A row for each thing that is known.
    pub(super) fn to_rows(&self) -> Vec<Row> {
        let key = self.key;
        let algorithm = match (key.declared_algorithm(), key.algorithm()) {
            (Some(declared), None) => {
                format!("{}, which signs no tokens here", Excerpt::new(declared))
            }
            (None, None) => format!("open: {} (say which with --alg)", self.names()),
            (_, Some(_)) => self.names(),
        };
        let excerpt = |text: &str| Excerpt::new(text).to_string();
        let rows = [
            ("key", Some(self.kind())),
            ("algorithm", Some(algorithm)),
            ("kid", key.key_id().map(excerpt)),
            ("use", key.public_key_use().map(excerpt)),
            ("key_ops", key.operations().map(|names| excerpt(&names.join(", ")))),
            ("thumbprint", self.thumbprint()),
            (
                "certificate",
                key.certificate_thumbprint().map(|hash| {
                    format!("SHA-256 {}; neither dates nor issuer are checked", excerpt(hash))
                }),
            ),
        ];
        let rows = rows.into_iter().filter_map(|(name, value)| Some(Row::new(name, value?)));
        rows.collect()
    }

    /// What a member of a set is for.
    pub(super) fn algorithm(&self) -> String {
        match (self.key.declared_algorithm(), self.key.algorithm()) {
            (Some(declared), None) => Excerpt::new(declared).to_string(),
            (None, None) => "no algorithm (needs --alg)".to_owned(),
            (_, Some(_)) => self.names(),
        }
    }

    pub(super) fn to_document(&self) -> Map<String, Value> {
        let key = self.key;
        let mut document = Map::new();
        let mut insert = |name: &str, value: Value| {
            document.insert(name.to_owned(), value);
        };
        insert("kty", key.key_type().name().into());
        insert("crv", key.curve().map(jotem::jwa::Curve::name).into());
        insert("bits", key.bits().into());
        insert("private", key.is_private().into());
        insert("alg", key.declared_algorithm().into());
        insert("algorithms", self.algorithms.iter().map(|one| one.name()).collect());
        insert("kid", key.key_id().into());
        insert("use", key.public_key_use().into());
        insert("key_ops", key.operations().map(<[String]>::to_vec).into());
        insert("thumbprint", self.thumbprint().into());
        document
    }
}

/// Whether `alg` names something else than a signature algorithm of the engine.
fn is_foreign(key: &Jwk) -> bool {
    key.declared_algorithm().is_some() && key.algorithm().is_none()
}

/// Finds out whether the key can be used: its point is on its curve, its halves belong together,
/// its secret is long enough, and `use`, `key_ops` and `alg` allow signatures.
pub(super) fn check(key: &Jwk) -> Result<(), Error> {
    let algorithm = algorithm(key)?;
    let signs = || SigningKey::from_jwk(key, algorithm).map(drop);
    if key.key_type() == KeyType::Oct {
        // `key_ops` may allow one of the two only.
        return signs().or_else(|_| check_verifying(key));
    }
    if key.is_private() { signs() } else { check_verifying(key) }
}

/// Finds out whether the public half, or the shared secret, can verify.
pub(super) fn check_verifying(key: &Jwk) -> Result<(), Error> {
    let algorithm = algorithm(key)?;
    match key.public() {
        Ok(public) => VerifyingKey::from_jwk(&public, algorithm).map(drop),
        Err(_) => VerifyingKey::from_jwk(key, algorithm).map(drop),
    }
}

/// Returns an algorithm that the key fits.
fn algorithm(key: &Jwk) -> Result<Algorithm, Error> {
    if is_foreign(key) {
        return Err(KeyError::Use { member: "alg", operation: "verify" }.into());
    }
    fitting(key).first().copied().ok_or_else(|| KeyError::AlgorithmUnknown.into())
}
