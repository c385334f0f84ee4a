//! What verifiers are told, and what is forgotten.

use std::sync::PoisonError;
use std::time::Duration;

use fred::types::Value;

use super::Redis;
use super::answer::{Row, revocation};
use super::check;
use super::error::corrupt;
use super::script;
use super::session::bytes;
use crate::refresh_token::SubjectKey;
use crate::revocation::Revocation;
use crate::store::{Feed, Maintained, Notice, Position, StoreError};

/// How far maintenance has come: in the feed, and on Cluster among the subjects.
#[derive(Debug, Default)]
pub(super) struct Sweep {
    feed: Position,
    subjects: Option<String>,
}

impl Redis {
    pub(super) async fn publish_notices(
        &self,
        notices: &[Notice],
    ) -> Result<Vec<Revocation>, StoreError> {
        let pair = |notice: &Notice| {
            let what = notice.what().as_u64().to_be_bytes();
            [bytes(&what), i64::from(notice.keep_s()).into()]
        };
        let arguments = notices.iter().flat_map(pair).collect();
        let now_ms = self.put_into_feed(arguments).await?;
        Ok(notices.iter().map(|notice| notice.at(now_ms, None)).collect())
    }

    /// Tells verifiers what was kept to be told, and forgets it then.
    pub(super) async fn tell(
        &self,
        subject: SubjectKey,
        untold: Vec<(Vec<u8>, Vec<u8>)>,
    ) -> Result<(), StoreError> {
        let ready = untold.iter().flat_map(|(_, told)| [bytes(b""), bytes(told)]).collect();
        self.put_into_feed(ready).await?;
        let told =
            untold.iter().flat_map(|(session, told)| [bytes(session), bytes(told)]).collect();
        let keys = vec![self.layout.sessions(subject)];
        self.connection.run(&script::TOLD, keys, told).await.map(drop)
    }

    /// Puts notices into the feed, and returns the clock.
    pub(super) async fn put_into_feed(&self, arguments: Vec<Value>) -> Result<u64, StoreError> {
        let keys = vec![self.layout.feed()];
        let answer = self.connection.run_replicated(&script::PUBLISH, keys, arguments, self.copies);
        let mut row = Row::new(answer.await?)?;
        let _none = row.integer()?;
        row.clock()
    }

    pub(super) async fn read_feed(&self, after: Position, most: usize) -> Result<Feed, StoreError> {
        let one_more = i64::try_from(most).unwrap_or(i64::MAX).saturating_add(1);
        let arguments = vec![place(after).into(), one_more.into()];
        let keys = vec![self.layout.feed()];
        let mut row = Row::new(self.connection.run(&script::FEED, keys, arguments).await?)?;
        let now_ms = row.clock()?;
        let begins_anew = row.integer()? != 0;
        let mut next = if begins_anew { Position::default() } else { after };
        let mut revocations = Vec::new();
        let mut has_more = false;
        let Value::Array(entries) = row.value() else {
            return Err(corrupt("a feed that is no row"));
        };
        for entry in entries {
            if revocations.len() >= most {
                has_more = true;
                break;
            }
            let mut entry = Row::new(entry)?;
            let at = position(&entry.text()?.unwrap_or_default())?;
            let mut fields = entry.row()?;
            let _name = fields.value();
            let told =
                fields.bytes().ok_or_else(|| corrupt("an entry of the feed without content"))?;
            revocations.push(revocation(&told)?);
            next = at;
        }
        Ok(Feed { revocations, next, has_more, now_ms })
    }

    pub(super) async fn forget(&self, most: u32) -> Result<Maintained, StoreError> {
        let from = self.sweep.lock().unwrap_or_else(PoisonError::into_inner).feed;
        let arguments = vec![place(from).into(), i64::from(most).into()];
        let keys = vec![self.layout.feed()];
        let mut row = Row::new(self.connection.run(&script::TRIM, keys, arguments).await?)?;
        let forgotten = u64::try_from(row.integer()?).unwrap_or_default();
        let looked_at = row.integer()?;
        let last = position(&row.text()?.unwrap_or_default())?;
        // At the end it begins again: what was not over the last time may be by now.
        let has_more = most > 0 && looked_at >= i64::from(most);
        let next = if has_more { last } else { Position::default() };
        self.sweep.lock().unwrap_or_else(PoisonError::into_inner).feed = next;
        if self.layout.is_cluster() {
            self.tell_what_was_left(most).await?;
        }
        // What was well when the store was opened may have been changed since: who looks after the
        // store hears of it before anything is evicted, or soon after.
        check::servers(&self.connection).await?;
        Ok(Maintained { forgotten, has_more, again_in: Duration::from_secs(60) })
    }

    /// Looks at some subjects for notices that a program left behind when it died.
    async fn tell_what_was_left(&self, most: u32) -> Result<(), StoreError> {
        let from = self.sweep.lock().unwrap_or_else(PoisonError::into_inner).subjects.take();
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let (subjects, next) = self.subjects(from.as_deref(), most).await?;
        for subject in subjects {
            let keys = vec![self.layout.sessions(subject)];
            let mut row = Row::new(self.connection.run(&script::UNTOLD, keys, Vec::new()).await?)?;
            let _none = row.integer()?;
            let untold = row.row()?.pairs()?;
            if !untold.is_empty() {
                self.tell(subject, untold).await?;
            }
        }
        self.sweep.lock().unwrap_or_else(PoisonError::into_inner).subjects = next;
        Ok(())
    }

    pub(super) async fn clock(&self) -> Result<u64, StoreError> {
        let time = self.connection.ask("TIME", Vec::new(), None).await?;
        let mut row = Row::new(time)?;
        let mut number = || {
            row.text()?
                .and_then(|text| text.parse::<u64>().ok())
                .ok_or_else(|| corrupt("a clock that is no number"))
        };
        let (seconds, microseconds) = (number()?, number()?);
        Ok(seconds.saturating_mul(1000).saturating_add(microseconds / 1000))
    }
}

/// Writes a place as the server has it.
fn place(at: Position) -> String {
    format!("{}-{}", at.0, at.1)
}

fn position(place: &str) -> Result<Position, StoreError> {
    let parts = place.split_once('-');
    let numbers = parts.and_then(|(ms, n)| Some(Position(ms.parse().ok()?, n.parse().ok()?)));
    numbers.ok_or_else(|| corrupt("a place in the feed that is none"))
}
