//! A store that is timed.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jotem::{Clock, SystemClock};
use metrics::{counter, gauge, histogram};

use super::{STORE_CLOCK, STORE_ERRORS, STORE_SECONDS};
use crate::refresh_token::{SessionId, SubjectKey};
use crate::revocation::Revocation;
use crate::store::{
    Answer, Document, Feed, Kept, Listed, Maintained, NameKind, NewSession, Notice, Page, Position,
    Revoke, Revoked, Rotate, Rotated, Started, Store, StoreError,
};

/// A store around another: it does what that one does, and tells how long it took and what failed.
///
/// An operation that nobody waits for any longer is counted with the code `cancelled`.
///
/// # Examples
/// ```
/// use std::sync::Arc;
/// use jotem_session::metrics::Measured;
/// use jotem_session::store::{Memory, Store as _};
///
/// let store = Measured::new(Arc::new(Memory::new()));
/// assert_eq!(store.name(), "memory");
/// ```
#[derive(Debug, Clone)]
pub struct Measured {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
}

impl Measured {
    /// Measures a store.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store, clock: Arc::new(SystemClock) }
    }

    /// Compares the store's clock with another than the system's.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    fn compare_clocks(&self, now_ms: u64) {
        let theirs = Duration::from_millis(now_ms);
        let skew = self.clock.now().since_epoch().abs_diff(theirs);
        gauge!(STORE_CLOCK.name, "store" => self.store.name()).set(skew.as_secs_f64());
    }

    fn measure<'a, T: Send + 'a>(
        &'a self,
        op: &'static str,
        answer: Answer<'a, T>,
    ) -> Answer<'a, T> {
        let store = self.store.name();
        Box::pin(async move {
            let mut timing = Timing { op, store, begun: Instant::now(), code: Some("cancelled") };
            let answer = answer.await;
            timing.code = answer.as_ref().err().map(StoreError::code);
            answer
        })
    }
}

/// Tells when it is dropped: also where an operation is not waited for any longer.
struct Timing {
    op: &'static str,
    store: &'static str,
    begun: Instant,
    code: Option<&'static str>,
}

impl Drop for Timing {
    fn drop(&mut self) {
        let seconds = self.begun.elapsed().as_secs_f64();
        histogram!(STORE_SECONDS.name, "op" => self.op, "store" => self.store).record(seconds);
        if let Some(code) = self.code {
            counter!(STORE_ERRORS.name, "op" => self.op, "code" => code).increment(1);
        }
    }
}

impl Store for Measured {
    fn name(&self) -> &'static str {
        self.store.name()
    }

    fn start<'a>(&'a self, new: &'a NewSession) -> Answer<'a, Started> {
        self.measure("start", self.store.start(new))
    }

    fn rotate<'a>(&'a self, rotate: &'a Rotate) -> Answer<'a, Option<Rotated>> {
        self.measure("rotate", self.store.rotate(rotate))
    }

    fn revoke<'a>(&'a self, revoke: &'a Revoke) -> Answer<'a, Revoked> {
        self.measure("revoke", self.store.revoke(revoke))
    }

    fn publish<'a>(&'a self, notices: &'a [Notice]) -> Answer<'a, Vec<Revocation>> {
        self.measure("publish", self.store.publish(notices))
    }

    /// As that of the store; tells how far the clocks are apart, since it is asked all the time.
    fn feed(&self, after: Position, most: usize) -> Answer<'_, Feed> {
        let answer = self.measure("feed", self.store.feed(after, most));
        Box::pin(async move {
            let feed = answer.await?;
            self.compare_clocks(feed.now_ms);
            Ok(feed)
        })
    }

    fn find(&self, subject: SubjectKey, session: SessionId) -> Answer<'_, Option<Kept>> {
        self.measure("find", self.store.find(subject, session))
    }

    fn list(&self, subject: SubjectKey) -> Answer<'_, Listed> {
        self.measure("list", self.store.list(subject))
    }

    fn number<'a>(&'a self, kind: NameKind, name: &'a str) -> Answer<'a, u32> {
        self.measure("number", self.store.number(kind, name))
    }

    fn name_of(&self, kind: NameKind, number: u32) -> Answer<'_, Option<String>> {
        self.measure("name_of", self.store.name_of(kind, number))
    }

    fn document<'a>(&'a self, name: &'a str, unless: u64) -> Answer<'a, Option<Document>> {
        self.measure("document", self.store.document(name, unless))
    }

    fn put_document<'a>(
        &'a self,
        name: &'a str,
        expected: u64,
        document: &'a Document,
    ) -> Answer<'a, bool> {
        self.measure("put_document", self.store.put_document(name, expected, document))
    }

    fn lease<'a>(&'a self, name: &'a str, holder: [u8; 16], term: Duration) -> Answer<'a, bool> {
        self.measure("lease", self.store.lease(name, holder, term))
    }

    fn maintain(&self, most: u32) -> Answer<'_, Maintained> {
        self.measure("maintain", self.store.maintain(most))
    }

    /// As that of the store; tells how far the clocks are apart.
    fn ping(&self) -> Answer<'_, u64> {
        let answer = self.measure("ping", self.store.ping());
        Box::pin(async move {
            let now_ms = answer.await?;
            self.compare_clocks(now_ms);
            Ok(now_ms)
        })
    }

    fn import<'a>(&'a self, sessions: &'a [Kept]) -> Answer<'a, ()> {
        self.measure("import", self.store.import(sessions))
    }

    fn export<'a>(&'a self, from: Option<&'a str>, most: usize) -> Answer<'a, Page> {
        self.measure("export", self.store.export(from, most))
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;
    use std::pin::pin;
    use std::sync::Arc;
    use std::task::{Context, Waker};

    use super::Measured;
    use crate::store::Memory;

    #[test]
    fn what_nobody_waits_for_any_longer_is_counted() {
        let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
        metrics::with_local_recorder(&recorder, || {
            let measured = Measured::new(Arc::new(Memory::new()));
            let mut answer = pin!(measured.measure::<u64>("find", Box::pin(pending())));
            let mut context = Context::from_waker(Waker::noop());
            assert!(answer.as_mut().poll(&mut context).is_pending());
        });
        let text = recorder.handle().render();
        let cancelled = "jotem_store_errors_total{op=\"find\",code=\"cancelled\"} 1";
        assert!(text.contains(cancelled), "{text}");
    }
}
