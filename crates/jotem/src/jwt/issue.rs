//! Issuing tokens (RFC 7519 §7.1).

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use super::claims::Registered;
use super::{Claims, NumericDate};
use crate::clock::{Clock, SystemClock};
use crate::encoding::base64url;
use crate::error::{Error, ErrorKind, Misuse};
use crate::jwk::{Begun, SigningKey};
use crate::jws::HeaderTemplate;
use crate::limits::Limits;

/// Issues tokens with one key, one issuer name and one lifetime. Clones share everything.
///
/// (`Issuer` is this type; *issuer*, in lower case, is the claim `iss`.)
///
/// In the manual: [the first token](crate::manual::first_token).
///
/// # Examples
/// ```
/// use std::time::Duration;
/// use jotem::{Algorithm, Claims, Issuer, SigningKey};
///
/// let key = SigningKey::generate(Algorithm::Es256)?;
/// let issuer = Issuer::builder(key)
///     .issuer("https://auth.example")
///     .lifetime(Duration::from_secs(900))
///     .build()?;
/// let token = issuer.issue(&Claims::empty().subject("42").audience("api"))?;
/// assert_eq!(token.split('.').count(), 3);
/// # Ok::<(), jotem::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Issuer {
    settings: Arc<Settings>,
}

#[derive(Debug)]
struct Settings {
    /// The key, which has begun with what all tokens begin with.
    key: Begun,
    /// The encoded header: the same for every token.
    header: String,
    issuer: Option<String>,
    audience: Vec<String>,
    lifetime: Option<Duration>,
    token_ids: bool,
    clock: Arc<dyn Clock>,
    limits: Limits,
}

impl Issuer {
    /// Begins to build an issuer that signs with `key`.
    pub fn builder(key: SigningKey) -> IssuerBuilder {
        let mut header = HeaderTemplate::new(key.algorithm(), key.key_id());
        header.set_type("JWT");
        IssuerBuilder {
            key,
            header,
            misuse: None,
            issuer: None,
            audience: Vec::new(),
            lifetime: Lifetime::Unset,
            token_ids: false,
            clock: Arc::new(SystemClock),
            limits: Limits::default(),
        }
    }

    /// Issues a token: writes the claims, with `iss`, `iat` and `exp` as the issuer is set, and
    /// signs them.
    ///
    /// # Errors
    /// [`Misuse`] if the claims cannot be written, [`ErrorKind::Signing`] if the signer fails.
    pub fn issue<T: Serialize>(&self, claims: &Claims<T>) -> Result<String, Error> {
        let payload = self.payload(claims)?;
        let settings = &*self.settings;
        let room = settings.key.key().verifying_key_ref().signature_bytes().unwrap_or_default();
        let mut token = signing_input(&settings.header, &payload, room);
        let signature = settings.key.sign(token.as_bytes())?;
        complete(&mut token, signature.as_ref());
        settings.check_length(token.len())?;
        Ok(token)
    }

    /// Writes the claims without signing them: for a key that is asked over the network.
    ///
    /// # Errors
    /// [`Misuse`] if the claims cannot be written.
    ///
    /// # Examples
    /// ```
    /// use std::time::Duration;
    /// use jotem::{Algorithm, Claims, Issuer, SigningKey};
    /// # let in_the_kms = SigningKey::generate(Algorithm::Es256)?;
    /// # let public_key = in_the_kms.verifying_key();
    /// # let kms_sign = |input: &[u8]| in_the_kms.sign(input);
    ///
    /// let issuer = Issuer::builder(SigningKey::held_elsewhere(public_key))
    ///     .lifetime(Duration::from_secs(900))
    ///     .build()?;
    /// let unsigned = issuer.prepare(&Claims::empty().subject("42"))?;
    /// let signature = kms_sign(unsigned.signing_input())?;        // over the network, or .await
    /// let token = unsigned.attach(signature)?;                    // verified before it leaves
    /// # Ok::<(), jotem::Error>(())
    /// ```
    pub fn prepare<T: Serialize>(&self, claims: &Claims<T>) -> Result<Unsigned, Error> {
        let payload = self.payload(claims)?;
        let input = signing_input(&self.settings.header, &payload, 0);
        Ok(Unsigned { input, issuer: self.clone() })
    }

    /// Returns how long tokens live whose claims say nothing else; `None` if they never expire.
    #[must_use]
    pub fn lifetime(&self) -> Option<Duration> {
        self.settings.lifetime
    }

    /// Returns when a token with these claims would expire: what they say themselves, or `iat` plus
    /// the lifetime; `None` if never.
    ///
    /// # Examples
    /// ```
    /// use std::time::Duration;
    /// use jotem::{Algorithm, Claims, Issuer, NumericDate, SigningKey};
    ///
    /// let key = SigningKey::generate(Algorithm::Es256)?;
    /// let issuer = Issuer::builder(key).lifetime(Duration::from_secs(900)).build()?;
    /// let claims = Claims::empty().issued_at(NumericDate::from_secs(1_700_000_000));
    /// assert_eq!(issuer.expiry(&claims), Some(NumericDate::from_secs(1_700_000_900)));
    /// # Ok::<(), jotem::Error>(())
    /// ```
    #[must_use]
    pub fn expiry<T>(&self, claims: &Claims<T>) -> Option<NumericDate> {
        let issued_at = || claims.issued_at.unwrap_or_else(|| self.settings.clock.now().floor());
        let lifetime = || Some(issued_at().saturating_add(self.settings.lifetime?));
        claims.expires_at.or_else(lifetime)
    }

    fn payload<T: Serialize>(&self, claims: &Claims<T>) -> Result<Vec<u8>, Error> {
        let settings = &*self.settings;
        let issued_at = claims.issued_at.unwrap_or_else(|| settings.clock.now().floor());
        let lifetime = settings.lifetime.map(|lifetime| issued_at.saturating_add(lifetime));
        let random =
            if settings.token_ids && claims.token_id.is_none() { Some(token_id()?) } else { None };
        let audience = match &claims.audience {
            None => settings.audience.as_slice(),
            // It must not become the audience of the issuer, for whom it was not meant.
            Some(said) if is_nobody(said) => {
                return Err(Misuse::ExpectationEmpty { claim: "aud" }.into());
            }
            Some(said) => said,
        };
        let registered = Registered {
            issuer: claims.issuer.as_deref().or(settings.issuer.as_deref()),
            subject: claims.subject.as_deref(),
            audience,
            expires_at: claims.expires_at.or(lifetime),
            not_before: claims.not_before,
            issued_at: Some(issued_at),
            token_id: claims.token_id.as_deref().or(random.as_deref()),
        };
        Ok(registered.write(&claims.custom)?)
    }
}

impl Settings {
    /// Refuses to hand out a token that no verifier would accept.
    fn check_length(&self, bytes: usize) -> Result<(), Misuse> {
        let limit = self.limits.max_token_bytes();
        if bytes > limit { Err(Misuse::TokenTooLong { bytes, limit }) } else { Ok(()) }
    }
}

/// Makes a `jti` of 128 random bits.
#[cfg(feature = "aws-lc")]
fn token_id() -> Result<String, Error> {
    let mut bytes = [0; 16];
    crate::crypto::aws_lc::random(&mut bytes)?;
    Ok(base64url::encode(&bytes))
}

#[cfg(not(feature = "aws-lc"))]
fn token_id() -> Result<String, Error> {
    let reason = "no random numbers without the feature `aws-lc`";
    Err(crate::error::KeyError::Rejected { key_type: "oct", reason }.into())
}

/// Writes header, dot and payload, with room for a dot and a signature of `signature` bytes.
fn signing_input(header: &str, payload: &[u8], signature: usize) -> String {
    let capacity = header
        .len()
        .saturating_add(base64url::encoded_len(payload.len()))
        .saturating_add(base64url::encoded_len(signature))
        .saturating_add(2);
    let mut input = String::with_capacity(capacity);
    input.push_str(header);
    input.push('.');
    base64url::encode_append(payload, &mut input);
    input
}

/// Signs a payload under an encoded header.
pub(super) fn sign(header: &str, payload: &[u8], key: &SigningKey) -> Result<String, Error> {
    let room = key.verifying_key_ref().signature_bytes().unwrap_or_default();
    let mut token = signing_input(header, payload, room);
    let signature = key.sign(token.as_bytes())?;
    complete(&mut token, signature.as_ref());
    Ok(token)
}

fn complete(token: &mut String, signature: &[u8]) {
    token.push('.');
    base64url::encode_append(signature, token);
}

/// Returns what the signing inputs of an issuer begin with: the header, and the base64 of whole
/// groups of the payload's first bytes.
fn beginning(header: &str, issuer: Option<&str>) -> Result<String, Misuse> {
    let payload = Registered { issuer, ..Registered::default() }.write(&())?;
    let open = payload.strip_suffix(b"}").unwrap_or_default();
    let groups = open.len().saturating_sub(open.len() % 3);
    Ok(signing_input(header, open.get(..groups).unwrap_or_default(), 0))
}

/// A token that lacks its signature.
///
/// # Examples
/// See [`Issuer::prepare`].
#[derive(Debug, Clone)]
pub struct Unsigned {
    input: String,
    issuer: Issuer,
}

impl Unsigned {
    /// Returns what is to be signed: header, dot and payload (RFC 7515 §5.1), all ASCII.
    #[must_use]
    pub fn signing_input(&self) -> &[u8] {
        self.input.as_bytes()
    }

    /// Completes the token. The signature is verified under the issuer's public key first, so that
    /// a wrong key or a wrong form (DER for ECDSA) shows here and not at every verifier.
    ///
    /// # Errors
    /// [`ErrorKind::Signing`], with the [`Rejection`](crate::Rejection) as its source.
    pub fn attach(self, signature: impl AsRef<[u8]>) -> Result<String, Error> {
        let Self { input: mut token, issuer } = self;
        let settings = &*issuer.settings;
        let signature = signature.as_ref();
        let key = settings.key.key().verifying_key_ref();
        key.check(token.as_bytes(), signature)
            .map_err(|reason| ErrorKind::Signing(Box::new(reason)))?;
        complete(&mut token, signature);
        settings.check_length(token.len())?;
        Ok(token)
    }
}

/// Builds an [`Issuer`].
#[derive(Debug, Clone)]
#[must_use]
pub struct IssuerBuilder {
    key: SigningKey,
    header: HeaderTemplate,
    misuse: Option<Misuse>,
    issuer: Option<String>,
    audience: Vec<String>,
    lifetime: Lifetime,
    token_ids: bool,
    clock: Arc<dyn Clock>,
    limits: Limits,
}

#[derive(Debug, Clone, Copy)]
enum Lifetime {
    Unset,
    Never,
    Of(Duration),
}

impl IssuerBuilder {
    /// Signs with another key, and keeps everything else: for keys that rotate.
    ///
    /// # Examples
    /// ```
    /// use std::time::Duration;
    /// use jotem::{Algorithm, Claims, Issuer, SigningKey, unverified_header};
    ///
    /// let [old, new] = [(); 2].map(|()| SigningKey::generate(Algorithm::Es256));
    /// let [old, new] = [old?.with_key_id("2026-10"), new?.with_key_id("2026-11")];
    /// let settings = Issuer::builder(old).lifetime(Duration::from_secs(900)).token_type("at+jwt");
    /// let token = settings.key(new).build()?.issue(&Claims::empty())?;
    /// assert_eq!(unverified_header(&token)?.as_untrusted().key_id(), Some("2026-11"));
    /// # Ok::<(), jotem::Error>(())
    /// ```
    pub fn key(mut self, key: SigningKey) -> Self {
        self.header.set_key(key.algorithm(), key.key_id());
        self.key = key;
        self
    }

    /// Sets `iss` of every token.
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = Some(issuer.into());
        self
    }

    /// Sets `aud` of the tokens whose claims name none.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = vec![audience.into()];
        self
    }

    /// Sets how long tokens live: `exp` is `iat` plus this.
    pub const fn lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = Lifetime::Of(lifetime);
        self
    }

    /// Issues tokens without `exp`. Verifiers refuse them unless told otherwise
    /// ([`Validation::expiry_optional`](crate::Validation::expiry_optional)).
    pub const fn never_expires(mut self) -> Self {
        self.lifetime = Lifetime::Never;
        self
    }

    /// Sets `typ`, such as `at+jwt` (RFC 9068 §2.1), so that other kinds of tokens cannot be taken
    /// for these (RFC 8725 §3.11). `JWT` by default.
    pub fn token_type(mut self, token_type: impl Into<String>) -> Self {
        self.header.set_type(&token_type.into());
        self
    }

    /// Gives every token a random `jti` of 128 bits.
    pub const fn token_ids(mut self) -> Self {
        self.token_ids = true;
        self
    }

    /// Adds a header parameter. [`Self::build`] refuses those that the key and the engine write.
    pub fn header(mut self, name: &str, value: impl Into<Value>) -> Self {
        if let Err(misuse) = self.header.set(name, value.into()) {
            self.misuse.get_or_insert(misuse);
        }
        self
    }

    /// Sets the clock; the system's by default.
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Sets the limits that verifiers are known to have: longer tokens are not issued.
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Builds the issuer.
    ///
    /// # Errors
    /// [`Misuse::LifetimeMissing`] without [`Self::lifetime`], [`Misuse::ExpectationEmpty`] for an
    /// empty issuer, [`Misuse::HeaderReserved`], and [`Misuse::HeaderRefused`] for a header that no
    /// verifier would take.
    pub fn build(self) -> Result<Issuer, Error> {
        if let Some(misuse) = self.misuse {
            return Err(misuse.into());
        }
        if self.issuer.as_deref() == Some("") {
            return Err(Misuse::ExpectationEmpty { claim: "iss" }.into());
        }
        if self.audience.iter().any(String::is_empty) {
            return Err(Misuse::ExpectationEmpty { claim: "aud" }.into());
        }
        let lifetime = match self.lifetime {
            Lifetime::Unset => return Err(Misuse::LifetimeMissing.into()),
            Lifetime::Never => None,
            Lifetime::Of(lifetime) => Some(lifetime),
        };
        let header = self.header.encode_checked(&self.limits)?;
        let beginning = beginning(&header, self.issuer.as_deref())?;
        let settings = Settings {
            header,
            key: self.key.begin(beginning.as_bytes()),
            issuer: self.issuer,
            audience: self.audience,
            lifetime,
            token_ids: self.token_ids,
            clock: self.clock,
            limits: self.limits,
        };
        Ok(Issuer { settings: Arc::new(settings) })
    }
}

/// Whether a list of audiences that was given names none, or names one by nothing.
fn is_nobody(audiences: &[String]) -> bool {
    audiences.is_empty() || audiences.iter().any(String::is_empty)
}

/// Nothing of the issuer's own: the claims type writes everything.
pub(super) fn bare_payload<T: Serialize>(claims: &T) -> Result<Vec<u8>, Misuse> {
    Registered::default().write(claims)
}
