//! Sessions begin, are rotated, end, and come from another store.

use rusqlite::{Connection, OptionalExtension as _, Rows, params};

use super::failure::Failure;
use super::name;
use super::revocation::publish;
use super::row::{self, RECORD_COLUMNS, record_columns};
use crate::record::Record;
use crate::refresh_token::{SessionId, SubjectKey};
use crate::rotation::{State, decide};
use crate::store::{
    Kept, NameKind, NewSession, Revoke, Revoked, Rotate, Rotated, Started, StoreError, Subject,
    Target,
};

/// Keeps a new session.
pub(super) fn start(
    connection: &Connection,
    new: &NewSession,
    now_ms: u64,
) -> Result<Started, Failure> {
    let epoch = epoch_of(connection, new.subject)?;
    if let Some(expected) = new.expected_epoch.filter(|expected| *expected != epoch) {
        return Err(Failure::Refused(StoreError::EpochChanged { found: epoch, expected }));
    }
    keep_subject(connection, new.subject, &new.who, 0)?;
    let ended = make_room(connection, new.subject, new.most, now_ms)?;
    let record = new.record(now_ms);
    keep_session(connection, new.subject, new.session, &record, new.label.as_deref())?;
    Ok(Started { record, epoch, ended, now_ms })
}

/// Decides about a refresh token, and keeps what comes of it.
pub(super) fn rotate(
    connection: &Connection,
    rotate: &Rotate,
    now_ms: u64,
) -> Result<Option<Rotated>, Failure> {
    const READ: &str = concat!(
        "SELECT ",
        record_columns!(),
        ", who, epoch FROM jotem_session JOIN jotem_subject USING (subject) \
         WHERE subject = ?1 AND session = ?2"
    );
    let mut statement = connection.prepare_cached(READ)?;
    let mut rows =
        statement.query(params![rotate.subject.as_bytes(), rotate.session.as_bytes()])?;
    let Some(found) = rows.next()? else { return Ok(None) };
    let mut record = row::record(found, 0)?;
    let who = row::who(found, RECORD_COLUMNS)?;
    let epoch = found.get("epoch")?;
    drop(rows);
    let (presented, policy) = (&rotate.presented, &rotate.policy);
    let decision = decide(&record, presented, now_ms, policy);
    if let Some(next) = decision.effect(&record, presented, now_ms, policy) {
        advance(connection, rotate, &next)?;
        record = next;
    }
    if decision.ends_session() {
        publish(connection, rotate.notice.at(now_ms, None))?;
    }
    Ok(Some(Rotated { decision, record, who, epoch, now_ms }))
}

/// Ends what is named, and writes down what verifiers are told.
pub(super) fn revoke(
    connection: &Connection,
    revoke: &Revoke,
    now_ms: u64,
) -> Result<Revoked, Failure> {
    let Revoke { target, state, notice } = revoke;
    let (sessions, epoch) = match target {
        Target::Session(subject, session) => {
            (Some(end(connection, *subject, Some(session), *state)?), None)
        }
        Target::Subject(subject) => {
            let now_s = u32::try_from(now_ms / 1000).unwrap_or(u32::MAX);
            let epoch = epoch_of(connection, *subject)?.saturating_add(1).max(now_s);
            raise_epoch(connection, *subject, epoch)?;
            (Some(end(connection, *subject, None, *state)?), Some(epoch))
        }
        Target::Client(client) => {
            (None, Some(name::renew(connection, NameKind::Client, client, now_ms)?))
        }
    };
    let revocation = notice.at(now_ms, epoch);
    publish(connection, revocation)?;
    Ok(Revoked { sessions, revocation })
}

/// Keeps sessions as they are.
pub(super) fn import(connection: &Connection, sessions: &[Kept]) -> Result<(), Failure> {
    for kept in sessions {
        keep_subject(connection, kept.subject, &kept.who, kept.epoch)?;
        let label = kept.label.as_deref();
        keep_session(connection, kept.subject, kept.session, &kept.record, label)?;
    }
    Ok(())
}

fn epoch_of(connection: &Connection, subject: SubjectKey) -> Result<u32, Failure> {
    let mut statement =
        connection.prepare_cached("SELECT epoch FROM jotem_subject WHERE subject = ?1")?;
    let epoch = statement.query_row([subject.as_bytes()], |row| row.get(0)).optional()?;
    Ok(epoch.unwrap_or(0))
}

/// Remembers who a subject is; its epoch never goes back.
fn keep_subject(
    connection: &Connection,
    subject: SubjectKey,
    who: &Subject,
    epoch: u32,
) -> Result<(), Failure> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO jotem_subject (subject, who, epoch) VALUES (?1, ?2, ?3) \
         ON CONFLICT (subject) DO UPDATE SET who = excluded.who, epoch = max(epoch, excluded.epoch) \
         WHERE who <> excluded.who OR epoch < excluded.epoch",
    )?;
    statement.execute(params![subject.as_bytes(), who.to_text(), epoch])?;
    Ok(())
}

/// Raises a subject's epoch. An unknown one may have tokens that outlived its sessions.
fn raise_epoch(connection: &Connection, subject: SubjectKey, epoch: u32) -> Result<(), Failure> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO jotem_subject (subject, who, epoch) VALUES (?1, ?2, ?3) \
         ON CONFLICT (subject) DO UPDATE SET epoch = excluded.epoch",
    )?;
    let nobody = Subject::new("").to_text();
    statement.execute(params![subject.as_bytes(), nobody, epoch])?;
    Ok(())
}

fn keep_session(
    connection: &Connection,
    subject: SubjectKey,
    session: SessionId,
    record: &Record,
    label: Option<&str>,
) -> Result<(), Failure> {
    const WRITE: &str = concat!(
        "INSERT OR REPLACE INTO jotem_session (",
        record_columns!(),
        ", subject, session, label) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"
    );
    connection.prepare_cached(WRITE)?.execute(params![
        record.state.number(),
        record.generation,
        row::milliseconds(record.rotated_at_ms),
        row::bytes_of_gaps(record.gaps_s),
        record.idle_end_s,
        record.end_s,
        record.client,
        record.grant,
        record.authenticated_s,
        record.secret_hash,
        record.binding,
        subject.as_bytes(),
        session.as_bytes(),
        label,
    ])?;
    Ok(())
}

/// Writes what a decision changes: nothing else of a record ever does.
fn advance(connection: &Connection, rotate: &Rotate, next: &Record) -> Result<(), Failure> {
    let mut statement = connection.prepare_cached(
        "UPDATE jotem_session \
         SET state = ?3, generation = ?4, rotated_at_ms = ?5, gaps_s = ?6, idle_end_s = ?7 \
         WHERE subject = ?1 AND session = ?2",
    )?;
    statement.execute(params![
        rotate.subject.as_bytes(),
        rotate.session.as_bytes(),
        next.state.number(),
        next.generation,
        row::milliseconds(next.rotated_at_ms),
        row::bytes_of_gaps(next.gaps_s),
        next.idle_end_s,
    ])?;
    Ok(())
}

/// Ends one session or all that live, and returns how many lived.
fn end(
    connection: &Connection,
    subject: SubjectKey,
    only: Option<&SessionId>,
    state: State,
) -> Result<u32, Failure> {
    let mut statement = connection.prepare_cached(
        "UPDATE jotem_session SET state = ?3 \
         WHERE subject = ?1 AND (?2 IS NULL OR session = ?2) AND state = 0",
    )?;
    let only = only.map(SessionId::as_bytes);
    let ended = statement.execute(params![subject.as_bytes(), only, state.number()])?;
    Ok(u32::try_from(ended).unwrap_or(u32::MAX))
}

/// Forgets what is over of a subject, and ends the least recently used sessions so that one more has
/// room. Of those that ended before, as many are kept as may live.
fn make_room(
    connection: &Connection,
    subject: SubjectKey,
    most: u32,
    now_ms: u64,
) -> Result<Vec<SessionId>, Failure> {
    let mut over = connection
        .prepare_cached("DELETE FROM jotem_session WHERE subject = ?1 AND end_s <= ?2")?;
    over.execute(params![subject.as_bytes(), row::milliseconds(now_ms / 1000)])?;
    if most == 0 {
        return Ok(Vec::new());
    }
    let mut dead = connection.prepare_cached(
        "DELETE FROM jotem_session WHERE subject = ?1 AND session IN \
         (SELECT session FROM jotem_session WHERE subject = ?1 AND state <> 0 \
          ORDER BY rotated_at_ms DESC, session DESC LIMIT -1 OFFSET ?2)",
    )?;
    dead.execute(params![subject.as_bytes(), most])?;
    let mut living = connection.prepare_cached(
        "SELECT session FROM jotem_session WHERE subject = ?1 AND state = 0 \
         ORDER BY rotated_at_ms DESC, session DESC LIMIT -1 OFFSET ?2",
    )?;
    let too_many = living.query(params![subject.as_bytes(), most.saturating_sub(1)])?;
    let mut ended = sessions(too_many)?;
    ended.reverse();
    let mut delete = connection
        .prepare_cached("DELETE FROM jotem_session WHERE subject = ?1 AND session = ?2")?;
    for session in &ended {
        delete.execute(params![subject.as_bytes(), session.as_bytes()])?;
    }
    Ok(ended)
}

fn sessions(mut rows: Rows<'_>) -> Result<Vec<SessionId>, Failure> {
    let mut sessions = Vec::new();
    while let Some(row) = rows.next()? {
        sessions.push(row::session(row, 0)?);
    }
    Ok(sessions)
}
