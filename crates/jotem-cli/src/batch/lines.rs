//! Where the tokens of a batch come from: files, one after another, in blocks of whole lines.
//!
//! What is not yet read stays where it is, and a line that can be no token is counted and not kept, so
//! that the memory of a batch does not depend on its input.

use std::io::{self, BufRead as _, BufReader, Read};
use std::mem;
use std::sync::Arc;
use std::vec::IntoIter;

use jotem::Limits;
use memchr::{memchr, memchr_iter, memrchr};
use serde_json::Value;

use crate::error::Failure;

/// A file, or standard input.
pub(crate) struct Source {
    pub(super) name: Arc<Name>,
    reader: BufReader<Box<dyn Read + Send>>,
    /// How many bytes there are, if that is known before they are read.
    pub(super) bytes: Option<u64>,
}

impl Source {
    pub(crate) fn new(name: String, reader: Box<dyn Read + Send>, bytes: Option<u64>) -> Self {
        let name = Arc::new(Name { json: Value::from(name.as_str()).to_string(), text: name });
        Self { name, reader: BufReader::with_capacity(BLOCK, reader), bytes }
    }
}

/// What a source is called.
pub(super) struct Name {
    pub(super) text: String,
    /// With quotation marks.
    pub(super) json: String,
}

/// Some lines that follow each other.
pub(super) struct Block {
    /// Where they stand.
    pub(super) source: Arc<Name>,
    /// The number of the first, from 1.
    pub(super) first_line: u64,
    pub(super) content: Content,
    /// How much was read for them.
    pub(super) bytes: u64,
}

pub(super) enum Content {
    /// Whole lines with their ends; the last one of a file may have none.
    Lines(Vec<u8>),
    /// One line of so many bytes, which is too long to be a token.
    TooLong(usize),
}

/// Reads the sources block by block.
pub(super) struct Lines {
    sources: IntoIter<Source>,
    current: Option<Source>,
    /// The number of the next line.
    line: u64,
    /// The beginning of a line whose end is not read.
    begun: Vec<u8>,
    /// How much was read since the last block.
    read: u64,
}

impl Lines {
    pub(super) fn of(sources: Vec<Source>) -> Self {
        let mut sources = sources.into_iter();
        let current = sources.next();
        Self { sources, current, line: 1, begun: Vec::new(), read: 0 }
    }

    fn block(&mut self) -> Result<Option<Block>, Failure> {
        while let Some(source) = self.current.as_mut() {
            let name = Arc::clone(&source.name);
            let part = fill(source)?;
            let length = part.len();
            if part.is_empty() {
                // The end; the last line may have had none of its own.
                let rest = mem::take(&mut self.begun);
                let lines = self.lines(name, rest);
                (self.current, self.line) = (self.sources.next(), 1);
                if lines.is_some() {
                    return Ok(lines);
                }
            } else if let Some(end) = memrchr(b'\n', part) {
                let (whole, begun) =
                    part.split_at_checked(end.saturating_add(1)).unwrap_or_default();
                let mut lines = Vec::with_capacity(self.begun.len().saturating_add(whole.len()));
                lines.append(&mut self.begun);
                lines.extend_from_slice(whole);
                self.begun.extend_from_slice(begun);
                self.consume(length);
                return Ok(self.lines(name, lines));
            } else {
                self.begun.extend_from_slice(part);
                self.consume(length);
                if self.begun.len() > longest_line() {
                    return self.too_long(name).map(Some);
                }
            }
        }
        Ok(None)
    }

    fn lines(&mut self, source: Arc<Name>, lines: Vec<u8>) -> Option<Block> {
        let first_line = self.line;
        let count = memchr_iter(b'\n', &lines).count();
        self.line = first_line.saturating_add(to_u64(count));
        let bytes = mem::take(&mut self.read);
        (!lines.is_empty()).then_some(Block {
            source,
            first_line,
            content: Content::Lines(lines),
            bytes,
        })
    }

    /// Counts the rest of a line without keeping it.
    fn too_long(&mut self, source: Arc<Name>) -> Result<Block, Failure> {
        let mut length = mem::take(&mut self.begun).len();
        while let Some(source) = self.current.as_mut() {
            let part = fill(source)?;
            let end = memchr(b'\n', part);
            let is_over = end.is_some() || part.is_empty();
            let counted = end.unwrap_or(part.len());
            length = length.saturating_add(counted);
            self.consume(counted.saturating_add(usize::from(end.is_some())));
            if is_over {
                break;
            }
        }
        let first_line = self.line;
        self.line = first_line.saturating_add(1);
        let bytes = mem::take(&mut self.read);
        Ok(Block { source, first_line, content: Content::TooLong(length), bytes })
    }

    fn consume(&mut self, bytes: usize) {
        if let Some(source) = self.current.as_mut() {
            source.reader.consume(bytes);
            self.read = self.read.saturating_add(to_u64(bytes));
        }
    }
}

impl Iterator for Lines {
    type Item = Result<Block, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        let block = self.block();
        if block.is_err() {
            self.current = None;
        }
        block.transpose()
    }
}

/// Returns what has been read and not yet been used; reads more if there is nothing.
fn fill(source: &mut Source) -> Result<&[u8], Failure> {
    while let Err(error) = source.reader.fill_buf() {
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(Failure::input_output(format!("cannot read {}", source.name.text), &error));
        }
    }
    Ok(source.reader.buffer())
}

fn to_u64(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// As much as is read at once: about a hundred tokens, a job for a thread.
const BLOCK: usize = 32 * 1024;

/// No token is half as long; there is room for blanks around it.
fn longest_line() -> usize {
    Limits::default().max_token_bytes().saturating_mul(2)
}
