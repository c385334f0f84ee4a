//! The keys under which things are kept.

use fred::types::Key;

use crate::refresh_token::SubjectKey;
use crate::store::NameKind;

/// The version of the layout. A later one is not read by this program, which looks when it is opened.
pub(super) const VERSION: u32 = 1;

/// The keys: what they begin with, and whether they are all on one server.
#[derive(Debug)]
pub(super) struct Layout {
    prefix: String,
    is_cluster: bool,
}

impl Layout {
    pub(super) fn new(prefix: &str, is_cluster: bool) -> Self {
        Self { prefix: prefix.to_owned(), is_cluster }
    }

    /// The sessions of a subject, its name and its epoch.
    pub(super) fn sessions(&self, subject: SubjectKey) -> Key {
        self.of_subject(b"s:", subject)
    }

    /// What lists show of them.
    pub(super) fn labels(&self, subject: SubjectKey) -> Key {
        self.of_subject(b"l:", subject)
    }

    /// The name of a subject, if it is long.
    pub(super) fn long_name(&self, subject: SubjectKey) -> Key {
        self.of_subject(b"u:", subject)
    }

    pub(super) fn feed(&self) -> Key {
        self.key(b"feed", b"")
    }

    /// A key, and with it the feed if both are on one server: a script touches one key on Cluster.
    pub(super) fn with_feed(&self, key: Key) -> Vec<Key> {
        if self.is_cluster { vec![key] } else { vec![key, self.feed()] }
    }

    pub(super) fn names(&self, kind: NameKind) -> Key {
        self.key(b"n:", kind.as_str().as_bytes())
    }

    pub(super) fn document(&self, name: &str) -> Key {
        self.key(b"d:", name.as_bytes())
    }

    pub(super) fn lease(&self, name: &str) -> Key {
        self.key(b"k:", name.as_bytes())
    }

    /// What has [`VERSION`].
    pub(super) fn version(&self) -> Key {
        self.key(b"layout", b"")
    }

    pub(super) const fn is_cluster(&self) -> bool {
        self.is_cluster
    }

    /// What `SCAN` looks for to find all subjects.
    pub(super) fn all_subjects(&self) -> String {
        format!("{}s:*", self.prefix)
    }

    /// Returns the subject whose sessions a key holds; absent if it is another's key.
    pub(super) fn subject_of(&self, key: &[u8]) -> Option<SubjectKey> {
        let subject = key.strip_prefix(self.prefix.as_bytes())?.strip_prefix(b"s:")?;
        subject.try_into().ok().map(SubjectKey::from_bytes)
    }

    fn of_subject(&self, what: &[u8], subject: SubjectKey) -> Key {
        self.key(what, subject.as_bytes())
    }

    fn key(&self, what: &[u8], name: &[u8]) -> Key {
        Key::from([self.prefix.as_bytes(), what, name].concat().into_boxed_slice())
    }
}
