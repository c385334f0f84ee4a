//! How a program that takes tokens is tested: with its own settings, a clock that stands still, and
//! tokens that are wrong in one way each. Nothing sleeps, nothing turns verification off.

use jotem::{Clock, Error, Verifier, VerifyingKey};

/// The program: it is given a key and a clock, and decides the rest itself.
struct App {
    verifier: Verifier,
}

impl App {
    fn new(key: VerifyingKey, clock: impl Clock + 'static) -> Result<Self, Error> {
        let verifier = Verifier::builder(key)
            .issuer("https://issuer.test") // from the configuration
            .audience("https://audience.test")
            .clock(clock)
            .build()?;
        Ok(Self { verifier })
    }

    fn greet(&self, token: &str) -> Result<String, Error> {
        let verified = self.verifier.verify::<()>(token)?;
        Ok(format!("hello, {}", verified.claims().subject().unwrap_or("nobody")))
    }
}

fn main() -> Result<(), Error> {
    let issuer = jotem::testing::TestIssuer::new()?;
    let app = App::new(issuer.verifying_key(), issuer.clock())?;
    assert_eq!(app.greet(&issuer.token(&())?)?, "hello, 42");
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jotem::error::Code;
    use jotem::testing::{Forgery, TestIssuer};

    use super::*;

    #[test]
    fn greets_whoever_has_a_good_token() -> Result<(), Error> {
        main()
    }

    #[test]
    fn refuses_every_forgery() -> Result<(), Error> {
        let issuer = TestIssuer::new()?;
        let app = App::new(issuer.verifying_key(), issuer.clock())?;
        for forgery in Forgery::ALL {
            let refused = app.greet(&issuer.forge(forgery)?);
            assert!(refused.is_err_and(|error| error.code() == forgery.code()), "{forgery:?}");
        }
        Ok(())
    }

    #[test]
    fn refuses_a_good_token_when_its_time_is_over() -> Result<(), Error> {
        let issuer = TestIssuer::new()?;
        let app = App::new(issuer.verifying_key(), issuer.clock())?;
        let token = issuer.token(&())?;
        issuer.clock().advance(Duration::from_secs(3600));
        assert!(app.greet(&token).is_err_and(|error| error.code() == Code::Expired));
        Ok(())
    }
}
