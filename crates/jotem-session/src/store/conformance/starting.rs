//! Sessions begin, and are found again.

use std::time::Duration;

use super::Suite;
use super::asking::Asking;
use super::failure::{Fault, Outcome, holds, same};
use super::samples::{Login, notice, random};
use crate::record::Record;
use crate::refresh_token::{SessionId, SubjectKey};
use crate::rotation::{Decision, RotationPolicy, State};
use crate::store::{Kept, NewSession, StoreError, Subject};

pub(super) async fn a_session_is_kept_as_it_was_started(suite: &Suite) -> Outcome {
    let asking = &suite.store;
    let login = Login::new(asking.now_ms().await?)?;
    let mut new = login.start();
    new.binding = Some([3; 12]);
    new.authenticated_s = Some(1_700_000_000);
    new.policy = RotationPolicy::web().idle(Duration::from_secs(3_600));
    new.label = Some("telephone".to_owned());
    let kept = started_and_found(asking, &new).await?;
    same("start with a key", kept.record.binding, Some([3; 12]))?;
    // Two ends that are the same, and the moment of the login.
    let another = login.another(asking.now_ms().await?)?;
    let mut new = another.start();
    new.policy = RotationPolicy::web().lifetime(Duration::from_secs(60));
    let kept = started_and_found(asking, &new).await?;
    same("start for a minute", kept.record.idle_end_s, kept.record.end_s)?;
    same("list after two starts", asking.list(login.subject).await?.sessions.len(), 2)
}

/// Starts a session, and sees that it is found as it was asked for.
async fn started_and_found(asking: &Asking, new: &NewSession) -> Result<Kept, Fault> {
    let asked = format!("start {new:?}");
    let started = asking.start(new).await?;
    same(&asked, started.record, new.record(started.now_ms))?;
    same(&asked, (started.epoch, started.ended.len()), (0, 0))?;
    let (subject, who, session) = (new.subject, new.who.clone(), new.session);
    let (record, label) = (started.record, new.label.clone());
    let wanted = Kept { subject, who, epoch: 0, session, record, label };
    let kept = asking.found(subject, session).await?;
    same(format!("find after {asked}"), &kept, &wanted)?;
    let listed = asking.list(subject).await?;
    same(format!("list after {asked}"), listed.epoch, 0)?;
    let of_list = listed.sessions.into_iter().find(|(id, ..)| *id == session);
    same(format!("list after {asked}"), of_list, Some((session, record, wanted.label)))?;
    Ok(kept)
}

pub(super) async fn a_session_that_was_started_rotates(suite: &Suite) -> Outcome {
    let asking = &suite.store;
    let login = Login::new(asking.now_ms().await?)?;
    asking.start(&login.start()).await?;
    for generation in 1..10 {
        let rotate = login.rotate(generation, RotationPolicy::strict());
        let rotated = asking.rotated(&rotate).await?;
        same("rotate", rotated.decision, Decision::Rotate)?;
        same("rotate", rotated.record.generation, generation.saturating_add(1))?;
        same("rotate", rotated.who, login.who.clone())?;
    }
    // No matter how soon after: a window of nothing is nothing.
    let rotated = asking.rotated(&login.rotate(9, RotationPolicy::strict())).await?;
    same("rotate with the token before", rotated.decision, Decision::Reuse)
}

/// Starts one more session of a subject who may have so many, and sees which end by it.
async fn start_of_at_most(
    asking: &Asking,
    login: &Login,
    most: u32,
    wanted: &[SessionId],
) -> Result<SessionId, Fault> {
    let mut new = login.another(asking.now_ms().await?)?.start();
    new.most = most;
    let before = asking.list(login.subject).await?.sessions;
    let started = asking.start(&new).await?;
    let asked = format!("start of at most {most} beside {before:?}");
    let (mut ended, mut wanted) = (started.ended, wanted.to_vec());
    ended.sort_unstable();
    wanted.sort_unstable();
    same(&asked, &ended, &wanted)?;
    for session in ended {
        let kept = asking.find(login.subject, session).await?;
        let lives = kept.as_ref().is_some_and(|kept| kept.record.state == State::Active);
        holds(format!("find after {asked}"), !lives, kept, "nothing, or a session that ended")?;
    }
    Ok(new.session)
}

pub(super) async fn the_least_recently_used_sessions_end_if_there_are_too_many(
    suite: &Suite,
) -> Outcome {
    let asking = &suite.store;
    let now_ms = asking.now_ms().await?;
    let login = Login::new(now_ms)?;
    let mut ids = Vec::new();
    // Made in another order than used. The last of them ended, and does not count.
    for (ago_s, state) in [
        (500_u64, State::Active),
        (100, State::Active),
        (400, State::Active),
        (300, State::Active),
        (200, State::Active),
        (450, State::LoggedOut),
    ] {
        let another = login.another(now_ms)?;
        let mut record = Record { state, ..another.record(now_ms) };
        record.rotated_at_ms = now_ms.saturating_sub(ago_s.saturating_mul(1_000));
        asking.import(&[another.kept(record)]).await?;
        ids.push(another.session);
    }
    let [ago_500, ago_100, ago_400, ago_300, ago_200, _] = *ids else {
        return Err(Fault::new("import", ids, "six sessions"));
    };
    let first = start_of_at_most(asking, &login, 6, &[]).await?;
    let second = start_of_at_most(asking, &login, 4, &[ago_500, ago_400, ago_300]).await?;
    let third = start_of_at_most(asking, &login, 4, &[ago_200]).await?;
    let fourth = start_of_at_most(asking, &login, 0, &[]).await?;
    start_of_at_most(asking, &login, 1, &[ago_100, first, second, third, fourth]).await?;
    Ok(())
}

pub(super) async fn a_session_that_ended_for_being_too_many_never_rotates_again(
    suite: &Suite,
) -> Outcome {
    let asking = &suite.store;
    let login = Login::new(asking.now_ms().await?)?;
    asking.start(&login.start()).await?;
    start_of_at_most(asking, &login, 1, &[login.session]).await?;
    for generation in [1, 2] {
        let rotate = login.rotate(generation, RotationPolicy::web());
        let came = asking.rotate(&rotate).await?.map(|it| it.decision);
        let is_dead = matches!(came, None | Some(Decision::Dead(_)));
        holds("rotate a session that was too many", is_dead, came, "nothing, or Dead")?;
    }
    Ok(())
}

pub(super) async fn a_start_is_refused_if_the_epoch_is_another(suite: &Suite) -> Outcome {
    let asking = &suite.store;
    let login = Login::new(asking.now_ms().await?)?;
    let mut new = login.start();
    new.expected_epoch = Some(5);
    let refusal = StoreError::EpochChanged { found: 0, expected: 5 };
    same("start in epoch 5", asking.try_start(&new).await, Err(refusal))?;
    same("find after it", asking.find(login.subject, login.session).await?, None)?;
    new.expected_epoch = Some(0);
    same("start in epoch 0", asking.start(&new).await?.epoch, 0)?;
    let revoked = asking.revoke(&login.end_all(notice()?)).await?;
    let epoch = revoked.revocation.epoch().unwrap_or_default();
    let mut new = login.another(asking.now_ms().await?)?.start();
    new.expected_epoch = Some(0);
    let refusal = StoreError::EpochChanged { found: epoch, expected: 0 };
    same("start in epoch 0 after revoke", asking.try_start(&new).await, Err(refusal))?;
    same("find after it", asking.find(new.subject, new.session).await?, None)?;
    new.expected_epoch = Some(epoch);
    same("start in the epoch of now", asking.start(&new).await?.epoch, epoch)
}

pub(super) async fn names_of_any_text_are_kept(suite: &Suite) -> Outcome {
    let asking = &suite.store;
    let long = "s".repeat(300);
    let many = "\u{1f511}".repeat(100);
    for (tenant, subject) in [
        (None, "ada"),
        (None, ""),
        (None, ":ada"),
        (None, "3:abc"),
        (None, long.as_str()),
        (Some("acme"), long.as_str()),
        (Some(long.as_str()), "ada"),
        (Some("a:b"), "c"),
        (Some(""), "ada"),
        (None, "a\0b"),
        (Some("\0"), "\0"),
        (None, "'; \"\\ %s $1 {}\r\n\t"),
        (Some("z\u{fc}rich"), many.as_str()),
        (None, "e\u{301} \u{e9} \u{202e} \u{fffd} \u{10ffff}"),
    ] {
        let mut who = Subject::new(subject);
        if let Some(tenant) = tenant {
            who = who.tenant(tenant);
        }
        let key = SubjectKey::from_bytes(random()?);
        let login = Login::of(key, who, asking.now_ms().await?)?;
        let mut new = login.start();
        new.label = Some(subject.to_owned());
        let kept = started_and_found(asking, &new).await?;
        let rotated = asking.rotated(&login.rotate(1, RotationPolicy::web())).await?;
        same(format!("rotate of {kept:?}"), rotated.who, login.who)?;
    }
    Ok(())
}

pub(super) async fn a_subject_who_was_revoked_before_the_first_session_has_a_name(
    suite: &Suite,
) -> Outcome {
    let asking = &suite.store;
    let login = Login::new(asking.now_ms().await?)?;
    let revoked = asking.revoke(&login.end_all(notice()?)).await?;
    let epoch = revoked.revocation.epoch();
    same("start after revoke", Some(asking.start(&login.start()).await?.epoch), epoch)?;
    let kept = asking.found(login.subject, login.session).await?;
    same("find after revoke and start", kept.who, login.who.clone())?;
    let rotated = asking.rotated(&login.rotate(1, RotationPolicy::web())).await?;
    same("rotate after revoke and start", (rotated.who, Some(rotated.epoch)), (login.who, epoch))
}

pub(super) async fn who_is_not_there_is_not_found(suite: &Suite) -> Outcome {
    let asking = &suite.store;
    let (login, other) = (Login::new(asking.now_ms().await?)?, Login::new(0)?);
    asking.start(&other.start()).await?;
    // Nobody; a session of somebody else; another session of somebody.
    for (subject, session) in [
        (login.subject, login.session),
        (login.subject, other.session),
        (other.subject, login.session),
        (SubjectKey::from_bytes([0; 12]), SessionId::from_bytes([0; 16])),
        (SubjectKey::from_bytes([255; 12]), SessionId::from_bytes([255; 16])),
    ] {
        same("find", asking.find(subject, session).await?, None)?;
        let mut rotate = other.rotate(1, RotationPolicy::web());
        (rotate.subject, rotate.session) = (subject, session);
        same("rotate", asking.rotate(&rotate).await?, None)?;
    }
    let listed = asking.list(login.subject).await?;
    same("list of nobody", (listed.epoch, listed.sessions.len()), (0, 0))?;
    let kept = asking.found(other.subject, other.session).await?;
    same("find the one that is there", kept.record.generation, 1)
}
