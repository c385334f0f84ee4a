"""The stores by their URLs: which there are, and what becomes of one that is not there or is broken."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from announce import announce
from examples import redis_server
from forked import Child
from jotem import errors
from jotem.sessions import RotationPolicy, Sessions

SECRET = b"thirty-two bytes, which nobody has"


@pytest.mark.parametrize(
    "url", ["redis://127.0.0.1:1", "postgres://nobody@127.0.0.1:1/sessions", "redis+cluster://127.0.0.1:1"]
)
def test_a_server_that_is_not_there_is_unavailable(url: str) -> None:
    begun = time.monotonic()
    with pytest.raises(errors.Unavailable) as caught:
        Sessions(SECRET, store=url)
    assert caught.value.retry_after is not None
    assert caught.value.oauth_error == "temporarily_unavailable"
    assert time.monotonic() - begun < 60


@pytest.mark.parametrize(
    "url", ["redis://user:hunter2@127.0.0.1:1", "postgres://user:hunter2@127.0.0.1:1/sessions"]
)
def test_a_password_in_a_url_is_never_shown(url: str) -> None:
    with pytest.raises(errors.JotemError) as caught:
        Sessions(SECRET, store=url)
    error = caught.value
    assert "hunter2" not in f"{error!r} {error.facts} {error.hint} {error.__cause__!r}"


def test_a_file_that_is_none_of_ours_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("a letter to a friend " * 100)
    file.chmod(0o600)
    with pytest.raises(errors.StoreFailed) as caught:
        Sessions(SECRET, store=f"sqlite://{file}")
    assert caught.value.code == "store_corrupt"
    assert caught.value.oauth_error == "server_error"
    assert caught.value.retry_after is None
    assert file.read_text() == "a letter to a friend " * 100


def test_a_ring_of_another_secret_is_refused(tmp_path: Path) -> None:
    url = f"sqlite://{tmp_path}/sessions.db"
    Sessions(SECRET, store=url).close()
    with pytest.raises(errors.KeyRefused) as caught:
        Sessions(b"another master secret of 32 bytes", store=url)
    assert caught.value.code == "key_password_wrong"


def a_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


@pytest.fixture
def redis_url(pytestconfig: pytest.Config) -> Iterator[str]:
    """A server's URL; without a server a loud skip, and a failure where everything must run."""
    with ExitStack() as stack:
        try:
            port = a_free_port()
            stack.enter_context(redis_server.running(port))
        except redis_server.MissingError as why:
            if os.environ.get("CI"):
                pytest.fail(str(why))
            announce(pytestconfig, "", summary=f"SKIPPED: sessions in Redis: {why}")
            pytest.skip(str(why))
        yield f"redis://127.0.0.1:{port}?timeout=20000"


def test_sessions_live_in_a_redis_server_and_a_forked_child_goes_on(redis_url: str) -> None:
    patient = RotationPolicy("web", window=300)
    with Sessions(SECRET, store=redis_url, policy=patient) as sessions:
        pair = sessions.start("ada", client="web", scopes=["read"])
        if hasattr(os, "fork"):

            def work() -> None:
                assert sessions.verify(pair.access_token).subject == "ada"
                assert sessions.refresh(pair.refresh_token, client="web").scopes == ("read",)

            Child(work).end()
        assert sessions.refresh(pair.refresh_token, client="web").session == pair.session
        assert sessions.revoke_subject("ada") == 1
        with pytest.raises(errors.TokenRevoked):
            sessions.verify(pair.access_token)
        with pytest.raises(errors.SessionRefused):
            sessions.refresh(pair.refresh_token, client="web")
