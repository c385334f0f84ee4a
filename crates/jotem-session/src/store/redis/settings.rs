//! How the store behaves, whatever way its servers are reached.

use std::time::Duration;

use super::error::wrong_url;
use crate::store::StoreError;

/// How the store behaves: what a URL says in its parameters.
///
/// # Examples
/// ```
/// use jotem_session::store::RedisSettings;
/// use std::time::Duration;
///
/// let settings = RedisSettings::new().prefix("acme:").timeout(Duration::from_millis(250)).wait(1);
/// assert!(settings.check().is_ok());
/// assert!(RedisSettings::new().prefix("{acme}").check().is_err());
/// ```
#[derive(Debug, Clone)]
pub struct RedisSettings {
    pub(super) prefix: String,
    pub(super) timeout: Duration,
    pub(super) wait: u32,
}

impl RedisSettings {
    /// The prefix `jotem:`, 500 ms, no copies.
    #[must_use]
    pub fn new() -> Self {
        Self { prefix: "jotem:".to_owned(), timeout: Duration::from_millis(500), wait: 0 }
    }

    /// Sets what every key begins with: one for each deployment that shares the servers.
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// Sets how long a command may take, with the time that reconnecting takes.
    #[must_use]
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets how many copies must confirm a revocation (`WAIT`), within four fifths of the timeout.
    #[must_use]
    pub const fn wait(mut self, copies: u32) -> Self {
        self.wait = copies;
        self
    }

    /// Sees that the settings make sense.
    ///
    /// # Errors
    /// [`StoreError::Url`]: a prefix that is not of 1 to 64 of `A-Z a-z 0-9 : . _ - @ /`, since braces
    /// would put all of a Cluster's keys in one place; or a timeout that is not of 1 ms to a minute.
    pub fn check(&self) -> Result<(), StoreError> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b":._-@/".contains(&byte);
        if !(1..=64).contains(&self.prefix.len()) || !self.prefix.bytes().all(is_plain) {
            return Err(wrong_url("prefix is not 1 to 64 of A-Z a-z 0-9 : . _ - @ /"));
        }
        if !(Duration::from_millis(1)..=Duration::from_secs(60)).contains(&self.timeout) {
            return Err(wrong_url("timeout is not of 1 to 60000 ms"));
        }
        Ok(())
    }
}

impl Default for RedisSettings {
    fn default() -> Self {
        Self::new()
    }
}
