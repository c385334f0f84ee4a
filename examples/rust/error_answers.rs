//! From a refusal to an HTTP answer: the client is told little, the log everything (RFC 6750 §3).

use jotem::Error;
use jotem::testing::{Forgery, TestIssuer};

/// What a web framework would send.
#[derive(Debug, PartialEq)]
struct Answer {
    status: u16,
    challenge: Option<String>,
}

/// No token came with the request: the client learns only which scheme to use.
fn unauthenticated() -> Answer {
    Answer { status: 401, challenge: Some("Bearer".to_owned()) }
}

fn answer(error: &Error) -> Answer {
    let public = error.public();
    let status = match error.rejection() {
        // The keys could not be had: nothing is known about the token.
        Some(_) if public.error == "server_error" => 503,
        Some(_) => 401,
        // The program's own fault, or its key's.
        None => 500,
    };
    let challenge = (status == 401).then(|| {
        format!("Bearer error=\"{}\", error_description=\"{}\"", public.error, public.description)
    });
    Answer { status, challenge }
}

/// One line with everything: no message of jotem contains a token or a key.
fn log_line(error: &Error) -> String {
    format!("token refused: {}: {error}; {}", error.code(), error.hint())
}

fn main() -> Result<(), Error> {
    assert_eq!(unauthenticated().challenge.as_deref(), Some("Bearer"));

    let issuer = TestIssuer::new()?;
    let verifier = issuer.verifier()?;
    let mut challenges = Vec::new();
    for forgery in Forgery::ALL {
        if let Err(error) = verifier.verify::<()>(&issuer.forge(forgery)?) {
            let Answer { status, challenge } = answer(&error);
            assert_eq!(status, 401);
            assert!(log_line(&error).contains(error.code().as_str()));
            challenges.extend(challenge);
        }
    }
    assert_eq!(challenges.len(), Forgery::ALL.len());
    // A client may know that its token expired: it can get another.
    assert!(challenges.iter().any(|challenge| challenge.contains("the token expired")));
    // Which signature failed, and why, is nobody's business.
    assert!(challenges.iter().all(|challenge| !challenge.contains("signature")));
    Ok(())
}

#[test]
fn the_program_runs() -> Result<(), Error> {
    main()
}
