# The extension module: first the native API, then what `jotem.jwt` is built on.
#
# In the native API arguments after the first are keywords; durations are timedelta or seconds,
# points in time aware datetime or seconds since 1970.

from collections.abc import Callable, Container, Coroutine, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from os import PathLike
from pathlib import Path
from types import GenericAlias, ModuleType
from typing import Any, Generic, Literal, TypeVar, final, overload

from typing_extensions import Never, TypeAlias, disjoint_base

from ._algorithm import Algorithm
from ._key_state import KeyState
from .errors import FetchFailed, JotemError, KeyRefused, TokenRefused

__all__ = [
    "CacheState",
    "Compromise",
    "Explanation",
    "Finding",
    "Issuer",
    "JWKSClient",
    "JWKSEvent",
    "Key",
    "KeyRing",
    "KeySet",
    "Maintenance",
    "Member",
    "Publication",
    "RingKey",
    "RingTimers",
    "Rotation",
    "SourceStatus",
    "Step",
    "Unverified",
    "Verified",
    "Verifier",
    "__version__",
    "explain",
    "lint",
    "token_hash",
    "unverified_claims",
    "unverified_header",
    "AccessToken",
    "AuditLog",
    "AuditState",
    "AuditVerified",
    "Grant",
    "Granted",
    "Live",
    "PermissionExplanation",
    "Policy",
    "RotationPolicy",
    "SessionEvent",
    "SessionInfo",
    "SessionList",
    "SessionVerifier",
    "Stale",
    "TokenPair",
    "verify_audit_log",
    "Answer",
    "EngineKey",
    "Fetching",
    "SessionsEngine",
    "SessionsOperation",
    "jwks_ready",
    "jwks_refresh",
    "jwks_verify",
    "PYJWT_BASE64URL_ALPHABET",
    "PYJWT_PEM_LABELS",
    "PYJWT_SSH_KEY_FORMATS",
    "pyjwt_arm",
    "pyjwt_audience_refusal",
    "pyjwt_cache_state",
    "pyjwt_crit_refusal",
    "pyjwt_decode",
    "pyjwt_decode_complete",
    "pyjwt_disable_cache",
    "pyjwt_enable_cache",
    "pyjwt_encode",
    "pyjwt_is_der_key",
    "pyjwt_is_future",
    "pyjwt_is_key_id",
    "pyjwt_is_past",
    "pyjwt_is_pem_format",
    "pyjwt_is_ssh_key",
    "pyjwt_is_token_id",
    "pyjwt_issuer_refusal",
    "pyjwt_key_cache",
    "pyjwt_key_cache_clear",
    "pyjwt_key_cache_resize",
    "pyjwt_missing_claim",
    "pyjwt_paths",
    "pyjwt_subject_refusal",
    "pyjwt_unpadded_segment",
]

__version__: str

_C = TypeVar("_C")
_C_co = TypeVar("_C_co", covariant=True)
_Name: TypeAlias = Algorithm | str
_Span: TypeAlias = timedelta | float
_Instant: TypeAlias = datetime | float
_Clock: TypeAlias = Callable[[], float] | Callable[[], datetime]
_HeaderValue: TypeAlias = str | float | bool | list[str]

@final
class Key:
    """A private key, a public key or a shared secret, for exactly one algorithm.

    Immutable, shared freely between threads, never pickled. Equal keys have the same algorithm,
    half, name and material; shared secrets are compared in constant time.
    """

    def __new__(cls, _nobody_makes_one: Never, /) -> Key: ...
    @staticmethod
    def from_pem(
        pem: str | bytes,
        *,
        algorithm: _Name,
        key_id: str | None = None,
        password: str | bytes | None = None,
    ) -> Key:
        """Reads PKCS#8, PKCS#1, SEC1 or SPKI. Raises ``KeyRefused``: what it is instead."""

    @staticmethod
    def from_der(
        der: bytes,
        *,
        algorithm: _Name,
        key_id: str | None = None,
        password: str | bytes | None = None,
    ) -> Key:
        """Reads PKCS#8, PKCS#1, SEC1 or SPKI."""

    @staticmethod
    def from_x509(
        certificate: str | bytes, *, algorithm: _Name, key_id: str | None = None
    ) -> Key:
        """Takes the public key out of a certificate, in which nothing is checked."""

    @staticmethod
    def from_openssh(
        document: str | bytes,
        *,
        algorithm: _Name,
        key_id: str | None = None,
        password: str | bytes | None = None,
    ) -> Key:
        """Reads a private key of OpenSSH, under a password or not."""

    @staticmethod
    def from_ssh(line: str | bytes, *, algorithm: _Name, key_id: str | None = None) -> Key:
        """Reads a public key of OpenSSH: the line of an ``id_ed25519.pub``."""

    @staticmethod
    def from_jwk(
        jwk: dict[str, Any] | str | bytes,
        *,
        algorithm: _Name | None = None,
        key_id: str | None = None,
    ) -> Key:
        """Reads a JWK (RFC 7517). ``algorithm`` may be left out where the JWK says it."""

    @staticmethod
    def from_secret(secret: str | bytes, *, algorithm: _Name, key_id: str | None = None) -> Key:
        """Takes a shared secret as it is: at least as many bytes as the hash has."""

    @staticmethod
    def from_base64_secret(
        secret: str | bytes, *, algorithm: _Name, key_id: str | None = None
    ) -> Key:
        """Takes a shared secret from base64 or base64url, padded or not."""

    @staticmethod
    def from_cryptography(key: object, *, algorithm: _Name, key_id: str | None = None) -> Key:
        """Takes a private or public key object of ``cryptography``."""

    @staticmethod
    def generate(algorithm: _Name, *, key_id: str | None = None, bits: int | None = None) -> Key:
        """Makes a new key; ``bits`` is for RSA: 2048 (the default), 3072, 4096 or 8192."""

    @property
    def algorithm(self) -> Algorithm: ...
    @property
    def key_id(self) -> str | None: ...
    @property
    def is_private(self) -> bool:
        """Whether whoever has it can sign: a private key, or a shared secret."""

    @property
    def issuers(self) -> list[str] | None: ...
    def public(self) -> Key:
        """The public half. Raises ``KeyRefused`` for a shared secret, which has none."""

    def with_key_id(self, key_id: str) -> Key: ...
    def of_issuers(self, issuers: str | Iterable[str]) -> Key:
        """Says whose key it is: it verifies tokens of these issuers only (RFC 8725 section 3.8)."""

    def thumbprint(self) -> str:
        """The RFC 7638 thumbprint of the public half."""

    def to_jwk(self, *, private: bool = False) -> dict[str, Any]:
        """The public half, or with ``private=True`` everything."""

    def to_pem(self, *, private: bool = False, password: str | bytes | None = None) -> str:
        """SPKI of the public half, or with ``private=True`` PKCS#8, or that under a password."""

    def to_der(self, *, private: bool = False, password: str | bytes | None = None) -> bytes: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Key: ...
    def __deepcopy__(self, _memo: object) -> Key: ...

@final
class Member:
    """A member of a key set: ``key``, or the ``reason`` why it cannot be used as it is."""

    def __new__(cls, _nobody_makes_one: Never, /) -> Member: ...
    @property
    def key(self) -> Key | None: ...
    @property
    def key_id(self) -> str | None: ...
    @property
    def key_type(self) -> str | None: ...
    @property
    def reason(self) -> KeyRefused | None: ...

@final
class KeySet:
    """A JWK Set (RFC 7517 section 5): iterates over the keys that can be used as they are."""

    def __new__(cls, keys: Iterable[Key]) -> KeySet:
        """Makes the set to publish: of each key the public half."""

    @staticmethod
    def from_json(json: str | bytes) -> KeySet: ...
    @staticmethod
    def from_dict(jwks: dict[str, Any]) -> KeySet: ...
    def to_json(self) -> str: ...
    def to_dict(self) -> dict[str, Any]: ...
    @property
    def members(self) -> tuple[Member, ...]:
        """Every member, with the reason for those that cannot be used as they are."""

    def __iter__(self) -> Iterator[Key]: ...
    def __len__(self) -> int: ...
    def __bool__(self) -> bool: ...
    def __eq__(self, other: object, /) -> bool: ...

@final
class RingKey:
    """A key of a ring, as it is at a moment: its name, its state, and its dates."""

    def __new__(cls, _nobody_makes_one: Never, /) -> RingKey: ...
    @property
    def key_id(self) -> str: ...
    @property
    def state(self) -> KeyState: ...
    @property
    def announced_at(self) -> datetime: ...
    @property
    def activated_at(self) -> datetime | None: ...
    @property
    def retired_at(self) -> datetime | None: ...
    @property
    def next_at(self) -> datetime: ...
    def __eq__(self, other: object, /) -> bool: ...

@final
class RingTimers:
    """The durations of a ring, which fit each other."""

    def __new__(cls, _nobody_makes_one: Never, /) -> RingTimers: ...
    @property
    def token_lifetime(self) -> timedelta: ...
    @property
    def leeway(self) -> timedelta: ...
    @property
    def jwks_max_age(self) -> timedelta: ...
    @property
    def stale_while_revalidate(self) -> timedelta: ...
    @property
    def stale_if_error(self) -> timedelta: ...
    @property
    def fetch_interval(self) -> timedelta: ...
    @property
    def announce_for(self) -> timedelta: ...
    @property
    def rotate_every(self) -> timedelta: ...
    @property
    def retire_for(self) -> timedelta: ...
    def __eq__(self, other: object, /) -> bool: ...

@final
class Rotation:
    """What a rotation did."""

    def __new__(cls, _nobody_makes_one: Never, /) -> Rotation: ...
    @property
    def retired(self) -> str: ...
    @property
    def active(self) -> str: ...
    @property
    def announced(self) -> str: ...
    def __eq__(self, other: object, /) -> bool: ...

@final
class Compromise:
    """What a compromise did."""

    def __new__(cls, _nobody_makes_one: Never, /) -> Compromise: ...
    @property
    def was(self) -> KeyState: ...
    @property
    def active(self) -> str: ...
    @property
    def announced(self) -> str | None: ...
    @property
    def known_at(self) -> datetime: ...
    def __eq__(self, other: object, /) -> bool: ...

@final
class Maintenance:
    """What maintenance did."""

    def __new__(cls, _nobody_makes_one: Never, /) -> Maintenance: ...
    @property
    def rotation(self) -> Rotation | None: ...
    @property
    def removed(self) -> tuple[str, ...]: ...
    @property
    def next_due(self) -> datetime: ...
    def __eq__(self, other: object, /) -> bool: ...

@final
class Publication:
    """A JWK Set as it goes over the wire, with its headers."""

    def __new__(cls, _nobody_makes_one: Never, /) -> Publication: ...
    @property
    def body(self) -> bytes: ...
    @property
    def etag(self) -> str: ...
    @property
    def cache_control(self) -> str: ...
    @property
    def content_type(self) -> str: ...
    @property
    def headers(self) -> dict[str, str]: ...
    def is_current(self, if_none_match: str) -> bool:
        """Whether a request with this ``If-None-Match`` has the body already."""

    def answer(self, if_none_match: str | None = None) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of the answer to a GET: 200, or 304 without a body."""

    def __eq__(self, other: object, /) -> bool: ...

@final
class KeyRing:
    """Key pairs of one algorithm that follow one another, in a file.

    ``Issuer(ring)`` signs with the key that is active at each call, ``Verifier(ring)`` takes every
    key that is not removed. Other processes of the ring notice a change within a second of use.
    """

    def __new__(cls, _nobody_makes_one: Never, /) -> KeyRing: ...
    @staticmethod
    def create(
        path: str | PathLike[str],
        *,
        algorithm: _Name,
        password: str | bytes,
        token_lifetime: _Span | None = None,
        leeway: _Span | None = None,
        jwks_max_age: _Span | None = None,
        stale_while_revalidate: _Span | None = None,
        stale_if_error: _Span | None = None,
        fetch_interval: _Span | None = None,
        announce_for: _Span | None = None,
        rotate_every: _Span | None = None,
        retire_for: _Span | None = None,
        bits: int | None = None,
        clock: _Clock | None = None,
    ) -> KeyRing:
        """Makes a ring in a new file. Durations that do not fit each other are refused."""

    @staticmethod
    def open(
        path: str | PathLike[str], *, password: str | bytes, clock: _Clock | None = None
    ) -> KeyRing: ...
    @staticmethod
    def open_public(path: str | PathLike[str], *, clock: _Clock | None = None) -> KeyRing:
        """Opens the public half, without the password: to publish and to verify."""

    def rotate(self) -> Rotation:
        """The active key retires, the announced one signs, and a new one is announced."""

    def rotate_now(self) -> Rotation:
        """Rotates, even if not every verifier knows the announced key yet."""

    def compromise(self, key_id: str) -> Compromise:
        """Removes a key that somebody else may have, at once."""

    def maintain(self) -> Maintenance:
        """Does what is due, if anything is."""

    def reload(self) -> bool:
        """Reads the file, now. Returns whether it had changed."""

    def publication(self) -> Publication: ...
    @property
    def algorithm(self) -> Algorithm: ...
    @property
    def timers(self) -> RingTimers: ...
    @property
    def revision(self) -> int: ...
    @property
    def keys(self) -> tuple[RingKey, ...]: ...
    @property
    def next_due(self) -> datetime: ...
    @property
    def last_error(self) -> JotemError | None:
        """Why the file could not be read when it was looked at last; None if it could."""

@final
class Issuer:
    """Issues tokens with one key, or one ring of keys, one issuer name and one lifetime.

    (``Issuer`` is this class; ``issuer`` is the claim ``iss``.)
    """

    def __new__(
        cls,
        key: Key | KeyRing,
        *,
        issuer: str | None = None,
        audience: str | Iterable[str] | None = None,
        lifetime: _Span | None = None,
        never_expires: bool = False,
        token_type: str | None = None,
        token_ids: bool = False,
        header: dict[str, _HeaderValue] | None = None,
        clock: _Clock | None = None,
    ) -> Issuer:
        """Sets what every token has. ``lifetime``, or ``never_expires=True``, must be given; a ring
        has a lifetime and a clock of its own."""

    def issue(
        self,
        claims: Mapping[str, Any] | object | None = None,
        *,
        subject: str | None = None,
        audience: str | Iterable[str] | None = None,
        expires_at: _Instant | None = None,
        not_before: _Instant | None = None,
        issued_at: _Instant | None = None,
        token_id: str | None = None,
    ) -> str:
        """Issues a token. ``claims`` is a dict, a dataclass, a Struct or a pydantic model."""

    @overload
    def issue_many(
        self,
        claims: Iterable[Any],
        *,
        audience: str | Iterable[str] | None = None,
        expires_at: _Instant | None = None,
        not_before: _Instant | None = None,
        issued_at: _Instant | None = None,
        return_exceptions: Literal[False] = False,
    ) -> list[str]: ...
    @overload
    def issue_many(
        self,
        claims: Iterable[Any],
        *,
        audience: str | Iterable[str] | None = None,
        expires_at: _Instant | None = None,
        not_before: _Instant | None = None,
        issued_at: _Instant | None = None,
        return_exceptions: bool,
    ) -> list[str | Exception]:
        """Issues tokens on all cores, with the GIL released: one for each claims set, in order.

        With ``return_exceptions`` an exception stands where its token would.
        """

    @overload
    def issue_each(
        self,
        claims: Iterable[Any],
        *,
        audience: str | Iterable[str] | None = None,
        expires_at: _Instant | None = None,
        not_before: _Instant | None = None,
        issued_at: _Instant | None = None,
        return_exceptions: Literal[False] = False,
    ) -> Iterator[str]: ...
    @overload
    def issue_each(
        self,
        claims: Iterable[Any],
        *,
        audience: str | Iterable[str] | None = None,
        expires_at: _Instant | None = None,
        not_before: _Instant | None = None,
        issued_at: _Instant | None = None,
        return_exceptions: bool,
    ) -> Iterator[str | Exception]:
        """As ``issue_many``, for iterables of any length: memory does not grow."""

    @property
    def algorithm(self) -> Algorithm: ...
    @property
    def key_id(self) -> str | None: ...

@final
class Verifier:
    """Verifies tokens: their signature, and their claims against what it expects.

    Immutable, shared freely between threads. ``exp`` is required unless ``expiry_optional``;
    a token with an audience is refused unless ``audience`` or ``any_audience`` is given; what is
    expected is required. ``leeway`` is 30 seconds, at most 300.
    """

    def __new__(
        cls,
        keys: Key | KeySet | KeyRing | JWKSClient | Iterable[Key],
        *,
        issuer: str | Iterable[str] | None = None,
        audience: str | Iterable[str] | None = None,
        any_audience: bool = False,
        subject: str | None = None,
        token_type: str | None = None,
        leeway: _Span | None = None,
        expiry_optional: bool = False,
        max_age: _Span | None = None,
        max_lifetime: _Span | None = None,
        require: str | Iterable[str] | None = None,
        accept_bound_tokens: bool = False,
        algorithms: _Name | Iterable[_Name] | None = None,
        try_keys: int = 1,
        critical: str | Iterable[str] | None = None,
        clock: _Clock | None = None,
        cache: int | None = None,
    ) -> Verifier: ...
    @overload
    def verify(self, token: str | bytes, *, into: None = None) -> Verified[dict[str, Any]]: ...
    @overload
    def verify(self, token: str | bytes, *, into: type[_C]) -> Verified[_C]:
        """Verifies a token, or raises ``TokenRefused``. It never returns anything else.

        ``into`` is a dataclass, a msgspec Struct or a pydantic model to read the claims into.
        """

    @overload
    def verify_many(
        self, tokens: Iterable[str | bytes], *, into: None = None
    ) -> list[Verified[dict[str, Any]] | TokenRefused]: ...
    @overload
    def verify_many(
        self, tokens: Iterable[str | bytes], *, into: type[_C]
    ) -> list[Verified[_C] | TokenRefused]:
        """Verifies tokens on all cores, with the GIL released: one verdict for each, in their order.

        A refused token raises nothing: its verdict is the exception.
        """

    @overload
    def verify_each(
        self, tokens: Iterable[str | bytes], *, into: None = None
    ) -> Iterator[Verified[dict[str, Any]] | TokenRefused]: ...
    @overload
    def verify_each(
        self, tokens: Iterable[str | bytes], *, into: type[_C]
    ) -> Iterator[Verified[_C] | TokenRefused]:
        """As ``verify_many``, for iterables of any length: memory does not grow."""

    def explain(self, token: str | bytes) -> Explanation:
        """Tells for each step of the pipeline how it went; ``str()`` writes a table."""

    @property
    def cache_state(self) -> CacheState | None:
        """What the cache of verified tokens holds; None where there is none."""

    def clear_cache(self) -> None:
        """Forget every verified token: each is verified in full when it comes again."""

    @property
    def algorithms(self) -> tuple[Algorithm, ...]: ...

@final
class CacheState:
    """What a cache holds, and how often it was of use."""

    def __new__(cls, _nobody_makes_one: Never, /) -> CacheState: ...
    @property
    def entries(self) -> int: ...
    @property
    def bytes(self) -> int: ...
    @property
    def capacity(self) -> int: ...
    @property
    def hits(self) -> int: ...
    @property
    def misses(self) -> int: ...
    def __eq__(self, other: object, /) -> bool: ...

@final
class JWKSClient:
    """Keeps the published keys of issuers at hand: fetches them, keeps them, fetches them again.

    A ``Verifier`` made of it never waits; ``verify`` and ``await verify_async`` wait for one fetch
    where that can help. Only this machine may be asked without TLS, unless ``allow_http`` says so.
    """

    def __new__(
        cls,
        *,
        issuer: str | Iterable[str] | None = None,
        key_set: str | Iterable[str] | Mapping[str, str] | None = None,
        algorithms: _Name | Iterable[_Name] | None = None,
        soft_age: tuple[_Span, _Span] | None = None,
        soft_age_unless_said: _Span | None = None,
        hard_age: _Span | None = None,
        cool_down: tuple[_Span, _Span] | None = None,
        remember_absent: _Span | None = None,
        deadline: _Span | None = None,
        headers: Mapping[str, Mapping[str, str]] | None = None,
        allow_http: str | Iterable[str] | None = None,
        allow_private: str | Iterable[str] | None = None,
        certificate_authorities: str | bytes | None = None,
        proxy: str | None = None,
        proxy_login: tuple[str, str] | None = None,
        resolve_names: Callable[[str], Iterable[str]] | None = None,
        clock: _Clock | None = None,
        on_event: Callable[[JWKSEvent], object] | None = None,
    ) -> JWKSClient:
        """Fetches nothing and starts no thread. Raises ``Misuse`` for what makes no sense."""

    @overload
    def verify(
        self, verifier: Verifier, token: str | bytes, *, into: None = None
    ) -> Verified[dict[str, Any]]: ...
    @overload
    def verify(
        self, verifier: Verifier, token: str | bytes, *, into: type[_C]
    ) -> Verified[_C]:
        """Verifies a token; waits for a fetch if a key is lacking. Raises ``TokenRefused``."""

    @overload
    def verify_async(
        self, verifier: Verifier, token: str | bytes, *, into: None = None
    ) -> Coroutine[Any, Any, Verified[dict[str, Any]]]: ...
    @overload
    def verify_async(
        self, verifier: Verifier, token: str | bytes, *, into: type[_C]
    ) -> Coroutine[Any, Any, Verified[_C]]:
        """Does what ``verify`` does in a coroutine of asyncio."""

    def ready(self) -> None:
        """Waits until every source has keys that may be served. Raises ``FetchFailed``."""

    def ready_async(self) -> Coroutine[Any, Any, None]: ...
    def refresh(self) -> None:
        """Fetches every source now. Raises ``FetchFailed``."""

    def refresh_async(self) -> Coroutine[Any, Any, None]: ...
    @property
    def counters(self) -> dict[str, int]: ...
    @property
    def status(self) -> tuple[SourceStatus, ...]: ...

@final
class SourceStatus:
    """A key set as a client has it, at the moment at which ``client.status`` was asked for."""

    def __new__(cls, _nobody_makes_one: Never, /) -> SourceStatus: ...
    @property
    def issuer(self) -> str | None: ...
    @property
    def url(self) -> str: ...
    @property
    def keys(self) -> tuple[str, ...]: ...
    @property
    def age(self) -> timedelta | None: ...
    @property
    def due_in(self) -> timedelta: ...
    @property
    def is_stale(self) -> bool: ...
    @property
    def is_available(self) -> bool: ...

@final
class JWKSEvent:
    """Something that happened to a remote key set; ``str(event)`` is a line for a log."""

    def __new__(cls, _nobody_makes_one: Never, /) -> JWKSEvent: ...
    @property
    def kind(
        self,
    ) -> Literal[
        "thread_started",
        "fetch_started",
        "discovered",
        "fetch_succeeded",
        "not_modified",
        "fetch_failed",
        "keys_replaced",
        "member_skipped",
        "unknown_key_refused",
        "stale_served",
        "hard_age_reached",
    ]: ...
    @property
    def url(self) -> str | None: ...
    @property
    def facts(self) -> dict[str, Any]: ...
    @property
    def error(self) -> FetchFailed | KeyRefused | None: ...

@final
class Fetching:
    """What an event loop waits for: see ``jotem/_awaiting.py``."""

    def __new__(cls, _nobody_makes_one: Never, /) -> Fetching: ...
    def poll(self, wake: Callable[[], object]) -> bool | None:
        """How it ended; None if it has not: then ``wake`` is called, once, from another thread."""

    @property
    def refused(self) -> TokenRefused | None: ...

def jwks_ready(client: JWKSClient) -> Fetching: ...
def jwks_refresh(client: JWKSClient) -> Fetching: ...
def jwks_verify(
    client: JWKSClient, verifier: Verifier, token: str | bytes, into: type[Any] | None
) -> Verified[Any] | Fetching: ...

@final
class Verified(Generic[_C_co]):
    """The proof that a token was verified. Only a verifier makes one."""

    def __new__(cls, _nobody_makes_one: Never, /) -> Verified[_C_co]: ...
    @property
    def claims(self) -> _C_co: ...
    @property
    def header(self) -> dict[str, Any]: ...
    @property
    def algorithm(self) -> Algorithm: ...
    @property
    def key_id(self) -> str | None: ...
    @property
    def issuer(self) -> str | None: ...
    @property
    def subject(self) -> str | None: ...
    @property
    def audience(self) -> list[str]: ...
    @property
    def expires_at(self) -> datetime | None: ...
    @property
    def not_before(self) -> datetime | None: ...
    @property
    def issued_at(self) -> datetime | None: ...
    @property
    def token_id(self) -> str | None: ...
    def check_access_token(self, access_token: str) -> None: ...
    def check_code(self, code: str) -> None: ...
    def __class_getitem__(cls, of: Any) -> GenericAlias: ...

@final
class Unverified(Generic[_C_co]):
    """What a token says while nobody has verified it: whoever sent it chose it."""

    def __new__(cls, _nobody_makes_one: Never, /) -> Unverified[_C_co]: ...
    def as_untrusted(self) -> _C_co: ...
    def __class_getitem__(cls, of: Any) -> GenericAlias: ...

@final
class Step:
    """A step of the pipeline, how it went, and what was seen."""

    def __new__(cls, _nobody_makes_one: Never, /) -> Step: ...
    @property
    def name(
        self,
    ) -> Literal[
        "size", "shape", "header", "algorithm", "key", "signature", "payload", "claims"
    ]: ...
    @property
    def verdict(self) -> Literal["passed", "failed", "not reached"]: ...
    @property
    def detail(self) -> str: ...

@final
class Explanation:
    """What each of the eight steps said about a token."""

    def __new__(cls, _nobody_makes_one: Never, /) -> Explanation: ...
    @property
    def steps(self) -> tuple[Step, ...]: ...
    @property
    def rejection(self) -> TokenRefused | None: ...
    @property
    def is_verified(self) -> bool: ...

def explain(token: str | bytes) -> Explanation:
    """Takes a token apart as far as that goes without a key. Nothing is verified."""

@final
class Finding:
    """Something weak: which rule found it, where, and the cure."""

    def __new__(cls, _nobody_makes_one: Never, /) -> Finding: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    @property
    def code(self) -> str: ...
    @property
    def severity(self) -> Literal["critical", "high", "medium", "low", "info"]: ...
    @property
    def message(self) -> str: ...
    @property
    def cure(self) -> str: ...
    @property
    def reference(self) -> str: ...
    @property
    def place(self) -> str: ...
    @property
    def facts(self) -> Mapping[str, int | str]: ...

def lint(
    token_or_key: str | bytes, *, key: str | bytes | None = None, now: _Instant | None = None
) -> list[Finding]:
    """Looks for what is weak in a token or a key. Nothing is verified: no finding is no verdict."""

def token_hash(algorithm: Algorithm | str, value: str) -> str | None: ...
def unverified_header(token: str | bytes) -> Unverified[dict[str, Any]]: ...
def unverified_claims(token: str | bytes) -> Unverified[dict[str, Any]]: ...

# Sessions: `jotem.sessions`.

@final
class TokenPair:
    """What a client is given at login and at every refresh. ``repr`` shows neither token."""

    def __new__(cls, _nobody_makes_one: Never, /) -> TokenPair: ...
    @property
    def access_token(self) -> str: ...
    @property
    def refresh_token(self) -> str: ...
    @property
    def session(self) -> str: ...
    @property
    def expires_in(self) -> timedelta: ...
    @property
    def refresh_expires_in(self) -> timedelta: ...
    @property
    def scopes(self) -> tuple[str, ...]: ...
    @property
    def is_replay(self) -> bool: ...
    def to_dict(self) -> dict[str, Any]:
        """The answer of a token endpoint (RFC 6749 section 5.1), with both tokens in it."""

@disjoint_base
class AccessToken(Generic[_C_co]):
    """An access token whose signature and claims hold."""

    def __new__(cls, _nobody_makes_one: Never, /) -> AccessToken[_C_co]: ...
    @property
    def subject(self) -> str: ...
    @property
    def tenant(self) -> str | None: ...
    @property
    def session(self) -> str: ...
    @property
    def client(self) -> str: ...
    @property
    def scopes(self) -> tuple[str, ...]: ...
    @property
    def authenticated_at(self) -> datetime: ...
    @property
    def acr(self) -> str | None: ...
    @property
    def amr(self) -> tuple[str, ...]: ...
    @property
    def bound_to(self) -> str | None: ...
    @property
    def expires_at(self) -> datetime | None: ...
    @property
    def token_id(self) -> str | None: ...
    @property
    def key_id(self) -> str | None: ...
    @property
    def claims(self) -> _C_co: ...
    def __class_getitem__(cls, of: Any) -> GenericAlias: ...

@final
class Live(AccessToken[_C_co]):
    """The proof that an access token was verified, and that nothing of it was revoked."""

    def __new__(cls, _nobody_makes_one: Never, /) -> Live[_C_co]: ...

@final
class Stale(AccessToken[_C_co]):
    """An access token that was verified while what is known of revocations was too old."""

    def __new__(cls, _nobody_makes_one: Never, /) -> Stale[_C_co]: ...
    @property
    def age(self) -> timedelta | None: ...

@final
class SessionVerifier:
    """Verifies access tokens against what was revoked. It never asks the store."""

    def __new__(cls, _nobody_makes_one: Never, /) -> SessionVerifier: ...
    @overload
    def verify(
        self,
        token: str | bytes,
        *,
        proven: str | None = None,
        tenant: str = ...,
        into: None = None,
    ) -> Live[dict[str, Any]]: ...
    @overload
    def verify(
        self,
        token: str | bytes,
        *,
        proven: str | None = None,
        tenant: str = ...,
        into: type[_C],
    ) -> Live[_C]:
        """Verifies an access token, or raises ``TokenRefused`` or ``Unavailable``."""

    @overload
    def verify_fail_open(
        self,
        token: str | bytes,
        *,
        tenant: str = ...,
        max_outage: _Span | None = None,
        into: None = None,
    ) -> Live[dict[str, Any]] | Stale[dict[str, Any]]: ...
    @overload
    def verify_fail_open(
        self,
        token: str | bytes,
        *,
        tenant: str = ...,
        max_outage: _Span | None = None,
        into: type[_C],
    ) -> Live[_C] | Stale[_C]:
        """Goes on while what is known of revocations is too old."""

@final
class Grant:
    """What a subject is granted, as ``claims_for`` is told of it."""

    def __new__(cls, _nobody_makes_one: Never, /) -> Grant: ...
    @property
    def subject(self) -> str: ...
    @property
    def tenant(self) -> str | None: ...
    @property
    def client(self) -> str | None: ...
    @property
    def scopes(self) -> tuple[str, ...]: ...
    @property
    def audience(self) -> tuple[str, ...]: ...
    @property
    def acr(self) -> str | None: ...
    @property
    def amr(self) -> tuple[str, ...]: ...
    @property
    def authenticated_at(self) -> datetime | None: ...

@final
class SessionList:
    """The sessions of a subject that live, the one that was used last first."""

    def __new__(cls, _nobody_makes_one: Never, /) -> SessionList: ...
    @property
    def epoch(self) -> int: ...
    @property
    def sessions(self) -> tuple[SessionInfo, ...]: ...

@final
class SessionInfo:
    """One session, as a person may see it."""

    def __new__(cls, _nobody_makes_one: Never, /) -> SessionInfo: ...
    @property
    def id(self) -> str: ...
    @property
    def client(self) -> str | None: ...
    @property
    def scopes(self) -> tuple[str, ...]: ...
    @property
    def label(self) -> str | None: ...
    @property
    def authenticated_at(self) -> datetime: ...
    @property
    def last_used_at(self) -> datetime: ...
    @property
    def idle_end_at(self) -> datetime: ...
    @property
    def end_at(self) -> datetime: ...
    @property
    def is_bound(self) -> bool: ...

@final
class SessionEvent:
    """Something that happened to sessions; ``str(event)`` is a line for a log."""

    def __new__(cls, _nobody_makes_one: Never, /) -> SessionEvent: ...
    @property
    def kind(
        self,
    ) -> Literal[
        "session.start",
        "session.displaced",
        "refresh.rotated",
        "refresh.replayed",
        "refresh.repaired",
        "refresh.behind",
        "refresh.reuse",
        "refresh.refused",
        "revoke.token",
        "revoke.session",
        "revoke.subject",
        "revoke.client",
        "revoke.key",
        "key.rotate",
        "key.compromise",
        "view.stale",
        "view.fresh",
        "store.failed",
    ]: ...
    @property
    def is_alarm(self) -> bool: ...
    @property
    def at(self) -> datetime: ...
    @property
    def subject(self) -> str | None: ...
    @property
    def tenant(self) -> str | None: ...
    @property
    def client(self) -> str | None: ...
    @property
    def session(self) -> str | None: ...
    @property
    def token_id(self) -> str | None: ...
    @property
    def key_id(self) -> str | None: ...
    @property
    def address(self) -> str | None: ...
    @property
    def reason(self) -> str | None: ...
    @property
    def detail(self) -> str | None: ...

@final
class AuditLog:
    """How the audit log of sessions is written."""

    def __new__(
        cls,
        path: str | PathLike[str],
        *,
        secret: str | bytes | None = None,
        rotate_at: int | None = None,
        rotate_daily: bool = False,
        keep: int | None = None,
        capacity: int | None = None,
        addresses: Literal["prefix", "whole", "never"] = "prefix",
        durability: Literal["required", "each_batch", "closing"] = "required",
        close_limit: _Span | None = None,
    ) -> AuditLog: ...
    @property
    def path(self) -> Path: ...

@final
class AuditState:
    """What an audit log did so far, in this process."""

    def __new__(cls, _nobody_makes_one: Never, /) -> AuditState: ...
    @property
    def written(self) -> int: ...
    @property
    def dropped(self) -> int: ...
    @property
    def failures(self) -> int: ...
    @property
    def checkpoint(self) -> str: ...

@final
class AuditVerified:
    """What an audit log has whose chain holds."""

    def __new__(cls, _nobody_makes_one: Never, /) -> AuditVerified: ...
    @property
    def lines(self) -> int: ...
    @property
    def alarms(self) -> int: ...
    @property
    def dropped(self) -> int: ...
    @property
    def chains(self) -> int: ...
    @property
    def is_closed(self) -> bool: ...
    @property
    def first(self) -> tuple[int, str] | None: ...
    @property
    def last(self) -> tuple[int, str] | None: ...

def verify_audit_log(
    *files: str | PathLike[str],
    secret: str | bytes | None = None,
    checkpoint: str | None = None,
) -> AuditVerified:
    """Verifies that the chain of an audit log holds, or raises ``AuditFailed``."""

@final
class RotationPolicy:
    """How long a session lives, and how long an exchanged refresh token may come once more."""

    def __new__(
        cls,
        preset: Literal["strict", "web", "native", "mcp", "mobile"] = "web",
        *,
        window: _Span | None = None,
        generations: int | None = None,
        idle: _Span | None = None,
        lifetime: _Span | None = None,
        end_if_behind: bool = False,
    ) -> RotationPolicy: ...
    @property
    def window(self) -> timedelta: ...
    @property
    def generations(self) -> int: ...
    @property
    def idle(self) -> timedelta: ...
    @property
    def lifetime(self) -> timedelta: ...
    def __eq__(self, other: object, /) -> bool: ...

@final
class Policy:
    """What each role allows and denies, read and compiled once."""

    def __new__(cls, _nobody_makes_one: Never, /) -> Policy: ...
    @staticmethod
    def from_toml(text: str) -> Policy: ...
    @staticmethod
    def from_json(text: str) -> Policy: ...
    @property
    def version(self) -> int: ...
    @property
    def roles(self) -> tuple[str, ...]: ...
    def granted(self, roles: str | Iterable[str], *, tenant: str | None = None) -> Granted: ...

@final
class Granted:
    """The roles of somebody, added up. Every no raises ``PermissionRefused``."""

    def __new__(cls, _nobody_makes_one: Never, /) -> Granted: ...
    def require(self, permission: str) -> None: ...
    def all(self, permissions: str | Iterable[str]) -> None: ...
    def any(self, permissions: str | Iterable[str]) -> None: ...
    def at_least(self, role: str) -> None: ...
    def explain(self, permission: str) -> PermissionExplanation: ...
    @property
    def unknown_roles(self) -> tuple[str, ...]: ...

@final
class PermissionExplanation:
    """Why a permission is granted or not; ``str()`` says it in a sentence."""

    def __new__(cls, _nobody_makes_one: Never, /) -> PermissionExplanation: ...
    @property
    def verdict(self) -> Literal["allowed", "denied", "not_granted"]: ...
    @property
    def rule(self) -> str | None: ...
    @property
    def way(self) -> tuple[str, ...]: ...

@final
class Answer:
    """What an operation came to."""

    def __new__(cls, _nobody_makes_one: Never, /) -> Answer: ...
    @property
    def value(self) -> Any: ...

@final
class SessionsOperation:
    """Something that is under way: see ``jotem/sessions/_driving.py``."""

    def __new__(cls, _nobody_makes_one: Never, /) -> SessionsOperation: ...
    def wait(self) -> Answer | Grant: ...
    def poll(self, wake: Callable[[], object]) -> Answer | Grant | None:
        """How it goes on; None: then ``wake`` is called, once, from another thread."""

    def end(self) -> None: ...
    def give(self, claims: object) -> None: ...
    def refuse(self, reason: str) -> None: ...
    def fail(self, error: BaseException) -> None: ...

@final
class SessionsEngine:
    """What ``Sessions`` and ``AsyncSessions`` are built on."""

    def __new__(
        cls,
        secret: str | bytes,
        *,
        store: str | None,
        issuer: str | None,
        audience: str | Iterable[str] | None,
        policy: str | RotationPolicy | None,
        access_lifetime: _Span | None,
        ring: KeyRing | None,
        key: Key | None,
        algorithm: _Name | None,
        default_client: str | None,
        max_sessions: int | None,
        max_staleness: _Span | None,
        cache: int | None,
        asks_for_claims: bool,
        on_event: Callable[[SessionEvent], object] | None,
        audit: str | PathLike[str] | AuditLog | None,
        poll_every: _Span | None,
        maintain: bool,
    ) -> SessionsEngine: ...
    def open(self) -> SessionsOperation: ...
    def close(self) -> SessionsOperation: ...
    def start(
        self,
        subject: str,
        tenant: str | None,
        client: str | None,
        scope: str | Iterable[str] | None,
        audience: str | Iterable[str] | None,
        authenticated_at: _Instant | None,
        acr: str | None,
        amr: str | Iterable[str] | None,
        bound_to: str | None,
        label: str | None,
        address: object,
        expected_epoch: int | None,
    ) -> SessionsOperation: ...
    def refresh(
        self,
        token: str | bytes,
        client: str | None,
        scope: str | Iterable[str] | None,
        audience: str | Iterable[str] | None,
        proves: str | None,
        tenant: object,
        address: object,
    ) -> SessionsOperation: ...
    def revoke_token(self, token: str | bytes) -> SessionsOperation: ...
    def revoke_session(
        self, subject: str, session: str, tenant: str | None
    ) -> SessionsOperation: ...
    def revoke_subject(self, subject: str, tenant: str | None) -> SessionsOperation: ...
    def revoke_client(self, client: str) -> SessionsOperation: ...
    def revoke_key(self, key_id: str) -> SessionsOperation: ...
    def list(self, subject: str, tenant: str | None) -> SessionsOperation: ...
    def rotate_keys(self) -> SessionsOperation: ...
    def catch_up(self) -> SessionsOperation: ...
    def verifier(self) -> SessionVerifier: ...
    def publication(self) -> Publication: ...
    def audit_state(self) -> AuditState | None: ...
    @property
    def is_closed(self) -> bool: ...

# PyJWT's rules, each decided once. `jotem.jwt._rules` gives them the names that the methods use.

PYJWT_BASE64URL_ALPHABET: bytes
PYJWT_PEM_LABELS: frozenset[bytes]
PYJWT_SSH_KEY_FORMATS: tuple[bytes, ...]

def pyjwt_audience_refusal(
    payload: Mapping[str, Any], expected: str | Iterable[str] | None, strict: bool
) -> (
    Literal[
        "unexpected",
        "missing",
        "strict expectation",
        "strict form",
        "strict mismatch",
        "form",
        "mismatch",
    ]
    | None
): ...
def pyjwt_crit_refusal(
    headers: Mapping[str, Any], supported: Container[str]
) -> tuple[Literal["not a list", "not text", "unsupported", "absent"], str | None] | None: ...
def pyjwt_is_der_key(bytes: bytes) -> bool: ...
def pyjwt_is_future(date: int, now: float, leeway: float) -> bool: ...
def pyjwt_is_key_id(kid: object) -> bool: ...
def pyjwt_is_past(date: int, now: float, leeway: float) -> bool: ...
def pyjwt_is_pem_format(key: bytes) -> bool: ...
def pyjwt_is_ssh_key(key: bytes) -> bool: ...
def pyjwt_is_token_id(payload: Mapping[str, Any]) -> bool: ...
def pyjwt_issuer_refusal(
    iss: object, expected: str | Container[str]
) -> Literal["not text", "mismatch"] | None: ...
def pyjwt_missing_claim(payload: Mapping[str, Any], claims: Iterable[str]) -> tuple[str] | None: ...
def pyjwt_subject_refusal(
    payload: Mapping[str, Any], expected: str | None
) -> Literal["not text", "mismatch"] | None: ...
def pyjwt_unpadded_segment(segment: bytes, alphabet: bytes) -> bytes | None: ...

# Keys of the public-key algorithms where `cryptography` is not installed.

@final
class EngineKey:
    def __new__(cls, _nobody_makes_one: Never, /) -> EngineKey: ...
    @staticmethod
    def from_text(text: bytes) -> EngineKey: ...
    @staticmethod
    def from_json(json: str) -> EngineKey: ...
    def to_json(self) -> bytes: ...
    @property
    def key_type(self) -> str: ...
    @property
    def curve(self) -> str | None: ...
    @property
    def key_size(self) -> int: ...
    @property
    def is_private(self) -> bool: ...
    def public_key(self) -> EngineKey: ...
    def sign(self, algorithm: str, message: bytes) -> bytes: ...
    def verify(self, algorithm: str, message: bytes, signature: bytes) -> bool: ...

# PyJWT's calls, each as one: any object is taken, and ``None`` means that the methods must go step
# by step.

def pyjwt_arm(
    api_jwt: ModuleType,
    api_jws: ModuleType,
    api_jwk: ModuleType,
    algorithms: ModuleType,
    utils: ModuleType,
) -> None: ...
def pyjwt_encode(
    jwt: object, payload: object, key: object, algorithm: object, headers: object, /
) -> str | None: ...
def pyjwt_decode(
    jwt: object,
    token: object,
    key: object,
    algorithms: object,
    options: object,
    audience: object,
    subject: object,
    issuer: object,
    leeway: object,
    /,
) -> dict[str, Any] | None: ...
def pyjwt_decode_complete(
    jwt: object,
    token: object,
    key: object,
    algorithms: object,
    options: object,
    audience: object,
    subject: object,
    issuer: object,
    leeway: object,
    /,
) -> dict[str, Any] | None: ...
def pyjwt_cache_state() -> CacheState | None: ...
def pyjwt_disable_cache() -> None: ...
def pyjwt_enable_cache(bytes: int, /) -> None: ...
def pyjwt_key_cache() -> tuple[int, int]: ...
def pyjwt_key_cache_clear() -> None: ...
def pyjwt_key_cache_resize(size: int, /) -> None: ...
def pyjwt_paths() -> list[tuple[str, int]]: ...
