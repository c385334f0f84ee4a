//! A directory of a test, and a log in it.

use std::io::BufReader;
use std::path::PathBuf;
use std::time::Duration;

use jotem::{NumericDate, Secret};
use jotem_session::audit::{
    AuditError, AuditLog, AuditLogBuilder, ChainKey, Verification, Verified,
};
use jotem_session::event::{Action, Event, EventSink as _};
use jotem_session::store::Subject;
use tempfile::TempDir;

/// 2026-11-22T00:00:00Z.
pub(crate) const NOW: u64 = 1_795_305_600;

/// A directory that goes away.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn log(&self) -> AuditLogBuilder {
        AuditLog::builder(self.path("audit.jsonl"))
    }

    /// Writes a log of so many events, and closes it.
    pub(crate) fn write(&self, builder: AuditLogBuilder, events: u64) {
        let log = builder.open().unwrap();
        (0..events).for_each(|number| log.record(&event(number)));
        assert_eq!(log.counts().dropped, 0);
    }

    pub(crate) fn text(&self) -> String {
        std::fs::read_to_string(self.path("audit.jsonl")).unwrap()
    }

    pub(crate) fn lines(&self) -> Vec<serde_json::Value> {
        self.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The names of the files of the log, without the lock: the oldest first.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.0.path()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.filter(|name| !name.ends_with(".lock")).collect();
        // The one that is written has the shortest name, and is the newest.
        names.sort_by_key(|name| (name == "audit.jsonl", name.clone()));
        names
    }

    /// Verifies all files of the log.
    pub(crate) fn verify(&self, key: Option<&ChainKey>) -> Result<Verified, AuditError> {
        let mut verification = Verification::new(key);
        for name in self.names() {
            let file = std::fs::File::open(self.path(&name)).unwrap();
            verification.read(BufReader::new(file))?;
        }
        Ok(verification.verified())
    }
}

/// The event of a number: a login each.
pub(crate) fn event(number: u64) -> Event {
    let at = NumericDate::from_secs(NOW).saturating_add(Duration::from_millis(number));
    Event::new(Action::SessionStart, at).subject(&Subject::new(format!("subject {number}")))
}

pub(crate) fn key(byte: u8) -> ChainKey {
    ChainKey::derive(&Secret::from(vec![byte; 32])).unwrap()
}

/// Time enough for any machine.
pub(crate) const LONG: Duration = Duration::from_secs(60);
