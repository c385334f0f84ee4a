//! Random cases against the specification.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::task::JoinSet;

use super::asking::Asking;
use super::failure::{Fault, Outcome, holds, same};
use super::samples::{Login, random, seconds};
use super::table::specified;
use super::{Said, Suite};
use crate::record::Record;
use crate::refresh_token::SubjectKey;
use crate::rotation::{Decision, Presented, RotationPolicy, State};
use crate::store::{Rotate, Subject};

/// How often each kind of decision came.
type Tally = BTreeMap<&'static str, u32>;

pub(super) async fn random_cases_are_decided_as_the_specification_says(suite: &Suite) -> Outcome {
    let next = Arc::new(AtomicU32::new(0));
    let mut workers = JoinSet::new();
    for worker in 0..suite.at_once.max(1) {
        let (asking, next) = (suite.handle(worker).clone(), Arc::clone(&next));
        let (cases, seed) = (suite.cases, suite.seed);
        workers.spawn(async move {
            let mut tally = Tally::new();
            loop {
                let first = next.fetch_add(TOGETHER, Ordering::Relaxed);
                if first >= cases {
                    return Ok(tally);
                }
                // Whoever does them, the cases of a number are the same.
                let mut chance = Chance(seed.wrapping_add(first.into()));
                let count = cases.saturating_sub(first).min(TOGETHER);
                some_cases(&asking, &mut chance, count, &mut tally).await?;
            }
        });
    }
    let mut all = Tally::new();
    while let Some(worker) = workers.join_next().await {
        let panicked = |_| Err(Fault::new("random cases", Said("a panic"), "answers"));
        for (kind, count) in worker.unwrap_or_else(panicked)? {
            let of_kind = all.entry(kind).or_default();
            *of_kind = of_kind.saturating_add(count);
        }
    }
    every_kind_came_often(suite, &all)
}

/// A check that never meets a kind of decision says nothing of it.
fn every_kind_came_often(suite: &Suite, tally: &Tally) -> Outcome {
    if suite.cases < 1_000 {
        return Ok(());
    }
    for kind in KINDS {
        let count = tally.get(kind).copied().unwrap_or_default();
        let asked = format!("{} random cases of seed {}", suite.cases, suite.seed);
        let wanted = format!("{kind} in one of a hundred cases");
        holds(asked, count >= suite.cases / 100, tally, wanted)?;
    }
    Ok(())
}

/// Asks about some sessions of one subject.
async fn some_cases(
    asking: &Asking,
    chance: &mut Chance,
    count: u32,
    tally: &mut Tally,
) -> Outcome {
    let now_ms = asking.now_ms().await?;
    let (subject, who) = (SubjectKey::from_bytes(random()?), Subject::new("somebody"));
    let mut cases = Vec::new();
    for _ in 0..count {
        let login = Login::of(subject, who.clone(), now_ms)?;
        cases.push(chance.case(&login, now_ms));
    }
    let kept: Vec<_> = cases.iter().map(|(login, record, _)| login.kept(*record)).collect();
    asking.import(&kept).await?;
    let mut wanted = BTreeMap::new();
    for (login, record, rotate) in &cases {
        let rotated = asking.rotated(rotate).await?;
        let asked = format!("rotate {rotate:?} of {record:?} at {}", rotated.now_ms);
        same(asked, &rotated, &specified(record, rotate, &rotated))?;
        let of_kind = tally.entry(kind_of(rotated.decision)).or_default();
        *of_kind = of_kind.saturating_add(1);
        wanted.insert(login.session, rotated.record);
    }
    let listed = asking.list(subject).await?.sessions;
    let listed: BTreeMap<_, _> = listed.into_iter().map(|(id, record, _)| (id, record)).collect();
    same(format!("list after {cases:?}"), listed, wanted)
}

fn kind_of(decision: Decision) -> &'static str {
    match decision {
        Decision::Rotate => "Rotate",
        Decision::Repair => "Repair",
        Decision::Replay => "Replay",
        Decision::Reuse => "Reuse",
        Decision::Behind => "Behind",
        Decision::Dead(_) => "Dead",
        Decision::Expired => "Expired",
        Decision::SecretMismatch => "SecretMismatch",
        Decision::ClientMismatch => "ClientMismatch",
        Decision::BindingMismatch => "BindingMismatch",
    }
}

/// Numbers of a seed (SplitMix64): for cases that can be made again, and nothing else.
#[derive(Debug)]
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below another.
    fn below(&mut self, end: u32) -> u32 {
        let number = u32::try_from(self.next() >> 32).unwrap_or_default();
        number.checked_rem(end).unwrap_or_default()
    }

    /// Whether something that happens once in so many times happens now.
    fn one_in(&mut self, times: u32) -> bool {
        self.below(times) == 0
    }

    fn bytes(&mut self) -> [u8; 12] {
        // Few values, so that some are the same; and such as scripts and queries may stumble over.
        let byte = [0, 1, b'\'', b'\\', b'\n', 0x7f, 0x80, u8::MAX];
        let mut bytes = [1; 12];
        let place = self.below(12);
        let chosen = byte.get(usize::try_from(self.below(8)).unwrap_or_default());
        let changed = bytes.get_mut(usize::try_from(place).unwrap_or_default());
        changed.into_iter().zip(chosen).for_each(|(place, byte)| *place = *byte);
        bytes
    }

    fn case(&mut self, login: &Login, now_ms: u64) -> (Login, Record, Rotate) {
        let login = Login { secret_hash: self.bytes(), ..login.clone() };
        let record = self.record(&login, now_ms);
        let mut rotate = login.rotate(0, self.policy());
        rotate.presented = self.presented(&record);
        (login, record, rotate)
    }

    fn record(&mut self, login: &Login, now_ms: u64) -> Record {
        let now_s = seconds(now_ms);
        let state = match self.below(24) {
            0 => State::LoggedOut,
            1 => State::Reused,
            2 => State::Revoked,
            _ => State::Active,
        };
        let gap = |chance: &mut Self| {
            let few = chance.below(40);
            let gap = if chance.one_in(8) { chance.below(70_000) } else { few };
            u16::try_from(gap).unwrap_or(u16::MAX)
        };
        let gaps_s = [gap(self), gap(self), gap(self)];
        // Few are over; of those that are, some since now.
        let end = |chance: &mut Self| match chance.below(24) {
            0 => now_s,
            1 => now_s.saturating_sub(chance.below(100_000)),
            2 => u32::MAX,
            _ => now_s.saturating_add(1).saturating_add(chance.below(3_000_000)),
        };
        Record {
            state,
            generation: if self.one_in(50) { u32::MAX } else { self.below(8) },
            rotated_at_ms: self.rotated_at_ms(now_ms),
            gaps_s,
            idle_end_s: end(self),
            end_s: end(self),
            client: if self.one_in(20) { u32::MAX } else { self.below(3) },
            grant: u32::try_from(self.next() >> 32).unwrap_or_default(),
            authenticated_s: now_s.saturating_sub(self.below(1_000_000)),
            secret_hash: login.secret_hash,
            binding: self.one_in(3).then(|| self.bytes()),
        }
    }

    fn rotated_at_ms(&mut self, now_ms: u64) -> u64 {
        match self.below(16) {
            0 => 0,
            // A clock that went back.
            1 => now_ms.saturating_add(self.below(100_000).into()),
            2 => now_ms.saturating_sub(self.below(100_000_000).into()),
            _ => now_ms.saturating_sub(self.below(60_000).into()),
        }
    }

    fn presented(&mut self, record: &Record) -> Presented {
        let other = if self.one_in(16) { Some(self.bytes()) } else { None };
        let binding = if self.one_in(6) { other } else { record.binding };
        Presented {
            generation: match self.below(24) {
                0 => u32::MAX,
                1..=5 => self.below(10),
                6..=11 => record.generation,
                _ => record.generation.saturating_sub(self.below(5)),
            },
            secret_hash: if self.one_in(12) { self.bytes() } else { record.secret_hash },
            client: if self.one_in(12) { self.below(3) } else { record.client },
            binding,
        }
    }

    fn policy(&mut self) -> RotationPolicy {
        let window = Duration::from_millis(self.below(120_000).into());
        let depth = u8::try_from(self.below(4)).map_or(1, |depth| depth.saturating_add(1));
        let idle = Duration::from_secs(u64::from(self.below(2_592_000)).saturating_add(1));
        let policy = match self.below(6) {
            0 => RotationPolicy::strict(),
            1 => RotationPolicy::web(),
            2 => RotationPolicy::mobile(),
            3 => RotationPolicy::mcp(),
            _ => RotationPolicy::native().window(window, depth),
        };
        let policy = policy.idle(idle);
        if self.one_in(2) { policy.end_if_behind() } else { policy }
    }
}

/// How many sessions a subject of the cases has.
const TOGETHER: u32 = 8;

const KINDS: [&str; 10] = [
    "Rotate",
    "Repair",
    "Replay",
    "Reuse",
    "Behind",
    "Dead",
    "Expired",
    "SecretMismatch",
    "ClientMismatch",
    "BindingMismatch",
];
