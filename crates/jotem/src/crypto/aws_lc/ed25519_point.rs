//! Which Ed25519 points are refused before the library sees them (RFC 8032 §5.1.3, §8).
//!
//! Libraries differ on small-order points and on encodings that are not canonical: a signature under
//! a key of small order holds for many messages, and two verifiers may disagree about one token.
//! Here neither is ever accepted, as a public key or as the point R of a signature.

/// The prime of the field, 2^255 − 19, little-endian.
const PRIME: [u8; 32] = {
    let mut prime = [0xff; 32];
    prime[0] = 0xed;
    prime[31] = 0x7f;
    prime
};

/// The y-coordinates of the eight points whose order divides 8, little-endian, without the sign of
/// x: 0 (order 4), 1 (the identity), −1 (order 2), and two of order 8.
const SMALL_ORDER: [[u8; 32]; 5] = [
    [0; 32],
    {
        let mut one = [0; 32];
        one[0] = 1;
        one
    },
    {
        let mut minus_one = PRIME;
        minus_one[0] = 0xec;
        minus_one
    },
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98,
        0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53,
        0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67,
        0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac,
        0x03, 0x7a,
    ],
];

/// Returns whether `point` is encoded canonically and has a large order. Whether it is on the curve
/// is for the library to say.
pub(super) fn is_sound_point(point: &[u8; 32]) -> bool {
    let mut y = *point;
    let [.., last] = &mut y;
    *last &= 0x7f;
    is_below_prime(&y) && !SMALL_ORDER.contains(&y)
}

fn is_below_prime(y: &[u8; 32]) -> bool {
    y.iter().rev().lt(PRIME.iter().rev())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_small_order_and_non_canonical_points_with_either_sign() {
        for mut point in SMALL_ORDER {
            assert!(!is_sound_point(&point));
            point[31] |= 0x80;
            assert!(!is_sound_point(&point));
        }
        let mut point = PRIME;
        assert!(!is_sound_point(&point), "p is 0 again");
        for low in 0xee..=0xff {
            point[0] = low;
            assert!(!is_sound_point(&point), "p + {}", low - 0xed);
        }
        point[0] = 0xeb;
        assert!(is_sound_point(&point), "the largest field element that is of large order");
    }

    #[test]
    fn accepts_the_base_point() {
        let mut base = [0x66; 32];
        base[0] = 0x58;
        assert!(is_sound_point(&base));
    }
}
