//! Issuers for the tests: keys, tokens, and the pages that publish them; a clock that is moved.

#![allow(dead_code, reason = "each binary of tests uses a part of it")]

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jotem::{Algorithm, Claims, Issuer, SigningKey, Verifier};
use jotem_jwks::remote::{JwksClient, JwksClientBuilder, JwksEvent, MonotonicClock};

pub(crate) const ISSUER: &str = "https://issuer.example";
pub(crate) const OTHER: &str = "https://other.example";

/// A new key with this name.
pub(crate) fn key(key_id: &str) -> SigningKey {
    SigningKey::generate(Algorithm::Es256).unwrap().with_key_id(key_id)
}

/// A token of [`ISSUER`].
pub(crate) fn token(key: &SigningKey) -> String {
    token_of(ISSUER, key)
}

pub(crate) fn token_of(issuer: &str, key: &SigningKey) -> String {
    let issuer = Issuer::builder(key.clone()).issuer(issuer).lifetime(Duration::from_secs(900));
    issuer.build().unwrap().issue(&Claims::empty().subject("42")).unwrap()
}

/// The members of a set, as they are published.
pub(crate) fn member(key: &SigningKey) -> String {
    key.verifying_key().to_jwk().unwrap().to_json().unwrap()
}

pub(crate) fn page(keys: &[&SigningKey]) -> String {
    page_of(&keys.iter().map(|key| member(key)).collect::<Vec<_>>())
}

pub(crate) fn page_of(members: &[String]) -> String {
    format!("{{\"keys\":[{}]}}", members.join(","))
}

/// A verifier of [`ISSUER`]'s tokens.
pub(crate) fn verifier(client: &JwksClient) -> Verifier {
    verifier_of(client, ISSUER)
}

pub(crate) fn verifier_of(client: &JwksClient, issuer: &str) -> Verifier {
    let builder = Verifier::builder(client).algorithms([Algorithm::Es256]);
    builder.issuer(issuer).build().unwrap()
}

/// Why a token is refused.
pub(crate) fn refusal<T: std::fmt::Debug>(verdict: Result<T, jotem::Error>) -> &'static str {
    verdict.unwrap_err().code().as_str()
}

/// A clock that stands still until it is moved.
#[derive(Debug, Clone, Default)]
pub(crate) struct Moved(Arc<AtomicU64>);

impl Moved {
    pub(crate) fn advance(&self, seconds: u64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl MonotonicClock for Moved {
    fn now(&self) -> Duration {
        Duration::from_secs(self.0.load(Ordering::SeqCst))
    }
}

/// What a client tells.
#[derive(Clone, Default)]
pub(crate) struct Heard(Arc<Mutex<Vec<JwksEvent>>>);

impl Heard {
    /// What listens for it.
    pub(crate) fn ear(&self) -> impl Fn(&JwksEvent) + Send + Sync + 'static {
        let events = Arc::clone(&self.0);
        move |event| events.lock().unwrap().push(event.clone())
    }

    pub(crate) fn events(&self) -> Vec<JwksEvent> {
        self.0.lock().unwrap().clone()
    }

    pub(crate) fn count(&self, is_it: impl Fn(&JwksEvent) -> bool) -> usize {
        self.events().iter().filter(|event| is_it(event)).count()
    }
}

/// A client of one key set, with a clock and an ear.
pub(crate) fn listening(url: &str) -> (JwksClientBuilder, Moved, Heard) {
    let (clock, heard) = (Moved::default(), Heard::default());
    let builder = JwksClient::builder()
        .key_set_of(ISSUER, url)
        .clock(clock.clone())
        .jitter_seed(1)
        .on_event(heard.ear());
    (builder, clock, heard)
}

/// As [`listening`], built.
pub(crate) fn client(url: &str) -> (JwksClient, Moved, Heard) {
    let (builder, clock, heard) = listening(url);
    (builder.build().unwrap(), clock, heard)
}
