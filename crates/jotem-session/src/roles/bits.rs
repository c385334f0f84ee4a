//! A set of small numbers, one bit each.

/// Which of the roles, or of the permissions, of a policy.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    /// Puts a number in; whether it was not there before.
    pub(super) fn insert(&mut self, number: usize) -> bool {
        let (word, bit) = place(number);
        if word >= self.0.len() {
            self.0.resize(word.saturating_add(1), 0);
        }
        let Some(word) = self.0.get_mut(word) else { return false };
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }

    /// Whether a number is in.
    pub(super) fn has(&self, number: usize) -> bool {
        let (word, bit) = place(number);
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }

    /// Puts in all that `other` has.
    pub(super) fn unite(&mut self, other: &Self) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (word, more) in self.0.iter_mut().zip(&other.0) {
            *word |= more;
        }
    }
}

const fn place(number: usize) -> (usize, u64) {
    (number / 64, 1 << (number % 64))
}
