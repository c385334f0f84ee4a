//! Elliptic curve keys (RFC 7518 §6.2, RFC 8812 §3.1).

use pkcs8::der::Encode as _;
use sec1::{EcParameters, EcPrivateKey};
use spki::ObjectIdentifier;

use super::members::{Members, Writer, not};
use crate::error::{Excerpt, KeyError};
use crate::jwa::Curve;
use crate::secret::Secret;

/// A point, and for a private key the scalar.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct EcKey {
    pub(crate) curve: Curve,
    /// 04 ‖ x ‖ y.
    pub(crate) point: Vec<u8>,
    /// d, as long as a coordinate.
    pub(crate) scalar: Option<Secret>,
}

const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const P521: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.35");
const SECP256K1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.10");

/// A curve that is spelled out, or not said at all: RFC 5480 §2.1.1 wants it named.
pub(super) const UNNAMED: KeyError = KeyError::Format {
    expected: "an EC key with a named curve (openssl ec -param_enc named_curve writes one)",
};

/// Returns the curve that a DER document names.
pub(super) fn curve(identifier: ObjectIdentifier) -> Result<Curve, KeyError> {
    match identifier {
        P256 => Ok(Curve::P256),
        P384 => Ok(Curve::P384),
        P521 => Ok(Curve::P521),
        SECP256K1 => Ok(Curve::Secp256k1),
        _ => Err(KeyError::TypeUnknown {
            found: Excerpt::new(&format!("EC on the curve {identifier}")),
        }),
    }
}

impl EcKey {
    pub(crate) fn public(&self) -> Self {
        Self { scalar: None, ..self.clone() }
    }

    /// Returns the name of the curve in DER documents.
    pub(super) fn curve_identifier(&self) -> ObjectIdentifier {
        match self.curve {
            Curve::P384 => P384,
            Curve::P521 => P521,
            Curve::Secp256k1 => SECP256K1,
            Curve::P256 | Curve::Ed25519 | Curve::Ed448 => P256,
        }
    }

    /// Takes a point in its uncompressed form; whether it is on the curve is seen when it is used.
    pub(super) fn from_point(curve: Curve, point: &[u8]) -> Result<Self, KeyError> {
        let expected = curve.coordinate_bytes().saturating_mul(2).saturating_add(1);
        if point.len() != expected || point.first() != Some(&0x04) {
            return Err(KeyError::Format { expected: "an EC key with an uncompressed point" });
        }
        Ok(Self { curve, point: point.to_vec(), scalar: None })
    }

    /// Reads the members of a JWK.
    pub(super) fn read(members: &Members<'_>) -> Result<Self, KeyError> {
        let name = members.text("crv")?.ok_or(KeyError::MemberMissing { member: "crv" })?;
        let curves = [Curve::P256, Curve::P384, Curve::P521, Curve::Secp256k1];
        let curve = curves.into_iter().find(|curve| curve.name() == name);
        let curve = curve.ok_or_else(|| KeyError::TypeUnknown { found: Excerpt::new(name) })?;
        let mut point = vec![0x04];
        for member in ["x", "y"] {
            let coordinate = members.bytes(member)?;
            if coordinate.len() != curve.coordinate_bytes() {
                return Err(not(member, "as long as a coordinate of the curve (RFC 7518 §6.2.1)"));
            }
            point.extend(coordinate);
        }
        let scalar = members.secret("d")?;
        if scalar.as_ref().is_some_and(|scalar| scalar.len() != curve.coordinate_bytes()) {
            return Err(not("d", "as long as a coordinate of the curve (RFC 7518 §6.2.2)"));
        }
        Ok(Self { curve, point, scalar })
    }

    /// Reads an `ECPrivateKey` (RFC 5915 §3); inside PKCS#8 the curve is named outside.
    pub(super) fn from_private_der(
        der: &[u8],
        named: Option<Curve>,
    ) -> Option<Result<Self, KeyError>> {
        let private = EcPrivateKey::try_from(der).ok()?;
        let inner = private.parameters.and_then(EcParameters::named_curve).map(curve);
        let curve = match (named, inner) {
            (_, Some(Err(error))) => return Some(Err(error)),
            (Some(outer), Some(Ok(inner))) if outer != inner => {
                return Some(Err(KeyError::HalvesMismatch { key_type: "EC" }));
            }
            (Some(curve), _) | (None, Some(Ok(curve))) => curve,
            (None, None) => return Some(Err(UNNAMED)),
        };
        Some(complete(curve, &private))
    }

    /// Takes a scalar as long as a coordinate, and the public key that goes with it.
    #[cfg(feature = "encrypted-keys")]
    pub(super) fn from_scalar(curve: Curve, scalar: &[u8], point: &[u8]) -> Result<Self, KeyError> {
        let private =
            EcPrivateKey { private_key: scalar, parameters: None, public_key: Some(point) };
        complete(curve, &private)
    }

    /// Writes the `ECPrivateKey`, with its public key.
    pub(super) fn private_der(&self, scalar: &Secret) -> Result<Secret, KeyError> {
        let private = EcPrivateKey {
            private_key: scalar.expose(),
            parameters: Some(EcParameters::NamedCurve(self.curve_identifier())),
            public_key: Some(&self.point),
        };
        let der = private.to_der().map_err(|_| KeyError::Format { expected: "an EC key" })?;
        Ok(Secret::from(der))
    }

    /// Returns x and y.
    pub(super) fn coordinates(&self) -> (&[u8], &[u8]) {
        let both = self.point.get(1..).unwrap_or_default();
        both.split_at_checked(self.curve.coordinate_bytes()).unwrap_or_default()
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        let (x, y) = self.coordinates();
        writer.text("crv", self.curve.name()).bytes("x", x).bytes("y", y);
        if let Some(scalar) = &self.scalar {
            writer.secret("d", scalar.expose());
        }
    }
}

/// Computes the public key, which the document may lack, and checks the one that it has.
#[cfg(feature = "aws-lc")]
fn complete(curve: Curve, private: &EcPrivateKey<'_>) -> Result<EcKey, KeyError> {
    let bare = EcKey { curve, point: Vec::new(), scalar: None };
    let parameters = Some(EcParameters::NamedCurve(bare.curve_identifier()));
    let bare = EcPrivateKey { private_key: private.private_key, parameters, public_key: None };
    let der = bare.to_der().map_err(|_| KeyError::Format { expected: "an EC key" })?;
    let der = Secret::from(der);
    let (scalar, point) = crate::crypto::aws_lc::ecdsa::complete(curve, der.expose())?;
    if private.public_key.is_some_and(|public| public != point) {
        return Err(KeyError::HalvesMismatch { key_type: "EC" });
    }
    Ok(EcKey { curve, point, scalar: Some(scalar) })
}

/// Takes the public key that the document has; without AWS-LC it cannot be computed.
#[cfg(not(feature = "aws-lc"))]
fn complete(curve: Curve, private: &EcPrivateKey<'_>) -> Result<EcKey, KeyError> {
    let point = private.public_key.ok_or(KeyError::MemberMissing { member: "publicKey" })?;
    let key = EcKey::from_point(curve, point)?;
    Ok(EcKey { scalar: Some(Secret::from(private.private_key)), ..key })
}
