//! The thread that posts.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use base64ct::{Base64UrlUnpadded, Encoding as _};
use jotem::{Clock, NumericDate};
use jotem_jwks::remote::Delivery;
use tokio::runtime::Runtime;

use super::error::AuditError;
use super::json::push_members;
use super::members::{Member, Value};
use super::signature::{SIGNATURE, Signer};
use super::timestamp::rfc3339;
use super::webhook::Shared;
use crate::event::Action;

/// What is posted.
#[derive(Debug)]
pub(super) struct Post {
    pub(super) at: NumericDate,
    pub(super) action: Action,
    pub(super) members: Vec<Member>,
}

/// Posts one after the other.
#[derive(Debug)]
pub(super) struct Courier {
    pub(super) shared: Arc<Shared>,
    pub(super) delivery: Delivery,
    pub(super) signer: Signer,
    pub(super) clock: Arc<dyn Clock>,
    /// Identifies what this webhook posts.
    pub(super) instance: [u8; 12],
    pub(super) number: u64,
    pub(super) retries: u32,
    pub(super) pause: Duration,
    pub(super) timeout: Duration,
    pub(super) window: Duration,
}

/// What became of an attempt.
enum Attempt {
    Taken,
    /// It may be taken another time.
    Later,
    Refused,
}

impl Courier {
    pub(super) fn start(self) -> Result<(), AuditError> {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        let runtime = builder.enable_all().thread_name(THREAD).build();
        let runtime = runtime.map_err(|_| AuditError::Thread)?;
        let thread = std::thread::Builder::new().name(THREAD.to_owned());
        thread.spawn(move || self.run(runtime)).map_err(|_| AuditError::Thread)?;
        Ok(())
    }

    fn run(mut self, runtime: Runtime) {
        loop {
            let taken = self.shared.queue.take(1, Instant::now().checked_add(rest(self.window)));
            for post in taken.items {
                self.deliver(&runtime, &post);
            }
            for (action, suppressed) in self.shared.storms.over(taken.is_last) {
                let members = vec![("suppressed", Value::Number(suppressed))];
                self.deliver(&runtime, &Post { at: self.clock.now(), action, members });
            }
            self.shared.queue.done();
            if taken.is_last {
                break;
            }
        }
        self.shared.queue.over();
        // A name that is still being resolved is not waited for.
        runtime.shutdown_background();
    }

    fn deliver(&mut self, runtime: &Runtime, post: &Post) {
        self.number = self.number.saturating_add(1);
        let body = self.body(post);
        let mut pause = self.pause;
        for left in (0..=self.retries).rev() {
            match runtime.block_on(self.attempt(&body)) {
                Attempt::Taken => {
                    self.shared.delivered.fetch_add(1, Ordering::Relaxed);
                    return count("ok");
                }
                Attempt::Refused => break,
                // Who is closed does not wait for long.
                Attempt::Later if left == 0 || self.shared.queue.wait_until_closed(pause) => break,
                Attempt::Later => count("retried"),
            }
            pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
        }
        count("failed");
        self.shared.drop_posts(1);
    }

    async fn attempt(&self, body: &str) -> Attempt {
        let signature = self.signer.sign(self.clock.now(), body.as_bytes());
        let headers = [(SIGNATURE, signature)];
        let posted = self.delivery.post(body.to_owned(), &headers);
        match tokio::time::timeout(self.timeout, posted).await {
            Ok(Ok(200..300)) => Attempt::Taken,
            Ok(Ok(status @ (408 | 429 | 500..))) => Self::warn(&status.to_string(), Attempt::Later),
            Ok(Ok(status)) => Self::warn(&status.to_string(), Attempt::Refused),
            Ok(Err(error)) => Self::warn(error.code(), Attempt::Later),
            Err(_) => Self::warn("timeout", Attempt::Later),
        }
    }

    fn warn(reason: &str, attempt: Attempt) -> Attempt {
        tracing::warn!(target: "jotem::audit", reason, "the webhook did not take an event");
        attempt
    }

    fn body(&self, post: &Post) -> String {
        let instance = Base64UrlUnpadded::encode_string(&self.instance);
        let (number, time) = (self.number, rfc3339(post.at));
        let mut body = format!(
            "{{\"id\":\"{instance}.{number}\",\"time\":\"{time}\",\"action\":\"{}\"",
            post.action
        );
        push_members(&mut body, &post.members);
        body.push('}');
        body
    }
}

#[cfg(feature = "metrics")]
fn count(result: &'static str) {
    crate::metrics::count_webhook_delivery(result);
}

#[cfg(not(feature = "metrics"))]
const fn count(_: &'static str) {}

const THREAD: &str = "jotem-webhook";
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// How long the thread waits for the next event before it tells what was left out in a span. With a span
/// of nothing it would never rest.
fn rest(window: Duration) -> Duration {
    window.max(SHORTEST_REST)
}

const SHORTEST_REST: Duration = Duration::from_millis(100);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_of_nothing_lets_the_thread_rest() {
        assert_eq!(rest(Duration::ZERO), SHORTEST_REST);
        assert_eq!(rest(Duration::from_secs(60)), Duration::from_secs(60));
    }
}
