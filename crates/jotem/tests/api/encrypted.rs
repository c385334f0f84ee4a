//! PKCS#8 under a password: what OpenSSL writes is read, what a hostile file asks for is not done.

use jotem::{Algorithm, ErrorKind, Jwk, KeyError, SigningKey};

use crate::code;
use crate::fixtures::{PASSWORD, der, element, file, identifier, integer, pem, sequence};

const LABEL: &str = "ENCRYPTED PRIVATE KEY";
const PBES2: &str = "2a864886f70d01050d";
const PBKDF2: &str = "2a864886f70d01050c";
const SCRYPT: &str = "2b06010401da47040b";
const HMAC_SHA256: &str = "2a864886f70d0209";
const AES_256_CBC: &str = "60864801650304012a";

fn clear(name: &str) -> Jwk {
    Jwk::from_pem(file(name)).unwrap()
}

fn read(name: &str, password: impl AsRef<[u8]>) -> Result<Jwk, jotem::Error> {
    Jwk::from_encrypted_pem(file(name), password)
}

/// A document with these parameters of the derivation.
fn document(derivation: &str, parameters: &[Vec<u8>]) -> Vec<u8> {
    with_cipher(derivation, parameters, AES_256_CBC, &[0; 16], &[0; 64])
}

fn with_cipher(
    derivation: &str,
    parameters: &[Vec<u8>],
    cipher: &str,
    iv: &[u8],
    data: &[u8],
) -> Vec<u8> {
    let derivation = sequence(&[identifier(derivation), sequence(parameters)]);
    let cipher = sequence(&[identifier(cipher), element(0x04, iv)]);
    let scheme = sequence(&[identifier(PBES2), sequence(&[derivation, cipher])]);
    sequence(&[scheme, element(0x04, data)])
}

fn salt(bytes: usize) -> Vec<u8> {
    element(0x04, &vec![7; bytes])
}

fn hmac(function: &str) -> Vec<u8> {
    sequence(&[identifier(function), vec![5, 0]])
}

fn refused(document: &[u8]) -> &'static str {
    let error = Jwk::from_encrypted_der(document, PASSWORD).unwrap_err();
    let again = Jwk::from_encrypted_pem(pem(LABEL, document), PASSWORD).unwrap_err();
    assert_eq!(error.to_string(), again.to_string(), "PEM and DER");
    error.code().as_str()
}

#[test]
fn every_key_type_that_openssl_encrypts_is_read_as_the_key_it_was() {
    for (key, algorithm) in [
        ("rsa2048", Algorithm::Rs256),
        ("p256", Algorithm::Es256),
        ("p384", Algorithm::Es384),
        ("p521", Algorithm::Es512),
        ("secp256k1", Algorithm::Es256K),
        ("ed25519", Algorithm::EdDsa),
    ] {
        let document = file(&format!("pkcs8-{key}.pem"));
        let jwk = Jwk::from_encrypted_pem(&document, PASSWORD).unwrap();
        assert_eq!(jwk, clear(&format!("{key}.pem")), "{key}");
        let key = SigningKey::from_encrypted_pem(&document, PASSWORD, algorithm).unwrap();
        let signature = key.sign(b"message").unwrap();
        assert!(key.verifying_key().verify(b"message", signature.as_ref()).is_ok());
    }
    let key = Jwk::from_encrypted_der(file("pkcs8-ed25519.der"), PASSWORD).unwrap();
    assert_eq!(key, clear("ed25519.pem"));
}

#[test]
fn every_cipher_and_derivation_is_read() {
    let derivations =
        ["hmacWithSHA1", "hmacWithSHA256", "hmacWithSHA384", "hmacWithSHA512", "scrypt"];
    for cipher in ["aes-128-cbc", "aes-192-cbc", "aes-256-cbc"] {
        for derivation in derivations {
            let name = format!("pkcs8-{cipher}-{derivation}.pem");
            assert_eq!(read(&name, PASSWORD).unwrap(), clear("ed25519.pem"), "{name}");
            assert_eq!(code(read(&name, "open sesam")), "key_password_wrong", "{name}");
        }
    }
}

#[test]
fn a_password_is_bytes_and_may_be_none_at_all() {
    let key = clear("ed25519.pem");
    assert_eq!(read("pkcs8-no-password.pem", "").unwrap(), key);
    assert_eq!(read("pkcs8-binary-password.pem", b"\xff\xfe\x80").unwrap(), key);
}

#[test]
fn every_wrong_password_gets_the_same_answer() {
    let long = "x".repeat(100_000);
    let wrong: [&[u8]; 9] = [
        b"",
        b"\0",
        b"Open sesame",
        b"open sesame ",
        b"open sesame\n",
        b"\0open sesame",
        b"\xff\xfe",
        "öpen sesame".as_bytes(),
        long.as_bytes(),
    ];
    for password in wrong {
        let error = read("pkcs8-ed25519.pem", password).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Key(KeyError::PasswordWrong)));
        assert_eq!(error.to_string(), "the password is wrong, or the encrypted key is damaged");
    }
    // One password in 256 or so leaves sound padding: garbage must read the same.
    for number in 0..1024 {
        let refused = read("pkcs8-ed25519.pem", number.to_string());
        assert_eq!(code(refused), "key_password_wrong");
    }
}

#[test]
fn what_is_weak_or_unusual_is_named_and_never_tried() {
    for (name, found) in [
        ("pkcs8-pbes1.pem", "PBES1"),
        ("pkcs8-pkcs12.pem", "PBES1 of PKCS#12"),
        ("pkcs8-des3.pem", "3DES (des-ede3-cbc)"),
        ("pkcs8-rc2.pem", "RC2"),
        ("pkcs8-camellia.pem", "1.2.392.200011.61.1.1.1.4"),
        ("pkcs8-hmacWithSHA224.pem", "PBKDF2 with HMAC-SHA-224"),
    ] {
        let error = read(name, PASSWORD).unwrap_err();
        assert_eq!(error.code().as_str(), "key_encryption_scheme", "{name}");
        assert!(error.to_string().contains(&format!("by {found},")), "{error}");
        assert!(error.hint().contains("openssl pkcs8 -topk8 -v2 aes-256-cbc"));
    }
    let error = read("legacy.pem", PASSWORD).unwrap_err();
    assert_eq!(error.code().as_str(), "key_legacy_encrypted_pem");
    assert!(error.hint().contains("openssl pkcs8 -topk8 -v2 aes-256-cbc"));
    #[cfg(not(feature = "ed448"))]
    assert_eq!(code(read("pkcs8-ed448.pem", PASSWORD)), "key_ed448_off");
}

#[test]
fn more_work_than_a_key_needs_is_refused_before_it_is_begun() {
    let pbkdf2 = |iterations: u128| document(PBKDF2, &[salt(16), integer(iterations)]);
    let sha256 =
        |iterations: u128| document(PBKDF2, &[salt(16), integer(iterations), hmac(HMAC_SHA256)]);
    let scrypt = |n: u128, r: u128, p: u128| {
        document(SCRYPT, &[salt(16), integer(n), integer(r), integer(p)])
    };
    let expensive = [
        sha256(3_000_001),
        sha256(1 << 31),
        sha256((1 << 32) - 1),
        // It would be 1 in 32 bits.
        sha256((1 << 32) + 1),
        sha256((1 << 64) - 1),
        // SHA-1 gives 20 of the 32 bytes at a time.
        pbkdf2(1_500_001),
        pbkdf2(1 << 31),
        scrypt(1 << 30, 8, 1),
        scrypt(1 << 30, 1, 1),
        scrypt(1 << 18, 8, 1),
        scrypt(1 << 17, 8, 2),
        scrypt(2, 1 << 31, 1),
        scrypt(2, 1, 1 << 31),
        scrypt(1 << 63, 1 << 63, 1 << 63),
        scrypt(1 << 63, 2, 1),
    ];
    for document in expensive {
        assert_eq!(refused(&document), "key_encryption_cost");
    }
    let error = Jwk::from_encrypted_der(sha256(1 << 31), PASSWORD).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the encrypted key asks for 2147483648 PBKDF2 iterations, and at most 3000000 are accepted"
    );
}

#[test]
fn parameters_that_cannot_be_are_refused() {
    let pbkdf2 = |parameters: &[Vec<u8>]| document(PBKDF2, parameters);
    let scrypt = |n: u128, r: u128, p: u128| {
        document(SCRYPT, &[salt(16), integer(n), integer(r), integer(p)])
    };
    let one = || integer(1);
    let sound = [salt(8), one()];
    assert_eq!(refused(&pbkdf2(&sound)), "key_password_wrong", "the control");
    let cases = [
        pbkdf2(&[salt(8), integer(0)]),
        pbkdf2(&[salt(8), element(0x02, &[0xff])]),
        pbkdf2(&[salt(8), element(0x02, &[0, 1])]),
        pbkdf2(&[salt(8), element(0x02, &[])]),
        pbkdf2(&[salt(8), integer(1 << 64)]),
        pbkdf2(&[salt(8)]),
        pbkdf2(&[]),
        pbkdf2(&[salt(0), one()]),
        pbkdf2(&[salt(7), one()]),
        pbkdf2(&[salt(65), one()]),
        pbkdf2(&[sequence(&[]), one()]),
        pbkdf2(&[salt(8), one(), integer(16)]),
        pbkdf2(&[salt(8), one(), integer(33)]),
        pbkdf2(&[salt(8), one(), integer(0)]),
        pbkdf2(&[salt(8), one(), integer(1 << 40)]),
        pbkdf2(&[salt(8), one(), hmac(HMAC_SHA256), one()]),
        pbkdf2(&[salt(8), one(), sequence(&[identifier(HMAC_SHA256), one()])]),
        pbkdf2(&[one(), salt(8)]),
        scrypt(0, 8, 1),
        scrypt(1, 8, 1),
        scrypt(3, 8, 1),
        scrypt(1000, 8, 1),
        scrypt(1024, 0, 1),
        scrypt(1024, 8, 0),
        document(SCRYPT, &[salt(16), integer(1024), integer(8)]),
        document(SCRYPT, &[salt(16), integer(1024), integer(8), one(), integer(31)]),
        with_cipher(PBKDF2, &sound, AES_256_CBC, &[0; 15], &[0; 64]),
        with_cipher(PBKDF2, &sound, AES_256_CBC, &[0; 17], &[0; 64]),
        with_cipher(PBKDF2, &sound, AES_256_CBC, &[], &[0; 64]),
        with_cipher(PBKDF2, &sound, AES_256_CBC, &[0; 16], &[]),
        with_cipher(PBKDF2, &sound, AES_256_CBC, &[0; 16], &[0; 63]),
    ];
    for (row, document) in cases.into_iter().enumerate() {
        assert_eq!(refused(&document), "key_format", "row {row}");
    }
    let other = document(HMAC_SHA256, &sound);
    assert_eq!(refused(&other), "key_encryption_scheme", "a hash is no derivation");
}

#[test]
fn a_document_that_was_cut_or_grew_is_refused() {
    let whole = der("pkcs8-ed25519.pem");
    for length in 1..whole.len() {
        assert_eq!(refused(&whole[..length]), "key_format", "{length} bytes");
    }
    for more in [vec![0], whole.clone()] {
        assert_eq!(refused(&[whole.clone(), more].concat()), "key_format");
    }
    let text = String::from_utf8(file("pkcs8-ed25519.pem")).unwrap();
    for length in 0..text.trim_end().len() {
        assert!(Jwk::from_encrypted_pem(&text[..length], PASSWORD).is_err(), "{length} bytes");
    }
    let two = Jwk::from_encrypted_pem(text.repeat(2), PASSWORD);
    assert_eq!(code(two), "key_pem_several");
    let with_another = text + &String::from_utf8(file("ed25519.pem")).unwrap();
    assert_eq!(code(Jwk::from_encrypted_pem(with_another, PASSWORD)), "key_pem_several");
}

#[test]
fn a_bit_that_was_flipped_never_leaves_the_key_as_it_was() {
    let whole = der("pkcs8-ed25519.pem");
    let key = clear("ed25519.pem");
    for bit in 0..whole.len() * 8 {
        let mut flipped = whole.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        // CBC has no integrity: a flipped seed is another key, and nothing can tell.
        if let Ok(found) = Jwk::from_encrypted_der(&flipped, PASSWORD) {
            assert_ne!(found, key, "bit {bit}");
        }
    }
}

#[test]
fn what_is_no_encrypted_key_says_what_it_is() {
    for (name, expected) in [
        ("ed25519.pem", "key_not_encrypted"),
        ("rsa2048.pem", "key_not_encrypted"),
        ("openssh-ed25519", "key_open_ssh"),
        ("openssh-ed25519.pub", "key_open_ssh"),
        ("x509-ed25519.pem", "key_format"),
        ("pkcs7.pem", "key_format"),
    ] {
        assert_eq!(code(read(name, PASSWORD)), expected, "{name}");
    }
    let public = clear("ed25519.pem").to_pem().unwrap();
    assert_eq!(code(Jwk::from_encrypted_pem(public, PASSWORD)), "key_public");
    let from_der = |der: &[u8]| code(Jwk::from_encrypted_der(der, PASSWORD));
    assert_eq!(from_der(&der("ed25519.pem")), "key_not_encrypted");
    assert_eq!(from_der(&clear("ed25519.pem").to_der().unwrap()), "key_public");
    assert_eq!(from_der(&file("x509-ed25519.der")), "key_format");
    assert_eq!(from_der(b""), "key_format");
    assert_eq!(from_der(b"{}"), "key_format");
}

#[test]
fn without_a_password_the_hint_names_the_call_that_takes_one() {
    let document = file("pkcs8-ed25519.pem");
    let refusals = [
        Jwk::from_pem(&document),
        Jwk::from_bytes(&document),
        Jwk::from_der(file("pkcs8-ed25519.der")),
        Jwk::from_bytes(file("pkcs8-ed25519.der")),
    ];
    for refusal in refusals {
        let error = refusal.unwrap_err();
        assert_eq!(error.code().as_str(), "key_encrypted");
        assert!(error.hint().contains("from_encrypted_pem(pem, password)"));
    }
}

#[test]
fn what_is_written_under_a_password_is_read_with_it_only() {
    let key = SigningKey::from_pem(file("p256.pem"), Algorithm::Es256).unwrap();
    let pem = key.to_encrypted_pem(PASSWORD).unwrap();
    assert!(pem.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));
    assert_eq!(Jwk::from_encrypted_pem(&pem, PASSWORD).unwrap(), clear("p256.pem"));
    assert_eq!(code(Jwk::from_encrypted_pem(&pem, "another")), "key_password_wrong");
    assert_eq!(code(Jwk::from_pem(&pem)), "key_encrypted");

    let written = key.to_encrypted_der(PASSWORD).unwrap();
    let holds = |part: &[u8]| written.windows(part.len()).any(|window| window == part);
    assert!(holds(&integer(600_000)) && holds(&hmac(HMAC_SHA256)));
    assert!(holds(&identifier(AES_256_CBC)) && holds(&identifier(PBKDF2)));
    let again = key.to_encrypted_der(PASSWORD).unwrap();
    assert_ne!(written, again, "salt and initialization vector are new each time");
}

#[test]
fn what_has_no_private_key_or_no_password_is_not_written() {
    let key = clear("ed25519.pem");
    assert_eq!(code(key.to_encrypted_pem("")), "key_password_empty");
    assert_eq!(code(key.public().unwrap().to_encrypted_pem(PASSWORD)), "key_public");
    let secret = SigningKey::generate(Algorithm::Hs256).unwrap();
    assert_eq!(code(secret.to_encrypted_pem(PASSWORD)), "key_no_public_part");
    let elsewhere = SigningKey::held_elsewhere(secret.verifying_key());
    assert_eq!(code(elsewhere.to_encrypted_der(PASSWORD)), "misuse_key_elsewhere");
}
