//! Reads JSON into Python's objects as `json.loads` does: for what both agree on without a doubt.
//!
//! Faults, `NaN`, lone surrogates, bytes that are not UTF-8 and deep nesting are [`Unread`]. The
//! callers decide what that is: `jotem.jwt` leaves such text to `json.loads`, which reads or refuses
//! it in its own words; the native API hands over only what the engine has read before, strictly.

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString};

use super::names::{Claim, Names};
use super::scan;
use super::shape::Filling;
use crate::raw::Guarded;

/// Deeper than this is left to Python, whose own limit is far beyond; the engine's is below.
const DEPTH: usize = 64;

/// A text that is not read here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unread;

impl From<PyErr> for Unread {
    fn from(_: PyErr) -> Self {
        Self
    }
}

type Read<T> = Result<T, Unread>;

/// The registered claims of a payload, caught while it is read.
#[derive(Debug, Default)]
pub(crate) struct Caught<'py>([Option<Bound<'py, PyAny>>; Claim::COUNT]);

impl<'py> Caught<'py> {
    /// Returns a claim that the payload has.
    #[inline]
    pub(crate) fn get(&self, claim: Claim) -> Option<&Bound<'py, PyAny>> {
        self.0.get(claim as usize).and_then(Option::as_ref)
    }

    #[inline]
    fn see(&mut self, claim: Claim, value: &Bound<'py, PyAny>) {
        if let Some(place) = self.0.get_mut(claim as usize) {
            *place = Some(value.clone());
        }
    }
}

/// Reads a document that is an object.
pub(crate) fn object<'py>(
    py: Python<'py>,
    json: &[u8],
    caught: &mut Caught<'py>,
) -> Read<Bound<'py, PyDict>> {
    whole(py, json, |reader| reader.claims(caught))
}

/// Reads a document that is an object, such as a header, which says nothing about the next payload.
pub(crate) fn members<'py>(py: Python<'py>, json: &[u8]) -> Read<Bound<'py, PyDict>> {
    whole(py, json, |reader| {
        reader.space();
        reader.members(DEPTH)
    })
}

/// Reads a document of any type.
pub(crate) fn value<'py>(py: Python<'py>, json: &[u8]) -> Read<Bound<'py, PyAny>> {
    whole(py, json, |reader| reader.value(DEPTH))
}

/// Reads a document, and nothing may follow it.
fn whole<'py, T>(
    py: Python<'py>,
    json: &[u8],
    mut read: impl FnMut(&mut Reader<'py, '_, '_>) -> Read<T>,
) -> Read<T> {
    let known = NAMES.with(py, |names| {
        names.begin();
        Reader { py, json, at: 0, names: Some(names) }.whole(&mut read)
    });
    // Whoever reads while somebody else does goes without.
    known.unwrap_or_else(|| Reader { py, json, at: 0, names: None }.whole(&mut read))
}

/// The names that tokens have had, kept for as long as the program runs.
static NAMES: Guarded<Names> = Guarded::new(Names::new());

struct Reader<'py, 'j, 'n> {
    py: Python<'py>,
    json: &'j [u8],
    at: usize,
    names: Option<&'n mut Names>,
}

impl<'py, 'j> Reader<'py, 'j, '_> {
    fn whole<T>(&mut self, read: &mut impl FnMut(&mut Self) -> Read<T>) -> Read<T> {
        let value = read(self)?;
        self.space();
        if self.at == self.json.len() { Ok(value) } else { Err(Unread) }
    }

    fn value(&mut self, depth: usize) -> Read<Bound<'py, PyAny>> {
        self.space();
        Ok(match self.peek()? {
            b'"' => self.string()?.into_any(),
            b'{' => self.members(depth.checked_sub(1).ok_or(Unread)?)?.into_any(),
            b'[' => self.elements(depth.checked_sub(1).ok_or(Unread)?)?.into_any(),
            b't' => self.word(b"true", PyBool::new(self.py, true).to_owned().into_any())?,
            b'f' => self.word(b"false", PyBool::new(self.py, false).to_owned().into_any())?,
            b'n' => self.word(b"null", self.py.None().into_bound(self.py))?,
            b'-' | b'0'..=b'9' => self.number()?,
            _ => return Err(Unread),
        })
    }

    /// Reads an object that is the whole document, and catches the registered claims.
    fn claims(&mut self, caught: &mut Caught<'py>) -> Read<Bound<'py, PyDict>> {
        self.space();
        self.expect(b'{')?;
        let shape = self.names.as_mut().map(|names| std::mem::take(&mut names.shape));
        let mut filling = Filling::new(self.py, shape.unwrap_or_default())?;
        if !self.eat(b'}') {
            loop {
                let (name, claim) = self.name()?;
                let value = self.value(DEPTH)?;
                if let Some(claim) = claim {
                    caught.see(claim, &value);
                }
                filling.put(name, value)?;
                if !self.eat(b',') {
                    break;
                }
            }
            self.expect(b'}')?;
        }
        let (dict, shape) = filling.finish()?;
        if let Some(names) = &mut self.names {
            names.shape = shape;
        }
        Ok(dict)
    }

    fn members(&mut self, depth: usize) -> Read<Bound<'py, PyDict>> {
        self.expect(b'{')?;
        let dict = PyDict::new(self.py);
        if self.eat(b'}') {
            return Ok(dict);
        }
        loop {
            let (name, _) = self.name()?;
            dict.set_item(name, self.value(depth)?)?;
            if !self.eat(b',') {
                break;
            }
        }
        self.expect(b'}')?;
        Ok(dict)
    }

    fn elements(&mut self, depth: usize) -> Read<Bound<'py, PyList>> {
        let list = PyList::empty(self.py);
        self.expect(b'[')?;
        if self.eat(b']') {
            return Ok(list);
        }
        loop {
            list.append(self.value(depth)?)?;
            if !self.eat(b',') {
                break;
            }
        }
        self.expect(b']')?;
        Ok(list)
    }

    /// Reads the name of a member and the colon. The names are the same few in every token, and
    /// mostly in the same order: so the one that followed last time is tried first.
    fn name(&mut self) -> Read<(Bound<'py, PyString>, Option<Claim>)> {
        if let Some(names) = &mut self.names
            && let Some(rest) = self.json.get(self.at..)
            && let Some(known) = names.next_in(rest)
        {
            self.at = self.at.saturating_add(known.quoted.len());
            return Ok((known.object.bind(self.py).clone(), known.claim));
        }
        self.space();
        let found = match self.plain()? {
            Some((text, is_ascii)) => match &mut self.names {
                Some(names) if names.takes(text) => {
                    let make = || text_object(self.py, text, is_ascii).map(Bound::unbind);
                    let known = names.find(text, make)?;
                    (known.object.bind(self.py).clone(), known.claim)
                }
                _ => (text_object(self.py, text, is_ascii)?, Claim::named(text)),
            },
            None => {
                let text = self.escaped()?;
                (PyString::new(self.py, &text), Claim::named(text.as_bytes()))
            }
        };
        self.expect(b':')?;
        Ok(found)
    }

    fn string(&mut self) -> Read<Bound<'py, PyString>> {
        match self.plain()? {
            Some((text, is_ascii)) => text_object(self.py, text, is_ascii),
            None => Ok(PyString::new(self.py, &self.escaped()?)),
        }
    }

    /// Reads a string without escapes, and tells whether it is ASCII; reads nothing if there is one.
    #[inline]
    fn plain(&mut self) -> Read<Option<(&'j [u8], bool)>> {
        if self.peek()? != b'"' {
            return Err(Unread);
        }
        let start = self.at.saturating_add(1);
        let rest = self.json.get(start..).ok_or(Unread)?;
        let scan::Plain { length, is_ascii } = scan::plain(rest);
        match rest.get(length) {
            Some(b'"') => {
                self.at = start.saturating_add(length).saturating_add(1);
                Ok(rest.get(..length).map(|text| (text, is_ascii)))
            }
            Some(b'\\') => Ok(None),
            Some(_) | None => Err(Unread),
        }
    }

    /// Reads a string with its escapes.
    fn escaped(&mut self) -> Read<String> {
        self.expect(b'"')?;
        let mut text = String::new();
        loop {
            let rest = self.json.get(self.at..).ok_or(Unread)?;
            let length = scan::plain(rest).length;
            let plain = std::str::from_utf8(rest.get(..length).ok_or(Unread)?);
            text.push_str(plain.map_err(|_| Unread)?);
            self.at = self.at.saturating_add(length).saturating_add(1);
            match rest.get(length) {
                Some(b'"') => return Ok(text),
                Some(b'\\') => text.push(self.escape()?),
                Some(_) | None => return Err(Unread),
            }
        }
    }

    fn escape(&mut self) -> Read<char> {
        let byte = self.peek()?;
        self.at = self.at.saturating_add(1);
        Ok(match byte {
            b'"' | b'\\' | b'/' => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => self.code_point()?,
            _ => return Err(Unread),
        })
    }

    /// Reads the digits of `\u`, twice for a surrogate pair. A lone surrogate is for Python.
    fn code_point(&mut self) -> Read<char> {
        let first = self.code_unit()?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(first).ok_or(Unread);
        }
        let end = self.at.saturating_add(2);
        if self.json.get(self.at..end) != Some(b"\\u") {
            return Err(Unread);
        }
        self.at = end;
        let second = self.code_unit()?;
        let units = [first, second].map(|unit| u16::try_from(unit).unwrap_or_default());
        let mut pair = char::decode_utf16(units);
        match (pair.next(), pair.next()) {
            (Some(Ok(joined)), None) => Ok(joined),
            _ => Err(Unread),
        }
    }

    fn code_unit(&mut self) -> Read<u32> {
        let end = self.at.saturating_add(4);
        let digits = self.json.get(self.at..end).ok_or(Unread)?;
        self.at = end;
        digits.iter().try_fold(0_u32, |unit, digit| {
            let digit = char::from(*digit).to_digit(16).ok_or(Unread)?;
            Ok(unit.wrapping_shl(4) | digit)
        })
    }

    fn number(&mut self) -> Read<Bound<'py, PyAny>> {
        let start = self.at;
        let negative = self.take(b'-');
        let whole = self.digits();
        let leading_zero = whole.len() > 1 && whole.first() == Some(&b'0');
        if whole.is_empty() || leading_zero {
            return Err(Unread);
        }
        let mut is_whole = true;
        if self.take(b'.') {
            is_whole = false;
            if self.digits().is_empty() {
                return Err(Unread);
            }
        }
        if self.take(b'e') || self.take(b'E') {
            is_whole = false;
            let _signed = self.take(b'+') || self.take(b'-');
            if self.digits().is_empty() {
                return Err(Unread);
            }
        }
        // 18 digits always fit.
        if is_whole && whole.len() <= 18 {
            let value = whole.iter().fold(0_i64, |value, digit| {
                value.wrapping_mul(10).wrapping_add(i64::from(digit.wrapping_sub(b'0')))
            });
            let value = if negative { value.wrapping_neg() } else { value };
            return Ok(PyInt::new(self.py, value).into_any());
        }
        let text = std::str::from_utf8(self.json.get(start..self.at).ok_or(Unread)?);
        let text = text.map_err(|_| Unread)?;
        if is_whole {
            return Ok(self.py.get_type::<PyInt>().call1((text,))?);
        }
        let value: f64 = text.parse().map_err(|_| Unread)?;
        Ok(PyFloat::new(self.py, value).into_any())
    }

    fn digits(&mut self) -> &'j [u8] {
        let rest = self.json.get(self.at..).unwrap_or_default();
        let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at = self.at.saturating_add(count);
        rest.get(..count).unwrap_or_default()
    }

    fn word(&mut self, word: &[u8], value: Bound<'py, PyAny>) -> Read<Bound<'py, PyAny>> {
        let rest = self.json.get(self.at..).unwrap_or_default();
        if !rest.starts_with(word) {
            return Err(Unread);
        }
        self.at = self.at.saturating_add(word.len());
        Ok(value)
    }

    #[inline]
    fn peek(&self) -> Read<u8> {
        self.json.get(self.at).copied().ok_or(Unread)
    }

    #[inline]
    fn take(&mut self, byte: u8) -> bool {
        let there = self.json.get(self.at) == Some(&byte);
        if there {
            self.at = self.at.saturating_add(1);
        }
        there
    }

    #[inline]
    fn space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.json.get(self.at) {
            self.at = self.at.saturating_add(1);
        }
    }

    #[inline]
    fn eat(&mut self, byte: u8) -> bool {
        self.space();
        self.take(byte)
    }

    #[inline]
    fn expect(&mut self, byte: u8) -> Read<()> {
        if self.eat(byte) { Ok(()) } else { Err(Unread) }
    }
}

fn text_object<'py>(py: Python<'py>, text: &[u8], is_ascii: bool) -> Read<Bound<'py, PyString>> {
    if is_ascii && let Some(ascii) = crate::raw::ascii(py, text) {
        return Ok(ascii);
    }
    Ok(PyString::new(py, std::str::from_utf8(text).map_err(|_| Unread)?))
}
