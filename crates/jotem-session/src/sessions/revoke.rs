//! Log out, and everything else that ends at once.

use jotem::jwt::Verified;

use super::access::Access;
use super::{SessionError, Sessions};
use crate::event::{Action, Event};
use crate::fork::Change;
use crate::refresh_token::{RefreshToken, SessionId};
use crate::revocation::{Fingerprint, Revocation};
use crate::rotation::State;
use crate::store::{NameKind, Revoke, Subject, Target};

impl Sessions {
    /// Revokes a token that somebody has in hand (RFC 7009): the session of a refresh token, or this
    /// one access token. Returns whether it was one of ours; one that is not, or has expired, is left
    /// alone, which is what the client wanted.
    ///
    /// # Errors
    /// [`SessionError::Store`].
    pub async fn revoke_token(&self, token: &str) -> Result<bool, SessionError> {
        self.revoke_token_of(token, None).await
    }

    /// Revokes a token as [`Self::revoke_token`] does, if it was issued to this client (RFC 7009 §2.1).
    /// Another client's is left alone.
    ///
    /// # Errors
    /// [`SessionError::Store`].
    pub async fn revoke_token_as(
        &self,
        token: &str,
        client_id: &str,
    ) -> Result<bool, SessionError> {
        self.revoke_token_of(token, Some(client_id)).await
    }

    async fn revoke_token_of(
        &self,
        token: &str,
        client: Option<&str>,
    ) -> Result<bool, SessionError> {
        let shared = &*self.0;
        if let Ok(token) = RefreshToken::read(token, &shared.keys) {
            return self.revoke_refresh(&token, client).await;
        }
        let Ok(access) = shared.authentic.verify::<Access>(token) else { return Ok(false) };
        if client.is_some_and(|client| client != access.custom().client_id) {
            return Ok(false);
        }
        self.revoke_access(&access).await
    }

    async fn revoke_refresh(
        &self,
        token: &RefreshToken,
        client: Option<&str>,
    ) -> Result<bool, SessionError> {
        let shared = &*self.0;
        let failed = |error| shared.store_failed(error);
        let kept = shared.store.find(token.subject(), token.session()).await.map_err(failed)?;
        // Its secret is compared: a MAC of ours over another session's secret ends nothing.
        let Some(kept) = kept.filter(|kept| kept.record.secret_hash == token.secret_hash()) else {
            return Ok(false);
        };
        if let Some(client) = client {
            let name = shared.store.name_of(NameKind::Client, kept.record.client).await;
            if name.map_err(failed)?.as_deref() != Some(client) {
                return Ok(false);
            }
        }
        self.end_session(&kept.who, token.session(), State::LoggedOut).await?;
        Ok(true)
    }

    async fn revoke_access(&self, token: &Verified<Access>) -> Result<bool, SessionError> {
        let shared = &*self.0;
        let Some(id) = token.claims().token_id() else { return Ok(false) };
        let mut event = shared.event(Action::RevokeToken).token_id(id);
        if let Some(subject) = token.claims().subject() {
            let tenant = token.custom().tenant.as_deref();
            let subject = Subject::new(subject);
            let subject = tenant.into_iter().fold(subject, Subject::tenant);
            event = event.subject(&subject);
        }
        self.publish(shared.fingerprints.token(id), event).await?;
        Ok(true)
    }

    /// Ends one session of a subject: log out. Its access tokens are refused from now on.
    ///
    /// # Errors
    /// [`SessionError::Store`].
    pub async fn revoke_session(
        &self,
        subject: impl Into<Subject>,
        session: SessionId,
    ) -> Result<(), SessionError> {
        self.end_session(&subject.into(), session, State::LoggedOut).await
    }

    /// Ends all sessions of a subject: log out everywhere, a new password, a disabled account. Returns
    /// how many lived. What the subject starts from now on holds.
    ///
    /// # Errors
    /// [`SessionError::Store`].
    pub async fn revoke_subject(&self, subject: impl Into<Subject>) -> Result<u32, SessionError> {
        let (shared, subject) = (&*self.0, subject.into());
        let print = shared.fingerprints.subject(subject.tenant_name(), subject.name());
        let target = Target::Subject(shared.subject_key(&subject));
        let event = shared.event(Action::RevokeSubject).subject(&subject);
        let ended = self.end(target, State::Revoked, print, event).await?;
        Ok(ended.unwrap_or_default())
    }

    /// Ends all sessions of a client, whoever's they are.
    ///
    /// # Errors
    /// [`SessionError::Store`].
    pub async fn revoke_client(&self, client_id: &str) -> Result<(), SessionError> {
        let shared = &*self.0;
        let event = shared.event(Action::RevokeClient).client(client_id);
        let target = Target::Client(client_id.to_owned());
        self.end(target, State::Revoked, shared.fingerprints.client(client_id), event).await?;
        Ok(())
    }

    /// Refuses all access tokens that a key signed, in every process that follows the store. The
    /// sessions live on, and get new ones. A key of a ring is removed from it: the announced one
    /// signs.
    ///
    /// # Errors
    /// [`SessionError::Store`], [`SessionError::Keys`].
    pub async fn revoke_key(&self, key_id: &str) -> Result<(), SessionError> {
        let shared = &*self.0;
        let event = shared.event(Action::RevokeKey).key_id(key_id);
        self.publish(shared.fingerprints.key(key_id), event).await?;
        let Some(ring) = shared.signer.ring().cloned() else { return Ok(()) };
        if let Some(follower) = shared.follower.get() {
            // Another program may have announced it a moment ago.
            follower.look_at_ring().await?;
        }
        let name = key_id.to_owned();
        let removed = Change::wait().await.run(move || ring.compromise(&name)).await;
        match removed.map_err(|error| SessionError::Claims { source: error.into() })? {
            Ok(_) => shared.record(&shared.event(Action::KeyCompromise).key_id(key_id)),
            // It was removed before, or is none of this ring's.
            Err(jotem_jwks::ring::RingError::KeyUnknown { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    async fn end_session(
        &self,
        subject: &Subject,
        session: SessionId,
        state: State,
    ) -> Result<(), SessionError> {
        let shared = &*self.0;
        let event = shared.event(Action::RevokeSession).subject(subject).session(session);
        let target = Target::Session(shared.subject_key(subject), session);
        self.end(target, state, shared.fingerprints.session(&session), event).await?;
        Ok(())
    }

    async fn end(
        &self,
        target: Target,
        state: State,
        what: Fingerprint,
        event: Event,
    ) -> Result<Option<u32>, SessionError> {
        let shared = &*self.0;
        let revoke = Revoke { target, state, notice: shared.notice(what) };
        let revoked = shared.store.revoke(&revoke).await;
        let revoked = revoked.map_err(|error| shared.store_failed(error))?;
        shared.apply_own(&[revoked.revocation]);
        shared.record(&event);
        Ok(revoked.sessions)
    }

    async fn publish(&self, what: Fingerprint, event: Event) -> Result<(), SessionError> {
        let shared = &*self.0;
        let told: Result<Vec<Revocation>, _> = shared.store.publish(&[shared.notice(what)]).await;
        shared.apply_own(&told.map_err(|error| shared.store_failed(error))?);
        shared.record(&event);
        Ok(())
    }
}
