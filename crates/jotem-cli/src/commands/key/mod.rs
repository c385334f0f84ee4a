//! `jotem key`: making keys, looking at them, and converting them.

pub(crate) mod convert;
mod document;
mod facts;
mod form;
pub(crate) mod generate;
mod members;
mod set;
pub(crate) mod show;
pub(crate) mod thumbprint;
