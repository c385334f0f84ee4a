//! Header segments that have been seen under a good signature: a program meets a handful of them.

use pyo3::prelude::*;

use super::algorithm::Known;
use crate::raw::Guarded;

/// How many header segments are remembered.
const SEEN: usize = 16;
/// A longer segment is not worth a place.
const LONGEST: usize = 512;

/// A header that asks for nothing unusual: no `crit`, no `b64`, and a `kid` that is text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plain {
    pub(crate) known: &'static Known,
}

/// The header segments that were seen, newest last.
#[derive(Debug, Default)]
pub(crate) struct Seen(Guarded<Vec<(Box<[u8]>, Plain)>>);

impl Seen {
    pub(crate) const fn new() -> Self {
        Self(Guarded::new(Vec::new()))
    }

    /// Finds a segment.
    pub(crate) fn find(&self, py: Python<'_>, segment: &[u8]) -> Option<Plain> {
        let found = |seen: &mut Vec<(Box<[u8]>, Plain)>| {
            seen.iter().find(|(known, _)| **known == *segment).map(|(_, plain)| *plain)
        };
        self.0.with(py, found)?
    }

    /// Remembers a segment. Only those of tokens whose signature held: others could fill it.
    pub(crate) fn keep(&self, py: Python<'_>, segment: &[u8], plain: Plain) {
        if segment.len() > LONGEST {
            return;
        }
        self.0.with(py, |seen| {
            if seen.len() >= SEEN {
                seen.remove(0);
            }
            seen.push((segment.into(), plain));
        });
    }
}
