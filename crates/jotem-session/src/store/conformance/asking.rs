//! A store as the checks ask it: an error of the store is a failure of the check.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::Suite;
use super::failure::Fault;
use crate::refresh_token::{SessionId, SubjectKey};
use crate::revocation::{Fingerprint, Revocation};
use crate::store::{
    Document, Feed, Kept, Listed, Maintained, NameKind, NewSession, Notice, Page, Position, Revoke,
    Revoked, Rotate, Rotated, Started, Store, StoreError,
};

/// One handle of the store.
#[derive(Debug, Clone)]
pub(super) struct Asking(pub(super) Arc<dyn Store>);

impl Asking {
    pub(super) async fn start(&self, new: &NewSession) -> Result<Started, Fault> {
        answered(self.0.start(new).await, || format!("start {new:?}"))
    }

    /// A start that may be refused for the epoch.
    pub(super) async fn try_start(&self, new: &NewSession) -> Result<Started, StoreError> {
        self.0.start(new).await
    }

    pub(super) async fn rotate(&self, rotate: &Rotate) -> Result<Option<Rotated>, Fault> {
        answered(self.0.rotate(rotate).await, || format!("rotate {rotate:?}"))
    }

    /// A rotation of a session that there is.
    pub(super) async fn rotated(&self, rotate: &Rotate) -> Result<Rotated, Fault> {
        let rotated = self.rotate(rotate).await?;
        rotated.ok_or_else(|| Fault::new(format!("rotate {rotate:?}"), "no such session", "it"))
    }

    pub(super) async fn revoke(&self, revoke: &Revoke) -> Result<Revoked, Fault> {
        answered(self.0.revoke(revoke).await, || format!("revoke {revoke:?}"))
    }

    pub(super) async fn publish(&self, notices: &[Notice]) -> Result<Vec<Revocation>, Fault> {
        answered(self.0.publish(notices).await, || format!("publish {notices:?}"))
    }

    pub(super) async fn feed(&self, after: Position, most: usize) -> Result<Feed, Fault> {
        answered(self.0.feed(after, most).await, || format!("feed after {after:?}, {most}"))
    }

    pub(super) async fn find(
        &self,
        subject: SubjectKey,
        session: SessionId,
    ) -> Result<Option<Kept>, Fault> {
        answered(self.0.find(subject, session).await, || format!("find {subject:?} {session}"))
    }

    /// A session that there is.
    pub(super) async fn found(
        &self,
        subject: SubjectKey,
        session: SessionId,
    ) -> Result<Kept, Fault> {
        let kept = self.find(subject, session).await?;
        kept.ok_or_else(|| Fault::new(format!("find {session}"), "no such session", "it"))
    }

    pub(super) async fn list(&self, subject: SubjectKey) -> Result<Listed, Fault> {
        answered(self.0.list(subject).await, || format!("list {subject:?}"))
    }

    pub(super) async fn number(&self, kind: NameKind, name: &str) -> Result<u32, Fault> {
        answered(self.0.number(kind, name).await, || format!("number of {kind:?} {name:?}"))
    }

    pub(super) async fn name_of(
        &self,
        kind: NameKind,
        number: u32,
    ) -> Result<Option<String>, Fault> {
        answered(self.0.name_of(kind, number).await, || format!("name of {kind:?} {number}"))
    }

    pub(super) async fn document(
        &self,
        name: &str,
        unless: u64,
    ) -> Result<Option<Document>, Fault> {
        answered(self.0.document(name, unless).await, || format!("document {name} unless {unless}"))
    }

    pub(super) async fn put_document(
        &self,
        name: &str,
        expected: u64,
        document: &Document,
    ) -> Result<bool, Fault> {
        let answer = self.0.put_document(name, expected, document).await;
        answered(answer, || format!("put {document:?} as {name} in the place of {expected}"))
    }

    pub(super) async fn lease(
        &self,
        name: &str,
        holder: [u8; 16],
        term: Duration,
    ) -> Result<bool, Fault> {
        answered(self.0.lease(name, holder, term).await, || format!("lease {name} for {term:?}"))
    }

    pub(super) async fn maintain(&self, most: u32) -> Result<Maintained, Fault> {
        answered(self.0.maintain(most).await, || format!("maintain {most}"))
    }

    pub(super) async fn now_ms(&self) -> Result<u64, Fault> {
        answered(self.0.ping().await, || "ping".to_owned())
    }

    pub(super) async fn import(&self, sessions: &[Kept]) -> Result<(), Fault> {
        answered(self.0.import(sessions).await, || format!("import {} sessions", sessions.len()))
    }

    pub(super) async fn export(&self, from: Option<&str>, most: usize) -> Result<Page, Fault> {
        answered(self.0.export(from, most).await, || format!("export from {from:?}, {most}"))
    }
}

fn answered<T>(answer: Result<T, StoreError>, asked: impl FnOnce() -> String) -> Result<T, Fault> {
    answer.map_err(|error| Fault {
        asked: asked(),
        came: format!("{}: {error}", error.code()),
        wanted: "an answer".to_owned(),
    })
}

/// Somebody who follows the row of revocations.
#[derive(Debug)]
pub(super) struct Follower {
    asking: Asking,
    position: Position,
    told: Vec<Revocation>,
    patience_ms: u64,
}

impl Follower {
    /// Follows from the end on.
    pub(super) async fn from_the_end(suite: &Suite) -> Result<Self, Fault> {
        let (asking, patience_ms) = (suite.store.clone(), suite.patience_ms);
        let (position, told) = (Position::default(), Vec::new());
        let mut follower = Self { asking, position, told, patience_ms };
        while follower.read(1_000).await? {}
        follower.told.clear();
        Ok(follower)
    }

    /// Returns where it has come to.
    pub(super) const fn position(&self) -> Position {
        self.position
    }

    /// Reads one page, and returns whether there is more.
    pub(super) async fn read(&mut self, most: usize) -> Result<bool, Fault> {
        let page = self.asking.feed(self.position, most).await?;
        let has_moved = page.next != self.position;
        let asked = format!("feed after {:?}, {most}", self.position);
        if page.has_more && !has_moved {
            return Err(Fault::new(asked, page.next, "a later position, for there is more"));
        }
        self.position = page.next;
        self.told.extend(page.revocations);
        Ok(page.has_more)
    }

    /// Returns what was told about a name.
    pub(super) fn told_of(&self, what: Fingerprint) -> Vec<Revocation> {
        self.told.iter().filter(|told| told.what() == what).copied().collect()
    }

    /// Reads until all of these were told. Stores may let a reader wait for a moment, so that none is
    /// left out for ever.
    pub(super) async fn read_until_told(
        &mut self,
        wanted: &[Fingerprint],
        most: usize,
    ) -> Result<(), Fault> {
        let begin_ms = self.asking.now_ms().await?;
        loop {
            while self.read(most).await? {}
            let missing = wanted.iter().filter(|what| self.told_of(**what).is_empty()).count();
            if missing == 0 {
                return Ok(());
            }
            if self.asking.now_ms().await?.saturating_sub(begin_ms) > self.patience_ms {
                let came = format!("{missing} of {} were never told", wanted.len());
                return Err(Fault::new("feed, after it was told", Said(&came), "all of them"));
            }
            tokio::task::yield_now().await;
        }
    }
}

/// Words, without the quotation marks of their `Debug`.
pub(super) struct Said<'w>(pub(super) &'w str);

impl fmt::Debug for Said<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0)
    }
}
