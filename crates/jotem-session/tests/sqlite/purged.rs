//! What is over is forgotten.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jotem::{Clock, NumericDate};
use jotem_session::revocation::Fingerprint;
use jotem_session::store::{Notice, Position, SqliteOptions, Store, Target};

use crate::session::Session;

/// A clock that is moved by hand.
#[derive(Debug, Clone)]
struct Moved(Arc<AtomicU64>);

impl Clock for Moved {
    fn now(&self) -> NumericDate {
        NumericDate::from_secs(self.0.load(Ordering::Relaxed))
    }
}

const DAY: u64 = 86_400;

async fn maintained(store: &impl Store, most: u32) -> (u64, u32) {
    let (mut forgotten, mut calls) = (0, 0);
    loop {
        let done = store.maintain(most).await.unwrap();
        assert!(done.forgotten <= u64::from(most), "{} at once", done.forgotten);
        (forgotten, calls) = (forgotten + done.forgotten, calls + 1);
        if !done.has_more {
            return (forgotten, calls);
        }
    }
}

#[tokio::test]
async fn forgets_what_is_over_in_stretches_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Moved(Arc::new(AtomicU64::new(1_795_305_600)));
    let options = SqliteOptions::new().clock(clock.clone());
    let store = options.open(folder.path().join("sessions.db")).await.unwrap();
    for number in 0..500 {
        Session::new(number / 2, number).start(&store).await.unwrap();
    }
    let notices: Vec<Notice> =
        (1..=200).map(|number| Notice::new(Fingerprint::from_u64(number), 930)).collect();
    store.publish(&notices).await.unwrap();
    assert_eq!(maintained(&store, 100).await.0, 0, "nothing is over");

    // All subjects but the first have a second login, ten days later.
    clock.0.fetch_add(10 * DAY, Ordering::Relaxed);
    for number in 1_000..1_249 {
        Session::new(number - 999, number).start(&store).await.unwrap();
    }
    let mut revoke = Session::new(0, 0).logout();
    revoke.target = Target::Subject(Session::new(0, 0).key());
    let epoch = store.revoke(&revoke).await.unwrap().revocation.epoch();

    clock.0.fetch_add(21 * DAY - 600, Ordering::Relaxed);
    let (forgotten, calls) = maintained(&store, 100).await;
    assert_eq!(forgotten, 500 + 200 + 1, "the first sessions, and what verifiers need no more");
    assert!(calls >= 8, "{calls} calls");
    assert_eq!(store.export(None, 1_000).await.unwrap().sessions.len(), 249);
    assert_eq!(store.feed(Position::default(), 10).await.unwrap().revocations, []);
    // The epoch of a subject without sessions was two days and more ago.
    assert_ne!(epoch, None);
    assert_eq!(store.list(Session::new(0, 0).key()).await.unwrap().epoch, 0);
}

#[tokio::test]
async fn the_epoch_of_a_subject_without_sessions_stays_for_two_days() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Moved(Arc::new(AtomicU64::new(1_795_305_600)));
    let options = SqliteOptions::new().clock(clock.clone());
    let store = options.open(folder.path().join("sessions.db")).await.unwrap();
    let session = Session::new(1, 1);
    let mut revoke = session.logout();
    revoke.target = Target::Subject(session.key());
    let epoch = store.revoke(&revoke).await.unwrap().revocation.epoch();
    clock.0.fetch_add(2 * DAY - 1, Ordering::Relaxed);
    maintained(&store, 100).await;
    assert_eq!(Some(store.list(session.key()).await.unwrap().epoch), epoch);
    clock.0.fetch_add(1, Ordering::Relaxed);
    maintained(&store, 100).await;
    assert_eq!(store.list(session.key()).await.unwrap().epoch, 0);
}
