//! `jotem session verify`: whether an access token lives.

use jotem::error::Excerpt;
use serde_json::{Map, Value, json};

use super::{Said, token};
use crate::args::SessionVerifyArguments;
use crate::commands::verify::holds;
use crate::error::{Failure, Status};
use crate::input::Input;
use crate::json_text::append;
use crate::output::Output;
use crate::paint::{GOOD, paint};
use crate::pretty::pretty;
use crate::waiting::wait;

pub(crate) fn run(
    arguments: &SessionVerifyArguments,
    input: &Input,
    output: Output,
) -> Result<Status, Failure> {
    let token = token(&arguments.token, "access_token", input)?;
    let said = Said::read(&arguments.store, &arguments.master, Some(&arguments.keys), input)?;
    let live = wait(async {
        let place = said.open().await?;
        let sessions = place.open(|builder| {
            let builder = arguments.issuer.iter().fold(builder, |one, name| one.issuer(name));
            arguments.audience.iter().fold(builder, |one, name| one.audience(name))
        });
        let verifier = sessions.await?.verifier();
        let verifier = match arguments.tenant.as_deref() {
            Some(name) => verifier.tenant(name),
            None => verifier,
        };
        Ok(verifier.verify::<Map<String, Value>>(&token)?)
    })?;
    let verified = live.verified();
    if output.is_json() {
        let (algorithm, session) = (verified.algorithm().name(), live.session().to_string());
        let document = json!({"verdict": "accepted", "session": session, "algorithm": algorithm});
        let mut document = document.to_string();
        append(&mut document, "header", verified.header().json());
        append(&mut document, "claims", verified.claims().json());
        output.exact_document(&document)?;
    } else {
        let (who, holds) = (Excerpt::new(live.subject()), holds(verified, None));
        let session = live.session();
        output.note(&format!("{} {who}, session {session}, {holds}", paint(GOOD, "live:")));
        output.text(&pretty(verified.claims().json()))?;
    }
    Ok(Status::Good)
}
