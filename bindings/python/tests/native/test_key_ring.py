"""Key rings: what is refused, the life of a key, and what others see of it."""

from __future__ import annotations

import json
import os
import pickle
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from jotem import Algorithm, Issuer, KeyRing, KeySet, KeyState, Verified, Verifier, errors
from jotem.errors import KeyNotFound, KeyRefused, Misuse, RingFailed
from jotem.testing import FrozenClock

PASSWORD = "a long password"
SECOND, MINUTE, HOUR, DAY = (timedelta(seconds=s) for s in (1, 60, 3600, 86_400))
unix = pytest.mark.skipif(os.name != "posix", reason="modes and links are Unix's")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ring.json"


@pytest.fixture
def ring(path: Path, clock: FrozenClock) -> KeyRing:
    return KeyRing.create(path, algorithm="ES256", password=PASSWORD, clock=clock)


def create(path: Path, **settings: Any) -> KeyRing:
    return KeyRing.create(path, **{"algorithm": "ES256", "password": PASSWORD, **settings})


def in_state(ring: KeyRing, state: KeyState) -> list[str]:
    return [key.key_id for key in ring.keys if key.state is state]


def code_of(error: pytest.ExceptionInfo[Any]) -> str:
    assert error.value.hint
    assert error.value.public == {
        "error": "server_error",
        "error_description": "the token could not be checked",
    }
    return str(error.value.code)


def test_another_password_is_refused(ring: KeyRing, path: Path) -> None:
    for password in ("another", b"a long passwor", PASSWORD + "\n"):
        with pytest.raises(KeyRefused) as caught:
            KeyRing.open(path, password=password)
        assert caught.value.code == "key_password_wrong"
        assert str(password) not in str(caught.value)
    with pytest.raises(KeyRefused) as caught:
        KeyRing.open(path, password="")
    assert caught.value.code == "key_password_empty"


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_an_algorithm_that_has_nothing_to_publish_is_refused(algorithm: str, path: Path) -> None:
    with pytest.raises(Misuse) as caught:
        create(path, algorithm=algorithm)
    assert code_of(caught) == "ring_algorithm_symmetric"
    assert caught.value.facts == {"algorithm": Algorithm(algorithm)}
    assert not path.exists()


INCONSISTENT: dict[str, dict[str, Any]] = {
    "ring_announcement_too_short": {"announce_for": HOUR, "stale_if_error": HOUR},
    "ring_retirement_too_short": {"token_lifetime": HOUR, "retire_for": 3631},
    "ring_rotation_too_often": {"rotate_every": HOUR, "announce_for": HOUR + SECOND},
    "ring_timer_out_of_range": {"leeway": timedelta(seconds=301)},
}


@pytest.mark.parametrize("code", INCONSISTENT)
def test_settings_that_do_not_fit_each_other_are_refused(code: str, path: Path) -> None:
    with pytest.raises(Misuse) as caught:
        create(path, **INCONSISTENT[code])
    assert code_of(caught) == code
    assert all(isinstance(fact, (int, str)) for fact in caught.value.facts.values())
    assert caught.value.facts
    assert not path.exists()


@pytest.mark.parametrize("timer", [
    "token_lifetime", "leeway", "jwks_max_age", "stale_while_revalidate", "stale_if_error",
    "fetch_interval", "announce_for", "rotate_every", "retire_for",
])  # fmt: skip
def test_a_duration_is_a_timedelta_or_seconds_from_nought_on(timer: str, path: Path) -> None:
    for wrong in (-1, float("nan"), float("inf"), timedelta(days=-1)):
        with pytest.raises(Misuse, match=timer):
            create(path, **{timer: wrong})
    for wrong in ("15m", True, [1]):
        with pytest.raises(TypeError, match=f"{timer}: expected timedelta"):
            create(path, **{timer: wrong})
    with pytest.raises(Misuse) as caught:
        create(path, **{timer: 10**11})
    assert caught.value.code == "ring_timer_out_of_range"
    assert caught.value.facts["timer"] == timer
    assert not path.exists()


def test_a_wrong_type_is_a_type_error_that_names_the_argument(ring: KeyRing, path: Path) -> None:
    calls: dict[str, Any] = {
        "path: expected": lambda: KeyRing.open(3, password=PASSWORD),  # type: ignore[arg-type]
        "password: expected": lambda: KeyRing.open(path, password=None),  # type: ignore[arg-type]
        "algorithm: expected": lambda: create(path, algorithm=256),
        "clock: expected": lambda: KeyRing.open(path, password=PASSWORD, clock=0),  # type: ignore[arg-type]
        "bits: expected": lambda: create(path, algorithm="RS256", bits="2048"),
        "key_id: expected": lambda: ring.compromise(b"key"),  # type: ignore[arg-type]
        "if_none_match: expected": lambda: ring.publication().is_current(b"*"),  # type: ignore[arg-type]
        "key: expected jotem.Key or jotem.KeyRing": lambda: Issuer(path),  # type: ignore[arg-type]
        "keys: expected": lambda: Verifier([ring]),  # type: ignore[list-item]
        "KeyRing": lambda: KeyRing(),  # type: ignore[call-arg]
        "takes 1 positional": lambda: KeyRing.open(path, PASSWORD),  # type: ignore[call-arg]
        "pickle": lambda: pickle.dumps(ring),
    }
    for words, call in calls.items():
        with pytest.raises(TypeError) as caught:
            call()
        assert words in str(caught.value)
        assert PASSWORD not in str(caught.value)


def test_a_ring_that_is_there_is_not_replaced(ring: KeyRing, path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(RingFailed) as caught:
        create(path)
    assert code_of(caught) == "ring_exists"
    assert path.read_bytes() == before


@unix
def test_a_file_that_is_not_safe_is_refused(ring: KeyRing, path: Path, tmp_path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    link = tmp_path / "link.json"
    link.symlink_to(path)
    for wrong, code in [(link, "not_a_file"), (tmp_path, "not_a_file"), (tmp_path / "no", "missing")]:
        for opened in (KeyRing.open_public, lambda p: KeyRing.open(p, password=PASSWORD)):
            with pytest.raises(RingFailed) as caught:
                opened(wrong)
            assert code_of(caught) == f"ring_{code}"
    path.chmod(0o640)
    with pytest.raises(RingFailed) as caught:
        KeyRing.open(path, password=PASSWORD)
    assert code_of(caught) == "ring_permissions"
    assert caught.value.facts["mode"] == 0o640


@unix
def test_what_the_system_said_is_the_cause(tmp_path: Path) -> None:
    with pytest.raises(RingFailed) as caught:
        create(tmp_path / "no such folder" / "ring.json")
    assert code_of(caught) == "ring_store"
    assert isinstance(caught.value.__cause__, FileNotFoundError)
    assert caught.value.facts["action"] == "write"


DAMAGE: dict[str, Any] = {
    "ring_damaged": [
        lambda file: file["keys"].pop(),
        lambda file: file["keys"].clear(),
        lambda file: file.update(more=1),
        lambda file: file.update(algorithm="HS256") or file.update(algorithm="none"),
        lambda file: file["keys"][0].update(kid=file["keys"][1]["kid"]),
        lambda file: file["keys"][0].update(private=file["keys"][1]["private"]),
        lambda file: file["keys"][0].pop("private"),
    ],
    "ring_algorithm_symmetric": [lambda file: file.update(algorithm="HS256")],
    "ring_version_unknown": [lambda file: file.update(version=2)],
    "ring_retirement_too_short": [lambda file: file["timers"].update(retire_for=1)],
}


@pytest.mark.parametrize("code", DAMAGE)
def test_a_file_that_was_changed_by_hand_is_refused(code: str, ring: KeyRing, path: Path) -> None:
    whole = path.read_text("utf-8")
    for damage in DAMAGE[code]:
        file = json.loads(whole)
        damage(file)
        path.write_text(json.dumps(file), "utf-8")
        with pytest.raises(errors.JotemError) as caught:
            KeyRing.open(path, password=PASSWORD)
        assert code_of(caught) == code


def test_a_file_that_was_cut_off_is_refused_and_a_ring_that_runs_goes_on(
    ring: KeyRing, path: Path, clock: FrozenClock
) -> None:
    issuer, verifier = Issuer(ring), Verifier(ring)
    whole = path.read_bytes()
    for size in (0, 1, len(whole) // 2, len(whole) - 3):
        path.write_bytes(whole[:size])
        with pytest.raises(RingFailed) as caught:
            KeyRing.open(path, password=PASSWORD)
        assert code_of(caught) == "ring_damaged"
        clock.advance(SECOND)
        assert isinstance(verifier.verify(issuer.issue()), Verified)
        assert ring.last_error is not None
        assert ring.last_error.code == "ring_damaged"
    path.write_bytes(whole)
    clock.advance(SECOND)
    assert ring.last_error is None


def test_an_unknown_name_is_refused_without_a_change(ring: KeyRing, path: Path) -> None:
    before = path.read_bytes()
    for name in ("", "nobody", in_state(ring, KeyState.ACTIVE)[0].swapcase(), "x" * 10_000):
        with pytest.raises(RingFailed) as caught:
            ring.compromise(name)
        assert code_of(caught) == "ring_key_unknown"
        assert len(str(caught.value)) < 200
    assert path.read_bytes() == before


def test_a_key_that_not_everybody_can_know_does_not_sign(ring: KeyRing, clock: FrozenClock) -> None:
    clock.advance(ring.timers.announce_for - SECOND)
    with pytest.raises(RingFailed) as caught:
        ring.rotate()
    assert code_of(caught) == "ring_spare_too_new"
    assert caught.value.facts["known_at"] == clock() + SECOND
    clock.advance(SECOND)
    assert ring.rotate().active == in_state(ring, KeyState.ACTIVE)[0]


def test_the_public_half_neither_signs_nor_changes(ring: KeyRing, path: Path, clock: FrozenClock) -> None:
    public = KeyRing.open_public(path, clock=clock)
    token = Issuer(ring).issue(subject="42")
    assert Verifier(public).verify(token).subject == "42"
    assert public.publication() == ring.publication()
    kid = public.keys[0].key_id
    for call in (public.rotate, public.rotate_now, public.maintain, lambda: public.compromise(kid),
                 lambda: Issuer(public)):  # fmt: skip
        with pytest.raises(Misuse) as caught:
            call()
        assert code_of(caught) == "ring_public_only"


def test_no_token_outlives_its_key(ring: KeyRing, clock: FrozenClock) -> None:
    with pytest.raises(Misuse) as caught:
        Issuer(ring, never_expires=True)
    assert code_of(caught) == "ring_token_never_expires"
    with pytest.raises(Misuse) as caught:
        Issuer(ring, lifetime=15 * MINUTE + SECOND)
    assert code_of(caught) == "ring_token_outlives_key"
    assert caught.value.facts == {"lifetime": 901, "limit": 900}

    issuer = Issuer(ring)
    late = clock() + 15 * MINUTE + SECOND
    for given in ({"expires_at": late}, {"issued_at": clock() + SECOND},
                  {"expires_at": late, "issued_at": late}):  # fmt: skip
        with pytest.raises(Misuse) as caught:
            issuer.issue(**given)
        assert code_of(caught) == "ring_token_outlives_key"
        with pytest.raises(Misuse):
            issuer.issue_many([{}], **given)
    with pytest.raises(Misuse) as caught:
        issuer.issue({"exp": late.timestamp()})
    assert caught.value.code == "misuse_claim_twice"
    token = Issuer(ring, lifetime=60).issue()
    assert Verifier(ring).verify(token).expires_at == clock() + MINUTE
    assert Verifier(ring).verify(issuer.issue()).expires_at == clock() + 15 * MINUTE


def test_there_is_one_clock(ring: KeyRing, path: Path, clock: FrozenClock) -> None:
    for call in (lambda: Issuer(ring, clock=clock), lambda: Verifier(ring, clock=clock),
                 lambda: Verifier(KeyRing.open_public(path), clock=clock)):  # fmt: skip
        with pytest.raises(Misuse, match="the clock of a ring") as caught:
            call()
        assert "KeyRing.open" in caught.value.hint


def test_what_the_clock_raises_reaches_the_caller(path: Path) -> None:
    broken = False

    def clock() -> float:
        if broken:
            raise LookupError("no time")
        return 1_700_000_000

    ring = create(path, clock=clock)
    issuer, verifier = Issuer(ring), Verifier(ring)
    token = issuer.issue()
    broken = True
    for call in (ring.rotate_now, ring.publication, issuer.issue, lambda: verifier.verify(token)):
        with pytest.raises(LookupError):
            call()
    broken = False
    assert isinstance(verifier.verify(token), Verified)


def test_the_whole_life_of_a_key_refuses_no_token(path: Path, clock: FrozenClock) -> None:
    """Of verifiers of the ring, with a cache and without, and of one that fetches when it may."""
    ring = create(path, clock=clock, token_lifetime=20 * MINUTE, jwks_max_age=HOUR, fetch_interval=0,
                  stale_while_revalidate=0, stale_if_error=0, rotate_every=3 * HOUR)  # fmt: skip
    assert ring.timers.announce_for == 3 * HOUR
    assert ring.timers.retire_for == HOUR
    issuer, verifiers = Issuer(ring), [Verifier(ring), Verifier(ring, cache=1 << 18)]
    first = in_state(ring, KeyState.ACTIVE)[0]
    seen, live, rotations = [KeyState.ACTIVE], [issuer.issue()], 0
    for minute in range(0, 12 * 60, 5):
        rotations += ring.maintain().rotation is not None
        if minute % 60 == 0:
            fetched = Verifier(KeySet.from_json(ring.publication().body), clock=clock)
        state = next((key.state for key in ring.keys if key.key_id == first), KeyState.REMOVED)
        seen += [state] if state is not seen[-1] else []
        live = [*live, issuer.issue()][-4:]
        for token in live:
            for verifier in (*verifiers, fetched):
                assert isinstance(verifier.verify(token), Verified)
        clock.advance(5 * MINUTE)
    assert seen == [KeyState.ACTIVE, KeyState.RETIRING, KeyState.REMOVED]
    assert rotations == 3
    assert ring.revision > 3


def test_a_removal_needs_nobody(ring: KeyRing, path: Path, clock: FrozenClock) -> None:
    """A key past its time verifies nothing, though the file still has it."""
    verifiers = [Verifier(ring), Verifier(ring, cache=1 << 16)]
    old, token = in_state(ring, KeyState.ACTIVE)[0], Issuer(ring).issue()
    verifiers += [Verifier(ring, leeway=300, cache=1 << 16)]
    ring.rotate_now()
    for verifier in verifiers:
        assert verifier.verify(token).key_id == old
    clock.advance(ring.timers.retire_for)
    assert old in path.read_text("utf-8")
    assert old not in [key.key_id for key in ring.keys]
    assert old.encode() not in ring.publication().body
    for verifier in verifiers:
        with pytest.raises(KeyNotFound):
            verifier.verify(token)
    assert ring.maintain().removed == (old,)
    assert old not in path.read_text("utf-8")


@pytest.mark.parametrize("settings", [{}, {"cache": 1 << 18}])
def test_a_compromise_counts_at_the_very_next_call(
    settings: dict[str, Any], ring: KeyRing, path: Path, clock: FrozenClock
) -> None:
    issuer, verifier = Issuer(ring), Verifier(ring, **settings)
    stolen, tokens = issuer.key_id, issuer.issue_many([{"n": n} for n in range(20)])
    assert stolen is not None
    for _ in range(2):
        assert all(isinstance(verdict, Verified) for verdict in verifier.verify_many(tokens))
    other = Verifier(KeyRing.open(path, password=PASSWORD, clock=clock), **settings)
    assert isinstance(other.verify(tokens[0]), Verified)

    compromise = ring.compromise(stolen)
    assert (compromise.was, compromise.active) == (KeyState.ACTIVE, issuer.key_id)
    assert compromise.announced == in_state(ring, KeyState.ANNOUNCED)[0]
    for verdict in verifier.verify_many(tokens):
        assert isinstance(verdict, KeyNotFound)
    with pytest.raises(KeyNotFound):
        verifier.verify(tokens[0])
    assert not verifier.explain(tokens[0]).is_verified
    clock.advance(SECOND)
    with pytest.raises(KeyNotFound):
        other.verify(tokens[0])
    assert verifier.verify(issuer.issue()).key_id == compromise.active
    with pytest.raises(RingFailed) as caught:
        ring.compromise(stolen)
    assert code_of(caught) == "ring_key_unknown"


def test_a_copy_from_before_a_compromise_is_not_taken(ring: KeyRing, path: Path, clock: FrozenClock) -> None:
    token, verifier, copy = Issuer(ring).issue(), Verifier(ring), path.read_bytes()
    ring.compromise(in_state(ring, KeyState.ACTIVE)[0])
    path.write_bytes(copy)
    clock.advance(SECOND)
    with pytest.raises(KeyNotFound):
        verifier.verify(token)
    assert ring.last_error is not None
    assert ring.last_error.code == "ring_replaced"
    with pytest.raises(RingFailed) as caught:
        ring.reload()
    assert code_of(caught) == "ring_replaced"


def test_an_issuer_signs_with_the_key_of_the_moment(ring: KeyRing, clock: FrozenClock) -> None:
    issuer = Issuer(ring, issuer="https://auth.example", audience="api", token_type="at+jwt",
                    header={"x": 1}, token_ids=True)  # fmt: skip
    verifier = Verifier(ring, issuer="https://auth.example", audience="api", token_type="at+jwt")
    assert issuer.algorithm is ring.algorithm is Algorithm.ES256
    assert verifier.algorithms == (Algorithm.ES256,)
    for _ in range(3):
        active = in_state(ring, KeyState.ACTIVE)
        tokens = [issuer.issue(), *issuer.issue_many([{}, {}]), *issuer.issue_each([{}])]
        for token in tokens:
            verified = verifier.verify(token)
            assert [verified.key_id] == active == [issuer.key_id]
            assert verified.header["x"] == 1
        ring.rotate_now()


@pytest.mark.parametrize("algorithm", ["EdDSA", "RS256", "ES384", "ML-DSA-44"])
def test_a_ring_of_every_kind_is_opened_again(algorithm: str, path: Path) -> None:
    made = create(path, algorithm=algorithm)
    opened = KeyRing.open(str(path), password=PASSWORD.encode())
    assert opened.keys == made.keys
    assert opened.timers == made.timers
    assert opened.publication() == made.publication()
    assert isinstance(Verifier(opened).verify(Issuer(made).issue()), Verified)


def test_the_size_of_rsa_keys_is_chosen_and_checked(path: Path) -> None:
    with pytest.raises(KeyRefused):
        create(path, algorithm="RS256", bits=1024)
    with pytest.raises(errors.JotemError):
        create(path, bits=2048)
    assert not path.exists()
    ring = create(path, algorithm="PS256", bits=3072)
    (key, _) = KeySet.from_json(ring.publication().body)
    assert len(key.to_jwk()["n"]) == 3072 // 6


def test_dates_and_durations_are_pythons(ring: KeyRing, clock: FrozenClock) -> None:
    active, spare = ring.keys
    assert active.announced_at == active.activated_at == spare.announced_at == clock()
    assert active.retired_at is spare.activated_at is None
    assert active.next_at == ring.next_due == clock() + 30 * DAY
    assert spare.next_at == clock() + DAY
    timers = ring.timers
    assert (timers.token_lifetime, timers.leeway) == (15 * MINUTE, 30 * SECOND)
    assert (timers.announce_for, timers.rotate_every, timers.retire_for) == (DAY, 30 * DAY, HOUR)
    compromise = ring.compromise(active.key_id)
    assert compromise.known_at == clock() + DAY
    done = ring.maintain()
    assert (done.rotation, done.removed, done.next_due) == (None, (), clock() + 30 * DAY)


def test_what_is_said_of_a_ring_shows_no_secret(ring: KeyRing) -> None:
    objects = [ring, *ring.keys, ring.timers, ring.publication(), ring.rotate_now(), ring.maintain()]
    for shown in map(repr, objects):
        assert shown.startswith("<jotem.")
        assert PASSWORD not in shown
    assert repr(ring) == "<jotem.KeyRing: ES256, revision 2>"
    with pytest.raises(AttributeError):
        ring.keys[0].state = KeyState.ACTIVE  # type: ignore[misc]


def test_the_states_are_those_of_the_engine() -> None:
    assert [state.value for state in KeyState] == ["announced", "active", "retiring", "removed"]


def test_other_threads_run_while_a_ring_is_opened_and_rotated(
    ring: KeyRing, path: Path, lets_others_in: Callable[[Callable[[], object]], bool]
) -> None:
    """They are let in: a thread that only counts gets on while a password is derived."""
    assert lets_others_in(lambda: KeyRing.open(path, password=PASSWORD))
    assert lets_others_in(ring.rotate_now)
