//! The whole life of a session, on a SQLite file: login, calls, a key rotation, refresh, a stolen token
//! that is caught, a restart, and log out everywhere. `make demo` runs it; what is wrong fails.

#![expect(clippy::print_stdout, reason = "a demonstration is printed")]

mod stage;

use std::error::Error;
use std::path::Path;

use jotem::{Algorithm, Secret, SigningKey, unverified_header};
use jotem_session::event::Action;
use jotem_session::rotation::RotationPolicy;
use jotem_session::{Grant, SessionError, Sessions, TokenPair, VerifyError};

use stage::{Seen, Stage};

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("sessions.db");
    // 32 random bytes, which a program reads from where its secrets are.
    let random = SigningKey::generate(Algorithm::Hs256)?.to_jwk()?.thumbprint();
    let stage = Stage::new("The life of a session, on SQLite");

    let (seen, master) = (Seen::default(), Secret::from(random.into_bytes()));
    let sessions = open(&master, &file, &seen).await?;
    let pair = log_in(&stage, &sessions).await?;
    let pair = refresh(&stage, &sessions, &pair).await?;
    let pair = rotate_keys(&stage, &sessions, &pair).await?;
    theft(&stage, &sessions, &seen, &pair).await?;

    let laptop = sessions.start("ada", Grant::new().label("laptop")).await?;
    drop(sessions);
    let sessions = open(&master, &file, &seen).await?;
    let laptop = restart(&stage, &sessions, &laptop).await?;
    log_out_everywhere(&stage, &sessions, &laptop).await?;
    stage.end(&seen);
    Ok(())
}

/// Each refresh token holds once: a browser would get `RotationPolicy::web`, and ten seconds.
async fn open(master: &Secret, file: &Path, seen: &Seen) -> Outcome<Sessions> {
    let seen = seen.clone();
    let sessions = Sessions::builder(master.clone())
        .store_url(format!("sqlite:{}", file.display()))
        .issuer("https://auth.example")
        .audience("api")
        .policy(RotationPolicy::strict())
        .on_event(move |event| seen.keep(event));
    Ok(sessions.open().await?)
}

async fn log_in(stage: &Stage, sessions: &Sessions) -> Outcome<TokenPair> {
    stage.step("Ada logs in, and has two tokens");
    let grant = Grant::new().scopes(["invoices", "profile"]).amr(["pwd", "otp"]).label("phone");
    let pair = sessions.start("ada", grant).await?;
    stage.token("access token", pair.access_token(), "for 15 minutes");
    stage.token("refresh token", pair.refresh_token(), "for 7 days, and once");

    stage.step("She calls the API: the signature, the claims, and what was revoked");
    let verifier = sessions.verifier();
    for _ in 0..1_000 {
        let live = verifier.verify::<()>(pair.access_token())?;
        assert!(live.subject() == "ada" && live.has_scope("invoices"));
    }
    stage.good("1,000 calls accepted, and the store was not asked once");
    Ok(pair)
}

async fn refresh(stage: &Stage, sessions: &Sessions, pair: &TokenPair) -> Outcome<TokenPair> {
    stage.step("A quarter of an hour later she exchanges the refresh token");
    let next = sessions.refresh(pair.refresh_token()).await?;
    assert_ne!(next.refresh_token(), pair.refresh_token());
    assert_eq!(next.session(), pair.session());
    stage.token("refresh token", next.refresh_token(), "the next one, of the same session");
    Ok(next)
}

async fn rotate_keys(stage: &Stage, sessions: &Sessions, pair: &TokenPair) -> Outcome<TokenPair> {
    stage.step("The signing key is replaced while she works");
    let ring = sessions.ring().ok_or("the ring is in the store")?.clone();
    // At once: here is nobody who would have to fetch the new key first.
    tokio::task::spawn_blocking(move || ring.rotate_now()).await??;
    sessions.catch_up().await?;
    let next = sessions.refresh(pair.refresh_token()).await?;
    let (old, new) = (key_id(pair.access_token())?, key_id(next.access_token())?);
    assert_ne!(old, new);
    for token in [pair.access_token(), next.access_token()] {
        sessions.verify::<()>(token)?;
    }
    stage.good(&format!("tokens of {old}… and of {new}… are accepted: none was refused"));
    Ok(next)
}

/// The beginning of the name of the key that signed.
fn key_id(token: &str) -> Outcome<String> {
    let header = unverified_header(token)?.into_untrusted();
    Ok(header.key_id().unwrap_or_default().chars().take(8).collect())
}

async fn theft(stage: &Stage, sessions: &Sessions, seen: &Seen, pair: &TokenPair) -> Outcome {
    stage.step("Mallory has copied her refresh token, and Ada uses it first");
    let hers = sessions.refresh(pair.refresh_token()).await?;
    let caught = sessions.refresh(pair.refresh_token()).await;
    let Err(error @ SessionError::Reuse) = caught else {
        return Err("a refresh token was exchanged twice".into());
    };
    stage.bad("Mallory", &error.to_string());
    let Err(error @ SessionError::Ended { .. }) = sessions.refresh(hers.refresh_token()).await
    else {
        return Err("a session went on after a theft".into());
    };
    stage.bad("Ada", &error.to_string());
    sessions.catch_up().await?;
    refused(sessions, &hers)?;
    stage.bad("her access token", "revoked with the session: she logs in again, he cannot");
    let event = seen.last(Action::RefreshReuse).ok_or("nobody was told of the theft")?;
    assert!(event.action.is_alarm());
    stage.event(&event);
    Ok(())
}

async fn restart(stage: &Stage, sessions: &Sessions, laptop: &TokenPair) -> Outcome<TokenPair> {
    stage.step("She has logged in again; the program ends, and starts anew");
    sessions.verify::<()>(laptop.access_token())?;
    let next = sessions.refresh(laptop.refresh_token()).await?;
    stage.good("her tokens hold: sessions, revocations and keys are in the file");
    Ok(next)
}

async fn log_out_everywhere(stage: &Stage, sessions: &Sessions, laptop: &TokenPair) -> Outcome {
    stage.step("She logs out everywhere");
    let tablet = sessions.start("ada", Grant::new().label("tablet")).await?;
    let other = sessions.start("grace", Grant::new()).await?;
    let ended = sessions.revoke_subject("ada").await?;
    assert_eq!(ended, 2);
    for pair in [laptop, &tablet] {
        refused(sessions, pair)?;
        assert!(sessions.refresh(pair.refresh_token()).await.is_err());
    }
    sessions.verify::<()>(other.access_token())?;
    stage.bad("2 sessions", "ended: laptop, tablet; their four tokens are refused at once");
    let again = sessions.start("ada", Grant::new()).await?;
    sessions.verify::<()>(again.access_token())?;
    stage.good("who logs in after that is let in, and Grace never noticed");
    Ok(())
}

fn refused(sessions: &Sessions, pair: &TokenPair) -> Outcome {
    match sessions.verify::<()>(pair.access_token()) {
        Err(VerifyError::Revoked { .. }) => Ok(()),
        Err(error) => Err(error.into()),
        Ok(_) => Err("an access token outlived its session".into()),
    }
}

#[test]
fn the_demonstration_is_right() -> Outcome {
    main()
}
