//! Where results go: data to standard output, everything about it to standard error.

use std::io::{self, Write as _};

use serde_json::Value;

use crate::error::{Failure, Status};
use crate::pretty::pretty;

/// How results are written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    json: bool,
    whole: bool,
}

impl Output {
    pub(crate) const fn new(json: bool) -> Self {
        Self { json, whole: false }
    }

    /// Makes it an error that a reader goes away: nobody can make again what it has not got.
    pub(crate) const fn whole(self) -> Self {
        Self { whole: true, ..self }
    }

    /// Whether results are JSON documents.
    pub(crate) const fn is_json(self) -> bool {
        self.json
    }

    /// Writes bytes as they are.
    pub(crate) fn bytes(self, bytes: &[u8]) -> Result<(), Failure> {
        let mut stdout = io::stdout().lock();
        let written = stdout.write_all(bytes).and_then(|()| stdout.flush());
        match written {
            // A reader that went away has seen enough: the exit status is what it would have been.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe && !self.whole => Ok(()),
            Err(error) => Err(Failure::input_output("cannot write to standard output", &error)),
            Ok(()) => Ok(()),
        }
    }

    /// Writes text, with a line end.
    pub(crate) fn text(self, text: &str) -> Result<(), Failure> {
        self.bytes(format!("{}\n", text.trim_end_matches('\n')).as_bytes())
    }

    /// Writes a JSON document.
    pub(crate) fn document(self, document: &Value) -> Result<(), Failure> {
        self.exact_document(&document.to_string())
    }

    /// Writes a JSON document of which every digit is kept.
    pub(crate) fn exact_document(self, json: &str) -> Result<(), Failure> {
        self.text(&pretty(json))
    }

    /// Tells a person something that is not the result.
    pub(crate) fn note(self, text: &str) {
        if !self.json {
            // Nobody is left to be told that standard error cannot be written.
            drop(writeln!(io::stderr().lock(), "{text}"));
        }
    }

    /// Says why the command stopped.
    pub(crate) fn failure(self, failure: &Failure) -> Result<Status, Failure> {
        if self.json {
            self.document(&failure.to_document())?;
        } else {
            self.note(failure.to_text().trim_end());
        }
        Ok(failure.status())
    }
}
