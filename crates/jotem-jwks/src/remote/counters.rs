//! What a client has done so far, in numbers.

use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// How often what happened since the client was built; the numbers only grow.
        ///
        /// # Examples
        /// ```
        /// use jotem_jwks::remote::JwksClient;
        ///
        /// let client = JwksClient::builder().issuer("https://issuer.example").build()?;
        /// assert_eq!(client.counters().fetches_started, 0);
        /// # Ok::<(), jotem_jwks::remote::RemoteError>(())
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        #[non_exhaustive]
        pub struct JwksCounters {
            $($(#[$doc])* pub $name: u64,)*
        }

        #[derive(Debug, Default)]
        pub(super) struct Counting {
            $(pub(super) $name: Count,)*
        }

        impl Counting {
            pub(super) fn read(&self) -> JwksCounters {
                JwksCounters { $($name: self.$name.0.load(Ordering::Relaxed),)* }
            }
        }

        impl JwksCounters {
            /// Returns every counter with its name, for a metrics page.
            #[must_use]
            pub fn named(&self) -> Vec<(&'static str, u64)> {
                vec![$((stringify!($name), self.$name),)*]
            }
        }
    };
}

counters! {
    /// Attempts to have a key set: each is one request, or with discovery two or three.
    fetches_started,
    /// Attempts that brought a set.
    fetches_succeeded,
    /// Attempts that the server answered with "not modified".
    fetches_not_modified,
    /// Attempts that failed.
    fetches_failed,
    /// Callers that waited for an attempt that another had begun.
    fetches_joined,
    /// Sets that had other keys than the one before.
    keys_replaced,
    /// Members of sets that were not used.
    members_skipped,
    /// Issuers whose metadata was of another.
    discovery_mismatches,
    /// Unknown keys that were not asked for because of the cool-down.
    unknown_refused_by_cool_down,
    /// Unknown keys that were not asked for because the set was known not to have them.
    unknown_refused_as_absent,
    /// Look-ups that were answered with keys past their soft age.
    stale_served,
    /// Look-ups that could not be answered: no keys yet, or too old.
    unavailable,
    /// Listeners to events that panicked.
    listener_panics,
    /// Fetching threads that were started.
    threads_started,
}

/// One number.
#[derive(Debug, Default)]
pub(super) struct Count(AtomicU64);

impl Count {
    pub(super) fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}
