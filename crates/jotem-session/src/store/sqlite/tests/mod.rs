//! What needs to look inside: batches, limits, and when a batch is on the disk.

#![expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test stops where it fails"
)]

mod batches;
mod limits;
#[cfg(target_os = "linux")]
mod syncs;

use std::path::Path;
use std::sync::{Mutex, mpsc};

use super::failure::Failure;
use super::queue::Receiver;
use super::{Sqlite, SqliteOptions};
use crate::refresh_token::{SessionId, SubjectKey};
use crate::revocation::Fingerprint;
use crate::rotation::{Presented, RotationPolicy};
use crate::store::{NewSession, Notice, Rotate, StoreError, Subject};

fn new_session(number: u8) -> NewSession {
    let (subject, session) = ids(number);
    NewSession::new(subject, &Subject::new("ada"), session, [7; 12])
}

fn rotate(number: u8, generation: u32) -> Rotate {
    let (subject, session) = ids(number);
    let presented = Presented { generation, secret_hash: [7; 12], client: 0, binding: None };
    let notice = Notice::new(Fingerprint::from_u64(number.into()), 930);
    Rotate { subject, session, presented, policy: RotationPolicy::web(), notice }
}

fn ids(number: u8) -> (SubjectKey, SessionId) {
    (SubjectKey::from_bytes([number; 12]), SessionId::from_bytes([number; 16]))
}

/// A thread that is kept busy until this is dropped.
struct Busy {
    _ends: mpsc::Sender<()>,
    done: Receiver<()>,
}

impl Sqlite {
    fn push<T, W>(&self, work: W) -> Result<Receiver<T>, StoreError>
    where
        T: Send + 'static,
        W: Fn(&rusqlite::Connection, u64) -> Result<T, Failure> + Send + Sync + 'static,
    {
        self.writer.as_ref().unwrap().push(work)
    }

    /// Keeps the writer busy; returns when it is. What is asked meanwhile is one batch.
    fn keep_busy(&self) -> Busy {
        let (ends, end) = mpsc::channel::<()>();
        let (begins, begun) = mpsc::channel();
        let end = Mutex::new(end);
        let done = self.push(move |_, _| {
            begins.send(()).unwrap();
            drop(end.lock().unwrap().recv());
            Ok(())
        });
        begun.recv().unwrap();
        Busy { _ends: ends, done: done.unwrap() }
    }
}

impl Busy {
    fn end(self) -> Receiver<()> {
        self.done
    }
}

async fn open(folder: &Path) -> Sqlite {
    SqliteOptions::new().open(folder.join("sessions.db")).await.unwrap()
}
