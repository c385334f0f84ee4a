//! The same program with jotem: what came from jsonwebtoken, settled once when it starts.

use std::time::Duration;

use jotem::error::Code;
use jotem::{Algorithm, Claims, Error, Issuer, SigningKey, Verified, Verifier};
use serde::{Deserialize, Serialize};

const SECRET: &[u8] = b"a secret of 32 bytes, or of more";

#[derive(Serialize, Deserialize)]
struct Profile {
    role: String,
}

struct App {
    issuer: Issuer,
    verifier: Verifier,
}

impl App {
    fn start() -> Result<Self, Error> {
        let key = SigningKey::from_secret(SECRET, Algorithm::Hs256)?;
        let verifier = Verifier::builder(key.verifying_key())
            .issuer("https://auth.example")
            .audience("api")
            .build()?;
        let issuer = Issuer::builder(key)
            .issuer("https://auth.example")
            .audience("api")
            .lifetime(Duration::from_secs(900))
            .build()?;
        Ok(Self { issuer, verifier })
    }

    fn log_in(&self, user: &str) -> Result<String, Error> {
        self.issuer.issue(&Claims::new(Profile { role: "reader".to_owned() }).subject(user))
    }

    fn caller(&self, token: &str) -> Result<Verified<Profile>, Error> {
        self.verifier.verify(token)
    }
}

fn answer(error: &Error) -> &'static str {
    // Or error.public().description, which has a few more.
    if error.code() == Code::Expired { "the token expired" } else { "the token is invalid" }
}

fn main() -> Result<(), Error> {
    let app = App::start()?;
    let caller = app.caller(&app.log_in("42")?)?;
    assert_eq!(caller.claims().subject(), Some("42"));
    assert_eq!(caller.custom().role, "reader");
    assert_eq!(app.caller("nonsense").err().as_ref().map(answer), Some("the token is invalid"));
    Ok(())
}

#[test]
fn the_program_runs() -> Result<(), Error> {
    main()
}
