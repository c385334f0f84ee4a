//! Python objects from JSON text that the engine has already read strictly: no name twice, nothing
//! too deep, no number out of range.

use pyo3::exceptions::PyValueError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString};

/// Makes Python objects of a JSON text that the engine has vouched for.
///
/// # Errors
/// `ValueError` if it has not: no such text is handed to Python.
pub(crate) fn read<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    let mut reader = Reader { rest: text };
    let value = reader.value(py)?;
    reader.space();
    if reader.rest.is_empty() { Ok(value) } else { Err(unsound()) }
}

/// What is still to be read.
struct Reader<'t> {
    rest: &'t str,
}

impl<'t> Reader<'t> {
    fn value<'py>(&mut self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.space();
        match self.peek() {
            Some(b'"') => Ok(self.string(py)?.into_any()),
            Some(b'{') => Ok(self.object(py)?.into_any()),
            Some(b'[') => Ok(self.array(py)?.into_any()),
            Some(b't') => self.word("true").map(|()| boolean(py, true)),
            Some(b'f') => self.word("false").map(|()| boolean(py, false)),
            Some(b'n') => self.word("null").map(|()| py.None().into_bound(py)),
            Some(_) | None => self.number(py),
        }
    }

    fn object<'py>(&mut self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        self.skip(1)?;
        self.space();
        if self.eat(b'}') {
            return Ok(dict);
        }
        loop {
            self.space();
            let name = self.name(py)?;
            self.space();
            self.expect(b':')?;
            dict.set_item(name, self.value(py)?)?;
            self.space();
            if !self.eat(b',') {
                self.expect(b'}')?;
                return Ok(dict);
            }
        }
    }

    fn array<'py>(&mut self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let list = PyList::empty(py);
        self.skip(1)?;
        self.space();
        if self.eat(b']') {
            return Ok(list);
        }
        loop {
            list.append(self.value(py)?)?;
            self.space();
            if !self.eat(b',') {
                self.expect(b']')?;
                return Ok(list);
            }
        }
    }

    /// Reads the name of a member; the registered claims have theirs made once.
    fn name<'py>(&mut self, py: Python<'py>) -> PyResult<Bound<'py, PyString>> {
        let Some(name) = self.plain() else {
            return self.string(py);
        };
        Ok(match name {
            "iss" => intern!(py, "iss").clone(),
            "sub" => intern!(py, "sub").clone(),
            "aud" => intern!(py, "aud").clone(),
            "exp" => intern!(py, "exp").clone(),
            "nbf" => intern!(py, "nbf").clone(),
            "iat" => intern!(py, "iat").clone(),
            "jti" => intern!(py, "jti").clone(),
            "alg" => intern!(py, "alg").clone(),
            "typ" => intern!(py, "typ").clone(),
            "kid" => intern!(py, "kid").clone(),
            other => PyString::new(py, other),
        })
    }

    fn string<'py>(&mut self, py: Python<'py>) -> PyResult<Bound<'py, PyString>> {
        match self.plain() {
            Some(text) => Ok(PyString::new(py, text)),
            None => self.escaped().map(|text| PyString::new(py, &text)),
        }
    }

    /// Reads a string that has no escapes; reads nothing if it has.
    fn plain(&mut self) -> Option<&'t str> {
        let inner = self.rest.strip_prefix('"')?;
        let end = inner.bytes().position(|byte| byte == b'"' || byte == b'\\')?;
        let (text, rest) = inner.split_at_checked(end)?;
        self.rest = rest.strip_prefix('"')?;
        Some(text)
    }

    #[cold]
    fn escaped(&mut self) -> PyResult<String> {
        let mut text = String::new();
        self.expect(b'"')?;
        loop {
            let end = self.rest.find(['"', '\\']).ok_or_else(unsound)?;
            let (plain, rest) = self.rest.split_at_checked(end).ok_or_else(unsound)?;
            text.push_str(plain);
            self.rest = rest;
            if self.eat(b'"') {
                return Ok(text);
            }
            self.skip(1)?;
            text.push(self.escape()?);
        }
    }

    fn escape(&mut self) -> PyResult<char> {
        let letter = self.peek().ok_or_else(unsound)?;
        self.skip(1)?;
        Ok(match letter {
            b'"' | b'\\' | b'/' => char::from(letter),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let first = self.unit()?;
                let mut units = vec![first];
                if (0xd800..0xdc00).contains(&first) {
                    self.word("\\u")?;
                    units.push(self.unit()?);
                }
                let mut decoded = char::decode_utf16(units);
                decoded.next().and_then(Result::ok).ok_or_else(unsound)?
            }
            _ => return Err(unsound()),
        })
    }

    fn unit(&mut self) -> PyResult<u16> {
        let (digits, rest) = self.rest.split_at_checked(4).ok_or_else(unsound)?;
        self.rest = rest;
        u16::from_str_radix(digits, 16).map_err(|_| unsound())
    }

    fn number<'py>(&mut self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let is_part = |byte: u8| byte.is_ascii_digit() || b"+-.eE".contains(&byte);
        let length = self.rest.bytes().position(|byte| !is_part(byte));
        let length = length.unwrap_or(self.rest.len());
        let (text, rest) = self.rest.split_at_checked(length).ok_or_else(unsound)?;
        self.rest = rest;
        if let Ok(whole) = text.parse::<i64>() {
            return Ok(whole.into_pyobject(py)?.into_any());
        }
        if text.contains(['.', 'e', 'E']) {
            let float: f64 = text.parse().map_err(|_| unsound())?;
            return Ok(PyFloat::new(py, float).into_any());
        }
        // Beyond 64 bits: Python's own integers hold it exactly.
        py.get_type::<PyInt>().call1((text,))
    }

    fn space(&mut self) {
        if let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
        }
    }

    fn peek(&self) -> Option<u8> {
        self.rest.as_bytes().first().copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        if found {
            self.rest = self.rest.get(1..).unwrap_or_default();
        }
        found
    }

    fn expect(&mut self, byte: u8) -> PyResult<()> {
        if self.eat(byte) { Ok(()) } else { Err(unsound()) }
    }

    fn skip(&mut self, bytes: usize) -> PyResult<()> {
        self.rest = self.rest.get(bytes..).ok_or_else(unsound)?;
        Ok(())
    }

    fn word(&mut self, word: &str) -> PyResult<()> {
        self.rest = self.rest.strip_prefix(word).ok_or_else(unsound)?;
        Ok(())
    }
}

fn boolean(py: Python<'_>, value: bool) -> Bound<'_, PyAny> {
    PyBool::new(py, value).to_owned().into_any()
}

#[cold]
fn unsound() -> PyErr {
    PyValueError::new_err("this JSON text has not been read by the engine")
}
