//! Key rings: `jotem.KeyRing`. States, timers and files are the engine's; here they meet Python's
//! types and its clock.
//!
//! Whatever may read the file, or derive a key from the password, runs with the GIL released.

mod hints;
mod key_ring;
mod outcome;
mod publication;
mod state;
mod timers;

use pyo3::prelude::*;

pub(super) use hints::hint;
pub(super) use key_ring::KeyRing;
pub(super) use publication::Publication;

/// Adds the classes.
pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<KeyRing>()?;
    module.add_class::<state::RingKey>()?;
    module.add_class::<timers::RingTimers>()?;
    module.add_class::<outcome::Rotation>()?;
    module.add_class::<outcome::Compromise>()?;
    module.add_class::<outcome::Maintenance>()?;
    module.add_class::<Publication>()
}
