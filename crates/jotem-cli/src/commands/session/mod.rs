//! `jotem session`: access and refresh tokens, in any store.

pub(crate) mod list;
pub(crate) mod refresh;
pub(crate) mod revoke;
pub(crate) mod start;
pub(crate) mod verify;

use std::sync::Arc;
use std::time::Duration;

use jotem::error::Code;
use jotem::{Algorithm, Secret, SigningKey};
use jotem_jwks::ring::{KeyRing, RingError};
use jotem_session::rotation::RotationPolicy;
use jotem_session::store::{self, Store, Subject};
use jotem_session::{SessionError, Sessions, SessionsBuilder, TokenPair};
use serde_json::Value;

use crate::args::{
    IssueArguments, MasterArguments, PolicyName, SessionKeyArguments, StoreArguments,
};
use crate::commands::{ring, store as stores};
use crate::date;
use crate::error::{Failure, Status};
use crate::input::Input;
use crate::output::Output;
use crate::paint::ASIDE;
use crate::table::{Row, table};
use crate::{password, strict_json};

/// How long access tokens live at most.
const LONGEST_ACCESS: Duration = Duration::from_secs(86_400);

/// Where sessions are, and what they are kept under.
struct Place {
    store: Arc<dyn Store>,
    master: Secret,
    ring: Option<KeyRing>,
}

/// What was said of the place, read before anything is opened.
struct Said {
    url: String,
    master: Secret,
    ring: Option<KeyRing>,
}

impl Said {
    fn read(
        store: &StoreArguments,
        master: &MasterArguments,
        keys: Option<&SessionKeyArguments>,
        input: &Input,
    ) -> Result<Self, Failure> {
        let url = stores::url(store.store.as_deref())?;
        if url.starts_with("memory:") {
            return Err(Failure::usage("sessions in memory end with this command")
                .hint("name a store that stays: --store sqlite:///path/file.db"));
        }
        let master = password::master(master, input)?;
        let ring = keys.map_or(Ok(None), |keys| ring_in_file(keys, input))?;
        Ok(Self { url, master, ring })
    }

    async fn open(self) -> Result<Place, Failure> {
        let store = store::open(&self.url).await?;
        Ok(Place { store, master: self.master, ring: self.ring })
    }
}

fn ring_in_file(keys: &SessionKeyArguments, input: &Input) -> Result<Option<KeyRing>, Failure> {
    match &keys.ring {
        Some(file) => ring::open(file, &keys.password, input).map(Some),
        None if keys.password.password_file.is_some() || keys.password.password_env.is_some() => {
            Err(Failure::usage("there is a password, and no ring in a file")
                .hint("name the file with --ring; the ring in the store needs the secret only"))
        }
        None => Ok(None),
    }
}

impl Place {
    fn builder(&self) -> SessionsBuilder {
        // Upkeep is for programs that stay.
        let builder = Sessions::builder(self.master.clone()).no_maintenance();
        let builder = builder.store(Arc::clone(&self.store));
        self.ring.iter().fold(builder, |builder, ring| {
            // As the ring says, unless something else is asked for.
            let lifetime = ring.timers().token_lifetime().min(LONGEST_ACCESS);
            builder.ring(ring.clone()).access_lifetime(lifetime)
        })
    }

    /// Opens what signs, or verifies, with keys that are there: a wrong secret must leave nothing
    /// behind.
    async fn open(
        &self,
        settings: impl FnOnce(SessionsBuilder) -> SessionsBuilder,
    ) -> Result<Sessions, Failure> {
        settings(self.builder().existing_ring()).open().await.map_err(failure)
    }

    /// Opens what ends sessions or lists them. Keys are not needed for that; the ring in the store says
    /// whether the secret is the right one, if there is a ring.
    async fn open_without_keys(&self) -> Result<Sessions, Failure> {
        match self.builder().existing_ring().open().await {
            Err(SessionError::Keys(RingError::Missing { .. })) => {
                // It signs nothing.
                let key = SigningKey::generate(Algorithm::EdDsa)?;
                let builder = self.builder().signing_key(key);
                // Nobody says how long access tokens live: no longer than they can.
                let builder = builder.access_lifetime(LONGEST_ACCESS);
                builder.open().await.map_err(failure)
            }
            opened => opened.map_err(failure),
        }
    }
}

/// Says of a ring in the store what a ring in a file says of its password.
#[expect(clippy::wildcard_enum_match_arm, reason = "the others say it themselves")]
fn failure(error: SessionError) -> Failure {
    match &error {
        SessionError::Keys(RingError::Jotem(wrong)) if wrong.code() == Code::KeyPasswordWrong => {
            Failure::unusable("the key ring in the store was made under another master secret")
                .code(Code::KeyPasswordWrong.as_str())
                .hint("is it the secret of the application, byte by byte, and the right store?")
        }
        SessionError::Keys(RingError::Missing { .. }) => {
            Failure::unusable("the store has no key ring").code("ring_missing").hint(
                "is it the right store? `jotem session start` makes one; one in a file: --ring",
            )
        }
        _ => error.into(),
    }
}

/// Sets what tokens are made by.
fn issuing(builder: SessionsBuilder, arguments: &IssueArguments) -> SessionsBuilder {
    let builder = builder.policy(match arguments.policy {
        PolicyName::Strict => RotationPolicy::strict(),
        PolicyName::Web => RotationPolicy::web(),
        PolicyName::Native => RotationPolicy::native(),
        PolicyName::Mcp => RotationPolicy::mcp(),
        PolicyName::Mobile => RotationPolicy::mobile(),
    });
    let builder = arguments.issuer.iter().fold(builder, SessionsBuilder::issuer);
    arguments.expires_in.into_iter().fold(builder, SessionsBuilder::access_lifetime)
}

fn subject(name: &str, tenant: Option<&str>) -> Subject {
    tenant.into_iter().fold(Subject::new(name), Subject::tenant)
}

/// Reads a token, or finds it in the answer of a token endpoint.
fn token(argument: &str, member: &str, input: &Input) -> Result<String, Failure> {
    let text = input.token(argument)?;
    if !text.starts_with('{') {
        return Ok(text);
    }
    let answer = strict_json::read(&text).ok();
    let found = answer.as_ref().and_then(|answer| answer.get(member)).and_then(Value::as_str);
    found.map(str::to_owned).ok_or_else(|| {
        Failure::usage(format!("this is JSON without a member {member}"))
            .hint("give the token, or what `jotem session start --json` printed")
    })
}

/// Reads a token that lives for weeks: no argument, which others see in the list of processes.
fn lasting_token(argument: &str, input: &Input) -> Result<String, Failure> {
    if argument != "-" && !argument.starts_with('@') {
        return Err(Failure::usage("a refresh token is no argument: other users see those")
            .hint("put it into a file, and name that as @FILE; or - for standard input"));
    }
    token(argument, "refresh_token", input)
}

/// Prints what a client is given.
fn print_pair(pair: &TokenPair, output: Output) -> Result<Status, Failure> {
    if output.is_json() {
        let answer = serde_json::to_value(pair)
            .map_err(|_| Failure::unusable("the pair cannot be written as JSON"))?;
        output.document(&answer)?;
        return Ok(Status::Good);
    }
    let lives = |span| format!("expires {}", date::from_now(span));
    let rows = [
        Row::new("session", pair.session().to_string()).meaning(scope(pair), ASIDE),
        Row::new("access token", pair.access_token()).meaning(lives(pair.expires_in()), ASIDE),
        Row::new("refresh token", pair.refresh_token())
            .meaning(lives(pair.refresh_expires_in()), ASIDE),
    ];
    output.text(&table(&rows, 0, output.width()))?;
    if pair.is_replay() {
        output.note("note: this refresh token was exchanged a moment ago: it is the same pair");
    }
    Ok(Status::Good)
}

fn scope(pair: &TokenPair) -> String {
    if pair.scope().is_empty() { String::new() } else { format!("scope {}", pair.scope()) }
}
