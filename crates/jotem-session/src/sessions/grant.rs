//! What is granted at login, and who presents a refresh token.

use std::net::IpAddr;

use jotem::NumericDate;
use serde::{Deserialize, Serialize};

/// What a subject is granted at login. A refresh gives as much or less, never more.
///
/// # Examples
/// ```
/// use jotem_session::Grant;
///
/// let grant = Grant::new()
///     .client("web")
///     .scopes(["invoices", "profile"])
///     .amr(["pwd", "otp"])
///     .label("Firefox on Linux");
/// assert_eq!(grant.client_id(), Some("web"));
/// assert_eq!(grant.scope(), "invoices profile");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grant {
    pub(super) client: Option<String>,
    pub(super) granted: Granted,
    pub(super) authenticated_at: Option<NumericDate>,
    pub(super) bound_to: Option<String>,
    pub(super) label: Option<String>,
    pub(super) address: Option<IpAddr>,
    pub(super) expected_epoch: Option<u32>,
    /// Audiences were given, and none was among them, or one without a name.
    pub(super) is_for_nobody: bool,
}

/// The part of a grant that many sessions share. Stores keep its JSON once, under a number.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Granted {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) scopes: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) audiences: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) acr: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) amr: Vec<String>,
}

impl Granted {
    /// Writes it as stores keep it.
    pub(super) fn write(&self) -> String {
        // Texts and lists of texts are always JSON.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads what a store has kept.
    #[expect(clippy::disallowed_methods, reason = "a store of our own, not a token")]
    pub(super) fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

/// Texts in one order and each once: the same grant is the same JSON.
fn sorted(texts: impl IntoIterator<Item = impl Into<String>>) -> Vec<String> {
    let mut texts: Vec<String> = texts.into_iter().map(Into::into).collect();
    texts.sort_unstable();
    texts.dedup();
    texts
}

impl Grant {
    /// Grants nothing in particular, to the client that the sessions are made for.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Names the client (RFC 6749 §2.2). Only the same client may refresh.
    #[must_use]
    pub fn client(mut self, id: impl Into<String>) -> Self {
        self.client = Some(id.into());
        self
    }

    /// Grants scopes (RFC 6749 §3.3).
    #[must_use]
    pub fn scopes(mut self, scopes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.granted.scopes = sorted(scopes);
        self
    }

    /// Says for whom access tokens are (RFC 9068 §3), in place of the sessions' own audience. An empty
    /// list is nobody: no session is started with it.
    #[must_use]
    pub fn audiences(mut self, audiences: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.granted.audiences = sorted(audiences);
        let audiences = &self.granted.audiences;
        self.is_for_nobody = audiences.is_empty() || audiences.iter().any(String::is_empty);
        self
    }

    /// Says when the subject logged in, if that was not just now. No refresh changes it.
    #[must_use]
    pub const fn authenticated_at(mut self, date: NumericDate) -> Self {
        self.authenticated_at = Some(date);
        self
    }

    /// Says how sure one can be of who it is (OpenID Connect Core §2).
    #[must_use]
    pub fn acr(mut self, acr: impl Into<String>) -> Self {
        self.granted.acr = Some(acr.into());
        self
    }

    /// Says by what means the subject logged in (RFC 8176).
    #[must_use]
    pub fn amr(mut self, amr: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.granted.amr = sorted(amr);
        self
    }

    /// Binds the session to a key, by its RFC 7638 thumbprint (RFC 9449 §6): only who proves the key
    /// may refresh, and access tokens have the thumbprint in `cnf`.
    #[must_use]
    pub fn bound_to(mut self, thumbprint: impl Into<String>) -> Self {
        self.bound_to = Some(thumbprint.into());
        self
    }

    /// Says what a list of sessions shows of this one: a device, a place. At most 256 bytes.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Says from where it comes, for events; it is not kept.
    #[must_use]
    pub const fn address(mut self, address: IpAddr) -> Self {
        self.address = Some(address);
        self
    }

    /// Starts only if nothing of the subject was revoked since its epoch was seen: for a login that
    /// takes several steps. See [`Sessions::list`](super::Sessions::list).
    #[must_use]
    pub const fn expected_epoch(mut self, epoch: u32) -> Self {
        self.expected_epoch = Some(epoch);
        self
    }

    /// Returns the client; absent for the one that the sessions are made for.
    #[must_use]
    pub fn client_id(&self) -> Option<&str> {
        self.client.as_deref()
    }

    /// Returns the scopes as RFC 6749 §3.3 writes them: in one text, with spaces between.
    #[must_use]
    pub fn scope(&self) -> String {
        self.granted.scopes.join(" ")
    }

    /// Returns how sure one can be of who it is.
    #[must_use]
    pub fn acr_value(&self) -> Option<&str> {
        self.granted.acr.as_deref()
    }

    /// Returns by what means the subject logged in.
    #[must_use]
    pub fn amr_values(&self) -> &[String] {
        &self.granted.amr
    }

    /// Returns when the subject logged in; absent at a login that is just now.
    #[must_use]
    pub const fn login_time(&self) -> Option<NumericDate> {
        self.authenticated_at
    }

    /// Returns for whom access tokens are.
    #[must_use]
    pub fn audience_list(&self) -> &[String] {
        &self.granted.audiences
    }
}

/// Who presents a refresh token, and how much is asked for.
///
/// # Examples
/// ```
/// use jotem_session::Presenter;
///
/// let presenter = Presenter::new().client("web").scopes(["profile"]);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Presenter {
    pub(super) client: Option<String>,
    pub(super) proven: Option<String>,
    pub(super) scopes: Option<Vec<String>>,
    pub(super) audiences: Option<Vec<String>>,
    pub(super) address: Option<IpAddr>,
    pub(super) tenant: Option<String>,
}

impl Presenter {
    /// The client that the sessions are made for, with everything that was granted.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Names the client: one that was authenticated, or a public one (RFC 6749 §6).
    #[must_use]
    pub fn client(mut self, id: impl Into<String>) -> Self {
        self.client = Some(id.into());
        self
    }

    /// Names the key that the request proved (RFC 9449 §4.3), by its RFC 7638 thumbprint.
    #[must_use]
    pub fn proves(mut self, thumbprint: impl Into<String>) -> Self {
        self.proven = Some(thumbprint.into());
        self
    }

    /// Asks for some of the scopes only. The session keeps all of them.
    #[must_use]
    pub fn scopes(mut self, scopes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.scopes = Some(sorted(scopes));
        self
    }

    /// Asks for a token for some of the audiences only (RFC 8707 §2.2).
    #[must_use]
    pub fn audiences(mut self, audiences: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.audiences = Some(sorted(audiences));
        self
    }

    /// Expects a tenant: a session of another one, or of none, is refused as
    /// [`TenantMismatch`](super::SessionError::TenantMismatch), and its token stays good. It costs a
    /// look into the store, before the rotation.
    #[must_use]
    pub fn tenant(mut self, name: impl Into<String>) -> Self {
        self.tenant = Some(name.into());
        self
    }

    /// Says from where it comes, for events.
    #[must_use]
    pub const fn address(mut self, address: IpAddr) -> Self {
        self.address = Some(address);
        self
    }
}
