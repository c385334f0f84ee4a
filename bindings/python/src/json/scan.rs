//! How far a text goes without anything that JSON treats specially: eight bytes at a time, because
//! nearly all of a token is such text.

/// A stretch of bytes without `"`, `\` and control characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Plain {
    pub(crate) length: usize,
    pub(crate) is_ascii: bool,
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// Measures the plain stretch that `bytes` begins with.
#[inline]
pub(crate) fn plain(bytes: &[u8]) -> Plain {
    let mut rest = bytes;
    let mut seen = 0_u64;
    while let Some((word, after)) = rest.split_first_chunk::<8>() {
        let word = u64::from_le_bytes(*word);
        let special = special(word);
        if special != 0 {
            // The lowest mark is exact: what follows it may be marked by a borrow.
            let before = (special & special.wrapping_neg()).wrapping_sub(1);
            seen |= word & before;
            let length = bytes.len().saturating_sub(rest.len());
            let within = usize::try_from(special.trailing_zeros() / 8).unwrap_or_default();
            return Plain { length: length.saturating_add(within), is_ascii: seen & HIGH == 0 };
        }
        seen |= word;
        rest = after;
    }
    let within = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20));
    let within = within.unwrap_or(rest.len());
    let is_ascii = seen & HIGH == 0 && rest.iter().take(within).all(u8::is_ascii);
    Plain { length: bytes.len().saturating_sub(rest.len()).saturating_add(within), is_ascii }
}

/// Whether a text is what Python writes as it is: printable ASCII without `"` and `\`.
#[inline]
pub(crate) fn is_printable(text: &[u8]) -> bool {
    let mut rest = text;
    while let Some((word, after)) = rest.split_first_chunk::<8>() {
        if unprintable(u64::from_le_bytes(*word)) != 0 {
            return false;
        }
        rest = after;
    }
    // The last bytes, with some before them that were looked at already.
    let last = match (text.last_chunk::<8>(), text.first_chunk::<4>(), text.last_chunk::<4>()) {
        (Some(last), _, _) => u64::from_le_bytes(*last),
        (None, Some(first), Some(last)) => {
            u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last))
        }
        (None, _, _) => {
            return rest.iter().all(|byte| unprintable(ONES.wrapping_mul(u64::from(*byte))) == 0);
        }
    };
    unprintable(last) == 0
}

/// Copies a text, and tells whether it is printable. Both have the same length.
#[inline]
pub(crate) fn copy_printable(text: &[u8], to: &mut [u8]) -> bool {
    // Two ends that meet: no loop, and no call to copy a few bytes.
    let marks = match text.len() {
        4..8 => copy_ends(text, to, |first, last| {
            unprintable(
                u64::from(u32::from_le_bytes(first)) << 32 | u64::from(u32::from_le_bytes(last)),
            )
        }),
        8..16 => copy_ends(text, to, |first, last| {
            unprintable(u64::from_le_bytes(first)) | unprintable(u64::from_le_bytes(last))
        }),
        16..=32 => copy_ends(text, to, |first, last| unprintable_16(first) | unprintable_16(last)),
        _ => None,
    };
    if let Some(marks) = marks {
        return marks == 0;
    }
    to.copy_from_slice(text);
    is_printable(text)
}

/// Copies the first bytes and the last, and gives them to `marks`.
#[inline]
fn copy_ends<const N: usize>(
    text: &[u8],
    to: &mut [u8],
    marks: impl FnOnce([u8; N], [u8; N]) -> u64,
) -> Option<u64> {
    let (first, last) = (*text.first_chunk()?, *text.last_chunk()?);
    *to.first_chunk_mut()? = first;
    *to.last_chunk_mut()? = last;
    Some(marks(first, last))
}

#[inline]
const fn unprintable_16(bytes: [u8; 16]) -> u64 {
    let both = u128::from_le_bytes(bytes);
    unprintable(both as u64) | unprintable((both >> 64) as u64)
}

/// Marks the bytes that Python escapes: those that are special, DEL, and whatever is not ASCII.
#[inline]
const fn unprintable(word: u64) -> u64 {
    special(word) | zero(word ^ ONES.wrapping_mul(0x7f)) | word & HIGH
}

/// Marks, in its highest bit, each byte that is special; only the first mark is to be relied on.
#[inline]
const fn special(word: u64) -> u64 {
    let quote = zero(word ^ ONES.wrapping_mul(b'"' as u64));
    let backslash = zero(word ^ ONES.wrapping_mul(b'\\' as u64));
    let control = word.wrapping_sub(ONES.wrapping_mul(0x20)) & !word & HIGH;
    quote | backslash | control
}

/// Marks the bytes that are zero.
#[inline]
const fn zero(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word & HIGH
}
