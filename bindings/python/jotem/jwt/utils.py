"""base64url, big-endian numbers, ECDSA signature forms, and what a key's text looks like."""

import base64
import binascii
import re
from typing import Optional, Union

from . import _rules

try:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurve
    from cryptography.hazmat.primitives.asymmetric.utils import (
        decode_dss_signature,
        encode_dss_signature,
    )
except ModuleNotFoundError:
    pass


def force_bytes(value: Union[bytes, str]) -> bytes:
    """Return text as its UTF-8, and bytes as they are; ``TypeError`` for anything else."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode("utf-8")
    raise TypeError("Expected a string or bytes value")


def base64url_decode(input: Union[bytes, str]) -> bytes:
    """Decode leniently: padding may be missing, foreign characters are skipped."""
    text = force_bytes(input)
    return base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4))


def base64url_encode(input: bytes) -> bytes:
    """Encode without padding."""
    return base64.urlsafe_b64encode(input).replace(b"=", b"")


def to_base64url_uint(val: int, *, bit_length: Optional[int] = None) -> bytes:
    """Encode a number as a JWK does, with leading zeros up to ``bit_length``.

    ``ValueError`` if it is negative.
    """
    if val < 0:
        raise ValueError("Must be a positive integer")
    digits = bytes_from_int(val, bit_length=bit_length)
    return base64url_encode(digits or b"\x00")


def from_base64url_uint(val: Union[bytes, str]) -> int:
    """Decode a number of a JWK."""
    return int.from_bytes(base64url_decode(force_bytes(val)), byteorder="big")


def number_to_bytes(num: int, num_bytes: int) -> bytes:
    """Return a number's bytes, at least ``num_bytes`` of them."""
    digits = b"%0*x" % (2 * num_bytes, num)
    return binascii.a2b_hex(digits)


def bytes_to_number(string: bytes) -> int:
    """Return the number that the bytes are; ``ValueError`` if there are none."""
    return int(binascii.b2a_hex(string), 16)


def bytes_from_int(val: int, *, bit_length: Optional[int] = None) -> bytes:
    """Return a number's bytes, as many as ``bit_length`` or the number itself needs."""
    bits = val.bit_length() if bit_length is None else bit_length
    return val.to_bytes((bits + 7) // 8, "big", signed=False)


def der_to_raw_signature(der_sig: bytes, curve: "EllipticCurve") -> bytes:
    """Return an ECDSA signature in the form of a JWS: both numbers, of fixed length."""
    size = (curve.key_size + 7) // 8
    r, s = decode_dss_signature(der_sig)  # pyright: ignore[reportPossiblyUnboundVariable]
    return number_to_bytes(r, size) + number_to_bytes(s, size)


def raw_to_der_signature(raw_sig: bytes, curve: "EllipticCurve") -> bytes:
    """Return an ECDSA signature in the form of ``cryptography``.

    ``ValueError`` if its length is not that of the curve.
    """
    size = (curve.key_size + 7) // 8
    if len(raw_sig) != 2 * size:
        raise ValueError("Invalid signature")
    r = bytes_to_number(raw_sig[:size])
    s = bytes_to_number(raw_sig[size:])
    return bytes(encode_dss_signature(r, s))  # pyright: ignore[reportPossiblyUnboundVariable]


_PEMS = set(_rules.PEM_LABELS)
_SSH_KEY_FORMATS = _rules.SSH_KEY_FORMATS
_PEM_MARKER_RE = re.compile(b"(?=(----[- ](BEGIN|END) (" + b"|".join(_PEMS) + b")[- ]----))")


def is_pem_format(key: bytes) -> bool:
    """Tell whether the bytes hold a PEM block anywhere."""
    if not isinstance(key, bytes):
        _PEM_MARKER_RE.match(key)  # TypeError in Python's words, unless it is like bytes
        key = bytes(key)
    return _rules.is_pem_format(key)


def is_ssh_key(key: bytes) -> bool:
    """Tell whether the bytes begin as an OpenSSH public key does."""
    if not isinstance(key, bytes):
        return key.startswith(_SSH_KEY_FORMATS)
    return _rules.is_ssh_key(key)
