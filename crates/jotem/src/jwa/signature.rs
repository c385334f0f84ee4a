//! The JWS algorithms (RFC 7518 §3): one table, everything the engine needs to know about an `alg`.
//!
//! # Adding an algorithm
//! 1. A variant of [`Algorithm`] and its row in [`TABLE`]; a new kind of signature also needs a
//!    [`Scheme`], which the compiler then asks for in `crypto/`.
//! 2. If the primitive is new, a file in `crypto/aws_lc/` implementing
//!    [`Sign`](crate::crypto::Sign) and [`Verify`](crate::crypto::Verify).
//! 3. If the key type is new, a file in `jwk/`.
//! 4. A vector file, run by `tests/vectors/`. The table, the documentation and the tests are
//!    held together by `tests/house.rs`.

/// A JWS algorithm: the value of `alg` that a key signs and verifies with.
///
/// There is no `none`: an unsecured token can be neither written nor verified.
///
/// In the manual: [which one to choose](crate::manual::algorithms).
///
/// # Examples
/// ```
/// use jotem::Algorithm;
///
/// assert_eq!(Algorithm::Es256.name(), "ES256");
/// assert_eq!("PS384".parse(), Ok(Algorithm::Ps384));
/// assert!("none".parse::<Algorithm>().is_err());
/// assert!("es256".parse::<Algorithm>().is_err(), "names are case-sensitive");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Algorithm {
    /// HMAC with SHA-256 (RFC 7518 §3.2).
    Hs256,
    /// HMAC with SHA-384 (RFC 7518 §3.2).
    Hs384,
    /// HMAC with SHA-512 (RFC 7518 §3.2).
    Hs512,
    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 §3.3).
    Rs256,
    /// RSASSA-PKCS1-v1_5 with SHA-384 (RFC 7518 §3.3).
    Rs384,
    /// RSASSA-PKCS1-v1_5 with SHA-512 (RFC 7518 §3.3).
    Rs512,
    /// RSASSA-PSS with SHA-256, MGF1 with SHA-256, a salt of 32 bytes (RFC 7518 §3.5).
    Ps256,
    /// RSASSA-PSS with SHA-384, MGF1 with SHA-384, a salt of 48 bytes (RFC 7518 §3.5).
    Ps384,
    /// RSASSA-PSS with SHA-512, MGF1 with SHA-512, a salt of 64 bytes (RFC 7518 §3.5).
    Ps512,
    /// ECDSA on P-256 with SHA-256 (RFC 7518 §3.4).
    Es256,
    /// ECDSA on P-384 with SHA-384 (RFC 7518 §3.4).
    Es384,
    /// ECDSA on P-521 with SHA-512 (RFC 7518 §3.4).
    Es512,
    /// ECDSA on secp256k1 with SHA-256 (RFC 8812 §3.2).
    Es256K,
    /// EdDSA (RFC 8037 §3.1), here with Ed25519: the older name of [`Algorithm::Ed25519`]. As the
    /// algorithm of a key it never means Ed448.
    EdDsa,
    /// EdDSA on Ed25519 by its fully specified name (RFC 9864 §2.2).
    Ed25519,
    /// ML-DSA-44 (RFC 9964): pure, with an empty context.
    MlDsa44,
    /// ML-DSA-65 (RFC 9964): pure, with an empty context.
    MlDsa65,
    /// ML-DSA-87 (RFC 9964): pure, with an empty context.
    MlDsa87,
    /// EdDSA on Ed448 (RFC 9864 §2.2), by keys that the feature `ed448` reads. Such a key writes this
    /// name only, and verifies tokens that say `EdDSA` (RFC 8037 §3.1) as well.
    Ed448,
}

/// The type of key an algorithm uses: `kty` of a JWK (RFC 7517 §4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyType {
    /// `oct`: a shared secret (RFC 7518 §6.4).
    Oct,
    /// `RSA` (RFC 7518 §6.3).
    Rsa,
    /// `EC`: an elliptic curve of RFC 7518 §6.2 or RFC 8812.
    Ec,
    /// `OKP`: an octet key pair (RFC 8037 §2).
    Okp,
    /// `AKP`: an algorithm key pair (RFC 9964 §3).
    Akp,
}

impl KeyType {
    /// Returns the value of `kty`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Oct => "oct",
            Self::Rsa => "RSA",
            Self::Ec => "EC",
            Self::Okp => "OKP",
            Self::Akp => "AKP",
        }
    }
}

/// A hash function of the SHA-2 family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Hash {
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl Hash {
    /// Returns how many bytes the hash has.
    #[must_use]
    pub const fn bytes(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }
}

/// A curve: `crv` of a JWK (RFC 7518 §6.2.1.1, RFC 8037 §2, RFC 8812 §3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Curve {
    /// NIST P-256 (secp256r1).
    P256,
    /// NIST P-384 (secp384r1).
    P384,
    /// NIST P-521 (secp521r1).
    P521,
    /// secp256k1.
    Secp256k1,
    /// Ed25519.
    Ed25519,
    /// Ed448.
    Ed448,
}

impl Curve {
    /// Returns the value of `crv`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::P521 => "P-521",
            Self::Secp256k1 => "secp256k1",
            Self::Ed25519 => "Ed25519",
            Self::Ed448 => "Ed448",
        }
    }

    /// Returns how many bytes one coordinate, or one scalar, has.
    #[must_use]
    pub const fn coordinate_bytes(self) -> usize {
        match self {
            Self::P256 | Self::Secp256k1 | Self::Ed25519 => 32,
            Self::P384 => 48,
            Self::Ed448 => 57,
            Self::P521 => 66,
        }
    }
}

/// A parameter set of ML-DSA (FIPS 204 §4): how large keys and signatures are, and how strong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ParameterSet {
    /// ML-DSA-44, of security category 2.
    MlDsa44,
    /// ML-DSA-65, of security category 3.
    MlDsa65,
    /// ML-DSA-87, of security category 5.
    MlDsa87,
}

impl ParameterSet {
    /// Returns the one algorithm with these parameters.
    #[must_use]
    pub const fn algorithm(self) -> Algorithm {
        match self {
            Self::MlDsa44 => Algorithm::MlDsa44,
            Self::MlDsa65 => Algorithm::MlDsa65,
            Self::MlDsa87 => Algorithm::MlDsa87,
        }
    }

    /// Returns how many bytes a public key has (FIPS 204 §4, table 2).
    #[must_use]
    pub const fn public_key_bytes(self) -> usize {
        match self {
            Self::MlDsa44 => 1312,
            Self::MlDsa65 => 1952,
            Self::MlDsa87 => 2592,
        }
    }

    /// Returns how many bytes an expanded private key has. Keys are kept as the seed of 32 bytes
    /// that it is made of (RFC 9964 §3).
    #[must_use]
    pub const fn expanded_key_bytes(self) -> usize {
        match self {
            Self::MlDsa44 => 2560,
            Self::MlDsa65 => 4032,
            Self::MlDsa87 => 4896,
        }
    }

    /// Returns how many bytes a signature has.
    #[must_use]
    pub const fn signature_bytes(self) -> usize {
        match self {
            Self::MlDsa44 => 2420,
            Self::MlDsa65 => 3309,
            Self::MlDsa87 => 4627,
        }
    }
}

/// What an algorithm computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Scheme {
    /// HMAC with a hash.
    Hmac(Hash),
    /// RSASSA-PKCS1-v1_5 with a hash.
    RsaPkcs1(Hash),
    /// RSASSA-PSS with a hash, the same hash in MGF1, and a salt as long as the hash.
    RsaPss(Hash),
    /// ECDSA on a curve, with the hash of the curve's size; the signature is r ‖ s.
    Ecdsa(Curve),
    /// EdDSA on Ed25519.
    Ed25519,
    /// ML-DSA with one of its parameter sets.
    MlDsa(ParameterSet),
    /// EdDSA on Ed448.
    Ed448,
}

/// One row of the table.
struct Row {
    algorithm: Algorithm,
    name: &'static str,
    scheme: Scheme,
}

const fn row(algorithm: Algorithm, name: &'static str, scheme: Scheme) -> Row {
    Row { algorithm, name, scheme }
}

/// THE table, in the order of [`Algorithm`].
const TABLE: [Row; 19] = [
    row(Algorithm::Hs256, "HS256", Scheme::Hmac(Hash::Sha256)),
    row(Algorithm::Hs384, "HS384", Scheme::Hmac(Hash::Sha384)),
    row(Algorithm::Hs512, "HS512", Scheme::Hmac(Hash::Sha512)),
    row(Algorithm::Rs256, "RS256", Scheme::RsaPkcs1(Hash::Sha256)),
    row(Algorithm::Rs384, "RS384", Scheme::RsaPkcs1(Hash::Sha384)),
    row(Algorithm::Rs512, "RS512", Scheme::RsaPkcs1(Hash::Sha512)),
    row(Algorithm::Ps256, "PS256", Scheme::RsaPss(Hash::Sha256)),
    row(Algorithm::Ps384, "PS384", Scheme::RsaPss(Hash::Sha384)),
    row(Algorithm::Ps512, "PS512", Scheme::RsaPss(Hash::Sha512)),
    row(Algorithm::Es256, "ES256", Scheme::Ecdsa(Curve::P256)),
    row(Algorithm::Es384, "ES384", Scheme::Ecdsa(Curve::P384)),
    row(Algorithm::Es512, "ES512", Scheme::Ecdsa(Curve::P521)),
    row(Algorithm::Es256K, "ES256K", Scheme::Ecdsa(Curve::Secp256k1)),
    row(Algorithm::EdDsa, "EdDSA", Scheme::Ed25519),
    row(Algorithm::Ed25519, "Ed25519", Scheme::Ed25519),
    row(Algorithm::MlDsa44, "ML-DSA-44", Scheme::MlDsa(ParameterSet::MlDsa44)),
    row(Algorithm::MlDsa65, "ML-DSA-65", Scheme::MlDsa(ParameterSet::MlDsa65)),
    row(Algorithm::MlDsa87, "ML-DSA-87", Scheme::MlDsa(ParameterSet::MlDsa87)),
    row(Algorithm::Ed448, "Ed448", Scheme::Ed448),
];

/// How many algorithms have keys in this build: Ed448, the last, only with its feature.
const WITH_KEYS: usize =
    if cfg!(feature = "ed448") { TABLE.len() } else { TABLE.len().saturating_sub(1) };

impl Algorithm {
    /// Every algorithm that has keys, in the order of the table: `Ed448` is among them with its
    /// feature only.
    pub const ALL: [Self; WITH_KEYS] = {
        let mut all = [Self::Hs256; WITH_KEYS];
        let mut at = 0;
        #[expect(clippy::indexing_slicing, reason = "evaluated by the compiler, within bounds")]
        while at < WITH_KEYS {
            all[at] = TABLE[at].algorithm;
            at += 1;
        }
        all
    };

    /// Finds an algorithm by the exact, case-sensitive value of `alg`.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        TABLE.iter().find(|row| row.name == name).map(|row| row.algorithm)
    }

    /// Returns the value of `alg`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.row().name
    }

    /// Returns what the algorithm computes.
    #[must_use]
    pub const fn scheme(self) -> Scheme {
        self.row().scheme
    }

    /// Returns the type of key the algorithm uses.
    #[must_use]
    pub const fn key_type(self) -> KeyType {
        match self.scheme() {
            Scheme::Hmac(_) => KeyType::Oct,
            Scheme::RsaPkcs1(_) | Scheme::RsaPss(_) => KeyType::Rsa,
            Scheme::Ecdsa(_) => KeyType::Ec,
            Scheme::Ed25519 | Scheme::Ed448 => KeyType::Okp,
            Scheme::MlDsa(_) => KeyType::Akp,
        }
    }

    /// Returns whether signer and verifier share one secret.
    #[must_use]
    pub const fn is_symmetric(self) -> bool {
        matches!(self.scheme(), Scheme::Hmac(_))
    }

    /// Returns how many bytes a signature has, where the algorithm alone decides it. RSA signatures
    /// are as long as the key's modulus.
    #[must_use]
    pub const fn signature_bytes(self) -> Option<usize> {
        match self.scheme() {
            Scheme::Hmac(hash) => Some(hash.bytes()),
            Scheme::RsaPkcs1(_) | Scheme::RsaPss(_) => None,
            Scheme::Ecdsa(curve) => Some(curve.coordinate_bytes().saturating_mul(2)),
            Scheme::Ed25519 => Some(64),
            Scheme::Ed448 => Some(114),
            Scheme::MlDsa(parameters) => Some(parameters.signature_bytes()),
        }
    }

    /// Returns whether a key of this algorithm verifies tokens whose header says `header`: the same
    /// name, or the other name of one operation (RFC 9864: `EdDSA` with Ed25519 is `Ed25519`, with
    /// Ed448 it is `Ed448`).
    #[must_use]
    pub fn verifies(self, header: Self) -> bool {
        let of_both = || self.scheme() == Scheme::Ed25519 && header.scheme() == Scheme::Ed25519;
        self == header || of_both() || (self == Self::Ed448 && header == Self::EdDsa)
    }

    /// Returns every name in a header that a key of this algorithm verifies.
    pub(crate) fn verified(self) -> impl Iterator<Item = Self> {
        TABLE.iter().map(|row| row.algorithm).filter(move |name| self.verifies(*name))
    }

    #[expect(clippy::indexing_slicing, reason = "a test holds the table in the enum's order")]
    const fn row(self) -> &'static Row {
        const ROWS: &[Row] = &TABLE;
        &ROWS[self as usize]
    }
}

impl std::fmt::Display for Algorithm {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.name())
    }
}

impl std::str::FromStr for Algorithm {
    type Err = UnknownAlgorithm;

    /// Reads the exact, case-sensitive value of `alg`.
    fn from_str(name: &str) -> Result<Self, UnknownAlgorithm> {
        Self::from_name(name).ok_or(UnknownAlgorithm)
    }
}

/// The text is not the name of an algorithm of this crate; names are case-sensitive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a JWS algorithm of this engine (names are case-sensitive, for example ES256)")]
pub struct UnknownAlgorithm;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_stands_in_the_order_of_the_enum() {
        for (position, row) in TABLE.iter().enumerate() {
            assert_eq!(row.algorithm as usize, position, "{}", row.name);
            assert_eq!(Algorithm::from_name(row.name), Some(row.algorithm));
        }
    }
}
