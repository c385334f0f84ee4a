//! What each step of the pipeline said about a token.

use std::fmt;

use super::pipeline::Witness;
use crate::error::{Excerpt, Rejection};
use crate::jws::{Header, crit, selection, shape};
use crate::limits::Limits;

/// A step of the pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// How many bytes there are.
    Size,
    /// Three segments of base64url.
    Shape,
    /// The JOSE header.
    Header,
    /// The algorithm is allowed.
    Algorithm,
    /// A key is found.
    Key,
    /// The signature holds.
    Signature,
    /// The payload is a claims set.
    Payload,
    /// The claims are as expected.
    Claims,
}

impl Step {
    /// The steps, in their order.
    pub const ALL: [Self; 8] = [
        Self::Size,
        Self::Shape,
        Self::Header,
        Self::Algorithm,
        Self::Key,
        Self::Signature,
        Self::Payload,
        Self::Claims,
    ];

    /// Returns the name of the step.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Size => "size",
            Self::Shape => "shape",
            Self::Header => "header",
            Self::Algorithm => "algorithm",
            Self::Key => "key",
            Self::Signature => "signature",
            Self::Payload => "payload",
            Self::Claims => "claims",
        }
    }
}

/// How a step went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// The token passed it.
    Passed,
    /// The token failed it, and is refused.
    Failed,
    /// An earlier step failed, or there is no key to go on with.
    NotReached,
}

impl Verdict {
    /// Returns the name of the verdict.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::NotReached => "not reached",
        }
    }
}

/// One step, how it went, and what was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepReport {
    step: Step,
    verdict: Verdict,
    detail: String,
}

impl StepReport {
    /// Returns the step.
    #[must_use]
    pub const fn step(&self) -> Step {
        self.step
    }

    /// Returns how it went.
    #[must_use]
    pub const fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// Returns what was seen: a few words, with what the sender controls escaped and cut.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }
}

/// What each step of the pipeline said about a token. `Display` writes a table.
///
/// # Examples
/// ```
/// let explanation = jotem::explain("eyJhbGciOiJIUzI1NiJ9.e30.AA");
/// assert!(!explanation.is_verified(), "nothing is verified without a key");
/// assert_eq!(explanation.steps().len(), 8);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    steps: Vec<StepReport>,
    rejection: Option<Rejection>,
    verified: bool,
}

impl Explanation {
    /// Returns the eight steps.
    #[must_use]
    pub fn steps(&self) -> &[StepReport] {
        &self.steps
    }

    /// Returns why the token is refused, if it is.
    #[must_use]
    pub const fn rejection(&self) -> Option<&Rejection> {
        self.rejection.as_ref()
    }

    /// Returns whether the token passed all steps.
    #[must_use]
    pub const fn is_verified(&self) -> bool {
        self.verified
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, report) in self.steps.iter().enumerate() {
            let number = number.saturating_add(1);
            let (step, verdict) = (report.step.name(), report.verdict.name());
            let line = format!("{number}. {step:<10} {verdict:<12} {}", report.detail);
            writeln!(formatter, "{}", line.trim_end())?;
        }
        match &self.rejection {
            Some(reason) => {
                writeln!(formatter, "refused: {} ({})", reason, reason.code())?;
                write!(formatter, "hint: {}", reason.hint())
            }
            None if self.verified => write!(formatter, "accepted"),
            None => write!(formatter, "not verified: no key was given"),
        }
    }
}

/// Takes a token apart as far as that can be done without a key: the first three steps, and
/// whether the algorithm is one at all. Nothing is verified; [`Verifier::explain`](crate::Verifier::explain) goes all the way.
///
/// # Examples
/// ```
/// let explanation = jotem::explain("Bearer eyJhbGciOiJIUzI1NiJ9.e30.AA");
/// assert_eq!(explanation.rejection().map(|r| r.code().as_str()), Some("token_bearer_prefix"));
/// ```
#[must_use]
pub fn explain(token: &str) -> Explanation {
    let limits = Limits::default();
    let mut report = Report::default();
    let verdict = without_key(token, &limits, &mut report);
    let mut explanation = report.finish(verdict.err());
    explanation.verified = false;
    explanation
}

fn without_key(token: &str, limits: &Limits, report: &mut Report) -> Result<(), Rejection> {
    shape::size(token, limits)?;
    report.passed(Step::Size, || {
        format!("{} bytes, at most {}", token.len(), limits.max_token_bytes())
    });
    let segments = shape::split(token, limits)?;
    report.passed(Step::Shape, || "three segments: header, payload, signature".to_owned());
    let header = Header::read(segments.header, limits)?;
    crit::understand(&header, &[])?;
    report.passed(Step::Header, || header.json().to_owned());
    // Whether it is allowed depends on the key; whether it is one at all does not.
    selection::known_algorithm(&header)?;
    Ok(())
}

/// Collects what the steps say.
#[derive(Debug, Default)]
pub(super) struct Report {
    passed: Vec<StepReport>,
}

impl Witness for Report {
    fn passed(&mut self, step: Step, detail: impl FnOnce() -> String) {
        let detail = Excerpt::new(&detail()).to_string();
        self.passed.push(StepReport { step, verdict: Verdict::Passed, detail });
    }
}

impl Report {
    /// Adds the step that failed and those after it.
    pub(super) fn finish(self, rejection: Option<Rejection>) -> Explanation {
        let mut steps = self.passed;
        let verified = rejection.is_none();
        for step in Step::ALL.into_iter().skip(steps.len()) {
            let failed = steps.iter().all(|report| report.verdict == Verdict::Passed);
            let (verdict, detail) = match &rejection {
                Some(reason) if failed => (Verdict::Failed, reason.to_string()),
                Some(_) | None => (Verdict::NotReached, String::new()),
            };
            steps.push(StepReport { step, verdict, detail });
        }
        Explanation { steps, rejection, verified }
    }
}
