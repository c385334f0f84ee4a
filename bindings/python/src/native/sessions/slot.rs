//! The sessions as they are open in this process: opened at first use, and anew after a fork.
//!
//! A child has neither the threads nor the connections of its parent. It forgets what it has of them
//! and opens its own. SQLite asks for more: it keeps, in the process, what it knows of the locks of a
//! file, which a child would believe and not have. So an open file is closed before a fork, and opened
//! again on both sides.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use jotem_session::store::Store;
use jotem_session::{SessionVerifier, Sessions};
use pyo3::prelude::*;
use tokio::sync::watch;

use super::errors::Failure;
use super::operation::Work;
use super::recipe::Recipe;
use super::runtime;

/// Where sessions are, if they are open.
pub(super) struct Slot {
    recipe: Recipe,
    state: Mutex<State>,
    /// Under way.
    works: Mutex<Vec<Weak<Work>>>,
}

struct State {
    process: u32,
    sessions: Option<Sessions>,
    verifier: Option<SessionVerifier>,
    is_closed: bool,
    /// The attempt to open that is under way.
    opening: Option<watch::Receiver<()>>,
}

enum Turn {
    Over(Sessions),
    Mine(watch::Sender<()>),
    Wait(watch::Receiver<()>),
}

/// Every slot that there is.
static SLOTS: Mutex<Vec<Weak<Slot>>> = Mutex::new(Vec::new());

/// How long a fork waits for a file to be closed.
const PATIENCE: Duration = Duration::from_secs(5);

impl Slot {
    pub(super) fn new(recipe: Recipe) -> Arc<Self> {
        let process = std::process::id();
        let state =
            State { process, sessions: None, verifier: None, is_closed: false, opening: None };
        let slot = Self { recipe, state: Mutex::new(state), works: Mutex::default() };
        let slot = Arc::new(slot);
        note(&SLOTS, Arc::downgrade(&slot));
        slot
    }

    pub(super) const fn recipe(&self) -> &Recipe {
        &self.recipe
    }

    /// Returns the sessions, opened if they are not: once, whoever asks meanwhile, and to the end, even
    /// if nobody waits for it any more.
    pub(super) async fn sessions(self: &Arc<Self>) -> Result<Sessions, Failure> {
        let attempt = match self.turn()? {
            Turn::Over(sessions) => return Ok(sessions),
            Turn::Mine(attempt) => Some(attempt),
            Turn::Wait(mut ended) => {
                // Nothing is ever said: it fails when the attempt of somebody else has ended.
                let _ = ended.changed().await;
                if let Some(sessions) = self.open_sessions()? {
                    return Ok(sessions);
                }
                None
            }
        };
        let slot = Arc::clone(self);
        let opened = runtime::home()?.finish(async move {
            let opened = slot.open().await;
            if attempt.is_some() {
                slot.lock().opening = None;
            }
            opened
        });
        opened.await.map_err(std::io::Error::other)?
    }

    /// Whose turn it is to open. Nobody holds anything that somebody else waits for: who waits may be
    /// in an event loop that never goes on.
    fn turn(&self) -> Result<Turn, Failure> {
        let mut state = self.state()?;
        if let Some(sessions) = &state.sessions {
            return Ok(Turn::Over(sessions.clone()));
        }
        if let Some(ended) = &state.opening {
            return Ok(Turn::Wait(ended.clone()));
        }
        let (attempt, ended) = watch::channel(());
        state.opening = Some(ended);
        Ok(Turn::Mine(attempt))
    }

    async fn open(&self) -> Result<Sessions, Failure> {
        let opened = self.recipe.builder()?.open().await?;
        let mut state = self.state()?;
        // After an attempt that failed several may try: two of them would not see each other's memory.
        let sessions = state.sessions.get_or_insert(opened).clone();
        state.verifier = Some(sessions.verifier());
        Ok(sessions)
    }

    /// Returns the verifier, if the sessions are open.
    pub(super) fn verifier(&self) -> Result<Option<SessionVerifier>, Failure> {
        Ok(self.state()?.verifier.clone())
    }

    /// Returns the sessions, if they are open.
    pub(super) fn open_sessions(&self) -> Result<Option<Sessions>, Failure> {
        Ok(self.state()?.sessions.clone())
    }

    /// Begins to know of work that is under way.
    pub(super) fn note(&self, work: &Arc<Work>) {
        note(&self.works, Arc::downgrade(work));
    }

    /// Lets go of everything for good, and returns it: closing a file waits.
    pub(super) fn close(&self) -> impl Send + use<> {
        let mut state = self.lock();
        state.is_closed = true;
        state.verifier = None;
        state.sessions.take()
    }

    /// Whether it was closed.
    pub(super) fn is_closed(&self) -> bool {
        self.lock().is_closed
    }

    fn state(&self) -> Result<MutexGuard<'_, State>, Failure> {
        let state = self.lock();
        if state.is_closed { Err(Failure::Closed) } else { Ok(state) }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let process = std::process::id();
        if state.process != process {
            let opening = state.opening.take();
            std::mem::forget((state.sessions.take(), state.verifier.take(), opening));
            state.process = process;
        }
        state
    }

    /// Takes out what must not be open while the process forks, and what uses it.
    fn before_fork(&self) -> Option<(Arc<dyn Store>, impl Send + use<>)> {
        let mut state = self.lock();
        let sessions = state.sessions.take_if(|sessions| sessions.store().name() == "sqlite")?;
        let verifier = state.verifier.take();
        let works = std::mem::take(&mut *self.works.lock().unwrap_or_else(PoisonError::into_inner));
        let works: Vec<_> =
            works.iter().filter_map(Weak::upgrade).map(|work| work.interrupt()).collect();
        Some((Arc::clone(sessions.store()), (sessions, verifier, works)))
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        // In a child that never used it, it forgets.
        drop(self.lock());
    }
}

/// Keeps one more, and forgets those that are gone.
fn note<T>(list: &Mutex<Vec<Weak<T>>>, one: Weak<T>) {
    let mut list = list.lock().unwrap_or_else(PoisonError::into_inner);
    if list.len() == list.capacity() {
        list.retain(|one| one.strong_count() > 0);
    }
    list.push(one);
}

/// Closes the files that are open: the process is about to fork, and nobody polls.
pub(in crate::native) fn let_go(py: Python<'_>) {
    let slots = SLOTS.lock().unwrap_or_else(PoisonError::into_inner).clone();
    if slots.is_empty() {
        return;
    }
    // Whoever is in the middle of opening or closing a file is let come to an end.
    py.detach(|| runtime::wait_for_files(PATIENCE));
    let open: Vec<_> =
        slots.iter().filter_map(Weak::upgrade).filter_map(|slot| slot.before_fork()).collect();
    if open.is_empty() {
        return;
    }
    py.detach(|| {
        let deadline = Instant::now().checked_add(PATIENCE);
        for (store, users) in open {
            drop(users);
            // A task that follows the store may be in the middle of something.
            while Arc::strong_count(&store) > 1 && Some(Instant::now()) < deadline {
                std::thread::sleep(Duration::from_millis(1));
            }
        }
    });
}
