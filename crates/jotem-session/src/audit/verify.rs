//! Whether the chain of a log holds, and where it breaks.

use std::io::{BufRead, Read as _};

use super::chain::{ChainKey, Checkpoint};
use super::error::AuditError;
use super::line::{LONGEST, ReadLine};

/// Verifies one file of a log.
///
/// # Errors
/// As [`Verification::read`].
///
/// # Security
/// Without a key, whoever can change the file can write all of its chain anew: then what holds shows that
/// nothing happened by accident, and nothing was changed in the middle by somebody who did not know
/// better. Under a key, whoever has not the key can do only this: cut off the end, take away whole files,
/// or put those of another log under the same key in their place. The next file shows that, or a
/// [`Checkpoint`].
///
/// # Examples
/// ```
/// use jotem_session::audit;
///
/// let error = audit::verify(&b"something else\n"[..], None).unwrap_err();
/// assert_eq!(error.code(), "audit_garbage");
/// ```
pub fn verify(reader: impl BufRead, key: Option<&ChainKey>) -> Result<Verified, AuditError> {
    let mut verification = Verification::new(key);
    verification.read(reader)?;
    Ok(verification.verified())
}

/// Verifies the files of a log, one after the other, the oldest first.
///
/// # Examples
/// ```
/// use jotem_session::audit::Verification;
///
/// let mut verification = Verification::new(None);
/// verification.read(&b""[..])?;
/// assert_eq!(verification.verified().lines(), 0);
/// # Ok::<(), jotem_session::audit::AuditError>(())
/// ```
#[derive(Debug)]
pub struct Verification<'k> {
    key: Option<&'k ChainKey>,
    /// The last line.
    head: Option<Checkpoint>,
    checkpoint: Option<Checkpoint>,
    /// The line of the checkpoint was there.
    is_reached: bool,
    /// Another line had its number.
    differs: bool,
    verified: Verified,
}

/// What a log has whose chain holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    lines: u64,
    alarms: u64,
    dropped: u64,
    chains: u64,
    is_closed: bool,
    first: Option<(u64, String)>,
    last: Option<(u64, String)>,
}

impl<'k> Verification<'k> {
    /// Begins, with the key of the chain if it has one.
    #[must_use]
    pub const fn new(key: Option<&'k ChainKey>) -> Self {
        let verified = Verified {
            lines: 0,
            alarms: 0,
            dropped: 0,
            chains: 0,
            is_closed: false,
            first: None,
            last: None,
        };
        Self { key, head: None, checkpoint: None, is_reached: false, differs: false, verified }
    }

    /// Wants the log to have the line of a checkpoint: see [`Self::reaches`].
    #[must_use]
    pub const fn expecting(mut self, checkpoint: Checkpoint) -> Self {
        self.checkpoint = Some(checkpoint);
        self
    }

    /// Reads the next file.
    ///
    /// A file goes on where the one before it ended, or begins a new chain, which
    /// [`Verified::chains`] counts.
    ///
    /// # Errors
    /// Where the chain breaks: [`AuditError::Read`], [`AuditError::Garbage`],
    /// [`AuditError::Unfinished`], [`AuditError::Changed`], [`AuditError::KeyWrong`],
    /// [`AuditError::KeyMissing`], [`AuditError::Unkeyed`], [`AuditError::Missing`],
    /// [`AuditError::OutOfOrder`], [`AuditError::Replaced`].
    pub fn read(&mut self, mut reader: impl BufRead) -> Result<(), AuditError> {
        let mut line = Vec::new();
        for number in 1_u64.. {
            line.clear();
            let most = u64::try_from(LONGEST).unwrap_or(u64::MAX);
            let limited = reader.by_ref().take(most).read_until(b'\n', &mut line);
            limited.map_err(|error| AuditError::read(&error))?;
            match line.split_last() {
                None => break,
                Some((b'\n', line)) => self.line(number, line)?,
                Some(_) if line.len() >= LONGEST => {
                    return Err(AuditError::Garbage { line: number });
                }
                Some(_) => return Err(AuditError::Unfinished { line: number }),
            }
        }
        Ok(())
    }

    /// Wants the log to have reached its checkpoint, after the last file was read. Nothing to want is
    /// reached.
    ///
    /// # Errors
    /// [`AuditError::Cut`], [`AuditError::CheckpointDiffers`], [`AuditError::CheckpointBefore`].
    pub fn reaches(&self) -> Result<(), AuditError> {
        let Some(checkpoint) = self.checkpoint.filter(|_| !self.is_reached) else { return Ok(()) };
        if self.differs {
            return Err(AuditError::CheckpointDiffers { seq: checkpoint.seq });
        }
        let (seq, last) = (checkpoint.seq, self.head.map_or(0, |head| head.seq));
        if last < seq {
            return Err(AuditError::Cut { last, seq });
        }
        Err(AuditError::CheckpointBefore { seq })
    }

    /// Returns what was read so far: all of it holds.
    #[must_use]
    pub fn verified(&self) -> Verified {
        self.verified.clone()
    }

    fn line(&mut self, number: u64, bytes: &[u8]) -> Result<(), AuditError> {
        let line = ReadLine::parse(bytes).ok_or(AuditError::Garbage { line: number })?;
        self.seal(number, &line)?;
        self.place(number, &line)?;
        if let Some(checkpoint) = self.checkpoint.filter(|it| it.seq == line.seq) {
            // Where there are several chains, another may have a line of this number, too.
            let is_it = checkpoint == line.head();
            (self.is_reached, self.differs) = (self.is_reached | is_it, self.differs | !is_it);
        }
        self.head = Some(line.head());
        self.verified.add(&line);
        Ok(())
    }

    /// Whether the line is what was written.
    fn seal(&self, number: u64, line: &ReadLine<'_>) -> Result<(), AuditError> {
        match (line.is_keyed, self.key) {
            (true, None) => Err(AuditError::KeyMissing { line: number }),
            (false, Some(_)) => Err(AuditError::Unkeyed { line: number }),
            (true, Some(_)) | (false, None) if line.holds(self.key) => Ok(()),
            (true, Some(_)) if self.head.is_none() => Err(AuditError::KeyWrong { seq: line.seq }),
            (true, Some(_)) | (false, None) => {
                Err(AuditError::Changed { line: number, seq: line.seq })
            }
        }
    }

    /// Whether the line stands where it was written.
    fn place(&mut self, number: u64, line: &ReadLine<'_>) -> Result<(), AuditError> {
        let seq = line.seq;
        // A new chain begins with a file; what was before the first file is not known.
        let Some(head) = self.head.filter(|_| !(number == 1 && seq == 1)) else {
            self.verified.chains = self.verified.chains.saturating_add(1);
            return Ok(());
        };
        let expected = head.seq.saturating_add(1);
        if seq > expected {
            let to = seq.saturating_sub(1);
            return Err(AuditError::Missing { line: number, from: expected, to });
        }
        if seq < expected {
            return Err(AuditError::OutOfOrder { line: number, seq, expected });
        }
        if line.prev != head.seal {
            return Err(AuditError::Replaced { line: number, seq });
        }
        Ok(())
    }
}

impl Verified {
    /// Returns how many lines there are, those of the log itself included.
    #[must_use]
    pub const fn lines(&self) -> u64 {
        self.lines
    }

    /// Returns how many of them are alarms.
    #[must_use]
    pub const fn alarms(&self) -> u64 {
        self.alarms
    }

    /// Returns how many events the log says were dropped.
    #[must_use]
    pub const fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Returns how many chains there are: more than one if a program could not find the end of the one
    /// before. What stood between two is not known.
    #[must_use]
    pub const fn chains(&self) -> u64 {
        self.chains
    }

    /// Returns whether the last line says that the log was closed. If it does not, the program still
    /// writes, or was killed; or the end was cut off.
    #[must_use]
    pub const fn is_closed(&self) -> bool {
        self.is_closed
    }

    /// Returns the number and the time (RFC 3339) of the first line. If the number is not 1, there were
    /// lines before it.
    #[must_use]
    pub fn first(&self) -> Option<(u64, &str)> {
        self.first.as_ref().map(|(seq, time)| (*seq, time.as_str()))
    }

    /// Returns the number and the time (RFC 3339) of the last line.
    #[must_use]
    pub fn last(&self) -> Option<(u64, &str)> {
        self.last.as_ref().map(|(seq, time)| (*seq, time.as_str()))
    }

    fn add(&mut self, line: &ReadLine<'_>) {
        self.lines = self.lines.saturating_add(1);
        let is_alarm = line.members.starts_with(ALARM);
        self.alarms = self.alarms.saturating_add(is_alarm.into());
        if line.action == "log.dropped" {
            let count = line.members.strip_prefix(",\"count\":").and_then(|text| text.parse().ok());
            self.dropped = self.dropped.saturating_add(count.unwrap_or(0));
        }
        self.is_closed = line.action == "log.close";
        let seen = (line.seq, line.time.to_owned());
        self.first.get_or_insert_with(|| seen.clone());
        self.last = Some(seen);
    }
}

const ALARM: &str = ",\"alarm\":true";
