//! `jotem key thumbprint`.

use super::sandbox::{EC_KEY, ED25519_KEY, Sandbox};

/// RFC 8037 appendix A.3.
const ED25519: &str = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";

const SECRET: &str =
    r#"{"kty":"oct","alg":"HS256","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T"}"#;

fn sandbox() -> Sandbox {
    Sandbox::new()
        .with("key.jwk", ED25519_KEY)
        .with("secret.jwk", SECRET)
        .with("set.json", format!(r#"{{"keys":[{SECRET},{EC_KEY},{{}},{ED25519_KEY}]}}"#))
        .with("secrets.json", format!(r#"{{"keys":[{SECRET}]}}"#))
}

#[test]
fn is_the_one_of_the_rfc() {
    let sandbox = sandbox();
    assert_eq!(sandbox.good(&["key", "thumbprint", "key.jwk"]), ED25519);
    assert_eq!(sandbox.good(&["key", "thumbprint", "key.jwk", "--hash", "sha256"]), ED25519);
    let uri = sandbox.good(&["key", "thumbprint", "key.jwk", "--uri"]);
    assert_eq!(uri, format!("urn:ietf:params:oauth:jwk-thumbprint:sha-256:{ED25519}"));
}

#[test]
fn each_key_of_a_set_has_a_line_and_what_has_none_is_named() {
    let answer = sandbox().run(&["key", "thumbprint", "set.json"]);
    assert_eq!(answer.status, 0);
    let lines: Vec<_> = answer.text().lines().collect();
    assert_eq!(lines, ["oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U", ED25519]);
    let expected = "note: left out member 1: the thumbprint of a shared secret is a hash of the secret\n\
                    note: left out member 3: the key has no member kty\n";
    assert_eq!(answer.stderr, expected);
}

#[test]
fn a_program_gets_kids_too() {
    let document = sandbox().run(&["key", "thumbprint", "set.json", "--json"]).json();
    assert_eq!(document["hash"], "sha256");
    assert_eq!(document["keys"][1]["kid"], "rfc8037-a1");
    assert_eq!(document["keys"][1]["thumbprint"], ED25519);
}

#[test]
fn what_has_no_thumbprint_to_show_is_refused() {
    let runs: [(&[&str], i32, &str); 6] = [
        (&["secret.jwk"], 3, "a shared secret is a hash of the secret"),
        (&["secrets.json"], 3, "no member of the set has a thumbprint"),
        (&["missing"], 4, "cannot read missing"),
        (&["key.jwk", "--hash", "md5"], 2, "invalid value 'md5'"),
        (&["key.jwk", "--password-env", "HOME"], 3, "key_not_encrypted"),
        (&[], 2, "required arguments were not provided"),
    ];
    for (arguments, status, message) in runs {
        let answer = sandbox().run(&[&["key", "thumbprint"], arguments].concat());
        assert_eq!((answer.status, answer.text()), (status, ""), "{arguments:?}");
        assert!(answer.stderr.contains(message), "{arguments:?}: {}", answer.stderr);
    }
}
