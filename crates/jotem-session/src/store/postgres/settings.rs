//! What the URL says.

use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::SslMode;

use super::tls::Trust;
use crate::store::StoreError;

/// What the URL says.
pub(super) struct Settings {
    /// For tokio-postgres.
    pub(super) config: Config,
    /// How many connections at most.
    pub(super) pool: usize,
    /// How long an answer may take.
    pub(super) timeout: Duration,
    /// How long a connection may take.
    pub(super) connect_timeout: Duration,
    /// Whose certificates hold.
    pub(super) trust: Trust,
}

impl Settings {
    /// Reads a URL. What is wrong is said without the URL: it may have a password in it.
    pub(super) fn parse(url: &str) -> Result<Self, StoreError> {
        let (base, query) = url.split_once('?').unwrap_or((url, ""));
        let mut ours = Ours::default();
        let mut theirs = Vec::new();
        for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
            let (name, value) = parameter.split_once('=').ok_or_else(|| {
                wrong("it has a parameter without a value; in a password, ? is %3F")
            })?;
            if !ours.take(name, value)? {
                theirs.push(parameter);
            }
        }
        let rest = if theirs.is_empty() { String::new() } else { format!("?{}", theirs.join("&")) };
        let mut config: Config =
            [base, &rest].concat().parse().map_err(|error| wrong(reason_of(&error)))?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(wrong("it names no host"));
        }
        config.ssl_mode(ours.ssl_mode.unwrap_or(SslMode::Prefer));
        if config.get_application_name().is_none() {
            config.application_name("jotem");
        }
        let connect_timeout = *config.get_connect_timeout().unwrap_or(&CONNECT_TIMEOUT);
        config.connect_timeout(connect_timeout);
        Ok(Self {
            config,
            pool: ours.pool.unwrap_or(POOL),
            timeout: ours.timeout.unwrap_or(TIMEOUT),
            connect_timeout,
            trust: ours.trust(),
        })
    }

    /// Returns the configuration with what the server shall keep to for each connection; what the URL
    /// has of it comes later, and so holds.
    pub(super) fn with_limits(&self) -> Config {
        // Whatever the values, it is one row by its key: planning it anew costs more than doing it.
        let mut options = format!(
            "-c jotem.is_direct=on -c plan_cache_mode=force_generic_plan -c statement_timeout={} \
             -c default_transaction_isolation=read\\ committed",
            limit_ms(self.timeout)
        );
        if let Some(more) = self.config.get_options() {
            options.push(' ');
            options.push_str(more);
        }
        let mut config = self.config.clone();
        config.options(options);
        config
    }
}

/// Returns how many milliseconds the server has: a little less than what is waited for, so its answer is
/// there in time, and the connection can be used again.
pub(super) fn limit_ms(timeout: Duration) -> u128 {
    (timeout.as_millis().saturating_mul(9) / 10).max(1)
}

/// The parameters that tokio-postgres does not know, or knows otherwise.
#[derive(Default)]
struct Ours {
    pool: Option<usize>,
    timeout: Option<Duration>,
    ssl_mode: Option<SslMode>,
    verifies: bool,
    authorities: Option<String>,
}

impl Ours {
    /// Takes a parameter, if it is one of these.
    fn take(&mut self, name: &str, value: &str) -> Result<bool, StoreError> {
        match name {
            "pool" => self.pool = Some(number(value, 1..=1000, "pool is not 1 to 1000")?),
            "timeout" => {
                let limit = number(value, 1..=600_000, "timeout is not 1 to 600000 milliseconds")?;
                self.timeout =
                    Some(Duration::from_millis(u64::try_from(limit).unwrap_or(u64::MAX)));
            }
            "sslmode" => {
                let (mode, verifies) = match value {
                    "disable" => (SslMode::Disable, false),
                    "prefer" => (SslMode::Prefer, false),
                    "require" => (SslMode::Require, false),
                    "verify-full" => (SslMode::Require, true),
                    _ => {
                        return Err(wrong(
                            "sslmode is not disable, prefer, require or verify-full",
                        ));
                    }
                };
                (self.ssl_mode, self.verifies) = (Some(mode), verifies);
            }
            "sslrootcert" => self.authorities = Some(decoded(value)?),
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn trust(&self) -> Trust {
        match &self.authorities {
            // As libpq has it: who names authorities wants them to be asked.
            Some(file) if self.verifies || self.ssl_mode == Some(SslMode::Require) => {
                Trust::Only(file.into())
            }
            None if self.verifies => Trust::System,
            Some(_) | None => Trust::Anybody,
        }
    }
}

fn number(
    value: &str,
    range: std::ops::RangeInclusive<usize>,
    reason: &str,
) -> Result<usize, StoreError> {
    let number = value.parse().ok().filter(|number| range.contains(number));
    number.ok_or_else(|| wrong(reason))
}

/// Reads a percent-encoded value (RFC 3986 §2.1).
fn decoded(value: &str) -> Result<String, StoreError> {
    let broken = || wrong("a value is not percent-encoded as it should be");
    let mut parts = value.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2).ok_or_else(broken)?;
        bytes.push(u8::from_str_radix(digits, 16).map_err(|_| broken())?);
        bytes.extend(rest.as_bytes());
    }
    String::from_utf8(bytes).map_err(|_| broken())
}

/// What tokio-postgres says is wrong. It names parameters that it knows, and those may be repeated; one
/// that it does not know may be a part of a password that should have been percent-encoded.
fn reason_of(error: &tokio_postgres::Error) -> String {
    let cause = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    if cause.starts_with("invalid value for option") {
        cause
    } else if cause.starts_with("unknown option") {
        "it has a parameter that there is not; in a password, ? is %3F".to_owned()
    } else {
        "it is not of the form postgres://user@host/database".to_owned()
    }
}

pub(super) fn wrong(reason: impl Into<String>) -> StoreError {
    StoreError::Url { reason: reason.into() }
}

const POOL: usize = 16;
const TIMEOUT: Duration = Duration::from_millis(500);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
