//! Sessions: `jotem.sessions`. Tokens, stores and revocation are the engine's; here it meets Python's
//! threads, its event loops, its callables and its forks.
//!
//! What waits is an [`operation::Operation`], a future that whoever asked for it polls, in their own
//! thread: so a callback is called where the call was made, with its context. Between two polls no
//! lock is held and the GIL is free. The functions that drive it are in `jotem/sessions/_driving.py`.

mod access;
mod audit;
mod engine;
mod errors;
mod event;
mod exchange;
mod grant;
mod list;
mod operation;
mod pair;
mod policy;
mod recipe;
mod roles;
mod runtime;
mod slot;
mod texts;
mod verifier;

use pyo3::prelude::*;

pub(super) use slot::{let_go, write_out};

/// Adds the classes.
pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(audit::verify_audit_log, module)?)?;
    module.add_class::<engine::Engine>()?;
    module.add_class::<operation::Operation>()?;
    module.add_class::<operation::Answer>()?;
    module.add_class::<grant::Grant>()?;
    module.add_class::<pair::TokenPair>()?;
    module.add_class::<list::SessionInfo>()?;
    module.add_class::<list::SessionList>()?;
    module.add_class::<access::AccessToken>()?;
    module.add_class::<access::Live>()?;
    module.add_class::<access::Stale>()?;
    module.add_class::<verifier::SessionVerifier>()?;
    module.add_class::<event::SessionEvent>()?;
    module.add_class::<audit::AuditLog>()?;
    module.add_class::<audit::AuditState>()?;
    module.add_class::<audit::AuditVerified>()?;
    module.add_class::<policy::RotationPolicy>()?;
    module.add_class::<roles::Policy>()?;
    module.add_class::<roles::Granted>()?;
    module.add_class::<roles::PermissionExplanation>()
}
