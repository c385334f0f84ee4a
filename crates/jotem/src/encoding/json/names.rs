//! The member names of one object, to see a second one of the same name.

use std::borrow::Cow;
use std::collections::HashSet;

/// As many names as are compared one by one, without allocating.
const INLINE: usize = 12;

/// The names met so far.
pub(super) struct Names<'a> {
    inline: [&'a str; INLINE],
    count: usize,
    /// Used from the first escaped name, or the thirteenth; hashed with a random key, so that no
    /// sender can choose names that collide.
    spilled: Option<HashSet<Cow<'a, str>>>,
}

impl<'a> Names<'a> {
    pub(super) const fn new() -> Self {
        Self { inline: [""; INLINE], count: 0, spilled: None }
    }

    /// Returns how many names there are.
    pub(super) const fn count(&self) -> usize {
        self.count
    }

    /// Adds a name; `false` if it was there already.
    #[expect(clippy::ptr_arg, reason = "a borrowed name is kept without a copy")]
    pub(super) fn insert(&mut self, name: &Cow<'a, str>) -> bool {
        if self.spilled.is_none() {
            if let Cow::Borrowed(name) = name {
                let known = self.inline.get(..self.count).unwrap_or_default();
                if known.contains(name) {
                    return false;
                }
                if let Some(slot) = self.inline.get_mut(self.count) {
                    *slot = name;
                    self.count = self.count.saturating_add(1);
                    return true;
                }
            }
            self.spill();
        }
        self.count = self.count.saturating_add(1);
        self.spilled.as_mut().is_some_and(|names| names.insert(name.clone()))
    }

    #[cold]
    fn spill(&mut self) {
        let known = self.inline.get(..self.count).unwrap_or_default();
        self.spilled = Some(known.iter().map(|name| Cow::Borrowed(*name)).collect());
    }
}
