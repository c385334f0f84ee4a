//! `jotem explain`.

use super::sandbox::{CLAIMS, EC_KEY, Sandbox, with_filters};

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new().with("key.jwk", EC_KEY);
    let token = sandbox.good(&["sign", "--key", "key.jwk", CLAIMS]);
    let public = sandbox.good(&["key", "show", "key.jwk", "--public"]);
    let sandbox = sandbox.with("public.jwk", public);
    let (input, _) = token.rsplit_once('.').unwrap();
    let forged = format!("{input}.{}", "A".repeat(86));
    sandbox.with("token", &token).with("forged", forged).with("cut", input)
}

#[test]
fn tells_for_each_step_how_it_went() {
    let transcript = sandbox().transcript(&[
        &["explain", "@token", "--key", "public.jwk"],
        &["explain", "@forged", "--key", "public.jwk"],
        &["explain", "@token", "--key", "public.jwk", "--at", "2101-01-01"],
        &["explain", "@token", "--key", "public.jwk", "--aud", "api", "--json"],
        &["explain", "@token"],
        &["explain", "@token", "--json"],
        &["explain", "@cut"],
        &["explain", "eyJhbGciOiJIUzI1NiJ9.W10.AA"],
    ]);
    with_filters(|| insta::assert_snapshot!("explain", transcript));
}

#[test]
fn says_the_same_as_verify() {
    let sandbox = sandbox();
    for token in ["@token", "@forged", "@cut"] {
        let flags = [token, "--key", "public.jwk", "--json"];
        let verified = sandbox.run(&[&["verify"], &flags[..]].concat());
        let explained = sandbox.run(&[&["explain"], &flags[..]].concat());
        assert_eq!(verified.status, explained.status, "{token}");
        for member in ["verdict", "code", "message", "hint", "public"] {
            assert_eq!(
                verified.json().get(member),
                explained.json().get(member),
                "{token} {member}"
            );
        }
    }
}
