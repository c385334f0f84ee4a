//! Any policy against a plain reading of its rules, without numbers, bits or tables.

use std::collections::BTreeMap;

use jotem_session::roles::{Policy, Verdict};
use proptest::prelude::*;

#[derive(Debug, Clone)]
struct Role {
    inherits: Vec<usize>,
    allow: Vec<String>,
    deny: Vec<String>,
}

/// Few names, so that they meet.
fn rule() -> impl Strategy<Value = String> {
    let name = || prop::sample::select(vec!["a", "b", "*"]);
    let instance = prop::sample::select(vec!["", ":1", ":2", ":*"]);
    (name(), name(), instance)
        .prop_map(|(resource, action, one)| format!("{resource}:{action}{one}"))
}

/// Each role inherits from earlier ones only, so that there is no circle.
fn roles() -> impl Strategy<Value = Vec<Role>> {
    let role = (prop::collection::vec(any::<prop::sample::Index>(), 0..3), rules(), rules());
    prop::collection::vec(role, 1..6).prop_map(|roles| {
        let earlier = |number: usize, indices: Vec<prop::sample::Index>| match number {
            0 => Vec::new(),
            number => indices.into_iter().map(|index| index.index(number)).collect(),
        };
        let role = |(number, (inherits, allow, deny))| Role {
            inherits: earlier(number, inherits),
            allow,
            deny,
        };
        roles.into_iter().enumerate().map(role).collect()
    })
}

fn rules() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(rule(), 0..4)
}

fn written(roles: &[Role]) -> String {
    let name = |number: &usize| format!("r{number}");
    let entry = |(number, role): (usize, &Role)| {
        let inherits: Vec<_> = role.inherits.iter().map(name).collect();
        let role =
            serde_json::json!({"inherits": inherits, "allow": role.allow, "deny": role.deny});
        (name(&number), role)
    };
    let roles: BTreeMap<_, _> = roles.iter().enumerate().map(entry).collect();
    serde_json::json!({ "roles": roles }).to_string()
}

fn collect(roles: &[Role], number: usize, of: fn(&Role) -> &Vec<String>) -> Vec<&str> {
    let role = &roles[number];
    let inherited = role.inherits.iter().flat_map(|parent| collect(roles, *parent, of));
    of(role).iter().map(String::as_str).chain(inherited).collect()
}

/// The three parts; an instance that is absent is `*`.
fn parts(text: &str) -> [&str; 3] {
    let mut parts = text.split(':').chain(["*"]);
    [parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap()]
}

/// Whether the rule says yes to every single thing that is asked for.
fn covers(rule: &str, asked: &str) -> bool {
    parts(rule).iter().zip(parts(asked)).all(|(rule, asked)| *rule == "*" || *rule == asked)
}

/// Whether there is a single thing that both are about.
fn meets(rule: &str, asked: &str) -> bool {
    let meet = |(rule, asked): (&&str, &str)| *rule == "*" || asked == "*" || **rule == *asked;
    parts(rule).iter().zip(parts(asked)).all(|(rule, asked)| meet((rule, asked)))
}

proptest! {
    #[test]
    fn every_policy_decides_as_its_rules_read(
        roles in roles(),
        given in prop::collection::vec(any::<prop::sample::Index>(), 0..3),
        asked in "[ab]:[ab](:[12])?",
    ) {
        let given: Vec<usize> = given.iter().map(|index| index.index(roles.len())).collect();
        let all = |of| given.iter().flat_map(|role| collect(&roles, *role, of)).collect::<Vec<_>>();
        let denied = all(|role| &role.deny).iter().any(|rule| meets(rule, &asked));
        let allowed = all(|role| &role.allow).iter().any(|rule| covers(rule, &asked));

        let policy = Policy::from_json(written(&roles)).unwrap();
        let granted = policy.granted(given.iter().map(|number| format!("r{number}")));
        let verdict = granted.explain(&asked).unwrap().verdict();
        let expected = match (denied, allowed) {
            (true, _) => Verdict::Denied,
            (false, true) => Verdict::Allowed,
            (false, false) => Verdict::NotGranted,
        };
        prop_assert_eq!(verdict, expected);
        prop_assert_eq!(granted.require(&asked).is_ok(), expected == Verdict::Allowed);
        // What a role inherits from is what it is at least.
        for role in &given {
            for parent in &roles[*role].inherits {
                prop_assert_eq!(granted.at_least(&format!("r{parent}")), Ok(()));
            }
        }
    }
}
