//! Sessions, callers that rotate them, and rounds.

use std::time::{Duration, Instant};

use jotem_session::refresh_token::{SessionId, SubjectKey};
use jotem_session::revocation::Fingerprint;
use jotem_session::rotation::{Decision, Presented, RotationPolicy};
use jotem_session::store::{NewSession, Notice, Rotate, Store, Subject};
use tokio::task::JoinSet;

/// Sessions in a store, two a subject.
pub(crate) const SESSIONS: u32 = 60_000;
pub(crate) const ROUNDS: u32 = 11;
/// Rotations in a round: of all rounds, none is of a session that was rotated already.
pub(crate) const ROTATIONS: u32 = 85 * 64;
/// Numbers of a client and of a grant, as long as the real ones.
const CLIENT: u32 = 7_305_600;
const GRANT: u32 = 5_450_271;

/// Numbers as scattered as the real ones, which are MACs and random.
fn scattered(number: u32) -> u64 {
    let mixed = u64::from(number).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ (mixed >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93)
}

pub(crate) fn ids(number: u32) -> (SubjectKey, SessionId) {
    let subject = number % (SESSIONS / 2);
    let (mut key, mut id) = ([0; 12], [0x51; 16]);
    key[..8].copy_from_slice(&scattered(subject).to_be_bytes());
    key[8..].copy_from_slice(&subject.to_be_bytes());
    id[2..10].copy_from_slice(&scattered(number).to_be_bytes());
    id[10..14].copy_from_slice(&number.to_be_bytes());
    (SubjectKey::from_bytes(key), SessionId::from_bytes(id))
}

pub(crate) fn rotate(number: u32, generation: u32) -> Rotate {
    let (subject, session) = ids(number);
    let presented = Presented { generation, secret_hash: [7; 12], client: CLIENT, binding: None };
    let notice = Notice::new(Fingerprint::from_u64(1), 930);
    Rotate { subject, session, presented, policy: RotationPolicy::web(), notice }
}

async fn start(store: &dyn Store, number: u32, label: Option<String>) {
    let (subject, session) = ids(number);
    let who = Subject::new(format!("user-{:08}", number % (SESSIONS / 2)));
    let mut new = NewSession::new(subject, &who, session, [7; 12]);
    (new.client, new.grant, new.label) = (CLIENT, GRANT, label);
    store.start(&new).await.unwrap();
}

/// Which session a rotation is about: each of them once, in all rounds together.
pub(crate) fn session_of(step: u32) -> u32 {
    u32::try_from(u64::from(step) * 98_887 % u64::from(SESSIONS)).unwrap()
}

/// Shares numbers among callers, each of which has one thing on its way, and returns how long all of
/// them took.
pub(crate) async fn by_callers<F, W>(callers: u32, most: u32, work: W) -> Duration
where
    F: Future<Output = ()> + Send + 'static,
    W: Fn(u32) -> F + Clone + Send + 'static,
{
    let began = Instant::now();
    let mut all = JoinSet::new();
    for caller in 0..callers {
        let work = work.clone();
        all.spawn(async move {
            for number in (caller..most).step_by(callers as usize) {
                work(number).await;
            }
        });
    }
    while let Some(done) = all.join_next().await {
        done.unwrap();
    }
    began.elapsed()
}

/// Starts all sessions, and returns how many a second.
pub(crate) async fn fill(store: &'static dyn Store, callers: u32, label: Option<String>) -> f64 {
    let started = by_callers(callers, SESSIONS, move |number| {
        let label = label.clone();
        async move { start(store, number, label).await }
    });
    f64::from(SESSIONS) / started.await.as_secs_f64()
}

/// Rotates the sessions of one round, and returns how many a second.
pub(crate) async fn rotations(store: &'static dyn Store, callers: u32, round: u32) -> f64 {
    let rotated = by_callers(callers, ROTATIONS, move |step| async move {
        let rotate = rotate(session_of(round * ROTATIONS + step), 1);
        let rotated = store.rotate(&rotate).await.unwrap().unwrap();
        assert_eq!(rotated.decision, Decision::Rotate);
    });
    f64::from(ROTATIONS) / rotated.await.as_secs_f64()
}

/// What was measured round by round, of two beside each other.
#[derive(Default)]
pub(crate) struct Beside {
    ours: Vec<f64>,
    theirs: Vec<f64>,
    ratios: Vec<f64>,
}

impl Beside {
    pub(crate) fn add(&mut self, ours: f64, theirs: f64) {
        self.ours.push(ours);
        self.theirs.push(theirs);
        self.ratios.push(ours / theirs);
    }

    /// Prints the medians.
    pub(crate) fn print(mut self, what: &str, beside: &str, wanted: f64) {
        for values in [&mut self.ours, &mut self.theirs, &mut self.ratios] {
            values.sort_by(f64::total_cmp);
        }
        let middle = self.ratios.len() / 2;
        println!(
            "  {what}: {:.0}/s; {beside}: {:.0}/s; ratio {:.2} ({:.2} … {:.2}), wanted {wanted:.2}",
            self.ours[middle],
            self.theirs[middle],
            self.ratios[middle],
            self.ratios[0],
            self.ratios[self.ratios.len() - 1],
        );
    }
}
