"""S10 to S15, S20 to S22, S24: RSA, MACs, and what is said of a signature."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any, Callable

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from attacks.faces import Native, PyJWTFace
from attacks.tokens import CLAIMS, SECRET, good, maced, segment, sign, token
from differential.keys import private_key
from jotem import Key, Unverified, Verifier, errors, unverified_claims

RSA = private_key("RSA")
PUBLIC = RSA.public_key()
N, D = PUBLIC.public_numbers().n, RSA.private_numbers().d
SIZE = 256
# DigestInfo of SHA-256 (RFC 8017 section 9.2).
DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")


def raw(number: int, size: int = SIZE) -> bytes:
    return number.to_bytes(size, "big")


def encrypted(encoded: bytes) -> bytes:
    """The RSA signature of any encoded message, sound or not."""
    return raw(pow(int.from_bytes(encoded, "big"), D, N))


def head(algorithm: str) -> str:
    return good(algorithm).rpartition(".")[0]


def verifier(native: Native, algorithm: str) -> Verifier:
    return native.verifier(Key.from_cryptography(PUBLIC, algorithm=algorithm))


def forgeries(digest: bytes) -> dict[str, bytes]:
    """Encodings of a digest that somebody took for PKCS #1 v1.5."""

    def filled(tail: bytes, start: bytes = b"\0\1", fill: bytes = b"\xff") -> bytes:
        return start + fill * (SIZE - len(start) - len(tail) - 1) + b"\0" + tail

    info = DIGEST_INFO + digest
    no_null = bytes.fromhex("302f300b0609608648016503040201") + b"\x04\x20" + digest
    long_form = bytes.fromhex("308131300d060960864801650304020105000420") + digest
    short = b"\0\1" + b"\xff" * 8 + b"\0" + info
    return {
        "garbage after the hash": short + b"\xaa" * (SIZE - len(short)),
        "zeros after the hash": short + bytes(SIZE - len(short)),
        "block type 0": filled(info, b"\0\0", b"\0"),
        "block type 2": filled(info, b"\0\2", b"\x77"),
        "first byte 1": filled(info, b"\1\1"),
        "fill of zeros": filled(info, fill=b"\0"),
        "no separator": b"\0\1" + b"\xff" * (SIZE - 2 - len(info)) + info,
        "missing NULL": filled(no_null),
        "length in long form": filled(long_form),
        "no DigestInfo": filled(digest),
        "hash of SHA-1's identifier": filled(bytes.fromhex("3021300906052b0e03021a05000414") + digest[:20]),
        "identifier of SHA-512": filled(bytes.fromhex("3051300d060960864801650304020305000440") + digest * 2),
        "hash cut": filled(DIGEST_INFO + digest[:-1]),
        "another hash": filled(DIGEST_INFO + digest[::-1]),
        "trailing byte inside": filled(info + b"\0"),
    }  # fmt: skip


def test_s10_refuses_every_encoding_but_the_one_of_pkcs1(native: Native, pyjwt: PyJWTFace) -> None:
    digest = hashlib.sha256(head("RS256").encode()).digest()
    info = DIGEST_INFO + digest
    sound = b"\0\1" + b"\xff" * (SIZE - 3 - len(info)) + b"\0" + info
    native.accepts(f"{head('RS256')}.{segment(encrypted(sound))}", verifier(native, "RS256"))
    pyjwt.accepts(f"{head('RS256')}.{segment(encrypted(sound))}", PUBLIC, ["RS256"])
    for encoded in forgeries(digest).values():
        bad = f"{head('RS256')}.{segment(encrypted(encoded))}"
        native.refuses(bad, "jws_signature_mismatch", verifier(native, "RS256"))
        pyjwt.refuses(bad, PUBLIC, ["RS256"])


def test_s10_refuses_a_cube_root_under_exponent_3(native: Native, pyjwt: PyJWTFace) -> None:
    small = rsa.RSAPublicNumbers(3, N).public_key()
    digest = hashlib.sha256(head("RS256").encode()).digest()
    wanted = b"\0\1" + b"\xff" * 8 + b"\0" + DIGEST_INFO + digest
    # Bleichenbacher 2006: garbage after the hash, found without the private key.
    target = int.from_bytes(wanted + b"\xff" * (SIZE - len(wanted)), "big")
    root = _cube_root(target)
    assert raw(root**3).startswith(wanted)
    bad = f"{head('RS256')}.{segment(raw(root))}"
    key = Key.from_cryptography(small, algorithm="RS256")
    native.refuses(bad, "jws_signature_mismatch", native.verifier(key))
    pyjwt.refuses(bad, small, ["RS256"])


def _cube_root(number: int) -> int:
    low, high = 0, 1 << (number.bit_length() // 3 + 2)
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (middle, high) if middle**3 <= number else (low, middle)
    return low


def test_s11_refuses_trivial_numbers_and_other_lengths(native: Native, pyjwt: PyJWTFace) -> None:
    for algorithm in ("RS256", "RS512", "PS256", "PS512"):
        message, full = _signed(algorithm, lambda first: first != 0)
        number = int.from_bytes(full, "big")
        same_size = [raw(n) for n in (0, 1, 2, N - 1, N, N + 1, N - number, (1 << 2048) - 1)]
        if number + N < 1 << 2048:
            same_size.append(raw(number + N))
        others = [full[1:], full[:-1], b"\0" + full, full + b"\0", full * 2, raw(number + N, 257),
                  b"\0"]  # fmt: skip
        for octets, code in [(o, "jws_signature_mismatch") for o in same_size] + [
            (o, "jws_signature_length") for o in others
        ]:
            bad = f"{message}.{segment(octets)}"
            native.refuses(bad, code, verifier(native, algorithm))
            pyjwt.refuses(bad, PUBLIC, [algorithm])
        message, full = _signed(algorithm, lambda first: first == 0)
        bad = f"{message}.{segment(full[1:])}"
        native.refuses(bad, "jws_signature_length", verifier(native, algorithm))
        if algorithm.startswith("RS"):
            pyjwt.refuses(bad, PUBLIC, [algorithm])
        else:  # OpenSSL fills PSS up to the size of the modulus
            pyjwt.is_stricter(bad, PUBLIC, [algorithm], "InvalidSignatureError")


def _signed(algorithm: str, wanted: Callable[[int], bool]) -> tuple[str, bytes]:
    """A signing input, and its signature, whose first byte is as wanted."""
    for number in range(10_000):
        header = f'{{"alg":"{algorithm}","kid":"{number}"}}'
        message = f"{segment(header.encode())}.{segment(CLAIMS.encode())}"
        signature = sign(algorithm, message.encode())
        if wanted(signature[0]):
            return message, signature
    raise AssertionError("one in 256 begins with a zero byte")


@pytest.mark.parametrize(("algorithm", "digest"), [("PS256", hashes.SHA256()),
                                                    ("PS384", hashes.SHA384()),
                                                    ("PS512", hashes.SHA512())])  # fmt: skip
def test_s12_refuses_pss_with_another_salt_mask_or_hash(
    native: Native, pyjwt: PyJWTFace, algorithm: str, digest: Any
) -> None:
    text, size = head(algorithm), digest.digest_size
    sha1 = hashes.SHA1()
    pss = padding.PSS
    sound = RSA.sign(text.encode(), pss(padding.MGF1(digest), size), digest)
    native.accepts(f"{text}.{segment(sound)}", verifier(native, algorithm))
    pyjwt.accepts(f"{text}.{segment(sound)}", PUBLIC, [algorithm])
    others = [(pss(padding.MGF1(digest), salt), digest) for salt in (0, 20, size - 1, size + 1)]
    others += [(pss(padding.MGF1(digest), pss.MAX_LENGTH), digest),
               (pss(padding.MGF1(sha1), size), digest), (pss(padding.MGF1(digest), size), sha1),
               (padding.PKCS1v15(), digest)]  # fmt: skip
    for scheme, hashed in others:
        bad = f"{text}.{segment(RSA.sign(text.encode(), scheme, hashed))}"
        native.refuses(bad, "jws_signature_mismatch", verifier(native, algorithm))
        pyjwt.refuses(bad, PUBLIC, [algorithm])


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_s13_refuses_a_mac_that_is_cut_or_extended(
    native: Native, pyjwt: PyJWTFace, algorithm: str
) -> None:
    key = native.verifier(Key.from_secret(SECRET, algorithm=algorithm))
    text = head(algorithm)
    mac = sign(algorithm, text.encode())
    others = [mac[:size] for size in (1, 2, 16, len(mac) - 1)]
    others += [mac + b"\0", mac + mac[:1], mac * 2, b"\0" + mac]
    for other in others:
        native.refuses(f"{text}.{segment(other)}", "jws_signature_length", key)
        pyjwt.refuses(f"{text}.{segment(other)}", SECRET, [algorithm])
    longer = hmac.new(SECRET, text.encode(), hashlib.sha512).digest()[: len(mac)]
    for other in (longer, bytes(len(mac)), b"\xff" * len(mac), mac[::-1]):
        if other != mac:
            native.refuses(f"{text}.{segment(other)}", "jws_signature_mismatch", key)
            pyjwt.refuses(f"{text}.{segment(other)}", SECRET, [algorithm])


def test_s14_says_the_same_wherever_a_mac_differs(native: Native, pyjwt: PyJWTFace) -> None:
    # How long it takes is the engine's, and measured there: here every bit counts, and alike.
    text = head("HS256")
    mac = sign("HS256", text.encode())
    said = set()
    for at in range(len(mac)):
        for bit in (1, 0x80):
            other = mac[:at] + bytes([mac[at] ^ bit]) + mac[at + 1 :]
            refused = native.refuses(f"{text}.{segment(other)}", "jws_signature_mismatch")
            said.add((str(refused), pyjwt.refuses(f"{text}.{segment(other)}")))
    assert len(said) == 1


def test_s15_shows_neither_the_right_signature_nor_the_key(
    native: Native, pyjwt: PyJWTFace
) -> None:
    key = b"%S3cr3t%-of-a-tenant-of-ours-and-of-nobody-else"
    sound = maced(key)
    text, _, right = sound.rpartition(".")
    for bad in (f"{text}.{segment(bytes(32))}", f"{text}.{right[:-4]}", f"{text}.{right}AAAA",
                f"{text}.{right[::-1]}", maced(b"another key of at least thirty-two bytes")):  # fmt: skip
        with pytest.raises(errors.TokenRefused) as caught:
            native.accepts(bad, native.verifier(Key.from_secret(key, algorithm="HS256")))
        said = f"{caught.value!r} {caught.value.hint} {caught.value.facts}" + pyjwt.refuses(
            bad, key
        )
        for secret in (right, key.decode(), "S3cr3t", key.hex(), segment(key), text):
            assert secret not in said


def test_s20_says_that_a_signature_is_wrong_before_anything_of_claims(
    native: Native, pyjwt: PyJWTFace
) -> None:
    wrong = ['{"exp":1}', '{"nbf":4102444800}', '{"aud":"x"}', "not json", "[]", '{"exp":"soon"}',
             '{"iss":1}', "{}"]  # fmt: skip
    for claims in wrong:
        text = token(claims=claims).rpartition(".")[0]
        bad = f"{text}.{segment(bytes(32))}"
        native.refuses(bad, "jws_signature_mismatch")
        said = pyjwt.refuses(bad, audience="api", issuer="a")
        assert said == "InvalidSignatureError: Signature verification failed"
    native.refuses(token(claims='{"exp":1}'), "jwt_expired")
    assert (
        pyjwt.refuses(token(claims='{"exp":1}')) == "ExpiredSignatureError: Signature has expired"
    )


def test_s20_a_handler_that_fails_lets_nothing_through(native: Native, pyjwt: PyJWTFace) -> None:
    def failing(answer: Any) -> Callable[[Any], Any]:
        def decode(package: Any) -> Any:
            class Broken(package.algorithms.HMACAlgorithm):  # type: ignore[misc, name-defined]
                def verify(self, msg: bytes, key: bytes, sig: bytes) -> Any:
                    if isinstance(answer, Exception):
                        raise answer
                    return answer

            api = package.PyJWS()
            api.unregister_algorithm("HS256")
            api.register_algorithm("HS256", Broken(Broken.SHA256))
            return api.decode(token(), SECRET, ["HS256"])

        return decode

    for answer in (OSError("no device"), ValueError("odd"), KeyError("x"), False, None, 0, ""):
        pyjwt.refuses_call(failing(answer))
    native.refuses(f"{head('HS256')}.{segment(bytes(32))}", "jws_signature_mismatch")


def test_s21_shows_the_claims_to_nobody_before_the_signature_holds(
    native: Native, pyjwt: PyJWTFace
) -> None:
    text = token(claims='{"exp":1,"sub":"a very particular subject"}').rpartition(".")[0]
    bad = f"{text}.{segment(bytes(32))}"
    refused = native.refuses(bad, "jws_signature_mismatch")
    assert "particular" not in f"{refused!r} {refused.facts} {refused.hint}"
    assert "particular" not in pyjwt.refuses(bad, issuer="x", subject="y")
    looked = unverified_claims(bad)
    assert type(looked) is Unverified
    for member in ("claims", "subject", "header", "keys", "get", "__getitem__", "__iter__"):
        assert not hasattr(looked, member)

    def asked(package: Any) -> Any:
        class Watching(package.PyJWT):  # type: ignore[misc, name-defined]
            def _decode_payload(self, decoded: Any) -> Any:
                raise AssertionError("claims before the signature")

            def _validate_claims(self, *args: Any, **kwargs: Any) -> None:
                raise AssertionError("claims before the signature")

        return Watching().decode(bad, SECRET, ["HS256"])

    pyjwt.refuses_call(asked)


def test_s22_a_token_that_was_accepted_vouches_for_no_other(native: Native) -> None:
    own = verifier(native, "RS256")
    accepted = good("RS256")
    native.accepts(accepted, own)
    header, _, signature = accepted.split(".")
    admin = segment(b'{"sub":"admin","exp":4102444800}')
    native.refuses(f"{header}.{admin}.{signature}", "jws_signature_mismatch", own)
    native.accepts(accepted, own)


def test_s22_a_token_that_was_accepted_is_decided_about_again(native: Native) -> None:
    now = [1_700_000_000]
    moving = native.verifier(clock=lambda: now[0])
    accepted = token(claims='{"exp":1700000900}')
    native.accepts(accepted, moving)
    now[0] = 1_700_000_930
    native.refuses(accepted, "jwt_expired", moving)
    now[0] = 1_700_000_929
    native.accepts(accepted, moving)
    native.refuses(accepted, "jwt_claim_missing", native.verifier(audience="api"))


def test_s24_refuses_the_right_key_with_another_hash(native: Native, pyjwt: PyJWTFace) -> None:
    private = private_key("P-256")
    key = native.verifier(Key.from_cryptography(private.public_key(), algorithm="ES256"))
    for digest in (hashes.SHA384(), hashes.SHA512(), hashes.SHA3_256(), hashes.SHA1()):
        r, s = decode_dss_signature(private.sign(head("ES256").encode(), ec.ECDSA(digest)))
        bad = f"{head('ES256')}.{segment(raw(r, 32) + raw(s, 32))}"
        native.refuses(bad, "jws_signature_mismatch", key)
        pyjwt.refuses(bad, private.public_key(), ["ES256"])
        if isinstance(digest, hashes.SHA3_256):
            continue
        signed = RSA.sign(head("RS256").encode(), padding.PKCS1v15(), digest)
        bad = f"{head('RS256')}.{segment(signed)}"
        native.refuses(bad, "jws_signature_mismatch", verifier(native, "RS256"))
        pyjwt.refuses(bad, PUBLIC, ["RS256"])
