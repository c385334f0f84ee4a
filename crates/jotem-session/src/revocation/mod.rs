//! What a verifier knows of revocations: in memory, read without a lock, fed from outside.
//!
//! Verification never asks a store. Each verifier keeps a [`RevocationView`], which somebody feeds with
//! [`Revocation`]s; looking a token up costs one read of memory for each of its names. An entry
//! lives as long as the access tokens that it is about, so there are as many as were revoked in
//! the last quarter of an hour or so, and not as were ever issued.
//!
//! The view knows fingerprints, not names: 64 bits under a key, so that nobody who chooses a name can
//! choose one that collides with another's. Of a million entries one token in 10¹³ is refused by chance.

//!
//! A view has room for a million entries, or for as many as its program allows. Beyond them it does not
//! grow, and forgets nothing that still matters: it says that it does not know everything
//! ([`RevocationView::is_overfull`]), and is as good as one that has heard nothing until what it left
//! out is over. Whoever has to end so many tokens at once revokes a client instead, which is one entry,
//! or a key that signed them, which is one entry and ends everything.
//!
//! A verifier that starts, or one that has no store, takes a [snapshot](RevocationView::snapshot) of
//! another's view.

mod entries;
mod error;
mod fingerprint;
mod snapshot;
mod table;
mod view;

pub use error::RevocationError;
pub use fingerprint::{Fingerprint, Fingerprints};
pub use snapshot::SnapshotKey;
pub use view::RevocationView;

/// One revocation, as it travels to verifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revocation {
    what: Fingerprint,
    until_s: u32,
    epoch: Option<u32>,
}

impl Revocation {
    /// Revokes a token, a session or the tokens of a key, until the last of them has expired:
    /// leeway included (seconds since 1970).
    #[must_use]
    pub const fn of(what: Fingerprint, until_s: u32) -> Self {
        Self { what, until_s, epoch: None }
    }

    /// Revokes what a subject was given before: their tokens of an epoch below this one. What they
    /// get from now on has this epoch, and holds. Or what a client was given: its epoch is its number.
    #[must_use]
    pub const fn of_subject(what: Fingerprint, epoch: u32, until_s: u32) -> Self {
        Self { what, until_s, epoch: Some(epoch) }
    }

    /// Returns whose tokens are revoked.
    #[must_use]
    pub const fn what(&self) -> Fingerprint {
        self.what
    }

    /// Returns until when it matters: seconds since 1970.
    #[must_use]
    pub const fn until_s(&self) -> u32 {
        self.until_s
    }

    /// Returns the epoch below which a subject's tokens are revoked; absent if it is of no subject.
    #[must_use]
    pub const fn epoch(&self) -> Option<u32> {
        self.epoch
    }
}

/// What is asked of a token: every name under which it may have been revoked.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct Names {
    token: Option<Fingerprint>,
    session: Option<Fingerprint>,
    client: Option<(Fingerprint, u32)>,
    key: Option<Fingerprint>,
    subject: Option<(Fingerprint, u32)>,
}

impl Names {
    /// Names nothing.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Names the token, by its `jti`.
    #[must_use]
    pub const fn token(mut self, token: Fingerprint) -> Self {
        self.token = Some(token);
        self
    }

    /// Names the session, by its `sid`.
    #[must_use]
    pub const fn session(mut self, session: Fingerprint) -> Self {
        self.session = Some(session);
        self
    }

    /// Names the client, by its `client_id`, and the number that it had when the token was issued: it
    /// has a higher one after it was revoked.
    #[must_use]
    pub const fn client(mut self, client: Fingerprint, number: u32) -> Self {
        self.client = Some((client, number));
        self
    }

    /// Names the key that signed it, by its `kid`.
    #[must_use]
    pub const fn key(mut self, key: Fingerprint) -> Self {
        self.key = Some(key);
        self
    }

    /// Names the subject, and the epoch in which the token was issued.
    #[must_use]
    pub const fn subject(mut self, subject: Fingerprint, epoch: u32) -> Self {
        self.subject = Some((subject, epoch));
        self
    }
}

/// By which of its names a token is revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RevokedBy {
    /// The token itself.
    Token,
    /// Its session.
    Session,
    /// Its client.
    Client,
    /// The key that signed it.
    Key,
    /// Its subject, after it was issued.
    Subject,
}
