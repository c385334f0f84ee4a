//! JSON text from Python objects and back, without a detour through Python's `json`.

mod read;
mod write;

pub(crate) use read::read;
pub(crate) use write::{Fault, Problem, members, text, value, whole};
