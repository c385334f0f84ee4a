//! Bytes to text and back, strictly: one reading of every input, the same for every reader.

pub(crate) mod base64url;
pub(crate) mod compact;
pub(crate) mod json;
