//! `jotem session start`: somebody is let in.

use jotem_session::Grant;

use super::{Said, failure, issuing, print_pair, subject};
use crate::args::SessionStartArguments;
use crate::error::{Failure, Status};
use crate::input::Input;
use crate::output::Output;
use crate::waiting::wait;

pub(crate) fn run(
    arguments: &SessionStartArguments,
    input: &Input,
    output: Output,
) -> Result<Status, Failure> {
    let said = Said::read(&arguments.store, &arguments.master, Some(&arguments.keys), input)?;
    let pair = wait(async {
        let place = said.open().await?;
        // The first session of a store makes its ring.
        let sessions = issuing(place.builder(), &arguments.issue).open().await.map_err(failure)?;
        let who = subject(&arguments.subject, arguments.tenant.as_deref());
        Ok(sessions.start(who, grant(arguments)).await?)
    })?;
    print_pair(&pair, output)
}

fn grant(arguments: &SessionStartArguments) -> Grant {
    let grant = Grant::new().scopes(&arguments.scope).amr(&arguments.amr);
    let grant = match arguments.audience.as_slice() {
        [] => grant,
        audiences => grant.audiences(audiences),
    };
    let grant = arguments.client.iter().fold(grant, Grant::client);
    let grant = arguments.label.iter().fold(grant, Grant::label);
    arguments.acr.iter().fold(grant, Grant::acr)
}
