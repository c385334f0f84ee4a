"""The algorithms: how each prepares a key, signs, verifies, and reads and writes a JWK.

One file, although it is a long one: programs replace names of this module (a loader, ``hmac``,
``ECDSA``, ``padding``), and a method sees the replacement only if this is the module it is in.

Whether ``cryptography`` is installed is decided here and nowhere else: without it ``has_crypto`` is
false, and the public-key algorithms are those of :mod:`._engine`.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import sys
from abc import ABC, abstractmethod
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Literal,
    NoReturn,
    Union,
    cast,
    get_args,
    overload,
)

from . import _json_secret, _rules
from .exceptions import InvalidKeyError
from .types import HashlibHash, JWKDict
from .utils import (
    base64url_decode,
    base64url_encode,
    der_to_raw_signature,
    force_bytes,
    from_base64url_uint,
    is_pem_format,
    is_ssh_key,
    raw_to_der_signature,
    to_base64url_uint,
)

try:
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.backends import default_backend
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding
    from cryptography.hazmat.primitives.asymmetric.ec import (
        ECDSA,
        SECP256K1,
        SECP256R1,
        SECP384R1,
        SECP521R1,
        EllipticCurve,
        EllipticCurvePrivateKey,
        EllipticCurvePrivateNumbers,
        EllipticCurvePublicKey,
        EllipticCurvePublicNumbers,
    )
    from cryptography.hazmat.primitives.asymmetric.ed448 import (
        Ed448PrivateKey,
        Ed448PublicKey,
    )
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )
    from cryptography.hazmat.primitives.asymmetric.rsa import (
        RSAPrivateKey,
        RSAPrivateNumbers,
        RSAPublicKey,
        RSAPublicNumbers,
        rsa_crt_dmp1,
        rsa_crt_dmq1,
        rsa_crt_iqmp,
        rsa_recover_prime_factors,
    )
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
        PublicFormat,
        load_der_public_key,
        load_pem_private_key,
        load_pem_public_key,
        load_ssh_public_key,
    )

    if sys.version_info >= (3, 10):
        from typing import TypeAlias
    else:
        from typing_extensions import TypeAlias

    AllowedRSAKeys: TypeAlias = Union[RSAPrivateKey, RSAPublicKey]
    AllowedECKeys: TypeAlias = Union[EllipticCurvePrivateKey, EllipticCurvePublicKey]
    AllowedOKPKeys: TypeAlias = Union[
        Ed25519PrivateKey, Ed25519PublicKey, Ed448PrivateKey, Ed448PublicKey
    ]
    AllowedKeys: TypeAlias = Union[AllowedRSAKeys, AllowedECKeys, AllowedOKPKeys]
    AllowedPrivateKeys: TypeAlias = Union[
        RSAPrivateKey, EllipticCurvePrivateKey, Ed25519PrivateKey, Ed448PrivateKey
    ]
    AllowedPublicKeys: TypeAlias = Union[
        RSAPublicKey, EllipticCurvePublicKey, Ed25519PublicKey, Ed448PublicKey
    ]

    if TYPE_CHECKING or os.getenv("SPHINX_BUILD"):
        from cryptography.hazmat.primitives.asymmetric.types import (
            PrivateKeyTypes,
            PublicKeyTypes,
        )

    has_crypto: bool = True
except ModuleNotFoundError:
    if TYPE_CHECKING:
        raise  # Type checkers know every name above.
    if sys.version_info >= (3, 11):
        from typing import Never
    else:
        from typing_extensions import Never

    AllowedRSAKeys = Never  # type: ignore[misc]
    AllowedECKeys = Never  # type: ignore[misc]
    AllowedOKPKeys = Never  # type: ignore[misc]
    AllowedKeys = Never  # type: ignore[misc]
    AllowedPrivateKeys = Never  # type: ignore[misc]
    AllowedPublicKeys = Never  # type: ignore[misc]
    has_crypto = False


requires_cryptography: set[str] = {
    "RS256",
    "RS384",
    "RS512",
    "ES256",
    "ES256K",
    "ES384",
    "ES521",
    "ES512",
    "PS256",
    "PS384",
    "PS512",
    "EdDSA",
}
if not has_crypto:
    requires_cryptography = set()


def get_default_algorithms() -> dict[str, Algorithm]:
    """Return a new object of every algorithm, by name.

    ``ES521`` is another name of ``ES512``, from a time before the standard.
    """
    algorithms: dict[str, Algorithm] = {
        "none": NoneAlgorithm(),
        "HS256": HMACAlgorithm(HMACAlgorithm.SHA256),
        "HS384": HMACAlgorithm(HMACAlgorithm.SHA384),
        "HS512": HMACAlgorithm(HMACAlgorithm.SHA512),
    }
    # Checkers know the classes that there are with `cryptography`.
    if TYPE_CHECKING or has_crypto:
        curves = (SECP256R1, SECP256K1, SECP384R1, SECP521R1)
    else:
        curves = ("P-256", "secp256k1", "P-384", "P-521")
    algorithms["RS256"] = RSAAlgorithm(RSAAlgorithm.SHA256)
    algorithms["RS384"] = RSAAlgorithm(RSAAlgorithm.SHA384)
    algorithms["RS512"] = RSAAlgorithm(RSAAlgorithm.SHA512)
    algorithms["ES256"] = ECAlgorithm(ECAlgorithm.SHA256, curves[0])
    algorithms["ES256K"] = ECAlgorithm(ECAlgorithm.SHA256, curves[1])
    algorithms["ES384"] = ECAlgorithm(ECAlgorithm.SHA384, curves[2])
    algorithms["ES521"] = ECAlgorithm(ECAlgorithm.SHA512, curves[3])
    algorithms["ES512"] = ECAlgorithm(ECAlgorithm.SHA512, curves[3])
    algorithms["PS256"] = RSAPSSAlgorithm(RSAPSSAlgorithm.SHA256)
    algorithms["PS384"] = RSAPSSAlgorithm(RSAPSSAlgorithm.SHA384)
    algorithms["PS512"] = RSAPSSAlgorithm(RSAPSSAlgorithm.SHA512)
    algorithms["EdDSA"] = OKPAlgorithm()
    return algorithms


def _jwk_members(jwk: str | JWKDict) -> Any:
    """Return a JWK as the object that it is, or that its text describes.

    Raises:
        InvalidKeyError: It is neither an object nor JSON.
    """
    try:
        if isinstance(jwk, str):
            return json.loads(jwk)
        if not isinstance(jwk, dict):
            raise ValueError
    except ValueError:
        raise InvalidKeyError("Key is not valid JSON") from None
    return jwk


class Algorithm(ABC):
    """What an algorithm can do. Programs subclass it to register algorithms of their own."""

    # The classes of `cryptography` whose objects are keys of this algorithm.
    _crypto_key_types: tuple[type[AllowedKeys], ...] | None = None

    def compute_hash_digest(self, bytestr: bytes) -> bytes:
        """Hash with the algorithm's own hash function.

        Raises:
            NotImplementedError: It has none.
        """
        hash_alg = getattr(self, "hash_alg", None)
        if hash_alg is None:
            raise NotImplementedError

        kind: object = hash_alg
        is_from_cryptography = (
            has_crypto and isinstance(kind, type) and issubclass(kind, hashes.HashAlgorithm)
        )
        if not is_from_cryptography:
            return bytes(hash_alg(bytestr).digest())
        digest = hashes.Hash(hash_alg(), backend=default_backend())
        digest.update(bytestr)
        return bytes(digest.finalize())

    def check_crypto_key_type(self, key: PublicKeyTypes | PrivateKeyTypes) -> None:
        """Refuse a key object of another family.

        Raises:
            ValueError: ``cryptography`` is missing, or the algorithm does without it.
            InvalidKeyError: The key is of another family.
        """
        if not has_crypto or self._crypto_key_types is None:
            raise ValueError(
                "This method requires the cryptography library, "
                "and should only be used by cryptography-based algorithms."
            )
        if isinstance(key, self._crypto_key_types):
            return
        # PyJWT shows the generator instead of the names; programs may match the text.
        valid_classes = (cls.__name__ for cls in self._crypto_key_types)
        raise InvalidKeyError(
            f"Expected one of {valid_classes}, got: {key.__class__.__name__}. "
            f"Invalid Key type for {self.__class__.__name__}"
        )

    @abstractmethod
    def prepare_key(self, key: Any) -> Any:
        """Check a key as the caller has it; return it as :meth:`sign` takes it."""

    @abstractmethod
    def sign(self, msg: bytes, key: Any) -> bytes:
        """Return the signature of ``msg``."""

    @abstractmethod
    def verify(self, msg: bytes, key: Any, sig: bytes) -> bool:
        """Tell whether ``sig`` is a signature of ``msg``."""

    @overload
    @staticmethod
    @abstractmethod
    def to_jwk(key_obj: Any, as_dict: Literal[True]) -> JWKDict: ...

    @overload
    @staticmethod
    @abstractmethod
    def to_jwk(key_obj: Any, as_dict: Literal[False] = False) -> str: ...

    @staticmethod
    @abstractmethod
    def to_jwk(key_obj: Any, as_dict: bool = False) -> JWKDict | str:
        """Return a key as a JWK: its text, or the object itself."""

    @staticmethod
    @abstractmethod
    def from_jwk(jwk: str | JWKDict) -> Any:
        """Return the key that a JWK describes."""

    def check_key_length(self, key: Any) -> str | None:
        """Return what to warn about if a prepared key is too short, or ``None``."""
        return None


class NoneAlgorithm(Algorithm):
    """Signs nothing, and verifies nothing."""

    def prepare_key(self, key: str | None) -> None:
        """Take no key; ``InvalidKeyError`` for any."""
        if key == "":
            key = None
        if key is not None:
            raise InvalidKeyError('When alg = "none", key value must be None.')
        return key

    def sign(self, msg: bytes, key: None) -> bytes:
        """Return the empty signature."""
        return b""

    def verify(self, msg: bytes, key: None, sig: bytes) -> bool:
        """Refuse: an unsigned token is read with ``verify_signature`` off, or not at all."""
        return False

    @staticmethod
    def to_jwk(key_obj: Any, as_dict: bool = False) -> NoReturn:
        """Raise ``NotImplementedError``: there is no key."""
        raise NotImplementedError()

    @staticmethod
    def from_jwk(jwk: str | JWKDict) -> NoReturn:
        """Raise ``NotImplementedError``: there is no key."""
        raise NotImplementedError()


class HMACAlgorithm(Algorithm):
    """HMAC with a hash function of :mod:`hashlib`: HS256, HS384, HS512."""

    SHA256: ClassVar[HashlibHash] = hashlib.sha256
    SHA384: ClassVar[HashlibHash] = hashlib.sha384
    SHA512: ClassVar[HashlibHash] = hashlib.sha512

    def __init__(self, hash_alg: HashlibHash) -> None:
        self.hash_alg = hash_alg

    @staticmethod
    def _is_der_key(key_bytes: bytes) -> bool:
        """Tell whether the bytes are a public key or a certificate in DER."""
        if not has_crypto:
            return _rules.is_der_key(key_bytes)
        try:
            load_der_public_key(key_bytes)
            return True
        except (TypeError, ValueError, UnsupportedAlgorithm):
            pass
        try:
            x509.load_der_x509_certificate(key_bytes)
            return True
        except (TypeError, ValueError, UnsupportedAlgorithm):
            return False

    def prepare_key(self, key: str | bytes) -> bytes:
        """Return a secret's bytes.

        Text that is a key of another kind is refused: a verifier that took a public key for a
        secret would believe tokens that anyone can sign.

        Raises:
            InvalidKeyError: It is empty, or a key in PEM, OpenSSH, DER or JWK form.
            TypeError: It is neither text nor bytes.
        """
        key_bytes = force_bytes(key)
        if len(key_bytes) == 0:
            raise InvalidKeyError("HMAC key must not be empty.")

        if is_pem_format(key_bytes) or is_ssh_key(key_bytes) or self._is_der_key(key_bytes):
            raise InvalidKeyError(
                "The specified key is an asymmetric key or x509 certificate and"
                " should not be used as an HMAC secret."
            )

        looks_like_jwk = (
            "The specified key looks like a JWK and should not be "
            "used directly as an HMAC secret. Load it via "
            "PyJWK / HMACAlgorithm.from_jwk first."
        )
        try:
            # Numbers are of no interest, and Python limits how long they may be.
            document = json.loads(key_bytes, parse_int=lambda _: 0)
        except RecursionError:
            if _json_secret.may_hold_jwk(key_bytes, json):
                raise InvalidKeyError(looks_like_jwk) from None
        except ValueError:
            pass
        else:
            if _json_secret.holds_jwk(document):
                raise InvalidKeyError(looks_like_jwk)
        return key_bytes

    @overload
    @staticmethod
    def to_jwk(key_obj: str | bytes, as_dict: Literal[True]) -> JWKDict: ...

    @overload
    @staticmethod
    def to_jwk(key_obj: str | bytes, as_dict: Literal[False] = False) -> str: ...

    @staticmethod
    def to_jwk(key_obj: str | bytes, as_dict: bool = False) -> JWKDict | str:
        """Return a secret as a JWK of kind ``oct``."""
        jwk = {"k": base64url_encode(force_bytes(key_obj)).decode(), "kty": "oct"}
        return jwk if as_dict else json.dumps(jwk)

    @staticmethod
    def from_jwk(jwk: str | JWKDict) -> bytes:
        """Return the secret of a JWK; ``InvalidKeyError`` if it is none or empty."""
        members = _jwk_members(jwk)
        if members.get("kty") != "oct":
            raise InvalidKeyError("Not an HMAC key")
        secret = base64url_decode(members["k"])
        if len(secret) == 0:
            raise InvalidKeyError("HMAC key must not be empty.")
        return secret

    def check_key_length(self, key: bytes) -> str | None:
        """Warn about a secret shorter than the output of the hash function."""
        minimum = self.hash_alg().digest_size
        if len(key) >= minimum:
            return None
        return (
            f"The HMAC key is {len(key)} bytes long, which is below "
            f"the minimum recommended length of {minimum} bytes for "
            f"{self.hash_alg().name.upper()}. "
            f"See RFC 7518 Section 3.2."
        )

    def sign(self, msg: bytes, key: bytes) -> bytes:
        """Return the code of ``msg``."""
        return hmac.new(key, msg, self.hash_alg).digest()

    def verify(self, msg: bytes, key: bytes, sig: bytes) -> bool:
        """Compare in constant time."""
        return hmac.compare_digest(sig, self.sign(msg, key))


if has_crypto:

    class RSAAlgorithm(Algorithm):
        """RSASSA-PKCS1-v1_5: RS256, RS384, RS512."""

        SHA256: ClassVar[type[hashes.HashAlgorithm]] = hashes.SHA256
        SHA384: ClassVar[type[hashes.HashAlgorithm]] = hashes.SHA384
        SHA512: ClassVar[type[hashes.HashAlgorithm]] = hashes.SHA512

        _crypto_key_types = cast(
            tuple[type[AllowedKeys], ...], get_args(Union[RSAPrivateKey, RSAPublicKey])
        )
        _MIN_KEY_SIZE: ClassVar[int] = 2048

        def __init__(self, hash_alg: type[hashes.HashAlgorithm]) -> None:
            self.hash_alg = hash_alg

        def check_key_length(self, key: AllowedRSAKeys) -> str | None:
            """Warn about a modulus of less than 2048 bits."""
            if key.key_size >= self._MIN_KEY_SIZE:
                return None
            return (
                f"The RSA key is {key.key_size} bits long, which is below "
                f"the minimum recommended size of {self._MIN_KEY_SIZE} bits. "
                f"See NIST SP 800-131A."
            )

        def prepare_key(self, key: AllowedRSAKeys | str | bytes) -> AllowedRSAKeys:
            """Return a key object, read from PEM or OpenSSH text if need be.

            Raises:
                InvalidKeyError: The text is no RSA key.
                TypeError: The key is neither text nor an RSA key object.
            """
            if isinstance(key, self._crypto_key_types):  # pyright: ignore[reportArgumentType]
                return cast(AllowedRSAKeys, key)  # type: ignore[redundant-cast,unused-ignore]
            if not isinstance(key, (bytes, str)):
                raise TypeError("Expecting a PEM-formatted key.")
            key_bytes = force_bytes(key)

            loaded: PublicKeyTypes | PrivateKeyTypes
            try:
                if key_bytes.startswith(b"ssh-rsa"):
                    loaded = load_ssh_public_key(key_bytes)
                    self.check_crypto_key_type(loaded)
                    return cast(RSAPublicKey, loaded)
                loaded = load_pem_private_key(key_bytes, password=None)
                self.check_crypto_key_type(loaded)
                return cast(RSAPrivateKey, loaded)
            except ValueError:
                try:
                    loaded = load_pem_public_key(key_bytes)
                    self.check_crypto_key_type(loaded)
                    return cast(RSAPublicKey, loaded)
                except (ValueError, UnsupportedAlgorithm):
                    raise InvalidKeyError("Could not parse the provided public key.") from None

        @overload
        @staticmethod
        def to_jwk(key_obj: AllowedRSAKeys, as_dict: Literal[True]) -> JWKDict: ...

        @overload
        @staticmethod
        def to_jwk(key_obj: AllowedRSAKeys, as_dict: Literal[False] = False) -> str: ...

        @staticmethod
        def to_jwk(key_obj: AllowedRSAKeys, as_dict: bool = False) -> JWKDict | str:
            """Return a key as a JWK of kind ``RSA``; ``InvalidKeyError`` if it is no RSA key."""
            jwk: dict[str, Any]
            either: Any = key_obj
            if hasattr(key_obj, "private_numbers"):
                private: RSAPrivateNumbers = either.private_numbers()
                jwk = {
                    "kty": "RSA",
                    "key_ops": ["sign"],
                    "n": to_base64url_uint(private.public_numbers.n).decode(),
                    "e": to_base64url_uint(private.public_numbers.e).decode(),
                    "d": to_base64url_uint(private.d).decode(),
                    "p": to_base64url_uint(private.p).decode(),
                    "q": to_base64url_uint(private.q).decode(),
                    "dp": to_base64url_uint(private.dmp1).decode(),
                    "dq": to_base64url_uint(private.dmq1).decode(),
                    "qi": to_base64url_uint(private.iqmp).decode(),
                }
            elif hasattr(key_obj, "verify"):
                public: RSAPublicNumbers = either.public_numbers()
                jwk = {
                    "kty": "RSA",
                    "key_ops": ["verify"],
                    "n": to_base64url_uint(public.n).decode(),
                    "e": to_base64url_uint(public.e).decode(),
                }
            else:
                raise InvalidKeyError("Not a public or private key")
            return jwk if as_dict else json.dumps(jwk)

        @staticmethod
        def from_jwk(jwk: str | JWKDict) -> AllowedRSAKeys:
            """Return the key of a JWK; the primes are computed if it leaves them out.

            Raises:
                InvalidKeyError: It is no RSA key, or not a whole one.
            """
            members = _jwk_members(jwk)
            if members.get("kty") != "RSA":
                raise InvalidKeyError("Not an RSA key") from None
            if "n" not in members or "e" not in members:
                raise InvalidKeyError("Not a public or private key")
            if "d" not in members:
                return RSAPublicNumbers(
                    from_base64url_uint(members["e"]), from_base64url_uint(members["n"])
                ).public_key()

            if "oth" in members:
                raise InvalidKeyError("Unsupported RSA private key: > 2 primes not supported")
            present = [name in members for name in ("p", "q", "dp", "dq", "qi")]
            if any(present) and not all(present):
                raise InvalidKeyError(
                    "RSA key must include all parameters if any are present besides d"
                ) from None

            public = RSAPublicNumbers(
                from_base64url_uint(members["e"]), from_base64url_uint(members["n"])
            )
            d = from_base64url_uint(members["d"])
            if any(present):
                private = RSAPrivateNumbers(
                    d=d,
                    p=from_base64url_uint(members["p"]),
                    q=from_base64url_uint(members["q"]),
                    dmp1=from_base64url_uint(members["dp"]),
                    dmq1=from_base64url_uint(members["dq"]),
                    iqmp=from_base64url_uint(members["qi"]),
                    public_numbers=public,
                )
            else:
                p, q = rsa_recover_prime_factors(public.n, d, public.e)
                private = RSAPrivateNumbers(
                    d=d,
                    p=p,
                    q=q,
                    dmp1=rsa_crt_dmp1(d, p),
                    dmq1=rsa_crt_dmq1(d, q),
                    iqmp=rsa_crt_iqmp(p, q),
                    public_numbers=public,
                )
            return private.private_key()

        def sign(self, msg: bytes, key: RSAPrivateKey) -> bytes:
            """Return the signature of ``msg``."""
            signature: bytes = key.sign(msg, padding.PKCS1v15(), self.hash_alg())
            return signature

        def verify(self, msg: bytes, key: RSAPublicKey, sig: bytes) -> bool:
            """Tell whether ``sig`` is a signature of ``msg``."""
            try:
                key.verify(sig, msg, padding.PKCS1v15(), self.hash_alg())
                return True
            except InvalidSignature:
                return False

    class ECAlgorithm(Algorithm):
        """ECDSA on the curve that goes with the hash function: ES256, ES256K, ES384, ES512."""

        SHA256: ClassVar[type[hashes.HashAlgorithm]] = hashes.SHA256
        SHA384: ClassVar[type[hashes.HashAlgorithm]] = hashes.SHA384
        SHA512: ClassVar[type[hashes.HashAlgorithm]] = hashes.SHA512

        _crypto_key_types = cast(
            tuple[type[AllowedKeys], ...],
            get_args(Union[EllipticCurvePrivateKey, EllipticCurvePublicKey]),
        )

        def __init__(
            self,
            hash_alg: type[hashes.HashAlgorithm],
            expected_curve: type[EllipticCurve] | None = None,
        ) -> None:
            self.hash_alg = hash_alg
            self.expected_curve = expected_curve

        def _validate_curve(self, key: AllowedECKeys) -> None:
            """Refuse a key on another curve than the expected one, if there is one."""
            if self.expected_curve is None or isinstance(key.curve, self.expected_curve):
                return
            raise InvalidKeyError(
                f"The key's curve '{key.curve.name}' does not match the expected "
                f"curve '{self.expected_curve.name}' for this algorithm"
            )

        def prepare_key(self, key: AllowedECKeys | str | bytes) -> AllowedECKeys:
            """Return a key object, read from PEM or OpenSSH text if need be.

            Raises:
                InvalidKeyError: It is a key of another family or on another curve.
                TypeError: It is neither text nor an EC key object.
                ValueError: The text is no key.
            """
            if isinstance(key, self._crypto_key_types):  # pyright: ignore[reportArgumentType]
                ec_key = cast(AllowedECKeys, key)  # type: ignore[redundant-cast,unused-ignore]
                self._validate_curve(ec_key)
                return ec_key
            if not isinstance(key, (bytes, str)):
                raise TypeError("Expecting a PEM-formatted key.")
            key_bytes = force_bytes(key)

            loaded: PublicKeyTypes | PrivateKeyTypes
            try:
                if key_bytes.startswith(b"ecdsa-sha2-"):
                    loaded = load_ssh_public_key(key_bytes)
                else:
                    loaded = load_pem_public_key(key_bytes)
                self.check_crypto_key_type(loaded)
                public_key = cast(EllipticCurvePublicKey, loaded)
                self._validate_curve(public_key)
                return public_key
            except ValueError:
                loaded = load_pem_private_key(key_bytes, password=None)
                self.check_crypto_key_type(loaded)
                private_key = cast(EllipticCurvePrivateKey, loaded)
                self._validate_curve(private_key)
                return private_key

        def sign(self, msg: bytes, key: EllipticCurvePrivateKey) -> bytes:
            """Return the signature of ``msg``."""
            return der_to_raw_signature(key.sign(msg, ECDSA(self.hash_alg())), key.curve)

        def verify(self, msg: bytes, key: AllowedECKeys, sig: bytes) -> bool:
            """Tell whether ``sig`` is a signature of ``msg``; a private key does as well."""
            try:
                der_sig = raw_to_der_signature(sig, key.curve)
            except ValueError:
                return False
            try:
                public_key = key.public_key() if isinstance(key, EllipticCurvePrivateKey) else key
                public_key.verify(der_sig, msg, ECDSA(self.hash_alg()))
                return True
            except InvalidSignature:
                return False

        @overload
        @staticmethod
        def to_jwk(key_obj: AllowedECKeys, as_dict: Literal[True]) -> JWKDict: ...

        @overload
        @staticmethod
        def to_jwk(key_obj: AllowedECKeys, as_dict: Literal[False] = False) -> str: ...

        @staticmethod
        def to_jwk(key_obj: AllowedECKeys, as_dict: bool = False) -> JWKDict | str:
            """Return a key as a JWK of kind ``EC``.

            Raises:
                InvalidKeyError: It is no EC key, or on a curve that JWK has no name for.
            """
            if isinstance(key_obj, EllipticCurvePrivateKey):
                public = key_obj.public_key().public_numbers()
            elif isinstance(key_obj, EllipticCurvePublicKey):
                public = key_obj.public_numbers()
            else:
                raise InvalidKeyError("Not a public or private key")

            curve = key_obj.curve
            if isinstance(curve, SECP256R1):
                crv = "P-256"
            elif isinstance(curve, SECP384R1):
                crv = "P-384"
            elif isinstance(curve, SECP521R1):
                crv = "P-521"
            elif isinstance(curve, SECP256K1):
                crv = "secp256k1"
            else:
                raise InvalidKeyError(f"Invalid curve: {curve}")

            bits = curve.key_size
            jwk: dict[str, Any] = {
                "kty": "EC",
                "crv": crv,
                "x": to_base64url_uint(public.x, bit_length=bits).decode(),
                "y": to_base64url_uint(public.y, bit_length=bits).decode(),
            }
            if isinstance(key_obj, EllipticCurvePrivateKey):
                secret = key_obj.private_numbers().private_value
                jwk["d"] = to_base64url_uint(secret, bit_length=bits).decode()
            return jwk if as_dict else json.dumps(jwk)

        @staticmethod
        def from_jwk(jwk: str | JWKDict) -> AllowedECKeys:
            """Return the key of a JWK.

            Raises:
                InvalidKeyError: It is no EC key, of an unknown curve, or of the wrong length.
                ValueError: The point is not on the curve.
            """
            members = _jwk_members(jwk)
            if members.get("kty") != "EC":
                raise InvalidKeyError("Not an Elliptic curve key") from None
            if "x" not in members or "y" not in members:
                raise InvalidKeyError("Not an Elliptic curve key") from None
            x = base64url_decode(members.get("x"))
            y = base64url_decode(members.get("y"))

            crv = members.get("crv")
            if crv == "P-256":
                curve_class: type[EllipticCurve] = SECP256R1
                size = 32
            elif crv == "P-384":
                curve_class, size = SECP384R1, 48
            elif crv == "P-521":
                curve_class, size = SECP521R1, 66
            elif crv == "secp256k1":
                curve_class, size = SECP256K1, 32
            else:
                raise InvalidKeyError(f"Invalid curve: {crv}")
            if not len(x) == len(y) == size:
                raise InvalidKeyError(f"Coords should be {size} bytes for curve {crv}") from None

            public = EllipticCurvePublicNumbers(
                x=int.from_bytes(x, byteorder="big"),
                y=int.from_bytes(y, byteorder="big"),
                curve=curve_class(),
            )
            if "d" not in members:
                return public.public_key()
            d = base64url_decode(members.get("d"))
            if len(d) != size:
                # PyJWT leaves the text unformatted; programs may read `args`.
                raise InvalidKeyError("D should be {} bytes for curve {}", size, crv)
            return EllipticCurvePrivateNumbers(
                int.from_bytes(d, byteorder="big"), public
            ).private_key()

    class RSAPSSAlgorithm(RSAAlgorithm):
        """RSASSA-PSS with MGF1 and a salt as long as the digest: PS256, PS384, PS512."""

        def sign(self, msg: bytes, key: RSAPrivateKey) -> bytes:
            """Return the signature of ``msg``."""
            scheme = padding.PSS(
                mgf=padding.MGF1(self.hash_alg()), salt_length=self.hash_alg().digest_size
            )
            signature: bytes = key.sign(msg, scheme, self.hash_alg())
            return signature

        def verify(self, msg: bytes, key: RSAPublicKey, sig: bytes) -> bool:
            """Tell whether ``sig`` is a signature of ``msg``."""
            try:
                scheme = padding.PSS(
                    mgf=padding.MGF1(self.hash_alg()), salt_length=self.hash_alg().digest_size
                )
                key.verify(sig, msg, scheme, self.hash_alg())
            except InvalidSignature:
                return False
            # OpenSSL takes it without its leading zeros too (RFC 8017, section 8.1.2, step 1).
            return len(sig) == (key.key_size + 7) // 8

    class OKPAlgorithm(Algorithm):
        """EdDSA, with keys on Ed25519 or Ed448."""

        _crypto_key_types = cast(
            tuple[type[AllowedKeys], ...],
            get_args(Union[Ed25519PrivateKey, Ed25519PublicKey, Ed448PrivateKey, Ed448PublicKey]),
        )

        def __init__(self, **kwargs: Any) -> None:
            pass

        def prepare_key(self, key: AllowedOKPKeys | str | bytes) -> AllowedOKPKeys:
            """Return a key object, read from PEM or OpenSSH text if need be.

            Raises:
                InvalidKeyError: It is a key of another family, or no key.
                ValueError: The text only begins like a key.
            """
            if not isinstance(key, (str, bytes)):
                self.check_crypto_key_type(key)
                return key
            text = key.decode("utf-8") if isinstance(key, bytes) else key
            key_bytes = key.encode("utf-8") if isinstance(key, str) else key

            loaded: PublicKeyTypes | PrivateKeyTypes
            if "-----BEGIN PUBLIC" in text:
                loaded = load_pem_public_key(key_bytes)
            elif "-----BEGIN PRIVATE" in text:
                loaded = load_pem_private_key(key_bytes, password=None)
            elif text[:4] == "ssh-":
                loaded = load_ssh_public_key(key_bytes)
            else:
                raise InvalidKeyError("Not a public or private key")
            self.check_crypto_key_type(loaded)
            return cast("AllowedOKPKeys", loaded)

        def sign(self, msg: str | bytes, key: Ed25519PrivateKey | Ed448PrivateKey) -> bytes:
            """Return the signature of ``msg``; text is signed as UTF-8."""
            msg_bytes = msg.encode("utf-8") if isinstance(msg, str) else msg
            signature: bytes = key.sign(msg_bytes)
            return signature

        def verify(self, msg: str | bytes, key: AllowedOKPKeys, sig: str | bytes) -> bool:
            """Tell whether ``sig`` is a signature of ``msg``; a private key does as well."""
            try:
                msg_bytes = msg.encode("utf-8") if isinstance(msg, str) else msg
                sig_bytes = sig.encode("utf-8") if isinstance(sig, str) else sig
                public_key = (
                    key.public_key()
                    if isinstance(key, (Ed25519PrivateKey, Ed448PrivateKey))
                    else key
                )
                public_key.verify(sig_bytes, msg_bytes)
                return True
            except InvalidSignature:
                return False

        @overload
        @staticmethod
        def to_jwk(key: AllowedOKPKeys, as_dict: Literal[True]) -> JWKDict: ...

        @overload
        @staticmethod
        def to_jwk(key: AllowedOKPKeys, as_dict: Literal[False] = False) -> str: ...

        @staticmethod
        # The name of the parameter is PyJWT's.
        def to_jwk(  # pyright: ignore[reportIncompatibleMethodOverride]
            key: AllowedOKPKeys, as_dict: bool = False
        ) -> JWKDict | str:
            """Return a key as a JWK of kind ``OKP``; ``InvalidKeyError`` if it is none."""
            jwk: dict[str, Any]
            if isinstance(key, (Ed25519PublicKey, Ed448PublicKey)):
                x = key.public_bytes(encoding=Encoding.Raw, format=PublicFormat.Raw)
                jwk = {
                    "x": base64url_encode(force_bytes(x)).decode(),
                    "kty": "OKP",
                    "crv": "Ed25519" if isinstance(key, Ed25519PublicKey) else "Ed448",
                }
            elif isinstance(key, (Ed25519PrivateKey, Ed448PrivateKey)):
                d = key.private_bytes(
                    encoding=Encoding.Raw,
                    format=PrivateFormat.Raw,
                    encryption_algorithm=NoEncryption(),
                )
                x = key.public_key().public_bytes(encoding=Encoding.Raw, format=PublicFormat.Raw)
                jwk = {
                    "x": base64url_encode(force_bytes(x)).decode(),
                    "d": base64url_encode(force_bytes(d)).decode(),
                    "kty": "OKP",
                    "crv": "Ed25519" if isinstance(key, Ed25519PrivateKey) else "Ed448",
                }
            else:
                raise InvalidKeyError("Not a public or private key")
            return jwk if as_dict else json.dumps(jwk)

        @staticmethod
        def from_jwk(jwk: str | JWKDict) -> AllowedOKPKeys:
            """Return the key of a JWK.

            Raises:
                InvalidKeyError: It is no OKP key, of an unknown curve or of the wrong length, or
                    its two halves do not belong together.
            """
            members = _jwk_members(jwk)
            if members.get("kty") != "OKP":
                raise InvalidKeyError("Not an Octet Key Pair")
            crv = members.get("crv")
            if crv != "Ed25519" and crv != "Ed448":
                raise InvalidKeyError(f"Invalid curve: {crv}")
            if "x" not in members:
                raise InvalidKeyError('OKP should have "x" parameter')
            x = base64url_decode(members.get("x"))

            try:
                if "d" not in members:
                    if crv == "Ed25519":
                        return Ed25519PublicKey.from_public_bytes(x)
                    return Ed448PublicKey.from_public_bytes(x)

                d = base64url_decode(members.get("d"))
                private_key: Ed25519PrivateKey | Ed448PrivateKey
                if crv == "Ed25519":
                    private_key = Ed25519PrivateKey.from_private_bytes(d)
                else:
                    private_key = Ed448PrivateKey.from_private_bytes(d)
                own_x = private_key.public_key().public_bytes(
                    encoding=Encoding.Raw, format=PublicFormat.Raw
                )
                if own_x != x:
                    raise InvalidKeyError("Public key does not match private key")
                return private_key
            except ValueError as err:
                raise InvalidKeyError("Invalid key parameter") from err

elif not TYPE_CHECKING:
    from ._engine import ECAlgorithm, OKPAlgorithm, RSAAlgorithm, RSAPSSAlgorithm
