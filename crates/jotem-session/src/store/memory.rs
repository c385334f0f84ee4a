//! Sessions in memory: for tests, and as the shortest example of a store.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use jotem::{Clock, SystemClock};

use super::data::{
    Document, Feed, Kept, Listed, Maintained, NameKind, NewSession, Notice, Page, Position, Revoke,
    Revoked, Rotate, Rotated, Started, Target,
};
use super::error::StoreError;
use super::number::{draw_number, renewed};
use super::subject::Subject;
use super::{Answer, Store};
use crate::record::Record;
use crate::refresh_token::{SessionId, SubjectKey};
use crate::revocation::Revocation;
use crate::rotation::{State, decide};

/// Keeps sessions in memory. What is in it ends with the process.
///
/// # Examples
/// See [`Store`].
#[derive(Debug)]
pub struct Memory {
    clock: Arc<dyn Clock>,
    state: Mutex<Everything>,
}

#[derive(Debug, Default)]
struct Everything {
    subjects: BTreeMap<SubjectKey, OfSubject>,
    feed: BTreeMap<u64, Revocation>,
    last: u64,
    names: HashMap<NameKind, Names>,
    documents: HashMap<String, Document>,
    leases: HashMap<String, ([u8; 16], u64)>,
}

#[derive(Debug)]
struct OfSubject {
    who: Subject,
    epoch: u32,
    sessions: BTreeMap<SessionId, (Record, Option<String>)>,
}

/// Names by their numbers.
#[derive(Debug, Default)]
struct Names(BTreeMap<u32, String>);

impl Memory {
    /// Makes an empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::with_clock(SystemClock)
    }

    /// Makes an empty store whose clock is another than the system's: for tests.
    pub fn with_clock(clock: impl Clock + 'static) -> Self {
        Self { clock: Arc::new(clock), state: Mutex::default() }
    }

    /// Locks everything, and looks at the clock.
    fn locked(&self) -> (MutexGuard<'_, Everything>, u64) {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now_ms = u64::try_from(self.clock.now().since_epoch().as_millis()).unwrap_or_default();
        (state, now_ms)
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self::new()
    }
}

impl Everything {
    fn publish(&mut self, revocation: Revocation) -> Revocation {
        self.last = self.last.saturating_add(1);
        self.feed.insert(self.last, revocation);
        revocation
    }

    fn start(&mut self, new: &NewSession, now_ms: u64) -> Result<Started, StoreError> {
        let of_subject = self.subjects.entry(new.subject).or_insert_with(OfSubject::unknown);
        let found = of_subject.epoch;
        if let Some(expected) = new.expected_epoch.filter(|expected| *expected != found) {
            return Err(StoreError::EpochChanged { found, expected });
        }
        let ended = of_subject.make_room(new.most, now_ms);
        // Who was revoked before the first session is known by it.
        of_subject.who = new.who.clone();
        let record = new.record(now_ms);
        of_subject.sessions.insert(new.session, (record, new.label.clone()));
        Ok(Started { record, epoch: found, ended, now_ms })
    }

    fn rotate(&mut self, rotate: &Rotate, now_ms: u64) -> Option<Rotated> {
        let of_subject = self.subjects.get_mut(&rotate.subject)?;
        let (record, _) = of_subject.sessions.get_mut(&rotate.session)?;
        let (presented, policy) = (&rotate.presented, &rotate.policy);
        let decision = decide(record, presented, now_ms, policy);
        if let Some(next) = decision.effect(record, presented, now_ms, policy) {
            *record = next;
        }
        let (who, epoch) = (of_subject.who.clone(), of_subject.epoch);
        let rotated = Rotated { decision, record: *record, who, epoch, now_ms };
        if decision.ends_session() {
            self.publish(rotate.notice.at(now_ms, None));
        }
        Some(rotated)
    }

    fn revoke(&mut self, revoke: &Revoke, now_ms: u64) -> Revoked {
        let Revoke { target, state, notice } = revoke;
        let (sessions, epoch) = match target {
            Target::Session(subject, session) => {
                let of_subject = self.subjects.get_mut(subject);
                (Some(of_subject.map_or(0, |it| it.end(Some(session), *state))), None)
            }
            Target::Subject(subject) => {
                // An unknown subject may have tokens that outlived its sessions.
                let of_subject = self.subjects.entry(*subject).or_insert_with(OfSubject::unknown);
                let now_s = u32::try_from(now_ms / 1000).unwrap_or(u32::MAX);
                of_subject.epoch = of_subject.epoch.saturating_add(1).max(now_s);
                (Some(of_subject.end(None, *state)), Some(of_subject.epoch))
            }
            Target::Client(name) => {
                let names = self.names.entry(NameKind::Client).or_default();
                (None, Some(names.renew(name, now_ms)))
            }
        };
        Revoked { sessions, revocation: self.publish(notice.at(now_ms, epoch)) }
    }
}

impl Everything {
    /// Returns the sessions after a place, which is the session before it: what ends moves nothing.
    fn export(&self, place: Option<(SubjectKey, SessionId)>, most: usize) -> Page {
        let first = place.map_or(Bound::Unbounded, |(subject, _)| Bound::Included(subject));
        let later = self.subjects.range((first, Bound::Unbounded));
        let all = later.flat_map(|(subject, it)| {
            it.sessions.iter().map(|(session, (record, label))| Kept {
                subject: *subject,
                who: it.who.clone(),
                epoch: it.epoch,
                session: *session,
                record: *record,
                label: label.clone(),
            })
        });
        let mut later = all.filter(|kept| Some((kept.subject, kept.session)) > place);
        let sessions: Vec<Kept> = later.by_ref().take(most).collect();
        let is_whole = later.next().is_none();
        let next = sessions.last().filter(|_| !is_whole).map(place_of);
        Page { sessions, next }
    }
}

impl OfSubject {
    /// A subject of which nothing but the epoch is known.
    fn unknown() -> Self {
        Self { who: Subject::new(""), epoch: 0, sessions: BTreeMap::new() }
    }

    /// Forgets what is over, and ends the least recently used sessions so that one more has room.
    fn make_room(&mut self, most: u32, now_ms: u64) -> Vec<SessionId> {
        let now_s = now_ms / 1000;
        self.sessions.retain(|_, (record, _)| u64::from(record.end_s) > now_s);
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        if most == 0 {
            return Vec::new();
        }
        let used = |(id, (record, _)): (&SessionId, &(Record, Option<String>))| {
            (record.state == State::Active, record.rotated_at_ms, *id)
        };
        let (mut living, mut dead): (Vec<_>, Vec<_>) =
            self.sessions.iter().map(used).partition(|(lives, ..)| *lives);
        living.sort_unstable();
        dead.sort_unstable();
        living.truncate(living.len().saturating_add(1).saturating_sub(most));
        dead.truncate(dead.len().saturating_sub(most));
        living.iter().chain(&dead).for_each(|(.., id)| drop(self.sessions.remove(id)));
        living.into_iter().map(|(.., id)| id).collect()
    }

    /// Ends one session or all that live, and returns how many lived.
    fn end(&mut self, only: Option<&SessionId>, state: State) -> u32 {
        let mut ended: u32 = 0;
        for (id, (record, _)) in &mut self.sessions {
            if only.is_none_or(|only| only == id) && record.state == State::Active {
                record.state = state;
                ended = ended.saturating_add(1);
            }
        }
        ended
    }
}

impl Names {
    /// Returns the number of a name, a new one if it has none.
    fn number(&mut self, name: &str) -> u32 {
        self.known(name).unwrap_or_else(|| self.give(name, draw_number(name)))
    }

    /// Gives a name a number in place of the one that it has.
    fn renew(&mut self, name: &str, now_ms: u64) -> u32 {
        let old = self.known(name).unwrap_or_default();
        self.0.remove(&old);
        self.give(name, renewed(old, now_ms))
    }

    fn known(&self, name: &str) -> Option<u32> {
        self.0.iter().find(|(_, known)| *known == name).map(|(number, _)| *number)
    }

    /// Gives a name a number, or the next that is free.
    fn give(&mut self, name: &str, mut number: u32) -> u32 {
        while self.0.contains_key(&number) {
            number = number.saturating_add(1);
        }
        self.0.insert(number, name.to_owned());
        number
    }
}

/// Writes where a session is among all: in the order of subjects, and then of sessions.
fn place_of(kept: &Kept) -> String {
    Base64UrlUnpadded::encode_string(
        &[&kept.subject.as_bytes()[..], kept.session.as_bytes()].concat(),
    )
}

/// Reads what [`place_of`] wrote.
fn place_from(text: &str) -> Result<(SubjectKey, SessionId), StoreError> {
    let mut bytes = [0; 28];
    let read = Base64UrlUnpadded::decode(text, &mut bytes).ok().and_then(|bytes| {
        let (subject, session) = bytes.split_first_chunk()?;
        let session = SessionId::from_bytes(session.try_into().ok()?);
        Some((SubjectKey::from_bytes(*subject), session))
    });
    read.ok_or_else(|| StoreError::Corrupt {
        store: "memory",
        what: "a place of an export".to_owned(),
    })
}

/// An answer that is there already.
fn ready<'a, T: Send + 'a>(answer: Result<T, StoreError>) -> Answer<'a, T> {
    Box::pin(std::future::ready(answer))
}

impl Store for Memory {
    fn name(&self) -> &'static str {
        "memory"
    }

    fn start<'a>(&'a self, new: &'a NewSession) -> Answer<'a, Started> {
        let (mut state, now_ms) = self.locked();
        ready(state.start(new, now_ms))
    }

    fn rotate<'a>(&'a self, rotate: &'a Rotate) -> Answer<'a, Option<Rotated>> {
        let (mut state, now_ms) = self.locked();
        ready(Ok(state.rotate(rotate, now_ms)))
    }

    fn revoke<'a>(&'a self, revoke: &'a Revoke) -> Answer<'a, Revoked> {
        let (mut state, now_ms) = self.locked();
        ready(Ok(state.revoke(revoke, now_ms)))
    }

    fn publish<'a>(&'a self, notices: &'a [Notice]) -> Answer<'a, Vec<Revocation>> {
        let (mut state, now_ms) = self.locked();
        ready(Ok(notices.iter().map(|notice| state.publish(notice.at(now_ms, None))).collect()))
    }

    fn feed(&self, after: Position, most: usize) -> Answer<'_, Feed> {
        let (state, now_ms) = self.locked();
        let mut later = state.feed.range((Bound::Excluded(after.0), Bound::Unbounded));
        let page: Vec<_> = later.by_ref().take(most).collect();
        ready(Ok(Feed {
            revocations: page.iter().map(|(_, revocation)| **revocation).collect(),
            next: page.last().map_or(after, |(place, _)| Position(**place, 0)),
            has_more: later.next().is_some(),
            now_ms,
        }))
    }

    fn find(&self, subject: SubjectKey, session: SessionId) -> Answer<'_, Option<Kept>> {
        let (state, _) = self.locked();
        let kept = state.subjects.get(&subject).and_then(|it| {
            let (record, label) = it.sessions.get(&session)?;
            let (who, epoch) = (it.who.clone(), it.epoch);
            Some(Kept { subject, who, epoch, session, record: *record, label: label.clone() })
        });
        ready(Ok(kept))
    }

    fn list(&self, subject: SubjectKey) -> Answer<'_, Listed> {
        let (state, now_ms) = self.locked();
        let listed = state.subjects.get(&subject).map(|it| Listed {
            epoch: it.epoch,
            sessions: it
                .sessions
                .iter()
                .map(|(id, (record, label))| (*id, *record, label.clone()))
                .collect(),
            now_ms,
        });
        ready(Ok(listed.unwrap_or_else(|| Listed { now_ms, ..Listed::default() })))
    }

    fn number<'a>(&'a self, kind: NameKind, name: &'a str) -> Answer<'a, u32> {
        let (mut state, _) = self.locked();
        ready(Ok(state.names.entry(kind).or_default().number(name)))
    }

    fn name_of(&self, kind: NameKind, number: u32) -> Answer<'_, Option<String>> {
        let (state, _) = self.locked();
        ready(Ok(state.names.get(&kind).and_then(|names| names.0.get(&number).cloned())))
    }

    fn document<'a>(&'a self, name: &'a str, unless: u64) -> Answer<'a, Option<Document>> {
        let (state, _) = self.locked();
        ready(Ok(state.documents.get(name).filter(|kept| kept.revision != unless).cloned()))
    }

    fn put_document<'a>(
        &'a self,
        name: &'a str,
        expected: u64,
        document: &'a Document,
    ) -> Answer<'a, bool> {
        let (mut state, _) = self.locked();
        let found = state.documents.get(name).map_or(0, |kept| kept.revision);
        if found == expected {
            state.documents.insert(name.to_owned(), document.clone());
        }
        ready(Ok(found == expected))
    }

    fn lease<'a>(&'a self, name: &'a str, holder: [u8; 16], term: Duration) -> Answer<'a, bool> {
        let (mut state, now_ms) = self.locked();
        let is_free =
            state.leases.get(name).is_none_or(|(by, until)| *by == holder || *until <= now_ms);
        if is_free {
            let term_ms = u64::try_from(term.as_millis()).unwrap_or(u64::MAX);
            state.leases.insert(name.to_owned(), (holder, now_ms.saturating_add(term_ms)));
        }
        ready(Ok(is_free))
    }

    fn maintain(&self, _most: u32) -> Answer<'_, Maintained> {
        let (mut state, now_ms) = self.locked();
        let now_s = u32::try_from(now_ms / 1000).unwrap_or(u32::MAX);
        let count = |state: &Everything| {
            let sessions = state.subjects.values().map(|it| it.sessions.len());
            sessions.sum::<usize>().saturating_add(state.feed.len())
        };
        let before = count(&state);
        state.feed.retain(|_, revocation| revocation.until_s() > now_s);
        for it in state.subjects.values_mut() {
            it.make_room(0, now_ms);
        }
        // Whose epoch was raised is remembered for longer than a token of theirs lives, a day at most.
        let long_ago = now_s.saturating_sub(2 * 86_400);
        state.subjects.retain(|_, it| !it.sessions.is_empty() || it.epoch > long_ago);
        let forgotten = before.saturating_sub(count(&state));
        ready(Ok(Maintained {
            forgotten: u64::try_from(forgotten).unwrap_or(u64::MAX),
            has_more: false,
            again_in: Duration::from_secs(60),
        }))
    }

    fn ping(&self) -> Answer<'_, u64> {
        ready(Ok(self.locked().1))
    }

    fn import<'a>(&'a self, sessions: &'a [Kept]) -> Answer<'a, ()> {
        let (mut state, _) = self.locked();
        for kept in sessions {
            let it = state.subjects.entry(kept.subject).or_insert_with(OfSubject::unknown);
            it.who = kept.who.clone();
            it.epoch = it.epoch.max(kept.epoch);
            it.sessions.insert(kept.session, (kept.record, kept.label.clone()));
        }
        ready(Ok(()))
    }

    fn export<'a>(&'a self, from: Option<&'a str>, most: usize) -> Answer<'a, Page> {
        let place = from.map(place_from).transpose();
        ready(place.map(|place| self.locked().0.export(place, most)))
    }
}
