//! `jotem session list`: what sessions a subject has.

use jotem::error::Excerpt;
use jotem::{Clock as _, NumericDate, SystemClock};
use jotem_session::{SessionInfo, SessionList};
use serde_json::{Value, json};

use super::{Said, subject};
use crate::args::SessionListArguments;
use crate::date;
use crate::error::{Failure, Status};
use crate::input::Input;
use crate::output::Output;
use crate::paint::ASIDE;
use crate::table::{Row, table};
use crate::waiting::wait;

pub(crate) fn run(
    arguments: &SessionListArguments,
    input: &Input,
    output: Output,
) -> Result<Status, Failure> {
    let said = Said::read(&arguments.store, &arguments.master, None, input)?;
    let who = subject(&arguments.subject, arguments.tenant.as_deref());
    let list = wait(async {
        let sessions = said.open().await?.open_without_keys().await?;
        Ok(sessions.list(&who).await?)
    })?;
    if output.is_json() {
        output.document(&document(&list))?;
        return Ok(Status::Good);
    }
    if list.sessions.is_empty() {
        output.note(&format!("{} has no session that lives", Excerpt::new(who.name())));
        return Ok(Status::Good);
    }
    let now = SystemClock.now();
    let rows: Vec<Row> = list.sessions.iter().map(|session| row(session, now)).collect();
    output.text(&table(&rows, 0, output.width()))?;
    Ok(Status::Good)
}

fn document(list: &SessionList) -> Value {
    let sessions: Vec<Value> = list.sessions.iter().map(session_document).collect();
    json!({"epoch": list.epoch, "sessions": sessions})
}

fn session_document(session: &SessionInfo) -> Value {
    json!({
        "session": session.id.to_string(),
        "client_id": session.client_id,
        "scope": session.scope,
        "label": session.label,
        "authenticated_at": session.authenticated_at.as_secs(),
        "last_used_at": session.last_used_at.as_secs(),
        "idle_end_at": session.idle_end_at.as_secs(),
        "end_at": session.end_at.as_secs(),
        "is_bound": session.is_bound,
    })
}

fn row(session: &SessionInfo, now: NumericDate) -> Row {
    // Whoever logged in chose the label: it may have anything in it.
    let label = session.label.as_deref().map(|label| Excerpt::new(label).to_string());
    let scope =
        (!session.scope.is_empty()).then(|| format!("scope {}", Excerpt::new(&session.scope)));
    let key = session.is_bound.then(|| "bound to a key".to_owned());
    let used = format!("used {}", date::distance(session.last_used_at, now));
    let ends = session.idle_end_at.min(session.end_at);
    let ends = format!("ends {} if unused", date::distance(ends, now));
    let parts: Vec<String> =
        label.into_iter().chain(scope).chain(key).chain([used, ends]).collect();
    let client = session
        .client_id
        .as_deref()
        .map_or_else(|| "(revoked)".to_owned(), |client| Excerpt::new(client).to_string());
    Row::new(client, session.id.to_string()).meaning(parts.join(", "), ASIDE)
}
