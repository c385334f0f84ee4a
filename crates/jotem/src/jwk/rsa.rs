//! RSA keys (RFC 7518 §6.3), kept as the structures of PKCS#1 (RFC 8017 appendix A).

use pkcs1::der::Encode as _;
use pkcs1::{RsaPrivateKeyRef, RsaPublicKeyRef, UintRef};

use super::members::{Members, Writer, not};
use super::roca;
use crate::error::KeyError;
use crate::secret::Secret;

/// The numbers of an RSA key.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct RsaKey {
    /// The modulus, big-endian, without leading zeros.
    pub(crate) modulus: Vec<u8>,
    /// The public exponent, big-endian, without leading zeros.
    pub(crate) exponent: Vec<u8>,
    /// An `RSAPrivateKey` in DER.
    pub(crate) private: Option<Secret>,
}

impl RsaKey {
    /// Checks what can be told of a public key by looking at it (RFC 7518 §3.3).
    pub(super) fn new(modulus: &[u8], exponent: &[u8]) -> Result<Self, KeyError> {
        let key = Self { modulus: modulus.to_vec(), exponent: exponent.to_vec(), private: None };
        let bits = key.bits();
        if !(2048..=8192).contains(&bits) {
            return Err(KeyError::RsaSize { bits });
        }
        if modulus.last().is_none_or(|low| low % 2 == 0) {
            return Err(KeyError::RsaModulus { reason: "it is even" });
        }
        let small = <[u8; 1]>::try_from(exponent).is_ok_and(|[exponent]| exponent < 3);
        let odd = exponent.last().is_some_and(|low| low % 2 == 1);
        if small || !odd || bit_length(exponent) > 33 {
            return Err(KeyError::RsaExponent);
        }
        if roca::has_fingerprint(modulus) {
            return Err(KeyError::RsaModulus {
                reason: "it was made by a chip with the ROCA fault (CVE-2017-15361)",
            });
        }
        Ok(key)
    }

    pub(crate) fn public(&self) -> Self {
        Self { private: None, ..self.clone() }
    }

    /// Returns how many bits the modulus has.
    pub(crate) fn bits(&self) -> usize {
        bit_length(&self.modulus)
    }

    /// Reads the members of a JWK.
    pub(super) fn read(members: &Members<'_>) -> Result<Self, KeyError> {
        let (modulus, exponent) = (members.bytes("n")?, members.bytes("e")?);
        for (member, number) in [("n", &modulus), ("e", &exponent)] {
            if number.first().is_none_or(|high| *high == 0) {
                return Err(not(member, "a number without leading zeros (RFC 7518 §6.3.1)"));
            }
        }
        let key = Self::new(&modulus, &exponent)?;
        if members.has("oth") {
            return Err(not("oth", "absent: keys of more than two primes are not supported"));
        }
        let Some(d) = members.secret("d")? else {
            // The factors are as secret as `d`: a document that has only them is no public key.
            let factors = ["p", "q", "dp", "dq", "qi"];
            if factors.iter().any(|name| members.has(name)) {
                return Err(KeyError::MemberMissing { member: "d" });
            }
            return Ok(key);
        };
        if d.is_empty() {
            return Err(not("d", "a number"));
        }
        let part = |name| match members.secret(name)? {
            Some(number) if number.is_empty() => Err(not(name, "a number")),
            Some(number) => Ok(number),
            None => Err(KeyError::MemberMissing { member: name }),
        };
        let (p, q, dp, dq, qi) = (part("p")?, part("q")?, part("dp")?, part("dq")?, part("qi")?);
        let parts = [&d, &p, &q, &dp, &dq, &qi];
        key.with_private(parts.map(Secret::expose)).map_err(|_| not("d", "a number of RSA"))
    }

    /// Adds the private numbers: d, p, q, dp, dq and qi, big-endian.
    pub(super) fn with_private(mut self, numbers: [&[u8]; 6]) -> Result<Self, KeyError> {
        let unsound = |_| KeyError::Format { expected: "an RSA private key" };
        let [d, p, q, dp, dq, qi] = numbers;
        let private = RsaPrivateKeyRef {
            modulus: UintRef::new(&self.modulus).map_err(unsound)?,
            public_exponent: UintRef::new(&self.exponent).map_err(unsound)?,
            private_exponent: UintRef::new(d).map_err(unsound)?,
            prime1: UintRef::new(p).map_err(unsound)?,
            prime2: UintRef::new(q).map_err(unsound)?,
            exponent1: UintRef::new(dp).map_err(unsound)?,
            exponent2: UintRef::new(dq).map_err(unsound)?,
            coefficient: UintRef::new(qi).map_err(unsound)?,
            other_prime_infos: None,
        };
        self.private = Some(Secret::from(private.to_der().map_err(unsound)?));
        Ok(self)
    }

    /// Reads an `RSAPrivateKey` (RFC 8017 §A.1.2).
    pub(super) fn from_private_der(der: &[u8]) -> Option<Result<Self, KeyError>> {
        let private = RsaPrivateKeyRef::try_from(der).ok()?;
        if private.other_prime_infos.is_some() {
            let expected = "an RSA key of two primes";
            return Some(Err(KeyError::Format { expected }));
        }
        let public = private.public_key();
        let key = Self::new(public.modulus.as_bytes(), public.public_exponent.as_bytes());
        Some(key.map(|key| Self { private: Some(Secret::from(der)), ..key }))
    }

    /// Reads an `RSAPublicKey` (RFC 8017 §A.1.1).
    pub(super) fn from_public_der(der: &[u8]) -> Option<Result<Self, KeyError>> {
        let public = RsaPublicKeyRef::try_from(der).ok()?;
        Some(Self::new(public.modulus.as_bytes(), public.public_exponent.as_bytes()))
    }

    /// Writes the `RSAPublicKey`.
    pub(crate) fn public_der(&self) -> Result<Vec<u8>, KeyError> {
        let unsound = |_| KeyError::Format { expected: "an RSA public key" };
        RsaPublicKeyRef {
            modulus: UintRef::new(&self.modulus).map_err(unsound)?,
            public_exponent: UintRef::new(&self.exponent).map_err(unsound)?,
        }
        .to_der()
        .map_err(unsound)
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.bytes("n", &self.modulus).bytes("e", &self.exponent);
        let private = self.private.as_ref().map(Secret::expose);
        let Some(Ok(key)) = private.map(RsaPrivateKeyRef::try_from) else { return };
        writer
            .secret("d", key.private_exponent.as_bytes())
            .secret("p", key.prime1.as_bytes())
            .secret("q", key.prime2.as_bytes())
            .secret("dp", key.exponent1.as_bytes())
            .secret("dq", key.exponent2.as_bytes())
            .secret("qi", key.coefficient.as_bytes());
    }
}

fn bit_length(number: &[u8]) -> usize {
    let significant = number.iter().skip_while(|byte| **byte == 0);
    let bits = significant.clone().count().saturating_mul(8);
    let high_zeros = significant.clone().next().map_or(0, |high| high.leading_zeros());
    bits.saturating_sub(usize::try_from(high_zeros).unwrap_or_default())
}
