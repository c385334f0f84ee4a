"""Every difference from PyJWT that docs/migrations/from-pyjwt.md names."""

from __future__ import annotations

import base64
import pkgutil
import sys
import types
import warnings
from typing import Any

import pytest

from jotem import jwt

SECRET = "a secret of more than thirty-two bytes"
OTHER = "another secret of more than 32 bytes"
CLAIMS = {"sub": "42"}
OCT = {"kty": "oct", "k": base64.urlsafe_b64encode(SECRET.encode()).decode().rstrip("=")}


@pytest.fixture
def token() -> str:
    return jwt.encode(CLAIMS, SECRET)


@pytest.mark.parametrize(
    "algorithms", [["HS256", "RS256"], ("ES256", "HS256"), {"HS256", "Ed25519"}]
)
def test_mixed_families_refuse_a_mac(token: str, algorithms: Any) -> None:
    for key in (SECRET, SECRET.encode()):
        with pytest.raises(jwt.InvalidAlgorithmError, match="HS256 is not accepted"):
            jwt.decode(token, key, algorithms)
    assert jwt.decode(token, SECRET, ["none", "HS256", "HS512"]) == CLAIMS
    assert jwt.decode(token, SECRET, "HS256") == CLAIMS
    with pytest.raises(jwt.InvalidKeyError):
        jwt.decode(token, "ssh-rsa AAAA", algorithms)


def test_mixed_families_take_an_explicit_secret(token: str) -> None:
    assert jwt.decode(token, jwt.PyJWK(OCT), ["HS256", "RS256"]) == CLAIMS


def test_algorithm_in_the_singular(token: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert jwt.decode(token, SECRET, algorithm="HS256") == CLAIMS
        assert jwt.decode_complete(token, SECRET, algorithm="HS256")["payload"] == CLAIMS
    with pytest.raises(jwt.InvalidAlgorithmError):
        jwt.decode(token, SECRET, algorithm="HS512")


def test_algorithm_beside_algorithms_warns(token: str) -> None:
    with pytest.warns(DeprecationWarning, match="algorithm"):
        assert jwt.decode(token, SECRET, ["HS256"], algorithm="HS512") == CLAIMS
    with pytest.warns(DeprecationWarning, match="algorithm"), pytest.raises(jwt.DecodeError):
        jwt.decode(token, SECRET, algorithm=["HS256"])


def test_keys_are_tried_in_turn(token: str) -> None:
    for keys in ([OTHER, SECRET], (SECRET, OTHER), [b"", 5, SECRET]):
        assert jwt.decode(token, keys, ["HS256"]) == CLAIMS
    assert jwt.decode(token, [jwt.PyJWK(OCT)]) == CLAIMS
    assert jwt.decode(token, [OTHER, SECRET], (name for name in ["HS256"])) == CLAIMS


def test_the_last_key_refuses(token: str) -> None:
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(token, [5, OTHER], ["HS256"])
    with pytest.raises(TypeError, match="Expected a string or bytes value"):
        jwt.decode(token, [OTHER, 5], ["HS256"])
    with pytest.raises(TypeError, match="Expected a string or bytes value"):
        jwt.decode(token, [], ["HS256"])
    with pytest.raises(jwt.DecodeError, match='"algorithms"'):
        jwt.decode(token, [jwt.PyJWK(OCT), SECRET])


def test_unverified_claims(token: str) -> None:
    assert jwt.get_unverified_claims(token) == CLAIMS
    assert jwt.get_unverified_claims(jwt.encode({"exp": 1}, OTHER)) == {"exp": 1}
    with pytest.raises(jwt.DecodeError):
        jwt.get_unverified_claims("no token")


def test_metadata() -> None:
    assert jwt.__version__ == "2.15.1"
    assert jwt.__author__ == jwt.__email__ == "jotem"
    assert jwt.DecodeError.__module__ == "jotem.jwt.exceptions"


def test_the_modules_are_those_of_pyjwt() -> None:
    names = {module.name for module in pkgutil.iter_modules(jwt.__path__)}
    assert {name for name in names if not name.startswith("_")} == {
        "algorithms", "api_jwk", "api_jws", "api_jwt", "exceptions", "help", "jwk_set_cache",
        "jwks_client", "types", "utils", "warnings",
    }  # fmt: skip


def test_coordinates_of_a_wrong_length_say_the_same_on_every_curve() -> None:
    pytest.importorskip("cryptography")
    for curve, size in [("P-256", 32), ("P-384", 48), ("P-521", 66), ("secp256k1", 32)]:
        with pytest.raises(jwt.InvalidKeyError) as refused:
            jwt.algorithms.ECAlgorithm.from_jwk({"kty": "EC", "crv": curve, "x": "AA", "y": "AA"})
        assert str(refused.value) == f"Coords should be {size} bytes for curve {curve}"
        assert refused.value.__context__ is None


def test_prepare_key_is_called_where_it_is_replaced(
    token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[Any] = []
    own = jwt.algorithms.HMACAlgorithm.prepare_key

    def counting(self: Any, key: Any) -> Any:
        calls.append(key)
        return own(self, key)

    monkeypatch.setattr(jwt.algorithms.HMACAlgorithm, "prepare_key", counting)
    for _ in range(3):
        assert jwt.decode(token, SECRET, ["HS256"]) == CLAIMS
    assert calls == [SECRET] * 3


def test_a_generator_of_algorithms_is_read_to_the_end(token: str) -> None:
    names = (name for name in ["HS256", "HS512"])
    assert jwt.decode(token, SECRET, names) == CLAIMS
    assert list(names) == []
    with pytest.raises(jwt.InvalidAlgorithmError, match="HS256 is not accepted"):
        jwt.decode(token, SECRET, (name for name in ["RS256", "HS256"]))


def test_a_bytearray_is_no_bytes() -> None:
    assert jwt.utils.is_pem_format(bytearray(b"secret")) is False
    with pytest.raises(jwt.DecodeError) as refused:
        jwt.PyJWS._decode_base64url_segment(bytearray(b"AA"), "crypto")
    assert refused.value.__cause__ is None


class TestEd25519:
    @pytest.fixture(autouse=True)
    def keys(self) -> None:
        pytest.importorskip("cryptography")
        from cryptography.hazmat.primitives.asymmetric import ed448, ed25519

        self.key = ed25519.Ed25519PrivateKey.generate()
        self.other = ed448.Ed448PrivateKey.generate()

    def test_ed25519_signs_and_verifies(self) -> None:
        token = jwt.encode(CLAIMS, self.key, "Ed25519")
        assert jwt.get_unverified_header(token)["alg"] == "Ed25519"
        assert jwt.decode(token, self.key.public_key(), ["Ed25519"]) == CLAIMS
        with pytest.raises(jwt.InvalidAlgorithmError):
            jwt.decode(token, self.key.public_key(), ["EdDSA"])
        assert "Ed25519" not in jwt.PyJWS().get_algorithms()
        assert jwt.PyJWS(["Ed25519"]).get_algorithm_by_name("Ed25519")
        with pytest.raises(NotImplementedError):
            jwt.PyJWS(["HS256"]).get_algorithm_by_name("Ed25519")

    def test_ed25519_takes_no_other_curve(self) -> None:
        with pytest.raises(jwt.InvalidKeyError):
            jwt.encode(CLAIMS, self.other, "Ed25519")
        algorithm = jwt.get_algorithm_by_name("Ed25519")
        jwk = jwt.get_algorithm_by_name("EdDSA").to_jwk(self.other, as_dict=True)
        with pytest.raises(jwt.InvalidKeyError):
            algorithm.from_jwk(jwk)

    def test_ed25519_yields_to_a_registered_algorithm(self) -> None:
        jws = jwt.PyJWS()
        mine = jwt.algorithms.OKPAlgorithm()
        jws.register_algorithm("Ed25519", mine)
        assert jws.get_algorithm_by_name("Ed25519") is mine

    def test_ed25519_in_a_jwk(self) -> None:
        data = jwt.get_algorithm_by_name("EdDSA").to_jwk(self.key.public_key(), as_dict=True)
        key = jwt.PyJWK({**data, "alg": "Ed25519"})
        token = jwt.encode(CLAIMS, self.key, "Ed25519")
        assert jwt.decode(token, key) == CLAIMS
        assert jwt.decode(token, key, ["Ed25519"]) == CLAIMS
        with pytest.raises(jwt.InvalidAlgorithmError):
            jwt.decode(jwt.encode(CLAIMS, self.key, "EdDSA"), key)


def test_the_steps_of_an_ordinary_call_have_no_frames_and_a_refusal_has_those_of_pyjwt() -> None:
    def frames_of(library: Any) -> tuple[list[str], list[str]]:
        seen: list[str] = []
        # Whether a key will do is found out once.
        library.encode({}, SECRET)

        def look(frame: types.FrameType, event: str, _: object) -> None:
            if event == "call":
                seen.append(frame.f_code.co_name)

        sys.setprofile(look)
        try:
            token = library.encode({"exp": 1}, SECRET)
        finally:
            sys.setprofile(None)
        with pytest.raises(library.ExpiredSignatureError) as refused:
            library.decode(token, SECRET, ["HS256"])
        return seen, [entry.name for entry in refused.traceback][1:]

    steps = {"_encode_payload", "dumps", "prepare_key", "sign"}
    ours, refusal = frames_of(jwt)
    theirs, expected = frames_of(pytest.importorskip("jwt"))
    assert (steps & {*ours}, steps & {*theirs}) == (set(), steps)
    assert refusal == expected
