//! The JSON of a ring: timers, public keys, and private keys as encrypted PKCS#8.

use jotem::NumericDate;
use jotem::jwa::Algorithm;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::error::RingError;
use super::record::{Entry, Record};
use super::timers::Timers;

/// The one version there is.
const VERSION: u64 = 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: u64,
    revision: u64,
    algorithm: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rsa_bits: Option<usize>,
    timers: TimerMembers,
    keys: Vec<KeyMembers>,
}

/// In seconds.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TimerMembers {
    token_lifetime: u64,
    leeway: u64,
    jwks_max_age: u64,
    stale_while_revalidate: u64,
    stale_if_error: u64,
    fetch_interval: u64,
    announce_for: u64,
    rotate_every: u64,
    retire_for: u64,
}

/// Dates are in seconds since 1970.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyMembers {
    kid: String,
    announced_at: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    activated_at: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retired_at: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    removed_at: Option<u64>,
    public: Box<RawValue>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    private: Option<String>,
}

/// Of a document whose other members may be anybody's.
#[derive(Deserialize)]
struct Version {
    version: u64,
}

#[derive(Deserialize)]
struct Revision {
    revision: u64,
}

/// Reads a ring.
pub(super) fn read(text: &str) -> Result<Record, RingError> {
    let version = parse::<Version>(text)?.version;
    if version != VERSION {
        return Err(RingError::VersionUnknown { version, known: VERSION });
    }
    let document: Document = parse(text)?;
    let algorithm = document.algorithm.parse::<Algorithm>();
    let record = Record {
        revision: document.revision,
        algorithm: algorithm.map_err(|_| RingError::damaged("its algorithm is not known"))?,
        rsa_bits: document.rsa_bits,
        timers: document.timers.into(),
        entries: document.keys.into_iter().map(Entry::from).collect(),
    };
    record.check()?;
    Ok(record)
}

/// Reads the revision of a ring, and nothing else.
pub(super) fn revision(text: &str) -> Result<u64, RingError> {
    Ok(parse::<Revision>(text)?.revision)
}

/// Writes a ring.
pub(super) fn write(record: &Record) -> Result<String, RingError> {
    let document = Document {
        version: VERSION,
        revision: record.revision,
        algorithm: record.algorithm.name().to_owned(),
        rsa_bits: record.rsa_bits,
        timers: record.timers.into(),
        keys: record.entries.iter().map(KeyMembers::from).collect(),
    };
    let text = serde_json::to_string_pretty(&document);
    Ok(text.map_err(|_| RingError::damaged("it cannot be written as JSON"))? + "\n")
}

/// Reads JSON into a type of this file. What it says of a fault never shows what was read.
fn parse<'t, T: Deserialize<'t>>(text: &'t str) -> Result<T, RingError> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the types above refuse members that are written twice or unknown"
    )]
    serde_json::from_str(text).map_err(|error| {
        let problem = match error.classify() {
            serde_json::error::Category::Syntax => "it is not JSON",
            serde_json::error::Category::Eof => "it is cut off",
            serde_json::error::Category::Data | serde_json::error::Category::Io => {
                "it is JSON of something else"
            }
        };
        RingError::damaged(&format!("{problem} (line {})", error.line()))
    })
}

impl From<TimerMembers> for Timers {
    fn from(members: TimerMembers) -> Self {
        Self {
            token_lifetime: members.token_lifetime,
            leeway: members.leeway,
            jwks_max_age: members.jwks_max_age,
            stale_while_revalidate: members.stale_while_revalidate,
            stale_if_error: members.stale_if_error,
            fetch_interval: members.fetch_interval,
            announce_for: members.announce_for,
            rotate_every: members.rotate_every,
            retire_for: members.retire_for,
        }
    }
}

impl From<Timers> for TimerMembers {
    fn from(timers: Timers) -> Self {
        Self {
            token_lifetime: timers.token_lifetime,
            leeway: timers.leeway,
            jwks_max_age: timers.jwks_max_age,
            stale_while_revalidate: timers.stale_while_revalidate,
            stale_if_error: timers.stale_if_error,
            fetch_interval: timers.fetch_interval,
            announce_for: timers.announce_for,
            rotate_every: timers.rotate_every,
            retire_for: timers.retire_for,
        }
    }
}

impl From<KeyMembers> for Entry {
    fn from(members: KeyMembers) -> Self {
        Self {
            key_id: members.kid,
            announced_at: NumericDate::from_secs(members.announced_at),
            activated_at: members.activated_at.map(NumericDate::from_secs),
            retired_at: members.retired_at.map(NumericDate::from_secs),
            removed_at: members.removed_at.map(NumericDate::from_secs),
            public: members.public,
            private: members.private,
        }
    }
}

impl From<&Entry> for KeyMembers {
    fn from(entry: &Entry) -> Self {
        Self {
            kid: entry.key_id.clone(),
            announced_at: entry.announced_at.as_secs(),
            activated_at: entry.activated_at.map(NumericDate::as_secs),
            retired_at: entry.retired_at.map(NumericDate::as_secs),
            removed_at: entry.removed_at.map(NumericDate::as_secs),
            public: entry.public.clone(),
            private: entry.private.clone(),
        }
    }
}
