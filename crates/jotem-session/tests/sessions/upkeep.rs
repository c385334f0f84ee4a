//! What sessions do by themselves: one of many forgets what is over, and rotates the keys.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jotem::testing::FixedClock;
use jotem::{Algorithm, SigningKey};
use jotem_jwks::ring::{FileStore, KeyRing};
use jotem_session::event::Action;
use jotem_session::refresh_token::{RefreshKeys, SessionId};
use jotem_session::store::{Memory, Store};
use jotem_session::{Grant, Sessions, SessionsBuilder};

use crate::bench::{NOW_S, master};
use crate::watched::{Asked, Watched};

/// A store with a session that is over.
struct Shared {
    clock: FixedClock,
    memory: Arc<dyn Store>,
    over: SessionId,
}

/// One of the programs that share it, and what it asks.
struct Program {
    asked: Arc<Asked>,
    sessions: Sessions,
}

impl Shared {
    async fn new() -> Self {
        let clock = FixedClock::at(NOW_S);
        let memory: Arc<dyn Store> = Arc::new(Memory::with_clock(clock.clone()));
        let first = over(&memory, &clock).no_maintenance().open().await.unwrap();
        let over = first.start("ada", Grant::new()).await.unwrap().session();
        clock.advance(Duration::from_secs(400 * 86_400));
        Self { clock, memory, over }
    }

    /// Opens a program that looks all the time.
    async fn program(&self, settings: impl FnOnce(SessionsBuilder) -> SessionsBuilder) -> Program {
        self.program_over(Asked::over(&self.memory), settings).await
    }

    async fn program_over(
        &self,
        asked: Arc<Asked>,
        settings: impl FnOnce(SessionsBuilder) -> SessionsBuilder,
    ) -> Program {
        let builder = over(&Watched::over(&asked), &self.clock);
        let builder = builder.poll_every(Duration::from_millis(1));
        Program { sessions: settings(builder).open().await.unwrap(), asked }
    }

    async fn is_forgotten(&self) -> bool {
        let ada = RefreshKeys::derive(&master()).unwrap().subject(None, "ada");
        self.memory.find(ada, self.over).await.unwrap().is_none()
    }
}

impl Program {
    /// Waits until it has asked for the lease, and a little longer; returns how often it has forgotten what
    /// is over.
    async fn upkeep(&self) -> usize {
        let is_done = |calls: &Vec<&str>| {
            let since = calls.iter().skip_while(|call| **call != "lease");
            // What it does then takes no more than a turn in memory.
            since.filter(|call| **call == "feed").count() >= 2
        };
        self.asked.until(is_done).await;
        self.asked.calls().iter().filter(|call| **call == "maintain").count()
    }
}

fn over(store: &Arc<dyn Store>, clock: &FixedClock) -> SessionsBuilder {
    let key = SigningKey::generate(Algorithm::EdDsa).unwrap();
    let builder = Sessions::builder(master()).store(Arc::clone(store)).clock(clock.clone());
    builder.signing_key(key).poll_every(Duration::from_secs(3_600))
}

#[tokio::test]
async fn of_two_programs_one_forgets_what_is_over() {
    let shared = Shared::new().await;
    assert!(!shared.is_forgotten().await);
    let one = shared.program(|builder| builder).await;
    let other = shared.program(|builder| builder).await;
    let done = [one.upkeep().await, other.upkeep().await];
    assert!(matches!(done, [1, 0] | [0, 1]), "{done:?}");
    assert!(shared.is_forgotten().await);
}

#[tokio::test]
async fn who_leaves_upkeep_to_others_forgets_nothing() {
    let shared = Shared::new().await;
    let program = shared.program(SessionsBuilder::no_maintenance).await;
    let looks = |calls: &Vec<&str>| calls.iter().filter(|call| **call == "feed").count();
    program.asked.until(|calls| looks(calls) >= 10).await;
    let calls = program.asked.calls();
    assert!(calls.iter().all(|call| *call == "feed"), "{calls:?}");
    assert!(!shared.is_forgotten().await);
}

#[tokio::test]
async fn upkeep_that_takes_long_delays_no_revocation() {
    let shared = Shared::new().await;
    let key = SigningKey::generate(Algorithm::EdDsa).unwrap();
    let other = over(&shared.memory, &shared.clock).signing_key(key.clone());
    let other = other.no_maintenance().open().await.unwrap();
    for call in ["lease", "maintain"] {
        let asked = Asked::over(&shared.memory);
        asked.hangs(call);
        let program = shared.program_over(asked, |builder| builder.signing_key(key.clone())).await;
        program.asked.until(|calls| calls.contains(&call)).await;
        let pair = other.start("bob", Grant::new()).await.unwrap();
        assert!(program.sessions.verify::<()>(pair.access_token()).is_ok());
        other.revoke_session("bob", pair.session()).await.unwrap();
        program.asked.calls();
        let looks = |calls: &Vec<&str>| calls.iter().filter(|asked| **asked == "feed").count();
        program.asked.until(|calls| looks(calls) >= 2).await;
        let refused = program.sessions.verify::<()>(pair.access_token()).unwrap_err();
        assert_eq!(refused.code(), "access_revoked", "while it waits for {call}");
    }
}

#[tokio::test]
async fn what_one_does_that_is_gone_another_does_when_its_lease_is_over() {
    let shared = Shared::new().await;
    let first = shared.program(|builder| builder).await;
    assert_eq!(first.upkeep().await, 1);
    drop(first);
    let early = shared.program(|builder| builder).await;
    assert_eq!(early.upkeep().await, 0);
    drop(early);
    shared.clock.advance(Duration::from_secs(121));
    let late = shared.program(|builder| builder).await;
    assert_eq!(late.upkeep().await, 1);
}

#[tokio::test]
async fn of_two_programs_one_rotates_the_keys_when_it_is_time_and_says_so() {
    let shared = Shared::new().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ring.json");
    let ring = KeyRing::builder(Algorithm::EdDsa).clock(shared.clock.clone());
    let ring = ring.create_file(&path, "a password").unwrap();
    let before: Vec<String> = ring.keys().iter().map(|key| key.key_id().to_owned()).collect();
    let due = ring.next_due().unwrap().since_epoch().as_secs();
    let told = Arc::new(Mutex::new(Vec::new()));
    let program = async || {
        let ring =
            KeyRing::open_with_clock(FileStore::new(&path), "a password", shared.clock.clone());
        let (ring, hears) = (ring.unwrap(), Arc::clone(&told));
        let hears = move |event: &jotem_session::event::Event| {
            hears.lock().unwrap().push((event.action, event.key_id.clone()));
        };
        shared.program(|builder| builder.ring(ring).on_event(hears)).await
    };
    shared.clock.set(due - 1);
    // Rings first, and then what is over.
    let is_done = |calls: &Vec<&str>| calls.contains(&"maintain");
    let early = program().await;
    early.asked.until(is_done).await;
    assert_eq!(*told.lock().unwrap(), []);
    drop(early);

    // The lease of that one is over, too.
    shared.clock.set(due + 121);
    let (one, other) = (program().await, program().await);
    tokio::select! {
        () = one.asked.until(is_done) => {}
        () = other.asked.until(is_done) => {}
    }
    let done = [one.upkeep().await, other.upkeep().await];
    assert!(matches!(done, [1, 0] | [0, 1]), "{done:?}");
    assert!(ring.reload().unwrap());
    let signs = ring.signing_key().unwrap().key_id().unwrap().to_owned();
    assert!(before.contains(&signs), "it was announced before");
    assert_eq!(*told.lock().unwrap(), [(Action::KeyRotate, Some(signs))]);
}
