//! What a key document says about itself: how large it is, on which curve, and what it is for.

use jotem::jwa::{Curve, KeyType};
use jotem::{Algorithm, Jwk, VerifyingKey};

use super::{code, key};

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
        (Algorithm::MlDsa44, KeyType::Akp, 1312 * 8, None),
        (Algorithm::MlDsa65, KeyType::Akp, 1952 * 8, None),
        (Algorithm::MlDsa87, KeyType::Akp, 2592 * 8, None),
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

#[test]
fn refuses_a_list_of_more_operations_than_it_may_have() {
    let listed = |count: u8| {
        let names: Vec<String> = (0..count).map(|number| format!("\"op{number}\"")).collect();
        let own = r#""kty":"oct","k":"AAAA""#;
        Jwk::from_json(format!("{{\"key_ops\":[{}],{own}}}", names.join(",")))
    };
    assert_eq!(listed(16).unwrap().operations().map(<[String]>::len), Some(16));
    for count in [17, 18, 200] {
        assert_eq!(code(listed(count)), "key_member", "{count} operations");
    }
}

#[test]
fn a_document_is_written_with_what_it_was_marked_with() {
    let [x, y] = [
        "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    ];
    let written = |more: &str| document(more).to_json().unwrap();
    let expected =
        |more: &str| format!(r#"{{"kty":"EC",{more}"crv":"P-256","x":"{x}","y":"{y}"}}"#);
    for more in [
        "",
        r#""kid":"a","use":"sig","alg":"ES256","#,
        r#""key_ops":[],"#,
        r#""key_ops":["verify"],"#,
        r#""kid":"\"","key_ops":["encrypt","verify","x-other"],"alg":"ES256","#,
    ] {
        assert_eq!(written(more), expected(more));
    }
    // What could sign may verify, once, in the public half.
    let both = written(r#""key_ops":["verify","sign"],"#);
    assert_eq!(both, expected(r#""key_ops":["verify"],"#));
}

#[test]
fn a_key_that_is_published_says_its_algorithm_and_its_use_once() {
    let published = |more: &str| {
        let key = VerifyingKey::from_jwk(&document(more), Algorithm::Es256).unwrap();
        let jwk = key.to_jwk().unwrap();
        let operations = jwk.operations().map(<[String]>::len);
        assert_eq!(jwk.declared_algorithm(), Some("ES256"), "{more}");
        (jwk.public_key_use().map(str::to_owned), operations)
    };
    let signatures = || Some("sig".to_owned());
    assert_eq!(published(""), (signatures(), None));
    assert_eq!(published(r#""use":"sig","#), (signatures(), None));
    assert_eq!(published(r#""key_ops":["verify"],"#), (None, Some(1)), "that says it all");
    let both = r#""use":"sig","key_ops":["verify"],"#;
    assert_eq!(published(both), (signatures(), Some(1)));
}

#[test]
fn a_key_is_named_by_its_thumbprint() {
    // RFC 8037 appendix A.3.
    let json = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    let key = VerifyingKey::from_jwk(&Jwk::from_json(json).unwrap(), Algorithm::EdDsa).unwrap();
    let name = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";
    assert_eq!(key.thumbprint().as_deref(), Some(name));
    assert_eq!(key.key_id(), None);
    assert_eq!(key.with_thumbprint_key_id().key_id(), Some(name));
}
