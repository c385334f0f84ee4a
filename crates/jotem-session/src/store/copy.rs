//! Sessions go from one store into another.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::data::{Kept, NameKind, Notice, Position};
use super::error::StoreError;
use super::{Listed, Store};
use crate::record::Record;
use crate::refresh_token::SubjectKey;
use crate::revocation::Fingerprint;
use crate::rotation::State;

/// What [`copy`] did, and what it could not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Copied {
    /// Sessions that were carried.
    pub sessions: u64,
    /// Sessions that were not, because they do not live any more.
    pub over: u64,
    /// Sessions that a run before had carried, and that ended in the other store too now.
    pub ended: u64,
    /// Sessions that were not, because the client was revoked: nobody can present a token of theirs.
    pub without_client: u64,
    /// Sessions that were not, because what is granted has no name in the store that they came from.
    pub without_grant: u64,
    /// Sessions that were not, because the other store knows of something later: they were used there,
    /// or they ended there.
    pub later_there: u64,
    /// Revocations of tokens, sessions, clients and keys that verifiers of the other store are told.
    pub revocations: u64,
    /// Subjects all of whose sessions were revoked a moment ago. Verifiers of the other store are not
    /// told of it: their old access tokens go on until [`Self::wait_until_s`].
    pub subjects_not_told: u64,
    /// Until when verifiers that read from the other store may accept an access token of such a
    /// subject: seconds since 1970; 0 if there is none.
    pub wait_until_s: u32,
    /// Documents that were put, or were there already.
    pub documents: u64,
    /// Documents that were not: another one is there that is as late, or later.
    pub documents_left: Vec<String>,
}

/// Copies what lives from one store into another: sessions, epochs of their subjects, the names of
/// clients and grants, revocations that matter still, and documents by their names, such as the one
/// of a key ring.
///
/// Clients and grants have other numbers in the other store; the records that arrive have those.
/// `progress` is told after each page.
///
/// It may be run again, and again when it was interrupted: what is there already is replaced, unless the
/// other store knows of something later. A session that is started, rotated or ended meanwhile may be
/// copied as it was before; so the last run is made when nobody uses the store any more. What a run
/// before had carried and has ended since is ended in the other store too, unless nothing is kept of it
/// any more, as of sessions that were too many: then it lives on there, and the last run is better made
/// into an empty store.
///
/// What it cannot carry: sessions that do not live any more (their tokens are refused as unknown, not
/// as dead), epochs of subjects without a session, and revocations of whole subjects of the last
/// minutes ([`Copied::subjects_not_told`]): verifiers read from the old store until
/// [`Copied::wait_until_s`], or programs accept that such access tokens live out their minutes.
///
/// # Errors
/// [`StoreError`] of either store. What was copied until then stays.
///
/// # Examples
/// ```
/// use jotem::Secret;
/// use jotem_session::refresh_token::{RefreshKeys, RefreshToken, SessionId};
/// use jotem_session::store::{Memory, NewSession, Store, Subject, copy};
/// use std::sync::Arc;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let (from, to): (Arc<dyn Store>, Arc<dyn Store>) = (Arc::new(Memory::new()), Arc::new(Memory::new()));
/// let keys = RefreshKeys::derive(&Secret::from(vec![7; 32]))?;
/// let token = RefreshToken::first(keys.subject(None, "ada"), SessionId::generate(1_900_000_000)?)?;
/// let who = Subject::new("ada");
/// from.start(&NewSession::new(token.subject(), &who, token.session(), token.secret_hash())).await?;
///
/// let copied = copy(&from, &to, &["ring"], |so_far| println!("{} sessions", so_far.sessions)).await?;
/// assert_eq!(copied.sessions, 1);
/// assert_eq!(to.find(token.subject(), token.session()).await?.unwrap().who, who);
/// # Ok(())
/// # }
/// ```
pub async fn copy(
    from: &Arc<dyn Store>,
    to: &Arc<dyn Store>,
    documents: &[&str],
    mut progress: impl FnMut(&Copied) + Send,
) -> Result<Copied, StoreError> {
    let mut copied = Copied::default();
    // First what ends something: a verifier that changes over in between knows of it.
    copy_revocations(from, to, &mut copied).await?;
    for name in documents {
        copy_document(from, to, name, &mut copied).await?;
    }
    progress(&copied);
    let mut numbers = Numbers { from, to, known: HashMap::new() };
    let mut place = None;
    loop {
        let page = from.export(place.as_deref(), PAGE).await?;
        let sessions = carried(&mut numbers, page.sessions, &mut copied).await?;
        to.import(&sessions).await?;
        progress(&copied);
        let Some(next) = page.next else { return Ok(copied) };
        place = Some(next);
    }
}

/// Returns the sessions of a page that are to be kept in the other store, as they are to be kept.
async fn carried(
    numbers: &mut Numbers<'_>,
    page: Vec<Kept>,
    copied: &mut Copied,
) -> Result<Vec<Kept>, StoreError> {
    let now_s = numbers.from.ping().await? / 1000;
    let mut there: BTreeMap<SubjectKey, Listed> = BTreeMap::new();
    let mut sessions = Vec::new();
    for kept in page {
        let listed = match there.entry(kept.subject) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(numbers.to.list(kept.subject).await?),
        };
        let (fate, record) = fate(numbers, &kept, listed, now_s).await?;
        let counted = match fate {
            Fate::Carried => &mut copied.sessions,
            Fate::Ended => &mut copied.ended,
            Fate::Over => &mut copied.over,
            Fate::WithoutClient => &mut copied.without_client,
            Fate::WithoutGrant => &mut copied.without_grant,
            Fate::LaterThere => &mut copied.later_there,
        };
        *counted = counted.saturating_add(1);
        sessions.extend(record.map(|record| Kept { record, ..kept }));
    }
    Ok(sessions)
}

/// What becomes of a session, one field of [`Copied`] each.
enum Fate {
    Carried,
    Ended,
    Over,
    WithoutClient,
    WithoutGrant,
    LaterThere,
}

/// Decides what becomes of a session, and what the other store is to keep of it.
async fn fate(
    numbers: &mut Numbers<'_>,
    kept: &Kept,
    there: &Listed,
    now_s: u64,
) -> Result<(Fate, Option<Record>), StoreError> {
    let of_session = there.sessions.iter().find(|(session, ..)| *session == kept.session);
    let copy = of_session.map(|(_, record, _)| *record);
    // Used there or ended there; or all of the subject ended there, whatever was kept of this one.
    let is_later = copy.is_some_and(|copy| {
        copy.state != State::Active || copy.generation > kept.record.generation
    });
    if is_later || there.epoch > kept.epoch {
        return Ok((Fate::LaterThere, None));
    }
    let (state, fate) = match numbers.record(&kept.record, now_s).await? {
        Ok(record) => return Ok((Fate::Carried, Some(record))),
        Err(refused) => refused,
    };
    // What a run before had carried must not live on there.
    let ended = copy.map(|copy| Record { state, ..copy });
    Ok(if ended.is_some() { (Fate::Ended, ended) } else { (fate, None) })
}

/// What numbers of one store are in the other.
struct Numbers<'s> {
    from: &'s Arc<dyn Store>,
    to: &'s Arc<dyn Store>,
    known: HashMap<(NameKind, u32), Option<u32>>,
}

impl Numbers<'_> {
    /// Returns the record as the other store numbers it; or why not, and what the session is then.
    async fn record(
        &mut self,
        record: &Record,
        now_s: u64,
    ) -> Result<Result<Record, (State, Fate)>, StoreError> {
        if record.state != State::Active {
            return Ok(Err((record.state, Fate::Over)));
        }
        if u64::from(record.end_s.min(record.idle_end_s)) <= now_s {
            return Ok(Err((State::Active, Fate::Over)));
        }
        let Some(client) = self.there(NameKind::Client, record.client).await? else {
            return Ok(Err((State::Revoked, Fate::WithoutClient)));
        };
        let Some(grant) = self.there(NameKind::Grant, record.grant).await? else {
            return Ok(Err((State::Revoked, Fate::WithoutGrant)));
        };
        Ok(Ok(Record { client, grant, ..*record }))
    }

    /// Returns the number in the other store; absent if it has no name in the first.
    async fn there(&mut self, kind: NameKind, number: u32) -> Result<Option<u32>, StoreError> {
        // Numbers begin with 1: this is none, in every store.
        if number == 0 {
            return Ok(Some(0));
        }
        if let Some(known) = self.known.get(&(kind, number)) {
            return Ok(*known);
        }
        let there = match self.from.name_of(kind, number).await? {
            Some(name) => Some(self.to.number(kind, &name).await?),
            None => None,
        };
        self.known.insert((kind, number), there);
        Ok(there)
    }
}

async fn copy_document(
    from: &Arc<dyn Store>,
    to: &Arc<dyn Store>,
    name: &str,
    copied: &mut Copied,
) -> Result<(), StoreError> {
    let Some(document) = from.document(name, 0).await? else { return Ok(()) };
    let there = to.document(name, 0).await?;
    let revision = there.as_ref().map_or(0, |there| there.revision);
    let is_there = there.as_ref() == Some(&document)
        || (revision < document.revision && to.put_document(name, revision, &document).await?);
    if is_there {
        copied.documents = copied.documents.saturating_add(1);
    } else {
        copied.documents_left.push(name.to_owned());
    }
    Ok(())
}

/// Tells verifiers of the other store what matters still.
async fn copy_revocations(
    from: &Arc<dyn Store>,
    to: &Arc<dyn Store>,
    copied: &mut Copied,
) -> Result<(), StoreError> {
    let now_ms = to.ping().await?;
    let now_s = u32::try_from(now_ms / 1000).unwrap_or(u32::MAX);
    let mut told: BTreeMap<Fingerprint, u32> = BTreeMap::new();
    let mut subjects: BTreeSet<Fingerprint> = BTreeSet::new();
    let mut position = Position::default();
    loop {
        let page = from.feed(position, PAGE).await?;
        for revocation in page.revocations {
            let until_s = revocation.until_s();
            if until_s <= now_s {
                continue;
            }
            if revocation.epoch().is_some() {
                subjects.insert(revocation.what());
                copied.wait_until_s = copied.wait_until_s.max(until_s);
            } else {
                let known = told.entry(revocation.what()).or_default();
                *known = until_s.max(*known);
            }
        }
        if !page.has_more {
            break;
        }
        position = page.next;
    }
    copied.subjects_not_told = count(subjects.len());
    copied.revocations = count(told.len());
    let notices: Vec<Notice> = told
        .into_iter()
        .map(|(what, until_s)| Notice::new(what, until_s.saturating_sub(now_s)))
        .collect();
    for some in notices.chunks(PAGE) {
        to.publish(some).await?;
    }
    Ok(())
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

/// How many sessions are copied at a time.
const PAGE: usize = 500;
