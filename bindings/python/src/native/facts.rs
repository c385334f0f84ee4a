//! The facts of an error, by the names that the engine gives them.

use std::net::IpAddr;
use std::time::Duration;

use jotem::error::{Excerpt, JsonType, KeyError, Misuse, Part, Rejection, SecretDisguise, Segment};
use jotem::{Algorithm, NumericDate};
use jotem_jwks::remote::RemoteError;
use jotem_jwks::ring::RingError;
use jotem_session::SessionError;
use jotem_session::audit::AuditError;
use jotem_session::refresh_token::RefreshTokenError;
use jotem_session::roles::{PolicyError, Refusal};
use jotem_session::rotation::{RotationPolicyError, State};
use jotem_session::store::StoreError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use super::{algorithm, date};

/// A value that an error carries.
trait Fact {
    fn put(&self, facts: &Bound<'_, PyDict>, name: &str) -> PyResult<()>;
}

/// Puts the fields of each variant that has any.
macro_rules! put {
    ($error:expr, $facts:expr, $type:ident: $($variant:ident { $($field:ident),+ },)*) => {
        match $error {
            $($type::$variant { $($field,)+ .. } => {
                $($field.put($facts, stringify!($field))?;)+
            })*
            // The others have none.
            _ => {}
        }
    };
}

/// Puts the facts of a refused token.
#[expect(clippy::too_many_lines, reason = "a table")]
pub(super) fn of_rejection(facts: &Bound<'_, PyDict>, reason: &Rejection) -> PyResult<()> {
    put!(reason, facts, Rejection:
        TokenTooLarge { bytes, limit },
        SegmentCount { found },
        SegmentEmpty { segment },
        Character { segment, position, byte },
        Base64Padding { segment },
        Base64Length { segment },
        Base64TrailingBits { segment },
        HeaderTooLarge { bytes, limit },
        NotUtf8 { part, position },
        ByteOrderMark { part },
        JsonSyntax { part, position },
        NotObject { part, found },
        DuplicateMember { part, name },
        TooDeep { part, limit },
        TooManyMembers { part, limit },
        LoneSurrogate { part, position },
        NumberRange { part, position },
        ParameterType { name, expected, found },
        ParameterTooLong { name, bytes, limit },
        ParameterForbidden { name },
        CritDuplicate { name },
        CritRegistered { name },
        CritAbsent { name },
        CritUnknown { name },
        AlgorithmNone { found },
        AlgorithmUnknown { found },
        AlgorithmNotAllowed { found, allowed },
        KeyNotFound { algorithm, key_id },
        KeyAmbiguous { candidates, key_id },
        KeysUnavailable { reason },
        SignatureLength { algorithm, expected, found },
        SignatureIsDer { algorithm },
        SignatureMismatch { algorithm, key_id },
        ClaimType { claim, expected, found },
        ClaimTooLong { claim, bytes, limit },
        DateMilliseconds { claim },
        DateRange { claim },
        ClaimMissing { claim },
        ClaimEmpty { claim },
        Expired { exp, now, leeway, ago },
        NotYetValid { nbf, now, leeway, early },
        IssuedInFuture { iat, now, leeway, early },
        TooOld { age, limit },
        LifetimeTooLong { lifetime, limit },
        IssuerMismatch { found },
        AudienceMismatch { found },
        SubjectMismatch { found },
        TypeMismatch { expected, found },
        HashMismatch { claim },
        HashUndefined { claim, algorithm },
        ClaimsShape { message },
    );
    Ok(())
}

/// Puts the facts of a key that cannot be used.
pub(super) fn of_key_error(facts: &Bound<'_, PyDict>, reason: &KeyError) -> PyResult<()> {
    put!(reason, facts, KeyError:
        AlgorithmMismatch { algorithm, expected, found },
        CertificateMismatch { member },
        EncryptionCost { parameter, found, limit },
        EncryptionScheme { found },
        Format { expected },
        HalvesMismatch { key_type },
        Json { problem, position },
        Member { member, expected },
        MemberMissing { member },
        PemSeveral { count },
        Rejected { key_type, reason },
        RsaModulus { reason },
        RsaSize { bits },
        SecretIsKey { disguise },
        SecretTooShort { algorithm, bytes, needed },
        TypeUnknown { found },
        Use { member, operation },
    );
    Ok(())
}

/// Puts the facts of a call that makes no sense.
pub(super) fn of_misuse(facts: &Bound<'_, PyDict>, reason: &Misuse) -> PyResult<()> {
    put!(reason, facts, Misuse:
        CacheTooSmall { bytes, needed },
        ClaimTwice { claim },
        ClaimsNotObject { found },
        ClaimsNotSerializable { message },
        ExpectationEmpty { claim },
        HeaderRefused { reason },
        HeaderReserved { name },
        KeysUnusable { members, first },
        LeewayTooLong { leeway, limit },
        TokenTooLong { bytes, limit },
    );
    Ok(())
}

/// Puts the facts of a ring that cannot be built, read, changed or used.
pub(super) fn of_ring(facts: &Bound<'_, PyDict>, reason: &RingError) -> PyResult<()> {
    put!(reason, facts, RingError:
        AlgorithmSymmetric { algorithm },
        AnnouncementTooShort { announce_for, needed },
        Conflict { expected, found },
        Damaged { problem },
        Exists { name },
        Full { keys },
        KeyUnknown { key_id },
        Locked { name },
        Missing { name },
        NotAFile { name },
        Permissions { name, mode },
        Replaced { found, known },
        RetirementTooShort { retire_for, needed },
        RotationTooOften { rotate_every, needed },
        SpareTooNew { key_id, known_at, now },
        Store { action, name },
        TimerOutOfRange { timer, found, least, most },
        TokenOutlivesKey { lifetime, limit },
        TooLarge { name, bytes },
        VersionUnknown { version, known },
    );
    Ok(())
}

/// Puts the facts of a key set that could not be had, or of a client that makes no sense.
pub(super) fn of_remote(facts: &Bound<'_, PyDict>, reason: &RemoteError) -> PyResult<()> {
    put!(reason, facts, RemoteError:
        SourceTwice { source_name },
        SourceUnowned { url },
        Url { url, reason },
        UrlNotHttps { url },
        Setting { setting, reason },
        Algorithms { reason },
        CertificateAuthorities { reason },
        RequestHeader { name, reason },
        NameUnresolved { host },
        AddressRefused { host, address },
        Connection { host, reason },
        Tls { host, reason },
        TlsSetup { reason },
        Timeout { host, limit },
        Status { host, status },
        Redirect { host, status },
        Transfer { host, reason },
        Encoded { host },
        TooLarge { host, limit },
        Malformed { host, reason },
        TooManyKeys { host, found, limit },
        NoUsableKey { host, members },
        Metadata { host, reason },
        IssuerMismatch { expected, found },
        CoolDown { wait },
    );
    Ok(())
}

/// Puts the facts of a session that does not start, or goes no further.
pub(super) fn of_session(facts: &Bound<'_, PyDict>, reason: &SessionError) -> PyResult<()> {
    match reason {
        SessionError::RefreshToken(reason) => return of_refresh_token(facts, reason),
        SessionError::Policy(reason) => return of_rotation_policy(facts, reason),
        SessionError::Store(reason) => return of_store(facts, reason),
        _ => {}
    }
    put!(reason, facts, SessionError:
        Ended { state },
        ScopeExceeded { scope },
        AudienceExceeded { audience },
        ClaimReserved { name },
        Refused { reason },
        LabelTooLong { bytes },
        AccessLifetime { seconds },
    );
    Ok(())
}

/// Puts the facts of an audit log that cannot be written, or does not hold.
pub(super) fn of_audit(facts: &Bound<'_, PyDict>, reason: &AuditError) -> PyResult<()> {
    put!(reason, facts, AuditError:
        Open { file, reason },
        Locked { file },
        NotAFile { file },
        NotContinued { file },
        MasterTooShort { bytes },
        Read { reason },
        Garbage { line },
        Unfinished { line },
        Changed { line, seq },
        KeyWrong { seq },
        KeyMissing { line },
        Unkeyed { line },
        Missing { line, from, to },
        OutOfOrder { line, seq, expected },
        Replaced { line, seq },
        Cut { last, seq },
        CheckpointDiffers { seq },
        CheckpointBefore { seq },
    );
    Ok(())
}

fn of_refresh_token(facts: &Bound<'_, PyDict>, reason: &RefreshTokenError) -> PyResult<()> {
    put!(reason, facts, RefreshTokenError:
        Form { found },
        KeyUnknown { found },
        MasterTooShort { bytes },
    );
    Ok(())
}

fn of_rotation_policy(facts: &Bound<'_, PyDict>, reason: &RotationPolicyError) -> PyResult<()> {
    put!(reason, facts, RotationPolicyError:
        Lifetime { seconds },
        Idle { idle, lifetime },
        Window { seconds },
        Depth { depth },
    );
    Ok(())
}

fn of_store(facts: &Bound<'_, PyDict>, reason: &StoreError) -> PyResult<()> {
    put!(reason, facts, StoreError:
        Url { reason },
        NotBuilt { scheme, feature },
        Unavailable { store, reason },
        Timeout { store, limit },
        NotReplicated { confirmed, wanted },
        Full { store },
        ReadOnly { store },
        Denied { store, reason },
        Corrupt { store, what },
        Schema { store, found, expected },
        Unsafe { store, setting, found },
        EpochChanged { found, expected },
    );
    Ok(())
}

/// Puts the facts of a policy of roles that makes no sense.
pub(super) fn of_policy(facts: &Bound<'_, PyDict>, reason: &PolicyError) -> PyResult<()> {
    put!(reason, facts, PolicyError:
        Cycle { path },
        Permission { text, problem },
        RoleName { name },
        RoleUnknown { role, named_by },
        Syntax { format, line, message },
        TooLarge { bytes, limit },
    );
    Ok(())
}

/// Puts the facts of somebody who may not do something.
pub(super) fn of_refusal(facts: &Bound<'_, PyDict>, reason: &Refusal) -> PyResult<()> {
    put!(reason, facts, Refusal:
        BelowRole { role },
        Denied { permission, rule, role },
        NotGranted { permission },
        NoneGranted { count },
    );
    Ok(())
}

/// Facts that Python has a type for.
macro_rules! plain {
    ($($type:ty),*) => {$(
        impl Fact for $type {
            fn put(&self, facts: &Bound<'_, PyDict>, name: &str) -> PyResult<()> {
                facts.set_item(name, self)
            }
        }
    )*};
}

/// Facts that are said in words.
macro_rules! worded {
    ($($type:ty),*) => {$(
        impl Fact for $type {
            fn put(&self, facts: &Bound<'_, PyDict>, name: &str) -> PyResult<()> {
                facts.set_item(name, self.to_string())
            }
        }
    )*};
}

plain!(u8, u16, u32, u64, usize, &'static str, String, Duration);
worded!(IpAddr, Excerpt, JsonType, Part, SecretDisguise, Segment);

impl Fact for Option<Excerpt> {
    fn put(&self, facts: &Bound<'_, PyDict>, name: &str) -> PyResult<()> {
        facts.set_item(name, self.as_ref().map(Excerpt::as_str))
    }
}

impl Fact for Algorithm {
    fn put(&self, facts: &Bound<'_, PyDict>, name: &str) -> PyResult<()> {
        facts.set_item(name, algorithm::member(facts.py(), *self)?)
    }
}

impl Fact for Vec<Algorithm> {
    fn put(&self, facts: &Bound<'_, PyDict>, name: &str) -> PyResult<()> {
        let list = PyList::empty(facts.py());
        for one in self {
            list.append(algorithm::member(facts.py(), *one)?)?;
        }
        facts.set_item(name, list)
    }
}

impl Fact for NumericDate {
    fn put(&self, facts: &Bound<'_, PyDict>, name: &str) -> PyResult<()> {
        facts.set_item(name, date::to_python(facts.py(), *self)?)
    }
}

impl Fact for State {
    fn put(&self, facts: &Bound<'_, PyDict>, name: &str) -> PyResult<()> {
        let word = match self {
            Self::LoggedOut => "logged_out",
            Self::Reused => "reused",
            Self::Revoked => "revoked",
            _ => "active",
        };
        facts.set_item(name, word)
    }
}
