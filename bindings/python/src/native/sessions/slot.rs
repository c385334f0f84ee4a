//! The sessions as they are open in this process: opened at first use, and anew after a fork.
//!
//! A child has neither the threads nor the connections of its parent. It forgets what it has of them
//! and opens its own. SQLite asks for more: it keeps, in the process, what it knows of the locks of a
//! file, which a child would believe and not have. So an open file is closed before a fork, and opened
//! again on both sides.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use jotem_session::audit::AuditLog;
use jotem_session::{SessionVerifier, Sessions};
use pyo3::prelude::*;
use tokio::sync::watch;

use super::errors::Failure;
use super::operation::Work;
use super::recipe::Recipe;
use super::runtime;

/// Where sessions are, if they are open.
pub(super) struct Slot {
    /// The process that made it.
    made_in: u32,
    recipe: Recipe,
    state: Mutex<State>,
    /// The log of this process, once it was opened.
    audit: Mutex<Option<Audit>>,
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

/// An audit log that is open, and in which process.
struct Audit {
    process: u32,
    log: Arc<AuditLog>,
}

enum Turn {
    Over,
    Mine(watch::Sender<()>),
    Wait(watch::Receiver<()>),
}

/// Every slot that there is.
static SLOTS: Mutex<Vec<Weak<Slot>>> = Mutex::new(Vec::new());

/// How long a fork waits for a file to be closed and a ring to be changed, and the end of the program
/// for a file to be written.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long closing waits for the last lines of an audit log, and for tasks that followed a store.
const STRAGGLERS: Duration = Duration::from_secs(1);
const FOLLOWERS: Duration = Duration::from_millis(50);

impl Slot {
    pub(super) fn new(recipe: Recipe) -> Arc<Self> {
        let process = std::process::id();
        let state =
            State { process, sessions: None, verifier: None, is_closed: false, opening: None };
        let slot = Self {
            made_in: process,
            recipe,
            state: Mutex::new(state),
            audit: Mutex::default(),
            works: Mutex::default(),
        };
        let slot = Arc::new(slot);
        note(&SLOTS, Arc::downgrade(&slot));
        slot
    }

    pub(super) const fn recipe(&self) -> &Recipe {
        &self.recipe
    }

    /// Returns the sessions, opened if they are not.
    pub(super) async fn sessions(self: &Arc<Self>) -> Result<Sessions, Failure> {
        loop {
            if let Some(sessions) = self.open_sessions()? {
                return Ok(sessions);
            }
            self.opened().await?;
        }
    }

    /// Opens the sessions if they are not: once, whoever asks meanwhile, and to the end, even if nobody
    /// waits for it any more. Who waits has nothing of them in hand: a fork need not wait for that.
    pub(super) async fn opened(self: &Arc<Self>) -> Result<(), Failure> {
        let attempt = match self.turn()? {
            Turn::Over => return Ok(()),
            Turn::Mine(attempt) => Some(attempt),
            Turn::Wait(mut ended) => {
                // Nothing is ever said: it fails when the attempt of somebody else has ended.
                let _ = ended.changed().await;
                if self.open_sessions()?.is_some() {
                    return Ok(());
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
        if state.sessions.is_some() {
            return Ok(Turn::Over);
        }
        if let Some(ended) = &state.opening {
            return Ok(Turn::Wait(ended.clone()));
        }
        let (attempt, ended) = watch::channel(());
        state.opening = Some(ended);
        Ok(Turn::Mine(attempt))
    }

    async fn open(self: &Arc<Self>) -> Result<(), Failure> {
        let mut builder = self.recipe.builder()?;
        if self.recipe.audit.is_some() {
            let slot = Arc::clone(self);
            let log = tokio::task::spawn_blocking(move || slot.open_audit_log());
            if let Some(log) = log.await.map_err(std::io::Error::other)?? {
                builder = builder.events(log);
            }
        }
        let opened = builder.open().await?;
        let mut state = match self.state() {
            Ok(state) => state,
            Err(closed) => {
                drop(self.audit().take());
                return Err(closed);
            }
        };
        // After an attempt that failed several may try: two of them would not see each other's memory.
        let verifier = state.sessions.get_or_insert(opened).verifier();
        state.verifier = Some(verifier);
        Ok(())
    }

    /// Returns the verifier, if the sessions are open. Nobody may have it in hand outside of
    /// [`fork::pass`](crate::native::fork::pass), nor the sessions: a fork closes their file, and waits
    /// until nobody has it.
    pub(super) fn verifier(&self) -> Result<Option<SessionVerifier>, Failure> {
        Ok(self.state()?.verifier.clone())
    }

    /// Returns the sessions, if they are open.
    pub(super) fn open_sessions(&self) -> Result<Option<Sessions>, Failure> {
        Ok(self.state()?.sessions.clone())
    }

    /// Opens the audit log, if there is to be one and it is not open.
    fn open_audit_log(&self) -> Result<Option<Arc<AuditLog>>, Failure> {
        let Some(settings) = &self.recipe.audit else { return Ok(None) };
        let mut audit = self.audit();
        if let Some(audit) = audit.as_ref() {
            return Ok(Some(Arc::clone(&audit.log)));
        }
        let process = std::process::id();
        if process != self.made_in && !settings.is_of_each_process() {
            return Err(Failure::AuditOfParent);
        }
        let log = Arc::new(settings.open()?);
        *audit = Some(Audit { process, log: Arc::clone(&log) });
        Ok(Some(log))
    }

    /// Returns the audit log, if it is open in this process.
    pub(super) fn audit_log(&self) -> Option<Arc<AuditLog>> {
        self.audit().as_ref().map(|audit| Arc::clone(&audit.log))
    }

    fn audit(&self) -> MutexGuard<'_, Option<Audit>> {
        let mut audit = self.audit.lock().unwrap_or_else(PoisonError::into_inner);
        if audit.as_ref().is_some_and(|audit| audit.process != std::process::id()) {
            // The thread that writes it is the parent's.
            std::mem::forget(audit.take());
        }
        audit
    }

    /// Begins to know of work that is under way.
    pub(super) fn note(&self, work: &Arc<Work>) {
        note(&self.works, Arc::downgrade(work));
    }

    /// Lets go of everything for good, and returns it: closing a file waits.
    pub(super) fn close(&self) -> Remains {
        let mut state = self.lock();
        state.is_closed = true;
        let (sessions, verifier) = (state.sessions.take(), state.verifier.take());
        drop(state);
        Remains { sessions, verifier, log: self.audit().take().map(|audit| audit.log) }
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

    /// Takes out what must not be open while the process forks, and what uses it, even if these were
    /// closed.
    fn before_fork(&self) -> Option<impl Send + use<>> {
        if !self.recipe.is_in_a_file() {
            return None;
        }
        let mut state = self.lock();
        let open = (state.sessions.take(), state.verifier.take());
        drop(state);
        let works = std::mem::take(&mut *self.works.lock().unwrap_or_else(PoisonError::into_inner));
        let works: Vec<_> =
            works.iter().filter_map(Weak::upgrade).map(|work| work.interrupt()).collect();
        Some((open, works))
    }
}

/// What is left of sessions that were closed.
pub(super) struct Remains {
    sessions: Option<Sessions>,
    verifier: Option<SessionVerifier>,
    log: Option<Arc<AuditLog>>,
}

impl Remains {
    /// Lets go of everything; the audit log last, with its last line. A call that is under way in
    /// another thread may keep it open for longer.
    pub(super) fn close(self) {
        let store = self.sessions.as_ref().map(|sessions| Arc::clone(sessions.store()));
        drop((self.sessions, self.verifier));
        // Here it is closed, and not in a task that followed it until a moment ago.
        store.map(|store| alone(store, FOLLOWERS));
        self.log.map(|log| alone(log, STRAGGLERS));
    }
}

/// Waits until nobody else has it, but not for long.
fn alone<T: ?Sized>(one: Arc<T>, patience: Duration) -> Arc<T> {
    let deadline = Instant::now().checked_add(patience);
    while Arc::strong_count(&one) > 1 && Some(Instant::now()) < deadline {
        std::thread::sleep(Duration::from_millis(1));
    }
    one
}

impl Drop for Slot {
    fn drop(&mut self) {
        // In a child that never used it, it forgets.
        drop(self.lock());
        drop(self.audit());
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

/// Writes the audit logs as far as anything is to be written: the program is about to end.
pub(in crate::native) fn write_out(py: Python<'_>) {
    let slots = SLOTS.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let logs: Vec<_> =
        slots.iter().filter_map(Weak::upgrade).filter_map(|slot| slot.audit_log()).collect();
    if !logs.is_empty() {
        py.detach(|| {
            for log in &logs {
                log.flush(PATIENCE);
            }
        });
    }
}

/// Closes the files that are open: the process is about to fork, and nobody polls.
pub(in crate::native) fn let_go(py: Python<'_>) {
    let slots = SLOTS.lock().unwrap_or_else(PoisonError::into_inner).clone();
    if slots.is_empty() {
        return;
    }
    jotem_session::fork::hold();
    // Whoever is in the middle of opening or closing a file is let come to an end.
    py.detach(|| runtime::wait_for_files(PATIENCE));
    let open: Vec<_> =
        slots.iter().filter_map(Weak::upgrade).filter_map(|slot| slot.before_fork()).collect();
    py.detach(|| {
        let deadline = Instant::now().checked_add(PATIENCE);
        drop(open);
        // A task that follows a store may be in the middle of something, even of sessions that are gone.
        while !jotem_session::fork::is_quiet() && Some(Instant::now()) < deadline {
            std::thread::sleep(Duration::from_millis(1));
        }
    });
}
