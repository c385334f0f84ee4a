//! Private keys of OpenSSH: what `ssh-keygen` writes is read, and nothing that only looks like it.

use jotem::{Algorithm, Jwk, SigningKey, VerifyingKey};

use crate::code;
use crate::fixtures::{PASSWORD, der, file, pem};

const LABEL: &str = "OPENSSH PRIVATE KEY";

const KEYS: [(&str, Algorithm); 5] = [
    ("rsa", Algorithm::Rs256),
    ("p256", Algorithm::Es256),
    ("p384", Algorithm::Es384),
    ("p521", Algorithm::Es512),
    ("ed25519", Algorithm::EdDsa),
];

fn read(bytes: &[u8], password: Option<&str>) -> Result<Jwk, jotem::Error> {
    Jwk::from_openssh(pem(LABEL, bytes), password.map(str::as_bytes))
}

fn of_file(name: &str, password: Option<&str>) -> Result<Jwk, jotem::Error> {
    Jwk::from_openssh(file(name), password.map(str::as_bytes))
}

fn string(bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).unwrap().to_be_bytes();
    [length.as_slice(), bytes].concat()
}

/// A file with these parts.
fn written(cipher: &str, derivation: &str, options: &[u8], keys: u32, public: &[u8]) -> Vec<u8> {
    let mut bytes = b"openssh-key-v1\0".to_vec();
    bytes.extend(string(cipher.as_bytes()));
    bytes.extend(string(derivation.as_bytes()));
    bytes.extend(string(options));
    bytes.extend(keys.to_be_bytes());
    bytes.extend(string(public));
    bytes.extend(string(&[0; 64]));
    bytes
}

fn public() -> Vec<u8> {
    let line = String::from_utf8(file("openssh-ed25519.pub")).unwrap();
    let blob = line.split(' ').nth(1).unwrap();
    base64_simd::STANDARD.decode_to_vec(blob).unwrap()
}

fn bcrypt(salt: &[u8], rounds: u32) -> Vec<u8> {
    [string(salt).as_slice(), &rounds.to_be_bytes()].concat()
}

#[test]
fn every_key_type_is_read_and_is_the_key_of_its_public_line() {
    for (name, algorithm) in KEYS {
        let document = file(&format!("openssh-{name}"));
        let key = SigningKey::from_openssh(&document, None, algorithm).unwrap();
        let line = file(&format!("openssh-{name}.pub"));
        let public = VerifyingKey::from_ssh(line, algorithm).unwrap();
        let signature = key.sign(b"message").unwrap();
        assert!(public.verify(b"message", signature.as_ref()).is_ok(), "{name}");
        let jwk = Jwk::from_bytes(&document).unwrap();
        assert!(jwk.is_private());
        assert_eq!(Some(jwk.thumbprint()), public.thumbprint(), "a file says what it is");
        // What was computed for RSA is what others compute.
        assert_eq!(Jwk::from_pem(jwk.to_private_pem().unwrap().expose()).unwrap(), jwk);
    }
}

#[test]
fn every_key_type_is_read_under_a_password() {
    for (name, _) in KEYS {
        let key = of_file(&format!("openssh-{name}-password"), Some(PASSWORD)).unwrap();
        assert_eq!(key, of_file(&format!("openssh-{name}"), None).unwrap(), "{name}");
    }
}

#[test]
fn every_cipher_of_aes_is_read_with_its_password_only() {
    let key = of_file("openssh-ed25519", None).unwrap();
    for cipher in ["128-cbc", "192-cbc", "256-cbc", "128-ctr", "192-ctr", "256-ctr"]
        .into_iter()
        .chain(["128-gcm", "256-gcm"])
    {
        let name = format!("openssh-aes{cipher}");
        assert_eq!(of_file(&name, Some(PASSWORD)).unwrap(), key, "{name}");
        for wrong in ["", "open sesam", "open sesame\n"] {
            let error = of_file(&name, Some(wrong)).unwrap_err();
            assert_eq!(error.code().as_str(), "key_password_wrong", "{name}");
        }
    }
    let bytes: &[u8] = b"\xff\xfe";
    let refused = Jwk::from_openssh(file("openssh-aes256-ctr"), Some(bytes));
    assert_eq!(code(refused), "key_password_wrong");
}

#[test]
fn a_password_is_asked_for_where_one_is_needed_and_only_there() {
    for refused in
        [of_file("openssh-aes256-ctr", None), Jwk::from_bytes(file("openssh-aes256-ctr"))]
    {
        let error = refused.unwrap_err();
        assert_eq!(error.code().as_str(), "key_open_ssh_encrypted");
        assert!(error.hint().contains("from_openssh(file, Some(password))"));
    }
    for password in ["", PASSWORD] {
        assert_eq!(code(of_file("openssh-ed25519", Some(password))), "key_not_encrypted");
    }
    let error = Jwk::from_pem(file("openssh-ed25519")).unwrap_err();
    assert_eq!(error.code().as_str(), "key_open_ssh");
    assert!(error.hint().contains("from_openssh"));
}

#[test]
fn other_keys_and_other_ciphers_are_named_and_refused() {
    for (name, expected, found) in [
        ("openssh-dsa", "key_type_unknown", "ssh-dss"),
        ("openssh-3des-cbc", "key_encryption_scheme", "3des-cbc"),
        ("openssh-chacha20-poly1305", "key_encryption_scheme", "chacha20-poly1305@openssh.com"),
    ] {
        for password in [None, Some(PASSWORD)] {
            let error = of_file(name, password).unwrap_err();
            assert_eq!(error.code().as_str(), expected, "{name}");
            assert!(error.to_string().contains(found), "{error}");
        }
    }
    let types = ["sk-ssh-ed25519@openssh.com", "ssh-ed25519-cert-v01@openssh.com", "ssh-ed448", ""];
    for name in types {
        let public = [string(name.as_bytes()), string(&[7; 32])].concat();
        let error = read(&written("none", "none", b"", 1, &public), None).unwrap_err();
        assert_eq!(error.code().as_str(), "key_type_unknown", "{name}");
        assert!(error.to_string().contains(name));
    }
    for (name, expected) in [
        ("ed25519.pem", "key_format"),
        ("pkcs8-ed25519.pem", "key_format"),
        ("x509-ed25519.pem", "key_format"),
        ("openssh-ed25519.pub", "key_open_ssh"),
    ] {
        assert_eq!(code(of_file(name, None)), expected, "{name}");
    }
}

#[test]
fn a_head_that_cannot_be_is_refused_and_too_many_rounds_are_not_begun() {
    let good = bcrypt(&[7; 16], 1);
    let head = |cipher: &str, derivation: &str, options: &[u8], keys: u32| {
        let bytes = written(cipher, derivation, options, keys, &public());
        code(read(&bytes, Some(PASSWORD)))
    };
    assert_eq!(head("aes256-ctr", "bcrypt", &good, 1), "key_password_wrong", "the control");
    for rounds in [101, 1 << 16, 1 << 31, u32::MAX] {
        let options = bcrypt(&[7; 16], rounds);
        assert_eq!(head("aes256-ctr", "bcrypt", &options, 1), "key_encryption_cost", "{rounds}");
    }
    for (cipher, derivation, options, keys) in [
        ("aes256-ctr", "bcrypt", bcrypt(&[7; 16], 0), 1),
        ("aes256-ctr", "bcrypt", bcrypt(&[], 1), 1),
        ("aes256-ctr", "bcrypt", bcrypt(&[7; 65], 1), 1),
        ("aes256-ctr", "bcrypt", vec![], 1),
        ("aes256-ctr", "bcrypt", [good.clone(), vec![0]].concat(), 1),
        ("aes256-ctr", "none", vec![], 1),
        ("none", "bcrypt", good.clone(), 1),
        ("none", "none", vec![0], 1),
        ("none", "none", vec![], 0),
        ("none", "none", vec![], 2),
        ("none", "none", vec![], u32::MAX),
        // The tag of GCM is missing.
        ("aes256-gcm@openssh.com", "bcrypt", good.clone(), 1),
    ] {
        assert_eq!(head(cipher, derivation, &options, keys), "key_format", "{cipher} {keys}");
    }
    for (cipher, derivation) in [("aes256-ctr", "scrypt"), ("AES256-CTR", "bcrypt"), ("", "bcrypt")]
    {
        assert_eq!(head(cipher, derivation, &good, 1), "key_encryption_scheme");
    }
}

#[test]
fn a_file_that_was_cut_or_grew_is_refused() {
    for (name, password) in [("openssh-ed25519", None), ("openssh-rsa", None)] {
        let whole = der(name);
        for length in 0..whole.len() {
            assert_eq!(code(read(&whole[..length], password)), "key_format", "{length} bytes");
        }
        assert_eq!(code(read(&[whole.as_slice(), &[1]].concat(), password)), "key_format");
        assert_eq!(code(read(&whole.repeat(2), password)), "key_format");
    }
    let twice = file("openssh-ed25519").repeat(2);
    assert_eq!(code(Jwk::from_openssh(twice, None)), "key_pem_several");
    let encrypted = der("openssh-aes256-gcm");
    for length in 0..encrypted.len() {
        let refused = code(read(&encrypted[..length], Some(PASSWORD)));
        assert_eq!(refused, "key_format", "{length} bytes");
    }
}

#[test]
fn a_bit_that_was_flipped_never_gives_another_key() {
    let whole = der("openssh-ed25519");
    let key = of_file("openssh-ed25519", None).unwrap();
    let mut comments = 0;
    for bit in 0..whole.len() * 8 {
        let mut flipped = whole.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        if let Ok(found) = read(&flipped, None) {
            assert_eq!(found, key, "bit {bit}");
            comments += 1;
        }
    }
    assert_eq!(comments, 8 * "me@example.org".len(), "only the comment may say anything");
    for name in ["openssh-aes256-gcm", "openssh-aes256-ctr", "openssh-aes256-cbc"] {
        let whole = der(name);
        for byte in (0..whole.len()).step_by(11) {
            let mut flipped = whole.clone();
            flipped[byte] ^= 0x10;
            if let Ok(found) = read(&flipped, Some(PASSWORD)) {
                assert!(found == key && !name.ends_with("gcm"), "{name}, byte {byte}");
            }
        }
    }
}

#[test]
fn what_is_inside_must_agree_with_itself() {
    let whole = der("openssh-ed25519");
    let other = der("openssh-p256");
    // The public part of another key.
    let mut swapped = whole.clone();
    let start = whole.windows(32).position(|bytes| bytes == &public()[19..]).unwrap();
    swapped[start..start + 32].copy_from_slice(&[7; 32]);
    assert_eq!(code(read(&swapped, None)), "key_halves_mismatch");
    // The two numbers that tell a right password differ.
    let private = whole.len() - 0x90;
    let mut differ = whole.clone();
    differ[private] ^= 1;
    assert_eq!(code(read(&differ, None)), "key_format");
    // The padding counts from one.
    let mut padded = whole.clone();
    *padded.last_mut().unwrap() ^= 4;
    assert_eq!(code(read(&padded, None)), "key_format");
    assert_ne!(whole, other);
}
