//! When a refresh token is exchanged for the next one, and when it is theft (RFC 9700 §4.14).
//!
//! [`decide`] is the specification: every store does the same, in whatever language it speaks, and is
//! held to it by a test. Nothing else decides.

use std::time::Duration;

use subtle::ConstantTimeEq as _;

use crate::record::Record;

/// Whether a session lives, or why it does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum State {
    /// It lives.
    Active,
    /// Somebody logged out.
    LoggedOut,
    /// A refresh token was presented that had been exchanged before.
    Reused,
    /// Somebody else ended it.
    Revoked,
}

impl State {
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Active => 0,
            Self::LoggedOut => 1,
            Self::Reused => 2,
            Self::Revoked => 3,
        }
    }

    pub(crate) const fn of_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::Active),
            1 => Some(Self::LoggedOut),
            2 => Some(Self::Reused),
            3 => Some(Self::Revoked),
            _ => None,
        }
    }
}

/// What somebody presents: a refresh token whose MAC held, by a client that was authenticated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "what stores compare, and nothing else")]
pub struct Presented {
    /// The generation of the token.
    pub generation: u32,
    /// The beginning of the SHA-256 of its secret.
    pub secret_hash: [u8; 12],
    /// The number of the client.
    pub client: u32,
    /// The beginning of the thumbprint of the key that the request proved (RFC 9449), if it did.
    pub binding: Option<[u8; 12]>,
}

/// What is to be done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Decision {
    /// It is the current token: the next one takes its place.
    Rotate,
    /// It is newer than the store knows, and it is ours: the store lost what it had written. The next
    /// one takes its place, and somebody must look at the store.
    Repair,
    /// It was exchanged a moment ago: another tab, or an answer that got lost. The current token is
    /// given out once more, and nothing changes.
    Replay,
    /// It was exchanged long ago: two have it. The session ends.
    Reuse,
    /// As [`Self::Repair`], where the policy would rather end the session.
    Behind,
    /// The session does not live any more.
    Dead(State),
    /// The session is over.
    Expired,
    /// The secret is another: the token is not of this session. Nothing changes, so that nobody can
    /// end a session by guessing.
    SecretMismatch,
    /// Another client presents it. Nothing changes.
    ClientMismatch,
    /// The request does not prove the key that the session is bound to. Nothing changes.
    BindingMismatch,
}

/// Decides about a refresh token. `now_ms` is the store's clock, milliseconds since 1970: application
/// servers may differ.
///
/// # Examples
/// ```
/// use jotem_session::record::Record;
/// use jotem_session::rotation::{Decision, Presented, RotationPolicy, State, decide};
///
/// let now_ms = 1_795_305_600_000;
/// # let (idle_end_s, end_s) = (1_795_910_400, 1_797_897_600);
/// let record = Record {
///     state: State::Active,
///     generation: 5,
///     rotated_at_ms: now_ms - 4_000,
///     gaps_s: [900; 3],
///     // …
/// #    idle_end_s, end_s, client: 1, grant: 1, authenticated_s: 1_795_300_000, secret_hash: [7; 12], binding: None,
/// };
/// let presented =
///     |generation| Presented { generation, secret_hash: [7; 12], client: 1, binding: None };
///
/// let policy = RotationPolicy::web();
/// assert_eq!(decide(&record, &presented(5), now_ms, &policy), Decision::Rotate);
/// assert_eq!(decide(&record, &presented(4), now_ms, &policy), Decision::Replay);
/// assert_eq!(decide(&record, &presented(3), now_ms, &policy), Decision::Reuse);
/// assert_eq!(decide(&record, &presented(4), now_ms, &RotationPolicy::strict()), Decision::Reuse);
/// ```
#[must_use]
pub fn decide(
    record: &Record,
    presented: &Presented,
    now_ms: u64,
    policy: &RotationPolicy,
) -> Decision {
    if !bool::from(record.secret_hash.ct_eq(&presented.secret_hash)) {
        return Decision::SecretMismatch;
    }
    if record.client != presented.client {
        return Decision::ClientMismatch;
    }
    if record.binding.is_some() && record.binding != presented.binding {
        return Decision::BindingMismatch;
    }
    if record.state != State::Active {
        return Decision::Dead(record.state);
    }
    let now_s = now_ms / 1000;
    if now_s >= u64::from(record.end_s) || now_s >= u64::from(record.idle_end_s) {
        return Decision::Expired;
    }
    let Some(back) = record.generation.checked_sub(presented.generation) else {
        return if policy.repairs { Decision::Repair } else { Decision::Behind };
    };
    if back == 0 {
        return Decision::Rotate;
    }
    let is_near = back <= u32::from(policy.depth);
    // Strictly less: a window of nothing is nothing, in the same millisecond too.
    if is_near && superseded_for(record, back, now_ms) < policy.window_of(record) {
        Decision::Replay
    } else {
        Decision::Reuse
    }
}

/// How long ago the token that is `back` generations behind was exchanged, in milliseconds.
fn superseded_for(record: &Record, back: u32, now_ms: u64) -> u64 {
    let later = usize::try_from(back).unwrap_or(usize::MAX).saturating_sub(1);
    let gaps = record.gaps_s.iter().take(later).map(|gap| u64::from(*gap).saturating_mul(1000));
    gaps.fold(now_ms.saturating_sub(record.rotated_at_ms), u64::saturating_add)
}

impl Decision {
    /// Returns whether a session ends by it that lived until now: verifiers are to be told.
    #[must_use]
    pub const fn ends_session(self) -> bool {
        matches!(self, Self::Reuse | Self::Behind)
    }

    /// Returns what the store keeps afterwards; absent if nothing changes.
    #[must_use]
    pub fn effect(
        self,
        record: &Record,
        presented: &Presented,
        now_ms: u64,
        policy: &RotationPolicy,
    ) -> Option<Record> {
        match self {
            Self::Rotate | Self::Repair => Some(next(record, presented, now_ms, policy)),
            Self::Reuse => Some(Record { state: State::Reused, ..*record }),
            Self::Behind => Some(Record { state: State::Revoked, ..*record }),
            Self::Replay
            | Self::Dead(_)
            | Self::Expired
            | Self::SecretMismatch
            | Self::ClientMismatch
            | Self::BindingMismatch => None,
        }
    }
}

fn next(record: &Record, presented: &Presented, now_ms: u64, policy: &RotationPolicy) -> Record {
    let now_s = now_ms / 1000;
    let gap = now_s.saturating_sub(record.rotated_at_ms / 1000);
    let [first, second, _] = record.gaps_s;
    let idle_end = now_s.saturating_add(policy.idle.as_secs()).min(record.end_s.into());
    Record {
        // The last of four thousand million; the session has ended long before.
        generation: presented.generation.saturating_add(1),
        rotated_at_ms: now_ms,
        gaps_s: [u16::try_from(gap).unwrap_or(u16::MAX), first, second],
        idle_end_s: u32::try_from(idle_end).unwrap_or(u32::MAX),
        ..*record
    }
}

/// How long a session lives, and how long an exchanged refresh token may come once more.
///
/// | preset | window | generations back | for |
/// |---|---|---|---|
/// | [`strict`](Self::strict) | none | | one process that never retries |
/// | [`web`](Self::web) | 10 s | 1 | browsers: several tabs, answers that got lost |
/// | [`native`](Self::native) | 30 s | 2 | desktop programs |
/// | [`mcp`](Self::mcp) | 60 s | 4 | tools that run as several processes with one token file |
/// | [`mobile`](Self::mobile) | 30 s | 1 | phones; a bound session may come back within a day |
///
/// All of them: seven days without use, thirty days at the most. There is no policy that accepts a
/// former token for ever: then thief and owner could refresh in turns and never meet. Within the window
/// they can: whoever refreshes more often than once in it is taken for another tab. Access tokens live
/// for minutes, so honest clients do not.
///
/// # Examples
/// ```
/// use jotem_session::rotation::RotationPolicy;
/// use std::time::Duration;
///
/// let policy = RotationPolicy::web().idle(Duration::from_secs(3_600)).lifetime(Duration::from_secs(86_400));
/// policy.check()?;
///
/// let endless = RotationPolicy::web().lifetime(Duration::MAX);
/// assert!(endless.check().is_err());
/// # Ok::<(), jotem_session::rotation::RotationPolicyError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RotationPolicy {
    window: Duration,
    depth: u8,
    recovery: Duration,
    idle: Duration,
    lifetime: Duration,
    repairs: bool,
}

/// A policy that makes no sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RotationPolicyError {
    /// No lifetime, or one of more than 400 days.
    #[error("a session of {seconds} s is not of 1 s to {} s", RotationPolicy::LONGEST.as_secs())]
    Lifetime {
        /// What was asked for, in seconds.
        seconds: u64,
    },
    /// It would end by not being used before it begins, or not before it ends anyway.
    #[error("{idle} s without use is not of 1 s to the lifetime of {lifetime} s")]
    Idle {
        /// What was asked for, in seconds.
        idle: u64,
        /// The lifetime, in seconds.
        lifetime: u64,
    },
    /// A window so long that a thief would be taken for another tab.
    #[error("a window of {seconds} s is longer than {} s", RotationPolicy::LONGEST_WINDOW.as_secs())]
    Window {
        /// What was asked for, in seconds.
        seconds: u64,
    },
    /// More generations than a record remembers, or none.
    #[error("{depth} generations back are not 1 to 4")]
    Depth {
        /// What was asked for.
        depth: u8,
    },
}

impl RotationPolicyError {
    /// Returns the stable identifier of the reason; `docs/errors.md` has a section for each.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Lifetime { .. } => "session_lifetime",
            Self::Idle { .. } => "session_idle",
            Self::Window { .. } => "session_window",
            Self::Depth { .. } => "session_depth",
        }
    }

    /// Tells the developer what to do about it.
    #[must_use]
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::Lifetime { .. } => {
                "30 days are usual; who logs in less often than once in 400 days may log in"
            }
            Self::Idle { .. } => "7 days are usual; it cannot be longer than the lifetime",
            Self::Window { .. } => {
                "10 s are enough for tabs of a browser, 60 s for processes that share a file"
            }
            Self::Depth { .. } => {
                "1 is usual; a record remembers when four generations were exchanged"
            }
        }
    }
}

impl RotationPolicy {
    /// The longest lifetime: 400 days.
    pub const LONGEST: Duration = Duration::from_secs(400 * 86_400);

    /// The longest window in which an exchanged token may come once more: five minutes.
    pub const LONGEST_WINDOW: Duration = Duration::from_secs(300);

    const fn preset(window_s: u64, depth: u8) -> Self {
        Self {
            window: Duration::from_secs(window_s),
            depth,
            recovery: Duration::ZERO,
            idle: Duration::from_secs(7 * 86_400),
            lifetime: Duration::from_secs(30 * 86_400),
            repairs: true,
        }
    }

    /// Each refresh token holds once.
    #[must_use]
    pub const fn strict() -> Self {
        Self::preset(0, 1)
    }

    /// For browsers.
    #[must_use]
    pub const fn web() -> Self {
        Self::preset(10, 1)
    }

    /// For desktop programs.
    #[must_use]
    pub const fn native() -> Self {
        Self::preset(30, 2)
    }

    /// For tools of which several processes share one token.
    #[must_use]
    pub const fn mcp() -> Self {
        Self::preset(60, 4)
    }

    /// For phones. A session that is bound to a key (RFC 9449) may present the former token for a day,
    /// because who has no connection cannot tell that the answer got lost.
    #[must_use]
    pub const fn mobile() -> Self {
        Self { recovery: Duration::from_secs(86_400), ..Self::preset(30, 1) }
    }

    /// Sets how long an exchanged token may come once more: at most five minutes.
    #[must_use]
    pub const fn window(mut self, window: Duration, depth: u8) -> Self {
        self.window = window;
        self.depth = depth;
        self
    }

    /// Sets after how long without use a session ends.
    #[must_use]
    pub const fn idle(mut self, idle: Duration) -> Self {
        self.idle = idle;
        self
    }

    /// Sets after how long a session ends however it is used: at most 400 days.
    #[must_use]
    pub const fn lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = lifetime;
        self
    }

    /// Ends a session whose token is newer than the store knows, instead of going on with it.
    #[must_use]
    pub const fn end_if_behind(mut self) -> Self {
        self.repairs = false;
        self
    }

    /// Sees that the policy makes sense.
    ///
    /// # Errors
    /// [`RotationPolicyError`]: it does not.
    pub fn check(&self) -> Result<(), RotationPolicyError> {
        let second = Duration::from_secs(1);
        if !(second..=Self::LONGEST).contains(&self.lifetime) {
            return Err(RotationPolicyError::Lifetime { seconds: self.lifetime.as_secs() });
        }
        if !(second..=self.lifetime).contains(&self.idle) {
            let (idle, lifetime) = (self.idle.as_secs(), self.lifetime.as_secs());
            return Err(RotationPolicyError::Idle { idle, lifetime });
        }
        if self.window > Self::LONGEST_WINDOW {
            return Err(RotationPolicyError::Window { seconds: self.window.as_secs() });
        }
        if !(1..=4).contains(&self.depth) {
            return Err(RotationPolicyError::Depth { depth: self.depth });
        }
        Ok(())
    }

    /// In milliseconds. Only who proves the key of the session comes as far as here if it is bound.
    fn window_of(&self, record: &Record) -> u64 {
        self.window_ms(record.binding.is_some())
    }

    /// Returns how long an exchanged token may come once more, in milliseconds: to a session that is
    /// bound to a key, or to one that is not.
    #[must_use]
    pub fn window_ms(&self, is_bound: bool) -> u64 {
        let recovery = if is_bound { self.recovery } else { Duration::ZERO };
        u64::try_from(self.window.max(recovery).as_millis()).unwrap_or(u64::MAX)
    }

    /// Returns how many generations back a token may be to come once more: 1 to 4.
    #[must_use]
    pub const fn depth(&self) -> u8 {
        self.depth
    }

    /// Returns after how many seconds without use a session ends.
    #[must_use]
    pub const fn idle_s(&self) -> u64 {
        self.idle.as_secs()
    }

    /// Returns after how many seconds a session ends at the latest.
    #[must_use]
    pub const fn lifetime_s(&self) -> u64 {
        self.lifetime.as_secs()
    }

    /// Returns whether a session goes on if its token is newer than the store knows.
    #[must_use]
    pub const fn repairs(&self) -> bool {
        self.repairs
    }
}
