//! The end of the program: from then on no thread calls Python for us.
//!
//! A thread that is inside of a callable while the interpreter ends is unwound by force when it next
//! asks for the GIL. That goes through frames of Rust, and aborts the process.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use pyo3::prelude::*;

/// How many threads wait for the GIL or are inside of a callable, and above that number the process
/// in which they are: a child has none of them.
static CALLING: AtomicU64 = AtomicU64::new(0);

/// The process that is ending.
static ENDING: AtomicU32 = AtomicU32::new(0);

/// How long the end of the program waits for a callable.
const PATIENCE: Duration = Duration::from_secs(5);

/// Who is calling.
struct Caller;

impl Caller {
    fn new() -> Self {
        count(|calling| calling.saturating_add(1));
        Self
    }
}

impl Drop for Caller {
    fn drop(&mut self) {
        count(|calling| calling.saturating_sub(1));
    }
}

fn count(change: impl Fn(u32) -> u32) {
    let process = std::process::id();
    let changed = |state| Some((u64::from(process) << 32) | u64::from(change(calling(state))));
    // It never says no.
    let _ = CALLING.fetch_update(Ordering::SeqCst, Ordering::SeqCst, changed);
}

/// How many of this process.
fn calling(state: u64) -> u32 {
    let [process, calling] = [state >> 32, state & u64::from(u32::MAX)];
    if process == u64::from(std::process::id()) { u32::try_from(calling).unwrap_or(0) } else { 0 }
}

/// Attaches to Python to call something of the program's, unless the program is ending.
pub(super) fn attach<T>(call: impl for<'py> FnOnce(Python<'py>) -> T) -> Option<T> {
    let _caller = Caller::new();
    if ENDING.load(Ordering::SeqCst) == std::process::id() {
        return None;
    }
    Python::try_attach(call)
}

/// Has Python call [`end_of_program`], after everything that the program registers from now on.
pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let end = wrap_pyfunction!(end_of_program, module)?;
    module.py().import("atexit")?.call_method1("register", (end,)).map(drop)
}

/// Writes what is to be written, lets nobody begin to call Python any more, and waits for those who do.
#[pyfunction]
fn end_of_program(py: Python<'_>) {
    super::sessions::write_out(py);
    ENDING.store(std::process::id(), Ordering::SeqCst);
    let deadline = Instant::now().checked_add(PATIENCE);
    py.detach(|| {
        while calling(CALLING.load(Ordering::SeqCst)) > 0 && Some(Instant::now()) < deadline {
            std::thread::sleep(Duration::from_millis(1));
        }
    });
}
