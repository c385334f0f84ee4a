//! `aud` (RFC 7519 §4.1.3): one recipient, or several.

use super::registered::{AudienceText, Text};

/// The recipients that a verified or decoded token names.
///
/// # Examples
/// ```
/// # use jotem::{Algorithm, Claims, Issuer, SigningKey, Verifier};
/// # let key = SigningKey::generate(Algorithm::EdDsa)?;
/// # let issuer = Issuer::builder(key.clone()).lifetime(std::time::Duration::from_secs(60)).build()?;
/// let token = issuer.issue(&Claims::empty().audiences(["api", "web"]))?;
/// let verifier = Verifier::builder(key.verifying_key()).audience("api").build()?;
/// let verified = verifier.verify::<()>(&token)?;
/// assert!(verified.claims().audience().contains("web"));
/// assert_eq!(verified.claims().audience().iter().count(), 2);
/// # Ok::<(), jotem::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Audience<'c> {
    pub(super) payload: &'c str,
    pub(super) texts: &'c [Text],
}

impl<'c> Audience<'c> {
    pub(super) fn new(payload: &'c str, audience: Option<&'c AudienceText>) -> Self {
        let texts = match audience {
            None => &[],
            Some(AudienceText::One(text)) => std::slice::from_ref(text),
            Some(AudienceText::Many(texts)) => texts.as_slice(),
        };
        Self { payload, texts }
    }

    /// Returns the recipients in the token's order.
    pub fn iter(&self) -> impl Iterator<Item = &'c str> + use<'c> {
        let payload = self.payload;
        self.texts.iter().map(move |text| text.get(payload))
    }

    /// Returns whether one of the recipients is `audience`, compared whole and exactly.
    #[must_use]
    pub fn contains(&self, audience: &str) -> bool {
        self.texts.iter().any(|one| one.is(audience, self.payload))
    }

    /// Returns whether the token names no recipient.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }
}
