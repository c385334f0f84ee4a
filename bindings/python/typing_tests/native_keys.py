"""Keys and key sets of the native API: what type checkers must infer, and must refuse."""

from __future__ import annotations

from typing import Any

from typing_extensions import assert_type

from jotem import Algorithm, Key, KeySet, Member
from jotem.errors import KeyRefused


def keys_are_made_for_one_algorithm(pem: str, der: bytes) -> None:
    key = Key.generate("RS256", key_id="2026-01", bits=3072)
    assert_type(key, Key)
    assert_type(key.algorithm, Algorithm)
    assert_type(key.key_id, "str | None")
    assert_type(Key.from_pem(pem, algorithm=Algorithm.ES256), Key)
    assert_type(Key.from_der(der, algorithm="ES256", key_id="1"), Key)
    assert_type(Key.from_secret(b"at least thirty-two bytes of it", algorithm="HS256"), Key)
    assert_type(Key.from_jwk({"kty": "OKP", "alg": "EdDSA"}), Key)
    assert_type(Key.from_jwk('{"kty":"OKP"}', algorithm="Ed25519"), Key)
    assert_type(key.public().with_key_id("2026-02").thumbprint(), str)
    assert_type(key.to_jwk(private=True), dict[str, Any])
    assert_type(Key.from_pem(pem, algorithm="ES256", password="secret"), Key)
    assert_type(Key.from_der(der, algorithm="ES256", password=b"secret"), Key)
    assert_type(Key.from_x509(der, algorithm="ES256"), Key)
    assert_type(Key.from_openssh(pem, algorithm="ES256", password=None), Key)
    assert_type(key.to_pem(password="secret"), str)
    assert_type(key.to_pem(), str)
    assert_type(key.to_der(), bytes)
    assert_type(key.of_issuers("https://a.example").issuers, "list[str] | None")

    Key()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Key.generate()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Key.generate("RS256", "1")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Key.from_pem(pem)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Key.from_pem(pem, "ES256")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Key.from_der(pem, algorithm="ES256")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Key.from_pem(pem, algorithm="ES256", password=5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Key.from_x509(der, algorithm="ES256", password="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Key.from_secret(5, algorithm="HS256")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    key.key_id = "2"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]


def sets_hold_keys(key: Key, document: bytes) -> None:
    keys = KeySet.from_json(document)
    assert_type(KeySet([key, key.public()]), KeySet)
    assert_type(len(keys), int)
    assert_type([one.key_id for one in keys], "list[str | None]")
    assert_type(keys.members, tuple[Member, ...])
    assert_type(keys.members[0].reason, "KeyRefused | None")
    assert_type(keys.to_dict(), dict[str, Any])

    KeySet(key)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    KeySet(["secret"])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    keys["2026-01"]  # type: ignore[index]  # pyright: ignore[reportIndexIssue]
    KeySet.from_dict(document)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def nobody_subclasses_a_key() -> None:
    class Mine(Key):  # type: ignore[misc]  # pyright: ignore[reportGeneralTypeIssues]
        """A key is what the engine made."""

    assert_type(Mine.generate("ES256"), Key)
