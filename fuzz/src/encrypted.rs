//! Any bytes as PKCS#8 under a password: whatever it asks for, an answer comes in a second or two.

use jotem::Jwk;

use crate::{containers, encode, oracle};

const PASSWORD: &str = "open sesame";

/// Feeds one document.
///
/// # Panics
/// If a promise is broken.
pub fn run(data: &[u8]) {
    let file = encode::pem("ENCRYPTED PRIVATE KEY", data);
    match Jwk::from_encrypted_der(data, PASSWORD) {
        Ok(jwk) => {
            assert!(jwk.is_private());
            assert_eq!(Jwk::from_encrypted_pem(file, PASSWORD).expect("as DER"), jwk);
            containers::accepted(&jwk);
        }
        Err(error) => drop(oracle::sound(&error)),
    }
    if let Err(error) = Jwk::from_encrypted_pem(data, PASSWORD) {
        oracle::sound(&error);
    }
}

/// Documents of OpenSSL.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let texts = [
        include_str!("../../vectors/keys/pkcs8-ed25519.pem"),
        include_str!("../../vectors/keys/pkcs8-p256.pem"),
        include_str!("../../vectors/keys/pkcs8-rsa2048.pem"),
        include_str!("../../vectors/keys/pkcs8-aes-128-cbc-hmacWithSHA1.pem"),
        include_str!("../../vectors/keys/pkcs8-aes-192-cbc-hmacWithSHA512.pem"),
        include_str!("../../vectors/keys/pkcs8-des3.pem"),
        include_str!("../../vectors/keys/pkcs8-pbes1.pem"),
    ];
    let documents = texts.into_iter().map(encode::of_pem);
    documents.chain([texts[0].as_bytes().to_vec()]).collect()
}
