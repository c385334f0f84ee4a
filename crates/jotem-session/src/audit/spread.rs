//! Sinks that need no file: several at once, a function, the program's own log.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use jotem::error::Excerpt;

use super::members::{self, Addresses, Value};
use crate::event::{Event, EventSink};

/// Several sinks, told one after the other. One that panics does not keep the others from it.
///
/// # Examples
/// ```
/// use std::sync::Arc;
/// use jotem_session::audit::{FanOut, OnEvent, TracingSink};
///
/// let alarms = OnEvent::new(|event| if event.action.is_alarm() { /* tell somebody */ });
/// let sinks = FanOut::new([Arc::new(TracingSink::default()) as _, Arc::new(alarms) as _]);
/// # let _ = format!("{sinks:?}");
/// ```
#[derive(Debug, Clone)]
pub struct FanOut(Arc<[Arc<dyn EventSink>]>);

impl FanOut {
    /// Makes one of several.
    pub fn new(sinks: impl IntoIterator<Item = Arc<dyn EventSink>>) -> Self {
        Self(sinks.into_iter().collect())
    }
}

impl EventSink for FanOut {
    fn record(&self, event: &Event) {
        for sink in self.0.iter() {
            guarded(|| sink.record(event));
        }
    }
}

/// A function that is told. It must not wait: it is called where the event happens.
///
/// A panic in it goes no further; `tracing` is told of it.
///
/// # Examples
/// ```
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU32, Ordering};
/// use jotem::NumericDate;
/// use jotem_session::audit::OnEvent;
/// use jotem_session::event::{Action, Event, EventSink as _};
///
/// let logins = Arc::new(AtomicU32::new(0));
/// let sink = OnEvent::new({
///     let logins = Arc::clone(&logins);
///     move |event| {
///         if event.action == Action::SessionStart {
///             logins.fetch_add(1, Ordering::Relaxed);
///         }
///     }
/// });
/// sink.record(&Event::new(Action::SessionStart, NumericDate::from_secs(1_795_305_600)));
/// assert_eq!(logins.load(Ordering::Relaxed), 1);
/// ```
#[derive(Clone)]
pub struct OnEvent(Arc<dyn Fn(&Event) + Send + Sync>);

impl OnEvent {
    /// Takes the function.
    pub fn new(told: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        Self(Arc::new(told))
    }
}

impl EventSink for OnEvent {
    fn record(&self, event: &Event) {
        guarded(|| (self.0)(event));
    }
}

impl fmt::Debug for OnEvent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("OnEvent")
    }
}

/// Tells `tracing`, with the target `jotem::session`: alarms as warnings, what is refused as
/// information, the rest for debugging.
///
/// Each member is a field; what is not printable ASCII is escaped.
#[derive(Debug, Clone, Copy, Default)]
pub struct TracingSink {
    addresses: Addresses,
}

impl TracingSink {
    /// Says how much of addresses is told; their network by default.
    #[must_use]
    pub const fn addresses(mut self, addresses: Addresses) -> Self {
        self.addresses = addresses;
        self
    }
}

impl EventSink for TracingSink {
    fn record(&self, event: &Event) {
        let members = members::of_event(event, self.addresses);
        let text = |wanted: &str| {
            let found = members.iter().find(|(name, _)| *name == wanted);
            found.and_then(|(_, value)| match value {
                Value::Text(text) => Some(escaped(text)),
                Value::Number(_) | Value::True => None,
            })
        };
        macro_rules! tell {
            ($level:ident, $($name:ident),*) => {
                tracing::$level!(
                    target: "jotem::session",
                    $($name = text(stringify!($name)).as_deref(),)*
                    "{}", event.action
                )
            };
            ($level:ident) => {
                tell!($level, subject, tenant, client, sid, jti, kid, ip_prefix, ip, reason, detail)
            };
        }
        if event.action.is_alarm() {
            tell!(warn);
        } else if event.action.is_refusal() {
            tell!(info);
        } else {
            tell!(debug);
        }
    }
}

/// Escapes what is not printable ASCII: it may do things to a terminal.
fn escaped(text: &str) -> String {
    let is_plain = |character: char| matches!(character, ' '..='~') && character != '\\';
    let escape = |character: char| {
        let plain = is_plain(character).then_some(character);
        plain.into_iter().chain(character.escape_default().filter(move |_| !is_plain(character)))
    };
    text.chars().flat_map(escape).collect()
}

fn guarded(tell: impl FnOnce()) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(tell)) {
        let said = panic.downcast_ref::<&str>().copied();
        let said = said.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        // It may say anything, and is shown as little.
        let reason = Excerpt::new(&members::bounded(said.unwrap_or_default()));
        tracing::warn!(target: "jotem::session", %reason, "a sink of events panicked");
    }
}
