//! Sessions: started, rotated, ended, found.

use fred::types::Value;

use super::Redis;
use super::answer::{Row, record, revocation, session_id, text};
use super::error::corrupt;
use super::script;
use crate::refresh_token::{SessionId, SubjectKey};
use crate::rotation::{Decision, RotationPolicy, State};
use crate::store::{
    Kept, Listed, NewSession, Revoke, Revoked, Rotate, Rotated, Started, StoreError, Subject,
    Target,
};

/// Up to how many bytes a value may have in a hash that is kept small.
const SMALL: usize = 64;

/// For how long more than its sessions live a subject is kept: two days, in milliseconds.
pub(super) const KEEP_MS: u64 = 2 * 86_400_000;

impl Redis {
    pub(super) async fn start_session(&self, new: &NewSession) -> Result<Started, StoreError> {
        let who = new.who.to_text();
        let keep_ms = new.policy.lifetime_s().saturating_mul(1000).saturating_add(KEEP_MS);
        // First, so that there is never a session without them. If the program dies in between, they
        // are forgotten in time.
        if let Some(label) = &new.label {
            self.keep_labels(new.subject, keep_ms, &[(new.session, label)]).await?;
        }
        let who = self.keep_who(new.subject, who, keep_ms).await?;
        let arguments = vec![bytes(new.session.as_bytes()), bytes(&numbers_of(new)), who.into()];
        let keys = vec![self.layout.sessions(new.subject)];
        let mut row = Row::new(self.connection.run(&script::START, keys, arguments).await?)?;
        let is_refused = row.integer()? != 0;
        let now_ms = row.clock()?;
        let epoch = number(row.integer()?)?;
        if is_refused {
            let expected = new.expected_epoch.unwrap_or_default();
            if new.label.is_some() {
                self.drop_labels(new.subject, &[new.session]).await?;
            }
            return Err(StoreError::EpochChanged { found: epoch, expected });
        }
        let record = row.record()?.ok_or_else(|| corrupt("a session without a record"))?;
        let ended = row.row()?.session_ids()?;
        let over = row.row()?.session_ids()?;
        let gone: Vec<SessionId> = ended.iter().chain(&over).copied().collect();
        // It was kept, and others were ended, whatever comes of this: whoever asked has to hear of it.
        // Labels that stay are forgotten in time.
        if !gone.is_empty()
            && let Err(error) = self.drop_labels(new.subject, &gone).await
        {
            tracing::warn!(%error, "labels of sessions that ended are forgotten later");
        }
        Ok(Started { record, epoch, ended, now_ms })
    }

    pub(super) async fn rotate_session(
        &self,
        rotate: &Rotate,
    ) -> Result<Option<Rotated>, StoreError> {
        let keys = self.layout.with_feed(self.layout.sessions(rotate.subject));
        let arguments = vec![bytes(rotate.session.as_bytes()), bytes(&numbers_of_rotation(rotate))];
        let mut row = Row::new(self.connection.run(&script::ROTATE, keys, arguments).await?)?;
        let code = row.integer()?;
        let now_ms = row.clock()?;
        if code == -1 {
            return Ok(None);
        }
        let record = row.record()?.ok_or_else(|| corrupt("a session without a record"))?;
        let decision = decision(code, record.state)?;
        let who = row.subject()?;
        let epoch = row.epoch()?;
        if let Some(told) = row.bytes() {
            let untold = (rotate.session.as_bytes().to_vec(), told);
            // It was decided, whatever comes of this; what fails here is completed later.
            if let Err(error) = self.tell(rotate.subject, vec![untold]).await {
                tracing::warn!(%error, "verifiers are told later that a session ended");
            }
        }
        let who = match who {
            Some(who) => who,
            None => self.long_name(rotate.subject).await?,
        };
        Ok(Some(Rotated { decision, record, who, epoch, now_ms }))
    }

    pub(super) async fn revoke_target(&self, revoke: &Revoke) -> Result<Revoked, StoreError> {
        match &revoke.target {
            Target::Session(subject, session) => {
                self.end_sessions(*subject, Some(*session), revoke).await
            }
            Target::Subject(subject) => self.end_sessions(*subject, None, revoke).await,
            Target::Client(name) => self.renew_client(name, &revoke.notice).await,
        }
    }

    async fn end_sessions(
        &self,
        subject: SubjectKey,
        session: Option<SessionId>,
        revoke: &Revoke,
    ) -> Result<Revoked, StoreError> {
        let keys = self.layout.with_feed(self.layout.sessions(subject));
        let session = session.map_or_else(Vec::new, |session| session.as_bytes().to_vec());
        let arguments = vec![
            bytes(&session),
            i64::from(revoke.state.number()).into(),
            bytes(&revoke.notice.what().as_u64().to_be_bytes()),
            i64::from(revoke.notice.keep_s()).into(),
        ];
        let answer = self.connection.run_replicated(&script::REVOKE, keys, arguments, self.copies);
        let mut row = Row::new(answer.await?)?;
        let ended = number(row.integer()?)?;
        let now_ms = row.clock()?;
        let epoch = row.value().as_i64().map(number).transpose()?;
        let told = row.bytes().ok_or_else(|| corrupt("a revocation without a notice"))?;
        let revocation = revocation(&told)?;
        debug_assert_eq!(
            revocation,
            revoke.notice.at(now_ms, epoch),
            "the script and the notice agree"
        );
        if self.layout.is_cluster() {
            self.tell(subject, vec![(session, told)]).await?;
        }
        Ok(Revoked { sessions: Some(ended), revocation })
    }

    pub(super) async fn find_session(
        &self,
        subject: SubjectKey,
        session: SessionId,
    ) -> Result<Option<Kept>, StoreError> {
        let keys = vec![self.layout.sessions(subject)];
        let arguments = vec![bytes(session.as_bytes())];
        let mut row = Row::new(self.connection.run(&script::SESSION, keys, arguments).await?)?;
        let _now_ms = row.clock()?;
        let Some(record) = row.record()? else { return Ok(None) };
        let who = row.subject()?;
        let epoch = row.epoch()?;
        let who = match who {
            Some(who) => who,
            None => self.long_name(subject).await?,
        };
        let label = self.labels(subject).await?.into_iter().find(|(id, _)| *id == session);
        let label = label.map(|(_, label)| label);
        Ok(Some(Kept { subject, who, epoch, session, record, label }))
    }

    pub(super) async fn list_sessions(&self, subject: SubjectKey) -> Result<Listed, StoreError> {
        let (now_ms, _, epoch, sessions) = self.sessions(subject).await?;
        Ok(Listed { epoch, sessions, now_ms })
    }

    /// Returns the clock, the name of the subject unless it is long, the epoch, and the sessions.
    pub(super) async fn sessions(
        &self,
        subject: SubjectKey,
    ) -> Result<
        (u64, Option<Subject>, u32, Vec<(SessionId, crate::record::Record, Option<String>)>),
        StoreError,
    > {
        let keys = vec![self.layout.sessions(subject)];
        let mut row = Row::new(self.connection.run(&script::SESSIONS, keys, Vec::new()).await?)?;
        let now_ms = row.clock()?;
        let who = row.subject()?;
        let epoch = row.epoch()?;
        let pairs = row.row()?.pairs()?;
        let mut labels = if pairs.is_empty() { Vec::new() } else { self.labels(subject).await? };
        let mut sessions = Vec::with_capacity(pairs.len());
        for (id, bytes) in pairs {
            let id = session_id(&id)?;
            let place = labels.iter().position(|(labelled, _)| *labelled == id);
            let label = place.map(|place| labels.swap_remove(place).1);
            sessions.push((id, record(&bytes)?, label));
        }
        sessions.sort_by_key(|(id, _, _)| *id);
        Ok((now_ms, who, epoch, sessions))
    }

    /// Keeps a long name in its own key. Returns what the hash of the sessions has: the name if it is
    /// short, and else nothing.
    pub(super) async fn keep_who(
        &self,
        subject: SubjectKey,
        who: String,
        keep_ms: u64,
    ) -> Result<String, StoreError> {
        if who.len() <= SMALL {
            return Ok(who);
        }
        let arguments = vec![milliseconds(keep_ms), who.into()];
        let keys = vec![self.layout.long_name(subject)];
        self.connection.run(&script::NAME, keys, arguments).await?;
        Ok(String::new())
    }

    pub(super) async fn long_name(&self, subject: SubjectKey) -> Result<Subject, StoreError> {
        let keys = vec![self.layout.long_name(subject)];
        let mut row = Row::new(self.connection.run(&script::NAME, keys, Vec::new()).await?)?;
        let _none = row.integer()?;
        row.subject()?.ok_or_else(|| corrupt("sessions of nobody"))
    }

    pub(super) async fn keep_labels(
        &self,
        subject: SubjectKey,
        keep_ms: u64,
        labels: &[(SessionId, &String)],
    ) -> Result<(), StoreError> {
        let pairs =
            labels.iter().flat_map(|(id, label)| [bytes(id.as_bytes()), label.as_str().into()]);
        let arguments = std::iter::once(milliseconds(keep_ms)).chain(pairs).collect();
        let keys = vec![self.layout.labels(subject)];
        self.connection.run(&script::LABELS, keys, arguments).await.map(drop)
    }

    async fn drop_labels(&self, subject: SubjectKey, of: &[SessionId]) -> Result<(), StoreError> {
        let arguments = of.iter().map(|id| bytes(id.as_bytes())).collect();
        let keys = vec![self.layout.labels(subject)];
        self.connection.run(&script::UNLABEL, keys, arguments).await.map(drop)
    }

    async fn labels(&self, subject: SubjectKey) -> Result<Vec<(SessionId, String)>, StoreError> {
        let keys = vec![self.layout.labels(subject)];
        let mut row = Row::new(self.connection.run(&script::LABELS, keys, Vec::new()).await?)?;
        let _none = row.integer()?;
        let pairs = row.row()?.pairs()?;
        pairs.into_iter().map(|(id, label)| Ok((session_id(&id)?, text(label)?))).collect()
    }
}

/// Returns the decision of a number that `rotate.lua` gives.
fn decision(code: i64, state: State) -> Result<Decision, StoreError> {
    Ok(match code {
        0 => Decision::Rotate,
        1 => Decision::Repair,
        2 => Decision::Replay,
        3 => Decision::Reuse,
        4 => Decision::Behind,
        5 => Decision::Dead(state),
        6 => Decision::Expired,
        7 => Decision::SecretMismatch,
        8 => Decision::ClientMismatch,
        9 => Decision::BindingMismatch,
        _ => return Err(corrupt("a decision that there is not")),
    })
}

/// Writes what `rotate.lua` reads: one text is faster to send and to take apart than twelve.
fn numbers_of_rotation(rotate: &Rotate) -> Vec<u8> {
    let (presented, policy) = (&rotate.presented, &rotate.policy);
    let mut packed = Vec::with_capacity(62);
    packed.extend(presented.generation.to_be_bytes());
    packed.extend(presented.client.to_be_bytes());
    for is_bound in [false, true] {
        let [_, _, window @ ..] = policy.window_ms(is_bound).min(LONGEST_WINDOW_MS).to_be_bytes();
        packed.extend(window);
    }
    packed.extend(seconds(policy.idle_s()));
    packed.extend(rotate.notice.keep_s().to_be_bytes());
    packed.extend([policy.depth(), u8::from(policy.repairs())]);
    packed.extend(presented.secret_hash);
    packed.extend(presented.binding.unwrap_or_default());
    packed.extend(rotate.notice.what().as_u64().to_be_bytes());
    packed
}

/// Writes what `start.lua` reads.
fn numbers_of(new: &NewSession) -> Vec<u8> {
    let policy: &RotationPolicy = &new.policy;
    let mut packed = Vec::with_capacity(54);
    packed.extend(seconds(policy.lifetime_s()));
    packed.extend(seconds(policy.idle_s()));
    packed.extend(new.client.to_be_bytes());
    packed.extend(new.grant.to_be_bytes());
    packed.extend(new.authenticated_s.unwrap_or_default().to_be_bytes());
    packed.push(u8::from(new.authenticated_s.is_some()));
    packed.extend(new.most.to_be_bytes());
    packed.extend(new.expected_epoch.unwrap_or_default().to_be_bytes());
    packed.push(u8::from(new.expected_epoch.is_some()));
    packed.extend(new.secret_hash);
    packed.extend(new.binding.unwrap_or_default());
    packed
}

/// The longest window that six bytes hold: thousands of years, in milliseconds.
const LONGEST_WINDOW_MS: u64 = (1 << 48) - 1;

fn seconds(seconds: u64) -> [u8; 4] {
    u32::try_from(seconds).unwrap_or(u32::MAX).to_be_bytes()
}

/// The server counts until when it keeps something; so it must not be for ever. A hundred years.
pub(super) fn milliseconds(ms: u64) -> Value {
    i64::try_from(ms.min(3_155_760_000_000)).unwrap_or_default().into()
}

pub(super) fn number(number: i64) -> Result<u32, StoreError> {
    u32::try_from(number).map_err(|_| corrupt("a number that is out of range"))
}

pub(super) fn bytes(bytes: &[u8]) -> Value {
    Value::Bytes(fred::bytes::Bytes::copy_from_slice(bytes))
}
