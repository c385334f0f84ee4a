//! Sessions as these tests make them, and what is asked about them.

use std::path::Path;
use std::time::Duration;

use jotem::Secret;
use jotem_session::refresh_token::{SessionId, SubjectKey};
use jotem_session::revocation::{Fingerprint, Fingerprints};
use jotem_session::rotation::{Decision, Presented, RotationPolicy, State};
use jotem_session::store::{
    NewSession, Notice, Revoke, Rotate, Rotated, Sqlite, Store, StoreError, Subject, Target,
};

/// Numbers of a client and of a grant, as long as the real ones.
const CLIENT: u32 = 7_305_600;
const GRANT: u32 = 5_450_271;

/// A session of which everything follows from two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Session {
    pub(crate) subject: u32,
    pub(crate) number: u32,
}

impl Session {
    pub(crate) const fn new(subject: u32, number: u32) -> Self {
        Self { subject, number }
    }

    /// Scattered, as the real ones are.
    pub(crate) fn key(self) -> SubjectKey {
        let mixed = u64::from(self.subject).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut bytes = [0; 12];
        bytes[..8].copy_from_slice(&mixed.to_be_bytes());
        bytes[8..].copy_from_slice(&self.subject.to_be_bytes());
        SubjectKey::from_bytes(bytes)
    }

    pub(crate) fn id(self) -> SessionId {
        let mixed = u64::from(self.number).wrapping_add(1).wrapping_mul(0xc2b2_ae3d_27d4_eb4f);
        let mut bytes = [0x51; 16];
        bytes[2..10].copy_from_slice(&mixed.to_be_bytes());
        bytes[10..14].copy_from_slice(&self.number.to_be_bytes());
        SessionId::from_bytes(bytes)
    }

    pub(crate) fn new_session(self) -> NewSession {
        let who = Subject::new(format!("user-{:08}", self.subject));
        let mut new = NewSession::new(self.key(), &who, self.id(), [7; 12]);
        (new.client, new.grant) = (CLIENT, GRANT);
        new
    }

    pub(crate) fn fingerprint(self) -> Fingerprint {
        let fingerprints = Fingerprints::derive(&Secret::from(vec![7; 32])).unwrap();
        fingerprints.session(&self.id())
    }

    pub(crate) fn presents(self, generation: u32, policy: RotationPolicy) -> Rotate {
        let presented =
            Presented { generation, secret_hash: [7; 12], client: CLIENT, binding: None };
        let notice = Notice::new(self.fingerprint(), 930);
        Rotate { subject: self.key(), session: self.id(), presented, policy, notice }
    }

    pub(crate) fn logout(self) -> Revoke {
        Revoke {
            target: Target::Session(self.key(), self.id()),
            state: State::LoggedOut,
            notice: Notice::new(self.fingerprint(), 930),
        }
    }

    pub(crate) async fn start(self, store: &Sqlite) -> Result<(), StoreError> {
        store.start(&self.new_session()).await.map(drop)
    }

    /// Presents a generation under a policy with a window that no slow machine outlasts.
    pub(crate) async fn rotate(
        self,
        store: &Sqlite,
        generation: u32,
    ) -> Result<Decision, StoreError> {
        let rotated = store.rotate(&self.presents(generation, patient())).await?;
        Ok(rotated.map(|Rotated { decision, .. }| decision).unwrap())
    }

    /// Returns state and generation as they are kept; absent if nothing is.
    pub(crate) async fn kept(self, store: &Sqlite) -> Result<Option<(State, u32)>, StoreError> {
        let kept = store.find(self.key(), self.id()).await?;
        Ok(kept.map(|kept| (kept.record.state, kept.record.generation)))
    }
}

/// As browsers have it, with the longest window that there is.
pub(crate) fn patient() -> RotationPolicy {
    RotationPolicy::web().window(Duration::from_secs(300), 1)
}

pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

pub(crate) async fn open(path: &Path) -> Sqlite {
    Sqlite::open(path).await.unwrap()
}
