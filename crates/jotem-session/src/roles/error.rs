//! Why a policy cannot be used, and why somebody may not do something.

use jotem::error::{Excerpt, Public};

/// A policy, or a question to it, that makes no sense.
///
/// # Examples
/// ```
/// use jotem_session::roles::Policy;
///
/// let error = Policy::from_toml("[roles.editor]\nallows = []").unwrap_err();
/// assert_eq!(error.code(), "roles_policy_syntax");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// Roles that inherit from themselves, by way of each other.
    #[error("roles inherit in a circle: {path}")]
    Cycle {
        /// The roles, in their order, the first once more at the end.
        path: Excerpt,
    },
    /// A permission that is not `resource:action` or `resource:action:instance`.
    #[error("the permission `{text}` cannot be read: {problem}")]
    Permission {
        /// What stands there.
        text: Excerpt,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// A name that no role can have.
    #[error("`{name}` cannot be the name of a role")]
    RoleName {
        /// The name.
        name: Excerpt,
    },
    /// A role that the policy does not have.
    #[error("`{named_by}` names the role `{role}`, which the policy does not have")]
    RoleUnknown {
        /// The role that is missing.
        role: Excerpt,
        /// The role that inherits from it, or the question that asks for it.
        named_by: Excerpt,
    },
    /// Text that is no policy.
    #[error("line {line} of the policy is not {format} as it should be: {message}")]
    Syntax {
        /// `TOML` or `JSON`.
        format: &'static str,
        /// Where, from 1 on.
        line: usize,
        /// What the parser says.
        message: Excerpt,
    },
    /// A text of unreasonable size.
    #[error("the policy has {bytes} bytes, more than {limit}")]
    TooLarge {
        /// How many bytes.
        bytes: usize,
        /// How many there may be.
        limit: usize,
    },
}

/// Why somebody may not do something.
///
/// # Examples
/// ```
/// use jotem_session::roles::Policy;
///
/// let policy = Policy::from_json(r#"{"roles": {"viewer": {"allow": ["invoice:read"]}}}"#)?;
/// let refusal = policy.granted(["viewer"]).require("invoice:write").unwrap_err();
/// assert_eq!(refusal.code(), "roles_not_granted");
/// assert_eq!(refusal.public().error, "insufficient_scope");
/// # Ok::<(), jotem_session::roles::PolicyError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// None of the roles is the one that was asked for, or inherits from it.
    #[error("none of the roles is `{role}` or inherits from it")]
    BelowRole {
        /// The role that was asked for.
        role: Excerpt,
    },
    /// A role denies it, whatever another allows.
    #[error("`{permission}` is denied by `{rule}` of the role `{role}`")]
    Denied {
        /// What was asked for.
        permission: Excerpt,
        /// The rule that denies it.
        rule: Excerpt,
        /// The role that states the rule.
        role: Excerpt,
    },
    /// No role allows it.
    #[error("no role allows `{permission}`")]
    NotGranted {
        /// What was asked for.
        permission: Excerpt,
    },
    /// None of several that were asked for is allowed, or none was asked for.
    #[error("no role allows any of the {count} permissions")]
    NoneGranted {
        /// How many were asked for.
        count: usize,
    },
    /// The question itself makes no sense; an instance that came from outside, perhaps.
    #[error(transparent)]
    Question(#[from] PolicyError),
}

impl PolicyError {
    /// Returns the stable identifier of the reason; `docs/errors.md` has a section for each.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Cycle { .. } => "roles_cycle",
            Self::Permission { .. } => "roles_permission_syntax",
            Self::RoleName { .. } => "roles_role_name",
            Self::RoleUnknown { .. } => "roles_role_unknown",
            Self::Syntax { .. } => "roles_policy_syntax",
            Self::TooLarge { .. } => "roles_policy_too_large",
        }
    }

    /// Tells the developer what to do about it.
    #[must_use]
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::Cycle { .. } => "take one `inherits` of these roles away",
            Self::Permission { .. } => {
                "write it as invoice:read or invoice:read:17; `*` only in a policy"
            }
            Self::RoleName { .. } => "use 1 to 64 of A-Z a-z 0-9 _ - . : `#` separates the tenant",
            Self::RoleUnknown { .. } => "names are case-sensitive; write the role into the policy",
            Self::Syntax { .. } => {
                "a policy has `roles`, each with `inherits`, `allow` and `deny`, and a `version`"
            }
            Self::TooLarge { .. } => "a policy names roles and permissions, not users or documents",
        }
    }
}

impl Refusal {
    /// Returns the stable identifier of the reason; `docs/errors.md` has a section for each.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::BelowRole { .. } => "roles_below_role",
            Self::Denied { .. } => "roles_denied",
            Self::NotGranted { .. } => "roles_not_granted",
            Self::NoneGranted { .. } => "roles_none_granted",
            Self::Question(error) => error.code(),
        }
    }

    /// Tells the developer what to do about it.
    #[must_use]
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::BelowRole { .. } | Self::NotGranted { .. } | Self::NoneGranted { .. } => {
                "`explain` says what the roles are and what they allow"
            }
            Self::Denied { .. } => {
                "a denial wins over every role that allows; `explain` says whence it comes"
            }
            Self::Question(error) => error.hint(),
        }
    }

    /// Returns what may be said on the wire, with status 403 (RFC 6750 §3.1). It is the same for every
    /// reason: which rules there are is nobody's business.
    #[must_use]
    pub const fn public(&self) -> Public {
        Public::INSUFFICIENT_SCOPE
    }
}
