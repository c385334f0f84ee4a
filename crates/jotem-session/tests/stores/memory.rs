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
        let now = Duration::from_millis(self.0.load(Ordering::Relaxed));
        NumericDate::from_secs(0).saturating_add(now)
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

#[tokio::test]
async fn the_window_ends_at_its_millisecond_by_the_clock_of_the_store() {
    for (after_ms, wanted) in [
        (0, Decision::Replay),
        (9_999, Decision::Replay),
        (10_000, Decision::Reuse),
        (10_001, Decision::Reuse),
    ] {
        let (store, clock) = store();
        store.start(&new(1)).await.unwrap();
        store.rotate(&rotate(1, 1)).await.unwrap();
        clock.set_ms(NOW_MS + after_ms);
        let rotated = store.rotate(&rotate(1, 1)).await.unwrap().unwrap();
        assert_eq!((rotated.decision, rotated.now_ms), (wanted, NOW_MS + after_ms));
    }
}

#[tokio::test]
async fn a_session_ends_at_its_second_whether_it_is_used_or_not() {
    let policy =
        RotationPolicy::web().lifetime(Duration::from_secs(100)).idle(Duration::from_secs(40));
    for (used_at_s, at_s, wanted) in [
        (None, 39, Decision::Rotate),
        (None, 40, Decision::Expired),
        (Some(39), 78, Decision::Rotate),
        (Some(39), 79, Decision::Expired),
        (Some(39), 100, Decision::Expired),
    ] {
        let (store, clock) = store();
        let mut session = new(1);
        session.policy = policy;
        store.start(&session).await.unwrap();
        let mut generation = 1;
        for at_s in used_at_s.into_iter().chain([at_s]) {
            clock.set_ms(NOW_MS + at_s * 1_000);
            let rotate = Rotate { policy, ..rotate(1, generation) };
            let rotated = store.rotate(&rotate).await.unwrap().unwrap();
            let wanted = if Some(at_s) == used_at_s { Decision::Rotate } else { wanted };
            assert_eq!(rotated.decision, wanted, "{at_s}");
            generation = rotated.record.generation;
        }
    }
}

#[tokio::test]
async fn what_is_over_is_forgotten_when_it_is_over_and_not_before() {
    let (store, clock) = store();
    let mut short = new(1);
    short.policy = RotationPolicy::web().lifetime(Duration::from_secs(100));
    let long = new(2);
    store.start(&short).await.unwrap();
    store.start(&long).await.unwrap();
    let notices = [30, 100].map(|keep_s| Notice::new(Fingerprint::from_u64(9), keep_s));
    store.publish(&notices).await.unwrap();
    for (at_s, forgotten, sessions, entries) in
        [(29, 0, 2, 2), (30, 1, 2, 1), (99, 0, 2, 1), (100, 2, 1, 0), (101, 0, 1, 0)]
    {
        clock.set_ms(NOW_MS + at_s * 1_000);
        let maintained = store.maintain(1_000).await.unwrap();
        assert_eq!((maintained.forgotten, maintained.has_more), (forgotten, false), "{at_s}");
        assert_eq!(store.list(short.subject).await.unwrap().sessions.len(), sessions, "{at_s}");
        let feed = store.feed(Position::default(), 10).await.unwrap();
        assert_eq!(feed.revocations.len(), entries, "{at_s}");
    }
}

#[tokio::test]
async fn an_epoch_that_was_forgotten_never_comes_back() {
    let (store, clock) = store();
    let subject = new(1).subject;
    let end = Revoke {
        target: Target::Subject(subject),
        state: State::Revoked,
        notice: Notice::new(Fingerprint::from_u64(1), 930),
    };
    let mut last = 0;
    for days in [0, 1, 5, 5, 900] {
        clock.set_ms(NOW_MS + days * 86_400_000);
        store.maintain(1_000).await.unwrap();
        let epoch = store.revoke(&end).await.unwrap().revocation.epoch().unwrap();
        assert!(epoch > last, "{days}: {epoch}, and {last} before it");
        last = epoch;
    }
    clock.set_ms(NOW_MS + 901 * 86_400_000);
    store.maintain(1_000).await.unwrap();
    assert_eq!(store.list(subject).await.unwrap().epoch, last, "a day later it is known");
}

#[tokio::test]
async fn a_lease_ends_at_its_millisecond() {
    let (store, clock) = store();
    let term = Duration::from_millis(1_500);
    assert_eq!(store.lease("ring", [1; 16], term).await, Ok(true));
    for (at_ms, holder, wanted) in [
        (1_499, 2, false),
        (1_500, 2, true),
        (1_501, 1, false),
        (2_999, 1, false),
        (3_000, 1, true),
    ] {
        clock.set_ms(NOW_MS + at_ms);
        assert_eq!(store.lease("ring", [holder; 16], term).await, Ok(wanted), "{at_ms}");
    }
    // Longer than there is time.
    assert_eq!(store.lease("ring", [1; 16], Duration::MAX).await, Ok(true));
}

#[tokio::test]
async fn an_export_leaves_out_nothing_that_lives_though_others_end_meanwhile() {
    let (store, _) = store();
    for number in 0..20 {
        for session in [number, number + 100] {
            let mut new = new(session);
            new.subject = SubjectKey::from_bytes([number; 12]);
            store.start(&new).await.unwrap();
        }
    }
    let first = store.export(None, 10).await.unwrap();
    // What the page had is displaced by fewer.
    for kept in &first.sessions {
        let mut new = new(255);
        (new.subject, new.most) = (kept.subject, 1);
        store.start(&new).await.unwrap();
    }
    let mut later = Vec::new();
    let mut from = first.next;
    while let Some(place) = from {
        let page = store.export(Some(&place), 10).await.unwrap();
        later.extend(page.sessions.iter().map(|kept| kept.session));
        from = page.next;
    }
    for number in 5..20 {
        assert!(later.contains(&SessionId::from_bytes([number; 16])), "{number}");
        assert!(later.contains(&SessionId::from_bytes([number + 100; 16])), "{number}");
    }
}

#[tokio::test]
async fn a_place_that_is_none_is_refused_or_an_end_and_never_a_panic() {
    let (store, _) = store();
    store.start(&new(1)).await.unwrap();
    for place in ["", "x", "-1", "18446744073709551616", &"f".repeat(500)] {
        let error = store.export(Some(place), 10).await.unwrap_err();
        assert_eq!(error.code(), "store_corrupt", "{place}");
    }
    assert!(store.export(None, 0).await.is_ok());
    let far = Position(u64::MAX, u64::MAX);
    let page = store.feed(far, 10).await.unwrap();
    assert_eq!((page.revocations.len(), page.next, page.has_more), (0, far, false));
    assert!(store.feed(Position::default(), 0).await.is_ok());
}

#[tokio::test]
async fn a_clock_at_its_ends_is_no_reason_to_panic() {
    for now_ms in [0, 999, u64::from(u32::MAX) * 1_000, 253_402_300_799_000] {
        let (store, clock) = store();
        clock.set_ms(now_ms);
        store.start(&new(1)).await.unwrap();
        store.rotate(&rotate(1, 1)).await.unwrap();
        let revoke = Revoke {
            target: Target::Subject(new(1).subject),
            state: State::Revoked,
            notice: Notice::new(Fingerprint::from_u64(1), u32::MAX),
        };
        store.revoke(&revoke).await.unwrap();
        store.revoke(&revoke).await.unwrap();
        store.maintain(10).await.unwrap();
    }
}

#[tokio::test]
async fn a_url_that_names_no_store_is_refused() {
    for (url, code) in [
        ("", "store_url"),
        ("memory", "store_url"),
        ("/var/lib/sessions.db", "store_url"),
        ("mysql://localhost", "store_url"),
        ("https://example.com", "store_url"),
        ("mem ory:", "store_url"),
    ] {
        assert_eq!(open(url).await.unwrap_err().code(), code, "{url}");
    }
    let error = open("mysql://user:hunter2@localhost/x").await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("hunter2"));
    assert_eq!(open("memory:").await.unwrap().name(), "memory");
}
