//! Any bytes as keys of OpenSSH: a public line, and the inside of a private file.

use jotem::Jwk;

use crate::{containers, encode, oracle};

const LABEL: &str = "OPENSSH PRIVATE KEY";
const PASSWORD: &[u8] = b"open sesame";

/// Feeds one document.
///
/// # Panics
/// If a promise is broken.
pub fn run(data: &[u8]) {
    let file = encode::pem(LABEL, data);
    for read in [Jwk::from_ssh(data), Jwk::from_bytes(data), Jwk::from_openssh(&file, None)] {
        match read {
            Ok(jwk) => containers::accepted(&jwk),
            Err(error) if oracle::sound(&error) == "key_open_ssh_encrypted" => locked(&file),
            Err(_) => {}
        }
    }
}

fn locked(file: &str) {
    match Jwk::from_openssh(file, Some(PASSWORD)) {
        Ok(jwk) => containers::accepted(&jwk),
        Err(error) => drop(oracle::sound(&error)),
    }
}

/// Files of `ssh-keygen`, taken out of their PEM, and public lines. Those under a password take
/// one round of the derivation.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let private = [
        include_str!("../../vectors/keys/openssh-ed25519"),
        include_str!("../../vectors/keys/openssh-p256"),
        include_str!("../../vectors/keys/openssh-p384"),
        include_str!("../../vectors/keys/openssh-p521"),
        include_str!("../../vectors/keys/openssh-rsa"),
        include_str!("../../vectors/keys/openssh-dsa"),
        include_str!("../../vectors/keys/openssh-aes128-gcm"),
        include_str!("../../vectors/keys/openssh-aes256-ctr"),
        include_str!("../../vectors/keys/openssh-3des-cbc"),
    ];
    let public = [
        include_str!("../../vectors/keys/openssh-ed25519.pub"),
        include_str!("../../vectors/keys/openssh-p256.pub"),
        include_str!("../../vectors/keys/openssh-p521.pub"),
        include_str!("../../vectors/keys/openssh-rsa.pub"),
        include_str!("../../vectors/keys/openssh-p256-cert.pub"),
    ];
    let files = private.into_iter().map(encode::of_pem);
    files.chain(public.map(|line| line.as_bytes().to_vec())).collect()
}
