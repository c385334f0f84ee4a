//! For the tests of applications (feature `testing`): a clock that stands still, an issuer of good
//! tokens, and tokens that are wrong in exactly one way, by name.
//!
//! In the manual: [testing](crate::manual::testing).
//!
//! # Examples
//! ```
//! use jotem::testing::{Forgery, TestIssuer};
//!
//! let issuer = TestIssuer::new()?;
//! let verifier = issuer.verifier()?;                     // or your own, with issuer.verifying_key()
//! assert!(verifier.verify::<()>(&issuer.token(&())?).is_ok());
//!
//! for forgery in Forgery::ALL {
//!     let error = verifier.verify::<()>(&issuer.forge(forgery)?).unwrap_err();
//!     assert_eq!(error.code(), forgery.code(), "{forgery:?}");
//! }
//! # Ok::<(), jotem::Error>(())
//! ```

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde::Serialize;

use crate::encoding::base64url;
use crate::error::{Code, Error};
use crate::jwt::{Claims, Issuer, NumericDate, Verifier};
use crate::{Algorithm, Clock, SigningKey, VerifyingKey};

/// A clock that stands still until it is moved. Clones show the same time.
///
/// # Examples
/// ```
/// use std::time::Duration;
/// use jotem::Clock;
/// use jotem::testing::FixedClock;
///
/// let clock = FixedClock::at(1_700_000_000);
/// clock.advance(Duration::from_secs(60));
/// assert_eq!(clock.now().as_secs(), 1_700_000_060);
/// ```
#[derive(Debug, Clone)]
pub struct FixedClock(Arc<AtomicU64>);

impl FixedClock {
    /// Stops the clock at a time, in seconds since 1970.
    #[must_use]
    pub fn at(seconds: u64) -> Self {
        Self(Arc::new(AtomicU64::new(seconds)))
    }

    /// Moves the clock on by whole seconds.
    pub fn advance(&self, duration: Duration) {
        self.0.fetch_add(duration.as_secs(), Ordering::Relaxed);
    }

    /// Sets the clock, forwards or back, in seconds since 1970.
    pub fn set(&self, seconds: u64) {
        self.0.store(seconds, Ordering::Relaxed);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> NumericDate {
        NumericDate::from_secs(self.0.load(Ordering::Relaxed))
    }
}

/// A token that is wrong in exactly one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Forgery {
    /// It expired an hour ago.
    Expired,
    /// It is valid in an hour.
    NotYetValid,
    /// It has no `exp`.
    NeverExpires,
    /// It was issued by somebody else.
    OtherIssuer,
    /// It is meant for somebody else.
    OtherAudience,
    /// It is signed with another key of the same algorithm and name.
    OtherKey,
    /// Its subject was changed after it was signed.
    AlteredClaims,
    /// Its signature was cut off, and its header says `none`.
    Unsecured,
}

impl Forgery {
    /// Every forgery.
    pub const ALL: [Self; 8] = [
        Self::Expired,
        Self::NotYetValid,
        Self::NeverExpires,
        Self::OtherIssuer,
        Self::OtherAudience,
        Self::OtherKey,
        Self::AlteredClaims,
        Self::Unsecured,
    ];

    /// Returns the reason for which a verifier refuses it.
    #[must_use]
    pub const fn code(self) -> Code {
        match self {
            Self::Expired => Code::Expired,
            Self::NotYetValid => Code::NotYetValid,
            Self::NeverExpires => Code::ClaimMissing,
            Self::OtherIssuer => Code::IssuerMismatch,
            Self::OtherAudience => Code::AudienceMismatch,
            Self::OtherKey | Self::AlteredClaims => Code::SignatureMismatch,
            Self::Unsecured => Code::AlgorithmNone,
        }
    }
}

/// Issues good and forged tokens under a key that it makes: ES256, `kid` "test".
///
/// # Examples
/// See the [module](self).
#[derive(Debug, Clone)]
pub struct TestIssuer {
    key: SigningKey,
    other: SigningKey,
    clock: FixedClock,
}

impl TestIssuer {
    /// The `iss` of its tokens.
    pub const ISSUER: &str = "https://issuer.test";

    /// The `aud` of its tokens.
    pub const AUDIENCE: &str = "https://audience.test";

    /// Makes an issuer with a new key and a clock that stands at 2023-11-14T22:13:20Z.
    ///
    /// # Errors
    /// As [`SigningKey::generate`].
    pub fn new() -> Result<Self, Error> {
        let key = || Ok::<_, Error>(SigningKey::generate(Algorithm::Es256)?.with_key_id("test"));
        Ok(Self { key: key()?, other: key()?, clock: FixedClock::at(1_700_000_000) })
    }

    /// Returns the key that its good tokens verify under.
    #[must_use]
    pub fn verifying_key(&self) -> VerifyingKey {
        self.key.verifying_key()
    }

    /// Returns its clock, for your own verifier, and to move time.
    #[must_use]
    pub fn clock(&self) -> FixedClock {
        self.clock.clone()
    }

    /// Returns a verifier that accepts its good tokens.
    ///
    /// # Errors
    /// None that is known; it is built like any other.
    pub fn verifier(&self) -> Result<Verifier, Error> {
        Verifier::builder(self.verifying_key())
            .issuer(Self::ISSUER)
            .audience(Self::AUDIENCE)
            .clock(self.clock())
            .build()
    }

    /// Issues a good token, valid for 15 minutes, about the subject "42".
    ///
    /// # Errors
    /// [`Misuse`](crate::Misuse) if the claims cannot be written.
    pub fn token<T: Serialize>(&self, custom: &T) -> Result<String, Error> {
        self.issue(&self.key, &Claims::new(custom))
    }

    /// Makes a token that is wrong in exactly one way.
    ///
    /// # Errors
    /// As [`Self::token`].
    pub fn forge(&self, forgery: Forgery) -> Result<String, Error> {
        let hour = Duration::from_secs(3600);
        let claims = Claims::empty();
        let now = self.clock.now();
        match forgery {
            Forgery::Expired => self.issue(&self.key, &claims.expires_at(now.saturating_sub(hour))),
            Forgery::NotYetValid => {
                self.issue(&self.key, &claims.not_before(now.saturating_add(hour)))
            }
            Forgery::NeverExpires => {
                let claims = claims.issuer(Self::ISSUER).audience(Self::AUDIENCE);
                self.issuer(&self.key).never_expires().build()?.issue(&claims)
            }
            Forgery::OtherIssuer => self.issue(&self.key, &claims.issuer("https://other.test")),
            Forgery::OtherAudience => self.issue(&self.key, &claims.audience("https://other.test")),
            Forgery::OtherKey => self.issue(&self.other, &claims),
            Forgery::AlteredClaims => self.splice(&claims, |good, bad| {
                let [header, _, signature] = good;
                let [_, payload, _] = bad;
                format!("{header}.{payload}.{signature}")
            }),
            Forgery::Unsecured => self.splice(&claims, |good, _| {
                let [_, payload, _] = good;
                let header = base64url::encode(br#"{"alg":"none","typ":"JWT"}"#);
                format!("{header}.{payload}.")
            }),
        }
    }

    fn issue<T: Serialize>(&self, key: &SigningKey, claims: &Claims<T>) -> Result<String, Error> {
        let issuer = self.issuer(key).lifetime(Duration::from_secs(900)).build()?;
        issuer.issue(&self.about(claims))
    }

    fn issuer(&self, key: &SigningKey) -> crate::jwt::IssuerBuilder {
        Issuer::builder(key.clone())
            .issuer(Self::ISSUER)
            .audience(Self::AUDIENCE)
            .clock(self.clock.clone())
    }

    fn about<'c, T>(&self, claims: &'c Claims<T>) -> Claims<&'c T> {
        let mut about = Claims::new(&claims.custom).subject("42");
        about.issuer.clone_from(&claims.issuer);
        about.audience.clone_from(&claims.audience);
        about.expires_at = claims.expires_at;
        about.not_before = claims.not_before;
        about
    }

    /// Puts a token together from the segments of a good one and of one about another subject.
    fn splice(
        &self,
        claims: &Claims,
        join: impl FnOnce([&str; 3], [&str; 3]) -> String,
    ) -> Result<String, Error> {
        let good = self.issue(&self.key, claims)?;
        let bad = self.token(&std::collections::BTreeMap::from([("role", "admin")]))?;
        let segments = |token: &'_ str| -> [String; 3] {
            let mut parts = token.splitn(3, '.').map(str::to_owned);
            std::array::from_fn(|_| parts.next().unwrap_or_default())
        };
        let (good, bad) = (segments(&good), segments(&bad));
        Ok(join(good.each_ref().map(String::as_str), bad.each_ref().map(String::as_str)))
    }
}
