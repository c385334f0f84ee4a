//! What a token says, and who keeps it: whoever verified the token, or the cache.

use std::sync::Arc;

use zeroize::Zeroize as _;

use super::cache::Entry;
use super::registered::Registered;
use crate::jws::Header;

/// The JSON of a payload, its registered claims, whose texts stay where they stand in it, and the
/// header that came with it.
#[derive(Clone)]
pub(super) struct Payload {
    /// Both empty where they are remembered. Outside of the source: moving a larger one takes a time
    /// that a verification notices.
    json: String,
    registered: Registered,
    source: Source,
}

#[derive(Clone)]
enum Source {
    Read(Arc<Header>),
    /// For as long as this is held, evicted or not.
    Remembered(Arc<Entry>),
}

impl Payload {
    /// Keeps what was read.
    pub(super) const fn read(json: String, registered: Registered, header: Arc<Header>) -> Self {
        Self { json, registered, source: Source::Read(header) }
    }

    /// Keeps what is remembered.
    #[inline]
    pub(super) fn remembered(entry: &Arc<Entry>) -> Self {
        let source = Source::Remembered(Arc::clone(entry));
        Self { json: String::new(), registered: Registered::default(), source }
    }

    /// Returns the JSON.
    #[inline]
    pub(super) fn json(&self) -> &str {
        match &self.source {
            Source::Read(_) => &self.json,
            Source::Remembered(entry) => entry.json(),
        }
    }

    /// Returns the registered claims.
    #[inline]
    pub(super) fn registered(&self) -> &Registered {
        match &self.source {
            Source::Read(_) => &self.registered,
            Source::Remembered(entry) => entry.registered(),
        }
    }

    /// Returns the header.
    pub(super) fn header(&self) -> &Header {
        match &self.source {
            Source::Read(header) => header,
            Source::Remembered(entry) => entry.header(),
        }
    }

    /// Overwrites the JSON that was read.
    pub(super) fn wipe(&mut self) {
        self.json.zeroize();
    }
}
