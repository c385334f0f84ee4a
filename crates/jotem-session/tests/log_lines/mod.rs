//! What is logged while sessions are used: by this crate through `tracing`, by the clients of the servers
//! through `log`, each at the level that says most.

#![expect(clippy::expect_used, reason = "a test stops where it fails")]

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use jotem::Secret;
use jotem_session::{Grant, Presenter, Sessions};

/// Lines that were logged while this is looked at.
static LINES: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static IS_LOOKED_AT: AtomicBool = AtomicBool::new(false);

fn keep(line: &[u8]) {
    if IS_LOOKED_AT.load(Ordering::Relaxed) {
        LINES.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(line);
    }
}

/// What clients say.
struct Logger;

impl log::Log for Logger {
    fn enabled(&self, _metadata: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        keep(format!("{} {}\n", record.target(), record.args()).as_bytes());
    }

    fn flush(&self) {}
}

/// What sessions say.
struct Writer;

impl io::Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        keep(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Has sessions live over a store whose URL has a password, and sees that no line has it, nor anything
/// that makes a token.
pub(crate) async fn no_line_has_a_secret(url: &str, password: &str) {
    assert!(url.contains(password));
    log::set_boxed_logger(Box::new(Logger)).expect("nobody else has a logger");
    log::set_max_level(log::LevelFilter::Trace);
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE);
    let subscriber = subscriber.with_writer(|| Writer).finish();
    // For this thread, on which everything runs.
    let _subscribed = tracing::subscriber::set_default(subscriber);
    IS_LOOKED_AT.store(true, Ordering::Relaxed);

    let master: Vec<u8> = (0..32_u8).map(|number| number.wrapping_mul(37) ^ 0xa5).collect();
    let secrets = live(url, &master).await;
    IS_LOOKED_AT.store(false, Ordering::Relaxed);
    let lines = std::mem::take(&mut *LINES.lock().unwrap_or_else(PoisonError::into_inner));
    let lines = String::from_utf8_lossy(&lines);
    assert!(lines.lines().count() > 20, "clients say what they do: {lines}");
    let mut hidden = vec![password.to_owned()];
    for secret in secrets.iter().map(Vec::as_slice).chain([master.as_slice()]) {
        hidden.extend(forms_of(secret));
    }
    for line in lines.lines() {
        let secret = hidden.iter().find(|secret| line.contains(secret.as_str()));
        assert_eq!(secret, None, "{line}");
    }
}

/// Logins, refreshes, a lost answer, theft, garbage, a log out. Returns what must be in no line.
async fn live(url: &str, master: &[u8]) -> Vec<Vec<u8>> {
    let builder = Sessions::builder(Secret::from(master.to_vec())).store_url(url);
    let builder = builder.audience("api").poll_every(Duration::from_millis(10));
    let sessions = builder.open().await.expect("sessions");
    let grant = Grant::new().label("a phone").scopes(["read"]);
    let first = sessions.start("ada", grant).await.expect("a login");
    let second = sessions.refresh(first.refresh_token()).await.expect("a refresh");
    sessions.refresh(first.refresh_token()).await.expect("the same once more");
    let other = sessions.start("bob", Grant::new()).await.expect("a login");
    let wrong = Presenter::new().client("web");
    sessions.refresh_as(other.refresh_token(), &wrong).await.expect_err("another client");
    sessions.refresh(second.access_token()).await.expect_err("no refresh token");
    sessions.verify::<()>(second.refresh_token()).expect_err("no access token");
    sessions.verify::<()>(second.access_token()).expect("it lives");
    sessions.revoke_token(second.access_token()).await.expect("a revocation");
    sessions.revoke_token(other.refresh_token()).await.expect("a log out");
    sessions.refresh(other.refresh_token()).await.expect_err("it is over");
    sessions.list("ada").await.expect("a list");
    sessions.catch_up().await.expect("the feed");

    let mut secrets = Vec::new();
    for pair in [&first, &second, &other] {
        let body = pair.refresh_token().strip_prefix("jr1_").expect("its form");
        let bytes = Base64UrlUnpadded::decode_vec(body).expect("base64url");
        // See `refresh_token`: a secret and a MAC.
        secrets.push(bytes.get(34..50).expect("16 bytes").to_vec());
        secrets.push(bytes.get(50..66).expect("16 bytes").to_vec());
        for token in [pair.refresh_token(), pair.access_token()] {
            let end = token.get(token.len().saturating_sub(24)..).expect("ASCII");
            secrets.push(end.as_bytes().to_vec());
        }
    }
    secrets
}

/// The ways in which bytes are written down, eight of them at least: as a text, in hexadecimal, in
/// base64url, and as numbers one after the other.
fn forms_of(secret: &[u8]) -> Vec<String> {
    let mut forms = Vec::new();
    forms.extend(std::str::from_utf8(secret).ok().map(str::to_owned));
    let start = secret.get(..8).expect("8 bytes");
    for part in [start, secret.get(secret.len().saturating_sub(8)..).expect("8 bytes")] {
        let hex: String = part.iter().map(|byte| format!("{byte:02x}")).collect();
        forms.extend([hex.to_uppercase(), hex]);
        let numbers: Vec<String> = part.iter().map(ToString::to_string).collect();
        forms.push(numbers.join(", "));
        forms.push(part.escape_ascii().to_string());
    }
    forms.push(Base64UrlUnpadded::encode_string(secret));
    forms
}
