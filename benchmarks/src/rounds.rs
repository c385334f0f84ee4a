//! Interleaved rounds: everyone runs for a moment, then everyone again, until the time is used.
//!
//! A machine drifts (frequency, neighbours, caches) more than the differences we look for. Within one
//! round all run under the same weather, so a ratio taken inside a round is steady although the
//! nanoseconds are not; the order turns by one place each round, so nobody always runs first.

use std::time::{Duration, Instant};

/// How long one entrant runs in one round; a single call that takes longer is a batch of one.
const BATCH: Duration = Duration::from_millis(2);
/// Fewer rounds than this say nothing about the spread, whatever the budget.
const FEWEST_ROUNDS: usize = 5;

/// Something timed: a name, and a loop that does it so many times.
pub(crate) struct Entrant {
    pub(crate) name: &'static str,
    pub(crate) run: Box<dyn FnMut(u32)>,
}

/// One entrant's nanoseconds per call, one figure per round.
pub(crate) struct Samples {
    pub(crate) name: &'static str,
    pub(crate) per_round: Vec<f64>,
}

/// Runs the entrants in rounds for about `budget`, after a warm-up that is not counted.
pub(crate) fn race(mut entrants: Vec<Entrant>, budget: Duration) -> Vec<Samples> {
    let batches: Vec<u32> = entrants.iter_mut().map(batch_size).collect();
    let mut samples: Vec<Samples> =
        entrants.iter().map(|e| Samples { name: e.name, per_round: Vec::new() }).collect();
    let start = Instant::now();
    let mut round = 0;
    while round < FEWEST_ROUNDS || start.elapsed() < budget {
        for place in 0..entrants.len() {
            let turn = (place + round) % entrants.len();
            let calls = batches[turn];
            let taken = time(&mut entrants[turn], calls);
            samples[turn].per_round.push(taken.as_nanos() as f64 / f64::from(calls));
        }
        round += 1;
    }
    samples
}

/// How many calls fill [`BATCH`]. Doubling towards it is the warm-up.
fn batch_size(entrant: &mut Entrant) -> u32 {
    let mut calls = 1;
    loop {
        let taken = time(entrant, calls);
        if taken >= BATCH / 2 {
            let per_call = taken.as_nanos() as f64 / f64::from(calls);
            return ((BATCH.as_nanos() as f64 / per_call) as u32).max(1);
        }
        calls *= 2;
    }
}

fn time(entrant: &mut Entrant, calls: u32) -> Duration {
    let start = Instant::now();
    (entrant.run)(calls);
    start.elapsed()
}
