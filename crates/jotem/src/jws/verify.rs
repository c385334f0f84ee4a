//! Verifying a compact JWS of any payload (RFC 7515 §5.2): the pipeline up to the signature.

use super::fit::Claimed;
use super::header::Header;
use super::keys::Keys;
use super::selection::Selection;
use super::{crit, shape, signature};
use crate::encoding::base64url;
use crate::error::{Error, Rejection, Segment};
use crate::jwa::Algorithm;
use crate::limits::Limits;

/// How a JWS is verified.
///
/// In the manual: [payloads](crate::manual::payloads).
///
/// # Examples
/// See [`verify`].
#[derive(Debug, Clone, Default)]
pub struct Options<'p> {
    pub(super) detached: Option<&'p [u8]>,
    pub(super) unencoded: bool,
    pub(super) algorithms: Option<Vec<Algorithm>>,
    pub(super) try_keys: usize,
    pub(super) critical: Vec<String>,
    pub(super) limits: Limits,
}

impl<'p> Options<'p> {
    /// The payload is in the token, in base64url.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The payload is not in the token but here (RFC 7515 appendix F).
    #[must_use]
    pub const fn detached(mut self, payload: &'p [u8]) -> Self {
        self.detached = Some(payload);
        self
    }

    /// The payload is not in the token but here, and was signed as it is: `b64` must be `false`
    /// and critical (RFC 7797).
    #[must_use]
    pub const fn unencoded(mut self, payload: &'p [u8]) -> Self {
        self.detached = Some(payload);
        self.unencoded = true;
        self
    }

    /// The payload is in the JSON, as it was signed: `b64` must be `false` and critical (RFC 7797
    /// §5.3). The compact serialization never has its payload so.
    #[must_use]
    pub const fn unencoded_attached(mut self) -> Self {
        self.detached = None;
        self.unencoded = true;
        self
    }

    /// Narrows the allow-list to these algorithms, and pins the keys of a set that name none.
    #[must_use]
    pub fn algorithms(mut self, algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        self.algorithms = Some(algorithms.into_iter().collect());
        self
    }

    /// Tries up to `keys` keys where several could have signed; one by default.
    #[must_use]
    pub const fn try_keys(mut self, keys: usize) -> Self {
        self.try_keys = keys;
        self
    }

    /// Names critical extensions (RFC 7515 §4.1.11) that the application itself handles.
    #[must_use]
    pub fn critical(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.critical = names.into_iter().map(Into::into).collect();
        self
    }

    /// Sets the limits on size and shape.
    #[must_use]
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }
}

/// A JWS whose signature holds. Only [`verify`] and [`flattened::verify`](super::flattened::verify)
/// make one.
#[derive(Debug, Clone)]
pub struct Verified {
    header: Header,
    payload: Vec<u8>,
}

impl Verified {
    pub(super) const fn new(header: Header, payload: Vec<u8>) -> Self {
        Self { header, payload }
    }

    /// Returns the header, which the signature covers.
    #[must_use]
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// Returns the payload, which the signature covers.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// Takes the payload.
    #[must_use]
    pub fn into_payload(self) -> Vec<u8> {
        self.payload
    }
}

/// Verifies a compact JWS.
///
/// # Errors
/// [`Rejection`]: why it is refused; [`Misuse`](crate::Misuse) if keys and options do not go
/// together.
///
/// # Examples
/// ```
/// use jotem::{Algorithm, SigningKey, jws};
///
/// let key = SigningKey::generate(Algorithm::Hs256)?;
/// let mut token = jws::sign(b"pay 10", &key)?;
/// assert!(jws::verify(&token, key.verifying_key(), &jws::Options::new()).is_ok());
///
/// token.push('A');
/// let error = jws::verify(&token, key.verifying_key(), &jws::Options::new()).unwrap_err();
/// assert_eq!(error.code().as_str(), "jws_signature_length");
/// # Ok::<(), jotem::Error>(())
/// ```
pub fn verify(
    token: &str,
    keys: impl Into<Keys>,
    options: &Options<'_>,
) -> Result<Verified, Error> {
    let selection = Selection::new(keys.into(), options.algorithms.clone(), options.try_keys)?;
    Ok(run(token, &selection, options)?)
}

fn run(token: &str, selection: &Selection, options: &Options<'_>) -> Result<Verified, Rejection> {
    shape::size(token, &options.limits)?;
    let segments = shape::split(token, &options.limits)?;
    let header = Header::read(segments.header, &options.limits)?;
    crit::understand(&header, &options.critical)?;
    if header.is_unencoded() != options.unencoded {
        return Err(if options.unencoded {
            Rejection::PayloadEncoded
        } else {
            Rejection::UnencodedPayload
        });
    }
    // RFC 7797 §5.2 would let some payloads stand between the dots: too few to be worth the doubt.
    if options.unencoded && options.detached.is_none() {
        return Err(Rejection::UnencodedPayload);
    }
    let algorithm = selection.algorithm(&header)?;
    let candidates = selection.candidates(&header, algorithm, &|| Claimed::NoClaims)?;
    match (segments.payload.is_empty(), options.detached) {
        (false, Some(_)) => return Err(Rejection::PayloadAttached),
        (false, None) => {
            signature::check_token(&segments, segments.signing_input.as_bytes(), &candidates)?;
        }
        (true, detached) => {
            // An empty payload and a detached one look the same; without one at hand it is empty.
            let payload = detached.unwrap_or_default();
            let encoded = base64url::encode(payload);
            let payload = if options.unencoded { payload } else { encoded.as_bytes() };
            let mut message = segments.signing_input.as_bytes().to_vec();
            message.extend_from_slice(payload);
            signature::check_token(&segments, &message, &candidates).map_err(|reason| {
                match (reason, detached) {
                    (Rejection::SignatureMismatch { .. }, None) => Rejection::PayloadDetached,
                    (other, _) => other,
                }
            })?;
        }
    }
    let payload = match options.detached {
        Some(payload) => payload.to_vec(),
        None => base64url::decode(segments.payload.as_bytes())
            .map_err(|fault| shape::encoding(Segment::Payload, fault))?,
    };
    Ok(Verified { header, payload })
}
