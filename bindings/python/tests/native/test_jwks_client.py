"""`JWKSClient` against a server on this machine: who waits, who does not, and what is kept."""

from __future__ import annotations

import gc
import sys
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from jotem import Issuer, JWKSClient, JWKSEvent, Key, Verified, Verifier, errors
from provider import Provider


def refusal(call: Any, *arguments: Any) -> errors.TokenRefused:
    with pytest.raises(errors.TokenRefused) as caught:
        call(*arguments)
    return caught.value


def test_the_first_token_fetches_the_keys_and_the_next_ones_do_not(provider: Provider) -> None:
    client = provider.client()
    verifier = provider.verifier(client)
    assert provider.requests == 0
    for _ in range(10):
        assert client.verify(verifier, provider.token()).subject == "42"
    assert provider.requests == 1
    assert client.counters["fetches_succeeded"] == 1


def test_an_issuer_says_itself_where_its_keys_are(provider: Provider) -> None:
    client = JWKSClient(issuer=provider.name)
    assert client.verify(provider.verifier(client), provider.token()).issuer == provider.name
    paths = [path for path, _ in provider.server.hits]
    assert paths == ["/.well-known/openid-configuration", "/jwks"]


def test_a_verifier_alone_never_waits(provider: Provider) -> None:
    provider.hang()
    client = provider.client()
    verifier = provider.verifier(client)
    refused = refusal(verifier.verify, provider.token())
    assert (refused.code, refused.public["error"]) == ("jws_keys_unavailable", "server_error")
    # It is being fetched all the same.
    provider.release()
    client.ready()
    assert verifier.verify(provider.token()).subject == "42"
    assert provider.requests == 1


def test_a_key_that_was_rotated_in_is_fetched_and_the_old_one_is_gone(provider: Provider) -> None:
    client = provider.client()
    verifier = provider.verifier(client)
    old = provider.token()
    client.verify(verifier, old)
    provider.rotate("second")
    assert client.verify(verifier, provider.token()).key_id == "second"
    assert refusal(client.verify, verifier, old).code == "jws_key_not_found"
    assert provider.requests == 2


def test_the_claims_are_read_into_a_class(provider: Provider) -> None:
    @dataclass
    class Profile:
        role: str

    client = provider.client()
    verified = client.verify(provider.verifier(client), provider.token(role="admin"), into=Profile)
    assert verified.claims == Profile("admin")
    with pytest.raises(TypeError, match="into"):
        client.verify(provider.verifier(client), provider.token(), into=int)


def test_a_token_that_is_refused_for_another_reason_fetches_nothing(provider: Provider) -> None:
    client = provider.client()
    verifier = provider.verifier(client)
    client.ready()
    other = Key.generate("ES256", key_id="first")
    expired = Issuer(provider.key, issuer=provider.name, lifetime=1, clock=lambda: 1_000)
    tokens = {
        "not a token": "jws_segment_count",
        provider.token(other): "jws_signature_mismatch",
        expired.issue(audience="api"): "jwt_expired",
        Issuer(Key.generate("HS256", key_id="x"), lifetime=9).issue(): "jws_alg_not_allowed",
    }
    for token, code in tokens.items():
        assert refusal(client.verify, verifier, token).code == code
    assert provider.requests == 1


def test_two_hundred_threads_with_unknown_keys_make_one_request(provider: Provider) -> None:
    client = provider.client()
    verifier = provider.verifier(client)
    client.ready()
    start = threading.Barrier(200)

    def ask(token: str) -> str:
        start.wait()
        return refusal(client.verify, verifier, token).code

    with ThreadPoolExecutor(200) as pool:
        codes = set(pool.map(ask, provider.tokens_of_nobody(200)))
    assert codes == {"jws_key_not_found"}
    assert provider.requests == 2
    assert client.verify(verifier, provider.token()).subject == "42"


def test_known_keys_verify_while_the_server_hangs(provider: Provider) -> None:
    client = provider.client(deadline=60)
    verifier = provider.verifier(client)
    known = provider.token()
    client.verify(verifier, known)
    new = Key.generate("ES256", key_id="second")
    provider.publish(provider.key, new)
    provider.hang()
    with ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(client.verify, verifier, provider.token(new)) for _ in range(4)]
        for _ in range(100):
            assert client.verify(verifier, known).subject == "42"
        assert not any(one.done() for one in waiting)
        provider.release()
        assert {one.result().key_id for one in waiting} == {"second"}
    assert provider.requests == 2


def test_good_keys_survive_an_outage(provider: Provider) -> None:
    client = provider.client()
    verifier = provider.verifier(client)
    client.ready()
    for status, body, code in (
        (500, b"", "jwks_status"),
        (302, b"", "jwks_redirect"),
        (200, b"<html>", "jwks_malformed"),
        (200, b'{"keys":[]}', "jwks_no_usable_key"),
        (200, b" " * (512 * 1024 + 1), "jwks_too_large"),
    ):
        provider.server.fail(status, {"Location": "/elsewhere"}, body)
        with pytest.raises(errors.FetchFailed) as failed:
            client.refresh()
        assert failed.value.code == code
        assert failed.value.facts["host"] == "127.0.0.1"
        assert failed.value.hint and failed.value.public["error"] == "server_error"
        assert client.verify(verifier, provider.token()).subject == "42"
        client.ready()
    assert {path for path, _ in provider.server.hits} == {"/jwks"}
    (source,) = client.status
    assert source.is_available and source.keys == ("first",)


def test_a_server_that_hangs_is_given_up_at_the_deadline(provider: Provider) -> None:
    provider.hang()
    client = provider.client(deadline=1)
    with pytest.raises(errors.FetchFailed) as failed:
        client.ready()
    assert failed.value.code == "jwks_timeout"
    assert failed.value.facts["limit"] == timedelta(seconds=1)
    with pytest.raises(errors.FetchFailed) as failed:
        client.ready()
    assert failed.value.code == "jwks_cool_down"
    assert provider.requests == 1


def test_a_set_with_too_many_members_is_refused(provider: Provider) -> None:
    provider.server.publish([{**provider.key.to_jwk(), "kid": str(n)} for n in range(101)])
    with pytest.raises(errors.FetchFailed) as failed:
        provider.client().ready()
    assert (failed.value.code, failed.value.facts["found"]) == ("jwks_too_many_keys", 101)


def test_metadata_of_another_issuer_give_no_keys(provider: Provider) -> None:
    provider.describe(issuer="https://other.example", jwks_uri=provider.server.url())
    client = JWKSClient(issuer=provider.name)
    with pytest.raises(errors.FetchFailed) as failed:
        client.ready()
    assert failed.value.code == "jwks_issuer_mismatch"
    assert failed.value.facts["found"] == "https://other.example"
    verifier = provider.verifier(client)
    assert refusal(verifier.verify, provider.token()).code == "jws_keys_unavailable"
    assert {path for path, _ in provider.server.hits} == {"/.well-known/openid-configuration"}
    assert client.counters["discovery_mismatches"] == 1


def test_the_keys_of_one_issuer_verify_no_tokens_of_another() -> None:
    one, other = Provider("https://one.example"), Provider("https://other.example")
    try:
        # Both call their key by the same name.
        urls = {issuer.name: issuer.server.url() for issuer in (one, other)}
        client = JWKSClient(key_set=urls)
        verifier = Verifier(client, algorithms=["ES256"], issuer=list(urls), audience="api")
        client.ready()
        for issuer in (one, other):
            assert client.verify(verifier, issuer.token()).issuer == issuer.name
        forged = Issuer(one.key, issuer=other.name, audience="api", lifetime=60).issue()
        assert refusal(client.verify, verifier, forged).code == "jws_signature_mismatch"
        assert [source.issuer for source in client.status] == list(urls)
    finally:
        one.close()
        other.close()


def test_a_verifier_of_other_keys_is_refused(provider: Provider) -> None:
    client = provider.client()
    others = Verifier(provider.key.public(), audience="api")
    for verifier in (others, provider.verifier(provider.client())):
        with pytest.raises(errors.Misuse, match="other keys"):
            client.verify(verifier, provider.token())
    with pytest.raises(TypeError, match="verifier: expected jotem.Verifier, got str"):
        client.verify("verifier", provider.token())  # type: ignore[call-overload]
    assert provider.requests == 0


def test_a_verifier_needs_algorithms_from_itself_or_from_the_client(provider: Provider) -> None:
    with pytest.raises(errors.Misuse):
        Verifier(provider.client(), audience="api")
    client = provider.client(algorithms=["ES256", "RS256"])
    assert [str(one) for one in Verifier(client, audience="api").algorithms] == ["ES256", "RS256"]


def test_a_batch_takes_the_keys_of_the_moment(provider: Provider) -> None:
    client = provider.client()
    client.ready()
    tokens = [provider.token(subject=str(number)) for number in range(50)]
    verdicts = provider.verifier(client).verify_many([*tokens, provider.tokens_of_nobody(1)[0]])
    assert [isinstance(verdict, Verified) for verdict in verdicts] == [True] * 50 + [False]
    assert provider.requests == 1


def test_published_secrets_and_private_keys_are_never_keys(provider: Provider) -> None:
    secret, private = Key.generate("HS256", key_id="s"), Key.generate("ES256", key_id="p")
    provider.server.publish(
        [secret.to_jwk(private=True), private.to_jwk(private=True), {"kty": "new"},
         provider.key.to_jwk()]
    )  # fmt: skip
    heard: list[JWKSEvent] = []
    client = provider.client(on_event=heard.append)
    client.ready()
    assert client.status[0].keys == ("first",)
    skipped = [event for event in heard if event.kind == "member_skipped"]
    assert [event.facts["position"] for event in skipped] == [0, 1, 2]
    assert isinstance(skipped[2].error, errors.KeyRefused)
    verifier = provider.verifier(client)
    assert refusal(client.verify, verifier, provider.token(private)).code == "jws_key_not_found"
    assert refusal(client.verify, verifier, provider.token(secret)).code == "jws_alg_not_allowed"


def test_headers_go_to_their_origin_only(provider: Provider) -> None:
    elsewhere = Provider(provider.name)
    try:
        provider.describe(issuer=provider.name, jwks_uri=elsewhere.server.url())
        own = {provider.name: {"X-Key": "secret"}}
        client = JWKSClient(issuer=provider.name, headers=own, allow_private="127.0.0.1")
        client.ready()
        assert [header.get("x-key") for _, header in lowered(provider)] == ["secret"]
        assert [header.get("x-key") for _, header in lowered(elsewhere)] == [None]
        assert "secret" not in repr(client)
    finally:
        elsewhere.close()


def lowered(provider: Provider) -> list[tuple[str, dict[str, str]]]:
    return [
        (path, {name.lower(): value for name, value in header.items()})
        for path, header in provider.server.hits
    ]


def test_names_are_resolved_by_the_program_and_checked(provider: Provider) -> None:
    asked: list[str] = []

    def lookup(host: str) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    url = f"http://keys.example:{provider.server.port}/jwks"
    client = JWKSClient(key_set=url, allow_http="keys.example", resolve_names=lookup)
    client.ready()
    assert asked == ["keys.example"]
    # An issuer's metadata lead to no address of this machine under another name.
    provider.describe(issuer=provider.name, jwks_uri=url)
    client = JWKSClient(issuer=provider.name, allow_http="keys.example", resolve_names=lookup)
    with pytest.raises(errors.FetchFailed) as failed:
        client.ready()
    assert failed.value.code == "jwks_address_refused"
    assert failed.value.facts["address"] == "127.0.0.1"


@pytest.mark.parametrize("answer", [OSError("no such host"), ["nonsense"], 5, []])
def test_names_that_cannot_be_resolved_are_said(
    answer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    reported: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", reported.append)

    def lookup(host: str) -> Any:
        if isinstance(answer, Exception):
            raise answer
        return answer

    client = JWKSClient(key_set="https://keys.example/jwks", resolve_names=lookup)
    with pytest.raises(errors.FetchFailed) as failed:
        client.ready()
    assert failed.value.code == "jwks_name_unresolved"
    assert len(reported) == (answer != [])


def test_what_on_event_raises_is_reported_and_changes_nothing(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    reported: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", reported.append)

    def listen(event: JWKSEvent) -> None:
        raise RuntimeError(event.kind)

    client = provider.client(on_event=listen)
    assert client.verify(provider.verifier(client), provider.token()).subject == "42"
    said = [str(one.exc_value) for one in reported]
    assert said == ["thread_started", "fetch_started", "fetch_succeeded", "keys_replaced"]
    assert {one.object for one in reported} == {listen}


def test_who_waits_for_the_client_in_its_own_callback_is_told(provider: Provider) -> None:
    answers: dict[str, str] = {}

    def listen(event: JWKSEvent) -> None:
        for wait in (client.ready, client.refresh, lambda: client.verify(verifier, token)):
            with pytest.raises(errors.Misuse, match="waits for the client"):
                wait()
        answers[event.kind] = "refused"

    client = provider.client(on_event=listen)
    verifier, (token,) = provider.verifier(client), provider.tokens_of_nobody(1)
    client.ready()
    assert {"thread_started", "fetch_started", "fetch_succeeded"} <= set(answers)
    assert client.verify(verifier, provider.token()).subject == "42"


def test_events_are_lines_for_a_log(provider: Provider) -> None:
    heard: list[JWKSEvent] = []
    client = provider.client(on_event=heard.append)
    client.ready()
    provider.server.fail(503, {})
    with pytest.raises(errors.FetchFailed):
        client.refresh()
    failed = heard[-1]
    assert isinstance(failed.error, errors.FetchFailed)
    assert str(failed) == (
        f"fetch_failed {provider.server.url()}, code: jwks_status: 127.0.0.1 answered with status 503"
    )
    assert repr(failed) == f"<jotem.JWKSEvent: {failed}>"
    (said,) = (event for event in heard if event.kind == "keys_replaced")
    assert said.facts == {"added": ["first"], "removed": []}


def test_a_client_that_only_its_own_callback_holds_is_collected(provider: Provider) -> None:
    class Service:
        def __init__(self) -> None:
            self.client = provider.client(on_event=self.hear)
            self.verifier = provider.verifier(self.client)

        def hear(self, event: JWKSEvent) -> None:
            self.last = event

    service = Service()
    service.client.ready()
    gone = weakref.ref(service)
    del service
    gc.collect()
    assert gone() is None


def test_a_verifier_keeps_the_callback_of_its_client(provider: Provider) -> None:
    heard: list[str] = []
    verifier = provider.verifier(provider.client(on_event=lambda event: heard.append(event.kind)))
    gc.collect()
    refusal(verifier.verify, provider.token())
    assert heard[0] == "thread_started"
