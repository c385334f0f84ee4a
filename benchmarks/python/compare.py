"""What jotem and its Python peers say to the same tokens: a table in Markdown, for COMPARE.md.

`../cases.json` has the tokens, and what the RFC says of each; make_cases.py writes it. Each library is
set up as its documentation does it: with the one algorithm, the key, the issuer and the audience;
everything else is left as it comes. The program fails if jotem's native API contradicts an RFC.

    python/run.sh compare
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import pathlib
import re
import sys
import time
import warnings
from typing import Any, Callable

import jotem
import jwt as pyjwt
from jose import jwt as jose
from jotem import jwt as ours

try:
    import joserfc
except ImportError:
    joserfc = None

ISSUER = "https://auth.example"
Case = dict[str, Any]


class Absent(Exception):
    """The library has no such algorithm or form of key: the question cannot be put."""


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(case: Case) -> str:
    """The token; one that is not there as a text is signed with HMAC SHA-256 now."""
    if "token" in case:
        return case["token"]
    payload = re.sub(r"@(-?\d+)", lambda at: str(int(time.time()) + int(at[1])), case["payload"])
    text = b64(case["header"].encode()) + "." + b64(payload.encode())
    secret = case.get("signed_with", case.get("secret")).encode()
    return text + "." + b64(hmac.digest(secret, text.encode(), hashlib.sha256))


def key(case: Case) -> Any:
    """The secret or the PEM, as a text."""
    return case.get("secret", case.get("pem"))


def audience(case: Case) -> Any:
    return case.get("audience", "api")


def verifier(case: Case) -> None:
    """jotem's native API: a key of one algorithm, a verifier with issuer and audience."""
    if "jwk" in case:
        one = jotem.Key.from_jwk(json.dumps(case["jwk"]), algorithm=case["alg"])
    elif "pem" in case:
        one = jotem.Key.from_pem(case["pem"], algorithm=case["alg"])
    else:
        one = jotem.Key.from_secret(case["secret"], algorithm=case["alg"])
    jotem.Verifier(one, issuer=ISSUER, audience=audience(case)).verify(token(case))


def like_pyjwt(module: Any) -> Callable[[Case], None]:
    """PyJWT, and jotem.jwt: a key as text or `PyJWK`, one algorithm, issuer and audience."""

    def verify(case: Case) -> None:
        if case["alg"] not in module.algorithms.get_default_algorithms():
            raise Absent
        one = module.PyJWK(case["jwk"]) if "jwk" in case else key(case)
        module.decode(
            token(case), one, algorithms=[case["alg"]], issuer=ISSUER, audience=audience(case)
        )

    return verify


def python_jose(case: Case) -> None:
    if case["alg"] in ("EdDSA", "Ed25519") or case["alg"].startswith("PS"):
        raise Absent
    one = case["jwk"] if "jwk" in case else key(case)
    jose.decode(token(case), one, algorithms=[case["alg"]], issuer=ISSUER, audience=audience(case))


def joserfc_decode(case: Case) -> None:
    """joserfc: a key, one algorithm, then a registry of claims that are there and have a value."""
    from joserfc import jwk
    from joserfc import jwt as rfc

    kinds = {
        "HS": jwk.OctKey,
        "RS": jwk.RSAKey,
        "PS": jwk.RSAKey,
        "ES": jwk.ECKey,
        "Ed": jwk.OKPKey,
    }
    one = kinds[case["alg"][:2]].import_key(case.get("jwk", key(case)))
    expected: dict[str, Any] = {"iss": {"essential": True, "value": ISSUER}}
    if audience(case):
        expected["aud"] = {"essential": True, "value": audience(case)}
    decoded = rfc.decode(token(case), one, algorithms=[case["alg"]])
    rfc.JWTClaimsRegistry(**expected).validate(decoded.claims)


LIBRARIES: dict[str, Callable[[Case], None]] = {
    "jotem.Verifier": verifier,
    "jotem.jwt": like_pyjwt(ours),
    f"PyJWT {pyjwt.__version__}": like_pyjwt(pyjwt),
    "python-jose 3.5": python_jose,
}
if joserfc:
    LIBRARIES[f"joserfc {joserfc.__version__}"] = joserfc_decode


def ask(verify: Callable[[Case], None], case: Case) -> str:
    try:
        verify(case)
    except Absent:
        return "—"
    except Exception:
        return "refused"
    return "accepted"


def is_wrong(should: str, outcome: str) -> bool:
    return (should, outcome) in {("refuse", "accepted"), ("accept", "refused")}


def main() -> int:
    warnings.simplefilter("ignore")
    cases = json.loads((pathlib.Path(__file__).parent.parent / "cases.json").read_text("utf-8"))
    print("| case | RFC says |", " | ".join(LIBRARIES), "|")
    print("|---|---|" + "---|" * len(LIBRARIES))
    faults = 0
    for case in cases:
        outcomes = [ask(verify, case) for verify in LIBRARIES.values()]
        faults += is_wrong(case["should"], outcomes[0])
        cells = [f"**{one}**" if is_wrong(case["should"], one) else one for one in outcomes]
        rule = ", ".join(filter(None, [case["should"], case["rule"]]))
        print("|", case["name"], "|", rule, "|", " | ".join(cells), "|")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
