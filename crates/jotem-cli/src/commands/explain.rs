//! `jotem explain`: every step of a verification, with how it went.

use jotem::jwt::Explanation;
use jotem::{Clock as _, Rejection, SystemClock};
use serde_json::{Value, json};

use super::decode::{NOT_VERIFIED, date_lines, dates};
use super::verify::verifier;
use crate::args::ExplainArguments;
use crate::error::{Failure, Status};
use crate::input::Input;
use crate::output::Output;

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
        let dates = claims.as_ref().ok().map(|claims| dates(claims.as_untrusted().custom()));
        let dates = dates.map(|dates| date_lines(&dates, now)).unwrap_or_default();
        output.text(&outcome.to_text(&dates))?;
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
    fn to_text(&self, dates: &[String]) -> String {
        let mut text = String::new();
        for (number, report) in (1_u8..).zip(self.explanation.steps()) {
            let (step, verdict) = (report.step().name(), report.verdict().name());
            let line = format!("{number}. {step:<9}  {verdict:<11}  {}", report.detail());
            text.push_str(line.trim_end());
            text.push('\n');
        }
        if !dates.is_empty() {
            text.push_str(&format!("\n{}\n", dates.join("\n")));
        }
        text.push('\n');
        text.push_str(&match self.reason {
            Some(reason) => Failure::refused(reason).to_text(),
            None if self.explanation.is_verified() => "accepted".to_owned(),
            None => format!(
                "{NOT_VERIFIED}\nhint: to verify it, give --key FILE, --jwks FILE, \
                 --secret-file FILE or --secret-env NAME"
            ),
        });
        text
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
