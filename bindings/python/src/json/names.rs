//! The names of members that were read before: the same few in every token, and so the same objects.

use pyo3::prelude::*;
use pyo3::types::PyString;

use super::read::Unread;
use super::shape::Shape;

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
    pub(crate) fn named(name: &[u8]) -> Option<Self> {
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
    /// The first bytes of that, and a mask of as many bytes as it has.
    start: (u128, u128),
    /// Where the name is that came after this one last time.
    next: usize,
}

impl Known {
    fn new(quoted: Vec<u8>, object: Py<PyString>, claim: Option<Claim>) -> Self {
        let mut start = ([0; 16], [0; 16]);
        for ((byte, mask), quoted) in start.0.iter_mut().zip(&mut start.1).zip(&quoted) {
            (*byte, *mask) = (*quoted, 0xff);
        }
        let start = (u128::from_le_bytes(start.0), u128::from_le_bytes(start.1));
        Self { quoted: quoted.into(), object, claim, start, next: 0 }
    }

    /// Whether the rest of a document begins with it: mostly one comparison.
    #[inline]
    fn begins(&self, rest: &[u8]) -> bool {
        match rest.first_chunk() {
            Some(first) if self.quoted.len() <= first.len() => {
                u128::from_le_bytes(*first) & self.start.1 == self.start.0
            }
            Some(_) | None => rest.starts_with(&self.quoted),
        }
    }
}

/// The names that were read, each in the place that its bytes choose.
pub(super) struct Names {
    places: Vec<Option<Known>>,
    /// Where the name is that began the last document.
    first: usize,
    /// The place of the name before, in the document that is being read.
    before: Option<usize>,
    /// What the last document was like.
    pub(super) shape: Shape,
}

impl Names {
    pub(super) const fn new() -> Self {
        Self { places: Vec::new(), first: 0, before: None, shape: Shape::new() }
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
        if !known.begins(rest) {
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
            *slot = Some(Known::new(quoted, object, claim));
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
