//! Strings (RFC 8259 §7).

use std::borrow::Cow;

use super::fault::{Fault, FaultKind};
use super::reader::Reader;

impl<'a> Reader<'a> {
    /// Reads a string; borrowed unless it has escapes.
    #[inline]
    pub(super) fn string(&mut self) -> Result<Cow<'a, str>, Fault> {
        match self.plain() {
            Some(text) => Ok(Cow::Borrowed(text)),
            None => self.escaped().map(Cow::Owned),
        }
    }

    /// Reads a string without escapes, which nearly all are; reads nothing, and leaves it to
    /// [`Self::string`] to say why, if none stands here. The result fits into two registers.
    #[inline]
    pub(super) fn plain(&mut self) -> Option<&'a str> {
        self.known_string().or_else(|| self.plain_string())
    }

    /// Looks for the end of such a string.
    fn plain_string(&mut self) -> Option<&'a str> {
        let rest = self.rest().strip_prefix(b"\"")?;
        let length = plain_length(rest);
        if rest.get(length) != Some(&b'"') {
            return None;
        }
        // Two quotation marks and what is between them: no more than the text has.
        let start = self.position().wrapping_add(1);
        let end = start.wrapping_add(length);
        self.advance(length.wrapping_add(2));
        Some(self.slice(start, end))
    }

    /// Reads a string with escapes.
    #[cold]
    fn escaped(&mut self) -> Result<String, Fault> {
        self.expect(b'"')?;
        let mut text = String::new();
        self.count_escaped();
        loop {
            let start = self.position();
            self.advance(plain_length(self.rest()));
            text.push_str(self.slice(start, self.position()));
            match self.next() {
                Some(b'"') => return Ok(text),
                Some(b'\\') => text.push(self.escape()?),
                Some(_) | None => return Err(self.syntax_before()),
            }
        }
    }

    /// Reads what follows a backslash.
    fn escape(&mut self) -> Result<char, Fault> {
        Ok(match self.next() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode_escape(),
            Some(_) | None => return Err(self.syntax_before()),
        })
    }

    /// Reads the digits of `\u`, and the second half of a surrogate pair.
    fn unicode_escape(&mut self) -> Result<char, Fault> {
        let at = self.position();
        let first = self.four_hex_digits()?;
        if !(0xd800..0xe000).contains(&first) {
            return char::from_u32(first).ok_or_else(|| self.fault(FaultKind::LoneSurrogate, at));
        }
        if first >= 0xdc00 || !self.eat(b'\\') || !self.eat(b'u') {
            return Err(self.fault(FaultKind::LoneSurrogate, at));
        }
        let second = self.four_hex_digits()?;
        if !(0xdc00..0xe000).contains(&second) {
            return Err(self.fault(FaultKind::LoneSurrogate, at));
        }
        let high = (first & 0x3ff) << 10;
        let low = second & 0x3ff;
        char::from_u32((high | low).saturating_add(0x1_0000))
            .ok_or_else(|| self.fault(FaultKind::LoneSurrogate, at))
    }

    fn four_hex_digits(&mut self) -> Result<u32, Fault> {
        let mut value = 0;
        for _ in 0..4 {
            let digit = self.next().and_then(|byte| char::from(byte).to_digit(16));
            let Some(digit) = digit else { return Err(self.syntax_before()) };
            value = (value << 4) | digit;
        }
        Ok(value)
    }
}

/// Returns how many bytes stand before the next quote, backslash or control character, looking at
/// eight at a time.
#[inline]
fn plain_length(text: &[u8]) -> usize {
    let mut rest = text;
    let mut length = 0_usize;
    while let Some((chunk, more)) = rest.split_first_chunk::<8>() {
        let plain = plain_bytes(u64::from_le_bytes(*chunk));
        // At most as long as the text.
        length = length.wrapping_add(plain);
        if plain < 8 {
            return length;
        }
        rest = more;
    }
    length.wrapping_add(rest.iter().take_while(|byte| !is_stop(**byte)).count())
}

/// Returns how many of the eight bytes of a word stand before the first that ends the plain part.
#[inline]
pub(super) fn plain_bytes(word: u64) -> usize {
    usize::try_from(stops(word).trailing_zeros() / 8).unwrap_or_default()
}

const fn is_stop(byte: u8) -> bool {
    byte == b'"' || byte == b'\\' || byte < 0x20
}

/// Sets the high bit of every byte of `word` that ends the plain part of a string; the lowest set
/// bit is exact, which is all that is used ("Bit Twiddling Hacks": a byte less than n, a zero byte).
const fn stops(word: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    let control = word.wrapping_sub(ONES.wrapping_mul(0x20)) & !word;
    let quote = word ^ ONES.wrapping_mul(b'"' as u64);
    let quote = quote.wrapping_sub(ONES) & !quote;
    let backslash = word ^ ONES.wrapping_mul(b'\\' as u64);
    let backslash = backslash.wrapping_sub(ONES) & !backslash;
    (control | quote | backslash) & HIGHS
}
