//! What every test begins with: sessions in memory, under a clock that stands still.

use std::sync::{Arc, Mutex};

use jotem::testing::FixedClock;
use jotem::{Algorithm, Secret, SigningKey};
use jotem_session::event::{Action, Event};
use jotem_session::store::{Memory, Store};
use jotem_session::{Sessions, SessionsBuilder};

pub(crate) const NOW_S: u64 = 1_795_305_600;

/// Sessions, their store, their clock, and what was told.
pub(crate) struct Bench {
    pub(crate) clock: FixedClock,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) sessions: Sessions,
    told: Arc<Mutex<Vec<Event>>>,
}

pub(crate) fn master() -> Secret {
    Secret::from(vec![7; 32])
}

impl Bench {
    pub(crate) async fn new() -> Self {
        Self::with(|builder| builder).await
    }

    /// One key, so that no time goes into making a ring.
    pub(crate) async fn with(settings: impl FnOnce(SessionsBuilder) -> SessionsBuilder) -> Self {
        let clock = FixedClock::at(NOW_S);
        let store: Arc<dyn Store> = Arc::new(Memory::with_clock(clock.clone()));
        let told: Arc<Mutex<Vec<Event>>> = Arc::default();
        let hears = Arc::clone(&told);
        let builder = Sessions::builder(master())
            .store(Arc::clone(&store))
            .clock(clock.clone())
            .signing_key(SigningKey::generate(Algorithm::EdDsa).unwrap())
            .issuer("https://auth.example")
            .audience("api")
            .on_event(move |event| hears.lock().unwrap().push(event.clone()));
        let sessions = settings(builder).open().await.unwrap();
        Self { clock, store, sessions, told }
    }

    pub(crate) fn advance(&self, seconds: u64) {
        self.clock.advance(std::time::Duration::from_secs(seconds));
    }

    /// Returns what was told since it was last asked.
    pub(crate) fn told(&self) -> Vec<Event> {
        std::mem::take(&mut *self.told.lock().unwrap())
    }

    pub(crate) fn actions(&self) -> Vec<Action> {
        self.told().iter().map(|event| event.action).collect()
    }
}
