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
    /// Reads a number; its first byte is a digit or `-`.
    #[inline]
    pub(super) fn number(&mut self) -> Result<Number, Fault> {
        let start = self.position();
        let negative = self.eat(b'-');
        let zero = self.peek() == Some(b'0');
        let whole = self.digits(Some(0))?;
        let leading_zero =
            zero && self.position() > start.saturating_add(usize::from(negative)).saturating_add(1);
        match (self.peek(), whole) {
            _ if leading_zero => Err(self.syntax_before()),
            (Some(b'.' | b'e' | b'E'), _) | (_, None) => self.fraction(start),
            (_, Some(value)) if !negative => Ok(Number::Unsigned(value)),
            (_, Some(value)) => match 0_i64.checked_sub_unsigned(value) {
                Some(value) => Ok(Number::Signed(value)),
                None => self.float(start),
            },
        }
    }

    /// Reads a fraction and an exponent.
    #[cold]
    fn fraction(&mut self, start: usize) -> Result<Number, Fault> {
        if self.eat(b'.') {
            self.digits(None)?;
        }
        if self.eat(b'e') || self.eat(b'E') {
            let _ = self.eat(b'+') || self.eat(b'-');
            self.digits(None)?;
        }
        self.float(start)
    }

    /// Reads one or more digits, as a number if `value` is one and it fits.
    #[inline]
    fn digits(&mut self, value: Option<u64>) -> Result<Option<u64>, Fault> {
        let mut digits = 0_usize;
        let mut number = value.unwrap_or_default();
        for byte in self.rest() {
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 {
                break;
            }
            digits = digits.saturating_add(1);
            number = number.wrapping_mul(10).wrapping_add(digit.into());
        }
        if digits == 0 {
            return Err(self.syntax());
        }
        let start = self.position();
        self.advance(digits);
        // Nineteen digits always fit; more are rare enough to be read again.
        Ok(match value {
            Some(_) if digits <= 19 => Some(number),
            Some(_) => self.slice(start, self.position()).parse().ok(),
            None => None,
        })
    }

    fn float(&self, start: usize) -> Result<Number, Fault> {
        match self.slice(start, self.position()).parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(Number::Float(value)),
            Ok(_) | Err(_) => Err(Fault::at(FaultKind::NumberRange, start)),
        }
    }
}
