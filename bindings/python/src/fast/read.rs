//! Reads JSON into Python's objects as `json.loads` does: for what both agree on without a doubt.
//!
//! Faults, `NaN`, lone surrogates, bytes that are not UTF-8, whole numbers of more than 18 digits and
//! deep nesting are "not mine": `json.loads` reads or refuses those, in its own words.

use std::sync::Mutex;

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString};

use super::{NotMine, Ordinary};

/// Deeper than this is left to Python, whose own limit is far beyond.
const DEPTH: usize = 64;
/// Names up to this length are remembered.
const SHORT: usize = 24;
/// How many names are remembered: a power of two.
const NAMES: usize = 256;

/// The registered claims of a payload, caught while it is read.
#[derive(Debug, Default)]
pub(crate) struct Caught<'py> {
    pub(crate) iss: Option<Bound<'py, PyAny>>,
    pub(crate) sub: Option<Bound<'py, PyAny>>,
    pub(crate) aud: Option<Bound<'py, PyAny>>,
    pub(crate) exp: Option<Bound<'py, PyAny>>,
    pub(crate) nbf: Option<Bound<'py, PyAny>>,
    pub(crate) iat: Option<Bound<'py, PyAny>>,
    pub(crate) jti: Option<Bound<'py, PyAny>>,
}

impl<'py> Caught<'py> {
    #[inline]
    fn see(&mut self, name: &[u8], value: &Bound<'py, PyAny>) {
        let place = match name {
            b"iss" => &mut self.iss,
            b"sub" => &mut self.sub,
            b"aud" => &mut self.aud,
            b"exp" => &mut self.exp,
            b"nbf" => &mut self.nbf,
            b"iat" => &mut self.iat,
            b"jti" => &mut self.jti,
            _ => return,
        };
        *place = Some(value.clone());
    }
}

/// Reads a document that is an object.
pub(crate) fn object<'py>(
    py: Python<'py>,
    json: &[u8],
    caught: &mut Caught<'py>,
) -> Ordinary<Bound<'py, PyDict>> {
    // Whoever else is reading goes without: a lock must not be waited for while holding the GIL.
    let names = NAMES_SEEN.try_lock().ok();
    let mut reader = Reader { py, json, at: 0, names };
    let object = reader.members(DEPTH, Some(caught))?;
    reader.space();
    if reader.at == json.len() { Ok(object) } else { Err(NotMine) }
}

type Names = Vec<Option<(Box<[u8]>, Py<PyString>)>>;

static NAMES_SEEN: Mutex<Names> = Mutex::new(Vec::new());

struct Reader<'py, 'j> {
    py: Python<'py>,
    json: &'j [u8],
    at: usize,
    names: Option<std::sync::MutexGuard<'static, Names>>,
}

impl<'py, 'j> Reader<'py, 'j> {
    fn value(&mut self, depth: usize) -> Ordinary<Bound<'py, PyAny>> {
        self.space();
        Ok(match self.peek()? {
            b'"' => self.string()?.into_any(),
            b'{' => self.members(depth.checked_sub(1).ok_or(NotMine)?, None)?.into_any(),
            b'[' => self.elements(depth.checked_sub(1).ok_or(NotMine)?)?.into_any(),
            b't' => self.word(b"true", PyBool::new(self.py, true).to_owned().into_any())?,
            b'f' => self.word(b"false", PyBool::new(self.py, false).to_owned().into_any())?,
            b'n' => self.word(b"null", self.py.None().into_bound(self.py))?,
            b'-' | b'0'..=b'9' => self.number()?,
            _ => return Err(NotMine),
        })
    }

    fn members(
        &mut self,
        depth: usize,
        mut caught: Option<&mut Caught<'py>>,
    ) -> Ordinary<Bound<'py, PyDict>> {
        let dict = PyDict::new(self.py);
        self.expect(b'{')?;
        if self.eat(b'}') {
            return Ok(dict);
        }
        loop {
            self.space();
            let start = self.at;
            let name = self.name()?;
            let end = self.at;
            self.expect(b':')?;
            let value = self.value(depth)?;
            if let Some(caught) = caught.as_deref_mut() {
                let inner = start.saturating_add(1)..end.saturating_sub(1);
                caught.see(self.json.get(inner).unwrap_or_default(), &value);
            }
            dict.set_item(name, value)?;
            if !self.eat(b',') {
                break;
            }
        }
        self.expect(b'}')?;
        Ok(dict)
    }

    fn elements(&mut self, depth: usize) -> Ordinary<Bound<'py, PyList>> {
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

    /// Reads a string that is a name: the same few in every token, and so the same objects. A name
    /// with an escape is left to Python, so that what is caught has one spelling.
    fn name(&mut self) -> Ordinary<Bound<'py, PyString>> {
        let text = self.plain()?.ok_or(NotMine)?;
        let Some(names) = self.names.as_deref_mut().filter(|_| text.len() <= SHORT) else {
            return text_object(self.py, text);
        };
        if names.is_empty() {
            names.resize_with(NAMES, || None);
        }
        let Some(slot) = names.get_mut(place(text)) else { return Err(NotMine) };
        if let Some((known, name)) = slot
            && **known == *text
        {
            return Ok(name.bind(self.py).clone());
        }
        let name = text_object(self.py, text)?;
        *slot = Some((text.into(), name.clone().unbind()));
        Ok(name)
    }

    fn string(&mut self) -> Ordinary<Bound<'py, PyString>> {
        let start = self.at;
        match self.plain()? {
            Some(text) => text_object(self.py, text),
            None => {
                self.at = start.saturating_add(1);
                let text = self.escaped()?;
                Ok(PyString::new(self.py, &text))
            }
        }
    }

    /// Reads a string without escapes; `None` if there is one.
    #[inline]
    fn plain(&mut self) -> Ordinary<Option<&'j [u8]>> {
        if self.peek()? != b'"' {
            return Err(NotMine);
        }
        let start = self.at.saturating_add(1);
        let rest = self.json.get(start..).ok_or(NotMine)?;
        let stop = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20));
        let stop = stop.ok_or(NotMine)?;
        match rest.get(stop) {
            Some(b'"') => {
                self.at = start.saturating_add(stop).saturating_add(1);
                rest.get(..stop).map(Some).ok_or(NotMine)
            }
            Some(b'\\') => Ok(None),
            Some(_) | None => Err(NotMine),
        }
    }

    /// Reads the rest of a string, with its escapes.
    fn escaped(&mut self) -> Ordinary<String> {
        let mut text = String::new();
        loop {
            let rest = self.json.get(self.at..).ok_or(NotMine)?;
            let stop = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20));
            let stop = stop.ok_or(NotMine)?;
            let plain = std::str::from_utf8(rest.get(..stop).ok_or(NotMine)?);
            text.push_str(plain.map_err(|_| NotMine)?);
            self.at = self.at.saturating_add(stop).saturating_add(1);
            match rest.get(stop) {
                Some(b'"') => return Ok(text),
                Some(b'\\') => text.push(self.escape()?),
                Some(_) | None => return Err(NotMine),
            }
        }
    }

    fn escape(&mut self) -> Ordinary<char> {
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
            _ => return Err(NotMine),
        })
    }

    /// Reads the digits of `\u`, twice for a surrogate pair. A lone surrogate is for Python.
    fn code_point(&mut self) -> Ordinary<char> {
        let first = self.code_unit()?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(first).ok_or(NotMine);
        }
        let end = self.at.saturating_add(2);
        if self.json.get(self.at..end) != Some(b"\\u") {
            return Err(NotMine);
        }
        self.at = end;
        let second = self.code_unit()?;
        let units = [first, second].map(|unit| u16::try_from(unit).unwrap_or_default());
        let mut pair = char::decode_utf16(units);
        match (pair.next(), pair.next()) {
            (Some(Ok(joined)), None) => Ok(joined),
            _ => Err(NotMine),
        }
    }

    fn code_unit(&mut self) -> Ordinary<u32> {
        let end = self.at.saturating_add(4);
        let digits = self.json.get(self.at..end).ok_or(NotMine)?;
        self.at = end;
        digits.iter().try_fold(0_u32, |unit, digit| {
            let digit = char::from(*digit).to_digit(16).ok_or(NotMine)?;
            Ok(unit.wrapping_shl(4) | digit)
        })
    }

    fn number(&mut self) -> Ordinary<Bound<'py, PyAny>> {
        let start = self.at;
        let negative = self.take(b'-');
        let whole = self.digits();
        let leading_zero = whole.len() > 1 && whole.first() == Some(&b'0');
        if whole.is_empty() || leading_zero {
            return Err(NotMine);
        }
        let mut is_whole = true;
        if self.take(b'.') {
            is_whole = false;
            if self.digits().is_empty() {
                return Err(NotMine);
            }
        }
        if self.take(b'e') || self.take(b'E') {
            is_whole = false;
            let _signed = self.take(b'+') || self.take(b'-');
            if self.digits().is_empty() {
                return Err(NotMine);
            }
        }
        if is_whole {
            // 18 digits always fit.
            if whole.len() > 18 {
                return Err(NotMine);
            }
            let value = whole.iter().fold(0_i64, |value, digit| {
                value.wrapping_mul(10).wrapping_add(i64::from(digit.wrapping_sub(b'0')))
            });
            let value = if negative { value.wrapping_neg() } else { value };
            return Ok(PyInt::new(self.py, value).into_any());
        }
        let text = std::str::from_utf8(self.json.get(start..self.at).ok_or(NotMine)?);
        let value: f64 = text.map_err(|_| NotMine)?.parse().map_err(|_| NotMine)?;
        Ok(PyFloat::new(self.py, value).into_any())
    }

    fn digits(&mut self) -> &'j [u8] {
        let rest = self.json.get(self.at..).unwrap_or_default();
        let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at = self.at.saturating_add(count);
        rest.get(..count).unwrap_or_default()
    }

    fn word(&mut self, word: &[u8], value: Bound<'py, PyAny>) -> Ordinary<Bound<'py, PyAny>> {
        let rest = self.json.get(self.at..).unwrap_or_default();
        if !rest.starts_with(word) {
            return Err(NotMine);
        }
        self.at = self.at.saturating_add(word.len());
        Ok(value)
    }

    #[inline]
    fn peek(&self) -> Ordinary<u8> {
        self.json.get(self.at).copied().ok_or(NotMine)
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
    fn expect(&mut self, byte: u8) -> Ordinary<()> {
        if self.eat(byte) { Ok(()) } else { Err(NotMine) }
    }
}

fn text_object<'py>(py: Python<'py>, text: &[u8]) -> Ordinary<Bound<'py, PyString>> {
    if let Some(ascii) = crate::raw::ascii(py, text) {
        return Ok(ascii);
    }
    Ok(PyString::new(py, std::str::from_utf8(text).map_err(|_| NotMine)?))
}

/// Chooses a place in the table of names.
fn place(text: &[u8]) -> usize {
    let mixed = text
        .iter()
        .fold(text.len(), |mixed, byte| mixed.wrapping_mul(31).wrapping_add(usize::from(*byte)));
    mixed & NAMES.wrapping_sub(1)
}
