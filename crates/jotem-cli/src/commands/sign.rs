//! `jotem sign`: a signed token from a key, claims and flags.

use std::time::Duration;

use jotem::error::{Code, Excerpt};
use jotem::jws::Signer;
use jotem::{Clock as _, NumericDate, Rejection, SigningKey, SystemClock, Validation, Verifier};
use serde_json::{Map, Value, json};

use crate::args::SignArguments;
use crate::claims;
use crate::error::{Failure, Status};
use crate::input::Input;
use crate::keys;
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
        let document =
            json!({"token": token, "algorithm": algorithm, "kid": key_id, "claims": claims});
        output.document(&document)?;
    } else {
        output.text(&token)?;
    }
    Ok(Status::Good)
}

/// Brings together the claims that were written out, those of the flags, and the dates.
fn claims(arguments: &SignArguments, input: &Input) -> Result<Map<String, Value>, Failure> {
    let mut claims = match &arguments.claims {
        Some(argument) => claims::read(&input.text(argument, "the claims")?)?,
        None => Map::new(),
    };
    let audience = match arguments.audience.as_slice() {
        [] => None,
        [one] => Some(Value::from(one.as_str())),
        several => Some(several.into()),
    };
    let text = |text: &Option<String>| text.as_deref().map(Value::from);
    add(&mut claims, "iss", text(&arguments.issuer))?;
    add(&mut claims, "sub", text(&arguments.subject))?;
    add(&mut claims, "aud", audience)?;
    add(&mut claims, "jti", text(&arguments.token_id))?;
    let now = SystemClock.now().floor();
    claims.entry("iat").or_insert_with(|| now.as_secs().into());
    let lifetime = match arguments.expires_in {
        _ if arguments.no_expiry && claims.contains_key("exp") => return Err(twice("exp")),
        None if arguments.no_expiry || claims.contains_key("exp") => return Ok(claims),
        asked => asked.unwrap_or(LIFETIME),
    };
    let begin = claims.get("iat").and_then(Value::as_u64).map_or(now, NumericDate::from_secs);
    add(&mut claims, "exp", Some(begin.saturating_add(lifetime).as_secs().into()))?;
    Ok(claims)
}

fn add(claims: &mut Map<String, Value>, name: &str, value: Option<Value>) -> Result<(), Failure> {
    let Some(value) = value else { return Ok(()) };
    if claims.contains_key(name) {
        return Err(twice(name));
    }
    claims.insert(name.to_owned(), value);
    Ok(())
}

fn twice(name: &str) -> Failure {
    Failure::usage(format!("the claims have {name}, and a flag says something about it too"))
        .hint("leave out one of the two")
}

fn sign(
    arguments: &SignArguments,
    key: &SigningKey,
    claims: &Map<String, Value>,
) -> Result<String, Failure> {
    let mut signer = Signer::new(key).header("typ", arguments.token_type.as_str())?;
    for parameter in &arguments.header {
        let Some((name, value)) = parameter.split_once('=') else {
            let message = format!("{} is no header parameter", Excerpt::new(parameter));
            return Err(Failure::usage(message).hint("write it as --header NAME=VALUE"));
        };
        if name == "typ" {
            return Err(Failure::usage("typ is set by a flag of its own").hint("use --typ TYPE"));
        }
        signer = signer.header(name, claims::value(value)?)?;
    }
    Ok(signer.sign(Value::Object(claims.clone()).to_string().as_bytes())?)
}

/// Refuses to hand out what every verifier refuses for its form: a date in milliseconds, a `sub`
/// that is a number, a token that is too long. An expired token may be meant.
fn check(token: &str, key: &SigningKey) -> Result<(), Failure> {
    let validation = Validation::new().any_audience().expiry_optional().accept_bound_tokens();
    let verifier = Verifier::builder(key.verifying_key()).validation(validation).build()?;
    match verifier.verify::<()>(token).err().as_ref().and_then(jotem::Error::rejection) {
        Some(reason) if !depends_on_time(reason) => {
            let message = format!("every verifier would refuse this token: {reason}");
            let milliseconds = reason.code() == Code::DateMilliseconds;
            Err(Failure::usage(message).hint(if milliseconds {
                "divide by 1000: a NumericDate is in seconds"
            } else {
                "write the claim or the header parameter as RFC 7519 has it"
            }))
        }
        Some(_) | None => Ok(()),
    }
}

fn depends_on_time(reason: &Rejection) -> bool {
    let codes = [Code::Expired, Code::NotYetValid, Code::IssuedInFuture];
    codes.contains(&reason.code())
}
