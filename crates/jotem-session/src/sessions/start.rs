//! Login: a session begins.

use std::borrow::Cow;
use std::time::Duration;

use jotem::error::{Excerpt, Misuse};
use jotem::{Claims, NumericDate};
use serde_json::{Map, Value};

use super::access::{Access, Confirmation, RESERVED, TokenPair};
use super::grant::{Grant, Granted};
use super::{SessionError, Sessions, Shared};
use crate::event::Action;
use crate::record::Record;
use crate::refresh_token::{RefreshToken, SessionId};
use crate::store::{NewSession, Subject};

impl Sessions {
    /// Begins a session, for a subject who has just proved who they are.
    ///
    /// If the subject has too many sessions, the least recently used end.
    ///
    /// # Errors
    /// [`SessionError`]: the store does not answer, the application refuses, the grant cannot be.
    ///
    /// # Examples
    /// See [`Sessions`].
    pub async fn start(
        &self,
        subject: impl Into<Subject>,
        grant: Grant,
    ) -> Result<TokenPair, SessionError> {
        let (shared, subject) = (&*self.0, subject.into());
        check(&subject, &grant)?;
        let claims = shared.claims_of(&subject, &grant).await?;
        let client = grant.client.as_deref().unwrap_or(&shared.default_client);
        let (session, token, new) = shared.new_session(&subject, &grant, client).await?;
        let started = shared.store.start(&new).await.map_err(|error| shared.store_failed(error))?;
        self.tell_displaced(&subject, &started.ended).await?;
        let event = shared.event(Action::SessionStart).subject(&subject).client(client);
        shared.record(&event.session(session).address(grant.address));
        let issue = Issue {
            subject: &subject,
            client,
            session,
            record: &started.record,
            epoch: started.epoch,
            granted: &grant.granted,
            bound_to: grant.bound_to.as_deref(),
            claims,
        };
        shared.pair(issue, &token, false)
    }

    /// Access tokens of sessions that ended for being too many hold no longer.
    async fn tell_displaced(
        &self,
        subject: &Subject,
        ended: &[SessionId],
    ) -> Result<(), SessionError> {
        if ended.is_empty() {
            return Ok(());
        }
        let shared = &*self.0;
        let print = |id: &SessionId| shared.notice(shared.fingerprints.session(id));
        let notices: Vec<_> = ended.iter().map(print).collect();
        let told = shared.store.publish(&notices).await;
        shared.apply_own(&told.map_err(|error| shared.store_failed(error))?);
        for id in ended {
            shared.record(&shared.event(Action::SessionDisplaced).subject(subject).session(*id));
        }
        Ok(())
    }
}

fn check(subject: &Subject, grant: &Grant) -> Result<(), SessionError> {
    let tenant = subject.tenant_name().map_or(0, str::len);
    let bytes = subject.name().len().saturating_add(tenant);
    // An empty tenant would have the sessions of those without one.
    if subject.name().is_empty() || subject.tenant_name() == Some("") || bytes > 1000 {
        return Err(SessionError::SubjectLength { bytes });
    }
    let bytes = grant.label.as_ref().map_or(0, String::len);
    if bytes > 256 {
        return Err(SessionError::LabelTooLong { bytes });
    }
    if grant.is_for_nobody {
        // Kept as none, it would stand for the sessions' own audience, which was not granted.
        return Err(jotem::Error::from(Misuse::ExpectationEmpty { claim: "aud" }).into());
    }
    let is_scope = |scope: &String| {
        let is_in = |byte: u8| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
        !scope.is_empty() && scope.bytes().all(is_in)
    };
    match grant.granted.scopes.iter().find(|scope| !is_scope(scope)) {
        Some(scope) => Err(SessionError::ScopeShape { scope: Excerpt::new(scope) }),
        None => Ok(()),
    }
}

/// The beginning of a key's thumbprint, as records have it.
pub(super) fn binding(thumbprint: Option<&str>) -> Result<Option<[u8; 12]>, SessionError> {
    let Some(text) = thumbprint else { return Ok(None) };
    let mut bytes = [0; 32];
    let decoded = <base64ct::Base64UrlUnpadded as base64ct::Encoding>::decode(text, &mut bytes);
    if !decoded.is_ok_and(|decoded| decoded.len() == 32) {
        return Err(SessionError::ThumbprintShape);
    }
    let mut binding = [0; 12];
    binding.iter_mut().zip(bytes).for_each(|(place, byte)| *place = byte);
    // A thumbprint that begins with twelve zeros is what a record has where there is none.
    if binding == [0; 12] { Err(SessionError::ThumbprintShape) } else { Ok(Some(binding)) }
}

/// What an access token is made of.
pub(super) struct Issue<'a> {
    pub(super) subject: &'a Subject,
    pub(super) client: &'a str,
    pub(super) session: SessionId,
    pub(super) record: &'a Record,
    pub(super) epoch: u32,
    pub(super) granted: &'a Granted,
    pub(super) bound_to: Option<&'a str>,
    pub(super) claims: Map<String, Value>,
}

impl Shared {
    async fn new_session(
        &self,
        subject: &Subject,
        grant: &Grant,
        client: &str,
    ) -> Result<(SessionId, RefreshToken, NewSession), SessionError> {
        let store = &*self.store;
        let failed = |error| self.store_failed(error);
        let key = self.subject_key(subject);
        let end_s = self.now().as_secs().saturating_add(self.policy.lifetime_s());
        let session = SessionId::generate(u32::try_from(end_s).unwrap_or(u32::MAX))?;
        let token = RefreshToken::first(key, session)?;
        let mut new = NewSession::new(key, subject, session, token.secret_hash());
        new.client =
            self.names.number_of_client(store, client, self.now()).await.map_err(failed)?;
        new.grant = self.names.number_of_grant(store, &grant.granted).await.map_err(failed)?;
        new.binding = binding(grant.bound_to.as_deref())?;
        let seconds = |date: NumericDate| u32::try_from(date.as_secs()).unwrap_or(u32::MAX);
        new.authenticated_s = grant.authenticated_at.map(seconds);
        new.policy = self.policy;
        new.label.clone_from(&grant.label);
        new.most = self.most_per_subject;
        new.expected_epoch = grant.expected_epoch;
        Ok((session, token, new))
    }

    /// Asks the application for its claims, and sees that they are its own.
    pub(super) async fn claims_of(
        &self,
        subject: &Subject,
        grant: &Grant,
    ) -> Result<Map<String, Value>, SessionError> {
        let Some(supply) = &self.claims else { return Ok(Map::new()) };
        let claims = supply(subject, grant).await?;
        match claims.keys().find(|name| RESERVED.contains(&name.as_str())) {
            Some(name) => Err(SessionError::ClaimReserved { name: Excerpt::new(name) }),
            None => Ok(claims),
        }
    }

    /// Makes the pair: no access token outlives its session.
    pub(super) fn pair(
        &self,
        issue: Issue<'_>,
        token: &RefreshToken,
        is_replay: bool,
    ) -> Result<TokenPair, SessionError> {
        // Whole seconds: a fraction helps nobody, and there are readers that refuse it.
        let now = self.now().floor();
        let date = |seconds: u32| NumericDate::from_secs(seconds.into());
        let expires_at = now.saturating_add(self.access_lifetime).min(date(issue.record.end_s));
        let audiences = match issue.granted.audiences.as_slice() {
            [] => Cow::Borrowed(&self.audiences),
            granted => Cow::Owned(granted.to_vec()),
        };
        let scope = issue.granted.scopes.join(" ");
        let claims = Claims::new(Access {
            client_id: issue.client.to_owned(),
            sid: issue.session.to_string(),
            sep: issue.epoch,
            cep: issue.record.client,
            auth_time: issue.record.authenticated_s,
            scope: (!scope.is_empty()).then(|| scope.clone()),
            acr: issue.granted.acr.clone(),
            amr: issue.granted.amr.clone(),
            tenant: issue.subject.tenant_name().map(str::to_owned),
            cnf: issue.bound_to.map(|key| Confirmation::new(key.to_owned())),
            custom: issue.claims,
        });
        let claims = claims.subject(issue.subject.name());
        let claims = if audiences.is_empty() { claims } else { claims.audiences(audiences.iter()) };
        let access = self.signer.issue(&claims.issued_at(now).expires_at(expires_at))?;
        let expires_in = Duration::from_secs(expires_at.saturating_since(now).as_secs());
        let refresh_expires_in = date(issue.record.idle_end_s).saturating_since(now);
        Ok(TokenPair {
            access,
            refresh: token.at(issue.record.generation).write(&self.keys),
            session: issue.session,
            expires_in,
            refresh_expires_in,
            scope,
            is_bound: issue.bound_to.is_some(),
            is_replay,
        })
    }
}
