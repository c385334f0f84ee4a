//! What stores are asked, and what they answer.

use std::time::Duration;

use super::subject::Subject;
use crate::record::Record;
use crate::refresh_token::{SessionId, SubjectKey};
use crate::revocation::{Fingerprint, Revocation};
use crate::rotation::{Decision, Presented, RotationPolicy, State};

/// A session that is to be kept.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct NewSession {
    /// Where the sessions of the subject are.
    pub subject: SubjectKey,
    /// Who the subject is.
    pub who: Subject,
    /// The session.
    pub session: SessionId,
    /// The beginning of the SHA-256 of the refresh token's secret.
    pub secret_hash: [u8; 12],
    /// The number of the client.
    pub client: u32,
    /// The number of what is granted.
    pub grant: u32,
    /// The beginning of the thumbprint of the key that it is bound to.
    pub binding: Option<[u8; 12]>,
    /// When the subject logged in, seconds since 1970; absent for now.
    pub authenticated_s: Option<u32>,
    /// How long it lives, and how long without use.
    pub policy: RotationPolicy,
    /// What a list of sessions shows of it: a device, an address.
    pub label: Option<String>,
    /// How many sessions the subject may have, with this one; 0 for any number. Of those that have ended
    /// as many are kept, those that were used last.
    pub most: u32,
    /// The epoch that the subject must have, if it must have one.
    pub expected_epoch: Option<u32>,
}

impl NewSession {
    /// Begins with what every session has: client and grant 0, the policy `web`, no label, no bounds.
    #[must_use]
    pub fn new(
        subject: SubjectKey,
        who: &Subject,
        session: SessionId,
        secret_hash: [u8; 12],
    ) -> Self {
        Self {
            subject,
            who: who.clone(),
            session,
            secret_hash,
            client: 0,
            grant: 0,
            binding: None,
            authenticated_s: None,
            policy: RotationPolicy::web(),
            label: None,
            most: 0,
            expected_epoch: None,
        }
    }

    /// Returns the record that a store keeps of it when its clock shows `now_ms`.
    #[must_use]
    pub fn record(&self, now_ms: u64) -> Record {
        let now_s = now_ms / 1000;
        let seconds = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        let end_s = now_s.saturating_add(self.policy.lifetime_s());
        Record {
            state: State::Active,
            generation: 1,
            rotated_at_ms: now_ms,
            gaps_s: [0; 3],
            idle_end_s: seconds(now_s.saturating_add(self.policy.idle_s()).min(end_s)),
            end_s: seconds(end_s),
            client: self.client,
            grant: self.grant,
            authenticated_s: self.authenticated_s.unwrap_or_else(|| seconds(now_s)),
            secret_hash: self.secret_hash,
            binding: self.binding,
        }
    }
}

/// A session that is kept from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "stores of other people make it")]
pub struct Started {
    /// What is kept.
    pub record: Record,
    /// The subject's epoch.
    pub epoch: u32,
    /// The sessions that ended for being too many. The caller tells verifiers.
    pub ended: Vec<SessionId>,
    /// The store's clock, milliseconds since 1970.
    pub now_ms: u64,
}

/// A refresh token that is presented.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_structs, reason = "what a rotation is about, and nothing else")]
pub struct Rotate {
    /// Where the sessions of the subject are.
    pub subject: SubjectKey,
    /// The session.
    pub session: SessionId,
    /// What is presented.
    pub presented: Presented,
    /// What is decided by.
    pub policy: RotationPolicy,
    /// What verifiers are told if the session ends: its fingerprint.
    pub notice: Notice,
}

/// What was decided about a refresh token.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "stores of other people make it")]
pub struct Rotated {
    /// What was decided.
    pub decision: Decision,
    /// What is kept from now on.
    pub record: Record,
    /// Who the subject is.
    pub who: Subject,
    /// The subject's epoch.
    pub epoch: u32,
    /// The store's clock, milliseconds since 1970.
    pub now_ms: u64,
}

/// What is to be ended, why, and what verifiers are told.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_structs, reason = "what a revocation is about, and nothing else")]
pub struct Revoke {
    /// What ends.
    pub target: Target,
    /// Why.
    pub state: State,
    /// What verifiers are told. The store adds the epoch of a subject, or the new number of a client.
    pub notice: Notice,
}

/// What can be ended in a store.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Target {
    /// One session.
    Session(SubjectKey, SessionId),
    /// All sessions of a subject that there are. The subject's epoch becomes one more, or the store's
    /// time in seconds if that is more: so it never comes back after it was forgotten.
    Subject(SubjectKey),
    /// All sessions of a client that there are: its name gets a new number, so that a refresh token
    /// of the old one is another client's. Verifiers are told the new number as the epoch below which
    /// access tokens of the client hold no longer.
    Client(String),
}

/// What was ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "stores of other people make it")]
pub struct Revoked {
    /// How many sessions lived until now; absent where the store does not count them.
    pub sessions: Option<u32>,
    /// What verifiers are told.
    pub revocation: Revocation,
}

/// What verifiers are told, before the store has said when it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Notice {
    what: Fingerprint,
    keep_s: u32,
}

impl Notice {
    /// A fingerprint, and for how many seconds from now on it matters: as long as an access token
    /// lives, and the leeway of verifiers, and a minute for clocks that differ.
    #[must_use]
    pub const fn new(what: Fingerprint, keep_s: u32) -> Self {
        Self { what, keep_s }
    }

    /// Returns the fingerprint.
    #[must_use]
    pub const fn what(&self) -> Fingerprint {
        self.what
    }

    /// Returns for how many seconds it matters.
    #[must_use]
    pub const fn keep_s(&self) -> u32 {
        self.keep_s
    }

    /// Returns the revocation, by a clock that shows `now_ms`, milliseconds since 1970; with the epoch
    /// of a subject, or the new number of a client.
    #[must_use]
    pub fn at(&self, now_ms: u64, epoch: Option<u32>) -> Revocation {
        // A part of a second counts as a whole one.
        let until_s = now_ms.div_ceil(1000).saturating_add(self.keep_s.into());
        let until_s = u32::try_from(until_s).unwrap_or(u32::MAX);
        match epoch {
            None => Revocation::of(self.what, until_s),
            Some(epoch) => Revocation::of_subject(self.what, epoch, until_s),
        }
    }
}

/// A place in the row of revocations. Stores give out places, and the default is the beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
#[expect(clippy::exhaustive_structs, reason = "stores of other people make it")]
pub struct Position(pub u64, pub u64);

/// Revocations, in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "stores of other people make it")]
pub struct Feed {
    /// What was revoked.
    pub revocations: Vec<Revocation>,
    /// From where to ask next.
    pub next: Position,
    /// Whether there were more than were asked for.
    pub has_more: bool,
    /// The store's clock when it was read: milliseconds since 1970.
    pub now_ms: u64,
}

/// A session as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "stores of other people make it")]
pub struct Kept {
    /// Where the sessions of the subject are.
    pub subject: SubjectKey,
    /// Who the subject is.
    pub who: Subject,
    /// The subject's epoch.
    pub epoch: u32,
    /// The session.
    pub session: SessionId,
    /// Its record.
    pub record: Record,
    /// What a list of sessions shows of it.
    pub label: Option<String>,
}

/// What there is of a subject.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(clippy::exhaustive_structs, reason = "stores of other people make it")]
pub struct Listed {
    /// The subject's epoch; 0 if nothing of it was ever revoked.
    pub epoch: u32,
    /// The sessions, those that do not live any more among them.
    pub sessions: Vec<(SessionId, Record, Option<String>)>,
    /// The store's clock, milliseconds since 1970.
    pub now_ms: u64,
}

/// Sessions, in a row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(clippy::exhaustive_structs, reason = "stores of other people make it")]
pub struct Page {
    /// The sessions.
    pub sessions: Vec<Kept>,
    /// From where to ask next; absent at the end.
    pub next: Option<String>,
}

/// What a number stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NameKind {
    /// A `client_id`.
    Client,
    /// What is granted, as JSON.
    Grant,
}

impl NameKind {
    /// Returns its word, as stores keep it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Grant => "grant",
        }
    }
}

/// A text with a revision: what a key ring is kept as.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "stores of other people make it")]
pub struct Document {
    /// One more with each change, from 1 on.
    pub revision: u64,
    /// The text.
    pub text: String,
}

/// What was forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::exhaustive_structs, reason = "stores of other people make it")]
pub struct Maintained {
    /// How many sessions and entries; 0 where the store forgets by itself.
    pub forgotten: u64,
    /// Whether there is more to do at once.
    pub has_more: bool,
    /// When there will be more to do, from now on.
    pub again_in: Duration,
}
