//! What stands in a line.

use std::net::IpAddr;
use std::time::Duration;

use jotem::NumericDate;
use jotem_session::audit::{Addresses, AuditLog};
use jotem_session::event::{Action, Event, EventSink as _};
use jotem_session::refresh_token::SessionId;
use jotem_session::store::Subject;
use serde_json::json;

use super::folder::{Folder, LONG, NOW};

fn written(builder: impl FnOnce(&Folder) -> AuditLog, event: &Event) -> serde_json::Value {
    let folder = Folder::new();
    let log = builder(&folder);
    log.record(event);
    assert!(log.flush(LONG));
    folder.lines().remove(1)
}

fn whole() -> Event {
    let at = NumericDate::from_secs(NOW).saturating_add(Duration::from_millis(7));
    Event::new(Action::RefreshReuse, at)
        .subject(&Subject::new("ada").tenant("acme"))
        .client("web")
        .session(SessionId::from_bytes([7; 16]))
        .token_id("a-jti")
        .key_id("a-kid")
        .address(Some(IpAddr::from([192, 0, 2, 77])))
        .reason("refresh_reuse")
        .detail("generation 3, and 5 is the last")
}

#[test]
fn every_member_of_an_event_is_in_its_line() {
    let mut line = written(|folder| folder.log().open().unwrap(), &whole());
    let members = line.as_object_mut().unwrap();
    for chained in ["prev", "hash"] {
        let seal = members.remove(chained).unwrap();
        assert_eq!(seal.as_str().unwrap().len(), 43);
    }
    let expected = json!({
        "seq": 2, "time": "2026-11-22T00:00:00.007Z", "action": "refresh.reuse", "alarm": true,
        "subject": "ada", "tenant": "acme", "client": "web", "sid": "BwcHBwcHBwcHBwcHBwcHBw",
        "jti": "a-jti", "kid": "a-kid", "ip_prefix": "192.0.2.0/24", "reason": "refresh_reuse",
        "detail": "generation 3, and 5 is the last",
    });
    assert_eq!(line, expected);
}

#[test]
fn of_an_address_there_is_the_network_unless_the_program_wants_all_or_nothing() {
    let cases = [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("::1", "::/48"),
    ];
    for (address, prefix) in cases {
        let event = whole().address(Some(address.parse().unwrap()));
        let line = written(|folder| folder.log().open().unwrap(), &event);
        assert_eq!((&line["ip_prefix"], &line["ip"]), (&json!(prefix), &json!(null)), "{address}");
    }
    let with = |addresses: Addresses| {
        written(|folder| folder.log().addresses(addresses).open().unwrap(), &whole())
    };
    let line = with(Addresses::Whole);
    assert_eq!((&line["ip"], &line["ip_prefix"]), (&json!("192.0.2.77"), &json!(null)));
    let line = with(Addresses::Never);
    assert_eq!((&line["ip"], &line["ip_prefix"]), (&json!(null), &json!(null)));
}

#[test]
fn what_an_event_does_not_have_is_not_in_its_line() {
    let event = Event::new(Action::ViewFresh, NumericDate::from_secs(NOW));
    let line = written(|folder| folder.log().open().unwrap(), &event);
    let mut names: Vec<_> = line.as_object().unwrap().keys().cloned().collect();
    names.sort_unstable();
    assert_eq!(names, ["action", "hash", "prev", "seq", "time"]);
}

#[test]
fn whatever_is_in_a_name_a_line_is_one_line_of_printable_ascii() {
    let names = [
        "ada\n{\"seq\":9,\"action\":\"session.start\"}",
        "ada\r\u{2028}\u{2029}\u{85}",
        "\u{1b}[2J\u{9b}31m\u{7}\u{0}\u{7f}",
        "\u{202e}evil\u{2066}",
        "\",\"prev\":\"x\",\"hash\":\"y\"}\\",
        "Ådå 🙂",
    ];
    for name in names {
        let folder = Folder::new();
        let log = folder.log().open().unwrap();
        log.record(&whole().client(name).subject(&Subject::new(name).tenant(name)).key_id(name));
        drop(log);
        let text = folder.text();
        assert_eq!(text.lines().count(), 3, "{text}");
        assert!(text.bytes().all(|byte| byte == b'\n' || (b' '..=b'~').contains(&byte)));
        let line = &folder.lines()[1];
        for member in ["client", "subject", "tenant", "kid"] {
            assert_eq!(line[member], name);
        }
        assert!(folder.verify(None).is_ok());
    }
}

#[test]
fn a_huge_name_is_cut_and_two_that_begin_alike_stay_two() {
    let huge = |end: &str| format!("{}{end}", "\u{1f642}".repeat(1_000_000));
    let cut = |end: &str| {
        let event = whole().client(&huge(end)).subject(&Subject::new(huge(end)).tenant(huge(end)));
        let event = event.token_id(&huge(end)).key_id(&huge(end)).detail(&huge(end));
        let folder = Folder::new();
        let log = folder.log().open().unwrap();
        log.record(&event);
        drop(log);
        assert!(folder.text().len() < 32 * 1024);
        assert_eq!(folder.verify(None).unwrap().lines(), 3);
        folder.lines()[1]["client"].as_str().unwrap().to_owned()
    };
    let (one, other) = (cut("1"), cut("2"));
    assert_eq!((one.chars().count(), other.chars().count()), (209, 209));
    assert_ne!(one, other);
}
