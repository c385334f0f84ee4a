//! What is wrong with a JSON text.

/// A fault and where it is: one word, so that the ordinary path moves nothing around.
#[derive(Debug)]
pub(crate) struct Fault(Box<(FaultKind, usize)>);

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FaultKind {
    /// Not UTF-8.
    NotUtf8,
    /// Begins with U+FEFF.
    ByteOrderMark,
    /// Not JSON: an unexpected byte, or the end.
    Syntax,
    /// A member name stands twice in one object.
    DuplicateMember(String),
    /// Objects and arrays nest deeper than allowed.
    TooDeep,
    /// An object has more members than allowed.
    TooManyMembers,
    /// A `\u` escape names half of a surrogate pair: not a character.
    LoneSurrogate,
    /// A number that no 64-bit type holds.
    NumberRange,
    /// The JSON is sound; the application's type does not fit it.
    Shape(String),
}

impl Fault {
    #[cold]
    pub(crate) fn at(kind: FaultKind, position: usize) -> Self {
        Self(Box::new((kind, position)))
    }

    pub(crate) fn kind(&self) -> &FaultKind {
        &self.0.0
    }

    pub(crate) fn into_kind(self) -> FaultKind {
        self.0.0
    }

    pub(crate) fn position(&self) -> usize {
        self.0.1
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:?} at byte {}", self.kind(), self.position())
    }
}

impl std::error::Error for Fault {}

impl serde::de::Error for Fault {
    #[cold]
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self::at(FaultKind::Shape(message.to_string()), 0)
    }
}
