//! What somebody may do, by the roles that they have.

use jotem::error::Excerpt;

use super::bits::Bits;
use super::compiled::Bearing;
use super::permission::Permission;
use super::{Explanation, Policy, PolicyError, Refusal};

/// The roles of somebody, added up: what they allow together, and what any of them denies.
///
/// # Examples
/// ```
/// use jotem_session::roles::Policy;
///
/// let policy = Policy::from_toml("
///     [roles.clerk]
///     allow = ['invoice:read', 'invoice:write']
///     [roles.suspended]
///     deny = ['*:write']
/// ")?;
/// let roles = policy.granted(["clerk", "suspended"]);
/// roles.any(["invoice:write", "invoice:read"])?;
/// assert!(roles.all(["invoice:write", "invoice:read"]).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Granted {
    pub(super) policy: Policy,
    /// As they were given, without those that they inherit from.
    pub(super) roles: Vec<usize>,
    unknown: Vec<Excerpt>,
    is: Bits,
    allow: Bits,
    deny: Bits,
}

impl Granted {
    pub(super) fn new(
        policy: Policy,
        tenant: Option<&str>,
        names: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Self {
        let (is, allow, deny) = (Bits::default(), Bits::default(), Bits::default());
        let mut granted = Self { policy, roles: Vec::new(), unknown: Vec::new(), is, allow, deny };
        for name in names {
            granted.add(name.as_ref(), tenant);
        }
        granted
    }

    fn add(&mut self, full: &str, tenant: Option<&str>) {
        // No role has a `#` in its name, but a tenant may.
        let name = match full.rsplit_once('#') {
            Some((of, name)) if tenant == Some(of) => name,
            Some(_) => return,
            None => full,
        };
        let compiled = &self.policy.compiled;
        let number = compiled.role_number(name);
        let role = number.and_then(|number| Some((number, compiled.roles.get(number)?)));
        let Some((number, role)) = role else {
            self.unknown.push(Excerpt::new(full));
            return;
        };
        self.is.unite(&role.is);
        self.allow.unite(&role.allow);
        self.deny.unite(&role.deny);
        if !self.roles.contains(&number) {
            self.roles.push(number);
        }
    }

    /// Returns the roles that the policy does not have: worth a line in the log, for they allow
    /// nothing.
    #[must_use]
    pub fn unknown_roles(&self) -> &[Excerpt] {
        &self.unknown
    }

    /// Asks for one permission: `resource:action`, or `resource:action:instance`.
    ///
    /// An instance may come from outside: one that has a `*`, a `:` too many or nothing in it is
    /// refused.
    ///
    /// # Errors
    /// [`Refusal`]: no role allows it, or one denies it.
    pub fn require(&self, permission: impl AsRef<str>) -> Result<(), Refusal> {
        let asked = Permission::asked(permission.as_ref())?;
        let bearing = self.policy.compiled.bearing(&asked);
        if let Some(rule) = self.denying(&bearing) {
            return Err(self.denied(&asked, rule));
        }
        if bearing.allowing.iter().any(|rule| self.allow.has(*rule)) {
            return Ok(());
        }
        Err(Refusal::NotGranted { permission: Excerpt::new(&asked.to_string()) })
    }

    /// Asks for every one of these permissions.
    ///
    /// # Errors
    /// [`Refusal`]: of the first that is refused. Nothing was asked for:
    /// [`NoneGranted`](Refusal::NoneGranted).
    pub fn all(
        &self,
        permissions: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Result<(), Refusal> {
        let mut permissions = permissions.into_iter().peekable();
        if permissions.peek().is_none() {
            return Err(Refusal::NoneGranted { count: 0 });
        }
        permissions.try_for_each(|permission| self.require(permission))
    }

    /// Asks for one of these permissions, whichever it is.
    ///
    /// # Errors
    /// [`Refusal`]: none of them is allowed; or one of them makes no sense.
    pub fn any(
        &self,
        permissions: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Result<(), Refusal> {
        let mut count = 0_usize;
        let mut is_granted = false;
        for permission in permissions {
            count = count.saturating_add(1);
            match self.require(permission) {
                Ok(()) => is_granted = true,
                Err(refusal @ Refusal::Question(_)) => return Err(refusal),
                Err(_) => {}
            }
        }
        if is_granted { Ok(()) } else { Err(Refusal::NoneGranted { count }) }
    }

    /// Asks for a role: one of theirs is it, or inherits from it.
    ///
    /// Ask for permissions where that is possible: who splits a role later need not look for this.
    ///
    /// # Errors
    /// [`Refusal`]: none is; or the policy does not have the role.
    pub fn at_least(&self, role: &str) -> Result<(), Refusal> {
        let number = self.policy.compiled.role_number(role).ok_or_else(|| {
            let named_by = Excerpt::new("at_least");
            PolicyError::RoleUnknown { role: Excerpt::new(role), named_by }
        })?;
        if self.is.has(number) {
            return Ok(());
        }
        Err(Refusal::BelowRole { role: Excerpt::new(role) })
    }

    /// Says whether a permission is granted, and by which role and rule, or which denies it.
    ///
    /// # Errors
    /// [`PolicyError::Permission`]: the question makes no sense.
    ///
    /// # Examples
    /// ```
    /// use jotem_session::roles::Policy;
    ///
    /// let policy = Policy::from_toml("
    ///     [roles.viewer]
    ///     allow = ['invoice:read']
    ///     [roles.editor]
    ///     inherits = ['viewer']
    /// ")?;
    /// let explanation = policy.granted(["editor"]).explain("invoice:read:17")?;
    /// assert_eq!(
    ///     explanation.to_string(),
    ///     "invoice:read:17 is allowed by invoice:read of viewer, by way of editor > viewer"
    /// );
    /// # Ok::<(), jotem_session::roles::PolicyError>(())
    /// ```
    pub fn explain(&self, permission: impl AsRef<str>) -> Result<Explanation, PolicyError> {
        let asked = Permission::asked(permission.as_ref())?;
        let bearing = self.policy.compiled.bearing(&asked);
        Ok(Explanation::new(self, &asked, &bearing))
    }

    fn denying(&self, bearing: &Bearing) -> Option<usize> {
        bearing.denying.iter().copied().find(|rule| self.deny.has(*rule))
    }

    #[cold]
    fn denied(&self, asked: &Permission, rule: usize) -> Refusal {
        let compiled = &self.policy.compiled;
        let states = |role: &&super::compiled::Role| role.own_deny.has(rule);
        let held = compiled.roles.iter().enumerate().filter(|(number, _)| self.is.has(*number));
        let role = held.map(|(_, role)| role).find(states).map(|role| &*role.name);
        let rule = compiled.rules.get(rule).map(ToString::to_string);
        Refusal::Denied {
            permission: Excerpt::new(&asked.to_string()),
            rule: Excerpt::new(&rule.unwrap_or_default()),
            role: Excerpt::new(role.unwrap_or_default()),
        }
    }
}
