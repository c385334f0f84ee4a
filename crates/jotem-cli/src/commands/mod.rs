//! What each command does: a file for each verb, in a folder for each noun.

pub(crate) mod audit;
pub(crate) mod decode;
pub(crate) mod explain;
pub(crate) mod key;
pub(crate) mod lint;
pub(crate) mod ring;
pub(crate) mod session;
pub(crate) mod shell;
pub(crate) mod sign;
pub(crate) mod store;
pub(crate) mod verify;
