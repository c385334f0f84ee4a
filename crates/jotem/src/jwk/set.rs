//! JWK Sets (RFC 7517 §5): what an issuer publishes.

use super::members::{Members, unsound};
use super::{Jwk, VerifyingKey};
use crate::encoding::json::{Kind, Reader};
use crate::error::{Error, KeyError};
use crate::jwa::Algorithm;
use crate::limits::Limits;

/// A JWK Set. Members that cannot be used are kept with the reason, and do not fail the rest
/// (RFC 7517 §5).
///
/// In the manual: [names and sets](crate::manual::keys#names-and-sets), and
/// [how a key is replaced](crate::manual::keys#replacing-a-key-by-hand).
///
/// # Examples
/// ```
/// use jotem::{Algorithm, KeySet, Verifier};
///
/// let set = KeySet::from_json(r#"{"keys":[
///     {"kty":"OKP","crv":"Ed25519","kid":"a","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
///     {"kty":"OKP","crv":"X25519","kid":"b","x":"…"}]}"#)?;
/// assert_eq!(set.members().len(), 2);
/// assert_eq!(set.keys().count(), 1);
///
/// let verifier = Verifier::builder(set).any_audience().build()?;
/// # Ok::<(), jotem::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeySet {
    members: Vec<Member>,
}

/// A member of a JWK Set.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Member {
    /// A key that could be read.
    Key(Jwk),
    /// One that could not.
    Unusable {
        /// Why.
        reason: KeyError,
        /// Its `kid`, if that could be read.
        key_id: Option<String>,
        /// Its `kty`, if that could be read.
        key_type: Option<String>,
    },
}

impl KeySet {
    /// Reads a JWK Set.
    ///
    /// # Errors
    /// [`KeyError::Json`] if it is not JSON, [`KeyError::SetWithoutKeys`] if it has no array
    /// `keys`; a member that cannot be used is no error.
    pub fn from_json(json: impl AsRef<[u8]>) -> Result<Self, Error> {
        let json = std::str::from_utf8(json.as_ref());
        let json = json.map_err(|_| KeyError::Json { problem: "it is not UTF-8", position: 0 })?;
        let mut members = None;
        let mut reader = Reader::new(json, &Limits::default());
        if reader.kind().is_ok_and(|kind| kind != Kind::Object) {
            let other = reader.raw().and_then(|_| reader.end());
            return Err(other.map_or_else(|f| unsound(&f), |()| KeyError::SetWithoutKeys).into());
        }
        let read = reader.object(|reader, name| {
            if name == "keys" && reader.kind()? == Kind::Array {
                let list = members.insert(Vec::new());
                return reader.array(|reader| {
                    list.push(member(reader.raw()?));
                    Ok(())
                });
            }
            reader.raw().map(drop)
        });
        read.and_then(|()| reader.end()).map_err(|fault| unsound(&fault))?;
        let members = members.ok_or(KeyError::SetWithoutKeys)?;
        Ok(Self { members })
    }

    /// Returns every member, in the order of the document.
    #[must_use]
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// Returns the members that could be read.
    pub fn keys(&self) -> impl Iterator<Item = &Jwk> {
        self.members.iter().filter_map(|member| match member {
            Member::Key(jwk) => Some(jwk),
            Member::Unusable { .. } => None,
        })
    }

    /// Returns the keys that can verify, each with its one algorithm.
    ///
    /// `pinned` gives an algorithm to keys that name none: identity providers publish RSA keys
    /// without `alg`. A key that several of the pinned algorithms fit stays out, as does one that
    /// none fits.
    #[must_use]
    pub fn verifying_keys(&self, pinned: &[Algorithm]) -> Vec<VerifyingKey> {
        self.verdicts(pinned).filter_map(Result::ok).collect()
    }

    /// Returns for each member, in order, the key that [`Self::verifying_keys`] makes of it, or why
    /// it cannot verify.
    pub fn verdicts(
        &self,
        pinned: &[Algorithm],
    ) -> impl Iterator<Item = Result<VerifyingKey, KeyError>> {
        self.members.iter().map(|member| match member {
            Member::Key(jwk) if self.shares_its_name(jwk) => Err(KeyError::KeyIdTwice),
            Member::Key(jwk) => verifying_key(jwk, pinned),
            Member::Unusable { reason, .. } => Err(reason.clone()),
        })
    }

    /// Whether a member that could not be read has the `kid` and the `kty` of this key: then the
    /// name does not say which of the two is meant. Keys of different types may share a `kid`
    /// (RFC 7517 §4.5).
    fn shares_its_name(&self, jwk: &Jwk) -> bool {
        self.members.iter().any(|member| match member {
            Member::Key(_) => false,
            Member::Unusable { key_id, key_type, .. } => {
                key_id.is_some()
                    && key_id.as_deref() == jwk.key_id()
                    && key_type.as_deref() == Some(jwk.key_type().name())
            }
        })
    }

    /// Writes the set with public members only. Shared secrets are left out, and so are members
    /// that cannot be used, or whose name is another's.
    #[must_use]
    pub fn to_json(&self) -> String {
        let sound = self.keys().filter(|jwk| !self.shares_its_name(jwk));
        let members: Vec<String> = sound.filter_map(|jwk| jwk.to_json().ok()).collect();
        format!("{{\"keys\":[{}]}}", members.join(","))
    }
}

/// Reads a member; of one that cannot be used, the names it goes by.
fn member(json: &str) -> Member {
    let reason = match Jwk::read(json) {
        Ok(jwk) => return Member::Key(jwk),
        Err(reason) => reason,
    };
    let names = Members::read(json).ok();
    let name = |name| Some(names.as_ref()?.text(name).ok()??.to_owned());
    Member::Unusable { reason, key_id: name("kid"), key_type: name("kty") }
}

fn verifying_key(jwk: &Jwk, pinned: &[Algorithm]) -> Result<VerifyingKey, KeyError> {
    let algorithm = match (jwk.algorithm(), jwk.declared_algorithm()) {
        (Some(algorithm), _) => algorithm,
        // It names an algorithm that is not one of signatures, or not of this engine.
        (None, Some(_)) => return Err(KeyError::Use { member: "alg", operation: "verify" }),
        (None, None) => {
            let mut fitting = pinned.iter().filter(|one| jwk.material().check(**one).is_ok());
            match fitting.next() {
                Some(algorithm) if fitting.all(|other| other == algorithm) => *algorithm,
                Some(_) | None => return Err(KeyError::AlgorithmUnknown),
            }
        }
    };
    let public = match jwk.material().public() {
        // A private key that was published: its public half is all that is used.
        Some(material) if jwk.is_private() => Jwk { material, parameters: jwk.parameters.public() },
        Some(_) | None => jwk.clone(),
    };
    VerifyingKey::of(public, algorithm)
}

impl FromIterator<Jwk> for KeySet {
    fn from_iter<I: IntoIterator<Item = Jwk>>(keys: I) -> Self {
        Self { members: keys.into_iter().map(Member::Key).collect() }
    }
}
