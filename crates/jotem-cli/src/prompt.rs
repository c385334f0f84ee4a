//! Questions at a terminal whose answers are not shown.

use std::io;

use jotem::Secret;

use crate::error::Failure;

/// Asks for a secret. Ctrl-C stops the command, and leaves the terminal as it was.
pub(crate) fn ask(what: &str) -> Result<Secret, Failure> {
    let answer = interruptible(|| rpassword::prompt_password(format!("{what}: ")));
    match answer {
        Ok(answer) => Ok(Secret::from(answer.into_bytes())),
        Err(error) => Err(Failure::input_output(format!("cannot ask for {what}"), &error)
            .hint("give it as a file or as an environment variable")),
    }
}

/// Holds an interrupt back until the terminal is set back, and lets it have its way then.
#[cfg(unix)]
fn interruptible(ask: impl FnOnce() -> io::Result<String>) -> io::Result<String> {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use signal_hook::consts::SIGINT;

    let asked = Arc::new(AtomicBool::new(false));
    signal_hook::flag::register_conditional_default(SIGINT, Arc::clone(&asked))?;
    let answer = ask();
    asked.store(true, Ordering::SeqCst);
    match &answer {
        Err(error) if error.kind() == io::ErrorKind::Interrupted => {
            signal_hook::low_level::emulate_default_handler(SIGINT)?;
        }
        Ok(_) | Err(_) => {}
    }
    answer
}

#[cfg(not(unix))]
fn interruptible(ask: impl FnOnce() -> io::Result<String>) -> io::Result<String> {
    ask()
}
