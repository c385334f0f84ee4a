//! The reader: a position in a text, and the rules that hold at every level.

use std::borrow::Cow;
use std::cell::Cell;

use super::PRIVATE;
use super::fault::{Fault, FaultKind};
use super::names::{Names, short_fingerprint};
use super::string::plain_bytes;
use crate::limits::Limits;

/// The type of a JSON value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Object,
    Array,
    String,
    Number,
    Boolean,
    Null,
}

/// A position in a JSON text.
pub(crate) struct Reader<'a> {
    text: &'a str,
    position: usize,
    depth_left: usize,
    members: usize,
    /// How many strings with escapes have been read.
    escaped: usize,
    /// The whole number that was read last, and where it began.
    whole: (usize, u64),
    /// Where a string without escapes stands that was read before.
    known: (usize, usize),
    /// The depth at which reading began.
    depth: usize,
    /// Whether a fault was found. A type that swallows the error of a field does not undo it.
    faulted: Cell<bool>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(text: &'a str, limits: &Limits) -> Self {
        Self {
            text,
            position: 0,
            depth_left: limits.max_depth(),
            members: limits.max_members(),
            escaped: 0,
            whole: (usize::MAX, 0),
            known: (usize::MAX, 0),
            depth: limits.max_depth(),
            faulted: Cell::new(false),
        }
    }

    /// Goes on at a value of a text that was read before; if it is a string without escapes, its end
    /// is known.
    #[inline]
    pub(crate) fn move_to(&mut self, position: usize, end: Option<usize>) {
        self.position = position;
        self.known = end.map_or((usize::MAX, 0), |end| (position, end));
    }

    /// Reads the string that begins here, if it is known to have no escapes.
    #[inline]
    pub(super) fn known_string(&mut self) -> Option<&'a str> {
        let (start, end) = self.known;
        if start != self.position {
            return None;
        }
        self.position = end;
        // Between two quotation marks.
        Some(self.slice(start.wrapping_add(1), end.wrapping_sub(1)))
    }

    /// Leaves out the rest of a text that was read to its end before.
    pub(crate) const fn leave_out_rest(&mut self) {
        self.position = self.text.len();
    }

    /// Returns the type of the next value, if one begins here.
    #[inline]
    pub(crate) fn kind(&mut self) -> Result<Kind, Fault> {
        self.skip_whitespace();
        Ok(match self.peek() {
            Some(b'{') => Kind::Object,
            Some(b'[') => Kind::Array,
            Some(b'"') => Kind::String,
            Some(b'-' | b'0'..=b'9') => Kind::Number,
            Some(b't' | b'f') => Kind::Boolean,
            Some(b'n') => Kind::Null,
            Some(_) | None => return Err(self.syntax()),
        })
    }

    /// Checks that the value was read whole and without fault, and that only whitespace is left.
    pub(crate) fn end(&mut self) -> Result<(), Fault> {
        self.skip_whitespace();
        let whole = self.peek().is_none() && self.depth_left == self.depth;
        if whole && !self.faulted.get() { Ok(()) } else { Err(self.syntax()) }
    }

    /// Reads one whole value and returns its text, checked but not interpreted.
    pub(crate) fn raw(&mut self) -> Result<&'a str, Fault> {
        self.skip_whitespace();
        let start = self.position;
        self.skip()?;
        Ok(self.slice(start, self.position))
    }

    /// Reads the members of an object: `member` gets each name, with the reader before its value,
    /// and must read the value.
    pub(crate) fn object(
        &mut self,
        mut member: impl FnMut(&mut Self, Cow<'a, str>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let mut members = Members::open(self)?;
        while let Some(name) = members.next(self)? {
            member(self, name)?;
        }
        Ok(())
    }

    /// Reads the elements of an array, each by `element`.
    pub(crate) fn array(
        &mut self,
        mut element: impl FnMut(&mut Self) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let mut elements = Elements::open(self)?;
        while elements.next(self)? {
            element(self)?;
        }
        Ok(())
    }

    /// Reads a string, with the whitespace before it.
    pub(crate) fn text(&mut self) -> Result<Cow<'a, str>, Fault> {
        self.skip_whitespace();
        self.string()
    }

    /// Skips one value, checking it as strictly as if it were read.
    pub(super) fn skip(&mut self) -> Result<(), Fault> {
        match self.kind()? {
            Kind::Object => self.object(|reader, _| reader.skip()),
            Kind::Array => self.array(Self::skip),
            Kind::String => self.string().map(drop),
            Kind::Number => self.number().map(drop),
            Kind::Boolean => self.boolean().map(drop),
            Kind::Null => self.null(),
        }
    }

    pub(super) fn boolean(&mut self) -> Result<bool, Fault> {
        if self.eat(b't') {
            self.literal("rue").map(|()| true)
        } else {
            self.literal("false").map(|()| false)
        }
    }

    pub(super) fn null(&mut self) -> Result<(), Fault> {
        self.literal("null")
    }

    fn literal(&mut self, word: &str) -> Result<(), Fault> {
        if !self.rest().starts_with(word.as_bytes()) {
            return Err(self.syntax());
        }
        self.advance(word.len());
        Ok(())
    }

    #[inline]
    pub(super) fn skip_whitespace(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.bump();
        }
    }

    #[inline]
    pub(super) fn expect(&mut self, byte: u8) -> Result<(), Fault> {
        if self.eat(byte) { Ok(()) } else { Err(self.syntax()) }
    }

    #[inline]
    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        if found {
            self.bump();
        }
        found
    }

    #[inline]
    pub(super) fn next(&mut self) -> Option<u8> {
        let byte = self.peek();
        self.bump();
        byte
    }

    #[inline]
    pub(crate) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.position).copied()
    }

    #[inline]
    pub(super) fn bump(&mut self) {
        self.advance(1);
    }

    #[inline]
    pub(super) fn advance(&mut self, bytes: usize) {
        // Never past the end by more than the byte that was looked for, so it cannot wrap; whatever
        // it is, it is only ever used through `get`.
        self.position = self.position.wrapping_add(bytes);
    }

    pub(crate) const fn position(&self) -> usize {
        self.position
    }

    #[inline]
    pub(super) fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.position..).unwrap_or_default()
    }

    /// Returns a part of the text. Positions stand before or after ASCII bytes, so the bounds are
    /// always characters' bounds.
    #[inline]
    pub(crate) fn slice(&self, start: usize, end: usize) -> &'a str {
        self.text.get(start..end).unwrap_or_default()
    }

    /// Returns how many strings with escapes have been read so far.
    pub(crate) const fn escaped_strings(&self) -> usize {
        self.escaped
    }

    /// Returns the whole number that was just read, if it began at `start`.
    #[inline]
    pub(crate) fn whole_at(&self, start: usize) -> Option<u64> {
        (self.whole.0 == start).then_some(self.whole.1)
    }

    pub(super) const fn keep_whole(&mut self, start: usize, value: u64) {
        self.whole = (start, value);
    }

    /// Returns the whole text.
    pub(crate) const fn document(&self) -> &'a str {
        self.text
    }

    pub(super) fn count_escaped(&mut self) {
        self.escaped = self.escaped.saturating_add(1);
    }

    /// Notes that there is a fault, and makes it an error.
    #[cold]
    pub(super) fn fault(&self, kind: FaultKind, position: usize) -> Fault {
        self.faulted.set(true);
        Fault::at(kind, position)
    }

    /// "This byte cannot stand here."
    #[cold]
    pub(crate) fn syntax(&self) -> Fault {
        self.fault(FaultKind::Syntax, self.position)
    }

    /// "The byte just read cannot stand there."
    #[cold]
    pub(super) fn syntax_before(&self) -> Fault {
        self.fault(FaultKind::Syntax, self.position.saturating_sub(1))
    }

    /// Begins an object or an array.
    #[inline]
    pub(crate) fn enter(&mut self) -> Result<(), Fault> {
        match self.depth_left.checked_sub(1) {
            Some(left) => {
                self.depth_left = left;
                Ok(())
            }
            None => Err(self.fault(FaultKind::TooDeep, self.position)),
        }
    }

    /// Ends an object or an array.
    #[inline]
    pub(crate) fn leave(&mut self) {
        self.depth_left = self.depth_left.saturating_add(1);
    }
}

/// An object that is being read.
pub(crate) struct Members<'a> {
    names: Names<'a>,
    open: bool,
}

impl<'a> Members<'a> {
    /// Reads the opening brace.
    #[inline]
    pub(crate) fn open(reader: &mut Reader<'a>) -> Result<Self, Fault> {
        reader.skip_whitespace();
        reader.expect(b'{')?;
        reader.enter()?;
        Ok(Self { names: Names::new(), open: true })
    }

    /// Reads the next name and its colon, or the closing brace.
    #[inline]
    pub(crate) fn next(&mut self, reader: &mut Reader<'a>) -> Result<Option<Cow<'a, str>>, Fault> {
        match self.compact(reader) {
            Some(name) => Ok(Some(Cow::Borrowed(name))),
            None => self.any(reader),
        }
    }

    /// Reads the next name as compact writers write it: `,"name":`, without whitespace and escapes,
    /// and up to seven bytes. Reads nothing, and leaves it to [`Self::any`] to say why, if anything
    /// else stands here, or the name may not.
    fn compact(&mut self, reader: &mut Reader<'a>) -> Option<&'a str> {
        let count = self.names.count();
        let comma = usize::from(count > 0);
        let rest = reader.rest();
        let rest = if count > 0 { rest.strip_prefix(b",")? } else { rest };
        let rest = rest.strip_prefix(b"\"")?;
        let word = u64::from_le_bytes(*rest.first_chunk()?);
        let length = plain_bytes(word);
        // Eight plain bytes are a longer name: their ninth is not looked at here.
        if length > 7 || !rest.get(length..)?.starts_with(b"\":") {
            return None;
        }
        // All of it stands in the text, so it cannot wrap.
        let start = reader.position().wrapping_add(comma).wrapping_add(1);
        let end = start.wrapping_add(length);
        let name = reader.slice(start, end);
        if !self.open
            || count >= reader.members
            || !self.names.insert_short(name, short_fingerprint(word, length))
        {
            return None;
        }
        reader.position = end.wrapping_add(2);
        reader.skip_whitespace();
        Some(name)
    }

    /// Reads the next name, however it is written.
    fn any(&mut self, reader: &mut Reader<'a>) -> Result<Option<Cow<'a, str>>, Fault> {
        if !self.open {
            return Ok(None);
        }
        reader.skip_whitespace();
        if reader.eat(b'}') {
            reader.leave();
            self.open = false;
            return Ok(None);
        }
        if self.names.count() > 0 {
            reader.expect(b',')?;
            reader.skip_whitespace();
        }
        let at = reader.position();
        let name = reader.string()?;
        if name.starts_with(PRIVATE) {
            return Err(reader.fault(FaultKind::Syntax, at));
        }
        if self.names.count() >= reader.members {
            return Err(reader.fault(FaultKind::TooManyMembers, at));
        }
        if !self.names.insert(&name) {
            return Err(reader.fault(FaultKind::DuplicateMember(name.into_owned()), at));
        }
        reader.skip_whitespace();
        reader.expect(b':')?;
        reader.skip_whitespace();
        Ok(Some(name))
    }

    /// Reads what is left of the object, for a visitor that stopped early.
    pub(crate) fn close(&mut self, reader: &mut Reader<'a>) -> Result<(), Fault> {
        while self.next(reader)?.is_some() {
            reader.skip()?;
        }
        Ok(())
    }
}

/// An array that is being read.
pub(super) struct Elements {
    first: bool,
    open: bool,
}

impl Elements {
    /// Reads the opening bracket.
    pub(super) fn open(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        reader.skip_whitespace();
        reader.expect(b'[')?;
        reader.enter()?;
        Ok(Self { first: true, open: true })
    }

    /// Moves before the next element; `false` after the closing bracket.
    pub(super) fn next(&mut self, reader: &mut Reader<'_>) -> Result<bool, Fault> {
        if !self.open {
            return Ok(false);
        }
        reader.skip_whitespace();
        if reader.eat(b']') {
            reader.leave();
            self.open = false;
            return Ok(false);
        }
        if !std::mem::take(&mut self.first) {
            reader.expect(b',')?;
            reader.skip_whitespace();
        }
        Ok(true)
    }

    /// Reads what is left of the array, for a visitor that stopped early.
    pub(super) fn close(&mut self, reader: &mut Reader<'_>) -> Result<(), Fault> {
        while self.next(reader)? {
            reader.skip()?;
        }
        Ok(())
    }
}
