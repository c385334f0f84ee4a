//! Settings and grants that cannot be.

use std::time::Duration;

use jotem::Secret;
use jotem_session::rotation::RotationPolicy;
use jotem_session::store::Subject;
use jotem_session::{Grant, Sessions, SessionsBuilder};

use crate::bench::{Bench, master};

async fn code(builder: SessionsBuilder) -> &'static str {
    builder.open().await.unwrap_err().code()
}

#[tokio::test]
async fn settings_that_make_no_sense_are_refused() {
    let builder = || Sessions::builder(master());
    assert_eq!(
        code(Sessions::builder(Secret::from(vec![7; 31]))).await,
        "refresh_token_master_short"
    );
    let short = builder().access_lifetime(Duration::ZERO);
    assert_eq!(code(short).await, "session_access_lifetime");
    let long = builder().access_lifetime(Duration::from_secs(86_401));
    assert_eq!(code(long).await, "session_access_lifetime");
    let endless = builder().policy(RotationPolicy::web().lifetime(Duration::MAX));
    assert_eq!(code(endless).await, "session_lifetime");
    assert_eq!(code(builder().store_url("mysql://localhost")).await, "store_url");
    assert_eq!(code(builder().store_url("")).await, "store_url");
    assert_eq!(
        code(builder().algorithm(jotem::Algorithm::Hs256)).await,
        "ring_algorithm_symmetric"
    );
}

#[test]
fn outside_of_a_runtime_there_is_an_error_and_no_panic() {
    let mut opened = Box::pin(Sessions::builder(master()).open());
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(Err(error)) = opened.as_mut().poll(&mut context) else {
        panic!("it waits for something")
    };
    assert_eq!(error.code(), "session_no_runtime");
}

#[tokio::test]
async fn grants_that_make_no_sense_are_refused() {
    let bench = Bench::new().await;
    let long = "x".repeat(1_001);
    for (subject, grant, code) in [
        (Subject::new(""), Grant::new(), "session_subject_length"),
        (Subject::new("").tenant("acme"), Grant::new(), "session_subject_length"),
        (Subject::new("ada").tenant(""), Grant::new(), "session_subject_length"),
        (Subject::new(&long), Grant::new(), "session_subject_length"),
        (Subject::new("a").tenant(&long), Grant::new(), "session_subject_length"),
        (Subject::new("ada"), Grant::new().label("x".repeat(257)), "session_label_long"),
        (Subject::new("ada"), Grant::new().scopes(["a b"]), "session_scope_shape"),
        (Subject::new("ada"), Grant::new().scopes([""]), "session_scope_shape"),
        (Subject::new("ada"), Grant::new().scopes(["a\"b"]), "session_scope_shape"),
        (Subject::new("ada"), Grant::new().scopes(["ä"]), "session_scope_shape"),
        (Subject::new("ada"), Grant::new().bound_to("short"), "session_thumbprint_shape"),
        (Subject::new("ada"), Grant::new().bound_to("A".repeat(43)), "session_thumbprint_shape"),
    ] {
        let shown = format!("{subject:?} {grant:?}");
        let error = bench.sessions.start(subject, grant).await.unwrap_err();
        assert_eq!(error.code(), code, "{shown}");
    }
    assert!(bench.actions().is_empty());
}

#[tokio::test]
async fn a_login_in_several_steps_sees_that_nothing_was_revoked_meanwhile() {
    let bench = Bench::new().await;
    let epoch = bench.sessions.list("ada").await.unwrap().epoch;
    assert!(bench.sessions.start("ada", Grant::new().expected_epoch(epoch)).await.is_ok());
    bench.sessions.revoke_subject("ada").await.unwrap();
    let late = Grant::new().expected_epoch(epoch);
    let error = bench.sessions.start("ada", late).await.unwrap_err();
    assert_eq!(error.code(), "store_epoch_changed");
}
