//! Certificates as containers of keys, and the members of a JWK that hold and name them.

use base64_simd::STANDARD;
use jotem::{Algorithm, Jwk, KeySet, SigningKey, VerifyingKey};

use crate::code;
use crate::fixtures::{der, file};

/// As `openssl dgst -sha256` has it.
const ED25519_SHA256: &str = "BnuiKNV3DF5kRJHdKys4D5_iJaEbAqN1ysBA07HwDtg";

fn private(name: &str) -> Jwk {
    Jwk::from_pem(file(name)).unwrap()
}

fn same_key(one: &Jwk, other: &Jwk) -> bool {
    one.thumbprint() == other.thumbprint() && !one.is_private()
}

/// `x5c` of certificates in files.
fn chain(names: &[&str]) -> String {
    let texts: Vec<String> =
        names.iter().map(|name| format!("\"{}\"", STANDARD.encode_to_string(der(name)))).collect();
    format!("\"x5c\":[{}]", texts.join(","))
}

/// The public Ed25519 JWK with more members.
fn document(members: &str) -> String {
    let json = private("ed25519.pem").to_json().unwrap();
    format!("{},{members}}}", json.trim_end_matches('}'))
}

#[test]
fn the_key_in_a_certificate_is_the_key_it_was_made_for() {
    for (name, algorithm) in [
        ("rsa2048", Algorithm::Ps256),
        ("p256", Algorithm::Es256),
        ("p384", Algorithm::Es384),
        ("p521", Algorithm::Es512),
        ("secp256k1", Algorithm::Es256K),
        ("ed25519", Algorithm::EdDsa),
    ] {
        let certificate = file(&format!("x509-{name}.pem"));
        let key = private(&format!("{name}.pem"));
        for read in [Jwk::from_x509(&certificate), Jwk::from_bytes(&certificate)] {
            assert!(same_key(&read.unwrap(), &key), "{name}");
        }
        let signer = SigningKey::from_jwk(&key, algorithm).unwrap();
        let signature = signer.sign(b"message").unwrap();
        let verifier = VerifyingKey::from_x509(&certificate, algorithm).unwrap();
        assert!(verifier.verify(b"message", signature.as_ref()).is_ok());
    }
    let der = file("x509-ed25519.der");
    assert!(same_key(&Jwk::from_x509(&der).unwrap(), &private("ed25519.pem")));
    assert!(same_key(&Jwk::from_bytes(&der).unwrap(), &private("ed25519.pem")));
    // Without extensions, and issued by another key.
    let old = Jwk::from_x509(file("x509-version1.pem")).unwrap();
    assert!(same_key(&old, &private("p256.pem")));
}

#[test]
fn the_certificate_stays_with_its_key() {
    let key = Jwk::from_x509(file("x509-ed25519.pem")).unwrap();
    assert_eq!(key.certificate_thumbprint(), Some(ED25519_SHA256));
    assert_eq!(key.certificates().unwrap(), [STANDARD.encode_to_string(file("x509-ed25519.der"))]);
    let json = key.to_json().unwrap();
    assert!(json.contains("\"x5c\":[\"") && json.contains("\"x5t#S256\":\""));
    assert_eq!(Jwk::from_json(&json).unwrap(), key);
    // Through a set, a verifying key, and back.
    let set = KeySet::from_json(format!("{{\"keys\":[{json}]}}")).unwrap();
    assert!(set.to_json().contains(ED25519_SHA256));
    let published = VerifyingKey::from_jwk(&key, Algorithm::EdDsa).unwrap().to_jwk().unwrap();
    assert_eq!(published.certificate_thumbprint(), Some(ED25519_SHA256));
    assert!(private("ed25519.pem").certificates().is_none(), "no other key has any");
}

#[test]
fn what_is_no_certificate_of_a_key_for_signatures_is_refused() {
    for (name, expected) in [
        #[cfg(not(feature = "ed448"))]
        ("x509-ed448.pem", "key_ed448_off"),
        ("x509-rsa-pss.pem", "key_type_unknown"),
        ("x509-dsa.pem", "key_type_unknown"),
        ("x509-rsa1024.pem", "key_rsa_size"),
        ("x509-p256-explicit.pem", "key_format"),
        ("x509-trusted.pem", "key_format"),
        ("pkcs7.pem", "key_format"),
        ("ed25519.pem", "key_format"),
        ("pkcs8-ed25519.pem", "key_format"),
        ("openssh-ed25519", "key_format"),
        ("openssh-p256-cert.pub", "key_format"),
    ] {
        assert_eq!(code(Jwk::from_x509(file(name))), expected, "{name}");
    }
    let two = [file("x509-ed25519.pem"), file("x509-p256.pem")].concat();
    assert_eq!(code(Jwk::from_x509(&two)), "key_pem_several", "which one is the key's?");
    let with_key = [file("x509-ed25519.pem"), file("ed25519.pem")].concat();
    assert_eq!(code(Jwk::from_x509(&with_key)), "key_pem_several");
    for nothing in [b"".as_slice(), b"{}", b"\x30\x00", b"\x30\x80\x00\x00"] {
        assert_eq!(code(Jwk::from_x509(nothing)), "key_format");
    }
    let mismatch = VerifyingKey::from_x509(file("x509-p256.pem"), Algorithm::Es384);
    assert_eq!(code(mismatch), "key_algorithm_mismatch");
}

#[test]
fn who_asks_for_a_key_gets_no_certificate_unawares() {
    for refusal in [
        Jwk::from_pem(file("x509-ed25519.pem")),
        Jwk::from_der(file("x509-ed25519.der")),
        Jwk::from_pem(file("x509-trusted.pem")),
    ] {
        let error = refusal.unwrap_err();
        assert_eq!(error.code().as_str(), "key_certificate");
        assert!(error.hint().contains("Jwk::from_x509"));
    }
    let refusal = VerifyingKey::from_pem(file("x509-p256.pem"), Algorithm::Es256);
    assert_eq!(code(refusal), "key_certificate");
}

#[test]
fn a_certificate_that_was_cut_grew_or_was_changed_panics_nowhere() {
    let whole = file("x509-ed25519.der");
    for length in 0..whole.len() {
        assert_eq!(code(Jwk::from_x509(&whole[..length])), "key_format", "{length} bytes");
    }
    assert_eq!(code(Jwk::from_x509([whole.as_slice(), &[0]].concat())), "key_format");
    assert_eq!(code(Jwk::from_x509(whole.repeat(2))), "key_format");
    let key = private("ed25519.pem");
    let mut unchanged = 0;
    for bit in 0..whole.len() * 8 {
        let mut flipped = whole.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        if let Ok(found) = Jwk::from_x509(&flipped) {
            // Names, dates and signature are not looked at; the thumbprint is of all of it.
            assert_ne!(found.certificate_thumbprint(), Some(ED25519_SHA256));
            unchanged += usize::from(same_key(&found, &key));
        }
    }
    assert!(unchanged > 512, "the signature alone has so many bits, and is not checked");
}

#[test]
fn the_first_certificate_of_a_jwk_must_have_its_key() {
    let own = chain(&["x509-ed25519.pem"]);
    let with_issuer = chain(&["x509-ed25519.pem", "x509-rsa2048.pem"]);
    for members in [own.clone(), with_issuer] {
        let jwk = Jwk::from_json(document(&members)).unwrap();
        assert_eq!(jwk.certificate_thumbprint(), Some(ED25519_SHA256));
    }
    for names in [
        &["x509-p256.pem"][..],
        &["x509-p256.pem", "x509-ed25519.pem"],
        &["x509-rsa2048.pem"],
        // A key that cannot be read is another one.
        &["x509-ed448.pem"],
        &["x509-rsa1024.pem"],
    ] {
        let refused = Jwk::from_json(document(&chain(names)));
        assert_eq!(code(refused), "key_certificate_mismatch", "{names:?}");
    }
    let private = private("ed25519.pem").to_private_json();
    let private = String::from_utf8(private.expose().to_vec()).unwrap();
    let private = |chain: &str| format!("{},{chain}}}", private.trim_end_matches('}'));
    assert!(Jwk::from_json(private(&own)).is_ok());
    let refused = Jwk::from_json(private(&chain(&["x509-p256.pem"])));
    assert_eq!(code(refused), "key_certificate_mismatch");
    let secret = format!(r#"{{"kty":"oct","k":"{}",{own}}}"#, "A".repeat(43));
    assert_eq!(code(Jwk::from_json(secret)), "key_certificate_mismatch", "a secret has none");
}

#[test]
fn a_thumbprint_must_be_that_of_the_certificate() {
    let own = chain(&["x509-ed25519.pem"]);
    let with = |members: &str| Jwk::from_json(document(members));
    let right = format!(r#"{own},"x5t#S256":"{ED25519_SHA256}""#);
    assert!(with(&right).is_ok());
    let alone = format!(r#""x5t#S256":"{ED25519_SHA256}""#);
    assert_eq!(with(&alone).unwrap().certificate_thumbprint(), Some(ED25519_SHA256));
    let other = "A".repeat(43);
    let wrong = with(&format!(r#"{own},"x5t#S256":"{other}""#));
    assert_eq!(code(wrong), "key_certificate_mismatch");
    for text in [
        format!("\"{ED25519_SHA256}=\""),
        format!("\"{}\"", &ED25519_SHA256[1..]),
        format!("\"A{ED25519_SHA256}\""),
        "\"\"".to_owned(),
        "\"AAAA\"".to_owned(),
        "7".to_owned(),
        "null".to_owned(),
        format!("[\"{ED25519_SHA256}\"]"),
    ] {
        assert_eq!(code(with(&format!("\"x5t#S256\":{text}"))), "key_member", "{text}");
    }
}

#[test]
fn a_chain_that_is_none_is_refused() {
    let good = STANDARD.encode_to_string(file("x509-ed25519.der"));
    let url = good.replace('+', "-").replace('/', "_");
    assert_ne!(url, good);
    for value in [
        "[]".to_owned(),
        "[\"\"]".to_owned(),
        "[7]".to_owned(),
        "null".to_owned(),
        format!("\"{good}\""),
        format!("[\"{url}\"]"),
        format!("[\"{}\"]", good.trim_end_matches('=')),
        format!("[\" {good}\"]"),
        format!("[\"{good}\",\"%\"]"),
        format!("[\"{good}\",7]"),
        format!("[[\"{good}\"]]"),
        format!("[\"{}\"]", STANDARD.encode_to_string(der("ed25519.pem"))),
        format!("[\"{}\"]", STANDARD.encode_to_string(file("x509-ed25519.pem"))),
    ] {
        let refused = Jwk::from_json(document(&format!("\"x5c\":{value}")));
        assert_eq!(code(refused), "key_member", "{}", &value[..value.len().min(40)]);
    }
}

#[test]
fn a_sha1_thumbprint_is_kept_and_decides_nothing() {
    let jwk = Jwk::from_json(document(r#""x5t":"AAAA""#)).unwrap();
    assert!(jwk.to_json().unwrap().contains(r#""x5t":"AAAA""#));
    assert_eq!(jwk.certificate_thumbprint(), None);
    assert_eq!(code(Jwk::from_json(document(r#""x5t":7"#))), "key_member");
}

#[test]
fn a_member_of_a_set_with_the_wrong_certificate_cannot_be_used() {
    let bad = document(&format!(r#"{},"kid":"a""#, chain(&["x509-p256.pem"])));
    let set = KeySet::from_json(format!("{{\"keys\":[{bad}]}}")).unwrap();
    let refused = jotem::Verifier::builder(&set).expiry_optional().build();
    assert_eq!(code(refused), "misuse_keys_unusable");
}
