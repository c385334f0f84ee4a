//! Numbers (RFC 8259 §6).

use super::fault::{Fault, FaultKind};
use super::reader::Reader;

/// A number as the narrowest type that holds it exactly, or the nearest `f64`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Number {
    Unsigned(u64),
    Signed(i64),
    Float(f64),
}

impl Reader<'_> {
    /// Reads a whole number of up to nineteen digits, which always fit; reads nothing, and leaves
    /// it to [`Self::number`], if anything else stands here.
    pub(super) fn whole(&mut self) -> Option<u64> {
        let rest = self.rest();
        let (value, digits) = digits(rest);
        let leading_zero = digits > 1 && rest.first() == Some(&b'0');
        let more = matches!(rest.get(digits), Some(b'.' | b'e' | b'E'));
        if digits == 0 || digits > 19 || leading_zero || more {
            return None;
        }
        self.keep_whole(self.position(), value);
        self.advance(digits);
        Some(value)
    }

    /// Reads a number; its first byte is a digit or `-`.
    #[inline]
    pub(super) fn number(&mut self) -> Result<Number, Fault> {
        match self.whole() {
            Some(value) => Ok(Number::Unsigned(value)),
            None => self.any_number(),
        }
    }

    /// Reads a number with a sign, a fraction, an exponent, or very many digits.
    #[cold]
    fn any_number(&mut self) -> Result<Number, Fault> {
        let start = self.position();
        let negative = self.eat(b'-');
        let zero = self.peek() == Some(b'0');
        if self.digits()? > 1 && zero {
            return Err(self.syntax_before());
        }
        if let Some(b'.' | b'e' | b'E') = self.peek() {
            return self.fraction(start);
        }
        let text = self.slice(start, self.position());
        let whole = if text == "-0" {
            // No integer has this sign; `serde_json` reads it so as well.
            None
        } else if negative {
            text.parse().ok().map(Number::Signed)
        } else {
            text.parse().ok().map(Number::Unsigned)
        };
        whole.map_or_else(|| self.float(start), Ok)
    }

    /// Reads a fraction and an exponent.
    fn fraction(&mut self, start: usize) -> Result<Number, Fault> {
        if self.eat(b'.') {
            self.digits()?;
        }
        if self.eat(b'e') || self.eat(b'E') {
            let _ = self.eat(b'+') || self.eat(b'-');
            self.digits()?;
        }
        self.float(start)
    }

    /// Skips one or more digits, and returns how many.
    fn digits(&mut self) -> Result<usize, Fault> {
        let (_, digits) = digits(self.rest());
        if digits == 0 {
            return Err(self.syntax());
        }
        self.advance(digits);
        Ok(digits)
    }

    fn float(&self, start: usize) -> Result<Number, Fault> {
        match self.slice(start, self.position()).parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(Number::Float(value)),
            Ok(_) | Err(_) => Err(self.fault(FaultKind::NumberRange, start)),
        }
    }
}

/// Returns the value of the digits at the start of `text`, right if there are at most nineteen, and
/// how many there are.
#[inline]
fn digits(text: &[u8]) -> (u64, usize) {
    let mut value = 0_u64;
    for (count, byte) in text.iter().enumerate() {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return (value, count);
        }
        value = value.wrapping_mul(10).wrapping_add(digit.into());
    }
    (value, text.len())
}
