//! The thread that does all fetching. It belongs to one process: after a fork the child makes its
//! own, and nothing that was open in the parent is open there.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use rustls::ClientConfig;
use rustls::pki_types::CertificateDer;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot::Receiver;

use super::attempt::Attempt;
use super::error::RemoteError;
use super::event::{FetchReason, JwksEvent, UnknownKeyRefusal};
use super::gate::{Decision, Demand, Gate, Outcome};
use super::settings::Shared;
use super::tls;

/// The state of a client that a forked child must not share.
#[derive(Debug)]
pub(super) struct Process {
    id: u32,
    gates: Arc<Gates>,
    jobs: UnboundedSender<Job>,
}

/// What came of a demand.
pub(super) enum Answer {
    /// The outcome comes here.
    Wait(Receiver<Outcome>),
    /// There is no request, for this long.
    Later(Duration),
    /// There is no request for this key.
    Unknown,
}

/// Holds the process that is this one. No lock is held while it is looked up: a lock that another
/// thread holds at the moment of a fork is held forever in the child.
#[derive(Debug)]
pub(super) struct Processes {
    shared: Arc<Shared>,
    current: ArcSwapOption<Process>,
}

impl Processes {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared, current: ArcSwapOption::empty() }
    }

    /// Asks for the keys of a source.
    pub(super) fn demand(&self, source: usize, demand: Demand) -> Answer {
        let process = self.current();
        let shared = &self.shared;
        let now = shared.now();
        let decision = match process.gates.lock().get_mut(source) {
            Some(gate) => gate.demand(demand, now, shared.settings.cool_down),
            None => Decision::Later(Duration::ZERO),
        };
        match decision {
            Decision::Begin(outcome) => {
                let closing = Closing {
                    shared: Arc::clone(shared),
                    gates: Arc::clone(&process.gates),
                    source,
                    outcome: Err(RemoteError::Stopped),
                };
                let job = Job { reason: demand.reason, closing };
                if let Err(unsent) = process.jobs.send(job) {
                    // The system refused a thread, or what it needs; perhaps it no longer does. A job
                    // that nobody takes is dropped, and so ends with "stopped".
                    drop(self.renew(&process).jobs.send(unsent.0));
                }
                Answer::Wait(outcome)
            }
            Decision::Join(outcome) => {
                shared.counting.fetches_joined.add();
                Answer::Wait(outcome)
            }
            Decision::Later(wait) => Answer::Later(wait),
            Decision::Unknown { reason, told } => {
                self.count_refusal(reason);
                if !told && let Some(source) = shared.sources.get(source) {
                    let url = source.shown();
                    shared.tell(&JwksEvent::UnknownKeyRefused { url, reason });
                }
                Answer::Unknown
            }
        }
    }

    /// Remembers that the set of a source, which was just fetched, does not have a key.
    pub(super) fn remember_absent(&self, source: usize, key: u64) {
        let until = self.shared.now().saturating_add(self.shared.settings.absent_for);
        if let Some(gate) = self.current().gates.lock().get_mut(source) {
            gate.remember_absent(key, until);
        }
    }

    fn count_refusal(&self, reason: UnknownKeyRefusal) {
        match reason {
            UnknownKeyRefusal::CoolDown => self.shared.counting.unknown_refused_by_cool_down.add(),
            UnknownKeyRefusal::KnownAbsent => self.shared.counting.unknown_refused_as_absent.add(),
        }
    }

    /// Returns the process that is this one, and starts its thread if it is new.
    fn current(&self) -> Arc<Process> {
        let id = std::process::id();
        loop {
            let known = self.current.load_full();
            if let Some(process) = known.as_ref().filter(|process| process.id == id) {
                return Arc::clone(process);
            }
            let gates = (0..self.shared.sources.len()).map(|_| Gate::default()).collect();
            let (process, jobs) = Process::new(id, Arc::new(Gates(Mutex::new(gates))));
            let before = self.current.compare_and_swap(&known, Some(Arc::clone(&process)));
            let is_swapped = match (&*before, &known) {
                (Some(before), Some(known)) => Arc::ptr_eq(before, known),
                (None, None) => true,
                (Some(_), None) | (None, Some(_)) => false,
            };
            if is_swapped {
                // The parent's channels and locks may be in any state: they are left alone, not dropped.
                std::mem::forget(known);
                self.start(id, jobs);
                return process;
            }
        }
    }

    /// Starts another thread in the place of one that ended. What the gates know goes on: after a
    /// failure nothing is tried at once.
    fn renew(&self, ended: &Arc<Process>) -> Arc<Process> {
        let (process, jobs) = Process::new(ended.id, Arc::clone(&ended.gates));
        let before = self.current.compare_and_swap(ended, Some(Arc::clone(&process)));
        match &*before {
            Some(before) if Arc::ptr_eq(before, ended) => {
                self.start(process.id, jobs);
                process
            }
            // Another caller was faster.
            Some(before) => Arc::clone(before),
            None => process,
        }
    }

    fn start(&self, id: u32, jobs: UnboundedReceiver<Job>) {
        start(&self.shared, jobs);
        self.shared.counting.threads_started.add();
        self.shared.tell(&JwksEvent::ThreadStarted { process: id });
    }
}

impl Drop for Processes {
    /// Ends the thread; in a forked child, leaves alone what is the parent's.
    fn drop(&mut self) {
        let process = self.current.swap(None);
        if process.as_ref().is_some_and(|process| process.id != std::process::id()) {
            std::mem::forget(process);
        }
    }
}

impl Process {
    fn new(id: u32, gates: Arc<Gates>) -> (Arc<Self>, UnboundedReceiver<Job>) {
        let (jobs, receiver) = unbounded_channel();
        (Arc::new(Self { id, gates, jobs }), receiver)
    }
}

#[derive(Debug)]
struct Gates(Mutex<Vec<Gate>>);

impl Gates {
    fn lock(&self) -> MutexGuard<'_, Vec<Gate>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An attempt to be made.
#[derive(Debug)]
struct Job {
    reason: FetchReason,
    closing: Closing,
}

impl Job {
    async fn run(mut self, tls: Arc<Tls>) {
        let shared = Arc::clone(&self.closing.shared);
        if let Some(source) = shared.sources.get(self.closing.source) {
            let attempt = Attempt { shared: &shared, source, tls: &tls, reason: self.reason };
            self.closing.outcome = attempt.run().await;
        }
    }
}

/// Opens the gate again and tells those who wait, however the attempt ended.
#[derive(Debug)]
struct Closing {
    shared: Arc<Shared>,
    gates: Arc<Gates>,
    source: usize,
    outcome: Outcome,
}

impl Drop for Closing {
    fn drop(&mut self) {
        let (now, cool_down) = (self.shared.now(), self.shared.settings.cool_down);
        let failed = self.outcome.is_err();
        let closed =
            self.gates.lock().get_mut(self.source).map(|gate| gate.close(failed, now, cool_down));
        let Some((waiting, due)) = closed else { return };
        if let (Some(source), Some(due)) = (self.shared.sources.get(self.source), due) {
            source.put_off(due);
        }
        for one in waiting {
            // Who no longer waits need not know.
            drop(one.send(self.outcome.clone()));
        }
    }
}

/// TLS as it could be set up, and for URLs without it a configuration that trusts nobody.
pub(super) struct Tls {
    secure: Result<ClientConfig, RemoteError>,
    plain: Result<ClientConfig, RemoteError>,
}

impl Tls {
    fn set_up(authorities: &[CertificateDer<'static>]) -> Self {
        Self { secure: tls::configuration(authorities), plain: tls::trusting_nobody() }
    }

    /// Returns the configuration for a URL.
    pub(super) fn configuration(&self, plain: bool) -> Result<&ClientConfig, RemoteError> {
        let configuration = if plain { &self.plain } else { &self.secure };
        configuration.as_ref().map_err(Clone::clone)
    }
}

/// Starts the thread. If the system refuses one, the jobs end with "stopped".
fn start(shared: &Arc<Shared>, jobs: UnboundedReceiver<Job>) {
    let authorities = shared.settings.authorities.clone();
    let thread = std::thread::Builder::new().name(THREAD.to_owned());
    let started = thread.spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .enable_time()
            // They resolve names; one that hangs must not take the others along.
            .max_blocking_threads(16)
            .thread_name(THREAD)
            .build();
        let Ok(runtime) = runtime else { return };
        runtime.block_on(serve(jobs, &authorities));
        // A name that is still being resolved is not waited for.
        runtime.shutdown_background();
    });
    drop(started);
}

async fn serve(mut jobs: UnboundedReceiver<Job>, authorities: &[CertificateDer<'static>]) {
    let mut tls = Arc::new(Tls::set_up(authorities));
    while let Some(job) = jobs.recv().await {
        if tls.secure.is_err() {
            // What could not be read then, such as the system's certificates, perhaps can be now.
            tls = Arc::new(Tls::set_up(authorities));
        }
        tokio::spawn(job.run(Arc::clone(&tls)));
    }
}

const THREAD: &str = "jotem-jwks";
