//! Where results go: data to standard output, everything about it to standard error; with colours
//! where a person looks.

use std::io::{self, IsTerminal as _, Write};
use std::ops::ControlFlow;

use anstream::{AutoStream, ColorChoice};
use serde_json::Value;
use terminal_size::{Height, Width};

use crate::error::{Failure, Status};
use crate::paint::{self, CAREFUL, paint};
use crate::pretty::pretty;
use crate::wrap;

/// How results are written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    json: bool,
    whole: bool,
    color: ColorChoice,
}

impl Output {
    /// `color` is what was asked for; where nothing was, the terminal and the environment decide.
    pub(crate) const fn new(json: bool, color: clap::ColorChoice) -> Self {
        let color = match color {
            clap::ColorChoice::Auto => ColorChoice::Auto,
            clap::ColorChoice::Always => ColorChoice::Always,
            clap::ColorChoice::Never => ColorChoice::Never,
        };
        Self { json, whole: false, color }
    }

    /// Makes it an error that a reader goes away: nobody can make again what it has not got.
    pub(crate) const fn whole(self) -> Self {
        Self { whole: true, ..self }
    }

    /// Whether results are JSON documents.
    pub(crate) const fn is_json(self) -> bool {
        self.json
    }

    /// How many columns a line of a result may have.
    pub(crate) fn width(self) -> usize {
        let terminal = terminal_size::terminal_size_of(io::stdout());
        terminal.map_or(WIDTH, |(Width(columns), _)| columns.into())
    }

    /// Breaks the lines of a message for standard output.
    pub(crate) fn wrapped(self, text: &str) -> String {
        fitted(text, terminal_size::terminal_size_of(io::stdout()))
    }

    /// Writes bytes as they are.
    pub(crate) fn bytes(self, bytes: &[u8]) -> Result<(), Failure> {
        self.write(io::stdout().lock(), bytes)
    }

    /// Writes a part of a long result: documents as they are, text as [`Self::text`] does. Breaks off
    /// when nobody reads any longer.
    pub(crate) fn part(self, part: &[u8]) -> Result<ControlFlow<()>, Failure> {
        let stdout = io::stdout().lock();
        let written = if self.json {
            write_all(stdout, part)
        } else {
            write_all(AutoStream::new(stdout, self.color), part)
        };
        match written {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(ControlFlow::Break(())),
            Err(error) => Err(Failure::input_output("cannot write to standard output", &error)),
            Ok(()) => Ok(ControlFlow::Continue(())),
        }
    }

    /// Writes text for a person, painted where colours are wanted, with a line end.
    pub(crate) fn text(self, text: &str) -> Result<(), Failure> {
        let stdout = AutoStream::new(io::stdout().lock(), self.color);
        self.write(stdout, ended(text).as_bytes())
    }

    /// Writes a token. Environments that force colours on everything (CLICOLOR_FORCE) do not get
    /// them into the files and variables of scripts: a token with colours in it is no token.
    pub(crate) fn token(self, token: &str) -> Result<(), Failure> {
        if self.color == ColorChoice::Always || io::stdout().is_terminal() {
            return self.text(&paint::token(token));
        }
        self.bytes(ended(token).as_bytes())
    }

    /// Writes a JSON document.
    pub(crate) fn document(self, document: &Value) -> Result<(), Failure> {
        self.exact_document(&document.to_string())
    }

    /// Writes a JSON document of which every digit is kept.
    pub(crate) fn exact_document(self, json: &str) -> Result<(), Failure> {
        self.bytes(ended(&pretty(json)).as_bytes())
    }

    /// Tells a person something that is not the result.
    pub(crate) fn note(self, text: &str) {
        self.aside(&fitted(text, terminal_size::terminal_size_of(io::stderr())));
    }

    /// Tells a person something that is laid out already.
    pub(crate) fn aside(self, text: &str) {
        if !self.json {
            let mut stderr = AutoStream::new(io::stderr().lock(), self.color);
            // Nobody is left to be told that standard error cannot be written.
            drop(stderr.write_all(ended(text).as_bytes()));
        }
    }

    /// Says that a member of a set was left out, and why; the others are not held up by it
    /// (RFC 7517 §5).
    pub(crate) fn left_out(self, number: usize, failure: &Failure) {
        let message = failure.message();
        self.note(&format!("{} left out member {number}: {message}", paint(CAREFUL, "note:")));
    }

    /// Says why the command stopped.
    pub(crate) fn failure(self, failure: &Failure) -> Result<Status, Failure> {
        if self.json {
            self.document(&failure.to_document())?;
        } else {
            self.note(&failure.to_text());
        }
        Ok(failure.status())
    }

    fn write(self, stdout: impl Write, bytes: &[u8]) -> Result<(), Failure> {
        match write_all(stdout, bytes) {
            // A reader that went away has seen enough: the exit status is what it would have been.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe && !self.whole => Ok(()),
            Err(error) => Err(Failure::input_output("cannot write to standard output", &error)),
            Ok(()) => Ok(()),
        }
    }
}

fn write_all(mut stdout: impl Write, bytes: &[u8]) -> io::Result<()> {
    stdout.write_all(bytes).and_then(|()| stdout.flush())
}

/// A terminal would break lines within words; a file has them as they are.
fn fitted(text: &str, terminal: Option<(Width, Height)>) -> String {
    match terminal {
        Some((Width(columns), _)) => wrap::message(text, columns.into()),
        None => text.to_owned(),
    }
}

/// The width where there is no terminal.
const WIDTH: usize = 100;

fn ended(text: &str) -> String {
    format!("{}\n", text.trim_end_matches('\n'))
}
