//! Mixed load over one store, for as long as one likes: every answer is held against what it must be,
//! and the memory of the process must not grow.
//!
//! ```text
//! cargo run --release -p jotem-session --all-features --example soak -- sqlite:///tmp/soak.db 600
//! ```

#![expect(clippy::print_stdout, reason = "a program for people")]

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use jotem::Secret;
use jotem_session::{Grant, SessionError, Sessions, TokenPair};

/// So many subjects, each with a program of its own.
const SUBJECTS: usize = 64;

/// The memory may grow by so much from the first fifth of the time to its end.
const GROWTH: f64 = 1.2;

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

#[tokio::main]
async fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().unwrap_or_else(|| "memory:".to_owned());
    let seconds = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(600);
    match soak(&url, Duration::from_secs(seconds)).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("failed: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn soak(url: &str, time: Duration) -> Outcome<()> {
    let sessions = Sessions::builder(Secret::from(vec![7; 32]))
        .store_url(url)
        .most_per_subject(4)
        .cache(1 << 20)
        .open()
        .await?;
    let (begin, calls) = (Instant::now(), Arc::new(AtomicU64::new(0)));
    let mut programs = tokio::task::JoinSet::new();
    for number in 0..SUBJECTS {
        let (sessions, calls) = (sessions.clone(), Arc::clone(&calls));
        programs.spawn(async move {
            let subject = format!("soak-{number}");
            while begin.elapsed() < time {
                live(&sessions, &subject, &calls).await?;
            }
            Outcome::Ok(())
        });
    }
    let watch = tokio::spawn(watch(sessions.clone(), Arc::clone(&calls), begin, time));
    while let Some(ended) = programs.join_next().await {
        ended??;
    }
    watch.await?
}

/// One life of a session, with everything that happens to sessions.
async fn live(sessions: &Sessions, subject: &str, calls: &AtomicU64) -> Outcome<()> {
    let mut pair = sessions.start(subject, Grant::new().label("soak")).await?;
    for _ in 0..20 {
        for _ in 0..10 {
            sessions.verify::<()>(pair.access_token())?;
        }
        let former = pair;
        pair = sessions.refresh(former.refresh_token()).await?;
        let again = sessions.refresh(former.refresh_token()).await?;
        expect(again.refresh_token() == pair.refresh_token(), "a retry gave another token")?;
        calls.fetch_add(12, Ordering::Relaxed);
        // A store in memory never waits, and others want to run, too.
        tokio::task::yield_now().await;
    }
    expect(sessions.list(subject).await?.sessions.len() <= 4, "more sessions than there may be")?;
    let stolen = pair;
    let second = sessions.refresh(stolen.refresh_token()).await?;
    let third = sessions.refresh(second.refresh_token()).await?;
    let theft = sessions.refresh(stolen.refresh_token()).await;
    expect(matches!(theft, Err(SessionError::Reuse)), "a stolen token was not noticed")?;
    ended(sessions, &third).await?;
    let last = sessions.start(subject, Grant::new()).await?;
    sessions.revoke_subject(subject).await?;
    ended(sessions, &last).await?;
    calls.fetch_add(11, Ordering::Relaxed);
    Ok(())
}

async fn ended(sessions: &Sessions, pair: &TokenPair) -> Outcome<()> {
    let refreshed = sessions.refresh(pair.refresh_token()).await;
    expect(matches!(refreshed, Err(SessionError::Ended { .. })), "an ended session goes on")?;
    expect(sessions.verify::<()>(pair.access_token()).is_err(), "an ended session is accepted")
}

fn expect(holds: bool, otherwise: &str) -> Outcome<()> {
    if holds { Ok(()) } else { Err(otherwise.into()) }
}

/// Shows how it goes, and compares the memory of the beginning with that of the end.
async fn watch(
    sessions: Sessions,
    calls: Arc<AtomicU64>,
    begin: Instant,
    time: Duration,
) -> Outcome<()> {
    let mut early = None;
    loop {
        let resident = resident_bytes();
        let elapsed = begin.elapsed();
        let rate = calls.load(Ordering::Relaxed) as f64 / elapsed.as_secs_f64().max(1.0);
        let (revoked, bytes) = (sessions.view().len(), sessions.view().bytes());
        println!(
            "{:>5} s  {rate:>8.0} calls/s  {:>6.1} MiB  {revoked} revocations in {} KiB",
            elapsed.as_secs(),
            resident as f64 / f64::from(1 << 20),
            bytes >> 10,
        );
        if early.is_none() && elapsed >= time.div_f64(5.0) {
            early = Some((resident, bytes));
        }
        if elapsed >= time {
            // What was revoked is known for some twenty minutes; it may grow for as long.
            let (resident, early) =
                (resident.saturating_sub(bytes as u64), early.unwrap_or_default());
            let limit = early.0.saturating_sub(early.1 as u64) as f64 * GROWTH;
            return expect(resident as f64 <= limit || limit == 0.0, "the memory has grown");
        }
        tokio::time::sleep(Duration::from_secs(10).min(time.saturating_sub(elapsed))).await;
    }
}

/// The memory of the process, where the system tells: 0 elsewhere.
fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or_default().saturating_mul(1024)
}
