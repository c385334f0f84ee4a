//! Login, refresh, log out.

use jotem::NumericDate;
use jotem_session::rotation::RotationPolicy;
use jotem_session::store::Subject;
use jotem_session::{Grant, Presenter};

use crate::bench::{Bench, NOW_S};

#[tokio::test]
async fn an_access_token_says_what_was_granted() {
    let bench = Bench::new().await;
    let grant = Grant::new().client("web").scopes(["b", "a", "a"]).acr("2").amr(["pwd", "otp"]);
    let ada = Subject::new("ada").tenant("acme");
    let pair = bench.sessions.start(ada, grant).await.unwrap();

    let live = bench.sessions.verify::<()>(pair.access_token()).unwrap();
    assert_eq!((live.subject(), live.tenant(), live.client_id()), ("ada", Some("acme"), "web"));
    assert_eq!(live.scopes().collect::<Vec<_>>(), ["a", "b"]);
    assert!(live.has_scope("a") && !live.has_scope("a b") && !live.has_scope(""));
    assert_eq!(live.access().acr.as_deref(), Some("2"));
    assert_eq!(live.access().amr, ["otp", "pwd"]);
    assert_eq!(live.session(), pair.session());
    assert_eq!(live.authenticated_at(), NumericDate::from_secs(NOW_S));
    let claims = live.verified().claims();
    assert_eq!(claims.issuer(), Some("https://auth.example"));
    assert_eq!(claims.audience().iter().collect::<Vec<_>>(), ["api"]);
    assert_eq!(claims.expires_at().unwrap().as_secs(), NOW_S + 900);
    assert_eq!(live.verified().header().token_type(), Some("at+jwt"));
    assert_eq!(pair.expires_in().as_secs(), 900);
    assert_eq!(pair.refresh_expires_in().as_secs(), 7 * 86_400);
}

#[tokio::test]
async fn the_pair_is_the_answer_of_a_token_endpoint() {
    let bench = Bench::new().await;
    let pair = bench.sessions.start("ada", Grant::new().scopes(["a", "b"])).await.unwrap();
    let json = serde_json::to_value(&pair).unwrap();
    assert_eq!(json["token_type"], "Bearer");
    assert_eq!(json["expires_in"], 900);
    assert_eq!(json["scope"], "a b");
    assert_eq!(json["access_token"], pair.access_token());
    assert_eq!(json["refresh_token"], pair.refresh_token());
    assert_eq!(json.as_object().unwrap().len(), 5);
}

#[tokio::test]
async fn every_refresh_gives_another_pair_of_the_same_session() {
    let bench = Bench::new().await;
    let first = bench.sessions.start("ada", Grant::new()).await.unwrap();
    let mut seen = vec![first.refresh_token().to_owned()];
    for _ in 0..5 {
        bench.advance(600);
        bench.sessions.catch_up().await.unwrap();
        let next = bench.sessions.refresh(seen.last().unwrap()).await.unwrap();
        assert_eq!(next.session(), first.session());
        assert!(!next.is_replay());
        assert!(bench.sessions.verify::<()>(next.access_token()).is_ok());
        assert!(!seen.contains(&next.refresh_token().to_owned()));
        seen.push(next.refresh_token().to_owned());
    }
}

#[tokio::test]
async fn who_retries_within_the_window_gets_the_very_same_refresh_token() {
    let bench = Bench::new().await;
    let first = bench.sessions.start("ada", Grant::new()).await.unwrap();
    let next = bench.sessions.refresh(first.refresh_token()).await.unwrap();
    bench.advance(9);
    let again = bench.sessions.refresh(first.refresh_token()).await.unwrap();
    assert_eq!(again.refresh_token(), next.refresh_token());
    assert!(again.is_replay());
}

#[tokio::test]
async fn a_list_shows_the_sessions_that_live() {
    let bench = Bench::new().await;
    let phone = Grant::new().client("mobile").scopes(["a"]).label("Phone");
    let phone = bench.sessions.start("ada", phone).await.unwrap();
    bench.advance(60);
    let browser = bench.sessions.start("ada", Grant::new().label("Browser")).await.unwrap();
    let ended = bench.sessions.start("ada", Grant::new()).await.unwrap();
    bench.sessions.start("bob", Grant::new()).await.unwrap();
    bench.sessions.revoke_session("ada", ended.session()).await.unwrap();

    let list = bench.sessions.list("ada").await.unwrap();
    let shown: Vec<_> = list.sessions.iter().map(|it| (it.id, it.label.as_deref())).collect();
    assert_eq!(shown, [(browser.session(), Some("Browser")), (phone.session(), Some("Phone"))]);
    let phone = &list.sessions[1];
    assert_eq!((phone.client_id.as_deref(), phone.scope.as_str()), (Some("mobile"), "a"));
    assert_eq!(phone.authenticated_at.as_secs(), NOW_S);
    assert_eq!(phone.idle_end_at.as_secs(), NOW_S + 7 * 86_400);
    assert_eq!(phone.end_at.as_secs(), NOW_S + 30 * 86_400);
    assert!(bench.sessions.list("nobody").await.unwrap().sessions.is_empty());
}

#[tokio::test]
async fn no_access_token_outlives_its_session() {
    let policy = RotationPolicy::web();
    let policy = policy.lifetime(std::time::Duration::from_secs(1_000));
    let policy = policy.idle(std::time::Duration::from_secs(1_000));
    let bench = Bench::with(|builder| builder.policy(policy)).await;
    let first = bench.sessions.start("ada", Grant::new()).await.unwrap();
    bench.advance(800);
    let next = bench.sessions.refresh(first.refresh_token()).await.unwrap();
    assert_eq!(next.expires_in().as_secs(), 200);
    assert_eq!(next.refresh_expires_in().as_secs(), 200);
}

#[tokio::test]
async fn less_may_be_asked_for_and_the_session_keeps_all_of_it() {
    let bench = Bench::new().await;
    let grant = Grant::new().scopes(["a", "b"]).audiences(["api", "files"]);
    let first = bench.sessions.start("ada", grant).await.unwrap();
    let less = Presenter::new().scopes(["a"]).audiences(["api"]);
    let less = bench.sessions.refresh_as(first.refresh_token(), &less).await.unwrap();
    let live = bench.sessions.verify::<()>(less.access_token()).unwrap();
    assert_eq!(live.scopes().collect::<Vec<_>>(), ["a"]);
    assert_eq!(live.verified().claims().audience().iter().collect::<Vec<_>>(), ["api"]);

    let all = bench.sessions.refresh(less.refresh_token()).await.unwrap();
    let live = bench.sessions.verify::<()>(all.access_token()).unwrap();
    assert_eq!(live.scopes().collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(live.verified().claims().audience().iter().collect::<Vec<_>>(), ["api", "files"]);
}

#[tokio::test]
async fn who_forgot_everything_goes_on_where_the_store_is() {
    let bench = Bench::new().await;
    let key = jotem::SigningKey::generate(jotem::Algorithm::EdDsa).unwrap();
    let grant = Grant::new().client("web").scopes(["a"]);
    let first = bench.sessions.start("ada", grant).await.unwrap();
    let other = jotem_session::Sessions::builder(crate::bench::master())
        .store(std::sync::Arc::clone(&bench.store))
        .clock(bench.clock.clone())
        .signing_key(key)
        .audience("api")
        .open()
        .await
        .unwrap();
    let web = Presenter::new().client("web");
    let next = other.refresh_as(first.refresh_token(), &web).await.unwrap();
    assert_eq!(next.scope(), "a");
    assert_eq!(other.verify::<()>(next.access_token()).unwrap().subject(), "ada");
}
