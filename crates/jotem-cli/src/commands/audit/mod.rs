//! `jotem audit`: the log of what happened to sessions.

pub(crate) mod verify;
