//! Refresh: one token is exchanged for the next (RFC 6749 §6).

use std::sync::Arc;

use jotem::error::Excerpt;
use serde_json::{Map, Value};

use super::access::TokenPair;
use super::grant::{Grant, Granted, Presenter};
use super::start::{Issue, binding};
use super::{SessionError, Sessions, Shared};
use crate::event::{Action, Event};
use crate::record::Record;
use crate::refresh_token::RefreshToken;
use crate::rotation::{Decision, Presented};
use crate::store::{NameKind, Rotate, Rotated, Subject};

impl Sessions {
    /// Exchanges a refresh token for the next one, and an access token with everything that was
    /// granted. For the client that the sessions are made for.
    ///
    /// # Errors
    /// [`SessionError`]. Where [`SessionError::retry_after`] is present the token was not used up, or
    /// may be presented again all the same within the window of the policy.
    ///
    /// # Examples
    /// See [`Sessions`].
    pub async fn refresh(&self, refresh_token: &str) -> Result<TokenPair, SessionError> {
        self.refresh_as(refresh_token, &Presenter::new()).await
    }

    /// Exchanges a refresh token for the next one, presented by a certain client, under a certain key,
    /// for less than was granted.
    ///
    /// # Errors
    /// As [`Self::refresh`].
    ///
    /// # Examples
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use jotem::Secret;
    /// use jotem_session::{Grant, Presenter, Sessions};
    ///
    /// let sessions = Sessions::builder(Secret::from(vec![7; 32])).open().await?;
    /// let grant = Grant::new().client("web").scopes(["invoices", "profile"]);
    /// let pair = sessions.start("ada", grant).await?;
    ///
    /// let error = sessions.refresh(pair.refresh_token()).await.unwrap_err();
    /// assert_eq!(error.code(), "session_client_mismatch");
    ///
    /// let web = Presenter::new().client("web").scopes(["profile"]);
    /// let less = sessions.refresh_as(pair.refresh_token(), &web).await?;
    /// assert_eq!(less.scope(), "profile");
    /// # Ok(())
    /// # }
    /// ```
    pub async fn refresh_as(
        &self,
        refresh_token: &str,
        presenter: &Presenter,
    ) -> Result<TokenPair, SessionError> {
        let shared = &*self.0;
        let token = match RefreshToken::read(refresh_token, &shared.keys) {
            Ok(token) => token,
            Err(error) => {
                let event = shared.event(Action::RefreshRefused).reason(error.code());
                shared.record(&event.address(presenter.address));
                return Err(error.into());
            }
        };
        let client = presenter.client.as_deref().unwrap_or(&shared.default_client);
        let refused = |error: SessionError| {
            let event = shared.event(Action::RefreshRefused).client(client).reason(error.code());
            shared.record(&event.session(token.session()).address(presenter.address));
            error
        };
        let prepared = shared.prepare(&token, client, presenter).await.map_err(refused)?;
        let rotate = shared.rotate(&token, client, presenter, &prepared)?;
        let rotated = shared.exchange(rotate, client, &prepared).await?;
        let rotated = rotated.ok_or(SessionError::Unknown).map_err(refused)?;
        shared.tell(&rotated, &token, client, presenter);
        judge(rotated.decision)?;
        let granted = shared.granted(&rotated.record, presenter).await?;
        let issue = Issue {
            subject: &rotated.who,
            client,
            session: token.session(),
            record: &rotated.record,
            epoch: rotated.epoch,
            granted: &granted,
            bound_to: rotated.record.binding.and(presenter.proven.as_deref()),
            claims: prepared.claims,
        };
        shared.pair(issue, &token, rotated.decision == Decision::Replay)
    }
}

/// What is known before the token is used up.
#[derive(Default)]
struct Prepared {
    /// The client's number in the session, if the store had to be asked for it.
    client: Option<u32>,
    claims: Map<String, Value>,
}

/// Sees whether there is a pair to be had.
const fn judge(decision: Decision) -> Result<(), SessionError> {
    Err(match decision {
        Decision::Rotate | Decision::Repair | Decision::Replay => return Ok(()),
        Decision::Reuse => SessionError::Reuse,
        Decision::Behind => SessionError::Behind,
        Decision::Dead(state) => SessionError::Ended { state },
        Decision::Expired => SessionError::Expired,
        Decision::SecretMismatch => SessionError::SecretMismatch,
        Decision::ClientMismatch => SessionError::ClientMismatch,
        Decision::BindingMismatch => SessionError::BindingMismatch,
    })
}

impl Shared {
    /// Finds out what must be known before the token is used up: whether it is of the tenant, whether
    /// more is asked for than was granted, and the application's claims. Mostly that is nothing, and the
    /// store is not asked.
    async fn prepare(
        &self,
        token: &RefreshToken,
        client: &str,
        presenter: &Presenter,
    ) -> Result<Prepared, SessionError> {
        let is_narrower = presenter.scopes.is_some() || presenter.audiences.is_some();
        let looks = is_narrower || presenter.tenant.is_some() || self.claims.is_some();
        if !looks && self.known_client(client).is_some() {
            return Ok(Prepared::default());
        }
        let changes = self.names.changes();
        let failed = |error| self.store_failed(error);
        let kept = self.store.find(token.subject(), token.session()).await.map_err(failed)?;
        let kept = kept.ok_or(SessionError::Unknown)?;
        // A name is not given a number for being presented: anybody can present any.
        let known = self.store.name_of(NameKind::Client, kept.record.client).await;
        if known.map_err(failed)?.as_deref() != Some(client) {
            return Err(SessionError::ClientMismatch);
        }
        self.names.learn_client(client, kept.record.client, changes, self.now());
        if presenter.tenant.is_some() && presenter.tenant.as_deref() != kept.who.tenant_name() {
            return Err(SessionError::TenantMismatch);
        }
        let mut prepared = Prepared { client: Some(kept.record.client), ..Prepared::default() };
        // Whose token this is may be somebody who is not entitled: the rotation says so.
        let is_sound = kept.record.secret_hash == token.secret_hash();
        if is_sound && kept.record.state == crate::rotation::State::Active {
            let granted = self.granted(&kept.record, presenter).await?;
            prepared.claims = self.claims_again(&kept.who, client, &kept.record, &granted).await?;
        }
        Ok(prepared)
    }

    /// Asks for the application's claims as at login, with what was granted then.
    async fn claims_again(
        &self,
        subject: &Subject,
        client: &str,
        record: &Record,
        granted: &Granted,
    ) -> Result<Map<String, Value>, SessionError> {
        let mut grant = Grant::new().client(client);
        grant.granted = granted.clone();
        let date = jotem::NumericDate::from_secs(record.authenticated_s.into());
        self.claims_of(subject, &grant.authenticated_at(date)).await
    }

    fn rotate(
        &self,
        token: &RefreshToken,
        client: &str,
        presenter: &Presenter,
        prepared: &Prepared,
    ) -> Result<Rotate, SessionError> {
        let number = prepared.client.or_else(|| self.known_client(client));
        let presented = Presented {
            generation: token.generation(),
            secret_hash: token.secret_hash(),
            // Revoked a moment ago; no session has this number.
            client: number.unwrap_or_default(),
            binding: binding(presenter.proven.as_deref())?,
        };
        Ok(Rotate {
            subject: token.subject(),
            session: token.session(),
            presented,
            policy: self.policy,
            notice: self.notice(self.fingerprints.session(&token.session())),
        })
    }

    /// Asks the store for the rotation. What is remembered of a client may be what a store said that has
    /// lost it since: a number that is another one is looked up before anybody is refused for it.
    async fn exchange(
        &self,
        mut rotate: Rotate,
        client: &str,
        prepared: &Prepared,
    ) -> Result<Option<Rotated>, SessionError> {
        let failed = |error| self.store_failed(error);
        let rotated = self.store.rotate(&rotate).await.map_err(failed)?;
        let Some(first) = &rotated else { return Ok(None) };
        if first.decision != Decision::ClientMismatch || prepared.client.is_some() {
            return Ok(rotated);
        }
        let (number, changes) = (first.record.client, self.names.changes());
        let named = self.store.name_of(NameKind::Client, number).await.map_err(failed)?;
        if named.as_deref() != Some(client) {
            return Ok(rotated);
        }
        self.names.learn_client(client, number, changes, self.now());
        rotate.presented.client = number;
        self.store.rotate(&rotate).await.map_err(failed)
    }

    fn known_client(&self, client: &str) -> Option<u32> {
        self.names.known_client(client, self.now())
    }

    /// Returns what is granted now: what was at login, or the part of it that is asked for.
    async fn granted(
        &self,
        record: &Record,
        presenter: &Presenter,
    ) -> Result<Arc<Granted>, SessionError> {
        let granted = self.names.grant(&*self.store, record.grant).await;
        let granted = granted.map_err(|error| self.store_failed(error))?;
        if presenter.scopes.is_none() && presenter.audiences.is_none() {
            return Ok(granted);
        }
        let mut less = (*granted).clone();
        if let Some(scopes) = &presenter.scopes {
            if let Some(scope) = scopes.iter().find(|scope| !granted.scopes.contains(scope)) {
                return Err(SessionError::ScopeExceeded { scope: Excerpt::new(scope) });
            }
            less.scopes.clone_from(scopes);
        }
        if let Some(audiences) = &presenter.audiences {
            let all =
                if granted.audiences.is_empty() { &self.audiences } else { &granted.audiences };
            if let Some(audience) = audiences.iter().find(|audience| !all.contains(audience)) {
                return Err(SessionError::AudienceExceeded { audience: Excerpt::new(audience) });
            }
            // Who asks for none gets those that were granted: a token without is for the default ones.
            if !audiences.is_empty() {
                less.audiences.clone_from(audiences);
            }
        }
        Ok(Arc::new(less))
    }

    /// Tells of what was decided, and takes the end of a session in at once.
    fn tell(&self, rotated: &Rotated, token: &RefreshToken, client: &str, presenter: &Presenter) {
        let action = match rotated.decision {
            Decision::Rotate => Action::RefreshRotated,
            Decision::Repair => Action::RefreshRepaired,
            Decision::Replay => Action::RefreshReplayed,
            Decision::Reuse => Action::RefreshReuse,
            Decision::Behind => Action::RefreshBehind,
            Decision::Dead(_)
            | Decision::Expired
            | Decision::SecretMismatch
            | Decision::ClientMismatch
            | Decision::BindingMismatch => Action::RefreshRefused,
        };
        if rotated.decision.ends_session() {
            let notice = self.notice(self.fingerprints.session(&token.session()));
            self.apply_own(&[notice.at(rotated.now_ms, None)]);
        }
        let event: Event = self.event(action).subject(&rotated.who).client(client);
        let event = event.session(token.session()).address(presenter.address);
        let event = match judge(rotated.decision) {
            Ok(()) => event,
            Err(error) => event.reason(error.code()),
        };
        self.record(&event.detail(&describe(rotated, token)));
    }
}

/// What helps to see what happened: generations, and no token.
fn describe(rotated: &Rotated, token: &RefreshToken) -> String {
    format!("generation {} presented, {} current", token.generation(), rotated.record.generation)
}
