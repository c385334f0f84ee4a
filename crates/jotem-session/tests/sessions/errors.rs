//! Every reason has a code, a message that was looked at, and a section in `docs/errors.md`.

use std::collections::BTreeSet;
use std::time::Duration;

use jotem::error::Excerpt;
use jotem_session::revocation::RevokedBy;
use jotem_session::rotation::State;
use jotem_session::{SessionError, VerifyError};

/// Code, message and hint of each.
fn all() -> Vec<[String; 3]> {
    macro_rules! describe {
        ($($error:expr),* $(,)?) => {
            vec![$({ let error = $error; [error.code().to_owned(), error.to_string(), error.hint().to_owned()] }),*]
        };
    }
    let text = Excerpt::new;
    describe![
        VerifyError::NotProven,
        VerifyError::Revoked { by: RevokedBy::Subject },
        VerifyError::Session { claim: "sid" },
        VerifyError::Tenant,
        VerifyError::Stale { age: Some(Duration::from_secs(95)), limit: Duration::from_secs(30) },
        SessionError::AccessLifetime { seconds: 0 },
        SessionError::AudienceExceeded { audience: text("files") },
        SessionError::Behind,
        SessionError::BindingMismatch,
        SessionError::ClaimReserved { name: text("sub") },
        SessionError::Claims { source: "the database does not answer".into() },
        SessionError::ClaimsShape,
        SessionError::ClientMismatch,
        SessionError::Ended { state: State::LoggedOut },
        SessionError::Expired,
        SessionError::LabelTooLong { bytes: 257 },
        SessionError::NoRuntime,
        SessionError::Refused { reason: text("the account is disabled") },
        SessionError::Reuse,
        SessionError::ScopeExceeded { scope: text("admin") },
        SessionError::ScopeShape { scope: text("a b") },
        SessionError::SecretMismatch,
        SessionError::SubjectLength { bytes: 0 },
        SessionError::TenantMismatch,
        SessionError::ThumbprintShape,
        SessionError::Unknown,
    ]
}

#[test]
fn every_message_reads_as_it_was_agreed() {
    let text = all().into_iter().map(|[code, message, hint]| {
        assert!(!message.ends_with('.') && !hint.is_empty(), "{code}");
        format!("{code}\n  message: {message}\n  hint:    {hint}\n")
    });
    insta::assert_snapshot!(text.collect::<Vec<_>>().join("\n"));
}

#[test]
fn every_code_has_a_section_in_the_documentation() {
    let page = include_str!("../../../../docs/errors.md");
    let (_, section) = page.split_once("\n## From login to log out\n").unwrap();
    let section = section.split("\n## ").next().unwrap();
    let heading = |line: &str| Some(line.strip_prefix("### `")?.strip_suffix('`')?.to_owned());
    let sections: BTreeSet<String> = section.lines().filter_map(heading).collect();
    let codes: BTreeSet<String> = all().into_iter().map(|[code, _, _]| code).collect();
    assert_eq!(codes.len(), 26, "two samples share a code");
    assert_eq!(sections, codes);
}
