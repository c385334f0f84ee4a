//! A policy made ready: inheritance followed, permissions numbered.

use std::collections::HashMap;

use jotem::error::Excerpt;

use super::PolicyError;
use super::bits::Bits;
use super::document::{Document, RoleDocument};
use super::permission::{ANY, Permission};

/// Roles and rules by their numbers.
#[derive(Debug)]
pub(super) struct Compiled {
    pub(super) version: u64,
    pub(super) roles: Vec<Role>,
    role_numbers: HashMap<Box<str>, usize>,
    pub(super) rules: Vec<Permission>,
    rule_numbers: HashMap<Permission, usize>,
    /// The rules about single instances, by what they have besides.
    of_instances: HashMap<Permission, Vec<usize>>,
}

/// A role, and what it comes to with all that it inherits.
#[derive(Debug)]
pub(super) struct Role {
    pub(super) name: Box<str>,
    pub(super) parents: Vec<usize>,
    /// What it states itself.
    pub(super) own_allow: Bits,
    pub(super) own_deny: Bits,
    /// What it comes to.
    pub(super) is: Bits,
    pub(super) allow: Bits,
    pub(super) deny: Bits,
}

/// The rules that bear on one question.
pub(super) struct Bearing {
    /// A role that has one of these allows it.
    pub(super) allowing: Vec<usize>,
    /// A role that has one of these denies it.
    pub(super) denying: Vec<usize>,
}

impl Compiled {
    pub(super) fn new(document: Document) -> Result<Self, PolicyError> {
        let mut compiled = Self {
            version: document.version,
            roles: Vec::new(),
            role_numbers: HashMap::new(),
            rules: Vec::new(),
            rule_numbers: HashMap::new(),
            of_instances: HashMap::new(),
        };
        let written = document.roles.0;
        for (number, name) in written.keys().enumerate() {
            check_role_name(name)?;
            compiled.role_numbers.insert(name.as_str().into(), number);
        }
        for (name, role) in &written {
            let role = compiled.role(name, role)?;
            compiled.roles.push(role);
        }
        for number in compiled.ancestors_first()? {
            compiled.inherit(number);
        }
        Ok(compiled)
    }

    /// Returns the number of a role.
    pub(super) fn role_number(&self, name: &str) -> Option<usize> {
        self.role_numbers.get(name).copied()
    }

    /// Finds the rules that bear on a question. A rule covers it if it says the same, or `*`, or nothing
    /// of instances; and it denies it as well if it is about one of the instances that are asked for.
    pub(super) fn bearing(&self, asked: &Permission) -> Bearing {
        let mut allowing = Vec::new();
        let mut denying = Vec::new();
        for resource in [&*asked.resource, ANY] {
            for action in [&*asked.action, ANY] {
                let mut rule =
                    Permission { resource: resource.into(), action: action.into(), instance: None };
                allowing.extend(self.rule_numbers.get(&rule));
                if asked.instance.is_none() {
                    denying.extend(self.of_instances.get(&rule).into_iter().flatten());
                } else {
                    rule.instance.clone_from(&asked.instance);
                    allowing.extend(self.rule_numbers.get(&rule));
                }
            }
        }
        denying.extend(&allowing);
        Bearing { allowing, denying }
    }

    fn role(&mut self, name: &str, written: &RoleDocument) -> Result<Role, PolicyError> {
        let unknown = |role: &str| PolicyError::RoleUnknown {
            role: Excerpt::new(role),
            named_by: Excerpt::new(name),
        };
        let parents = written.inherits.iter();
        let parents = parents.map(|role| self.role_number(role).ok_or_else(|| unknown(role)));
        let parents = parents.collect::<Result<_, _>>()?;
        let (own_allow, own_deny) = (self.rules(&written.allow)?, self.rules(&written.deny)?);
        let (is, allow, deny) = (Bits::default(), own_allow.clone(), own_deny.clone());
        Ok(Role { name: name.into(), parents, own_allow, own_deny, is, allow, deny })
    }

    fn rules(&mut self, texts: &[String]) -> Result<Bits, PolicyError> {
        let mut numbers = Bits::default();
        for text in texts {
            numbers.insert(self.rule(Permission::stated(text)?));
        }
        Ok(numbers)
    }

    /// Returns the number of a rule, a new one if it was not stated before.
    fn rule(&mut self, rule: Permission) -> usize {
        if let Some(number) = self.rule_numbers.get(&rule) {
            return *number;
        }
        let number = self.rules.len();
        if rule.instance.is_some() {
            let all = Permission { instance: None, ..rule.clone() };
            self.of_instances.entry(all).or_default().push(number);
        }
        self.rules.push(rule.clone());
        self.rule_numbers.insert(rule, number);
        number
    }

    /// Returns the roles in such an order that each comes after those that it inherits from.
    fn ancestors_first(&self) -> Result<Vec<usize>, PolicyError> {
        let mut order = Vec::new();
        let mut done = Bits::default();
        for start in 0..self.roles.len() {
            // Each with its parents that are still to be looked at: the way from `start` to here.
            let mut way = vec![(start, self.parents(start))];
            while let Some((role, parents)) = way.last_mut() {
                let role = *role;
                if done.has(role) {
                    way.pop();
                } else if let Some(parent) = parents.pop() {
                    if let Some(begin) = way.iter().position(|(one, _)| *one == parent) {
                        let circle = way.iter().skip(begin).map(|(one, _)| *one).chain([parent]);
                        return Err(PolicyError::Cycle { path: self.path(circle) });
                    }
                    way.push((parent, self.parents(parent)));
                } else {
                    order.push(role);
                    done.insert(role);
                    way.pop();
                }
            }
        }
        Ok(order)
    }

    fn parents(&self, role: usize) -> Vec<usize> {
        self.roles.get(role).map(|role| role.parents.clone()).unwrap_or_default()
    }

    fn path(&self, roles: impl Iterator<Item = usize>) -> Excerpt {
        let names: Vec<&str> = roles.filter_map(|one| Some(&*self.roles.get(one)?.name)).collect();
        Excerpt::new(&names.join(" > "))
    }

    /// Adds to a role what its parents come to, which is known by now.
    fn inherit(&mut self, number: usize) {
        let (mut is, mut allow, mut deny) = (Bits::default(), Bits::default(), Bits::default());
        is.insert(number);
        for parent in self.parents(number).into_iter().filter_map(|one| self.roles.get(one)) {
            is.unite(&parent.is);
            allow.unite(&parent.allow);
            deny.unite(&parent.deny);
        }
        if let Some(role) = self.roles.get_mut(number) {
            role.is = is;
            role.allow.unite(&allow);
            role.deny.unite(&deny);
        }
    }
}

fn check_role_name(name: &str) -> Result<(), PolicyError> {
    let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    if (1..=64).contains(&name.len()) && name.bytes().all(is_sign) {
        return Ok(());
    }
    Err(PolicyError::RoleName { name: Excerpt::new(name) })
}
