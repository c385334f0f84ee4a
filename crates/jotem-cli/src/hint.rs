//! The engine's hints in the words of this command: flags where a program has methods.

use std::borrow::Cow;
use std::io::ErrorKind;

use jotem::error::Code;
use jotem_jwks::ring::RingError;

use crate::date;

/// Returns what to tell a person at a terminal, where the engine's own hint is about a program.
pub(crate) fn for_command(code: Code, engine: &'static str) -> &'static str {
    let own = HINTS.iter().find(|(named, _)| *named == code);
    own.map_or(engine, |(_, hint)| hint)
}

/// Returns what to tell a person about a file that the system does not give.
pub(crate) fn for_system(kind: ErrorKind) -> Option<&'static str> {
    let own = SYSTEM_HINTS.iter().find(|(named, _)| *named == kind);
    own.map(|(_, hint)| *hint)
}

/// Returns what to tell a person at a terminal about a key ring.
#[expect(clippy::wildcard_enum_match_arm, reason = "the others say it themselves")]
pub(crate) fn for_ring(error: &RingError) -> Cow<'static, str> {
    Cow::Borrowed(match error {
        RingError::SpareTooNew { known_at, .. } => {
            return format!(
                "wait until {}; for a stolen key: jotem ring compromise; --now rotates all the same, and verifiers that have not fetched the new key refuse tokens",
                date::utc(*known_at)
            )
            .into();
        }
        RingError::AnnouncementTooShort { .. } => {
            "it is --jwks-max-age and --fetch-interval together; leave --announce-for out, and it is computed"
        }
        RingError::RetirementTooShort { .. } => {
            "it is --token-lifetime and --leeway and 2 s; leave --retire-for out, and it is computed"
        }
        RingError::Missing { .. } => {
            "check the name, or make one: jotem ring create FILE --alg ES256"
        }
        RingError::TimerOutOfRange { .. } => "write it as 900s, 15m, 12h or 7d, between the two",
        RingError::KeyUnknown { .. } => "compare with: jotem ring show FILE",
        RingError::Exists { .. } => "choose another name; a ring is never replaced",
        RingError::Conflict { .. } => "another rotation was faster: jotem ring show FILE",
        RingError::Damaged { .. } => "is this the right file? otherwise bring it back from a copy",
        other => other.hint(),
    })
}

const SYSTEM_HINTS: &[(ErrorKind, &str)] = &[
    (ErrorKind::NotFound, "check the name, and that its directory exists"),
    (ErrorKind::PermissionDenied, "check whose file and directory it is: ls -l"),
    (ErrorKind::IsADirectory, "name a file in it"),
];

const HINTS: &[(Code, &str)] = &[
    // The token.
    (Code::TokenTooLarge, "an access token has a few hundred bytes; is this the right file?"),
    (Code::TokenWhitespace, "leave it out, or give the token as @FILE or -, which are trimmed"),
    (Code::SegmentCount, "a JWT has exactly two dots; was it cut, or is this an opaque token?"),
    (Code::TooDeep, "keep documents out of tokens"),
    (Code::TooManyMembers, "keep documents out of tokens"),
    (
        Code::CritUnknown,
        "the application that verifies must handle the extension; this command knows none",
    ),
    (Code::UnencodedPayload, "a JWT may not use b64 (RFC 7797 §7)"),
    (
        Code::AlgorithmUnknown,
        "names are case-sensitive; `jotem verify --help` lists those that are known",
    ),
    (
        Code::AlgorithmNotAllowed,
        "is this the right key? a key verifies its own algorithm only; for a shared secret name it: --alg",
    ),
    (Code::KeyAmbiguous, "give the keys distinct kids, or give the one key with --key"),
    (Code::SignatureIsDer, "the issuer must convert it to r and s side by side"),
    (Code::SecretNotDecoded, "add --base64-secret"),
    (Code::ClaimTooLong, "keep documents out of tokens"),
    (
        Code::ClaimMissing,
        "the issuer must write it, or the flag that asks for it must go; `exp` is asked for unless --no-exp says otherwise",
    ),
    (Code::IssuerMismatch, "compare with --iss letter by letter: a slash at the end counts"),
    (
        Code::AudienceMismatch,
        "the token is meant for another service; compare with --aud letter by letter",
    ),
    (
        Code::AudienceUnexpected,
        "name this service with --aud, or accept every audience with --any-aud",
    ),
    (
        Code::ConfirmationUnchecked,
        "the proof (DPoP, client certificate) is the application's to check; to look at the rest: --accept-bound",
    ),
    // Keys.
    (
        Code::KeyFormat,
        "keys are read as PEM, DER (PKCS#8, PKCS#1, SEC1, SPKI), JWK, certificate or OpenSSH file; a secret in plain text is given with --secret-file",
    ),
    (
        Code::KeyOpenSsh,
        "convert it: ssh-keygen -i -f FILE; what ssh-keygen writes otherwise is read as it is",
    ),
    (
        Code::KeyEncrypted,
        "give its password: --password-file FILE or --password-env NAME; on a terminal it is asked for",
    ),
    (
        Code::KeyOpenSshEncrypted,
        "give its password: --password-file FILE or --password-env NAME; on a terminal it is asked for",
    ),
    (
        Code::KeyNotEncrypted,
        "is this the file that you meant? leave --password-file and --password-env out",
    ),
    (
        Code::KeyPasswordEmpty,
        "is it the right file or variable? leave --encrypt out for a key in the clear",
    ),
    (
        Code::KeyPasswordWrong,
        "compare it byte by byte: of a file, one line end at its end is dropped, and no more",
    ),
    (
        Code::KeyPemEscaped,
        "an environment variable or JSON file kept `\\n` as text; write it with line ends: printf '%b' \"$PEM\" > key.pem",
    ),
    (
        Code::KeySetEmpty,
        "a JWK Set is {\"keys\":[…]} (RFC 7517 §5); a single key is given with --key",
    ),
    (
        Code::SecretEmpty,
        "is it the right file or variable? make a secret: jotem key generate --alg HS256",
    ),
    (Code::SecretIsKey, "keys are given with --key, in PEM, DER or as a JWK"),
    (Code::SecretNotBase64, "if it is plain text, leave --base64-secret out"),
    (
        Code::SecretTooShort,
        "make a random one with `jotem key generate` and the same --alg; if it is base64 text, add --base64-secret",
    ),
    // The call.
    (Code::ExpectationEmpty, "give the expected value, or leave the flag out"),
    (Code::HeaderReserved, "alg comes from the key, kid from the key or --kid"),
    (
        Code::KeysUnusable,
        "compare --alg with what `jotem key show FILE` says of each member; RSA keys without `alg` need --alg RS256",
    ),
    (Code::KeysMissing, "the key set is empty; load it again from its issuer"),
    (Code::KeysMixed, "verify with the shared secret or with the public keys, not with both"),
];

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;

    use super::{HINTS, for_command, for_system};

    #[test]
    fn each_code_has_one_hint_and_none_speaks_of_methods() {
        for (position, (code, hint)) in HINTS.iter().enumerate() {
            assert!(HINTS.iter().skip(position + 1).all(|(other, _)| other != code), "{code}");
            assert!(!hint.contains("::") && !hint.contains("`."), "{code}: {hint}");
            assert_eq!(for_command(*code, "of the engine"), *hint);
        }
    }

    /// `tests/command/hints.rs` runs the command into each; the snapshot is what it said.
    #[test]
    fn each_hint_has_been_seen_at_a_terminal() {
        let seen = include_str!("../tests/command/snapshots/hints.snap");
        for (code, hint) in HINTS {
            assert!(seen.contains(&format!("{code}\n  {hint}\n")), "{code} is not in the snapshot");
        }
    }

    #[test]
    fn the_system_is_explained_where_there_is_something_to_do() {
        let cases = [
            (ErrorKind::NotFound, Some("check the name, and that its directory exists")),
            (ErrorKind::PermissionDenied, Some("check whose file and directory it is: ls -l")),
            (ErrorKind::IsADirectory, Some("name a file in it")),
            (ErrorKind::StorageFull, None),
        ];
        for (kind, hint) in cases {
            assert_eq!(for_system(kind), hint, "{kind:?}");
        }
    }
}
