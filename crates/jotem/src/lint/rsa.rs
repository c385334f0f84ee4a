//! RSA moduli and exponents that the strict reader accepts, and that are weak all the same.

use super::Rule;
use super::finding::{Fact, Place, Report};
use crate::jwk::RsaKey;

/// Factors up to here are tried: half a millisecond for a modulus of 2048 bits. Sound software never
/// makes a prime so small; a copied or damaged modulus has one more often than not.
const LARGEST_FACTOR: u64 = 4096;

pub(super) fn examine(key: &RsaKey, place: &Place, report: &mut Report) {
    let factors = (3..LARGEST_FACTOR).step_by(2);
    if let Some(factor) = factors.into_iter().find(|factor| divides(*factor, &key.modulus)) {
        let factor = i64::try_from(factor).unwrap_or(i64::MAX);
        report.add_with(Rule::RsaFactor, place, vec![("factor", Fact::Number(factor))]);
    }
    if let [exponent] | [0, exponent] = key.exponent.as_slice() {
        small_exponent(u16::from(*exponent), place, report);
    } else if let [high, low] = key.exponent.as_slice() {
        small_exponent(u16::from_be_bytes([*high, *low]), place, report);
    }
}

/// Every exponent of two bytes is below 65537.
fn small_exponent(exponent: u16, place: &Place, report: &mut Report) {
    let facts = vec![("exponent", Fact::Number(i64::from(exponent)))];
    report.add_with(Rule::RsaExponentSmall, place, facts);
}

/// Long division by a small number, four bytes at a time.
fn divides(divisor: u64, number: &[u8]) -> bool {
    let mut words = number.rchunks(4).rev();
    let rest = words.try_fold(0_u64, |rest, word| {
        let word = word.iter().fold(0_u64, |word, byte| (word << 8) | u64::from(*byte));
        ((rest << 32) | word).checked_rem(divisor)
    });
    rest == Some(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn divides_numbers_of_any_length() {
        let number = 3_u128 * 1_000_003 * 4093 * 65_537 * 65_539;
        for (divisor, expected) in [(3, true), (4093, true), (5, false), (4091, false)] {
            assert_eq!(divides(divisor, &number.to_be_bytes()), expected, "{divisor}");
            assert_eq!(divides(divisor, &number.to_be_bytes()[1..]), expected, "{divisor}");
        }
    }
}
