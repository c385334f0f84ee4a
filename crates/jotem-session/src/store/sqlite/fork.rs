//! Files that are open while the process forks.
//!
//! SQLite remembers in the process which files are open and locked, and a child inherits that memory
//! but none of the locks. A child that opens such a file anew takes the parent's locks for its own: as
//! soon as the parent closes the file, what the child commits goes to a log that has no name any more,
//! and is lost. Nothing inside SQLite can be told to forget. So a child opens no file at all if one was
//! open at the fork. A number that is changed in one step tells, and no lock: at the fork, a thread that
//! is not in the child may have had it.

use std::sync::atomic::{AtomicU64, Ordering};

use super::failure::unavailable;
use crate::store::StoreError;

/// The process that has files open, in the upper half, and how many.
static OPEN: AtomicU64 = AtomicU64::new(0);

/// One file that this process has open.
pub(super) struct Open(());

impl Open {
    /// Counts one more.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: a file was open when this process was forked.
    pub(super) fn new() -> Result<Self, StoreError> {
        let one_more = |state| opened(state, std::process::id());
        match OPEN.fetch_update(Ordering::AcqRel, Ordering::Acquire, one_more) {
            Ok(_) => Ok(Self(())),
            Err(_) => Err(unavailable(
                "a store was open when this process was forked: open it after the fork only"
                    .to_owned(),
            )),
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let one_less = |state| closed(state, std::process::id());
        // In a child nothing changes: what it inherited stays open there.
        OPEN.fetch_update(Ordering::AcqRel, Ordering::Acquire, one_less).ok();
    }
}

/// Returns the state with one more file; absent if those that are open are another process's.
fn opened(state: u64, process: u32) -> Option<u64> {
    let own = u64::from(process) << 32;
    match state & COUNT {
        0 => Some(own | 1),
        _ if state & !COUNT == own => state.checked_add(1),
        _ => None,
    }
}

/// Returns the state with one file less; absent if it is another process's.
fn closed(state: u64, process: u32) -> Option<u64> {
    let is_own = state >> 32 == u64::from(process) && state & COUNT != 0;
    if is_own { state.checked_sub(1) } else { None }
}

const COUNT: u64 = 0xffff_ffff;

#[cfg(test)]
mod tests {
    use super::{closed, opened};

    const PARENT: u32 = 700;
    const CHILD: u32 = 701;

    #[test]
    fn a_child_opens_nothing_if_something_was_open_at_the_fork() {
        let one = opened(0, PARENT).unwrap();
        let two = opened(one, PARENT).unwrap();
        assert_eq!(opened(one, CHILD), None);
        assert_eq!(opened(two, CHILD), None);
        // What a child drops of its parent's changes nothing.
        assert_eq!(closed(two, CHILD), None);
    }

    #[test]
    fn a_child_opens_what_it_likes_if_all_was_closed_before_the_fork() {
        let one = opened(0, PARENT).unwrap();
        let none = closed(opened(one, PARENT).unwrap(), PARENT).and_then(|one| closed(one, PARENT));
        let own = opened(none.unwrap(), CHILD).unwrap();
        assert_eq!(opened(own, CHILD), own.checked_add(1));
        assert_eq!(opened(own, PARENT), None);
        assert_eq!(closed(none.unwrap(), PARENT), None, "never below none");
    }
}
