//! `jotem session revoke`: what ends at once.

use jotem::error::Excerpt;
use jotem_session::Sessions;
use jotem_session::refresh_token::SessionId;
use jotem_session::store::Subject;
use serde_json::{Value, json};

use super::{Place, Said, lasting_token, subject};
use crate::args::SessionRevokeArguments;
use crate::error::{Failure, Status};
use crate::input::Input;
use crate::output::Output;
use crate::waiting::wait;

/// What is to end.
enum What {
    Token(String),
    Session(Subject, SessionId),
    Subject(Subject),
    Client(String),
    Key(String),
}

/// What ended: for a program, and for a person.
type Done = (Value, String);

pub(crate) fn run(
    arguments: &SessionRevokeArguments,
    input: &Input,
    output: Output,
) -> Result<Status, Failure> {
    let what = what(arguments, input)?;
    let said = Said::read(&arguments.store, &arguments.master, Some(&arguments.keys), input)?;
    let (document, note) = wait(async { end(&said.open().await?, &what).await })?;
    if output.is_json() {
        output.document(&document)?;
    }
    output.note(&note);
    Ok(Status::Good)
}

fn what(arguments: &SessionRevokeArguments, input: &Input) -> Result<What, Failure> {
    if let Some(name) = &arguments.subject {
        let who = subject(name, arguments.tenant.as_deref());
        let Some(text) = &arguments.session else { return Ok(What::Subject(who)) };
        let session = SessionId::from_text(text).ok_or_else(|| {
            Failure::usage("this is no name of a session").hint(
                "it is the `sid` of an access token; compare with: jotem session list SUBJECT",
            )
        })?;
        return Ok(What::Session(who, session));
    }
    if let Some(client) = &arguments.client {
        return Ok(What::Client(client.clone()));
    }
    if let Some(key_id) = &arguments.key {
        return Ok(What::Key(key_id.clone()));
    }
    lasting_token(arguments.token.as_deref().unwrap_or("-"), input).map(What::Token)
}

async fn end(place: &Place, what: &What) -> Result<Done, Failure> {
    match what {
        What::Token(token) => end_token(&place.open(|builder| builder).await?, token).await,
        What::Session(who, session) => {
            end_session(&place.open_without_keys().await?, who, *session).await
        }
        What::Subject(who) => end_subject(&place.open_without_keys().await?, who).await,
        What::Client(client) => {
            place.open_without_keys().await?.revoke_client(client).await?;
            let note = format!("ended all sessions of the client {}", Excerpt::new(client));
            Ok((json!({"revoked": "client", "client": client}), note))
        }
        What::Key(key_id) => end_key(&place.open(|builder| builder).await?, key_id).await,
    }
}

async fn end_token(sessions: &Sessions, token: &str) -> Result<Done, Failure> {
    if sessions.revoke_token(token).await? {
        return Ok((json!({"revoked": "token"}), "revoked the token".to_owned()));
    }
    Err(Failure::new(Status::Refused, "nothing was revoked: this is no token of these sessions")
        .hint("it has expired, its session is forgotten, or it is another store's or secret's"))
}

async fn end_session(
    sessions: &Sessions,
    who: &Subject,
    session: SessionId,
) -> Result<Done, Failure> {
    // A name that was mistyped must not look as if something had ended.
    let listed = sessions.list(who).await?;
    if !listed.sessions.iter().any(|one| one.id == session) {
        let message = format!("{} has no such session that lives", Excerpt::new(who.name()));
        return Err(Failure::new(Status::Refused, message)
            .code("session_unknown")
            .hint("compare with: jotem session list SUBJECT"));
    }
    sessions.revoke_session(who, session).await?;
    let note = format!("ended the session {session} of {}", Excerpt::new(who.name()));
    Ok((json!({"revoked": "session", "session": session.to_string()}), note))
}

async fn end_subject(sessions: &Sessions, who: &Subject) -> Result<Done, Failure> {
    let name = Excerpt::new(who.name());
    let lived = sessions.revoke_subject(who).await?;
    let note = match lived {
        0 => format!("{name} had no session that lived; is it the right name, tenant and secret?"),
        1 => format!("ended the one session of {name}"),
        many => format!("ended the {many} sessions of {name}"),
    };
    Ok((json!({"revoked": "subject", "subject": who.name(), "sessions": lived}), note))
}

async fn end_key(sessions: &Sessions, key_id: &str) -> Result<Done, Failure> {
    let keys = sessions.ring().map(jotem_jwks::ring::KeyRing::keys).unwrap_or_default();
    if !keys.iter().any(|key| key.key_id() == key_id) {
        let key_id = Excerpt::new(key_id);
        return Err(Failure::from(&jotem_jwks::ring::RingError::KeyUnknown { key_id })
            .hint("it is the `kid` of an access token; one that was removed is refused already"));
    }
    sessions.revoke_key(key_id).await?;
    let active = sessions.ring().and_then(|ring| ring.signing_key().ok());
    let active = active.and_then(|key| key.key_id().map(str::to_owned)).unwrap_or_default();
    let note = format!("refused from now on: everything that {key_id} signed\n{active} signs");
    Ok((json!({"revoked": "key", "kid": key_id, "active": active}), note))
}
