//! Sessions whose store goes away: who is refused, who goes on, and what is told of it.

#![expect(clippy::expect_used, reason = "a test stops where it fails")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jotem::testing::FixedClock;
use jotem::{Algorithm, Clock as _, Secret, SigningKey, SystemClock};
use jotem_session::event::{Action, Event};
use jotem_session::rotation::RotationPolicy;
use jotem_session::store::Store;
use jotem_session::{Grant, SessionError, Sessions, TokenPair};

/// A program that follows its store all the time, under a clock that stands still.
pub(crate) struct Program {
    clock: FixedClock,
    pub(crate) sessions: Sessions,
    told: Arc<Mutex<Vec<Event>>>,
    pair: TokenPair,
    /// A session that is revoked without an answer: nobody knows whether it lives.
    other: TokenPair,
}

/// Each call has a limit of its own that is far shorter: whatever else this machine does meanwhile.
const PATIENCE: Duration = Duration::from_secs(60);

impl Program {
    /// Somebody logs in while all is well.
    pub(crate) async fn over(store: Arc<dyn Store>) -> Self {
        let clock = FixedClock::at(SystemClock.now().since_epoch().as_secs());
        let told: Arc<Mutex<Vec<Event>>> = Arc::default();
        let hears = Arc::clone(&told);
        let sessions = Sessions::builder(Secret::from(vec![7; 32]))
            .store(store)
            .clock(clock.clone())
            .signing_key(SigningKey::generate(Algorithm::EdDsa).expect("a key"))
            .audience("api")
            // Who was not answered may come again much later than these tests take.
            .policy(RotationPolicy::web().window(Duration::from_secs(300), 1))
            .poll_every(Duration::from_millis(20))
            .no_maintenance()
            .on_event(move |event| hears.lock().expect("no panic").push(event.clone()))
            .open()
            .await
            .expect("sessions");
        let pair = sessions.start("ada", Grant::new()).await.expect("a login");
        let other = sessions.start("ada", Grant::new()).await.expect("another");
        Self { clock, sessions, told, pair, other }
    }

    /// Waits until something was told.
    async fn hears(&self, action: Action) {
        let is_told = async {
            while !self.told.lock().expect("no panic").iter().any(|event| event.action == action) {
                tokio::task::yield_now().await;
            }
        };
        let heard = tokio::time::timeout(PATIENCE, is_told).await;
        assert!(heard.is_ok(), "{action} is not told");
    }

    /// The store is gone: logins, refreshes and revocations are refused with advice, verification goes
    /// on for as long as what is known of revocations may be old, and no longer.
    pub(crate) async fn goes_without_its_store(&self) {
        let (sessions, pair) = (&self.sessions, &self.pair);
        is_refused(sessions.start("bob", Grant::new())).await;
        is_refused(sessions.refresh(pair.refresh_token())).await;
        is_refused(sessions.revoke_session("ada", self.other.session())).await;
        is_refused(sessions.list("ada")).await;
        is_refused(sessions.catch_up()).await;
        assert!(sessions.verify::<()>(pair.access_token()).is_ok(), "what was issued holds");
        self.hears(Action::StoreFailed).await;
        self.clock.advance(Duration::from_secs(30));
        assert!(
            sessions.verify::<()>(pair.access_token()).is_ok(),
            "in the last second of the bound"
        );
        self.clock.advance(Duration::from_secs(1));
        let refused = sessions.verify::<()>(pair.access_token()).expect_err("it may be revoked");
        assert_eq!((refused.code(), refused.public().error), ("access_view_stale", "server_error"));
        assert_eq!(refused.retry_after(), Some(Duration::from_secs(1)));
        self.hears(Action::ViewStale).await;
    }

    /// The store is back: the owner comes with the token that was refused, and is not taken for a thief.
    pub(crate) async fn goes_on(&self) {
        let comes_again = async {
            loop {
                match self.sessions.refresh(self.pair.refresh_token()).await {
                    Ok(pair) => return pair,
                    Err(error) => assert!(error.retry_after().is_some(), "{error}"),
                }
            }
        };
        let next = tokio::time::timeout(PATIENCE, comes_again).await.expect("it is back");
        self.hears(Action::ViewFresh).await;
        for pair in [&self.pair, &next] {
            assert!(self.sessions.verify::<()>(pair.access_token()).is_ok());
        }
        self.sessions.refresh(next.refresh_token()).await.expect("it goes on");
    }
}

/// Sees that somebody who calls is told to come again, and is kept waiting by nobody.
async fn is_refused<T>(call: impl Future<Output = Result<T, SessionError>>) {
    let answer = tokio::time::timeout(PATIENCE, call).await.expect("the call has a limit");
    let error = answer.map(drop).expect_err("there is no store");
    assert!(["store_unavailable", "store_timeout"].contains(&error.code()), "{error}");
    assert_eq!(error.oauth_error(), "temporarily_unavailable");
    assert!(error.retry_after().is_some());
}
