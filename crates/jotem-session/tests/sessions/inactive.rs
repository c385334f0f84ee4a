//! Refresh tokens that are of no use any more get nobody anything (attack class R27).

use jotem_session::rotation::RotationPolicy;
use jotem_session::{Grant, SessionError, TokenPair};

use crate::bench::Bench;

/// How a token becomes one that is of no use.
#[derive(Debug, Clone, Copy)]
enum End {
    Idle,
    Lifetime,
    LoggedOut,
    Session,
    Subject,
    Client,
    Reused,
    Displaced,
    Forgotten,
}

const ALL: [(End, &str); 9] = [
    (End::Idle, "session_expired"),
    (End::Lifetime, "session_expired"),
    (End::LoggedOut, "session_ended"),
    (End::Session, "session_ended"),
    (End::Subject, "session_ended"),
    (End::Client, "session_client_mismatch"),
    (End::Reused, "session_ended"),
    (End::Displaced, "session_unknown"),
    (End::Forgotten, "session_unknown"),
];

/// Ends the session of the second of two pairs that follow each other, and returns the latest token.
async fn ended(bench: &Bench, how: End) -> TokenPair {
    let sessions = &bench.sessions;
    let first = sessions.start("ada", Grant::new()).await.unwrap();
    let mut pair = sessions.refresh(first.refresh_token()).await.unwrap();
    match how {
        End::Idle => bench.advance(8 * 86_400),
        End::Lifetime => {
            for _ in 0..5 {
                pair = sessions.refresh(pair.refresh_token()).await.unwrap();
                bench.advance(6 * 86_400);
            }
        }
        End::LoggedOut => assert!(sessions.revoke_token(pair.refresh_token()).await.unwrap()),
        End::Session => sessions.revoke_session("ada", pair.session()).await.unwrap(),
        End::Subject => assert_eq!(sessions.revoke_subject("ada").await.unwrap(), 1),
        End::Client => sessions.revoke_client("default").await.unwrap(),
        End::Reused => {
            bench.advance(60);
            let theft = sessions.refresh(first.refresh_token()).await.unwrap_err();
            assert_eq!(theft.code(), "session_reuse");
        }
        End::Displaced => {
            bench.advance(1);
            sessions.start("ada", Grant::new()).await.unwrap();
        }
        End::Forgotten => {
            bench.advance(400 * 86_400);
            bench.store.maintain(1_000).await.unwrap();
        }
    }
    pair
}

#[tokio::test]
async fn r27_no_inactive_token_is_exchanged_however_often_it_comes() {
    for (how, code) in ALL {
        let bench =
            Bench::with(|builder| builder.most_per_subject(1).policy(RotationPolicy::web())).await;
        let pair = ended(&bench, how).await;
        for _ in 0..3 {
            let refused: SessionError =
                bench.sessions.refresh(pair.refresh_token()).await.unwrap_err();
            assert_eq!((refused.code(), refused.oauth_error()), (code, "invalid_grant"), "{how:?}");
            assert_eq!(refused.retry_after(), None, "{how:?}");
            bench.advance(1);
        }
        // Who comes with something that is good is answered.
        bench.sessions.catch_up().await.unwrap();
        let other = bench.sessions.start("bob", Grant::new()).await.unwrap();
        assert!(bench.sessions.refresh(other.refresh_token()).await.is_ok(), "{how:?}");
    }
}
