//! Who is asked, and what they may answer. To add a library: a file with its `verify`, and a row.

mod jose4rs;
#[cfg(feature = "josekit")]
mod josekit;
mod jotem;
mod jsonwebtoken;
mod jwt_simple;

use crate::case::Case;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Accepted,
    Refused,
    Panicked,
    /// The library has no such algorithm or form of key: the question cannot be put.
    Absent,
}

impl Outcome {
    fn of<T, E>(result: Result<T, E>) -> Self {
        if result.is_ok() { Self::Accepted } else { Self::Refused }
    }
}

pub(crate) struct Library {
    pub(crate) name: &'static str,
    pub(crate) verify: fn(&Case) -> Outcome,
}

/// jotem first: its outcomes are checked.
pub(crate) const LIBRARIES: &[Library] = &[
    Library { name: "jotem", verify: jotem::verify },
    Library { name: "jsonwebtoken 11.1", verify: jsonwebtoken::verify },
    Library { name: "jwt-simple 0.15", verify: jwt_simple::verify },
    Library { name: "jose4rs 0.6", verify: jose4rs::verify },
    #[cfg(feature = "josekit")]
    Library { name: "josekit 0.10", verify: josekit::verify },
];
