//! What an operation says to whoever drives it: what happened, and that claims are asked for.

use std::cell::RefCell;
use std::fmt;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use jotem_session::event::{Event, EventSink};
use jotem_session::store::Subject;
use jotem_session::{ClaimsError, Grant};
use serde_json::{Map, Value};

use super::event::SessionEvent;
use super::runtime::Home;
use crate::native::remote::Callback;

thread_local! {
    static CURRENT: RefCell<Option<Arc<Exchange>>> = const { RefCell::new(None) };
}

/// The claims of the application, or why there are none.
pub(super) type Claims = Result<Map<String, Value>, ClaimsError>;

/// Between the engine, which is inside of a poll, and Python, which is outside.
#[derive(Default)]
pub(super) struct Exchange {
    events: Mutex<Vec<Event>>,
    claims: Mutex<State>,
}

#[derive(Default)]
enum State {
    #[default]
    Quiet,
    Asked(Box<(Subject, Grant)>),
    /// Python is about to answer.
    Taken,
    Given(Claims),
}

impl Exchange {
    /// Runs a part of an operation: what it says is said here.
    pub(super) fn during<T>(self: &Arc<Self>, run: impl FnOnce() -> T) -> T {
        let outer = CURRENT.replace(Some(Arc::clone(self)));
        let result = run();
        CURRENT.replace(outer);
        result
    }

    /// Tells of what happened since, where nobody can be waiting for it.
    pub(super) fn tell(&self, callback: &Callback) {
        let events =
            std::mem::take(&mut *self.events.lock().unwrap_or_else(PoisonError::into_inner));
        for event in events {
            callback.hear(|py| SessionEvent::of(py, event));
        }
    }

    /// Returns whose claims are asked for, once.
    pub(super) fn asked(&self) -> Option<(Subject, Grant)> {
        let mut state = self.state();
        match std::mem::replace(&mut *state, State::Taken) {
            State::Asked(whose) => Some(*whose),
            other => {
                *state = other;
                None
            }
        }
    }

    /// Answers.
    pub(super) fn give(&self, claims: Claims) {
        *self.state() = State::Given(claims);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.claims.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Asks for the claims of a subject, whoever drives the operation of the moment.
pub(super) async fn claims_of(subject: Subject, grant: Grant) -> Claims {
    let Some(exchange) = CURRENT.with_borrow(Clone::clone) else {
        return Err(ClaimsError::Failed("nobody is there to be asked".into()));
    };
    *exchange.state() = State::Asked(Box::new((subject, grant)));
    poll_fn(|_| {
        let mut state = exchange.state();
        match std::mem::take(&mut *state) {
            State::Given(claims) => Poll::Ready(claims),
            other => {
                *state = other;
                // Who answers polls again.
                Poll::Pending
            }
        }
    })
    .await
}

/// Tells a callable of the program: after the poll in which it happened, or, if it was in none, soon.
pub(super) struct Sink {
    pub(super) callback: Arc<Callback>,
    pub(super) home: &'static Home,
}

impl EventSink for Sink {
    fn record(&self, event: &Event) {
        let is_noted = CURRENT.with_borrow(|exchange| {
            let Some(exchange) = exchange else { return false };
            exchange.events.lock().unwrap_or_else(PoisonError::into_inner).push(event.clone());
            true
        });
        if !is_noted {
            self.home.tell(Arc::clone(&self.callback), event.clone());
        }
    }
}

impl fmt::Debug for Sink {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Sink")
    }
}
