//! `jotem store check`: whether a store answers.

use jotem::{Clock as _, SystemClock};
use jotem_session::store;
use serde_json::json;

use crate::args::StoreCheckArguments;
use crate::error::{Failure, Status};
use crate::output::Output;
use crate::paint::{CAREFUL, GOOD, paint};
use crate::table::{Row, table};
use crate::waiting::wait;

/// Clocks that differ by more than this are worth a word, in milliseconds: verifiers allow 30 s.
const WORTH_A_WORD: i64 = 5_000;

pub(crate) fn run(arguments: &StoreCheckArguments, output: Output) -> Result<Status, Failure> {
    let url = super::url(arguments.url.as_deref())?;
    let (name, ahead_ms) = wait(async {
        let store = store::open(&url).await?;
        let before = milliseconds();
        let there = i64::try_from(store.ping().await?).unwrap_or(i64::MAX);
        // The answer was on its way for as long as the question.
        let here = before.midpoint(milliseconds());
        Ok((store.name(), there.saturating_sub(here)))
    })?;
    let differs = ahead_ms.saturating_abs() >= WORTH_A_WORD;
    if output.is_json() {
        output.document(&json!({"store": name, "clock_ahead_ms": ahead_ms}))?;
        return Ok(Status::Good);
    }
    let clock = if differs { seconds(ahead_ms) } else { "the same as here".to_owned() };
    let rows = [
        Row::new("store", name),
        Row::new("answers", "yes; tables and settings are as they should be").value_style(GOOD),
        Row::new("clock", clock),
    ];
    output.text(&table(&rows, 0, output.width()))?;
    if differs {
        let note = paint(CAREFUL, "note:");
        output.note(&format!("{note} sessions end by the clock of the store, and access tokens by those of the machines: set them by NTP"));
    }
    Ok(Status::Good)
}

fn seconds(ahead_ms: i64) -> String {
    let seconds = ahead_ms.unsigned_abs() / 1000;
    format!("{seconds} s {} this one", if ahead_ms > 0 { "ahead of" } else { "behind" })
}

fn milliseconds() -> i64 {
    i64::try_from(SystemClock.now().since_epoch().as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn says_which_clock_is_ahead() {
        assert_eq!(seconds(61_900), "61 s ahead of this one");
        assert_eq!(seconds(-5_000), "5 s behind this one");
    }
}
