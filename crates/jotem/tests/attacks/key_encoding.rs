//! Layer K: sloppy encodings of keys.

#![expect(clippy::unwrap_used, reason = "a key that cannot be made is a failed test")]

use jotem::{Algorithm, Jwk};
use serde_json::json;

use crate::documents::*;
use crate::forge::*;
use crate::sample::key;

/// Every kind of document, in DER.
fn documents() -> Vec<(String, Vec<u8>)> {
    let mut documents = vec![
        ("SEC1".to_owned(), der(SEC1_PRIVATE)),
        ("PKCS#1".to_owned(), der(RSA_PKCS1)),
        ("public PKCS#1".to_owned(), der(RSA_PKCS1_PUBLIC)),
    ];
    for algorithm in [Algorithm::Rs256, Algorithm::Es256, Algorithm::Es512, Algorithm::EdDsa] {
        let key = key(algorithm);
        documents.push((format!("{algorithm}, PKCS#8"), key.to_der().unwrap().expose().to_vec()));
        documents.push((format!("{algorithm}, SPKI"), key.verifying_key().to_der().unwrap()));
    }
    documents
}

#[test]
fn k17_refuses_der_with_anything_after_its_end() {
    for (name, document) in documents() {
        assert_eq!(code(Jwk::from_der(&document)), "accepted", "{name}");
        for rest in [&[0][..], &[0, 0], b"\n", b"\x05\x00", &document] {
            let longer = [document.as_slice(), rest].concat();
            assert_eq!(code(Jwk::from_der(longer)), "key_format", "{name}");
        }
        assert_eq!(
            code(Jwk::from_der([&[0], document.as_slice()].concat())),
            "key_format",
            "{name}"
        );
    }
}

#[test]
fn k17_refuses_der_cut_at_any_byte() {
    for (name, document) in documents() {
        for length in 0..document.len() {
            let found = code(Jwk::from_der(&document[..length]));
            assert_eq!(found, "key_format", "{name}, {length} of {} bytes", document.len());
        }
    }
}

#[test]
fn k17_survives_der_with_any_byte_changed() {
    for (name, document) in documents() {
        for at in 0..document.len().min(96) {
            for change in [0x01, 0x80, 0xff] {
                let mut changed = document.clone();
                changed[at] ^= change;
                // Whatever it says, it says it; a change in a length or a tag is never read.
                let found = code(Jwk::from_der(&changed));
                assert!(at > 1 || found != "accepted", "{name}, byte {at} ^ {change:#x}");
            }
        }
    }
}

#[test]
fn k17_refuses_lengths_that_der_does_not_write_so() {
    let document = der(UNCOMPRESSED_PUBLIC);
    let indefinite = [&[0x30, 0x80], &document[2..], &[0, 0]].concat();
    let long = [&[0x30, 0x81], &document[1..]].concat();
    let longer = [&[0x30, 0x82, 0], &document[1..]].concat();
    for (name, changed) in [("indefinite", indefinite), ("long", long), ("longer", longer)] {
        assert_eq!(code(Jwk::from_der(changed)), "key_format", "{name}");
    }
}

#[test]
fn k17_refuses_several_pem_documents() {
    let cases = [
        format!("{UNCOMPRESSED_PUBLIC}{UNCOMPRESSED_PUBLIC}"),
        format!("{UNCOMPRESSED_PUBLIC}{SEC1_PRIVATE}"),
        format!("{CERTIFICATE}{CERTIFICATE}"),
        format!("{SEC1_PRIVATE}{CERTIFICATE}"),
        format!("{RSA_PKCS1_PUBLIC}\n# another\n{UNCOMPRESSED_PUBLIC}"),
    ];
    for pem in cases {
        assert_eq!(code(Jwk::from_pem(pem)), "key_pem_several");
    }
    // `openssl ecparam -genkey` writes the name of the curve before the key.
    let parameters =
        "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
    assert_eq!(code(Jwk::from_pem(format!("{parameters}{SEC1_PRIVATE}"))), "accepted");
}

#[test]
fn k17_refuses_a_label_that_does_not_say_what_is_inside() {
    let (spki, sec1) = (UNCOMPRESSED_PUBLIC, SEC1_PRIVATE);
    let cases = [
        (relabel(spki, "PUBLIC KEY", "PRIVATE KEY"), "key_format"),
        (relabel(spki, "PUBLIC KEY", "EC PRIVATE KEY"), "key_format"),
        (relabel(sec1, "EC PRIVATE KEY", "PUBLIC KEY"), "key_format"),
        (relabel(RSA_PKCS1, "RSA PRIVATE KEY", "RSA PUBLIC KEY"), "key_format"),
        (relabel(RSA_PKCS1_PUBLIC, "RSA PUBLIC KEY", "RSA PRIVATE KEY"), "key_format"),
        (relabel(spki, "PUBLIC KEY", "public key"), "key_format"),
        (relabel(spki, "PUBLIC KEY", "KEY"), "key_format"),
        (relabel(spki, "PUBLIC KEY", "DSA PUBLIC KEY"), "key_format"),
        (relabel(spki, "PUBLIC KEY", "CERTIFICATE"), "key_certificate"),
        (relabel(CERTIFICATE, "CERTIFICATE", "PUBLIC KEY"), "key_certificate"),
        (relabel(spki, "END PUBLIC KEY", "END PRIVATE KEY"), "key_format"),
    ];
    for (pem, wanted) in cases {
        assert_eq!(code(Jwk::from_pem(&pem)), wanted, "{pem}");
    }
}

#[test]
fn k17_refuses_the_label_of_another_key_type() {
    let cases = [
        relabel(RSA_PKCS1, "RSA PRIVATE KEY", "EC PRIVATE KEY"),
        relabel(SEC1_PRIVATE, "EC PRIVATE KEY", "RSA PRIVATE KEY"),
        relabel(UNCOMPRESSED_PUBLIC, "PUBLIC KEY", "RSA PUBLIC KEY"),
    ];
    for pem in cases {
        assert_eq!(code(Jwk::from_pem(&pem)), "key_format", "{:?}", pem.lines().next());
    }
}

#[test]
fn k17_refuses_pem_that_is_cut_or_damaged() {
    let lines: Vec<&str> = UNCOMPRESSED_PUBLIC.lines().collect();
    let body = lines[1];
    let cases = [
        ("no end", UNCOMPRESSED_PUBLIC.replace("-----END PUBLIC KEY-----\n", "")),
        ("no beginning", UNCOMPRESSED_PUBLIC.replace("-----BEGIN PUBLIC KEY-----\n", "")),
        ("the end cut", UNCOMPRESSED_PUBLIC.trim_end().trim_end_matches('-').to_owned()),
        ("a line missing", UNCOMPRESSED_PUBLIC.replace(&format!("{body}\n"), "")),
        ("a character missing", UNCOMPRESSED_PUBLIC.replace(body, &body[1..])),
        ("a foreign character", UNCOMPRESSED_PUBLIC.replace(body, &format!("*{}", &body[1..]))),
        ("base64url", UNCOMPRESSED_PUBLIC.replace('/', "_").replace('+', "-")),
        ("padding within", UNCOMPRESSED_PUBLIC.replace(body, &format!("{}=", &body[1..]))),
        ("nothing inside", "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n".to_owned()),
        ("no text", String::new()),
        ("only base64", body.to_owned()),
    ];
    for (what, pem) in cases {
        assert_eq!(code(Jwk::from_pem(pem)), "key_format", "{what}");
    }
}

#[test]
fn k17_accepts_pem_as_people_store_it() {
    let cases = [
        ("CRLF", UNCOMPRESSED_PUBLIC.replace('\n', "\r\n")),
        ("no last line end", UNCOMPRESSED_PUBLIC.trim_end().to_owned()),
        ("indented", UNCOMPRESSED_PUBLIC.replace('\n', "\n    ")),
        ("a comment before", format!("# the key of 2026\n{UNCOMPRESSED_PUBLIC}")),
        ("a comment after", format!("{UNCOMPRESSED_PUBLIC}# until 2027\n")),
        ("comments around", format!("# from 2026\n\n{UNCOMPRESSED_PUBLIC}\n# until 2027")),
    ];
    for (what, pem) in cases {
        assert_eq!(code(Jwk::from_pem(pem)), "accepted", "{what}");
    }
}

#[test]
fn k17_says_what_an_encrypted_key_and_other_types_are() {
    let cases = [
        ("encrypted", ENCRYPTED_PRIVATE, "key_encrypted"),
        ("RSASSA-PSS", RSA_PSS_PUBLIC, "key_type_unknown"),
        ("X25519", X25519_PRIVATE, "key_type_unknown"),
    ];
    for (what, pem, wanted) in cases {
        assert_eq!(code(Jwk::from_pem(pem)), wanted, "{what}");
        assert_eq!(code(Jwk::from_der(der(pem))), wanted, "{what}, DER");
        assert_eq!(code(Jwk::from_bytes(pem)), wanted, "{what}, any form");
    }
}

#[test]
fn k17_reads_a_document_in_the_form_that_it_has() {
    let document = der(UNCOMPRESSED_PUBLIC);
    let jwk = Jwk::from_der(&document).unwrap();
    let json = jwk.clone().with_key_id("-----BEGIN PUBLIC KEY-----").to_json().unwrap();
    let forms: [(&str, Vec<u8>); 5] = [
        ("DER", document),
        ("PEM", UNCOMPRESSED_PUBLIC.into()),
        ("PEM after an empty line", format!("\n{UNCOMPRESSED_PUBLIC}").into()),
        ("a JWK whose name looks like PEM", json.clone().into()),
        ("a JWK after an empty line", format!("\n {json}").into()),
    ];
    for (form, bytes) in forms {
        let read = Jwk::from_bytes(bytes).unwrap();
        assert_eq!(read.thumbprint(), jwk.thumbprint(), "{form}");
    }
    for (form, bytes, wanted) in [
        ("nothing", "", "key_format"),
        ("whitespace", " \n", "key_format"),
        ("a text", "a secret", "key_format"),
        ("half a PEM", "-----BEGIN PUBLIC KEY-----\nMFkw\n", "key_format"),
        ("half a JWK", "{\"kty\":\"EC\"", "key_json"),
    ] {
        assert_eq!(code(Jwk::from_bytes(bytes)), wanted, "{form}");
    }
}

#[test]
fn k17_refuses_numbers_with_leading_zeros() {
    let members = without(&public_members(&key(Algorithm::Rs256)), &["alg"]);
    for name in ["n", "e"] {
        for zeros in [1, 2, 256] {
            let padded = [vec![0; zeros], bytes(&members, name)].concat();
            let found = code(read(&with(&members, name, base64url(padded))));
            assert_eq!(found, "key_member", "{name}, {zeros} zeros");
        }
    }
    assert_eq!(code(read(&members)), "accepted");
}

#[test]
fn k17_refuses_members_in_any_other_encoding_than_base64url() {
    for algorithm in [Algorithm::Hs256, Algorithm::Rs256, Algorithm::Es256, Algorithm::EdDsa] {
        let members = without(&private_members(&key(algorithm)), &["alg"]);
        for name in ["k", "n", "e", "x", "y", "d", "p", "qi"] {
            let Some(text) = members.get(name).and_then(|value| value.as_str()) else { continue };
            let changed = [
                format!("{text}="),
                format!("{text}=="),
                format!(" {text}"),
                format!("{text}\n"),
                format!("{}\n{}", &text[..1], &text[1..]),
                format!("+{}", &text[1..]),
                format!("/{}", &text[1..]),
                format!("é{}", &text[2..]),
            ];
            for text in changed {
                let found = code(read(&with(&members, name, text.clone())));
                assert_eq!(found, "key_member", "{algorithm}, {name}: {text}");
            }
        }
    }
}

#[test]
fn k17_refuses_members_with_bits_that_belong_to_no_byte() {
    // 32 bytes end in a character of which two bits are zero, unless somebody changes them.
    let cases = [
        json!({"kty": "oct", "k": format!("{}B", &base64url(SECRET)[..42])}),
        with(&private_members(&key(Algorithm::EdDsa)), "x", format!("{}B", "A".repeat(42))),
        with(&private_members(&key(Algorithm::EdDsa)), "d", format!("{}B", "A".repeat(42))),
        with(&private_members(&key(Algorithm::Es256)), "y", format!("{}B", "A".repeat(42))),
        with(&public_members(&key(Algorithm::Rs256)), "n", format!("{}B", "A".repeat(341))),
    ];
    for members in cases {
        assert_eq!(code(read(&members)), "key_member", "{}", members["kty"]);
    }
}

#[test]
fn k17_refuses_a_jwk_that_is_not_one_object() {
    let good = public_members(&key(Algorithm::Es256)).to_string();
    let cases = [
        format!("{good}{good}"),
        format!("{good},"),
        format!("{good} x"),
        format!("\u{feff}{good}"),
        format!("[{good}]"),
        good.replace('"', "'"),
        good.replacen('{', r#"{"kty":"EC","#, 1),
        good.replacen('{', r#"{"\u006bty":"EC","#, 1),
        good.trim_end_matches('}').to_owned(),
        "null".to_owned(),
        String::new(),
    ];
    for json in cases {
        assert_eq!(code(Jwk::from_json(&json)), "key_json", "{json}");
    }
    assert_eq!(code(Jwk::from_json(format!(" \n{good}\t"))), "accepted");
}
