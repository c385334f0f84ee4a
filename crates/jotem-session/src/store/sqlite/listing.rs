//! Sessions as they are kept: one, those of a subject, all in a row.

use rusqlite::{Connection, Row, params};

use super::failure::Failure;
use super::row::{self, RECORD_COLUMNS, record_columns};
use crate::refresh_token::{SessionId, SubjectKey};
use crate::store::{Kept, Listed, Page, StoreError};

/// Returns one session of a subject.
pub(super) fn find(
    connection: &Connection,
    subject: SubjectKey,
    session: SessionId,
) -> Result<Option<Kept>, Failure> {
    const READ: &str = concat!(
        "SELECT ",
        record_columns!(),
        ", subject, who, epoch, session, label FROM jotem_session JOIN jotem_subject USING (subject) \
         WHERE subject = ?1 AND session = ?2"
    );
    let mut statement = connection.prepare_cached(READ)?;
    let mut rows = statement.query([subject.as_bytes().as_slice(), session.as_bytes()])?;
    rows.next()?.map(kept).transpose()
}

/// Returns the sessions of a subject, and its epoch.
pub(super) fn list(
    connection: &Connection,
    subject: SubjectKey,
    now_ms: u64,
) -> Result<Listed, Failure> {
    const READ: &str = concat!(
        "SELECT ",
        record_columns!(),
        ", epoch, session, label FROM jotem_subject LEFT JOIN jotem_session USING (subject) \
         WHERE subject = ?1 ORDER BY session"
    );
    let mut statement = connection.prepare_cached(READ)?;
    let mut rows = statement.query([subject.as_bytes()])?;
    let mut listed = Listed { now_ms, ..Listed::default() };
    while let Some(found) = rows.next()? {
        listed.epoch = found.get("epoch")?;
        // A subject without sessions has one row in which nothing is.
        if found.get_ref("session")? != rusqlite::types::ValueRef::Null {
            let session = row::session(found, RECORD_COLUMNS.saturating_add(1))?;
            listed.sessions.push((session, row::record(found, 0)?, found.get("label")?));
        }
    }
    Ok(listed)
}

/// Returns sessions in the order of their keys, from after the one that `from` names.
pub(super) fn export(
    connection: &Connection,
    from: Option<&str>,
    most: usize,
) -> Result<Page, Failure> {
    const READ: &str = concat!(
        "SELECT ",
        record_columns!(),
        ", subject, who, epoch, session, label FROM jotem_session JOIN jotem_subject USING (subject) \
         WHERE (subject, session) > (?1, ?2) ORDER BY subject, session LIMIT ?3"
    );
    let (subject, session) =
        from.map_or(Some((Vec::new(), Vec::new())), place).ok_or_else(|| {
            Failure::Refused(StoreError::Url {
                reason: "a page begins at no such place".to_owned(),
            })
        })?;
    let mut statement = connection.prepare_cached(READ)?;
    let limit = i64::try_from(most).unwrap_or(i64::MAX);
    let mut rows = statement.query(params![subject, session, limit])?;
    let mut sessions = Vec::new();
    while let Some(found) = rows.next()? {
        sessions.push(kept(found)?);
    }
    let is_whole = sessions.len() < most;
    let next = sessions.last().filter(|_| !is_whole).map(place_of);
    Ok(Page { sessions, next })
}

fn kept(found: &Row<'_>) -> Result<Kept, Failure> {
    let after = |columns: usize| RECORD_COLUMNS.saturating_add(columns);
    Ok(Kept {
        subject: row::subject(found, after(0))?,
        who: row::who(found, after(1))?,
        epoch: found.get(after(2))?,
        session: row::session(found, after(3))?,
        record: row::record(found, 0)?,
        label: found.get(after(4))?,
    })
}

/// Names the place after a session: its key in hexadecimal digits.
fn place_of(kept: &Kept) -> String {
    let key = kept.subject.as_bytes().iter().chain(kept.session.as_bytes());
    key.map(|byte| format!("{byte:02x}")).collect()
}

fn place(text: &str) -> Option<(Vec<u8>, Vec<u8>)> {
    let pairs = (0..28_usize).map(|index| {
        let at = index.checked_mul(2)?;
        u8::from_str_radix(text.get(at..at.checked_add(2)?)?, 16).ok()
    });
    let mut subject: Vec<u8> = pairs.collect::<Option<_>>()?;
    let session = subject.split_off(12);
    Some((subject, session))
}
