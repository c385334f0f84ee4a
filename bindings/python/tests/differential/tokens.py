"""Payload bytes as a sender may write them, and what may happen to a token on the way."""

from __future__ import annotations

from typing import Any, Callable

from hypothesis import strategies as st

GOOD = b'{"sub":"42","exp":1900000000}'
IN_TOKENS: list[bytes] = [
    GOOD, b"{}", b'{"a":1,"b":2,"a":3}', b"\xef\xbb\xbf{}", GOOD.decode().encode("utf-16"),
    GOOD.decode().encode("utf-16-le"), GOOD.decode().encode("utf-32"), b' {"a":\t1}\r\n',
    b'{"a":NaN,"b":Infinity,"c":-Infinity}', b'{"a":1e400,"b":-0,"c":-0.0,"d":1E5}',
    b'{"a":' + b"9" * 40 + b"}", b'{"a":' + b"9" * 5000 + b"}",
    b'{"a":"\\ud800","b":"\\ud83d\\ude00"}',
    b'{"a":"\xed\xa0\x80"}', b'{"\\u0000":1}', b'{"a":0.30000000000000004,"b":1e-7,"c":1e22}',
    b'{"a":' + b"[" * 60 + b"]" * 60 + b"}", b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    b'{"a":{"b":{"a":null}},"c":[true,false]}', b'{"exp":1e400}', b'{"sub":"\\u0034\\u0032"}',
    b"", b" ", b"null", b"[]", b"[1]", b"7", b'"text"', b"true", b"{", b'{"a":}', b'{"a":1,}',
    b'{"a":1}x', b'{"a":1}{}', b"{'a':1}", b'{"a":01}', b'{"a":.5}', b'{"a":1.}', b'{"a":+1}',
    b'{"a":"\n"}', b'{"a":"\\x"}', b'{"a":"\\u12"}', b'{"a" 1}', b"{1:2}", b"\xff\xfe\xfd",
    b'{"a":"\xe9"}', b'\x0c{}', b'{"a":nan}', b'{"a":True}', b"[" * 100_000, b"\x00",
]  # fmt: skip


def _segments(change: Callable[[list[str]], list[str]]) -> Callable[[str], str]:
    return lambda token: ".".join(change(token.split(".")))


def _pad(index: int, text: str) -> Callable[[str], str]:
    def change(parts: list[str]) -> list[str]:
        return [part + text if i == index else part for i, part in enumerate(parts)]

    return _segments(change)


def _exactly(index: int) -> Callable[[str], str]:
    """Padded as the encoders of some issuers do."""

    def change(parts: list[str]) -> list[str]:
        parts[index] += "=" * (-len(parts[index]) % 4)
        return parts

    return _segments(change)


def _loose_bits(token: str) -> str:
    """The last character changed in bits that encode nothing."""
    head, last = token[:-1], token[-1]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return head + alphabet[alphabet.index(last) ^ 1] if last in alphabet else token


CHANGES: dict[str, Callable[[str], Any]] = {
    "nothing": lambda token: token,
    "as bytes": str.encode,
    "cut to two segments": lambda token: token.rpartition(".")[0],
    "cut to one segment": lambda token: token.partition(".")[0],
    "a fourth segment": lambda token: token + ".AAAA",
    "a leading dot": lambda token: "." + token,
    "no header": lambda token: token[token.index(".") :],
    "no payload": _segments(lambda p: [p[0], "", *p[2:]]),
    "no signature": lambda token: token.rpartition(".")[0] + ".",
    "dots": lambda token: "..",
    "nothing left": lambda token: "",
    "header padded": _exactly(0), "payload padded": _exactly(1), "signature padded": _exactly(-1),
    "header with =": _pad(0, "="), "payload with =": _pad(1, "="), "signature with =": _pad(2, "="),
    "header with ===": _pad(0, "==="), "signature with ===": _pad(2, "==="),
    "signature with ==": _pad(2, "=="), "= inside": lambda t: t[:5] + "=" + t[5:],
    "header with +": _pad(0, "+/+/"), "payload with /": _pad(1, "////"),
    "signature with +": _pad(2, "++++"), "signature with !": _pad(2, "!!!!"),
    "one character more": _pad(2, "A"), "four characters more": _pad(2, "AAAA"),
    "loose bits": _loose_bits, "a space before": lambda token: " " + token,
    "a line end": lambda token: token + "\n", "a NUL": lambda token: token + "\0",
    "beyond ASCII": lambda token: token + "\u00e9",
    "a lone surrogate": lambda token: token + "\ud800",
    "bytes beyond ASCII": lambda token: token.encode() + b"\xff",
    "signature of another": lambda token: token.rpartition(".")[0] + "." + "A" * 86,
    "signature of another size": lambda token: token.rpartition(".")[0] + "." + "A" * 43,
    "a list": lambda token: [token], "None": lambda token: None, "a number": lambda token: 7,
    "a bytearray": lambda token: bytearray(token.encode()),
    "a memoryview": lambda token: memoryview(token.encode()),
    "upper case": str.upper, "twice": lambda token: token + token, "reversed": lambda t: t[::-1],
}  # fmt: skip


@st.composite
def changed(draw: st.DrawFn, token: str) -> tuple[str, Any]:
    """A named change, or one character replaced or dropped anywhere."""
    kind = draw(st.integers(0, 3))
    if kind == 0 and token:
        at = draw(st.integers(0, len(token) - 1))
        put = draw(st.sampled_from(["A", "b", "_", "-", ".", "", "=", " ", "\u2603"]))
        return f"a character replaced by {put!r}", token[:at] + put + token[at + 1 :]
    name = draw(st.sampled_from(sorted(CHANGES)))
    return name, CHANGES[name](token)
