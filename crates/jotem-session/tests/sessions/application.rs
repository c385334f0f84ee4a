//! The application's claims.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use jotem_session::{ClaimsError, Grant, Presenter};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::bench::Bench;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Roles {
    roles: Vec<String>,
}

#[tokio::test]
async fn claims_are_those_of_the_moment_at_every_refresh() {
    let asked = Arc::new(AtomicU8::new(0));
    let bench = Bench::with(|builder| {
        let asked = Arc::clone(&asked);
        builder.claims_for(move |subject, grant| {
            let times = asked.fetch_add(1, Ordering::Relaxed);
            let roles = vec![subject.name().to_owned(), grant.scope(), times.to_string()];
            assert_eq!((grant.acr_value(), grant.amr_values().len()), (Some("2"), 1));
            assert_eq!(grant.login_time().is_some(), times > 0);
            assert_eq!(grant.client_id().unwrap_or("default"), "default");
            async move { Ok(Roles { roles }) }
        })
    })
    .await;
    let pair = bench
        .sessions
        .start("ada", Grant::new().scopes(["a"]).acr("2").amr(["pwd"]))
        .await
        .unwrap();
    let roles = |token: &str| bench.sessions.verify::<Roles>(token).unwrap().custom().roles.clone();
    assert_eq!(roles(pair.access_token()), ["ada", "a", "0"]);
    let next = bench.sessions.refresh(pair.refresh_token()).await.unwrap();
    assert_eq!(roles(next.access_token()), ["ada", "a", "1"]);
}

#[tokio::test]
async fn who_is_refused_neither_logs_in_nor_goes_on() {
    let disabled = Arc::new(AtomicU8::new(0));
    let bench = Bench::with(|builder| {
        let disabled = Arc::clone(&disabled);
        builder.claims_for(move |_, _| {
            let disabled = disabled.load(Ordering::Relaxed);
            async move {
                match disabled {
                    0 => Ok(json!({})),
                    1 => Err(ClaimsError::Refused("the account is disabled".to_owned())),
                    _ => Err("the database does not answer".into()),
                }
            }
        })
    })
    .await;
    let pair = bench.sessions.start("ada", Grant::new()).await.unwrap();
    disabled.store(1, Ordering::Relaxed);
    let login = bench.sessions.start("ada", Grant::new()).await.unwrap_err();
    let refresh = bench.sessions.refresh(pair.refresh_token()).await.unwrap_err();
    for error in [login, refresh] {
        assert_eq!((error.code(), error.oauth_error()), ("session_refused", "invalid_grant"));
        assert_eq!(error.to_string(), "the application refuses: the account is disabled");
        assert_eq!(error.retry_after(), None);
    }
    disabled.store(2, Ordering::Relaxed);
    let error = bench.sessions.refresh(pair.refresh_token()).await.unwrap_err();
    assert_eq!((error.code(), error.oauth_error()), ("session_claims", "temporarily_unavailable"));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(1)));
    // Nothing of this has used the token up, however long it took.
    bench.advance(3_600);
    disabled.store(0, Ordering::Relaxed);
    assert!(!bench.sessions.refresh(pair.refresh_token()).await.unwrap().is_replay());
}

#[tokio::test]
async fn a_claim_cannot_have_a_name_that_access_tokens_use() {
    for name in ["sub", "sid", "sep", "exp", "iss", "aud", "jti", "scope", "cnf", "client_id"] {
        let claims = json!({ name: "mine" });
        let bench = Bench::with(|builder| {
            builder.claims_for(move |_, _| {
                let claims = claims.clone();
                async move { Ok(claims) }
            })
        });
        let error = bench.await.sessions.start("ada", Grant::new()).await.unwrap_err();
        assert_eq!((error.code(), error.oauth_error()), ("session_claim_reserved", "server_error"));
    }
}

#[tokio::test]
async fn claims_that_are_no_object_are_refused() {
    for claims in [json!(["a"]), json!("a"), json!(1), json!(null)] {
        let shown = claims.clone();
        let bench = Bench::with(|builder| {
            builder.claims_for(move |_, _| {
                let claims = claims.clone();
                async move { Ok(claims) }
            })
        });
        let error = bench.await.sessions.start("ada", Grant::new()).await.unwrap_err();
        assert_eq!(error.code(), "session_claims_shape", "{shown}");
    }
}

#[tokio::test]
async fn who_presents_a_token_that_is_not_sound_asks_nothing_of_the_application() {
    let asked = Arc::new(AtomicU8::new(0));
    let bench = Bench::with(|builder| {
        let asked = Arc::clone(&asked);
        builder.claims_for(move |_, _| {
            asked.fetch_add(1, Ordering::Relaxed);
            async { Ok(json!({})) }
        })
    })
    .await;
    let pair = bench.sessions.start("ada", Grant::new()).await.unwrap();
    bench.sessions.revoke_session("ada", pair.session()).await.unwrap();
    asked.store(0, Ordering::Relaxed);
    let presenter = Presenter::new().client("other");
    bench.sessions.refresh_as(pair.refresh_token(), &presenter).await.unwrap_err();
    bench.sessions.refresh(pair.refresh_token()).await.unwrap_err();
    bench.sessions.refresh("jr1_").await.unwrap_err();
    assert_eq!(asked.load(Ordering::Relaxed), 0);
}
