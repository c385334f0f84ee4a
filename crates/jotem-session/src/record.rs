//! What a store keeps of a session: 61 bytes, the same in every store.

use crate::rotation::State;

/// A session as a store keeps it: where its refresh token has come to, and when it ends.
///
/// 61 bytes, because Redis keeps hashes whose values have at most 64 in a form that takes half the
/// memory. What is longer, such as a device's name, has a place of its own.
///
/// # Examples
/// ```
/// use jotem_session::record::Record;
/// use jotem_session::rotation::State;
///
/// let record = Record {
///     state: State::Active,
///     generation: 1,
///     rotated_at_ms: 1_795_305_600_000,
///     gaps_s: [0; 3],
///     idle_end_s: 1_795_910_400,
///     end_s: 1_797_897_600,
///     client: 1,
///     grant: 1,
///     authenticated_s: 1_795_305_600,
///     secret_hash: [7; 12],
///     binding: None,
/// };
/// let bytes = record.encode();
/// assert_eq!(bytes.len(), Record::BYTES);
/// assert_eq!(Record::decode(&bytes), Ok(record));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "its 61 bytes are the format")]
pub struct Record {
    /// Whether it lives, or why it does not.
    pub state: State,
    /// The generation of the refresh token that is current.
    pub generation: u32,
    /// When that generation came to be: milliseconds since 1970, by the store's clock.
    pub rotated_at_ms: u64,
    /// How long the three generations before it were current, in seconds, the latest first.
    pub gaps_s: [u16; 3],
    /// When it ends for want of use: seconds since 1970.
    pub idle_end_s: u32,
    /// When it ends at the latest: seconds since 1970.
    pub end_s: u32,
    /// The number of the client that it was started for.
    pub client: u32,
    /// The number of what was granted: scopes, audiences.
    pub grant: u32,
    /// When the subject logged in, the `auth_time` of every access token (OpenID Connect Core §2): seconds
    /// since 1970. A refresh never changes it.
    pub authenticated_s: u32,
    /// The beginning of the SHA-256 of the secret that all its refresh tokens share.
    pub secret_hash: [u8; 12],
    /// The beginning of the thumbprint of the key that it is bound to (RFC 9449 §6), if it is.
    pub binding: Option<[u8; 12]>,
}

/// Bytes that are no record: a store was written to by something else, or was damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// There are more or fewer bytes than a record has.
    #[error("a record of {found} bytes, not of {}", Record::BYTES)]
    Length {
        /// How many there are.
        found: usize,
    },
    /// A form that a later version may have.
    #[error("a record of form {found}, which this version does not know")]
    Form {
        /// The number of the form.
        found: u8,
    },
    /// A state that there is not.
    #[error("a record in state {found}, which this version does not know")]
    State {
        /// The number of the state.
        found: u8,
    },
}

impl RecordError {
    /// Returns the stable identifier of the reason; `docs/errors.md` has a section for each.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Length { .. } => "record_length",
            Self::Form { .. } => "record_form",
            Self::State { .. } => "record_state",
        }
    }

    /// Tells the developer what to do about it.
    #[must_use]
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::Length { .. } => {
                "something else wrote to the store, or it was damaged: restore it from a copy"
            }
            Self::Form { .. } => "a later version wrote it: use that version",
            Self::State { .. } => "a later version wrote it: use that version",
        }
    }
}

impl Record {
    /// How many bytes a record has.
    pub const BYTES: usize = 61;

    /// Writes the record. Numbers have their highest byte first.
    #[must_use]
    pub fn encode(&self) -> [u8; Self::BYTES] {
        let [_, _, rotated @ ..] = self.rotated_at_ms.to_be_bytes();
        let mut bytes = Vec::with_capacity(Self::BYTES);
        bytes.push(FORM << 4 | self.state.number());
        bytes.extend(self.generation.to_be_bytes());
        bytes.extend(rotated);
        self.gaps_s.iter().for_each(|gap| bytes.extend(gap.to_be_bytes()));
        for number in [self.idle_end_s, self.end_s, self.client, self.grant, self.authenticated_s] {
            bytes.extend(number.to_be_bytes());
        }
        bytes.extend(self.secret_hash);
        bytes.extend(self.binding.unwrap_or_default());
        let mut record = [0; Self::BYTES];
        record.iter_mut().zip(bytes).for_each(|(place, byte)| *place = byte);
        record
    }

    /// Reads a record.
    ///
    /// # Errors
    /// [`RecordError`]: these bytes are none.
    pub fn decode(bytes: &[u8]) -> Result<Self, RecordError> {
        let length = RecordError::Length { found: bytes.len() };
        if bytes.len() != Self::BYTES {
            return Err(length);
        }
        let mut fields = Fields(bytes);
        let [first] = fields.take().ok_or(length)?;
        if first >> 4 != FORM {
            return Err(RecordError::Form { found: first >> 4 });
        }
        let found = first & 0x0f;
        let state = State::of_number(found).ok_or(RecordError::State { found })?;
        fields.record(state).ok_or(length)
    }
}

/// The bytes that are still to be read.
struct Fields<'b>(&'b [u8]);

impl Fields<'_> {
    /// Reads what comes after the state.
    fn record(&mut self, state: State) -> Option<Record> {
        let generation = self.number()?;
        let [a, b, c, d, e, f] = self.take()?;
        let rotated_at_ms = u64::from_be_bytes([0, 0, a, b, c, d, e, f]);
        let mut gap = || self.take().map(u16::from_be_bytes);
        let gaps_s = [gap()?, gap()?, gap()?];
        Some(Record {
            state,
            generation,
            rotated_at_ms,
            gaps_s,
            idle_end_s: self.number()?,
            end_s: self.number()?,
            client: self.number()?,
            grant: self.number()?,
            authenticated_s: self.number()?,
            secret_hash: self.take()?,
            binding: self.take().map(|binding| (binding != [0; 12]).then_some(binding))?,
        })
    }

    fn number(&mut self) -> Option<u32> {
        self.take().map(u32::from_be_bytes)
    }

    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (field, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*field)
    }
}

/// The form of the record, in the upper half of its first byte.
const FORM: u8 = 1;
