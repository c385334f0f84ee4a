//! Layer K: shared secrets.

use jotem::error::Excerpt;
use jotem::jws::{KeyRequest, KeyResolver, Keys};
use jotem::{Algorithm, Jwk, KeySet, SigningKey, Verifier, VerifyingKey, dangerous};

use crate::documents::{CERTIFICATE, RSA_PKCS1_PUBLIC, UNCOMPRESSED_PUBLIC, code, der};
use crate::forge::*;
use crate::sample::{good, key, refuses};

const HMAC: [(Algorithm, usize); 3] =
    [(Algorithm::Hs256, 32), (Algorithm::Hs384, 48), (Algorithm::Hs512, 64)];

/// A shared secret as a JWK.
fn oct(secret: impl AsRef<[u8]>) -> String {
    format!(r#"{{"kty":"oct","k":"{}"}}"#, base64url(secret))
}

#[test]
fn k01_refuses_an_empty_secret_in_every_form() {
    for (algorithm, _) in HMAC {
        let cases = [
            ("bytes, to sign", code(SigningKey::from_secret(b"", algorithm))),
            ("bytes, to verify", code(VerifyingKey::from_secret(b"", algorithm))),
            ("text", code(SigningKey::from_secret("", algorithm))),
            ("base64, to sign", code(SigningKey::from_base64_secret("", algorithm))),
            ("base64, to verify", code(VerifyingKey::from_base64_secret("", algorithm))),
            ("base64 of whitespace", code(SigningKey::from_base64_secret(" \n", algorithm))),
            ("the dangerous way", code(dangerous::short_secret(b"", algorithm))),
            ("JWK", code(Jwk::from_json(oct(b"")))),
        ];
        for (form, found) in cases {
            assert_eq!(found, "key_secret_empty", "{algorithm}, {form}");
        }
    }
}

#[test]
fn k01_refuses_a_jwk_whose_secret_is_missing_or_no_text() {
    let cases = [
        (r#"{"kty":"oct"}"#, "key_member_missing"),
        (r#"{"kty":"oct","k":null}"#, "key_member"),
        (r#"{"kty":"oct","k":0}"#, "key_member"),
        (r#"{"kty":"oct","k":[]}"#, "key_member"),
        (r#"{"kty":"oct","k":"="}"#, "key_member"),
        (r#"{"kty":"oct","k":"A"}"#, "key_member"),
    ];
    for (json, wanted) in cases {
        assert_eq!(code(Jwk::from_json(json)), wanted, "{json}");
    }
}

#[test]
fn k01_builds_no_verifier_of_a_set_whose_only_secret_is_empty() {
    let empty = r#"{"keys":[{"kty":"oct","alg":"HS256","k":""}]}"#;
    let set = KeySet::from_json(empty).unwrap();
    assert_eq!(set.keys().count(), 0);
    assert_eq!(code(Verifier::builder(set).build()), "misuse_keys_unusable");

    let none = KeySet::from_json(r#"{"keys":[]}"#).unwrap();
    assert_eq!(code(Verifier::builder(none).build()), "misuse_keys_missing");
    assert_eq!(code(Verifier::builder(Vec::new()).build()), "misuse_keys_missing");
}

#[derive(Debug)]
struct Nothing;

impl KeyResolver for Nothing {
    fn resolve(&self, _request: &KeyRequest<'_>) -> Result<Vec<VerifyingKey>, Excerpt> {
        Ok(Vec::new())
    }
}

#[test]
fn k01_finds_no_key_where_a_resolver_returns_nothing() {
    let verifier =
        Verifier::builder(Keys::resolver(Nothing)).algorithms([Algorithm::Hs256]).build().unwrap();
    assert_eq!(verdict(&verifier, &with_claims(GOOD_CLAIMS)), "jws_key_not_found");
}

#[test]
fn k01_accepts_no_token_under_the_empty_key() {
    // HMAC-SHA-256 pads keys with NUL: the empty key is that of one NUL.
    let empty = dangerous::short_secret([0], Algorithm::Hs256).unwrap();
    refuses(&verifier(), [(good(&empty), "jws_signature_mismatch"), (good(&hs256()), "accepted")]);
}

#[test]
fn k01_does_not_take_a_secret_of_spaces_for_base64_of_nothing() {
    let empty = dangerous::short_secret([0], Algorithm::Hs256).unwrap();
    let spaces = SigningKey::from_secret([b' '; 32], Algorithm::Hs256).unwrap();
    let verifier = builder(&spaces).build().unwrap();
    refuses(&verifier, [(good(&empty), "jws_signature_mismatch"), (good(&spaces), "accepted")]);
}

#[test]
fn k02_refuses_a_secret_shorter_than_the_hash() {
    for (algorithm, bytes) in HMAC {
        let secret: Vec<u8> = (0x21..).take(bytes).collect();
        for length in [1, 8, 16, bytes.saturating_sub(1)] {
            let short = secret.get(..length).unwrap();
            let jwk = Jwk::from_json(oct(short)).unwrap();
            let set: KeySet = [jwk.clone()].into_iter().collect();
            let set = Verifier::builder(set).algorithms([algorithm]);
            let cases = [
                ("to sign", code(SigningKey::from_secret(short, algorithm))),
                ("to verify", code(VerifyingKey::from_secret(short, algorithm))),
                ("base64", code(SigningKey::from_base64_secret(&base64url(short), algorithm))),
                ("JWK, to sign", code(SigningKey::from_jwk(&jwk, algorithm))),
                ("JWK, to verify", code(VerifyingKey::from_jwk(&jwk, algorithm))),
            ];
            for (form, found) in cases {
                assert_eq!(found, "key_secret_too_short", "{algorithm}, {length}, {form}");
            }
            assert_eq!(code(set.build()), "misuse_keys_unusable", "{algorithm}, {length}");
        }
        assert_eq!(code(SigningKey::from_secret(&secret, algorithm)), "accepted", "{algorithm}");
        let jwk = Jwk::from_json(oct(&secret)).unwrap();
        assert_eq!(code(VerifyingKey::from_jwk(&jwk, algorithm)), "accepted", "{algorithm}");
    }
}

#[test]
fn k02_refuses_for_a_longer_hash_what_is_enough_for_a_shorter_one() {
    let cases = [(Algorithm::Hs256, "accepted"), (Algorithm::Hs384, "key_secret_too_short")];
    for (algorithm, wanted) in cases {
        assert_eq!(code(SigningKey::from_secret(SECRET, algorithm)), wanted, "{algorithm}");
    }
}

#[test]
fn k02_takes_a_short_secret_only_where_that_is_called_dangerous() {
    let key = dangerous::short_secret("changeme", Algorithm::Hs256).unwrap();
    let verifier = builder(&key).build().unwrap();
    refuses(&verifier, [(good(&key), "accepted"), (good(&hs256()), "jws_signature_mismatch")]);
    // It is no way around the algorithm.
    for algorithm in [Algorithm::Rs256, Algorithm::Es256, Algorithm::EdDsa] {
        let found = code(dangerous::short_secret("changeme", algorithm));
        assert_eq!(found, "key_algorithm_mismatch", "{algorithm}");
    }
}

#[test]
fn k04_opens_no_file_and_no_url() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/attacks/key_secret.rs");
    let content = include_bytes!("key_secret.rs");
    for named in [path.to_owned(), format!("file://{path}"), format!("{path:>64}")] {
        let key = SigningKey::from_secret(&named, Algorithm::Hs256).unwrap();
        let verifier = builder(&key).build().unwrap();
        let file = dangerous::short_secret(content, Algorithm::Hs256).unwrap();
        let same = VerifyingKey::from_secret(named.as_bytes(), Algorithm::Hs256).unwrap();
        refuses(&verifier, [(good(&file), "jws_signature_mismatch"), (good(&key), "accepted")]);
        assert_eq!(same.thumbprint(), key.verifying_key().thumbprint(), "{named}");
    }
}

#[test]
fn k04_takes_a_path_for_no_document() {
    for path in ["/etc/passwd", "file:///etc/passwd", "./key.pem", "https://issuer.example/jwks"] {
        let cases = [
            ("PEM", code(SigningKey::from_pem(path, Algorithm::Es256)), "key_format"),
            ("public PEM", code(VerifyingKey::from_pem(path, Algorithm::Es256)), "key_format"),
            ("DER", code(VerifyingKey::from_der(path, Algorithm::Es256)), "key_format"),
            ("JWK", code(Jwk::from_json(path)), "key_json"),
            ("JWK Set", code(KeySet::from_json(path)), "key_json"),
            ("anything", code(Jwk::from_bytes(path)), "key_format"),
            (
                "secret",
                code(SigningKey::from_secret(path, Algorithm::Hs256)),
                "key_secret_too_short",
            ),
        ];
        for (form, found, wanted) in cases {
            assert_eq!(found, wanted, "{path}, {form}");
        }
    }
}

#[test]
fn k20_refuses_key_material_in_an_oct_jwk() {
    let ssh = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK5KkYNfadALuR/sPJYi98oJ02w6g9iRylAiKYIW4X9Y";
    let spki = der(UNCOMPRESSED_PUBLIC);
    let mut longer = spki.clone();
    longer.push(0);
    let point = spki.get(spki.len().saturating_sub(65)..).unwrap();
    let jwk = Jwk::from_pem(UNCOMPRESSED_PUBLIC).unwrap().to_json().unwrap();
    // Of 128 to 255 bytes: DER writes their length in another form than of shorter and longer ones.
    let wide = key(Algorithm::Es512).verifying_key().to_der().unwrap();
    let private = key(Algorithm::Es256).to_der().unwrap().expose().to_vec();
    let cases: [(&str, Vec<u8>); 16] = [
        ("SPKI in PEM", UNCOMPRESSED_PUBLIC.into()),
        ("SPKI in PEM without line ends", UNCOMPRESSED_PUBLIC.replace('\n', "").into()),
        ("SPKI in DER", spki.clone()),
        ("SPKI in DER and a byte", longer),
        ("SPKI of P-521 in DER", wide),
        ("PKCS#8 in DER", private),
        ("SPKI in base64", base64url(&spki).into()),
        ("PKCS#1 in PEM", RSA_PKCS1_PUBLIC.into()),
        ("PKCS#1 in DER", der(RSA_PKCS1_PUBLIC)),
        ("a point", point.to_vec()),
        ("a certificate in PEM", CERTIFICATE.into()),
        ("a certificate in DER", der(CERTIFICATE)),
        ("a line of OpenSSH", ssh.into()),
        ("a line of OpenSSH with options", format!("no-pty {ssh} me@here").into()),
        ("a JWK", jwk.clone().into()),
        ("a JWK Set", format!(r#"{{"keys":[{jwk}]}}"#).into()),
    ];
    for (form, material) in cases {
        assert_eq!(code(Jwk::from_json(oct(&material))), "key_secret_is_key", "{form}");
        let set = KeySet::from_json(format!(r#"{{"keys":[{}]}}"#, oct(&material))).unwrap();
        let set = Verifier::builder(set).algorithms([Algorithm::Hs256]);
        assert_eq!(code(set.build()), "misuse_keys_unusable", "{form}");
    }
}

#[test]
fn k20_accepts_an_oct_jwk_of_random_bytes_that_begin_like_a_document() {
    let beginnings: [&[u8]; 5] = [b"\x30\x59", b"{", b"-----", b"\x04", b"ssh"];
    for beginning in beginnings {
        let mut secret = beginning.to_vec();
        secret.extend_from_slice(SECRET);
        let jwk = Jwk::from_json(oct(&secret)).unwrap();
        assert_eq!(code(SigningKey::from_jwk(&jwk, Algorithm::Hs256)), "accepted", "{secret:?}");
    }
}
