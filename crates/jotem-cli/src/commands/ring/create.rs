//! `jotem ring create`: a new ring.

use jotem::jwa::KeyType;
use jotem_jwks::ring::{KeyRing, RingBuilder};

use super::{about, show};
use crate::args::{RingCreateArguments, TimerArguments};
use crate::error::{Failure, Status};
use crate::input::{Input, name};
use crate::output::Output;
use crate::password;

pub(crate) fn run(
    arguments: &RingCreateArguments,
    input: &Input,
    output: Output,
) -> Result<Status, Failure> {
    if arguments.bits.is_some() && arguments.algorithm.key_type() != KeyType::Rsa {
        return Err(Failure::usage("--bits is for RSA keys")
            .hint("the other algorithms have one size each"));
    }
    let mut builder = with_timers(KeyRing::builder(arguments.algorithm), &arguments.timers);
    if let Some(bits) = arguments.bits {
        builder = builder.rsa_bits(bits);
    }
    builder.timers().map_err(|error| Failure::from(&error))?;
    let file = &arguments.file;
    jotem_jwks::atomic_file::check(file, false).map_err(|fault| {
        Failure::from(fault).hint("choose another name; a ring is never replaced")
    })?;
    let password = password::of_new_ring(&arguments.password, input)?;
    let ring = builder.create_file(file, password.expose()).map_err(|error| about(&error, file))?;
    if output.is_json() {
        output.document(&show::document(&ring)?)?;
    }
    output.note(&format!("wrote a ring of {} to {}", ring.algorithm(), name(file)));
    Ok(Status::Good)
}

/// A method of the builder.
type Setting = fn(RingBuilder, std::time::Duration) -> RingBuilder;

fn with_timers(mut builder: RingBuilder, timers: &TimerArguments) -> RingBuilder {
    let settings: [(_, Setting); 7] = [
        (timers.token_lifetime, RingBuilder::token_lifetime),
        (timers.leeway, RingBuilder::leeway),
        (timers.jwks_max_age, RingBuilder::jwks_max_age),
        (timers.fetch_interval, RingBuilder::fetch_interval),
        (timers.announce_for, RingBuilder::announce_for),
        (timers.rotate_every, RingBuilder::rotate_every),
        (timers.retire_for, RingBuilder::retire_for),
    ];
    for (duration, set) in settings {
        if let Some(duration) = duration {
            builder = set(builder, duration);
        }
    }
    builder
}
