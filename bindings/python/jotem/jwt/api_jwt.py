"""JSON Web Tokens (RFC 7519): claims in a signed token, and what a verifier asks of them.

The ordinary case is one call into Rust (:mod:`._fast`). Whatever is not ordinary goes step by step
through the methods below, as PyJWT does, so that each can be replaced.
"""

from __future__ import annotations

import json
import os
import warnings
from calendar import timegm
from collections.abc import Container, Iterable, Sequence
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, Union, cast

from . import _differences, _fast, _rules
from .api_jws import (
    _ALGORITHM_UNSET,  # pyright: ignore[reportPrivateUsage]
    PyJWS,
    _jws_global_obj,  # pyright: ignore[reportPrivateUsage]
)
from .exceptions import (
    DecodeError,
    ExpiredSignatureError,
    ImmatureSignatureError,
    InvalidAudienceError,
    InvalidIssuedAtError,
    InvalidIssuerError,
    InvalidJTIError,
    InvalidSubjectError,
    MissingRequiredClaimError,
)
from .warnings import RemovedInPyjwt3Warning

if TYPE_CHECKING or os.getenv("SPHINX_BUILD"):
    import sys
    from typing import Final

    if sys.version_info >= (3, 10):
        from typing import TypeAlias
    else:
        from typing_extensions import TypeAlias

    from .algorithms import AllowedPrivateKeys, AllowedPublicKeys
    from .api_jwk import PyJWK
    from .types import FullOptions, Options, SigOptions

    AllowedPrivateKeyTypes: TypeAlias = Union[AllowedPrivateKeys, PyJWK, str, bytes]
    AllowedPublicKeyTypes: TypeAlias = Union[AllowedPublicKeys, PyJWK, str, bytes]


class PyJWT:
    """Encodes claims as a signed token, and decodes it with all checks.

    Args:
        options: What every decoding does unless it is told otherwise; see :class:`.Options`.
    """

    def __init__(self, options: Options | None = None) -> None:
        self.options: FullOptions
        self.options = self._get_default_options()
        if options is not None:
            self.options = self._merge_options(options)
        self._jws = PyJWS(options=self._get_sig_options())

    @staticmethod
    def _get_default_options() -> FullOptions:
        return {
            "verify_signature": True,
            "verify_exp": True,
            "verify_nbf": True,
            "verify_iat": True,
            "verify_aud": True,
            "verify_iss": True,
            "verify_sub": True,
            "verify_jti": True,
            "require": [],
            "strict_aud": False,
            "enforce_minimum_key_length": False,
        }

    def _get_sig_options(self) -> SigOptions:
        return {
            "verify_signature": self.options["verify_signature"],
            "enforce_minimum_key_length": self.options.get("enforce_minimum_key_length", False),
        }

    def _merge_options(self, options: Options | None = None) -> FullOptions:
        """Return the options of one decoding, all of them.

        Who turns the check of the signature off turns every other off that is not named.
        """
        if options is None:
            return self.options
        merged = cast("Options", dict(options))
        if not merged.get("verify_signature", True):
            merged.setdefault("verify_exp", False)
            merged.setdefault("verify_nbf", False)
            merged.setdefault("verify_iat", False)
            merged.setdefault("verify_aud", False)
            merged.setdefault("verify_iss", False)
            merged.setdefault("verify_sub", False)
            merged.setdefault("verify_jti", False)
        return {**self.options, **merged}

    def encode(
        self,
        payload: dict[str, Any],
        key: AllowedPrivateKeyTypes,
        algorithm: str | None = _ALGORITHM_UNSET,
        headers: dict[str, Any] | None = None,
        json_encoder: type[json.JSONEncoder] | None = None,
        sort_headers: bool = True,
    ) -> str:
        """Sign claims and return the token.

        Args:
            payload: The claims. A datetime in ``exp``, ``iat`` or ``nbf`` becomes a number.
            key: A key that fits the algorithm: a secret, PEM text of a private key, a
                ``cryptography`` key object, a :class:`.PyJWK`.
            algorithm: Its name; by default that of a :class:`.PyJWK`, or HS256.
            headers: More header parameters. An ``alg`` among them has precedence.
            json_encoder: Encodes claims and header.
            sort_headers: Write the header parameters in order of their names.

        Raises:
            TypeError: The claims are no dict, or ``iss`` is no string, or a claim is not JSON.
            InvalidKeyError: The key does not fit.
            NotImplementedError: The algorithm is not known.
        """
        if json_encoder is None and sort_headers is True:
            token = _fast.encode(self, payload, key, algorithm, headers)
            if token is not None:
                return token
        if not isinstance(payload, dict):
            raise TypeError(
                "Expecting a dict object, as JWT only supports JSON objects as payloads."
            )
        payload = payload.copy()
        for claim in ("exp", "iat", "nbf"):
            if isinstance(payload.get(claim), datetime):
                payload[claim] = timegm(payload[claim].utctimetuple())
        if "iss" in payload and not isinstance(payload["iss"], str):
            raise TypeError("Issuer (iss) must be a string.")

        json_payload = self._encode_payload(payload, headers=headers, json_encoder=json_encoder)
        return self._jws.encode(
            json_payload,
            key,
            algorithm,
            headers,
            json_encoder,
            sort_headers=sort_headers,
        )

    def _encode_payload(
        self,
        payload: dict[str, Any],
        headers: dict[str, Any] | None = None,
        json_encoder: type[json.JSONEncoder] | None = None,
    ) -> bytes:
        """Return the bytes to sign. Subclasses replace it, to compress for example."""
        return json.dumps(payload, separators=(",", ":"), cls=json_encoder).encode("utf-8")

    def decode_complete(
        self,
        jwt: str | bytes,
        key: AllowedPublicKeyTypes = "",
        algorithms: Sequence[str] | None = None,
        options: Options | None = None,
        verify: bool | None = None,
        detached_payload: bytes | None = None,
        audience: str | Iterable[str] | None = None,
        issuer: str | Container[str] | None = None,
        subject: str | None = None,
        leeway: float | timedelta = 0,
        **kwargs: Any,
    ) -> dict[str, Any]:
        """Verify a token and return its ``payload``, ``header`` and ``signature``.

        The arguments are those of :meth:`decode`; ``issuer`` and ``subject`` change places.
        """
        if verify is None and detached_payload is None and not kwargs:
            complete = _fast.decode_complete(
                self, jwt, key, algorithms, options, audience, subject, issuer, leeway
            )
            if complete is not None:
                return complete
        if kwargs:
            algorithms = _differences.algorithms_of_keyword(algorithms, kwargs)
        if kwargs:
            warnings.warn(
                "passing additional kwargs to decode_complete() is deprecated "
                "and will be removed in pyjwt version 3. "
                f"Unsupported kwargs: {tuple(kwargs.keys())}",
                RemovedInPyjwt3Warning,
                stacklevel=2,
            )

        verify_signature = True if options is None else options.get("verify_signature", True)
        if verify is not None and verify != verify_signature:
            warnings.warn(
                "The `verify` argument to `decode` does nothing in PyJWT 2.0 and newer. "
                "The equivalent is setting `verify_signature` to False in the `options` "
                "dictionary. This invocation has a mismatch between the kwarg and the option "
                "entry.",
                category=DeprecationWarning,
                stacklevel=2,
            )

        merged_options = self._merge_options(options)
        sig_options: SigOptions = {
            "verify_signature": verify_signature,
            "enforce_minimum_key_length": merged_options.get("enforce_minimum_key_length", False),
        }
        decoded = self._jws.decode_complete(
            jwt,
            key=key,
            algorithms=algorithms,
            options=sig_options,
            detached_payload=detached_payload,
        )
        payload = self._decode_payload(decoded)
        self._validate_claims(
            payload,
            merged_options,
            audience=audience,
            issuer=issuer,
            leeway=leeway,
            subject=subject,
        )
        decoded["payload"] = payload
        return decoded

    def _decode_payload(self, decoded: dict[str, Any]) -> dict[str, Any]:
        """Return the claims of what ``PyJWS`` decoded. Subclasses replace it.

        Raises:
            DecodeError: The payload is no JSON object.
        """
        try:
            payload: dict[str, Any] = json.loads(decoded["payload"])
        except (ValueError, RecursionError) as e:
            raise DecodeError(f"Invalid payload string: {e}") from e
        if not isinstance(payload, dict):
            raise DecodeError("Invalid payload string: must be a json object")
        return payload

    def decode(
        self,
        jwt: str | bytes,
        key: AllowedPublicKeys | PyJWK | str | bytes = "",
        algorithms: Sequence[str] | None = None,
        options: Options | None = None,
        verify: bool | None = None,
        detached_payload: bytes | None = None,
        audience: str | Iterable[str] | None = None,
        subject: str | None = None,
        issuer: str | Container[str] | None = None,
        leeway: float | timedelta = 0,
        **kwargs: Any,
    ) -> dict[str, Any]:
        """Verify a token and return its claims.

        Args:
            jwt: The token.
            key: A key that fits the algorithms, or several in a list or tuple, tried in turn.
            algorithms: The names of those that the token may be signed with. They are the
                verifier's choice: never take them from the token. A :class:`.PyJWK` has its own.
            options: What to check; see :class:`.Options`.
            verify: Has no effect, and warns where it contradicts ``options``.
            detached_payload: The payload of a token that does not contain it.
            audience: The expected ``aud``: one, or several of which one must match.
            subject: The expected ``sub``.
            issuer: The expected ``iss``: one, or several of which it must be one.
            leeway: By how many seconds the clocks may differ.

        Raises:
            InvalidTokenError: The token is refused; the subclass says why.
            InvalidKeyError: The key does not fit.
        """
        if verify is None and detached_payload is None and not kwargs:
            claims = _fast.decode(
                self, jwt, key, algorithms, options, audience, subject, issuer, leeway
            )
            if claims is not None:
                return claims
        if kwargs:
            algorithms = _differences.algorithms_of_keyword(algorithms, kwargs)
        if kwargs:
            warnings.warn(
                "passing additional kwargs to decode() is deprecated "
                "and will be removed in pyjwt version 3. "
                f"Unsupported kwargs: {tuple(kwargs.keys())}",
                RemovedInPyjwt3Warning,
                stacklevel=2,
            )
        decoded = self.decode_complete(
            jwt,
            key,
            algorithms,
            options,
            verify=verify,
            detached_payload=detached_payload,
            audience=audience,
            subject=subject,
            issuer=issuer,
            leeway=leeway,
        )
        return cast(dict[str, Any], decoded["payload"])

    def _validate_claims(
        self,
        payload: dict[str, Any],
        options: FullOptions,
        audience: Iterable[str] | str | None = None,
        issuer: Container[str] | str | None = None,
        subject: str | None = None,
        leeway: float | timedelta = 0,
    ) -> None:
        """Check every claim that the options ask for, in the order below."""
        if isinstance(leeway, timedelta):
            leeway = leeway.total_seconds()
        if audience is not None and not isinstance(audience, (str, Iterable)):
            raise TypeError("audience must be a string, iterable or None")

        self._validate_required_claims(payload, options["require"])

        now = datetime.now(tz=timezone.utc).timestamp()
        if "iat" in payload and options["verify_iat"]:
            self._validate_iat(payload, now, leeway)
        if "nbf" in payload and options["verify_nbf"]:
            self._validate_nbf(payload, now, leeway)
        if "exp" in payload and options["verify_exp"]:
            self._validate_exp(payload, now, leeway)

        if options["verify_iss"]:
            self._validate_iss(payload, issuer)
        if options["verify_aud"]:
            self._validate_aud(payload, audience, strict=options.get("strict_aud", False))
        if options["verify_sub"]:
            self._validate_sub(payload, subject)
        if options["verify_jti"]:
            self._validate_jti(payload)

    def _validate_required_claims(self, payload: dict[str, Any], claims: Iterable[str]) -> None:
        missing = _rules.missing_claim(payload, claims)
        if missing is not None:
            raise MissingRequiredClaimError(missing[0])

    def _validate_sub(self, payload: dict[str, Any], subject: str | None = None) -> None:
        reason = _rules.subject_refusal(payload, subject)
        if reason == "not text":
            raise InvalidSubjectError("Subject must be a string")
        if reason is not None:
            raise InvalidSubjectError("Invalid subject")

    def _validate_jti(self, payload: dict[str, Any]) -> None:
        if not _rules.is_token_id(payload):
            raise InvalidJTIError("JWT ID must be a string")

    def _validate_iat(self, payload: dict[str, Any], now: float, leeway: float) -> None:
        try:
            iat = int(payload["iat"])
        except (ValueError, TypeError, OverflowError):
            raise InvalidIssuedAtError("Issued At claim (iat) must be an integer.") from None
        if _rules.is_future(iat, now, leeway):
            raise ImmatureSignatureError("The token is not yet valid (iat)")

    def _validate_nbf(self, payload: dict[str, Any], now: float, leeway: float) -> None:
        try:
            nbf = int(payload["nbf"])
        except (ValueError, TypeError, OverflowError):
            raise DecodeError("Not Before claim (nbf) must be an integer.") from None
        if _rules.is_future(nbf, now, leeway):
            raise ImmatureSignatureError("The token is not yet valid (nbf)")

    def _validate_exp(self, payload: dict[str, Any], now: float, leeway: float) -> None:
        try:
            exp = int(payload["exp"])
        except (ValueError, TypeError, OverflowError):
            raise DecodeError("Expiration Time claim (exp) must be an integer.") from None
        if _rules.is_past(exp, now, leeway):
            raise ExpiredSignatureError("Signature has expired")

    def _validate_aud(
        self,
        payload: dict[str, Any],
        audience: str | Iterable[str] | None,
        *,
        strict: bool = False,
    ) -> None:
        reason = _rules.audience_refusal(payload, audience, strict)
        if reason == "missing":
            raise MissingRequiredClaimError("aud")
        if reason is not None:
            words = {
                "unexpected": "Invalid audience",
                "strict expectation": "Invalid audience (strict)",
                "strict form": "Invalid claim format in token (strict)",
                "strict mismatch": "Audience doesn't match (strict)",
                "form": "Invalid claim format in token",
                "mismatch": "Audience doesn't match",
            }
            raise InvalidAudienceError(words[reason])

    def _validate_iss(self, payload: dict[str, Any], issuer: Container[str] | str | None) -> None:
        if issuer is None:
            return
        if "iss" not in payload:
            raise MissingRequiredClaimError("iss")
        iss = payload["iss"]
        try:
            reason = _rules.issuer_refusal(iss, issuer)
        except TypeError:
            raise InvalidIssuerError('Issuer param must be "str" or "Container[str]"') from None
        if reason == "not text":
            raise InvalidIssuerError("Payload Issuer (iss) must be a string")
        if reason is not None:
            raise InvalidIssuerError("Invalid issuer")


_jwt_global_obj = PyJWT()
_jwt_global_obj._jws = _jws_global_obj  # pyright: ignore[reportPrivateUsage]
encode: Final = _jwt_global_obj.encode
decode_complete: Final = _jwt_global_obj.decode_complete
decode: Final = _jwt_global_obj.decode
