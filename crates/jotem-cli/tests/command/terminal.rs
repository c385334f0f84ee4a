//! The command at a terminal: colours, widths, and questions. `terminal.py` is the terminal.

use std::process::Command;

use super::sandbox::{CLAIMS, EC_KEY, SECRET, Sandbox, vector, with_filters};

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new()
        .with("key.jwk", EC_KEY)
        .with("locked.pem", vector("pkcs8-p256.pem"))
        .with("secret", SECRET);
    let public = sandbox.good(&["key", "show", "key.jwk", "--public"]);
    let token = sandbox.good(&["sign", "--key", "key.jwk", CLAIMS]);
    let (input, _) = token.rsplit_once('.').unwrap();
    let (header, payload) = input.split_once('.').unwrap();
    // A token of the same signature each time, because its first part is seen.
    let fixed = format!("{header}.{payload}.{}", "A".repeat(86));
    sandbox.with("public.jwk", public).with("token", &token).with("fixed", fixed)
}

/// A terminal, and what is typed at it.
struct Terminal<'s> {
    sandbox: &'s Sandbox,
    columns: &'static str,
    variables: Vec<(&'static str, &'static str)>,
    prompt: &'static str,
    keys: String,
}

impl<'s> Terminal<'s> {
    fn of(sandbox: &'s Sandbox) -> Self {
        let variables = vec![("TERM", "xterm-256color")];
        Self { sandbox, columns: "80", variables, prompt: "", keys: String::new() }
    }

    fn columns(self, columns: &'static str) -> Self {
        Self { columns, ..self }
    }

    fn variable(mut self, name: &'static str, value: &'static str) -> Self {
        self.variables.push((name, value));
        self
    }

    fn typing(self, prompt: &'static str, keys: &str) -> Self {
        let keys = keys.bytes().map(|byte| format!("{byte:02x}")).collect();
        Self { prompt, keys, ..self }
    }

    /// Returns what was shown, and the exit status.
    fn run(&self, arguments: &[&str]) -> (String, i32) {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/command/terminal.py");
        let mut command = Command::new("python3");
        // Each of these has a say about colours.
        for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "CI"] {
            command.env_remove(variable);
        }
        let output = command
            .args([script, self.columns, self.prompt, &self.keys, env!("CARGO_BIN_EXE_jotem")])
            .args(arguments)
            .current_dir(self.sandbox.path("."))
            .envs(self.variables.iter().copied())
            .output()
            .unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "terminal.py, with Python 3");
        (String::from_utf8(output.stdout).unwrap(), output.status.code().unwrap())
    }

    fn transcript(&self, runs: &[&[&str]]) -> String {
        let mut transcript = String::new();
        for arguments in runs {
            let (shown, status) = self.run(arguments);
            // An escape character has no form of its own in a file.
            let shown = shown.replace('\u{1b}', "␛");
            let line = arguments.join(" ");
            transcript.push_str(&format!("$ jotem {line}\n{shown}[exit status {status}]\n\n"));
        }
        transcript
    }
}

/// What every command shows: its answer, an error, and the short help.
const SCREENS: [&[&str]; 14] = [
    &[],
    &["key"],
    &["key", "generate", "--alg", "ES256", "--bits", "2048"],
    &["key", "show", "key.jwk"],
    &["key", "show", "missing"],
    &["key", "convert", "key.jwk", "--to", "pem"],
    &["key", "convert", "key.jwk", "--to", "pem", "--public"],
    &["key", "thumbprint", "public.jwk"],
    &["verify", "@token", "--key", "public.jwk"],
    &["verify", "@fixed", "--key", "public.jwk"],
    &["decode", "@fixed"],
    &["explain", "@fixed", "--key", "public.jwk"],
    &["explain", "@fixed"],
    &["completion", "bash"],
];

#[test]
fn every_command_has_colours_at_a_terminal() {
    let sandbox = sandbox();
    let transcript = Terminal::of(&sandbox).transcript(&SCREENS);
    with_filters(|| insta::assert_snapshot!("terminal_colors", transcript));
}

#[test]
fn every_command_has_none_where_none_are_wanted() {
    let sandbox = sandbox();
    let transcript = Terminal::of(&sandbox).variable("NO_COLOR", "1").transcript(&SCREENS);
    assert!(!transcript.contains('␛'), "{transcript}");
    with_filters(|| insta::assert_snapshot!("terminal_no_color", transcript));
    for (name, value) in [("TERM", "dumb"), ("CLICOLOR", "0")] {
        let (shown, _) = Terminal::of(&sandbox).variable(name, value).run(&["decode", "@fixed"]);
        assert!(!shown.contains('\u{1b}'), "{name}: {shown}");
    }
    let (shown, _) = Terminal::of(&sandbox).run(&["decode", "@fixed", "--color", "never"]);
    assert!(!shown.contains('\u{1b}'), "{shown}");
}

#[test]
fn lines_break_between_words_where_there_is_little_room() {
    let sandbox = sandbox();
    let terminal = Terminal::of(&sandbox).columns("40").variable("NO_COLOR", "1");
    let transcript = terminal.transcript(&SCREENS);
    with_filters(|| insta::assert_snapshot!("terminal_narrow", transcript));
}

#[test]
fn colours_are_forced_where_that_is_said() {
    let sandbox = sandbox().variable("CLICOLOR_FORCE", "1");
    let colored = |arguments: &[&str]| sandbox.good(arguments).contains('\u{1b}');
    assert!(colored(&["decode", "@fixed"]));
    assert!(!colored(&["decode", "@fixed", "--color=never"]));
    // What programs read has none all the same, unless the command itself is told.
    for arguments in [
        &["sign", "--key", "key.jwk"] as &[&str],
        &["verify", "@token", "--key", "public.jwk"],
        &["decode", "@fixed", "--json"],
        &["key", "convert", "key.jwk", "--to", "jwk", "--json"],
        &["completions", "bash"],
    ] {
        assert!(!colored(arguments), "{arguments:?}");
    }
    assert!(colored(&["sign", "--key", "key.jwk", "--color", "always"]));
    // NO_COLOR has the last word of the two variables.
    let neither = sandbox.variable("NO_COLOR", "1");
    assert!(!neither.good(&["decode", "@fixed"]).contains('\u{1b}'));
}

#[test]
fn errors_in_the_arguments_have_colours_as_they_are_asked_for() {
    let sandbox = sandbox();
    let colored =
        |flags: &[&str]| sandbox.run(&[&["frobnicate"], flags].concat()).stderr.contains('\u{1b}');
    assert!(colored(&["--color", "always"]));
    assert!(colored(&["--color=always"]));
    assert!(!colored(&[]));
    assert!(!colored(&["--color"]));
    assert!(!colored(&["--color", "sometimes"]));
}

#[test]
fn a_token_is_painted_at_a_terminal() {
    let sandbox = sandbox();
    let (shown, status) = Terminal::of(&sandbox).run(&["sign", "--key", "key.jwk", CLAIMS]);
    assert_eq!(status, 0, "{shown}");
    for color in ["\u{1b}[31mey", "\u{1b}[0m.\u{1b}[35mey", "\u{1b}[0m.\u{1b}[36m"] {
        assert!(shown.contains(color), "{shown:?}");
    }
}

#[test]
fn a_private_key_is_shown_at_a_terminal_only_when_that_is_said() {
    let sandbox = sandbox();
    let run = |flags: &[&str]| {
        let convert = ["key", "convert", "key.jwk", "--to", "jwk"];
        Terminal::of(&sandbox).run(&[&convert[..], flags].concat())
    };
    let (shown, status) = run(&[]);
    assert_eq!(status, 2, "{shown}");
    assert!(!shown.contains("jpsQnnGQmL"), "{shown}");
    assert_eq!(run(&["--json"]).1, 2);
    assert!(run(&["--out", "-"]).0.contains("jpsQnnGQmL"));
    assert!(!run(&["--public"]).0.contains("jpsQnnGQmL"));
}

#[test]
fn a_secret_is_asked_for_and_not_shown() {
    let sandbox = sandbox();
    let terminal = Terminal::of(&sandbox).typing("the secret: ", &format!("{SECRET}\r"));
    let (shown, status) = terminal.run(&["sign", "--secret-file", "-", "--color", "never"]);
    assert_eq!(status, 0, "{shown}");
    assert!(!shown.contains(SECRET), "{shown}");
    let token = shown.trim().lines().last().unwrap();
    sandbox.good(&["verify", token, "--secret-file", "secret"]);
}

#[test]
fn a_password_is_asked_for_and_not_shown() {
    let sandbox = sandbox();
    let ask = |keys: &str| {
        Terminal::of(&sandbox)
            .variable("NO_COLOR", "1")
            .typing("the password of locked.pem: ", keys)
            .run(&["key", "show", "locked.pem"])
    };
    let (shown, status) = ask("open sesame\r");
    assert_eq!(status, 0, "{shown}");
    assert!(shown.contains("EC private key, P-256") && !shown.contains("sesame"), "{shown}");
    let (shown, status) = ask("open, sesame\r");
    assert_eq!(status, 3, "{shown}");
    assert!(shown.contains("key_password_wrong") && !shown.contains("sesame"), "{shown}");
}

#[test]
fn ctrl_c_at_a_question_ends_the_command_and_sets_the_terminal_back() {
    let sandbox = sandbox();
    for (prompt, arguments) in [
        ("the secret: ", &["sign", "--secret-file", "-"] as &[&str]),
        ("the password of locked.pem: ", &["key", "show", "locked.pem"]),
        ("the new password: ", &["key", "convert", "key.jwk", "--to", "pem", "--encrypt"]),
    ] {
        let (shown, status) = Terminal::of(&sandbox).typing(prompt, "half\u{3}").run(arguments);
        // terminal.py says 100 if the terminal is not as it was; 2 is SIGINT.
        assert_eq!(status, 128 + 2, "{arguments:?}: {shown}");
        assert!(!shown.contains("half"), "{shown}");
    }
}

#[test]
fn the_end_of_input_at_a_question_is_an_error() {
    let sandbox = sandbox();
    let terminal = Terminal::of(&sandbox).typing("the secret: ", "\u{4}");
    let (shown, status) = terminal.run(&["sign", "--secret-file", "-", "--color", "never"]);
    assert_eq!(status, 4, "{shown}");
    assert!(shown.contains("error: cannot ask for the secret"), "{shown}");
}

/// The arguments of a batch of three tokens, one of which is refused.
const BATCH: [&str; 6] = ["verify", "--batch", "three", "--key", "public.jwk", "--threads=2"];

fn with_three(sandbox: Sandbox) -> Sandbox {
    let token = std::fs::read_to_string(sandbox.path("token")).unwrap();
    sandbox.with("three", format!("{token}\nhello\n{token}\n"))
}

/// Moves to the beginning of the line, and wipes it away.
const WIPE: &str = "\r\u{1b}[K";

#[test]
fn a_batch_shows_how_far_it_is_and_wipes_that_away() {
    let sandbox = with_three(sandbox());
    let (shown, status) = Terminal::of(&sandbox).variable("NO_COLOR", "1").run(&BATCH);
    assert_eq!(status, 1, "{shown}");
    let parts: Vec<&str> = shown.split(WIPE).collect();
    let [table, progress, summary] = parts.as_slice() else { panic!("{shown:?}") };
    assert!(table.contains("2  refused   the token has") && table.ends_with('\n'), "{table}");
    for part in ["3 tokens, ", " a second, ", "0.0 s left, ", "1 refused: jws_segment_count 1"] {
        assert!(progress.contains(part), "{progress}");
    }
    assert!(!progress.contains('\n'), "{progress}");
    assert!(summary.starts_with("\n3 tokens in "), "{summary}");
    // A narrow terminal has a short line, and not two.
    let narrow = Terminal::of(&sandbox).columns("20").variable("NO_COLOR", "1");
    let (shown, _) = narrow.run(&BATCH);
    let progress = shown.split(WIPE).nth(1).unwrap();
    assert!(progress.starts_with("3 tokens, ") && progress.len() == 19, "{progress}");
    let (shown, _) = Terminal::of(&sandbox).variable("TERM", "dumb").run(&BATCH);
    assert!(!shown.contains('\r'), "{shown:?}");
}

#[test]
fn sessions_that_move_are_counted_and_the_count_is_wiped_away() {
    let sandbox = sandbox().variable("JOTEM_STORE", "sqlite:old.db");
    let sandbox = sandbox.with("master", "a master secret of the application, of 32 bytes");
    for subject in ["ada", "grace"] {
        sandbox.good(&["session", "start", subject, "--secret-file", "master"]);
    }
    let terminal = Terminal::of(&sandbox).variable("NO_COLOR", "1");
    let (shown, status) = terminal.run(&["store", "migrate", "sqlite:old.db", "sqlite:new.db"]);
    assert_eq!(status, 0, "{shown}");
    let (counted, table) = shown.rsplit_once(WIPE).unwrap();
    let counts: Vec<&str> = counted.split(WIPE).collect();
    assert!(counts.contains(&"2 sessions") && !counted.contains('\n'), "{shown:?}");
    assert!(table.contains("sessions") && table.contains("were copied"), "{table}");
    // Where nobody looks there is no count.
    let plain = sandbox.run(&["store", "migrate", "sqlite:old.db", "sqlite:other.db"]);
    assert!(!plain.stderr.contains('\r') && plain.status == 0, "{}", plain.stderr);
}

#[test]
fn ctrl_c_in_a_batch_leaves_a_clean_line_and_tells_what_there_was() {
    let sandbox = with_three(sandbox());
    // After the file it waits for the terminal.
    let arguments = [&BATCH[..], &["-"]].concat();
    let terminal = Terminal::of(&sandbox).variable("NO_COLOR", "1").typing("3 tokens", "\u{3}");
    let (shown, status) = terminal.run(&arguments);
    assert_eq!(status, 128 + 2, "{shown}");
    let (_, end) = shown.rsplit_once(WIPE).unwrap();
    assert!(end.starts_with("stopped: 3 tokens in "), "{shown:?}");
    assert!(end.contains("1  refused: jws_segment_count"), "{shown:?}");
}
