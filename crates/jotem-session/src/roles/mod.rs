//! Roles and permissions (RBAC): who may do what, from a policy that is compiled once.
//!
//! A token carries the *names* of roles; what they allow stands in a [`Policy`] on the side of
//! whoever decides. So tokens stay small, and a role that is taken away from `editor` is taken away
//! at once.
//!
//! ```
//! use jotem_session::roles::Policy;
//!
//! let policy = Policy::from_toml(r#"
//!     [roles.viewer]
//!     allow = ["invoice:read", "report:read"]
//!
//!     [roles.editor]
//!     inherits = ["viewer"]
//!     allow = ["invoice:*"]
//!     deny = ["invoice:delete"]
//! "#)?;
//!
//! let roles = policy.granted(["editor"]);
//! roles.require("report:read")?;
//! roles.require("invoice:write:17")?;
//! roles.at_least("viewer")?;
//!
//! let refusal = roles.require("invoice:delete:17").unwrap_err();
//! assert_eq!(refusal.code(), "roles_denied");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Rules
//! - A permission is `resource:action` or `resource:action:instance`. In a policy a `*` stands for every
//!   resource or action. Without an instance it is about all of them: `invoice:read` in a role covers
//!   `invoice:read:17`, and who asks for `invoice:read` asks for every invoice.
//! - **Deny wins**, however it comes: from the role itself or from one that it inherits. A denied instance
//!   denies the question about all of them too.
//! - What is not allowed is refused. A role that the policy does not have allows nothing.
//! - `tenant#role` is that role in that tenant only: see [`Policy::granted_in`].
//! - Inheritance has no cycles; a policy with one is an error when it is read.
//!
//! This is not a policy engine: there are no conditions. Where they are needed, ask here first and
//! then the engine.

mod bits;
mod compiled;
mod document;
mod error;
mod explanation;
mod granted;
mod permission;
mod policy;

pub use error::{PolicyError, Refusal};
pub use explanation::{Explanation, Verdict};
pub use granted::Granted;
pub use policy::Policy;
