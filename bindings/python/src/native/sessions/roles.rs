//! `jotem.sessions.Policy`: what roles may do.

use jotem::error::Excerpt;
use jotem_session::roles;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use super::errors;
use super::texts::Given;
use crate::native::arguments;

/// What each role allows and denies, read and compiled once.
///
/// A token carries the names of roles; what they allow stands here, with whoever decides. A permission
/// is ``resource:action`` or ``resource:action:instance``; ``*`` stands for every resource or action. A
/// denial wins over every role that allows, and what nothing allows is refused.
///
/// Example:
///     >>> from jotem.sessions import Policy
///     >>> policy = Policy.from_toml('''
///     ... [roles.viewer]
///     ... allow = ["invoice:read"]
///     ... [roles.editor]
///     ... inherits = ["viewer"]
///     ... allow = ["invoice:*"]
///     ... deny = ["invoice:delete"]
///     ... ''')
///     >>> roles = policy.granted(["editor"])
///     >>> roles.require("invoice:write:17")
///     >>> roles.require("invoice:delete:17")
///     Traceback (most recent call last):
///         ...
///     jotem.errors.PermissionRefused: `invoice:delete:17` is denied by `invoice:delete` of the role `editor`
#[pyclass(frozen, module = "jotem.sessions")]
pub(super) struct Policy(roles::Policy);

#[pymethods]
impl Policy {
    /// Reads a policy in TOML: a table ``roles``, each with ``inherits``, ``allow`` and ``deny``, and a
    /// ``version`` if that is wanted.
    ///
    /// Args:
    ///     text: The text itself, not the name of its file.
    ///
    /// Raises:
    ///     Misuse: It is no policy; roles inherit in a circle; a name is unknown.
    ///
    /// Example:
    ///     >>> Policy.from_toml("[roles.editor]\ninherits = ['viewer']")
    ///     Traceback (most recent call last):
    ///         ...
    ///     jotem.errors.Misuse: `editor` names the role `viewer`, which the policy does not have
    #[staticmethod]
    fn from_toml(text: &Bound<'_, PyAny>) -> PyResult<Self> {
        let read = roles::Policy::from_toml(arguments::text("text", text)?);
        read.map(Self).map_err(|error| errors::raise_policy(text.py(), &error))
    }

    /// Reads a policy in JSON, with the same members.
    ///
    /// Args:
    ///     text: The text itself.
    ///
    /// Example:
    ///     >>> Policy.from_json('{"version": 7, "roles": {"viewer": {"allow": ["a:read"]}}}').version
    ///     7
    #[staticmethod]
    fn from_json(text: &Bound<'_, PyAny>) -> PyResult<Self> {
        let read = roles::Policy::from_json(arguments::text("text", text)?);
        read.map(Self).map_err(|error| errors::raise_policy(text.py(), &error))
    }

    /// The version that the policy states; 0 if none.
    #[getter]
    fn version(&self) -> u64 {
        self.0.version()
    }

    /// The names of the roles.
    #[getter]
    fn roles<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.0.roles().collect::<Vec<_>>())
    }

    /// Takes the roles of somebody, as a token names them. One that the policy does not have allows
    /// nothing. ``acme#editor`` is ``editor`` where the tenant is ``acme``, and nothing anywhere else.
    ///
    /// Args:
    ///     roles: Their names.
    ///     tenant: The tenant that it is about, if there are tenants.
    ///
    /// Example:
    ///     >>> policy.granted(["acme#editor"], tenant="acme").require("invoice:write")
    ///     >>> policy.granted(["acme#editor"], tenant="other").unknown_roles
    ///     ()
    #[pyo3(signature = (roles, *, tenant=None))]
    fn granted(&self, roles: &Bound<'_, PyAny>, tenant: Given<'_, '_>) -> PyResult<Granted> {
        let roles = arguments::texts("roles", roles)?;
        Ok(Granted(match arguments::optional_text("tenant", tenant)? {
            Some(tenant) => self.0.granted_in(tenant, roles),
            None => self.0.granted(roles),
        }))
    }

    fn __repr__(&self) -> String {
        let count = self.0.roles().count();
        format!("<jotem.sessions.Policy: {count} role(s), version {}>", self.0.version())
    }
}

/// The roles of somebody, added up: what they allow together, and what any of them denies.
///
/// Every question that is answered with no raises ``PermissionRefused``: answer 403.
///
/// Example:
///     >>> roles = policy.granted(["viewer"])
///     >>> roles.any(["invoice:write", "invoice:read"])
///     >>> roles.all(["invoice:write", "invoice:read"])
///     Traceback (most recent call last):
///         ...
///     jotem.errors.PermissionRefused: no role allows `invoice:write`
#[pyclass(frozen, module = "jotem.sessions")]
pub(super) struct Granted(roles::Granted);

#[pymethods]
impl Granted {
    /// Asks for one permission. An instance may come from outside: one that has a ``*``, a ``:`` too
    /// many or nothing in it is refused.
    ///
    /// Args:
    ///     permission: ``resource:action``, or ``resource:action:instance``.
    fn require(&self, permission: &Bound<'_, PyAny>) -> PyResult<()> {
        let asked = self.0.require(arguments::text("permission", permission)?);
        asked.map_err(|refusal| errors::raise_refusal(permission.py(), &refusal))
    }

    /// Asks for every one of several permissions. None at all is refused.
    ///
    /// Args:
    ///     permissions: The permissions.
    fn all(&self, permissions: &Bound<'_, PyAny>) -> PyResult<()> {
        let asked = self.0.all(arguments::texts("permissions", permissions)?);
        asked.map_err(|refusal| errors::raise_refusal(permissions.py(), &refusal))
    }

    /// Asks for one of several permissions, whichever it is.
    ///
    /// Args:
    ///     permissions: The permissions.
    fn any(&self, permissions: &Bound<'_, PyAny>) -> PyResult<()> {
        let asked = self.0.any(arguments::texts("permissions", permissions)?);
        asked.map_err(|refusal| errors::raise_refusal(permissions.py(), &refusal))
    }

    /// Asks for a role: one of theirs is it, or inherits from it. Ask for permissions where that is
    /// possible.
    ///
    /// Args:
    ///     role: Its name.
    fn at_least(&self, role: &Bound<'_, PyAny>) -> PyResult<()> {
        let asked = self.0.at_least(arguments::text("role", role)?);
        asked.map_err(|refusal| errors::raise_refusal(role.py(), &refusal))
    }

    /// Says whether a permission is granted, and by which role and rule, or which denies it.
    ///
    /// Args:
    ///     permission: The permission.
    ///
    /// Raises:
    ///     Misuse: The question makes no sense.
    fn explain(&self, permission: &Bound<'_, PyAny>) -> PyResult<PermissionExplanation> {
        let explained = self.0.explain(arguments::text("permission", permission)?);
        let explained = explained.map(PermissionExplanation);
        explained.map_err(|error| errors::raise_policy(permission.py(), &error))
    }

    /// The roles that the policy does not have: worth a line in the log, for they allow nothing.
    #[getter]
    fn unknown_roles<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.0.unknown_roles().iter().map(Excerpt::as_str).collect::<Vec<_>>())
    }

    fn __repr__(&self) -> &'static str {
        "<jotem.sessions.Granted>"
    }
}

/// Why a permission is granted or not, for people: ``str()`` says it in a sentence.
///
/// Example:
///     >>> print(policy.granted(["editor"]).explain("invoice:read:17"))
///     invoice:read:17 is allowed by invoice:read of viewer, by way of editor > viewer
#[pyclass(frozen, module = "jotem.sessions")]
pub(super) struct PermissionExplanation(roles::Explanation);

#[pymethods]
impl PermissionExplanation {
    /// What was found: ``allowed``, ``denied`` or ``not_granted``.
    #[getter]
    const fn verdict(&self) -> &'static str {
        match self.0.verdict() {
            roles::Verdict::Allowed => "allowed",
            roles::Verdict::Denied => "denied",
            _ => "not_granted",
        }
    }

    /// The rule that decided, as the policy states it; None if there is none.
    #[getter]
    fn rule(&self) -> Option<&str> {
        self.0.rule()
    }

    /// The role that was given, and those that lead from it to the one that states the rule.
    #[getter]
    fn way<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.0.way().collect::<Vec<_>>())
    }

    fn __str__(&self) -> String {
        self.0.to_string()
    }

    fn __repr__(&self) -> String {
        format!("<jotem.sessions.PermissionExplanation: {}>", self.0)
    }
}
