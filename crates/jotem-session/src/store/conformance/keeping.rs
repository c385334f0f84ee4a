//! Names, documents, leases, and what is forgotten.

use std::time::Duration;

use super::Suite;
use super::asking::{Asking, Follower};
use super::failure::{Fault, Outcome, holds, same};
use super::samples::{GENERATION, Login, name, notice, random, seconds};
use crate::record::Record;
use crate::refresh_token::SessionId;
use crate::rotation::{Decision, RotationPolicy};
use crate::store::{Document, NameKind, Notice};

pub(super) async fn a_name_has_one_number_and_a_number_one_name(suite: &Suite) -> Outcome {
    let asking = &suite.store;
    for kind in [NameKind::Client, NameKind::Grant] {
        let base = name("name")?;
        let long = format!("{base}{}", "{\"scope\":\"a b\"}".repeat(200));
        let strange = format!("{base}\0'\"\\%\u{1f511}\u{fffd}");
        // Names that differ in case, or by a space at the end, are two.
        let (upper, spaced) = (base.to_uppercase(), format!("{base} "));
        let mut numbers = Vec::new();
        for of in [&base, &long, &strange, &upper, &spaced] {
            let number = asking.number(kind, of).await?;
            holds("number of a new name", number > 0, number, "1 or more")?;
            let is_new = !numbers.contains(&number);
            holds("number of a new name", is_new, number, format!("none of {numbers:?}"))?;
            same("number once more", asking.number(kind, of).await?, number)?;
            same("name of it", asking.name_of(kind, number).await?, Some(of.clone()))?;
            numbers.push(number);
        }
        same("name of 0", asking.name_of(kind, 0).await?, None)?;
        same("name of the last number", asking.name_of(kind, u32::MAX).await?, None)?;
    }
    Ok(())
}

pub(super) async fn names_of_clients_and_of_grants_are_apart(suite: &Suite) -> Outcome {
    let asking = &suite.store;
    let (client, grant) = (name("client")?, name("grant")?);
    let number = asking.number(NameKind::Client, &client).await?;
    let came = asking.name_of(NameKind::Grant, number).await?;
    holds("name of a client's number as a grant", came != Some(client.clone()), came, "another")?;
    let number = asking.number(NameKind::Grant, &grant).await?;
    let came = asking.name_of(NameKind::Client, number).await?;
    holds("name of a grant's number as a client", came != Some(grant.clone()), came, "another")
}

pub(super) async fn no_number_is_one_that_the_same_store_without_its_latest_writes_would_give(
    suite: &Suite,
) -> Outcome {
    let asking = &suite.store;
    for kind in [NameKind::Client, NameKind::Grant] {
        let mut last = asking.number(kind, &name("name")?).await?;
        for _ in 0..4 {
            let number = asking.number(kind, &name("name")?).await?;
            let is_drawn = number.abs_diff(last) > 1;
            holds("number of a new name", is_drawn, number, format!("none beside {last}"))?;
            last = number;
        }
    }
    Ok(())
}

pub(super) async fn a_document_is_replaced_only_by_who_knows_its_revision(
    suite: &Suite,
) -> Outcome {
    let asking = &suite.store;
    let place = name("document")?;
    let document = |revision, text: &str| Document { revision, text: text.to_owned() };
    same("document that there is not", asking.document(&place, 0).await?, None)?;
    let first = document(1, "{\"keys\":[]}");
    same("put in the place of 1", asking.put_document(&place, 1, &first).await?, false)?;
    same("document after it", asking.document(&place, 0).await?, None)?;
    same("put the first", asking.put_document(&place, 0, &first).await?, true)?;
    same("document", asking.document(&place, 0).await?, Some(first.clone()))?;
    same("document unless 1", asking.document(&place, 1).await?, None)?;
    let second = document(2, &"\u{1f511}\0\n".repeat(5_000));
    for expected in [0, 2, u64::MAX] {
        let is_put = asking.put_document(&place, expected, &second).await?;
        same(format!("put in the place of {expected}"), is_put, false)?;
        same("document after it", asking.document(&place, 0).await?, Some(first.clone()))?;
    }
    same("put the second", asking.put_document(&place, 1, &second).await?, true)?;
    same("document unless 1", asking.document(&place, 1).await?, Some(second.clone()))?;
    same("document unless 2", asking.document(&place, 2).await?, None)?;
    same("put the first again", asking.put_document(&place, 0, &first).await?, false)?;
    // A copy from another store comes with the revision that it has there.
    let (place, later) = (name("document")?, document(41, "later"));
    same("put revision 41", asking.put_document(&place, 0, &later).await?, true)?;
    same("document", asking.document(&place, 0).await?, Some(later))
}

pub(super) async fn a_lease_is_one_holders_until_it_is_over(suite: &Suite) -> Outcome {
    let asking = &suite.store;
    let (lease, other_lease) = (name("lease")?, name("lease")?);
    let (one, other) = (random()?, random()?);
    let long = Duration::from_secs(300);
    same("lease", asking.lease(&lease, one, long).await?, true)?;
    same("lease for another", asking.lease(&lease, other, long).await?, false)?;
    same("lease once more", asking.lease(&lease, one, long).await?, true)?;
    same("another lease", asking.lease(&other_lease, other, long).await?, true)?;
    // Given up: it is over at once, or after the shortest time that the store measures.
    same("lease for no time", asking.lease(&lease, one, Duration::ZERO).await?, true)?;
    let begin_ms = asking.now_ms().await?;
    while !asking.lease(&lease, other, long).await? {
        let waited_ms = asking.now_ms().await?.saturating_sub(begin_ms);
        holds("lease after it was given up", waited_ms < 5_000, waited_ms, "it, within 5 s")?;
        tokio::task::yield_now().await;
    }
    same("lease for the first", asking.lease(&lease, one, long).await?, false)
}

/// Maintains until there is nothing to do.
async fn maintain(asking: &Asking) -> Outcome {
    for _ in 0..100_000 {
        if !asking.maintain(1_000).await?.has_more {
            return Ok(());
        }
    }
    Err(Fault::new("maintain", "there is always more", "an end"))
}

pub(super) async fn what_is_over_is_forgotten_and_what_lives_stays(suite: &Suite) -> Outcome {
    let asking = &suite.store;
    let now_ms = asking.now_ms().await?;
    let living = Login::new(now_ms)?;
    let bare = Login::new(now_ms)?;
    // Forty days ago; its id says so, for stores that part their tables by it.
    let end_s = seconds(now_ms).saturating_sub(40 * 86_400);
    let over = |login: &Login| {
        let session = SessionId::generate(end_s)?;
        let login = Login { session, ..login.clone() };
        let rotated_at_ms = u64::from(end_s).saturating_sub(5_000).saturating_mul(1_000);
        let record = Record { end_s, idle_end_s: end_s, rotated_at_ms, ..login.record(now_ms) };
        Ok::<_, Fault>(login.kept(record))
    };
    let gone = [over(&living)?, over(&bare)?];
    asking.import(&[living.kept(living.record(now_ms))]).await?;
    asking.import(&gone).await?;
    maintain(asking).await?;
    // A store that forgets a subject's when it has to do with the subject has to, now.
    for login in [&living, &bare] {
        asking.start(&login.another(now_ms)?.start()).await?;
    }
    for kept in gone {
        same("find what is over", asking.find(kept.subject, kept.session).await?, None)?;
    }
    let rotated = asking.rotated(&living.rotate(GENERATION, RotationPolicy::web())).await?;
    same("rotate what lives", rotated.decision, Decision::Rotate)
}

pub(super) async fn what_verifiers_must_know_is_not_forgotten(suite: &Suite) -> Outcome {
    let asking = &suite.store;
    let mut follower = Follower::from_the_end(suite).await?;
    let login = Login::new(asking.now_ms().await?)?;
    asking.start(&login.start()).await?;
    let all = login.end_all(notice()?);
    let epoch = asking.revoke(&all).await?.revocation.epoch();
    let (short, long) = (notice()?, notice()?);
    let short = Notice::new(short.what(), 60);
    let long = Notice::new(long.what(), 86_400);
    asking.publish(&[short, long]).await?;
    maintain(asking).await?;
    follower.read_until_told(&[all.notice.what(), short.what(), long.what()], 100).await?;
    same("list after maintain", Some(asking.list(login.subject).await?.epoch), epoch)?;
    let rotate = login.rotate(1, RotationPolicy::web());
    let came = asking.rotated(&rotate).await?.decision;
    let is_dead = matches!(came, Decision::Dead(_));
    holds("rotate after revoke and maintain", is_dead, came, "Dead")
}
