//! Permissions: `resource:action[:instance]`.

use super::PolicyError;
use jotem::error::Excerpt;

/// What a role allows or denies, or what somebody asks for, read and checked.
///
/// A resource or an action of `*` stands for every one. Without an instance it is about all of them:
/// `invoice:read` in a role covers `invoice:read:17`, and who asks for `invoice:read` asks for every
/// invoice.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Permission {
    pub(super) resource: Box<str>,
    pub(super) action: Box<str>,
    pub(super) instance: Option<Box<str>>,
}

impl Permission {
    /// Reads what a policy says. An instance of `*` is all of them, and so is none.
    pub(super) fn stated(text: &str) -> Result<Self, PolicyError> {
        let refuse = |problem| PolicyError::Permission { text: Excerpt::new(text), problem };
        let mut permission = Self::parse(text).map_err(refuse)?;
        permission.instance = permission.instance.filter(|instance| **instance != *ANY);
        Ok(permission)
    }

    /// Reads what is asked for: one resource and one action, and perhaps one instance. A `*` here
    /// would be a question that nobody asks, and an instance of it comes from outside.
    pub(super) fn asked(text: &str) -> Result<Self, PolicyError> {
        let refuse = |problem| PolicyError::Permission { text: Excerpt::new(text), problem };
        let permission = Self::parse(text).map_err(refuse)?;
        let instance = permission.instance.as_deref();
        if [Some(&*permission.resource), Some(&permission.action), instance].contains(&Some(ANY)) {
            return Err(refuse("a `*` cannot be asked for"));
        }
        Ok(permission)
    }

    fn parse(text: &str) -> Result<Self, &'static str> {
        let mut parts = text.split(':');
        let (Some(resource), Some(action)) = (parts.next(), parts.next()) else {
            return Err("it is not resource:action or resource:action:instance");
        };
        let instance = parts.next();
        if parts.next().is_some() {
            return Err("it has more than three parts");
        }
        for part in [resource, action] {
            if !is_name(part) {
                return Err("a resource or action is `*`, or 1 to 64 of A-Z a-z 0-9 _ - .");
            }
        }
        if instance.is_some_and(|instance| !is_instance(instance)) {
            return Err("an instance is 1 to 128 printable ASCII characters without `*` and space");
        }
        let instance = instance.map(Box::from);
        Ok(Self { resource: resource.into(), action: action.into(), instance })
    }
}

impl std::fmt::Display for Permission {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}:{}", self.resource, self.action)?;
        self.instance.iter().try_for_each(|instance| write!(formatter, ":{instance}"))
    }
}

/// Every resource, action or instance.
pub(super) const ANY: &str = "*";

fn is_name(part: &str) -> bool {
    let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    part == ANY || ((1..=64).contains(&part.len()) && part.bytes().all(is_sign))
}

fn is_instance(part: &str) -> bool {
    let is_sign = |byte: u8| byte.is_ascii_graphic() && byte != b'*';
    part == ANY || ((1..=128).contains(&part.len()) && part.bytes().all(is_sign))
}
