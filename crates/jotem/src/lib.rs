//! JSON Web Tokens: typed keys, a fixed verification pipeline, refusals that say why.

#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod clock;
pub mod crypto;
pub mod dangerous;
mod encoding;
pub mod error;
pub mod jwa;
pub mod jwk;
pub mod jws;
pub mod jwt;
mod limits;
pub mod manual;
mod secret;
#[cfg(feature = "testing")]
pub mod testing;

// The paved path: what most programs need, by one name.
pub use clock::{Clock, SystemClock};
pub use error::{Error, ErrorKind, KeyError, Misuse, Rejection};
pub use jwa::Algorithm;
pub use jwk::{Jwk, KeySet, SigningKey, VerifyingKey};
pub use jwt::{
    Claims, ClaimsSet, Issuer, NumericDate, Unverified, Validation, Verified, Verifier, decode,
    decode_complete, encode, explain, unverified_claims, unverified_header,
};
pub use limits::Limits;
pub use secret::Secret;
