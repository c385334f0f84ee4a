//! What of an RSA key OpenSSH leaves out: d modulo p − 1 and q − 1 (RFC 8017 §3.2).

use crypto_bigint::{BoxedUint, NonZero};
use zeroize::Zeroizing;

use crate::secret::Secret;

/// Computes `number` modulo `prime` − 1, all big-endian. `None` if `prime` is no odd number
/// above 1.
pub(super) fn by_predecessor(number: &[u8], prime: &[u8]) -> Option<Secret> {
    let mut divisor = Zeroizing::new(prime.to_vec());
    // The last bit of an odd number is all that there is to subtract.
    let last = divisor.last_mut().filter(|last| **last % 2 == 1)?;
    *last ^= 1;
    let divisor = Zeroizing::new(NonZero::new(read(&divisor)?).into_option()?);
    let remainder = Zeroizing::new(Zeroizing::new(read(number)?).rem(&divisor));
    Some(Secret::from(remainder.to_be_bytes().into_vec()))
}

fn read(bytes: &[u8]) -> Option<BoxedUint> {
    let bits = u32::try_from(bytes.len().checked_mul(8)?).ok()?;
    BoxedUint::from_be_slice(bytes, bits).ok()
}
