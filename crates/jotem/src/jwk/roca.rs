//! The fingerprint of ROCA (CVE-2017-15361): RSA moduli made by a faulty chip library.
//!
//! Its primes are k·M + (65537^a mod M) with M a product of small primes, so modulo each of those
//! the modulus is a power of 65537. A random modulus passes all tests with a chance below 2^-27
//! (Nemec et al., "The Return of Coppersmith's Attack", CCS 2017, §2.2).

/// The primes of M at which the powers of 65537 are a proper part of all residues, and a few more.
const PRIMES: [u32; 38] = [
    3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97,
    101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
];

/// Returns whether a modulus, big-endian, was made by the faulty library.
pub(super) fn has_fingerprint(modulus: &[u8]) -> bool {
    PRIMES.iter().all(|prime| is_power_of_65537(remainder(modulus, *prime), *prime))
}

fn remainder(number: &[u8], prime: u32) -> u32 {
    number.iter().fold(0, |rest, byte| {
        (rest.wrapping_shl(8) | u32::from(*byte)).checked_rem(prime).unwrap_or_default()
    })
}

fn is_power_of_65537(residue: u32, prime: u32) -> bool {
    let mut power = 1_u32;
    for _ in 0..prime {
        if power == residue {
            return true;
        }
        power = power.saturating_mul(65537).checked_rem(prime).unwrap_or_default();
    }
    false
}
