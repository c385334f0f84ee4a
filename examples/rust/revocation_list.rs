//! Calling tokens back before they expire: every token has a `jti`, and a list has those that no
//! longer count.
//!
//! The list holds a name until its token would have expired anyway, so it stays short. Use the `jti`,
//! never the text of the token: an ECDSA signature has a second valid form that anyone can compute.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use jotem::testing::FixedClock;
use jotem::{Algorithm, Claims, Clock, Error, Issuer, NumericDate, SigningKey, Verified, Verifier};

/// The names of revoked tokens, each with the time from which it may be forgotten.
#[derive(Debug, Default)]
struct Revoked(Mutex<HashMap<String, NumericDate>>);

impl Revoked {
    fn add(&self, token: &Verified, now: NumericDate) {
        let Ok(mut list) = self.0.lock() else { return };
        let Some(name) = token.claims().token_id() else { return };
        list.retain(|_, forget| *forget > now);
        let expires = token.claims().expires_at().unwrap_or(NumericDate::MAX);
        // A verifier accepts a token for its leeway longer.
        list.insert(name.to_owned(), expires.saturating_add(Duration::from_secs(300)));
    }

    /// Whether a token counts no longer; one that cannot be looked up does not count either.
    fn has(&self, token: &Verified) -> bool {
        let Ok(list) = self.0.lock() else { return true };
        token.claims().token_id().is_none_or(|name| list.contains_key(name))
    }
}

#[derive(Debug)]
enum Refused {
    Token(Error),
    Revoked,
}

fn authenticate(verifier: &Verifier, revoked: &Revoked, token: &str) -> Result<Verified, Refused> {
    let verified = verifier.verify(token).map_err(Refused::Token)?;
    if revoked.has(&verified) { Err(Refused::Revoked) } else { Ok(verified) }
}

fn main() -> Result<(), Error> {
    let clock = FixedClock::at(1_700_000_000);
    let key = SigningKey::generate(Algorithm::Es256)?;
    let issuer = Issuer::builder(key.clone())
        .lifetime(Duration::from_secs(900))
        .token_ids()
        .clock(clock.clone())
        .build()?;
    let verifier = Verifier::builder(key.verifying_key())
        .require("jti") // a token without a name could not be called back
        .clock(clock.clone())
        .build()?;
    let revoked = Revoked::default();

    let [phone, laptop] = [
        issuer.issue(&Claims::empty().subject("42"))?,
        issuer.issue(&Claims::empty().subject("42"))?,
    ];
    let session = verifier.verify::<()>(&phone)?;
    revoked.add(&session, clock.now());

    let refused = authenticate(&verifier, &revoked, &phone);
    assert!(matches!(refused, Err(Refused::Revoked)));
    assert!(authenticate(&verifier, &revoked, &laptop).is_ok());

    // Later the list forgets what expiry refuses.
    clock.advance(Duration::from_secs(3600));
    let refused = authenticate(&verifier, &revoked, &phone);
    assert!(
        matches!(refused, Err(Refused::Token(error)) if error.code().as_str() == "jwt_expired")
    );
    Ok(())
}

#[test]
fn the_program_runs() -> Result<(), Error> {
    main()
}
