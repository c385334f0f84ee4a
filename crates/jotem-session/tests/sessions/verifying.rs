//! Access tokens, and what is known of revocations.

use std::sync::Arc;
use std::time::Duration;

use jotem::testing::FixedClock;
use jotem::{Algorithm, Claims, Issuer, NumericDate, SigningKey, Verifier};
use jotem_session::event::Action;
use jotem_session::revocation::{Fingerprints, RevocationView};
use jotem_session::{Grant, Liveness, Presenter, SessionVerifier};

use crate::bench::{Bench, NOW_S, master};

/// A verifier over a view, which has the bench's clock.
fn over(view: &Arc<RevocationView>, key: &SigningKey, bench: &Bench) -> SessionVerifier {
    // The tokens hold, whatever the age of the view is.
    let verifier = Verifier::builder(key.verifying_key()).any_audience();
    let verifier = verifier.clock(FixedClock::at(NOW_S)).build().unwrap();
    let prints = Fingerprints::derive(&master()).unwrap();
    SessionVerifier::new(verifier, prints, Arc::clone(view)).clock(bench.clock.clone())
}

/// The RFC 7638 thumbprint of a key.
fn thumbprint() -> String {
    SigningKey::generate(Algorithm::Es256).unwrap().verifying_key().thumbprint().unwrap()
}

#[tokio::test]
async fn an_old_view_refuses_and_says_when_to_try_again() {
    let bench = Bench::new().await;
    let pair = bench.sessions.start("ada", Grant::new()).await.unwrap();
    bench.advance(31);
    let error = bench.sessions.verify::<()>(pair.access_token()).unwrap_err();
    assert_eq!((error.code(), error.public().error), ("access_view_stale", "server_error"));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(1)));
    bench.sessions.catch_up().await.unwrap();
    assert!(bench.sessions.verify::<()>(pair.access_token()).is_ok());
}

#[tokio::test]
async fn who_fails_open_is_told_that_it_is_stale_and_the_alarm_comes_once() {
    let bench = Bench::new().await;
    let pair = bench.sessions.start("ada", Grant::new()).await.unwrap();
    let open = || bench.sessions.verifier().verify_fail_open::<()>(pair.access_token());
    assert!(matches!(open().unwrap(), Liveness::Live(_)));
    bench.advance(31);
    bench.told();
    for _ in 0..3 {
        let Liveness::Stale(verified, age) = open().unwrap() else { panic!("it is stale") };
        assert_eq!(
            (verified.claims().subject(), age),
            (Some("ada"), Some(Duration::from_secs(31)))
        );
    }
    assert_eq!(bench.actions(), [Action::ViewStale]);
    bench.sessions.catch_up().await.unwrap();
    assert!(matches!(open().unwrap(), Liveness::Live(_)));
    bench.advance(31);
    open().unwrap();
    assert_eq!(bench.actions(), [Action::ViewFresh, Action::ViewStale], "again");
}

#[tokio::test]
async fn r14_who_fails_open_does_so_for_an_hour_and_no_longer() {
    let bench = Bench::with(|builder| builder.access_lifetime(Duration::from_secs(7_200))).await;
    let pair = bench.sessions.start("ada", Grant::new()).await.unwrap();
    let open = |verifier: SessionVerifier| verifier.verify_fail_open::<()>(pair.access_token());
    bench.advance(3_600);
    assert!(matches!(open(bench.sessions.verifier()).unwrap(), Liveness::Stale(_, Some(_))));
    bench.advance(1);
    let error = open(bench.sessions.verifier()).unwrap_err();
    assert_eq!(error.code(), "access_view_stale");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(1)));
    assert_eq!(
        error.to_string(),
        "what is known of revocations is 3601 s old, and at most 3600 s are allowed"
    );
    let longer = bench.sessions.verifier().max_outage(Duration::from_secs(3_601));
    assert!(open(longer).is_ok());
    bench.sessions.catch_up().await.unwrap();
    assert!(matches!(open(bench.sessions.verifier()).unwrap(), Liveness::Live(_)));
}

#[tokio::test]
async fn r14_a_clock_that_is_set_back_does_not_prolong_an_outage_by_as_much() {
    let key = SigningKey::generate(Algorithm::EdDsa).unwrap();
    let signed_with = key.clone();
    let bench = Bench::with(|builder| builder.signing_key(signed_with)).await;
    let pair = bench.sessions.start("ada", Grant::new()).await.unwrap();
    let verifier = over(bench.sessions.view(), &key, &bench);
    let open = || verifier.verify_fail_open::<()>(pair.access_token());
    bench.advance(600);
    assert!(matches!(open().unwrap(), Liveness::Stale(_, Some(_))));
    // What is known is of the future now, and so is the alarm.
    for now in [NOW_S - 600, NOW_S - 7_800] {
        bench.clock.set(now);
        assert!(matches!(open().unwrap(), Liveness::Stale(_, None)));
    }
    bench.advance(3_600);
    assert!(matches!(open().unwrap(), Liveness::Stale(_, None)));
    bench.advance(1);
    assert_eq!(open().unwrap_err().code(), "access_view_stale");
}

#[tokio::test]
async fn r14_who_takes_no_outage_takes_none() {
    let key = SigningKey::generate(Algorithm::EdDsa).unwrap();
    let signed_with = key.clone();
    let bench = Bench::with(|builder| builder.signing_key(signed_with)).await;
    let pair = bench.sessions.start("ada", Grant::new()).await.unwrap();
    let none = bench.sessions.verifier().max_outage(Duration::ZERO);
    assert!(matches!(none.verify_fail_open::<()>(pair.access_token()), Ok(Liveness::Live(_))));
    bench.advance(31);
    let error = none.verify_fail_open::<()>(pair.access_token()).unwrap_err();
    assert_eq!(error.code(), "access_view_stale");
    // Nor where nothing was ever known.
    let unfed = over(&Arc::default(), &key, &bench).max_outage(Duration::ZERO);
    for _ in 0..2 {
        let error = unfed.verify_fail_open::<()>(pair.access_token()).unwrap_err();
        assert_eq!(error.code(), "access_view_stale");
    }
}

#[tokio::test]
async fn an_alarm_that_a_token_raised_is_ended_by_the_next_that_is_verified() {
    let bench = Bench::new().await;
    let pair = bench.sessions.start("ada", Grant::new()).await.unwrap();
    bench.advance(31);
    bench.told();
    let verifier = bench.sessions.verifier();
    verifier.verify_fail_open::<()>(pair.access_token()).unwrap();
    let told = bench.told();
    let [event] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(event.action, Action::ViewStale);
    let detail = event.detail.as_ref().unwrap().as_str();
    assert_eq!(detail, "what is known of revocations is 31 s old");
    bench.sessions.catch_up().await.unwrap();
    for _ in 0..2 {
        verifier.verify::<()>(pair.access_token()).unwrap();
    }
    assert_eq!(bench.actions(), [Action::ViewFresh]);
}

#[tokio::test]
async fn r14_a_view_that_was_never_fed_is_gone_on_with_for_an_hour_after_the_first_token() {
    let key = SigningKey::generate(Algorithm::EdDsa).unwrap();
    let signed_with = key.clone();
    let bench = Bench::with(|builder| builder.signing_key(signed_with)).await;
    let pair = bench.sessions.start("ada", Grant::new()).await.unwrap();
    let verifier = over(&Arc::default(), &key, &bench);
    let open = || verifier.verify_fail_open::<()>(pair.access_token());
    bench.advance(600);
    assert!(matches!(open().unwrap(), Liveness::Stale(_, None)));
    bench.advance(3_600);
    assert!(matches!(open().unwrap(), Liveness::Stale(_, None)));
    bench.advance(1);
    assert_eq!(open().unwrap_err().code(), "access_view_stale");
}

#[tokio::test]
async fn what_is_known_to_be_revoked_is_refused_under_an_old_view_too() {
    let bench = Bench::new().await;
    let pair = bench.sessions.start("ada", Grant::new()).await.unwrap();
    bench.sessions.revoke_session("ada", pair.session()).await.unwrap();
    bench.advance(31);
    let verifier = bench.sessions.verifier();
    let error = verifier.verify_fail_open::<()>(pair.access_token()).unwrap_err();
    assert_eq!(error.code(), "access_revoked");
}

#[tokio::test]
async fn a_view_that_nobody_feeds_refuses_everything() {
    let bench = Bench::new().await;
    let pair = bench.sessions.start("ada", Grant::new()).await.unwrap();
    let key = SigningKey::generate(Algorithm::EdDsa).unwrap();
    let verifier = Verifier::builder(key.verifying_key()).any_audience().build().unwrap();
    let view = Arc::new(RevocationView::new());
    let prints = Fingerprints::derive(&master()).unwrap();
    let verifier = SessionVerifier::new(verifier, prints, Arc::clone(&view));
    assert_eq!(
        verifier.verify::<()>(pair.access_token()).unwrap_err().code(),
        "jws_signature_mismatch"
    );

    let issuer = Issuer::builder(key).lifetime(Duration::from_secs(900)).build().unwrap();
    let claims = serde_json::json!({
        "client_id": "web", "sid": pair.session().to_string(), "sep": 0, "cep": 1, "auth_time": 0,
    });
    let token = issuer.issue(&Claims::new(claims).subject("ada")).unwrap();
    let error = verifier.verify::<()>(&token).unwrap_err();
    assert_eq!(error.code(), "access_view_stale");
    assert_eq!(
        error.to_string(),
        "what is known of revocations is infinitely old, and at most 30 s are allowed"
    );
    view.apply([], jotem::Clock::now(&jotem::SystemClock)).unwrap();
    assert!(verifier.verify::<()>(&token).is_ok());
}

#[tokio::test]
async fn a_token_of_no_session_is_refused() {
    let key = SigningKey::generate(Algorithm::EdDsa).unwrap();
    let bench = Bench::with(|builder| builder.signing_key(key.clone())).await;
    let issuer = Issuer::builder(key)
        .issuer("https://auth.example")
        .audience("api")
        .clock(bench.clock.clone())
        .lifetime(Duration::from_secs(900))
        .token_type("at+jwt")
        .build()
        .unwrap();
    let code = |claims: serde_json::Value, subject: Option<&str>| {
        let claims = Claims::new(claims);
        let claims = subject.into_iter().fold(claims, Claims::subject);
        let token = issuer.issue(&claims).unwrap();
        bench.sessions.verify::<()>(&token).map(drop).map_err(|error| error.code())
    };
    let good = serde_json::json!({
        "client_id": "web", "sid": "AAAAAAAAAAAAAAAAAAAAAA", "sep": 0, "cep": 1, "auth_time": 0,
    });
    assert_eq!(code(good.clone(), Some("ada")), Ok(()));
    assert_eq!(code(good.clone(), None), Err("access_session"));
    for (claim, value) in [("sid", "short"), ("sid", "AAAAAAAAAAAAAAAAAAAAA="), ("sid", "")] {
        let mut claims = good.clone();
        claims[claim] = value.into();
        assert_eq!(code(claims, Some("ada")), Err("access_session"), "{value}");
    }
    for claim in ["client_id", "sid", "sep", "cep", "auth_time"] {
        let mut claims = good.clone();
        claims.as_object_mut().unwrap().remove(claim);
        assert!(code(claims, Some("ada")).is_err(), "without {claim}");
    }
}

#[tokio::test]
async fn a_session_that_is_bound_to_a_key_wants_the_key() {
    let bench = Bench::new().await;
    let (own, other) = (thumbprint(), thumbprint());
    let grant = Grant::new().bound_to(&own);
    let pair = bench.sessions.start("ada", grant).await.unwrap();
    assert_eq!(serde_json::to_value(&pair).unwrap()["token_type"], "DPoP");

    let verifier = bench.sessions.verifier();
    assert_eq!(
        verifier.verify::<()>(pair.access_token()).unwrap_err().code(),
        "jwt_confirmation_unchecked"
    );
    let error = verifier.verify_bound::<()>(pair.access_token(), &other).unwrap_err();
    assert_eq!(error.code(), "access_not_proven");
    assert!(verifier.verify_bound::<()>(pair.access_token(), &own).is_ok());

    for presenter in [Presenter::new(), Presenter::new().proves(&other)] {
        let refused = bench.sessions.refresh_as(pair.refresh_token(), &presenter).await;
        assert_eq!(refused.unwrap_err().code(), "session_binding_mismatch");
    }
    let presenter = Presenter::new().proves("short");
    let refused = bench.sessions.refresh_as(pair.refresh_token(), &presenter).await;
    assert_eq!(refused.unwrap_err().code(), "session_thumbprint_shape");

    let presenter = Presenter::new().proves(&own);
    let next = bench.sessions.refresh_as(pair.refresh_token(), &presenter).await.unwrap();
    assert!(!next.is_replay(), "none of these used it up");
    assert!(verifier.verify_bound::<()>(next.access_token(), &own).is_ok());
    // A token that is bound to nothing is not one that was bound.
    let unbound = bench.sessions.start("ada", Grant::new()).await.unwrap();
    let error = verifier.verify_bound::<()>(unbound.access_token(), &own).unwrap_err();
    assert_eq!(error.code(), "access_not_proven");
}

#[tokio::test]
async fn what_another_process_revokes_is_known_after_the_next_look() {
    let key = SigningKey::generate(Algorithm::EdDsa).unwrap();
    let bench = Bench::with(|builder| builder.signing_key(key.clone())).await;
    let other = jotem_session::Sessions::builder(master())
        .store(Arc::clone(&bench.store))
        .clock(bench.clock.clone())
        .signing_key(key)
        .issuer("https://auth.example")
        .audience("api")
        .open()
        .await
        .unwrap();
    let pair = bench.sessions.start("ada", Grant::new()).await.unwrap();
    assert!(other.verify::<()>(pair.access_token()).is_ok());
    bench.sessions.revoke_subject("ada").await.unwrap();
    other.catch_up().await.unwrap();
    assert_eq!(other.verify::<()>(pair.access_token()).unwrap_err().code(), "access_revoked");
    assert_eq!(other.view().as_of(), Some(NumericDate::from_secs(NOW_S)));
}

#[tokio::test]
async fn a_key_that_is_revoked_takes_its_tokens_along_and_no_session() {
    let bench = Bench::with(|builder| {
        let key = SigningKey::generate(Algorithm::EdDsa).unwrap();
        builder.signing_key(key.with_key_id("k1"))
    })
    .await;
    let pair = bench.sessions.start("ada", Grant::new()).await.unwrap();
    bench.sessions.revoke_key("k2").await.unwrap();
    assert!(bench.sessions.verify::<()>(pair.access_token()).is_ok());
    bench.sessions.revoke_key("k1").await.unwrap();
    let error = bench.sessions.verify::<()>(pair.access_token()).unwrap_err();
    assert_eq!(error.to_string(), "the token was revoked: by its key");
    assert!(bench.sessions.refresh(pair.refresh_token()).await.is_ok());
}

#[tokio::test]
async fn a_clock_that_is_set_back_makes_nothing_look_fresh() {
    let bench = Bench::new().await;
    bench.clock.set(NOW_S - 3_600);
    let pair = bench.sessions.start("ada", Grant::new()).await.unwrap();
    let error = bench.sessions.verify::<()>(pair.access_token()).unwrap_err();
    assert_eq!(error.code(), "access_view_stale");
    bench.sessions.catch_up().await.unwrap();
    assert!(bench.sessions.verify::<()>(pair.access_token()).is_ok());
    assert_eq!(bench.sessions.view().as_of(), Some(NumericDate::from_secs(NOW_S - 3_600)));
}

#[tokio::test]
async fn a_verifier_that_accepts_bound_tokens_takes_none_from_who_proved_nothing() {
    let key = SigningKey::generate(Algorithm::EdDsa).unwrap();
    let bench = Bench::with(|builder| builder.signing_key(key.clone())).await;
    let own = thumbprint();
    let pair = bench.sessions.start("ada", Grant::new().bound_to(&own)).await.unwrap();
    // One verifier for both kinds of tokens.
    let one = Verifier::builder(key.verifying_key()).any_audience().accept_bound_tokens();
    let one = one.clock(bench.clock.clone()).build().unwrap();
    let prints = Fingerprints::derive(&master()).unwrap();
    let verifier = SessionVerifier::new(one, prints, Arc::clone(bench.sessions.view()));
    let verifier = verifier.clock(bench.clock.clone());
    assert!(verifier.verify_bound::<()>(pair.access_token(), &own).is_ok());
    let error = verifier.verify::<()>(pair.access_token()).unwrap_err();
    assert_eq!(error.code(), "access_not_proven");
    let error = verifier.verify_fail_open::<()>(pair.access_token()).unwrap_err();
    assert_eq!(error.code(), "access_not_proven");
}
