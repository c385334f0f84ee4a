"""JSON Web Keys and sets of them (RFC 7517), as objects with a key that is ready for use."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

from . import _differences
from .algorithms import (
    Algorithm as _Algorithm,
    get_default_algorithms,
    has_crypto,
    requires_cryptography,
)
from .exceptions import (
    InvalidKeyError,
    MissingCryptographyError,
    PyJWKError,
    PyJWKSetError,
    PyJWTError,
)
from .types import JWKDict


class PyJWK:
    """A key with its one algorithm.

    ``key`` is the key as ``Algorithm`` takes it, ``algorithm_name`` the name of that.

    Args:
        jwk_data: The JWK.
        algorithm: The algorithm, if it is not the one that the JWK names or its kind implies.

    Raises:
        InvalidKeyError: The JWK is of an unknown kind, or no whole key.
        MissingCryptographyError: Its algorithm needs ``cryptography``.
        PyJWKError: Its algorithm is unknown.
    """

    def __init__(self, jwk_data: JWKDict, algorithm: str | None = None) -> None:
        self._jwk_data = jwk_data

        kty = self._jwk_data.get("kty", None)
        if not kty:
            raise InvalidKeyError(f"kty is not found: {self._jwk_data}")
        if not algorithm and isinstance(self._jwk_data, dict):
            algorithm = self._jwk_data.get("alg", None)
        if not algorithm:
            algorithm = _implied_algorithm(self._jwk_data, kty)

        if not has_crypto and algorithm in requires_cryptography:
            raise MissingCryptographyError(f"{algorithm} requires 'cryptography' to be installed.")
        self.algorithm_name = algorithm

        self.Algorithm: _Algorithm
        try:
            self.Algorithm = get_default_algorithms()[algorithm]
        except KeyError:
            addition = _differences.unregistered_algorithm(algorithm)
            if addition is None:
                raise PyJWKError(
                    f"Unable to find an algorithm for key: {self._jwk_data}",
                ) from None
            self.Algorithm = addition

        try:
            self.key: Any = self.Algorithm.from_jwk(self._jwk_data)
        except (TypeError, ValueError) as error:
            raise InvalidKeyError(f"Unable to construct key from JWK: {error}") from error

    @staticmethod
    def from_dict(obj: JWKDict, algorithm: str | None = None) -> PyJWK:
        """Make one from a JWK."""
        return PyJWK(obj, algorithm)

    @staticmethod
    def from_json(data: str, algorithm: str | None = None) -> PyJWK:
        """Make one from the text of a JWK."""
        return PyJWK.from_dict(json.loads(data), algorithm)

    @property
    def key_type(self) -> str | None:
        """The member ``kty``."""
        return self._jwk_data.get("kty", None)

    @property
    def key_id(self) -> str | None:
        """The member ``kid``."""
        return self._jwk_data.get("kid", None)

    @property
    def public_key_use(self) -> str | None:
        """The member ``use``."""
        return self._jwk_data.get("use", None)


def _implied_algorithm(jwk_data: JWKDict, kty: str) -> str:
    """Return the algorithm of a JWK that names none; ``InvalidKeyError`` if there is none."""
    crv = jwk_data.get("crv", None)
    if kty == "RSA":
        return "RS256"
    if kty == "oct":
        return "HS256"
    if kty == "EC":
        if crv == "P-256" or not crv:
            return "ES256"
        if crv == "P-384":
            return "ES384"
        if crv == "P-521":
            return "ES512"
        if crv == "secp256k1":
            return "ES256K"
        raise InvalidKeyError(f"Unsupported crv: {crv}")
    if kty == "OKP":
        if not crv:
            raise InvalidKeyError(f"crv is not found: {jwk_data}")
        if crv == "Ed25519":
            return "EdDSA"
        raise InvalidKeyError(f"Unsupported crv: {crv}")
    raise InvalidKeyError(f"Unsupported kty: {kty}")


class PyJWKSet:
    """The keys of a set that can be used; members that are no such keys are skipped.

    Raises:
        PyJWKSetError: There is none.
        MissingCryptographyError: One of them needs ``cryptography``.
    """

    def __init__(self, keys: list[JWKDict]) -> None:
        self.keys: list[PyJWK] = []

        if not keys:
            raise PyJWKSetError("The JWK Set did not contain any keys")
        if not isinstance(keys, list):
            raise PyJWKSetError("Invalid JWK Set value")

        for key in keys:
            if not isinstance(key, dict):
                continue
            try:
                self.keys.append(PyJWK(key))
            except PyJWTError as error:
                if isinstance(error, MissingCryptographyError):
                    raise

        if len(self.keys) == 0:
            raise PyJWKSetError(
                "The JWK Set did not contain any usable keys. "
                "Perhaps 'cryptography' is not installed?"
            )

    @staticmethod
    def from_dict(obj: dict[str, Any]) -> PyJWKSet:
        """Make one from a JWK set."""
        return PyJWKSet(obj.get("keys", []))

    @staticmethod
    def from_json(data: str) -> PyJWKSet:
        """Make one from the text of a JWK set."""
        return PyJWKSet.from_dict(json.loads(data))

    def __getitem__(self, kid: str) -> PyJWK:
        """Return the first key with this ``kid``; ``KeyError`` if there is none."""
        for key in self.keys:
            if key.key_id == kid:
                return key
        raise KeyError(f"keyset has no key for kid: {kid}")

    def __iter__(self) -> Iterator[PyJWK]:
        return iter(self.keys)


class PyJWTSetWithTimestamp:
    """A key set, and when it came."""

    def __init__(self, jwk_set: PyJWKSet):
        self.jwk_set = jwk_set
        self.timestamp: float = time.monotonic()

    def get_jwk_set(self) -> PyJWKSet:
        """Return the key set."""
        return self.jwk_set

    def get_timestamp(self) -> float:
        """Return the reading of the monotonic clock when it came."""
        return self.timestamp
