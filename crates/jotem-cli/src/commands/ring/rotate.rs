//! `jotem ring rotate`: the announced key signs from now on.

use jotem::{Clock as _, SystemClock};
use jotem_jwks::ring::{KeyRing, RingError, Rotation};
use serde_json::json;

use super::{about, open};
use crate::args::RingRotateArguments;
use crate::date;
use crate::error::{Failure, Status};
use crate::input::Input;
use crate::output::Output;

pub(crate) fn run(
    arguments: &RingRotateArguments,
    input: &Input,
    output: Output,
) -> Result<Status, Failure> {
    let ring = open(&arguments.file, &arguments.password, input)?;
    let (rotation, removed) =
        rotate(&ring, arguments).map_err(|error| about(&error, &arguments.file))?;
    let next_due = ring.next_due().map_err(|error| about(&error, &arguments.file))?;
    if output.is_json() {
        output.document(&json!({
            "rotated": rotation.is_some(),
            "retired": rotation.as_ref().map(|rotation| &rotation.retired),
            "active": rotation.as_ref().map(|rotation| &rotation.active),
            "announced": rotation.as_ref().map(|rotation| &rotation.announced),
            "removed": removed,
            "next_due": next_due.as_secs(),
        }))?;
    }
    for key_id in &removed {
        output.note(&format!("removed {key_id}"));
    }
    match &rotation {
        Some(Rotation { retired, active, announced, .. }) => {
            output.note(&format!("{retired} retires"));
            output.note(&format!("{active} signs"));
            output.note(&format!("{announced} is announced"));
        }
        None => {
            let distance = date::distance(next_due, SystemClock.now());
            output.note(&format!("nothing is due until {}, {distance}", date::utc(next_due)));
        }
    }
    Ok(Status::Good)
}

fn rotate(
    ring: &KeyRing,
    arguments: &RingRotateArguments,
) -> Result<(Option<Rotation>, Vec<String>), RingError> {
    if arguments.if_due {
        let done = ring.maintain()?;
        return Ok((done.rotation, done.removed));
    }
    let rotation = if arguments.now { ring.rotate_now()? } else { ring.rotate()? };
    Ok((Some(rotation), Vec::new()))
}
