//! What a process must not be in the middle of when it forks.
//!
//! SQLite remembers in the process which files are open and locked, and a child inherits that memory
//! but none of the locks. A child that opens such a file anew takes the parent's locks for its own: as
//! soon as the parent closes the file, what the child commits goes to a log that has no name any more,
//! and is lost. Nothing inside SQLite can be told to forget. So a child opens no file at all if one was
//! open at the fork. And a ring that is being changed is locked by a thread that is not in the child.
//!
//! A program that forks drops its sessions, calls [`hold`], waits until it [`is_quiet`], forks, and
//! calls [`release`] on both sides. It sees to it that none of its other threads opens sessions
//! meanwhile, or uses a [`KeyRing`](jotem_jwks::ring::KeyRing) of its own. Numbers that are changed in one step tell, and no lock: at the fork,
//! a thread that is not in the child may have had it.
//!
//! # Examples
//! ```
//! use jotem_session::{Sessions, fork};
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("sessions.db");
//!
//! let master = jotem::Secret::from(vec![7; 32]);
//! let url = format!("sqlite://{}", path.display());
//! let sessions = Sessions::builder(master).store_url(&url).open().await?;
//! assert!(!fork::is_quiet());
//!
//! drop(sessions);
//! fork::hold();
//! while !fork::is_quiet() {
//!     // Tasks that followed the store end soon.
//!     tokio::time::sleep(std::time::Duration::from_millis(1)).await;
//! }
//! // Here the process forks.
//! fork::release();
//! # Ok(())
//! # }
//! ```

use std::cell::Cell;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use tokio::task::JoinError;

/// The files that are open.
static FILES: Count = Count::new();

/// The changes of rings that are under way.
static CHANGES: Count = Count::new();

/// The process that lets no change begin; zero for none.
static HELD_BY: AtomicU32 = AtomicU32::new(0);

thread_local! {
    /// Whether it is this thread that holds: it would wait for itself.
    static HOLDS: Cell<bool> = const { Cell::new(false) };
}

/// How long a change waits before it looks again whether it may begin.
const PAUSE: Duration = Duration::from_millis(1);

/// Lets sessions begin no change of a ring any more in other threads, until this one calls [`release`].
/// In a child it holds nothing.
pub fn hold() {
    HOLDS.set(true);
    HELD_BY.store(std::process::id(), Ordering::SeqCst);
}

/// Lets changes begin again.
pub fn release() {
    HOLDS.set(false);
    HELD_BY.store(0, Ordering::SeqCst);
}

/// Whether this process has no file of SQLite open, and sessions change no ring.
#[must_use]
pub fn is_quiet() -> bool {
    let process = std::process::id();
    FILES.of(process) == 0 && CHANGES.of(process) == 0
}

/// One file that this process has open.
#[cfg(feature = "sqlite")]
pub(crate) struct Open(());

#[cfg(feature = "sqlite")]
impl Open {
    /// Counts one more; absent if a file was open when this process was forked.
    pub(crate) fn new() -> Option<Self> {
        FILES.enter(std::process::id()).then_some(Self(()))
    }
}

#[cfg(feature = "sqlite")]
impl Drop for Open {
    fn drop(&mut self) {
        FILES.leave(std::process::id());
    }
}

/// One change of a ring that is under way.
pub(crate) struct Change(());

impl Change {
    /// Counts one more; absent while the process forks.
    pub(crate) fn begin() -> Option<Self> {
        let process = std::process::id();
        CHANGES.enter_anew(process);
        // Counted first: whoever holds looks at the number after that.
        let change = Self(());
        let is_held = HELD_BY.load(Ordering::SeqCst) == process && !HOLDS.get();
        (!is_held).then_some(change)
    }

    /// Waits until it may begin. Not for a task that keeps sessions from being dropped.
    pub(crate) async fn wait() -> Self {
        loop {
            match Self::begin() {
                Some(change) => return change,
                None => tokio::time::sleep(PAUSE).await,
            }
        }
    }

    /// Does it, in a thread in which that may take long.
    ///
    /// # Errors
    /// It panicked.
    pub(crate) async fn run<T: Send + 'static>(
        self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, JoinError> {
        let work = move || {
            let done = work();
            drop(self);
            done
        };
        tokio::task::spawn_blocking(work).await
    }
}

impl Drop for Change {
    fn drop(&mut self) {
        CHANGES.leave(std::process::id());
    }
}

/// How many, and in the upper half the process that they are of.
struct Count(AtomicU64);

impl Count {
    const fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    fn of(&self, process: u32) -> u64 {
        let state = self.0.load(Ordering::SeqCst);
        if state & !COUNT == u64::from(process) << 32 { state & COUNT } else { 0 }
    }

    /// Counts one more; not if those that there are, are another process's.
    #[cfg(feature = "sqlite")]
    fn enter(&self, process: u32) -> bool {
        let one_more = |state| entered(state, process);
        self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_more).is_ok()
    }

    /// Counts one more, and forgets those of another process.
    fn enter_anew(&self, process: u32) {
        let one_more = |state| entered(state, process).or_else(|| entered(0, process));
        // There is always a next state.
        let _ = self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_more);
    }

    /// Counts one less. In a child nothing changes: what it inherited stays there.
    fn leave(&self, process: u32) {
        let one_less = |state| left(state, process);
        let _ = self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less);
    }
}

/// Returns the state with one more; absent if those that there are, are another process's.
fn entered(state: u64, process: u32) -> Option<u64> {
    let own = u64::from(process) << 32;
    match state & COUNT {
        0 => Some(own | 1),
        _ if state & !COUNT == own => state.checked_add(1),
        _ => None,
    }
}

/// Returns the state with one less; absent if it is another process's.
fn left(state: u64, process: u32) -> Option<u64> {
    let is_own = state >> 32 == u64::from(process) && state & COUNT != 0;
    if is_own { state.checked_sub(1) } else { None }
}

const COUNT: u64 = 0xffff_ffff;

#[cfg(test)]
mod tests {
    use super::{Change, Count, entered, hold, is_quiet, left, release};

    const PARENT: u32 = 700;
    const CHILD: u32 = 701;

    #[test]
    fn a_child_opens_nothing_if_something_was_open_at_the_fork() {
        let one = entered(0, PARENT).unwrap();
        let two = entered(one, PARENT).unwrap();
        assert_eq!(entered(one, CHILD), None);
        assert_eq!(entered(two, CHILD), None);
        // What a child drops of its parent's changes nothing.
        assert_eq!(left(two, CHILD), None);
    }

    #[test]
    fn a_child_opens_what_it_likes_if_all_was_closed_before_the_fork() {
        let one = entered(0, PARENT).unwrap();
        let none = left(entered(one, PARENT).unwrap(), PARENT).and_then(|one| left(one, PARENT));
        let own = entered(none.unwrap(), CHILD).unwrap();
        assert_eq!(entered(own, CHILD), own.checked_add(1));
        assert_eq!(entered(own, PARENT), None);
        assert_eq!(left(none.unwrap(), PARENT), None, "never below none");
    }

    #[test]
    fn a_change_of_the_parent_is_none_of_the_child() {
        let changes = Count::new();
        changes.enter_anew(PARENT);
        assert_eq!((changes.of(PARENT), changes.of(CHILD)), (1, 0));
        changes.enter_anew(CHILD);
        assert_eq!((changes.of(PARENT), changes.of(CHILD)), (0, 1));
        changes.leave(PARENT);
        assert_eq!(changes.of(CHILD), 1);
    }

    #[test]
    fn no_change_begins_while_the_process_is_about_to_fork() {
        let under_way = Change::begin().unwrap();
        let begins_elsewhere = || std::thread::spawn(|| Change::begin().is_some()).join().unwrap();
        hold();
        assert!(!begins_elsewhere());
        assert!(Change::begin().is_some(), "whoever holds would wait for itself");
        assert!(!is_quiet(), "one is under way");
        drop(under_way);
        release();
        assert!(begins_elsewhere());
    }
}
