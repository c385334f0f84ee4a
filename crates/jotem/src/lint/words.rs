//! How guessable a secret is, as far as looking at it tells: patterns, and words.
//!
//! A random secret must never be taken for either. Each threshold is so far out that 32 random
//! bytes, or as many random characters of hexadecimal, base64 or digits, do not reach it.

use std::collections::BTreeSet;

/// Whether a secret has five different bytes or fewer, counts up or down, or repeats a block.
pub(super) fn is_pattern(secret: &[u8]) -> bool {
    // Of a short secret its length says enough.
    if secret.len() < 12 {
        return false;
    }
    let distinct: BTreeSet<u8> = secret.iter().copied().collect();
    distinct.len() <= 5 || counts(secret) || repeats(secret)
}

/// Nine tenths of the bytes are the neighbours of the one before.
fn counts(secret: &[u8]) -> bool {
    let pairs = secret.iter().zip(secret.iter().skip(1));
    let near = pairs.filter(|(one, next)| one.abs_diff(**next) == 1).count();
    near.saturating_mul(10) >= secret.len().saturating_sub(1).saturating_mul(9)
}

/// The secret is a block of at most half its length, over and over.
fn repeats(secret: &[u8]) -> bool {
    (1..=secret.len() / 2).any(|period| {
        let later = secret.iter().skip(period);
        later.zip(secret).all(|(one, other)| one == other)
    })
}

/// Whether a text reads like words: letters with the vowels and the pairs that languages have, few
/// digits, and no capitals inside of words.
pub(super) fn is_words(secret: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(secret) else { return false };
    // The thresholds need enough letters to mean something.
    if !text.bytes().all(|byte| matches!(byte, b' '..=b'~')) || text.len() < 12 {
        return false;
    }
    let letters = text.bytes().filter(u8::is_ascii_alphabetic).count();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let vowels = text.bytes().filter(|byte| b"aeiouyAEIOUY".contains(byte)).count();
    let pairs: Vec<(u8, u8)> = text.bytes().zip(text.bytes().skip(1)).collect();
    let inside = |pair: &&(u8, u8)| pair.0.is_ascii_alphabetic() && pair.1.is_ascii_alphabetic();
    let joined = pairs.iter().filter(inside).count();
    let raised = pairs.iter().filter(|(one, next)| {
        one.is_ascii_uppercase() && next.is_ascii_lowercase()
            || one.is_ascii_lowercase() && next.is_ascii_uppercase()
    });
    let common = pairs.iter().filter(|pair| is_common(pair)).count();
    let share = |part: usize, whole: usize, percent: usize| {
        part.saturating_mul(100) >= whole.saturating_mul(percent)
    };
    share(letters, text.len(), 70)
        && !share(digits, text.len(), 15)
        && share(vowels, letters, 25)
        && share(joined, letters, 60)
        && share(common, joined, 45)
        && !share(raised.count(), joined, 34)
}

/// The pairs of letters that English has most: six of ten in a text, one of ten in random letters.
const PAIRS: &str = "th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as \
    ou io le ve co me de hi ri ro ic ne ea ra ce li ch ll be ma si om ur ca el ta la ns ge ec pr ke ey \
    cr wo rd ss pa";

fn is_common((one, next): &(u8, u8)) -> bool {
    let pair = [one.to_ascii_lowercase(), next.to_ascii_lowercase()];
    PAIRS.as_bytes().chunks(3).any(|known| known.starts_with(&pair))
}
