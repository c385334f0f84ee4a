//! The ring that signs access tokens, kept in the store.

use std::sync::Arc;
use std::time::Duration;

use jotem::unverified_header;
use jotem_session::store::{Memory, Store};
use jotem_session::{Grant, Sessions, SessionsBuilder};

use crate::bench::master;

fn over(store: &Arc<dyn Store>) -> SessionsBuilder {
    Sessions::builder(master()).store(Arc::clone(store))
}

fn key_of(token: &str) -> String {
    unverified_header(token).unwrap().into_untrusted().key_id().unwrap().to_owned()
}

#[tokio::test]
async fn who_comes_later_signs_with_the_same_keys() {
    let store: Arc<dyn Store> = Arc::new(Memory::new());
    let first = over(&store).open().await.unwrap();
    let later = over(&store).access_lifetime(Duration::from_secs(3_600)).open().await.unwrap();
    let pair = first.start("ada", Grant::new()).await.unwrap();
    assert_eq!(later.verify::<()>(pair.access_token()).unwrap().subject(), "ada");
    let next = later.refresh(pair.refresh_token()).await.unwrap();
    assert_eq!(key_of(next.access_token()), key_of(pair.access_token()));
    assert!(first.verify::<()>(next.access_token()).is_ok());
}

#[tokio::test]
async fn two_that_begin_at_once_make_one_ring() {
    let store: Arc<dyn Store> = Arc::new(Memory::new());
    let (one, other) = tokio::join!(over(&store).open(), over(&store).open());
    let (one, other) = (one.unwrap(), other.unwrap());
    let pair = one.start("ada", Grant::new()).await.unwrap();
    assert!(other.verify::<()>(pair.access_token()).is_ok());
}

#[tokio::test]
async fn the_ring_is_closed_to_another_master_secret() {
    let store: Arc<dyn Store> = Arc::new(Memory::new());
    over(&store).open().await.unwrap();
    let other = Sessions::builder(jotem::Secret::from(vec![8; 32])).store(Arc::clone(&store));
    assert_eq!(other.open().await.unwrap_err().code(), "key_password_wrong");
    let kept = store.document("ring", 0).await.unwrap().unwrap();
    assert!(
        kept.text.contains("ENCRYPTED PRIVATE KEY") && !kept.text.contains("BEGIN PRIVATE KEY")
    );
}

#[tokio::test]
async fn a_key_that_somebody_has_is_refused_everywhere_and_the_next_one_signs() {
    let store: Arc<dyn Store> = Arc::new(Memory::new());
    let here = over(&store).open().await.unwrap();
    let there = over(&store).open().await.unwrap();
    let pair = here.start("ada", Grant::new()).await.unwrap();
    here.revoke_key(&key_of(pair.access_token())).await.unwrap();
    there.catch_up().await.unwrap();
    for sessions in [&here, &there] {
        assert!(sessions.verify::<()>(pair.access_token()).is_err());
    }
    let next = here.refresh(pair.refresh_token()).await.unwrap();
    assert_ne!(key_of(next.access_token()), key_of(pair.access_token()));
    assert!(here.verify::<()>(next.access_token()).is_ok());
}

#[tokio::test]
async fn a_rotation_before_its_time_is_refused() {
    let store: Arc<dyn Store> = Arc::new(Memory::new());
    let sessions = over(&store).open().await.unwrap();
    assert_eq!(sessions.rotate_keys().await.unwrap_err().code(), "ring_spare_too_new");
    assert!(sessions.ring().unwrap().publication().unwrap().body().starts_with("{\"keys\":["));
}

#[tokio::test]
async fn no_token_outlives_the_keys_of_the_ring() {
    let store: Arc<dyn Store> = Arc::new(Memory::new());
    over(&store).open().await.unwrap();
    let longer = over(&store).access_lifetime(Duration::from_secs(3_601)).open().await;
    assert_eq!(longer.unwrap_err().code(), "ring_token_outlives_key");
    let other: Arc<dyn Store> = Arc::new(Memory::new());
    over(&other).access_lifetime(Duration::from_secs(86_400)).open().await.unwrap();
}

#[tokio::test]
async fn who_wants_an_existing_ring_makes_none() {
    let store: Arc<dyn Store> = Arc::new(Memory::new());
    let error = over(&store).existing_ring().open().await.unwrap_err();
    assert_eq!(error.code(), "ring_missing");
    assert!(store.document(Sessions::RING_DOCUMENT, 0).await.unwrap().is_none());
    over(&store).open().await.unwrap();
    assert!(over(&store).existing_ring().open().await.is_ok());
}
