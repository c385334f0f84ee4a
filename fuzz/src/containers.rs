//! Any bytes as PEM and DER: what is read is written, and read again, as the same key.

use jotem::{Algorithm, Jwk, SigningKey};

use crate::{jwk, keys, oracle};

/// Feeds one document.
///
/// # Panics
/// If a promise is broken.
pub fn run(data: &[u8]) {
    for read in [Jwk::from_bytes(data), Jwk::from_pem(data), Jwk::from_der(data)] {
        match read {
            Ok(jwk) => accepted(&jwk),
            Err(error) => drop(oracle::sound(&error)),
        }
    }
}

/// Checks a key that was read out of a container.
pub(crate) fn accepted(jwk: &Jwk) {
    jwk::sound(jwk);
    let again = Jwk::from_json(jwk.to_private_json().expose()).expect("what it wrote");
    assert_eq!(again, *jwk, "as a JWK");
    if let (Ok(pem), Ok(der)) = (jwk.to_pem(), jwk.to_der()) {
        let public = jwk.public().expect("a public part");
        // Names and uses have no place in an SPKI.
        assert_eq!(Jwk::from_pem(&pem).expect("what it wrote").thumbprint(), public.thumbprint());
        assert_eq!(Jwk::from_bytes(pem).unwrap(), Jwk::from_der(der).unwrap());
    }
    if let (Ok(pem), Ok(der)) = (jwk.to_private_pem(), jwk.to_private_der()) {
        let one = Jwk::from_pem(pem.expose()).expect("what it wrote");
        let other = Jwk::from_der(der.expose()).expect("what it wrote");
        assert_eq!(one, other, "PEM and DER");
        // Whether the halves belong together is seen when a key is made, not when it is read.
        let algorithm = jwk.algorithm().unwrap_or(Algorithm::Rs256);
        if SigningKey::from_jwk(jwk, algorithm).is_ok() {
            assert_eq!(one.thumbprint(), jwk.thumbprint(), "another public key");
        }
    }
}

/// Every document that is written, in DER and in PEM, and a PKCS#8 document with its public key.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut documents = Vec::new();
    for jwk in keys::documents() {
        documents.extend(jwk.to_der());
        documents.extend(jwk.to_pem().map(String::into_bytes));
        documents.extend(jwk.to_private_der().map(|der| der.expose().to_vec()));
        documents.extend(jwk.to_private_pem().map(|pem| pem.expose().to_vec()));
        documents.extend(inside(&jwk));
        if jwk.curve() == Some(jotem::jwa::Curve::Ed25519) {
            documents.extend(with_public_key(&jwk));
        }
    }
    documents.push(b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA a".to_vec());
    documents.push(keys::RSA.as_bytes().to_vec());
    documents
}

/// What a PKCS#8 document holds: PKCS#1 or SEC1, from the second long OCTET STRING's start on.
fn inside(jwk: &Jwk) -> Option<Vec<u8>> {
    let der = jwk.to_private_der().ok()?;
    let start = der.expose().windows(2).skip(4).position(|pair| pair[0] == 0x30 && pair[1] > 0x40);
    start.map(|start| der.expose()[start + 4..].to_vec())
}

/// Adds the public key to a PKCS#8 document of Ed25519 (RFC 5958 §2), which makes it version 2.
fn with_public_key(jwk: &Jwk) -> Option<Vec<u8>> {
    let mut der = jwk.to_private_der().ok()?.expose().to_vec();
    let public = jwk.to_der().ok()?;
    der[1] += 35;
    der[4] = 1;
    der.extend([0x81, 33, 0]);
    der.extend(&public[public.len() - 32..]);
    Some(der)
}
