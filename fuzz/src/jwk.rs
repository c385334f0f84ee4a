//! Any bytes as a JWK: what is read makes keys or says why not, and is written as it was read.

use jotem::{Algorithm, Jwk, SigningKey, VerifyingKey};

use crate::{keys, oracle};

/// Feeds one document.
///
/// # Panics
/// If a promise is broken.
pub fn run(data: &[u8]) {
    let jwk = match Jwk::from_json(data) {
        Ok(jwk) => jwk,
        Err(error) => {
            oracle::sound(&error);
            return;
        }
    };
    assert!(oracle::read(data).is_ok_and(|value| value.is_object()));
    sound(&jwk);
    let again = Jwk::from_json(jwk.to_private_json().expose()).expect("what it wrote");
    assert_eq!(again, jwk, "written as it was read");
    for algorithm in Algorithm::ALL {
        make(&jwk, algorithm);
    }
}

/// Checks what holds of every key document, whatever it came in.
pub(crate) fn sound(jwk: &Jwk) {
    let _ = (format!("{jwk:?}"), jwk.algorithm(), jwk.curve(), jwk.public_key_use());
    let thumbprint = jwk.thumbprint();
    assert_eq!(thumbprint.len(), 43);
    match jwk.public() {
        Ok(public) => {
            assert!(!public.is_private());
            assert_eq!(public.thumbprint(), thumbprint);
            let json = jwk.to_json().expect("a public part");
            let value = oracle::read(json.as_bytes()).expect("JSON");
            for private in ["d", "p", "q", "dp", "dq", "qi", "k", "oth", "priv"] {
                assert!(value.get(private).is_none(), "{private} is published");
            }
            assert_eq!(Jwk::from_json(json).expect("what it wrote"), public);
            if let Ok(der) = jwk.to_der() {
                let read = Jwk::from_der(der).expect("what it wrote");
                assert_eq!(read.thumbprint(), thumbprint);
            }
        }
        Err(error) => {
            assert_eq!(oracle::sound(&error), "key_no_public_part");
            assert!(jwk.to_json().is_err() && jwk.to_pem().is_err());
        }
    }
}

fn make(jwk: &Jwk, algorithm: Algorithm) {
    match VerifyingKey::from_jwk(jwk, algorithm) {
        Ok(key) => {
            assert_eq!(key.algorithm(), algorithm);
            assert_eq!(key.thumbprint(), Some(jwk.thumbprint()));
            assert!(key.verify(b"message", &[0x55; 64]).is_err());
        }
        Err(error) => drop(oracle::sound(&error)),
    }
    match SigningKey::from_jwk(jwk, algorithm) {
        Ok(key) => {
            assert!(jwk.is_private());
            assert_eq!(key.algorithm(), algorithm);
            // An RSA signature takes a millisecond: one algorithm stands for six.
            let slow = algorithm.name().starts_with(['R', 'P']) && algorithm != Algorithm::Rs256;
            if !slow {
                let signature = key.sign(b"message").expect("a sound key signs");
                let verifying = key.verifying_key();
                assert!(verifying.verify(b"message", signature.as_ref()).is_ok(), "halves");
            }
        }
        Err(error) => drop(oracle::sound(&error)),
    }
}

/// Keys of every type, private and public, and those of the RFCs.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut texts = keys::example_keys(&["key", "jwk", "private", "public"]);
    for jwk in keys::documents() {
        texts.push(String::from_utf8_lossy(jwk.to_private_json().expose()).into_owned());
        texts.extend(jwk.to_json());
    }
    texts.push(r#"{"kty":"oct","k":"AAECAwQFBgcICQoLDA0ODw","use":"sig","key_ops":["sign","verify"],"alg":"HS256","kid":"a"}"#.to_owned());
    texts.into_iter().map(String::into_bytes).collect()
}
