//! What a store was asked, what came, and what should have come.

use std::fmt;

use crate::refresh_token::RefreshTokenError;

/// A check that a store did not pass.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failure {
    /// The name of the check.
    pub check: &'static str,
    /// What the store was asked.
    pub asked: String,
    /// What came.
    pub came: String,
    /// What should have come.
    pub wanted: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { check, asked, came, wanted } = self;
        write!(formatter, "{check}\n  asked:  {asked}\n  came:   {came}\n  wanted: {wanted}")
    }
}

impl std::error::Error for Failure {}

/// A failure that does not know yet which check it is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) asked: String,
    pub(super) came: String,
    pub(super) wanted: String,
}

pub(super) type Outcome = Result<(), Fault>;

impl Fault {
    pub(super) fn new(
        asked: impl fmt::Display,
        came: impl fmt::Debug,
        wanted: impl fmt::Display,
    ) -> Self {
        Self { asked: asked.to_string(), came: format!("{came:?}"), wanted: wanted.to_string() }
    }

    pub(super) fn of(self, check: &'static str) -> Failure {
        let Self { asked, came, wanted } = self;
        Failure { check, asked, came, wanted }
    }
}

impl From<RefreshTokenError> for Fault {
    fn from(error: RefreshTokenError) -> Self {
        Self::new("random numbers", error, "some")
    }
}

/// Sees that what came is what should have come.
pub(super) fn same<T: fmt::Debug + PartialEq>(
    asked: impl fmt::Display,
    came: T,
    wanted: T,
) -> Outcome {
    if came == wanted { Ok(()) } else { Err(Fault::new(asked, came, format!("{wanted:?}"))) }
}

/// Sees that what came has a property.
pub(super) fn holds(
    asked: impl fmt::Display,
    it_does: bool,
    came: impl fmt::Debug,
    wanted: impl fmt::Display,
) -> Outcome {
    if it_does { Ok(()) } else { Err(Fault::new(asked, came, wanted)) }
}
