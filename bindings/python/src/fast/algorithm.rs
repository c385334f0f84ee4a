//! The algorithms of PyJWT that the engine computes.

use std::sync::OnceLock;

use base64_simd::URL_SAFE_NO_PAD;
use jotem::Algorithm;

/// One of PyJWT's algorithms, by its name there.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Known {
    /// PyJWT's name, which is also the header's `alg`.
    pub(crate) name: &'static str,
    /// The class of `jotem.jwt.algorithms` whose object must be registered under the name.
    pub(crate) class: Class,
    /// The engine's.
    pub(crate) algorithm: Algorithm,
}

/// A class of `jotem.jwt.algorithms`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Class {
    Hmac,
    Rsa,
    RsaPss,
    Ec,
    Okp,
}

impl Class {
    /// Every class, and its name.
    pub(crate) const ALL: [(Self, &'static str); 5] = [
        (Self::Hmac, "HMACAlgorithm"),
        (Self::Rsa, "RSAAlgorithm"),
        (Self::RsaPss, "RSAPSSAlgorithm"),
        (Self::Ec, "ECAlgorithm"),
        (Self::Okp, "OKPAlgorithm"),
    ];
}

/// `ES521` is PyJWT's old name of ES512, which the engine does not have: it is not here.
pub(crate) static KNOWN: [Known; 14] = [
    known("HS256", Class::Hmac, Algorithm::Hs256),
    known("HS384", Class::Hmac, Algorithm::Hs384),
    known("HS512", Class::Hmac, Algorithm::Hs512),
    known("RS256", Class::Rsa, Algorithm::Rs256),
    known("RS384", Class::Rsa, Algorithm::Rs384),
    known("RS512", Class::Rsa, Algorithm::Rs512),
    known("PS256", Class::RsaPss, Algorithm::Ps256),
    known("PS384", Class::RsaPss, Algorithm::Ps384),
    known("PS512", Class::RsaPss, Algorithm::Ps512),
    known("ES256", Class::Ec, Algorithm::Es256),
    known("ES384", Class::Ec, Algorithm::Es384),
    known("ES512", Class::Ec, Algorithm::Es512),
    known("ES256K", Class::Ec, Algorithm::Es256K),
    known("EdDSA", Class::Okp, Algorithm::EdDsa),
];

const fn known(name: &'static str, class: Class, algorithm: Algorithm) -> Known {
    Known { name, class, algorithm }
}

/// Finds an algorithm by its name.
pub(crate) fn by_name(name: &str) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.name == name)
}

/// Returns the encoded header of a token that has nothing but `alg` and `typ`.
pub(crate) fn bare_header(known: &Known) -> &'static [u8] {
    static HEADERS: OnceLock<Vec<(&'static str, Vec<u8>)>> = OnceLock::new();
    let headers = HEADERS.get_or_init(|| {
        let encode = |known: &Known| {
            let json = format!("{{\"alg\":\"{}\",\"typ\":\"JWT\"}}", known.name);
            (known.name, URL_SAFE_NO_PAD.encode_type(json.as_bytes()))
        };
        KNOWN.iter().map(encode).collect()
    });
    let found = headers.iter().find(|(name, _)| *name == known.name);
    found.map_or(&[], |(_, header)| header)
}
