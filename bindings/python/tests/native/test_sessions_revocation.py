"""What is revoked is refused: of a token, a session, a subject, a client, a key; and while nobody knows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from jotem import Issuer, Key, KeyRing, errors
from jotem.sessions import Live, Sessions, SessionVerifier, Stale, TokenPair

SECRET = b"thirty-two bytes, which nobody has"


@pytest.fixture(params=["memory:", "sqlite"])
def sessions(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Sessions]:
    is_file = request.param == "sqlite"
    url = f"sqlite://{tmp_path}/sessions.db" if is_file else request.param
    with Sessions(SECRET, store=url, audience="api") as sessions:
        yield sessions


def refused(code: str, call: Callable[..., Any], *arguments: Any, **named: Any) -> errors.JotemError:
    with pytest.raises(errors.JotemError) as caught:
        call(*arguments, **named)
    assert caught.value.code == code, caught.value
    return caught.value


def is_over(sessions: Sessions, pair: TokenPair, by: str, **named: Any) -> None:
    error = refused("access_revoked", sessions.verify, pair.access_token)
    assert isinstance(error, errors.TokenRevoked)
    assert error.facts == {"by": by}
    assert error.public["error"] == "invalid_token"
    with pytest.raises(errors.SessionRefused) as caught:
        sessions.refresh(pair.refresh_token, **named)
    assert caught.value.oauth_error == "invalid_grant"


def test_a_session_that_was_revoked_is_over_and_no_other(sessions: Sessions) -> None:
    lost, kept = sessions.start("ada"), sessions.start("ada")
    sessions.revoke_session("ada", lost.session)
    sessions.revoke_session("ada", lost.session)
    is_over(sessions, lost, "session")
    assert sessions.refresh(kept.refresh_token).session == kept.session


def test_a_session_of_somebody_else_is_not_revoked_in_the_store(sessions: Sessions) -> None:
    kept = sessions.start("ada")
    sessions.revoke_session("mallory", kept.session)
    assert sessions.refresh(kept.refresh_token).session == kept.session


def test_everything_of_a_subject_is_revoked_and_what_begins_after_it_holds(
    sessions: Sessions,
) -> None:
    lost = [sessions.start("ada"), sessions.start("ada", client="phone")]
    kept = sessions.start("grace"), sessions.start("ada", tenant="acme")
    assert sessions.revoke_subject("ada") == 2
    is_over(sessions, lost[0], "subject")
    is_over(sessions, lost[1], "subject", client="phone")
    again = sessions.start("ada")
    for pair in (*kept, again):
        assert sessions.verify(pair.access_token)
        assert sessions.refresh(pair.refresh_token)
    assert sessions.revoke_subject("nobody") == 0


def test_a_subject_of_a_tenant_is_not_that_of_another(sessions: Sessions) -> None:
    acme, other = (sessions.start("ada", tenant=tenant) for tenant in ("acme", "other"))
    assert sessions.revoke_subject("ada", tenant="acme") == 1
    is_over(sessions, acme, "subject")
    assert sessions.verify(other.access_token).tenant == "other"


def test_everything_of_a_client_is_revoked(sessions: Sessions) -> None:
    lost, kept = sessions.start("ada", client="phone"), sessions.start("ada", client="web")
    sessions.revoke_client("phone")
    is_over(sessions, lost, "client", client="phone")
    assert sessions.refresh(kept.refresh_token, client="web").session == kept.session


def test_what_a_key_signed_is_revoked_and_the_session_lives_on(tmp_path: Path) -> None:
    ring = KeyRing.create(tmp_path / "ring.json", algorithm="ES256", password="a long password")
    with Sessions(SECRET, ring=ring) as sessions:
        pair = sessions.start("ada")
        key_id = sessions.verify(pair.access_token).key_id
        assert key_id is not None
        sessions.revoke_key(key_id)
        with pytest.raises(errors.TokenRefused):
            sessions.verify(pair.access_token)
        after = sessions.refresh(pair.refresh_token)
        assert sessions.verify(after.access_token).key_id != key_id
        sessions.revoke_key("no key of this ring")


def test_one_access_token_is_revoked_and_the_session_lives_on(sessions: Sessions) -> None:
    pair = sessions.start("ada")
    other = sessions.refresh(pair.refresh_token)
    assert sessions.revoke_token(pair.access_token)
    error = refused("access_revoked", sessions.verify, pair.access_token)
    assert error.facts == {"by": "token"}
    assert sessions.verify(other.access_token).session == pair.session


def test_a_refresh_token_that_is_revoked_ends_its_session(sessions: Sessions) -> None:
    pair = sessions.start("ada")
    older = pair.refresh_token
    pair = sessions.refresh(older)
    assert sessions.revoke_token(older)
    is_over(sessions, pair, "session")


@pytest.mark.parametrize("token", ["", "x", "jr1_" + "A" * 88, "a.b.c"])
def test_a_token_that_is_none_of_ours_is_left_alone(sessions: Sessions, token: str) -> None:
    assert sessions.revoke_token(token) is False
    foreign = Issuer(Key.generate("ES256"), audience="api", lifetime=60).issue(subject="ada")
    assert sessions.revoke_token(foreign) is False


def test_a_revocation_reaches_other_processes_by_their_next_look(tmp_path: Path) -> None:
    url = f"sqlite://{tmp_path}/sessions.db"
    with Sessions(SECRET, store=url, poll_every=3600) as one:
        pair = one.start("ada")
        with Sessions(SECRET, store=url, poll_every=3600) as other:
            assert other.verify(pair.access_token).subject == "ada"
            one.revoke_subject("ada")
            other.catch_up()
            refused("access_revoked", other.verify, pair.access_token)


def test_a_revocation_reaches_others_without_being_asked_for(tmp_path: Path) -> None:
    url = f"sqlite://{tmp_path}/sessions.db"
    with Sessions(SECRET, store=url) as one, Sessions(SECRET, store=url, poll_every=0.05) as other:
        pair = one.start("ada")
        one.revoke_subject("ada")
        deadline = time.monotonic() + 20
        while True:
            try:
                other.verify(pair.access_token)
            except errors.TokenRevoked:
                return
            assert time.monotonic() < deadline
            time.sleep(0.01)


# While what is known is too old.


@pytest.fixture
def stale() -> Iterator[tuple[Sessions, TokenPair]]:
    with Sessions(SECRET, max_staleness=0, poll_every=3600) as sessions:
        pair = sessions.start("ada")
        deadline = time.monotonic() + 20
        while True:
            try:
                sessions.verify(pair.access_token)
            except errors.Unavailable:
                break
            assert time.monotonic() < deadline
        yield sessions, pair


def test_a_view_that_is_too_old_refuses_to_say_anything(stale: tuple[Sessions, TokenPair]) -> None:
    sessions, pair = stale
    error = refused("access_view_stale", sessions.verify, pair.access_token)
    assert not isinstance(error, errors.TokenRefused)
    assert error.retry_after == timedelta(seconds=1)
    assert error.facts["limit"] == timedelta(0)
    assert "verify_fail_open" in error.hint
    # What is no token is refused all the same.
    with pytest.raises(errors.TokenRefused):
        sessions.verify("no token")


def test_failing_open_gives_less_than_a_proof(stale: tuple[Sessions, TokenPair]) -> None:
    sessions, pair = stale
    token = sessions.verify_fail_open(pair.access_token)
    assert isinstance(token, Stale)
    assert not isinstance(token, Live)
    assert token.subject == "ada"
    assert token.age is not None
    with pytest.raises(errors.TokenRefused):
        sessions.verify_fail_open("no token")


def test_failing_open_still_refuses_what_is_known_to_be_revoked(
    stale: tuple[Sessions, TokenPair],
) -> None:
    sessions, pair = stale
    sessions.revoke_session("ada", pair.session)
    refused("access_revoked", sessions.verify_fail_open, pair.access_token)


def test_failing_open_gives_the_proof_while_the_view_is_fresh(sessions: Sessions) -> None:
    pair = sessions.start("ada")
    assert type(sessions.verify_fail_open(pair.access_token)) is Live


# Proofs.


def test_nobody_makes_a_proof(sessions: Sessions) -> None:
    token = sessions.verify(sessions.start("ada").access_token)
    for kind in (Live, Stale, SessionVerifier, TokenPair, type(token).__base__):
        with pytest.raises(TypeError):
            kind()
        with pytest.raises(TypeError):
            object.__new__(kind)  # type: ignore[type-var]
    for kind in (Live, Stale):
        with pytest.raises(TypeError):
            type("Fake", (kind,), {})
    with pytest.raises(AttributeError):
        token.subject = "mallory"  # type: ignore[misc]


def test_a_proof_does_not_become_another_by_changing_its_claims(sessions: Sessions) -> None:
    live = sessions.verify(sessions.start("ada").access_token)
    live.claims["sub"] = "mallory"
    assert live.subject == "ada"


def test_a_token_of_another_audience_or_issuer_is_refused(tmp_path: Path) -> None:
    url = f"sqlite://{tmp_path}/sessions.db"
    with Sessions(SECRET, store=url, issuer="https://a.example", audience="a") as a:
        pair = a.start("ada")
        with Sessions(SECRET, store=url, issuer="https://b.example", audience="a") as b:
            refused("jwt_issuer_mismatch", b.verify, pair.access_token)
        with Sessions(SECRET, store=url, issuer="https://a.example", audience="b") as b:
            refused("jwt_audience_mismatch", b.verify, pair.access_token)


def test_a_token_that_no_session_has_is_refused() -> None:
    key = Key.generate("ES256")
    with Sessions(SECRET, key=key) as sessions:
        plain = Issuer(key, lifetime=60).issue(subject="ada")
        refused("jwt_type_mismatch", sessions.verify, plain)
        typed = Issuer(key, lifetime=60, token_type="at+jwt")
        with pytest.raises(errors.TokenRefused):
            sessions.verify(typed.issue(subject="ada"))
        claims = {"client_id": "web", "sid": "none", "sep": 0, "cep": 1, "auth_time": 1}
        error = refused("access_session", sessions.verify, typed.issue(claims, subject="ada"))
        assert error.claim == "sid"
