"""H15, H16, H26 to H29: the other parameters of a header, and what turns checks off."""

from __future__ import annotations

import pytest

from attacks.faces import Native, PyJWTFace
from attacks.tokens import CLAIMS, HEADER, SECRET, segment, token, unsigned
from jotem import Unverified, Verifier, unverified_claims, unverified_header
from jotem.errors import TokenRefused


def test_h15_refuses_a_critical_extension_that_nobody_understands(
    native: Native, pyjwt: PyJWTFace
) -> None:
    knowing = native.verifier(critical=["known"])
    for header in ('{"alg":"HS256","crit":["x"],"x":1}', '{"alg":"HS256","crit":["x"],"x":null}',
                   '{"alg":"HS256","crit":["exp"],"exp":1}', '{"alg":"HS256","crit":["X"],"X":1}',
                   '{"alg":"HS256","crit":["b64","x"],"b64":true,"x":1}',
                   '{"alg":"HS256","crit":["known","x"],"known":1,"x":1}',
                   '{"alg":"HS256","crit":["\\u0078"],"x":1}'):  # fmt: skip
        native.refuses(token(header), "jws_crit_unknown")
        native.refuses(token(header), "jws_crit_unknown", knowing)
        pyjwt.refuses(token(header))
        pyjwt.refuses_call(lambda jwt, header=header: jwt.get_unverified_header(token(header)))
        unchecked = {"verify_signature": False}
        pyjwt.refuses(token(header), options=unchecked)
    known = token('{"alg":"HS256","crit":["known"],"known":1}')
    native.accepts(known, knowing)
    native.refuses(known, "jws_crit_unknown")


CRIT = {"[]": "jws_crit_empty", '"b64"': "jws_parameter_type", "null": "jws_parameter_type",
        "{}": "jws_parameter_type", '{"b64":true}': "jws_parameter_type",
        "true": "jws_parameter_type", "1": "jws_parameter_type", "[1]": "jws_parameter_type",
        "[null]": "jws_parameter_type", '["b64",1]': "jws_parameter_type",
        '[["b64"]]': "jws_parameter_type", '["x"]': "jws_crit_absent", '["exp"]': "jws_crit_absent",
        '[""]': "jws_crit_absent", '["B64"]': "jws_crit_absent",
        '["alg"]': "jws_crit_registered", '["kid"]': "jws_crit_registered"}  # fmt: skip


def test_h16_refuses_a_malformed_crit(native: Native, pyjwt: PyJWTFace) -> None:
    for crit, code in CRIT.items():
        bad = token(f'{{"alg":"HS256","b64":true,"crit":{crit}}}')
        native.refuses(bad, code)
        native.refuses(bad, code, native.verifier(critical=["x", "exp", "B64"]))
        native.raises(code, unverified_header, bad)
        pyjwt.refuses(bad)
    absent = token('{"alg":"HS256","crit":["b64"]}')
    native.refuses(absent, "jws_crit_absent")
    pyjwt.refuses(absent)
    for twice in ('["b64","b64"]', '["b64","b\\u00364"]'):
        bad = token(f'{{"alg":"HS256","b64":true,"crit":{twice}}}')
        native.refuses(bad, "jws_crit_duplicate")
        pyjwt.lets_through(bad)
    native.accepts(token('{"alg":"HS256","b64":true,"crit":["b64"]}'))
    pyjwt.accepts(token('{"alg":"HS256","b64":true,"crit":["b64"]}'))


def test_h26_accepts_only_the_expected_type(native: Native, pyjwt: PyJWTFace) -> None:
    verifier = native.verifier(token_type="at+jwt")
    for typ in ("at+jwt", "application/at+jwt", "AT+JWT", "APPLICATION/at+jwt"):
        native.accepts(token(f'{{"alg":"HS256","typ":"{typ}"}}'), verifier)
    for typ in ("JWT", "", "at+jwt;x=1", "at+jwt ", "id+jwt", "logout+jwt", "rt+jwt", "xat+jwt",
                "at+jwt\\u0000", "application/application/at+jwt", "text/at+jwt",
                "\u0430t+jwt", "at+jwt,JWT"):  # fmt: skip
        bad = token(f'{{"alg":"HS256","typ":"{typ}"}}')
        native.refuses(bad, "jwt_type_mismatch", verifier)
        pyjwt.lets_through(bad)
    native.refuses(token(), "jwt_type_mismatch", verifier)


def test_h27_refuses_registered_parameters_of_a_wrong_type(
    native: Native, pyjwt: PyJWTFace
) -> None:
    for name in ("kid", "typ", "cty", "jku", "x5u", "x5t", "x5t#S256"):
        for value in ("1", "null", "[]", "{}", "true", '["a"]'):
            bad = token(f'{{"alg":"HS256","{name}":{value}}}')
            native.refuses(bad, "jws_parameter_type")
            if name == "kid":
                pyjwt.refuses(bad)
            else:
                pyjwt.lets_through(bad)


def test_h28_refuses_compression_and_encryption_on_a_signed_token(
    native: Native, pyjwt: PyJWTFace
) -> None:
    import zlib

    deflated = zlib.compress(CLAIMS.encode())[2:-4]
    for payload in (deflated, zlib.compress(CLAIMS.encode())):
        bad = token('{"alg":"HS256","zip":"DEF"}', payload)
        native.refuses(bad, "jws_parameter_forbidden")
        pyjwt.refuses(bad)
    for header in ('{"alg":"HS256","zip":"DEF"}', '{"alg":"HS256","zip":1}'):
        native.refuses(token(header), "jws_parameter_forbidden")
        pyjwt.lets_through(token(header))
    for header in ('{"alg":"HS256","enc":"A256GCM"}', '{"alg":"HS256","enc":null}'):
        native.refuses(token(header), "jws_parameter_forbidden")
        pyjwt.lets_through(token(header))


def test_h29_no_switch_of_the_native_verifier_turns_the_signature_off(
    native: Native, pyjwt: PyJWTFace
) -> None:
    loose = native.verifier(any_audience=True, expiry_optional=True, accept_bound_tokens=True,
                            leeway=300, try_keys=8, critical=["x"])  # fmt: skip
    forged = unsigned(HEADER, segment(bytes(32)))
    native.refuses(forged, "jws_signature_mismatch", loose)
    for switch in ("verify", "options", "verify_signature", "skip", "insecure"):
        native.rejects_type(Verifier, [], **{switch: False})
        native.rejects_type(loose.verify, forged, **{switch: False})
    with pytest.raises(AttributeError):
        loose.algorithms = ()  # type: ignore[misc]
    looked = unverified_claims(forged)
    assert type(looked) is Unverified and not hasattr(looked, "claims")
    # PyJWT has the switch, in one spelling; the others do nothing.
    for options in ({"verify": False}, {}, {"verify_signature": True}, {"verify_exp": False}):
        pyjwt.refuses(forged, options=options)
    for verify in (False, None, 0):
        pyjwt.refuses(forged, verify=verify)
    pyjwt.lets_through(forged, options={"verify_signature": False})


def test_h29_options_of_one_call_are_not_those_of_the_next(
    native: Native, pyjwt: PyJWTFace
) -> None:
    from jotem import jwt

    forged, options = unsigned(HEADER, segment(bytes(32))), {"verify_signature": False}
    assert jwt.decode(forged, options=options) == {"sub": "42", "exp": 4102444800}
    assert options == {"verify_signature": False}
    pyjwt.refuses(forged)
    for _ in range(3):
        with pytest.raises(jwt.InvalidSignatureError):
            jwt.decode(forged, SECRET, ["HS256"])
    with pytest.raises(TokenRefused):
        native.accepts(forged)
