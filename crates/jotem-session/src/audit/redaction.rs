//! What looks like a token, a password or a private key is left out of what a sink says.
//!
//! There is no field for one in an [`Event`](crate::event::Event). But programs put into names and
//! details what they were sent, and a log is read by more people than a header is.

use std::borrow::Cow;

/// Leaves out what looks like a secret.
pub(super) fn without_secrets(text: &str) -> Cow<'_, str> {
    let Some(mut found) = next(text) else { return Cow::Borrowed(text) };
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    loop {
        let (before, from) = rest.split_at(found.0);
        shown.push_str(before);
        let (sign, kind) = found.1;
        let (instead, after) = kind.hide(sign, from);
        shown.push_str(&instead);
        rest = after;
        match next(rest) {
            Some(another) => found = another,
            None => {
                shown.push_str(rest);
                return Cow::Owned(shown);
            }
        }
    }
}

/// The next sign of a secret, and where it is.
fn next(text: &str) -> Option<(usize, (&'static str, Kind))> {
    let found = SIGNS.iter().filter_map(|sign| sign.1.find(sign.0, text).map(|at| (at, *sign)));
    found.min_by_key(|(at, _)| *at)
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    /// It begins with the sign, and has at least so many characters after it.
    Token(usize),
    /// It comes after the sign, in small letters or large ones (RFC 9110 §11.1, of schemes). A scheme is
    /// a word of its own.
    Value,
    /// What stands between the sign and an `@`.
    User,
    /// Everything from the sign on.
    Rest,
}

impl Kind {
    /// Where the sign is.
    fn find(self, sign: &'static str, text: &str) -> Option<usize> {
        match self {
            Self::Value => {
                let bytes = text.as_bytes();
                let begins = |at: usize| {
                    let before = at.checked_sub(1).and_then(|before| bytes.get(before));
                    sign.ends_with('=') || !before.is_some_and(u8::is_ascii_alphanumeric)
                };
                let mut places = bytes.windows(sign.len()).enumerate();
                places
                    .find(|(at, place)| place.eq_ignore_ascii_case(sign.as_bytes()) && begins(*at))
                    .map(|(at, _)| at)
            }
            Self::Token(_) | Self::User | Self::Rest => text.find(sign),
        }
    }

    /// Returns what is shown instead, and what comes after it.
    fn hide<'t>(self, sign: &'static str, from: &'t str) -> (String, &'t str) {
        let (sign, after_sign) = from.split_at(sign.len());
        let passed = |characters: fn(char) -> bool| {
            let after = after_sign.trim_start_matches(characters);
            (after_sign.len().saturating_sub(after.len()), after)
        };
        match self {
            Self::Token(least) => match passed(is_of_token) {
                (length, after) if length >= least => (HIDDEN.to_owned(), after),
                _ => (sign.to_owned(), after_sign),
            },
            Self::Value => match passed(|c| !c.is_whitespace() && !"&;,\"'".contains(c)) {
                (0, after) => (sign.to_owned(), after),
                (_, after) => (format!("{sign}{HIDDEN}"), after),
            },
            Self::User => {
                let end = after_sign.find(|c: char| c.is_whitespace() || "\"'<>".contains(c));
                let (url, _) = after_sign.split_at(end.unwrap_or(after_sign.len()));
                match url.rfind('@') {
                    Some(at) => (format!("{sign}{HIDDEN}"), after_sign.split_at(at).1),
                    None => (sign.to_owned(), after_sign),
                }
            }
            Self::Rest => (HIDDEN.to_owned(), ""),
        }
    }
}

/// base64url, the dots of a compact serialization, and base64.
const fn is_of_token(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.' | '+' | '/' | '=')
}

const HIDDEN: &str = "[hidden]";

/// How secrets begin. A JOSE header is `{"…`, `{ …` or `{` and a line end, in base64url.
const SIGNS: [(&str, Kind); 15] = [
    ("jr1_", Kind::Token(8)),
    ("eyJ", Kind::Token(16)),
    ("eyA", Kind::Token(16)),
    ("ewo", Kind::Token(16)),
    ("ew0", Kind::Token(16)),
    ("Bearer ", Kind::Value),
    ("DPoP ", Kind::Value),
    ("Basic ", Kind::Value),
    ("password=", Kind::Value),
    ("secret=", Kind::Value),
    ("token=", Kind::Value),
    ("\"d\":", Kind::Rest),
    ("\"k\":", Kind::Rest),
    ("://", Kind::User),
    ("-----BEGIN", Kind::Rest),
];

#[cfg(test)]
mod tests {
    use super::without_secrets;

    #[test]
    fn what_looks_like_a_secret_is_left_out() {
        let cases = [
            ("jr1_AQECAwQFBgcICQoLDA", "[hidden]"),
            ("old: jr1_AQECAwQFBgcI, again", "old: [hidden], again"),
            ("eyJhbGciOiJFUzI1NiJ9.e30.AAAA sent twice", "[hidden] sent twice"),
            ("ewogImFsZyI6ICJFUzI1NiIKfQ.e30.AA", "[hidden]"),
            ("Authorization: Bearer abc.def", "Authorization: Bearer [hidden]"),
            ("authorization: bearer abc.def", "authorization: bearer [hidden]"),
            ("é DPOP abc, BASIC YWRh", "é DPOP [hidden], BASIC [hidden]"),
            ("https://ada:open-sesame@host/x", "https://[hidden]@host/x"),
            ("redis://:p@ss/w@host:6379 is down", "redis://[hidden]@host:6379 is down"),
            ("a?token=abc&b=1 Password=x", "a?token=[hidden]&b=1 Password=[hidden]"),
            ("{\"kty\":\"oct\",\"k\":\"AAAA\"}", "{\"kty\":\"oct\",[hidden]"),
            ("-----BEGIN PRIVATE KEY-----\nMIG", "[hidden]"),
        ];
        for (text, shown) in cases {
            assert_eq!(without_secrets(text), shown, "{text}");
        }
    }

    #[test]
    fn names_stay_as_they_are() {
        let names = [
            "ada@example.org",
            "monkeyJumps",
            "jr1_short",
            "jr1_",
            "eyJ",
            "://",
            "https://host/path",
            "Bearer ",
            "acrobasic x",
            "token=",
            "",
        ];
        for name in names {
            assert_eq!(without_secrets(name), name);
        }
    }
}
