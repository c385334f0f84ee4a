//! Two months of a key ring: keys come, sign and go, and no token is ever refused.
//!
//! The issuer has the ring. The other service knows only what was published when it fetched last, and
//! fetches as seldom as it may. The clock is moved by hand, ten minutes at a time.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "a program that counts small numbers, and shows what happens"
)]

use std::error::Error;
use std::time::Duration;

use jotem::testing::FixedClock;
use jotem::{Algorithm, Claims, Clock, KeySet, Verifier};
use jotem_jwks::ring::{KeyRing, KeyState, RingKey};

const MINUTE: Duration = Duration::from_secs(60);
const DAY: u32 = 24 * 60;

/// A service that knows the published keys as they were when it fetched them.
struct Service {
    clock: FixedClock,
    fetched_at: u64,
    verifier: Verifier,
}

impl Service {
    /// GET /.well-known/jwks.json
    fn fetch(ring: &KeyRing, clock: &FixedClock) -> Result<Self, Box<dyn Error>> {
        let keys = KeySet::from_json(ring.publication()?.body())?;
        let verifier = Verifier::builder(keys).clock(clock.clone()).audience("api").build()?;
        Ok(Self { clock: clock.clone(), fetched_at: clock.now().as_secs(), verifier })
    }

    /// How old its keys are.
    fn age(&self) -> Duration {
        Duration::from_secs(self.clock.now().as_secs() - self.fetched_at)
    }
}

/// `announced 4cQx…  active 9SV3…`
fn line(keys: &[RingKey]) -> String {
    let short = |key: &RingKey| format!("{} {}…", key.state(), &key.key_id()[..4]);
    keys.iter().map(short).collect::<Vec<_>>().join("  ")
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let clock = FixedClock::at(1_800_000_000);
    let ring = KeyRing::builder(Algorithm::Es256)
        .token_lifetime(60 * MINUTE)
        .jwks_max_age(60 * MINUTE)
        .rotate_every(7 * DAY * MINUTE)
        .clock(clock.clone())
        .create_file(folder.path().join("ring.json"), "a password from the environment")?;
    let issuer = ring.issuer(|issuer| issuer.audience("api"))?;

    // The oldest copy that the settings allow for: it was fresh for max-age, a cache gave it away
    // while it fetched, and the service has a rhythm of its own.
    let timers = ring.timers();
    let oldest = timers.jwks_max_age() + timers.stale_while_revalidate() + timers.fetch_interval();
    let mut service = Service::fetch(&ring, &clock)?;
    let mut live: Vec<(Duration, String)> = Vec::new();
    let (mut verified, mut rotations, mut seen) = (0, 0, String::new());

    for _ in 0..60 * DAY / 10 {
        clock.advance(10 * MINUTE);
        let now = clock.now().since_epoch();

        // In the issuer, now and then: what is due is done.
        rotations += usize::from(ring.maintain()?.rotation.is_some());
        live.push((now + timers.token_lifetime(), issuer.issue(&Claims::empty().subject("42"))?));
        live.retain(|(expiry, _)| *expiry > now);

        // In the other service: the oldest token that lives, and the newest.
        if service.age() >= oldest {
            service = Service::fetch(&ring, &clock)?;
        }
        for (_, token) in live.first().into_iter().chain(live.last()) {
            service.verifier.verify::<()>(token)?;
            verified += 1;
        }

        let keys = ring.keys();
        assert_eq!(keys.iter().filter(|key| key.state() == KeyState::Active).count(), 1);
        assert!(keys.iter().any(|key| key.state() == KeyState::Announced));
        if seen != line(&keys) {
            seen = line(&keys);
            println!("{}  {seen}", clock.now());
        }
    }
    assert_eq!((rotations, verified), (8, 2 * 60 * 144));
    println!("{rotations} rotations, {verified} tokens verified, none refused");

    // A stolen key is another matter: it goes at once, and everything that it signed with it.
    let stolen = ring.keys().into_iter().find(|key| key.state() == KeyState::Active);
    let stolen = stolen.ok_or("a ring always has an active key")?;
    let token = issuer.issue(&Claims::empty().subject("42"))?;
    ring.compromise(stolen.key_id())?;
    let here = Verifier::builder(&ring).clock(clock.clone()).audience("api").build()?;
    assert!(here.verify::<()>(&token).is_err(), "the issuer itself refuses it from now on");
    assert!(service.verifier.verify::<()>(&token).is_ok(), "who has not fetched cannot know");
    let service = Service::fetch(&ring, &clock)?;
    assert!(service.verifier.verify::<()>(&token).is_err());
    let token = issuer.issue(&Claims::empty().subject("42"))?;
    service.verifier.verify::<()>(&token)?;
    Ok(())
}

#[test]
fn the_program_runs() -> Result<(), Box<dyn Error>> {
    main()
}
