//! Signatures of any bytes: the options of verifying one, what a resolver is asked, and keys by
//! themselves.

use jotem::error::Excerpt;
use jotem::jws::{self, KeyRequest, KeyResolver, Keys, Options, Signer};
use jotem::{Algorithm, KeySet, Limits, Rejection, SigningKey, VerifyingKey};

use super::{code, key};

/// The code with which a JWS is refused, or `"accepted"`.
fn verdict(token: &str, keys: impl Into<Keys>, options: &Options<'_>) -> &'static str {
    match jws::verify(token, keys, options) {
        Ok(_) => "accepted",
        Err(error) => error.code().as_str(),
    }
}

#[test]
fn options_narrow_the_allow_list() {
    let key = key(Algorithm::Es256);
    let token = jws::sign(b"text", &key).unwrap();
    let only = |algorithm| Options::new().algorithms([algorithm]);
    assert_eq!(verdict(&token, key.verifying_key(), &only(Algorithm::Es256)), "accepted");
    let other = verdict(&token, key.verifying_key(), &only(Algorithm::EdDsa));
    assert_eq!(other, "misuse_keys_unusable");
}

#[test]
fn options_say_how_many_keys_are_tried() {
    let keys = [(); 3].map(|()| key(Algorithm::EdDsa));
    let public = || keys.each_ref().map(SigningKey::verifying_key);
    let token = jws::sign(b"text", &keys[2]).unwrap();
    for (tries, wanted) in [
        (0, "jws_key_ambiguous"),
        (1, "jws_key_ambiguous"),
        (2, "jws_key_ambiguous"),
        (3, "accepted"),
        (4, "accepted"),
    ] {
        assert_eq!(verdict(&token, public(), &Options::new().try_keys(tries)), wanted, "{tries}");
    }
    // No number of tries is none: one key is tried whatever is said.
    let one = verdict(&token, keys[2].verifying_key(), &Options::new().try_keys(0));
    assert_eq!(one, "accepted");
}

#[test]
fn options_name_the_extensions_that_the_application_handles() {
    let key = key(Algorithm::Hs256);
    // {"alg":"HS256","crit":["x","y"],"x":1,"y":2}
    let input = "eyJhbGciOiJIUzI1NiIsImNyaXQiOlsieCIsInkiXSwieCI6MSwieSI6Mn0.dGV4dA";
    let signature = key.sign(input.as_bytes()).unwrap();
    let token = format!("{input}.{}", encoded(signature.as_ref()));
    let critical = |names: &[&str]| Options::new().critical(names.iter().copied());
    for (names, wanted) in [
        (&["x", "y"][..], "accepted"),
        (&["y", "z", "x"], "accepted"),
        (&[], "jws_crit_unknown"),
        (&["x"], "jws_crit_unknown"),
        (&["y"], "jws_crit_unknown"),
        (&["X", "Y"], "jws_crit_unknown"),
    ] {
        assert_eq!(verdict(&token, key.verifying_key(), &critical(names)), wanted, "{names:?}");
    }
}

#[test]
fn options_set_the_limits() {
    let key = key(Algorithm::EdDsa);
    let token = jws::sign(b"text", &key).unwrap();
    let within = |bytes| Options::new().limits(Limits::default().token_bytes(bytes));
    assert_eq!(verdict(&token, key.verifying_key(), &within(token.len())), "accepted");
    let over = verdict(&token, key.verifying_key(), &within(token.len() - 1));
    assert_eq!(over, "token_too_large");
}

#[test]
fn a_signer_writes_what_it_was_told_to() {
    let key = key(Algorithm::EdDsa);
    let detached = Signer::new(&key).detached().sign(b"text").unwrap();
    let parts: Vec<_> = detached.split('.').collect();
    assert_eq!((parts.len(), parts[1]), (3, ""));
    let options = Options::new().detached(b"text");
    let verified = jws::verify(&detached, key.verifying_key(), &options).unwrap();
    assert_eq!(verified.payload(), b"text");
    for reserved in ["alg", "kid", "b64", "crit", "enc", "zip", "epk", "jwk"] {
        let refused = Signer::new(&key).header(reserved, "x");
        assert_eq!(code(refused), "misuse_header_reserved", "{reserved}");
    }
}

#[test]
fn a_signature_of_bytes_is_checked_by_length_and_in_full() {
    let key = key(Algorithm::Es256);
    let signature = key.sign(b"message").unwrap();
    let public = key.verifying_key();
    let check = |message: &[u8], signature: &[u8]| code(public.verify(message, signature));
    assert!(public.verify(b"message", signature.as_ref()).is_ok());
    assert_eq!(check(b"massage", signature.as_ref()), "jws_signature_mismatch");
    assert_eq!(check(b"message", &signature.as_ref()[1..]), "jws_signature_length");
    assert_eq!(check(b"message", b""), "jws_signature_length");
    assert_eq!(
        check(b"message", &[0x30, 0x06, 0x02, 0x01, 1, 0x02, 0x01, 1]),
        "jws_signature_is_der"
    );
    let mut altered = signature.as_ref().to_vec();
    altered[63] ^= 1;
    assert_eq!(check(b"message", &altered), "jws_signature_mismatch");
}

/// Checks what it is asked, and knows one key.
#[derive(Debug)]
struct Asked(VerifyingKey, Option<&'static str>, Option<&'static str>);

impl KeyResolver for Asked {
    fn resolve(&self, request: &KeyRequest<'_>) -> Result<Vec<VerifyingKey>, Excerpt> {
        assert_eq!(request.algorithm(), Algorithm::EdDsa);
        assert_eq!(request.untrusted_key_id(), self.1);
        assert_eq!(request.untrusted_type(), self.2);
        Ok(vec![self.0.clone()])
    }
}

#[test]
fn a_resolver_is_told_the_algorithm_the_name_and_the_type() {
    let plain = key(Algorithm::EdDsa);
    let named = plain.clone().with_key_id("a");
    let options = Options::new().algorithms([Algorithm::EdDsa]);
    let cases = [
        (Signer::new(&plain), None, None),
        (Signer::new(&named), Some("a"), None),
        (Signer::new(&plain).header("typ", "x+jws").unwrap(), None, Some("x+jws")),
    ];
    for (signer, key_id, token_type) in cases {
        let resolver = Asked(plain.verifying_key(), key_id, token_type);
        let token = signer.sign(b"text").unwrap();
        assert_eq!(verdict(&token, Keys::resolver(resolver), &options), "accepted");
    }
}

#[test]
fn keys_come_one_by_one_in_lists_and_in_sets() {
    let [one, other] = [key(Algorithm::EdDsa).with_key_id("a"), key(Algorithm::EdDsa)];
    let token = jws::sign(b"text", &one).unwrap();
    let [public, wrong] = [one.verifying_key(), other.verifying_key().with_key_id("b")];
    let set: KeySet = [public.to_jwk().unwrap()].into_iter().collect();
    let options = Options::new();
    assert_eq!(verdict(&token, public.clone(), &options), "accepted");
    assert_eq!(verdict(&token, &public, &options), "accepted");
    assert_eq!(verdict(&token, vec![wrong.clone(), public.clone()], &options), "accepted");
    assert_eq!(verdict(&token, [wrong.clone(), public], &options), "accepted");
    assert_eq!(verdict(&token, set.clone(), &options), "accepted");
    assert_eq!(verdict(&token, &set, &options), "accepted");
    assert_eq!(verdict(&token, wrong.clone(), &options), "jws_key_not_found");
    assert_eq!(verdict(&token, &wrong, &options), "jws_key_not_found");
}

#[test]
fn a_key_that_is_not_found_is_named() {
    let [named, twin, other] = ["a", "a", "b"].map(|name| key(Algorithm::EdDsa).with_key_id(name));
    let refused = |token: &str, keys: &[&SigningKey]| {
        let keys: Vec<_> = keys.iter().map(|key| key.verifying_key()).collect();
        jws::verify(token, keys, &Options::new()).unwrap_err().rejection().cloned().unwrap()
    };
    let key_id = Some(Excerpt::new("a"));
    let found = refused(&jws::sign(b"text", &named).unwrap(), &[&other]);
    assert_eq!(
        found,
        Rejection::KeyNotFound { algorithm: Algorithm::EdDsa, key_id: key_id.clone() }
    );
    let found = refused(&jws::sign(b"text", &named).unwrap(), &[&named, &twin]);
    assert_eq!(found, Rejection::KeyAmbiguous { candidates: 2, key_id });
    let unnamed = key(Algorithm::EdDsa);
    let found = refused(&jws::sign(b"text", &unnamed).unwrap(), &[&named, &other]);
    assert_eq!(found, Rejection::KeyAmbiguous { candidates: 2, key_id: None });
}

#[test]
fn a_set_makes_one_key_of_each_member_that_can_verify() {
    let [ec, rsa, secret] = [Algorithm::Es256, Algorithm::Rs256, Algorithm::Hs256].map(key);
    // `to_jwk` says the algorithm; a set that other programs publish need not.
    let bare = |key: &SigningKey| {
        let json = key.to_jwk().unwrap().to_private_json();
        let json = std::str::from_utf8(json.expose()).unwrap();
        json.replace(&format!(r#","alg":"{}""#, key.algorithm()), "")
    };
    let members = [bare(&ec), bare(&rsa), r#"{"kty":"unheard-of"}"#.to_owned(), bare(&secret)];
    let set = KeySet::from_json(format!(r#"{{"keys":[{}]}}"#, members.join(","))).unwrap();
    let algorithms = |pinned: &[Algorithm]| -> Vec<Algorithm> {
        set.verifying_keys(pinned).iter().map(VerifyingKey::algorithm).collect()
    };
    assert_eq!(algorithms(&[]), [Algorithm::Es256]);
    assert_eq!(algorithms(&[Algorithm::Ps256]), [Algorithm::Es256, Algorithm::Ps256]);
    assert_eq!(algorithms(&[Algorithm::Rs256, Algorithm::Ps256]), [Algorithm::Es256]);
    assert_eq!(algorithms(&[Algorithm::Hs256]), [Algorithm::Es256, Algorithm::Hs256]);
    let reasons: Vec<_> = set.verdicts(&[]).map(|verdict| verdict.err()).collect();
    let codes = reasons.iter().map(|reason| reason.as_ref().map(|reason| reason.code().as_str()));
    let unknown = Some("key_algorithm_unknown");
    assert_eq!(codes.collect::<Vec<_>>(), [None, unknown, Some("key_type_unknown"), unknown]);
    // What verifies is public, whatever was published.
    let made = set.verifying_keys(&[]);
    assert_eq!(made[0].thumbprint(), ec.verifying_key().thumbprint());
    assert!(!made[0].to_jwk().unwrap().is_private());
    // Members that cannot be used, and shared secrets, are not published again.
    let published = KeySet::from_json(set.to_json()).unwrap();
    assert_eq!(published.members().len(), 2);
    assert!(published.keys().all(|jwk| !jwk.is_private()));
    assert!(set.keys().all(jotem::Jwk::is_private));
}

/// base64url of bytes, taken from where the library itself writes it.
fn encoded(bytes: &[u8]) -> String {
    let secret = SigningKey::from_secret([7; 32], Algorithm::Hs256).unwrap();
    let token = jws::sign(bytes, &secret).unwrap();
    token.split('.').nth(1).unwrap().to_owned()
}
