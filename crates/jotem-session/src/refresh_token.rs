//! The refresh token: 66 bytes, authenticated, and its successors without anything to keep.
//!
//! `jr1_` and base64url of
//!
//! | bytes | what |
//! |--:|---|
//! | 1 | the form: 1 |
//! | 1 | the number of the MAC key |
//! | 12 | where the subject's sessions are: a MAC of tenant and subject, so that it does not say who it is |
//! | 16 | the session: the day on which it ends (2), and random bytes (14) |
//! | 4 | the generation |
//! | 16 | a secret, the same in every generation; the store has the beginning of its SHA-256 |
//! | 16 | HMAC-SHA256 of all of this |
//!
//! The MAC lets garbage and forgeries go without asking the store, and makes every former token
//! recognizable for ever without anything being kept of it. The next token has the same bytes but for
//! the generation and the MAC: who retries gets the very same text. Neither the store's content nor
//! the MAC key alone makes a token, and both together do not: the secret is in no place but the token.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jotem::Secret;
use sha2::{Digest as _, Sha256};
use zeroize::{Zeroize as _, Zeroizing};

use crate::secrets;

/// Where the sessions of a subject are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SubjectKey([u8; 12]);

/// A session: the `sid` of its access tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId([u8; 16]);

/// A refresh token whose MAC held, or one that is made here.
pub struct RefreshToken {
    key_number: u8,
    subject: SubjectKey,
    session: SessionId,
    generation: u32,
    secret: Zeroizing<[u8; 16]>,
}

/// The keys of refresh tokens, derived from one master secret (HKDF-SHA256, RFC 5869).
///
/// # Security
/// Whoever has the master secret and the store can still make no token that was not made before: see
/// the [module](self). Who loses it loses every session.
///
/// # Examples
/// ```
/// use jotem::Secret;
/// use jotem_session::refresh_token::{RefreshKeys, RefreshToken, SessionId};
///
/// let keys = RefreshKeys::derive(&Secret::from(vec![7; 32]))?;
/// let session = SessionId::generate(1_797_897_600)?;
/// let token = RefreshToken::first(keys.subject(None, "42"), session)?;
/// let text = token.write(&keys);
/// assert!(text.starts_with("jr1_"));
///
/// let read = RefreshToken::read(&text, &keys)?;
/// assert_eq!((read.session(), read.generation()), (session, 1));
/// assert_eq!(*read.at(2).write(&keys), *token.at(2).write(&keys), "successors are the same");
///
/// let others = RefreshKeys::derive(&Secret::from(vec![8; 32]))?;
/// assert!(RefreshToken::read(&text, &others).is_err());
/// # Ok::<(), jotem_session::refresh_token::RefreshTokenError>(())
/// ```
pub struct RefreshKeys {
    mac: Hmac<Sha256>,
    index: Hmac<Sha256>,
}

/// Why a text is no refresh token of ours, or none could be made. A client is told `invalid_grant`
/// (RFC 6749 §5.2) whichever of the first five it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RefreshTokenError {
    /// It does not begin as one, or has another length.
    #[error("the text does not look like a refresh token")]
    Shape,
    /// It is not base64url.
    #[error("the refresh token is not base64url")]
    Encoding,
    /// A form that a later version may have.
    #[error("the refresh token has form {found}, which this version does not know")]
    Form {
        /// The number of the form.
        found: u8,
    },
    /// No MAC key has this number.
    #[error("the refresh token was made under key {found}, which is not known here")]
    KeyUnknown {
        /// The number of the key.
        found: u8,
    },
    /// The MAC does not hold: it was changed, or made elsewhere.
    #[error("the refresh token is not one of ours, or was changed")]
    Forged,
    /// The master secret is shorter than 32 bytes.
    #[error("a master secret of {bytes} bytes is shorter than 32")]
    MasterTooShort {
        /// How many it has.
        bytes: usize,
    },
    /// The system gave no random numbers.
    #[error("no random numbers could be had")]
    Random,
}

impl RefreshTokenError {
    /// Returns the stable identifier of the reason; `docs/errors.md` has a section for each.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Shape => "refresh_token_shape",
            Self::Encoding => "refresh_token_encoding",
            Self::Form { .. } => "refresh_token_form",
            Self::KeyUnknown { .. } => "refresh_token_key_unknown",
            Self::Forged => "refresh_token_forged",
            Self::MasterTooShort { .. } => "refresh_token_master_short",
            Self::Random => "refresh_token_random",
        }
    }

    /// Tells the developer what to do about it.
    #[must_use]
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::Shape => {
                "a refresh token begins with jr1_ and has 92 characters; this may be an access token"
            }
            Self::Encoding => "it was changed on its way, or is none",
            Self::Form { .. } => "a later version made it: use that version",
            Self::KeyUnknown { .. } => "a later version made it: use that version",
            Self::Forged => {
                "if many come, somebody is guessing; if all do, the master secret is another"
            }
            Self::MasterTooShort { .. } => "make it of 32 random bytes: openssl rand -base64 32",
            Self::Random => "the operating system has none to give: look at its log",
        }
    }
}

impl SubjectKey {
    /// Takes bytes that were kept.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 12]) -> Self {
        Self(bytes)
    }

    /// Returns the bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 12] {
        &self.0
    }
}

impl SessionId {
    /// Makes a new one for a session that ends at `end_s`, seconds since 1970.
    ///
    /// # Errors
    /// [`RefreshTokenError::Random`].
    pub fn generate(end_s: u32) -> Result<Self, RefreshTokenError> {
        // Until 2149; stores part their tables by it.
        let day = u16::try_from(end_s / 86_400).unwrap_or(u16::MAX);
        let mut id = random::<16>()?;
        id.iter_mut().zip(day.to_be_bytes()).for_each(|(place, byte)| *place = byte);
        Ok(Self(id))
    }

    /// Takes bytes that were kept.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Reads what access tokens have it as, the `sid`: base64url, 22 characters. Absent if it is none.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let mut bytes = [0; 16];
        let length = Base64UrlUnpadded::decode(text, &mut bytes).ok()?.len();
        (length == bytes.len()).then_some(Self(bytes))
    }

    /// Returns the bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Returns the day on which the session ends, since 1970.
    #[must_use]
    pub const fn last_day(&self) -> u16 {
        let [high, low, ..] = self.0;
        u16::from_be_bytes([high, low])
    }
}

impl std::fmt::Display for SessionId {
    /// Writes it as access tokens have it: base64url, 22 characters.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&Base64UrlUnpadded::encode_string(&self.0))
    }
}

impl RefreshKeys {
    /// Derives the keys.
    ///
    /// # Errors
    /// [`RefreshTokenError::MasterTooShort`].
    pub fn derive(master: &Secret) -> Result<Self, RefreshTokenError> {
        let key = |purpose: &[u8]| {
            let key = secrets::derive::<32>(master, purpose)?;
            Hmac::new_from_slice(&*key)
                .map_err(|_| RefreshTokenError::MasterTooShort { bytes: master.len() })
        };
        let mac = key(b"jotem refresh token MAC 1")?;
        let index = key(b"jotem subject index 1")?;
        Ok(Self { mac, index })
    }

    /// Returns where the sessions of a subject are, in a tenant if there are tenants.
    #[must_use]
    pub fn subject(&self, tenant: Option<&str>, subject: &str) -> SubjectKey {
        let tenant = tenant.unwrap_or_default();
        let mut mac = self.index.clone();
        // The length first: otherwise a tenant `a` with a subject `bc` were a tenant `ab` with `c`.
        mac.update(&u64::try_from(tenant.len()).unwrap_or(u64::MAX).to_be_bytes());
        mac.update(tenant.as_bytes());
        mac.update(subject.as_bytes());
        SubjectKey(first(&mac.finalize().into_bytes()))
    }

    fn mac(&self, body: &[u8]) -> Hmac<Sha256> {
        let mut mac = self.mac.clone();
        mac.update(PREFIX.as_bytes());
        mac.update(body);
        mac
    }
}

impl RefreshToken {
    /// Makes the first token of a session, with a new secret.
    ///
    /// # Errors
    /// [`RefreshTokenError::Random`].
    pub fn first(subject: SubjectKey, session: SessionId) -> Result<Self, RefreshTokenError> {
        let secret = Zeroizing::new(random()?);
        Ok(Self { key_number: KEY_NUMBER, subject, session, generation: 1, secret })
    }

    /// Reads a token, and sees that it is one of ours. It may have been exchanged long ago.
    ///
    /// # Errors
    /// [`RefreshTokenError`]: it is none.
    pub fn read(text: &str, keys: &RefreshKeys) -> Result<Self, RefreshTokenError> {
        let encoded = text.strip_prefix(PREFIX).ok_or(RefreshTokenError::Shape)?;
        if encoded.len() != ENCODED {
            return Err(RefreshTokenError::Shape);
        }
        let mut bytes = Zeroizing::new([0; BODY + MAC]);
        Base64UrlUnpadded::decode(encoded, &mut *bytes).map_err(|_| RefreshTokenError::Encoding)?;
        let (body, mac) = bytes.split_at(BODY);
        let [form, key_number, ..] = *bytes;
        if form != FORM {
            return Err(RefreshTokenError::Form { found: form });
        }
        if key_number != KEY_NUMBER {
            return Err(RefreshTokenError::KeyUnknown { found: key_number });
        }
        keys.mac(body).verify_truncated_left(mac).map_err(|_| RefreshTokenError::Forged)?;
        Self::of_body(body).ok_or(RefreshTokenError::Shape)
    }

    fn of_body(body: &[u8]) -> Option<Self> {
        let ([_, key_number], rest) = body.split_first_chunk()?;
        let (subject, rest) = rest.split_first_chunk()?;
        let (session, rest) = rest.split_first_chunk()?;
        let (generation, rest) = rest.split_first_chunk()?;
        Some(Self {
            key_number: *key_number,
            subject: SubjectKey(*subject),
            session: SessionId(*session),
            generation: u32::from_be_bytes(*generation),
            secret: Zeroizing::new(rest.try_into().ok()?),
        })
    }

    /// Writes the token.
    #[must_use]
    pub fn write(&self, keys: &RefreshKeys) -> Zeroizing<String> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(BODY + MAC));
        bytes.extend([FORM, self.key_number]);
        bytes.extend(self.subject.0);
        bytes.extend(self.session.0);
        bytes.extend(self.generation.to_be_bytes());
        bytes.extend(*self.secret);
        let mac = keys.mac(&bytes).finalize().into_bytes();
        bytes.extend(first::<MAC>(&mac));
        let mut encoded = Base64UrlUnpadded::encode_string(&bytes);
        let text = [PREFIX, &encoded].concat();
        encoded.zeroize();
        Zeroizing::new(text)
    }

    /// Returns the token of another generation of the same session.
    #[must_use]
    pub fn at(&self, generation: u32) -> Self {
        Self { generation, secret: self.secret.clone(), ..*self }
    }

    /// Returns where the sessions of its subject are.
    #[must_use]
    pub const fn subject(&self) -> SubjectKey {
        self.subject
    }

    /// Returns the session.
    #[must_use]
    pub const fn session(&self) -> SessionId {
        self.session
    }

    /// Returns the generation, from 1 on.
    #[must_use]
    pub const fn generation(&self) -> u32 {
        self.generation
    }

    /// Returns what the store compares: the beginning of the SHA-256 of the secret.
    #[must_use]
    pub fn secret_hash(&self) -> [u8; 12] {
        first(&Sha256::digest(*self.secret))
    }
}

impl std::fmt::Debug for RefreshToken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (session, generation) = (self.session, self.generation);
        write!(formatter, "RefreshToken(session {session}, generation {generation})")
    }
}

impl std::fmt::Debug for RefreshKeys {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("RefreshKeys")
    }
}

/// What secret scanners look for.
const PREFIX: &str = "jr1_";
const FORM: u8 = 1;
const KEY_NUMBER: u8 = 1;
const BODY: usize = 50;
const MAC: usize = 16;
const ENCODED: usize = 88;

fn first<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut taken = [0; N];
    taken.iter_mut().zip(bytes).for_each(|(place, byte)| *place = *byte);
    taken
}

fn random<const N: usize>() -> Result<[u8; N], RefreshTokenError> {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| RefreshTokenError::Random)?;
    Ok(bytes)
}
