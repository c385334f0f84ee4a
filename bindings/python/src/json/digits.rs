//! Whole numbers as text, sixteen digits at a time: nearly all that tokens have are times, of ten.

/// The digits of a number, and how many there are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Digits {
    /// From the first digit on; what follows them is nothing.
    pub(crate) text: [u8; 16],
    pub(crate) length: usize,
}

/// Returns the digits of a number that has at most sixteen.
#[inline]
pub(crate) fn digits(number: u64) -> Option<Digits> {
    const HALF: u64 = 100_000_000;
    let (high, low) = (number / HALF, number % HALF);
    if high >= HALF {
        return None;
    }
    // The first digit in the lowest byte, which is the first in memory.
    let all = u128::from(eight(high)) | u128::from(eight(low)) << 64;
    let zeros = (all.trailing_zeros() / 8).min(15);
    let ascii = all | 0x3030_3030_3030_3030_3030_3030_3030_3030;
    let text = (ascii >> zeros.wrapping_mul(8)).to_le_bytes();
    let length = 16_usize.wrapping_sub(usize::try_from(zeros).ok()?);
    Some(Digits { text, length })
}

/// Returns eight digits, one in each byte, of a number below ten to the eighth: halves of it side by
/// side, then their halves. A division by a constant is a multiplication, which does all of them.
#[inline]
const fn eight(number: u64) -> u64 {
    let fours = (number / 10_000) | ((number % 10_000) << 32);
    let hundreds = (fours.wrapping_mul(10_486) >> 20) & 0x0000_007f_0000_007f;
    let twos = hundreds | fours.wrapping_sub(hundreds.wrapping_mul(100)) << 16;
    let tens = (twos.wrapping_mul(103) >> 10) & 0x000f_000f_000f_000f;
    tens | twos.wrapping_sub(tens.wrapping_mul(10)) << 8
}
