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
fn without_a_key_nothing_is_verified_and_nothing_says_that_it_was() {
    let sandbox = sandbox();
    for token in ["@token", "@forged"] {
        for command in ["explain", "decode"] {
            let text = sandbox.good(&[command, token]);
            assert!(text.contains("NOT VERIFIED: anyone could have written this"), "{text}");
            assert!(!text.contains("accepted"), "{text}");
            let document = sandbox.run(&[command, token, "--json"]).json();
            assert_eq!(document["verdict"], "not verified", "{command} {token}");
        }
    }
    // What the exit status means is said where it is looked up.
    let help = sandbox.good(&["--help"]);
    assert!(
        help.contains("`explain` without a key, could read it, and nothing is verified"),
        "{help}"
    );
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md");
    let readme = std::fs::read_to_string(readme).unwrap().replace('\n', " ");
    assert!(
        readme.contains("Only `verify`, `session verify`, and `explain` with a key, say with 0"),
        "README.md"
    );
    for command in ["explain", "decode"] {
        let help = sandbox.good(&[command, "--help"]).replace('\n', " ");
        assert!(help.contains("status 0"), "{command}");
        assert!(help.contains("says that the token could be read"), "{command}");
    }
}

#[test]
fn an_expectation_without_a_key_is_refused() {
    let sandbox = sandbox();
    let runs: [&[&str]; 9] = [
        &["--iss", "a"],
        &["--aud", "a"],
        &["--any-aud"],
        &["--sub", "42"],
        &["--typ", "JWT"],
        &["--leeway", "1s"],
        &["--no-exp"],
        &["--accept-bound"],
        &["--alg", "ES256"],
    ];
    for flags in runs {
        let answer = sandbox.run(&[&["explain", "@token"], flags].concat());
        assert_eq!((answer.status, answer.text()), (2, ""), "{flags:?}");
        let expected = "error: there is an expectation, but no key to verify with\n";
        assert!(answer.stderr.starts_with(expected), "{}", answer.stderr);
    }
    // The dates are shown as seen from a time.
    sandbox.good(&["explain", "@token", "--at", "2026-11-22"]);
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
