"""The public-key algorithms with keys of the engine, for where ``cryptography`` is not installed.

With it, its key objects are used, and this module is not imported. The classes have the names,
methods and arguments of those in :mod:`.algorithms`; a hash function is one of :mod:`hashlib`, a
curve its name. What the engine does not hold is refused: RSA keys of less than 2048 bits, Ed448.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, ClassVar

from .._jotem import EngineKey
from .algorithms import Algorithm, _jwk_members  # pyright: ignore[reportPrivateUsage]
from .exceptions import InvalidKeyError
from .types import HashlibHash, JWKDict
from .utils import force_bytes


class EngineAlgorithm(Algorithm):
    """What the algorithms of public keys have in common."""

    _key_type: ClassVar[str]
    _public_members: ClassVar[tuple[str, ...]]
    _private_members: ClassVar[tuple[str, ...]]

    def _name(self, key: EngineKey) -> str:
        """Return the JWS name of this algorithm with this key."""
        raise NotImplementedError

    def prepare_key(self, key: EngineKey | str | bytes) -> EngineKey:
        """Return a key object, read from PEM or OpenSSH text if need be.

        Raises:
            InvalidKeyError: It is a key of another family or on another curve, or no key.
            TypeError: It is neither text nor a key object.
        """
        if not isinstance(key, EngineKey):
            if not isinstance(key, (bytes, str)):
                raise TypeError("Expecting a PEM-formatted key.")
            try:
                key = EngineKey.from_text(force_bytes(key))
            except ValueError as error:
                raise InvalidKeyError(f"Could not parse the provided key: {error}") from None
        if key.key_type != self._key_type:
            raise InvalidKeyError(
                f"Expected a key of type {self._key_type}, got: {key.key_type}. "
                f"Invalid Key type for {self.__class__.__name__}"
            )
        return key

    def sign(self, msg: bytes, key: EngineKey) -> bytes:
        """Return the signature of ``msg``; ``InvalidKeyError`` for a public key."""
        try:
            return key.sign(self._name(key), msg)
        except ValueError as error:
            raise InvalidKeyError(str(error)) from None

    def verify(self, msg: bytes, key: EngineKey, sig: bytes) -> bool:
        """Tell whether ``sig`` is a signature of ``msg``."""
        try:
            return key.verify(self._name(key), msg, sig)
        except ValueError as error:
            raise InvalidKeyError(str(error)) from None

    @classmethod
    def _read(cls, jwk: str | JWKDict, otherwise: str) -> EngineKey:
        members = _jwk_members(jwk)
        if members.get("kty") != cls._key_type:
            raise InvalidKeyError(otherwise)
        # Which algorithm and use it is for has been decided, and is not the engine's to judge.
        names = ("kty", "crv", *cls._public_members, *cls._private_members, "oth")
        document = {name: members[name] for name in names if name in members}
        try:
            return EngineKey.from_json(json.dumps(document))
        except (TypeError, ValueError) as error:
            raise InvalidKeyError(str(error)) from None

    @classmethod
    def _written(cls, key: Any, members: dict[str, Any], as_dict: bool) -> JWKDict | str:
        """Add what the key consists of to the members, and return the JWK."""
        if not isinstance(key, EngineKey) or key.key_type != cls._key_type:
            raise InvalidKeyError("Not a public or private key")
        whole = json.loads(key.to_json())
        names = cls._public_members + (cls._private_members if key.is_private else ())
        members.update({name: whole[name] for name in names})
        return members if as_dict else json.dumps(members)


class RSAAlgorithm(EngineAlgorithm):
    """RSASSA-PKCS1-v1_5: RS256, RS384, RS512."""

    SHA256: ClassVar[HashlibHash] = hashlib.sha256
    SHA384: ClassVar[HashlibHash] = hashlib.sha384
    SHA512: ClassVar[HashlibHash] = hashlib.sha512

    _key_type = "RSA"
    _public_members = ("n", "e")
    _private_members = ("d", "p", "q", "dp", "dq", "qi")
    _family: ClassVar[str] = "RS"

    def __init__(self, hash_alg: HashlibHash) -> None:
        self.hash_alg = hash_alg

    def _name(self, key: EngineKey) -> str:
        return f"{self._family}{self.hash_alg().digest_size * 8}"

    def verify(self, msg: bytes, key: EngineKey, sig: bytes) -> bool:
        """Tell whether ``sig`` is a signature of ``msg``; ``InvalidKeyError`` for a private key."""
        if key.is_private:
            raise InvalidKeyError("Verifying takes the public key")
        return super().verify(msg, key, sig)

    @staticmethod
    def to_jwk(key_obj: EngineKey, as_dict: bool = False) -> Any:
        """Return a key as a JWK of kind ``RSA``; ``InvalidKeyError`` if it is no RSA key."""
        operation = "sign" if getattr(key_obj, "is_private", False) else "verify"
        return RSAAlgorithm._written(key_obj, {"kty": "RSA", "key_ops": [operation]}, as_dict)

    @staticmethod
    def from_jwk(jwk: str | JWKDict) -> EngineKey:
        """Return the key of a JWK; ``InvalidKeyError`` if it is no RSA key, or not a whole one."""
        return RSAAlgorithm._read(jwk, "Not an RSA key")


class RSAPSSAlgorithm(RSAAlgorithm):
    """RSASSA-PSS with MGF1 and a salt as long as the digest: PS256, PS384, PS512."""

    _family = "PS"


class ECAlgorithm(EngineAlgorithm):
    """ECDSA on the curve that goes with the hash function: ES256, ES256K, ES384, ES512."""

    SHA256: ClassVar[HashlibHash] = hashlib.sha256
    SHA384: ClassVar[HashlibHash] = hashlib.sha384
    SHA512: ClassVar[HashlibHash] = hashlib.sha512

    _key_type = "EC"
    _public_members = ("x", "y")
    _private_members = ("d",)
    # The one hash function of each curve (RFC 7518 section 3.4, RFC 8812 section 3.2).
    _NAMES: ClassVar[dict[tuple[str | None, int], str]] = {
        ("P-256", 32): "ES256",
        ("secp256k1", 32): "ES256K",
        ("P-384", 48): "ES384",
        ("P-521", 64): "ES512",
    }

    def __init__(self, hash_alg: HashlibHash, expected_curve: str | None = None) -> None:
        self.hash_alg = hash_alg
        self.expected_curve = expected_curve

    def _name(self, key: EngineKey) -> str:
        size = self.hash_alg().digest_size
        name = self._NAMES.get((key.curve, size))
        if name is None:
            raise InvalidKeyError(
                f"The key's curve '{key.curve}' does not go with a hash of {size} bytes"
            )
        return name

    def prepare_key(self, key: EngineKey | str | bytes) -> EngineKey:
        """Return a key object on the expected curve; see :meth:`EngineAlgorithm.prepare_key`."""
        prepared = super().prepare_key(key)
        if self.expected_curve is not None and prepared.curve != self.expected_curve:
            raise InvalidKeyError(
                f"The key's curve '{prepared.curve}' does not match the expected "
                f"curve '{self.expected_curve}' for this algorithm"
            )
        return prepared

    @staticmethod
    def to_jwk(key_obj: EngineKey, as_dict: bool = False) -> Any:
        """Return a key as a JWK of kind ``EC``; ``InvalidKeyError`` if it is no EC key."""
        curve = getattr(key_obj, "curve", None)
        return ECAlgorithm._written(key_obj, {"kty": "EC", "crv": curve}, as_dict)

    @staticmethod
    def from_jwk(jwk: str | JWKDict) -> EngineKey:
        """Return the key of a JWK; ``InvalidKeyError`` if it is no EC key, or not a whole one."""
        return ECAlgorithm._read(jwk, "Not an Elliptic curve key")


class OKPAlgorithm(EngineAlgorithm):
    """EdDSA, with keys on Ed25519."""

    _key_type = "OKP"
    _public_members = ("x",)
    _private_members = ("d",)

    def __init__(self, **kwargs: Any) -> None:
        pass

    def _name(self, key: EngineKey) -> str:
        return "EdDSA"

    @staticmethod
    # The name of the first argument is PyJWT's.
    def to_jwk(  # pyright: ignore[reportIncompatibleMethodOverride]
        key: EngineKey, as_dict: bool = False
    ) -> Any:
        """Return a key as a JWK of kind ``OKP``; ``InvalidKeyError`` if it is none."""
        curve = getattr(key, "curve", None)
        return OKPAlgorithm._written(key, {"kty": "OKP", "crv": curve}, as_dict)

    @staticmethod
    def from_jwk(jwk: str | JWKDict) -> EngineKey:
        """Return the key of a JWK; ``InvalidKeyError`` if it is none, or not a whole one."""
        return OKPAlgorithm._read(jwk, "Not an Octet Key Pair")
