//! `jotem verify --batch`: many tokens, one a line.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::Stdio;

use serde_json::Value;

use super::sandbox::{Answer, CLAIMS, SECRET, Sandbox};

/// Two tokens that hold, and some that are refused, each for a reason of its own.
fn sandbox() -> (Sandbox, String) {
    let sandbox = Sandbox::new().with("secret", SECRET).with("other", "b".repeat(40));
    let sign =
        |secret: &str, claims: &str| sandbox.good(&["sign", "--secret-file", secret, claims]);
    let good = sign("secret", CLAIMS);
    let lines = [
        good.clone(),
        sign("secret", r#"{"sub":"old","iat":1600000000,"exp":1600000900}"#),
        sign("other", CLAIMS),
        "hello".to_owned(),
        sign("secret", r#"{"sub":"43","iat":1700000000,"exp":4102444800}"#),
        "hello again".to_owned(),
    ];
    (sandbox.with("tokens", lines.join("\n")), good)
}

const VERIFY: [&str; 7] =
    ["verify", "--batch", "--secret-file", "secret", "--at", "2026-11-22", "--threads=2"];

fn run(sandbox: &Sandbox, arguments: &[&str]) -> Answer {
    sandbox.run(&[&VERIFY[..], arguments].concat())
}

/// Leaves out how long it took.
fn steady(check: impl FnOnce()) {
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"in \d+\.\d s, [\d,]+ a second", "in [a while], [many] a second");
    settings.add_filter(r#""seconds":[\d.e-]+"#, r#""seconds":[a while]"#);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(check);
}

#[test]
fn a_table_tells_which_are_refused_and_ends_with_how_many() {
    let (sandbox, _) = sandbox();
    let sandbox = sandbox.with("more", "\n\n  \r\nx.y.z\r\n");
    let runs: [&[&str]; 6] = [
        &["tokens"],
        &["tokens", "@more"],
        &["tokens", "--show", "all"],
        &["tokens", "--show", "accepted"],
        &["tokens", "--show", "none"],
        &["tokens", "--json"],
    ];
    let runs: Vec<Vec<&str>> = runs.iter().map(|run| [&VERIFY[..], *run].concat()).collect();
    let runs: Vec<&[&str]> = runs.iter().map(Vec::as_slice).collect();
    steady(|| insta::assert_snapshot!("batch", sandbox.transcript(&runs)));
}

#[test]
fn what_cannot_be_done_is_said_before_anything_is_verified() {
    let (sandbox, good) = sandbox();
    let sandbox = sandbox.with("empty", " \r\n\n");
    let verify: &[&str] = &["verify", "--batch"];
    let runs: [Vec<&str>; 9] = [
        [verify, &["tokens"]].concat(),
        [&VERIFY, &["tokens", "missing"][..]].concat(),
        [&VERIFY, &["tokens", "."][..]].concat(),
        [&VERIFY, &["empty"][..]].concat(),
        [&VERIFY, &["empty", "--json"][..]].concat(),
        [&VERIFY, &[good.as_str()][..]].concat(),
        [verify, &["-", "--secret-file", "-"]].concat(),
        vec!["verify", "tokens", "--secret-file", "secret", "--show", "all"],
        vec!["verify", "a.b.c", "tokens", "--secret-file", "secret"],
    ];
    let runs: Vec<&[&str]> = runs.iter().map(Vec::as_slice).collect();
    let transcript = sandbox.transcript(&runs).replace(&good, "[token]");
    steady(|| insta::assert_snapshot!("batch_refused", transcript));
}

fn lines(answer: &Answer) -> (Vec<Value>, Value) {
    assert_eq!(answer.stderr, "", "with --json everything is in the documents");
    let mut documents: Vec<Value> =
        answer.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let summary = documents.pop().unwrap();
    (documents, summary.get("summary").unwrap().clone())
}

#[test]
fn each_verdict_is_the_one_that_the_token_has_alone() {
    let (sandbox, _) = sandbox();
    let (verdicts, _) = lines(&run(&sandbox, &["tokens", "--json"]));
    let tokens = std::fs::read_to_string(sandbox.path("tokens")).unwrap();
    assert_eq!(verdicts.len(), tokens.lines().count());
    for (verdict, (number, token)) in verdicts.iter().zip((1..).zip(tokens.lines())) {
        let alone = ["verify", token, "--secret-file", "secret", "--at", "2026-11-22", "--json"];
        let alone = sandbox.run(&alone).json();
        assert_eq!(verdict["line"], number);
        for member in ["verdict", "algorithm", "header", "claims", "code", "message"] {
            assert_eq!(verdict.get(member), alone.get(member), "{member} of {token}");
        }
    }
}

#[test]
fn all_of_many_are_told_in_their_order() {
    let (sandbox, good) = sandbox();
    // Every third is refused; several blocks, and a last line without an end.
    let count = 3_001;
    let text: Vec<&str> =
        (0..count).map(|n| if n % 3 == 1 { "no.to.ken" } else { &good }).collect();
    let sandbox = sandbox.with("many", text.join("\r\n")).with("one", format!("\u{feff}{good}\n"));
    let answer = run(&sandbox, &["many", "one", "many", "--json"]);
    let (verdicts, summary) = lines(&answer);
    assert_eq!(answer.status, 1);
    assert_eq!(verdicts.len(), 2 * count + 1);
    let mut expected = (0..count).map(|n| ("many", n)).chain([("one", 0)]);
    let (first, second) = verdicts.split_at(count + 1);
    for verdict in first {
        let (file, line) = expected.next().unwrap();
        assert_eq!((&verdict["file"], &verdict["line"]), (&file.into(), &(line + 1).into()));
        let refused = line % 3 == 1;
        assert_eq!(verdict["verdict"], if refused { "refused" } else { "accepted" });
    }
    assert_eq!(second, &first[..count]);
    assert_eq!((&summary["tokens"], &summary["refused"]), (&(2 * count + 1).into(), &2_000.into()));
}

#[test]
fn a_line_that_is_no_token_is_refused_whatever_it_is() {
    let (sandbox, good) = sandbox();
    let mut text = Vec::new();
    for line in [
        "x".repeat(16_385).into_bytes(),
        "x".repeat(5_000_000).into_bytes(),
        b"\xff\xfe.\x80.\0".to_vec(),
        format!("Bearer {good}").into_bytes(),
        "\u{9b}2J\u{202e}.e30.AA".to_owned().into_bytes(),
        format!("\t {good} \t").into_bytes(),
        [b" ".repeat(20_000), good.clone().into_bytes()].concat(),
        [b" ".repeat(16_000), good.into_bytes(), b"\r".to_vec()].concat(),
    ] {
        text.extend_from_slice(&line);
        text.push(b'\n');
    }
    let sandbox = sandbox.with("odd", &text);
    let answer = run(&sandbox, &["odd", "--json"]);
    let (verdicts, _) = lines(&answer);
    let codes: Vec<_> = verdicts.iter().map(|one| one["code"].as_str().unwrap_or("-")).collect();
    assert_eq!(&codes[..2], ["token_too_large"; 2]);
    assert_eq!(verdicts[1]["message"], "the token has 5000000 bytes, more than the limit of 16384");
    assert!(codes[2..5].iter().all(|code| *code != "-"), "{codes:?}");
    assert_eq!(&codes[5..], ["-"; 3], "blanks around a token are no part of it");
    for flags in [&["odd"] as &[&str], &["odd", "--json"]] {
        let shown = run(&sandbox, flags);
        let obeyed = |c: char| c != '\n' && (c.is_control() || c == '\u{202e}');
        assert!(!shown.text().contains(obeyed), "{}", shown.text());
    }
}

#[test]
fn claims_stay_as_they_were_signed_on_one_line() {
    let (sandbox, _) = sandbox();
    let claims =
        "{\n  \"n\": 1.10,\r\n  \"a b\": \"\u{9b}2J\",\t\"iat\": 17e8, \"exp\": 4102444800\n}";
    let token = sandbox.good(&["sign", "--secret-file", "secret", claims]);
    let answer = sandbox.run_with(&[&VERIFY[..], &["--json"]].concat(), token.as_bytes());
    let line = answer.text().lines().next().unwrap();
    assert!(line.contains(r#""n":1.10,"a b":"\u009b2J""#), "{line}");
}

#[test]
fn a_verdict_comes_as_soon_as_its_token_does() {
    let (sandbox, good) = sandbox();
    let mut command = sandbox.command(&[&VERIFY[..], &["-", "--json"]].concat());
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    for number in 1..=3 {
        stdin.write_all(format!("{good}\n").as_bytes()).unwrap();
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        assert!(line.contains(&format!("\"line\":{number},\"verdict\":\"accepted\"")), "{line}");
    }
    drop(stdin);
    let mut summary = String::new();
    stdout.read_to_string(&mut summary).unwrap();
    assert!(summary.starts_with("{\"summary\":"), "{summary}");
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_reader_that_goes_away_ends_an_endless_batch_without_a_word() {
    let (sandbox, good) = sandbox();
    // Nobody knows about the tokens that were still to come: they are not all accepted.
    for (token, status) in [("hello", 1), (good.as_str(), 4)] {
        let mut command = sandbox.command(&[&VERIFY[..], &["--show", "all"]].concat());
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut stdin = child.stdin.take().unwrap();
        let line = format!("{token}\n");
        // Until the command closes its input.
        let writer = std::thread::spawn(move || while stdin.write_all(line.as_bytes()).is_ok() {});
        stdout.read_line(&mut String::new()).unwrap();
        drop(stdout);
        let output = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
        assert_eq!(output.status.code(), Some(status), "{token}");
        writer.join().unwrap();
    }
}
