//! How a key fits what a token says of its key: algorithm, `kid`, certificate, and whose it claims to
//! be.

use crate::jwa::Algorithm;
use crate::jwk::VerifyingKey;

/// What a token says of its key. Nobody vouches for any of it.
#[derive(Clone, Copy)]
pub(super) struct Asked<'h> {
    pub(super) algorithm: Algorithm,
    pub(super) key_id: Option<&'h str>,
    pub(super) certificate: Option<&'h str>,
    pub(super) owner: Owner<'h>,
}

/// Whose keys fit.
#[derive(Clone, Copy)]
pub(super) enum Owner<'h> {
    /// Everybody's.
    Anybody,
    /// Those that are bound to this issuer, and those that are bound to none.
    Issuer(&'h str),
    /// Those that are bound to none.
    Nobody,
}

/// The `iss` of a token that is not verified yet: it is compared with the owners of keys, to leave out
/// those that could not verify this token, and it leads nowhere else.
pub(crate) enum Claimed {
    /// The token names this issuer.
    Issuer(String),
    /// It names none.
    Nobody,
    /// There are no claims, or none that can be read.
    NoClaims,
}

impl Claimed {
    /// Returns whose keys fit, if this says it.
    pub(super) fn owner(&self) -> Option<Owner<'_>> {
        match self {
            Self::Issuer(issuer) => Some(Owner::Issuer(issuer)),
            Self::Nobody => Some(Owner::Nobody),
            Self::NoClaims => None,
        }
    }
}

/// How a key of the token's algorithm fits its `kid`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    /// It has this name.
    Named,
    /// One of the two has no name.
    Open,
}

/// How many keys fit, and how.
#[derive(Clone, Copy, Default)]
pub(super) struct Tally {
    named: usize,
    open: usize,
}

impl Tally {
    /// Returns how a key must fit, and how many do: if some have the token's name, it is one of them.
    pub(super) const fn best(self) -> (Fit, usize) {
        if self.named > 0 { (Fit::Named, self.named) } else { (Fit::Open, self.open) }
    }

    /// Whether there are more keys than one that fit in some way.
    pub(super) const fn is_several(self) -> bool {
        self.named.saturating_add(self.open) > 1
    }
}

impl<'h> Asked<'h> {
    /// Returns how a key fits, if it does.
    #[inline]
    pub(super) fn fit(&self, key: &VerifyingKey) -> Option<Fit> {
        if !key.algorithm().verifies(self.algorithm) || !self.owner.may_have(key) {
            return None;
        }
        match (key.key_id(), self.key_id) {
            (Some(own), Some(named)) => (own == named).then_some(Fit::Named),
            (None, _) | (_, None) => Some(Fit::Open),
        }
    }

    /// Counts the keys that fit.
    #[inline(always)]
    pub(super) fn tally<'k>(&self, keys: impl Iterator<Item = &'k VerifyingKey>) -> Tally {
        let mut tally = Tally::default();
        for key in keys {
            match self.fit(key) {
                Some(Fit::Named) => tally.named = tally.named.saturating_add(1),
                Some(Fit::Open) => tally.open = tally.open.saturating_add(1),
                None => {}
            }
        }
        tally
    }

    /// Whether the keys that fit are not all of the same owners.
    pub(super) fn differ_in_owners<'k>(
        &self,
        keys: impl Iterator<Item = &'k VerifyingKey>,
    ) -> bool {
        let mut owners = keys.filter(|key| self.fit(key).is_some()).map(VerifyingKey::issuers);
        let first = owners.next();
        owners.any(|other| Some(other) != first)
    }

    /// The same question for the keys of one owner.
    pub(super) const fn of<'s>(&self, owner: Owner<'s>) -> Asked<'s>
    where
        'h: 's,
    {
        Asked { owner, ..*self }
    }

    /// Whether these are one key, which fits.
    #[inline]
    pub(super) fn is_met_by(&self, keys: &[VerifyingKey]) -> bool {
        matches!(keys, [key] if self.fit(key).is_some() && !self.is_denied_by(key))
    }

    /// Whether a key says of itself another certificate than the token names (RFC 7515 §4.1.8).
    #[inline]
    pub(super) fn is_denied_by(&self, key: &VerifyingKey) -> bool {
        self.certificate
            .is_some_and(|named| key.certificate_thumbprint().is_some_and(|own| own != named))
    }
}

impl Owner<'_> {
    /// Whether a key is his, or bound to nobody.
    #[inline]
    fn may_have(self, key: &VerifyingKey) -> bool {
        match (self, key.issuers()) {
            (Self::Anybody, _) | (_, None) => true,
            (Self::Issuer(issuer), Some(owners)) => owners.iter().any(|owner| owner == issuer),
            (Self::Nobody, Some(_)) => false,
        }
    }
}
