//! Stores that are wrong on purpose: each is caught by the check that is there for it.

mod others;
mod rotations;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jotem_session::refresh_token::{SessionId, SubjectKey};
use jotem_session::revocation::Revocation;
use jotem_session::store::conformance::{Check, Suite};
use jotem_session::store::{
    Answer, Document, Feed, Kept, Listed, Maintained, Memory, NameKind, NewSession, Notice, Page,
    Position, Revoke, Revoked, Rotate, Rotated, Started, Store,
};

/// What is wrong with a store, call by call; what is not said is as in [`Memory`].
trait Fault: fmt::Debug + Send + Sync + 'static {
    fn rotate<'a>(&'a self, store: &'a Memory, rotate: &'a Rotate) -> Answer<'a, Option<Rotated>> {
        store.rotate(rotate)
    }

    fn start<'a>(&'a self, store: &'a Memory, new: &'a NewSession) -> Answer<'a, Started> {
        store.start(new)
    }

    fn revoke<'a>(&'a self, store: &'a Memory, revoke: &'a Revoke) -> Answer<'a, Revoked> {
        store.revoke(revoke)
    }

    fn feed<'a>(&'a self, store: &'a Memory, after: Position, most: usize) -> Answer<'a, Feed> {
        store.feed(after, most)
    }

    fn number<'a>(&'a self, store: &'a Memory, kind: NameKind, name: &'a str) -> Answer<'a, u32> {
        store.number(kind, name)
    }

    fn put_document<'a>(
        &'a self,
        store: &'a Memory,
        name: &'a str,
        expected: u64,
        document: &'a Document,
    ) -> Answer<'a, bool> {
        store.put_document(name, expected, document)
    }

    fn import<'a>(&'a self, store: &'a Memory, sessions: &'a [Kept]) -> Answer<'a, ()> {
        store.import(sessions)
    }

    fn export<'a>(
        &'a self,
        store: &'a Memory,
        from: Option<&'a str>,
        most: usize,
    ) -> Answer<'a, Page> {
        store.export(from, most)
    }
}

/// A store with one fault.
#[derive(Debug)]
struct Wrong<F> {
    store: Memory,
    fault: F,
}

impl<F: Fault> Store for Wrong<F> {
    fn name(&self) -> &'static str {
        "wrong"
    }

    fn start<'a>(&'a self, new: &'a NewSession) -> Answer<'a, Started> {
        self.fault.start(&self.store, new)
    }

    fn rotate<'a>(&'a self, rotate: &'a Rotate) -> Answer<'a, Option<Rotated>> {
        self.fault.rotate(&self.store, rotate)
    }

    fn revoke<'a>(&'a self, revoke: &'a Revoke) -> Answer<'a, Revoked> {
        self.fault.revoke(&self.store, revoke)
    }

    fn publish<'a>(&'a self, notices: &'a [Notice]) -> Answer<'a, Vec<Revocation>> {
        self.store.publish(notices)
    }

    fn feed(&self, after: Position, most: usize) -> Answer<'_, Feed> {
        self.fault.feed(&self.store, after, most)
    }

    fn find(&self, subject: SubjectKey, session: SessionId) -> Answer<'_, Option<Kept>> {
        self.store.find(subject, session)
    }

    fn list(&self, subject: SubjectKey) -> Answer<'_, Listed> {
        self.store.list(subject)
    }

    fn number<'a>(&'a self, kind: NameKind, name: &'a str) -> Answer<'a, u32> {
        self.fault.number(&self.store, kind, name)
    }

    fn name_of(&self, kind: NameKind, number: u32) -> Answer<'_, Option<String>> {
        self.store.name_of(kind, number)
    }

    fn document<'a>(&'a self, name: &'a str, unless: u64) -> Answer<'a, Option<Document>> {
        self.store.document(name, unless)
    }

    fn put_document<'a>(
        &'a self,
        name: &'a str,
        expected: u64,
        document: &'a Document,
    ) -> Answer<'a, bool> {
        self.fault.put_document(&self.store, name, expected, document)
    }

    fn lease<'a>(&'a self, name: &'a str, holder: [u8; 16], term: Duration) -> Answer<'a, bool> {
        self.store.lease(name, holder, term)
    }

    fn maintain(&self, most: u32) -> Answer<'_, Maintained> {
        self.store.maintain(most)
    }

    fn ping(&self) -> Answer<'_, u64> {
        self.store.ping()
    }

    fn import<'a>(&'a self, sessions: &'a [Kept]) -> Answer<'a, ()> {
        self.fault.import(&self.store, sessions)
    }

    fn export<'a>(&'a self, from: Option<&'a str>, most: usize) -> Answer<'a, Page> {
        self.fault.export(&self.store, from, most)
    }
}

/// A suite over a store with a fault: small, and impatient.
fn suite(fault: impl Fault) -> Suite {
    let store = Arc::new(Wrong { store: Memory::new(), fault });
    Suite::new(store).cases(4_000).rounds(10, 16).patience(Duration::ZERO)
}

/// Sees that a fault is caught by the checks that are there for it, and that others pass.
async fn is_caught_by(fault: impl Fault, fail: &[&str], pass: &[&str]) {
    let suite = suite(fault);
    for name in fail {
        let failure = Check::named(name).unwrap().run(&suite).await.expect_err(name);
        assert_eq!(failure.check, *name);
        assert!(!failure.asked.is_empty() && !failure.wanted.is_empty(), "{failure}");
    }
    for name in pass {
        let passed = Check::named(name).unwrap().run(&suite).await;
        assert_eq!(passed, Ok(()), "{name}");
    }
}

#[derive(Debug)]
struct Faultless;

impl Fault for Faultless {}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrapper_without_a_fault_passes() {
    let report = suite(Faultless).run().await;
    assert!(report.failures.is_empty(), "{report}");
}
