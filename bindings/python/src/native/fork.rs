//! Forks wait for what works without the GIL on locks and files: whoever is in the middle of it has
//! no thread in the child, which would then find a lock taken for good, and hold the parent's lock on
//! a file for as long as it lives.
//!
//! Python calls a hook before and after a fork. Between the two nobody is in [`pass`] but the thread
//! that forks: hooks of the program run there too, before ours or after them. One number says all: it
//! needs no lock, so it cannot be broken itself.

use std::cell::Cell;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::time::Duration;

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyDict;

/// How many are inside, and above them a bit: whether somebody forks.
static GATE: AtomicUsize = AtomicUsize::new(0);
const CLOSED: usize = 1 << (usize::BITS - 1);

/// The process that closed the gate last.
static CLOSED_IN: AtomicU32 = AtomicU32::new(0);

thread_local! {
    /// How many forks this thread is in the middle of: a hook of the program may fork as well. In the
    /// child that is still so.
    static FORKS: Cell<u32> = const { Cell::new(0) };
}

/// How long is waited before the gate is looked at again.
const PAUSE: Duration = Duration::from_millis(1);

/// Who is inside.
struct Passage;

impl Passage {
    /// Lets one in, unless somebody else forks.
    fn enter() -> Option<Self> {
        let may_pass = |state: usize| state & CLOSED == 0 || FORKS.get() > 0 || is_of_parent();
        let enter = |state: usize| may_pass(state).then(|| state.saturating_add(1));
        GATE.fetch_update(Ordering::AcqRel, Ordering::Acquire, enter).ok().map(|_| Self)
    }
}

impl Drop for Passage {
    fn drop(&mut self) {
        // Never below none: a hook may have begun anew meanwhile.
        let leave = |state: usize| (state & !CLOSED != 0).then(|| state.saturating_sub(1));
        let _ = GATE.fetch_update(Ordering::AcqRel, Ordering::Acquire, leave);
    }
}

/// Whether the gate was closed before this process was forked: hooks of the program run before ours
/// opens it.
fn is_of_parent() -> bool {
    CLOSED_IN.load(Ordering::Acquire) != std::process::id()
}

/// Runs something with the GIL released that no fork may happen in the middle of.
pub(super) fn pass<T: Send>(py: Python<'_>, work: impl FnOnce() -> T + Send) -> T {
    let passage = loop {
        match Passage::enter() {
            Some(passage) => break passage,
            None => py.detach(|| std::thread::sleep(PAUSE)),
        }
    };
    py.detach(move || {
        let result = work();
        // Before the GIL is asked for: whoever forks may have it.
        drop(passage);
        result
    })
}

/// Ends something, at once. Whoever forks cannot go on while the GIL is held: where the gate is closed,
/// that is as good. A finalizer must not wait, for it may be anywhere.
pub(super) fn end(py: Python<'_>, work: impl FnOnce() + Send) {
    match Passage::enter() {
        Some(passage) => py.detach(move || {
            work();
            drop(passage);
        }),
        None => work(),
    }
}

/// Has Python call the hooks, from now on. On a system without forks there is nothing to do. It calls
/// those last before a fork, and first after it, that were there first.
pub(super) fn watch(py: Python<'_>) -> PyResult<()> {
    static WATCHED: PyOnceLock<()> = PyOnceLock::new();
    let watch = || {
        let Some(register) = py.import("os")?.getattr_opt("register_at_fork")? else {
            return Ok(());
        };
        let hooks = PyDict::new(py);
        hooks.set_item("before", wrap_pyfunction!(close, py)?)?;
        hooks.set_item("after_in_parent", wrap_pyfunction!(open, py)?)?;
        hooks.set_item("after_in_child", wrap_pyfunction!(begin_anew, py)?)?;
        register.call((), Some(&hooks)).map(drop)
    };
    WATCHED.get_or_try_init(py, watch).map(drop)
}

/// Lets nobody in any more, waits until everybody is out, and closes what no child may inherit.
#[pyfunction]
fn close(py: Python<'_>) {
    if FORKS.get() > 0 && !is_of_parent() {
        FORKS.set(FORKS.get().saturating_add(1));
        return super::sessions::let_go(py);
    }
    // Another thread may be forking.
    while GATE.fetch_or(CLOSED, Ordering::AcqRel) & CLOSED != 0 && !is_of_parent() {
        py.detach(|| std::thread::sleep(PAUSE));
    }
    CLOSED_IN.store(std::process::id(), Ordering::Release);
    FORKS.set(1);
    while GATE.load(Ordering::Acquire) != CLOSED {
        py.detach(|| std::thread::sleep(PAUSE));
    }
    super::sessions::let_go(py);
}

/// Lets everybody in again.
#[pyfunction]
fn open() {
    FORKS.set(FORKS.get().saturating_sub(1));
    if FORKS.get() > 0 {
        return;
    }
    jotem_session::fork::release();
    GATE.fetch_and(!CLOSED, Ordering::AcqRel);
}

/// In a child there is nobody but who forked, even if that was not by Python's own means.
#[pyfunction]
fn begin_anew() {
    FORKS.set(0);
    jotem_session::fork::release();
    GATE.store(0, Ordering::Release);
}
