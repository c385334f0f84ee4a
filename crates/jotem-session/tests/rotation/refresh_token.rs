//! Refresh tokens: only ours are read, and a successor is always the same text.

use jotem::Secret;
use jotem_session::refresh_token::{RefreshKeys, RefreshToken, RefreshTokenError, SessionId};

const END: u32 = 1_797_897_600;

fn keys(byte: u8) -> RefreshKeys {
    RefreshKeys::derive(&Secret::from(vec![byte; 32])).unwrap()
}

fn token(keys: &RefreshKeys) -> RefreshToken {
    RefreshToken::first(keys.subject(None, "42"), SessionId::generate(END).unwrap()).unwrap()
}

fn refusal(text: &str, keys: &RefreshKeys) -> RefreshTokenError {
    RefreshToken::read(text, keys).unwrap_err()
}

#[test]
fn a_token_says_what_it_was_made_with() {
    let keys = keys(7);
    let token = token(&keys);
    let text = token.write(&keys);
    assert_eq!(text.len(), 92);
    let read = RefreshToken::read(&text, &keys).unwrap();
    assert_eq!(read.subject(), keys.subject(None, "42"));
    assert_eq!((read.session(), read.generation()), (token.session(), 1));
    assert_eq!(read.secret_hash(), token.secret_hash());
    assert_eq!(u32::from(read.session().last_day()), END / 86_400);
    assert_eq!(read.session().to_string().len(), 22);
}

#[test]
fn a_successor_is_the_same_text_however_often_it_is_made() {
    let keys = keys(7);
    let first = token(&keys);
    let second = first.at(2).write(&keys);
    assert_ne!(*second, *first.write(&keys));
    let again = RefreshToken::read(&first.write(&keys), &keys).unwrap().at(2).write(&keys);
    assert_eq!(*second, *again);
    assert_eq!(RefreshToken::read(&second, &keys).unwrap().secret_hash(), first.secret_hash());
}

#[test]
fn refuses_a_token_of_which_any_one_character_is_another() {
    let keys = keys(7);
    let text = token(&keys).write(&keys);
    for place in 4..text.len() {
        for other in ['A', 'B', '_', '-', '9'] {
            let mut characters: Vec<char> = text.chars().collect();
            if characters[place] == other {
                continue;
            }
            characters[place] = other;
            let changed: String = characters.into_iter().collect();
            assert!(RefreshToken::read(&changed, &keys).is_err(), "{place} {other}");
        }
    }
}

#[test]
fn refuses_what_does_not_look_like_one() {
    let keys = keys(7);
    let text = token(&keys).write(&keys);
    let body = &text[4..];
    for shape in [
        "",
        "jr1_",
        body,
        &text[..91],
        &text[1..],
        &format!("{}A", *text),
        &format!(" {}", *text),
        &format!("{}\n", *text),
        &format!("{}=", *text),
        &format!("JR1_{body}"),
        &format!("jr2_{body}"),
        "eyJhbGciOiJFUzI1NiJ9.e30.AA",
    ] {
        assert_eq!(refusal(shape, &keys), RefreshTokenError::Shape, "{shape:?}");
    }
    for sign in ["+", "/", "=", " ", "\n", "\0", "*"] {
        let changed = format!("jr1_{sign}{}", &body[1..]);
        assert_eq!(refusal(&changed, &keys), RefreshTokenError::Encoding, "{sign:?}");
    }
    // A character of two bytes, so that the length is right.
    assert_eq!(refusal(&format!("jr1_é{}", &body[2..]), &keys), RefreshTokenError::Encoding);
    // The first twelve bits are the form, and half of the number of the key.
    assert_eq!(
        refusal(&format!("jr1_Ag{}", &body[2..]), &keys),
        RefreshTokenError::Form { found: 2 }
    );
}

#[test]
fn refuses_a_token_of_another_master_secret() {
    let (ours, others) = (keys(7), keys(8));
    let text = token(&others).write(&others);
    assert_eq!(refusal(&text, &ours), RefreshTokenError::Forged);
}

#[test]
fn no_two_subjects_share_a_place() {
    let keys = keys(7);
    let places = [
        keys.subject(None, "42"),
        keys.subject(None, "43"),
        keys.subject(Some("a"), "bc"),
        keys.subject(Some("ab"), "c"),
        keys.subject(None, "abc"),
        keys.subject(Some("abc"), ""),
        self::keys(8).subject(None, "42"),
    ];
    for (at, one) in places.iter().enumerate() {
        assert!(places[at + 1..].iter().all(|other| one != other), "{at}");
    }
}

#[test]
fn r19_a_million_tokens_share_neither_secret_nor_session() {
    let subject = keys(7).subject(None, "42");
    let mut seen = std::collections::HashSet::new();
    for _ in 0..1_000_000 {
        let session = SessionId::generate(1_900_000_000).unwrap();
        let token = RefreshToken::first(subject, session).unwrap();
        assert!(seen.insert(token.secret_hash()));
        assert!(seen.insert(*session.as_bytes().last_chunk().unwrap()));
    }
}

#[test]
fn a_master_secret_has_at_least_32_bytes() {
    for bytes in [0, 1, 16, 31] {
        let error = RefreshKeys::derive(&Secret::from(vec![7; bytes])).unwrap_err();
        assert_eq!(error, RefreshTokenError::MasterTooShort { bytes });
    }
}

#[test]
fn debug_output_has_no_secret() {
    let keys = keys(7);
    let token = token(&keys);
    let text = token.write(&keys);
    let shown = format!("{token:?} {keys:?}");
    assert!(shown.starts_with("RefreshToken(session ") && shown.ends_with("RefreshKeys"));
    // 16 bytes of the secret begin at byte 34: characters 46 to 66, whole ones among them.
    assert!(!shown.contains(&text[4 + 48..4 + 60]));
}
