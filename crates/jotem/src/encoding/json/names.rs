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

    /// Adds a name without escapes whose fingerprint is known to be exact; `false` if it was there
    /// already, or if it is not for this to tell.
    #[inline]
    pub(super) fn insert_short(&mut self, name: &'a str, print: u64) -> bool {
        let known = self.prints.get(..self.count).is_none_or(|known| known.contains(&print));
        !known && self.spilled.is_none() && self.push(name, print)
    }

    /// Adds a name; `false` if it was there already.
    #[expect(clippy::ptr_arg, reason = "a borrowed name is kept without a copy")]
    pub(super) fn insert(&mut self, name: &Cow<'a, str>) -> bool {
        let Cow::Borrowed(text) = name else { return self.insert_spilled(name) };
        if self.count >= INLINE || self.spilled.is_some() {
            return self.insert_spilled(name);
        }
        let print = fingerprint(text);
        let mut known = self.prints.iter().zip(&self.inline).take(self.count);
        !known.any(|(other, name)| *other == print && name == text) && self.push(text, print)
    }

    /// Keeps a new name; `false` if there is no room.
    #[inline]
    fn push(&mut self, name: &'a str, print: u64) -> bool {
        let room = self.prints.get_mut(self.count).zip(self.inline.get_mut(self.count));
        let Some((slot, kept)) = room else { return false };
        *slot = print;
        *kept = name;
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

/// The length of a name and its first seven bytes in one word.
fn fingerprint(name: &str) -> u64 {
    let mut bytes = [0; 8];
    bytes.iter_mut().zip(name.bytes()).for_each(|(to, from)| *to = from);
    short_fingerprint(u64::from_le_bytes(bytes), name.len())
}

/// The fingerprint of a name of `length` bytes that `word` begins with; exact up to seven bytes:
/// names that short are equal if their fingerprints are.
#[inline]
pub(super) fn short_fingerprint(word: u64, length: usize) -> u64 {
    let bits = u32::try_from(length.min(7)).unwrap_or_default().saturating_mul(8);
    let others = u64::MAX.checked_shl(bits).unwrap_or_default();
    let length = u64::try_from(length).unwrap_or(u64::MAX).min(0xff);
    (word & !others) | (length << 56)
}
