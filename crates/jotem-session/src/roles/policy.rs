//! The policy: what each role allows and denies.

use std::sync::Arc;

use super::compiled::Compiled;
use super::document::Document;
use super::{Granted, PolicyError};

/// What each role allows and denies, read and compiled once; clones share it.
///
/// # Examples
/// See the [module](super).
#[derive(Debug, Clone)]
pub struct Policy {
    pub(super) compiled: Arc<Compiled>,
}

impl Policy {
    /// Reads a policy in TOML: a table `roles`, each role with `inherits`, `allow` and `deny`, and a
    /// `version` if that is wanted.
    ///
    /// # Errors
    /// [`PolicyError`]: text that is no policy, a circle of roles, a role or a permission that makes no
    /// sense; a member that is not known here.
    pub fn from_toml(text: impl AsRef<str>) -> Result<Self, PolicyError> {
        Self::new(Document::from_toml(text.as_ref())?)
    }

    /// Reads a policy in JSON, with the same members.
    ///
    /// # Errors
    /// As [`Self::from_toml`]; a member that stands twice as well.
    ///
    /// # Examples
    /// ```
    /// use jotem_session::roles::Policy;
    ///
    /// let policy = Policy::from_json(r#"{"version": 7, "roles": {"viewer": {"allow": ["invoice:read"]}}}"#)?;
    /// assert_eq!(policy.version(), 7);
    /// # Ok::<(), jotem_session::roles::PolicyError>(())
    /// ```
    pub fn from_json(text: impl AsRef<str>) -> Result<Self, PolicyError> {
        Self::new(Document::from_json(text.as_ref())?)
    }

    fn new(document: Document) -> Result<Self, PolicyError> {
        Ok(Self { compiled: Arc::new(Compiled::new(document)?) })
    }

    /// Returns the version that the policy states, 0 if none. A token can carry the version that its
    /// roles were given under.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.compiled.version
    }

    /// Returns the names of the roles, in their order.
    pub fn roles(&self) -> impl Iterator<Item = &str> {
        self.compiled.roles.iter().map(|role| &*role.name)
    }

    /// Takes the roles of somebody, as a token names them. One that the policy does not have allows
    /// nothing, and neither does one of a tenant (`acme#editor`): see [`Self::granted_in`].
    #[must_use]
    pub fn granted(&self, roles: impl IntoIterator<Item = impl AsRef<str>>) -> Granted {
        Granted::new(self.clone(), None, roles)
    }

    /// Takes the roles of somebody in one tenant: `acme#editor` is `editor` where the tenant is `acme`,
    /// and nothing anywhere else. A role without a tenant holds in every one.
    ///
    /// # Examples
    /// ```
    /// use jotem_session::roles::Policy;
    ///
    /// let policy = Policy::from_toml("[roles.editor]\nallow = ['invoice:write']")?;
    /// let roles = ["acme#editor"];
    /// assert!(policy.granted_in("acme", roles).require("invoice:write").is_ok());
    /// assert!(policy.granted_in("other", roles).require("invoice:write").is_err());
    /// assert!(policy.granted(roles).require("invoice:write").is_err());
    /// # Ok::<(), jotem_session::roles::PolicyError>(())
    /// ```
    #[must_use]
    pub fn granted_in(
        &self,
        tenant: &str,
        roles: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Granted {
        Granted::new(self.clone(), Some(tenant), roles)
    }
}
