//! One line of a log: written, and read again to be verified.
//!
//! ```json
//! {"seq":2,"time":"2026-11-22T03:00:00.123Z","action":"refresh.reuse","alarm":true,"subject":"ada","prev":"…","hash":"…"}
//! ```
//!
//! `hash` is SHA-256 of all that stands before `,"hash"`; under a key it is called `mac`, and is
//! HMAC-SHA256. `prev` is what the line before has there.

use jotem::NumericDate;

use super::chain::{ChainKey, Checkpoint, Seal};
use super::json::push_members;
use super::members::Member;
use super::timestamp::rfc3339;

/// A line that is to be written.
#[derive(Debug)]
pub(super) struct NewLine {
    /// With its line end.
    pub(super) text: String,
    /// Where the chain is with it.
    pub(super) head: Checkpoint,
    /// When it was.
    pub(super) time: String,
}

impl NewLine {
    /// Writes what follows after `head`.
    pub(super) fn after(
        head: Checkpoint,
        key: Option<&ChainKey>,
        (time, action): (NumericDate, &str),
        members: &[Member],
    ) -> Self {
        let seq = head.seq.saturating_add(1);
        let time = rfc3339(time);
        let mut text = format!("{{\"seq\":{seq},\"time\":\"{time}\",\"action\":\"{action}\"");
        push_members(&mut text, members);
        text.push_str(PREV);
        text.push_str(&head.seal.to_text());
        text.push('"');
        let seal = Seal::of(text.as_bytes(), key);
        text.push_str(if key.is_some() { MAC } else { HASH });
        text.push_str(&seal.to_text());
        text.push_str("\"}\n");
        Self { text, head: Checkpoint { seq, seal }, time }
    }
}

/// A line that was read.
#[derive(Debug)]
pub(super) struct ReadLine<'l> {
    pub(super) seq: u64,
    pub(super) time: &'l str,
    pub(super) action: &'l str,
    /// What stands between the action and the chain: members, each with a comma before it.
    pub(super) members: &'l str,
    pub(super) prev: Seal,
    pub(super) seal: Seal,
    pub(super) is_keyed: bool,
    sealed: &'l [u8],
}

impl<'l> ReadLine<'l> {
    /// How each begins.
    pub(super) const BEGINNING: &'static [u8] = b"{\"seq\":";

    /// Reads a line, without its end; nothing if no log has such a line. What it says is not verified.
    pub(super) fn parse(line: &'l [u8]) -> Option<Self> {
        let text = std::str::from_utf8(line).ok()?;
        if !line.iter().all(|byte| (b' '..=b'~').contains(byte)) {
            return None;
        }
        let rest = text.strip_suffix("\"}")?;
        let (rest, seal) = rest.split_at_checked(rest.len().checked_sub(Seal::CHARACTERS)?)?;
        let (sealed, is_keyed) = match (rest.strip_suffix(HASH), rest.strip_suffix(MAC)) {
            (Some(sealed), _) => (sealed, false),
            (None, Some(sealed)) => (sealed, true),
            (None, None) => return None,
        };
        let rest = sealed.strip_suffix('"')?;
        let (rest, prev) = rest.split_at_checked(rest.len().checked_sub(Seal::CHARACTERS)?)?;
        let rest = rest.strip_suffix(PREV)?.strip_prefix("{\"seq\":")?;
        let (seq, rest) = rest.split_once(",\"time\":\"")?;
        let (time, rest) = rest.split_once("\",\"action\":\"")?;
        let (action, members) = rest.split_once('"')?;
        let is_number = seq.bytes().all(|byte| byte.is_ascii_digit());
        Some(Self {
            seq: seq.parse().ok().filter(|seq| is_number && *seq > 0)?,
            time: Some(time).filter(|time| is_time(time))?,
            action,
            members,
            prev: Seal::from_text(prev)?,
            seal: Seal::from_text(seal)?,
            is_keyed,
            sealed: sealed.as_bytes(),
        })
    }

    /// Whether the seal is that of what the line says.
    pub(super) fn holds(&self, key: Option<&ChainKey>) -> bool {
        Seal::of(self.sealed, key) == self.seal
    }

    /// Where the chain is with it.
    pub(super) const fn head(&self) -> Checkpoint {
        Checkpoint { seq: self.seq, seal: self.seal }
    }
}

/// Whether it has the shape of `2026-11-22T03:00:00.123Z`.
fn is_time(text: &str) -> bool {
    let mut shape = "0000-00-00T00:00:00.000Z".bytes();
    let fits = |byte: u8| match shape.next() {
        Some(b'0') => byte.is_ascii_digit(),
        other => other == Some(byte),
    };
    text.len() == 24 && text.bytes().all(fits)
}

/// A line has no more bytes: seven texts of 200 characters, each of which may take twelve bytes.
pub(super) const LONGEST: usize = 32 * 1024;

const PREV: &str = ",\"prev\":\"";
const HASH: &str = ",\"hash\":\"";
const MAC: &str = ",\"mac\":\"";
