//! Long-form documentation, compiled and tested with the crate.

pub mod attacks;
pub mod defaults;
pub mod lint;
