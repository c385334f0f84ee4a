"""P22 to P26: payloads that are detached, or signed as they are (RFC 7797)."""

from __future__ import annotations

from attacks.faces import Native, PyJWTFace
from attacks.tokens import CLAIMS, SECRET, segment, sign, token

UNENCODED = '{"alg":"HS256","b64":false,"crit":["b64"]}'


def unencoded(header: str, payload: str, attached: bool = False) -> str:
    """Signs a payload as it is; it is in the token or not."""
    head = segment(header.encode())
    mac = segment(sign("HS256", f"{head}.{payload}".encode()))
    return f"{head}.{payload if attached else ''}.{mac}"


def jws(token: str, **more: object) -> object:
    return lambda jwt: jwt.PyJWS().decode(token, SECRET, ["HS256"], **more)


def test_p22_never_takes_the_callers_bytes_for_an_attached_payload(
    native: Native, pyjwt: PyJWTFace
) -> None:
    attached = token(claims='{"pay":10}')
    for payload in (b'{"pay":99}', b'{"pay":10}', b""):
        pyjwt.refuses(attached, detached_payload=payload)
        pyjwt.refuses_call(jws(attached, detached_payload=payload))
    detached = unencoded(UNENCODED, "pay 10")
    pyjwt.accepts_call(jws(detached, detached_payload=b"pay 10"))
    for payload in (b"pay 99", b"", b"pay 10 ", b"cGF5IDEw"):
        pyjwt.refuses_call(jws(detached, detached_payload=payload))
    pyjwt.refuses_call(jws(detached))
    # The native interface has no such argument, and takes no token without a payload.
    native.refuses(detached, "jws_unencoded_payload")
    native.rejects_type(native.verifier().verify, attached, detached_payload=b"")


def test_p23_refuses_b64_that_crit_does_not_name(native: Native, pyjwt: PyJWTFace) -> None:
    for header in ('{"alg":"HS256","b64":false}', '{"alg":"HS256","b\\u00364":false}',
                   '{"alg":"HS256","b64":false,"crit":[]}',
                   '{"alg":"HS256","b64":false,"crit":["x"],"x":1}',
                   '{"alg":"HS256","b64":false,"crit":["B64"],"B64":1}'):  # fmt: skip
        code = "jws_crit_empty" if "[]" in header else "jws_b64_not_critical"
        native.refuses(token(header), code)
        pyjwt.refuses(token(header))
        for payload in ("x", CLAIMS):
            bad = unencoded(header, payload)
            pyjwt.refuses_call(jws(bad, detached_payload=payload.encode()))
            pyjwt.refuses_call(jws(bad))
    sound = '{"alg":"HS256","b64":true}'
    native.accepts(token(sound))
    pyjwt.accepts(token(sound))


def test_p24_refuses_an_unencoded_payload_in_the_token(native: Native, pyjwt: PyJWTFace) -> None:
    large = "A" * 10_000_000
    for payload in ("x", "cGF5IDEw", "$.02", large, CLAIMS):
        bad = unencoded(UNENCODED, payload, attached=True)
        code = "token_too_large" if payload is large else "jws_unencoded_payload"
        if payload == "x":
            native.refuses(bad, code)
        pyjwt.refuses_call(jws(bad))
        pyjwt.refuses_call(jws(bad, detached_payload=payload.encode()))
        pyjwt.accepts_call(jws(unencoded(UNENCODED, payload), detached_payload=payload.encode()))
    native.refuses(unencoded(UNENCODED, large, attached=True), "token_too_large")


def test_p25_refuses_an_unencoded_jwt(native: Native, pyjwt: PyJWTFace) -> None:
    encoded = token(UNENCODED)
    detached = unencoded(UNENCODED, CLAIMS)
    for verifier in (native.verifier(), native.verifier(critical=["b64"])):
        native.refuses(encoded, "jws_unencoded_payload", verifier)
    pyjwt.refuses(encoded)
    pyjwt.refuses(detached)
    pyjwt.lets_through(detached, detached_payload=CLAIMS.encode())


def test_p26_refuses_a_b64_that_is_no_boolean(native: Native, pyjwt: PyJWTFace) -> None:
    for value in ("0", "1", '"false"', '"true"', "null", "[]", "{}", "[false]", "0.0", '""'):
        for header in (f'{{"alg":"HS256","b64":{value}}}',
                       f'{{"alg":"HS256","b64":{value},"crit":["b64"]}}'):  # fmt: skip
            native.refuses(token(header), "jws_parameter_type")
            pyjwt.lets_through(token(header))
            bad = unencoded(header, "x")
            pyjwt.refuses_call(jws(bad, detached_payload=b"x"))
    native.accepts(token('{"alg":"HS256","b64":true,"crit":["b64"]}'))
    pyjwt.accepts(token('{"alg":"HS256","b64":true,"crit":["b64"]}'))
