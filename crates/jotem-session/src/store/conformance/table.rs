//! The table of [`decide`], row by row.

use std::time::Duration;

use super::Suite;
use super::asking::{Asking, Follower};
use super::failure::{Fault, Outcome, holds, same};
use super::samples::{CLIENT, GENERATION, Login, seconds};
use crate::record::Record;
use crate::rotation::{Decision, Presented, RotationPolicy, State, decide};
use crate::store::{Rotate, Rotated};

/// Imports a record and presents a token to it.
struct Row {
    asking: Asking,
    login: Login,
    record: Record,
    epoch: u32,
}

impl Row {
    /// A session that is five generations old, in a store.
    async fn new(
        suite: &Suite,
        change: impl FnOnce(&mut Record, u64) + Send,
    ) -> Result<Self, Fault> {
        let asking = suite.store.clone();
        let now_ms = asking.now_ms().await?;
        let login = Login::new(now_ms)?;
        let mut record = login.record(now_ms);
        change(&mut record, now_ms);
        let mut kept = login.kept(record);
        // What was raised in the past is a second of the past.
        kept.epoch = 1_700_000_000;
        asking.import(std::slice::from_ref(&kept)).await?;
        Ok(Self { asking, login, record, epoch: kept.epoch })
    }

    /// Presents a token, and sees that the store decided this, and as [`decide`] does, kept what it
    /// said, and said what it kept.
    async fn present(&mut self, rotate: &Rotate, wanted: Decision) -> Outcome {
        let before_ms = self.asking.now_ms().await?;
        let rotated = self.asking.rotated(rotate).await?;
        let after_ms = self.asking.now_ms().await?;
        let asked = format!("rotate {rotate:?} of {:?} at {}", self.record, rotated.now_ms);
        same(&asked, rotated.decision, wanted)?;
        let slack_ms = 2_000;
        let around = before_ms.saturating_sub(slack_ms)..=after_ms.saturating_add(slack_ms);
        holds(&asked, around.contains(&rotated.now_ms), rotated.now_ms, format!("{around:?}"))?;
        same(&asked, &rotated, &specified(&self.record, rotate, &rotated))?;
        same(&asked, (&rotated.who, rotated.epoch), (&self.login.who, self.epoch))?;
        let kept = self.asking.found(self.login.subject, self.login.session).await?;
        same(format!("find after: {asked}"), kept.record, rotated.record)?;
        same(
            format!("find after: {asked}"),
            (&kept.who, kept.epoch),
            (&self.login.who, self.epoch),
        )?;
        self.record = rotated.record;
        Ok(())
    }

    /// Presents the token of a generation.
    async fn generation(
        &mut self,
        generation: u32,
        policy: RotationPolicy,
        wanted: Decision,
    ) -> Outcome {
        let mut rotate = self.login.rotate(generation, policy);
        rotate.presented.binding = self.record.binding;
        self.present(&rotate, wanted).await
    }

    /// Presents every generation with something about it changed.
    async fn every_generation(
        &mut self,
        wanted: Decision,
        change: impl Fn(&mut Presented) + Send + Sync,
    ) -> Outcome {
        for generation in [0, 1, 3, 4, GENERATION, 6, u32::MAX] {
            let mut rotate = self.login.rotate(generation, RotationPolicy::web());
            change(&mut rotate.presented);
            self.present(&rotate, wanted).await?;
        }
        Ok(())
    }
}

/// What a store that does as [`decide`] says answers at the time that it named.
pub(super) fn specified(record: &Record, rotate: &Rotate, came: &Rotated) -> Rotated {
    let (presented, policy, now_ms) = (&rotate.presented, &rotate.policy, came.now_ms);
    let decision = decide(record, presented, now_ms, policy);
    let record = decision.effect(record, presented, now_ms, policy).unwrap_or(*record);
    Rotated { decision, record, ..came.clone() }
}

pub(super) async fn another_secret_changes_nothing(suite: &Suite) -> Outcome {
    let mut row = Row::new(suite, |_, _| ()).await?;
    for place in [0, 11] {
        let another = |presented: &mut Presented| {
            if let Some(byte) = presented.secret_hash.get_mut(place) {
                *byte ^= 1;
            }
        };
        row.every_generation(Decision::SecretMismatch, another).await?;
    }
    row.generation(GENERATION, RotationPolicy::web(), Decision::Rotate).await
}

pub(super) async fn another_client_changes_nothing(suite: &Suite) -> Outcome {
    let mut row = Row::new(suite, |_, _| ()).await?;
    for client in [0, 8, u32::MAX] {
        let another = |presented: &mut Presented| presented.client = client;
        row.every_generation(Decision::ClientMismatch, another).await?;
    }
    row.generation(GENERATION, RotationPolicy::web(), Decision::Rotate).await
}

pub(super) async fn a_key_that_is_not_proven_changes_nothing(suite: &Suite) -> Outcome {
    let mut bound = Row::new(suite, |record, _| record.binding = Some([1; 12])).await?;
    for binding in [None, Some([2; 12])] {
        let another = |presented: &mut Presented| presented.binding = binding;
        bound.every_generation(Decision::BindingMismatch, another).await?;
    }
    bound.generation(GENERATION, RotationPolicy::web(), Decision::Rotate).await?;
    // Who proves a key that nobody asked for is welcome.
    let mut free = Row::new(suite, |_, _| ()).await?;
    let mut rotate = free.login.rotate(GENERATION, RotationPolicy::web());
    rotate.presented.binding = Some([2; 12]);
    free.present(&rotate, Decision::Rotate).await
}

pub(super) async fn secret_client_and_key_are_compared_in_this_order_and_before_all_else(
    suite: &Suite,
) -> Outcome {
    for state in [State::Active, State::Reused] {
        let mut row = Row::new(suite, |record, now_ms| {
            record.binding = Some([1; 12]);
            record.state = state;
            record.end_s = seconds(now_ms).saturating_sub(60);
        })
        .await?;
        row.every_generation(Decision::SecretMismatch, |presented| {
            presented.secret_hash = [0; 12];
            presented.client = 8;
        })
        .await?;
        row.every_generation(Decision::ClientMismatch, |presented| presented.client = 8).await?;
        row.every_generation(Decision::BindingMismatch, |_| ()).await?;
    }
    Ok(())
}

pub(super) async fn a_session_that_ended_stays_ended(suite: &Suite) -> Outcome {
    for state in [State::LoggedOut, State::Reused, State::Revoked] {
        // Over as well: the reason why it ended comes first.
        for ago_s in [None, Some(60)] {
            let mut row = Row::new(suite, |record, now_ms| {
                record.state = state;
                record.end_s =
                    ago_s.map_or(record.end_s, |ago| seconds(now_ms).saturating_sub(ago));
            })
            .await?;
            row.every_generation(Decision::Dead(state), |_| ()).await?;
        }
    }
    Ok(())
}

pub(super) async fn a_session_that_is_over_has_expired(suite: &Suite) -> Outcome {
    type Change = fn(&mut Record, u32);
    let changes: [Change; 4] = [
        |record, now_s| record.idle_end_s = now_s.saturating_sub(1),
        |record, now_s| record.end_s = now_s.saturating_sub(1),
        |record, now_s| (record.idle_end_s, record.end_s) = (now_s, now_s),
        |record, _| record.idle_end_s = 0,
    ];
    for change in changes {
        let mut row = Row::new(suite, |record, now_ms| change(record, seconds(now_ms))).await?;
        row.every_generation(Decision::Expired, |_| ()).await?;
    }
    Ok(())
}

pub(super) async fn the_current_token_is_exchanged_for_the_next(suite: &Suite) -> Outcome {
    let mut row = Row::new(suite, |_, _| ()).await?;
    for generation in GENERATION..9 {
        row.generation(generation, RotationPolicy::strict(), Decision::Rotate).await?;
    }
    same("rotate four times", row.record.generation, 9)?;
    // Use never makes it live longer than to its end, and a gap has room for 18 hours.
    let mut row = Row::new(suite, |record, now_ms| {
        record.end_s = seconds(now_ms).saturating_add(3_600);
        record.rotated_at_ms = now_ms.saturating_sub(1_000_000_000);
    })
    .await?;
    row.generation(GENERATION, RotationPolicy::web(), Decision::Rotate).await?;
    same("rotate near the end", row.record.idle_end_s, row.record.end_s)?;
    same("rotate after eleven days", row.record.gaps_s, [u16::MAX, 20, 30])
}

pub(super) async fn a_token_that_is_newer_than_the_store_is_repaired(suite: &Suite) -> Outcome {
    let mut row = Row::new(suite, |_, _| ()).await?;
    row.generation(6, RotationPolicy::web(), Decision::Repair).await?;
    row.generation(9, RotationPolicy::web(), Decision::Repair).await?;
    row.generation(10, RotationPolicy::web(), Decision::Rotate).await?;
    same("rotate after two repairs", row.record.generation, 11)
}

pub(super) async fn a_token_that_is_newer_than_the_store_ends_the_session_if_the_policy_says_so(
    suite: &Suite,
) -> Outcome {
    let mut row = Row::new(suite, |_, _| ()).await?;
    let mut follower = Follower::from_the_end(suite).await?;
    let policy = RotationPolicy::web().end_if_behind();
    row.generation(6, policy, Decision::Behind).await?;
    row.every_generation(Decision::Dead(State::Revoked), |_| ()).await?;
    follower.read_until_told(&[row.login.notice.what()], 100).await
}

pub(super) async fn a_token_of_a_moment_ago_is_replayed_and_nothing_changes(
    suite: &Suite,
) -> Outcome {
    // Exchanged 100 s ago, 120 s, 150 s, 190 s.
    for (generation, depth) in [(4, 1), (3, 2), (2, 3), (1, 4)] {
        let mut row = Row::new(suite, |_, _| ()).await?;
        let before = row.record;
        let policy = RotationPolicy::web().window(Duration::from_secs(300), depth);
        for _ in 0..5 {
            row.generation(generation, policy, Decision::Replay).await?;
        }
        same("find after five replays", row.record, before)?;
        row.generation(GENERATION, policy, Decision::Rotate).await?;
        same("rotate after five replays", row.record.generation, 6)?;
    }
    Ok(())
}

pub(super) async fn a_token_of_long_ago_ends_the_session(suite: &Suite) -> Outcome {
    let long = Duration::from_secs(300);
    for (generation, window, depth) in [
        // Exchanged 100 s ago, 120 s, 150 s, 190 s.
        (4, Duration::from_secs(95), 4),
        (3, Duration::from_secs(115), 4),
        (2, Duration::from_secs(145), 4),
        (1, Duration::from_secs(185), 4),
        // In the window, and too many generations ago.
        (3, long, 1),
        (2, long, 2),
        (1, long, 3),
        (0, long, 4),
    ] {
        let mut row = Row::new(suite, |_, _| ()).await?;
        let mut follower = Follower::from_the_end(suite).await?;
        let policy = RotationPolicy::web().window(window, depth);
        row.generation(generation, policy, Decision::Reuse).await?;
        row.every_generation(Decision::Dead(State::Reused), |_| ()).await?;
        follower.read_until_told(&[row.login.notice.what()], 100).await?;
    }
    Ok(())
}

/// A clock that went back makes the time since the exchange nothing: the edge, without any chance.
fn from_the_future(record: &mut Record, now_ms: u64) {
    record.rotated_at_ms = now_ms.saturating_add(3_600_000);
}

pub(super) async fn a_window_of_nothing_is_nothing(suite: &Suite) -> Outcome {
    let mut row = Row::new(suite, from_the_future).await?;
    row.generation(4, RotationPolicy::strict(), Decision::Reuse).await?;
    let mut row = Row::new(suite, from_the_future).await?;
    let policy = RotationPolicy::web().window(Duration::from_millis(1), 1);
    row.generation(4, policy, Decision::Replay).await
}

pub(super) async fn the_window_ends_at_its_millisecond(suite: &Suite) -> Outcome {
    for (generation, edge_s) in [(3, 20), (2, 50), (1, 90)] {
        let edge = Duration::from_secs(edge_s);
        for (window, wanted) in [
            (edge.saturating_sub(Duration::from_millis(1)), Decision::Reuse),
            (edge, Decision::Reuse),
            (edge.saturating_add(Duration::from_millis(1)), Decision::Replay),
        ] {
            let mut row = Row::new(suite, from_the_future).await?;
            let policy = RotationPolicy::web().window(window, 4);
            row.generation(generation, policy, wanted).await?;
        }
    }
    Ok(())
}

pub(super) async fn a_bound_session_may_come_back_for_longer(suite: &Suite) -> Outcome {
    let hours_ago = |hours: u64, binding: Option<[u8; 12]>| {
        move |record: &mut Record, now_ms: u64| {
            record.binding = binding;
            record.rotated_at_ms = now_ms.saturating_sub(hours.saturating_mul(3_600_000));
        }
    };
    let (mobile, bound) = (RotationPolicy::mobile(), Some([1; 12]));
    for (hours, binding, policy, wanted) in [
        (20, bound, mobile, Decision::Replay),
        (25, bound, mobile, Decision::Reuse),
        (20, None, mobile, Decision::Reuse),
        (20, bound, RotationPolicy::web(), Decision::Reuse),
    ] {
        let mut row = Row::new(suite, hours_ago(hours, binding)).await?;
        row.generation(4, policy, wanted).await?;
    }
    Ok(())
}

pub(super) async fn the_largest_numbers_are_kept(suite: &Suite) -> Outcome {
    let mut row = Row::new(suite, |record, _| {
        *record = Record {
            generation: u32::MAX,
            rotated_at_ms: (1 << 48) - 1,
            gaps_s: [u16::MAX; 3],
            idle_end_s: u32::MAX,
            end_s: u32::MAX,
            client: CLIENT,
            grant: u32::MAX,
            authenticated_s: u32::MAX,
            binding: Some([u8::MAX; 12]),
            ..*record
        };
    })
    .await?;
    let mut rotate = row.login.rotate(u32::MAX, RotationPolicy::web());
    rotate.presented.client = u32::MAX;
    row.present(&rotate, Decision::ClientMismatch).await?;
    row.generation(u32::MAX, RotationPolicy::web(), Decision::Rotate).await?;
    same("rotate the last generation", row.record.generation, u32::MAX)
}
