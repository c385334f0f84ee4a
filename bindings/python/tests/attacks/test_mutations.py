"""Mutated tokens, odd keys and odd arguments, drawn at random, at every public callable.

Nothing that was changed verifies; jotem.jwt answers as PyJWT; the native interface answers with a
`TypeError` or one of its own errors; and no panic of the engine reaches Python.
"""

from __future__ import annotations

import json
from types import ModuleType
from typing import Any

from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from attacks.faces import NOW, hides
from attacks.jwks import OCT, jwk
from outcome import CONTROL, OURS, outcome, refuse_what_nobody_documents
from attacks.public_forms import forms
from attacks.test_wrong_arguments_native import CALLS as NATIVE
from attacks.test_wrong_arguments_native import called
from attacks.test_wrong_arguments_pyjwt import CALLS as PYJWT
from attacks.test_wrong_arguments_pyjwt import is_named_difference
from attacks.tokens import CLAIMS, SECRET, good, segment, token
from attacks.wrong_values import WRONG
from differential.keys import private_key
from jotem import Key, KeySet, Verifier, errors, explain, unverified_claims, unverified_header

FAMILIES = {"HS256": "oct", "HS512": "oct", "RS256": "RSA", "PS384": "RSA", "ES256": "P-256",
            "ES512": "P-521", "ES256K": "secp256k1", "EdDSA": "Ed25519"}  # fmt: skip
GOOD = {name: good(name) for name in FAMILIES}
PUBLIC = {name: SECRET if family == "oct" else private_key(family).public_key()
          for name, family in FAMILIES.items()}  # fmt: skip
VERIFIERS = {
    name: Verifier(
        Key.from_secret(SECRET, algorithm=name)
        if FAMILIES[name] == "oct"
        else Key.from_cryptography(key, algorithm=name),
        clock=lambda: NOW,
    )
    for name, key in PUBLIC.items()
}
ALL = {"keys": [jwk(key, kid=name, alg=name) for name, key in PUBLIC.items() if key is not SECRET]}
EVERY = Verifier(KeySet.from_dict(ALL), clock=lambda: NOW, try_keys=9)


def bounded(examples: int) -> Any:
    return settings(max_examples=examples, deadline=None, derandomize=True, database=None,
                    phases=[Phase.generate], suppress_health_check=list(HealthCheck))  # fmt: skip


SIGNS = st.sampled_from('ABCxyz019-_.=+/ \n\0\u00e9\u200b{}"[]')


def _changed(draw: st.DrawFn, text: str) -> str:
    """A character replaced, put in, or a few left out or repeated."""
    at, size = draw(st.integers(0, len(text))), draw(st.integers(0, 9))
    put = draw(st.sampled_from([draw(SIGNS), "", text[at - min(at, 30) : at]]))
    return text[:at] + put + text[at + size * draw(st.integers(0, 1)) :]


def _spliced(draw: st.DrawFn, text: str) -> str:
    """A segment of another good token in place of its own."""
    parts, other = text.split("."), GOOD[draw(st.sampled_from(list(GOOD)))].split(".")
    place = draw(st.integers(0, len(parts) - 1))
    parts[place] = other[min(place, 2)]
    return ".".join(parts)


def _shuffled(draw: st.DrawFn, text: str) -> str:
    return ".".join(draw(st.permutations(text.split("."))))


def _reheaded(draw: st.DrawFn, text: str) -> str:
    """Any header before what was signed."""
    return ".".join([segment(draw(HEADERS).encode()), *text.split(".")[1:]])


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, str]:
    """An algorithm, and a good token of it that is no longer what it was."""
    algorithm = draw(st.sampled_from(list(FAMILIES)))
    text = GOOD[algorithm]
    for _ in range(draw(st.integers(1, 3))):
        text = draw(st.sampled_from([_changed, _spliced, _shuffled, _reheaded]))(draw, text)
    assume(text != GOOD[algorithm])
    return algorithm, text


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
NAMES = ["alg", "typ", "kid", "crit", "b64", "cty", "jwk", "zip", "exp", "nbf", "iat", "aud", "iss",
         "sub", "jti", "x"]  # fmt: skip
ALGORITHMS = st.sampled_from([*FAMILIES, "none", "None", "HS384", "", "ES384"])
MEMBERS = st.dictionaries(
    st.sampled_from(NAMES), VALUES | ALGORITHMS | st.just(4102444800), max_size=5
)
HEADERS = st.builds(
    lambda alg, rest: json.dumps({"alg": alg, **rest}), ALGORITHMS | VALUES, MEMBERS
)


@bounded(400)
@given(mutated())
def test_nothing_that_was_changed_verifies(case: tuple[str, str]) -> None:
    algorithm, text = case
    # Spliced of two good tokens, it may be the other one again.
    is_good = text in GOOD.values()
    for verifier in (VERIFIERS[algorithm], EVERY):
        for spelled in (text, text.encode()):
            try:
                verified = verifier.verify(spelled)
            except errors.TokenRefused as error:
                hides(error, text)
                assert not verifier.explain(spelled).is_verified
            else:
                assert is_good and verifier.explain(spelled).is_verified, f"{verified!r} of {text}"
    said = outcome(lambda jwt: jwt.decode(text, PUBLIC[algorithm], [algorithm]), OURS)
    assert said == outcome(lambda jwt: jwt.decode(text, PUBLIC[algorithm], [algorithm]), CONTROL)
    assert not said.is_value or text.rstrip("=") == GOOD[algorithm], text


@bounded(250)
@given(HEADERS, MEMBERS.map(json.dumps), st.lists(ALGORITHMS, min_size=1, max_size=3), st.data())
def test_signed_nonsense_is_judged_as_by_pyjwt(
    header: str, claims: str, algorithms: list[str], data: st.DataObject
) -> None:
    made = token(header, claims)
    family = {name.startswith("HS") for name in algorithms if name in FAMILIES or name == "ES384"}
    options = data.draw(st.dictionaries(st.sampled_from(
        ["verify_signature", "verify_exp", "verify_aud", "strict_aud"]), st.booleans(), max_size=2))  # fmt: skip
    more = data.draw(st.dictionaries(st.sampled_from(["audience", "issuer", "subject"]),
                                     st.sampled_from(["a", "", "HS256"]), max_size=2))  # fmt: skip

    def call(jwt: ModuleType) -> Any:
        return jwt.decode(made, SECRET, algorithms, options=options, **more)

    control, ours = outcome(call, CONTROL), outcome(call, OURS)
    if ours.text.startswith(("HS256 is not accepted", "HS384 is not", "HS512 is not")):
        assert len(family) > 1 or "HS384" in algorithms
    else:
        assert ours == control
    try:
        VERIFIERS["HS256"].verify(made)
    except errors.TokenRefused as error:
        hides(error, made)
    for look in (explain, unverified_header, unverified_claims):
        try:
            look(made)
        except errors.TokenRefused as error:
            hides(error, made)


KEY_TEXTS = [form for family in ("RSA", "P-256", "Ed25519") for form in forms(family).values()]
ODD_KEYS = st.one_of(
    st.sampled_from(KEY_TEXTS),
    st.sampled_from(KEY_TEXTS).flatmap(
        lambda form: st.integers(0, len(form)).map(lambda at: form[:at])
    ),
    st.binary(max_size=80),
    st.text(max_size=80),
    st.sampled_from(list(PUBLIC.values())),
    st.builds(json.dumps, MEMBERS),
)


@bounded(200)
@given(ODD_KEYS, st.sampled_from(list(FAMILIES)))
def test_an_odd_key_is_refused_as_by_pyjwt(key: Any, algorithm: str) -> None:
    for call in (
        lambda jwt: jwt.decode(GOOD[algorithm], key, [algorithm]),
        lambda jwt: jwt.PyJWS().decode(GOOD[algorithm], key, [algorithm]),
        lambda jwt: len(jwt.encode({"a": 1}, key, algorithm)),
        lambda jwt: jwt.PyJWK.from_json(key),
    ):
        assert outcome(call, OURS) == outcome(call, CONTROL)
    makers = (Key.from_pem, Key.from_der, Key.from_jwk, Key.from_secret, Key.from_base64_secret,
              Key.from_cryptography)  # fmt: skip
    for make in makers:
        try:
            made = make(key, algorithm=algorithm)
        except (TypeError, errors.KeyRefused, errors.Misuse) as error:
            if isinstance(key, (str, bytes)):
                hides(error, key)
        else:
            assert not made.is_private or make in (Key.from_secret, Key.from_base64_secret)


@bounded(250)
@given(st.sampled_from(list(PYJWT)), st.data())
def test_odd_arguments_get_what_pyjwt_answers(name: str, data: st.DataObject) -> None:
    function, sound = PYJWT[name]
    odd = data.draw(st.dictionaries(st.sampled_from(list(sound)), st.sampled_from(list(WRONG)),
                                    min_size=1, max_size=3))  # fmt: skip
    assume(not any(is_named_difference(name, *pair) for pair in odd.items()))

    def call(jwt: ModuleType) -> Any:
        return function(jwt)(**{**sound, **{name: WRONG[label]() for name, label in odd.items()}})

    assert outcome(call, OURS) == outcome(call, CONTROL), odd


@bounded(250)
@given(st.sampled_from(list(NATIVE)), st.data())
def test_odd_arguments_get_an_error_of_the_native_interface(name: str, data: st.DataObject) -> None:
    _, sound, right = NATIVE[name]
    odd = data.draw(st.dictionaries(st.sampled_from(list(right)), st.sampled_from(list(WRONG)),
                                    min_size=1, max_size=3))  # fmt: skip
    try:
        called(name, {**sound, **{name: WRONG[label]() for name, label in odd.items()}})
    except (TypeError, errors.JotemError, UnicodeEncodeError, OverflowError) as error:
        refuse_what_nobody_documents(error)
        assert SECRET.decode() not in f"{error!r}"


@bounded(150)
@given(MEMBERS, st.sampled_from([OCT, *ALL["keys"]]), st.booleans())
def test_a_spoilt_jwk_is_read_as_by_pyjwt(members: dict[str, Any], base: Any, drop: bool) -> None:
    spoilt = {
        **base,
        **{name: value for name, value in members.items() if name in ("alg", "kid", "x")},
    }
    if drop:
        spoilt.pop(sorted(spoilt)[0])
    for call in (
        lambda jwt: jwt.PyJWK(spoilt),
        lambda jwt: jwt.PyJWKSet.from_dict({"keys": [spoilt]}),
    ):
        assert outcome(call, OURS) == outcome(call, CONTROL)
    for read in (
        lambda: Key.from_jwk(spoilt),
        lambda: KeySet.from_dict({"keys": [spoilt]}).members,
    ):
        try:
            read()
        except (TypeError, errors.JotemError) as error:
            hides(error, base.get("k", base.get("n", CLAIMS)))
