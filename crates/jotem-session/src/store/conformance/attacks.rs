//! The classes of attack on refresh tokens that a store decides, under the ids that they have in
//! `vectors/attacks.json`. Each has a positive control.

use std::collections::BTreeSet;
use std::time::Duration;

use jotem::NumericDate;

use super::Suite;
use super::asking::{Asking, Follower};
use super::failure::{Fault, Outcome, holds, same};
use super::races::race_for;
use super::samples::{GENERATION, Login, notice, seconds};
use crate::record::Record;
use crate::revocation::{Names, RevocationView, RevokedBy};
use crate::rotation::{Decision, RotationPolicy, State};
use crate::store::Kept;

/// Presents the token of a generation, and sees what is decided.
async fn present(
    asking: &Asking,
    login: &Login,
    generation: u32,
    policy: RotationPolicy,
    wanted: Decision,
) -> Result<Record, Fault> {
    let rotated = asking.rotated(&login.rotate(generation, policy)).await?;
    let asked = format!("present generation {generation} by {policy:?}");
    same(asked, rotated.decision, wanted)?;
    Ok(rotated.record)
}

/// A session that was just started.
async fn started(asking: &Asking) -> Result<Login, Fault> {
    let login = Login::new(asking.now_ms().await?)?;
    asking.start(&login.start()).await?;
    Ok(login)
}

/// A session whose current token came to be so long ago.
async fn exchanged(asking: &Asking, ago_ms: u64) -> Result<Login, Fault> {
    let now_ms = asking.now_ms().await?;
    let login = Login::new(now_ms)?;
    let rotated_at_ms = now_ms.saturating_sub(ago_ms);
    let kept = login.kept(Record { rotated_at_ms, ..login.record(now_ms) });
    asking.import(&[kept]).await?;
    Ok(login)
}

/// R01: whoever comes second with a token, owner or thief, ends the session of both.
pub(super) async fn r01_a_token_that_was_exchanged_ends_the_session_of_owner_and_thief(
    suite: &Suite,
) -> Outcome {
    let asking = &suite.store;
    let mut follower = Follower::from_the_end(suite).await?;
    let strict = RotationPolicy::strict();
    // The first has exchanged the token so often when the second comes.
    for ahead in [1, 2, 6] {
        let login = started(asking).await?;
        for generation in 1..=ahead {
            present(asking, &login, generation, strict, Decision::Rotate).await?;
        }
        present(asking, &login, 1, strict, Decision::Reuse).await?;
        for generation in 0..9 {
            let dead = Decision::Dead(State::Reused);
            present(asking, &login, generation, RotationPolicy::mcp(), dead).await?;
        }
        follower.read_until_told(&[login.notice.what()], 100).await?;
    }
    Ok(())
}

/// R02: of two tokens that were given out at once, never two are alive.
pub(super) async fn r02_however_many_refresh_at_once_one_token_lives(suite: &Suite) -> Outcome {
    for _ in 0..suite.rounds {
        let policy = RotationPolicy::web().window(Duration::from_secs(300), 1);
        let (login, answers) = race_for(suite, policy).await?;
        let mut generations: Vec<u32> = answers.iter().map(|it| it.record.generation).collect();
        generations.sort_unstable();
        generations.dedup();
        same("many refresh at once: their tokens", generations.len(), 1)?;
        let strict = RotationPolicy::strict();
        for generation in generations {
            present(&suite.store, &login, generation, strict, Decision::Rotate).await?;
        }
    }
    Ok(())
}

/// R03: what one handle of the store was told, every other one knows at once.
pub(super) async fn r03_what_was_answered_is_known_to_every_handle(suite: &Suite) -> Outcome {
    let strict = RotationPolicy::strict();
    for caller in 0..suite.callers {
        let (one, other) = (suite.handle(caller), suite.handle(caller.saturating_add(1)));
        let login = started(one).await?;
        present(other, &login, 1, strict, Decision::Rotate).await?;
        present(one, &login, 1, strict, Decision::Reuse).await?;
        let login = started(one).await?;
        other.revoke(&login.end(State::LoggedOut)).await?;
        present(one, &login, 1, strict, Decision::Dead(State::LoggedOut)).await?;
    }
    Ok(())
}

/// R04: who lost the answer gets it once more in the window, and is a thief after it.
pub(super) async fn r04_a_lost_answer_comes_again_in_the_window_only(suite: &Suite) -> Outcome {
    let asking = &suite.store;
    let web = RotationPolicy::web().window(Duration::from_secs(60), 1);
    for (ago_ms, back, wanted) in [
        (1_000, 1, Decision::Replay),
        (50_000, 1, Decision::Replay),
        (61_000, 1, Decision::Reuse),
        (1_000, 2, Decision::Reuse),
    ] {
        let login = exchanged(asking, ago_ms).await?;
        let former = GENERATION.saturating_sub(back);
        let record = present(asking, &login, former, web, wanted).await?;
        same("the token that is given out", record.generation, GENERATION)?;
        if wanted == Decision::Replay {
            present(asking, &login, GENERATION, web, Decision::Rotate).await?;
        }
    }
    Ok(())
}

/// R05: using the window does not make it longer, and opens it for no other generation.
pub(super) async fn r05_a_window_neither_slides_nor_multiplies(suite: &Suite) -> Outcome {
    let asking = &suite.store;
    let web = RotationPolicy::web().window(Duration::from_secs(60), 1);
    let login = exchanged(asking, 50_000).await?;
    let before = asking.found(login.subject, login.session).await?;
    for _ in 0..20 {
        present(asking, &login, 4, web, Decision::Replay).await?;
    }
    let after = asking.found(login.subject, login.session).await?;
    same("find after twenty replays", &after, &before)?;
    present(asking, &login, 3, web, Decision::Reuse).await?;
    for generation in [3, 4, GENERATION] {
        present(asking, &login, generation, web, Decision::Dead(State::Reused)).await?;
    }
    Ok(())
}

/// R06: no token of a session that was revoked is exchanged, of whatever generation.
pub(super) async fn r06_a_revoked_session_gives_no_token(suite: &Suite) -> Outcome {
    let asking = &suite.store;
    let (one, all) = (exchanged(asking, 1_000).await?, exchanged(asking, 1_000).await?);
    let web = RotationPolicy::web();
    present(asking, &one, GENERATION, web, Decision::Rotate).await?;
    asking.revoke(&one.end(State::LoggedOut)).await?;
    asking.revoke(&all.end_all(notice()?)).await?;
    for generation in [0, 4, 5, 6, 7, u32::MAX] {
        present(asking, &one, generation, web, Decision::Dead(State::LoggedOut)).await?;
        present(asking, &all, generation, web, Decision::Dead(State::Revoked)).await?;
    }
    Ok(())
}

/// R09: however often a token is exchanged, the session ends when it was to end.
pub(super) async fn r09_use_never_moves_the_end(suite: &Suite) -> Outcome {
    let asking = &suite.store;
    let policy = RotationPolicy::web().idle(RotationPolicy::LONGEST);
    let login = exchanged(asking, 1_000).await?;
    let end_s = asking.found(login.subject, login.session).await?.record.end_s;
    for generation in (GENERATION..).take(30) {
        let record = present(asking, &login, generation, policy, Decision::Rotate).await?;
        same("rotate: the ends", (record.idle_end_s, record.end_s), (end_s, end_s))?;
    }
    let now_s = seconds(asking.now_ms().await?);
    let later_s = now_s.saturating_add(1_000);
    for (idle_end_s, end_s) in [(now_s, later_s), (later_s, now_s)] {
        let login = exchanged(asking, 1_000).await?;
        let kept = asking.found(login.subject, login.session).await?;
        let record = Record { idle_end_s, end_s, ..kept.record };
        asking.import(&[Kept { record, ..kept }]).await?;
        present(asking, &login, GENERATION, policy, Decision::Expired).await?;
    }
    Ok(())
}

/// R11: of two logins in one second, the one before the end of all is over, the one after it is not.
pub(super) async fn r11_the_end_of_all_sessions_is_exact_within_a_second(suite: &Suite) -> Outcome {
    let asking = &suite.store;
    let login = Login::new(asking.now_ms().await?)?;
    let (all, view) = (login.end_all(notice()?), RevocationView::new());
    let mut follower = Follower::from_the_end(suite).await?;
    let mut epochs = Vec::new();
    for _ in 0..10 {
        let another = login.another(asking.now_ms().await?)?;
        epochs.push(asking.start(&another.start()).await?.epoch);
        let told = asking.revoke(&all).await?.revocation;
        follower.read_until_told_exactly(&told).await?;
        let applied = view.apply(follower.told_of(all.notice.what()), NumericDate::from_secs(1));
        holds("apply what was told", applied.is_ok(), applied, "Ok")?;
        for epoch in &epochs {
            let names = Names::none().subject(all.notice.what(), *epoch);
            let asked = format!("an access token of epoch {epoch}, of {epochs:?}");
            same(asked, view.check(&names), Err(RevokedBy::Subject))?;
        }
        let last = asking.list(login.subject).await?.epoch;
        let names = Names::none().subject(all.notice.what(), last);
        same(format!("an access token of epoch {last}"), view.check(&names), Ok(()))?;
    }
    Ok(())
}

/// R12: a revocation is told for as long as the last token of it may live, and not a moment less.
pub(super) async fn r12_a_revocation_outlives_every_token_that_it_is_about(
    suite: &Suite,
) -> Outcome {
    let asking = &suite.store;
    let login = started(asking).await?;
    let mut follower = Follower::from_the_end(suite).await?;
    // Issued at the last moment before: it lives for all of `keep_s`, the part of a second included.
    let issued_ms = asking.now_ms().await?;
    let told = asking.revoke(&login.end(State::LoggedOut)).await?.revocation;
    let keep_ms = u64::from(login.notice.keep_s()).saturating_mul(1_000);
    let (until_ms, over_ms) =
        (u64::from(told.until_s()).saturating_mul(1_000), issued_ms.saturating_add(keep_ms));
    holds("revoke: until", until_ms >= over_ms, until_ms, format!("{over_ms} or later"))?;
    asking.maintain(1_000).await?;
    follower.read_until_told(&[login.notice.what()], 100).await?;
    same("feed", follower.told_of(login.notice.what()).first(), Some(&told))
}

/// R16: who goes away in the middle of a rotation has the old token or the new one, and not both.
pub(super) async fn r16_a_rotation_that_is_given_up_leaves_one_token(suite: &Suite) -> Outcome {
    for round in 0..suite.rounds {
        let asking = &suite.store;
        let login = exchanged(asking, 100_000).await?;
        let policy = RotationPolicy::web().window(Duration::from_secs(60), 1);
        let (rotate, given_up) = (login.rotate(GENERATION, policy), asking.clone());
        let task = tokio::spawn(async move { given_up.rotate(&rotate).await });
        for _ in 0..round % 4 {
            tokio::task::yield_now().await;
        }
        task.abort();
        let again = asking.rotated(&login.rotate(GENERATION, policy)).await?;
        let may_be = matches!(again.decision, Decision::Rotate | Decision::Replay);
        holds("rotate once more", may_be, again.decision, "Rotate, or Replay")?;
        let next = again.record.generation;
        same("rotate once more", next, GENERATION.saturating_add(1))?;
        let strict = RotationPolicy::strict();
        present(asking, &login, next, strict, Decision::Rotate).await?;
        // The one that was given up may arrive as late as now, and is then the one that ends it.
        let old = asking.rotated(&login.rotate(GENERATION, strict)).await?.decision;
        let is_over = matches!(old, Decision::Reuse | Decision::Dead(State::Reused));
        holds("present the old token", is_over, old, "Reuse, or Dead(Reused)")?;
    }
    Ok(())
}

/// R20: logins without end leave as many sessions as there may be, and each that ended is named.
pub(super) async fn r20_sessions_are_never_more_than_there_may_be(suite: &Suite) -> Outcome {
    const MOST: u32 = 5;
    let asking = &suite.store;
    let login = Login::new(asking.now_ms().await?)?;
    let mut living = BTreeSet::new();
    for _ in 0..100 {
        let mut new = login.another(asking.now_ms().await?)?.start();
        new.most = MOST;
        for ended in asking.start(&new).await?.ended {
            let is_one = living.remove(&ended);
            holds("start: what ended", is_one, ended, format!("one of {living:?}"))?;
        }
        living.insert(new.session);
        let count = u32::try_from(living.len()).unwrap_or(u32::MAX);
        holds("start: what lives", count <= MOST, count, format!("at most {MOST}"))?;
    }
    let mut kept = asking.list(login.subject).await?.sessions;
    kept.retain(|(_, record, _)| record.state == State::Active);
    let kept: BTreeSet<_> = kept.into_iter().map(|(id, ..)| id).collect();
    same("list after a hundred starts", kept, living)
}

/// R20: who logs in and out without end leaves no more behind than may live.
pub(super) async fn r20_sessions_that_ended_are_not_kept_without_end(suite: &Suite) -> Outcome {
    const MOST: u32 = 5;
    let asking = &suite.store;
    let login = Login::new(asking.now_ms().await?)?;
    for _ in 0..30 {
        let another = login.another(asking.now_ms().await?)?;
        let mut new = another.start();
        new.most = MOST;
        let ended = asking.start(&new).await?.ended;
        same("start beside sessions that have ended: what it ended", ended, Vec::new())?;
        asking.revoke(&another.end(State::LoggedOut)).await?;
    }
    let mut new = login.another(asking.now_ms().await?)?.start();
    new.most = MOST;
    asking.start(&new).await?;
    let kept = asking.list(login.subject).await?.sessions;
    let (living, dead): (Vec<_>, Vec<_>) =
        kept.iter().partition(|(_, record, _)| record.state == State::Active);
    same(
        "list after thirty logouts: how many live and how many do not",
        (living.len(), dead.len()),
        (1, 5),
    )
}

/// R23: theft is told, and once, however many present the token.
pub(super) async fn r23_theft_is_told_once_however_many_come(suite: &Suite) -> Outcome {
    let mut follower = Follower::from_the_end(suite).await?;
    let begin = follower.position();
    let mut stolen = Vec::new();
    for _ in 0..suite.rounds.min(20) {
        let (login, _) = race_for(suite, RotationPolicy::strict()).await?;
        stolen.push(login.notice.what());
    }
    follower.read_until_told(&stolen, 100).await?;
    let told = suite.store.feed(begin, 10_000).await?.revocations;
    for what in stolen {
        let count = told.iter().filter(|told| told.what() == what).count();
        let is_told = (1..=suite.told_at_most).contains(&count);
        let most = suite.told_at_most;
        holds("feed after a race: how often it was told", is_told, count, format!("1 to {most}"))?;
    }
    Ok(())
}
