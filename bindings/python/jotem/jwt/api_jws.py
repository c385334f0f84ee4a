"""JSON Web Signatures in compact form (RFC 7515), with unencoded payloads (RFC 7797)."""

from __future__ import annotations

import binascii
import json
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from . import _differences, _rules
from .algorithms import (
    Algorithm,
    get_default_algorithms,
    has_crypto,
    requires_cryptography,
)
from .api_jwk import PyJWK
from .exceptions import (
    DecodeError,
    InvalidAlgorithmError,
    InvalidKeyError,
    InvalidSignatureError,
    InvalidTokenError,
)
from .utils import base64url_decode, base64url_encode
from .warnings import InsecureKeyLengthWarning, RemovedInPyjwt3Warning

if TYPE_CHECKING:
    from typing import Final

    from .algorithms import AllowedPrivateKeys, AllowedPublicKeys
    from .types import SigOptions

_ALGORITHM_UNSET: Any = object()
_BASE64URL_ALPHABET = _rules.BASE64URL_ALPHABET


class PyJWS:
    """Signs bytes and verifies signed bytes.

    Args:
        algorithms: The names of the algorithms that can be used at all (default: every one).
        options: See :class:`.SigOptions`.
    """

    header_typ = "JWT"

    def __init__(
        self,
        algorithms: Sequence[str] | None = None,
        options: SigOptions | None = None,
    ) -> None:
        self._algorithms = get_default_algorithms()
        self._valid_algs = set(self._algorithms if algorithms is None else algorithms)
        for name in list(self._algorithms.keys()):
            if name not in self._valid_algs:
                del self._algorithms[name]

        self.options: SigOptions = self._get_default_options()
        if options is not None:
            self.options = {**self.options, **options}

    @staticmethod
    def _get_default_options() -> SigOptions:
        return {"verify_signature": True, "enforce_minimum_key_length": False}

    def register_algorithm(self, alg_id: str, alg_obj: Algorithm) -> None:
        """Make an algorithm known under a name.

        Raises:
            ValueError: The name is taken.
            TypeError: The object is no :class:`.Algorithm`.
        """
        if alg_id in self._algorithms:
            raise ValueError("Algorithm already has a handler.")
        if not isinstance(alg_obj, Algorithm):
            raise TypeError("Object is not of type `Algorithm`")
        self._algorithms[alg_id] = alg_obj
        self._valid_algs.add(alg_id)

    def unregister_algorithm(self, alg_id: str) -> None:
        """Forget an algorithm; ``KeyError`` if it is not known."""
        if alg_id not in self._algorithms:
            raise KeyError(
                "The specified algorithm could not be removed because it is not registered."
            )
        del self._algorithms[alg_id]
        self._valid_algs.remove(alg_id)

    def get_algorithms(self) -> list[str]:
        """Return the names of the algorithms that can be used, in no order."""
        return list(self._valid_algs)

    def get_algorithm_by_name(self, alg_name: str) -> Algorithm:
        """Return an algorithm; ``NotImplementedError`` if it is not known."""
        try:
            return self._algorithms[alg_name]
        except KeyError as e:
            addition = _differences.unregistered_algorithm(
                alg_name, known={*self._algorithms, *self._valid_algs}
            )
            if addition is not None:
                return addition
            if not has_crypto and alg_name in requires_cryptography:
                raise NotImplementedError(
                    f"Algorithm '{alg_name}' could not be found. "
                    "Do you have cryptography installed?"
                ) from e
            raise NotImplementedError("Algorithm not supported") from e

    def encode(
        self,
        payload: bytes,
        key: AllowedPrivateKeys | PyJWK | str | bytes,
        algorithm: str | None = _ALGORITHM_UNSET,
        headers: dict[str, Any] | None = None,
        json_encoder: type[json.JSONEncoder] | None = None,
        is_payload_detached: bool = False,
        sort_headers: bool = True,
    ) -> str:
        """Sign a payload and return the token.

        Args:
            payload: The bytes to sign.
            key: A key that fits the algorithm.
            algorithm: Its name; by default that of a :class:`.PyJWK`, or HS256.
            headers: More header parameters. An ``alg`` among them has precedence.
            json_encoder: Encodes the header.
            is_payload_detached: Leave the payload out of the token, and sign it unencoded.
            sort_headers: Write the header parameters in order of their names.

        Raises:
            InvalidKeyError: The key does not fit.
            InvalidTokenError: A header parameter is malformed.
            NotImplementedError: The algorithm is not known.
        """
        if algorithm is not _ALGORITHM_UNSET and algorithm is not None:
            alg = algorithm
        elif isinstance(key, PyJWK):
            alg = key.algorithm_name
        else:
            alg = "HS256" if algorithm is _ALGORITHM_UNSET else "none"

        if headers:
            if headers.get("alg"):
                alg = headers["alg"]
            if headers.get("b64") is False:
                is_payload_detached = True

        header = _header_to_sign(self, alg, headers, is_payload_detached)
        json_header = json.dumps(
            header, separators=(",", ":"), cls=json_encoder, sort_keys=sort_headers
        ).encode()

        header_segment = base64url_encode(json_header)
        payload_segment = payload if is_payload_detached else base64url_encode(payload)
        signing_input = b".".join([header_segment, payload_segment])

        alg_obj = self.get_algorithm_by_name(alg)
        prepared_key = alg_obj.prepare_key(key.key if isinstance(key, PyJWK) else key)
        complaint = alg_obj.check_key_length(prepared_key)
        if complaint:
            if self.options.get("enforce_minimum_key_length", False):
                raise InvalidKeyError(complaint)
            warnings.warn(complaint, InsecureKeyLengthWarning, stacklevel=2)
        signature = alg_obj.sign(signing_input, prepared_key)

        signature_segment = base64url_encode(signature)
        if is_payload_detached:
            payload_segment = b""
        return b".".join([header_segment, payload_segment, signature_segment]).decode("utf-8")

    def decode_complete(
        self,
        jwt: str | bytes,
        key: AllowedPublicKeys | PyJWK | str | bytes = "",
        algorithms: Sequence[str] | None = None,
        options: SigOptions | None = None,
        detached_payload: bytes | None = None,
        **kwargs: dict[str, Any],
    ) -> dict[str, Any]:
        """Verify a token and return its ``payload``, ``header`` and ``signature``.

        Args:
            jwt: The token.
            key: A key that fits the algorithms, or several in a list or tuple, tried in turn.
            algorithms: The names of those that the token may be signed with. They are the
                verifier's choice: never take them from the token. A :class:`.PyJWK` has its own.
            options: See :class:`.SigOptions`.
            detached_payload: The payload of a token that does not contain it.

        Raises:
            InvalidTokenError: The token is refused; the subclass says why.
            InvalidKeyError: The key does not fit.
        """
        if kwargs:
            warnings.warn(
                "passing additional kwargs to decode_complete() is deprecated "
                "and will be removed in pyjwt version 3. "
                f"Unsupported kwargs: {tuple(kwargs.keys())}",
                RemovedInPyjwt3Warning,
                stacklevel=2,
            )
        merged_options: SigOptions = (
            self.options if options is None else {**self.options, **options}
        )
        verify_signature = merged_options[
            "verify_signature"  # pyright: ignore[reportTypedDictNotRequiredAccess]
        ]
        keys = _differences.candidate_keys(key)
        if (
            verify_signature
            and not algorithms
            and not all(isinstance(candidate, PyJWK) for candidate in keys)
        ):
            raise DecodeError(
                'It is required that you pass in a value for the "algorithms" argument '
                "when calling decode()."
            )

        payload, signing_input, header, signature = self._load(jwt)
        self._validate_headers(header)

        is_detached = header.get("b64", True) is False
        if detached_payload is not None and not is_detached:
            raise DecodeError(
                'It is only valid to pass "detached_payload" when the protected header '
                'has "b64" set to false.'
            )
        if is_detached:
            payload = _payload_beside(header, detached_payload)
            signing_input = b".".join([signing_input.rsplit(b".", 1)[0], payload])

        if verify_signature:
            algorithms = _differences.reusable(algorithms)
            # No function of its own: the warning about a short key counts the frames.
            for position, candidate in enumerate(keys, start=1):
                try:
                    self._verify_signature(
                        signing_input,
                        header,
                        signature,
                        candidate,
                        algorithms,
                        options=merged_options,
                    )
                    break
                except _differences.NEXT_KEY_AFTER:
                    if position == len(keys):
                        raise

        return {"payload": payload, "header": header, "signature": signature}

    def decode(
        self,
        jwt: str | bytes,
        key: AllowedPublicKeys | PyJWK | str | bytes = "",
        algorithms: Sequence[str] | None = None,
        options: SigOptions | None = None,
        detached_payload: bytes | None = None,
        **kwargs: dict[str, Any],
    ) -> Any:
        """Verify a token and return its payload. See :meth:`decode_complete`."""
        if kwargs:
            warnings.warn(
                "passing additional kwargs to decode() is deprecated "
                "and will be removed in pyjwt version 3. "
                f"Unsupported kwargs: {tuple(kwargs.keys())}",
                RemovedInPyjwt3Warning,
                stacklevel=2,
            )
        decoded = self.decode_complete(
            jwt, key, algorithms, options, detached_payload=detached_payload
        )
        return decoded["payload"]

    def get_unverified_header(self, jwt: str | bytes) -> dict[str, Any]:
        """Return the header of a token that anyone may have written."""
        header = self._load(jwt)[2]
        self._validate_headers(header)
        return header

    @staticmethod
    def _decode_base64url_segment(segment: bytes, name: str) -> bytes:
        """Decode one part of a token; ``DecodeError`` if it has another spelling as well."""
        text = _rules.unpadded_segment(segment, _BASE64URL_ALPHABET)
        if text is None:
            raise DecodeError(f"Invalid {name} padding")
        try:
            decoded = base64url_decode(text)
        except (TypeError, binascii.Error) as err:
            raise DecodeError(f"Invalid {name} padding") from err
        if base64url_encode(decoded) != text:
            raise DecodeError(f"Invalid {name} padding")
        return decoded

    def _load(self, jwt: str | bytes) -> tuple[bytes, bytes, dict[str, Any], bytes]:
        """Split a token into its payload, the bytes that are signed, its header, its signature.

        Raises:
            DecodeError: It is no token.
        """
        if isinstance(jwt, str):
            jwt = jwt.encode("utf-8")
        if not isinstance(jwt, bytes):
            raise DecodeError(f"Invalid token type. Token must be a {bytes}")
        try:
            signing_input, signature_segment = jwt.rsplit(b".", 1)
            header_segment, payload_segment = signing_input.split(b".", 1)
        except ValueError as err:
            raise DecodeError("Not enough segments") from err

        header_data = self._decode_base64url_segment(header_segment, "header")
        try:
            header: dict[str, Any] = json.loads(header_data)
        except (ValueError, RecursionError) as e:
            raise DecodeError(f"Invalid header string: {e}") from e
        if not isinstance(header, dict):
            raise DecodeError("Invalid header string: must be a json object")

        if header.get("b64", True) is False:
            # Nobody reads this segment, so nobody decodes it: it may be large.
            if payload_segment:
                raise DecodeError("Payload segment must be empty when 'b64' is false.")
            payload = b""
        else:
            payload = self._decode_base64url_segment(payload_segment, "payload")
        signature = self._decode_base64url_segment(signature_segment, "crypto")
        return payload, signing_input, header, signature

    def _verify_signature(
        self,
        signing_input: bytes,
        header: dict[str, Any],
        signature: bytes,
        key: AllowedPublicKeys | PyJWK | str | bytes = "",
        algorithms: Sequence[str] | None = None,
        options: SigOptions | None = None,
    ) -> None:
        """Check the algorithm, the key and the signature.

        Raises:
            InvalidAlgorithmError: The algorithm is not allowed, not known, or not the key's.
            InvalidKeyError: The key does not fit.
            InvalidSignatureError: The signature does not hold.
        """
        effective_options = self.options if options is None else options
        algorithms = _differences.reusable(algorithms)
        if algorithms is None and isinstance(key, PyJWK):
            algorithms = [key.algorithm_name]
        try:
            alg = header["alg"]
        except KeyError:
            raise InvalidAlgorithmError("Algorithm not specified") from None
        if not alg or (algorithms is not None and alg not in algorithms):
            raise InvalidAlgorithmError("The specified alg value is not allowed")

        if isinstance(key, PyJWK):
            # The key has one algorithm, whatever the token says and the list allows.
            if alg != key.algorithm_name:
                raise InvalidAlgorithmError(
                    f"Token algorithm {alg!r} does not match the key's "
                    f"algorithm {key.algorithm_name!r}"
                )
            alg_obj = key.Algorithm
            prepared_key = alg_obj.prepare_key(key.key)
        else:
            try:
                alg_obj = self.get_algorithm_by_name(alg)
            except NotImplementedError as e:
                raise InvalidAlgorithmError("Algorithm not supported") from e
            prepared_key = alg_obj.prepare_key(key)
            _differences.refuse_mixed_families(alg_obj, alg, algorithms)

        complaint = alg_obj.check_key_length(prepared_key)
        if complaint:
            if effective_options.get("enforce_minimum_key_length", False):
                raise InvalidKeyError(complaint)
            warnings.warn(complaint, InsecureKeyLengthWarning, stacklevel=4)
        if not alg_obj.verify(signing_input, prepared_key, signature):
            raise InvalidSignatureError("Signature verification failed")

    # The extensions that a `crit` may name.
    _supported_crit: set[str] = {"b64"}

    def _validate_headers(self, headers: dict[str, Any], *, encoding: bool = False) -> None:
        """Check ``kid`` and, in a token that is read, ``crit``."""
        if "kid" in headers:
            self._validate_kid(headers["kid"])
        if not encoding and "crit" in headers:
            self._validate_crit(headers)

    def _validate_kid(self, kid: Any) -> None:
        if not _rules.is_key_id(kid):
            raise InvalidTokenError("Key ID header parameter must be a string")

    def _validate_crit(self, headers: dict[str, Any]) -> None:
        refusal = _rules.crit_refusal(headers, self._supported_crit)
        if refusal is not None:
            reason, extension = refusal
            words = {
                "not a list": "Invalid 'crit' header: must be a non-empty list",
                "not text": "Invalid 'crit' header: values must be strings",
                "unsupported": f"Unsupported critical extension: {extension}",
                "absent": f"Critical extension '{extension}' is missing from headers",
            }
            raise InvalidTokenError(words[reason])


def _header_to_sign(
    jws: PyJWS, alg: str, headers: dict[str, Any] | None, is_payload_detached: bool
) -> dict[str, Any]:
    """Return the header parameters of a new token.

    Raises:
        InvalidTokenError: One of them is malformed.
    """
    header: dict[str, Any] = {"typ": jws.header_typ, "alg": alg}
    if headers:
        jws._validate_headers(headers, encoding=True)  # pyright: ignore[reportPrivateUsage]
        header.update(headers)
    if not header["typ"]:
        del header["typ"]

    if is_payload_detached:
        header["b64"] = False
        crit = header.get("crit", [])
        if not isinstance(crit, list):
            raise InvalidTokenError("Invalid 'crit' header: must be a list")
        # RFC 7797 section 3: a verifier that does not know `b64` must refuse the token.
        if "b64" not in crit:
            header["crit"] = [*crit, "b64"]
    else:
        header.pop("b64", None)
    return header


def _payload_beside(header: dict[str, Any], detached_payload: bytes | None) -> bytes:
    """Return the payload of a token that does not contain it.

    Raises:
        InvalidTokenError: ``crit`` does not name ``b64``, as RFC 7797 section 3 demands.
        DecodeError: The caller has not given the payload.
    """
    crit: Any = header.get("crit") or []
    if not isinstance(crit, list) or "b64" not in crit:
        raise InvalidTokenError("The 'b64' header parameter requires 'b64' to be listed in 'crit'.")
    if detached_payload is None:
        raise DecodeError(
            'It is required that you pass in a value for the "detached_payload" argument '
            "to decode a message having the b64 header set to false."
        )
    return detached_payload


_jws_global_obj = PyJWS()
encode: Final = _jws_global_obj.encode
decode_complete: Final = _jws_global_obj.decode_complete
decode: Final = _jws_global_obj.decode
register_algorithm: Final = _jws_global_obj.register_algorithm
unregister_algorithm: Final = _jws_global_obj.unregister_algorithm
get_algorithm_by_name: Final = _jws_global_obj.get_algorithm_by_name
get_unverified_header: Final = _jws_global_obj.get_unverified_header
