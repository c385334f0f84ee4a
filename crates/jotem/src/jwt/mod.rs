//! JSON Web Tokens (RFC 7519): a claims set, signed.
//!
//! | to | use |
//! |---|---|
//! | write tokens | [`Issuer`], and [`Claims`] for each |
//! | accept tokens | [`Verifier`], which gives a [`Verified`] or says why not |
//! | do either to many | [`Batch`], [`Verifier::verify_many`], [`Issuer::issue_many`] |
//! | find out why | [`Verifier::explain`], [`explain()`] |
//! | do it in one call | [`encode`], [`decode`], [`decode_complete`] |
//! | bind an ID token to an access token | [`token_hash`], [`Verified::check_access_token`] |
//! | look without trusting | [`unverified_header`], [`unverified_claims`] |

mod audience;
mod batch;
mod cache;
mod claims;
mod claims_set;
mod explain;
mod flatten;
mod issue;
mod numeric_date;
mod one_call;
mod outcome;
mod outermost;
mod outline;
mod payload;
mod pipeline;
mod proof;
mod registered;
mod token_hash;
mod validate;
mod verifier;

pub use audience::Audience;
pub use batch::Batch;
pub use cache::CacheState;
pub use claims::Claims;
pub use claims_set::ClaimsSet;
pub use explain::{Explanation, Step, StepReport, Verdict, explain};
pub use issue::{Issuer, IssuerBuilder, Unsigned};
pub use numeric_date::NumericDate;
pub use one_call::{decode, decode_complete, encode, unverified_claims, unverified_header};
pub use proof::{Unverified, Verified};
pub use token_hash::token_hash;
pub use validate::Validation;
pub use verifier::{Verifier, VerifierBuilder};

pub(crate) use numeric_date::DateFault;
