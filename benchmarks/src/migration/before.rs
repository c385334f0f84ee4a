//! A program with jsonwebtoken: logs in, knows the caller, answers a refusal.

use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode, get_current_timestamp,
};
use serde::{Deserialize, Serialize};

const SECRET: &[u8] = b"a secret of 32 bytes, or of more";

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: String,
    iat: u64,
    exp: u64,
    role: String,
}

fn log_in(user: &str) -> Result<String, Error> {
    let now = get_current_timestamp();
    let claims = Claims {
        iss: "https://auth.example".to_owned(),
        sub: user.to_owned(),
        aud: "api".to_owned(),
        iat: now,
        exp: now + 900,
        role: "reader".to_owned(),
    };
    encode(&Header::new(Algorithm::HS256), &claims, &EncodingKey::from_secret(SECRET))
}

fn caller(token: &str) -> Result<Claims, Error> {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_issuer(&["https://auth.example"]);
    validation.set_audience(&["api"]);
    validation.set_required_spec_claims(&["exp", "iss", "aud"]);
    validation.validate_nbf = true;
    let data = decode::<Claims>(token, &DecodingKey::from_secret(SECRET), &validation)?;
    Ok(data.claims)
}

fn answer(error: &Error) -> &'static str {
    match error.kind() {
        ErrorKind::ExpiredSignature => "the token expired",
        _ => "the token is invalid",
    }
}

fn main() -> Result<(), Error> {
    let claims = caller(&log_in("42")?)?;
    assert_eq!((claims.sub.as_str(), claims.role.as_str()), ("42", "reader"));
    assert_eq!(caller("nonsense").err().as_ref().map(answer), Some("the token is invalid"));
    Ok(())
}
