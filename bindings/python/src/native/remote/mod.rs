//! Remote key sets: `jotem.JWKSClient`. Fetching, keeping and refusing are the engine's; here it
//! meets Python's threads, its event loop and its callables.
//!
//! The client's thread asks for the GIL to call a callable of the program's, and to wake an event
//! loop. So nobody waits for that thread who has the GIL; and no lock of ours is held where the GIL
//! is asked for, nor given up, so that every one of them is free whenever a process forks.

mod callback;
mod client;
mod clock;
mod event;
mod fetching;
mod hints;
mod settings;
mod status;

use pyo3::prelude::*;

pub(super) use callback::Callback;
pub(super) use client::Client;
pub(super) use hints::hint;

/// Adds the classes, and what `jotem/_awaiting.py` is built on.
pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Client>()?;
    module.add_class::<event::Event>()?;
    module.add_class::<status::SourceStatus>()?;
    module.add_class::<fetching::Fetching>()?;
    module.add_function(wrap_pyfunction!(fetching::jwks_verify, module)?)?;
    module.add_function(wrap_pyfunction!(fetching::jwks_ready, module)?)?;
    module.add_function(wrap_pyfunction!(fetching::jwks_refresh, module)?)
}
