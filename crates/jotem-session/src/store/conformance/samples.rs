//! Sessions to ask stores about: of subjects that nobody else has.

use super::failure::Fault;
use crate::record::Record;
use crate::refresh_token::{RefreshTokenError, SessionId, SubjectKey};
use crate::revocation::Fingerprint;
use crate::rotation::{Presented, RotationPolicy, State};
use crate::store::{Kept, NewSession, Notice, Revoke, Rotate, Subject, Target};

/// One session of a subject.
#[derive(Debug, Clone)]
pub(super) struct Login {
    pub(super) subject: SubjectKey,
    pub(super) who: Subject,
    pub(super) session: SessionId,
    pub(super) secret_hash: [u8; 12],
    pub(super) notice: Notice,
}

impl Login {
    /// A session of a new subject.
    pub(super) fn new(now_ms: u64) -> Result<Self, Fault> {
        let who = Subject::new(name("subject")?).tenant("conformance");
        Self::of(SubjectKey::from_bytes(random()?), who, now_ms)
    }

    /// Another session of the same subject.
    pub(super) fn another(&self, now_ms: u64) -> Result<Self, Fault> {
        Self::of(self.subject, self.who.clone(), now_ms)
    }

    pub(super) fn of(subject: SubjectKey, who: Subject, now_ms: u64) -> Result<Self, Fault> {
        let end_s = seconds(now_ms).saturating_add(LIFETIME_S);
        let session = SessionId::generate(end_s)?;
        Ok(Self { subject, who, session, secret_hash: random()?, notice: notice()? })
    }

    /// The session as a program would begin it.
    pub(super) fn start(&self) -> NewSession {
        let mut new = NewSession::new(self.subject, &self.who, self.session, self.secret_hash);
        new.client = CLIENT;
        new.grant = GRANT;
        new
    }

    /// Its record, if it was exchanged four times: a hundred seconds ago, and before that after 20, 30
    /// and 40 seconds.
    pub(super) fn record(&self, now_ms: u64) -> Record {
        let now_s = seconds(now_ms);
        Record {
            state: State::Active,
            generation: GENERATION,
            rotated_at_ms: now_ms.saturating_sub(100_000),
            gaps_s: [20, 30, 40],
            idle_end_s: now_s.saturating_add(86_400),
            end_s: now_s.saturating_add(LIFETIME_S),
            client: CLIENT,
            grant: GRANT,
            authenticated_s: now_s.saturating_sub(5_000),
            secret_hash: self.secret_hash,
            binding: None,
        }
    }

    /// The session as another store would have kept it.
    pub(super) fn kept(&self, record: Record) -> Kept {
        let (subject, who, session) = (self.subject, self.who.clone(), self.session);
        Kept { subject, who, epoch: 0, session, record, label: None }
    }

    /// Its token of a generation, presented by its own client.
    pub(super) fn rotate(&self, generation: u32, policy: RotationPolicy) -> Rotate {
        let (subject, session, notice) = (self.subject, self.session, self.notice);
        let secret_hash = self.secret_hash;
        let presented = Presented { generation, secret_hash, client: CLIENT, binding: None };
        Rotate { subject, session, presented, policy, notice }
    }

    pub(super) fn end(&self, state: State) -> Revoke {
        let target = Target::Session(self.subject, self.session);
        Revoke { target, state, notice: self.notice }
    }

    /// The end of all sessions of the subject.
    pub(super) fn end_all(&self, notice: Notice) -> Revoke {
        Revoke { target: Target::Subject(self.subject), state: State::Revoked, notice }
    }
}

/// What verifiers are told of something that nobody else names.
pub(super) fn notice() -> Result<Notice, Fault> {
    Ok(Notice::new(Fingerprint::from_u64(u64::from_be_bytes(random()?)), 930))
}

/// A name that nobody else has.
pub(super) fn name(of: &str) -> Result<String, Fault> {
    let number = u128::from_be_bytes(random()?);
    Ok(format!("{of} {number:032x}"))
}

/// Bytes that nobody else has.
pub(super) fn random<const N: usize>() -> Result<[u8; N], Fault> {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| RefreshTokenError::Random)?;
    Ok(bytes)
}

/// Whole seconds of milliseconds.
pub(super) fn seconds(now_ms: u64) -> u32 {
    u32::try_from(now_ms / 1000).unwrap_or(u32::MAX)
}

/// The generation of [`Login::record`].
pub(super) const GENERATION: u32 = 5;
pub(super) const CLIENT: u32 = 7;
pub(super) const GRANT: u32 = 9;
const LIFETIME_S: u32 = 30 * 86_400;
