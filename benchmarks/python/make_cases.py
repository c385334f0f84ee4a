"""Write cases.json: the tokens that compare.py and src/compare/ put to every library.

A case has a key as the verifier gets it, the one algorithm that the verifier is told, and a token:
as a text, or as header and payload that are signed with HMAC SHA-256 at run time, because a time in
it is counted from now (`@-45` is 45 seconds ago). The key pairs are new each time this runs.

    python make_cases.py > ../cases.json
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any, Optional

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils

SECRET = "a secret of forty bytes, as it happens.."
GOOD = '{"iss":"https://auth.example","aud":"api","sub":"42","exp":4102444800}'
P256 = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

# What the RFC says of a token: it must be refused, must be accepted, or either is allowed.
REFUSE, ACCEPT, EITHER = "refuse", "accept", "either"
cases: list[dict[str, Any]] = []


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value: int) -> str:
    return b64(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def pem(public: Any) -> str:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return public.public_bytes(serialization.Encoding.PEM, form).decode()


def case(name: str, rule: str, should: str, **more: Any) -> None:
    """Add a case; without a key of its own it has the shared secret."""
    known = {"name": name, "rule": rule, "should": should, "alg": "HS256", "secret": SECRET}
    if "pem" in more or "jwk" in more:
        del known["secret"]
    cases.append({**known, **more})


def claims(name: str, rule: str, should: str, payload: str, **more: Any) -> None:
    case(name, rule, should, header='{"alg":"HS256"}', payload=payload, **more)


def header(name: str, rule: str, should: str, text: str, **more: Any) -> None:
    case(name, rule, should, header=text, payload=GOOD, **more)


def with_claim(member: str, good: str = GOOD) -> str:
    return good[:-1] + "," + member + "}"


def without(name: str) -> str:
    members = json.loads(GOOD)
    del members[name]
    return json.dumps(members, separators=(",", ":"))


def replaced(name: str, value: str) -> str:
    return with_claim(f'"{name}":{value}', without(name))


def signed_input(alg: str, payload: str = GOOD) -> str:
    return (
        b64(json.dumps({"alg": alg}, separators=(",", ":")).encode()) + "." + b64(payload.encode())
    )


def mac(signing_input: str) -> str:
    return b64(hmac.digest(SECRET.encode(), signing_input.encode(), hashlib.sha256))


def spelled(change: Any) -> str:
    """A good token, spelled in another way."""
    signing_input = signed_input("HS256")
    return change(signing_input + "." + mac(signing_input))


def last_bit(token: str) -> str:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return token[:-1] + alphabet[alphabet.index(token[-1]) ^ 1]


def controls() -> None:
    claims("a good token", "", ACCEPT, GOOD)
    claims(
        "`aud` is an array with ours in it",
        "RFC 7519 §4.1.3",
        ACCEPT,
        replaced("aud", '["web","api"]'),
    )
    claims("`exp` has a fraction", "RFC 7519 §2", ACCEPT, replaced("exp", "4102444800.5"))


def headers() -> None:
    crit = "RFC 7515 §4.1.11"
    header("`crit` names an unknown extension", crit, REFUSE, '{"alg":"HS256","crit":["x"],"x":1}')
    header("`crit` is empty", crit, REFUSE, '{"alg":"HS256","crit":[]}')
    text = '{"alg":"HS256","b64":false,"crit":["b64"]}'
    header("`b64` is false and critical", "RFC 7797 §7", REFUSE, text)
    header("`alg` stands twice", "RFC 7515 §4", EITHER, '{"alg":"none","alg":"HS256"}')
    header("`alg` in small letters", "RFC 7515 §4.1.1", REFUSE, '{"alg":"hs256"}')
    header("`kid` is a number", "RFC 7515 §4.1.4", REFUSE, '{"alg":"HS256","kid":7}')
    for name in ("none", "nOnE"):
        case(
            f"`alg` is `{name}`, no signature",
            "RFC 8725 §3.2",
            REFUSE,
            token=signed_input(name) + ".",
        )


def spellings() -> None:
    rule = "RFC 7515 §2"
    case("`=` at the end", rule, REFUSE, token=spelled(lambda token: token + "="))
    case("a line end after it", rule, REFUSE, token=spelled(lambda token: token + "\n"))
    case(
        "another last bit: same bytes, other text", "RFC 4648 §3.5", EITHER, token=spelled(last_bit)
    )
    claims(
        "the claims are an array",
        "RFC 7519 §7.2",
        REFUSE,
        '[4102444800,1,"42","https://auth.example","api"]',
    )
    claims("something after the claims", "RFC 7519 §7.2", REFUSE, GOOD + " {}")
    twice = with_claim('"role":"user","role":"admin"')
    claims("a claim stands twice", "RFC 7519 §4", EITHER, twice)
    claims(
        "`exp` stands twice: past, then future",
        "RFC 7519 §4",
        EITHER,
        with_claim('"exp":4102444800', replaced("exp", "1")),
    )
    claims("nested 200 deep", "", EITHER, with_claim('"x":' + "[" * 200 + "]" * 200))


def expectations() -> None:
    claims("`aud` missing, and expected", "RFC 7519 §4.1.3", REFUSE, without("aud"))
    claims("`iss` missing, and expected", "RFC 7519 §4.1.1", REFUSE, without("iss"))
    claims("`aud` there, and none expected", "RFC 7519 §4.1.3", REFUSE, GOOD, audience=None)
    claims("`aud` begins like ours", "RFC 7519 §4.1.3", REFUSE, replaced("aud", '"api2"'))
    claims(
        "`iss` is an array with ours in it",
        "RFC 7519 §4.1.1",
        REFUSE,
        replaced("iss", '["https://auth.example"]'),
    )
    claims("`exp` missing", "RFC 7519 §4.1.4", EITHER, without("exp"))
    claims("expired 10 s ago", "RFC 7519 §4.1.4", EITHER, replaced("exp", "@-10"))
    claims("expired 10 min ago", "RFC 7519 §4.1.4", REFUSE, replaced("exp", "@-600"))
    claims("`exp` is a string", "RFC 7519 §4.1.4", REFUSE, replaced("exp", '"4102444800"'))
    claims("`exp` in milliseconds", "", EITHER, replaced("exp", "4102444800000"))
    claims("`exp` is 1e300", "", EITHER, replaced("exp", "1e300"))
    claims("`nbf` in 2099", "RFC 7519 §4.1.5", REFUSE, with_claim('"nbf":4070908800'))
    claims(
        "`nbf` in 2099, as a string", "RFC 7519 §4.1.5", REFUSE, with_claim('"nbf":"4070908800"')
    )
    claims("`iat` in 2099", "RFC 7519 §4.1.6", EITHER, with_claim('"iat":4070908800'))
    claims(
        "bound to a key by `cnf`, unchecked",
        "RFC 7800 §3",
        EITHER,
        with_claim('"cnf":{"jkt":"AA"}'),
    )


def secrets() -> None:
    claims("an empty HMAC secret", "RFC 7518 §3.2", REFUSE, GOOD, secret="")
    claims("an HMAC secret of 8 bytes", "RFC 7518 §3.2", REFUSE, GOOD, secret="changeme")
    public = pem(rsa.generate_private_key(65537, 2048).public_key())
    claims("a public key in PEM as HMAC secret", "RFC 8725 §2.1", REFUSE, GOOD, secret=public)
    claims(
        "HS256 by the RSA public key, RS256 expected",
        "RFC 8725 §2.1",
        REFUSE,
        GOOD,
        pem=public,
        alg="RS256",
        signed_with=public,
    )
    oct_key = {"kty": "oct", "k": b64(SECRET.encode())}
    for member, value in {"alg": "HS512", "use": "enc", "key_ops": ["encrypt"]}.items():
        shown = json.dumps(value)
        jwk = {**oct_key, member: value}
        claims(
            f"the JWK has `{member}`: `{shown}`",
            "RFC 7517 §4",
            REFUSE,
            GOOD,
            jwk=jwk,
            signed_with=SECRET,
        )


def rsa_token(alg: str, bits: int, salt: Optional[int] = None) -> dict[str, Any]:
    key = rsa.generate_private_key(65537, bits)
    digest = hashes.SHA256()
    scheme: Any = padding.PKCS1v15() if salt is None else padding.PSS(padding.MGF1(digest), salt)
    text = signed_input(alg)
    numbers = key.public_key().public_numbers()
    # As a JWK: not every library takes a PEM that does not say PSS for a PSS key.
    jwk = {"kty": "RSA", "alg": alg, "n": number(numbers.n), "e": number(numbers.e)}
    form = {"pem": pem(key.public_key())} if salt is None else {"jwk": jwk}
    return {"alg": alg, **form, "token": text + "." + b64(key.sign(text.encode(), scheme, digest))}


def rsa_cases() -> None:
    case("RS256", "", ACCEPT, **rsa_token("RS256", 2048))
    case("RS256 with an RSA key of 1024 bits", "RFC 7518 §3.3", REFUSE, **rsa_token("RS256", 1024))
    case("PS256", "", ACCEPT, **rsa_token("PS256", 2048, 32))
    case("PS256 with a salt of 222 bytes", "RFC 7518 §3.5", REFUSE, **rsa_token("PS256", 2048, 222))
    modulus = rsa.generate_private_key(65537, 2048).public_key().public_numbers().n
    text = signed_input("RS256")
    # EMSA-PKCS1-v1_5 (RFC 8017 §9.2): under the exponent 1 it is its own signature.
    info = (
        bytes.fromhex("3031300d060960864801650304020105000420")
        + hashlib.sha256(text.encode()).digest()
    )
    forged = b"\0\1" + b"\xff" * (256 - 3 - len(info)) + b"\0" + info
    jwk = {"kty": "RSA", "n": number(modulus), "e": "AQ"}
    case(
        "RS256, forged for an RSA key with exponent 1",
        "RFC 8017 §3.1",
        REFUSE,
        alg="RS256",
        jwk=jwk,
        token=text + "." + b64(forged),
    )


def curve_cases() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    public, text = pem(key.public_key()), signed_input("ES256")
    der = key.sign(text.encode(), ec.ECDSA(hashes.SHA256()))
    r, s = utils.decode_dss_signature(der)

    def fixed(r: int, s: int) -> bytes:
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def signed(name: str, should: str, signature: bytes) -> None:
        case(
            name,
            "RFC 7518 §3.4",
            should,
            alg="ES256",
            pem=public,
            token=text + "." + b64(signature),
        )

    signed("ES256", ACCEPT, fixed(r, s))
    signed("ES256, the second form (r, n − s)", ACCEPT, fixed(r, P256 - s))
    signed("ES256, the signature in DER", REFUSE, der)
    signed("ES256, r and s are zero", REFUSE, bytes(64))
    signed("ES256, cut by a byte", REFUSE, fixed(r, s)[:-1])
    point = key.public_key().public_numbers()
    jwk = {
        "kty": "EC",
        "crv": "P-256",
        "x": b64(point.x.to_bytes(32, "big")),
        "y": b64((point.y ^ 1).to_bytes(32, "big")),
    }
    case(
        "ES256, the key is no point of its curve",
        "RFC 7518 §6.2.1",
        REFUSE,
        alg="ES256",
        jwk=jwk,
        token=text + "." + b64(fixed(r, s)),
    )
    edwards = ed25519.Ed25519PrivateKey.generate()
    text = signed_input("EdDSA")
    case(
        "EdDSA",
        "",
        ACCEPT,
        alg="EdDSA",
        pem=pem(edwards.public_key()),
        token=text + "." + b64(edwards.sign(text.encode())),
    )
    neutral = b"\1" + bytes(31)
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": b64(neutral)}
    case(
        "EdDSA, forged for a key of small order",
        "RFC 8032 §8",
        EITHER,
        alg="EdDSA",
        jwk=jwk,
        token=text + "." + b64(neutral + bytes(32)),
    )
    text = signed_input("Ed25519")
    case(
        "`alg` is `Ed25519`",
        "RFC 9864 §2.2",
        ACCEPT,
        alg="Ed25519",
        pem=pem(edwards.public_key()),
        token=text + "." + b64(edwards.sign(text.encode())),
    )


if __name__ == "__main__":
    for group in (controls, headers, spellings, expectations, secrets, rsa_cases, curve_cases):
        group()
    print(json.dumps(cases, indent=1, ensure_ascii=False))
