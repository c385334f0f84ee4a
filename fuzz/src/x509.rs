//! Any bytes as a certificate: what is read keeps its certificate, and is read again from its JWK.

use jotem::Jwk;

use crate::{containers, encode, oracle};

/// Feeds one document.
///
/// # Panics
/// If a promise is broken.
pub fn run(data: &[u8]) {
    match Jwk::from_x509(data) {
        Ok(jwk) => {
            assert!(!jwk.is_private() && jwk.certificates().is_some_and(|chain| chain.len() == 1));
            // What came as PEM would be PEM in PEM.
            if !data.windows(4).any(|bytes| bytes == b"----") {
                assert_eq!(Jwk::from_x509(encode::pem("CERTIFICATE", data)).expect("as DER"), jwk);
            }
            containers::accepted(&jwk);
        }
        Err(error) => drop(oracle::sound(&error)),
    }
}

/// Certificates of OpenSSL.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let texts = [
        include_str!("../../vectors/keys/x509-ed25519.pem"),
        include_str!("../../vectors/keys/x509-p256.pem"),
        include_str!("../../vectors/keys/x509-p521.pem"),
        include_str!("../../vectors/keys/x509-rsa2048.pem"),
        include_str!("../../vectors/keys/x509-rsa-pss.pem"),
        include_str!("../../vectors/keys/x509-p256-explicit.pem"),
        include_str!("../../vectors/keys/x509-version1.pem"),
        include_str!("../../vectors/keys/x509-trusted.pem"),
        include_str!("../../vectors/keys/pkcs7.pem"),
    ];
    let documents = texts.into_iter().map(encode::of_pem);
    documents.chain([texts[0].as_bytes().to_vec()]).collect()
}
