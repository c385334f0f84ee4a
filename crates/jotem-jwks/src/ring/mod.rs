//! Key rings: key pairs that follow one another, announced before they sign, and published until the
//! last token that they signed has expired.
//!
//! ```
//! use jotem::{Algorithm, Claims, Verifier};
//! use jotem_jwks::ring::KeyRing;
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("ring.json");
//!
//! // Once, for example with `jotem ring create ring.json --alg ES256`.
//! KeyRing::builder(Algorithm::Es256).create_file(&path, "a long password")?;
//!
//! // In every process that signs.
//! let ring = KeyRing::open_file(&path, "a long password")?;
//! let issuer = ring.issuer(|issuer| issuer.issuer("https://auth.example").audience("api"))?;
//! let token = issuer.issue(&Claims::empty().subject("42"))?;
//!
//! // In those that verify beside it.
//! let verifier = Verifier::builder(&ring).issuer("https://auth.example").audience("api").build()?;
//! assert_eq!(verifier.verify::<()>(&token)?.claims().subject(), Some("42"));
//!
//! // For all others: GET /.well-known/jwks.json
//! let publication = ring.publication()?;
//! assert!(publication.body().starts_with("{\"keys\":["));
//!
//! // In one process, now and then: what is due is done.
//! let done = ring.maintain()?;
//! assert!(done.rotation.is_none(), "in thirty days");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The life of a key
//!
//! ```text
//! announced ───────────▶ active ───────────▶ retiring ───────────▶ removed
//!   at least                for                 for
//!   announce_for            rotate_every        retire_for
//! ```
//!
//! [`KeyState`] says what a key does in each state, [`Timers`] how long each lasts and why: the times
//! are computed from how long tokens live and how long the published set is kept by others, and
//! settings that do not fit each other are refused. So a rotation refuses no token: every verifier
//! knows the key before it signs, and still has it when the last token of it expires.
//!
//! One key is always active, and one more announced. A key's name, its `kid`, is its RFC 7638
//! thumbprint: no name is ever used for another key.
//!
//! # When what happens
//!
//! - A **rotation** happens when [`KeyRing::maintain`], [`KeyRing::rotate`] or the command `jotem ring
//!   rotate` is called. A ring that nobody maintains goes on signing with the key it has.
//! - A **removal** needs nobody: a key past its time verifies nothing and is not published, whether
//!   or not it is still kept.
//! - A **compromise** ([`KeyRing::compromise`]) removes a key at once.
//! - The same process sees a change at its next call, and another one within a second of use.
//! - A ring whose file is gone or damaged goes on with the last good state, never with an empty one;
//!   [`KeyRing::last_error`] says what is wrong. A file that holds an older state than the ring knows
//!   is refused: it may bring removed keys back.
//!
//! # Where it is kept
//!
//! In a file ([`FileStore`]), or in whatever else can compare and swap ([`RingStore`]). It is JSON:
//! dates, durations, public JWKs, and private keys as PKCS#8 under the password
//! (`ENCRYPTED PRIVATE KEY`), which any tool opens:
//!
//! ```text
//! jq -r '.keys[0].private' ring.json | openssl pkey -noout -text
//! ```
//!
//! What publishes the keys needs no password: [`KeyRing::open_public_file`].
//!
//! # Security
//!
//! The password protects the private keys of whoever can read the file. Dates and public keys are not
//! protected from whoever can write it: that would be a verifier's keys for anybody who can write
//! them, and is why a file that others may write is refused.

mod builder;
mod document;
mod error;
mod file;
mod issuer;
mod key_ring;
mod looks;
mod publication;
mod record;
mod resolver;
mod snapshot;
mod state;
mod store;
mod timers;

pub use builder::RingBuilder;
pub use error::RingError;
pub use file::FileStore;
pub use issuer::RingIssuer;
pub use key_ring::KeyRing;
pub use publication::Publication;
pub use record::{Compromise, Maintenance, Rotation};
pub use state::{KeyState, RingKey};
pub use store::{RingStore, StoredRing};
pub use timers::Timers;
