"""W08 to W10: what texts, objects and logs show."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import traceback
from typing import Any

import pytest

from attacks.faces import Native, PyJWTFace
from attacks.jwks import OCT, jwk
from attacks.tokens import SECRET, maced, segment, token
from differential.keys import private_key
from jotem import Issuer, Key, KeySet, Verifier, errors

INJECTIONS = ["a\r\n2026-11-22 INFO admin logged in", "a\x1b[2J\x1b[31mred\x07", "a\x9b31m",
              "a\u2028b\u2029c\x85d", "\u202egpj.exe\u2066", "a\0b\x08\x7f", "\ufeff\u200b",
              "\U0001f600\U000e0041", "{}\"'<script>alert(1)</script>%n%s${jndi:ldap://x}",
              "A" * 3000]  # fmt: skip


def injected(text: str, native: Native) -> list[tuple[str, Verifier]]:
    """Tokens that carry a sender's text to every place from which a message takes one."""
    quoted = json.dumps(text)

    def header(more: str) -> str:
        return token(f'{{"alg":"HS256",{more}}}')

    def claims(more: str) -> str:
        return token(claims=f'{{"exp":4102444800,{more}}}')

    key = Key.from_secret(SECRET, algorithm="HS256", key_id="mine")
    plain = native.verifier()
    return [
        (token(f'{{"alg":{quoted}}}'), plain),
        (header(f'"crit":[{quoted}],{quoted}:1'), plain),
        (header(f"{quoted}:1,{quoted}:2"), plain),
        (claims(f"{quoted}:1,{quoted}:2"), plain),
        (header(f'"kid":{quoted}'), native.verifier(key)),
        (header(f'"typ":{quoted}'), native.verifier(token_type="a")),
        (claims(f'"iss":{quoted}'), native.verifier(issuer="a")),
        (claims(f'"sub":{quoted}'), native.verifier(subject="a")),
        (claims(f'"aud":{quoted}'), native.verifier(audience="a")),
        (claims(f'"aud":[{quoted},{quoted}]'), native.verifier(audience="a")),
        (text, plain),
        (f"{text}.{text}.{text}", plain),
    ]


@pytest.mark.parametrize("text", INJECTIONS, ids=lambda text: ascii(text)[:20])
def test_w08_no_refusal_carries_what_could_break_a_log(
    native: Native, pyjwt: PyJWTFace, text: str
) -> None:
    for bad, verifier in injected(text, native):
        native.asked += 1
        with pytest.raises(errors.TokenRefused) as caught:
            verifier.verify(bad)
        error = caught.value
        for shown in (
            str(error),
            repr(error),
            error.hint,
            str(error.public),
            str(verifier.explain(bad)),
        ):
            lines = shown.splitlines() or [shown]
            for line in lines:
                odd = [
                    sign
                    for sign in line
                    if not (" " <= sign <= "~" or sign in "\u2026\u00a7\u2013")
                ]
                assert not odd, ascii(line)
                assert len(line) < 500, line
        pyjwt.same(lambda jwt, b=bad: jwt.decode(b, SECRET, ["HS256"], issuer="a"))
        pyjwt.same(lambda jwt, b=bad: jwt.PyJWS().decode(b, SECRET, ["HS256"]))


def test_w08_pyjwt_shows_a_kid_as_it_is(native: Native, pyjwt: PyJWTFace) -> None:
    key_set = {"keys": [{**OCT, "kid": "a"}]}
    for text in INJECTIONS:
        said = pyjwt.same(lambda jwt, t=text: jwt.PyJWKSet.from_dict(key_set)[t])
        assert not said.is_value
    native.refuses(token('{"alg":"x\\r\\ny"}'), "jws_alg_unknown")


MARKER = b"MARKERmarkerMARKERmarkerMARKERmarkerMARKERmarkerMARKERmarkerMARKER"


def test_w09_no_refusal_and_no_log_carries_a_token_or_a_key(
    native: Native, pyjwt: PyJWTFace, caplog: pytest.LogCaptureFixture, capfd: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    key = native.verifier(Key.from_secret(MARKER, algorithm="HS256"))
    sound = maced(MARKER)
    head, body, mac = sound.split(".")
    said = ""
    for bad in (f"{head}.{body}.{segment(bytes(32))}", f"{sound}A", f"{sound}=", f"Bearer {sound}",
                f'"{sound}"', f"{sound}.{sound}", sound * 2, f"{head}.{body}", f"!{sound}",
                sound[::-1], sound.replace(".", ":"), maced(SECRET), f"{head}.{body}.{mac[:40]}"):  # fmt: skip
        native.asked += 1
        with pytest.raises(errors.TokenRefused) as caught:
            key.verify(bad)
        error = caught.value
        said += f"{error!r} {error.facts} {error.hint} {error.public} {key.explain(bad)}"
        said += "".join(traceback.format_exception_only(type(error), error))
        control = pyjwt.same(lambda jwt, b=bad: jwt.decode(b, MARKER, ["HS256"]))
        assert control.is_value == (bad == f"{sound}=")
    said += caplog.text + "".join(capfd.readouterr())
    for secret in (
        head,
        body,
        mac,
        mac[:16],
        MARKER.decode(),
        "MARKER",
        MARKER.hex(),
        segment(MARKER),
    ):
        assert secret not in said


def test_w09_no_error_of_a_key_quotes_it(native: Native, pyjwt: PyJWTFace) -> None:
    marker = MARKER.decode()
    documents: list[Any] = [
        {"kty": "oct", "k": f"{marker}!"}, {"kty": "oct", "k": marker, "alg": "ES256"},
        {"kty": "oct", "k": [marker]}, {"kty": "OKP", "crv": "Ed25519", "x": marker, "d": marker},
        {"kty": "EC", "crv": "P-256", "x": marker, "y": marker, "d": marker},
        {"kty": "RSA", "n": marker, "e": "AQAB", "d": marker, "p": marker}, {"kty": "RSA"},
    ]  # fmt: skip
    texts = [f'{{"kty":"oct","k":"{marker}"', marker,
             f"-----BEGIN PRIVATE KEY-----\n{marker}\n-----END PRIVATE KEY-----\n",
             f"-----BEGIN {marker}-----\n{marker}\n-----END {marker}-----\n"]  # fmt: skip
    calls: list[Any] = [lambda d=d: Key.from_jwk(d, algorithm="ES256") for d in documents + texts]
    calls += [lambda t=t: Key.from_pem(t, algorithm="ES256") for t in texts]
    calls += [lambda t=t: Key.from_der(t.encode(), algorithm="ES256") for t in texts]
    calls += [lambda t=t: Key.from_base64_secret(f"{t}!", algorithm="HS256") for t in texts]
    calls += [lambda: Key.from_secret(MARKER[:31], algorithm="HS256")]
    for call in calls:
        native.asked += 1
        with pytest.raises(errors.KeyRefused) as caught:
            call()
        shown = f"{caught.value!r} {caught.value.facts} {caught.value.hint}"
        assert "MARKER" not in shown and "marker" not in shown, shown
    for document in documents:
        pyjwt.same(lambda jwt, d=document: jwt.PyJWK(d))
    for text in texts:
        pyjwt.same(lambda jwt, t=text: jwt.encode({}, t, "ES256"))


@pytest.mark.parametrize("family", ["oct", "RSA", "P-256", "Ed25519"])
def test_w10_nothing_that_holds_a_key_shows_it(
    native: Native, pyjwt: PyJWTFace, family: str
) -> None:
    if family == "oct":
        key, hidden = Key.from_secret(MARKER, algorithm="HS256"), [MARKER.decode(), segment(MARKER)]
    else:
        algorithm = {"RSA": "RS256", "P-256": "ES256", "Ed25519": "EdDSA"}[family]
        key = Key.from_cryptography(private_key(family), algorithm=algorithm)
        hidden = [value for name, value in jwk(private_key(family)).items() if name in "dpq"]
    public = [] if family == "oct" else [key.public(), KeySet([key])]
    verifier = native.verifier(key if family == "oct" else key.public())
    native.asked += 1
    for holder in (key, verifier, Issuer(key, lifetime=60), *public):
        shown = f"{holder!r} {holder!s} {holder} {dir(holder)}"
        for secret in hidden:
            assert secret not in shown and secret[:16] not in shown
        assert not hasattr(holder, "__dict__")
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            with pytest.raises((TypeError, pickle.PicklingError)):
                pickle.dumps(holder, protocol)
    assert copy.copy(key) == key == copy.deepcopy(key)
    with pytest.raises(TypeError):
        memoryview(key)  # type: ignore[arg-type]
    pyjwt.same(lambda jwt: repr(jwt.PyJWK(OCT)))
    pyjwt.lets_call_through(lambda jwt: vars(jwt.PyJWK(OCT))["key"])
