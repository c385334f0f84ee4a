//! Sessions from login to log out, kept in one file: start, verify, refresh, a token that comes twice,
//! revoke, and what the log is told.

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use jotem::Secret;
use jotem_session::rotation::RotationPolicy;
use jotem_session::{Grant, Presenter, Sessions};

/// What the application says of a user, in every access token.
#[derive(serde::Serialize, serde::Deserialize)]
struct Roles {
    roles: Vec<String>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let log = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&log);
    let sessions =
        Sessions::builder(Secret::from(vec![7; 32])) // 32 random bytes, the same everywhere
            .store_url(format!("sqlite:{}", folder.path().join("sessions.db").display()))
            .issuer("https://auth.example")
            .audience("api")
            .policy(RotationPolicy::strict())
            .claims_for(|_subject, _grant| async { Ok(Roles { roles: vec!["editor".to_owned()] }) })
            .on_event(move |event| {
                told.lock().unwrap_or_else(PoisonError::into_inner).push(event.action.as_str());
            })
            .open()
            .await?;

    // POST /login, when the password was right.
    let grant = Grant::new().client("web").scopes(["invoices", "profile"]).label("Firefox");
    let pair = sessions.start("ada", grant).await?;

    // Every request: nothing is asked of the store.
    let live = sessions.verify::<Roles>(pair.access_token())?;
    assert_eq!((live.subject(), live.client_id()), ("ada", "web"));
    assert!(live.has_scope("invoices") && live.custom().roles == ["editor"]);

    // POST /token: the answer is the pair as JSON.
    let web = Presenter::new().client("web");
    let next = sessions.refresh_as(pair.refresh_token(), &web).await?;
    assert!(serde_json::to_string(&next)?.contains("\"token_type\":\"Bearer\""));

    // Somebody has the old one: the session ends for both.
    let error = sessions.refresh_as(pair.refresh_token(), &web).await.err();
    assert_eq!(error.map(|error| error.oauth_error()), Some("invalid_grant"));
    sessions.catch_up().await?; // within a second by itself
    let error = sessions.verify::<Roles>(next.access_token()).err();
    assert_eq!(error.map(|error| error.code()), Some("access_revoked"));

    // POST /logout, on this device and on all of them.
    let phone = sessions.start("ada", Grant::new().client("app").label("phone")).await?;
    let tablet = sessions.start("ada", Grant::new().client("app").label("tablet")).await?;
    sessions.revoke_session("ada", phone.session()).await?;
    assert_eq!(sessions.list("ada").await?.sessions.len(), 1);
    assert_eq!(sessions.revoke_subject("ada").await?, 1);
    for pair in [phone, tablet] {
        assert!(sessions.verify::<Roles>(pair.access_token()).is_err());
    }

    let log = log.lock().unwrap_or_else(PoisonError::into_inner);
    let expected = [
        "session.start",
        "refresh.rotated",
        "refresh.reuse",
        "session.start",
        "session.start",
        "revoke.session",
        "revoke.subject",
    ];
    assert_eq!(*log, expected);
    Ok(())
}

#[test]
fn the_program_runs() -> Result<(), Box<dyn Error>> {
    main()
}
