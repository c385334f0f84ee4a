//! Where a URL leads, whoever named it; and who answers there.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use jotem_jwks::remote::{JwksClient, JwksEvent};

use super::issuer::{Heard, ISSUER, key, listening, page, token_of, verifier_of};
use super::server::{Reply, Server};

/// An issuer at a name that leads here, whose metadata names a key set.
fn issuer_naming(key_set: impl Fn(&Server) -> String) -> (Server, String) {
    let server = Server::start(|_| Reply::status(404));
    let issuer = server.url_on("issuer.example", "");
    let metadata = format!(r#"{{"issuer":"{issuer}","jwks_uri":"{}"}}"#, key_set(&server));
    server.script(move |asked| match asked.path.as_str() {
        "/.well-known/openid-configuration" => Reply::ok(metadata.clone()),
        _ => Reply::ok(page(&[&key("a")])),
    });
    (server, issuer)
}

fn here(_: &str) -> std::io::Result<Vec<IpAddr>> {
    Ok(vec![[127, 0, 0, 1].into()])
}

#[test]
fn j03_a_key_set_that_an_issuer_names_inside_the_network() {
    for inside in [
        "https://127.0.0.1/jwks.json",
        "https://[::1]/jwks.json",
        "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.1/",
        "https://[fd00::1]/",
        "https://0.0.0.0/",
        "http://127.0.0.1/jwks.json",
        "http://localhost/jwks.json",
        "https://inside.example/jwks.json",
    ] {
        let (server, issuer) = issuer_naming(|_| inside.to_owned());
        let builder = JwksClient::builder().issuer(issuer).allow_http("issuer.example");
        let client = builder.resolve_names(here).build().unwrap();
        assert_eq!(
            client.blocking_refresh().unwrap_err().code(),
            "jwks_address_refused",
            "{inside}"
        );
        assert_eq!(server.hits(), 1, "{inside}");
    }
    // Written so that it looks like another address, or without TLS.
    for tricky in ["https://2130706433/", "https://[::ffff:127.0.0.1]/", "file:///etc/passwd"] {
        let (_server, issuer) = issuer_naming(|_| tricky.to_owned());
        let builder = JwksClient::builder().issuer(issuer).allow_http("issuer.example");
        let client = builder.resolve_names(here).build().unwrap();
        assert_eq!(client.blocking_refresh().unwrap_err().code(), "jwks_url", "{tricky}");
    }
    let (_server, issuer) = issuer_naming(|_| "http://elsewhere.example/".to_owned());
    let builder = JwksClient::builder().issuer(issuer).allow_http("issuer.example");
    let client = builder.resolve_names(here).build().unwrap();
    assert_eq!(client.blocking_refresh().unwrap_err().code(), "jwks_url_not_https");

    // The issuer's own host, which the program named, and a host that it listed.
    for (host, listed) in [("issuer.example", "no.example"), ("inside.example", "inside.example")] {
        let (server, issuer) = issuer_naming(|server| server.url_on(host, "/jwks.json"));
        let builder = JwksClient::builder().issuer(issuer).allow_private(listed);
        let builder = builder.allow_http("issuer.example").allow_http("inside.example");
        let client = builder.resolve_names(here).build().unwrap();
        client.blocking_refresh().unwrap();
        assert_eq!(server.hits(), 2, "{host}");
    }
}

#[test]
fn j03_a_name_that_leads_elsewhere_the_second_time() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let rebinding = move |host: &str| -> std::io::Result<Vec<IpAddr>> {
        if host == "issuer.example" {
            return here(host);
        }
        counter.fetch_add(1, Ordering::SeqCst);
        Ok(vec![[127, 0, 0, 1].into(), [192, 168, 0, 1].into()])
    };
    let (server, issuer) = issuer_naming(|server| server.url_on("rebinding.example", "/jwks.json"));
    let builder = JwksClient::builder().issuer(issuer).allow_http("issuer.example");
    let client = builder.allow_http("rebinding.example").resolve_names(rebinding).build().unwrap();
    assert_eq!(client.blocking_refresh().unwrap_err().code(), "jwks_address_refused");
    // It was resolved once, and what it was resolved to was not connected to.
    assert_eq!((asked.load(Ordering::SeqCst), server.hits()), (1, 1));
}

#[test]
fn j03_a_name_of_this_machine_that_leads_elsewhere() {
    for elsewhere in [[10, 0, 0, 1], [169, 254, 169, 254], [0, 0, 0, 0], [1, 1, 1, 1]] {
        let (builder, _, _) = listening("http://localhost:9/jwks.json");
        let client = builder.resolve_names(move |_| Ok(vec![elsewhere.into()])).build().unwrap();
        assert_eq!(client.blocking_refresh().unwrap_err().code(), "jwks_address_refused");
    }
    for nobodys in [[169, 254, 169, 254], [0, 0, 0, 0], [224, 0, 0, 1]] {
        let (builder, _, _) = listening("https://configured.example/jwks.json");
        let client = builder.resolve_names(move |_| Ok(vec![nobodys.into()])).build().unwrap();
        assert_eq!(client.blocking_refresh().unwrap_err().code(), "jwks_address_refused");
    }
    let (builder, _, _) = listening("https://configured.example/jwks.json");
    let client = builder.resolve_names(|_| Ok(Vec::new())).build().unwrap();
    assert_eq!(client.blocking_refresh().unwrap_err().code(), "jwks_name_unresolved");
}

#[test]
fn j05_metadata_of_another_issuer() {
    let key = key("a");
    let published = page(&[&key]);
    let server = Server::start(|_| Reply::status(404));
    let (issuer, key_set) = (server.url("/tenant"), server.url("/jwks.json"));
    let mut heard = Heard::default();
    for other in [
        "https://attacker.example",
        &server.url("/tenant/"),
        &server.url("/TENANT"),
        &server.url(""),
        "",
    ] {
        let metadata = format!(r#"{{"issuer":"{other}","jwks_uri":"{key_set}"}}"#);
        server.script(move |_| Reply::ok(metadata.clone()));
        let ear = Heard::default();
        let client = JwksClient::builder().issuer(&issuer).on_event(ear.ear()).build().unwrap();
        assert_eq!(
            client.blocking_refresh().unwrap_err().code(),
            "jwks_issuer_mismatch",
            "{other}"
        );
        assert_eq!(client.counters().discovery_mismatches, 1);
        heard = ear;
    }
    assert_eq!(heard.count(|event| matches!(event, JwksEvent::Discovered { .. })), 0);
    assert!(server.asked().iter().all(|asked| asked.path.ends_with("/openid-configuration")));

    for broken in [
        "[]".to_owned(),
        format!(r#"["{issuer}","{key_set}"]"#),
        "<html>".to_owned(),
        format!(r#"{{"issuer":"{issuer}"}}"#),
        format!(r#"{{"jwks_uri":"{key_set}"}}"#),
        format!(r#"{{"issuer":"{issuer}","jwks_uri":7}}"#),
        format!(r#"{{"issuer":"x","issuer":"{issuer}","jwks_uri":"{key_set}"}}"#),
        format!(r#"{{"issuer":"{issuer}","jwks_uri":"x","jwks_uri":"{key_set}"}}"#),
    ] {
        server.script(move |_| Reply::ok(broken.clone()));
        let client = JwksClient::builder().issuer(&issuer).build().unwrap();
        assert_eq!(client.blocking_refresh().unwrap_err().code(), "jwks_metadata");
    }

    let metadata = format!(r#"{{"issuer":"{issuer}","jwks_uri":"{key_set}"}}"#);
    server.script(move |asked| match asked.path.as_str() {
        "/jwks.json" => Reply::ok(published.clone()),
        _ => Reply::ok(metadata.clone()),
    });
    let client = JwksClient::builder().issuer(&issuer).build().unwrap();
    let verifier = verifier_of(&client, &issuer);
    assert!(client.blocking_verify::<()>(&verifier, &token_of(&issuer, &key)).is_ok());
}

#[test]
fn j21_a_certificate_that_nobody_vouches_for() {
    let key = key("a");
    let published = page(&[&key]);
    let server = Server::start_tls(&["issuer.example"], move |_| Reply::ok(published.clone()));
    let url = server.url_on("issuer.example", "/jwks.json");
    let client = |url: &str, authority: Option<&str>| {
        let builder = JwksClient::builder().key_set_of(ISSUER, url).resolve_names(here);
        match authority {
            Some(pem) => builder.certificate_authorities(pem).build(),
            None => builder.build(),
        }
    };
    let other = Server::start_tls(&["issuer.example"], |_| Reply::status(200));
    let refused = |client: JwksClient| {
        let error = client.blocking_refresh().unwrap_err();
        // A machine without any authority trusts nobody either.
        assert!(["jwks_tls", "jwks_tls_setup"].contains(&error.code()), "{error}");
    };
    refused(client(&url, None).unwrap());
    refused(client(&url, Some(other.authority())).unwrap());
    // Vouched for, and for another name.
    refused(client(&server.url_on("attacker.example", "/"), Some(server.authority())).unwrap());
    assert_eq!(server.hits(), 0);
    for no_pem in ["", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "x"] {
        let error = client(&url, Some(no_pem)).unwrap_err();
        assert_eq!(error.code(), "jwks_certificate_authorities");
    }
    client(&url, Some(server.authority())).unwrap().blocking_refresh().unwrap();
    assert_eq!(server.hits(), 1);
}
