//! Why a log cannot be written, or does not hold.

use std::io;
use std::path::Path;

use jotem::error::Excerpt;

/// Why a log cannot be opened, or where its chain breaks.
///
/// `line` is the number of a line in the file that was read; `seq` the number that a line has in its
/// chain, over all files.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuditError {
    /// The file cannot be made, opened or written.
    #[error("cannot write the audit log {file}: {reason}")]
    Open {
        /// The end of its name.
        file: Excerpt,
        /// What the system says.
        reason: Excerpt,
    },
    /// Another log writes to it, in this process or another.
    #[error("the audit log {file} is being written by another process")]
    Locked {
        /// The end of its name.
        file: Excerpt,
    },
    /// There is something that is no regular file.
    #[error("{file} is not a regular file, and so no audit log")]
    NotAFile {
        /// The end of its name.
        file: Excerpt,
    },
    /// The last line of the file is none of this chain: it was changed, or written under another key.
    #[error("the audit log {file} cannot be continued: its last line does not hold under this key")]
    NotContinued {
        /// The end of its name.
        file: Excerpt,
    },
    /// The system gave no thread to write in.
    #[error("no thread could be started to write the audit log")]
    Thread,
    /// The operating system gave no random numbers.
    #[error("no random numbers could be had")]
    Random,
    /// A master secret has at least 32 bytes.
    #[error("a master secret of {bytes} bytes is shorter than 32")]
    MasterTooShort {
        /// How many it has.
        bytes: usize,
    },
    /// The URL of a webhook cannot be used. It is not shown: many have a secret in their path.
    #[error("the URL of the webhook cannot be used: {reason}")]
    WebhookUrl {
        /// Why.
        reason: &'static str,
    },
    /// TLS could not be set up for a webhook.
    #[error("TLS could not be set up for the webhook: {reason}")]
    WebhookTls {
        /// Why.
        reason: Excerpt,
    },
    /// The secret of a webhook has at least 32 bytes.
    #[error("a secret of {bytes} bytes to sign what is posted is shorter than 32")]
    WebhookSecret {
        /// How many it has.
        bytes: usize,
    },
    /// The signature of something that was posted does not hold.
    #[error("the signature of what was posted does not hold, or is too old")]
    WebhookSignature,
    /// The log could not be read to its end.
    #[error("cannot read the audit log: {reason}")]
    Read {
        /// What the system says.
        reason: Excerpt,
    },
    /// A line is none that a log has.
    #[error("line {line} is no line of an audit log")]
    Garbage {
        /// Which.
        line: u64,
    },
    /// The file ends within a line.
    #[error("line {line} has no end: it was cut off, or its writer was killed")]
    Unfinished {
        /// Which.
        line: u64,
    },
    /// What a line says is not what was written.
    #[error("line {line} (seq {seq}) was changed")]
    Changed {
        /// Which.
        line: u64,
        /// Its number in the chain, as it says.
        seq: u64,
    },
    /// The first line does not hold: the key is another, or the line was changed.
    #[error("line 1 (seq {seq}) does not hold under this key: it is another key's, or was changed")]
    KeyWrong {
        /// Its number in the chain, as it says.
        seq: u64,
    },
    /// The chain is one under a key, and none was given.
    #[error("line {line} has a MAC, and no key was given to verify it")]
    KeyMissing {
        /// Which.
        line: u64,
    },
    /// A key was given, and a line has a hash that anybody could write.
    #[error("line {line} has no MAC: whoever wrote it had no key")]
    Unkeyed {
        /// Which.
        line: u64,
    },
    /// Lines are missing: they were deleted, or moved.
    #[error("seq {from} to {to} are missing before line {line}")]
    Missing {
        /// Before which line.
        line: u64,
        /// The first that is missing.
        from: u64,
        /// The last that is missing.
        to: u64,
    },
    /// A line stands where it was not written: it was moved there, or stands there twice.
    #[error("line {line} has seq {seq}, and {expected} should follow")]
    OutOfOrder {
        /// Which.
        line: u64,
        /// Its number in the chain.
        seq: u64,
        /// The number that should follow.
        expected: u64,
    },
    /// A line does not follow from the one before: that one is not what stood there.
    #[error("line {line} (seq {seq}) follows from another line than stands before it")]
    Replaced {
        /// Which.
        line: u64,
        /// Its number in the chain.
        seq: u64,
    },
    /// The log does not reach the checkpoint: its end was cut off.
    #[error("the log ends at seq {last}, before the checkpoint at seq {seq}")]
    Cut {
        /// Its last line.
        last: u64,
        /// That of the checkpoint.
        seq: u64,
    },
    /// The log has another line where the checkpoint is: the log, or a part of it, was written anew.
    #[error("the line with seq {seq} is not the one of the checkpoint")]
    CheckpointDiffers {
        /// That of the checkpoint.
        seq: u64,
    },
    /// The line of the checkpoint is not in the files that were read.
    #[error("the line of the checkpoint, seq {seq}, is before the first line that was read")]
    CheckpointBefore {
        /// That of the checkpoint.
        seq: u64,
    },
    /// A text is no checkpoint.
    #[error("this is no checkpoint: it has a number, a colon, and 43 characters")]
    CheckpointText,
}

impl AuditError {
    /// Returns the code that stays the same across versions.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Open { .. } => "audit_open",
            Self::Locked { .. } => "audit_locked",
            Self::NotAFile { .. } => "audit_not_a_file",
            Self::NotContinued { .. } => "audit_not_continued",
            Self::Thread => "audit_thread",
            Self::Random => "audit_random",
            Self::MasterTooShort { .. } => "audit_master_short",
            Self::WebhookUrl { .. } => "audit_webhook_url",
            Self::WebhookTls { .. } => "audit_webhook_tls",
            Self::WebhookSecret { .. } => "audit_webhook_secret",
            Self::WebhookSignature => "audit_webhook_signature",
            Self::Read { .. } => "audit_read",
            Self::Garbage { .. } => "audit_garbage",
            Self::Unfinished { .. } => "audit_unfinished",
            Self::Changed { .. } => "audit_changed",
            Self::KeyWrong { .. } => "audit_key_wrong",
            Self::KeyMissing { .. } => "audit_key_missing",
            Self::Unkeyed { .. } => "audit_unkeyed",
            Self::Missing { .. } => "audit_missing",
            Self::OutOfOrder { .. } => "audit_order",
            Self::Replaced { .. } => "audit_replaced",
            Self::Cut { .. } => "audit_cut",
            Self::CheckpointDiffers { .. } => "audit_checkpoint_differs",
            Self::CheckpointBefore { .. } => "audit_checkpoint_before",
            Self::CheckpointText => "audit_checkpoint_text",
        }
    }

    /// Returns what to do about it.
    #[must_use]
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::Open { .. } => "look at the directory, its rights, and the room on its disk",
            Self::Locked { .. } => "give each process a file of its own; each has its own chain",
            Self::NotAFile { .. } => "name a file, or a name that does not exist yet",
            Self::NotContinued { .. } => {
                "verify it, then move it away: a new chain begins in a new file"
            }
            Self::Thread => "the system has no more threads for this process: look at its limits",
            Self::Random => "the operating system has none to give: look at its log",
            Self::MasterTooShort { .. } => "make it of 32 random bytes: openssl rand -base64 32",
            Self::WebhookUrl { .. } => {
                "https://host/path, or http:// on this machine; no user name in it"
            }
            Self::WebhookTls { .. } => "look at the certificate authorities of the system",
            Self::WebhookSecret { .. } => "make it of 32 random bytes: openssl rand -base64 32",
            Self::WebhookSignature => {
                "compare the secrets of both sides, and their clocks; verify the body as it came"
            }
            Self::Read { .. } => "it is verified up to there; read it again",
            Self::Garbage { .. } => "something else was written into it, or it is another file",
            Self::Unfinished { .. } => {
                "a program that opens the log anew takes the rest of a line away, and says so"
            }
            Self::Changed { .. } => "what stands before this line holds; look for another copy",
            Self::KeyWrong { .. } => "the key is derived from the master secret: give that one",
            Self::KeyMissing { .. } => "give the master secret that the program has",
            Self::Unkeyed { .. } => "verify without a key: it shows accidents, not forgeries",
            Self::Missing { .. } => "give all files of the log, in their order; or they are gone",
            Self::OutOfOrder { .. } => "give the files in their order, each once",
            Self::Replaced { .. } => {
                "the line before it was written anew, or belongs to another chain"
            }
            Self::Cut { .. } => "give the newer files too; or the end is gone",
            Self::CheckpointDiffers { .. } => "the checkpoint is of another chain, or this log is",
            Self::CheckpointBefore { .. } => "give the older files too",
            Self::CheckpointText => "write it as it was given: 17:AAAA…",
        }
    }

    /// Says that the system did not do what was asked.
    pub(super) fn open(file: &Path, error: &io::Error) -> Self {
        Self::Open { file: shown(file), reason: Excerpt::new(&error.to_string()) }
    }

    pub(super) fn read(error: &io::Error) -> Self {
        Self::Read { reason: Excerpt::new(&error.to_string()) }
    }
}

/// The end of a name says most.
pub(super) fn shown(file: &Path) -> Excerpt {
    let text = file.to_string_lossy();
    let length = text.chars().count();
    let end: String = text.chars().skip(length.saturating_sub(60)).collect();
    Excerpt::new(&end)
}
