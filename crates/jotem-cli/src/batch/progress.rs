//! How far a batch is: a line at the bottom of the terminal, wiped away before anything else is written.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use terminal_size::{Width, terminal_size_of};

use super::tally::{Tally, counted, grouped, rate, seconds};

/// What was counted so far, and whether a terminal shows it.
pub(super) struct Progress {
    pub(super) tally: Tally,
    begin: Instant,
    /// How many bytes there are to read, if that is known.
    total: Option<u64>,
    /// There is a terminal to show it.
    wanted: bool,
    drawn: Option<Instant>,
    /// The line stands there now.
    shown: bool,
}

impl Progress {
    pub(super) fn new(total: Option<u64>) -> Self {
        let dumb = std::env::var_os("TERM").is_some_and(|terminal| terminal == "dumb");
        Self {
            tally: Tally::default(),
            begin: Instant::now(),
            total,
            wanted: io::stderr().is_terminal() && !dumb,
            drawn: None,
            shown: false,
        }
    }

    /// Whether there is a line to wipe away at times.
    #[cfg(unix)]
    pub(super) const fn is_wanted(&self) -> bool {
        self.wanted
    }

    /// How long it has been.
    pub(super) fn took(&self) -> Duration {
        self.begin.elapsed()
    }

    /// Shows how far it is, unless that was a moment ago.
    pub(super) fn show(&mut self) {
        let is_due = self.drawn.is_none_or(|drawn| drawn.elapsed() >= INTERVAL);
        if !self.wanted || !is_due {
            return;
        }
        self.drawn = Some(Instant::now());
        let columns =
            terminal_size_of(io::stderr()).map_or(NARROW, |(Width(width), _)| width.into());
        // A line that fills the last column would go on in the next.
        let room = columns.saturating_sub(1);
        let line: String = line(&self.tally, self.took(), self.total).chars().take(room).collect();
        wipe_and_write(&line);
        self.shown = true;
    }

    /// Makes room for something else to be written.
    pub(super) fn wipe(&mut self) {
        if std::mem::take(&mut self.shown) {
            wipe_and_write("");
            // What is shown next is shown at once: a line that comes and goes would flicker.
            self.drawn = None;
        }
    }
}

/// Writes the line, the most important first: a narrow terminal shows its beginning.
fn line(tally: &Tally, took: Duration, total: Option<u64>) -> String {
    let tokens = tally.tokens();
    let mut parts = vec![counted(tokens)];
    if let Some(rate) = rate(tokens, took) {
        parts.push(format!("{} a second", grouped(rate)));
    }
    if let Some(left) = left(tally.bytes, took, total) {
        parts.push(format!("{} left", seconds(left)));
    }
    let refused = tally.refused();
    if refused > 0 {
        let reasons: Vec<_> = tally
            .reasons()
            .into_iter()
            .map(|(code, count)| format!("{code} {}", grouped(count)))
            .collect();
        parts.push(format!("{} refused: {}", grouped(refused), reasons.join(", ")));
    }
    parts.join(", ")
}

/// Returns how long the rest will take if it goes on like this.
fn left(bytes: u64, took: Duration, total: Option<u64>) -> Option<Duration> {
    let rest = total?.saturating_sub(bytes);
    let micros = took.as_micros().saturating_mul(rest.into()).checked_div(bytes.into())?;
    Some(Duration::from_micros(u64::try_from(micros).ok()?))
}

fn wipe_and_write(line: &str) {
    // Nobody is left to be told that standard error cannot be written.
    drop(write!(io::stderr().lock(), "\r\x1b[K{line}"));
}

/// How often it is shown.
const INTERVAL: Duration = Duration::from_millis(100);

/// The width where the terminal does not say.
const NARROW: usize = 80;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jotem::error::Code;

    use super::{Tally, left, line};

    #[test]
    fn says_how_many_how_fast_how_long_and_why_not() {
        let mut tally = Tally::of_bytes(100);
        (0..411_880).for_each(|_| tally.accept());
        (0..100).for_each(|_| tally.refuse(Code::Expired));
        (0..20).for_each(|_| tally.refuse(Code::SegmentCount));
        let took = Duration::from_millis(500);
        assert_eq!(
            line(&tally, took, Some(300)),
            "412,000 tokens, 824,000 a second, 1.0 s left, \
             120 refused: jwt_expired 100, jws_segment_count 20"
        );
        assert_eq!(line(&Tally::default(), Duration::ZERO, None), "0 tokens");
    }

    #[test]
    fn the_time_left_is_told_only_where_it_is_known() {
        let second = Duration::from_secs(1);
        assert_eq!(left(10, second, None), None);
        assert_eq!(left(0, second, Some(10)), None);
        assert_eq!(left(10, second, Some(10)), Some(Duration::ZERO));
        assert_eq!(left(20, second, Some(10)), Some(Duration::ZERO), "the file has grown");
    }
}
