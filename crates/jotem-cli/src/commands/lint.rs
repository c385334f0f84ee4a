//! `jotem lint`: what is weak in a token or a key.

use std::path::Path;

use anstyle::Style;
use jotem::lint::{Fact, Finding, Lint, Severity};
use jotem::{Clock as _, SystemClock};
use serde_json::{Map, Value, json};

use crate::args::LintArguments;
use crate::error::{Failure, Status};
use crate::input::Input;
use crate::output::Output;
use crate::paint::{ADVICE, ASIDE, BAD, CAREFUL, GOOD, HEADING, paint};
use crate::wrap::wrap;

pub(crate) fn run(
    arguments: &LintArguments,
    input: &Input,
    output: Output,
) -> Result<Status, Failure> {
    let now = arguments.at.unwrap_or_else(|| SystemClock.now());
    let key = arguments.key.as_deref().map(|file| input.secret_file(file)).transpose()?;
    let lint = match &key {
        Some(key) => Lint::at(now).with_key(key.expose()),
        None => Lint::at(now),
    };
    let findings = match file(&arguments.subject) {
        Some(file) => {
            let subject = input.secret_file(file)?;
            match (&key, std::str::from_utf8(subject.expose())) {
                (Some(_), Ok(token)) => lint.token(token),
                (Some(_), Err(_)) => {
                    return Err(Failure::usage("there are two keys, and no token")
                        .hint("give the token, and its key with --key; or one key alone"));
                }
                (None, _) => lint.any(subject.expose()),
            }
        }
        // A key as an argument would stand in the process list: it is taken for a token.
        None => lint.token(&input.token(&arguments.subject)?),
    };
    if output.is_json() {
        output.document(&to_document(&findings))?;
    } else {
        output.text(&to_text(&findings, output.width()))?;
    }
    let weak = findings.iter().any(|finding| finding.severity() >= Severity::Medium);
    Ok(if weak { Status::Refused } else { Status::Good })
}

/// Returns the file that is meant, if one is.
fn file(argument: &str) -> Option<&Path> {
    let name = if argument == "-" { Some(argument) } else { argument.strip_prefix('@') };
    name.filter(|name| !name.is_empty()).map(Path::new)
}

fn to_text(findings: &[Finding], width: usize) -> String {
    let mut text: String = findings.iter().map(|finding| paragraph(finding, width)).collect();
    let count = |severity: Severity| {
        let count = findings.iter().filter(|one| one.severity() == severity).count();
        (count > 0).then(|| paint(style(severity), &format!("{count} {severity}")))
    };
    let counts: Vec<String> = Severity::ALL.into_iter().filter_map(count).collect();
    text.push_str(&if counts.is_empty() {
        paint(GOOD, "nothing found")
    } else {
        counts.join(", ")
    });
    text.push_str(&format!("\n{NOT_VERIFIED}"));
    text
}

/// Silence is easily taken for a verdict.
const NOT_VERIFIED: &str = "nothing was verified: for that, jotem verify";

/// Writes a finding: the line to look for, then what it means and what to do.
fn paragraph(finding: &Finding, width: usize) -> String {
    let severity = paint(style(finding.severity()), finding.severity().name());
    let code = paint(HEADING, finding.code());
    let mut text = format!("{severity} {code} {}\n", paint(ASIDE, finding.place()));
    let facts: Vec<String> =
        finding.facts().iter().map(|(name, fact)| format!("{}: {fact}", spaced(name))).collect();
    let message = match facts.as_slice() {
        [] => finding.message().to_owned(),
        facts => format!("{} ({})", finding.message(), facts.join(", ")),
    };
    let reference = finding.reference();
    for (style, label, words) in [
        (Style::new(), "", message.as_str()),
        (ADVICE, "hint: ", finding.cure()),
        (ASIDE, "see ", reference),
    ] {
        let lines = wrap(&format!("{label}{words}"), width.saturating_sub(INDENT.len()), 0);
        for (number, line) in lines.iter().enumerate() {
            let label = if number == 0 { label } else { "" };
            let rest = line.strip_prefix(label).unwrap_or(line);
            text.push_str(&format!("{INDENT}{}{rest}\n", paint(style, label)));
        }
    }
    text.push('\n');
    text
}

const INDENT: &str = "  ";

/// The name of a fact in words.
fn spaced(name: &str) -> String {
    name.replace('_', " ")
}

const fn style(severity: Severity) -> Style {
    match severity {
        Severity::Critical | Severity::High => BAD,
        Severity::Medium => CAREFUL,
        Severity::Low => HEADING,
        Severity::Info | _ => ASIDE,
    }
}

fn to_document(findings: &[Finding]) -> Value {
    let facts = |finding: &Finding| -> Map<String, Value> {
        let facts = finding.facts().iter();
        facts.map(|(name, fact)| ((*name).to_owned(), value(fact))).collect()
    };
    let findings: Vec<Value> = findings
        .iter()
        .map(|finding| {
            json!({
                "severity": finding.severity().name(),
                "code": finding.code(),
                "place": finding.place(),
                "message": finding.message(),
                "facts": facts(finding),
                "cure": finding.cure(),
                "reference": finding.reference(),
            })
        })
        .collect();
    json!({"verdict": "not verified", "findings": findings})
}

fn value(fact: &Fact) -> Value {
    match fact {
        Fact::Number(number) => (*number).into(),
        Fact::Word(word) => (*word).into(),
        other => other.to_string().into(),
    }
}
