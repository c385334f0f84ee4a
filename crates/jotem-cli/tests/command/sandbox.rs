//! A directory in which the command runs, and what it answers.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// The private key of RFC 7515 appendix A.3.
pub(crate) const EC_KEY: &str = r#"{"kty":"EC","crv":"P-256","kid":"rfc7515-a3",
"x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
"y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
"d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#;

/// The private key of RFC 8037 appendix A.1.
pub(crate) const ED25519_KEY: &str = r#"{"kty":"OKP","crv":"Ed25519","kid":"rfc8037-a1",
"d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
"x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;

/// A shared secret of 33 bytes.
pub(crate) const SECRET: &str = "a shared secret of 32 bytes, or so";

/// Claims that hold from 2023 to 2100.
pub(crate) const CLAIMS: &str = r#"{"sub":"42","iat":1700000000,"exp":4102444800}"#;

/// Reads a key that another tool wrote, from `vectors/keys`.
pub(crate) fn vector(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../vectors/keys");
    std::fs::read(PathBuf::from(folder).join(name)).unwrap()
}

/// What the command answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: i32,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

impl Answer {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.stdout).unwrap()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        assert_eq!(self.stderr, "", "with --json everything is in the document");
        serde_json::from_slice(&self.stdout).unwrap()
    }
}

/// A directory, and the environment of the command.
#[derive(Debug)]
pub(crate) struct Sandbox {
    directory: TempDir,
    variables: Vec<(String, String)>,
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        Self { directory: TempDir::new().unwrap(), variables: Vec::new() }
    }

    pub(crate) fn with(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        std::fs::write(self.path(name), content).unwrap();
        self
    }

    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.directory.path()).unwrap();
        let name = |entry: std::io::Result<std::fs::DirEntry>| entry.unwrap().file_name();
        let mut names: Vec<_> = entries.map(|e| name(e).into_string().unwrap()).collect();
        names.sort();
        names
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_jotem"));
        command.args(arguments).current_dir(self.directory.path()).env_clear();
        command.envs(self.variables.iter().cloned());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Answer {
        self.run_with(arguments, b"")
    }

    /// Runs the command with a text on its standard input.
    pub(crate) fn run_with(&self, arguments: &[&str], stdin: &[u8]) -> Answer {
        let mut child = self.command(arguments).stdin(Stdio::piped()).spawn().unwrap();
        // A command that does not read its input closes it: no failure of the test.
        drop(child.stdin.take().unwrap().write_all(stdin));
        let output = child.wait_with_output().unwrap();
        Answer {
            status: output.status.code().unwrap(),
            stdout: output.stdout,
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs a command that must succeed, and returns what it printed, without the line end.
    pub(crate) fn good(&self, arguments: &[&str]) -> String {
        let answer = self.run(arguments);
        assert_eq!(answer.status, 0, "{arguments:?}: {}", answer.stderr);
        answer.text().trim_end().to_owned()
    }

    /// Writes down what was run and what came back, as it looks in a terminal.
    pub(crate) fn transcript(&self, runs: &[&[&str]]) -> String {
        let mut transcript = String::new();
        for arguments in runs {
            let answer = self.run(arguments);
            let shown: Vec<_> = arguments.iter().map(|argument| quote(argument)).collect();
            transcript.push_str(&format!("$ jotem {}\n", shown.join(" ")));
            transcript.push_str(&String::from_utf8_lossy(&answer.stdout));
            transcript.push_str(&answer.stderr);
            transcript.push_str(&format!("[exit status {}]\n\n", answer.status));
        }
        transcript
    }
}

fn quote(argument: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./@=:,".contains(c);
    if argument.chars().all(plain) && !argument.is_empty() {
        argument.to_owned()
    } else {
        format!("'{argument}'")
    }
}

/// Replaces what differs from run to run.
pub(crate) fn with_filters(check: impl FnOnce()) {
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"in \d+ (s|seconds?|minutes?|hours?|days|years)\b", "in [a while]");
    settings.add_filter(r"\d+ (s|seconds?|minutes?|hours?|days|years) ago", "[a while] ago");
    settings.add_filter(r"now is \d+(\.\d+)?", "now is [now]");
    // Not `\b`: such a name may begin or end with `-`. Twice, for two that share what is between them.
    for _ in 0..2 {
        let name = r"(?m)(^|[^A-Za-z0-9_-])[A-Za-z0-9_-]{43}($|[^A-Za-z0-9_-])";
        settings.add_filter(name, "$1[43 characters]$2");
    }
    // The signature of ECDSA is another one each time.
    settings.add_filter(r"(?m)(….*…\.)[A-Za-z0-9_-]{11}…$", "$1[signature]…");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(check);
}
