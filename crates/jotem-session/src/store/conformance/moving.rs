//! Sessions go from one store to another as they are.

use std::collections::BTreeMap;

use super::Suite;
use super::asking::Asking;
use super::failure::{Fault, Outcome, holds, same};
use super::samples::{GENERATION, Login, notice};
use crate::record::Record;
use crate::refresh_token::{SessionId, SubjectKey};
use crate::rotation::{Decision, RotationPolicy, State};
use crate::store::{Kept, Subject};

/// Sessions of every state: some of one subject, some of others.
fn sessions(now_ms: u64) -> Result<Vec<Kept>, Fault> {
    let mut sessions = Vec::new();
    for epoch in [0, 1, 1_700_000_000] {
        let first = Login::new(now_ms)?;
        for state in [State::Active, State::LoggedOut, State::Reused, State::Revoked] {
            let login = first.another(now_ms)?;
            let mut kept = login.kept(Record { state, ..login.record(now_ms) });
            kept.epoch = epoch;
            kept.label = (state == State::Active).then(|| "a label \u{1f511}".to_owned());
            kept.record.binding = (state == State::Reused).then_some([4; 12]);
            sessions.push(kept);
        }
    }
    Ok(sessions)
}

/// Every session of these subjects, by page after page.
async fn exported(
    asking: &Asking,
    wanted: &BTreeMap<(SubjectKey, SessionId), Kept>,
    most: usize,
) -> Result<BTreeMap<(SubjectKey, SessionId), Kept>, Fault> {
    let mut found = BTreeMap::new();
    let mut from: Option<String> = None;
    for _ in 0..1_000_000 {
        let page = asking.export(from.as_deref(), most).await?;
        let bound = most.saturating_mul(10).saturating_add(1_000);
        let is_bounded = page.sessions.len() <= bound;
        let asked = format!("export of at most {most}");
        holds(asked, is_bounded, page.sessions.len(), format!("at most {bound}"))?;
        for kept in page.sessions {
            let key = (kept.subject, kept.session);
            if wanted.contains_key(&key) {
                found.insert(key, kept);
            }
        }
        match page.next {
            Some(next) => {
                let asked = format!("export from {from:?}");
                holds(asked, Some(&next) != from.as_ref(), &next, "a later place")?;
                from = Some(next);
            }
            None => return Ok(found),
        }
    }
    Err(Fault::new("export", "a million pages", "an end"))
}

pub(super) async fn what_was_imported_is_exported_as_it_was(suite: &Suite) -> Outcome {
    let asking = &suite.store;
    let sessions = sessions(asking.now_ms().await?)?;
    // Twice: a copy that was interrupted is begun again.
    asking.import(&sessions).await?;
    asking.import(&sessions).await?;
    asking.import(&[]).await?;
    let mut wanted = BTreeMap::new();
    for kept in sessions {
        let found = asking.found(kept.subject, kept.session).await?;
        same("find after import", &found, &kept)?;
        wanted.insert((kept.subject, kept.session), kept);
    }
    for most in [100, 1_000] {
        same("export after import", &exported(asking, &wanted, most).await?, &wanted)?;
    }
    Ok(())
}

pub(super) async fn what_was_started_is_exported_as_it_became(suite: &Suite) -> Outcome {
    let asking = &suite.store;
    let login = Login::new(asking.now_ms().await?)?;
    let mut new = login.start();
    new.label = Some("before".to_owned());
    asking.start(&new).await?;
    let rotated = asking.rotated(&login.rotate(1, RotationPolicy::web())).await?;
    let mut kept = login.kept(rotated.record);
    kept.label = new.label;
    let wanted = BTreeMap::from([((login.subject, login.session), kept)]);
    same("export after rotate", &exported(asking, &wanted, 500).await?, &wanted)
}

pub(super) async fn an_import_replaces_the_session_and_never_sets_the_epoch_back(
    suite: &Suite,
) -> Outcome {
    let asking = &suite.store;
    let now_ms = asking.now_ms().await?;
    let login = Login::new(now_ms)?;
    asking.start(&login.start()).await?;
    let mut kept = login.kept(login.record(now_ms));
    kept.label = Some("of the copy".to_owned());
    asking.import(std::slice::from_ref(&kept)).await?;
    same("find after import", &asking.found(login.subject, login.session).await?, &kept)?;
    let revoked = asking.revoke(&login.end_all(notice()?)).await?;
    let epoch = revoked.revocation.epoch().unwrap_or_default();
    for older in [0, 1, epoch.saturating_sub(1)] {
        kept.epoch = older;
        asking.import(std::slice::from_ref(&kept)).await?;
        let listed = asking.list(login.subject).await?.epoch;
        same(format!("list after import of epoch {older}"), listed, epoch)?;
    }
    kept.epoch = epoch.saturating_add(1);
    asking.import(std::slice::from_ref(&kept)).await?;
    same("list after a later epoch", asking.list(login.subject).await?.epoch, kept.epoch)?;
    let rotate = login.rotate(GENERATION, RotationPolicy::web());
    let rotated = asking.rotated(&rotate).await?;
    same("rotate", (rotated.decision, rotated.epoch), (Decision::Rotate, kept.epoch))
}

pub(super) async fn an_import_names_the_subject(suite: &Suite) -> Outcome {
    let asking = &suite.store;
    let now_ms = asking.now_ms().await?;
    let login = Login::new(now_ms)?;
    asking.revoke(&login.end_all(notice()?)).await?;
    let who = Subject::new("\0".repeat(100)).tenant("t".repeat(300));
    let kept = Kept { who: who.clone(), ..login.kept(login.record(now_ms)) };
    asking.import(&[kept]).await?;
    same("find", asking.found(login.subject, login.session).await?.who, who)
}
