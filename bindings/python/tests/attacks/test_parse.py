"""P01 to P09, P29 to P31: the size of a token, its segments, base64url, what stands around it."""

from __future__ import annotations

import json

import pytest

from attacks.faces import Native, PyJWTFace
from attacks.tokens import CLAIMS, EITHER, HEADER, good, seal, segment, token, unsigned
from differential.keys import private_key
from jotem import Key
from jotem.errors import TokenRefused

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
GOOD = token()
HEAD, BODY, MAC = GOOD.split(".")


def test_p01_refuses_all_but_three_segments(native: Native, pyjwt: PyJWTFace) -> None:
    native.accepts(GOOD)
    pyjwt.accepts(GOOD)
    count = "jws_segment_count"
    for bad, code in [
        ("", "token_empty"),
        (HEAD, count),
        (GOOD.replace(".", "", 1), count),
        (f"{HEAD}.{BODY}", count),
        (f"{GOOD}.", count),
        (f"{GOOD}.AAAA", count),
        (f".{GOOD}", count),
        (f"{HEAD}..{BODY}.{MAC}", count),
        (f"{GOOD}.{GOOD}", count),
        (f".{BODY}.{MAC}", "jws_segment_empty"),
        (f"{HEAD}.{BODY}.", "jws_signature_missing"),
        (".", count),
        ("..", "jws_segment_empty"),
        ("...", count),
        ("....", count),
    ]:
        for spelled in (bad, bad.encode()):
            native.refuses(spelled, code)
            pyjwt.refuses(spelled)


def test_p02_refuses_dots_and_letters_without_end(native: Native, pyjwt: PyJWTFace) -> None:
    dots, letters, pairs = "." * 10_000_000, "A" * 10_000_000, "a." * 1_000_000
    for bad in (dots, letters, pairs, f"{letters}.e30.AA", f"{HEAD}.{letters}.AA"):
        native.refuses(bad, "token_too_large")
    # PyJWT knows no limit: it splits twice at most, and decodes what it finds.
    for bad in (dots, letters, pairs):
        pyjwt.refuses_call(lambda jwt, bad=bad: jwt.decode(bad, "s" * 32, ["HS256"]))


def test_p03_refuses_padding_in_every_segment(native: Native, pyjwt: PyJWTFace) -> None:
    # Two characters in the last quantum of the header, three in that of payload and signature.
    head, body = segment(f"{HEADER} ".encode()), segment(CLAIMS.encode())
    sound = seal(f"{head}.{body}")
    native.accepts(sound)
    pyjwt.accepts(sound)
    for padded in (f"{sound}=", seal(f"{head}==.{body}"), seal(f"{head}.{body}=")):
        native.refuses(padded, "base64url_padding")
        pyjwt.lets_through(padded)
    for pads in ("=", "==", "===", "===="):
        for place, complete in (("head", "=="), ("body", "="), ("mac", "=")):
            if pads == complete:
                continue
            bad = {"head": seal(f"{head}{pads}.{body}"), "body": seal(f"{head}.{body}{pads}"),
                   "mac": f"{sound}{pads}"}[place]  # fmt: skip
            native.refuses(bad, "base64url_padding")
            pyjwt.refuses(bad)
    for bad in (f"{head}==.{body}.{sound.rpartition('.')[2]}", f"={sound}", f"{sound}=A"):
        with pytest.raises(TokenRefused):
            native.accepts(bad)
        pyjwt.refuses(bad)


def test_p04_refuses_trailing_bits_in_every_segment(native: Native, pyjwt: PyJWTFace) -> None:
    flipped = 0
    for before, after in [("", " "), (" ", "  "), ("  ", ""), (" ", "")]:
        head = segment(HEADER.replace("}", f"{before}}}").encode())
        body = segment(f"{CLAIMS}{after}".encode())
        mac = seal(f"{head}.{body}").rpartition(".")[2]
        native.accepts(f"{head}.{body}.{mac}")
        bad = [f"{other}.{body}.{mac}" for other in _other_spellings(head)]
        bad += [seal(f"{other}.{body}") for other in _other_spellings(head)]
        bad += [f"{head}.{other}.{mac}" for other in _other_spellings(body)]
        bad += [seal(f"{head}.{other}") for other in _other_spellings(body)]
        bad += [f"{head}.{body}.{other}" for other in _other_spellings(mac)]
        for spelled in bad:
            native.refuses(spelled, "base64url_trailing_bits")
            pyjwt.refuses(spelled)
        flipped += len(bad)
    assert flipped > 40


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256", "ES384", "ES512", "EdDSA"])
def test_p04_a_public_key_signature_has_one_spelling_as_well(
    native: Native, pyjwt: PyJWTFace, algorithm: str
) -> None:
    public = _public(algorithm)
    verifier = native.verifier(Key.from_cryptography(public, algorithm=algorithm))
    sound = good(algorithm)
    native.accepts(sound, verifier)
    pyjwt.accepts(sound, public, [algorithm])
    head, _, signature = sound.rpartition(".")
    for other in _other_spellings(signature):
        native.refuses(f"{head}.{other}", "base64url_trailing_bits", verifier)
        pyjwt.refuses(f"{head}.{other}", public, [algorithm])


def _public(algorithm: str) -> object:
    family = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521", "EdDSA": "Ed25519"}
    return private_key(family.get(algorithm, "RSA")).public_key()


def _other_spellings(text: str) -> list[str]:
    """What a careless decoder reads as the same bytes: other unused bits at the end."""
    unused = {2: 16, 3: 4}.get(len(text) % 4, 1)
    value = ALPHABET.index(text[-1])
    return [f"{text[:-1]}{ALPHABET[value + bits]}" for bits in range(1, unused)]


STRANGERS = [" ", "\t", "\r", "\n", "\r\n", "\x0b", "#", "?", "!!!!", "\0", "\u00e4", "\u200b",
             "\uff21", "\U0001f600", "%", "*", "~", "\x7f", "\xa0"]  # fmt: skip


@pytest.mark.parametrize("stranger", STRANGERS, ids=ascii)
def test_p05_refuses_characters_outside_the_alphabet(
    native: Native, pyjwt: PyJWTFace, stranger: str
) -> None:
    for at in (1, len(HEAD) // 2, len(HEAD) - 1):
        head = f"{HEAD[:at]}{stranger}{HEAD[at:]}"
        for bad in (f"{head}.{BODY}.{MAC}", seal(f"{head}.{BODY}")):
            native.refuses(bad, "token_character")
            pyjwt.refuses(bad)
    for at in (0, 1, len(BODY) // 2, len(BODY)):
        body = f"{BODY[:at]}{stranger}{BODY[at:]}"
        for bad in (f"{HEAD}.{body}.{MAC}", seal(f"{HEAD}.{body}")):
            native.refuses(bad, "token_character")
            pyjwt.refuses(bad)
    for at in (0, 1, len(MAC) // 2, len(MAC) - 1):
        bad = f"{HEAD}.{BODY}.{MAC[:at]}{stranger}{MAC[at:]}"
        native.refuses(bad, "token_character")
        pyjwt.refuses(bad)


def test_p06_refuses_the_standard_alphabet(native: Native, pyjwt: PyJWTFace) -> None:
    # A subject whose base64url has both letters that differ.
    sound = token(claims='{"sub":"\u00fb\u00ff\u00ff?>~~","exp":4102444800}')
    while not {"-", "_"} <= set(sound):
        sound = token(claims=f'{{"sub":"{sound[-9:]}??>>~~\u00ff\u00fe","exp":4102444800}}')
    native.accepts(sound)
    pyjwt.accepts(sound)
    head, body, _ = sound.split(".")
    standard = str.maketrans("-_", "+/")
    for bad in (sound.translate(standard), sound.replace("-", "+"), sound.replace("_", "/"),
                seal(f"{head}.{body}".translate(standard))):  # fmt: skip
        native.refuses(bad, "token_character")
        pyjwt.refuses(bad)


@pytest.mark.parametrize("around", [" ", "\n", "\t", "\ufeff", "\0", '"', "'", "\r\n", "Bearer "])
def test_p07_refuses_anything_around_the_token(
    native: Native, pyjwt: PyJWTFace, around: str
) -> None:
    for bad in (f"{around}{GOOD}", f"{GOOD}{around}", f"{around}{GOOD}{around}"):
        with pytest.raises(TokenRefused) as caught:
            native.accepts(bad)
        assert caught.value.code.startswith("token_"), caught.value
        pyjwt.refuses(bad)
    pyjwt.accepts(GOOD)


def test_p08_verifies_the_text_as_it_was_received(native: Native, pyjwt: PyJWTFace) -> None:
    header = '{ "typ" : "JWT",\r\n "alg"\t:"\\u0048S256" }'
    odd = token(header, '{"exp" : 4102444800 ,"sub":"\\u0034\\u0032"}')
    native.accepts(odd)
    pyjwt.accepts(odd)
    same_meaning = segment(json.dumps(json.loads(header)).encode())
    bad = ".".join([same_meaning, *odd.split(".")[1:]])
    native.refuses(bad, "jws_signature_mismatch")
    pyjwt.refuses(bad)


def test_p09_refuses_a_json_serialization_and_polyglots(native: Native, pyjwt: PyJWTFace) -> None:
    flat = {"protected": HEAD, "payload": BODY, "signature": MAC}
    general = {"payload": BODY, "signatures": [{"protected": HEAD, "signature": MAC}]}
    forged = segment(b'{"sub":"admin","exp":4102444800}')
    polyglot = (
        f'{{"  {HEAD}.{forged}.":"","protected":"{HEAD}","payload":"{BODY}","signature":"{MAC}"}}'
    )
    for bad in (json.dumps(flat), json.dumps(general), polyglot, f"[{GOOD}]", f'{{"{GOOD}":1}}'):
        with pytest.raises(TokenRefused):
            native.accepts(bad)
        pyjwt.refuses(bad)
    native.rejects_type(native.verifier().verify, flat)
    for document in (flat, general, [GOOD], GOOD.split(".")):
        pyjwt.refuses(document)


def test_p29_refuses_an_oversized_signature_by_its_length(native: Native, pyjwt: PyJWTFace) -> None:
    for algorithm in ("ES256", "EdDSA", "RS256", "HS256"):
        key = b"0123456789abcdef" * 4 if algorithm == "HS256" else _public(algorithm)
        native_key = (
            Key.from_secret(key, algorithm=algorithm)
            if isinstance(key, bytes)
            else Key.from_cryptography(key, algorithm=algorithm)
        )
        verifier = native.verifier(native_key)
        head = good(algorithm).rpartition(".")[0]
        for size in (4096, 7500):
            bad = f"{head}.{segment(bytes(size))}"
            native.refuses(bad, "jws_signature_length", verifier)
        for size in (4096, 16_384, 21_830, 65_536):
            pyjwt.refuses(f"{head}.{segment(bytes(size))}", key, [algorithm])


def test_p30_refuses_a_nested_token(native: Native, pyjwt: PyJWTFace) -> None:
    nested = GOOD
    for _ in range(3):
        nested = token('{"alg":"HS256","cty":"JWT"}', nested)
        native.refuses(nested, "json_syntax")
        pyjwt.refuses(nested)
    # A media type alone nests nothing.
    native.accepts(token('{"alg":"HS256","cty":"JWT"}'))
    pyjwt.accepts(token('{"alg":"HS256","cty":"JWT"}'))


def test_p31_accepts_what_is_odd_but_legal(native: Native, pyjwt: PyJWTFace) -> None:
    for header in ('{"alg":"HS256","x":[1,{"y":null}]}', ' {\n"alg" :"HS256"}\t', HEADER):
        native.accepts(token(header))
        pyjwt.accepts(token(header))
    empty = token(claims="{}")
    native.accepts(empty, native.verifier(expiry_optional=True))
    pyjwt.accepts(empty)
    for text in (EITHER, f" {EITHER}\r\n"):
        native.accepts(token(text, text))
        pyjwt.accepts(token(text, text))
    native.refuses(unsigned(HEADER, segment(bytes(32))), "jws_signature_mismatch")
