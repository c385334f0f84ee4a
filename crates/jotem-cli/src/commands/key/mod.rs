//! `jotem key`: making keys, and looking at them.

mod document;
mod facts;
pub(crate) mod generate;
mod set;
pub(crate) mod show;
