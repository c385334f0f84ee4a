//! What is told, and that no token is ever among it.

use jotem::{Algorithm, SigningKey};
use jotem_session::event::Action;
use jotem_session::{Grant, Presenter, Sessions};

use crate::bench::{Bench, master};

#[tokio::test]
async fn everything_that_happens_is_told() {
    let bench = Bench::new().await;
    let pair = bench.sessions.start("ada", Grant::new()).await.unwrap();
    let next = bench.sessions.refresh(pair.refresh_token()).await.unwrap();
    bench.sessions.refresh(pair.refresh_token()).await.unwrap();
    bench.sessions.refresh("garbage").await.unwrap_err();
    bench
        .sessions
        .refresh_as(next.refresh_token(), &Presenter::new().client("x"))
        .await
        .unwrap_err();
    bench.sessions.revoke_token(next.access_token()).await.unwrap();
    bench.sessions.revoke_token(next.refresh_token()).await.unwrap();
    bench.sessions.refresh(next.refresh_token()).await.unwrap_err();
    bench.sessions.revoke_subject("ada").await.unwrap();
    bench.sessions.revoke_client("web").await.unwrap();
    bench.sessions.revoke_key("k1").await.unwrap();
    assert_eq!(
        bench.actions(),
        [
            Action::SessionStart,
            Action::RefreshRotated,
            Action::RefreshReplayed,
            Action::RefreshRefused,
            Action::RefreshRefused,
            Action::RevokeToken,
            Action::RevokeSession,
            Action::RefreshRefused,
            Action::RevokeSubject,
            Action::RevokeClient,
            Action::RevokeKey,
        ]
    );
}

#[tokio::test]
async fn no_token_and_no_secret_is_in_what_is_told_shown_or_said() {
    let bench = Bench::new().await;
    let pair = bench.sessions.start("ada", Grant::new().label("Phone")).await.unwrap();
    let next = bench.sessions.refresh(pair.refresh_token()).await.unwrap();
    bench.advance(60);
    let mut shown = vec![format!("{pair:?} {:?} {:?}", bench.sessions, bench.sessions.verifier())];
    for text in [pair.refresh_token(), next.refresh_token(), pair.access_token(), "jr1_x"] {
        let error = bench.sessions.refresh(text).await.unwrap_err();
        shown.push(format!("{error} {error:?} {}", error.hint()));
        if let Err(error) = bench.sessions.verify::<()>(text) {
            shown.push(format!("{error} {error:?} {}", error.hint()));
        }
    }
    shown.push(format!("{:?}", bench.told()));
    shown.push(format!("{:?}", bench.sessions.list("ada").await.unwrap()));
    let key = SigningKey::generate(Algorithm::EdDsa).unwrap();
    shown.push(format!("{:?}", Sessions::builder(master()).signing_key(key)));
    let shown = shown.join("\n");
    for pair in [&pair, &next] {
        for token in [pair.access_token(), pair.refresh_token()] {
            // No part of them either.
            let parts = token.as_bytes().windows(24).map(|part| std::str::from_utf8(part).unwrap());
            let secret = parts.skip(token.len() - 60).find(|part| shown.contains(part));
            assert_eq!(secret, None);
        }
    }
    assert!(!shown.contains("[7, 7, 7, 7, 7, 7") && !shown.contains("07070707"));
}
