//! What the store is asked, and when it is not asked at all.

use std::sync::Arc;
use std::time::Duration;

use jotem::testing::FixedClock;
use jotem::{Algorithm, Secret, SigningKey};
use jotem_session::refresh_token::{RefreshKeys, RefreshToken};
use jotem_session::store::{Memory, Store};
use jotem_session::{Grant, Sessions};

use crate::bench::{NOW_S, master};
use crate::watched::{Asked, Watched};

/// Sessions that ask only when somebody calls, and what they ask.
struct Program {
    clock: FixedClock,
    asked: Arc<Asked>,
    sessions: Sessions,
}

impl Program {
    async fn new(cache: usize) -> Self {
        let clock = FixedClock::at(NOW_S);
        let memory: Arc<dyn Store> = Arc::new(Memory::with_clock(clock.clone()));
        let asked = Asked::over(&memory);
        let sessions = Sessions::builder(master())
            .store(Watched::over(&asked))
            .clock(clock.clone())
            .signing_key(SigningKey::generate(Algorithm::EdDsa).unwrap())
            .audience("api")
            .cache(cache)
            .poll_every(Duration::from_secs(3_600))
            .open()
            .await
            .unwrap();
        Self { clock, asked, sessions }
    }

    fn verifies(&self, token: &str) -> Result<(), &'static str> {
        // Again, as somebody does who remembers tokens.
        for _ in 0..3 {
            drop(self.sessions.verify::<()>(token));
        }
        drop(self.sessions.verifier().verify_fail_open::<()>(token));
        drop(self.sessions.verifier().verify_bound::<()>(token, "thumbprint"));
        self.sessions.verify::<()>(token).map(drop).map_err(|error| error.code())
    }
}

#[tokio::test]
async fn verification_never_asks_the_store() {
    for cache in [0, 1_048_576] {
        let program = Program::new(cache).await;
        let sessions = &program.sessions;
        let sound = sessions.start("ada", Grant::new()).await.unwrap();
        let elsewhere = Program::new(0).await.sessions.start("ada", Grant::new()).await.unwrap();
        let ended = sessions.start("bob", Grant::new()).await.unwrap();
        sessions.revoke_session("bob", ended.session()).await.unwrap();
        assert!(!program.asked.calls().is_empty(), "a login is kept");

        assert_eq!(program.verifies(sound.access_token()), Ok(()));
        assert_eq!(program.verifies(ended.access_token()), Err("access_revoked"));
        assert_eq!(program.verifies(elsewhere.access_token()), Err("jws_signature_mismatch"));
        for none in ["", "garbage", sound.refresh_token()] {
            assert!(program.verifies(none).is_err());
        }
        program.clock.advance(Duration::from_secs(31));
        assert_eq!(program.verifies(sound.access_token()), Err("access_view_stale"));
        program.clock.advance(Duration::from_secs(3_600));
        assert_eq!(program.verifies(sound.access_token()), Err("jwt_expired"));
        assert_eq!(program.asked.calls(), [""; 0]);
    }
}

/// Texts that are no refresh tokens of ours, and that look more and more as if they were.
fn garbage(good: &str, access: &str) -> Vec<String> {
    let mut texts: Vec<String> =
        ["", "jr1_", "garbage", access].iter().map(ToString::to_string).collect();
    texts.extend([format!("{good}="), format!(" {good}"), good.replacen("jr1_", "jr2_", 1)]);
    texts.push(format!("jr1_{}", "A".repeat(good.len().saturating_sub(4))));
    // Every character is under the MAC, but for the prefix, which is compared.
    for (place, letter) in good.char_indices() {
        let other = if letter == 'A' { 'B' } else { 'A' };
        let mut text = good.to_owned();
        text.replace_range(place..=place, &other.to_string());
        texts.push(text);
    }
    // Everything is as it should be, under the MAC of somebody else.
    let own = RefreshKeys::derive(&master()).unwrap();
    let others = RefreshKeys::derive(&Secret::from(vec![8; 32])).unwrap();
    let token = RefreshToken::read(good, &own).unwrap();
    texts.push(token.write(&others).to_string());
    texts
}

#[tokio::test]
async fn no_garbage_is_worth_a_call() {
    let program = Program::new(0).await;
    let pair = program.sessions.start("ada", Grant::new()).await.unwrap();
    let texts = garbage(pair.refresh_token(), pair.access_token());
    assert!(texts.len() > 90);
    program.asked.calls();
    for text in &texts {
        let refused = program.sessions.refresh(text).await.unwrap_err();
        assert!(refused.code().starts_with("refresh_token_"), "{text}: {refused}");
        assert_eq!(refused.oauth_error(), "invalid_grant");
        if text != pair.access_token() {
            assert!(!program.sessions.revoke_token(text).await.unwrap(), "{text}");
        }
    }
    assert_eq!(program.asked.calls(), [""; 0]);
}

#[tokio::test]
async fn a_refresh_is_one_call() {
    let program = Program::new(0).await;
    let pair = program.sessions.start("ada", Grant::new().scopes(["read"])).await.unwrap();
    program.asked.calls();
    let next = program.sessions.refresh(pair.refresh_token()).await.unwrap();
    assert_eq!(program.asked.calls(), ["rotate"]);
    program.sessions.refresh(pair.refresh_token()).await.unwrap();
    assert_eq!(program.asked.calls(), ["rotate"], "a lost answer");
    program.clock.advance(Duration::from_secs(11));
    program.sessions.refresh(pair.refresh_token()).await.unwrap_err();
    program.sessions.refresh(next.refresh_token()).await.unwrap_err();
    assert_eq!(program.asked.calls(), ["rotate", "rotate"], "theft");
}
