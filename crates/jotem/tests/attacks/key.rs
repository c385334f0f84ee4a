//! Layer K: what a key says about itself, and what of it leaves.

#![expect(clippy::unwrap_used, reason = "a key that cannot be made is a failed test")]

use jotem::error::Excerpt;
use jotem::jws::{KeyRequest, KeyResolver, Keys};
use jotem::{Algorithm, Jwk, KeySet, SigningKey, Verifier, VerifyingKey};
use serde_json::{Value, json};

use crate::documents::*;
use crate::forge::*;
use crate::sample::{good, key, refuses};

/// One algorithm of each type of key.
const TYPES: [Algorithm; 5] =
    [Algorithm::Hs256, Algorithm::Rs256, Algorithm::Es256, Algorithm::EdDsa, Algorithm::MlDsa44];

/// A set of these members.
fn set(members: &[Value]) -> KeySet {
    KeySet::from_json(json!({ "keys": members }).to_string()).unwrap()
}

#[test]
fn k11_refuses_to_sign_with_a_public_key() {
    for algorithm in TYPES.into_iter().filter(|one| !one.is_symmetric()) {
        let public = key(algorithm).verifying_key();
        let cases = [
            ("PEM", code(SigningKey::from_pem(public.to_pem().unwrap(), algorithm))),
            ("DER", code(SigningKey::from_der(public.to_der().unwrap(), algorithm))),
            ("JWK", code(SigningKey::from_jwk(&public.to_jwk().unwrap(), algorithm))),
            ("written as PKCS#8", code(public.to_jwk().unwrap().to_private_pem())),
        ];
        for (form, found) in cases {
            assert_eq!(found, "key_public", "{algorithm}, {form}");
        }
        let private = key(algorithm).to_pem().unwrap();
        assert_eq!(code(SigningKey::from_pem(private.expose(), algorithm)), "accepted");
    }
}

#[test]
fn k11_refuses_to_sign_where_the_private_half_is_elsewhere() {
    let public = key(Algorithm::Es256).verifying_key();
    let elsewhere = SigningKey::held_elsewhere(public);
    assert_eq!(code(elsewhere.sign(b"message")), "misuse_key_elsewhere");
    assert_eq!(code(elsewhere.to_pem()), "misuse_key_elsewhere");
    assert_eq!(code(jotem::encode(&json!({}), &elsewhere)), "misuse_key_elsewhere");
}

#[test]
fn k12_builds_no_verifier_of_secrets_and_public_keys() {
    let (secret, public) = (hs256().verifying_key(), key(Algorithm::Es256).verifying_key());
    let mixed = [secret.clone(), public.clone()];
    assert_eq!(code(Verifier::builder(mixed.clone()).build()), "misuse_keys_mixed");
    for narrowed in [[Algorithm::Es256], [Algorithm::Hs256]] {
        let builder = Verifier::builder(mixed.clone()).algorithms(narrowed);
        assert_eq!(code(builder.build()), "misuse_keys_mixed", "{narrowed:?}");
    }
    let both = [Algorithm::Hs256, Algorithm::Es256];
    assert_eq!(
        code(Verifier::builder(public.clone()).algorithms(both).build()),
        "misuse_keys_mixed"
    );
    assert_eq!(
        code(Verifier::builder(secret.clone()).algorithms(both).build()),
        "misuse_keys_mixed"
    );

    let members = [private_members(&hs256()), public_members(&key(Algorithm::Es256))];
    assert_eq!(code(Verifier::builder(set(&members)).build()), "misuse_keys_mixed");
    assert_eq!(code(Verifier::builder([public]).build()), "accepted");
    assert_eq!(code(Verifier::builder([secret]).build()), "accepted");
}

/// A resolver that hands out a secret whatever is asked for.
#[derive(Debug)]
struct Careless(VerifyingKey);

impl KeyResolver for Careless {
    fn resolve(&self, _request: &KeyRequest<'_>) -> Result<Vec<VerifyingKey>, Excerpt> {
        Ok(vec![self.0.clone()])
    }
}

#[test]
fn k12_uses_no_secret_that_a_resolver_returns_for_a_public_key() {
    let keys = || Keys::resolver(Careless(hs256().verifying_key()));
    let builder = || Verifier::builder(keys()).clock(jotem::testing::FixedClock::at(NOW));
    let both = [Algorithm::Hs256, Algorithm::Es256];
    assert_eq!(code(builder().algorithms(both).build()), "misuse_keys_mixed");
    assert_eq!(code(builder().build()), "misuse_algorithms_needed");

    let verifier = builder().algorithms([Algorithm::Es256]).build().unwrap();
    refuses(
        &verifier,
        [
            (good(&hs256()), "jws_alg_not_allowed"),
            (with_header(r#"{"alg":"ES256"}"#), "jws_key_not_found"),
        ],
    );
    let verifier = builder().algorithms([Algorithm::Hs256]).build().unwrap();
    refuses(&verifier, [(good(&hs256()), "accepted")]);
}

#[test]
fn k12_never_exports_a_secret_member_unasked() {
    let secret = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"];
    for algorithm in TYPES.into_iter().filter(|one| !one.is_symmetric()) {
        let private = private_members(&key(algorithm));
        let jwk = read(&private).unwrap();
        assert!(jwk.is_private());
        let exports = [
            jwk.to_json().unwrap(),
            jwk.public().unwrap().to_json().unwrap(),
            set(std::slice::from_ref(&private)).to_json(),
            String::from_utf8(jwk.public().unwrap().to_private_json().expose().to_vec()).unwrap(),
            format!("{jwk:?} {:?} {:?}", set(std::slice::from_ref(&private)), key(algorithm)),
        ];
        for export in exports {
            for name in secret.iter().filter(|name| private.get(**name).is_some()) {
                let value = private[*name].as_str().unwrap();
                assert!(!export.contains(&format!("\"{name}\"")), "{algorithm}: {name}");
                assert!(!export.contains(value), "{algorithm}: {name}");
            }
        }
        let pem = jwk.to_pem().unwrap();
        assert!(pem.starts_with("-----BEGIN PUBLIC KEY-----"), "{algorithm}");
        assert!(!Jwk::from_pem(pem).unwrap().is_private(), "{algorithm}");
    }
}

#[test]
fn k12_exports_no_shared_secret_as_a_public_key() {
    let jwk = hs256().verifying_key().to_jwk().unwrap();
    let cases = [
        ("public part", code(jwk.public())),
        ("JWK", code(jwk.to_json())),
        ("PEM", code(jwk.to_pem())),
        ("DER", code(jwk.to_der())),
        ("PEM of the key", code(hs256().verifying_key().to_pem())),
        ("PKCS#8", code(hs256().to_pem())),
    ];
    for (form, found) in cases {
        assert_eq!(found, "key_no_public_part", "{form}");
    }
    let set: KeySet =
        [jwk, key(Algorithm::Es256).verifying_key().to_jwk().unwrap()].into_iter().collect();
    let published = KeySet::from_json(set.to_json()).unwrap();
    assert_eq!(published.members().len(), 1, "the secret is left out");
    assert!(!set.to_json().contains(&base64url(SECRET)));
    assert!(!format!("{set:?}").contains(&base64url(SECRET)));
}

#[test]
fn k12_refuses_a_private_key_where_a_public_one_is_asked_for() {
    for algorithm in [Algorithm::Rs256, Algorithm::Es256, Algorithm::EdDsa] {
        let private = key(algorithm);
        let cases = [
            ("JWK", code(VerifyingKey::from_jwk(&private.to_jwk().unwrap(), algorithm))),
            ("PEM", code(VerifyingKey::from_pem(private.to_pem().unwrap().expose(), algorithm))),
            ("DER", code(VerifyingKey::from_der(private.to_der().unwrap().expose(), algorithm))),
        ];
        for (form, found) in cases {
            assert_eq!(found, "key_private", "{algorithm}, {form}");
        }
    }
}

#[test]
fn k13_refuses_a_key_that_is_meant_for_something_else() {
    let cases = [
        (json!({"use": "enc"}), "key_use"),
        (json!({"use": "SIG"}), "key_use"),
        (json!({"use": ""}), "key_use"),
        (json!({"use": "sig "}), "key_use"),
        (json!({"use": "sig,enc"}), "key_use"),
        (json!({"use": "tls"}), "key_use"),
        (json!({"key_ops": []}), "key_use"),
        (json!({"key_ops": ["encrypt"]}), "key_use"),
        (json!({"key_ops": ["wrapKey", "deriveKey"]}), "key_use"),
        (json!({"key_ops": ["VERIFY", "SIGN"]}), "key_use"),
        (json!({"use": "enc", "key_ops": ["encrypt"]}), "key_use"),
        (json!({}), "accepted"),
        (json!({"use": "sig"}), "accepted"),
        (json!({"use": "sig", "key_ops": ["sign", "verify"]}), "accepted"),
        (json!({"key_ops": ["sign", "verify", "encrypt"]}), "accepted"),
    ];
    for algorithm in TYPES {
        let key = key(algorithm);
        let bare = without(&private_members(&key), &["use", "key_ops"]);
        for (purpose, wanted) in &cases {
            let mut private = bare.clone();
            private.as_object_mut().unwrap().extend(purpose.as_object().unwrap().clone());
            let signing = read(&private).and_then(|jwk| SigningKey::from_jwk(&jwk, algorithm));
            assert_eq!(code(signing), *wanted, "{algorithm}, to sign, {purpose}");

            let public =
                if algorithm.is_symmetric() { private } else { without(&private, PRIVATE) };
            let verifying = read(&public).and_then(|jwk| VerifyingKey::from_jwk(&jwk, algorithm));
            assert_eq!(code(verifying), *wanted, "{algorithm}, to verify, {purpose}");

            let of_set = Verifier::builder(set(&[public])).algorithms([algorithm]).build();
            let wanted = if *wanted == "accepted" { "accepted" } else { "misuse_keys_unusable" };
            assert_eq!(code(of_set), wanted, "{algorithm}, in a set, {purpose}");
        }
    }
}

/// The private members of every type.
const PRIVATE: &[&str] = &["d", "p", "q", "dp", "dq", "qi", "priv"];

#[test]
fn k13_tells_signing_from_verifying() {
    for algorithm in TYPES {
        let private = without(&private_members(&key(algorithm)), &["use"]);
        let may = |operation: &str| read(&with(&private, "key_ops", json!([operation]))).unwrap();
        let sign = |jwk: &Jwk| code(SigningKey::from_jwk(jwk, algorithm));
        assert_eq!(sign(&may("sign")), "accepted", "{algorithm}");
        assert_eq!(sign(&may("verify")), "key_use", "{algorithm}");

        let public =
            if algorithm.is_symmetric() { private.clone() } else { without(&private, PRIVATE) };
        let may = |operation: &str| read(&with(&public, "key_ops", json!([operation]))).unwrap();
        let verify = |jwk: &Jwk| code(VerifyingKey::from_jwk(jwk, algorithm));
        assert_eq!(verify(&may("verify")), "accepted", "{algorithm}");
        assert_eq!(verify(&may("sign")), "key_use", "{algorithm}");
    }
}

#[test]
fn k13_passes_over_a_key_of_encryption_in_a_set() {
    let (signing, other) = (key(Algorithm::Es256), key(Algorithm::Es256));
    let encryption = with(&public_members(&other), "use", "enc");
    let members = set(&[encryption, public_members(&signing)]);
    let verifier = Verifier::builder(members).clock(jotem::testing::FixedClock::at(NOW));
    let verifier = verifier.build().unwrap();
    refuses(&verifier, [(good(&other), "jws_signature_mismatch"), (good(&signing), "accepted")]);
}

#[test]
fn k14_refuses_contradictory_and_malformed_uses() {
    let cases = [
        (json!({"use": "sig", "key_ops": ["encrypt"]}), "key_member"),
        (json!({"use": "sig", "key_ops": ["sign", "verify", "encrypt"]}), "key_member"),
        (json!({"use": "enc", "key_ops": ["verify"]}), "key_member"),
        (json!({"use": "enc", "key_ops": ["encrypt", "sign"]}), "key_member"),
        (json!({"key_ops": ["sign", "verify", "sign"]}), "key_member"),
        (json!({"key_ops": ["encrypt", "encrypt"]}), "key_member"),
        (json!({"key_ops": "sign, verify"}), "key_member"),
        (json!({"key_ops": "verify"}), "key_member"),
        (json!({"key_ops": ["sign", 1]}), "key_member"),
        (json!({"key_ops": [["verify"]]}), "key_member"),
        (json!({"key_ops": null}), "key_member"),
        (json!({"key_ops": {"verify": true}}), "key_member"),
        (json!({"use": ["sig"]}), "key_member"),
        (json!({"use": null}), "key_member"),
        (json!({"use": true}), "key_member"),
        (json!({"use": "sig", "key_ops": ["sign, verify"]}), "key_member"),
        (json!({"use": "sig", "key_ops": ["verify", "sign"]}), "accepted"),
        (json!({"use": "enc", "key_ops": ["encrypt", "decrypt"]}), "accepted"),
    ];
    for algorithm in TYPES {
        let bare = without(&private_members(&key(algorithm)), &["use", "key_ops"]);
        for (purpose, wanted) in &cases {
            let mut members = bare.clone();
            members.as_object_mut().unwrap().extend(purpose.as_object().unwrap().clone());
            assert_eq!(code(read(&members)), *wanted, "{algorithm}, {purpose}");
        }
        // One text that should have been two allows nothing.
        let joined = read(&with(&bare, "key_ops", json!(["sign, verify"]))).unwrap();
        assert_eq!(code(SigningKey::from_jwk(&joined, algorithm)), "key_use", "{algorithm}");
    }
}

#[test]
fn k15_refuses_a_key_type_that_is_missing_unknown_or_misspelt() {
    for algorithm in TYPES {
        let members = private_members(&key(algorithm));
        let own = members["kty"].as_str().unwrap();
        let swapped: String = own
            .chars()
            .map(|letter| {
                if letter.is_uppercase() {
                    letter.to_ascii_lowercase()
                } else {
                    letter.to_ascii_uppercase()
                }
            })
            .collect();
        assert_eq!(code(read(&without(&members, &["kty"]))), "key_member_missing", "{own}");
        for kty in [&swapped, "", "rsa ", "LMS", "EC2", "Symmetric", "oct\u{0}", " oct"] {
            assert_eq!(code(read(&with(&members, "kty", kty))), "key_type_unknown", "{own}: {kty}");
        }
        for kty in [json!(null), json!(1), json!([own]), json!({own: own})] {
            assert_eq!(code(read(&with(&members, "kty", kty))), "key_member", "{own}");
        }
        assert_eq!(code(read(&members)), "accepted", "{own}");
    }
}

#[test]
fn k15_refuses_a_key_type_that_the_other_members_do_not_fit() {
    for algorithm in TYPES {
        let members = without(&private_members(&key(algorithm)), &["alg"]);
        let own = members["kty"].as_str().unwrap();
        for other in ["oct", "RSA", "EC", "OKP"].into_iter().filter(|other| *other != own) {
            let found = code(read(&with(&members, "kty", other)));
            // Both curve types have a crv, and each knows only its own.
            let curves = [own, other].iter().all(|kty| matches!(*kty, "EC" | "OKP"));
            let wanted = if curves { "key_type_unknown" } else { "key_member_missing" };
            assert_eq!(found, wanted, "{own} as {other}");
        }
    }
}

#[test]
fn k15_refuses_an_rsa_key_with_a_curve() {
    let members = without(&public_members(&key(Algorithm::Rs256)), &["alg"]);
    assert_eq!(code(read(&members)), "accepted");
    assert_eq!(code(read(&with(&members, "crv", "P-256"))), "key_member");
}

#[test]
fn k15_uses_no_key_for_another_algorithm_than_it_names() {
    let cases = [
        (Algorithm::Hs256, "A256GCM"),
        (Algorithm::Hs256, "A256KW"),
        (Algorithm::Hs256, "dir"),
        (Algorithm::Hs256, "hs256"),
        (Algorithm::Hs256, "none"),
        (Algorithm::Rs256, "RSA-OAEP-256"),
        (Algorithm::Rs256, "RSA1_5"),
        (Algorithm::Es256, "ECDH-ES"),
        (Algorithm::EdDsa, "ed448"),
    ];
    for (algorithm, named) in cases {
        let key = key(algorithm);
        let private = read(&with(&private_members(&key), "alg", named)).unwrap();
        assert_eq!(
            code(SigningKey::from_jwk(&private, algorithm)),
            "key_algorithm_mismatch",
            "{named}"
        );
        let public = private.public().unwrap_or(private);
        assert_eq!(
            code(VerifyingKey::from_jwk(&public, algorithm)),
            "key_algorithm_mismatch",
            "{named}"
        );
        // In a set it is passed over, pinned or not.
        let set: KeySet = [public].into_iter().collect();
        let builder = Verifier::builder(set);
        assert_eq!(code(builder.clone().build()), "misuse_keys_unusable", "{named}");
        assert_eq!(
            code(builder.algorithms([algorithm]).build()),
            "misuse_keys_unusable",
            "{named}"
        );
    }
}

#[test]
fn k15_refuses_a_key_that_names_an_algorithm_of_another_type() {
    for algorithm in TYPES {
        let members = private_members(&key(algorithm));
        for other in TYPES.into_iter().filter(|other| *other != algorithm) {
            let found = code(read(&with(&members, "alg", other.name())));
            assert_eq!(found, "key_algorithm_mismatch", "{algorithm} says {other}");
        }
        assert_eq!(code(read(&with(&members, "alg", json!([algorithm.name()])))), "key_member");
    }
}

#[test]
fn k15_passes_over_what_it_cannot_read_in_a_set() {
    let key = key(Algorithm::Es256);
    let good_member = public_members(&key);
    let bad = [
        json!({}),
        json!({"kty": "AKP", "alg": "ML-DSA-44", "pub": "AA"}),
        json!({"kty": "ec", "crv": "P-256"}),
        json!({"kty": "oct", "k": ""}),
        json!("not an object"),
        json!(null),
        with(&good_member, "crv", "P-384"),
    ];
    for member in bad {
        let alone = set(std::slice::from_ref(&member));
        assert_eq!(code(Verifier::builder(alone).build()), "misuse_keys_unusable", "{member}");
        let both = Verifier::builder(set(&[member, good_member.clone()]));
        let verifier = both.clock(jotem::testing::FixedClock::at(NOW)).build().unwrap();
        refuses(&verifier, [(good(&key), "accepted")]);
    }
}

/// Public numbers and their thumbprints: RFC 7638 section 3.1, RFC 8037 appendix A.3; the others were
/// computed apart, from the key 7·G of each curve and the secret of these tests.
const THUMBPRINTS: [(&str, &str); 7] = [
    (
        concat!(
            r#"{"kty":"RSA","e":"AQAB","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbb"#,
            "fAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArw",
            "l93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5h",
            "ajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44",
            r#"-csFCur-kEgU8awapJzKnqDKgw"}"#,
        ),
        "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",
    ),
    (
        r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
        "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
    ),
    (
        concat!(
            r#"{"kty":"EC","crv":"P-256","x":"jlM7b6C_e0YluzBmfAH7YH75-LioD-9bMAYocDGHsqM","#,
            r#""y":"c-sdveAzGDZtBp-DpvWQAFPHNjPLBBshxV4ahsH0ALQ"}"#,
        ),
        "ccgscWSOWNe7zfELCIRHTdb7JkVy_Eo2vg371C5rplY",
    ),
    (
        concat!(
            r#"{"kty":"EC","crv":"P-384","#,
            r#""x":"KDwdc2XOR4jyn46_I07f_q1v6Zf76l_6LVjMnfp7HFCLBVJvVbnrsgQPBbSPttDh","#,
            r#""y":"lHXJkGHkG4i6Uu_bjBaQRxph2GfteZcp2cks0B29IlYw2E7eMqePnmRmTNrFEu-M"}"#,
        ),
        "VIkcP7ZWxi9OON5HpKbQdQzvD_E4rCTwuc2uVdIfpfI",
    ),
    (
        concat!(
            r#"{"kty":"EC","crv":"P-521","x":"AFbV0dmdW39jRu62X9oLBzoMXyLg6PVIMijwGNLC9xFMXYwwjQq_xpj"#,
            r#"YyabfMNzju8RvlT9Q_cJhmgHOrYgoFuzU","y":"AD0tG32bqqKhENHYMXo51oR4tcWC0Cgk8N1x29mKJsveV"#,
            r#"WvQ8pPN7J4rlSOjRZHOGl-ednEqXd78e1xri8kFJSUb"}"#,
        ),
        "nFr_VnvQ6oH540igXWWneSSaQyiZACjDdVFnwAP8kkY",
    ),
    (
        concat!(
            r#"{"kty":"EC","crv":"secp256k1","x":"XL3wZG5dtOqjmPNl8up6Dj1Bm34DMOOc6Svd7crE-bw","#,
            r#""y":"auvKQLolWWCjF41thhpU26gT0LgT_ee1pQgmKAhyZNo"}"#,
        ),
        "Mc-1_VGnYGwusEQCyWevvC6PCzwNbq_JDbNYavdMbco",
    ),
    (
        r#"{"kty":"oct","k":"YSBzZWNyZXQgb2YgMzIgYnl0ZXMsIG5vIG1vcmUuLi4"}"#,
        "wxW9cDNdVwcRmUTi4b6PhtHPNQcjGleX8dQTfregn7c",
    ),
];

#[test]
fn k19_computes_the_published_thumbprints() {
    for (json, wanted) in THUMBPRINTS {
        assert_eq!(Jwk::from_json(json).unwrap().thumbprint(), wanted, "{json}");
        // Optional members, and their order in the text, change nothing.
        let members: Value = json.parse().unwrap();
        let named = with(&with(&members, "kid", "a"), "use", "sig");
        let named = with(&with(&named, "x5t", "AA"), "alg", first_algorithm(&members));
        assert_eq!(read(&named).unwrap().thumbprint(), wanted);
        let members = named.as_object().unwrap().iter().rev();
        let reversed: Vec<_> = members.map(|(name, value)| format!("\"{name}\":{value}")).collect();
        let reversed = format!("{{ {} }}", reversed.join(" ,\n"));
        assert_eq!(Jwk::from_json(reversed).unwrap().thumbprint(), wanted);
    }
}

fn first_algorithm(members: &Value) -> &'static str {
    match (members["kty"].as_str().unwrap(), members["crv"].as_str()) {
        ("oct", _) => "HS256",
        ("RSA", _) => "PS256",
        ("OKP", _) => "Ed25519",
        (_, Some("P-256")) => "ES256",
        (_, Some("P-384")) => "ES384",
        (_, Some("P-521")) => "ES512",
        (_, _) => "ES256K",
    }
}

#[test]
fn k19_gives_both_halves_one_thumbprint_and_two_keys_two() {
    for algorithm in [Algorithm::Rs256, Algorithm::Es256, Algorithm::Es256K, Algorithm::EdDsa] {
        let key = SigningKey::generate(algorithm).unwrap();
        let thumbprint = key.to_jwk().unwrap().thumbprint();
        assert_eq!(key.to_jwk().unwrap().public().unwrap().thumbprint(), thumbprint);
        assert_eq!(key.verifying_key().thumbprint(), Some(thumbprint.clone()));
        let named = key.verifying_key().with_thumbprint_key_id();
        assert_eq!(named.key_id(), Some(thumbprint.as_str()));
        let other = SigningKey::generate(algorithm).unwrap();
        assert_ne!(other.to_jwk().unwrap().thumbprint(), thumbprint, "{algorithm}");
    }
}
