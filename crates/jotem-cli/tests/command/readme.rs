//! README.md: each of its samples is run, and what is printed is what stands there.

use std::process::Command;

use super::sandbox::{Sandbox, with_filters};

/// What the README has in its blocks: lines that begin with `$ ` are typed, the others are printed.
fn blocks() -> String {
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let text = std::fs::read_to_string(readme).unwrap();
    let blocks = text.split("```console\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    // The first installs the command.
    blocks.skip(1).collect()
}

/// Types what the README types, in one directory.
fn run(blocks: &str) -> String {
    let sandbox = Sandbox::new();
    let folder = std::path::Path::new(env!("CARGO_BIN_EXE_jotem")).parent().unwrap();
    let path = format!("{}:{}", folder.display(), env!("PATH"));
    let mut printed = String::new();
    for line in blocks.lines().filter_map(|line| line.strip_prefix("$ ")) {
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("exec 2>&1; {line}")]).current_dir(sandbox.path("."));
        let output = shell.env("PATH", &path).output().unwrap();
        printed.push_str(&format!("$ {line}\n{}", String::from_utf8(output.stdout).unwrap()));
    }
    printed
}

#[test]
fn every_sample_of_the_readme_prints_what_stands_there() {
    let written = blocks();
    let printed = run(&written);
    assert!(printed.lines().count() > 60, "{printed}");
    with_filters(|| {
        let mut settings = insta::Settings::clone_current();
        settings.add_filter(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "[date]");
        settings.add_filter(r"in \d+\.\d s, [\d,]+ a second", "in [a while], [many] a second");
        settings.add_filter(r", now\b", ", [a while] ago");
        settings.add_filter(r"\b\d{10}\b", "[seconds]");
        settings.add_filter(r"….[\w-]{11}…\n", "….[signature]…\n");
        settings.add_filter(r#""kid":"[\w-]{41}…"#, "[kid]…");
        // The one above stops at a hyphen at either end.
        settings.add_filter(r"[\w-]{43}", "[43 characters]");
        settings.add_filter(r"web  [\w-]{22}", "web  [session]");
        settings.add_filter(r"used now", "used [a while] ago");
        settings.add_filter(r"(?m)^clock    .*$", "clock    [here]");
        settings.bind(|| {
            // One snapshot for both: what differs from run to run is left out of it.
            insta::assert_snapshot!("readme", written);
            insta::assert_snapshot!("readme", printed);
        });
    });
}
