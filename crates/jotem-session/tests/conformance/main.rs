//! What every store has to do, held to `Memory`; and that the checks can fail.

mod memory;
