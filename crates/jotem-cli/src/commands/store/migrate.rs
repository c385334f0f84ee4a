//! `jotem store migrate`: sessions go from one store into another.

use std::io::{self, IsTerminal as _, Write as _};

use jotem::{Clock as _, NumericDate, SystemClock};
use jotem_session::Sessions;
use jotem_session::store::{self, Copied};
use serde_json::json;

use crate::args::StoreMigrateArguments;
use crate::date;
use crate::error::{Failure, Status};
use crate::output::Output;
use crate::paint::{CAREFUL, paint};
use crate::table::{Row, table};
use crate::waiting::wait;

pub(crate) fn run(arguments: &StoreMigrateArguments, output: Output) -> Result<Status, Failure> {
    let from = super::url(Some(&arguments.from))?;
    let to = super::url(Some(&arguments.to))?;
    if from == to {
        return Err(Failure::usage("both are the same store").hint("name another as the second"));
    }
    if from.starts_with("memory:") || to.starts_with("memory:") {
        return Err(Failure::usage("sessions in memory end with this command")
            .hint("name stores that stay, such as sqlite:///path/file.db"));
    }
    let shows = !output.is_json() && io::stderr().is_terminal();
    let copied = wait(async {
        let (from, to) = (store::open(&from).await?, store::open(&to).await?);
        let progress = |copied: &Copied| {
            if shows {
                progress(&format!("{} sessions", copied.sessions));
            }
        };
        Ok(store::copy(&from, &to, &[Sessions::RING_DOCUMENT], progress).await?)
    });
    if shows {
        progress("");
    }
    let copied = copied?;
    if output.is_json() {
        output.document(&json!({
            "sessions": copied.sessions,
            "over": copied.over,
            "ended": copied.ended,
            "without_client": copied.without_client,
            "without_grant": copied.without_grant,
            "later_there": copied.later_there,
            "revocations": copied.revocations,
            "subjects_not_told": copied.subjects_not_told,
            "wait_until": copied.wait_until_s,
            "documents": copied.documents,
            "documents_left": copied.documents_left,
        }))?;
        return Ok(Status::Good);
    }
    output.text(&table(&rows(&copied), 0, output.width()))?;
    advise(&copied, output);
    Ok(Status::Good)
}

fn rows(copied: &Copied) -> Vec<Row> {
    let count = |name: &str, number: u64, meaning: &str| {
        let row = Row::new(name, number.to_string());
        (number > 0).then(|| row.meaning(meaning, crate::paint::ASIDE))
    };
    let left_out = [
        count("over", copied.over, "do not live any more, and were left out"),
        count("ended", copied.ended, "were copied before, and have ended in both stores"),
        count("no client", copied.without_client, "were left out: their client was revoked"),
        count("no grant", copied.without_grant, "were left out: what they grant has no name"),
        count(
            "later",
            copied.later_there,
            "were left out: the other store knows of something later",
        ),
        count("revocations", copied.revocations, "are known to the other store"),
        count("rings", copied.documents, "of keys, with its private keys encrypted as they were"),
    ];
    let copied = Row::new("sessions", copied.sessions.to_string());
    std::iter::once(copied.meaning("were copied", crate::paint::ASIDE))
        .chain(left_out.into_iter().flatten())
        .collect()
}

fn advise(copied: &Copied, output: Output) {
    let note = paint(CAREFUL, "note:");
    if !copied.documents_left.is_empty() {
        output.note(&format!("{note} the other store has a key ring of its own, which stays: verifiers of the first store's tokens need the first ring"));
    }
    if copied.subjects_not_told > 0 {
        let until = NumericDate::from_secs(copied.wait_until_s.into());
        let distance = date::distance(until, SystemClock.now());
        output.note(&format!(
            "{note} subjects all of whose sessions were revoked a moment ago: {}; let verifiers follow the first store until {}, {distance}",
            copied.subjects_not_told,
            date::utc(until)
        ));
    }
}

/// Writes over the line at the bottom of the terminal.
fn progress(line: &str) {
    let mut stderr = io::stderr().lock();
    // Nobody is left to be told that standard error cannot be written.
    drop(write!(stderr, "\r\u{1b}[K{line}").and_then(|()| stderr.flush()));
}
