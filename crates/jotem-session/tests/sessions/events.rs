//! What is told, and that no token is ever among it.

use std::sync::Arc;
use std::time::Duration;

use jotem::testing::FixedClock;
use jotem::{Algorithm, SigningKey};
use jotem_jwks::ring::KeyRing;
use jotem_session::event::{Action, Event};
use jotem_session::refresh_token::RefreshKeys;
use jotem_session::rotation::RotationPolicy;
use jotem_session::store::{Memory, Store, StoreError};
use jotem_session::{Grant, Presenter, Sessions, TokenPair};
use tokio::sync::mpsc;

use crate::bench::{Bench, NOW_S, master};
use crate::watched::{Asked, Watched};

#[tokio::test]
async fn everything_that_happens_is_told() {
    let bench = Bench::new().await;
    let pair = bench.sessions.start("ada", Grant::new()).await.unwrap();
    let next = bench.sessions.refresh(pair.refresh_token()).await.unwrap();
    bench.sessions.refresh(pair.refresh_token()).await.unwrap();
    bench.sessions.refresh("garbage").await.unwrap_err();
    bench
        .sessions
        .refresh_as(next.refresh_token(), &Presenter::new().client("x"))
        .await
        .unwrap_err();
    bench.sessions.revoke_token(next.access_token()).await.unwrap();
    bench.sessions.revoke_token(next.refresh_token()).await.unwrap();
    bench.sessions.refresh(next.refresh_token()).await.unwrap_err();
    bench.sessions.revoke_subject("ada").await.unwrap();
    bench.sessions.revoke_client("web").await.unwrap();
    bench.sessions.revoke_key("k1").await.unwrap();
    assert_eq!(
        bench.actions(),
        [
            Action::SessionStart,
            Action::RefreshRotated,
            Action::RefreshReplayed,
            Action::RefreshRefused,
            Action::RefreshRefused,
            Action::RevokeToken,
            Action::RevokeSession,
            Action::RefreshRefused,
            Action::RevokeSubject,
            Action::RevokeClient,
            Action::RevokeKey,
        ]
    );
}

#[tokio::test]
async fn no_token_and_no_secret_is_in_what_is_told_shown_or_said() {
    let bench = Bench::new().await;
    let pair = bench.sessions.start("ada", Grant::new().label("Phone")).await.unwrap();
    let next = bench.sessions.refresh(pair.refresh_token()).await.unwrap();
    bench.advance(60);
    let mut shown = vec![format!("{pair:?} {:?} {:?}", bench.sessions, bench.sessions.verifier())];
    for text in [pair.refresh_token(), next.refresh_token(), pair.access_token(), "jr1_x"] {
        let error = bench.sessions.refresh(text).await.unwrap_err();
        shown.push(format!("{error} {error:?} {}", error.hint()));
        if let Err(error) = bench.sessions.verify::<()>(text) {
            shown.push(format!("{error} {error:?} {}", error.hint()));
        }
    }
    shown.push(format!("{:?}", bench.told()));
    shown.push(format!("{:?}", bench.sessions.list("ada").await.unwrap()));
    let key = SigningKey::generate(Algorithm::EdDsa).unwrap();
    shown.push(format!("{:?}", Sessions::builder(master()).signing_key(key)));
    let shown = shown.join("\n");
    for pair in [&pair, &next] {
        for token in [pair.access_token(), pair.refresh_token()] {
            // No part of them either.
            let parts = token.as_bytes().windows(24).map(|part| std::str::from_utf8(part).unwrap());
            let secret = parts.skip(token.len() - 60).find(|part| shown.contains(part));
            assert_eq!(secret, None);
        }
    }
    assert!(!shown.contains("[7, 7, 7, 7, 7, 7") && !shown.contains("07070707"));
}

/// Begins a session whose last two rotations the store loses, and returns what the owner has.
async fn that_is_ahead(bench: &Bench) -> TokenPair {
    let first = bench.sessions.start("ada", Grant::new()).await.unwrap();
    let ada = RefreshKeys::derive(&master()).unwrap().subject(None, "ada");
    let before = bench.store.find(ada, first.session()).await.unwrap().unwrap();
    let second = bench.sessions.refresh(first.refresh_token()).await.unwrap();
    let third = bench.sessions.refresh(second.refresh_token()).await.unwrap();
    bench.store.import(&[before]).await.unwrap();
    bench.told();
    third
}

#[tokio::test]
async fn a_token_that_is_ahead_of_the_store_is_told_as_repaired_and_goes_on() {
    let bench = Bench::new().await;
    let pair = that_is_ahead(&bench).await;
    let next = bench.sessions.refresh(pair.refresh_token()).await.unwrap();
    let told = bench.told();
    let [event] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!((event.action, event.session), (Action::RefreshRepaired, Some(pair.session())));
    assert_eq!((event.reason, event.action.is_alarm()), (None, true));
    assert_eq!(event.detail.as_ref().unwrap().as_str(), "generation 3 presented, 4 current");
    assert!(bench.sessions.verify::<()>(next.access_token()).is_ok());
    assert!(bench.sessions.refresh(next.refresh_token()).await.is_ok());
    assert_eq!(bench.actions(), [Action::RefreshRotated]);
}

#[tokio::test]
async fn a_token_that_is_ahead_of_the_store_is_told_as_behind_where_that_ends_the_session() {
    let bench = Bench::with(|builder| builder.policy(RotationPolicy::web().end_if_behind())).await;
    let pair = that_is_ahead(&bench).await;
    let refused = bench.sessions.refresh(pair.refresh_token()).await.unwrap_err();
    assert_eq!(refused.code(), "session_behind");
    let told = bench.told();
    let [event] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!((event.action, event.reason), (Action::RefreshBehind, Some("session_behind")));
    assert_eq!((event.session, event.client.as_deref()), (Some(pair.session()), Some("default")));
    let error = bench.sessions.verify::<()>(pair.access_token()).unwrap_err();
    assert_eq!(error.code(), "access_revoked");
}

#[tokio::test]
async fn a_store_that_fails_is_told_each_time_somebody_is_refused_for_it() {
    let clock = FixedClock::at(NOW_S);
    let memory: Arc<dyn Store> = Arc::new(Memory::with_clock(clock.clone()));
    let asked = Asked::over(&memory);
    let bench = Bench::with(|builder| {
        builder.store(Watched::over(&asked)).clock(clock).poll_every(Duration::from_secs(3_600))
    })
    .await;
    let sessions = &bench.sessions;
    let pair = sessions.start("ada", Grant::new()).await.unwrap();
    bench.told();
    let limit = Duration::from_millis(500);
    asked.fails(Some(StoreError::Timeout { store: "watched", limit }));
    let refusals = [
        sessions.start("ada", Grant::new()).await.map(drop),
        sessions.refresh(pair.refresh_token()).await.map(drop),
        sessions.list("ada").await.map(drop),
        sessions.revoke_token(pair.refresh_token()).await.map(drop),
        sessions.revoke_token(pair.access_token()).await.map(drop),
        sessions.revoke_session("ada", pair.session()).await,
        sessions.revoke_subject("ada").await.map(drop),
        sessions.revoke_client("default").await,
        sessions.revoke_key("k1").await,
    ];
    let told = bench.told();
    assert_eq!(told.len(), refusals.len(), "{told:?}");
    for (refusal, event) in refusals.into_iter().zip(told) {
        let error = refusal.unwrap_err();
        assert_eq!(
            (error.code(), error.oauth_error()),
            ("store_timeout", "temporarily_unavailable")
        );
        assert_eq!(error.retry_after(), Some(Duration::from_secs(1)));
        assert_eq!((event.action, event.reason), (Action::StoreFailed, Some("store_timeout")));
        assert!(event.action.is_alarm() && event.detail.is_some());
    }
    // None of it was done.
    asked.fails(None);
    assert!(!sessions.refresh(pair.refresh_token()).await.unwrap().is_replay());
}

#[tokio::test]
async fn a_view_that_becomes_too_old_is_told_once_and_so_is_that_it_is_fresh_again() {
    let clock = FixedClock::at(NOW_S);
    let memory: Arc<dyn Store> = Arc::new(Memory::with_clock(clock.clone()));
    let asked = Asked::over(&memory);
    let (tells, mut told) = mpsc::unbounded_channel::<Event>();
    let _sessions = Sessions::builder(master())
        .store(Watched::over(&asked))
        .clock(clock.clone())
        .signing_key(SigningKey::generate(Algorithm::EdDsa).unwrap())
        .poll_every(Duration::from_millis(1))
        .no_maintenance()
        .on_event(move |event| drop(tells.send(event.clone())))
        .open()
        .await
        .unwrap();
    let mut next = async || tokio::time::timeout(Duration::from_secs(60), told.recv()).await;
    for _ in 0..2 {
        asked.fails(Some(StoreError::ReadOnly { store: "watched" }));
        clock.advance(Duration::from_secs(31));
        let event = next().await.unwrap().unwrap();
        assert_eq!((event.action, event.reason), (Action::ViewStale, Some("store_read_only")));
        // It looks many times more, and says nothing.
        asked.calls();
        asked.until(|calls| calls.len() >= 5).await;
        asked.fails(None);
        let event = next().await.unwrap().unwrap();
        assert_eq!((event.action, event.reason), (Action::ViewFresh, None));
        asked.calls();
        asked.until(|calls| calls.len() >= 5).await;
    }
}

#[tokio::test]
async fn keys_that_begin_to_sign_or_are_removed_are_told() {
    let clock = FixedClock::at(NOW_S);
    let folder = tempfile::tempdir().unwrap();
    let ring = KeyRing::builder(Algorithm::EdDsa).clock(clock.clone());
    let ring = ring.create_file(folder.path().join("ring.json"), "a password").unwrap();
    let signs = || ring.signing_key().unwrap().key_id().unwrap().to_owned();
    let bench = Bench::with(|builder| builder.ring(ring.clone()).clock(clock.clone())).await;
    bench.told();
    bench.sessions.rotate_keys().await.unwrap_err();
    assert_eq!(bench.told(), [], "the spare key is too new");
    clock.set(ring.next_due().unwrap().since_epoch().as_secs());
    bench.sessions.rotate_keys().await.unwrap();
    let key_id = signs();
    bench.sessions.revoke_key(&key_id).await.unwrap();
    bench.sessions.revoke_key("k1").await.unwrap();
    let told: Vec<_> = bench.told().into_iter().map(|it| (it.action, it.key_id)).collect();
    let of = |action, key_id: &str| (action, Some(key_id.to_owned()));
    let expected = [
        of(Action::KeyRotate, &key_id),
        of(Action::RevokeKey, &key_id),
        of(Action::KeyCompromise, &key_id),
        // One that is none of the ring's.
        of(Action::RevokeKey, "k1"),
    ];
    assert_eq!(told, expected);
    assert_ne!(signs(), key_id);
}
