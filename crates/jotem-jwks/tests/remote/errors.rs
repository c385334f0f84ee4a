//! The errors of remote key sets: every variant has a code of its own, a message that was looked at,
//! and a section in `docs/errors.md` that quotes it.

use std::collections::BTreeSet;
use std::time::Duration;

use jotem::error::Excerpt;
use jotem_jwks::remote::RemoteError;

fn samples() -> Vec<RemoteError> {
    [of_the_configuration(), of_the_way(), of_the_answer()].concat()
}

fn host() -> Excerpt {
    Excerpt::new("issuer.example")
}

fn of_the_configuration() -> Vec<RemoteError> {
    let text = Excerpt::new;
    vec![
        RemoteError::SourceMissing,
        RemoteError::SourceTwice { source_name: text("https://issuer.example") },
        RemoteError::SourceUnowned { url: text("https://keys.example/jwks.json") },
        RemoteError::Url {
            url: text("file:///etc/passwd"),
            reason: "its scheme is neither https nor http",
        },
        RemoteError::UrlNotHttps { url: text("http://issuer.example/jwks.json") },
        RemoteError::Setting { setting: "hard_age", reason: "the longest soft age to thirty days" },
        RemoteError::Algorithms { reason: "a shared secret cannot be published" },
        RemoteError::CertificateAuthorities { reason: text("there is no certificate in it") },
        RemoteError::RequestHeader { name: text("host"), reason: "the client writes it itself" },
    ]
}

fn of_the_way() -> Vec<RemoteError> {
    let text = Excerpt::new;
    let refused = "Connection refused (os error 111)";
    vec![
        RemoteError::NameUnresolved { host: host() },
        RemoteError::AddressRefused { host: text("keys.example"), address: [10, 0, 0, 1].into() },
        RemoteError::Connection { host: host(), reason: text(refused) },
        RemoteError::Tls { host: host(), reason: text("invalid peer certificate: UnknownIssuer") },
        RemoteError::TlsSetup { reason: text("No CA certificates were loaded from the system") },
        RemoteError::Timeout { host: host(), limit: Duration::from_secs(5) },
    ]
}

fn of_the_answer() -> Vec<RemoteError> {
    let text = Excerpt::new;
    vec![
        RemoteError::Status { host: host(), status: 503 },
        RemoteError::Redirect { host: host(), status: 302 },
        RemoteError::Transfer {
            host: host(),
            reason: text("end of file before message length reached"),
        },
        RemoteError::Encoded { host: host() },
        RemoteError::TooLarge { host: host(), limit: 524_288 },
        RemoteError::Malformed {
            host: host(),
            reason: text("the JWK is not sound JSON: a value is expected at byte 0"),
        },
        RemoteError::TooManyKeys { host: host(), found: 5_000, limit: 100 },
        RemoteError::NoUsableKey { host: host(), members: 2 },
        RemoteError::Metadata {
            host: host(),
            reason: text("missing field `jwks_uri` at line 1 column 35"),
        },
        RemoteError::IssuerMismatch {
            expected: text("https://issuer.example"),
            found: text("https://issuer.example/"),
        },
        RemoteError::CoolDown { wait: Duration::from_secs(7) },
        RemoteError::Stopped,
    ]
}

/// The sections of the documentation, each with its code.
fn sections() -> Vec<(&'static str, &'static str)> {
    let documentation = include_str!("../../../../docs/errors.md");
    let (_, own) = documentation.split_once("\n## Remote key sets\n").unwrap();
    let own = own.split("\n## ").next().unwrap();
    own.split("\n### `").skip(1).filter_map(|section| section.split_once("`\n")).collect()
}

#[test]
fn every_code_has_one_variant() {
    let codes: Vec<_> = samples().iter().map(RemoteError::code).collect();
    let distinct: BTreeSet<_> = codes.iter().copied().collect();
    assert_eq!(distinct.len(), codes.len(), "two samples share a code");
    assert_eq!(distinct, RemoteError::CODES.iter().copied().collect());
    assert!(codes.iter().all(|code| code.starts_with("jwks_")));
}

#[test]
fn every_code_has_a_section_and_every_section_a_code() {
    let sections = sections();
    let described: BTreeSet<_> = sections.iter().map(|(code, _)| *code).collect();
    assert_eq!(described.len(), sections.len(), "a code is described twice");
    assert_eq!(described, RemoteError::CODES.iter().copied().collect());
}

#[test]
fn the_sections_quote_the_messages_and_the_hints() {
    let sections = sections();
    for error in samples() {
        let (_, text) = sections.iter().find(|(code, _)| *code == error.code()).unwrap();
        assert!(text.contains(&format!("\n- For example: {error}\n")), "{error}");
        assert!(text.contains(&format!("\n- What to do: {}\n", error.hint())), "{error}");
    }
}

#[test]
fn every_message_reads_as_it_was_agreed() {
    let lines: Vec<String> = samples()
        .iter()
        .map(|error| format!("{}\n  message: {error}\n  hint:    {}\n", error.code(), error.hint()))
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn messages_are_one_sentence_without_a_full_stop() {
    for error in samples() {
        let message = error.to_string();
        assert!(!message.contains('\n') && !message.ends_with('.'), "{message}");
        assert!(!message.chars().next().unwrap().is_uppercase() || message.starts_with("TLS"));
    }
}

#[test]
fn the_wire_is_told_nothing_of_it() {
    for error in samples() {
        let public = error.public();
        assert_eq!(public.error, "server_error");
        assert_eq!(public.description, "the token could not be checked");
    }
}
