//! `jotem ring compromise`: a key is gone at once.

use jotem::{Clock as _, SystemClock};
use serde_json::json;

use super::{about, open};
use crate::args::RingCompromiseArguments;
use crate::date;
use crate::error::{Failure, Status};
use crate::input::Input;
use crate::output::Output;

pub(crate) fn run(
    arguments: &RingCompromiseArguments,
    input: &Input,
    output: Output,
) -> Result<Status, Failure> {
    let ring = open(&arguments.file, &arguments.password, input)?;
    let done =
        ring.compromise(&arguments.key_id).map_err(|error| about(&error, &arguments.file))?;
    if output.is_json() {
        output.document(&json!({
            "removed": arguments.key_id,
            "was": done.was.name(),
            "active": done.active,
            "announced": done.announced,
            "known_at": done.known_at.as_secs(),
        }))?;
    }
    output.note(&format!("removed {}, which was {}", arguments.key_id, done.was));
    output.note(&format!("{} signs", done.active));
    if let Some(announced) = &done.announced {
        output.note(&format!("{announced} is announced"));
    }
    let now = SystemClock.now();
    if done.known_at > now {
        let distance = date::distance(done.known_at, now);
        output.note(&format!(
            "note: the key that signs is known everywhere {distance}; until then verifiers that have not fetched it refuse its tokens"
        ));
    }
    Ok(Status::Good)
}
