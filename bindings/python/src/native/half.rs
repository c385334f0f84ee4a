//! Which half of a key there is: the private one, which knows the public one, or that alone. A shared
//! secret is both.

use jotem::error::Code;
use jotem::{Algorithm, Error, Jwk, SigningKey, VerifyingKey};

use super::algorithm;

/// A key of the engine.
#[derive(Clone)]
pub(super) enum Half {
    Signing(SigningKey),
    Verifying(VerifyingKey),
}

impl Half {
    /// Takes whichever half a document has.
    pub(super) fn of(jwk: &Jwk, algorithm: Algorithm, key_id: Option<&str>) -> Result<Self, Error> {
        let named = match key_id {
            Some(key_id) => &jwk.clone().with_key_id(key_id),
            None => jwk,
        };
        let verifying = || VerifyingKey::from_jwk(named, algorithm).map(Self::Verifying);
        if !named.is_private() {
            return verifying();
        }
        match SigningKey::from_jwk(named, algorithm) {
            // A shared secret that may verify only.
            Err(error) if error.code() == Code::KeyUse => verifying().map_err(|_| error),
            signing => signing.map(Self::Signing),
        }
    }

    pub(super) const fn algorithm(&self) -> Algorithm {
        match self {
            Self::Signing(key) => key.algorithm(),
            Self::Verifying(key) => key.algorithm(),
        }
    }

    pub(super) fn key_id(&self) -> Option<&str> {
        match self {
            Self::Signing(key) => key.key_id(),
            Self::Verifying(key) => key.key_id(),
        }
    }

    /// Whether it is a shared secret.
    pub(super) const fn is_symmetric(&self) -> bool {
        !algorithm::is_slow(self.algorithm())
    }

    /// Returns the document that may be published.
    pub(super) fn public_jwk(&self) -> Result<Jwk, Error> {
        match self {
            Self::Signing(key) => key.verifying_key().to_jwk()?.public(),
            Self::Verifying(key) => key.to_jwk()?.public(),
        }
    }

    /// Returns the whole document.
    pub(super) fn whole_jwk(&self) -> Result<Jwk, Error> {
        match self {
            Self::Signing(key) => key.to_jwk(),
            Self::Verifying(key) => key.to_jwk(),
        }
    }

    pub(super) fn thumbprint(&self) -> Result<String, Error> {
        self.public_jwk().map(|jwk| jwk.thumbprint())
    }
}
