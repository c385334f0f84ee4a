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
    pub(super) fn number(&mut self) -> Result<Number, Fault> {
        let start = self.position();
        let negative = self.eat(b'-');
        let mut whole: Option<u64> = Some(0);
        if self.eat(b'0') {
            if self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
                return Err(self.syntax());
            }
        } else {
            whole = self.digits(whole)?;
        }
        let mut integer = true;
        if self.eat(b'.') {
            integer = false;
            self.digits(None)?;
        }
        if self.eat(b'e') || self.eat(b'E') {
            integer = false;
            let _ = self.eat(b'+') || self.eat(b'-');
            self.digits(None)?;
        }
        if integer {
            match (whole, negative) {
                (Some(value), false) => return Ok(Number::Unsigned(value)),
                (Some(value), true) => {
                    if let Some(value) = 0_i64.checked_sub_unsigned(value) {
                        return Ok(Number::Signed(value));
                    }
                }
                (None, _) => {}
            }
        }
        self.float(start)
    }

    /// Reads one or more digits, adding them to `value` while it fits.
    fn digits(&mut self, mut value: Option<u64>) -> Result<Option<u64>, Fault> {
        let start = self.position();
        while let Some(byte @ b'0'..=b'9') = self.peek() {
            let digit = u64::from(byte & 0x0f);
            value = value
                .and_then(|value| value.checked_mul(10))
                .and_then(|value| value.checked_add(digit));
            self.bump();
        }
        if self.position() == start { Err(self.syntax()) } else { Ok(value) }
    }

    fn float(&self, start: usize) -> Result<Number, Fault> {
        match self.slice(start, self.position()).parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(Number::Float(value)),
            Ok(_) | Err(_) => Err(Fault::at(FaultKind::NumberRange, start)),
        }
    }
}
