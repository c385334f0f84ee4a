//! A store that hands every call on to another: a test says what happens before and after.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jotem_session::refresh_token::{SessionId, SubjectKey};
use jotem_session::revocation::Revocation;
use jotem_session::store::{
    Answer, Document, Feed, Kept, Listed, Maintained, NameKind, NewSession, Notice, Page, Position,
    Revoke, Revoked, Rotate, Rotated, Started, Store, StoreError,
};
use tokio::sync::watch;

/// Who sees every call.
pub(crate) trait Watch: fmt::Debug + Send + Sync + 'static {
    /// The store that there is now.
    fn store(&self) -> Arc<dyn Store>;

    /// What happens before a call is handed on; an error is the answer to it.
    fn before(&self, call: &'static str) -> Answer<'_, ()>;

    /// What happens when the store has answered.
    fn after(&self, _call: &'static str) -> Answer<'_, ()> {
        Box::pin(async { Ok(()) })
    }
}

/// A store whose every call somebody sees.
#[derive(Debug)]
pub(crate) struct Watched<W>(pub(crate) Arc<W>);

impl<W: Watch> Watched<W> {
    pub(crate) fn over(watch: &Arc<W>) -> Arc<dyn Store> {
        Arc::new(Self(Arc::clone(watch)))
    }
}

/// Writes down what a store is asked, and can have it answer nothing.
#[derive(Debug)]
pub(crate) struct Asked {
    store: Arc<dyn Store>,
    calls: watch::Sender<Vec<&'static str>>,
    fails: Mutex<Option<StoreError>>,
    hangs: Mutex<&'static str>,
}

impl Asked {
    pub(crate) fn over(store: &Arc<dyn Store>) -> Arc<Self> {
        let (calls, fails, hangs) = (watch::Sender::default(), Mutex::default(), Mutex::default());
        Arc::new(Self { store: Arc::clone(store), calls, fails, hangs })
    }

    /// Returns what was asked since this was asked last.
    pub(crate) fn calls(&self) -> Vec<&'static str> {
        self.calls.send_replace(Vec::new())
    }

    /// Waits until it was asked what there has to be; nothing takes nearly as long as it waits.
    pub(crate) async fn until(&self, is_so: impl FnMut(&Vec<&'static str>) -> bool) {
        let mut calls = self.calls.subscribe();
        let waited = tokio::time::timeout(Duration::from_secs(60), calls.wait_for(is_so)).await;
        drop(waited.unwrap().unwrap());
    }

    /// From now on every call fails, or none does any more.
    pub(crate) fn fails(&self, with: Option<StoreError>) {
        *self.fails.lock().unwrap() = with;
    }

    /// From now on this is never answered.
    pub(crate) fn hangs(&self, call: &'static str) {
        *self.hangs.lock().unwrap() = call;
    }
}

impl Watch for Asked {
    fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.store)
    }

    fn before(&self, call: &'static str) -> Answer<'_, ()> {
        self.calls.send_modify(|calls| calls.push(call));
        let fails = self.fails.lock().unwrap().clone();
        let hangs = *self.hangs.lock().unwrap() == call;
        Box::pin(async move {
            if hangs {
                std::future::pending::<()>().await;
            }
            fails.map_or(Ok(()), Err)
        })
    }
}

/// Hands a call on.
macro_rules! handed_on {
    ($self:ident, $call:ident $(, $value:expr)*) => {
        Box::pin(async move {
            $self.0.before(stringify!($call)).await?;
            let answer = $self.0.store().$call($($value),*).await;
            $self.0.after(stringify!($call)).await?;
            answer
        })
    };
}

impl<W: Watch> Store for Watched<W> {
    fn name(&self) -> &'static str {
        "watched"
    }

    fn start<'a>(&'a self, new: &'a NewSession) -> Answer<'a, Started> {
        handed_on!(self, start, new)
    }

    fn rotate<'a>(&'a self, rotate: &'a Rotate) -> Answer<'a, Option<Rotated>> {
        handed_on!(self, rotate, rotate)
    }

    fn revoke<'a>(&'a self, revoke: &'a Revoke) -> Answer<'a, Revoked> {
        handed_on!(self, revoke, revoke)
    }

    fn publish<'a>(&'a self, notices: &'a [Notice]) -> Answer<'a, Vec<Revocation>> {
        handed_on!(self, publish, notices)
    }

    fn feed(&self, after: Position, most: usize) -> Answer<'_, Feed> {
        handed_on!(self, feed, after, most)
    }

    fn find(&self, subject: SubjectKey, session: SessionId) -> Answer<'_, Option<Kept>> {
        handed_on!(self, find, subject, session)
    }

    fn list(&self, subject: SubjectKey) -> Answer<'_, Listed> {
        handed_on!(self, list, subject)
    }

    fn number<'a>(&'a self, kind: NameKind, name: &'a str) -> Answer<'a, u32> {
        handed_on!(self, number, kind, name)
    }

    fn name_of(&self, kind: NameKind, number: u32) -> Answer<'_, Option<String>> {
        handed_on!(self, name_of, kind, number)
    }

    fn document<'a>(&'a self, name: &'a str, unless: u64) -> Answer<'a, Option<Document>> {
        handed_on!(self, document, name, unless)
    }

    fn put_document<'a>(
        &'a self,
        name: &'a str,
        expected: u64,
        document: &'a Document,
    ) -> Answer<'a, bool> {
        handed_on!(self, put_document, name, expected, document)
    }

    fn lease<'a>(&'a self, name: &'a str, holder: [u8; 16], term: Duration) -> Answer<'a, bool> {
        handed_on!(self, lease, name, holder, term)
    }

    fn maintain(&self, most: u32) -> Answer<'_, Maintained> {
        handed_on!(self, maintain, most)
    }

    fn ping(&self) -> Answer<'_, u64> {
        handed_on!(self, ping)
    }

    fn import<'a>(&'a self, sessions: &'a [Kept]) -> Answer<'a, ()> {
        handed_on!(self, import, sessions)
    }

    fn export<'a>(&'a self, from: Option<&'a str>, most: usize) -> Answer<'a, Page> {
        handed_on!(self, export, from, most)
    }
}
