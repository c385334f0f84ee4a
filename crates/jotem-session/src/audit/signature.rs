//! The signature of what is posted: the receiver knows who wrote it, and when.

use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use jotem::{NumericDate, Secret};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use super::error::AuditError;

/// The name of the header.
pub(super) const SIGNATURE: &str = "jotem-signature";

/// Signs what is posted.
pub(super) struct Signer(Hmac<Sha256>);

impl Signer {
    pub(super) fn new(secret: &Secret) -> Result<Self, AuditError> {
        let short = AuditError::WebhookSecret { bytes: secret.len() };
        if secret.len() < 32 {
            return Err(short);
        }
        Hmac::new_from_slice(secret.expose()).map(Self).map_err(|_| short)
    }

    /// Returns the value of the header.
    pub(super) fn sign(&self, now: NumericDate, body: &[u8]) -> String {
        let seconds = now.as_secs();
        let mut mac = self.0.clone();
        mac.update(format!("{seconds}.").as_bytes());
        mac.update(body);
        let bytes = mac.finalize().into_bytes();
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("t={seconds},v1={hex}")
    }
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Signer")
    }
}

/// Verifies what a webhook posted: for the one who receives it.
///
/// `header` is the value of `Jotem-Signature`: `t=SECONDS,v1=HEX`, where `HEX` is the HMAC-SHA256 of
/// `SECONDS`, a dot, and the body, under the secret. `tolerance` is how far the time may be from `now`: it
/// limits for how long a request that somebody has recorded can be sent again; within that, the `id` of
/// the body tells.
///
/// # Errors
/// [`AuditError::WebhookSecret`], [`AuditError::WebhookSignature`].
///
/// # Examples
/// ```
/// use std::time::Duration;
/// use jotem::{NumericDate, Secret};
/// use jotem_session::audit::verify_signature;
///
/// let (secret, now) = (Secret::from(vec![7; 32]), NumericDate::from_secs(1_795_305_600));
/// let header = "t=1795305600,v1=00";
/// let error = verify_signature(&secret, header, b"{}", now, Duration::from_secs(300)).unwrap_err();
/// assert_eq!(error.code(), "audit_webhook_signature");
/// # Ok::<(), jotem_session::audit::AuditError>(())
/// ```
pub fn verify_signature(
    secret: &Secret,
    header: &str,
    body: &[u8],
    now: NumericDate,
    tolerance: Duration,
) -> Result<(), AuditError> {
    let signer = Signer::new(secret)?;
    let time = header.strip_prefix("t=").and_then(|rest| rest.split(',').next());
    let seconds = time.and_then(|text| text.parse().ok()).ok_or(AuditError::WebhookSignature)?;
    let time = NumericDate::from_secs(seconds);
    let is_near = time.saturating_since(now).max(now.saturating_since(time)) <= tolerance;
    // The whole text is compared: it is written in one way only.
    let holds: bool = signer.sign(time, body).as_bytes().ct_eq(header.as_bytes()).into();
    if holds && is_near { Ok(()) } else { Err(AuditError::WebhookSignature) }
}
