//! Where text comes from: an argument, a file, standard input, or the environment.

use std::cell::Cell;
use std::ffi::OsStr;
use std::fs::{File, Metadata};
use std::io::{self, IsTerminal as _, Read};
use std::path::Path;

use jotem::Secret;
use jotem::error::Excerpt;

use crate::batch::Source;
use crate::error::Failure;
use crate::pretty::is_harmless;
use crate::prompt;

/// More than any token, key or key set has.
const LIMIT: u64 = 1024 * 1024;

/// How many characters of the name of a file are shown.
const NAME_LIMIT: usize = 100;

/// Reads what the arguments point to, standard input at most once.
#[derive(Debug, Default)]
pub(crate) struct Input {
    stdin_taken: Cell<bool>,
}

impl Input {
    /// Reads a token: an argument as it is; `@FILE` and `-` without the whitespace around them.
    pub(crate) fn token(&self, argument: &str) -> Result<String, Failure> {
        self.text(argument, "the token")
    }

    /// Reads an argument, `@FILE` or `-`.
    pub(crate) fn text(&self, argument: &str, what: &str) -> Result<String, Failure> {
        let (bytes, origin) = match argument.strip_prefix('@') {
            _ if argument == "-" => (self.stdin()?, "standard input".to_owned()),
            Some("") => {
                return Err(Failure::usage("there is no name of a file after the @")
                    .hint("write it as @FILE, without a space"));
            }
            Some(path) => (read_file(Path::new(path))?, name(Path::new(path))),
            None if Path::new(argument).is_file() => {
                return Err(Failure::usage(format!("this is the name of a file, not {what}"))
                    .hint("put an @ before the name to read what is in the file"));
            }
            None => return Ok(argument.to_owned()),
        };
        let text = std::str::from_utf8(bytes.expose()).map_err(|_| {
            Failure::unusable(format!("{origin}: this is not UTF-8 text"))
                .hint("Windows shells write UTF-16 with `>`; save the file as UTF-8")
        })?;
        Ok(text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}').to_owned())
    }

    /// Reads a file, or standard input for `-`.
    pub(crate) fn file(&self, path: &Path) -> Result<Secret, Failure> {
        if path == Path::new("-") { self.stdin() } else { read_file(path) }
    }

    /// Reads a secret from a file: all of it, without one line end at its end.
    /// On a terminal, standard input is asked for it.
    pub(crate) fn secret_file(&self, path: &Path) -> Result<Secret, Failure> {
        if path == Path::new("-") && io::stdin().is_terminal() {
            self.stdin_taken.set(true);
            return prompt::ask("the secret");
        }
        let secret = self.file(path)?;
        let bytes = secret.expose();
        let line = bytes.strip_suffix(b"\n").map(|line| line.strip_suffix(b"\r").unwrap_or(line));
        Ok(line.map_or_else(|| secret.clone(), Secret::from))
    }

    /// Opens files of tokens, one a line; `-` is standard input, and so is no name at all.
    pub(crate) fn lines(&self, names: &[String]) -> Result<Vec<Source>, Failure> {
        let stdin = ["-".to_owned()];
        let names = if names.is_empty() { &stdin } else { names };
        names.iter().map(|argument| self.source(argument)).collect()
    }

    fn source(&self, argument: &str) -> Result<Source, Failure> {
        let path = Path::new(argument.strip_prefix('@').unwrap_or(argument));
        if argument == "-" {
            self.take_stdin()?;
            return Ok(Source::new(name(path), Box::new(io::stdin()), None));
        }
        let file = open(path)?;
        let size = file.metadata().ok().filter(Metadata::is_file).map(|file| file.len());
        Ok(Source::new(name(path), Box::new(file), size))
    }

    fn stdin(&self) -> Result<Secret, Failure> {
        self.take_stdin()?;
        read(io::stdin().lock(), "standard input")
    }

    fn take_stdin(&self) -> Result<(), Failure> {
        if self.stdin_taken.replace(true) {
            let hint = "give one of them as a file";
            return Err(Failure::usage("standard input can be read only once").hint(hint));
        }
        Ok(())
    }
}

/// Reads a secret from the environment, as it is; `flag` says that this is where it is.
pub(crate) fn environment(variable: &str, flag: &str) -> Result<Secret, Failure> {
    match std::env::var_os(OsStr::new(variable)) {
        Some(secret) => Ok(Secret::from(secret.into_encoded_bytes())),
        None => {
            // What is no name of a variable may be the secret itself.
            let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
            let named = (1..=40).contains(&variable.len()) && variable.bytes().all(is_name);
            let variable =
                if named { Excerpt::new(variable) } else { Excerpt::new("(not a name)") };
            Err(Failure::unusable(format!("the environment variable {variable} is not set"))
                .hint(format!("{flag} takes the name of a variable, and it must be exported")))
        }
    }
}

/// Returns how a file is called in messages: the end of its name says most.
pub(crate) fn name(path: &Path) -> String {
    if path == Path::new("-") {
        return "standard input".to_owned();
    }
    let text = path.to_string_lossy();
    if text.starts_with("eyJ") {
        // The beginning of every token: it was meant to be one, not to name a file.
        return "(a token, not the name of a file)".to_owned();
    }
    let length = text.chars().count();
    let shown = text.chars().skip(length.saturating_sub(NAME_LIMIT));
    let shown: String = shown.map(|c| if is_harmless(c) { c } else { '\u{fffd}' }).collect();
    if length > NAME_LIMIT { format!("…{shown}") } else { shown }
}

fn read_file(path: &Path) -> Result<Secret, Failure> {
    read(open(path)?, &name(path))
}

fn open(path: &Path) -> Result<File, Failure> {
    refuse_content(path)?;
    File::open(path)
        .map_err(|error| Failure::input_output(format!("cannot read {}", name(path)), &error))
}

/// A key was given where the name of its file should be.
pub(crate) fn content_as_path() -> Failure {
    Failure::usage("this is a key, not the name of its file")
        .hint("write it to a file that only you can read, or give it to standard input with -")
}

/// Refuses what is no path but what should be in the file.
fn refuse_content(path: &Path) -> Result<(), Failure> {
    let text = path.to_string_lossy();
    let text = text.trim_start();
    if text.starts_with("-----BEGIN") || text.starts_with('{') {
        return Err(content_as_path());
    }
    if text.starts_with("https://") || text.starts_with("http://") {
        let hint = "nothing is fetched: curl -o jwks.json URL, then --jwks jwks.json";
        return Err(Failure::usage("this is a URL, not the name of a file").hint(hint));
    }
    Ok(())
}

fn read(source: impl Read, origin: &str) -> Result<Secret, Failure> {
    // Large enough for most keys: growing would leave secret copies behind.
    let mut bytes = Vec::with_capacity(16 * 1024);
    let read = source.take(LIMIT.saturating_add(1)).read_to_end(&mut bytes);
    let bytes = Secret::from(bytes);
    let length =
        read.map_err(|error| Failure::input_output(format!("cannot read {origin}"), &error))?;
    if u64::try_from(length).is_ok_and(|length| length <= LIMIT) {
        return Ok(bytes);
    }
    let hint = "is this the right file? keys, key sets and tokens are smaller";
    Err(Failure::unusable(format!("{origin} has more than 1 MiB")).hint(hint))
}
