"""Keys in files of OpenSSL and OpenSSH: under a password, and in certificates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jotem import Issuer, Key, Verifier, errors

FILES = Path(__file__).parents[4] / "vectors" / "keys"
PASSWORD = "open sesame"
NAMES = {"rsa2048": "RS256", "p256": "ES256", "p384": "ES384", "p521": "ES512",
         "secp256k1": "ES256K", "ed25519": "EdDSA"}  # fmt: skip
OPENSSH = {"rsa": "RS256", "p256": "ES256", "p384": "ES384", "p521": "ES512", "ed25519": "EdDSA"}


def file(name: str) -> bytes:
    return (FILES / name).read_bytes()


def refused(call: Any, *arguments: Any, **settings: Any) -> errors.KeyRefused:
    with pytest.raises(errors.KeyRefused) as caught:
        call(*arguments, **settings)
    return caught.value


@pytest.mark.parametrize("name", NAMES)
def test_an_encrypted_file_of_openssl_is_the_key_that_went_in(name: str) -> None:
    algorithm = NAMES[name]
    key = Key.from_pem(file(f"{name}.pem"), algorithm=algorithm)
    encrypted = file(f"pkcs8-{name}.pem")
    for password in (PASSWORD, PASSWORD.encode()):
        assert Key.from_pem(encrypted, algorithm=algorithm, password=password) == key
    certificate = Key.from_x509(file(f"x509-{name}.pem"), algorithm=algorithm, key_id="a")
    assert certificate == key.public().with_key_id("a")
    assert len(certificate.to_jwk()["x5c"]) == 1


@pytest.mark.parametrize("name", OPENSSH)
def test_a_private_file_of_openssh_is_the_key_of_its_public_line(name: str) -> None:
    algorithm = OPENSSH[name]
    key = Key.from_openssh(file(f"openssh-{name}"), algorithm=algorithm)
    assert key.public() == Key.from_ssh(file(f"openssh-{name}.pub"), algorithm=algorithm)
    locked = file(f"openssh-{name}-password")
    assert Key.from_openssh(locked, algorithm=algorithm, password=PASSWORD) == key
    token = Issuer(key, lifetime=60).issue()
    assert Verifier(key.public()).verify(token)


def test_der_and_passwords_that_are_no_text() -> None:
    key = Key.from_pem(file("ed25519.pem"), algorithm="EdDSA")
    der = file("pkcs8-ed25519.der")
    assert Key.from_der(der, algorithm="EdDSA", password=PASSWORD) == key
    binary = file("pkcs8-binary-password.pem")
    assert Key.from_pem(binary, algorithm="EdDSA", password=b"\xff\xfe\x80") == key
    empty = file("pkcs8-no-password.pem")
    assert Key.from_pem(empty, algorithm="EdDSA", password="") == key


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("pkcs8-pbes1.pem", "key_encryption_scheme"),
        ("pkcs8-des3.pem", "key_encryption_scheme"),
        ("legacy.pem", "key_legacy_encrypted_pem"),
        ("pkcs8-no-password.pem", "key_password_wrong"),
        ("ed25519.pem", "key_not_encrypted"),
        ("openssh-ed25519", "key_open_ssh"),
        ("x509-ed25519.pem", "key_format"),
    ],
)
def test_what_a_password_does_not_open_is_refused(name: str, code: str) -> None:
    error = refused(Key.from_pem, file(name), algorithm="EdDSA", password=PASSWORD)
    assert error.code == code
    assert PASSWORD not in f"{error}{error.hint}{error.facts}"


def test_a_wrong_password_and_a_damaged_file_read_the_same() -> None:
    document = file("pkcs8-ed25519.der")
    # In the middle of the salt.
    damaged = document[:40] + bytes([document[40] ^ 1]) + document[41:]
    wrong = refused(Key.from_der, document, algorithm="EdDSA", password="another")
    broken = refused(Key.from_der, damaged, algorithm="EdDSA", password=PASSWORD)
    assert str(wrong) == str(broken)
    assert wrong.code == broken.code == "key_password_wrong"


def test_without_a_password_the_hint_names_the_argument() -> None:
    calls = [
        (Key.from_pem, "pkcs8-ed25519.pem", "key_encrypted"),
        (Key.from_der, "pkcs8-ed25519.der", "key_encrypted"),
        (Key.from_openssh, "openssh-aes256-ctr", "key_open_ssh_encrypted"),
    ]
    for call, name, code in calls:
        error = refused(call, file(name), algorithm="EdDSA")
        assert (error.code, error.hint) == (code, "give the password: `password=`")
    needless = file("openssh-ed25519")
    error = refused(Key.from_openssh, needless, algorithm="EdDSA", password=PASSWORD)
    assert error.code == "key_not_encrypted"
    error = refused(Key.from_pem, file("x509-ed25519.pem"), algorithm="EdDSA")
    assert error.code == "key_certificate"
    assert "Key.from_x509" in error.hint
    error = refused(Key.from_pem, needless, algorithm="EdDSA")
    assert "Key.from_openssh" in error.hint


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("openssh-dsa", "key_type_unknown"),
        ("openssh-3des-cbc", "key_encryption_scheme"),
        ("openssh-chacha20-poly1305", "key_encryption_scheme"),
        ("openssh-aes256-gcm", "key_open_ssh_encrypted"),
        ("openssh-p256", "key_algorithm_mismatch"),
        ("ed25519.pem", "key_format"),
        ("pkcs8-ed25519.pem", "key_format"),
    ],
)
def test_other_files_are_no_private_keys_of_openssh(name: str, code: str) -> None:
    assert refused(Key.from_openssh, file(name), algorithm="EdDSA").code == code


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("x509-ed448.pem", "key_ed448_off"),
        ("x509-rsa-pss.pem", "key_type_unknown"),
        ("x509-rsa1024.pem", "key_rsa_size"),
        ("x509-p256.pem", "key_algorithm_mismatch"),
        ("x509-trusted.pem", "key_format"),
        ("pkcs7.pem", "key_format"),
        ("ed25519.pem", "key_format"),
    ],
)
def test_other_files_are_no_certificates_of_the_key(name: str, code: str) -> None:
    assert refused(Key.from_x509, file(name), algorithm="EdDSA").code == code


def test_a_key_leaves_under_a_password(private: Key) -> None:
    pem, der = private.to_pem(password=PASSWORD), private.to_der(password=PASSWORD.encode())
    assert pem.startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----\n")
    for key in (
        Key.from_pem(pem, algorithm="ES256", key_id="2026-11", password=PASSWORD),
        Key.from_der(der, algorithm="ES256", key_id="2026-11", password=PASSWORD),
    ):
        assert key == private
    assert refused(private.to_pem, password="").code == "key_password_empty"
    assert refused(private.public().to_pem, password=PASSWORD).code == "key_public"


def test_what_is_written_is_read_by_cryptography(private: Key) -> None:
    serialization = pytest.importorskip("cryptography.hazmat.primitives.serialization")
    document = private.to_pem(password=PASSWORD).encode()
    read = serialization.load_pem_private_key(document, PASSWORD.encode())
    assert Key.from_cryptography(read, algorithm="ES256", key_id="2026-11") == private


def test_a_password_is_text_or_bytes(private: Key) -> None:
    document = file("pkcs8-ed25519.pem")
    for password in (5, [PASSWORD], bytearray(PASSWORD.encode())):
        with pytest.raises(TypeError, match="password: expected str or bytes"):
            Key.from_pem(document, algorithm="EdDSA", password=password)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="password: expected str or bytes"):
            private.to_pem(password=password)  # type: ignore[arg-type]
