//! Verifiers are told, each of everything.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::task::JoinSet;

use super::Suite;
use super::asking::{Follower, Said};
use super::failure::{Fault, Outcome, holds, same};
use super::samples::{Login, notice, random};
use crate::refresh_token::SubjectKey;
use crate::revocation::Fingerprint;
use crate::rotation::{Decision, RotationPolicy, State};
use crate::store::{Notice, Position};

pub(super) async fn what_is_published_is_told_until_it_is_over(suite: &Suite) -> Outcome {
    let asking = &suite.store;
    let mut follower = Follower::from_the_end(suite).await?;
    let keep = |keep_s| Ok::<_, Fault>(Notice::new(notice()?.what(), keep_s));
    let notices = [keep(60)?, keep(930)?, keep(86_400)?, keep(u32::MAX)?];
    let before_ms = asking.now_ms().await?;
    let told = asking.publish(&notices).await?;
    let after_ms = asking.now_ms().await?;
    same("publish: how many", told.len(), notices.len())?;
    for (notice, told) in notices.iter().zip(&told) {
        let [from, to] = [before_ms, after_ms].map(|now_ms| notice.at(now_ms, None).until_s());
        same("publish", (told.what(), told.epoch()), (notice.what(), None))?;
        let around = from.saturating_sub(2)..=to.saturating_add(2);
        let asked = format!("publish {notice:?}: until");
        holds(asked, around.contains(&told.until_s()), told.until_s(), format!("{around:?}"))?;
    }
    let names = notices.map(|notice| notice.what());
    follower.read_until_told(&names, 100).await?;
    for (name, told) in names.iter().zip(&told) {
        same("feed after publish", follower.told_of(*name).first(), Some(told))?;
    }
    same("publish nothing", asking.publish(&[]).await?, Vec::new())
}

pub(super) async fn the_largest_and_smallest_fingerprints_are_told(suite: &Suite) -> Outcome {
    let asking = &suite.store;
    for number in [1, u64::MAX, 1 << 63, (1 << 63) - 1] {
        let mut follower = Follower::from_the_end(suite).await?;
        let what = Fingerprint::from_u64(number);
        asking.publish(&[Notice::new(what, 60)]).await?;
        follower.read_until_told(&[what], 100).await?;
    }
    Ok(())
}

pub(super) async fn reuse_is_told_once(suite: &Suite) -> Outcome {
    let asking = &suite.store;
    let now_ms = asking.now_ms().await?;
    let login = Login::new(now_ms)?;
    asking.import(&[login.kept(login.record(now_ms))]).await?;
    let mut follower = Follower::from_the_end(suite).await?;
    let begin = follower.position();
    let before_ms = asking.now_ms().await?;
    for wanted in [Decision::Reuse, Decision::Dead(State::Reused), Decision::Dead(State::Reused)] {
        let rotated = asking.rotated(&login.rotate(1, RotationPolicy::web())).await?;
        same("rotate with an old token", rotated.decision, wanted)?;
    }
    let after_ms = asking.now_ms().await?;
    let last = notice()?;
    asking.publish(&[last]).await?;
    follower.read_until_told(&[login.notice.what(), last.what()], 100).await?;
    // Readers of several pages may be told twice; in one page it is there once.
    let mut told = asking.feed(begin, 10_000).await?.revocations;
    told.retain(|told| told.what() == login.notice.what());
    same("feed after reuse: how many", told.len(), 1)?;
    let [from, to] = [before_ms, after_ms].map(|now_ms| login.notice.at(now_ms, None).until_s());
    let around = from.saturating_sub(2)..=to.saturating_add(2);
    let is_there = told.iter().all(|it| it.epoch().is_none() && around.contains(&it.until_s()));
    holds("feed after reuse", is_there, told, format!("until {around:?}, no epoch"))
}

pub(super) async fn what_ends_no_session_is_not_told(suite: &Suite) -> Outcome {
    let asking = &suite.store;
    let now_ms = asking.now_ms().await?;
    let login = Login::new(now_ms)?;
    asking.import(&[login.kept(login.record(now_ms))]).await?;
    let mut follower = Follower::from_the_end(suite).await?;
    // Rotate, replay, repair.
    for generation in [5, 5, 9] {
        let rotate = login.rotate(generation, RotationPolicy::mcp());
        let rotated = asking.rotated(&rotate).await?;
        let lives = rotated.record.state == State::Active;
        holds("rotate, replay, repair", lives, rotated.decision, "a session that lives")?;
    }
    let last = notice()?;
    asking.publish(&[last]).await?;
    follower.read_until_told(&[last.what()], 100).await?;
    same("feed after it", follower.told_of(login.notice.what()), Vec::new())
}

pub(super) async fn the_row_is_read_in_pages_of_any_size(suite: &Suite) -> Outcome {
    let asking = &suite.store;
    for most in [1, 2, 7, 1_000] {
        let mut follower = Follower::from_the_end(suite).await?;
        let mut names = Vec::new();
        for together in [1_u32, 5, 2, 9] {
            let notices = (0..together).map(|_| notice()).collect::<Result<Vec<_>, _>>()?;
            asking.publish(&notices).await?;
            names.extend(notices.iter().map(Notice::what));
        }
        follower.read_until_told(&names, most).await?;
    }
    Ok(())
}

pub(super) async fn who_reads_from_the_beginning_is_told_too(suite: &Suite) -> Outcome {
    let asking = &suite.store;
    let told = notice()?;
    asking.publish(&[told]).await?;
    let mut position = Position::default();
    loop {
        let page = asking.feed(position, 1_000).await?;
        if page.revocations.iter().any(|revocation| revocation.what() == told.what()) {
            return Ok(());
        }
        let asked = format!("feed after {position:?}");
        holds(asked, page.has_more && page.next != position, page.next, "the last one told")?;
        position = page.next;
    }
}

pub(super) async fn a_reader_is_told_everything_that_many_publish_meanwhile(
    suite: &Suite,
) -> Outcome {
    let mut follower = Follower::from_the_end(suite).await?;
    let is_over = Arc::new(AtomicBool::new(false));
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let (asking, rounds) = (suite.handle(writer).clone(), suite.rounds);
        writers.spawn(async move {
            let mut published = Vec::new();
            for round in 0..rounds {
                let notices = (0..=round % 3).map(|_| notice()).collect::<Result<Vec<_>, _>>()?;
                asking.publish(&notices).await?;
                published.extend(notices.iter().map(Notice::what));
                // The ends of sessions are in the same row.
                let login = Login::of(SubjectKey::from_bytes(random()?), "somebody".into(), 0)?;
                asking.revoke(&login.end(State::LoggedOut)).await?;
                published.push(login.notice.what());
                tokio::task::yield_now().await;
            }
            Ok::<_, Fault>(published)
        });
    }
    let (over, reads) = (
        Arc::clone(&is_over),
        tokio::spawn(async move {
            while !is_over.load(Ordering::Acquire) {
                follower.read(7).await?;
                tokio::task::yield_now().await;
            }
            Ok::<_, Fault>(follower)
        }),
    );
    let mut published = Vec::new();
    let panicked = |_| Err(Fault::new("publish", Said("a panic"), "an answer"));
    let mut fault = None;
    while let Some(writer) = writers.join_next().await {
        match writer.unwrap_or_else(panicked) {
            Ok(names) => published.extend(names),
            Err(error) => fault = Some(error),
        }
    }
    over.store(true, Ordering::Release);
    let read = reads.await.unwrap_or_else(|_| Err(Fault::new("feed", Said("a panic"), "a page")));
    fault.map_or(Ok(()), Err)?;
    read?.read_until_told(&published, 100).await
}

const WRITERS: u32 = 8;
