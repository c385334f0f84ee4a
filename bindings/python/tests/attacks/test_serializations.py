"""P10 to P13, H17: the JSON serializations. Python reads compact tokens only, and says so."""

from __future__ import annotations

import json
from typing import Any

from attacks.faces import Native
from attacks.tokens import CLAIMS, HEADER, seal, segment, token

GOOD = token()
HEAD, BODY, MAC = GOOD.split(".")
SIGNATURE = {"protected": HEAD, "signature": MAC}
CODE = "jws_json_serialization"


def refuses_both(native: Native, *signatures: dict[str, Any]) -> None:
    """Refuses a document with these signatures, and, of one, the flattened document."""
    native.accepts(GOOD)
    native.refuses(json.dumps({"payload": BODY, "signatures": signatures}), CODE)
    if len(signatures) == 1:
        native.refuses(json.dumps({"payload": BODY, **signatures[0]}), CODE)


def test_p10_refuses_a_list_without_signatures(native: Native) -> None:
    refuses_both(native)


def test_p11_refuses_several_signatures(native: Native) -> None:
    forged = segment(b'{"alg":"HS256","role":"admin"}')
    refuses_both(native, {"protected": forged, "signature": MAC}, SIGNATURE)
    refuses_both(native, SIGNATURE, {"protected": forged, "signature": MAC})


def test_p12_refuses_a_parameter_in_both_headers(native: Native) -> None:
    refuses_both(native, {**SIGNATURE, "header": {"alg": "HS256"}})
    refuses_both(native, {**SIGNATURE, "header": {"alg": "none"}})


def test_p13_takes_nothing_from_an_unprotected_header(native: Native) -> None:
    bare = seal(f".{segment(CLAIMS.encode())}").rpartition(".")[2]
    refuses_both(native, {"header": json.loads(HEADER), "signature": bare})
    refuses_both(native, {**SIGNATURE, "header": {"b64": False}})


def test_h17_refuses_crit_outside_the_protected_header(native: Native) -> None:
    refuses_both(native, {**SIGNATURE, "header": {"crit": ["b64"]}})
    refuses_both(native, {**SIGNATURE, "header": {"crit": ["x"], "x": 1}})
