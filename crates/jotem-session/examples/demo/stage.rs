//! What is shown, and what was seen.

use std::io::{IsTerminal as _, stdout};
use std::sync::{Arc, Mutex, PoisonError};

use jotem_session::event::{Action, Event};

const BOLD: &str = "1";
const DIM: &str = "2";
const RED: &str = "31";
const GREEN: &str = "32";
const YELLOW: &str = "33";

/// Writes lines, with colours at a terminal.
pub(crate) struct Stage {
    has_colors: bool,
}

impl Stage {
    pub(crate) fn new(title: &str) -> Self {
        let has_colors = stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        println!("\n{title}\n{}", "─".repeat(title.chars().count()));
        Self { has_colors }
    }

    fn paint(&self, color: &str, text: &str) -> String {
        if self.has_colors { format!("\u{1b}[{color}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    pub(crate) fn step(&self, text: &str) {
        println!("{}", self.paint(BOLD, text));
    }

    /// Shows the beginning and the end of a token.
    pub(crate) fn token(&self, name: &str, token: &str, about: &str) {
        let (head, tail) = (token.get(..12), token.get(token.len().saturating_sub(6)..));
        let short = format!("{}…{}", head.unwrap_or_default(), tail.unwrap_or_default());
        println!("  {name:<17} {short}  {}", self.paint(DIM, about));
    }

    pub(crate) fn good(&self, text: &str) {
        println!("  {:<17} {text}", self.paint(GREEN, "accepted"));
    }

    pub(crate) fn bad(&self, who: &str, why: &str) {
        println!("  {} {why}", self.paint(RED, &format!("{who:<17}")));
    }

    pub(crate) fn event(&self, event: &Event) {
        let session = event.session.map(|session| session.to_string()).unwrap_or_default();
        let subject = event.subject.as_ref().map_or("somebody", |subject| subject.name());
        let alarm = self.paint(YELLOW, &format!("{:<17}", "alarm"));
        println!("  {alarm} {} of {subject}, session {session}", event.action);
    }

    pub(crate) fn end(&self, seen: &Seen) {
        let actions = seen.actions();
        println!("{} {}", self.paint(DIM, "events:"), actions.join(", "));
    }
}

/// The events of a program: what it would write into a log.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen(Arc<Mutex<Vec<Event>>>);

impl Seen {
    pub(crate) fn keep(&self, event: &Event) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(event.clone());
    }

    pub(crate) fn last(&self, action: Action) -> Option<Event> {
        let events = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        events.iter().rev().find(|event| event.action == action).cloned()
    }

    fn actions(&self) -> Vec<&'static str> {
        let events = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        events.iter().map(|event| event.action.as_str()).collect()
    }
}
