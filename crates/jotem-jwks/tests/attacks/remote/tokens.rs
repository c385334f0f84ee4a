//! Tokens that cause requests, name addresses, or use one issuer's key for another.

use std::collections::BTreeSet;

use jotem::{Algorithm, Claims, Issuer, Verifier};
use jotem_jwks::remote::JwksClient;

use super::issuer::{
    ISSUER, Moved, OTHER, client, key, listening, member, page, page_of, refusal, token, token_of,
    verifier,
};
use super::server::{Reply, Server};

#[test]
fn c20_a_claim_that_is_an_address() {
    let known = key("known");
    let published = page(&[&known]);
    let server = Server::start(move |_| Reply::ok(published.clone()));
    let attacker = Server::start(|_| Reply::status(404));
    let (client, _, _) = client(&server.url("/jwks.json"));
    client.blocking_ready().unwrap();
    let verifier = verifier(&client);
    for issuer in [
        attacker.url(""),
        attacker.url("/../x"),
        "http://169.254.169.254".to_owned(),
        "../x".to_owned(),
        format!("{ISSUER}/../other"),
        format!("{ISSUER}@attacker.example"),
    ] {
        let stranger = key(&attacker.url("/kid"));
        let verdict = client.blocking_verify::<()>(&verifier, &token_of(&issuer, &stranger));
        assert_eq!(refusal(verdict), "jws_key_not_found");
        // With the name of a key that is there.
        let verdict = client.blocking_verify::<()>(&verifier, &token_of(&issuer, &known));
        assert_eq!(refusal(verdict), "jwt_issuer_mismatch");
    }
    assert_eq!((attacker.hits(), server.hits()), (0, 1));
    let hidden =
        Issuer::builder(key("new")).issuer(ISSUER).lifetime(std::time::Duration::from_secs(60));
    let hidden = hidden.header("jku", attacker.url("/jwks.json")).build();
    let token = hidden.unwrap().issue(&Claims::empty()).unwrap();
    assert_eq!(refusal(client.blocking_verify::<()>(&verifier, &token)), "jws_key_not_found");
    assert_eq!((attacker.hits(), server.hits()), (0, 2));
}

#[test]
fn j05_a_key_set_is_never_named_by_a_token() {
    let key = key("a");
    let published = page(&[&key]);
    let attacker = Server::start(move |_| Reply::ok(published.clone()));
    let server = Server::start(|_| Reply::status(404));
    let issuer = server.url("/tenant");
    let client = JwksClient::builder().issuer(&issuer).build().unwrap();
    let verifier = Verifier::builder(&client).algorithms([Algorithm::Es256]).issuer(&issuer);
    let verifier = verifier.build().unwrap();
    for named in [attacker.url(""), attacker.url("/tenant"), format!("{issuer}/../other")] {
        let verdict = client.blocking_verify::<()>(&verifier, &token_of(&named, &key));
        assert_eq!(refusal(verdict), "jws_keys_unavailable");
    }
    assert_eq!(attacker.hits(), 0);
    let asked: BTreeSet<_> = server.asked().into_iter().map(|asked| asked.path).collect();
    let known = [
        "/tenant/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server/tenant",
    ];
    assert!(asked.iter().all(|path| known.contains(&path.as_str())), "{asked:?}");
}

#[test]
fn j06_ten_thousand_tokens_with_random_key_names() {
    let known = key("known");
    let published = page(&[&known]);
    let server = Server::start(move |_| Reply::ok(published.clone()));
    let (client, clock, _) = client(&server.url("/jwks.json"));
    client.blocking_ready().unwrap();
    let (verifier, good, stranger) = (verifier(&client), token(&known), key("stranger"));
    let tokens: Vec<String> =
        (0..500).map(|n| token(&stranger.clone().with_key_id(format!("random {n}")))).collect();
    std::thread::scope(|scope| {
        for thread in 0..50 {
            let (client, verifier, tokens, good) = (&client, &verifier, &tokens, &good);
            scope.spawn(move || {
                for n in 0..200 {
                    let bad = &tokens[(thread * 10 + n) % tokens.len()];
                    let verdict = client.blocking_verify::<()>(verifier, bad);
                    assert_eq!(refusal(verdict), "jws_key_not_found");
                    assert!(n % 20 != 0 || client.blocking_verify::<()>(verifier, good).is_ok());
                }
            });
        }
    });
    assert_eq!(server.hits(), 2);
    let counters = client.counters();
    let refused = counters.unknown_refused_by_cool_down + counters.unknown_refused_as_absent;
    assert!(refused + counters.fetches_joined < 10_000 && refused > 0);
    // An outage makes it no better for the attacker.
    server.script(|_| Reply::status(500));
    clock.advance(10);
    for token in &tokens {
        assert_eq!(refusal(client.blocking_verify::<()>(&verifier, token)), "jws_key_not_found");
    }
    assert_eq!(server.hits(), 3);
}

/// A client of two issuers, each with its page, which have been there for a while.
fn client_of_two(server: &Server) -> (JwksClient, Moved) {
    let (builder, clock, _) = listening(&server.url("/one"));
    let client = builder.key_set_of(OTHER, server.url("/other")).build().unwrap();
    client.blocking_ready().unwrap();
    clock.advance(6);
    (client, clock)
}

/// A server of the pages of two issuers.
fn serving(one: String, other: String) -> Server {
    Server::start(move |asked| {
        Reply::ok(if asked.path == "/one" { one.clone() } else { other.clone() })
    })
}

/// A verifier of both issuers' tokens, which tries one key.
fn verifier_of_two(client: &JwksClient) -> Verifier {
    let builder = Verifier::builder(client).algorithms([Algorithm::Es256]);
    builder.issuers([ISSUER, OTHER]).build().unwrap()
}

#[test]
fn j15_the_same_key_name_at_two_issuers() {
    let (one, other) = (key("1"), key("1"));
    let server = serving(page(&[&one]), page(&[&other]));
    let (client, _) = client_of_two(&server);
    let verifier = verifier_of_two(&client);
    for (issuer, own, foreign) in [(ISSUER, &one, &other), (OTHER, &other, &one)] {
        assert!(verifier.verify::<()>(&token_of(issuer, own)).is_ok());
        // The key of another issuer is not even tried.
        let forged = token_of(issuer, foreign);
        assert_eq!(refusal(verifier.verify::<()>(&forged)), "jws_signature_mismatch");
    }
    // Who names no issuer, or one of whom there are no keys, has no key here.
    let nobody = Issuer::builder(one.clone()).lifetime(std::time::Duration::from_secs(60));
    let nobody = nobody.build().unwrap().issue(&Claims::empty()).unwrap();
    for token in [nobody, token_of("https://unknown.example", &one), token_of("/", &other)] {
        assert_eq!(refusal(verifier.verify::<()>(&token)), "jws_key_not_found");
        let refused = verifier.verify::<()>(&token).unwrap_err();
        assert!(!client.is_for_want(&token, &refused), "it leads nowhere");
    }
    assert_eq!(server.hits(), 2);
}

#[test]
fn j15_an_issuer_that_publishes_keys_under_every_name_of_another() {
    let own = [key("1"), key("2")];
    // As many as one may publish, some under the other's names, one of them the other's very key.
    let mut hostile: Vec<_> = (0..99).map(|at| key(if at % 2 == 0 { "1" } else { "2" })).collect();
    hostile.push(own[0].clone());
    let pages = (page(&own.each_ref()), page(&hostile.iter().collect::<Vec<_>>()));
    let server = serving(pages.0, pages.1);
    let (client, _) = client_of_two(&server);
    let verifier = verifier_of_two(&client);
    for key in &own {
        assert!(verifier.verify::<()>(&token(key)).is_ok());
        let unnamed = key.clone().with_key_id("3");
        assert_eq!(refusal(verifier.verify::<()>(&token(&unnamed))), "jws_key_not_found");
    }
    for forged in &hostile[..4] {
        assert_eq!(refusal(verifier.verify::<()>(&token(forged))), "jws_signature_mismatch");
        // Its own tokens name fifty keys: they are refused, and none of these is tried.
        let ambiguous = token_of(OTHER, forged);
        assert_eq!(refusal(verifier.verify::<()>(&ambiguous)), "jws_key_ambiguous");
    }
    let builder = Verifier::builder(&client).algorithms([Algorithm::Es256]);
    let patient = builder.issuers([ISSUER, OTHER]).try_keys(49).build().unwrap();
    assert!(patient.verify::<()>(&token_of(OTHER, &hostile[1])).is_ok(), "one of 49");
    let refused = patient.verify::<()>(&token_of(OTHER, &hostile[0]));
    assert_eq!(refusal(refused), "jws_key_ambiguous", "one of 51");
    assert!(patient.verify::<()>(&token(&own[0])).is_ok());
}

#[test]
fn j15_a_key_of_another_issuer_under_the_name_of_one_that_is_just_published() {
    let (old, new, squatter) = (key("old"), key("new"), key("new"));
    // With a certificate that no token of the new key names.
    let certified =
        member(&squatter).replacen('{', &format!(r#"{{"x5t#S256":"{}","#, "A".repeat(43)), 1);
    let published = page_of(&[certified]);
    let named = jotem::jws::Signer::new(&new).header("x5t#S256", "B".repeat(42) + "A").unwrap();
    let claims = format!(r#"{{"iss":"{ISSUER}","exp":4102444800}}"#);
    for (token, code) in [
        (token(&new), "jws_signature_mismatch"),
        (named.sign(claims.as_bytes()).unwrap(), "jws_certificate_mismatch"),
    ] {
        let server = serving(page(&[&old]), published.clone());
        let (client, clock) = client_of_two(&server);
        let verifier = verifier_of_two(&client);
        let (fresh, other) = (page(&[&old, &new]), published.clone());
        server.script(move |asked| {
            Reply::ok(if asked.path == "/one" { fresh.clone() } else { other.clone() })
        });
        // The only key of that name here is the other's: the issuer is asked, as for any unknown key.
        assert_eq!(refusal(verifier.verify::<()>(&token)), code);
        assert!(client.blocking_verify::<()>(&verifier, &token).is_ok());
        assert_eq!(server.hits(), 3);
        // A forged token of a name that is there asks nobody.
        clock.advance(60);
        let verdict = client.blocking_verify::<()>(&verifier, &token_of(ISSUER, &squatter));
        assert_eq!(refusal(verdict), "jws_signature_mismatch");
        assert!(client.blocking_verify::<()>(&verifier, &token_of(OTHER, &squatter)).is_ok());
        assert_eq!(server.hits(), 3);
    }
}

#[test]
fn j15_several_keys_of_another_issuer_or_a_copy_under_the_name_of_one_that_is_just_published() {
    let (old, new) = (key("old"), key("new"));
    let several = page(&[&key("new"), &key("new")]);
    for (squatted, code) in [(several, "jws_key_ambiguous"), (page(&[&new]), "jwt_issuer_mismatch")]
    {
        let server = serving(page(&[&old]), squatted.clone());
        let (client, _clock) = client_of_two(&server);
        let verifier = verifier_of_two(&client);
        let fresh = page(&[&old, &new]);
        server.script(move |asked| {
            Reply::ok(if asked.path == "/one" { fresh.clone() } else { squatted.clone() })
        });
        assert_eq!(refusal(verifier.verify::<()>(&token(&new))), code);
        assert!(client.blocking_verify::<()>(&verifier, &token(&new)).is_ok());
        assert_eq!(server.hits(), 3);
    }
}

#[test]
fn j15_a_signature_that_does_not_hold_asks_no_key_set_without_an_owner() {
    let (one, other) = (key("1"), key("2"));
    let server = serving(page(&[&one]), page(&[&other]));
    let clock = Moved::default();
    let builder = JwksClient::builder().key_set(server.url("/one")).key_set(server.url("/other"));
    let client = builder.clock(clock.clone()).build().unwrap();
    client.blocking_ready().unwrap();
    clock.advance(6);
    let verifier = verifier(&client);
    assert!(verifier.verify::<()>(&token(&one)).is_ok());
    let forged = token(&key("1"));
    let refused = verifier.verify::<()>(&forged).unwrap_err();
    assert!(!client.is_for_want(&forged, &refused));
    let verdict = client.blocking_verify::<()>(&verifier, &forged);
    assert_eq!((refusal(verdict), server.hits()), ("jws_signature_mismatch", 2));
}

#[test]
fn j15_whose_keys_they_are_is_said_for_all_or_for_none() {
    let mixed = JwksClient::builder().key_set("https://a.example/").issuer(ISSUER).build();
    assert_eq!(mixed.unwrap_err().code(), "jwks_source_unowned");
    for twice in [
        JwksClient::builder().issuer(ISSUER).issuer(ISSUER),
        JwksClient::builder().issuer(ISSUER).key_set_of(ISSUER, "https://a.example/"),
        JwksClient::builder().key_set("https://a.example/").key_set("https://a.example"),
    ] {
        assert_eq!(twice.build().unwrap_err().code(), "jwks_source_twice");
    }
    assert_eq!(JwksClient::builder().build().unwrap_err().code(), "jwks_source_missing");
}

#[test]
fn j15_a_key_of_another_issuer_under_the_name_of_one_that_is_not_here_yet() {
    let (one, other) = (key("1"), key("1"));
    let (first, second) = (page(&[&one]), page(&[&other]));
    let server = Server::start(move |_| Reply::ok(first.clone()));
    let away = Server::start(|_| Reply::status(503));
    let (builder, clock, _) = listening(&server.url("/jwks.json"));
    let client = builder.key_set_of(OTHER, away.url("/jwks.json")).build().unwrap();
    assert!(client.blocking_ready().is_err());
    let builder = Verifier::builder(&client).algorithms([Algorithm::Es256]);
    let verifier = builder.issuers([ISSUER, OTHER]).build().unwrap();
    assert!(client.blocking_verify::<()>(&verifier, &token_of(ISSUER, &one)).is_ok());

    // While it is away its tokens are refused; a forged one of the issuer that is here asks nobody.
    let token = token_of(OTHER, &other);
    let verdict = client.blocking_verify::<()>(&verifier, &token);
    assert_eq!(refusal(verdict), "jws_signature_mismatch");
    clock.advance(6);
    let forged = token_of(ISSUER, &other);
    let refused = verifier.verify::<()>(&forged).unwrap_err();
    assert!(!client.is_for_want(&forged, &refused));
    assert_eq!(server.hits(), 1);

    // When it is back, its token brings its keys in.
    away.script(move |_| Reply::ok(second.clone()));
    clock.advance(60);
    assert!(client.blocking_verify::<()>(&verifier, &token).is_ok());
}

#[test]
fn j17_names_of_keys_without_end() {
    let known = key("known");
    let published = page(&[&known]);
    let server = Server::start(move |_| Reply::ok(published.clone()));
    let (client, clock, _) = client(&server.url("/jwks.json"));
    client.blocking_ready().unwrap();
    let (verifier, stranger) = (verifier(&client), key("stranger"));
    // Of a name only a number is kept, and of numbers 1,024: that is tested where they are. Here:
    // however long and however many, they change nothing but the counters.
    let before = client.status();
    for n in 0..200 {
        clock.advance(if n % 50 == 0 { 30 } else { 0 });
        let name = format!("{n}{}", "x".repeat(1_000));
        let token = token(&stranger.clone().with_key_id(name));
        assert_eq!(refusal(client.blocking_verify::<()>(&verifier, &token)), "jws_key_not_found");
    }
    assert_eq!(server.hits(), 1 + 4);
    assert_eq!(client.status()[0].keys, before[0].keys);
    assert!(client.blocking_verify::<()>(&verifier, &token(&known)).is_ok());
}
