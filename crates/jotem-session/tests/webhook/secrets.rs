//! Tokens, secrets and passwords are in the program, and in no output of any sink.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jotem::{Algorithm, Claims, Issuer, NumericDate, Secret, SigningKey};
use jotem_session::audit::{
    self, AuditLog, ChainKey, FanOut, OnEvent, TracingSink, Verification, Webhook,
};
use jotem_session::event::{Action, Event, EventSink};
use jotem_session::metrics::{Measured, MetricsSink};
use jotem_session::refresh_token::{RefreshKeys, RefreshToken, SessionId};
use jotem_session::store::{Memory, Subject};
use metrics_exporter_prometheus::PrometheusBuilder;

use super::receiver::Server;

/// What `tracing` writes.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What must not be said, and what a program may write of it by mistake.
struct Secrets {
    hidden: Vec<String>,
    said: Vec<String>,
}

fn secrets() -> Secrets {
    let master = Secret::from(b"a master secret of 32 bytes or so".to_vec());
    let keys = RefreshKeys::derive(&master).unwrap();
    let session = SessionId::generate(1_797_897_600).unwrap();
    let refresh = RefreshToken::first(keys.subject(None, "42"), session).unwrap().write(&keys);
    let key = SigningKey::generate(Algorithm::Es256).unwrap();
    let issuer = Issuer::builder(key).lifetime(Duration::from_secs(900)).build().unwrap();
    let access = issuer.issue(&Claims::empty().subject("42")).unwrap();
    let end = |text: &str| text[text.len() - 40..].to_owned();
    let begin = |text: &str| text[..30].to_owned();
    let refresh = refresh.to_string();
    Secrets {
        hidden: vec![
            begin(&refresh),
            end(&refresh),
            begin(&access),
            end(&access),
            "open-sesame".to_owned(),
            "master secret of 32".to_owned(),
            "webhook secret of 32".to_owned(),
            "path-that-is-a-secret".to_owned(),
        ],
        said: vec![
            refresh.clone(),
            access.clone(),
            format!("again: {refresh}"),
            format!("Bearer {access}"),
            "redis://ada:open-sesame@cache:6379".to_owned(),
            "grant_type=password&password=open-sesame&scope=a".to_owned(),
            format!("\n\u{1b}[31m{refresh}\u{0}"),
        ],
    }
}

fn events(said: &str) -> Vec<Event> {
    let all = Action::ALL.into_iter().map(|action| {
        Event::new(action, NumericDate::from_secs(1_795_305_600))
            .subject(&Subject::new(said).tenant(said))
            .client(said)
            .token_id(said)
            .key_id(said)
            .address(Some("192.0.2.77".parse().unwrap()))
            .reason("refresh_token_forged")
            .detail(said)
    });
    all.collect()
}

#[expect(clippy::too_many_lines, reason = "every output there is, one after the other")]
#[test]
fn no_output_of_any_sink_has_a_secret_in_it() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("audit.jsonl");
    let Secrets { hidden, said } = secrets();
    let server = Server::start(&[]);
    let master = Secret::from(b"a master secret of 32 bytes or so".to_vec());
    let key = ChainKey::derive(&master).unwrap();
    let webhook_secret = Secret::from(b"a webhook secret of 32 bytes or so".to_vec());
    let mut output = String::new();

    let builder = AuditLog::builder(&path).key(key.clone());
    output += &format!("{builder:?}\n");
    let log = Arc::new(builder.open().unwrap());
    let builder = Webhook::builder(&server.url, webhook_secret).at_most(u32::MAX);
    output += &format!("{builder:?}\n");
    let webhook = Arc::new(builder.only(Action::ALL).start().unwrap());
    let panics = OnEvent::new(|event| std::panic::panic_any(event.client.clone().unwrap()));
    let sinks: [Arc<dyn EventSink>; 5] = [
        log.clone(),
        webhook.clone(),
        Arc::new(TracingSink::default()),
        Arc::new(MetricsSink),
        Arc::new(panics),
    ];
    let sinks = FanOut::new(sinks);

    let written = Written::default();
    let writer = written.clone();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE);
    let subscriber = subscriber.with_writer(move || writer.clone()).finish();
    let recorder = PrometheusBuilder::new().build_recorder();
    tracing::subscriber::with_default(subscriber, || {
        metrics::with_local_recorder(&recorder, || {
            said.iter().flat_map(|said| events(said)).for_each(|event| sinks.record(&event));
        });
    });
    assert!(log.flush(Duration::from_secs(60)) && webhook.flush(Duration::from_secs(60)));

    output += &format!("{log:?} {webhook:?} {sinks:?} {key:?} {:?}\n", log.checkpoint());
    output += &format!("{:?}\n", Measured::new(Arc::new(Memory::new())));
    let mut verification = Verification::new(Some(&key));
    let bytes = std::fs::read(&path).unwrap();
    verification.read(&bytes[..]).unwrap();
    output += &format!("{verification:?} {:?}\n", verification.verified());
    for text in [&bytes[..], &bytes[..100], b"x\n"] {
        output += &format!("{:?}\n", audit::verify(text, None).unwrap_err());
    }
    let log_text = String::from_utf8(bytes).unwrap();
    let posts: Vec<_> = server.rest();
    let posted: String =
        posts.iter().map(|it| format!("{}\n{}\n", it.body, it.header("jotem-signature"))).collect();
    let traced = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
    let scraped = recorder.handle().render();

    // Each of them was written to.
    let number = said.len() * Action::ALL.len();
    assert_eq!(posts.len(), number);
    assert_eq!(log_text.lines().count(), number + 1);
    assert!(traced.lines().count() >= number && scraped.contains("jotem_refresh_total"));
    assert!([&log_text, &posted, &traced].iter().all(|text| text.contains("[hidden]")));
    let names = ["output", "log", "posts", "traced", "scraped"];
    for (name, text) in names.iter().zip([&output, &log_text, &posted, &traced, &scraped]) {
        for secret in &hidden {
            assert!(!text.contains(secret.as_str()), "{name} has {secret}");
        }
        // Nor does anything in them end a line, or do something to a terminal.
        let forged = |c: char| c != '\n' && c.is_control() && !(*name == "traced" && c == '\u{1b}');
        assert!(!text.contains(forged), "{name}");
    }
    assert!(!traced.contains("\u{1b}[31m\u{0}") && !traced.contains("192.0.2.77"));
}
