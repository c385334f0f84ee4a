//! What is in a fetched set: members that cannot be used, that share a name, or that are for
//! something else. The engine's rules for a set in memory hold for one that was fetched.

use jotem::{Algorithm, SigningKey, Verifier};
use jotem_jwks::remote::{JwksClient, JwksEvent, SkipReason};

use super::issuer::{Heard, ISSUER, client, key, member, page_of, refusal, token, verifier};
use super::server::{Reply, Server};

/// A client that has fetched these members, and the server that published them.
fn fetched(members: &[String]) -> (JwksClient, Heard, Server) {
    let published = page_of(members);
    let server = Server::start(move |_| Reply::ok(published.clone()));
    let (client, _, heard) = client(&server.url("/jwks.json"));
    client.blocking_ready().unwrap();
    (client, heard, server)
}

/// The code with which a client without any keys refuses a set.
fn refused_set(members: &[String]) -> &'static str {
    let published = page_of(members);
    let server = Server::start(move |_| Reply::ok(published.clone()));
    let (client, _, _) = client(&server.url("/jwks.json"));
    client.blocking_refresh().unwrap_err().code()
}

/// A member with more in front, and without what `to_jwk` declares.
fn declared(key: &SigningKey, more: &str) -> String {
    let alg = format!(r#","alg":"{}""#, key.algorithm());
    let bare = member(key).replace(r#","use":"sig""#, "").replace(&alg, "");
    bare.replacen('{', &format!("{{{more}"), 1)
}

/// Why a token is refused, also by who waits for a fetch.
fn refusal_of(client: &JwksClient, verifier: &Verifier, token: &str) -> &'static str {
    let plain = refusal(verifier.verify::<()>(token));
    assert_eq!(refusal(client.blocking_verify::<()>(verifier, token)), plain);
    plain
}

fn trying(client: &JwksClient, keys: usize) -> Verifier {
    let builder = Verifier::builder(client).algorithms([Algorithm::Es256]);
    builder.issuer(ISSUER).try_keys(keys).build().unwrap()
}

fn skipped_codes(heard: &Heard) -> Vec<&'static str> {
    let events = heard.events().into_iter();
    let codes = events.filter_map(|event| {
        let JwksEvent::MemberSkipped { reason: SkipReason::Unusable(reason), .. } = event else {
            return None;
        };
        Some(reason.code().as_str())
    });
    codes.collect()
}

/// A point that has the right size and is not on the curve.
const OFF_THE_CURVE: &str = r#"{"kty":"EC","crv":"P-256","kid":"off","x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE","y":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE"}"#;

#[test]
fn j11_bad_members_do_not_harm_the_good_one() {
    let good = key("good");
    let bad = [
        OFF_THE_CURVE,
        "null",
        "1",
        "[]",
        "{}",
        r#"{"kty":1}"#,
        r#"{"kty":"unknown","kid":"good"}"#,
        r#"{"kty":"EC","crv":"P-256","kid":"short","x":"AA","y":"AA"}"#,
        r#"{"kty":"EC","crv":"P-256","kid":1,"x":"AA","y":"AA"}"#,
        r#"{"kty":"RSA","kid":"even","n":"AAAA","e":"Ag"}"#,
    ]
    .map(str::to_owned);
    for bad in &bad {
        let own = member(&good);
        for members in [[own.clone(), bad.clone()], [bad.clone(), own]] {
            let (client, heard, _server) = fetched(&members);
            assert!(verifier(&client).verify::<()>(&token(&good)).is_ok(), "{bad}");
            assert_eq!(skipped_codes(&heard).len(), 1, "{bad}");
        }
        assert_eq!(refused_set(std::slice::from_ref(bad)), "jwks_no_usable_key", "{bad}");
    }
    assert_eq!(refused_set(&bad), "jwks_no_usable_key");
    let (client, _, _server) = fetched(&[bad.as_slice(), &[member(&good)]].concat());
    let verifier = verifier(&client);
    assert!(verifier.verify::<()>(&token(&good)).is_ok());
    for name in ["off", "short", "even", "1", ""] {
        let forged = token(&key(name));
        assert_eq!(refusal_of(&client, &verifier, &forged), "jws_key_not_found", "{name}");
    }
}

#[test]
fn j12_two_keys_of_one_name_are_never_decided_by_their_order() {
    let bare = [(); 2].map(|()| SigningKey::generate(Algorithm::Es256).unwrap());
    let named = bare.clone().map(|key| key.with_key_id("1"));
    let [a, b] = named.each_ref().map(member);
    for members in [[a.clone(), b.clone()], [b, a]] {
        let (client, _, _server) = fetched(&members);
        let verifier = verifier(&client);
        for key in named.iter().chain(&bare) {
            assert_eq!(refusal_of(&client, &verifier, &token(key)), "jws_key_ambiguous");
        }
        // Who has both tried has both, and nothing else.
        let both = trying(&client, 2);
        for key in named.iter().chain(&bare) {
            assert!(both.verify::<()>(&token(key)).is_ok());
        }
        assert_eq!(refusal_of(&client, &both, &token(&key("1"))), "jws_signature_mismatch");
    }
    // A set that comes to have two of them later is no better.
    let [a, b] = named.each_ref().map(member);
    let (client, _, server) = fetched(std::slice::from_ref(&a));
    let verifier = verifier(&client);
    assert!(verifier.verify::<()>(&token(&named[0])).is_ok());
    server.script(move |_| Reply::ok(page_of(&[a.clone(), b.clone()])));
    client.blocking_refresh().unwrap();
    for key in &named {
        assert_eq!(refusal_of(&client, &verifier, &token(key)), "jws_key_ambiguous");
    }
}

#[test]
fn j12_a_key_whose_name_is_that_of_a_member_that_cannot_be_read() {
    let [own, other] = [key("1"), key("2")];
    let twin = r#"{"kty":"EC","crv":"P-0","kid":"1"}"#.to_owned();
    let (a, b) = (member(&own), member(&other));
    for members in [[a.clone(), twin.clone(), b.clone()], [twin.clone(), b, a.clone()]] {
        let (client, heard, _server) = fetched(&members);
        let verifier = verifier(&client);
        assert!(verifier.verify::<()>(&token(&other)).is_ok());
        assert_eq!(refusal_of(&client, &verifier, &token(&own)), "jws_key_not_found");
        assert!(skipped_codes(&heard).contains(&"key_id_twice"), "{:?}", skipped_codes(&heard));
        assert_eq!(client.status()[0].keys.len(), 1);
    }
    assert_eq!(refused_set(&[a, twin]), "jwks_no_usable_key");
}

#[test]
fn j12_keys_of_one_name_and_different_types_are_told_by_the_algorithm() {
    let algorithms = [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Es384];
    let made = |algorithm| SigningKey::generate(algorithm).unwrap().with_key_id("1");
    let keys = algorithms.map(made);
    let mut members = keys.each_ref().map(member);
    for _ in 0..3 {
        members.rotate_left(1);
        let (client, _, _server) = fetched(&members);
        let builder = Verifier::builder(&client).algorithms(algorithms);
        let verifier = builder.issuer(ISSUER).build().unwrap();
        for key in &keys {
            assert!(verifier.verify::<()>(&token(key)).is_ok());
            let forged = token(&made(key.algorithm()));
            assert_eq!(refusal_of(&client, &verifier, &forged), "jws_signature_mismatch");
        }
    }
}

#[test]
fn j13_a_token_without_a_key_name_needs_exactly_one_candidate() {
    let bare = [(); 3].map(|()| SigningKey::generate(Algorithm::Es256).unwrap());
    let named = |at: usize| bare[at].clone().with_key_id(at.to_string());
    let stranger = SigningKey::generate(Algorithm::Es256).unwrap();
    for kept in [
        bare.each_ref().map(member),
        [0, 1, 2].map(|at| member(&named(at))),
        [member(&bare[0]), member(&named(1)), member(&named(2))],
    ] {
        let (client, _, _server) = fetched(&kept);
        for few in [verifier(&client), trying(&client, 2)] {
            for key in bare.iter().chain([&stranger]) {
                assert_eq!(refusal_of(&client, &few, &token(key)), "jws_key_ambiguous");
            }
        }
        let three = trying(&client, 3);
        for key in &bare {
            assert!(three.verify::<()>(&token(key)).is_ok());
        }
        assert_eq!(refusal_of(&client, &three, &token(&stranger)), "jws_signature_mismatch");
    }
    // Of three, one fits: by algorithm and curve, or by what it is for.
    let es384 = SigningKey::generate(Algorithm::Es384).unwrap();
    let ed25519 = SigningKey::generate(Algorithm::EdDsa).unwrap();
    let others = [member(&es384), member(&ed25519)];
    let marked =
        [declared(&bare[1], r#""use":"enc","#), declared(&bare[2], r#""key_ops":["deriveKey"],"#)];
    for others in [others, marked] {
        let (client, _, _server) = fetched(&[others.as_slice(), &[member(&bare[0])]].concat());
        let verifier = verifier(&client);
        assert!(verifier.verify::<()>(&token(&bare[0])).is_ok());
        for key in [&bare[1], &bare[2], &stranger] {
            assert_eq!(refusal_of(&client, &verifier, &token(key)), "jws_signature_mismatch");
        }
    }
}

#[test]
fn j13_a_name_that_the_set_does_not_have_leads_to_keys_without_one_and_to_no_other() {
    let bare = SigningKey::generate(Algorithm::Es256).unwrap();
    let named = key("named");
    let (client, _, _server) = fetched(&[member(&bare), member(&named)]);
    let verifier = verifier(&client);
    assert!(verifier.verify::<()>(&token(&bare.clone().with_key_id("whatever"))).is_ok());
    assert!(verifier.verify::<()>(&token(&named)).is_ok());
    let elsewhere = token(&named.with_key_id("whatever"));
    assert_eq!(refusal_of(&client, &verifier, &elsewhere), "jws_signature_mismatch");
    let borrowed = token(&bare.with_key_id("named"));
    assert_eq!(refusal_of(&client, &verifier, &borrowed), "jws_signature_mismatch");
}

#[test]
fn j16_a_key_of_encryption_is_no_candidate() {
    let (good, other) = (key("good"), key("other"));
    for purpose in [
        r#""use":"enc","#,
        r#""use":"enc","alg":"ES256","#,
        r#""use":"SIG","#,
        r#""use":1,"#,
        r#""key_ops":[],"#,
        r#""key_ops":["encrypt"],"#,
        r#""key_ops":["deriveKey"],"#,
        r#""alg":"ECDH-ES","#,
        r#""alg":"none","#,
        r#""alg":"HS256","#,
    ] {
        let marked = declared(&other, purpose);
        let (marking, heard, _server) = fetched(&[marked.clone(), member(&good)]);
        let verifier = trying(&marking, 1);
        assert_eq!(refusal_of(&marking, &verifier, &token(&other)), "jws_key_not_found");
        assert!(verifier.verify::<()>(&token(&good)).is_ok());
        assert!(!skipped_codes(&heard).is_empty(), "{purpose}");
        assert_eq!(refused_set(&[marked]), "jwks_no_usable_key", "{purpose}");

        // It was for signatures until now.
        let published = page_of(&[member(&good), member(&other)]);
        let server = Server::start(move |_| Reply::ok(published.clone()));
        let (client, _, _) = client(&server.url("/jwks.json"));
        client.blocking_ready().unwrap();
        let verifier = trying(&client, 1);
        assert!(verifier.verify::<()>(&token(&other)).is_ok());
        let published = page_of(&[member(&good), declared(&other, purpose)]);
        server.script(move |_| Reply::ok(published.clone()));
        client.blocking_refresh().unwrap();
        assert_eq!(refusal_of(&client, &verifier, &token(&other)), "jws_key_not_found");
    }
    for purpose in ["", r#""use":"sig","#, r#""key_ops":["verify"],"#, r#""alg":"ES256","#] {
        let (client, _, _server) = fetched(&[declared(&other, purpose)]);
        let verdict = trying(&client, 1).verify::<()>(&token(&other));
        assert!(verdict.is_ok(), "{purpose}: {verdict:?}");
    }
}
