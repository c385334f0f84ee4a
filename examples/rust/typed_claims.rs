//! Claims of the application's own: a struct, an enum that no unknown role gets into, and claims
//! that nobody knows in advance.

use std::collections::HashMap;
use std::time::Duration;

use jotem::error::Code;
use jotem::{Algorithm, Claims, Error, Issuer, SigningKey, Verified, Verifier};
use serde::{Deserialize, Serialize};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Role {
    Reader,
    Editor,
}

#[derive(Debug, Serialize, Deserialize)]
struct Member {
    role: Role,
    #[serde(default)]
    teams: Vec<String>,
}

/// Takes a proof, not a token: it cannot be called with claims that nobody verified.
fn may_edit(member: &Verified<Member>, team: &str) -> bool {
    let Member { role, teams } = member.custom();
    *role == Role::Editor && teams.iter().any(|one| one == team)
}

fn main() -> Result<(), Error> {
    let key = SigningKey::generate(Algorithm::Es256)?;
    let issuer = Issuer::builder(key.clone()).lifetime(Duration::from_secs(900)).build()?;
    let verifier = Verifier::builder(key.verifying_key()).build()?;

    let editor = Member { role: Role::Editor, teams: vec!["news".into()] };
    let token = issuer.issue(&Claims::new(editor).subject("42"))?;
    let verified = verifier.verify::<Member>(&token)?;
    assert!(may_edit(&verified, "news"));
    assert!(!may_edit(&verified, "sports"));

    // The same token, read into a map.
    let verified = verifier.verify::<HashMap<String, serde_json::Value>>(&token)?;
    assert_eq!(verified.custom().get("role"), Some(&"editor".into()));

    // A role that does not exist here is refused, and so is a token without one.
    for claims in [serde_json::json!({"role": "owner"}), serde_json::json!({})] {
        let token = issuer.issue(&Claims::new(claims))?;
        let refused = verifier.verify::<Member>(&token);
        assert!(refused.is_err_and(|error| error.code() == Code::ClaimsShape));
    }
    Ok(())
}

#[test]
fn the_program_runs() -> Result<(), Error> {
    main()
}
