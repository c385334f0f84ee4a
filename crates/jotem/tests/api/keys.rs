//! What a key document says about itself: how large it is, on which curve, and what it is for.

use jotem::jwa::{Curve, KeyType};
use jotem::{Algorithm, Jwk};

use super::key;

/// A public key on P-256, with members before its own.
fn document(more: &str) -> Jwk {
    let own = r#""kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0""#;
    Jwk::from_json(format!("{{{more}{own}}}")).unwrap()
}

#[test]
fn a_document_says_its_size_and_its_curve() {
    let cases = [
        (Algorithm::Hs256, KeyType::Oct, 256, None),
        (Algorithm::Hs384, KeyType::Oct, 384, None),
        (Algorithm::Hs512, KeyType::Oct, 512, None),
        (Algorithm::Rs256, KeyType::Rsa, 2048, None),
        (Algorithm::Es256, KeyType::Ec, 256, Some(Curve::P256)),
        (Algorithm::Es384, KeyType::Ec, 384, Some(Curve::P384)),
        (Algorithm::Es512, KeyType::Ec, 521, Some(Curve::P521)),
        (Algorithm::Es256K, KeyType::Ec, 256, Some(Curve::Secp256k1)),
        (Algorithm::EdDsa, KeyType::Okp, 255, Some(Curve::Ed25519)),
    ];
    for (algorithm, key_type, bits, curve) in cases {
        let jwk = key(algorithm).to_jwk().unwrap();
        assert_eq!(jwk.key_type(), key_type, "{algorithm}");
        assert_eq!(jwk.bits(), bits, "{algorithm}");
        assert_eq!(jwk.curve(), curve, "{algorithm}");
    }
}

#[test]
fn a_document_says_what_it_was_marked_with_and_nothing_else() {
    let plain = document("");
    assert_eq!(plain.declared_algorithm(), None);
    assert_eq!(plain.public_key_use(), None);
    assert_eq!(plain.operations(), None);
    let marked = document(r#""use":"sig","key_ops":["verify"],"alg":"ES256","#);
    assert_eq!(marked.declared_algorithm(), Some("ES256"));
    assert_eq!(marked.public_key_use(), Some("sig"));
    assert_eq!(marked.operations(), Some(["verify".to_owned()].as_slice()));
    let foreign = document(r#""use":"enc","key_ops":[],"alg":"ECDH-ES","#);
    assert_eq!(foreign.declared_algorithm(), Some("ECDH-ES"));
    assert_eq!(foreign.algorithm(), None, "an algorithm of another engine is none of ours");
    assert_eq!(foreign.public_key_use(), Some("enc"));
    assert_eq!(foreign.operations(), Some([].as_slice()));
}
