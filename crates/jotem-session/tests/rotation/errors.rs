//! Every reason has a code, a message that was looked at, and a section in `docs/errors.md`.

use std::collections::BTreeSet;
use std::time::Duration;

use jotem::Secret;
use jotem_session::record::Record;
use jotem_session::refresh_token::{RefreshKeys, RefreshToken, RefreshTokenError, SessionId};
use jotem_session::rotation::RotationPolicy;

/// Code, message and hint of each.
fn all() -> Vec<[String; 3]> {
    macro_rules! describe {
        ($($error:expr),* $(,)?) => {
            vec![$({ let error = $error; [error.code().to_owned(), error.to_string(), error.hint().to_owned()] }),*]
        };
    }
    let keys = RefreshKeys::derive(&Secret::from(vec![7; 32])).unwrap();
    let others = RefreshKeys::derive(&Secret::from(vec![8; 32])).unwrap();
    let token = RefreshToken::first(keys.subject(None, "42"), SessionId::generate(0).unwrap());
    let text = token.unwrap().write(&keys);
    let changed = |begin: &str| {
        RefreshToken::read(&format!("jr1_{begin}{}", &text[4 + begin.len()..]), &keys)
    };
    let record = |first: u8| {
        let mut bytes = [0; Record::BYTES];
        bytes[0] = first;
        Record::decode(&bytes).unwrap_err()
    };
    let web = RotationPolicy::web();
    let refuse = |policy: RotationPolicy| policy.check().unwrap_err();
    describe![
        record(0x20),
        Record::decode(&[]).unwrap_err(),
        record(0x1f),
        changed("*").unwrap_err(),
        RefreshToken::read(&text, &others).unwrap_err(),
        changed("Ag").unwrap_err(),
        changed("AQI").unwrap_err(),
        RefreshKeys::derive(&Secret::from(vec![7; 16])).unwrap_err(),
        RefreshTokenError::Random,
        RefreshToken::read("eyJhbGciOiJFUzI1NiJ9.e30.AA", &keys).unwrap_err(),
        refuse(web.window(Duration::ZERO, 5)),
        refuse(web.idle(Duration::ZERO)),
        refuse(web.lifetime(Duration::MAX)),
        refuse(web.window(Duration::MAX, 1)),
    ]
}

#[test]
fn every_message_reads_as_it_was_agreed() {
    let text = all().into_iter().map(|[code, message, hint]| {
        assert!(!message.ends_with('.') && !hint.is_empty(), "{code}");
        format!("{code}\n  message: {message}\n  hint:    {hint}\n")
    });
    insta::assert_snapshot!(text.collect::<Vec<_>>().join("\n"));
}

#[test]
fn every_code_has_a_section_in_the_documentation() {
    let page = include_str!("../../../../docs/errors.md");
    let (_, sessions) = page.split_once("\n## Sessions\n").unwrap();
    let sessions = sessions.split("\n## ").next().unwrap();
    let heading = |line: &str| Some(line.strip_prefix("### `")?.strip_suffix('`')?.to_owned());
    let sections: BTreeSet<String> = sessions.lines().filter_map(heading).collect();
    let codes: BTreeSet<String> = all().into_iter().map(|[code, _, _]| code).collect();
    assert_eq!(codes.len(), 14, "two samples share a code");
    assert_eq!(sections, codes);
}
