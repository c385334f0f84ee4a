"""The audit log of sessions: what is in it, whose it is, that its chain holds, and that changes show."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import textwrap
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from forked import Child
from jotem import errors
from jotem.sessions import AsyncSessions, AuditLog, Sessions, verify_audit_log

SECRET = b"thirty-two bytes, which nobody has"
OTHER = b"thirty-two others, which are known"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "audit.jsonl"


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="ascii").splitlines()]


def actions(path: Path) -> list[str]:
    return [line["action"] for line in lines(path)]


def write_one(path: Path, **settings: Any) -> None:
    """A log with a login and a theft."""
    with Sessions(SECRET, audit=AuditLog(path, **settings), policy="strict") as sessions:
        pair = sessions.start("ada", client="web", address="192.0.2.17")
        sessions.refresh(pair.refresh_token, client="web")
        with pytest.raises(errors.SessionRefused):
            sessions.refresh(pair.refresh_token, client="web", address="2001:db8:1:2::3")


WRITTEN = ["log.open", "session.start", "refresh.rotated", "refresh.reuse", "log.close"]


# What is in it.


def test_everything_that_happens_is_a_line_and_the_chain_holds(path: Path) -> None:
    write_one(path)
    assert actions(path) == WRITTEN
    verified = verify_audit_log(path)
    assert (verified.lines, verified.alarms, verified.dropped, verified.chains) == (5, 1, 0, 1)
    assert verified.is_closed
    assert verified.first is not None and verified.last is not None
    assert (verified.first[0], verified.last[0]) == (1, 5)
    assert datetime.fromisoformat(verified.last[1].replace("Z", "+00:00")).tzinfo == timezone.utc
    assert os.stat(path).st_mode & 0o077 == 0


def test_no_token_is_in_it(path: Path) -> None:
    with Sessions(SECRET, audit=path) as sessions:
        pair = sessions.start("ada")
        next_pair = sessions.refresh(pair.refresh_token)
        sessions.revoke_token(next_pair.access_token)
    text = path.read_text(encoding="ascii")
    for token in (pair.refresh_token, next_pair.refresh_token, pair.access_token):
        assert token not in text and token.split(".")[-1] not in text


def test_a_path_is_enough_and_may_be_text(path: Path) -> None:
    with Sessions(SECRET, audit=str(path)) as sessions:
        sessions.revoke_client("web")
    assert actions(path) == ["log.open", "revoke.client", "log.close"]


def test_a_callable_hears_of_everything_too(path: Path) -> None:
    heard: list[str] = []
    with Sessions(SECRET, audit=path, on_event=lambda event: heard.append(event.kind)) as sessions:
        sessions.start("ada")
    assert actions(path)[1:-1] == heard == ["session.start"]


def test_sessions_of_asyncio_write_one(path: Path) -> None:
    async def main() -> None:
        async with AsyncSessions(SECRET, audit=path) as sessions:
            pairs = await asyncio.gather(*(sessions.start(f"user {n}") for n in range(50)))
            await sessions.refresh(pairs[0].refresh_token)

    asyncio.run(main())
    assert sorted(actions(path)[1:-1]) == ["refresh.rotated"] + ["session.start"] * 50
    assert verify_audit_log(path).is_closed


def test_a_log_goes_on_where_it_ended(path: Path) -> None:
    write_one(path, secret=SECRET)
    write_one(path, secret=SECRET)
    verified = verify_audit_log(path, secret=SECRET)
    assert (verified.lines, verified.alarms, verified.chains) == (10, 2, 1)


@pytest.mark.parametrize(
    ("addresses", "members"),
    [
        ("prefix", {("ip_prefix", "192.0.2.0/24"), ("ip_prefix", "2001:db8:1::/48")}),
        ("whole", {("ip", "192.0.2.17"), ("ip", "2001:db8:1:2::3")}),
        ("never", set()),
    ],
)
def test_as_much_of_an_address_is_written_as_may_be(
    path: Path, addresses: str, members: set[tuple[str, str]]
) -> None:
    write_one(path, addresses=addresses)
    found = {(name, line[name]) for line in lines(path) for name in line if name[:2] == "ip"}
    assert found == members


def test_full_files_are_kept_up_to_a_number_and_verified_in_their_order(path: Path) -> None:
    settings = AuditLog(path, rotate_at=2_000, keep=3, durability="closing", capacity=1_000)
    with Sessions(SECRET, audit=settings, max_sessions=0) as sessions:
        for _ in range(60):
            sessions.start("ada")
    files = [one for one in sorted(path.parent.glob("audit.jsonl.*")) if one.suffix != ".lock"]
    assert len(files) == 3
    verified = verify_audit_log(*files, path)
    assert verified.last is not None and verified.last[0] == 62
    assert verified.first is not None and verified.first[0] > 1
    with pytest.raises(errors.AuditFailed) as caught:
        verify_audit_log(files[0], files[2])
    assert caught.value.code == "audit_missing"


def test_counts_and_the_place_in_the_chain_are_told(path: Path) -> None:
    with Sessions(SECRET) as sessions:
        assert sessions.audit_state() is None
    with Sessions(SECRET, audit=path) as sessions:
        sessions.start("ada")
        state = sessions.audit_state()
        assert state is not None and (state.dropped, state.failures) == (0, 0)
    assert sessions.audit_state() is None
    later = AsyncSessions(SECRET, audit=path)
    assert later.audit_state() is None  # It is opened by the first call.


# Changes show.


def test_a_change_shows_and_where(path: Path) -> None:
    write_one(path)
    path.write_text(path.read_text().replace('"refresh.reuse","alarm":true', '"refresh.rotated"'))
    with pytest.raises(errors.AuditFailed) as caught:
        verify_audit_log(path)
    assert (caught.value.code, caught.value.facts) == ("audit_changed", {"line": 4, "seq": 4})


def test_a_line_that_is_gone_shows(path: Path) -> None:
    write_one(path)
    kept = path.read_text().splitlines(keepends=True)
    path.write_text("".join(kept[:3] + kept[4:]))
    with pytest.raises(errors.AuditFailed) as caught:
        verify_audit_log(path)
    assert caught.value.code == "audit_missing"
    assert caught.value.facts == {"line": 4, "from": 4, "to": 4}


def test_an_end_that_is_cut_off_shows_against_a_checkpoint_alone(path: Path) -> None:
    with Sessions(SECRET, audit=path) as sessions:
        sessions.revoke_client("web")
        sessions.revoke_client("desktop")
    checkpoint = _checkpoint(path, 3)
    assert verify_audit_log(path, checkpoint=checkpoint).lines == 4
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:2]))
    assert not verify_audit_log(path).is_closed
    with pytest.raises(errors.AuditFailed) as caught:
        verify_audit_log(path, checkpoint=checkpoint)
    assert (caught.value.code, caught.value.facts) == ("audit_cut", {"last": 2, "seq": 3})


def _checkpoint(path: Path, seq: int) -> str:
    return f"{seq}:{lines(path)[seq - 1]['hash']}"


def test_a_chain_under_a_key_holds_under_that_key_alone(path: Path) -> None:
    write_one(path, secret=SECRET)
    assert "mac" in lines(path)[0]
    assert verify_audit_log(path, secret=SECRET).lines == 5
    for secret, code in [(None, "audit_key_missing"), (OTHER, "audit_key_wrong")]:
        with pytest.raises(errors.AuditFailed) as caught:
            verify_audit_log(path, secret=secret)
        assert caught.value.code == code
    unkeyed = path.with_name("unkeyed.jsonl")
    write_one(unkeyed)
    with pytest.raises(errors.AuditFailed) as caught:
        verify_audit_log(unkeyed, secret=SECRET)
    assert caught.value.code == "audit_unkeyed"


# What cannot be.


def test_a_chain_of_another_key_is_not_gone_on_with(path: Path) -> None:
    write_one(path, secret=SECRET)
    before = path.read_bytes()
    for settings in (AuditLog(path), AuditLog(path, secret=OTHER)):
        with pytest.raises(errors.AuditFailed) as caught:
            Sessions(SECRET, audit=settings)
        assert caught.value.code == "audit_not_continued"
    assert path.read_bytes() == before


def test_a_file_has_one_log(path: Path) -> None:
    with Sessions(SECRET, audit=path):
        with pytest.raises(errors.AuditFailed) as caught:
            Sessions(SECRET, audit=path)
        assert caught.value.code == "audit_locked"
        assert "{pid}" in caught.value.hint

        async def main() -> None:
            await AsyncSessions(SECRET, audit=path).start("ada")

        with pytest.raises(errors.AuditFailed):
            asyncio.run(main())
    with Sessions(SECRET, audit=path):
        pass


def test_sessions_that_could_not_be_opened_hold_no_file(path: Path, tmp_path: Path) -> None:
    store = tmp_path / "sessions.db"
    store.write_text("a letter to a friend, which is none of ours " * 40)
    store.chmod(0o600)
    kept = []
    for _ in range(2):
        with pytest.raises(errors.StoreFailed) as caught:
            Sessions(SECRET, store=f"sqlite://{store}", audit=path)
        kept.append(caught.value)  # With its traceback, which holds what was made.
    with Sessions(SECRET, audit=path):
        pass
    assert verify_audit_log(path).chains == 1


@pytest.mark.parametrize(
    ("name", "code"), [("", "audit_not_a_file"), ("none/audit.jsonl", "audit_open")]
)
def test_a_file_that_cannot_be_written_is_refused_before_anybody_logs_in(
    tmp_path: Path, name: str, code: str
) -> None:
    with pytest.raises(errors.AuditFailed) as caught:
        Sessions(SECRET, audit=tmp_path / name)
    assert caught.value.code == code
    assert isinstance(caught.value, errors.JotemError)


def test_arguments_that_make_no_sense_are_refused(path: Path) -> None:
    for wrong in (
        lambda: AuditLog(path, secret=b"short"),
        lambda: AuditLog(path, addresses="some"),  # type: ignore[arg-type]
        lambda: AuditLog(path, durability="never"),  # type: ignore[arg-type]
        lambda: AuditLog(path, keep=-1),
        lambda: AuditLog(path, close_limit=timedelta(-1)),
        lambda: verify_audit_log(),
        lambda: verify_audit_log(path, checkpoint="17"),
        lambda: verify_audit_log(path, secret=b"short"),
    ):
        with pytest.raises(errors.Misuse):
            wrong()
    for wrong in (
        lambda: Sessions(SECRET, audit=1),  # type: ignore[arg-type]
        lambda: AsyncSessions(SECRET, audit=b"audit.jsonl"),  # type: ignore[arg-type]
        lambda: AuditLog(None),  # type: ignore[arg-type]
        lambda: AuditLog(path, rotate_at="1 MB"),  # type: ignore[arg-type]
        lambda: verify_audit_log(path, 1),  # type: ignore[arg-type]
    ):
        with pytest.raises(TypeError):
            wrong()
    assert not path.exists()
    with pytest.raises(errors.AuditFailed) as caught:
        verify_audit_log(path)
    assert caught.value.code == "audit_read"


def test_a_log_shows_no_secret(path: Path) -> None:
    shown = repr(AuditLog(path, secret=SECRET))
    assert "under a key" in shown and "thirty" not in shown
    assert AuditLog(path).path == path


# Processes.


forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
stores = pytest.mark.parametrize("store", ["memory:", "sqlite://{}/sessions.db"])


@forks
@stores
@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_a_child_refuses_a_log_that_is_its_parents_and_the_parent_goes_on(
    path: Path, tmp_path: Path, store: str
) -> None:
    with Sessions(SECRET, store=store.format(tmp_path), audit=path) as sessions:
        sessions.start("ada")

        def work() -> None:
            for _ in range(2):
                with pytest.raises(errors.Misuse, match="another process"):
                    sessions.start("eve")
            assert sessions.audit_state() is None

        Child(work).end()
        sessions.revoke_subject("ada")
    assert actions(path) == ["log.open", "session.start", "revoke.subject", "log.close"]
    assert verify_audit_log(path).chains == 1


@forks
@stores
@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_each_process_has_a_file_of_its_own_where_its_name_says_so(
    tmp_path: Path, store: str
) -> None:
    audit = AuditLog(tmp_path / "audit-{pid}.jsonl", secret=SECRET)

    def work() -> None:
        sessions.start("eve")
        sessions.close()

    with Sessions(SECRET, store=store.format(tmp_path), audit=audit) as sessions:
        sessions.start("ada")
        children = [Child(work) for _ in range(2)]
        for child in children:
            child.end()
        sessions.start("ada")
    for pid, lines_of_it in [(os.getpid(), 4), *((child.pid, 3) for child in children)]:
        verified = verify_audit_log(tmp_path / f"audit-{pid}.jsonl", secret=SECRET)
        assert (verified.lines, verified.is_closed) == (lines_of_it, True)


@forks
@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_a_child_that_lives_on_does_not_hold_the_file_of_its_parent(path: Path) -> None:
    sessions = Sessions(SECRET, audit=path)
    go = os.pipe()
    child = Child(lambda: os.read(go[0], 1))
    sessions.close()
    with Sessions(SECRET, audit=path) as again:
        again.start("ada")
    os.write(go[1], b".")
    child.end()
    assert verify_audit_log(path).lines == 5


@pytest.mark.parametrize("made", ["Sessions", "AsyncSessions"])
@pytest.mark.parametrize("end", ["", "sys.exit(3)", "raise SystemExit(3)"])
def test_a_program_that_ends_has_written_everything(path: Path, made: str, end: str) -> None:
    program = f"""
    import asyncio, sys
    from jotem.sessions import AsyncSessions, Sessions
    sessions = {made}({SECRET!r}, audit={str(path)!r}, max_sessions=0)
    for n in range(200):
        pair = sessions.start("ada")
        if asyncio.iscoroutine(pair):
            asyncio.run(pair)
    {end}
    """
    command = [sys.executable, "-W", "ignore", "-c", textwrap.dedent(program)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == (3 if end else 0), done.stderr
    assert actions(path).count("session.start") == 200
    assert verify_audit_log(path).dropped == 0
