//! `jotem verify --batch`: many tokens, one a line, on all cores.
//!
//! `lines` reads on a thread of its own, `verdicts` verifies on all others and makes what is said about
//! each token, and here it is written, in the order of the lines. `tally` counts, and `progress` shows
//! that at a terminal.

#[cfg(unix)]
mod interrupt;
mod lines;
mod progress;
mod tally;
mod verdicts;

use std::iter::once;
use std::ops::ControlFlow;
use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use jotem::jwt::Batch;
use jotem::{NumericDate, Verifier};
use serde_json::Value;

use crate::args::{BatchArguments, Show};
use crate::error::{Failure, Status};
use crate::output::Output;
pub(crate) use lines::Source;
use lines::{Block, Lines};
use progress::Progress;
use verdicts::{Report, Verdicts};

pub(crate) fn run(
    arguments: &BatchArguments,
    sources: Vec<Source>,
    verifier: &Verifier,
    at: Option<NumericDate>,
    output: Output,
) -> Result<Status, Failure> {
    let json = output.is_json();
    let total = sources.iter().try_fold(0_u64, |sum, source| sum.checked_add(source.bytes?));
    let verdicts = Verdicts {
        verifier,
        at,
        json,
        show: arguments.show.unwrap_or(if json { Show::All } else { Show::Refused }),
        name_width: (sources.len() > 1).then(|| longest_name(&sources)),
    };
    let progress = Arc::new(Mutex::new(Progress::new(total)));
    #[cfg(unix)]
    if lock(&progress).is_wanted() {
        interrupt::watch(&progress, output);
    }
    let mut printer = Printer { verdicts: &verdicts, output, begun: false };
    let batch = Batch::new().threads(arguments.threads.unwrap_or_default().into());
    let batch = batch.ahead(BLOCKS_AHEAD);
    let (blocks, reader) = read_ahead(sources)?;
    let mut end = ControlFlow::Continue(());
    while end.is_continue()
        && let Ok(block) = blocks.recv()
    {
        // What is there now; then everything is handed out before more is waited for. Whoever writes
        // a token and waits for its verdict would wait for ever otherwise.
        end = batch.each(
            once(block).chain(blocks.try_iter()),
            |block| block.map(|block| verdicts.report(block)),
            |report| match report.and_then(|report| printer.print(&report, &progress)) {
                Ok(ControlFlow::Continue(())) => ControlFlow::Continue(()),
                Ok(ControlFlow::Break(())) => ControlFlow::Break(None),
                Err(failure) => ControlFlow::Break(Some(failure)),
            },
        );
    }
    if end.is_continue() {
        // It has come to its end; if that was a panic, not all was read.
        reader.join().unwrap_or_else(|panic| resume_unwind(panic));
    }
    let mut progress = lock(&progress);
    progress.wipe();
    match end {
        ControlFlow::Continue(()) => printer.finish(&progress, None),
        ControlFlow::Break(Some(failure)) => printer.finish(&progress, Some(failure)),
        // Nobody reads any longer, so there is nobody to tell; but not all are accepted.
        ControlFlow::Break(None) if progress.tally.refused() == 0 => Ok(Status::InputOutput),
        ControlFlow::Break(None) => Ok(Status::Refused),
    }
}

fn longest_name(sources: &[Source]) -> usize {
    sources.iter().map(|source| source.name.text.chars().count()).max().unwrap_or_default()
}

/// Reads on a thread of its own, a few blocks ahead. It ends when all is read or nobody takes any more;
/// if it waits for its input then, the command does not wait for it.
fn read_ahead(sources: Vec<Source>) -> Result<(Blocks, JoinHandle<()>), Failure> {
    let (sender, blocks) = sync_channel(BLOCKS_READ);
    let read = move || {
        let mut lines = Lines::of(sources);
        while lines.next().is_some_and(|block| sender.send(block).is_ok()) {}
    };
    let thread = thread::Builder::new().name("jotem-lines".to_owned()).spawn(read);
    let thread = thread.map_err(|error| Failure::input_output("cannot start a thread", &error))?;
    Ok((blocks, thread))
}

type Blocks = Receiver<Result<Block, Failure>>;

/// Writes what was found, block by block.
struct Printer<'v> {
    verdicts: &'v Verdicts<'v>,
    output: Output,
    begun: bool,
}

impl Printer<'_> {
    /// The progress is not held while something is written: that may take as long as its reader does,
    /// and an interrupt does not wait for it.
    fn print(
        &mut self,
        report: &Report,
        progress: &Mutex<Progress>,
    ) -> Result<ControlFlow<()>, Failure> {
        lock(progress).tally.add(&report.tally);
        if !report.text.is_empty() {
            lock(progress).wipe();
            if !self.begun && !self.output.is_json() {
                self.begun = true;
                let heading = self.verdicts.heading();
                if self.output.part(heading.as_bytes())?.is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
            if self.output.part(&report.text)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        lock(progress).show();
        Ok(ControlFlow::Continue(()))
    }

    /// Writes the summary, and what stopped the batch if something did.
    fn finish(&self, progress: &Progress, failure: Option<Failure>) -> Result<Status, Failure> {
        let (tally, took, output) = (&progress.tally, progress.took(), self.output);
        // To accept all of nothing would be a "yes" to a file that was cut to nothing.
        let failure = failure.or_else(|| {
            let empty = || Failure::unusable("there is no token").hint("one stands on each line");
            (tally.tokens() == 0).then(empty)
        });
        if output.is_json() {
            let line = |document: &Value| output.part(format!("{document}\n").as_bytes());
            if let Some(failure) = &failure {
                let _enough = line(&failure.to_document())?;
            }
            let _enough = line(&tally.to_document(took))?;
            return Ok(failure.map_or_else(|| status(progress), |failure| failure.status()));
        }
        if tally.tokens() > 0 {
            let gap = if self.begun { "\n" } else { "" };
            output.text(&format!("{gap}{}", tally.to_text(took)))?;
        }
        failure.map_or_else(|| Ok(status(progress)), Err)
    }
}

fn status(progress: &Progress) -> Status {
    if progress.tally.refused() > 0 { Status::Refused } else { Status::Good }
}

fn lock(progress: &Mutex<Progress>) -> MutexGuard<'_, Progress> {
    progress.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How many blocks are read ahead: half a megabyte, so that nobody waits for the file.
const BLOCKS_READ: usize = 16;

/// How many blocks a thread may be ahead of what is written: a quarter of a megabyte with their text.
const BLOCKS_AHEAD: usize = 4;
