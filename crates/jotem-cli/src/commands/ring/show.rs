//! `jotem ring show`: the keys of a ring, with their states and dates.

use jotem::{Clock as _, NumericDate, SystemClock};
use jotem_jwks::ring::{KeyRing, KeyState, RingKey};
use serde_json::{Value, json};

use super::about;
use crate::args::RingShowArguments;
use crate::date;
use crate::duration;
use crate::error::{Failure, Status};
use crate::output::Output;
use crate::paint::{ASIDE, GOOD};
use crate::table::{Row, table};

pub(crate) fn run(arguments: &RingShowArguments, output: Output) -> Result<Status, Failure> {
    let opened = KeyRing::open_public_file(&arguments.file);
    let ring = opened.map_err(|error| about(&error, &arguments.file))?;
    if output.is_json() {
        output.document(&document(&ring)?)?;
        return Ok(Status::Good);
    }
    let facts = table(&facts(&ring)?, 0, output.width());
    let now = SystemClock.now();
    let keys: Vec<Row> = ring.keys().iter().map(|key| row(key, now)).collect();
    let keys = table(&keys, 0, output.width());
    output.text(&format!("{facts}\n{keys}"))?;
    Ok(Status::Good)
}

/// What a program is told of a ring.
pub(super) fn document(ring: &KeyRing) -> Result<Value, Failure> {
    let timers = ring.timers();
    let keys: Vec<Value> = ring.keys().iter().map(key_document).collect();
    Ok(json!({
        "algorithm": ring.algorithm().name(),
        "revision": ring.revision(),
        "next_due": ring.next_due().map_err(|error| Failure::from(&error))?.as_secs(),
        "timers": {
            "token_lifetime": timers.token_lifetime().as_secs(),
            "leeway": timers.leeway().as_secs(),
            "jwks_max_age": timers.jwks_max_age().as_secs(),
            "stale_while_revalidate": timers.stale_while_revalidate().as_secs(),
            "stale_if_error": timers.stale_if_error().as_secs(),
            "fetch_interval": timers.fetch_interval().as_secs(),
            "announce_for": timers.announce_for().as_secs(),
            "rotate_every": timers.rotate_every().as_secs(),
            "retire_for": timers.retire_for().as_secs(),
        },
        "keys": keys,
    }))
}

fn key_document(key: &RingKey) -> Value {
    json!({
        "kid": key.key_id(),
        "state": key.state().name(),
        "announced_at": key.announced_at().as_secs(),
        "activated_at": key.activated_at().map(NumericDate::as_secs),
        "retired_at": key.retired_at().map(NumericDate::as_secs),
        "next_at": key.next_at().as_secs(),
    })
}

fn facts(ring: &KeyRing) -> Result<Vec<Row>, Failure> {
    let timers = ring.timers();
    let [lifetime, leeway, max_age, fetch, announce, rotate, retire] = [
        timers.token_lifetime(),
        timers.leeway(),
        timers.jwks_max_age(),
        timers.fetch_interval(),
        timers.announce_for(),
        timers.rotate_every(),
        timers.retire_for(),
    ]
    .map(duration::text);
    let next_due = ring.next_due().map_err(|error| Failure::from(&error))?;
    let due = format!("{}, {}", date::utc(next_due), date::distance(next_due, SystemClock.now()));
    Ok(vec![
        Row::new("ring", format!("{}, revision {}", ring.algorithm(), ring.revision())),
        Row::new("tokens", format!("live for {lifetime} at most, leeway {leeway}")),
        Row::new("published", format!("kept for {max_age} by others, and for {fetch} more")),
        Row::new(
            "keys",
            format!("announced for {announce}, active for {rotate}, retiring for {retire}"),
        ),
        Row::new("next due", due),
    ])
}

fn row(key: &RingKey, now: NumericDate) -> Row {
    let next = format!("{}, {}", date::utc(key.next_at()), date::distance(key.next_at(), now));
    let since = |date: NumericDate| date::utc(date);
    let (meaning, style) = match key.state() {
        KeyState::Announced => {
            (format!("since {}, may sign from {next}", since(key.announced_at())), ASIDE)
        }
        KeyState::Active => {
            let since = since(key.activated_at().unwrap_or_default());
            (format!("signs since {since}, rotates {next}"), GOOD)
        }
        KeyState::Retiring => {
            let since = since(key.retired_at().unwrap_or_default());
            (format!("since {since}, removed {next}"), ASIDE)
        }
        KeyState::Removed | _ => (String::new(), ASIDE),
    };
    Row::new(key.state().name(), key.key_id()).meaning(meaning, style)
}
