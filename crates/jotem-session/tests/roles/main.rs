//! Roles and permissions: what a policy refuses to be, and what it refuses.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it fails")]

mod errors;
mod plain_reading;

use jotem_session::roles::{Policy, PolicyError, Refusal, Verdict};

const POLICY: &str = r#"
version = 3

[roles.viewer]
allow = ["invoice:read", "report:read:public"]

[roles.editor]
inherits = ["viewer"]
allow = ["invoice:*"]
deny = ["invoice:delete"]

[roles.auditor]
allow = ["*:read"]
deny = ["invoice:read:secret"]

[roles.admin]
inherits = ["editor", "auditor"]
allow = ["*:*"]
"#;

fn policy() -> Policy {
    Policy::from_toml(POLICY).unwrap()
}

fn code(roles: &[&str], permission: &str) -> &'static str {
    policy().granted(roles).require(permission).map_or_else(|refusal| refusal.code(), |()| "ok")
}

#[test]
fn allows_what_a_role_states_or_inherits() {
    for (roles, permission) in [
        (&["viewer"][..], "invoice:read"),
        (&["viewer"], "invoice:read:17"),
        (&["viewer"], "report:read:public"),
        (&["editor"], "invoice:read:17"),
        (&["editor"], "invoice:write"),
        (&["editor"], "report:read:public"),
        (&["auditor"], "anything:read:17"),
        (&["auditor"], "invoice:read:17"),
        (&["viewer", "auditor"], "report:read"),
        (&["admin"], "user:create"),
    ] {
        assert_eq!(code(roles, permission), "ok", "{roles:?} {permission}");
    }
}

#[test]
fn refuses_what_no_role_allows() {
    for (roles, permission) in [
        (&[][..], "invoice:read"),
        (&["viewer"], "invoice:write"),
        (&["viewer"], "invoice:reader"),
        (&["viewer"], "invoices:read"),
        (&["viewer"], "Invoice:read"),
        (&["viewer"], "invoice:READ"),
        // One report is not every report.
        (&["viewer"], "report:read"),
        (&["viewer"], "report:read:private"),
        (&["viewer"], "report:read:Public"),
        (&["editor"], "report:write"),
        (&["auditor"], "invoice:write"),
        // Names that no role has.
        (&["Admin"], "invoice:read"),
        (&["admin "], "invoice:read"),
        (&["root", "*", ""], "invoice:read"),
        // Roles of a tenant, where nobody says which tenant it is.
        (&["acme#admin", "#admin"], "invoice:read"),
    ] {
        assert_eq!(code(roles, permission), "roles_not_granted", "{roles:?} {permission}");
    }
}

#[test]
fn a_denial_wins_over_every_role_that_allows() {
    for (roles, permission) in [
        (&["editor"][..], "invoice:delete"),
        (&["editor"], "invoice:delete:17"),
        // Inherited, and against `*:*` of the role itself.
        (&["admin"], "invoice:delete:17"),
        // Whichever comes first.
        (&["viewer", "auditor"], "invoice:read:secret"),
        (&["auditor", "viewer"], "invoice:read:secret"),
        // Who asks for every invoice asks for the denied one too.
        (&["viewer", "auditor"], "invoice:read"),
        (&["auditor"], "invoice:read"),
    ] {
        assert_eq!(code(roles, permission), "roles_denied", "{roles:?} {permission}");
    }
    assert_eq!(code(&["viewer", "auditor"], "invoice:read:17"), "ok");
}

#[test]
fn refuses_a_question_that_makes_no_sense() {
    let long = format!("invoice:read:{}", "x".repeat(129));
    for permission in [
        "",
        "invoice",
        "invoice:",
        ":read",
        ":",
        "::",
        "invoice:read:",
        "invoice:read:17:18",
        "invoice:read:17:",
        "*:read",
        "invoice:*",
        "invoice:read:*",
        "*",
        "*:*:*",
        "invoice read",
        "invoice:re*d",
        "invoice:read:1*",
        "invoice:read:a b",
        "invoice:read:\n",
        "invoice:read:é",
        " invoice:read",
        "invoice:read ",
        "invöice:read",
        &long,
    ] {
        assert_eq!(code(&["admin"], permission), "roles_permission_syntax", "{permission:?}");
    }
}

#[test]
fn a_role_of_a_tenant_holds_there_and_nowhere_else() {
    let policy = policy();
    let may = |tenant: &str, role: &str| policy.granted_in(tenant, [role]).require("invoice:write");
    assert!(may("acme", "acme#editor").is_ok());
    assert!(may("acme", "editor").is_ok(), "a role without a tenant holds in every one");
    assert!(may("a#b", "a#b#editor").is_ok());
    for (tenant, role) in [
        ("other", "acme#editor"),
        ("acme", "ACME#editor"),
        ("", "acme#editor"),
        ("acme", "#editor"),
        ("acme", "acme#"),
        ("acme", "acme##editor"),
        ("acme", "other#acme#editor"),
        ("b", "a#b#editor"),
        ("a", "a#b#editor"),
    ] {
        assert!(may(tenant, role).is_err(), "{role} in {tenant}");
    }
}

#[test]
fn at_least_follows_inheritance_upwards_only() {
    let policy = policy();
    let admin = policy.granted(["admin"]);
    for role in ["admin", "editor", "auditor", "viewer"] {
        assert_eq!(admin.at_least(role), Ok(()), "{role}");
    }
    let viewer = policy.granted(["viewer", "nobody"]);
    assert_eq!(viewer.at_least("editor").unwrap_err().code(), "roles_below_role");
    assert_eq!(viewer.at_least("nobody").unwrap_err().code(), "roles_role_unknown");
    assert_eq!(viewer.unknown_roles().len(), 1);
}

#[test]
fn any_and_all_ask_for_what_they_say() {
    let policy = policy();
    let viewer = policy.granted(["viewer"]);
    assert_eq!(viewer.any(["invoice:write", "invoice:read"]), Ok(()));
    assert_eq!(viewer.all(["invoice:read", "invoice:read:17"]), Ok(()));
    let refused = |outcome: Result<(), Refusal>| outcome.unwrap_err().code();
    assert_eq!(refused(viewer.all(["invoice:read", "invoice:write"])), "roles_not_granted");
    assert_eq!(refused(viewer.any(["invoice:write", "user:create"])), "roles_none_granted");
    // A list that came out empty is no yes.
    assert_eq!(refused(viewer.any([""; 0])), "roles_none_granted");
    assert_eq!(refused(viewer.all([""; 0])), "roles_none_granted");
    // A mistake shows, wherever in the list it is.
    assert_eq!(refused(viewer.any(["invoice:read", "invoice:*"])), "roles_permission_syntax");
}

#[test]
fn says_which_rule_decided_and_how_it_came_there() {
    let policy = policy();
    let admin = policy.granted(["admin"]);
    for (permission, verdict, text) in [
        ("user:create", Verdict::Allowed, "user:create is allowed by *:* of admin"),
        (
            "invoice:delete",
            Verdict::Denied,
            "invoice:delete is denied by invoice:delete of editor, by way of admin > editor",
        ),
        (
            "invoice:read",
            Verdict::Denied,
            "invoice:read is denied by invoice:read:secret of auditor, by way of admin > auditor",
        ),
    ] {
        let explanation = admin.explain(permission).unwrap();
        assert_eq!((explanation.verdict(), explanation.to_string().as_str()), (verdict, text));
    }
    let explanation = policy.granted(["viewer"]).explain("user:create").unwrap();
    assert_eq!(explanation.verdict(), Verdict::NotGranted);
    assert_eq!(explanation.to_string(), "user:create is not allowed by any role");
    assert_eq!((explanation.rule(), explanation.way().count()), (None, 0));
}

#[test]
fn refuses_a_policy_that_is_not_what_somebody_meant() {
    let code = |text: &str| Policy::from_toml(text).map_or_else(|error| error.code(), |_| "ok");
    for (expected, text) in [
        ("roles_policy_syntax", ""),
        ("roles_policy_syntax", "[role.viewer]"),
        ("roles_policy_syntax", "[roles.viewer]\ndenys = ['a:b']"),
        ("roles_policy_syntax", "[roles.viewer]\nallow = 'a:b'"),
        ("roles_policy_syntax", "[roles.viewer]\nallow = [1]"),
        ("roles_policy_syntax", "[roles.viewer]\n[roles.viewer]"),
        ("roles_policy_syntax", "version = -1\n[roles]"),
        ("roles_policy_syntax", "owner = 'me'\n[roles]"),
        ("roles_permission_syntax", "[roles.viewer]\nallow = ['invoice']"),
        ("roles_permission_syntax", "[roles.viewer]\nallow = ['*']"),
        ("roles_permission_syntax", "[roles.viewer]\ndeny = ['invoice:de*']"),
        ("roles_permission_syntax", "[roles.viewer]\ndeny = ['invoice:delete:']"),
        ("roles_role_name", "[roles.'acme#viewer']"),
        ("roles_role_name", "[roles.'']"),
        ("roles_role_unknown", "[roles.editor]\ninherits = ['viewer']"),
        ("roles_role_unknown", "[roles.viewer]\n[roles.editor]\ninherits = ['Viewer']"),
        ("roles_cycle", "[roles.a]\ninherits = ['a']"),
        (
            "roles_cycle",
            "[roles.a]\ninherits = ['b']\n[roles.b]\ninherits = ['c']\n[roles.c]\ninherits = ['a']",
        ),
    ] {
        assert_eq!(code(text), expected, "{text}");
    }
    assert_eq!(code(&" ".repeat((1 << 20) + 1)), "roles_policy_too_large");
}

#[test]
fn json_says_the_same_and_no_member_stands_twice() {
    let policy = Policy::from_json(
        r#"{"version": 3, "roles": {"viewer": {"allow": ["a:b"]}, "editor": {"inherits": ["viewer"]}}}"#,
    );
    let policy = policy.unwrap();
    assert_eq!(
        (policy.version(), policy.roles().collect::<Vec<_>>()),
        (3, vec!["editor", "viewer"])
    );
    assert_eq!(policy.granted(["editor"]).require("a:b"), Ok(()));
    for text in [
        "",
        "[]",
        "{}",
        r#"{"roles": []}"#,
        r#"{"roles": {}} x"#,
        r#"{"roles": {}, "roles": {}}"#,
        r#"{"roles": {"a": {}, "a": {}}}"#,
        r#"{"roles": {"a": {"allow": [], "allow": []}}}"#,
        r#"{"roles": {"a": {"allow": null}}}"#,
        r#"{"roles": {"a": null}}"#,
        r#"{"roles": {"a": {"deny": {"a:b": true}}}}"#,
    ] {
        let error = Policy::from_json(text).unwrap_err();
        assert!(matches!(error, PolicyError::Syntax { .. }), "{text}");
    }
}

#[test]
fn a_thousand_roles_in_a_row_are_followed_without_recursion() {
    let role = |n: usize| match n {
        0 => "[roles.r0]\nallow = ['a:b']\n".to_owned(),
        n => format!("[roles.r{n}]\ninherits = ['r{}']\n", n - 1),
    };
    let policy = Policy::from_toml((0..1_000).map(role).collect::<String>()).unwrap();
    assert_eq!(policy.granted(["r999"]).require("a:b:c"), Ok(()));
    assert_eq!(policy.granted(["r999"]).explain("a:b").unwrap().way().count(), 1_000);
}
