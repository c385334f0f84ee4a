"""The program's own callables: claims, events, a log and counters; and what becomes of their errors."""

from __future__ import annotations

import contextvars
import logging
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import pytest

from jotem import errors
from jotem.sessions import (
    Grant,
    Refused,
    SessionEvent,
    Sessions,
    logging_events,
    prometheus_events,
)

SECRET = b"thirty-two bytes, which nobody has"


@pytest.fixture
def unraisable(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    seen: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda hook: seen.append(hook.exc_value))
    yield seen


# Claims.


def test_claims_are_asked_for_at_login_and_at_every_refresh() -> None:
    asked: list[tuple[Any, ...]] = []

    def claims_for(subject: str, grant: Grant) -> dict[str, Any]:
        asked.append((subject, grant.subject, grant.tenant, grant.client, grant.scopes, grant.audience))
        return {"roles": ["editor"], "times": len(asked)}

    with Sessions(SECRET, claims_for=claims_for) as sessions:
        pair = sessions.start("ada", tenant="acme", client="web", scopes="b a", audience=["x"])
        assert sessions.verify(pair.access_token).claims["times"] == 1
        pair = sessions.refresh(pair.refresh_token, client="web", scopes="a")
        assert sessions.verify(pair.access_token).claims["roles"] == ["editor"]
    assert asked == [
        ("ada", "ada", "acme", "web", ("a", "b"), ("x",)),
        ("ada", "ada", "acme", "web", ("a",), ("x",)),
    ]


def test_claims_depend_on_how_and_when_somebody_logged_in() -> None:
    asked: list[tuple[Any, ...]] = []

    def claims_for(subject: str, grant: Grant) -> dict[str, Any]:
        asked.append((grant.acr, grant.amr, grant.authenticated_at))
        return {}

    then = datetime(2026, 11, 1, 12, tzinfo=timezone.utc)
    with Sessions(SECRET, claims_for=claims_for) as sessions:
        pair = sessions.start("ada", acr="high", amr=["pwd", "otp"], authenticated_at=then)
        sessions.refresh(pair.refresh_token)
        plain = sessions.start("ada")
        live = sessions.verify(plain.access_token)
        sessions.refresh(plain.refresh_token)
    assert asked == [
        ("high", ("otp", "pwd"), then),
        ("high", ("otp", "pwd"), then),
        (None, (), None),
        (None, (), live.authenticated_at),
    ]


def test_claims_are_objects_of_the_application() -> None:
    @dataclass
    class Claims:
        roles: list[str]

    with Sessions(SECRET, claims_for=lambda *_: Claims(["editor"])) as sessions:
        live = sessions.verify(sessions.start("ada").access_token, into=Claims)
        assert live.claims == Claims(["editor"])


def test_who_is_refused_gets_no_session_and_loses_no_token() -> None:
    is_disabled = False

    def claims_for(subject: str, grant: Grant) -> dict[str, Any]:
        if is_disabled:
            raise Refused("the account is disabled")
        return {}

    with Sessions(SECRET, claims_for=claims_for, policy="strict") as sessions:
        pair = sessions.start("ada")
        is_disabled = True
        for call in (lambda: sessions.start("ada"), lambda: sessions.refresh(pair.refresh_token)):
            with pytest.raises(errors.SessionRefused) as caught:
                call()
            assert caught.value.code == "session_refused"
            assert caught.value.oauth_error == "invalid_grant"
            assert "the account is disabled" in str(caught.value)
            assert caught.value.public["error_description"] == "the session is over: log in again"
        is_disabled = False
        assert sessions.refresh(pair.refresh_token)


def test_a_callback_that_fails_is_unavailable_and_uses_nothing_up() -> None:
    fails: BaseException | None = None

    def claims_for(subject: str, grant: Grant) -> dict[str, Any]:
        if fails is not None:
            raise fails
        return {}

    with Sessions(SECRET, claims_for=claims_for, policy="strict") as sessions:
        pair = sessions.start("ada")
        for fails in (ConnectionError("no database"), KeyError("ada"), errors.Misuse("a", "b")):
            with pytest.raises(errors.Unavailable) as caught:
                sessions.refresh(pair.refresh_token)
            assert caught.value.__cause__ is fails
            assert caught.value.code == "session_claims"
            assert caught.value.oauth_error == "temporarily_unavailable"
            assert caught.value.retry_after is not None
            assert "no database" not in str(caught.value)
        for fails in (KeyboardInterrupt(), SystemExit(1)):
            with pytest.raises(type(fails)):
                sessions.refresh(pair.refresh_token)
        fails = None
        assert sessions.refresh(pair.refresh_token)


@pytest.mark.parametrize(
    ("claims", "error"),
    [
        ({"sub": "mallory"}, errors.Misuse),
        ({"sep": 0}, errors.Misuse),
        ({"scope": "admin"}, errors.Misuse),
        ({"exp": 1}, errors.Misuse),
        ({"x": float("nan")}, errors.Misuse),
        ({"x": object()}, TypeError),
        ({1: 2}, TypeError),
        ("roles", TypeError),
        (None, TypeError),
        (["roles"], TypeError),
    ],
)
def test_claims_that_cannot_be_are_refused(claims: Any, error: type[Exception]) -> None:
    with Sessions(SECRET, claims_for=lambda *_: claims) as sessions:
        with pytest.raises(error):
            sessions.start("ada")
        assert sessions.list("ada").sessions == ()


def test_a_coroutine_function_is_no_callback_of_sessions_that_wait() -> None:
    async def claims_for(subject: str, grant: Grant) -> dict[str, Any]:
        return {}

    with Sessions(SECRET, claims_for=claims_for) as sessions:
        with pytest.raises(errors.Unavailable) as caught:
            sessions.start("ada")
        assert "AsyncSessions" in str(caught.value.__cause__)


def test_a_callback_may_use_the_sessions_itself() -> None:
    def claims_for(subject: str, grant: Grant) -> dict[str, Any]:
        sessions.revoke_client("a client that nobody has")
        return {"others": len(sessions.list(subject).sessions)}

    with Sessions(SECRET, claims_for=claims_for) as sessions:
        sessions.start("ada")
        with ThreadPoolExecutor(8) as pool:
            pairs = list(pool.map(lambda _: sessions.start("ada"), range(16)))
        counts = [sessions.verify(pair.access_token).claims["others"] for pair in pairs]
        assert min(counts) >= 1
        assert sessions.verify(sessions.refresh(pairs[0].refresh_token).access_token)


def test_a_callback_runs_in_the_thread_and_the_context_of_the_call() -> None:
    request: contextvars.ContextVar[str] = contextvars.ContextVar("request")
    seen: list[tuple[int, str]] = []

    def claims_for(subject: str, grant: Grant) -> dict[str, Any]:
        seen.append((threading.get_ident(), request.get()))
        return {}

    with Sessions(SECRET, claims_for=claims_for) as sessions:
        request.set("a request")
        sessions.start("ada")
    assert seen == [(threading.get_ident(), "a request")]


# Events.


def test_events_say_what_happened_and_have_no_token_in_them() -> None:
    seen: list[SessionEvent] = []
    with Sessions(SECRET, on_event=seen.append, policy="strict") as sessions:
        pair = sessions.start("ada", tenant="acme", client="web", address="192.0.2.1")
        successor = sessions.refresh(pair.refresh_token, client="web", address="192.0.2.2")
        for token in (pair.refresh_token, "garbage"):
            with pytest.raises(errors.SessionRefused):
                sessions.refresh(token, client="web", address="203.0.113.9")
        sessions.revoke_token(successor.access_token)
        sessions.revoke_client("phone")
    start, rotated, reuse, refused, revoked, client = seen
    assert (start.kind, start.subject, start.tenant, start.client) == ("session.start", "ada", "acme", "web")
    assert start.session == pair.session
    assert (rotated.kind, rotated.address, rotated.is_alarm) == ("refresh.rotated", "192.0.2.2", False)
    assert (reuse.kind, reuse.reason, reuse.is_alarm) == ("refresh.reuse", "session_reuse", True)
    assert (reuse.address, reuse.subject, reuse.session) == ("203.0.113.9", "ada", pair.session)
    assert (refused.kind, refused.reason) == ("refresh.refused", "refresh_token_shape")
    assert (revoked.kind, revoked.token_id is not None) == ("revoke.token", True)
    assert (client.kind, client.client, client.key_id) == ("revoke.client", "phone", None)
    said = "".join(f"{event} {event!r} {event.detail}" for event in seen)
    for secret in (pair.refresh_token, successor.refresh_token, pair.access_token):
        assert secret[10:40] not in said


def test_an_event_on_one_line_whatever_others_wrote() -> None:
    seen: list[str] = []
    with Sessions(SECRET, on_event=lambda event: seen.append(str(event))) as sessions:
        sessions.start("ada\nrefresh.reuse subject=grace\x1b[2J")
    assert len(seen[0].splitlines()) == 1
    assert "\x1b" not in seen[0]
    # What stands between quotes is no part of the line's own.
    assert "refresh.reuse" not in seen[0].split('"')[0::2]


def test_a_listener_that_fails_changes_nothing(unraisable: list[Any]) -> None:
    def on_event(event: SessionEvent) -> None:
        raise ConnectionError("no log")

    with Sessions(SECRET, on_event=on_event) as sessions:
        assert sessions.verify(sessions.start("ada").access_token).subject == "ada"
    assert [type(error) for error in unraisable] == [ConnectionError]


def test_a_listener_may_use_the_sessions_itself() -> None:
    counts: list[int] = []

    def on_event(event: SessionEvent) -> None:
        if event.kind == "session.start" and event.subject is not None:
            counts.append(len(sessions.list(event.subject).sessions))

    with Sessions(SECRET, on_event=on_event) as sessions:
        for _ in range(3):
            sessions.start("ada")
    assert counts == [1, 2, 3]


def test_a_stale_view_raises_one_alarm() -> None:
    seen: list[str] = []
    on_event = lambda event: seen.append(event.kind)  # noqa: E731
    with Sessions(SECRET, on_event=on_event, max_staleness=0, poll_every=3600) as sessions:
        pair = sessions.start("ada")
        for _ in range(1000):
            sessions.verify_fail_open(pair.access_token)
            if "view.stale" in seen:
                break
        sessions.verify_fail_open(pair.access_token)
    assert seen == ["session.start", "view.stale"]


# A log and counters.


def test_events_are_lines_of_a_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with Sessions(SECRET, on_event=logging_events(), policy="strict") as sessions:
        pair = sessions.start("ada", client="web")
        sessions.refresh(pair.refresh_token, client="web")
        with pytest.raises(errors.SessionRefused):
            sessions.refresh(pair.refresh_token, client="web")
    levels = [(record.name, record.levelname, record.__dict__["event"]) for record in caplog.records]
    assert levels == [
        ("jotem.sessions", "INFO", "session.start"),
        ("jotem.sessions", "INFO", "refresh.rotated"),
        ("jotem.sessions", "WARNING", "refresh.reuse"),
    ]
    record = caplog.records[2]
    assert (record.__dict__["subject"], record.__dict__["reason"]) == ("ada", "session_reuse")
    assert pair.refresh_token not in caplog.text


def test_a_logger_that_is_off_is_not_told() -> None:
    logger = logging.getLogger("a logger that is off")
    logger.setLevel(logging.CRITICAL)
    with Sessions(SECRET, on_event=logging_events(logger)) as sessions:
        sessions.start("ada")


def test_events_are_counters() -> None:
    prometheus = pytest.importorskip("prometheus_client")
    registry = prometheus.CollectorRegistry()
    on_event = prometheus_events(registry)
    with Sessions(SECRET, on_event=on_event, policy="strict", max_sessions=1) as sessions:
        pair = sessions.start("ada")
        sessions.refresh(pair.refresh_token)
        for token in (pair.refresh_token, "garbage"):
            with pytest.raises(errors.SessionRefused):
                sessions.refresh(token)
        sessions.start("ada")
        sessions.start("ada")
        sessions.revoke_subject("ada")

    def value(name: str, **labels: str) -> float | None:
        found: float | None = registry.get_sample_value(name, labels)
        return found

    assert value("jotem_sessions_started_total") == 3
    outcomes = {"rotated": 1, "reuse": 1, "refused": 1}
    assert {word: value("jotem_refresh_total", outcome=word) for word in outcomes} == outcomes
    assert value("jotem_refresh_refused_total", reason="refresh_token_shape") == 1
    assert value("jotem_sessions_displaced_total") == 1
    assert value("jotem_revocations_total", kind="subject") == 1
    text = prometheus.generate_latest(registry).decode()
    assert pair.refresh_token not in text
    assert "ada" not in text
