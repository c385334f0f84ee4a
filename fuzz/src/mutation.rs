//! A good text and what an input makes of it.

use arbitrary::{Result, Unstructured};

/// Changes a text as the input says: up to eight times a byte flipped, replaced, inserted, deleted,
/// or a part duplicated, moved or cut off. Bytes that are not UTF-8 become U+FFFD.
pub(crate) fn mutate(good: &str, input: &mut Unstructured<'_>) -> Result<String> {
    let mut bytes = good.as_bytes().to_vec();
    for _ in 0..input.int_in_range(0..=8)? {
        step(&mut bytes, input)?;
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn step(bytes: &mut Vec<u8>, input: &mut Unstructured<'_>) -> Result<()> {
    let at = input.int_in_range(0..=bytes.len())?;
    let to = at + input.int_in_range(0..=(bytes.len() - at).min(32))?;
    match input.int_in_range(0..=6)? {
        0 => {
            let bit = 1_u8 << input.int_in_range(0..=7)?;
            bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= bit);
        }
        1 => {
            let new: u8 = input.arbitrary()?;
            bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte = new);
        }
        2 => bytes.insert(at, input.arbitrary()?),
        3 => drop(bytes.drain(at..to)),
        4 => {
            let part = bytes[at..to].to_vec();
            bytes.splice(at..at, part);
        }
        5 => bytes[at..to].reverse(),
        _ => bytes.truncate(at),
    }
    Ok(())
}
