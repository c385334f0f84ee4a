//! What a program remembers of a store that has lost its latest writes since, or answers late.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jotem::testing::FixedClock;
use jotem::{Algorithm, SigningKey};
use jotem_session::store::{Answer, Document, Memory, Store, StoreError};
use jotem_session::{Grant, Presenter, Sessions};
use tokio::sync::Semaphore;

use crate::bench::{NOW_S, master};
use crate::watched::{Watch, Watched};

/// More answers than any test asks for.
const MANY: usize = 1_000;

/// A store in whose place an empty one comes, whose feed can fail, and whose names can be slow to arrive.
#[derive(Debug)]
struct Server {
    kept: Mutex<Arc<Memory>>,
    clock: FixedClock,
    fails: AtomicBool,
    /// An answer about a name waits here after the store has made it.
    names: Semaphore,
    /// One more for each that waits.
    waiting: Semaphore,
    /// Whether it has to make a connection for a document to be put.
    connects: AtomicBool,
}

impl Server {
    fn new() -> Arc<Self> {
        let clock = FixedClock::at(NOW_S);
        let kept = Mutex::new(Arc::new(Memory::with_clock(clock.clone())));
        let (names, waiting) = (Semaphore::new(MANY), Semaphore::new(0));
        let (fails, connects) = (AtomicBool::new(false), AtomicBool::new(false));
        Arc::new(Self { kept, clock, fails, names, waiting, connects })
    }

    fn now(&self) -> Arc<Memory> {
        Arc::clone(&self.kept.lock().unwrap())
    }

    /// A copy takes over that never got anything.
    fn loses_everything(&self) {
        *self.kept.lock().unwrap() = Arc::new(Memory::with_clock(self.clock.clone()));
    }

    fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    async fn ring(&self) -> Document {
        self.now().document(Sessions::RING_DOCUMENT, 0).await.unwrap().unwrap()
    }

    /// A copy takes over that has an older state of the ring.
    async fn has_only(&self, ring: &Document) {
        self.loses_everything();
        assert!(self.now().put_document(Sessions::RING_DOCUMENT, 0, ring).await.unwrap());
    }

    /// A program that shares it and the ring that it keeps.
    async fn program_with_ring(self: &Arc<Self>) -> Sessions {
        let builder =
            Sessions::builder(master()).store(Watched::over(self)).clock(self.clock.clone());
        builder.poll_every(Duration::from_secs(3_600)).open().await.unwrap()
    }

    /// Some programs that share it.
    async fn programs<const N: usize>(self: &Arc<Self>) -> [Sessions; N] {
        let key = SigningKey::generate(Algorithm::EdDsa).unwrap();
        let mut programs = Vec::new();
        for _ in 0..N {
            let builder =
                Sessions::builder(master()).store(Watched::over(self)).clock(self.clock.clone());
            let builder = builder.signing_key(key.clone()).poll_every(Duration::from_secs(3_600));
            programs.push(builder.open().await.unwrap());
        }
        programs.try_into().unwrap()
    }
}

impl Watch for Server {
    fn store(&self) -> Arc<dyn Store> {
        self.now()
    }

    fn before(&self, call: &'static str) -> Answer<'_, ()> {
        Box::pin(async move {
            match call {
                "feed" if self.fails.load(Ordering::Relaxed) => {
                    return Err(StoreError::Timeout { store: "server", limit: Duration::ZERO });
                }
                "put_document" if self.connects.load(Ordering::Relaxed) => {
                    drop(tokio::net::TcpListener::bind("127.0.0.1:0").await);
                }
                _ => {}
            }
            Ok(())
        })
    }

    fn after(&self, call: &'static str) -> Answer<'_, ()> {
        Box::pin(async move {
            if call == "name_of" {
                self.waiting.add_permits(1);
                drop(self.names.acquire().await);
            }
            Ok(())
        })
    }
}

#[tokio::test]
async fn what_was_asked_before_a_client_was_revoked_is_not_learned_after_it() {
    let server = Server::new();
    let [one, other] = server.programs().await;
    let pair = one.start("ada", Grant::new()).await.unwrap();
    // The other does not know the client yet. It is told who it is, and the answer is still on its way
    // when the client is revoked and the revocation is heard.
    server.names.forget_permits(MANY);
    let (program, token) = (other.clone(), pair.refresh_token().to_owned());
    let late = tokio::spawn(async move { program.refresh(&token).await.map(drop) });
    server.waiting.acquire().await.unwrap().forget();
    one.revoke_client("default").await.unwrap();
    other.catch_up().await.unwrap();
    server.names.add_permits(MANY);
    // That one may have been in time.
    drop(late.await.unwrap());
    for _ in 0..2 {
        let refused = other.refresh(pair.refresh_token()).await.unwrap_err();
        assert_eq!(refused.code(), "session_client_mismatch");
    }
}

#[tokio::test]
async fn a_client_that_has_another_number_in_a_store_that_lost_it_is_looked_up() {
    let server = Server::new();
    let [one] = server.programs().await;
    one.start("ada", Grant::new()).await.unwrap();
    server.advance(10);
    server.loses_everything();
    let [other] = server.programs().await;
    let pair = other.start("bob", Grant::new()).await.unwrap();
    let next = one.refresh(pair.refresh_token()).await.unwrap();
    // And from then on it begins sessions that others refresh.
    let begun = one.start("ada", Grant::new()).await.unwrap();
    assert!(other.refresh(begun.refresh_token()).await.is_ok());
    let mallory = Presenter::new().client("mallory");
    let refused = one.refresh_as(next.refresh_token(), &mallory).await.unwrap_err();
    assert_eq!(refused.code(), "session_client_mismatch");
}

#[tokio::test]
async fn the_number_of_a_client_is_believed_for_a_minute() {
    let server = Server::new();
    let [one, other] = server.programs().await;
    one.start("ada", Grant::new()).await.unwrap();
    server.advance(10);
    server.loses_everything();
    server.advance(60);
    let begun = one.start("ada", Grant::new()).await.unwrap();
    assert!(other.refresh(begun.refresh_token()).await.is_ok());
}

#[tokio::test]
async fn after_a_failover_no_revocation_is_missed_that_has_a_place_which_was_read_before() {
    for is_noticed in [true, false] {
        let server = Server::new();
        let [writer, reader] = server.programs().await;
        let mut pairs = Vec::new();
        for _ in 0..5 {
            pairs.push(writer.start("ada", Grant::new()).await.unwrap());
        }
        let (before, after) = pairs.split_at(2);
        for pair in before {
            writer.revoke_session("ada", pair.session()).await.unwrap();
        }
        reader.catch_up().await.unwrap();
        server.loses_everything();
        if is_noticed {
            server.fails.store(true, Ordering::Relaxed);
            assert!(reader.catch_up().await.is_err());
            server.fails.store(false, Ordering::Relaxed);
        } else {
            server.advance(6);
        }
        for pair in after {
            writer.revoke_session("ada", pair.session()).await.unwrap();
        }
        reader.catch_up().await.unwrap();
        for pair in &pairs {
            let refused = reader.verify::<()>(pair.access_token()).unwrap_err();
            assert_eq!(refused.code(), "access_revoked", "noticed: {is_noticed}");
        }
    }
}

/// The names of the keys of a program's ring.
fn keys_of(program: &Sessions) -> Vec<String> {
    program.ring().unwrap().keys().iter().map(|key| key.key_id().to_owned()).collect()
}

#[tokio::test]
async fn a_state_of_the_ring_that_the_store_has_lost_is_put_back() {
    for by_the_other in [false, true] {
        let server = Server::new();
        let (one, other) = (server.program_with_ring().await, server.program_with_ring().await);
        let stolen = keys_of(&one).remove(0);
        let before = server.ring().await;
        one.revoke_key(&stolen).await.unwrap();
        other.catch_up().await.unwrap();
        let after = server.ring().await;
        server.has_only(&before).await;
        let who = if by_the_other { &other } else { &one };
        who.catch_up().await.unwrap();
        assert_eq!(server.ring().await, after);
        assert!(!keys_of(&server.program_with_ring().await).contains(&stolen));
        for program in [&one, &other] {
            program.catch_up().await.unwrap();
            program.ring().unwrap().rotate_now().unwrap();
        }
    }
}

#[tokio::test]
async fn another_ring_with_the_number_of_a_state_that_was_lost_is_neither_missed_nor_replaced() {
    let server = Server::new();
    let (one, other) = (server.program_with_ring().await, server.program_with_ring().await);
    let stolen = keys_of(&one).remove(0);
    let before = server.ring().await;
    one.ring().unwrap().rotate_now().unwrap();
    other.catch_up().await.unwrap();
    assert!(other.ring().unwrap().reload().unwrap());
    server.has_only(&before).await;
    let third = server.program_with_ring().await;
    third.revoke_key(&stolen).await.unwrap();

    let ring = one.ring().unwrap();
    assert_eq!(ring.rotate_now().unwrap_err().code(), "ring_conflict");
    assert_eq!(ring.rotate_now().unwrap_err().code(), "ring_replaced");
    assert!(!server.ring().await.text.contains(&stolen));
    for _ in 0..60 {
        other.catch_up().await.unwrap();
    }
    assert_eq!(other.ring().unwrap().reload().unwrap_err().code(), "ring_replaced");

    // The next state is a later one for everybody.
    third.ring().unwrap().rotate_now().unwrap();
    for program in [&one, &other] {
        program.catch_up().await.unwrap();
        assert!(program.ring().unwrap().reload().unwrap());
        assert_eq!(keys_of(program), keys_of(&third));
    }
}

#[tokio::test]
async fn a_key_that_another_program_has_just_announced_is_revoked_as_well() {
    let server = Server::new();
    let (one, other) = (server.program_with_ring().await, server.program_with_ring().await);
    let announced = other.ring().unwrap().rotate_now().unwrap().announced;
    one.revoke_key(&announced).await.unwrap();
    assert!(!server.ring().await.text.contains(&announced));
}

#[tokio::test]
async fn a_ring_is_changed_even_if_the_store_has_to_make_a_connection_for_that() {
    let server = Server::new();
    let program = server.program_with_ring().await;
    server.connects.store(true, Ordering::Relaxed);
    let stolen = keys_of(&program).remove(0);
    program.revoke_key(&stolen).await.unwrap();
    assert!(!server.ring().await.text.contains(&stolen));
}
