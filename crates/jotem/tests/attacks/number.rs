//! Big-endian numbers of a fixed length, and the numbers of the curves.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a number that does not fit is a failed test"
)]

use jotem::Algorithm;

/// A curve of JOSE: its name, its algorithm, the prime of its field and the order of its group.
pub(crate) struct CurveNumbers {
    pub(crate) name: &'static str,
    pub(crate) algorithm: Algorithm,
    prime: &'static str,
    order: &'static str,
}

/// The curves of JOSE (SEC 2, sections 2.4.1, 2.4.2, 2.5.1 and 2.6.1).
pub(crate) const CURVES: [CurveNumbers; 4] = [
    CurveNumbers {
        name: "P-256",
        algorithm: Algorithm::Es256,
        prime: "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
        order: "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
    },
    CurveNumbers {
        name: "P-384",
        algorithm: Algorithm::Es384,
        prime: "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe\
                ffffffff0000000000000000ffffffff",
        order: "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf\
                581a0db248b0a77aecec196accc52973",
    },
    CurveNumbers {
        name: "P-521",
        algorithm: Algorithm::Es512,
        prime: "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\
                ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        order: "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa\
                51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
    },
    CurveNumbers {
        name: "secp256k1",
        algorithm: Algorithm::Es256K,
        prime: "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f",
        order: "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141",
    },
];

impl CurveNumbers {
    /// The prime of the field.
    pub(crate) fn prime(&self) -> Vec<u8> {
        hex(self.prime)
    }

    /// The order of the group.
    pub(crate) fn order(&self) -> Vec<u8> {
        hex(self.order)
    }

    /// A small number, as long as a coordinate.
    pub(crate) fn small(&self, number: u8) -> Vec<u8> {
        let mut bytes = vec![0; self.order().len()];
        *bytes.last_mut().unwrap() = number;
        bytes
    }
}

/// Bytes from hexadecimal digits.
pub(crate) fn hex(digits: &str) -> Vec<u8> {
    assert!(digits.len().is_multiple_of(2), "{digits}");
    (0..digits.len() / 2)
        .map(|at| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).unwrap())
        .collect()
}

/// The sum, if it is not longer.
pub(crate) fn add(left: &[u8], right: &[u8]) -> Option<Vec<u8>> {
    assert_eq!(left.len(), right.len());
    let mut sum = vec![0; left.len()];
    let mut carry = 0;
    for at in (0..left.len()).rev() {
        let digit = u16::from(left[at]) + u16::from(right[at]) + carry;
        sum[at] = digit.to_le_bytes()[0];
        carry = digit >> 8;
    }
    (carry == 0).then_some(sum)
}

/// The difference; the right number must not be the larger one.
pub(crate) fn subtract(left: &[u8], right: &[u8]) -> Vec<u8> {
    assert_eq!(left.len(), right.len());
    assert!(left >= right);
    let mut difference = vec![0; left.len()];
    let mut borrow = 0;
    for at in (0..left.len()).rev() {
        let digit = 0x100 + u16::from(left[at]) - u16::from(right[at]) - borrow;
        difference[at] = digit.to_le_bytes()[0];
        borrow = 1 - (digit >> 8);
    }
    difference
}

#[test]
fn the_arithmetic_of_these_tests_is_right() {
    for curve in CURVES {
        let (prime, order) = (curve.prime(), curve.order());
        assert_eq!(prime.len(), curve.algorithm.signature_bytes().unwrap() / 2, "{}", curve.name);
        assert_eq!(order.len(), prime.len(), "{}", curve.name);
        let rest = subtract(&prime, &order);
        assert_eq!(add(&rest, &order).as_ref(), Some(&prime), "{}", curve.name);
    }
    assert_eq!(add(&[0xff, 0xff], &[0, 1]), None);
    assert_eq!(subtract(&[1, 0, 0], &[0, 0, 1]), [0, 0xff, 0xff]);
}
