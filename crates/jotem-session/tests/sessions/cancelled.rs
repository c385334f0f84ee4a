//! Calls that are given up halfway: no lock stays, and nothing is half done (attack class W19).

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use jotem::testing::FixedClock;
use jotem::{Algorithm, SigningKey};
use jotem_session::store::{Answer, Memory, Store};
use jotem_session::{Grant, SessionError, Sessions, TokenPair};

use crate::bench::{NOW_S, master};
use crate::watched::{Watch, Watched};

/// A store that makes its callers wait before and after it does something.
#[derive(Debug)]
struct Slow(Arc<dyn Store>);

impl Watch for Slow {
    fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.0)
    }

    fn before(&self, _call: &'static str) -> Answer<'_, ()> {
        Box::pin(async {
            tokio::task::yield_now().await;
            Ok(())
        })
    }

    fn after(&self, call: &'static str) -> Answer<'_, ()> {
        self.before(call)
    }
}

async fn program() -> Sessions {
    let clock = FixedClock::at(NOW_S);
    let memory: Arc<dyn Store> = Arc::new(Memory::with_clock(clock.clone()));
    Sessions::builder(master())
        .store(Watched::over(&Arc::new(Slow(memory))))
        .clock(clock)
        .signing_key(SigningKey::generate(Algorithm::EdDsa).unwrap())
        .audience("api")
        .poll_every(Duration::from_secs(3_600))
        .open()
        .await
        .unwrap()
}

/// Gives a call up when it has waited so many times; absent if it was given up.
async fn given_up<T>(waits: usize, call: impl Future<Output = T>) -> Option<T> {
    let (mut call, mut left) = (pin!(call), waits);
    poll_fn(|context| match call.as_mut().poll(context) {
        Poll::Ready(answer) => Poll::Ready(Some(answer)),
        Poll::Pending if left == 0 => Poll::Ready(None),
        Poll::Pending => {
            left = left.saturating_sub(1);
            Poll::Pending
        }
    })
    .await
}

/// Gives a call up at every place where it waits, each time with sessions of its own, and sees how
/// things stand then. Returns at how many places that was.
async fn at_every_place<T>(
    call: impl AsyncFn(&Sessions, &TokenPair) -> Result<T, SessionError>,
    stands: impl AsyncFn(&Sessions, &TokenPair),
) -> usize {
    for waits in 0.. {
        let sessions = program().await;
        let pair = sessions.start("ada", Grant::new().scopes(["read"])).await.unwrap();
        let answer = given_up(waits, call(&sessions, &pair)).await;
        // Whatever is held while something is waited for is free again.
        sessions.catch_up().await.unwrap();
        stands(&sessions, &pair).await;
        let other = sessions.start("bob", Grant::new()).await.unwrap();
        sessions.refresh(other.refresh_token()).await.unwrap();
        sessions.revoke_subject("bob").await.unwrap();
        assert!(sessions.verify::<()>(other.access_token()).is_err());
        if let Some(answer) = answer {
            answer.map(drop).unwrap();
            return waits;
        }
    }
    unreachable!("a call comes to an end")
}

#[tokio::test]
async fn w19_a_refresh_that_is_given_up_leaves_one_token_that_goes_on() {
    let refresh =
        async |sessions: &Sessions, pair: &TokenPair| sessions.refresh(pair.refresh_token()).await;
    let goes_on = async |sessions: &Sessions, pair: &TokenPair| {
        // Whether it was done or not: the owner comes again, and is the only one.
        let next = sessions.refresh(pair.refresh_token()).await.unwrap();
        let again = sessions.refresh(pair.refresh_token()).await.unwrap();
        assert_eq!(again.refresh_token(), next.refresh_token());
        assert!(sessions.verify::<()>(next.access_token()).unwrap().has_scope("read"));
        sessions.refresh(next.refresh_token()).await.unwrap();
    };
    assert_eq!(at_every_place(refresh, goes_on).await, 2);
}

#[tokio::test]
async fn w19_a_login_that_is_given_up_is_no_session_or_a_whole_one() {
    let login = async |sessions: &Sessions, _: &TokenPair| {
        sessions.start("ada", Grant::new().client("tv").scopes(["write"]).label("TV")).await
    };
    let is_whole = async |sessions: &Sessions, _: &TokenPair| {
        let listed = sessions.list("ada").await.unwrap().sessions;
        assert!((1..=2).contains(&listed.len()), "{listed:?}");
        let pair =
            sessions.start("ada", Grant::new().client("tv").scopes(["write"])).await.unwrap();
        assert!(sessions.verify::<()>(pair.access_token()).unwrap().has_scope("write"));
    };
    assert!(at_every_place(login, is_whole).await >= 6, "client, grant, session");
}

#[tokio::test]
async fn w19_a_revocation_that_is_given_up_is_done_by_the_next_one() {
    let revoke = async |sessions: &Sessions, pair: &TokenPair| {
        sessions.revoke_token(pair.refresh_token()).await
    };
    let is_revoked = async |sessions: &Sessions, pair: &TokenPair| {
        assert!(sessions.revoke_token(pair.refresh_token()).await.unwrap());
        let refused = sessions.refresh(pair.refresh_token()).await.unwrap_err();
        assert_eq!(refused.code(), "session_ended");
        let refused = sessions.verify::<()>(pair.access_token()).unwrap_err();
        assert_eq!(refused.code(), "access_revoked");
    };
    assert_eq!(at_every_place(revoke, is_revoked).await, 4);
}

#[tokio::test]
async fn w19_a_look_at_the_feed_that_is_given_up_hides_nothing() {
    let look = async |sessions: &Sessions, _: &TokenPair| sessions.catch_up().await;
    let sees_all = async |sessions: &Sessions, pair: &TokenPair| {
        sessions.store().revoke(&revoked(pair)).await.unwrap();
        sessions.catch_up().await.unwrap();
        let refused = sessions.verify::<()>(pair.access_token()).unwrap_err();
        assert_eq!(refused.code(), "access_revoked");
    };
    assert_eq!(at_every_place(look, sees_all).await, 2);
}

/// What another program asks of the store when it ends a session.
fn revoked(pair: &TokenPair) -> jotem_session::store::Revoke {
    use jotem_session::refresh_token::RefreshKeys;
    use jotem_session::revocation::Fingerprints;
    use jotem_session::store::{Notice, Revoke, Target};

    let ada = RefreshKeys::derive(&master()).unwrap().subject(None, "ada");
    let what = Fingerprints::derive(&master()).unwrap().session(&pair.session());
    let target = Target::Session(ada, pair.session());
    let state = jotem_session::rotation::State::LoggedOut;
    Revoke { target, state, notice: Notice::new(what, 930) }
}
