//! `jotem session refresh`: one refresh token for the next.

use jotem_session::Presenter;

use super::{Said, issuing, lasting_token, print_pair};
use crate::args::SessionRefreshArguments;
use crate::error::{Failure, Status};
use crate::input::Input;
use crate::output::Output;
use crate::waiting::wait;

pub(crate) fn run(
    arguments: &SessionRefreshArguments,
    input: &Input,
    output: Output,
) -> Result<Status, Failure> {
    let token = lasting_token(&arguments.token, input)?;
    let said = Said::read(&arguments.store, &arguments.master, Some(&arguments.keys), input)?;
    let presenter = arguments.client.iter().fold(Presenter::new(), Presenter::client);
    let presenter = arguments.tenant.iter().fold(presenter, Presenter::tenant);
    let presenter =
        if arguments.scope.is_empty() { presenter } else { presenter.scopes(&arguments.scope) };
    let pair = wait(async {
        let place = said.open().await?;
        let sessions = place.open(|builder| issuing(builder, &arguments.issue)).await?;
        Ok(sessions.refresh_as(&token, &presenter).await?)
    })?;
    print_pair(&pair, output)
}
