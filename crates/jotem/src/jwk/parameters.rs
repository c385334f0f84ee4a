//! What a JWK says about its use: `use`, `key_ops`, `alg`, `kid` (RFC 7517 §4.2 to §4.5), and of its
//! certificates.

use std::borrow::Cow;

use super::certificates::Certificates;
use super::members::{Members, Writer, not};
use crate::error::KeyError;
use crate::jwa::Algorithm;

/// The parameters that do not depend on the key type.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Parameters {
    pub(crate) key_id: Option<String>,
    pub(crate) public_key_use: Option<String>,
    pub(crate) operations: Option<Vec<String>>,
    /// As it is written: it may name an algorithm of encryption, or of another engine.
    pub(crate) algorithm: Option<String>,
    /// Read when the key is known that they must be of.
    pub(super) certificates: Certificates,
}

/// What a signature key does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Sign,
    Verify,
}

impl Operation {
    const fn name(self) -> &'static str {
        match self {
            Self::Sign => "sign",
            Self::Verify => "verify",
        }
    }
}

impl Parameters {
    pub(super) fn read(members: &Members<'_>) -> Result<Self, KeyError> {
        let owned = |name| Ok::<_, KeyError>(members.text(name)?.map(str::to_owned));
        let operations = members
            .list("key_ops")?
            .map(|list| list.iter().map(Cow::to_string).collect::<Vec<_>>());
        let parameters = Self {
            key_id: owned("kid")?,
            public_key_use: owned("use")?,
            operations,
            algorithm: owned("alg")?,
            certificates: Certificates::default(),
        };
        parameters.check()?;
        Ok(parameters)
    }

    /// RFC 7517 §4.3: no operation twice, and none that `use` contradicts.
    fn check(&self) -> Result<(), KeyError> {
        let Some(operations) = &self.operations else { return Ok(()) };
        // RFC 7517 §4.3 knows eight; comparing very many is work for a publisher's pleasure.
        if operations.len() > 16 {
            return Err(not("key_ops", "a list of at most 16 operations"));
        }
        for (position, operation) in operations.iter().enumerate() {
            if operations.iter().take(position).any(|earlier| earlier == operation) {
                return Err(not("key_ops", "free of duplicates"));
            }
        }
        let signs = |operation: &String| matches!(operation.as_str(), "sign" | "verify");
        let contradicted = match self.public_key_use.as_deref() {
            Some("sig") => !operations.iter().all(signs),
            Some("enc") => operations.iter().any(signs),
            Some(_) | None => false,
        };
        if contradicted {
            return Err(not("key_ops", "in agreement with `use` (RFC 7517 §4.3)"));
        }
        Ok(())
    }

    /// Checks that the key may be used for `operation`.
    pub(crate) fn allow(&self, operation: Operation) -> Result<(), KeyError> {
        let denied = |member| KeyError::Use { member, operation: operation.name() };
        if self.public_key_use.as_deref().is_some_and(|purpose| purpose != "sig") {
            return Err(denied("use"));
        }
        let listed = |operations: &Vec<String>| operations.iter().any(|o| o == operation.name());
        if self.operations.as_ref().is_some_and(|operations| !listed(operations)) {
            return Err(denied("key_ops"));
        }
        Ok(())
    }

    /// Returns the algorithm, if `alg` names one of this engine.
    pub(crate) fn known_algorithm(&self) -> Option<Algorithm> {
        self.algorithm.as_deref().and_then(Algorithm::from_name)
    }

    /// Returns the parameters of the public half: what could sign may now verify.
    pub(crate) fn public(&self) -> Self {
        let mut public = self.clone();
        for operation in public.operations.iter_mut().flatten() {
            if operation == Operation::Sign.name() {
                *operation = Operation::Verify.name().to_owned();
            }
        }
        if let Some(operations) = &mut public.operations {
            operations.sort();
            operations.dedup();
        }
        public
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        if let Some(key_id) = &self.key_id {
            writer.text("kid", key_id);
        }
        if let Some(purpose) = &self.public_key_use {
            writer.text("use", purpose);
        }
        if let Some(operations) = &self.operations {
            writer.list("key_ops", &operations.iter().map(String::as_str).collect::<Vec<_>>());
        }
        if let Some(algorithm) = &self.algorithm {
            writer.text("alg", algorithm);
        }
        self.certificates.write(writer);
    }
}
