//! Public keys of OpenSSH.

use base64_simd::STANDARD;
use jotem::{Algorithm, Jwk, VerifyingKey};

use crate::code;

// Each line as `cryptography` 50 writes it, and the SPKI of the same key in base64.
const RSA: [&str; 2] = [
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQD3a99lvMSV41WxM/o0yKCZuEzotloyvsT7M8F1muYTdtFr4fKN/f7hwHscNAImxrz0f/N0ujMsJ+lTKSSXpoq5c+ynkWDrg4OzOJaSqvUD8fub/i5gKS478dSd4sLzKL6W4FCFrZIEwCeWJcXjtpyg/QImnJg3oIdJIFkYK+JOxKaCHPTC0vbPBGsyO9n6nYfyMPHjmg/2ANfMwxAfTbCh1HUtHUUEYhgLecRGhcYfY+10j2fLj0fN89yUa7pGpddjN8+RW804bTIrk3MRy6fm4M3j57lhxH9vCrhHtPJjvpt2bv0vo+EYxGGGDl1cWKxypBTfJHe8HsbQlNNDw9zt",
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA92vfZbzEleNVsTP6NMigmbhM6LZaMr7E+zPBdZrmE3bRa+Hyjf3+4cB7HDQCJsa89H/zdLozLCfpUykkl6aKuXPsp5Fg64ODsziWkqr1A/H7m/4uYCkuO/HUneLC8yi+luBQha2SBMAnliXF47acoP0CJpyYN6CHSSBZGCviTsSmghz0wtL2zwRrMjvZ+p2H8jDx45oP9gDXzMMQH02wodR1LR1FBGIYC3nERoXGH2PtdI9ny49HzfPclGu6RqXXYzfPkVvNOG0yK5NzEcun5uDN4+e5YcR/bwq4R7TyY76bdm79L6PhGMRhhg5dXFiscqQU3yR3vB7G0JTTQ8Pc7QIDAQAB",
];
const P256: [&str; 2] = [
    "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBD9jW9vR5JJn8lG6q3JvAhf+mrSlWSzhoJbMYGF6nG39uIMMaltGQnDb2LIix0Vw6e0/B23gflCbEWU5aYe3/R8=",
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEP2Nb29HkkmfyUbqrcm8CF/6atKVZLOGglsxgYXqcbf24gwxqW0ZCcNvYsiLHRXDp7T8HbeB+UJsRZTlph7f9Hw==",
];
const P384: [&str; 2] = [
    "ecdsa-sha2-nistp384 AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBKuDou40I2VRgJ4VDXMpy73sZxST1u9YyUTftFQsYWJyUawctBfHdjqvmf5sDEFV1vD2G3gPl4dYY95KGmzBCIxRbA3aVgAJ7cP9Nu0I4WEHZa4WdkF3kALMfs0c8uH0Lg==",
    "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEq4Oi7jQjZVGAnhUNcynLvexnFJPW71jJRN+0VCxhYnJRrBy0F8d2Oq+Z/mwMQVXW8PYbeA+Xh1hj3koabMEIjFFsDdpWAAntw/027QjhYQdlrhZ2QXeQAsx+zRzy4fQu",
];
const P521: [&str; 2] = [
    "ecdsa-sha2-nistp521 AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBAHlWStqPmhqdaA+62WDl7kZY02AmfGY/epZ/KIlVMe6J7J9/aSkgdPCo83Z84tIS8lRCGiuZWmMHAdoMwXVahjd5wBZNuynXkJJJE8xOIQmFFwg+HeLzipxbcxUIqF8fCUfJNHDRXJClV/cmlu7ZnCtGzkWCQL/dHj7ghg+a0NeyRUglg==",
    "MIGbMBAGByqGSM49AgEGBSuBBAAjA4GGAAQB5Vkraj5oanWgPutlg5e5GWNNgJnxmP3qWfyiJVTHuieyff2kpIHTwqPN2fOLSEvJUQhormVpjBwHaDMF1WoY3ecAWTbsp15CSSRPMTiEJhRcIPh3i84qcW3MVCKhfHwlHyTRw0VyQpVf3Jpbu2ZwrRs5FgkC/3R4+4IYPmtDXskVIJY=",
];
const ED25519: [&str; 2] = [
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKmo+f7W0qLw46nDAqGRyRob4JWwmc1kLiwysuyb+OQp",
    "MCowBQYDK2VwAyEAqaj5/tbSovDjqcMCoZHJGhvglbCZzWQuLDKy7Jv45Ck=",
];
const CERTIFICATE: &str = "ssh-ed25519-cert-v01@openssh.com AAAAIHNzaC1lZDI1NTE5LWNlcnQtdjAxQG9wZW5zc2guY29tAAAAIBP6quXkWON6gQOtkyNWzONnkzXP2ECZfCnUo1GMIiL+AAAAIIMiu0rrh4Ah7ySRHz9UZ1PPwDLxH6mscTJnjlc+2S2zAAAAAAAAAAEAAAABAAAAAWEAAAAAAAAAAAAAAAD//////////wAAAAAAAAAAAAAAAAAAADMAAAALc3NoLWVkMjU1MTkAAAAggyK7SuuHgCHvJJEfP1RnU8/AMvEfqaxxMmeOVz7ZLbMAAABTAAAAC3NzaC1lZDI1NTE5AAAAQBomUt8TEypj0HHrrPZjR9KP8uaY6STdS/VE4SCnywMS9HLphtQGR0FPUu/6Zmi6xcMycrFs/0LYFpaMDBm8aAA=";

const KEYS: [([&str; 2], Algorithm); 5] = [
    (RSA, Algorithm::Ps256),
    (P256, Algorithm::Es256),
    (P384, Algorithm::Es384),
    (P521, Algorithm::Es512),
    (ED25519, Algorithm::EdDsa),
];

#[test]
fn a_line_and_its_spki_are_one_key() {
    for ([line, spki], algorithm) in KEYS {
        let spki = STANDARD.decode_to_vec(spki).unwrap();
        let expected = Jwk::from_der(spki).unwrap();
        assert_eq!(Jwk::from_ssh(line).unwrap(), expected);
        for spelling in [format!("{line} a comment\n"), format!("  {line}\t x\r\n")] {
            assert_eq!(Jwk::from_ssh(&spelling).unwrap(), expected);
            assert_eq!(Jwk::from_bytes(&spelling).unwrap(), expected, "a file says what it is");
        }
        let key = VerifyingKey::from_ssh(line, algorithm).unwrap();
        assert_eq!(key.thumbprint().unwrap(), expected.thumbprint());
    }
}

#[test]
fn a_line_for_another_algorithm_is_refused() {
    let [line, _] = P256;
    let refused = VerifyingKey::from_ssh(line, Algorithm::Es384);
    assert_eq!(code(refused), "key_algorithm_mismatch");
    let refused = VerifyingKey::from_ssh(line, Algorithm::Hs256);
    assert_eq!(code(refused), "key_algorithm_mismatch");
}

#[test]
fn a_certificate_and_other_types_are_no_keys_here() {
    let refused = Jwk::from_ssh(CERTIFICATE);
    assert_eq!(code(refused), "key_type_unknown");
    for name in ["ssh-dss", "sk-ssh-ed25519@openssh.com", "ecdsa-sha2-secp256k1"] {
        assert_eq!(code(Jwk::from_ssh(line_of(name, &[]))), "key_type_unknown", "{name}");
    }
}

#[test]
fn a_line_that_is_not_sound_is_refused() {
    let [line, _] = ED25519;
    let blob = line.split(' ').nth(1).unwrap();
    for unsound in [
        String::new(),
        "ssh-ed25519".to_owned(),
        blob.to_owned(),
        format!("ssh-rsa {blob}"),
        format!("command=\"x\" {line}"),
        format!("{line}\n{line}"),
        format!("ssh-ed25519 {}", &blob[..blob.len() - 4]),
        format!("ssh-ed25519 {}", blob.replacen('A', "-", 1)),
        format!("ssh-ed25519 {blob}AAAA"),
    ] {
        assert_eq!(code(Jwk::from_ssh(&unsound)), "key_format", "{unsound}");
    }
    assert_eq!(code(Jwk::from_ssh(line_of("ssh-ed25519", &[&[1; 31]]))), "key_member");
    let wrong_curve = line_of("ecdsa-sha2-nistp256", &[b"nistp384", &[4; 65]]);
    assert_eq!(code(Jwk::from_ssh(wrong_curve)), "key_format");
    let short_point = line_of("ecdsa-sha2-nistp256", &[b"nistp256", &[4; 64]]);
    assert_eq!(code(Jwk::from_ssh(short_point)), "key_format");
}

#[test]
fn a_number_of_rsa_has_one_spelling_and_its_size() {
    let mut modulus = vec![0xff; 256];
    let exponent: &[u8] = &[1, 0, 1];
    assert_eq!(code(Jwk::from_ssh(line_of("ssh-rsa", &[exponent, &modulus]))), "key_format");
    modulus.insert(0, 0);
    let sound = line_of("ssh-rsa", &[exponent, &modulus]);
    assert_eq!(Jwk::from_ssh(sound).unwrap().bits(), 2048);
    let long = line_of("ssh-rsa", &[&[0, 1, 0, 1], &modulus]);
    assert_eq!(code(Jwk::from_ssh(long)), "key_format");
    for nothing in [&[][..], &[0]] {
        assert_eq!(code(Jwk::from_ssh(line_of("ssh-rsa", &[nothing, &modulus]))), "key_format");
    }
    let short = line_of("ssh-rsa", &[exponent, modulus.get(..129).unwrap()]);
    assert_eq!(code(Jwk::from_ssh(short)), "key_rsa_size");
}

/// Writes a line of any type with any fields.
fn line_of(name: &str, fields: &[&[u8]]) -> String {
    let mut blob = Vec::new();
    for field in std::iter::once(name.as_bytes()).chain(fields.iter().copied()) {
        blob.extend(u32::try_from(field.len()).unwrap().to_be_bytes());
        blob.extend(field);
    }
    format!("{name} {}", STANDARD.encode_to_string(blob))
}
