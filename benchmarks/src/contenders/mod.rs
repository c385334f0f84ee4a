//! Who takes part. Each file is one library and exports one [`Contender`].
//!
//! To add one: a file beside this one with `pub(crate) const CONTENDER: Contender`, its `mod` line below,
//! its row in [`ALL`], its crate in `Cargo.toml`. Everything else follows from the row: the proof that it
//! verifies, the rounds, the table, the JSON. A contender named [`JOTEM`] also gets a column of ratios.

use crate::{
    keys::KeyPair,
    token::{Algorithm, Claims},
};

mod floor;
mod jose4rs;
mod jotem;
mod jsonwebtoken;
mod jwt_simple;

/// Verifies a token and reads its claims; says whether it was accepted. Keys are parsed already.
pub(crate) type Verify = Box<dyn FnMut(&str) -> bool>;

/// Signs claims into a compact token. Keys are parsed already.
pub(crate) type Sign = Box<dyn FnMut(&Claims) -> String>;

/// A library, and how it is given its keys and its expectations.
#[derive(Clone, Copy)]
pub(crate) struct Contender {
    /// The name in the table.
    pub(crate) name: &'static str,
    /// The crates whose versions the report states.
    pub(crate) crates: &'static [&'static str],
    /// What computes its signatures.
    pub(crate) cryptography: &'static str,
    /// Whether it checks `iss`, `aud` and `exp`: all do, except the floor.
    pub(crate) checks_claims: bool,
    /// An algorithm whose signatures others refuse, and why.
    pub(crate) signs_apart: Option<(Algorithm, &'static str)>,
    /// The algorithms that it has not: it takes no part in their races.
    pub(crate) lacks: &'static [Algorithm],
    /// Prepares a verifier from the public key.
    pub(crate) verifier: fn(Algorithm, &KeyPair) -> Verify,
    /// Prepares a signer from the private key.
    pub(crate) signer: fn(Algorithm, &KeyPair) -> Sign,
}

impl Contender {
    /// Whether it takes part in the races of an algorithm.
    pub(crate) fn has(&self, algorithm: Algorithm) -> bool {
        !self.lacks.contains(&algorithm)
    }
}

/// The contender that the first column of ratios is about.
pub(crate) const FLOOR: Contender = floor::CONTENDER;

/// The name that the second column of ratios is about.
pub(crate) const JOTEM: &str = "jotem";

/// Everyone who takes part, in the order of the table.
pub(crate) const ALL: &[Contender] = &[
    FLOOR,
    Contender { name: "floor again", ..FLOOR },
    jotem::CONTENDER,
    jose4rs::CONTENDER,
    jsonwebtoken::CONTENDER,
    jwt_simple::CONTENDER,
];
