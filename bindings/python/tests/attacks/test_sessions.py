"""R01, R02, R05, R06, R08, R10, R11, R14, R28: sessions. PyJWT has none."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path
from subprocess import PIPE

import pytest

from attacks.faces import Native
from jotem import errors
from jotem.sessions import Grant, Refused, RotationPolicy, Sessions, Stale, TokenPair

SECRET = b"thirty-two bytes, which nobody has"


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite://{tmp_path}/sessions.db"


def is_over(native: Native, sessions: Sessions, *pairs: TokenPair) -> None:
    for pair in pairs:
        with pytest.raises(errors.SessionRefused) as caught:
            sessions.refresh(pair.refresh_token)
        assert caught.value.oauth_error == "invalid_grant"
        native.raises("access_revoked", sessions.verify, pair.access_token)


def test_r01_a_rotated_refresh_token_ends_the_session_for_both(native: Native, url: str) -> None:
    # Whoever of owner and thief comes second: the store cannot tell, and need not.
    events = []
    with Sessions(SECRET, store=url, policy="strict", on_event=events.append) as sessions:
        stolen = sessions.start("ada")
        successor = sessions.refresh(stolen.refresh_token, address="192.0.2.1")
        native.raises("session_reuse", sessions.refresh, stolen.refresh_token)
        is_over(native, sessions, successor, stolen)
    (alarm,) = [event for event in events if event.is_alarm]
    assert (alarm.kind, alarm.subject, alarm.session) == ("refresh.reuse", "ada", stolen.session)
    for token in (stolen.refresh_token, successor.refresh_token):
        assert token[8:40] not in "".join(map(str, events))


def test_r02_of_many_refreshes_at_once_one_rotates(native: Native, url: str) -> None:
    for policy, most in ("strict", 1), ("web", 16):
        # Two objects with one file are as two processes.
        with Sessions(SECRET, store=url, policy=policy) as one, \
                Sessions(SECRET, store=url, policy=policy) as other, ThreadPoolExecutor(16) as pool:  # fmt: skip
            token = one.start("ada").refresh_token

            def refresh(n: int, each=(one, other), token: str = token) -> object:
                try:
                    return each[n % 2].refresh(token)
                except errors.SessionRefused as error:
                    return error.code

            outcomes = list(pool.map(refresh, range(16)))
            pairs = [outcome for outcome in outcomes if isinstance(outcome, TokenPair)]
            assert sum(not pair.is_replay for pair in pairs) == 1
            assert len({pair.refresh_token for pair in pairs}) == 1
            assert len(pairs) <= most
            if policy == "strict":
                assert outcomes.count("session_reuse") == 1
                native.raises("session_ended", one.refresh, pairs[0].refresh_token)


def test_r05_a_window_neither_slides_nor_multiplies(native: Native, url: str) -> None:
    policy = RotationPolicy("web", window=1)
    with Sessions(SECRET, store=url, policy=policy) as sessions:
        first = sessions.start("ada")
        second = sessions.refresh(first.refresh_token)
        begun = time.monotonic()
        answers = set()
        while True:
            try:
                answers.add(sessions.refresh(first.refresh_token).refresh_token)
            except errors.SessionRefused as error:
                assert error.code == "session_reuse"
                break
            # Each replay would begin it anew, if it slid.
            assert time.monotonic() - begun < 30
        assert answers <= {second.refresh_token}
        is_over(native, sessions, second)


def test_r05_a_token_of_two_generations_back_is_reuse_inside_of_the_window(
    native: Native, url: str
) -> None:
    with Sessions(SECRET, store=url, policy=RotationPolicy("web", window=300)) as sessions:
        first = sessions.start("ada")
        second = sessions.refresh(first.refresh_token)
        third = sessions.refresh(second.refresh_token)
        assert sessions.refresh(second.refresh_token).refresh_token == third.refresh_token
        native.raises("session_reuse", sessions.refresh, first.refresh_token)
        is_over(native, sessions, second, third)


def test_r06_what_was_revoked_is_not_refreshed_by_any_of_its_tokens(
    native: Native, url: str
) -> None:
    with Sessions(SECRET, store=url) as sessions:
        for revoke in (
            lambda pair: sessions.revoke_token(pair.refresh_token),
            lambda pair: sessions.revoke_session("ada", pair.session),
            lambda pair: sessions.revoke_subject("ada"),
            lambda pair: sessions.revoke_client("default"),
        ):
            first = sessions.start("ada")
            second = sessions.refresh(first.refresh_token)
            revoke(second)
            is_over(native, sessions, first, second)


def test_r08_nothing_grows_on_refresh(native: Native, url: str) -> None:
    with Sessions(SECRET, store=url, audience="api") as sessions:
        grant = {"tenant": "acme", "client": "web", "scopes": ["read", "write"]}
        token = sessions.start("ada", **grant).refresh_token
        refresh = sessions.refresh
        native.raises("session_client_mismatch", refresh, token)
        native.raises("session_client_mismatch", refresh, token, client="other")
        for scopes in (["admin"], ["read", "write", "admin"], "READ", ["read write"]):
            with pytest.raises(errors.JotemError):
                refresh(token, client="web", scopes=scopes)
        native.raises("session_scope_exceeded", refresh, token, client="web", scopes="read admin")
        native.raises("session_audience_exceeded", refresh, token, client="web", audience="admin")
        # Less is given, and the session keeps the rest; the tenant is as it was.
        less = refresh(token, client="web", scopes=["read"])
        all_of_it = refresh(less.refresh_token, client="web")
        assert sessions.verify(less.access_token).scopes == ("read",)
        live = sessions.verify(all_of_it.access_token)
        assert (live.scopes, live.tenant, live.client) == (("read", "write"), "acme", "web")


def test_r10_log_out_a_new_password_and_a_disabled_account_end_everything_at_once(
    native: Native, url: str
) -> None:
    disabled = set()

    def claims_for(subject: str, grant: Grant) -> dict[str, object]:
        if subject in disabled:
            raise Refused("disabled")
        return {}

    with Sessions(SECRET, store=url, claims_for=claims_for) as sessions:
        pairs = [sessions.start("ada", label=str(n)) for n in range(3)]
        sessions.revoke_session("ada", pairs[0].session)
        is_over(native, sessions, pairs[0])
        assert sessions.verify(pairs[1].access_token)
        sessions.revoke_subject("ada")
        is_over(native, sessions, *pairs)
        pair = sessions.start("ada")
        disabled.add("ada")
        native.raises("session_refused", sessions.refresh, pair.refresh_token)
        native.raises("session_refused", sessions.start, "ada")


def test_r11_what_begins_in_the_second_of_a_revocation_is_told_from_what_was_before(
    native: Native, url: str
) -> None:
    with Sessions(SECRET, store=url) as sessions:
        for _ in range(20):
            before = sessions.start("ada")
            sessions.revoke_subject("ada")
            after = sessions.start("ada")
            native.raises("access_revoked", sessions.verify, before.access_token)
            native.accepts(after.access_token, sessions)
            assert sessions.refresh(after.refresh_token)


_HOLD = """
import sqlite3, sys
file = sqlite3.connect(sys.argv[1], isolation_level=None)
file.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
file.close()
"""


def test_r14_a_store_that_does_not_answer_is_no_log_out_and_no_yes(
    native: Native, url: str, tmp_path: Path
) -> None:
    with Sessions(SECRET, store=url) as sessions:
        pair = sessions.start("ada")
        # Another process holds the file: nothing can be written.
        command = [sys.executable, "-c", _HOLD, str(tmp_path / "sessions.db")]
        with subprocess.Popen(command, stdin=PIPE, stdout=PIPE) as holder:
            assert holder.stdout is not None
            assert holder.stdout.readline() == b"held\n"
            for call in lambda: sessions.refresh(pair.refresh_token), lambda: sessions.start("ada"):
                with pytest.raises(errors.Unavailable) as caught:
                    call()
                assert caught.value.oauth_error == "temporarily_unavailable"
                assert caught.value.retry_after is not None
            native.accepts(pair.access_token, sessions)
            holder.communicate()
        # The token was not used up.
        assert sessions.refresh(pair.refresh_token).session == pair.session


def test_r14_verifying_fails_closed_and_failing_open_is_said_and_told(native: Native) -> None:
    kinds = []
    on_event = lambda event: kinds.append(event.kind)  # noqa: E731
    with Sessions(SECRET, max_staleness=0, poll_every=3600, on_event=on_event) as sessions:
        pair = sessions.start("ada")
        begun = time.monotonic()
        while not isinstance(sessions.verify_fail_open(pair.access_token), Stale):
            assert time.monotonic() - begun < 30
        native.raises("access_view_stale", sessions.verify, pair.access_token)
        sessions.revoke_subject("ada")
        native.raises("access_revoked", sessions.verify_fail_open, pair.access_token)
    assert kinds.count("view.stale") == 1


def test_r14_failing_open_ends_after_as_long_as_was_said(native: Native) -> None:
    with Sessions(SECRET, max_staleness=0, poll_every=3600) as sessions:
        pair = sessions.start("ada")
        begun = time.monotonic()
        while not isinstance(sessions.verify_fail_open(pair.access_token), Stale):
            assert time.monotonic() - begun < 30
        native.raises(
            "access_view_stale", sessions.verify_fail_open, pair.access_token, max_outage=0
        )
        hours = timedelta(hours=2)
        assert sessions.verify_fail_open(pair.access_token, max_outage=hours).subject == "ada"


def test_r26_a_token_of_one_tenant_is_refused_at_another(native: Native, url: str) -> None:
    with Sessions(SECRET, store=url) as sessions:
        pair = sessions.start("ada", tenant="acme")
        verifier = sessions.verifier()
        for verify in sessions.verify, sessions.verify_fail_open, verifier.verify:
            native.raises("access_tenant_mismatch", verify, pair.access_token, tenant="other")
        native.raises("session_tenant_mismatch", sessions.refresh, pair.refresh_token, tenant="other")
        # What a look-up gives that found no tenant is none, and not all of them.
        for verify in sessions.verify, sessions.verify_fail_open, verifier.verify:
            native.rejects_type(verify, pair.access_token, tenant=None)
            native.raises("misuse_argument", verify, pair.access_token, tenant="")
        native.rejects_type(sessions.refresh, pair.refresh_token, tenant=None)
        of_none = sessions.start("ada")
        native.raises("access_tenant_mismatch", sessions.verify, of_none.access_token, tenant="acme")
        # At its own it is good: nothing was used up.
        pair = sessions.refresh(pair.refresh_token, tenant="acme")
        assert not pair.is_replay
        assert sessions.verify(pair.access_token, tenant="acme").tenant == "acme"


def test_r28_a_refresh_does_not_make_a_login_fresh(native: Native, url: str) -> None:
    an_hour_ago = datetime.now(timezone.utc).replace(microsecond=0) - timedelta(hours=1)
    with Sessions(SECRET, store=url) as sessions:
        pair = sessions.start("ada", authenticated_at=an_hour_ago, acr="1", amr=["pwd"])
        for _ in range(3):
            pair = sessions.refresh(pair.refresh_token)
            live = native.accepts(pair.access_token, sessions)
            assert (live.authenticated_at, live.acr, live.amr) == (an_hour_ago, "1", ("pwd",))
