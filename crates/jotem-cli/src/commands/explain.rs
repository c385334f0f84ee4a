//! `jotem explain`: every step of a verification, with how it went.

use anstyle::Style;
use jotem::jwt::{Explanation, Step, StepReport, Verdict};
use jotem::{Clock as _, Rejection, SystemClock};
use serde_json::{Value, json};

use super::decode::NOT_VERIFIED;
use super::verify::verifier;
use crate::args::ExplainArguments;
use crate::error::{Failure, Status};
use crate::input::Input;
use crate::meaning;
use crate::output::Output;
use crate::paint::{self, ADVICE, ASIDE, BAD, CAREFUL, GOOD, paint};
use crate::table::{Row, table};

pub(crate) fn run(
    arguments: &ExplainArguments,
    input: &Input,
    output: Output,
) -> Result<Status, Failure> {
    let token = input.token(&arguments.token)?;
    let verifier = verifier(&arguments.keys, &arguments.expectations, input, output)?;
    if verifier.is_none() {
        refuse_expectations(arguments)?;
    }
    let explanation = match &verifier {
        Some(verifier) => verifier.explain(&token),
        None => jotem::explain(&token),
    };
    let claims = jotem::unverified_claims::<Value>(&token);
    // Without a key the engine stops at the header; the claims can be read all the same.
    let unreadable = claims.as_ref().err().and_then(jotem::Error::rejection);
    let reason = match (explanation.rejection(), &verifier) {
        (None, None) => unreadable,
        (reason, _) => reason,
    };
    let outcome = Outcome { explanation: &explanation, reason };
    if output.is_json() {
        output.document(&outcome.to_document())?;
    } else {
        let now = arguments.expectations.at.unwrap_or_else(|| SystemClock.now());
        let read = claims.as_ref().ok().map(|claims| claims.as_untrusted().custom());
        let dates = read.map(|read| meaning::date_rows(read, now)).unwrap_or_default();
        output.text(&outcome.to_text(&token, &dates, output.width()))?;
    }
    Ok(if reason.is_some() { Status::Refused } else { Status::Good })
}

/// Without a key nothing is compared with what is expected: exit status 0 would say that it was.
fn refuse_expectations(arguments: &ExplainArguments) -> Result<(), Failure> {
    if arguments.expectations.are_any() || !arguments.keys.algorithms.is_empty() {
        return Err(Failure::usage("there is an expectation, but no key to verify with").hint(
            "give --key FILE, --jwks FILE, --secret-file FILE or --secret-env NAME; \
             or only TOKEN, to look without verifying",
        ));
    }
    Ok(())
}

/// How it went.
struct Outcome<'e> {
    explanation: &'e Explanation,
    reason: Option<&'e Rejection>,
}

impl Outcome<'_> {
    fn to_text(&self, token: &str, dates: &[Row], width: usize) -> String {
        let reports = self.explanation.steps();
        let steps: Vec<Row> =
            (1..).zip(reports).map(|(number, report)| row(number, report)).collect();
        let mut parts = vec![table(&steps, 0, width)];
        // Three parts are what makes it a token; what is none is not repeated.
        let shape =
            |one: &StepReport| one.step() == Step::Shape && one.verdict() == Verdict::Passed;
        if reports.iter().any(shape) {
            parts.insert(0, format!("{}\n", paint::beginning_of(token)));
        }
        if !dates.is_empty() {
            parts.push(table(dates, 0, width));
        }
        parts.push(match self.reason {
            Some(reason) => Failure::refused(reason).to_text(),
            None if self.explanation.is_verified() => paint(GOOD, "accepted"),
            None => format!(
                "{}\n{} to verify it, give --key FILE, --jwks FILE, \
                 --secret-file FILE or --secret-env NAME",
                paint(CAREFUL, NOT_VERIFIED),
                paint(ADVICE, "hint:"),
            ),
        });
        parts.join("\n")
    }

    fn to_document(&self) -> Value {
        let steps: Vec<Value> = self
            .explanation
            .steps()
            .iter()
            .map(|report| {
                json!({
                    "step": report.step().name(),
                    "verdict": report.verdict().name(),
                    "detail": report.detail(),
                })
            })
            .collect();
        let mut document = match self.reason {
            Some(reason) => Failure::refused(reason).to_document(),
            None if self.explanation.is_verified() => json!({"verdict": "accepted"}),
            None => json!({"verdict": "not verified"}),
        };
        if let Some(members) = document.as_object_mut() {
            members.insert("steps".to_owned(), steps.into());
        }
        document
    }
}

/// Says how one step went.
fn row(number: u8, report: &StepReport) -> Row {
    let (verdict, detail) = match report.verdict() {
        Verdict::Passed => (GOOD, Style::new()),
        Verdict::Failed => (BAD, Style::new()),
        Verdict::NotReached | _ => (ASIDE, ASIDE),
    };
    Row::new(format!("{number}. {}", report.step().name()), report.verdict().name())
        .value_style(verdict)
        .meaning(report.detail(), detail)
}
