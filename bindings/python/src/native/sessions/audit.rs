//! `jotem.sessions.AuditLog`: how a log of events is written, and whether its chain holds.

use std::fs::File;
use std::io::{BufReader, Error};
use std::path::PathBuf;
use std::time::Duration;

use jotem::Secret;
use jotem::error::Excerpt;
use jotem_session::audit::{
    Addresses, AuditError, AuditLog as EngineLog, ChainKey, Checkpoint, Durability, Verification,
    Verified,
};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use super::errors;
use super::texts::{Given, span, text};
use crate::native::{arguments, errors as native};

/// What a program says of a log, kept to open it in each process.
#[derive(Clone)]
pub(super) struct Settings {
    path: PathBuf,
    key: Option<ChainKey>,
    rotate_at: Option<u64>,
    is_daily: bool,
    keep: Option<usize>,
    capacity: Option<usize>,
    addresses: Addresses,
    durability: Durability,
    close_limit: Option<Duration>,
}

/// What stands for the number of the process in the name of a file.
const PID: &str = "{pid}";

impl Settings {
    fn at(path: PathBuf) -> Self {
        Self {
            path,
            key: None,
            rotate_at: None,
            is_daily: false,
            keep: None,
            capacity: None,
            addresses: Addresses::default(),
            durability: Durability::default(),
            close_limit: None,
        }
    }

    /// Whether each process has a file of its own.
    pub(super) fn is_of_each_process(&self) -> bool {
        self.path.to_str().is_some_and(|path| path.contains(PID))
    }

    /// Opens the file of this process.
    pub(super) fn open(&self) -> Result<EngineLog, AuditError> {
        let path = match self.path.to_str() {
            Some(path) => path.replace(PID, &std::process::id().to_string()).into(),
            None => self.path.clone(),
        };
        let mut builder = EngineLog::builder(path);
        if let Some(key) = &self.key {
            builder = builder.key(key.clone());
        }
        if let Some(bytes) = self.rotate_at {
            builder = builder.rotate_at(bytes);
        }
        if self.is_daily {
            builder = builder.rotate_daily();
        }
        if let Some(files) = self.keep {
            builder = builder.keep(files);
        }
        if let Some(events) = self.capacity {
            builder = builder.capacity(events);
        }
        if let Some(limit) = self.close_limit {
            builder = builder.close_limit(limit);
        }
        builder.addresses(self.addresses).durability(self.durability).open()
    }
}

/// Takes a log, or the path of one.
pub(super) fn read(value: &Bound<'_, PyAny>) -> PyResult<Settings> {
    match value.cast::<AuditLog>() {
        Ok(log) => Ok(log.get().0.clone()),
        Err(_) => {
            file("audit", "str, os.PathLike or jotem.sessions.AuditLog", value).map(Settings::at)
        }
    }
}

fn file(name: &str, expected: &str, value: &Bound<'_, PyAny>) -> PyResult<PathBuf> {
    value.extract().map_err(|error| arguments::unfit(error, name, expected, value))
}

fn key(secret: Given<'_, '_>) -> PyResult<Option<ChainKey>> {
    let Some(secret) = secret else { return Ok(None) };
    let master = Secret::from(arguments::bytes("secret", secret)?);
    let key = ChainKey::derive(&master);
    key.map(Some).map_err(|error| errors::raise_audit(secret.py(), &error))
}

/// How the audit log of sessions is written: the ``audit`` of ``Sessions``, where a path is not
/// enough.
///
/// The log has one line of JSON for each event, printable ASCII, and no token and no secret in it. Each
/// line has the hash of the line before: ``verify_audit_log``, or ``jotem audit verify`` on the command
/// line, says where that chain breaks. Under a ``secret`` the hash is a MAC, and whoever has not the
/// secret cannot write a chain that holds. See the description of ``jotem-session``'s ``audit`` for
/// what a line has.
///
/// A thread of its own writes the log; what is in its queue is written when the sessions are closed,
/// and when the program ends. One process writes to a file. ``{pid}`` in the path is the number of the
/// process, so that each worker has a file and a chain of its own; without it, sessions that were made
/// before a fork refuse to be used in a child.
///
/// Args:
///     path: The file. If it is there, it is gone on with, under the same secret.
///     secret: At least 32 random bytes: the key of the chain is derived from them. Those of the
///         sessions can be used.
///     rotate_at: A new file is begun before one would have more bytes: 64 MiB if not given.
///     rotate_daily: Whether the first line of a day (UTC) begins a new file, too.
///     keep: How many full files are kept: 30 if not given.
///     capacity: For how many events the queue has room: 8192 if not given. What finds no room is
///         dropped and counted; alarms and revocations wait for 100 ms first.
///     addresses: How much of addresses is written: their network, all of it, or nothing.
///     durability: When the system is asked to put on the disk what was written: after alarms and
///         revocations, after everything that is written together, or when a file is full or closed.
///     close_limit: How long closing waits until everything is written: 5 seconds if not given.
///
/// Raises:
///     Misuse: The secret is too short, or a word is none of those.
///
/// Example:
///     >>> import pathlib, tempfile
///     >>> from jotem.sessions import AuditLog, verify_audit_log
///     >>> folder = tempfile.TemporaryDirectory()
///     >>> path = pathlib.Path(folder.name, "audit.jsonl")
///     >>> with Sessions(secret, audit=AuditLog(path, secret=secret, rotate_daily=True)) as own:
///     ...     pair = own.start("ada")
///     ...     own.revoke_session("ada", pair.session)
///     >>> verify_audit_log(path, secret=secret).lines  # it was opened and closed, too
///     4
#[pyclass(frozen, module = "jotem.sessions")]
pub(super) struct AuditLog(Settings);

#[pymethods]
impl AuditLog {
    #[new]
    #[pyo3(signature = (
        path, *, secret=None, rotate_at=None, rotate_daily=false, keep=None, capacity=None,
        addresses="prefix", durability="required", close_limit=None
    ))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments, each by its name")]
    fn new(
        path: &Bound<'_, PyAny>,
        secret: Given<'_, '_>,
        rotate_at: Given<'_, '_>,
        rotate_daily: bool,
        keep: Given<'_, '_>,
        capacity: Given<'_, '_>,
        addresses: &str,
        durability: &str,
        close_limit: Given<'_, '_>,
    ) -> PyResult<Self> {
        let py = path.py();
        let count = |name, value: Given<'_, '_>| {
            value.map(|value| arguments::count(name, value)).transpose()
        };
        let addresses = match addresses {
            "prefix" => Addresses::Prefix,
            "whole" => Addresses::Whole,
            "never" => Addresses::Never,
            _ => {
                let message = "addresses is not how much of an address is written";
                return Err(native::misuse(py, message, "prefix, whole, never"));
            }
        };
        let durability = match durability {
            "required" => Durability::Required,
            "each_batch" => Durability::EachBatch,
            "closing" => Durability::Closing,
            _ => {
                let message = "durability is not when lines are put on the disk";
                return Err(native::misuse(py, message, "required, each_batch, closing"));
            }
        };
        let rotate_at = count("rotate_at", rotate_at)?;
        Ok(Self(Settings {
            path: file("path", "str or os.PathLike of str", path)?,
            key: key(secret)?,
            rotate_at: rotate_at.map(|bytes| u64::try_from(bytes).unwrap_or(u64::MAX)),
            is_daily: rotate_daily,
            keep: count("keep", keep)?,
            capacity: count("capacity", capacity)?,
            addresses,
            durability,
            close_limit: span("close_limit", close_limit)?,
        }))
    }

    /// The path, as it was given.
    #[getter]
    fn path(&self) -> &std::path::Path {
        &self.0.path
    }

    fn __repr__(&self) -> String {
        let chain = if self.0.key.is_some() { "under a key" } else { "without a key" };
        format!("<jotem.sessions.AuditLog: {}, {chain}>", self.0.path.display())
    }
}

/// What an audit log did so far, in this process.
///
/// Example:
///     >>> with Sessions(secret, audit=path.with_name("other.jsonl")) as own:
///     ...     own.audit_state().dropped
///     0
#[pyclass(frozen, module = "jotem.sessions")]
pub(super) struct AuditState {
    counts: jotem_session::audit::AuditCounts,
    checkpoint: Checkpoint,
}

impl AuditState {
    pub(super) fn of(log: &EngineLog) -> Self {
        Self { counts: log.counts(), checkpoint: log.checkpoint() }
    }
}

#[pymethods]
impl AuditState {
    /// How many events are in a file.
    #[getter]
    const fn written(&self) -> u64 {
        self.counts.written
    }

    /// How many events are in none, and never will be.
    #[getter]
    const fn dropped(&self) -> u64 {
        self.counts.dropped
    }

    /// How often writing failed; it is tried again.
    #[getter]
    const fn failures(&self) -> u64 {
        self.counts.failures
    }

    /// Where the chain is: the number of the last line that is in a file, a colon, and its hash. Kept
    /// where whoever can change the log cannot, it shows whether the end was cut off.
    #[getter]
    fn checkpoint(&self) -> String {
        self.checkpoint.to_string()
    }

    fn __repr__(&self) -> String {
        let counts = &self.counts;
        format!(
            "<jotem.sessions.AuditState: {} written, {} dropped>",
            counts.written, counts.dropped
        )
    }
}

/// What an audit log has whose chain holds.
///
/// Example:
///     >>> verified = verify_audit_log(path, secret=secret)
///     >>> verified.chains, verified.is_closed, verified.first[0], verified.last[0]
///     (1, True, 1, 4)
#[pyclass(frozen, module = "jotem.sessions")]
pub(super) struct AuditVerified(Verified);

#[pymethods]
impl AuditVerified {
    /// How many lines there are, those of the log itself included.
    #[getter]
    const fn lines(&self) -> u64 {
        self.0.lines()
    }

    /// How many of them are alarms.
    #[getter]
    const fn alarms(&self) -> u64 {
        self.0.alarms()
    }

    /// How many events the log says were dropped.
    #[getter]
    const fn dropped(&self) -> u64 {
        self.0.dropped()
    }

    /// How many chains there are. What stood between two is not known.
    #[getter]
    const fn chains(&self) -> u64 {
        self.0.chains()
    }

    /// Whether the last line says that the log was closed. If not, the program still writes, or ended
    /// without closing its sessions; or the end was cut off.
    #[getter]
    const fn is_closed(&self) -> bool {
        self.0.is_closed()
    }

    /// The number and the time (RFC 3339) of the first line; None if there is no line. If the number is
    /// not 1, there were lines before it.
    #[getter]
    fn first(&self) -> Option<(u64, &str)> {
        self.0.first()
    }

    /// The number and the time (RFC 3339) of the last line; None if there is no line.
    #[getter]
    fn last(&self) -> Option<(u64, &str)> {
        self.0.last()
    }

    fn __repr__(&self) -> String {
        let verified = &self.0;
        let (lines, alarms) = (verified.lines(), verified.alarms());
        format!("<jotem.sessions.AuditVerified: {lines} line(s), {alarms} alarm(s)>")
    }
}

/// Verifies that the chain of an audit log holds, as ``jotem audit verify`` does.
///
/// Args:
///     files: The files of the log, the oldest first.
///     secret: That of the log, if it has one.
///     checkpoint: The log must have this line: ``checkpoint`` of an ``AuditState``.
///
/// Raises:
///     AuditFailed: Where the chain breaks, or that a file cannot be read.
///     Misuse: The secret is too short, or the checkpoint is none.
///
/// Example:
///     >>> from jotem import errors
///     >>> _ = path.write_text(path.read_text().replace('"ada"', '"eve"'))
///     >>> try:
///     ...     verify_audit_log(path, secret=secret)
///     ... except errors.AuditFailed as error:
///     ...     print(error.code, error.facts)
///     audit_changed {'line': 2, 'seq': 2}
///     >>> folder.cleanup()
#[pyfunction]
#[pyo3(signature = (*files, secret=None, checkpoint=None))]
pub(super) fn verify_audit_log(
    files: &Bound<'_, PyTuple>,
    secret: Given<'_, '_>,
    checkpoint: Given<'_, '_>,
) -> PyResult<AuditVerified> {
    let py = files.py();
    let paths = files.iter().map(|one| file("files", "str or os.PathLike of str", &one));
    let paths = paths.collect::<PyResult<Vec<_>>>()?;
    if paths.is_empty() {
        let hint = "give the files of the log, the oldest first";
        return Err(native::misuse(py, "there is no file to verify", hint));
    }
    let key = key(secret)?;
    let checkpoint = text("checkpoint", checkpoint)?;
    let verified = py.detach(|| {
        let mut verification = Verification::new(key.as_ref());
        if let Some(checkpoint) = checkpoint {
            verification = verification.expecting(checkpoint.parse()?);
        }
        for path in paths {
            verification.read(BufReader::new(File::open(path).map_err(|error| unread(&error))?))?;
        }
        verification.reaches()?;
        Ok(verification.verified())
    });
    verified.map(AuditVerified).map_err(|error| errors::raise_audit(py, &error))
}

fn unread(error: &Error) -> AuditError {
    AuditError::Read { reason: Excerpt::new(&error.to_string()) }
}
