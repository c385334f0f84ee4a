//! Attack classes of refresh and revocation, under their ids (`vectors/attacks.json`, layer R).

use jotem::{Algorithm, NumericDate, SigningKey};
use jotem_session::event::Action;
use jotem_session::rotation::RotationPolicy;
use jotem_session::store::Subject;
use jotem_session::{Grant, Presenter};

use crate::bench::{Bench, NOW_S};

async fn code_of_refresh(bench: &Bench, token: &str) -> &'static str {
    bench.sessions.refresh(token).await.unwrap_err().code()
}

#[tokio::test]
async fn r01_a_token_that_was_exchanged_ends_the_session_whoever_is_first() {
    for thief_is_first in [true, false] {
        let bench = Bench::new().await;
        let stolen = bench.sessions.start("ada", Grant::new()).await.unwrap();
        // One exchanges it; a minute later the other presents it, too.
        let next = bench.sessions.refresh(stolen.refresh_token()).await.unwrap();
        bench.advance(60);
        bench.told();
        assert_eq!(code_of_refresh(&bench, stolen.refresh_token()).await, "session_reuse");
        assert_eq!(bench.actions(), [Action::RefreshReuse], "thief first: {thief_is_first}");
        // Neither goes on, and the access tokens of both are refused.
        assert_eq!(code_of_refresh(&bench, next.refresh_token()).await, "session_ended");
        assert_eq!(code_of_refresh(&bench, stolen.refresh_token()).await, "session_ended");
        for pair in [&stolen, &next] {
            let error = bench.sessions.verify::<()>(pair.access_token()).unwrap_err();
            assert_eq!(error.code(), "access_revoked");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn r02_of_many_at_once_one_goes_on() {
    let bench = Bench::with(|builder| builder.policy(RotationPolicy::strict())).await;
    let first = bench.sessions.start("ada", Grant::new()).await.unwrap();
    let all = (0..64).map(|_| {
        let (sessions, token) = (bench.sessions.clone(), first.refresh_token().to_owned());
        tokio::spawn(async move { sessions.refresh(&token).await.map(drop).map_err(|e| e.code()) })
    });
    let mut verdicts = Vec::new();
    for one in all.collect::<Vec<_>>() {
        verdicts.push(one.await.unwrap());
    }
    let count = |wanted: Result<(), &str>| verdicts.iter().filter(|it| **it == wanted).count();
    assert_eq!(count(Ok(())), 1);
    assert_eq!(count(Err("session_reuse")), 1);
    assert_eq!(count(Err("session_ended")), 62);
}

#[tokio::test]
async fn r04_a_lost_answer_is_had_again_within_the_window_and_only_then() {
    let bench = Bench::new().await;
    let first = bench.sessions.start("ada", Grant::new()).await.unwrap();
    let lost = bench.sessions.refresh(first.refresh_token()).await.unwrap();
    for _ in 0..3 {
        bench.advance(3);
        let again = bench.sessions.refresh(first.refresh_token()).await.unwrap();
        assert_eq!(again.refresh_token(), lost.refresh_token());
    }
    bench.advance(1);
    assert_eq!(code_of_refresh(&bench, first.refresh_token()).await, "session_reuse");
}

#[tokio::test]
async fn r05_the_window_does_not_move_and_does_not_reach_further_back() {
    let bench = Bench::new().await;
    let first = bench.sessions.start("ada", Grant::new()).await.unwrap();
    let second = bench.sessions.refresh(first.refresh_token()).await.unwrap();
    let third = bench.sessions.refresh(second.refresh_token()).await.unwrap();
    bench.sessions.refresh(second.refresh_token()).await.unwrap();
    // The grandparent, in the same second.
    assert_eq!(code_of_refresh(&bench, first.refresh_token()).await, "session_reuse");
    assert_eq!(code_of_refresh(&bench, third.refresh_token()).await, "session_ended");
}

#[tokio::test]
async fn r06_what_was_revoked_is_not_refreshed() {
    let bench = Bench::new().await;
    let start = |client: &'static str| bench.sessions.start("ada", Grant::new().client(client));
    let refresh = async |token: &str, client: &str| {
        let presenter = Presenter::new().client(client);
        bench.sessions.refresh_as(token, &presenter).await.unwrap_err().code()
    };
    let first = start("a").await.unwrap();
    assert!(bench.sessions.revoke_token(first.refresh_token()).await.unwrap());
    assert_eq!(refresh(first.refresh_token(), "a").await, "session_ended");

    let second = start("a").await.unwrap();
    bench.sessions.revoke_session("ada", second.session()).await.unwrap();
    assert_eq!(refresh(second.refresh_token(), "a").await, "session_ended");

    let third = start("a").await.unwrap();
    assert_eq!(bench.sessions.revoke_subject("ada").await.unwrap(), 1);
    assert_eq!(refresh(third.refresh_token(), "a").await, "session_ended");

    let fourth = start("a").await.unwrap();
    let other = start("b").await.unwrap();
    bench.sessions.revoke_client("a").await.unwrap();
    assert_eq!(refresh(fourth.refresh_token(), "a").await, "session_client_mismatch");
    let as_b = Presenter::new().client("b");
    assert!(bench.sessions.refresh_as(other.refresh_token(), &as_b).await.is_ok());
    let fifth = start("a").await.unwrap();
    assert!(bench.sessions.verify::<()>(fourth.access_token()).is_err());
    assert!(bench.sessions.verify::<()>(fifth.access_token()).is_ok());
    let as_a = Presenter::new().client("a");
    assert!(bench.sessions.refresh_as(fifth.refresh_token(), &as_a).await.is_ok(), "a new one");
}

#[tokio::test]
async fn r07_neither_token_is_taken_for_the_other() {
    let bench = Bench::new().await;
    let pair = bench.sessions.start("ada", Grant::new()).await.unwrap();
    assert_eq!(code_of_refresh(&bench, pair.access_token()).await, "refresh_token_shape");
    let error = bench.sessions.verify::<()>(pair.refresh_token()).unwrap_err();
    assert_eq!(error.code(), "jws_segment_count");
}

#[tokio::test]
async fn r08_no_refresh_gives_more_than_was_granted() {
    let bench = Bench::new().await;
    let grant = Grant::new().client("web").scopes(["a"]).audiences(["api"]);
    let pair = bench.sessions.start("ada", grant).await.unwrap();
    let web = || Presenter::new().client("web");
    for (presenter, code, error) in [
        (Presenter::new(), "session_client_mismatch", "invalid_grant"),
        (Presenter::new().client("Web"), "session_client_mismatch", "invalid_grant"),
        (Presenter::new().client(""), "session_client_mismatch", "invalid_grant"),
        (web().scopes(["a", "b"]), "session_scope_exceeded", "invalid_scope"),
        (web().scopes(["A"]), "session_scope_exceeded", "invalid_scope"),
        (web().scopes(["a b"]), "session_scope_exceeded", "invalid_scope"),
        (web().audiences(["files"]), "session_audience_exceeded", "invalid_target"),
    ] {
        let refused = bench.sessions.refresh_as(pair.refresh_token(), &presenter).await;
        let refused = refused.unwrap_err();
        assert_eq!((refused.code(), refused.oauth_error()), (code, error), "{presenter:?}");
    }
    // None of this has used the token up.
    let next = bench.sessions.refresh_as(pair.refresh_token(), &web()).await.unwrap();
    assert!(!next.is_replay());
}

#[tokio::test]
async fn r09_no_session_lives_for_ever() {
    let bench = Bench::new().await;
    let idle = bench.sessions.start("ada", Grant::new()).await.unwrap();
    let used = bench.sessions.start("ada", Grant::new()).await.unwrap();
    let mut token = used.refresh_token().to_owned();
    for _ in 0..5 {
        bench.advance(6 * 86_400 - 1);
        let refreshed = bench.sessions.refresh(&token).await;
        if let Ok(next) = refreshed {
            token = next.refresh_token().to_owned();
        }
    }
    assert_eq!(code_of_refresh(&bench, idle.refresh_token()).await, "session_expired");
    bench.advance(4);
    assert!(bench.sessions.refresh(&token).await.is_ok(), "a second before its end");
    bench.advance(1);
    assert_eq!(code_of_refresh(&bench, &token).await, "session_expired");
}

#[tokio::test]
async fn r10_log_out_and_the_like_hold_at_once() {
    let bench = Bench::new().await;
    let pair = bench.sessions.start("ada", Grant::new()).await.unwrap();
    assert!(bench.sessions.verify::<()>(pair.access_token()).is_ok());
    bench.sessions.revoke_subject("ada").await.unwrap();
    let error = bench.sessions.verify::<()>(pair.access_token()).unwrap_err();
    assert_eq!((error.code(), error.public().error), ("access_revoked", "invalid_token"));
    assert_eq!(code_of_refresh(&bench, pair.refresh_token()).await, "session_ended");
}

#[tokio::test]
async fn r11_a_login_in_the_second_of_the_revocation_holds() {
    let bench = Bench::new().await;
    let before = bench.sessions.start("ada", Grant::new()).await.unwrap();
    bench.sessions.revoke_subject("ada").await.unwrap();
    let after = bench.sessions.start("ada", Grant::new()).await.unwrap();
    assert!(bench.sessions.verify::<()>(before.access_token()).is_err());
    assert!(bench.sessions.verify::<()>(after.access_token()).is_ok());
    assert!(bench.sessions.refresh(after.refresh_token()).await.is_ok());
    // Twice in a second.
    bench.sessions.revoke_subject("ada").await.unwrap();
    assert!(bench.sessions.verify::<()>(after.access_token()).is_err());
    let again = bench.sessions.start("ada", Grant::new()).await.unwrap();
    assert!(bench.sessions.verify::<()>(again.access_token()).is_ok());
}

#[tokio::test]
async fn r12_a_revocation_is_known_for_as_long_as_the_token_could_be_accepted() {
    let bench = Bench::new().await;
    let pair = bench.sessions.start("ada", Grant::new()).await.unwrap();
    bench.sessions.revoke_session("ada", pair.session()).await.unwrap();
    // The last second in which a verifier with the most leeway takes it.
    bench.advance(900 + 300);
    bench.store.maintain(1_000).await.unwrap();
    bench.sessions.view().sweep(NumericDate::from_secs(NOW_S + 1_200));
    let feed = bench.store.feed(Default::default(), 10).await.unwrap();
    assert_eq!(feed.revocations.len(), 1);
    assert_eq!(bench.sessions.view().len(), 1);
}

#[tokio::test]
async fn r13_what_is_revoked_is_the_token_and_not_its_text() {
    let bench = Bench::new().await;
    let pair = bench.sessions.start("ada", Grant::new()).await.unwrap();
    assert!(bench.sessions.revoke_token(pair.access_token()).await.unwrap());
    let error = bench.sessions.verify::<()>(pair.access_token()).unwrap_err();
    assert_eq!(error.code(), "access_revoked");
    // Other texts of the same bytes are none at all.
    for text in [format!("{}=", pair.access_token()), format!(" {}", pair.access_token())] {
        assert_ne!(bench.sessions.verify::<()>(&text).unwrap_err().code(), "access_revoked");
    }
    // The session lives on.
    assert!(bench.sessions.refresh(pair.refresh_token()).await.is_ok());
}

#[tokio::test]
async fn r18_revoking_tells_nothing_and_ends_nothing_of_others() {
    let bench = Bench::new().await;
    let pair = bench.sessions.start("ada", Grant::new().client("web")).await.unwrap();
    for unknown in ["", "garbage", "jr1_", "eyJhbGciOiJub25lIn0.e30."] {
        assert!(!bench.sessions.revoke_token(unknown).await.unwrap(), "{unknown}");
    }
    for token in [pair.refresh_token(), pair.access_token()] {
        assert!(!bench.sessions.revoke_token_as(token, "mobile").await.unwrap());
    }
    assert!(bench.sessions.verify::<()>(pair.access_token()).is_ok());
    assert!(bench.sessions.revoke_token_as(pair.refresh_token(), "web").await.unwrap());
    assert!(bench.sessions.revoke_token_as(pair.refresh_token(), "web").await.unwrap(), "again");
    assert!(bench.sessions.verify::<()>(pair.access_token()).is_err());
}

#[tokio::test]
async fn r20_one_session_too_many_ends_the_one_that_was_used_least_recently() {
    let bench = Bench::with(|builder| builder.most_per_subject(3)).await;
    let mut pairs = Vec::new();
    for _ in 0..3 {
        bench.advance(60);
        pairs.push(bench.sessions.start("ada", Grant::new()).await.unwrap());
    }
    bench.sessions.catch_up().await.unwrap();
    bench.sessions.refresh(pairs[0].refresh_token()).await.unwrap();
    bench.told();
    bench.sessions.start("ada", Grant::new()).await.unwrap();
    assert_eq!(bench.actions(), [Action::SessionDisplaced, Action::SessionStart]);
    assert_eq!(code_of_refresh(&bench, pairs[1].refresh_token()).await, "session_unknown");
    assert!(bench.sessions.verify::<()>(pairs[1].access_token()).is_err());
    assert!(bench.sessions.verify::<()>(pairs[0].access_token()).is_ok());
    assert_eq!(bench.sessions.list("ada").await.unwrap().sessions.len(), 3);
}

#[tokio::test]
async fn r23_reuse_is_told_once_with_everything_but_the_token() {
    let bench = Bench::new().await;
    let grant = Grant::new().client("web");
    let pair = bench.sessions.start(Subject::new("ada").tenant("acme"), grant).await.unwrap();
    let presenter = Presenter::new().client("web").address([192, 0, 2, 7].into());
    bench.sessions.refresh_as(pair.refresh_token(), &presenter).await.unwrap();
    bench.advance(60);
    bench.told();
    bench.sessions.refresh_as(pair.refresh_token(), &presenter).await.unwrap_err();
    let told = bench.told();
    let [event] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(event.action, Action::RefreshReuse);
    assert!(event.action.is_alarm());
    assert_eq!(event.subject, Some(Subject::new("ada").tenant("acme")));
    assert_eq!((event.client.as_deref(), event.session), (Some("web"), Some(pair.session())));
    assert_eq!(event.address, Some([192, 0, 2, 7].into()));
    assert_eq!(event.detail.as_ref().unwrap().as_str(), "generation 1 presented, 2 current");
}

#[tokio::test]
async fn r26_a_tenant_has_its_own_subjects() {
    let bench = Bench::new().await;
    let ada_at = |tenant: &str| Subject::new("ada").tenant(tenant);
    let acme = bench.sessions.start(ada_at("acme"), Grant::new()).await.unwrap();
    let other = bench.sessions.start(ada_at("other"), Grant::new()).await.unwrap();
    assert_eq!(bench.sessions.revoke_subject(ada_at("acme")).await.unwrap(), 1);
    assert_eq!(bench.sessions.revoke_subject("ada").await.unwrap(), 0);
    assert!(bench.sessions.verify::<()>(acme.access_token()).is_err());
    assert!(bench.sessions.verify::<()>(other.access_token()).is_ok());
    // One tenant's session is not another's to end.
    bench.sessions.revoke_session(ada_at("acme"), acme.session()).await.unwrap();
    assert!(bench.sessions.refresh(other.refresh_token()).await.is_ok());
}

#[tokio::test]
async fn r26_a_token_of_one_tenant_is_refused_at_another() {
    let bench = Bench::new().await;
    let at = |tenant: &str| Subject::new("ada").tenant(tenant);
    let acme = bench.sessions.start(at("acme"), Grant::new()).await.unwrap();
    let of_none = bench.sessions.start("ada", Grant::new()).await.unwrap();
    bench.told();
    for pair in [&acme, &of_none] {
        let verifier = bench.sessions.verifier().tenant("other");
        let refused = [
            verifier.verify::<()>(pair.access_token()).map(drop),
            verifier.verify_fail_open::<()>(pair.access_token()).map(drop),
        ];
        for error in refused.map(Result::unwrap_err) {
            assert_eq!((error.code(), error.retry_after()), ("access_tenant_mismatch", None));
        }
        let presenter = Presenter::new().tenant("other");
        let error = bench.sessions.refresh_as(pair.refresh_token(), &presenter).await.unwrap_err();
        assert_eq!(error.code(), "session_tenant_mismatch");
        assert_eq!(error.oauth_error(), "invalid_grant");
        assert_eq!(bench.actions(), [Action::RefreshRefused]);
    }
    // At its own the same token is good, since nothing was used up.
    let presenter = Presenter::new().tenant("acme");
    let next = bench.sessions.refresh_as(acme.refresh_token(), &presenter).await.unwrap();
    assert!(!next.is_replay());
    let verifier = bench.sessions.verifier().tenant("acme");
    assert_eq!(verifier.verify::<()>(next.access_token()).unwrap().tenant(), Some("acme"));
    assert!(bench.sessions.refresh(of_none.refresh_token()).await.is_ok());
}

#[tokio::test]
async fn r26_the_tenant_of_a_bound_token_is_looked_at_too() {
    let bench = Bench::new().await;
    let key = SigningKey::generate(Algorithm::Es256).unwrap().verifying_key();
    let key = key.thumbprint().unwrap();
    let grant = Grant::new().bound_to(&key);
    let pair = bench.sessions.start(Subject::new("ada").tenant("acme"), grant).await.unwrap();
    let at = |tenant: &str| {
        let verifier = bench.sessions.verifier().tenant(tenant);
        verifier.verify_bound::<()>(pair.access_token(), &key).map(drop)
    };
    assert_eq!(at("other").unwrap_err().code(), "access_tenant_mismatch");
    assert!(at("acme").is_ok());
}

#[tokio::test]
async fn r28_a_refresh_does_not_renew_the_login() {
    let bench = Bench::new().await;
    let earlier = NumericDate::from_secs(NOW_S - 3_600);
    let grant = Grant::new().authenticated_at(earlier).acr("3").amr(["hwk"]);
    let pair = bench.sessions.start("ada", grant).await.unwrap();
    bench.advance(86_400);
    bench.sessions.catch_up().await.unwrap();
    let next = bench.sessions.refresh(pair.refresh_token()).await.unwrap();
    let live = bench.sessions.verify::<()>(next.access_token()).unwrap();
    assert_eq!(live.authenticated_at(), earlier);
    assert_eq!((live.access().acr.as_deref(), live.access().amr.len()), (Some("3"), 1));
}

#[tokio::test]
async fn who_asks_for_no_audience_gets_none_that_was_not_granted() {
    let bench = Bench::new().await;
    let grant = Grant::new().audiences(["reports"]);
    let pair = bench.sessions.start("ada", grant).await.unwrap();
    assert!(bench.sessions.verify::<()>(pair.access_token()).is_err(), "it is for reports");
    // As a token endpoint has it whose request named no resource.
    let none = Presenter::new().audiences([""; 0]);
    let next = bench.sessions.refresh_as(pair.refresh_token(), &none).await.unwrap();
    assert!(bench.sessions.verify::<()>(next.access_token()).is_err(), "it still is");
}

#[tokio::test]
async fn who_is_granted_no_audience_gets_none_by_default() {
    let bench = Bench::new().await;
    for nobody in [[""; 0].as_slice(), &[""], &["reports", ""]] {
        let grant = Grant::new().audiences(nobody.iter().copied());
        let error = bench.sessions.start("ada", grant).await.unwrap_err();
        assert_eq!(error.code(), "misuse_expectation_empty", "{nobody:?}");
    }
    // What was said last counts, and what was not said is the sessions' own.
    let grant = Grant::new().audiences([""; 0]).audiences(["reports"]);
    assert!(bench.sessions.start("ada", grant).await.is_ok());
    assert!(bench.sessions.start("ada", Grant::new()).await.is_ok());
}
