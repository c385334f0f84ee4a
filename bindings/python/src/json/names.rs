//! The names of members that were read before: the same few in every token, and so the same objects.

use pyo3::prelude::*;
use pyo3::types::PyString;

use super::read::Unread;

/// Names up to this length are remembered.
const SHORT: usize = 24;
/// How many names are remembered: a power of two.
const PLACES: usize = 256;

/// A registered claim (RFC 7519 §4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Claim {
    Iss,
    Sub,
    Aud,
    Exp,
    Nbf,
    Iat,
    Jti,
}

impl Claim {
    pub(crate) const COUNT: usize = 7;

    /// Returns the claim of a name.
    pub(super) fn named(name: &[u8]) -> Option<Self> {
        Some(match name {
            b"iss" => Self::Iss,
            b"sub" => Self::Sub,
            b"aud" => Self::Aud,
            b"exp" => Self::Exp,
            b"nbf" => Self::Nbf,
            b"iat" => Self::Iat,
            b"jti" => Self::Jti,
            _ => return None,
        })
    }
}

/// A name that was read before.
pub(super) struct Known {
    /// As it stands in a document without spaces: `"iss":`.
    pub(super) quoted: Box<[u8]>,
    pub(super) object: Py<PyString>,
    pub(super) claim: Option<Claim>,
    /// Where the name is that came after this one last time.
    next: usize,
}

/// The names that were read, each in the place that its bytes choose.
pub(super) struct Names {
    places: Vec<Option<Known>>,
    /// Where the name is that began the last document.
    first: usize,
    /// The place of the name before, in the document that is being read.
    before: Option<usize>,
}

impl Names {
    pub(super) const fn new() -> Self {
        Self { places: Vec::new(), first: 0, before: None }
    }

    /// Begins a document.
    pub(super) const fn begin(&mut self) {
        self.before = None;
    }

    /// Returns the name that came here last time, if it is what the rest of a document begins with.
    #[inline]
    pub(super) fn next_in(&mut self, rest: &[u8]) -> Option<&Known> {
        let place = match self.before {
            None => self.first,
            Some(before) => self.places.get(before)?.as_ref()?.next,
        };
        let known = self.places.get(place)?.as_ref()?;
        if !rest.starts_with(&known.quoted) {
            return None;
        }
        self.before = Some(place);
        Some(known)
    }

    /// Whether a name is short enough to be remembered.
    pub(super) const fn takes(&self, name: &[u8]) -> bool {
        name.len() <= SHORT
    }

    /// Returns a name, made and remembered if it is new. It takes the place of another that its bytes
    /// chose before.
    pub(super) fn find(
        &mut self,
        name: &[u8],
        make: impl FnOnce() -> Result<Py<PyString>, Unread>,
    ) -> Result<&Known, Unread> {
        if self.places.is_empty() {
            self.places.resize_with(PLACES, || None);
        }
        let chosen = place(name);
        match self.before.and_then(|before| self.places.get_mut(before)) {
            Some(Some(before)) => before.next = chosen,
            Some(None) | None => self.first = chosen,
        }
        self.before = Some(chosen);
        let slot = self.places.get_mut(chosen).ok_or(Unread)?;
        let quoted = [b"\"", name, b"\":"].concat();
        if slot.as_ref().is_none_or(|known| *known.quoted != *quoted) {
            let (object, claim) = (make()?, Claim::named(name));
            *slot = Some(Known { quoted: quoted.into(), object, claim, next: 0 });
        }
        slot.as_ref().ok_or(Unread)
    }
}

/// Chooses a place by the bytes of a name.
fn place(name: &[u8]) -> usize {
    let mixed = name
        .iter()
        .fold(name.len(), |mixed, byte| mixed.wrapping_mul(31).wrapping_add(usize::from(*byte)));
    mixed & PLACES.wrapping_sub(1)
}
