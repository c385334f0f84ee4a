//! Help, the version, and what is wrong with the arguments: one line and a hint, like every error.

use std::ffi::OsString;

use clap::ColorChoice;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::error::{Failure, Status};
use crate::input;
use crate::output::Output;
use crate::pretty::is_harmless;

/// Finds out how to answer where the arguments could not be read: two of them are looked for by
/// hand.
pub(crate) fn output(arguments: impl Iterator<Item = OsString>) -> Output {
    let (mut json, mut color, mut before) = (false, ColorChoice::Auto, OsString::new());
    for argument in arguments {
        json |= argument == "--json";
        let text = argument.to_string_lossy();
        let asked =
            text.strip_prefix("--color=").or_else(|| (before == "--color").then_some(&*text));
        color = asked.and_then(|asked| asked.parse().ok()).unwrap_or(color);
        before = argument;
    }
    Output::new(json, color)
}

/// Prints the help that was asked for, or says what is wrong.
pub(crate) fn answer(error: &clap::Error, output: Output) -> Result<Status, Failure> {
    let text = error.render();
    // Only these three kinds are no errors.
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return output.text(&text.ansi().to_string()).map(|()| Status::Good);
    }
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        output.note(text.ansi().to_string().trim_end());
        return Ok(Status::Usage);
    }
    Err(failure(error, &text.to_string()))
}

fn failure(error: &clap::Error, text: &str) -> Failure {
    if let Some(failure) = quiet(error) {
        return failure;
    }
    let mut paragraphs = text.trim().split("\n\n").map(one_line);
    let message = paragraphs.next().unwrap_or_default();
    let message = message.strip_prefix("error: ").unwrap_or(&message);
    let rest: Vec<String> = paragraphs.collect();
    let starting = |prefix: &str| rest.iter().find_map(|line| line.strip_prefix(prefix));
    let unsecured = text.contains("invalid value 'none'");
    let hint = match (starting("tip: "), starting("Usage: ")) {
        _ if unsecured => {
            "nothing is signed with `none`; choose one of these, such as ES256".to_owned()
        }
        (Some(tip), _) => tip.to_owned(),
        (None, Some(usage)) => format!("usage: {usage}; more with --help"),
        (None, None) => "more with --help".to_owned(),
    };
    Failure::usage(without_long_words(message)).hint(without_long_words(&hint))
}

/// Leaves out what is long: it may be a token, a key or a secret in the wrong place; and what could
/// turn the direction of the line around.
fn without_long_words(text: &str) -> String {
    let text: String = text.chars().map(|c| if is_harmless(c) { c } else { '\u{fffd}' }).collect();
    let words = text
        .split(' ')
        .map(|word| if word.len() > LONGEST_WORD { "(a long value, not repeated)" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

/// Longer than every flag, command, algorithm and number.
const LONGEST_WORD: usize = 40;

/// Finds the arguments that are not repeated, because they may be a token, a key or a secret.
fn quiet(error: &clap::Error) -> Option<Failure> {
    let ContextValue::String(argument) = error.get(ContextKind::InvalidArg)? else { return None };
    if error.kind() != ErrorKind::UnknownArgument {
        return None;
    }
    if argument.starts_with("-----BEGIN") {
        return Some(input::content_as_path());
    }
    if argument.starts_with("--secret") {
        let hint =
            "use --secret-env NAME, --secret-file FILE, or --secret-file - for standard input";
        let message =
            format!("{argument} does not exist: other users see arguments in the process list");
        return Some(Failure::usage(message).hint(hint));
    }
    let flag = argument.starts_with('-') && argument.len() <= LONGEST_FLAG;
    if flag && !argument.contains(char::is_whitespace) {
        return None;
    }
    let hint = "one TOKEN or CLAIMS is taken; what has spaces needs quotation marks";
    Some(Failure::usage("there is an argument too many").hint(hint))
}

/// What is longer is no misspelled flag.
const LONGEST_FLAG: usize = 20;

fn one_line(paragraph: &str) -> String {
    paragraph.split_whitespace().collect::<Vec<_>>().join(" ")
}
