//! What a refresh token costs that is none: the store is not asked.

use std::hint::black_box;
use std::time::Instant;

use jotem::Secret;
use jotem_session::{Grant, Sessions};

const CALLS: u32 = 20_000;

pub(crate) async fn measure() {
    let sessions = Sessions::builder(Secret::from(vec![7; 32])).open().await.unwrap();
    let pair = sessions.start("ada", Grant::new().client("web")).await.unwrap();
    let good = pair.refresh_token().to_owned();
    let mut forged = good.clone();
    let last = if forged.pop() == Some('A') { 'B' } else { 'A' };
    forged.push(last);
    let words = "not a token at all".to_owned();
    println!("refresh tokens that are none; wanted: at most 3 µs");
    for (what, token) in [
        ("a forged one", forged),
        ("words", words),
        ("ten thousand letters", "x".repeat(10_000)),
        ("a good one with something behind it", good + "A"),
    ] {
        assert!(sessions.refresh(&token).await.is_err(), "{what}");
        let mut least = f64::INFINITY;
        for _ in 0..5 {
            let began = Instant::now();
            for _ in 0..CALLS {
                black_box(sessions.refresh(black_box(&token)).await.is_err());
            }
            least = least.min(began.elapsed().as_secs_f64() / f64::from(CALLS));
        }
        println!("  {what}: {:.2} µs", least * 1e6);
    }
}
