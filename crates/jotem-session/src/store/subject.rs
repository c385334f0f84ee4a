//! Who a session is of.

use std::fmt;

/// Who a session is of: the `sub` of access tokens (RFC 7519 §4.1.2), in a tenant if there are tenants.
///
/// # Examples
/// ```
/// use jotem_session::store::Subject;
///
/// let ada = Subject::new("ada").tenant("acme");
/// assert_eq!((ada.name(), ada.tenant_name()), ("ada", Some("acme")));
/// assert_eq!(Subject::from_text(&ada.to_text()), Some(ada));
/// assert_eq!(Subject::from("ada"), Subject::new("ada"));
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Subject {
    tenant: Option<String>,
    name: String,
}

impl Subject {
    /// Names a subject.
    pub fn new(name: impl Into<String>) -> Self {
        Self { tenant: None, name: name.into() }
    }

    /// Names the tenant whose subject it is.
    #[must_use]
    pub fn tenant(mut self, tenant: impl Into<String>) -> Self {
        self.tenant = Some(tenant.into());
        self
    }

    /// Returns the name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the tenant, if there is one.
    #[must_use]
    pub fn tenant_name(&self) -> Option<&str> {
        self.tenant.as_deref()
    }

    /// Writes it as stores keep it: the name after a colon, before it the tenant with its length in
    /// bytes, if there is one.
    #[must_use]
    pub fn to_text(&self) -> String {
        match &self.tenant {
            None => format!(":{}", self.name),
            Some(tenant) => format!("{}:{tenant}{}", tenant.len(), self.name),
        }
    }

    /// Reads what [`Self::to_text`] wrote; absent if it did not.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let (length, rest) = text.split_once(':')?;
        if length.is_empty() {
            return Some(Self::new(rest));
        }
        let (tenant, name) = rest.split_at_checked(length.parse().ok()?)?;
        // One text for each subject: `+3` and `03` are numbers too.
        (tenant.len().to_string() == length).then(|| Self::new(name).tenant(tenant))
    }
}

impl From<&str> for Subject {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

impl From<String> for Subject {
    fn from(name: String) -> Self {
        Self::new(name)
    }
}

impl From<&Self> for Subject {
    fn from(subject: &Self) -> Self {
        subject.clone()
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.to_text())
    }
}
