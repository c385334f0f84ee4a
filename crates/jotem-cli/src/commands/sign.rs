//! `jotem sign`: a signed token from a key, claims and flags.

use std::time::Duration;

use jotem::error::Code;
use jotem::jws::Signer;
use jotem::{Clock as _, Rejection, SigningKey, SystemClock, Validation, Verifier};
use serde_json::{Value, json};

use crate::args::SignArguments;
use crate::claims::{Claims, twice};
use crate::error::{Failure, Status};
use crate::header;
use crate::input::Input;
use crate::json_text::append;
use crate::keys;
use crate::meaning::date;
use crate::output::Output;

/// How long a token lives if nothing is said.
const LIFETIME: Duration = Duration::from_secs(15 * 60);

pub(crate) fn run(
    arguments: &SignArguments,
    input: &Input,
    output: Output,
) -> Result<Status, Failure> {
    let key = keys::signing(arguments, input)?;
    let key = match &arguments.key_id {
        Some(key_id) => key.with_key_id(key_id),
        None => key,
    };
    let claims = claims(arguments, input)?;
    let token = sign(arguments, &key, &claims)?;
    check(&token, &key)?;
    if output.is_json() {
        let (algorithm, key_id) = (key.algorithm().name(), key.key_id());
        let document = json!({"token": token, "algorithm": algorithm, "kid": key_id});
        let mut document = document.to_string();
        append(&mut document, "claims", claims.json());
        output.exact_document(&document)?;
    } else {
        output.token(&token)?;
    }
    Ok(Status::Good)
}

/// Brings together the claims that were written out, those of the flags, and the dates.
fn claims(arguments: &SignArguments, input: &Input) -> Result<Claims, Failure> {
    let mut claims = match &arguments.claims {
        Some(argument) => Claims::read(&input.text(argument, "the claims")?)?,
        None => Claims::empty(),
    };
    let audience = match arguments.audience.as_slice() {
        [] => None,
        [one] => Some(Value::from(one.as_str())),
        several => Some(several.into()),
    };
    let text = |text: &Option<String>| text.as_deref().map(Value::from);
    let flags = [
        ("iss", text(&arguments.issuer)),
        ("sub", text(&arguments.subject)),
        ("aud", audience),
        ("jti", text(&arguments.token_id)),
    ];
    for (name, value) in flags {
        if let Some(value) = value {
            claims.add(name, value)?;
        }
    }
    add_dates(&mut claims, arguments)?;
    Ok(claims)
}

fn add_dates(claims: &mut Claims, arguments: &SignArguments) -> Result<(), Failure> {
    let begin = match claims.get("iat") {
        // What is no date is refused when the token is checked.
        Some(written) => written.as_f64().and_then(date).unwrap_or_default(),
        None => {
            let now = SystemClock.now().floor();
            claims.add("iat", now.as_secs().into())?;
            now
        }
    };
    let lifetime = match arguments.expires_in {
        _ if arguments.no_expiry && claims.get("exp").is_some() => return Err(twice("exp")),
        None if arguments.no_expiry || claims.get("exp").is_some() => return Ok(()),
        asked => asked.unwrap_or(LIFETIME),
    };
    let end = begin.saturating_add(lifetime);
    if end.saturating_since(begin) != lifetime {
        return Err(Failure::usage("the token would expire after the year 9999")
            .hint("leave exp out with --no-exp, if it is to live for ever"));
    }
    claims.add("exp", end.as_secs().into())
}

fn sign(arguments: &SignArguments, key: &SigningKey, claims: &Claims) -> Result<String, Failure> {
    let mut signer = Signer::new(key).header("typ", arguments.token_type.as_str())?;
    for (name, value) in header::read(&arguments.header)? {
        signer = signer.header(name, value)?;
    }
    Ok(signer.sign(claims.json().as_bytes())?)
}

/// Refuses to hand out what every verifier refuses for its form: a date in milliseconds, a `sub`
/// that is a number, a token that is too long. An expired token may be meant.
fn check(token: &str, key: &SigningKey) -> Result<(), Failure> {
    let validation = Validation::new().any_audience().expiry_optional().accept_bound_tokens();
    let verifier = Verifier::builder(key.verifying_key()).validation(validation).build()?;
    match verifier.verify::<()>(token).err().as_ref().and_then(jotem::Error::rejection) {
        Some(reason) if !depends_on_time(reason) => {
            let message = format!("every verifier would refuse this token: {reason}");
            Err(Failure::usage(message).hint(advice(reason.code())))
        }
        Some(_) | None => Ok(()),
    }
}

fn advice(code: Code) -> &'static str {
    const TOO_MUCH: [Code; 3] = [Code::TokenTooLarge, Code::TooDeep, Code::TooManyMembers];
    if code == Code::DateMilliseconds {
        return "divide by 1000: a NumericDate is in seconds";
    }
    if TOO_MUCH.contains(&code) {
        return "keep documents out of tokens";
    }
    "write the claim or the header parameter as RFC 7519 has it"
}

fn depends_on_time(reason: &Rejection) -> bool {
    let codes = [Code::Expired, Code::NotYetValid, Code::IssuedInFuture];
    codes.contains(&reason.code())
}
