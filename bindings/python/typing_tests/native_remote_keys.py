"""Remote key sets of the native API: what type checkers must infer, and must refuse."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from typing_extensions import assert_type

from jotem import JWKSClient, JWKSEvent, Key, SourceStatus, Verified, Verifier
from jotem.errors import FetchFailed, KeyRefused
from jotem.testing import FrozenClock


@dataclass
class Profile:
    """Claims of an application."""

    role: str


def clients_are_made_of_keywords(pem: bytes, known: list[str]) -> None:
    def hear(event: JWKSEvent) -> None:
        assert_type(event.url, "str | None")
        assert_type(event.facts, dict[str, Any])
        assert_type(event.error, "FetchFailed | KeyRefused | None")
        if event.kind == "fetch_failed":
            print(event)
        if event.kind == "failed":  # type: ignore[comparison-overlap]  # pyright: ignore[reportUnnecessaryComparison]
            print(event)

    assert_type(JWKSClient(issuer="https://a.example"), JWKSClient)
    JWKSClient(issuer=known, algorithms=["RS256"], on_event=hear, hard_age=timedelta(days=1))
    JWKSClient(key_set={"https://a.example": "https://a.example/jwks.json"}, deadline=2.5)
    JWKSClient(key_set="https://a.example/jwks.json", soft_age=(60, timedelta(hours=1)))
    JWKSClient(key_set=known, headers={"https://a.example": {"X-Key": "x"}}, cool_down=(5, 60))
    JWKSClient(issuer="https://a.example", certificate_authorities=pem, allow_http="a.example")
    JWKSClient(issuer="https://a.example", proxy="http://p:1", proxy_login=("user", "password"))
    JWKSClient(issuer="https://a.example", resolve_names=lambda host: [host])
    JWKSClient(issuer="https://a.example", clock=lambda: 1_700_000_000)
    JWKSClient(issuer="https://a.example", clock=FrozenClock())

    JWKSClient("https://a.example")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    JWKSClient(issuer=b"https://a.example")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    JWKSClient(key_set="https://a.example", soft_age=60)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    JWKSClient(key_set="https://a.example", verify=False)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    JWKSClient(key_set="https://a.example", clock=lambda: "now")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    JWKSClient(key_set="https://a.example", on_event=print)
    JWKSEvent()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def clients_verify(client: JWKSClient, key: Key, token: str) -> None:
    verifier = Verifier(client, algorithms=["ES256"], audience="api")
    assert_type(client.verify(verifier, token), Verified[dict[str, Any]])
    assert_type(client.verify(verifier, token.encode(), into=Profile), Verified[Profile])
    assert_type(client.ready(), None)
    assert_type(client.counters, dict[str, int])
    for source in client.status:
        assert_type(source, SourceStatus)
        assert_type(source.age, "timedelta | None")
        assert_type(source.due_in, timedelta)
        assert_type(source.keys, tuple[str, ...])

    client.verify(token)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    client.verify(key, token)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    client.verify(verifier, token, Profile)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]


async def clients_are_awaited(client: JWKSClient, verifier: Verifier, token: str) -> None:
    assert_type(await client.verify_async(verifier, token), Verified[dict[str, Any]])
    assert_type(await client.verify_async(verifier, token, into=Profile), Verified[Profile])
    await assert_type(client.ready_async(), Coroutine[Any, Any, None])
    await client.refresh_async()
