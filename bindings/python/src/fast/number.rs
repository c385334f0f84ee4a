//! Numbers as Python writes them in JSON.

use std::io::Write as _;

/// Writes a finite float as `float.__repr__` does: the shortest digits that read back as the same
/// number, in scientific notation below 1e-4 and from 1e16 on.
pub(crate) fn write_float(value: f64, out: &mut Vec<u8>) {
    let shortest = format!("{value:e}");
    let Some((mantissa, exponent)) = shortest.split_once('e') else { return };
    let Ok(exponent) = exponent.parse::<i32>() else { return };
    if !(-4..16).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        let magnitude = exponent.unsigned_abs();
        // Writing to a vector cannot fail.
        let _ = write!(out, "{mantissa}e{sign}{magnitude:02}");
        return;
    }
    let _ = write!(out, "{value}");
    if value.fract() == 0.0 {
        out.extend_from_slice(b".0");
    }
}
