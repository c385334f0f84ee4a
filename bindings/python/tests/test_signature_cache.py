"""`jotem.jwt.enable_cache`: a signature that held is remembered, and nothing else.

That PyJWT's behaviour is the same to the byte is the business of the differential test and of
PyJWT's suite, which both run with the cache as well.
"""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

import jotem
from jotem import CacheState, jwt, jwt_key_cache

MIB = 1 << 20
NOW = 1_700_000_000
CLAIMS = {"sub": "42", "aud": "api", "iss": "here", "exp": NOW + 900, "roles": ["reader"]}
PRIVATE, OTHER = (jotem.Key.generate("ES256", key_id="1") for _ in range(2))
PEM, PUBLIC = PRIVATE.to_pem(private=True), PRIVATE.public().to_pem()
TOKEN = jwt.encode(CLAIMS, PEM, "ES256")
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512",
              "ES256K", "EdDSA")  # fmt: skip


@pytest.fixture(autouse=True)
def enabled(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    jwt.enable_cache(MIB)
    yield
    jwt.disable_cache()


@pytest.fixture(autouse=True)
def travel() -> Iterator[Callable[[float], None]]:
    """Sets the clock that `jotem.jwt` looks at."""
    time_machine = pytest.importorskip("time_machine")
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller.move_to


def decode(token: str = TOKEN, key: Any = PUBLIC, **changed: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {"algorithms": ["ES256"], "audience": "api", "issuer": "here"}
    return jwt.decode(token, key, **{**usual, **changed})


def state() -> CacheState:
    found = jwt.cache_state()
    assert found is not None
    return found


def test_it_is_off_unless_enabled() -> None:
    jwt.disable_cache()
    assert jwt.cache_state() is None
    assert decode() == decode() == CLAIMS
    assert jwt.cache_state() is None
    jwt.disable_cache()


def test_a_token_that_comes_again_is_a_hit_and_gives_the_same() -> None:
    assert decode() == decode(TOKEN.encode()) == decode() == CLAIMS  # type: ignore[arg-type]
    assert (state().entries, state().hits, state().misses) == (1, 2, 1)
    complete = jwt.decode_complete(TOKEN, PUBLIC, ["ES256"], audience="api")
    assert state().hits == 3
    jwt.disable_cache()
    assert complete == jwt.decode_complete(TOKEN, PUBLIC, ["ES256"], audience="api")


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_every_public_key_algorithm_is_remembered(algorithm: str) -> None:
    key = jotem.Key.generate(algorithm)
    token = jwt.encode(CLAIMS, key.to_pem(private=True), algorithm)
    for hits in range(3):
        assert decode(token, key.public().to_pem(), algorithms=[algorithm]) == CLAIMS
        assert (state().hits, state().misses) == (hits, 1)


def test_shared_secrets_are_not_remembered() -> None:
    secret = "a secret of thirty-two bytes or more"
    token = jwt.encode(CLAIMS, secret)
    for _ in range(3):
        assert decode(token, secret, algorithms=["HS256"]) == CLAIMS
    assert (state().entries, state().hits, state().misses) == (0, 0, 0)


def test_each_call_returns_a_dict_of_its_own() -> None:
    first = decode()
    first["roles"].append("admin")
    first["sub"] = "root"
    complete = jwt.decode_complete(TOKEN, PUBLIC, ["ES256"], audience="api")
    complete["payload"]["roles"].append("admin")
    complete["header"]["kid"] = "mine"
    again = jwt.decode_complete(TOKEN, PUBLIC, ["ES256"], audience="api")
    assert decode() == again["payload"] == CLAIMS
    assert "kid" not in again["header"]
    assert state().hits == 3


def test_it_expires_to_the_second(travel: Callable[[float], None]) -> None:
    for now, good in [(NOW, True), (NOW + 899, True), (NOW + 900, False), (NOW + 899, True)]:
        travel(now)
        if good:
            assert decode() == CLAIMS
        else:
            with pytest.raises(jwt.ExpiredSignatureError):
                decode()
    travel(NOW + 900)
    assert decode(leeway=1) == decode(options={"verify_exp": False}) == CLAIMS
    with pytest.raises(jwt.ExpiredSignatureError):
        decode(leeway=datetime.timedelta(0))


def test_a_replaced_clock_is_asked_at_a_hit(monkeypatch: pytest.MonkeyPatch) -> None:
    decode()
    late = datetime.datetime.fromtimestamp(NOW + 900, datetime.timezone.utc)

    class Later(datetime.datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return late

    monkeypatch.setattr(jwt.api_jwt, "datetime", Later)
    with pytest.raises(jwt.ExpiredSignatureError):
        decode()


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"audience": "web"}, jwt.InvalidAudienceError),
        ({"audience": None}, jwt.InvalidAudienceError),
        ({"issuer": "there"}, jwt.InvalidIssuerError),
        ({"issuer": ["there"]}, jwt.InvalidIssuerError),
        ({"subject": "43"}, jwt.exceptions.InvalidSubjectError),
        ({"options": {"require": ["nbf"]}}, jwt.MissingRequiredClaimError),
        ({"options": {"strict_aud": True}, "audience": ["api"]}, jwt.InvalidAudienceError),
        ({"algorithms": ["RS256"]}, jwt.InvalidAlgorithmError),
        ({"algorithms": []}, jwt.DecodeError),
        ({"algorithms": None}, jwt.DecodeError),
        ({"algorithms": ["ES384"]}, jwt.InvalidAlgorithmError),
        ({"key": OTHER.public().to_pem()}, jwt.InvalidSignatureError),
        ({"key": jotem.Key.generate("ES384").public().to_pem()}, jwt.InvalidKeyError),
        ({"key": jotem.Key.generate("EdDSA").public().to_pem()}, jwt.InvalidKeyError),
        ({"key": ""}, ValueError),
        ({"key": [OTHER.public().to_pem()]}, jwt.InvalidSignatureError),
        ({"detached_payload": b"{}"}, None),
    ],
)
def test_every_rule_holds_at_the_very_next_call(changed: dict[str, Any], error: Any) -> None:
    """The same refusal, in the same words, as where nothing is remembered; and no harm done."""
    jwt.disable_cache()
    without = outcome(changed)
    jwt.enable_cache(MIB)
    for _ in range(2):
        assert decode() == CLAIMS
        assert outcome(changed) == without
    if error is not None:
        with pytest.raises(error):
            decode(**changed)
    assert decode() == CLAIMS


def outcome(changed: dict[str, Any]) -> tuple[type, str]:
    try:
        return dict, repr(decode(**changed))
    except Exception as error:  # noqa: BLE001
        return type(error), str(error)


def test_a_key_of_the_same_kid_is_another_key() -> None:
    keys = [jwt.PyJWK(key.public().to_jwk()) for key in (PRIVATE, OTHER)]
    token = jwt.encode(CLAIMS, PEM, "ES256", headers={"kid": "1"})
    for _ in range(2):
        assert decode(token, keys[0]) == CLAIMS
        with pytest.raises(jwt.InvalidSignatureError):
            decode(token, keys[1])
    assert state().hits == 1


def test_a_key_removed_from_a_set_is_gone_at_the_next_call() -> None:
    token = jwt.encode(CLAIMS, PEM, "ES256", headers={"kid": "1"})

    def decode_with(members: list[jotem.Key]) -> dict[str, Any]:
        documents = [key.public().to_jwk() for key in members]
        keys = jwt.PyJWKSet.from_dict({"keys": documents})
        return decode(token, keys[jwt.get_unverified_header(token)["kid"]])

    assert decode_with([PRIVATE]) == decode_with([PRIVATE]) == CLAIMS
    assert state().hits == 1
    with pytest.raises(KeyError):
        decode_with([jotem.Key.generate("ES256", key_id="2")])
    with pytest.raises(jwt.InvalidSignatureError):
        decode_with([OTHER])


def test_a_key_in_another_form_is_the_same_key() -> None:
    forms: list[Any] = [PUBLIC, PUBLIC.encode(), jwt.PyJWK(PRIVATE.public().to_jwk()), PEM]
    if jwt.algorithms.has_crypto:
        forms.append(jwt.PyJWK(PRIVATE.public().to_jwk()).key)
    for key in forms:
        assert decode(key=key) == CLAIMS
    assert (state().hits, state().misses) == (len(forms) - 1, 1)


def test_it_needs_no_cache_of_keys() -> None:
    size = jwt_key_cache.size()
    jwt_key_cache.resize(0)
    try:
        assert decode() == decode() == CLAIMS
        with pytest.raises(jwt.InvalidSignatureError):
            decode(key=OTHER.public().to_pem())
    finally:
        jwt_key_cache.resize(size)
    assert state().hits == 1


def test_rsa_under_another_algorithm_is_another_key() -> None:
    key = jotem.Key.generate("RS256")
    private, public = key.to_pem(private=True), key.public().to_pem()
    both = {name: jwt.encode(CLAIMS, private, name) for name in ("RS256", "PS256")}
    for token in both.values():
        assert decode(token, public, algorithms=["RS256", "PS256"]) == CLAIMS
    header, payload, _ = both["PS256"].split(".")
    for signature in (both["RS256"].split(".")[2], both["PS256"].split(".")[2]):
        swapped = f"{both['RS256'].split('.')[0]}.{payload}.{signature}"
        if swapped not in both.values():
            with pytest.raises(jwt.InvalidSignatureError):
                decode(swapped, public, algorithms=["RS256", "PS256"])
    assert header != both["RS256"].split(".")[0]


def test_no_other_text_passes_for_the_remembered_one() -> None:
    decode()
    for place in range(len(TOKEN)):
        changed = TOKEN[:place] + ("A" if TOKEN[place] != "A" else "B") + TOKEN[place + 1 :]
        with pytest.raises(jwt.InvalidTokenError):
            decode(changed)
    header, payload, signature = TOKEN.split(".")
    for changed in (f"{TOKEN}=", f"{TOKEN}.", f"{header}.{payload}.", f"{payload}.{signature}"):
        with pytest.raises(jwt.InvalidTokenError):
            decode(changed)
    assert state().hits == 0
    assert decode() == CLAIMS


def test_a_refused_token_is_not_remembered() -> None:
    expired = jwt.encode({**CLAIMS, "exp": 1}, PEM, "ES256")
    for token in (expired, jwt.encode(CLAIMS, OTHER.to_pem(private=True), "ES256")):
        for _ in range(2):
            with pytest.raises(jwt.InvalidTokenError):
                decode(token)
    assert (state().entries, state().hits) == (0, 0)


def test_what_is_not_verified_is_not_remembered() -> None:
    for _ in range(2):
        assert decode(options={"verify_signature": False}) == CLAIMS
        assert jwt.get_unverified_claims(TOKEN) == CLAIMS
    assert (state().entries, state().hits, state().misses) == (0, 0, 0)


def test_a_replaced_step_runs_whatever_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    decode()

    def refuse(*_: Any, **__: Any) -> bool:
        return False

    monkeypatch.setattr(jwt.algorithms.ECAlgorithm, "verify", refuse)
    with pytest.raises(jwt.InvalidSignatureError):
        decode()
    monkeypatch.undo()

    class Mine(jwt.PyJWT):
        def _validate_claims(self, *_: Any, **__: Any) -> None:
            raise jwt.InvalidTokenError("revoked")

    with pytest.raises(jwt.InvalidTokenError, match="revoked"):
        Mine().decode(TOKEN, PUBLIC, ["ES256"])
    assert decode() == CLAIMS


def test_an_algorithm_that_was_unregistered_is_gone() -> None:
    own = jwt.get_algorithm_by_name("ES256")
    decode()
    jwt.unregister_algorithm("ES256")
    try:
        with pytest.raises(jwt.InvalidAlgorithmError):
            decode()
    finally:
        jwt.register_algorithm("ES256", own)


def test_enabling_again_begins_anew_and_disabling_forgets() -> None:
    decode()
    jwt.enable_cache(2 * MIB)
    empty = state()
    assert (empty.entries, empty.bytes, empty.capacity, empty.misses) == (0, 0, 2 * MIB, 0)
    decode()
    jwt.disable_cache()
    jwt.enable_cache(MIB)
    assert state().entries == 0


def test_a_small_cache_stays_within_its_bytes_and_is_never_wrong() -> None:
    jwt.enable_cache(16 * 1024)
    tokens = [jwt.encode({**CLAIMS, "n": number}, PEM, "ES256") for number in range(100)]
    for _ in range(2):
        for number, token in enumerate(tokens):
            assert decode(token)["n"] == number
            assert 0 < state().bytes <= state().capacity == 16 * 1024
    assert 0 < state().entries < 100


def test_what_is_of_use_stays() -> None:
    jwt.enable_cache(16 * 1024)
    for number in range(60):
        decode()
        assert decode(jwt.encode({**CLAIMS, "n": number}, PEM, "ES256"))["n"] == number
    assert (state().hits, state().misses) == (59, 61)


def test_a_token_larger_than_the_cache_pushes_nothing_out() -> None:
    jwt.enable_cache(16 * 1024)
    decode()
    large = jwt.encode({**CLAIMS, "text": "x" * 20_000}, PEM, "ES256")
    for _ in range(2):
        assert decode(large)["sub"] == "42"
    assert (state().entries, state().hits) == (1, 0)


@pytest.mark.parametrize("size", [0, 1, 16 * 1024 - 1, 2**36 + 1, 2**62])
def test_a_size_out_of_range_changes_nothing(size: int) -> None:
    decode()
    with pytest.raises(ValueError, match="at least 16384"):
        jwt.enable_cache(size)
    assert (state().entries, state().capacity) == (1, MIB)


@pytest.mark.parametrize("size", [-1, 2**70, "3", 1.0, None])
def test_a_size_is_a_whole_number(size: Any) -> None:
    with pytest.raises((TypeError, OverflowError)):
        jwt.enable_cache(size)
    assert state().capacity == MIB


def test_threads_share_it() -> None:
    tokens = [jwt.encode({**CLAIMS, "n": number}, PEM, "ES256") for number in range(40)]
    start = threading.Barrier(8)

    def work(seed: int) -> None:
        start.wait()
        for turn in range(300):
            number = (turn * 7 + seed) % len(tokens)
            claims = decode(tokens[number])
            assert claims.pop("n") == number
            claims["roles"].append("admin")
            if turn % 50 == 0:
                with pytest.raises(jwt.InvalidSignatureError):
                    decode(tokens[number], OTHER.public().to_pem())
            if turn % 100 == seed:
                jwt.enable_cache(MIB)

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(partial(work, seed)) for seed in range(8)]:
            done.result()
    assert decode() == decode() == CLAIMS
    assert state().hits > 0
