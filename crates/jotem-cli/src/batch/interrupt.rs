//! Ctrl-C during a batch: the terminal is left clean, and what was found so far is told.

use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use signal_hook::consts::SIGINT;
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use super::progress::Progress;
use crate::output::Output;

/// Waits for an interrupt, beside the batch: it may itself be waiting for its input.
pub(super) fn watch(progress: &Arc<Mutex<Progress>>, output: Output) {
    let progress = Arc::clone(progress);
    let (ready, is_ready) = sync_channel::<()>(0);
    let watcher = move || {
        let Ok(mut signals) = Signals::new([SIGINT]) else { return };
        drop(ready);
        if signals.forever().next().is_some() {
            let mut progress = progress.lock().unwrap_or_else(PoisonError::into_inner);
            progress.wipe();
            output.aside(&format!("stopped: {}", progress.tally.to_text(progress.took())));
            // Ends the command, and says so to whoever started it.
            drop(emulate_default_handler(SIGINT));
        }
    };
    // Without a thread for it, an interrupt does what it always does.
    if thread::Builder::new().name("jotem-interrupt".to_owned()).spawn(watcher).is_ok() {
        // It comes to an end when the thread lets go of its side.
        is_ready.iter().for_each(drop);
    }
}
