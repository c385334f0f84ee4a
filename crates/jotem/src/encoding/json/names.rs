//! The member names of one object, to see a second one of the same name.

use std::borrow::Cow;
use std::collections::HashSet;

/// As many names as are compared one by one, without allocating.
const INLINE: usize = 12;

/// The names met so far.
pub(super) struct Names<'a> {
    /// The length and the first bytes of each name: what decides nearly every comparison.
    prints: [u64; INLINE],
    inline: [&'a str; INLINE],
    count: usize,
    /// Used from the first escaped name, or the thirteenth; hashed with a random key, so that no
    /// sender can choose names that collide.
    spilled: Option<HashSet<Cow<'a, str>>>,
}

impl<'a> Names<'a> {
    pub(super) const fn new() -> Self {
        Self { prints: [0; INLINE], inline: [""; INLINE], count: 0, spilled: None }
    }

    /// Returns how many names there are.
    pub(super) const fn count(&self) -> usize {
        self.count
    }

    /// Adds a name that stands at the start of `rest`; `false` if it was there already.
    #[inline]
    #[expect(clippy::ptr_arg, reason = "a borrowed name is kept without a copy")]
    pub(super) fn insert(&mut self, name: &Cow<'a, str>, rest: &[u8]) -> bool {
        let Cow::Borrowed(text) = name else { return self.insert_spilled(name) };
        if self.count >= INLINE || self.spilled.is_some() {
            return self.insert_spilled(name);
        }
        let print = fingerprint(text, rest);
        let mut known = self.prints.iter().zip(&self.inline).take(self.count);
        if known.any(|(other, name)| *other == print && (text.len() <= EXACT || name == text)) {
            return false;
        }
        if let (Some(slot), Some(kept)) =
            (self.prints.get_mut(self.count), self.inline.get_mut(self.count))
        {
            *slot = print;
            *kept = text;
        }
        self.count = self.count.saturating_add(1);
        true
    }

    #[cold]
    #[expect(clippy::ptr_arg, reason = "a borrowed name is kept without a copy")]
    fn insert_spilled(&mut self, name: &Cow<'a, str>) -> bool {
        let known = self.inline.iter().take(self.count);
        let names =
            self.spilled.get_or_insert_with(|| known.map(|name| Cow::Borrowed(*name)).collect());
        self.count = self.count.saturating_add(1);
        names.insert(name.clone())
    }
}

/// Up to this many bytes, equal fingerprints are equal names.
const EXACT: usize = 7;

/// The length of a name and its first seven bytes in one word.
#[inline]
fn fingerprint(name: &str, rest: &[u8]) -> u64 {
    let length = u64::try_from(name.len()).unwrap_or(u64::MAX).min(0xff);
    // Eight bytes are read at once where the text goes on for long enough; what is not the name's
    // is masked.
    let word = match rest.first_chunk::<8>() {
        Some(chunk) => u64::from_le_bytes(*chunk),
        None => {
            let mut bytes = [0; 8];
            bytes.iter_mut().zip(name.bytes()).for_each(|(to, from)| *to = from);
            u64::from_le_bytes(bytes)
        }
    };
    let bits = u32::try_from(name.len().min(EXACT)).unwrap_or_default().saturating_mul(8);
    let mask = u64::MAX.checked_shl(bits).map_or(0, |above| !above);
    (word & mask) | (length << 56)
}
