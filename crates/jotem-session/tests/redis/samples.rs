//! Subjects and sessions that nobody else has.

use jotem::Secret;
use jotem_session::refresh_token::{RefreshKeys, RefreshToken, SessionId, SubjectKey};
use jotem_session::revocation::Fingerprints;
use jotem_session::rotation::{Presented, RotationPolicy, State};
use jotem_session::store::{NewSession, Notice, Revoke, Rotate, Subject, Target};

/// Somebody's session, and what their refresh tokens have.
#[derive(Clone)]
pub struct Login {
    pub subject: SubjectKey,
    pub who: Subject,
    pub session: SessionId,
    pub secret_hash: [u8; 12],
    pub notice: Notice,
}

impl Login {
    /// A new session of somebody.
    pub fn of(who: &str) -> Self {
        let master = Secret::from(vec![7; 32]);
        let keys = RefreshKeys::derive(&master).expect("keys");
        let subject = keys.subject(None, who);
        let session = SessionId::generate(1_900_000_000).expect("random numbers");
        let token = RefreshToken::first(subject, session).expect("random numbers");
        let what = Fingerprints::derive(&master).expect("keys").session(&session);
        let (who, secret_hash) = (Subject::new(who), token.secret_hash());
        Self { subject, who, session, secret_hash, notice: Notice::new(what, 930) }
    }

    pub fn start(&self) -> NewSession {
        NewSession::new(self.subject, &self.who, self.session, self.secret_hash)
    }

    pub fn rotate(&self, generation: u32, policy: RotationPolicy) -> Rotate {
        let presented =
            Presented { generation, secret_hash: self.secret_hash, client: 0, binding: None };
        let (subject, session, notice) = (self.subject, self.session, self.notice);
        Rotate { subject, session, presented, policy, notice }
    }

    pub fn revoke(&self) -> Revoke {
        let target = Target::Session(self.subject, self.session);
        Revoke { target, state: State::LoggedOut, notice: self.notice }
    }

    pub fn revoke_all(&self) -> Revoke {
        let target = Target::Subject(self.subject);
        Revoke { target, state: State::Revoked, notice: self.notice }
    }

    /// The key of the subject's sessions.
    pub fn key(&self) -> Vec<u8> {
        [b"jotem:s:".as_slice(), self.subject.as_bytes()].concat()
    }
}
