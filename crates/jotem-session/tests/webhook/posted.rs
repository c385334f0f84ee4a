//! What is posted, how often, and what is not.

use std::time::Duration;

use jotem::{NumericDate, Secret};
use jotem_session::audit::{AuditError, Webhook, WebhookBuilder, verify_signature};
use jotem_session::event::{Action, Event, EventSink as _};
use jotem_session::store::Subject;

use super::receiver::Server;

const NOW: u64 = 1_795_305_600;
const LONG: Duration = Duration::from_secs(60);

fn secret() -> Secret {
    Secret::from(vec![7; 32])
}

fn webhook(server: &Server) -> WebhookBuilder {
    Webhook::builder(&server.url, secret()).retries(3, Duration::from_millis(5))
}

fn event(action: Action) -> Event {
    let event = Event::new(action, NumericDate::from_secs(NOW)).subject(&Subject::new("ada"));
    event.address(Some("192.0.2.77".parse().unwrap()))
}

#[test]
fn an_alarm_is_posted_and_signed_and_nothing_else_is() {
    let server = Server::start(&[]);
    let webhook = webhook(&server).start().unwrap();
    Action::ALL.iter().for_each(|action| webhook.record(&event(*action)));
    assert!(webhook.flush(LONG));
    let posted = server.rest();
    let alarms: Vec<_> = Action::ALL.iter().filter(|action| action.is_alarm()).collect();
    assert_eq!(posted.len(), alarms.len());
    for (posted, alarm) in posted.iter().zip(alarms) {
        let json = posted.json();
        assert_eq!(
            (json["action"].as_str().unwrap(), &json["alarm"]),
            (alarm.as_str(), &true.into())
        );
        assert_eq!((&json["subject"], &json["ip_prefix"]), (&"ada".into(), &"192.0.2.0/24".into()));
        assert_eq!(json["time"], "2026-11-22T00:00:00.000Z");
        assert_eq!(posted.header("content-type"), "application/json");
        assert_eq!(posted.path, "/hook/path-that-is-a-secret");
    }
    assert_eq!(webhook.counts().delivered, 6);
}

#[test]
fn a_signature_holds_for_these_bytes_this_secret_and_a_while() {
    let server = Server::start(&[]);
    let clock = jotem::SystemClock;
    let webhook = webhook(&server).clock(clock).start().unwrap();
    webhook.record(&event(Action::RefreshReuse));
    let posted = server.next();
    let (header, body) = (posted.header("jotem-signature"), posted.body.as_bytes());
    let signed: u64 = header[2..].split(',').next().unwrap().parse().unwrap();
    let check = |secret: &Secret, header: &str, body: &[u8], now: u64| {
        let now = NumericDate::from_secs(now);
        verify_signature(secret, header, body, now, Duration::from_secs(300))
    };
    assert_eq!(check(&secret(), header, body, signed + 300), Ok(()));
    assert_eq!(check(&secret(), header, body, signed - 300), Ok(()));
    let refused = Err(AuditError::WebhookSignature);
    assert_eq!(check(&secret(), header, body, signed + 301), refused);
    assert_eq!(check(&secret(), header, body, signed - 301), refused);
    assert_eq!(check(&Secret::from(vec![8; 32]), header, body, signed), refused);
    assert_eq!(check(&secret(), header, &body[1..], signed), refused);
    let later = header.replace(&signed.to_string(), &(signed + 1).to_string());
    for header in ["", "t=", "t=1", "v1=", later.as_str(), &header[..header.len() - 1]] {
        assert_eq!(check(&secret(), header, body, signed), refused, "{header}");
    }
    let upper = header.to_uppercase();
    for header in [&format!("{header}0"), &format!("t=0{}", &header[2..]), &upper] {
        assert_eq!(check(&secret(), header, body, signed), refused, "{header}");
    }
}

#[test]
fn what_is_not_taken_is_tried_again_under_the_same_id() {
    let server = Server::start(&[500, 0, 429]);
    let webhook = webhook(&server).start().unwrap();
    webhook.record(&event(Action::RefreshReuse));
    assert!(webhook.flush(LONG));
    let ids: Vec<_> = server.rest().iter().map(|posted| posted.json()["id"].clone()).collect();
    assert_eq!(ids.len(), 4);
    assert!(ids.windows(2).all(|pair| pair[0] == pair[1]), "{ids:?}");
    assert_eq!((webhook.counts().delivered, webhook.counts().dropped), (1, 0));
}

#[test]
fn what_is_refused_or_never_taken_is_dropped_and_counted() {
    // No redirect is followed, and what is refused is not tried again.
    let server = Server::start(&[302, 404, 503, 503, 503, 503]);
    let webhook = webhook(&server).start().unwrap();
    (0..3).for_each(|_| webhook.record(&event(Action::RefreshReuse)));
    assert!(webhook.flush(LONG));
    assert_eq!(server.rest().len(), 6);
    assert_eq!((webhook.counts().delivered, webhook.counts().dropped), (0, 3));
}

#[test]
fn of_a_storm_a_few_are_posted_and_the_rest_is_counted() {
    let server = Server::start(&[]);
    let webhook = webhook(&server).at_most(3).start().unwrap();
    (0..1_000).for_each(|_| webhook.record(&event(Action::RefreshReuse)));
    // Another action is none of that storm.
    webhook.record(&event(Action::StoreFailed));
    assert!(webhook.flush(LONG));
    assert_eq!(server.rest().len(), 4);
    assert_eq!((webhook.counts().delivered, webhook.counts().suppressed), (4, 997));
    drop(webhook);
    let last = server.next().json();
    assert_eq!((&last["action"], &last["suppressed"]), (&"refresh.reuse".into(), &997.into()));
}

#[test]
fn the_number_of_what_was_left_out_is_posted_when_the_span_is_over() {
    let server = Server::start(&[]);
    let webhook = webhook(&server).at_most(1).within(Duration::from_millis(300)).start().unwrap();
    (0..50).for_each(|_| webhook.record(&event(Action::RefreshReuse)));
    assert_eq!(server.next().json()["suppressed"], serde_json::Value::Null);
    let suppressed = server.next().json()["suppressed"].as_u64().unwrap();
    assert!(suppressed > 0 && suppressed <= 49, "{suppressed}");
}

#[test]
fn a_receiver_that_hangs_holds_nobody_up() {
    // It takes connections, and never answers.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let webhook = Webhook::builder(url, secret()).capacity(8).at_most(u32::MAX);
    let limit = Duration::from_millis(50);
    let webhook = webhook.timeout(limit).retries(0, limit).close_limit(LONG).start().unwrap();
    (0..1_000).for_each(|_| webhook.record(&event(Action::RefreshReuse)));
    let counts = webhook.counts();
    assert!(counts.dropped > 900 && counts.delivered == 0, "{counts:?}");
    assert!(webhook.flush(LONG));
    assert_eq!(webhook.counts().dropped, 1_000);
}

#[test]
fn only_urls_that_cannot_be_listened_to_are_posted_to() {
    let urls = [
        "http://alerts.example/hook",
        "http://192.0.2.1/hook",
        "https://user:open-sesame@alerts.example/hook",
        "https://169.254.169.254/latest",
        "ftp://alerts.example/hook",
        "alerts.example/hook",
        "https://alerts.example/hook#open-sesame",
        "",
    ];
    for url in urls {
        let error = Webhook::builder(url, secret()).start().unwrap_err();
        assert_eq!(error.code(), "audit_webhook_url", "{url}");
        assert!(
            !error.to_string().contains("alerts.example") && !error.to_string().contains("sesame")
        );
    }
    let short = Webhook::builder("https://alerts.example/", Secret::from(vec![7; 31]));
    assert_eq!(short.start().unwrap_err().code(), "audit_webhook_secret");
}
