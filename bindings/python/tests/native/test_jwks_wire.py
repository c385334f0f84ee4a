"""`JWKSClient` and what is on the wire: entity tags, proxies, where metadata are, who waits for whom."""

from __future__ import annotations

import base64
import json
import sys
from datetime import timedelta
from typing import Any

import pytest

from attacks.publisher import Answer, Publisher
from jotem import JWKSClient, JWKSEvent, Key, errors
from jotem.testing import FrozenClock
from provider import Provider

OPENID = "/.well-known/openid-configuration"
OAUTH = "/.well-known/oauth-authorization-server"


def refusal(call: Any, *arguments: Any) -> str:
    with pytest.raises(errors.TokenRefused) as caught:
        call(*arguments)
    return caught.value.code


def asked(server: Publisher) -> list[tuple[str, dict[str, str]]]:
    return [(path, {name.lower(): value for name, value in header.items()})
            for path, header in server.hits]  # fmt: skip


def publish_with_tag(provider: Provider, tag: str, *keys: Key) -> None:
    """Sends the set to whoever has another one (RFC 9110 section 13.1.2)."""
    body = json.dumps({"keys": [key.public().to_jwk() for key in keys]}).encode()

    def answer() -> Answer:
        _, header = asked(provider.server)[-1]
        if header.get("if-none-match") == tag:
            return 304, {"Cache-Control": "max-age=600"}, b""
        return 200, {"ETag": tag}, body

    provider.server.answers["/jwks"] = answer


def test_a_set_that_is_what_it_was_is_not_sent_again(
    provider: Provider, clock: FrozenClock
) -> None:
    heard: list[JWKSEvent] = []
    publish_with_tag(provider, '"one"', provider.key)
    client = provider.client(clock=clock, on_event=heard.append)
    verifier, token = provider.verifier(client), provider.token()
    client.ready()
    clock.advance(timedelta(seconds=100))
    client.refresh()
    assert client.counters["fetches_not_modified"] == 1
    # Its age begins anew, and the server says for how long it is fresh.
    assert client.status[0].age == timedelta(0)
    (told,) = (event for event in heard if event.kind == "not_modified")
    assert (told.url, told.facts) == (provider.server.url(), {"fresh_for": timedelta(seconds=600)})
    assert client.verify(verifier, token).key_id == "first"
    # The tag stays, though the answer did not repeat it.
    client.refresh()
    assert [header.get("if-none-match") for _, header in asked(provider.server)] == [
        None, '"one"', '"one"'
    ]  # fmt: skip
    assert client.counters["fetches_not_modified"] == 2
    assert [event.kind for event in heard].count("keys_replaced") == 1

    provider.key = Key.generate("ES256", key_id="second")
    publish_with_tag(provider, '"two"', provider.key)
    client.refresh()
    assert client.status[0].keys == ("second",)
    assert refusal(verifier.verify, token) == "jws_key_not_found"
    client.refresh()
    assert asked(provider.server)[-1][1]["if-none-match"] == '"two"'
    assert client.counters["fetches_not_modified"] == 3


def test_not_modified_is_no_answer_for_who_has_nothing(provider: Provider) -> None:
    provider.server.fail(304, {"ETag": '"one"'})
    client = provider.client()
    for _ in range(2):
        with pytest.raises(errors.FetchFailed) as failed:
            client.refresh()
        assert failed.value.code == "jwks_redirect"
    assert client.counters["fetches_not_modified"] == 0
    assert [header.get("if-none-match") for _, header in asked(provider.server)] == [None, None]


URL = "http://keys.example/jwks"


@pytest.mark.parametrize("login", [None, ("user", "a password")])
def test_a_proxy_is_asked_for_the_whole_url_and_resolves_the_name(
    provider: Provider, login: Any
) -> None:
    def lookup(host: str) -> list[str]:
        raise AssertionError(host)

    proxy = Publisher()
    try:
        proxy.publish([provider.key.public().to_jwk()], URL)
        client = JWKSClient(key_set=URL, allow_http="keys.example", proxy=proxy.url(""),
                            proxy_login=login, resolve_names=lookup)  # fmt: skip
        verifier = provider.verifier(client)
        assert client.verify(verifier, provider.token()).subject == "42"
        ((path, header),) = asked(proxy)
        assert (path, header["host"]) == (URL, "keys.example")
        basic = login and "Basic " + base64.b64encode(":".join(login).encode()).decode()
        assert header.get("proxy-authorization") == basic
        assert "authorization" not in header
        assert "password" not in repr(client) + repr(client.status)
        proxy.fail(407, {}, path=URL)
        with pytest.raises(errors.FetchFailed) as failed:
            client.refresh()
        assert (failed.value.code, failed.value.facts["status"]) == ("jwks_status", 407)
        assert "password" not in str(failed.value)
        # It is what stands between, and the keys that came through it stay.
        assert verifier.verify(provider.token()).subject == "42"
        assert provider.requests == 0
    finally:
        proxy.close()


def test_a_proxy_is_asked_for_nothing_on_this_machine(provider: Provider) -> None:
    proxy = Publisher()
    try:
        for host in ("127.0.0.1", "localhost"):
            url = f"http://{host}:{provider.server.port}/jwks"
            JWKSClient(key_set=url, proxy=proxy.url("")).ready()
        assert (provider.requests, len(proxy.hits)) == (2, 0)
    finally:
        proxy.close()


def test_a_proxy_that_is_not_there_is_not_gone_around(provider: Provider) -> None:
    gone = Publisher()
    gone.close()
    names: list[str] = []

    def lookup(host: str) -> list[str]:
        names.append(host)
        return ["127.0.0.1"]

    url = f"http://keys.example:{provider.server.port}/jwks"
    client = JWKSClient(key_set=url, allow_http="keys.example", proxy=gone.url(""),
                        resolve_names=lookup)  # fmt: skip
    with pytest.raises(errors.FetchFailed) as failed:
        client.ready()
    assert failed.value.code == "jwks_connection"
    assert (provider.requests, names) == (0, [])


@pytest.mark.parametrize("path", ["", "/tenant", "/tenant/one"])
def test_metadata_are_found_where_rfc_8414_has_them(path: str) -> None:
    provider = Provider()
    try:
        provider.server.answers.clear()
        provider.publish(provider.key)
        provider.name = provider.server.url(path)
        said = {"issuer": provider.name, "jwks_uri": provider.server.url()}
        provider.server.publish(json.dumps(said).encode(), OAUTH + path)
        client = JWKSClient(issuer=provider.name)
        verified = client.verify(provider.verifier(client), provider.token())
        assert verified.issuer == provider.name
        # OpenID Connect Discovery 1.0 puts it behind the path, RFC 8414 section 3.1 before it.
        assert [asked for asked, _ in provider.server.hits] == [path + OPENID, OAUTH + path, "/jwks"]
    finally:
        provider.close()


@pytest.mark.parametrize("status", [400, 401, 403, 410, 500, 503])
def test_metadata_that_cannot_be_had_now_are_looked_for_nowhere_else(
    provider: Provider, status: int
) -> None:
    provider.server.fail(status, {}, path=OPENID)
    said = {"issuer": provider.name, "jwks_uri": provider.server.url()}
    provider.server.publish(json.dumps(said).encode(), OAUTH)
    with pytest.raises(errors.FetchFailed) as failed:
        JWKSClient(issuer=provider.name).ready()
    assert (failed.value.code, failed.value.facts["status"]) == ("jwks_status", status)
    assert [path for path, _ in provider.server.hits] == [OPENID]


def test_metadata_of_rfc_8414_must_be_of_the_issuer(provider: Provider) -> None:
    del provider.server.answers[OPENID]
    said = {"issuer": "https://other.example", "jwks_uri": provider.server.url()}
    provider.server.publish(json.dumps(said).encode(), OAUTH)
    client = JWKSClient(issuer=provider.name)
    with pytest.raises(errors.FetchFailed) as failed:
        client.ready()
    assert failed.value.code == "jwks_issuer_mismatch"
    assert refusal(client.verify, provider.verifier(client), provider.token()) == (
        "jws_keys_unavailable"
    )
    assert [path for path, _ in provider.server.hits][:2] == [OPENID, OAUTH]
    assert "/jwks" not in [path for path, _ in provider.server.hits]


def test_a_withdrawn_key_takes_what_a_cache_remembers_with_it(provider: Provider) -> None:
    """At the very next call, though the token was verified a moment ago and lives for long."""
    new = Key.generate("ES256", key_id="second")
    provider.publish(provider.key, new)
    client = provider.client()
    verifier = provider.verifier(client, cache=1 << 18)
    old, other = provider.token(), provider.token(new)
    for token in (old, other) * 3:
        assert client.verify(verifier, token).subject == "42"
    state = verifier.cache_state
    assert state is not None and (state.entries, state.hits) == (2, 4)
    provider.publish(new)
    client.refresh()
    assert refusal(verifier.verify, old) == "jws_key_not_found"
    assert refusal(client.verify, verifier, old) == "jws_key_not_found"
    assert [getattr(one, "code", "good") for one in verifier.verify_many([old, other])] == [
        "jws_key_not_found", "good"
    ]  # fmt: skip
    # It is another key that has the name now: what was signed with the one is not the other's.
    provider.publish(Key.generate("ES256", key_id="first"), new)
    client.refresh()
    assert refusal(verifier.verify, old) == "jws_signature_mismatch"
    assert verifier.verify(other).subject == "42"
    # And back: it is verified anew, and good again.
    provider.publish(provider.key, new)
    client.refresh()
    assert verifier.verify(old).subject == "42"


def test_who_waits_for_the_server_lets_the_other_threads_run(provider: Provider) -> None:
    """The server is one of them, and nobody is made to let it in: if not let in, it never answers."""
    client = provider.client(deadline=60)
    verifier = provider.verifier(client)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1000)
    try:
        client.ready()
        client.refresh()
        provider.rotate("second")
        assert client.verify(verifier, provider.token()).key_id == "second"
    finally:
        sys.setswitchinterval(interval)
    assert provider.requests == 3
