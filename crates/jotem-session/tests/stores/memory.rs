//! What is special about the store in memory: its clock may be set, and it has nothing but itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jotem::{Clock, NumericDate};
use jotem_session::refresh_token::{SessionId, SubjectKey};
use jotem_session::revocation::Fingerprint;
use jotem_session::rotation::{Decision, Presented, RotationPolicy, State};
use jotem_session::store::{
    Memory, NewSession, Notice, Position, Revoke, Rotate, Store, Target, open,
};

/// A clock that is set.
#[derive(Debug, Clone, Default)]
struct Hand(Arc<AtomicU64>);

impl Hand {
    fn set_ms(&self, now_ms: u64) {
        self.0.store(now_ms, Ordering::Relaxed);
    }
}

impl Clock for Hand {
    fn now(&self) -> NumericDate {
        NumericDate::from_duration(Duration::from_millis(self.0.load(Ordering::Relaxed)))
    }
}

const NOW_S: u32 = 1_795_305_600;
const NOW_MS: u64 = NOW_S as u64 * 1_000;

fn store() -> (Memory, Hand) {
    let clock = Hand::default();
    clock.set_ms(NOW_MS);
    (Memory::with_clock(clock.clone()), clock)
}

fn new(number: u8) -> NewSession {
    let (subject, session) = (SubjectKey::from_bytes([1; 12]), SessionId::from_bytes([number; 16]));
    NewSession::new(subject, &"ada".into(), session, [number; 12])
}

fn rotate(number: u8, generation: u32) -> Rotate {
    let NewSession { subject, session, secret_hash, policy, .. } = new(number);
    let presented = Presented { generation, secret_hash, client: 0, binding: None };
    let notice = Notice::new(Fingerprint::from_u64(number.into()), 930);
    Rotate { subject, session, presented, policy, notice }
}
