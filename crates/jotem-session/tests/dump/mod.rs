//! What a store has written, in the hands of somebody else (attack class R19).

#![expect(clippy::expect_used, reason = "a test stops where it fails")]

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use jotem::Secret;
use jotem_session::refresh_token::{RefreshKeys, RefreshToken};
use jotem_session::store::{Kept, Store};
use jotem_session::{Grant, Sessions, TokenPair};

/// Sessions, and every token that they have given out.
pub(crate) struct Life {
    sessions: Sessions,
    kept: Kept,
    pairs: Vec<TokenPair>,
}

/// No byte is there twice, so that nothing else looks like a part of it.
fn master_bytes() -> Vec<u8> {
    (0..32_u8).map(|number| number.wrapping_mul(37).wrapping_add(101)).collect()
}

const LABEL: &str = "the telephone of somebody";

impl Life {
    /// Logins, a refresh, a lost answer and a log out; the keys are in the store as well.
    pub(crate) async fn over(store: Arc<dyn Store>) -> Self {
        let sessions = Sessions::builder(Secret::from(master_bytes()))
            .store(Arc::clone(&store))
            .poll_every(Duration::from_secs(3_600))
            .open()
            .await
            .expect("sessions");
        let first = sessions.start("ada", Grant::new().label(LABEL)).await.expect("a login");
        let second = sessions.refresh(first.refresh_token()).await.expect("a refresh");
        sessions.refresh(first.refresh_token()).await.expect("the same once more");
        let ended = sessions.start("ada", Grant::new()).await.expect("another login");
        assert!(sessions.revoke_token(ended.refresh_token()).await.expect("a log out"));
        assert!(sessions.revoke_token(second.access_token()).await.expect("a revocation"));
        let keys = RefreshKeys::derive(&Secret::from(master_bytes())).expect("keys");
        let kept = store.find(keys.subject(None, "ada"), first.session()).await;
        let kept = kept.expect("an answer").expect("a session");
        let ring = store.document(Sessions::RING_DOCUMENT, 0).await.expect("an answer");
        let life = Self { sessions, kept, pairs: vec![first, second, ended] };
        // Stores may compress a text of this size.
        let ring = ring.expect("a ring").text;
        assert!(ring.contains("ENCRYPTED PRIVATE KEY"));
        assert_eq!(life.secrets().found_in(ring.as_bytes()), [""; 0]);
        life
    }

    /// Whatever makes a token, in the forms that things are written down in.
    fn secrets(&self) -> Needles {
        let mut needles = Needles::default();
        needles.forms_of("the master secret", &master_bytes());
        for pair in &self.pairs {
            let text = pair.refresh_token();
            let body = text.strip_prefix("jr1_").expect("what scanners of secrets look for");
            let bytes = Base64UrlUnpadded::decode_vec(body).expect("base64url");
            // See `refresh_token`: what is before names a session, and makes no token.
            for half in [34..42, 42..50] {
                needles.forms_of("a secret", bytes.get(half).expect("8 bytes"));
            }
            needles.forms_of("a MAC", bytes.get(50..66).expect("16 bytes"));
            for token in [text, pair.access_token()] {
                let end = token.len().saturating_sub(24);
                needles.add("a token", token.get(end..).expect("ASCII").as_bytes());
            }
        }
        needles
    }

    /// Sees that nothing of it is a token or what makes one, though everything else is there.
    pub(crate) fn is_not_given_away_by(&self, dump: &[u8]) {
        let mut public = Needles::default();
        public.add("the hash of the secret", &self.kept.record.secret_hash);
        public.add("the label", LABEL.as_bytes());
        assert_eq!(public.found_in(dump), ["the hash of the secret", "the label"]);
        assert_eq!(self.secrets().found_in(dump), [""; 0]);
    }

    /// Who has the dump makes tokens of it: not even with the master secret does one of them hold, and
    /// the owner goes on.
    pub(crate) async fn is_refreshed_by_its_owner_only(&self) {
        let Kept { subject, session, record, .. } = &self.kept;
        let own = RefreshKeys::derive(&Secret::from(master_bytes())).expect("keys");
        let guessed = RefreshKeys::derive(&Secret::from(vec![7; 32])).expect("keys");
        for (keys, code) in [(&guessed, "refresh_token_forged"), (&own, "session_secret_mismatch")]
        {
            for generation in [1, 2, 3] {
                let made = RefreshToken::first(*subject, *session).expect("random numbers");
                let made = made.at(generation).write(keys);
                let refused = self.sessions.refresh(&made).await.expect_err(code);
                assert_eq!((refused.code(), refused.oauth_error()), (code, "invalid_grant"));
            }
        }
        assert_eq!(record.generation, 2);
        let owner = self.pairs.get(1).expect("the latest of the session");
        assert!(self.sessions.refresh(owner.refresh_token()).await.is_ok());
    }
}

/// Everything in a folder, one file after the other; but what a running server takes away meanwhile.
pub(crate) fn bytes_of(folder: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            bytes.extend(bytes_of(&path));
        } else {
            match std::fs::read(&path) {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                read => bytes.extend(read.expect("a file")),
            }
        }
    }
    bytes
}

/// What is looked for, and what it is.
#[derive(Default)]
struct Needles(Vec<(&'static str, Vec<u8>)>);

impl Needles {
    fn add(&mut self, what: &'static str, bytes: &[u8]) {
        self.0.push((what, bytes.to_vec()));
    }

    fn forms_of(&mut self, what: &'static str, bytes: &[u8]) {
        self.add(what, bytes);
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        self.add(what, hex.as_bytes());
        self.add(what, hex.to_uppercase().as_bytes());
        self.add(what, Base64UrlUnpadded::encode_string(bytes).as_bytes());
    }

    /// Returns which of them are there, each once, in the order in which they were added.
    fn found_in(&self, dump: &[u8]) -> Vec<&'static str> {
        // Files are large: the first two bytes decide where to look closely.
        let mut begins = vec![false; 1 << 16];
        let place = |pair: &[u8]| pair.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
        for (_, bytes) in &self.0 {
            if let Some(begin) = begins.get_mut(place(bytes.get(..2).expect("two bytes"))) {
                *begin = true;
            }
        }
        let mut found = vec![false; self.0.len()];
        for (at, pair) in dump.windows(2).enumerate() {
            if begins.get(place(pair)) == Some(&true) {
                let rest = dump.get(at..).unwrap_or_default();
                for (found, (_, bytes)) in found.iter_mut().zip(&self.0) {
                    *found |= rest.starts_with(bytes);
                }
            }
        }
        let found = self.0.iter().zip(found).filter(|(_, found)| *found);
        let mut names: Vec<_> = found.map(|((what, _), _)| *what).collect();
        names.dedup();
        names
    }
}
