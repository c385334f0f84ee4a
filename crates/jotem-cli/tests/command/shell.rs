//! `jotem completions` and `jotem man`.

use std::io::Write as _;
use std::process::{Command, Stdio};

use super::sandbox::Sandbox;

const PAGES: [&str; 31] = [
    "jotem-audit-verify.1",
    "jotem-audit.1",
    "jotem-completions.1",
    "jotem-decode.1",
    "jotem-explain.1",
    "jotem-key-convert.1",
    "jotem-key-generate.1",
    "jotem-key-show.1",
    "jotem-key-thumbprint.1",
    "jotem-key.1",
    "jotem-lint.1",
    "jotem-man.1",
    "jotem-ring-compromise.1",
    "jotem-ring-create.1",
    "jotem-ring-export.1",
    "jotem-ring-rotate.1",
    "jotem-ring-show.1",
    "jotem-ring.1",
    "jotem-session-list.1",
    "jotem-session-refresh.1",
    "jotem-session-revoke.1",
    "jotem-session-start.1",
    "jotem-session-verify.1",
    "jotem-session.1",
    "jotem-sign.1",
    "jotem-store-check.1",
    "jotem-store-migrate.1",
    "jotem-store-schema.1",
    "jotem-store.1",
    "jotem-verify.1",
    "jotem.1",
];

#[test]
fn every_shell_gets_completions_that_name_every_command() {
    let sandbox = Sandbox::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = sandbox.good(&["completions", shell]);
        for word in [
            "thumbprint",
            "convert",
            "compromise",
            "verify",
            "decode",
            "explain",
            "secret-env",
            "migrate",
        ] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
    let document = sandbox.run(&["completions", "fish", "--json"]).json();
    assert_eq!(document["shell"], "fish");
    assert!(document["script"].as_str().unwrap().contains("complete -c jotem"));
}

#[cfg(unix)]
#[test]
fn bash_completes_what_it_is_given() {
    let script = Sandbox::new().good(&["completions", "bash"]);
    let question = "\nCOMP_WORDS=(jotem key th) COMP_CWORD=2\n\
                    _jotem jotem th key && printf '%s' \"${COMPREPLY[*]}\"\n";
    let mut bash = Command::new("bash");
    bash.args(["--norc", "-eu"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut bash = bash.spawn().unwrap();
    bash.stdin.take().unwrap().write_all((script + question).as_bytes()).unwrap();
    let output = bash.wait_with_output().unwrap();
    assert!(output.status.success());
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "thumbprint");
}

#[test]
fn a_shell_that_is_not_known_is_refused() {
    for arguments in [&["completions"] as &[&str], &["completions", "cmd"]] {
        let answer = Sandbox::new().run(arguments);
        assert_eq!((answer.status, answer.text()), (2, ""), "{arguments:?}");
    }
}

#[test]
fn every_command_has_a_page_and_groff_has_nothing_to_say_about_it() {
    let sandbox = Sandbox::new();
    sandbox.good(&["man", "."]);
    assert_eq!(sandbox.names(), PAGES);
    // Made again, they replace the older ones.
    assert_eq!(
        sandbox.run(&["man", ".", "--json"]).json()["files"].as_array().unwrap().len(),
        PAGES.len()
    );
    assert_eq!(sandbox.names(), PAGES);
    let main = std::fs::read_to_string(sandbox.path("jotem.1")).unwrap();
    assert_eq!(sandbox.good(&["man"]), main.trim_end());
    assert!(main.contains(".SH EXAMPLES"), "{main}");
    // Manual pages are there without groff; with it, they are seen through its eyes.
    if Command::new("groff").arg("--version").output().is_ok() {
        for page in PAGES {
            let mut groff = Command::new("groff");
            groff.args(["-man", "-Tutf8", "-ww", "-z", page]).current_dir(sandbox.path("."));
            let output = groff.output().unwrap();
            assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{page}");
        }
    }
}

#[test]
fn a_directory_that_is_none_is_refused() {
    let sandbox = Sandbox::new().with("file", "");
    for directory in ["missing", "file", "https://auth.example"] {
        let answer = sandbox.run(&["man", directory]);
        assert_eq!((answer.status, answer.text()), (4, ""), "{directory}: {}", answer.stderr);
    }
    assert_eq!(sandbox.names(), ["file"]);
}
