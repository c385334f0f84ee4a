//! `jotem.KeySet`: a JWK Set, with what in it can be used and what cannot.

use jotem::error::KeyError;
use jotem::{Jwk, KeySet as EngineSet, jwk};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyIterator, PyList, PyTuple};

use super::key::Key;
use super::{arguments, errors};
use crate::json;

/// A JWK Set (RFC 7517 section 5): what an identity provider publishes at its ``jwks_uri``.
///
/// A verifier takes it as it is, and picks the key by ``kid`` and algorithm. Iterating over it
/// gives the keys that can be used as they are; ``len`` counts these.
///
/// Args:
///     keys: The keys to publish, of each the public half.
///
/// Raises:
///     KeyRefused: One is a shared secret, which has no public half.
///
/// Example:
///     >>> from jotem import Key, KeySet, Verifier
///     >>> now, next = Key.generate("ES256", key_id="a"), Key.generate("ES256", key_id="b")
///     >>> published = KeySet([now, next]).to_json()
///     >>> keys = KeySet.from_json(published)
///     >>> [key.key_id for key in keys]
///     ['a', 'b']
///     >>> Verifier(keys, audience="api").algorithms
///     (Algorithm.ES256,)
#[pyclass(frozen, module = "jotem", eq)]
#[derive(Clone, PartialEq, Eq)]
pub(super) struct KeySet {
    pub(super) set: EngineSet,
}

/// A member of a ``KeySet``: the key, or why it cannot be used as it is.
///
/// Example:
///     >>> from jotem import KeySet
///     >>> KeySet.from_dict({"keys": [{"kty": "oct", "kid": "s", "k": "AA"}]}).members
///     (<jotem.Member: kid s, kty oct: key_algorithm_unknown>,)
#[pyclass(frozen, module = "jotem", get_all)]
pub(super) struct Member {
    /// The key; None if it cannot be used as it is.
    key: Option<Py<Key>>,
    /// The member ``kid`` (RFC 7517 section 4.5); None if there is none.
    key_id: Option<String>,
    /// The member ``kty`` (RFC 7517 section 4.1); None if there is none.
    key_type: Option<String>,
    /// Why it cannot be used as it is: a ``KeyRefused``; None if it can.
    reason: Option<Py<PyAny>>,
}

#[pymethods]
impl KeySet {
    #[new]
    fn new(py: Python<'_>, keys: &Bound<'_, PyAny>) -> PyResult<Self> {
        let expected = "an iterable of jotem.Key (documents: KeySet.from_json, from_dict)";
        let wrong = |found: &Bound<'_, PyAny>| arguments::wrong_type("keys", expected, found);
        if keys.is_instance_of::<PyDict>() {
            return Err(wrong(keys));
        }
        let elements = arguments::elements("keys", expected, keys)?;
        let jwks = elements.map(|element| {
            let element = element?;
            let key = element.cast::<Key>().map_err(|_| wrong(&element))?;
            key.get().public_jwk().map_err(|error| errors::raise(py, error))
        });
        Ok(Self { set: jwks.collect::<PyResult<Vec<Jwk>>>()?.into_iter().collect() })
    }

    /// Reads a set from ``json`` text. A member that cannot be used does not spoil the others: see
    /// ``members``.
    ///
    /// Raises:
    ///     KeyRefused: It is no JWK Set. One without any member is a set, though no verifier takes
    ///         it.
    ///
    /// Example:
    ///     >>> KeySet.from_json('{"kty": "EC"}')
    ///     Traceback (most recent call last):
    ///         ...
    ///     jotem.errors.KeyRefused: this is not a JWK Set: it has no array `keys`
    #[staticmethod]
    fn from_json(py: Python<'_>, json: &Bound<'_, PyAny>) -> PyResult<Self> {
        Self::read(py, arguments::bytes("json", json)?)
    }

    /// Reads a set from ``jwks``, a dict such as ``response.json()``. Otherwise as ``from_json``.
    ///
    /// Example:
    ///     >>> KeySet.from_dict(keys.to_dict()) == keys
    ///     True
    #[staticmethod]
    fn from_dict(py: Python<'_>, jwks: &Bound<'_, PyAny>) -> PyResult<Self> {
        if !jwks.is_instance_of::<PyDict>() {
            return Err(arguments::wrong_type("jwks", "dict", jwks));
        }
        let mut json = zeroize::Zeroizing::new(Vec::with_capacity(8 * 1024));
        json::value(&mut json, jwks).map_err(|fault| errors::unwritable(py, "jwks", fault))?;
        Self::read(py, &json)
    }

    /// Returns the set as JSON, to publish as ``application/jwk-set+json`` (RFC 7517 section
    /// 8.5.2).
    ///
    /// Example:
    ///     >>> keys.to_json() == published
    ///     True
    fn to_json(&self) -> String {
        self.set.to_json()
    }

    /// Returns the set as a dict.
    ///
    /// Example:
    ///     >>> len(keys.to_dict()["keys"])
    ///     2
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        json::read(py, &self.set.to_json())
    }

    /// Every member, in the order of the set, with the reason for those that cannot be used as they
    /// are.
    ///
    /// An RSA key without ``alg`` is such a one: ``Verifier(keys, algorithms=["RS256"])`` uses it.
    ///
    /// Example:
    ///     >>> keys.members[0].key_id, keys.members[0].reason
    ///     ('a', None)
    #[getter]
    fn members<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let verdicts = self.set.verdicts(&[]);
        let members = self.set.members().iter().zip(verdicts);
        let members = members.map(|(member, verdict)| match verdict {
            Ok(key) => {
                let key_id = key.key_id().map(str::to_owned);
                let key_type = name(member).1;
                let key = Some(Py::new(py, Key::from(key))?);
                Py::new(py, Member { key, key_id, key_type, reason: None })
            }
            Err(reason) => Py::new(py, Member::unusable(py, member, &reason)?),
        });
        PyTuple::new(py, members.collect::<PyResult<Vec<_>>>()?)
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyIterator>> {
        let keys = self.set.verifying_keys(&[]).into_iter();
        let keys: PyResult<Vec<_>> = keys.map(|key| Py::new(py, Key::from(key))).collect();
        PyList::new(py, keys?)?.try_iter()
    }

    fn __len__(&self) -> usize {
        self.set.verifying_keys(&[]).len()
    }

    /// A set without a usable key is still a set.
    const fn __bool__(&self) -> bool {
        true
    }

    fn __repr__(&self) -> String {
        let members = self.set.members().len();
        format!("<jotem.KeySet: {members} member(s), {} usable as they are>", self.__len__())
    }
}

impl KeySet {
    fn read(py: Python<'_>, json: &[u8]) -> PyResult<Self> {
        let set = EngineSet::from_json(json).map_err(|error| errors::raise(py, error))?;
        Ok(Self { set })
    }
}

#[pymethods]
impl Member {
    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let reason = match &self.reason {
            Some(reason) => reason.bind(py).getattr("code")?.to_string(),
            None => "usable".to_owned(),
        };
        let text = |text: &Option<String>| {
            text.as_deref()
                .map_or_else(|| "-".to_owned(), |t| jotem::error::Excerpt::new(t).to_string())
        };
        let (key_id, key_type) = (text(&self.key_id), text(&self.key_type));
        Ok(format!("<jotem.Member: kid {key_id}, kty {key_type}: {reason}>"))
    }
}

impl Member {
    fn unusable(py: Python<'_>, member: &jwk::Member, reason: &KeyError) -> PyResult<Self> {
        let (key_id, key_type) = name(member);
        let reason = errors::of_key_error(py, reason)?.unbind();
        Ok(Self { key: None, key_id, key_type, reason: Some(reason) })
    }
}

/// Returns `kid` and `kty` of a member.
fn name(member: &jwk::Member) -> (Option<String>, Option<String>) {
    match member {
        jwk::Member::Key(jwk) => {
            (jwk.key_id().map(str::to_owned), Some(jwk.key_type().name().to_owned()))
        }
        jwk::Member::Unusable { key_id, key_type, .. } => (key_id.clone(), key_type.clone()),
        _ => (None, None),
    }
}
