//! `jotem verify`: the claims of a token that holds, or why it is refused.

use jotem::error::Excerpt;
use jotem::{Clock, Error, NumericDate, SystemClock, Verified, Verifier};
use serde_json::json;

use crate::args::{ExpectationArguments, KeyArguments, VerifyArguments};
use crate::batch;
use crate::date;
use crate::error::{Failure, Status};
use crate::input::Input;
use crate::json_text::append;
use crate::keys;
use crate::output::Output;
use crate::paint::{GOOD, paint};
use crate::pretty::pretty;

pub(crate) fn run(
    arguments: &VerifyArguments,
    input: &Input,
    output: Output,
) -> Result<Status, Failure> {
    let find_verifier = || {
        let found = verifier(&arguments.keys, &arguments.expectations, input, output)?;
        found.ok_or_else(|| {
            Failure::usage("there is no key to verify with").hint(
                "give --key FILE, --jwks FILE, --secret-file FILE or --secret-env NAME; \
                 to look without verifying: jotem decode TOKEN",
            )
        })
    };
    if arguments.batch.batch {
        let sources = input.lines(&arguments.tokens)?;
        let at = arguments.expectations.at;
        return batch::run(&arguments.batch, sources, &find_verifier()?, at, output);
    }
    let [token] = arguments.tokens.as_slice() else {
        let hint = "one TOKEN is taken; what has spaces needs quotation marks; for many: --batch";
        return Err(Failure::usage("there is an argument too many").hint(hint));
    };
    let token = input.token(token)?;
    let verified = find_verifier()?.verify::<()>(&token)?;
    if output.is_json() {
        let algorithm = verified.algorithm().name();
        let mut document = json!({"verdict": "accepted", "algorithm": algorithm}).to_string();
        append(&mut document, "header", verified.header().json());
        append(&mut document, "claims", verified.claims().json());
        output.exact_document(&document)?;
    } else {
        let holds = holds(&verified, arguments.expectations.at);
        output.note(&format!("{} {holds}", paint(GOOD, "accepted:")));
        output.text(&pretty(verified.claims().json()))?;
    }
    Ok(Status::Good)
}

/// Says under which key, and for how long.
pub(crate) fn holds<C>(verified: &Verified<C>, at: Option<NumericDate>) -> String {
    let mut text = verified.algorithm().to_string();
    if let Some(key_id) = verified.header().key_id() {
        text.push_str(&format!(", kid {}", Excerpt::new(key_id)));
    }
    if let Some(end) = verified.claims().expires_at() {
        let now = at.unwrap_or_else(|| SystemClock.now());
        // Clocks may differ a little: within the leeway it may be over, and hold.
        let verb = if end <= now { "expired" } else { "expires" };
        text.push_str(&format!(", {verb} {}", date::distance(end, now)));
    }
    text
}

/// Builds the verifier that the arguments describe; none if they name no key.
pub(super) fn verifier(
    keys: &KeyArguments,
    expectations: &ExpectationArguments,
    input: &Input,
    output: Output,
) -> Result<Option<Verifier>, Failure> {
    let Some(found) = keys::verifying(keys, input, output)? else { return Ok(None) };
    let mut builder = Verifier::builder(found);
    if !keys.algorithms.is_empty() {
        builder = builder.algorithms(keys.algorithms.iter().copied());
    }
    if !expectations.issuers.is_empty() {
        builder = builder.issuers(&expectations.issuers);
    }
    if !expectations.audiences.is_empty() {
        builder = builder.audiences(&expectations.audiences);
    }
    if expectations.any_audience {
        builder = builder.any_audience();
    }
    if let Some(subject) = &expectations.subject {
        builder = builder.subject(subject);
    }
    if let Some(token_type) = &expectations.token_type {
        builder = builder.token_type(token_type);
    }
    if let Some(leeway) = expectations.leeway {
        builder = builder.leeway(leeway);
    }
    if expectations.no_expiry {
        builder = builder.expiry_optional();
    }
    if expectations.accept_bound {
        builder = builder.accept_bound_tokens();
    }
    if let Some(at) = expectations.at {
        builder = builder.clock(At(at));
    }
    builder.build().map(Some).map_err(|error: Error| about(error, keys))
}

fn about(error: Error, keys: &KeyArguments) -> Failure {
    match &keys.jwks {
        Some(path) => keys::about(error, path),
        None => error.into(),
    }
}

/// A clock that stands where --at says.
#[derive(Debug)]
struct At(NumericDate);

impl Clock for At {
    fn now(&self) -> NumericDate {
        self.0
    }
}
