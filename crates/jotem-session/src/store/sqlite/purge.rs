//! What is over is found by walking through the tables, a stretch at a time, and then forgotten.
//!
//! An index of ends would find it at once, and be as large as a third of what it is about. The walk
//! only reads, beside the writer; what it finds is looked at again when it is forgotten.

use std::time::Duration;

use rusqlite::{Connection, params};

use super::failure::Failure;
use super::row::{self, milliseconds};
use crate::refresh_token::{SessionId, SubjectKey};
use crate::store::Maintained;

/// Where a walk has come to.
#[derive(Debug, Clone, Default)]
pub(super) enum Walk {
    /// At what verifiers were told.
    #[default]
    Revocations,
    /// At the first session, or after one.
    Sessions(Option<(SubjectKey, SessionId)>),
    /// At the first subject, or after one.
    Subjects(Option<SubjectKey>),
}

/// What a stretch of the walk found.
#[derive(Debug, Default)]
pub(super) struct Found {
    sessions: Vec<(SubjectKey, SessionId)>,
    subjects: Vec<SubjectKey>,
    revocations: Vec<i64>,
    /// From where to walk on.
    pub(super) walk: Walk,
    /// Whether everything was seen, and the next walk begins anew.
    is_end: bool,
}

impl Found {
    /// Returns whether there is nothing to forget.
    pub(super) fn is_empty(&self) -> bool {
        self.sessions.is_empty() && self.subjects.is_empty() && self.revocations.is_empty()
    }

    /// Returns what there is to say about a stretch, after so much of it was forgotten.
    pub(super) fn maintained(&self, forgotten: u64) -> Maintained {
        let again_in = if self.is_end { REST } else { Duration::ZERO };
        Maintained { forgotten, has_more: !self.is_end, again_in }
    }
}

/// Walks a stretch, and returns what is over in it: at most `most`.
pub(super) fn look(
    connection: &Connection,
    walk: &Walk,
    most: u32,
    now_ms: u64,
) -> Result<Found, Failure> {
    let now_s = milliseconds(now_ms / 1000);
    let stretch = Stretch { connection, most: usize::try_from(most.max(1)).unwrap_or(1), now_s };
    match walk {
        Walk::Revocations => stretch.revocations(),
        Walk::Sessions(None) => stretch.sessions(&[], &[]),
        Walk::Sessions(Some((subject, session))) => {
            stretch.sessions(subject.as_bytes(), session.as_bytes())
        }
        Walk::Subjects(None) => stretch.subjects(&[]),
        Walk::Subjects(Some(subject)) => stretch.subjects(subject.as_bytes()),
    }
}

/// Forgets what was found, where it is over still, and returns how many sessions and entries.
pub(super) fn forget(connection: &Connection, found: &Found, now_ms: u64) -> Result<u64, Failure> {
    let now_s = milliseconds(now_ms / 1000);
    let mut session = connection.prepare_cached(
        "DELETE FROM jotem_session WHERE subject = ?1 AND session = ?2 AND end_s <= ?3",
    )?;
    let mut subject = connection.prepare_cached(
        "DELETE FROM jotem_subject WHERE subject = ?1 AND epoch <= ?2 \
         AND NOT EXISTS (SELECT 1 FROM jotem_session WHERE jotem_session.subject = ?1)",
    )?;
    let mut revocation = connection
        .prepare_cached("DELETE FROM jotem_revocation WHERE place = ?1 AND until_s <= ?2")?;
    let mut forgotten: usize = 0;
    for (key, id) in &found.sessions {
        let count = session.execute(params![key.as_bytes(), id.as_bytes(), now_s])?;
        forgotten = forgotten.saturating_add(count);
        subject.execute(params![key.as_bytes(), long_ago(now_s)])?;
    }
    for key in &found.subjects {
        subject.execute(params![key.as_bytes(), long_ago(now_s)])?;
    }
    for place in &found.revocations {
        forgotten = forgotten.saturating_add(revocation.execute([*place, now_s])?);
    }
    Ok(u64::try_from(forgotten).unwrap_or(u64::MAX))
}

struct Stretch<'c> {
    connection: &'c Connection,
    most: usize,
    now_s: i64,
}

impl Stretch<'_> {
    fn sessions(&self, subject: &[u8], session: &[u8]) -> Result<Found, Failure> {
        let mut statement = self.connection.prepare_cached(
            "SELECT subject, session, end_s FROM jotem_session WHERE (subject, session) > (?1, ?2) \
             ORDER BY subject, session LIMIT ?3",
        )?;
        let mut rows = statement.query(params![subject, session, ROWS])?;
        let mut found = Found { walk: Walk::Subjects(None), ..Found::default() };
        let mut seen: i64 = 0;
        while let Some(row) = rows.next()? {
            let key = (row::subject(row, 0)?, row::session(row, 1)?);
            if row.get::<_, i64>(2)? <= self.now_s {
                found.sessions.push(key);
            }
            seen = seen.saturating_add(1);
            if seen == ROWS || found.sessions.len() == self.most {
                found.walk = Walk::Sessions(Some(key));
                break;
            }
        }
        Ok(found)
    }

    /// Finds subjects that have no sessions left, and whose epoch no token can be of.
    fn subjects(&self, after: &[u8]) -> Result<Found, Failure> {
        let mut statement = self.connection.prepare_cached(
            "SELECT subject, epoch <= ?2 AND NOT EXISTS (SELECT 1 FROM jotem_session AS session \
             WHERE session.subject = jotem_subject.subject) \
             FROM jotem_subject WHERE subject > ?1 ORDER BY subject LIMIT ?3",
        )?;
        let mut rows = statement.query(params![after, long_ago(self.now_s), ROWS])?;
        let mut found = Found { is_end: true, ..Found::default() };
        let mut seen: i64 = 0;
        while let Some(row) = rows.next()? {
            let key = row::subject(row, 0)?;
            if row.get(1)? {
                found.subjects.push(key);
            }
            seen = seen.saturating_add(1);
            if seen == ROWS || found.subjects.len() == self.most {
                (found.walk, found.is_end) = (Walk::Subjects(Some(key)), false);
                break;
            }
        }
        Ok(found)
    }

    /// There are as many as were revoked in the last quarter of an hour or so.
    fn revocations(&self) -> Result<Found, Failure> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT place FROM jotem_revocation WHERE until_s <= ?1 LIMIT ?2")?;
        let most = i64::try_from(self.most).unwrap_or(i64::MAX);
        let places = statement.query_map([self.now_s, most], |row| row.get(0))?;
        let revocations: Vec<i64> = places.collect::<Result<_, _>>()?;
        let is_all = revocations.len() < self.most;
        let walk = if is_all { Walk::Sessions(None) } else { Walk::Revocations };
        Ok(Found { revocations, walk, ..Found::default() })
    }
}

/// Whose epoch was raised is remembered for longer than a token of theirs lives, a day at most.
fn long_ago(now_s: i64) -> i64 {
    now_s.saturating_sub(2 * 86_400)
}

/// How many rows one stretch reads: some milliseconds.
const ROWS: i64 = 16_384;

/// When to walk again after everything was seen.
const REST: Duration = Duration::from_secs(3_600);
