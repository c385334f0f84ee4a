//! `jotem sign`.

use serde_json::{Value, json};

use super::sandbox::{CLAIMS, EC_KEY, ED25519_KEY, SECRET, Sandbox, with_filters};

fn sandbox() -> Sandbox {
    Sandbox::new().with("key.jwk", ED25519_KEY).with("secret", format!("{SECRET}\n"))
}

fn decode(sandbox: &Sandbox, token: &str) -> Value {
    sandbox.run(&["decode", token, "--json"]).json()
}

#[test]
fn every_algorithm_goes_from_key_to_token_to_claims() {
    const ALGORITHMS: [&str; 15] = [
        "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256",
        "ES384", "ES512", "ES256K", "EdDSA", "Ed25519",
    ];
    let sandbox = Sandbox::new();
    for algorithm in ALGORITHMS {
        let symmetric = algorithm.starts_with("HS");
        let (private, public) = (format!("{algorithm}.jwk"), format!("{algorithm}.public.jwk"));
        let generate = ["key", "generate", "--alg", algorithm, "--out", &private];
        let verify_with = if symmetric {
            sandbox.good(&generate);
            &private
        } else {
            sandbox.good(&[&generate[..], &["--public-out", &public]].concat());
            &public
        };
        let token = sandbox.good(&["sign", "--key", &private, "--sub", "42"]);
        let verified = sandbox.run(&["verify", &token, "--key", verify_with, "--json"]).json();
        assert_eq!(verified["algorithm"], algorithm);
        assert_eq!(verified["claims"]["sub"], "42", "{algorithm}");
        // The private key does too: its public half is taken.
        sandbox.good(&["verify", &token, "--key", &private]);
    }
}

#[test]
fn pem_and_der_keys_sign_and_verify() {
    let sandbox = Sandbox::new();
    for format in ["pem", "der"] {
        for algorithm in ["RS256", "ES256", "EdDSA", "ML-DSA-65"] {
            let (private, public) =
                (format!("{algorithm}.{format}"), format!("{algorithm}.public"));
            sandbox.good(&[
                "key",
                "generate",
                "--alg",
                algorithm,
                "--format",
                format,
                "--out",
                &private,
                "--public-out",
                &public,
                "--force",
            ]);
            let alg: &[&str] = if algorithm == "RS256" { &["--alg", "RS256"] } else { &[] };
            let token = sandbox.good(&[&["sign", "--key", &private], alg].concat());
            sandbox.good(&[&["verify", &token, "--key", &public], alg].concat());
        }
    }
}

#[test]
fn a_public_key_of_openssh_verifies() {
    // The key of RFC 8037 appendix A.
    let blob = "AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea";
    let sandbox = Sandbox::new().with("rfc.jwk", ED25519_KEY);
    let sandbox = sandbox.with("id_ed25519.pub", format!("ssh-ed25519 {blob} me@here\n"));
    let key: Value = serde_json::from_str(ED25519_KEY).unwrap();
    assert_eq!(key["x"], "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
    let token = sandbox.good(&["sign", "--key", "rfc.jwk"]);
    sandbox.good(&["verify", &token, "--key", "id_ed25519.pub"]);
    let at = token.len() - 40;
    let other = if token.as_bytes()[at] == b'A' { "B" } else { "A" };
    let changed = format!("{}{other}{}", &token[..at], &token[at + 1..]);
    let refused = sandbox.run(&["verify", &changed, "--key", "id_ed25519.pub"]);
    assert_ne!(refused.status, 0);
}

#[test]
fn an_rsa_key_without_algorithm_needs_the_flag_and_says_so() {
    let sandbox = Sandbox::new();
    sandbox.good(&[
        "key",
        "generate",
        "--alg",
        "RS256",
        "--format",
        "pem",
        "--out",
        "key.pem",
        "--public-out",
        "public.pem",
    ]);
    let transcript = sandbox.transcript(&[
        &["sign", "--key", "key.pem"],
        &["verify", "a.b.c", "--key", "public.pem"],
        &["sign", "--key", "key.pem", "--alg", "ES256"],
        &["key", "show", "public.pem"],
    ]);
    with_filters(|| insta::assert_snapshot!("rsa_without_algorithm", transcript));
    let token = sandbox.good(&["sign", "--key", "key.pem", "--alg", "PS256"]);
    let both = ["--alg", "RS256,PS256"];
    sandbox.good(&[&["verify", &token, "--key", "public.pem"], &both[..]].concat());
}

#[test]
fn a_token_lives_fifteen_minutes_unless_something_else_is_said() {
    let sandbox = sandbox();
    let lifetime = |arguments: &[&str]| {
        let token = sandbox.good(&[&["sign", "--key", "key.jwk"], arguments].concat());
        let claims = decode(&sandbox, &token)["claims"].clone();
        claims["exp"].as_u64().map(|exp| exp - claims["iat"].as_u64().unwrap())
    };
    assert_eq!(lifetime(&[]), Some(900));
    assert_eq!(lifetime(&["--exp-in", "1h30m"]), Some(5400));
    assert_eq!(lifetime(&["--expires", "900s"]), Some(900));
    assert_eq!(lifetime(&["--no-exp"]), None);
    assert_eq!(lifetime(&[CLAIMS]), Some(4_102_444_800 - 1_700_000_000));
    assert_eq!(lifetime(&[r#"{"iat":1700000000}"#]), Some(900));
}

#[test]
fn claims_and_flags_come_together_in_the_order_they_were_written() {
    let sandbox = sandbox().with("claims.json", " {\"z\":1.5,\"a\":[null]}\n");
    let flags = [
        "--iss",
        "https://auth.example",
        "--sub",
        "42",
        "--aud",
        "api",
        "--aud",
        "web",
        "--jti",
        "7",
        "--typ",
        "at+jwt",
        "--header",
        "x-tenant=7",
        "--header",
        "cty=text",
        "--kid",
        "other",
        "--no-exp",
    ];
    let token = sandbox.good(&[&["sign", "--key", "key.jwk", "@claims.json"], &flags[..]].concat());
    let decoded = decode(&sandbox, &token);
    let mut claims = decoded["claims"].clone();
    claims.as_object_mut().unwrap().remove("iat");
    let expected = r#"{"z":1.5,"a":[null],"iss":"https://auth.example","sub":"42","aud":["api","web"],"jti":"7"}"#;
    assert_eq!(claims.to_string(), expected);
    let header = json!({"alg":"EdDSA","kid":"other","typ":"at+jwt","x-tenant":7,"cty":"text"});
    assert_eq!(decoded["header"], header);
}

#[test]
fn what_was_written_is_what_is_signed_digit_for_digit() {
    let sandbox = sandbox();
    let claims = r#"{"n":123456789012345678901234567890,"m":[0.1000000000000000055511151231257827,1.50,-0,1E2],"iat":1700000000.25,"u":"\u0061\/"}"#;
    let token = sandbox.good(&["sign", "--key", "key.jwk", "--no-exp", claims]);
    let payload = jotem::unverified_claims::<Value>(&token).unwrap().into_untrusted();
    assert_eq!(payload.json(), claims);

    // Whitespace between the members has no meaning, and is not signed.
    let spread = claims.replace(",\"", " ,\n\t\"").replace("{", "{ ");
    assert_eq!(sandbox.good(&["sign", "--key", "key.jwk", "--no-exp", &spread]), token);
    for run in [
        &["sign", "--key", "key.jwk", "--no-exp", claims, "--json"] as &[&str],
        &["verify", &token, "--key", "key.jwk", "--no-exp", "--json"],
        &["decode", &token, "--json"],
        &["decode", &token],
    ] {
        let shown = sandbox.good(run);
        for digits in ["123456789012345678901234567890", "0.1000000000000000055511151231257827"] {
            assert!(shown.contains(digits), "{run:?}: {shown}");
        }
    }
}

#[test]
fn an_expiry_is_counted_from_the_iat_that_was_written() {
    let sandbox = sandbox();
    for (iat, exp) in [("1700000000", 1_700_000_900), ("1700000000.75", 1_700_000_900)] {
        let token = sandbox.good(&["sign", "--key", "key.jwk", &format!("{{\"iat\":{iat}}}")]);
        assert_eq!(decode(&sandbox, &token)["claims"]["exp"], exp, "{iat}");
    }
}

#[test]
fn header_parameters_that_no_verifier_takes_are_not_signed() {
    let sandbox = sandbox();
    let long = "x".repeat(1025);
    let parameters =
        ["cty", "jku", "x5u", "x5t", "x5t#S256", "x5c"].map(|name| format!("{name}=5"));
    let reserved = ["alg", "kid", "b64", "crit", "enc", "zip", "epk", "jwk"];
    let reserved = reserved.map(|name| format!("{name}=5"));
    let long_value = format!("cty={long}");
    let others = [long_value.as_str(), "typ=5", "=5", "x=0.10", "x=[1", "x5c=a", "jku=[]"];
    let parameters = parameters.iter().chain(&reserved).map(String::as_str).chain(others);
    let mut runs: Vec<Vec<&str>> = parameters.map(|one| vec!["--header", one]).collect();
    runs.push(vec!["--kid", &long]);
    runs.push(vec!["--typ", &long]);
    runs.push(vec!["--header", "x=1", "--header", "x=1"]);
    for run in runs {
        let answer = sandbox.run(&[&["sign", "--key", "key.jwk"], run.as_slice()].concat());
        assert_eq!((answer.status, answer.text()), (2, ""), "{run:?}: {}", answer.stderr);
        assert_eq!(answer.stderr.lines().count(), 2, "{run:?}: {}", answer.stderr);
        assert!(!answer.stderr.contains(&long), "{run:?}");
    }
    // One byte less is within the limit.
    sandbox.good(&["sign", "--key", "key.jwk", "--kid", &"x".repeat(1024)]);
}

#[test]
fn claims_come_from_standard_input_too() {
    let sandbox = sandbox();
    let answer = sandbox.run_with(&["sign", "--key", "key.jwk", "-"], CLAIMS.as_bytes());
    assert_eq!(decode(&sandbox, answer.text().trim())["claims"]["sub"], "42");
}

#[test]
fn a_secret_is_the_same_from_a_file_the_environment_and_standard_input() {
    let sandbox = sandbox().variable("JWT_SECRET", SECRET);
    let from_file = sandbox.good(&["sign", CLAIMS, "--secret-file", "secret"]);
    let from_environment = sandbox.good(&["sign", CLAIMS, "--secret-env", "JWT_SECRET"]);
    let stdin = sandbox.run_with(&["sign", CLAIMS, "--secret-file", "-"], SECRET.as_bytes());
    assert_eq!(from_file, from_environment);
    assert_eq!(from_file, stdin.text().trim_end());
    assert_eq!(decode(&sandbox, &from_file)["header"]["alg"], "HS256");
}

#[test]
fn one_line_end_of_a_secret_file_is_dropped_and_no_more() {
    let sandbox = sandbox()
        .with("crlf", format!("{SECRET}\r\n"))
        .with("two", format!("{SECRET}\n\n"))
        .with("spaces", format!(" {SECRET}"));
    let token = |file: &str| sandbox.good(&["sign", CLAIMS, "--secret-file", file]);
    assert_eq!(token("secret"), token("crlf"));
    assert_ne!(token("secret"), token("two"));
    assert_ne!(token("secret"), token("spaces"));
}

#[test]
fn a_base64_secret_is_decoded_when_that_is_said() {
    let sandbox = Sandbox::new();
    let secret = sandbox.good(&["key", "generate", "--alg", "HS256", "--format", "base64"]);
    let sandbox = sandbox.with("secret", format!("{secret}\n"));
    let flags = ["--secret-file", "secret", "--base64-secret"];
    let token = sandbox.good(&[&["sign"], &flags[..]].concat());
    sandbox.good(&[&["verify", &token], &flags[..]].concat());
    let answer = sandbox.run(&["verify", &token, "--secret-file", "secret"]);
    let expected = "refused: the signature does not hold under the secret, but under what it is base64 of \
                    (jws_secret_not_decoded)\nhint: add --base64-secret\n";
    assert_eq!((answer.status, answer.stderr.as_str()), (1, expected));
}

#[test]
fn tokens_that_no_verifier_accepts_are_not_signed() {
    let sandbox = sandbox().with("claims.json", CLAIMS).with("ec.jwk", EC_KEY);
    let key = ["sign", "--key", "key.jwk"];
    let documents = format!("{{\"a\":{}{}}}", "[".repeat(40), "]".repeat(40));
    let runs: [&[&str]; 25] = [
        &[r#"{"exp":1700000000000}"#],
        &[r#"{"sub":42}"#],
        &[r#"{"a":1,"a":2}"#],
        &["[1]"],
        &[&documents],
        &[r#"{"a":1e400}"#],
        &[r#"{"a":1}{"b":2}"#],
        &[r#"{"$serde_json::private::Number":"1"}"#],
        &["@"],
        &["claims.json"],
        &["@missing.json"],
        &["{\"sub\":\"1\"}", "--sub", "2"],
        &[CLAIMS, "--exp-in", "1h"],
        &["--exp-in", "soon"],
        &["--exp-in", "9999999d"],
        &["--header", "alg=none"],
        &["--header", "typ=JWT"],
        &["--header", "crit"],
        &["--header", r#"x={"a":1,"a":2}"#],
        &["--header", "x=[1e400]"],
        &["--header", "x=123456789012345678901234567890"],
        &["--header", "x=1", "--header", "x=2"],
        &["--header", "cty=5"],
        &["--kid", ""],
        &["--alg", "ES256"],
    ];
    let runs: Vec<Vec<&str>> = runs.iter().map(|run| [&key, *run].concat()).collect();
    let runs: Vec<&[&str]> = runs.iter().map(Vec::as_slice).collect();
    with_filters(|| insta::assert_snapshot!("sign_refused", sandbox.transcript(&runs)));
}

#[test]
fn an_expired_token_may_be_signed_on_purpose() {
    let token = sandbox().good(&["sign", "--key", "key.jwk", r#"{"iat":1,"exp":2}"#]);
    assert_eq!(token.split('.').count(), 3);
}
