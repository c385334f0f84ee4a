"""P14 to P21, P27, P28: the JSON of header and payload."""

from __future__ import annotations

import pytest

from attacks.faces import Native, PyJWTFace
from attacks.tokens import CLAIMS, EITHER, HEADER, SECRET, both, token
from jotem.errors import TokenRefused


def test_p14_refuses_a_header_that_is_no_object(native: Native, pyjwt: PyJWTFace) -> None:
    for header in ("[]", '["alg","HS256"]', '[{"alg":"HS256"}]', '"x"', "1", "-1.5e7", "true",
                   "null"):  # fmt: skip
        native.refuses(token(header), "json_not_object")
        pyjwt.refuses(token(header))
    for header, code in (("", "jws_segment_empty"), (" ", "json_syntax"), ("HS256", "json_syntax"),
                         ("{}", "jws_alg_missing")):  # fmt: skip
        native.refuses(token(header), code)
        pyjwt.refuses(token(header))
    native.accepts(token(HEADER))
    pyjwt.accepts(token(HEADER))


AROUND = [" x", "{}", ",", " ,{}", "]", "}", ";", '"', "// comment", "/* comment */", "\0", "\x0c",
          "\xa0", "null", "1"]  # fmt: skip
ALMOST = ["'x':1", "x:1", '"x":undefined', '"x":01', '"x":1.', '"x":.5', '"x":+1', '"x":1e',
          '"x":0x10', '"x":1_000', '"x":-', '"x":--1', "\"x\":'y'", '"x":True', '"x":nul',
          '"x":[1,]', '"x":[,1]', '"x":[1 2]', '"x":{"y" 1}', '"x"', '"x":', '"x" 1', '"x":"\t"',
          '"x":"\n"', '"x":"\0"', '"x":"\\x41"', '"x":"\\u12"', '"x":"\\u 123"', '"x":"\\U0041"',
          '"x":"\\\'"', '"x":1 // comment', "1:1", "null:1", '"x":1,', '"x":1,,"y":2',
          '"x":1;"y":2', '"x"=1', '"x":"', "/**/"]  # fmt: skip


def test_p15_refuses_data_around_the_object(native: Native, pyjwt: PyJWTFace) -> None:
    texts = [f"{EITHER}{text}" for text in AROUND]
    texts += [f"{text}{EITHER}" for text in AROUND if text not in ("null", "1", '"')]
    texts += [EITHER[:end] for end in range(1, len(EITHER), 4)]
    for text in texts:
        for bad in both(text):
            native.refuses(bad, "json_syntax")
            pyjwt.refuses(bad)
    for sound in both(f" \t\r\n{EITHER} \t\r\n"):
        native.accepts(sound)
        pyjwt.accepts(sound)


def test_p15_refuses_what_is_almost_json(native: Native, pyjwt: PyJWTFace) -> None:
    for member in ALMOST:
        for text in (EITHER.replace("}", f",{member}}}"), EITHER.replace("{", f"{{{member},")):
            for bad in both(text):
                native.refuses(bad, "json_syntax")
                pyjwt.refuses(bad)
    for value in ("NaN", "Infinity", "-Infinity"):
        for bad in both(EITHER.replace("}", f',"x":{value}}}')):
            native.refuses(bad, "json_syntax")
            pyjwt.lets_through(bad)


def test_p16_refuses_other_encodings_than_utf_8(native: Native, pyjwt: PyJWTFace) -> None:
    for encoding in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"):
        for text, code in ((EITHER, "json_syntax"), (f"\ufeff{EITHER}", "json_not_utf8")):
            for bad in both(text.encode(encoding)):
                native.refuses(bad, code)
                pyjwt.lets_through(bad)
    for bad in both(EITHER.encode("utf-8-sig")):
        native.refuses(bad, "json_byte_order_mark")
        pyjwt.lets_through(bad)


INVALID = [b"\xc0\xaf", b"\xc0\x80", b"\xc1\xa1", b"\xe0\x80\xaf", b"\xf0\x80\x80\xaf", b"\xff",
           b"\xfe", b"\x80", b"\xc3", b"\xe2\x82", b"\xf4\x90\x80\x80",
           b"\xf8\x88\x80\x80\x80"]  # fmt: skip


def test_p16_refuses_invalid_utf_8(native: Native, pyjwt: PyJWTFace) -> None:
    for octets in INVALID:
        for text in (EITHER.replace("}", ',"x":"%"}'), EITHER.replace("}", ',"%":1}')):
            for bad in both(text.encode().replace(b"%", octets)):
                native.refuses(bad, "json_not_utf8")
                pyjwt.refuses(bad)
    # Half a surrogate pair written in UTF-8, which `json.loads` lets pass.
    for octets in (b"\xed\xa0\x80", b"\xed\xa0\xbd\xed\xb8\x80"):
        for bad in both(EITHER.replace("}", ',"x":"%"}').encode().replace(b"%", octets)):
            native.refuses(bad, "json_not_utf8")
            pyjwt.lets_through(bad)


TWICE = ['"alg":"none","alg":"HS256"', '"alg":"HS256","alg":"HS256"',
         '"\\u0061lg":"none","alg":"HS256"', '"alg":"HS256","kid":"a","kid":"b"',
         '"alg":"HS256","typ":"JWT","typ":"JWT"', '"alg":"HS256","x":1,"x":1',
         '"alg":"HS256","":1,"":1', '"alg":"HS256","x":[{"y":{"z":1,"z":2}}]',
         '"b64":false,"alg":"HS256","b64":true', '"crit":["x"],"alg":"HS256","crit":["b64"],"b64":true',
         '"alg":"HS256","jwk":{"kty":"oct","kty":"RSA"}']  # fmt: skip


def test_p17_refuses_a_header_member_twice(native: Native, pyjwt: PyJWTFace) -> None:
    for members in TWICE:
        native.refuses(token(f"{{{members}}}"), "json_duplicate_member")
        pyjwt.lets_through(token(f"{{{members}}}"))
    for members in ('"alg":"HS256","alg":"none"', '"alg":"HS256","\\u0061lg":"none"'):
        native.refuses(token(f"{{{members}}}"), "json_duplicate_member")
        pyjwt.refuses(token(f"{{{members}}}"))
    for header in ('{"alg":"HS256","Alg":"none","alg ":"none","x":{"alg":"none"}}',):
        native.accepts(token(header))
        pyjwt.accepts(token(header))


def test_p18_refuses_a_claim_twice(native: Native, pyjwt: PyJWTFace) -> None:
    for members in ('"sub":"42","sub":"admin","exp":4102444800', '"exp":1,"exp":4102444800',
                    '"\\u0065xp":1,"exp":4102444800', '"exp":4102444800,"x":{"y":1,"y":2}',
                    '"exp":4102444800,"":1,"":2',
                    '"exp":4102444800,"cnf":{"jkt":"a","jkt":"b"}'):  # fmt: skip
        native.refuses(token(claims=f"{{{members}}}"), "json_duplicate_member")
        pyjwt.lets_through(token(claims=f"{{{members}}}"))
    for members in ('"exp":4102444800,"exp":1', '"exp":4102444800,"\\u0065xp":1'):
        native.refuses(token(claims=f"{{{members}}}"), "json_duplicate_member")
        pyjwt.refuses(token(claims=f"{{{members}}}"))


def test_p19_refuses_nesting_without_bottom(native: Native, pyjwt: PyJWTFace) -> None:
    for open_, close in (("[", "]"), ('{"a":', "}")):
        # As deep as fits into a header, and deeper than the interpreter's own limit.
        for depth, code in ((500, "json_too_deep"), (100_000, "token_too_large")):
            for nested in (f"{open_ * depth}1{close * depth}", open_ * depth):
                for bad in both(EITHER.replace("}", f',"x":{nested}}}')):
                    native.refuses(bad, code)
                    pyjwt.same(lambda jwt, bad=bad: jwt.decode(bad, SECRET, ["HS256"]))
            for bad in both(open_ * 100_000):
                native.refuses(bad, "token_too_large")
                pyjwt.refuses(bad)


def test_p20_survives_numbers_and_names_of_any_size(native: Native, pyjwt: PyJWTFace) -> None:
    for number in ("9" * 5000, "-" + "9" * 5000):
        as_header, as_claims = both(EITHER.replace("}", f',"x":{number}}}'))
        native.refuses(as_header, "jws_header_too_large")
        native.refuses(as_claims, "json_number_range")
        pyjwt.refuses(as_header)
        pyjwt.refuses(as_claims)
    for number in ("1e400", "-1E+400", "1e99999999999999999999", "9" * 2500):
        for bad in both(EITHER.replace("}", f',"x":{number}}}')):
            native.refuses(bad, "json_number_range")
            pyjwt.lets_through(bad)
    many = "".join(f',"m{number}":0' for number in range(100_000))
    for text in (
        EITHER.replace("}", f"{many}}}"),
        EITHER.replace("}", f',"{"a" * 1_000_000}":0}}'),
    ):
        for bad in both(text):
            native.refuses(bad, "token_too_large")
            pyjwt.lets_through(bad)
    for small in ("1e-400", "-0", "0.0", "18446744073709551616", "1e308"):
        for sound in both(EITHER.replace("}", f',"x":{small}}}')):
            native.accepts(sound)
            pyjwt.accepts(sound)


def test_p21_refuses_a_payload_that_is_no_object(native: Native, pyjwt: PyJWTFace) -> None:
    for claims, code in [("[1]", "json_not_object"), ('"a"', "json_not_object"),
                         ("1", "json_not_object"), ("null", "json_not_object"),
                         ("true", "json_not_object"), (f"[{CLAIMS}]", "json_not_object"),
                         ("", "jws_segment_empty"), ("x", "json_syntax"), (" ", "json_syntax"),
                         (f"{CLAIMS}{CLAIMS}", "json_syntax")]:  # fmt: skip
        native.refuses(token(claims=claims), code)
        pyjwt.refuses(token(claims=claims))


def test_p27_compares_whole_texts_past_a_nul(native: Native, pyjwt: PyJWTFace) -> None:
    for alg in ("HS256\\u0000x", "HS256\\u0000", "\\u0000HS256"):
        native.refuses(token(f'{{"alg":"{alg}"}}'), "jws_alg_unknown")
        pyjwt.refuses(token(f'{{"alg":"{alg}"}}'))
    claims = '{"exp":4102444800,"sub":"admin\\u0000x","iss":"a\\u0000b","aud":"api\\u0000"}'
    bad = token(claims=claims)
    for claim, short, long in (("subject", "admin", "admin\0x"), ("issuer", "a", "a\0b")):
        refusing = native.verifier(any_audience=True, **{claim: short})
        native.refuses(bad, f"jwt_{claim}_mismatch", refusing)
        native.accepts(bad, native.verifier(any_audience=True, **{claim: long}))
        pyjwt.refuses(bad, audience="api\0", **{claim: short})
        pyjwt.accepts(bad, audience="api\0", **{claim: long})
    native.refuses(bad, "jwt_audience_mismatch", native.verifier(audience="api"))
    pyjwt.refuses(bad, audience="api")


def test_p28_refuses_half_a_surrogate_pair(native: Native, pyjwt: PyJWTFace) -> None:
    for value in ("\\ud800", "\\udc00", "\\ud800x", "\\udc00\\ud800", "\\ud800\\u0041"):
        for text in (
            EITHER.replace("}", f',"x":"{value}"}}'),
            EITHER.replace("}", f',"{value}":1}}'),
        ):
            for bad in both(text):
                native.refuses(bad, "json_lone_surrogate")
                pyjwt.lets_through(bad)
    for sound in both(EITHER.replace("}", ',"x":"\\ud83d\\ude00"}')):
        native.accepts(sound)
        pyjwt.accepts(sound)
    # A token that holds one itself cannot be encoded.
    with pytest.raises((TokenRefused, TypeError, ValueError)):
        native.accepts(f"{HEADER}\ud800")
    pyjwt.refuses("\ud800.e30.AA")
