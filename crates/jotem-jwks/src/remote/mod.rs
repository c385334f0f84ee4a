//! Remote key sets: the published keys of issuers (RFC 7517 §5), fetched, kept and fetched again.
//!
//! [`JwksClient`] keeps them at hand. A [`Verifier`](jotem::Verifier) made of it reads them without a
//! lock and never waits; one thread of the client's own does all the fetching. It works in any async
//! executor and in none, and after a fork.
//!
//! # How long keys are good
//!
//! | age | what happens |
//! |---|---|
//! | up to 70–90 % of the soft age | they are served |
//! | then | they are served, and fetched again behind the readers' backs |
//! | past the soft age, up to the hard age | the same; while the issuer does not answer, one attempt each 10 to 30 s |
//! | past the hard age | [`KeysUnavailable`](jotem::Rejection::KeysUnavailable) |
//!
//! The soft age is what the server says (`Cache-Control`), brought between a minute and an hour; five
//! minutes if it says nothing. The hard age is two days. What that trusts the issuer and the network
//! with is said at [`JwksClient`].
//!
//! A fetched set replaces the one before it as a whole, so a key that its issuer withdrew is gone. A
//! set that is broken, or has no key that can verify, replaces nothing.
//!
//! # When a key is unknown
//!
//! [`JwksClient::verify`] sends a request for it, if the last one that a token caused is long enough
//! ago: 10 seconds after the first, 30 after the next. Attempts are counted, not successes. All who ask
//! meanwhile wait for the same request. A key that the fetched set did not have is not asked for again
//! for a minute, or until a set is loaded. Tokens with known keys wait for none of this.
//!
//! All this is for each source: an issuer or a key set, as the program named it. Two issuers whose keys
//! are at one URL are two sources, and there may be a request for each at the same time.
//!
//! # Where requests go
//!
//! To the URLs that the program named, over https (or http on this machine), and to the `jwks_uri` of
//! an issuer's metadata. A name is resolved, its addresses are checked, and the connection goes to an
//! address that was checked: one that an issuer named elsewhere than on its own host must be public.
//! No redirect is followed; no cookie, no proxy of the environment, no credentials of others are used.
//! TLS is by AWS-LC with the system's authorities and those that the program adds. It cannot be
//! turned off.
//!
//! An answer has at most 512 KiB and 100 keys, and comes within 5 seconds. Members of a set that
//! cannot be used are skipped: secrets and private keys among them, since what is published is neither.
//!
//! # Examples
//!
//! A server on this machine, as a test has it:
//!
//! ```
#![doc = include_str!("../../docs/loopback.rs")]
//! ```

mod address;
mod attempt;
mod builder;
mod client;
mod clock;
mod counters;
mod delivery;
mod discovery;
mod endpoint;
mod error;
mod event;
mod exchange;
mod freshness;
mod gate;
mod key_index;
mod process;
mod settings;
mod source;
mod status;
mod tls;

pub use builder::JwksClientBuilder;
pub use client::JwksClient;
pub use clock::{MonotonicClock, SystemMonotonicClock};
pub use counters::JwksCounters;
#[doc(hidden)]
pub use delivery::Delivery;
pub use error::RemoteError;
pub use event::{FetchReason, JwksEvent, SkipReason, UnknownKeyRefusal};
pub use status::SourceStatus;
