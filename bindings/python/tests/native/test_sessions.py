"""The life of a session through `Sessions`, and everything that ends or refuses it."""

from __future__ import annotations

import copy
import logging
import os
import pickle
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from jotem import Algorithm, Key, KeyRing, KeySet, Verifier, errors
from jotem.sessions import Live, RotationPolicy, Sessions, TokenPair

SECRET = b"thirty-two bytes, which nobody has"
THUMBPRINT = Key.generate("ES256").thumbprint()
OTHER = Key.generate("ES256").thumbprint()


@pytest.fixture(params=["memory:", "sqlite"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"sqlite://{tmp_path}/sessions.db" if request.param == "sqlite" else request.param


@pytest.fixture
def sessions(url: str) -> Any:
    with Sessions(SECRET, store=url, issuer="https://auth.example", audience="api") as sessions:
        yield sessions


def refused(code: str, call: Any, *arguments: Any, **named: Any) -> errors.JotemError:
    """The error that a call raises, which has this code."""
    with pytest.raises(errors.JotemError) as caught:
        call(*arguments, **named)
    assert caught.value.code == code, caught.value
    return caught.value


# The life of a session.


def test_a_session_goes_from_login_to_log_out(sessions: Sessions) -> None:
    pair = sessions.start("ada", tenant="acme", client="web", scopes=["b", "a"], amr=["pwd"], acr="2")
    assert isinstance(pair, TokenPair)
    assert pair.expires_in == timedelta(minutes=15)
    assert timedelta(days=6, hours=23) < pair.refresh_expires_in <= timedelta(days=7)
    assert pair.scopes == ("a", "b")
    live = sessions.verify(pair.access_token)
    assert type(live) is Live
    assert (live.subject, live.tenant, live.client) == ("ada", "acme", "web")
    assert (live.session, live.scopes) == (pair.session, ("a", "b"))
    assert (live.acr, live.amr, live.bound_to) == ("2", ("pwd",), None)
    assert live.claims["iss"] == "https://auth.example"
    assert live.claims["aud"] in ("api", ["api"])
    assert abs(live.authenticated_at - datetime.now(timezone.utc)) < timedelta(minutes=1)
    assert live.expires_at is not None
    next_pair = sessions.refresh(pair.refresh_token, client="web")
    assert next_pair.refresh_token != pair.refresh_token
    assert next_pair.session == pair.session
    assert not next_pair.is_replay
    assert sessions.verify(next_pair.access_token).subject == "ada"
    sessions.revoke_session("ada", pair.session, tenant="acme")
    for token in (pair, next_pair):
        refused("access_revoked", sessions.verify, token.access_token)
    error = refused("session_ended", sessions.refresh, next_pair.refresh_token, client="web")
    assert error.facts == {"state": "logged_out"}


def test_a_pair_is_the_answer_of_a_token_endpoint(sessions: Sessions) -> None:
    pair = sessions.start("ada", scopes="read write")
    assert pair.to_dict() == {
        "access_token": pair.access_token,
        "token_type": "Bearer",
        "expires_in": 900,
        "refresh_token": pair.refresh_token,
        "scope": "read write",
    }
    bound = sessions.start("ada", bound_to=THUMBPRINT).to_dict()
    assert bound["token_type"] == "DPoP"
    assert "scope" not in bound


def test_claims_are_read_into_a_class_of_the_application(sessions: Sessions) -> None:
    @dataclass
    class Claims:
        sub: str
        scope: str

    pair = sessions.start("ada", scopes=["read"])
    assert sessions.verify(pair.access_token, into=Claims).claims == Claims("ada", "read")
    with pytest.raises(TypeError, match="into"):
        sessions.verify(pair.access_token, into="Claims")  # type: ignore[call-overload]


def test_a_list_shows_what_lives_the_last_used_first(sessions: Sessions) -> None:
    first = sessions.start("ada", label="Firefox on Linux", scopes=["read"])
    second = sessions.start("ada", client="phone", bound_to=THUMBPRINT)
    sessions.start("grace")
    found = sessions.list("ada")
    assert {info.id for info in found.sessions} == {first.session, second.session}
    by_id = {info.id: info for info in found.sessions}
    info = by_id[first.session]
    assert (info.label, info.client, info.scopes, info.is_bound) == (
        "Firefox on Linux", "default", ("read",), False)  # fmt: skip
    assert by_id[second.session].is_bound
    assert info.idle_end_at - info.last_used_at <= timedelta(days=7)
    assert info.authenticated_at < info.idle_end_at < info.end_at
    sessions.revoke_session("ada", first.session)
    assert [info.id for info in sessions.list("ada").sessions] == [second.session]
    assert sessions.list("nobody").sessions == ()


def test_a_login_in_several_steps_holds_only_if_nothing_was_revoked_meanwhile(
    sessions: Sessions,
) -> None:
    epoch = sessions.list("ada").epoch
    sessions.start("ada", expected_epoch=epoch)
    sessions.revoke_subject("ada")
    error = refused("store_epoch_changed", sessions.start, "ada", expected_epoch=epoch)
    assert isinstance(error, errors.SessionRefused)


def test_one_session_too_many_ends_the_least_recently_used() -> None:
    with Sessions(SECRET, max_sessions=2) as sessions:
        pairs = [sessions.start("ada") for _ in range(3)]
        left = {info.id for info in sessions.list("ada").sessions}
        # Two that began in one millisecond are the same to it; the new one is not ended.
        assert len(left) == 2
        assert pairs[2].session in left
        for pair in pairs:
            if pair.session in left:
                assert sessions.verify(pair.access_token).session == pair.session
            else:
                refused("access_revoked", sessions.verify, pair.access_token)
                with pytest.raises(errors.SessionRefused):
                    sessions.refresh(pair.refresh_token)


def test_addresses_are_texts_or_objects(sessions: Sessions) -> None:
    seen: list[str | None] = []
    with Sessions(SECRET, on_event=lambda event: seen.append(event.address)) as own:
        own.start("ada", address="192.0.2.1")
        own.start("ada", address=ip_address("2001:db8::1"))
        own.start("ada")
    assert seen == ["192.0.2.1", "2001:db8::1", None]
    for wrong in ("192.0.2.1:443", "localhost", ""):
        refused("misuse_argument", sessions.start, "ada", address=wrong)


# Refresh tokens that are refused.


@pytest.mark.parametrize(
    ("token", "code"),
    [
        ("", "refresh_token_shape"),
        ("eyJhbGciOiJFUzI1NiJ9", "refresh_token_shape"),
        ("jr1_" + "A" * 88, "refresh_token_form"),
        ("jr1_" + "*" * 88, "refresh_token_encoding"),
        ("\ud800", "refresh_token_shape"),
    ],
)
def test_garbage_is_refused_before_the_store_is_asked(
    sessions: Sessions, token: str, code: str
) -> None:
    error = refused(code, sessions.refresh, token)
    assert isinstance(error, errors.SessionRefused)
    assert error.oauth_error == "invalid_grant"
    assert error.retry_after is None
    assert error.hint


def test_a_changed_token_is_refused(sessions: Sessions) -> None:
    token = sessions.start("ada").refresh_token
    changed = token[:-2] + ("AA" if token[-2:] != "AA" else "BA")
    assert refused("refresh_token_forged", sessions.refresh, changed).public == {
        "error": "invalid_grant",
        "error_description": "the session is over: log in again",
    }


def test_a_token_of_other_sessions_is_refused(sessions: Sessions) -> None:
    with Sessions(b"another master secret of 32 bytes") as others:
        refused("refresh_token_forged", others.refresh, sessions.start("ada").refresh_token)
    with Sessions(SECRET) as elsewhere:
        refused("session_unknown", elsewhere.refresh, sessions.start("ada").refresh_token)


def test_a_token_that_comes_again_at_once_gets_the_same_successor(sessions: Sessions) -> None:
    pair = sessions.start("ada")
    first, second = (sessions.refresh(pair.refresh_token) for _ in range(2))
    assert first.refresh_token == second.refresh_token
    assert (first.is_replay, second.is_replay) == (False, True)


def test_a_token_that_comes_again_without_a_window_ends_the_session(url: str) -> None:
    with Sessions(SECRET, store=url, policy="strict") as sessions:
        pair = sessions.start("ada")
        successor = sessions.refresh(pair.refresh_token)
        error = refused("session_reuse", sessions.refresh, pair.refresh_token)
        assert error.oauth_error == "invalid_grant"
        refused("session_ended", sessions.refresh, successor.refresh_token)
        refused("access_revoked", sessions.verify, successor.access_token)
        assert sessions.list("ada").sessions == ()


def test_another_client_is_refused_and_ends_nothing(sessions: Sessions) -> None:
    pair = sessions.start("ada", client="web")
    for client in ("phone", "", "WEB", None):
        error = refused("session_client_mismatch", sessions.refresh, pair.refresh_token, client=client)
        assert "`client=`" in error.hint
    assert sessions.refresh(pair.refresh_token, client="web").session == pair.session


def test_more_than_was_granted_is_refused_and_less_is_given(sessions: Sessions) -> None:
    pair = sessions.start("ada", scopes=["read", "write"], audience=["api"])
    error = refused("session_scope_exceeded", sessions.refresh, pair.refresh_token, scopes="read admin")
    assert error.oauth_error == "invalid_scope"
    error = refused("session_audience_exceeded", sessions.refresh, pair.refresh_token, audience="db")
    assert error.oauth_error == "invalid_target"
    assert sessions.refresh(pair.refresh_token, scopes=["read"]).scopes == ("read",)
    # The session keeps them all.
    assert sessions.refresh(pair.refresh_token).scopes == ("read", "write")


def test_a_bound_session_is_refused_without_its_key(sessions: Sessions) -> None:
    pair = sessions.start("ada", bound_to=THUMBPRINT)
    for proves in (None, OTHER):
        refused("session_binding_mismatch", sessions.refresh, pair.refresh_token, proves=proves)
    next_pair = sessions.refresh(pair.refresh_token, proves=THUMBPRINT)
    refused("access_not_proven", sessions.verify, next_pair.access_token, proven=OTHER)
    with pytest.raises(errors.TokenRefused):
        sessions.verify(next_pair.access_token)
    live = sessions.verify(next_pair.access_token, proven=THUMBPRINT)
    assert live.bound_to == THUMBPRINT
    unbound = sessions.start("ada")
    refused("access_not_proven", sessions.verify, unbound.access_token, proven=THUMBPRINT)


def test_access_and_refresh_tokens_are_not_one_another(sessions: Sessions) -> None:
    pair = sessions.start("ada")
    refused("refresh_token_shape", sessions.refresh, pair.access_token)
    with pytest.raises(errors.TokenRefused):
        sessions.verify(pair.refresh_token)


def test_a_session_that_was_not_used_for_long_is_over() -> None:
    policy = RotationPolicy("strict", idle=1, lifetime=2)
    with Sessions(SECRET, policy=policy) as sessions:
        pair = sessions.start("ada")
        deadline = time.monotonic() + 10
        while sessions.list("ada").sessions:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        refused("session_expired", sessions.refresh, pair.refresh_token)


# Calls that make no sense.


@pytest.mark.parametrize(
    ("code", "settings"),
    [
        ("session_access_lifetime", {"access_lifetime": 0}),
        ("session_access_lifetime", {"access_lifetime": timedelta(days=2)}),
        ("misuse_argument", {"access_lifetime": -1}),
        ("misuse_argument", {"policy": "lenient"}),
        ("misuse_argument", {"max_sessions": -1}),
        ("misuse_argument", {"max_sessions": 2**40}),
        ("misuse_argument", {"algorithm": "none"}),
        ("misuse_argument", {"algorithm": "ES256", "key": Key.generate("ES256")}),
        ("store_url", {"store": "no url"}),
        ("store_url", {"store": "mysql://localhost"}),
        ("ring_algorithm_symmetric", {"algorithm": "HS256"}),
        ("key_public", {"key": Key.generate("ES256").public()}),
        ("misuse_cache_too_small", {"cache": 1}),
        # Without any, every audience is taken: none at all must not come to mean that.
        ("misuse_expectation_empty", {"audience": []}),
        ("misuse_expectation_empty", {"audience": ["api", ""]}),
    ],
)
def test_settings_that_make_no_sense_are_refused(code: str, settings: dict[str, Any]) -> None:
    error = refused(code, Sessions, SECRET, **settings)
    assert isinstance(error, (errors.Misuse, errors.KeyRefused))


def test_a_master_secret_that_is_short_is_refused() -> None:
    error = refused("refresh_token_master_short", Sessions, b"x" * 31)
    assert isinstance(error, errors.Misuse)
    assert error.facts == {"bytes": 31}
    Sessions("x" * 32).close()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("store", 5), ("issuer", b"a"), ("audience", [1]), ("policy", 1), ("ring", "ring.json"),
        ("key", "secret"), ("claims_for", "claims"), ("on_event", 1), ("access_lifetime", "15m"),
        ("max_sessions", "2"), ("max_sessions", False), ("cache", 1.5), ("cache", True),
        ("default_client", 1),
    ],
)  # fmt: skip
def test_a_setting_of_another_type_is_a_type_error(name: str, value: Any) -> None:
    with pytest.raises(TypeError, match=name):
        Sessions(SECRET, **{name: value})
    with pytest.raises(TypeError, match="secret"):
        Sessions(5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("code", "grant"),
    [
        ("session_label_long", {"label": "x" * 257}),
        ("session_thumbprint_shape", {"bound_to": "a thumbprint"}),
        ("misuse_argument", {"scopes": ["read write"]}),
        ("misuse_argument", {"scopes": [""]}),
        ("misuse_argument", {"expected_epoch": -1}),
        ("misuse_argument", {"authenticated_at": datetime(2026, 1, 1)}),
        # An empty list is nobody, and not the sessions' own audience.
        ("misuse_expectation_empty", {"audience": []}),
        ("misuse_expectation_empty", {"audience": [""]}),
    ],
)
def test_a_grant_that_cannot_be_is_refused(
    sessions: Sessions, code: str, grant: dict[str, Any]
) -> None:
    assert isinstance(refused(code, sessions.start, "ada", **grant), errors.Misuse)
    assert sessions.list("ada").sessions == ()


def test_a_session_without_a_subject_is_refused(sessions: Sessions) -> None:
    refused("session_subject_length", sessions.start, "")
    for call in (sessions.start, sessions.list, sessions.revoke_subject):
        with pytest.raises(TypeError, match="subject"):
            call(42)  # type: ignore[operator]


def test_the_id_of_no_session_is_refused(sessions: Sessions) -> None:
    for session in ("", "x", "A" * 21, sessions.start("ada").refresh_token):
        refused("misuse_argument", sessions.revoke_session, "ada", session)
    with pytest.raises(TypeError, match="session"):
        sessions.revoke_session("ada", 1)  # type: ignore[arg-type]


def test_closed_sessions_refuse_and_stay_closed(sessions: Sessions) -> None:
    pair = sessions.start("ada")
    verifier = sessions.verifier()
    sessions.close()
    sessions.close()
    assert "closed" in repr(sessions)
    for call in (sessions.start, sessions.refresh, sessions.list, sessions.verify, verifier.verify,
                 sessions.revoke_subject, sessions.revoke_token):  # fmt: skip
        assert isinstance(refused("misuse_argument", call, pair.access_token), errors.Misuse)
    for call in (sessions.catch_up, sessions.rotate_keys, sessions.publication):
        refused("misuse_argument", call)


# Keys.


def test_a_ring_in_the_store_signs_rotates_and_is_published(sessions: Sessions) -> None:
    pair = sessions.start("ada")
    published = KeySet.from_json(sessions.publication().body)
    key_id = sessions.verify(pair.access_token).key_id
    assert key_id in [key.key_id for key in published]
    # Whoever has the published keys alone verifies too.
    verifier = Verifier(published, issuer="https://auth.example", audience="api")
    assert verifier.verify(pair.access_token).subject == "ada"
    refused("ring_spare_too_new", sessions.rotate_keys)


def test_a_ring_in_a_file_signs(tmp_path: Path) -> None:
    path = tmp_path / "ring.json"
    ring = KeyRing.create(path, algorithm="ES256", password="a long password")
    with Sessions(SECRET, ring=ring) as sessions:
        pair = sessions.start("ada")
        assert sessions.publication() == ring.publication()
        before = sessions.verify(pair.access_token).key_id
        ring.rotate_now()
        after = sessions.verify(sessions.refresh(pair.refresh_token).access_token).key_id
        assert before != after
    clocked = KeyRing.open(path, password="a long password", clock=lambda: 0)
    refused("misuse_argument", Sessions, SECRET, ring=clocked)


def test_one_key_signs_for_ever() -> None:
    key = Key.generate("HS256")
    with Sessions(SECRET, key=key) as sessions:
        assert sessions.verify(sessions.start("ada").access_token).subject == "ada"
        refused("misuse_argument", sessions.publication)
        sessions.rotate_keys()


def test_the_algorithm_of_the_ring_is_chosen() -> None:
    with Sessions(SECRET, algorithm=Algorithm.ES256) as sessions:
        (key, *_) = KeySet.from_json(sessions.publication().body)
        assert key.algorithm is Algorithm.ES256


# Policies.


def test_policies_are_presets_with_changes() -> None:
    assert RotationPolicy() == RotationPolicy("web") != RotationPolicy("strict")
    policy = RotationPolicy("mcp", idle=timedelta(hours=1), lifetime=86_400)
    assert (policy.window, policy.generations) == (timedelta(minutes=1), 4)
    assert (policy.idle, policy.lifetime) == (timedelta(hours=1), timedelta(days=1))
    assert "3600" in repr(policy)


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("session_lifetime", {"lifetime": timedelta(days=401)}),
        ("session_lifetime", {"lifetime": 0}),
        ("session_idle", {"idle": timedelta(days=31)}),
        ("session_window", {"window": timedelta(minutes=6)}),
        ("session_depth", {"generations": 0}),
        ("session_depth", {"generations": 5}),
        ("session_depth", {"generations": 1000}),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(code: str, changes: dict[str, Any]) -> None:
    assert isinstance(refused(code, RotationPolicy, **changes), errors.Misuse)


# Secrets.


def test_no_token_and_no_secret_is_shown_or_kept(
    sessions: Sessions, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    pair = sessions.start("ada", label="a phone")
    successor = sessions.refresh(pair.refresh_token)
    live = sessions.verify(pair.access_token)
    shown = [repr(pair), str(pair), repr(live), repr(sessions), repr(sessions.list("ada"))]
    changed = pair.refresh_token[:-1] + ("x" if pair.refresh_token[-1] != "x" else "y")
    for wrong in (changed, pair.access_token):
        with pytest.raises(errors.JotemError) as caught:
            sessions.refresh(wrong)
        shown += [str(caught.value), repr(caught.value), str(caught.value.facts), caught.value.hint]
        shown.append(str(pickle.loads(pickle.dumps(caught.value)).__dict__))
    said = "".join([*shown, caplog.text])
    for secret in (pair.refresh_token, successor.refresh_token, pair.access_token, SECRET.decode()):
        assert secret[20:] not in said
        assert secret[:40] not in said
    for value in (pair, live, sessions):
        with pytest.raises(TypeError):
            pickle.dumps(value)
    with pytest.raises(TypeError):
        copy.deepcopy(pair)


def test_the_url_of_a_store_is_never_shown() -> None:
    with pytest.raises(errors.JotemError) as caught:
        Sessions(SECRET, store="mysql://user:hunter2@localhost")
    assert "hunter2" not in f"{caught.value!r} {caught.value.facts} {caught.value.hint}"


def test_errors_travel_between_processes_with_what_they_say(sessions: Sessions) -> None:
    error = refused("refresh_token_shape", sessions.refresh, "x")
    travelled = pickle.loads(pickle.dumps(error))
    assert (travelled.code, travelled.oauth_error) == ("refresh_token_shape", "invalid_grant")
    assert type(travelled) is errors.SessionRefused


# Threads.


def test_eight_threads_refresh_one_token_and_one_rotates(sessions: Sessions) -> None:
    seen: list[str] = []
    with Sessions(SECRET, on_event=lambda event: seen.append(event.kind)) as own:
        for chosen in (own, sessions):
            pair = chosen.start("ada")
            together = threading.Barrier(8)

            def refresh(_: int, chosen: Sessions = chosen, token: str = pair.refresh_token) -> TokenPair:
                together.wait()
                return chosen.refresh(token)

            with ThreadPoolExecutor(8) as pool:
                pairs = list(pool.map(refresh, range(8)))
            assert len({one.refresh_token for one in pairs}) == 1
            assert sum(not one.is_replay for one in pairs) == 1
    assert sorted(seen) == ["refresh.replayed"] * 7 + ["refresh.rotated", "session.start"]


def test_a_file_keeps_sessions_from_one_program_to_the_next(tmp_path: Path) -> None:
    url = f"sqlite://{tmp_path}/sessions.db"
    with Sessions(SECRET, store=url) as sessions:
        pair, lost = sessions.start("ada"), sessions.start("grace")
        sessions.revoke_subject("grace")
    with Sessions(SECRET, store=url) as sessions:
        assert sessions.verify(pair.access_token).subject == "ada"
        assert sessions.refresh(pair.refresh_token).session == pair.session
        refused("access_revoked", sessions.verify, lost.access_token)
    other = Sessions(SECRET, store=url)
    assert oct(os.stat(tmp_path / "sessions.db").st_mode)[-3:] == "600"
    other.close()
