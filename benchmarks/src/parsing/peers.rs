//! The peers: each where it has a call for this half in this container that reads the key at all.

use jose4rs::jwk::JsonWebKey;
use jsonwebtoken::{DecodingKey, EncodingKey};
use jwt_simple::prelude::*;

use super::{Container, Half, Read, done};
use crate::token::Algorithm;

/// Text of PEM; what is not text is no PEM.
fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

/// It tells the halves and the kinds apart by itself.
pub(super) fn jose4rs(_: Algorithm, _: Half, container: Container) -> Option<Read> {
    Some(match container {
        Container::Pem => Box::new(|pem| done(JsonWebKey::from_pem(text(pem)))),
        Container::Der => Box::new(|der| done(JsonWebKey::from_der(der))),
        Container::Jwk => Box::new(|json| done(JsonWebKey::from_json(json))),
    })
}

/// Its calls for DER keep the bytes unread; it has none for a private JWK.
pub(super) fn jsonwebtoken(algorithm: Algorithm, half: Half, container: Container) -> Option<Read> {
    Some(match (container, half, algorithm) {
        (Container::Pem, Half::Private, Algorithm::Rs256) => {
            Box::new(|pem| done(EncodingKey::from_rsa_pem(pem)))
        }
        (Container::Pem, Half::Private, Algorithm::Es256) => {
            Box::new(|pem| done(EncodingKey::from_ec_pem(pem)))
        }
        (Container::Pem, Half::Private, _) => Box::new(|pem| done(EncodingKey::from_ed_pem(pem))),
        (Container::Pem, Half::Public, Algorithm::Rs256) => {
            Box::new(|pem| done(DecodingKey::from_rsa_pem(pem)))
        }
        (Container::Pem, Half::Public, Algorithm::Es256) => {
            Box::new(|pem| done(DecodingKey::from_ec_pem(pem)))
        }
        (Container::Pem, Half::Public, _) => Box::new(|pem| done(DecodingKey::from_ed_pem(pem))),
        (Container::Jwk, Half::Public, _) => Box::new(|json| {
            let jwk = serde_json::from_slice::<jsonwebtoken::jwk::Jwk>(json);
            jwk.is_ok_and(|jwk| done(DecodingKey::from_jwk(&jwk)))
        }),
        (Container::Der, ..) | (Container::Jwk, Half::Private, _) => return None,
    })
}

/// It has no call for a JWK; of a private RSA key in DER it reads another form with each backend.
pub(super) fn jwt_simple(algorithm: Algorithm, half: Half, container: Container) -> Option<Read> {
    Some(match (container, half, algorithm) {
        (Container::Pem, Half::Private, Algorithm::Rs256) => {
            Box::new(|pem| done(RS256KeyPair::from_pem(text(pem))))
        }
        (Container::Pem, Half::Private, Algorithm::Es256) => {
            Box::new(|pem| done(ES256KeyPair::from_pem(text(pem))))
        }
        (Container::Pem, Half::Private, _) => {
            Box::new(|pem| done(Ed25519KeyPair::from_pem(text(pem))))
        }
        (Container::Pem, Half::Public, Algorithm::Rs256) => {
            Box::new(|pem| done(RS256PublicKey::from_pem(text(pem))))
        }
        (Container::Pem, Half::Public, Algorithm::Es256) => {
            Box::new(|pem| done(ES256PublicKey::from_pem(text(pem))))
        }
        (Container::Pem, Half::Public, _) => {
            Box::new(|pem| done(Ed25519PublicKey::from_pem(text(pem))))
        }
        (Container::Der, Half::Private, Algorithm::Es256) => {
            Box::new(|der| done(ES256KeyPair::from_der(der)))
        }
        (Container::Der, Half::Private, Algorithm::EdDsa) => {
            Box::new(|der| done(Ed25519KeyPair::from_der(der)))
        }
        (Container::Der, Half::Public, Algorithm::Rs256) => {
            Box::new(|der| done(RS256PublicKey::from_der(der)))
        }
        (Container::Der, Half::Public, Algorithm::Es256) => {
            Box::new(|der| done(ES256PublicKey::from_der(der)))
        }
        (Container::Der, Half::Public, _) => Box::new(|der| done(Ed25519PublicKey::from_der(der))),
        (Container::Der, Half::Private, _) | (Container::Jwk, ..) => return None,
    })
}
