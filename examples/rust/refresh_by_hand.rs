//! Short access tokens, and one long secret to get the next: used once, replaced at each use, and
//! worthless for everybody as soon as one of its predecessors comes back (RFC 9700 §4.14).
//!
//! A refresh token is no JWT: only its issuer reads it, so it is random text, and the store decides.

use std::collections::HashMap;
use std::time::Duration;

use jotem::error::Code;
use jotem::testing::FixedClock;
use jotem::{Algorithm, Claims, Error, Issuer, SigningKey, Verifier};

/// What a database would hold, under the hash of the refresh token.
#[derive(Debug, Clone)]
struct Session {
    user: String,
    used: bool,
    family: u64,
}

struct Sessions {
    access: Issuer,
    store: HashMap<String, Session>,
    families: u64,
}

struct Pair {
    access: String,
    refresh: String,
}

impl Sessions {
    fn log_in(&mut self, user: &str) -> Result<Pair, Error> {
        self.families = self.families.saturating_add(1);
        self.issue(user, self.families)
    }

    /// Takes a refresh token, once. One that was used before ends the whole family: either the
    /// thief or the owner has come second, and nobody can tell which.
    fn refresh(&mut self, refresh: &str) -> Result<Option<Pair>, Error> {
        let Some(session) = self.store.get_mut(&fingerprint(refresh)?) else { return Ok(None) };
        let Session { user, used, family } = session.clone();
        session.used = true;
        if used {
            self.store.retain(|_, session| session.family != family);
            return Ok(None);
        }
        self.issue(&user, family).map(Some)
    }

    fn issue(&mut self, user: &str, family: u64) -> Result<Pair, Error> {
        let access = self.access.issue(&Claims::empty().subject(user).audience("api"))?;
        let refresh = random_text()?;
        let session = Session { user: user.to_owned(), used: false, family };
        self.store.insert(fingerprint(&refresh)?, session);
        Ok(Pair { access, refresh })
    }
}

/// 256 random bits in text: the thumbprint of a key that nobody keeps.
fn random_text() -> Result<String, Error> {
    Ok(SigningKey::generate(Algorithm::Hs256)?.verifying_key().thumbprint().unwrap_or_default())
}

/// A database that is stolen must not hold what can be presented: it gets the hash.
fn fingerprint(refresh: &str) -> Result<String, Error> {
    let key = SigningKey::from_secret(refresh, Algorithm::Hs256)?;
    Ok(key.verifying_key().thumbprint().unwrap_or_default())
}

fn main() -> Result<(), Error> {
    let clock = FixedClock::at(1_700_000_000);
    let key = SigningKey::generate(Algorithm::Es256)?;
    let access = Issuer::builder(key.clone())
        .lifetime(Duration::from_secs(300))
        .clock(clock.clone())
        .build()?;
    let verifier =
        Verifier::builder(key.verifying_key()).audience("api").clock(clock.clone()).build()?;
    let mut sessions = Sessions { access, store: HashMap::new(), families: 0 };

    let first = sessions.log_in("42")?;
    clock.advance(Duration::from_secs(600));
    let refused = verifier.verify::<()>(&first.access);
    assert!(refused.is_err_and(|error| error.code() == Code::Expired));

    // The client gets another pair, and the old refresh token is used up.
    let Some(second) = sessions.refresh(&first.refresh)? else { return Ok(()) };
    verifier.verify::<()>(&second.access)?;

    // Whoever comes with it again ends the session, the good client's as well.
    assert!(sessions.refresh(&first.refresh)?.is_none());
    assert!(sessions.refresh(&second.refresh)?.is_none());
    assert!(sessions.refresh("an invented text of forty characters ...")?.is_none());
    Ok(())
}

#[test]
fn the_program_runs() -> Result<(), Error> {
    main()
}
