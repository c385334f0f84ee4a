//! Many callers at once.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Barrier;
use tokio::task::JoinSet;

use super::asking::{Asking, Follower};
use super::failure::{Fault, Outcome, holds, same};
use super::samples::{GENERATION, Login, name, notice, random};
use super::{Said, Suite};
use crate::rotation::{Decision, RotationPolicy, State};
use crate::store::{Document, NameKind, Rotated, StoreError};

/// Lets callers do something at once, each in a task of its own.
async fn at_once<T, F>(
    suite: &Suite,
    callers: u32,
    ask: impl Fn(u32, Asking) -> F,
) -> Result<Vec<T>, Fault>
where
    T: Send + 'static,
    F: Future<Output = Result<T, Fault>> + Send + 'static,
{
    let together = Arc::new(Barrier::new(usize::try_from(callers).unwrap_or(usize::MAX)));
    let mut tasks = JoinSet::new();
    for caller in 0..callers {
        let (together, asked) = (Arc::clone(&together), ask(caller, suite.handle(caller).clone()));
        tasks.spawn(async move {
            together.wait().await;
            asked.await
        });
    }
    let mut answers = Vec::new();
    while let Some(answer) = tasks.join_next().await {
        let panicked = |_| Err(Fault::new("many at once", Said("a panic"), "answers"));
        answers.push(answer.unwrap_or_else(panicked)?);
    }
    Ok(answers)
}

/// Imports a session and lets all callers present its current token. Returns what they were told.
async fn race_for(suite: &Suite, policy: RotationPolicy) -> Result<(Login, Vec<Rotated>), Fault> {
    let now_ms = suite.store.now_ms().await?;
    let login = Login::new(now_ms)?;
    suite.store.import(&[login.kept(login.record(now_ms))]).await?;
    let rotate = login.rotate(GENERATION, policy);
    let answers = at_once(suite, suite.callers, |_, asking| {
        let rotate = rotate.clone();
        async move { asking.rotated(&rotate).await }
    });
    Ok((login, answers.await?))
}

/// Sees that callers were told so often what was decided.
fn told(answers: &[Rotated], wanted: &[(Decision, u32)]) -> Outcome {
    let asked = format!("{} callers present one token at once", answers.len());
    let decisions: Vec<Decision> = answers.iter().map(|answer| answer.decision).collect();
    let count = |decision: Decision| {
        let count = decisions.iter().filter(|came| **came == decision).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    };
    let as_wanted = wanted.iter().all(|(decision, times)| count(*decision) == *times);
    holds(asked, as_wanted, &decisions, format!("{wanted:?}"))
}

pub(super) async fn of_many_who_present_one_token_at_once_one_gets_the_next_and_one_is_a_thief(
    suite: &Suite,
) -> Outcome {
    let mut follower = Follower::from_the_end(suite).await?;
    let mut ended = Vec::new();
    for _ in 0..suite.rounds {
        let (login, answers) = race_for(suite, RotationPolicy::strict()).await?;
        let rest = suite.callers.saturating_sub(2);
        let dead = (Decision::Dead(State::Reused), rest);
        told(&answers, &[(Decision::Rotate, 1), (Decision::Reuse, 1), dead])?;
        let kept = suite.store.found(login.subject, login.session).await?.record;
        let wanted = (State::Reused, GENERATION.saturating_add(1));
        same("find after a race", (kept.state, kept.generation), wanted)?;
        ended.push(login.notice.what());
    }
    follower.read_until_told(&ended, 100).await
}

pub(super) async fn of_many_in_the_window_one_gets_the_next_token_and_all_others_the_same(
    suite: &Suite,
) -> Outcome {
    for _ in 0..suite.rounds {
        let policy = RotationPolicy::web().window(Duration::from_secs(300), 1);
        let (login, answers) = race_for(suite, policy).await?;
        let rest = suite.callers.saturating_sub(1);
        told(&answers, &[(Decision::Rotate, 1), (Decision::Replay, rest)])?;
        let generations: Vec<u32> = answers.iter().map(|it| it.record.generation).collect();
        let next = GENERATION.saturating_add(1);
        let are_one = generations.iter().all(|generation| *generation == next);
        holds("many present one token", are_one, generations, format!("{next} for all"))?;
        let kept = suite.store.found(login.subject, login.session).await?.record;
        let are_kept = answers.iter().all(|answer| answer.record == kept);
        holds("find after a race", are_kept, kept, "the record that every caller was told")?;
    }
    Ok(())
}

pub(super) async fn a_start_beside_the_end_of_all_sessions_is_ended_or_of_the_new_epoch(
    suite: &Suite,
) -> Outcome {
    for _ in 0..suite.rounds {
        let first = Login::new(suite.store.now_ms().await?)?;
        let all = first.end_all(notice()?);
        let answers = at_once(suite, suite.callers.max(2), |caller, asking| {
            let (login, all) = (first.another(0), all.clone());
            async move {
                // The last of them ends what there is.
                if caller == 1 {
                    asking.revoke(&all).await?;
                    return Ok(None);
                }
                let login = login?;
                let mut new = login.start();
                new.policy = RotationPolicy::web();
                let started = asking.start(&new).await?;
                Ok(Some((login, started.epoch)))
            }
        })
        .await?;
        let listed = suite.store.list(first.subject).await?;
        for (login, epoch) in answers.into_iter().flatten() {
            let rotate = login.rotate(1, RotationPolicy::strict());
            let decision = suite.store.rotate(&rotate).await?.map(|it| it.decision);
            let asked = format!("start beside revoke: epoch {epoch}, then {}", listed.epoch);
            let is_new = epoch == listed.epoch && decision == Some(Decision::Rotate);
            let is_ended = epoch < listed.epoch
                && matches!(decision, None | Some(Decision::Dead(State::Revoked)));
            holds(asked, is_new || is_ended, decision, "Rotate in the new epoch, Dead before it")?;
        }
    }
    Ok(())
}

pub(super) async fn a_rotation_beside_a_revocation_never_survives_it(suite: &Suite) -> Outcome {
    for round in 0..suite.rounds {
        let now_ms = suite.store.now_ms().await?;
        let login = Login::new(now_ms)?;
        suite.store.import(&[login.kept(login.record(now_ms))]).await?;
        let end =
            if round % 2 == 0 { login.end(State::LoggedOut) } else { login.end_all(notice()?) };
        let rotate = login.rotate(GENERATION, RotationPolicy::web());
        at_once(suite, suite.callers.max(2), |caller, asking| {
            let (rotate, end) = (rotate.clone(), end.clone());
            async move {
                if caller == 1 {
                    asking.revoke(&end).await?;
                } else {
                    asking.rotate(&rotate).await?;
                }
                Ok(())
            }
        })
        .await?;
        for generation in [GENERATION, 6, 7] {
            let rotate = login.rotate(generation, RotationPolicy::web());
            let came = suite.store.rotate(&rotate).await?.map(|it| it.decision);
            let is_dead = matches!(came, None | Some(Decision::Dead(_)));
            holds("rotate after a race with revoke", is_dead, came, "Dead")?;
        }
    }
    Ok(())
}

pub(super) async fn of_many_who_expect_one_epoch_none_starts_after_it_changed(
    suite: &Suite,
) -> Outcome {
    for _ in 0..suite.rounds {
        let first = Login::new(suite.store.now_ms().await?)?;
        let all = first.end_all(notice()?);
        let answers = at_once(suite, suite.callers.max(2), |caller, asking| {
            let (login, all) = (first.another(0), all.clone());
            async move {
                if caller == 1 {
                    asking.revoke(&all).await?;
                    return Ok(None);
                }
                let mut new = login?.start();
                new.expected_epoch = Some(0);
                match asking.try_start(&new).await {
                    Ok(started) => Ok(Some(started.epoch)),
                    Err(StoreError::EpochChanged { expected: 0, .. }) => Ok(None),
                    Err(error) => Err(Fault::new("start", error, "a start, or EpochChanged")),
                }
            }
        })
        .await?;
        let epochs: Vec<u32> = answers.into_iter().flatten().collect();
        let are_old = epochs.iter().all(|epoch| *epoch == 0);
        holds("start if the epoch is 0, beside revoke", are_old, epochs, "epoch 0 only")?;
    }
    Ok(())
}

pub(super) async fn a_start_with_a_bound_never_leaves_more_than_that(suite: &Suite) -> Outcome {
    const MOST: u32 = 3;
    for _ in 0..suite.rounds {
        let first = Login::new(suite.store.now_ms().await?)?;
        let answers = at_once(suite, suite.callers, |_, asking| {
            let login = first.another(0);
            async move {
                let login = login?;
                let mut new = login.start();
                new.policy = RotationPolicy::web();
                new.most = MOST;
                let started = asking.start(&new).await?;
                Ok((login.session, started.ended))
            }
        })
        .await?;
        let ended: Vec<_> = answers.iter().flat_map(|(_, ended)| ended).collect();
        let mut lives: Vec<_> = suite.store.list(first.subject).await?.sessions;
        lives.retain(|(_, record, _)| record.state == State::Active);
        let named_once: std::collections::BTreeSet<_> = ended.iter().collect();
        same("ended of many starts, each once", named_once.len(), ended.len())?;
        let whole = lives.len().saturating_add(ended.len());
        same("list and ended after many starts", whole, answers.len())?;
        let most = usize::try_from(suite.callers.min(MOST)).unwrap_or(usize::MAX);
        same("list after many starts of at most three", lives.len(), most)?;
    }
    Ok(())
}

pub(super) async fn of_many_who_put_a_document_in_the_place_of_one_one_does(
    suite: &Suite,
) -> Outcome {
    for _ in 0..suite.rounds {
        let place = name("document")?;
        for revision in [1_u64, 2] {
            let answers = at_once(suite, suite.callers, |caller, asking| {
                let document = Document { revision, text: format!("of {caller}") };
                let place = place.clone();
                async move {
                    let expected = revision.saturating_sub(1);
                    let is_put = asking.put_document(&place, expected, &document).await?;
                    Ok(is_put.then_some(document))
                }
            })
            .await?;
            let winners: Vec<Document> = answers.into_iter().flatten().collect();
            same("put a document, many at once: who did", winners.len(), 1)?;
            let kept = suite.store.document(&place, 0).await?;
            same("document after a race", kept.as_ref(), winners.first())?;
        }
    }
    Ok(())
}

pub(super) async fn of_many_who_want_a_lease_one_gets_it(suite: &Suite) -> Outcome {
    for _ in 0..suite.rounds {
        let lease = name("lease")?;
        let answers = at_once(suite, suite.callers, |_, asking| {
            let (lease, holder) = (lease.clone(), random());
            async move { asking.lease(&lease, holder?, Duration::from_secs(300)).await }
        })
        .await?;
        let count = answers.into_iter().filter(|has_it| *has_it).count();
        same("lease, many at once: who has it", count, 1)?;
    }
    Ok(())
}

pub(super) async fn many_who_ask_for_the_number_of_a_name_get_one(suite: &Suite) -> Outcome {
    for round in 0..suite.rounds {
        let kind = if round % 2 == 0 { NameKind::Client } else { NameKind::Grant };
        let of = name("name")?;
        let mut numbers = at_once(suite, suite.callers, |_, asking| {
            let of = of.clone();
            async move { asking.number(kind, &of).await }
        })
        .await?;
        numbers.sort_unstable();
        numbers.dedup();
        same("number of a name, many at once", numbers.len(), 1)?;
        for number in numbers {
            same("name of it", suite.store.name_of(kind, number).await?, Some(of.clone()))?;
        }
    }
    Ok(())
}
