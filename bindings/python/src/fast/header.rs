//! Header segments that have been seen under a good signature: a program meets a handful of them.

use std::sync::Mutex;

use super::algorithm::Known;

/// How many header segments are remembered.
const SEEN: usize = 16;
/// A longer segment is not worth a place.
const LONGEST: usize = 512;

/// A header that asks for nothing unusual: no `crit`, no `b64`, and a `kid` that is text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plain {
    pub(crate) known: Known,
}

/// The header segments that were seen, newest last.
#[derive(Debug, Default)]
pub(crate) struct Seen(Mutex<Vec<(Box<[u8]>, Plain)>>);

impl Seen {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// Finds a segment.
    pub(crate) fn find(&self, segment: &[u8]) -> Option<Plain> {
        let seen = self.0.lock().ok()?;
        seen.iter().find(|(known, _)| **known == *segment).map(|(_, plain)| *plain)
    }

    /// Remembers a segment. Only those of tokens whose signature held: others could fill it.
    pub(crate) fn keep(&self, segment: &[u8], plain: Plain) {
        if segment.len() > LONGEST {
            return;
        }
        if let Ok(mut seen) = self.0.lock() {
            if seen.len() >= SEEN {
                seen.remove(0);
            }
            seen.push((segment.into(), plain));
        }
    }
}
