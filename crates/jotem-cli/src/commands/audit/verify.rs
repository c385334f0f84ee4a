//! `jotem audit verify`: whether the chain of a log holds, and where it breaks.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use jotem_session::audit::{AuditError, ChainKey, Verification, Verified};
use serde_json::{Value, json};

use crate::args::AuditVerifyArguments;
use crate::error::{Failure, Status};
use crate::input::{self, Input};
use crate::output::Output;
use crate::paint::{ASIDE, CAREFUL, GOOD};
use crate::table::{Row, table};

pub(crate) fn run(
    arguments: &AuditVerifyArguments,
    input: &Input,
    output: Output,
) -> Result<Status, Failure> {
    let key = arguments.key_file.as_deref().map(|file| key(file, input)).transpose()?;
    let mut verification = Verification::new(key.as_ref());
    if let Some(checkpoint) = arguments.checkpoint {
        verification = verification.expecting(checkpoint);
    }
    for file in &arguments.files {
        let name = input::name(file);
        let opened = File::open(file)
            .map_err(|error| Failure::input_output(format!("cannot read {name}"), &error))?;
        let read = verification.read(BufReader::new(opened));
        read.map_err(|error| Failure::from(&error).about(&name))?;
    }
    verification.reaches().map_err(|error| Failure::from(&error))?;
    let verified = verification.verified();
    if output.is_json() {
        output.document(&document(&verified, key.is_some()))?;
    } else {
        output.text(&table(&rows(&verified, key.is_some()), 0, output.width()))?;
    }
    Ok(Status::Good)
}

fn key(file: &Path, input: &Input) -> Result<ChainKey, Failure> {
    let master = input.secret_file(file)?;
    ChainKey::derive(&master).map_err(|error| Failure::from(&error).about(&input::name(file)))
}

fn document(verified: &Verified, is_keyed: bool) -> Value {
    let seen =
        |seen: Option<(u64, &str)>| seen.map(|(seq, time)| json!({"seq": seq, "time": time}));
    json!({
        "verdict": "holds",
        "lines": verified.lines(),
        "first": seen(verified.first()),
        "last": seen(verified.last()),
        "alarms": verified.alarms(),
        "dropped": verified.dropped(),
        "chains": verified.chains(),
        "closed": verified.is_closed(),
        "keyed": is_keyed,
    })
}

fn rows(verified: &Verified, is_keyed: bool) -> Vec<Row> {
    let (Some(first), Some(last)) = (verified.first(), verified.last()) else {
        let nothing = "nothing shows whether there was something";
        return vec![Row::new("lines", "0").meaning(nothing, CAREFUL)];
    };
    let holds = if is_keyed {
        "each has a MAC, and follows from the one before"
    } else {
        "each follows from the one before; whoever has no key could have written all of them"
    };
    let begin = if first.0 == 1 { "" } else { "what was before it is not in these files" };
    let end = if verified.is_closed() {
        "the log was closed"
    } else {
        "the log is open, its program was killed, or its end was cut off"
    };
    let number = |(seq, time): (u64, &str)| format!("{seq}, {time}");
    let mut rows = vec![
        Row::new("lines", verified.lines().to_string()).value_style(GOOD).meaning(holds, ASIDE),
        Row::new("first", number(first)).meaning(begin, CAREFUL),
        Row::new("last", number(last)).meaning(end, ASIDE),
        Row::new("alarms", verified.alarms().to_string()),
    ];
    if verified.dropped() > 0 {
        let dropped = "events that were not written";
        rows.push(Row::new("dropped", verified.dropped().to_string()).meaning(dropped, CAREFUL));
    }
    if verified.chains() > 1 {
        let chains = "what was between two of them is not known";
        rows.push(Row::new("chains", verified.chains().to_string()).meaning(chains, CAREFUL));
    }
    rows
}

impl From<&AuditError> for Failure {
    fn from(error: &AuditError) -> Self {
        #[expect(clippy::wildcard_enum_match_arm, reason = "all others say the same")]
        let failure = match error {
            AuditError::Read { .. } => Self::unreadable(error.to_string()),
            AuditError::MasterTooShort { .. } | AuditError::KeyMissing { .. } => {
                Self::unusable(error.to_string())
            }
            _ => Self::broken(error.to_string()),
        };
        #[expect(clippy::wildcard_enum_match_arm, reason = "all others say the same")]
        let hint = match error {
            AuditError::KeyMissing { .. } => "give the master secret with --key-file",
            _ => error.hint(),
        };
        failure.code(error.code()).hint(hint)
    }
}
