//! Long-form documentation, compiled and tested with the crate.

pub mod attacks;
pub mod cache;
pub mod defaults;
