//! Sessions end.

use super::Suite;
use super::asking::{Asking, Follower};
use super::failure::{Fault, Outcome, holds, same};
use super::samples::{CLIENT, GENERATION, Login, name, notice, seconds};
use crate::record::Record;
use crate::rotation::{Decision, RotationPolicy, State};
use crate::store::{NameKind, Notice, Revoke, Revoked, Target};

/// Sees that so many ended, if the store counts them, and that the revocation is the one announced.
fn ended(
    asked: &str,
    revoked: &Revoked,
    sessions: u32,
    notice: &Notice,
    around_ms: [u64; 2],
) -> Outcome {
    let counted = revoked.sessions.unwrap_or(sessions);
    same(format!("{asked}: how many ended"), counted, sessions)?;
    let told = revoked.revocation;
    same(asked, told.what(), notice.what())?;
    let [earliest, latest] = around_ms.map(|now_ms| notice.at(now_ms, told.epoch()).until_s());
    let is_there =
        (earliest.saturating_sub(2)..=latest.saturating_add(2)).contains(&told.until_s());
    holds(format!("{asked}: until"), is_there, told.until_s(), format!("{earliest}..={latest}"))
}

/// Revokes, and sees what is answered.
async fn revoke(asking: &Asking, revoke: &Revoke, sessions: u32) -> Result<Revoked, Fault> {
    let before_ms = asking.now_ms().await?;
    let revoked = asking.revoke(revoke).await?;
    let after_ms = asking.now_ms().await?;
    let asked = format!("revoke {revoke:?}");
    ended(&asked, &revoked, sessions, &revoke.notice, [before_ms, after_ms])?;
    let is_of_subject = matches!(revoke.target, Target::Subject(_));
    same(&asked, revoked.revocation.epoch().is_some(), is_of_subject)?;
    Ok(revoked)
}

/// Sees that no token of a session is exchanged any more.
async fn is_dead(asking: &Asking, login: &Login, state: State) -> Outcome {
    for generation in [1, 4, GENERATION, 6] {
        let rotate = login.rotate(generation, RotationPolicy::web());
        let came = asking.rotate(&rotate).await?.map(|it| it.decision);
        same(format!("rotate {generation} after revoke"), came, Some(Decision::Dead(state)))?;
    }
    let kept = asking.found(login.subject, login.session).await?;
    same("find after revoke", kept.record.state, state)
}

/// A session of many generations.
async fn login(asking: &Asking) -> Result<Login, Fault> {
    let now_ms = asking.now_ms().await?;
    let login = Login::new(now_ms)?;
    asking.import(&[login.kept(login.record(now_ms))]).await?;
    Ok(login)
}

/// Another session of the same subject.
async fn beside(asking: &Asking, login: &Login) -> Result<Login, Fault> {
    let now_ms = asking.now_ms().await?;
    let another = login.another(now_ms)?;
    asking.import(&[another.kept(another.record(now_ms))]).await?;
    Ok(another)
}

pub(super) async fn a_session_that_was_revoked_is_dead(suite: &Suite) -> Outcome {
    let asking = &suite.store;
    for state in [State::LoggedOut, State::Revoked, State::Reused] {
        let login = login(asking).await?;
        let other = beside(asking, &login).await?;
        let before = asking.found(login.subject, login.session).await?.record;
        revoke(asking, &login.end(state), 1).await?;
        is_dead(asking, &login, state).await?;
        let after = asking.found(login.subject, login.session).await?.record;
        same("find after revoke", after, Record { state, ..before })?;
        let rotate = other.rotate(GENERATION, RotationPolicy::web());
        let came = asking.rotated(&rotate).await?;
        same("rotate the session beside it", (came.decision, came.epoch), (Decision::Rotate, 0))?;
    }
    Ok(())
}

pub(super) async fn a_session_that_is_revoked_twice_ended_for_the_first_reason(
    suite: &Suite,
) -> Outcome {
    let asking = &suite.store;
    let login = login(asking).await?;
    let mut follower = Follower::from_the_end(suite).await?;
    revoke(asking, &login.end(State::LoggedOut), 1).await?;
    revoke(asking, &login.end(State::Revoked), 0).await?;
    is_dead(asking, &login, State::LoggedOut).await?;
    follower.read_until_told(&[login.notice.what()], 100).await?;
    let all = login.end_all(notice()?);
    revoke(asking, &all, 0).await?;
    is_dead(asking, &login, State::LoggedOut).await
}

pub(super) async fn a_session_that_is_not_there_is_revoked_and_told_all_the_same(
    suite: &Suite,
) -> Outcome {
    let asking = &suite.store;
    let login = Login::new(asking.now_ms().await?)?;
    let mut follower = Follower::from_the_end(suite).await?;
    // Its access tokens may outlive it.
    revoke(asking, &login.end(State::LoggedOut), 0).await?;
    let all = login.end_all(notice()?);
    revoke(asking, &all, 0).await?;
    follower.read_until_told(&[login.notice.what(), all.notice.what()], 100).await?;
    same("find after revoke", asking.find(login.subject, login.session).await?, None)
}

pub(super) async fn all_sessions_of_a_subject_end_and_the_epoch_says_so(suite: &Suite) -> Outcome {
    let asking = &suite.store;
    let first = login(asking).await?;
    let second = beside(asking, &first).await?;
    let stranger = login(asking).await?;
    let mut follower = Follower::from_the_end(suite).await?;
    let all = first.end_all(notice()?);
    let before_s = seconds(asking.now_ms().await?);
    let told = revoke(asking, &all, 2).await?.revocation;
    let after_s = seconds(asking.now_ms().await?);
    let epoch = told.epoch().unwrap_or_default();
    let around = before_s.saturating_sub(2)..=after_s.saturating_add(2);
    holds("the epoch after revoke", around.contains(&epoch), epoch, format!("{around:?}"))?;
    for login in [&first, &second] {
        is_dead(asking, login, State::Revoked).await?;
    }
    same("list after revoke", asking.list(first.subject).await?.epoch, epoch)?;
    let started = asking.start(&beside(asking, &first).await?.start()).await?;
    same("start after revoke", started.epoch, epoch)?;
    let rotate = stranger.rotate(GENERATION, RotationPolicy::web());
    let came = asking.rotated(&rotate).await?;
    same("rotate somebody else", (came.decision, came.epoch), (Decision::Rotate, 0))?;
    follower.read_until_told(&[all.notice.what()], 100).await?;
    same("feed after revoke", follower.told_of(all.notice.what()).first(), Some(&told))
}

pub(super) async fn an_epoch_only_ever_grows(suite: &Suite) -> Outcome {
    let asking = &suite.store;
    let login = login(asking).await?;
    let mut last = 0;
    // Many in one second.
    for _ in 0..20 {
        let told = asking.revoke(&login.end_all(notice()?)).await?.revocation;
        let epoch = told.epoch().unwrap_or_default();
        holds("the epoch after one more revoke", epoch > last, epoch, format!("above {last}"))?;
        last = epoch;
    }
    // One that came from a store whose clock was ahead is counted on from.
    let ahead = seconds(asking.now_ms().await?).saturating_add(86_400);
    let mut kept = asking.found(login.subject, login.session).await?;
    kept.epoch = ahead;
    asking.import(&[kept]).await?;
    let told = asking.revoke(&login.end_all(notice()?)).await?.revocation;
    same("the epoch after one ahead", told.epoch(), Some(ahead.saturating_add(1)))
}

pub(super) async fn a_client_that_was_revoked_has_another_number(suite: &Suite) -> Outcome {
    let asking = &suite.store;
    let (client, other) = (name("client")?, name("client")?);
    let old = asking.number(NameKind::Client, &client).await?;
    let others = asking.number(NameKind::Client, &other).await?;
    let login = Login::new(asking.now_ms().await?)?;
    let mut new = login.start();
    new.client = old;
    asking.start(&new).await?;
    let mut follower = Follower::from_the_end(suite).await?;
    let mut had = vec![old];
    for _ in 0..3 {
        let target = Target::Client(client.clone());
        let end = Revoke { target, state: State::Revoked, notice: notice()? };
        let told = asking.revoke(&end).await?.revocation;
        follower.read_until_told(&[end.notice.what()], 100).await?;
        let number = asking.number(NameKind::Client, &client).await?;
        let expected = (end.notice.what(), Some(number));
        same("revoke a client", (told.what(), told.epoch()), expected)?;
        let is_above = had.iter().all(|old| *old < number);
        holds("number after revoke", is_above, number, format!("above all of {had:?}"))?;
        for old in &had {
            same("name of an old number", asking.name_of(NameKind::Client, *old).await?, None)?;
        }
        same(
            "name of the new",
            asking.name_of(NameKind::Client, number).await?,
            Some(client.clone()),
        )?;
        had.push(number);
        let mut rotate = login.rotate(1, RotationPolicy::web());
        rotate.presented.client = number;
        let came = asking.rotate(&rotate).await?.map(|it| it.decision);
        let is_over =
            matches!(came, None | Some(Decision::ClientMismatch | Decision::Dead(State::Revoked)));
        holds("rotate by the new number", is_over, came, "ClientMismatch, or Dead")?;
    }
    let number = asking.number(NameKind::Client, &other).await?;
    same("number of another client", number, others)
}

pub(super) async fn a_client_that_has_no_number_is_revoked_and_told(suite: &Suite) -> Outcome {
    let asking = &suite.store;
    let mut follower = Follower::from_the_end(suite).await?;
    let target = Target::Client(name("client")?);
    let end = Revoke { target, state: State::Revoked, notice: notice()? };
    let told = asking.revoke(&end).await?.revocation;
    follower.read_until_told(&[end.notice.what()], 100).await?;
    same("feed", follower.told_of(end.notice.what()).first(), Some(&told))
}

pub(super) async fn who_presents_a_wrong_token_never_ends_a_session(suite: &Suite) -> Outcome {
    let asking = &suite.store;
    let login = login(asking).await?;
    let before = asking.found(login.subject, login.session).await?;
    let mut follower = Follower::from_the_end(suite).await?;
    for generation in [0, 4, GENERATION, 6, u32::MAX] {
        let mut guess = login.rotate(generation, RotationPolicy::strict().end_if_behind());
        guess.presented.secret_hash = [0; 12];
        asking.rotated(&guess).await?;
        let mut other = login.rotate(generation, RotationPolicy::strict().end_if_behind());
        other.presented.client = CLIENT.saturating_add(1);
        asking.rotated(&other).await?;
    }
    same("find after guesses", asking.found(login.subject, login.session).await?, before)?;
    // Something else is told afterwards, so that the row has been read to its end.
    let after = notice()?;
    asking.publish(&[after]).await?;
    follower.read_until_told(&[after.what()], 100).await?;
    same("feed after guesses", follower.told_of(login.notice.what()), Vec::new())
}
