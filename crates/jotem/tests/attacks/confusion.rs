//! Layer H: keys and algorithms that do not belong together (RFC 8725 §2.1, §3.1).

use jotem::testing::FixedClock;
use jotem::{Algorithm, Jwk, KeySet, SigningKey, Verifier, VerifyingKey, dangerous};

use crate::encodings::*;
use crate::forge::*;
use crate::sample::*;

/// Makes an HMAC key of bytes that [`SigningKey::from_secret`] may refuse: what an attacker has.
fn attacker(bytes: &[u8], algorithm: Algorithm) -> SigningKey {
    dangerous::short_secret(bytes, algorithm).unwrap()
}

fn trio() -> Trio {
    Trio { rsa: key(Algorithm::Rs256), ec: key(Algorithm::Es256), okp: key(Algorithm::EdDsa) }
}

const HMACS: [Algorithm; 3] = [Algorithm::Hs256, Algorithm::Hs384, Algorithm::Hs512];

#[test]
fn h08_refuses_an_hmac_made_with_the_public_key() {
    for algorithm in Algorithm::ALL.into_iter().filter(|algorithm| !algorithm.is_symmetric()) {
        let key = key(algorithm);
        let public = key.verifying_key();
        let verifier = builder(&key).build().unwrap();
        accepts(&verifier, [good(&key)]);
        for bytes in [
            public.to_pem().unwrap().into_bytes(),
            public.to_der().unwrap(),
            public.to_jwk().unwrap().to_json().unwrap().into_bytes(),
        ] {
            for hmac in HMACS {
                let forged = good(&attacker(&bytes, hmac));
                refuses(&verifier, [(&forged, "jws_alg_not_allowed")]);
                let stated =
                    headed(&format!(r#"{{"alg":"{algorithm}"}}"#), &attacker(&bytes, hmac));
                let code = match public.algorithm().signature_bytes() {
                    Some(length) if Some(length) == hmac.signature_bytes() => {
                        "jws_signature_mismatch"
                    }
                    _ => "jws_signature_length",
                };
                refuses(&verifier, [(&stated, code)]);
            }
        }
    }
}

#[test]
fn h09_refuses_an_hmac_made_with_any_form_of_the_public_key() {
    let trio = trio();
    let forms = [trio.marked(), trio.wrapped(), trio.unmarked()].concat();
    assert!(forms.len() >= 35);
    let singles = [&trio.rsa, &trio.ec, &trio.okp].map(|key| builder(key).build().unwrap());
    let keys = [&trio.rsa, &trio.ec, &trio.okp].map(SigningKey::verifying_key);
    let set: KeySet = keys.iter().map(|key| key.to_jwk().unwrap()).collect();
    let several = Verifier::builder(keys).clock(FixedClock::at(NOW)).build().unwrap();
    let several_of_a_set = Verifier::builder(set).clock(FixedClock::at(NOW)).build().unwrap();
    let verifiers: Vec<_> = singles.into_iter().chain([several, several_of_a_set]).collect();
    for (name, bytes) in &forms {
        for hmac in HMACS {
            let forged = good(&attacker(bytes, hmac));
            for verifier in &verifiers {
                assert_eq!(verdict(verifier, &forged), "jws_alg_not_allowed", "{name}");
            }
        }
    }
    let tokens = [&trio.rsa, &trio.ec, &trio.okp].map(good);
    for (token, verifier) in tokens.iter().zip(&verifiers) {
        accepts(verifier, [token]);
    }
    for verifier in verifiers.iter().skip(3) {
        accepts(verifier, &tokens);
    }
}

/// Checks what becomes of each form as a secret, by every way in which a secret comes.
#[track_caller]
fn secrets(forms: &[Form], wanted: &str) {
    let code = |result: Result<(), jotem::Error>| match result {
        Ok(()) => "accepted",
        Err(error) => error.code().as_str(),
    };
    let mut wrong = Vec::new();
    for (name, bytes) in forms {
        let oct = format!(r#"{{"kty":"oct","k":"{}"}}"#, base64url(bytes));
        let found = [
            code(VerifyingKey::from_secret(bytes, Algorithm::Hs256).map(drop)),
            code(SigningKey::from_secret(bytes, Algorithm::Hs256).map(drop)),
            code(VerifyingKey::from_base64_secret(&base64(bytes), Algorithm::Hs256).map(drop)),
            code(SigningKey::from_base64_secret(&base64url(bytes), Algorithm::Hs256).map(drop)),
            code(Jwk::from_json(&oct).map(drop)),
        ];
        if found != [wanted; 5] {
            wrong.push((name, found));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn h09_refuses_public_keys_as_secrets_where_they_can_be_told() {
    secrets(&trio().marked(), "key_secret_is_key");
    let empty = VerifyingKey::from_secret("", Algorithm::Hs256).unwrap_err();
    assert_eq!(empty.code().as_str(), "key_secret_empty");
}

#[test]
fn h09_refuses_public_keys_as_secrets_in_two_wrappings() {
    secrets(&trio().wrapped(), "key_secret_is_key");
}

#[test]
fn h09_a_public_key_without_a_mark_passes_for_a_secret() {
    // They look like random bytes. A verifier of the typed public key refuses them all the same:
    // that is what the rule rests on.
    secrets(&trio().unmarked(), "accepted");
}

#[test]
fn h09_takes_ordinary_secrets() {
    let random = base64([0x9d; 48]);
    let ordinary = [
        ("text", b"correct horse battery staple, and more".to_vec()),
        ("random bytes", (0_u8..64).map(|byte| byte.wrapping_mul(167) ^ 0x5c).collect()),
        ("base64", random.into_bytes()),
        ("hex", b"9d3f5b1c7e2a4d6f8091a2b3c4d5e6f79d3f5b1c7e2a4d6f8091a2b3c4d5e6f7".to_vec()),
        ("a brace", b"{not json at all, just a strange secret}".to_vec()),
        ("begins as DER does", [b"\x30\x22".as_slice(), &[0x5a; 40]].concat()),
        ("begins as a point does", [b"\x04".as_slice(), &[0x5a; 64]].concat()),
        ("speaks of keys", b"the PUBLIC KEY of ssh is not this secret".to_vec()),
    ];
    secrets(&ordinary.map(|(name, bytes)| (name.to_owned(), bytes)), "accepted");
}

#[test]
fn h10_refuses_to_mix_secrets_and_public_keys() {
    let secret = hs256();
    let code = "misuse_keys_mixed";
    let error = |builder: jotem::jwt::VerifierBuilder| builder.build().unwrap_err().code().as_str();
    for algorithm in Algorithm::ALL.into_iter().filter(|algorithm| !algorithm.is_symmetric()) {
        let public = key(algorithm);
        let keys = || [secret.verifying_key(), public.verifying_key()];
        assert_eq!(error(Verifier::builder(keys())), code);
        let named = [("a", secret.verifying_key()), ("b", public.verifying_key())];
        let named = named.map(|(name, key)| key.with_key_id(name));
        assert_eq!(error(Verifier::builder(named)), code);
        assert_eq!(error(Verifier::builder(keys()).algorithms([algorithm])), code);
        assert_eq!(error(Verifier::builder(keys()).algorithms([Algorithm::Hs256])), code);
        let list = [Algorithm::Hs256, algorithm];
        assert_eq!(error(builder(&public).algorithms(list)), code);
        assert_eq!(error(builder(&secret).algorithms(list)), code);
        let options = jotem::jws::Options::new();
        let error = jotem::jws::verify(&good(&public), keys(), &options).unwrap_err();
        assert_eq!(error.code().as_str(), code);
        let set: KeySet = keys().iter().map(|key| key.to_jwk().unwrap()).collect();
        let error = Verifier::builder(set).build().unwrap_err();
        assert_eq!(error.code().as_str(), code);
    }
    let two = [secret.verifying_key(), key(Algorithm::Hs512).verifying_key()];
    assert!(Verifier::builder(two).build().is_ok());
    let two = [key(Algorithm::Rs256).verifying_key(), key(Algorithm::EdDsa).verifying_key()];
    assert!(Verifier::builder(two).build().is_ok());
}

/// A set of the RSA key of all tests with `alg`, or without.
fn rsa_set(alg: Option<&str>) -> KeySet {
    let json = rsa(Algorithm::Rs256).verifying_key().to_jwk().unwrap().to_json().unwrap();
    let wanted = alg.map_or_else(|| "\"x\":1".to_owned(), |alg| format!(r#""alg":"{alg}""#));
    let json = json.replace(r#""alg":"RS256""#, &wanted);
    KeySet::from_json(format!(r#"{{"keys":[{json}]}}"#)).unwrap()
}

/// A token whose header says `header` and whose signature is made with `signed`.
fn rsa_token(header: Algorithm, signed: Algorithm) -> String {
    headed(&format!(r#"{{"alg":"{header}"}}"#), &rsa(signed))
}

const RSA: [Algorithm; 6] = [
    Algorithm::Rs256,
    Algorithm::Rs384,
    Algorithm::Rs512,
    Algorithm::Ps256,
    Algorithm::Ps384,
    Algorithm::Ps512,
];

#[test]
fn h11_wants_header_key_and_allow_list_to_agree() {
    use Algorithm::{Rs256, Rs512};

    let set = rsa_set(Some("RS512"));
    let builder = |set: &KeySet| Verifier::builder(set).clock(FixedClock::at(NOW));
    let plain = builder(&set).build().unwrap();
    accepts(&plain, [rsa_token(Rs512, Rs512)]);
    refuses(
        &plain,
        [
            (rsa_token(Rs256, Rs512), "jws_alg_not_allowed"),
            (rsa_token(Rs256, Rs256), "jws_alg_not_allowed"),
            (rsa_token(Rs512, Rs256), "jws_signature_mismatch"),
        ],
    );
    // An allow-list with both does not widen the key.
    let both = builder(&set).algorithms([Rs256, Rs512]).build().unwrap();
    accepts(&both, [rsa_token(Rs512, Rs512)]);
    refuses(
        &both,
        [
            (rsa_token(Rs256, Rs512), "jws_key_not_found"),
            (rsa_token(Rs256, Rs256), "jws_key_not_found"),
        ],
    );
    let error = builder(&set).algorithms([Rs256]).build().unwrap_err();
    assert_eq!(error.code().as_str(), "misuse_keys_unusable");
    let jwk = set.keys().next().unwrap();
    let error = VerifyingKey::from_jwk(jwk, Rs256).unwrap_err();
    assert_eq!(error.code().as_str(), "key_algorithm_mismatch");
}

#[test]
fn h12_the_header_never_decides_for_a_key_without_alg() {
    let set = rsa_set(None);
    let builder = |algorithms: &[Algorithm]| {
        let builder = Verifier::builder(&set).algorithms(algorithms.iter().copied());
        builder.clock(FixedClock::at(NOW))
    };
    let error = Verifier::builder(&set).build().unwrap_err();
    assert_eq!(error.code().as_str(), "misuse_keys_unusable");
    for pair in RSA.windows(2) {
        let error = builder(pair).build().unwrap_err();
        assert_eq!(error.code().as_str(), "misuse_keys_unusable", "{pair:?}");
    }
    for pinned in RSA {
        let verifier = builder(&[pinned]).build().unwrap();
        accepts(&verifier, [rsa_token(pinned, pinned)]);
        for other in RSA.into_iter().filter(|other| *other != pinned) {
            refuses(&verifier, [(rsa_token(other, other), "jws_alg_not_allowed")]);
        }
        for hmac in HMACS {
            let modulus = member(&rsa(Algorithm::Rs256).verifying_key(), "n");
            for secret in [modulus.as_slice(), b"\0"] {
                let forged = good(&attacker(secret, hmac));
                refuses(&verifier, [(forged, "jws_alg_not_allowed")]);
            }
        }
    }
    for hmac in HMACS {
        let error = builder(&[hmac]).build().unwrap_err();
        assert_eq!(error.code().as_str(), "misuse_keys_unusable");
        let error = VerifyingKey::from_jwk(set.keys().next().unwrap(), hmac).unwrap_err();
        assert_eq!(error.code().as_str(), "key_algorithm_mismatch");
    }
    // A secret without `alg` has three that fit: it must be told, too.
    let oct = format!(r#"{{"keys":[{{"kty":"oct","k":"{}"}}]}}"#, base64url([0x9d; 64]));
    let oct = KeySet::from_json(oct).unwrap();
    assert!(Verifier::builder(&oct).build().is_err());
    assert!(Verifier::builder(&oct).algorithms(HMACS).build().is_err());
    assert!(Verifier::builder(&oct).algorithms([Algorithm::Hs256]).build().is_ok());
}

#[test]
fn h12_an_algorithm_that_is_named_twice_pins_a_key_as_one() {
    let builder = Verifier::builder(rsa_set(None)).algorithms([Algorithm::Rs256; 2]);
    let verifier = builder.clock(FixedClock::at(NOW)).build().unwrap();
    accepts(&verifier, [rsa_token(Algorithm::Rs256, Algorithm::Rs256)]);
}

#[test]
fn h13_refuses_another_scheme_or_hash_of_the_same_rsa_key() {
    for own in RSA {
        let typed = builder(&rsa(own)).build().unwrap();
        let of_a_set = Verifier::builder(rsa_set(Some(own.name())));
        let of_a_set = of_a_set.clock(FixedClock::at(NOW)).build().unwrap();
        for verifier in [typed, of_a_set] {
            accepts(&verifier, [rsa_token(own, own)]);
            for other in RSA.into_iter().filter(|other| *other != own) {
                refuses(
                    &verifier,
                    [
                        (rsa_token(other, other), "jws_alg_not_allowed"),
                        (rsa_token(other, own), "jws_alg_not_allowed"),
                        (rsa_token(own, other), "jws_signature_mismatch"),
                    ],
                );
            }
        }
    }
}
