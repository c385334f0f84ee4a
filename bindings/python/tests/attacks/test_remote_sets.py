"""J01 to J04, J06 to J09, J14, J15, J17 to J21: key sets that `PyJWKClient` fetches.

It is PyJWT's, with what that lets through. `JWKSClient` is in `test_remote_sets_native.py`.
"""

from __future__ import annotations

import datetime
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, Callable

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from attacks.faces import PyJWTFace
from attacks.jwks import OCT, jwk
from attacks.publisher import Publisher
from attacks.tokens import CLAIMS, token
from differential.keys import private_key

PUBLIC = private_key("P-256").public_key()
KNOWN = jwk(PUBLIC, kid="known")
OTHER = jwk(private_key("Ed25519").public_key(), kid="other")


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def server() -> Iterator[Publisher]:
    publisher = Publisher()
    publisher.publish([KNOWN])
    yield publisher
    publisher.close()


def fetches(server: Publisher, call: Callable[[ModuleType], Any]) -> Callable[[ModuleType], Any]:
    """The call, and how many requests it took."""

    def counted(jwt: ModuleType) -> Any:
        before = len(server.hits)
        value = call(jwt)
        return value, len(server.hits) - before

    return counted


# To make one takes longer than the request.
TLS = ssl.create_default_context()


def client_of(jwt: ModuleType, url: str, **settings: Any) -> Any:
    return jwt.PyJWKClient(url, **{"ssl_context": TLS, **settings})


def key_of(server: Publisher, kid: str = "known", **settings: Any) -> Callable[[ModuleType], Any]:
    return lambda jwt: client_of(jwt, server.url(), **settings).get_signing_key(kid)


def test_j01_opens_http_only(pyjwt: PyJWTFace) -> None:
    for url in ("file:///etc/passwd", "FILE:///etc/passwd", " file:///etc/passwd", "ftp://a/b",
                "data:application/json,{}", "gopher://a", "jar:http://a", "//a/b", "/etc/passwd",
                "", "httpx://a", "http+unix://a"):  # fmt: skip
        pyjwt.refuses_call(lambda jwt, u=url: jwt.PyJWKClient(u))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_j02_follows_no_redirect(pyjwt: PyJWTFace, server: Publisher, status: int) -> None:
    server.publish([KNOWN], "/stolen")
    for target in ("/stolen", "http://169.254.169.254/"):
        server.fail(status, {"Location": target})
        pyjwt.refuses_call(key_of(server))
    assert {path for path, _ in server.hits} == {"/jwks"}


def test_j03_connects_to_the_address_that_is_configured(
    pyjwt: PyJWTFace, server: Publisher
) -> None:
    pyjwt.lets_call_through(key_of(server))


def test_j04_reads_addresses_as_pyjwt_does(pyjwt: PyJWTFace, server: Publisher) -> None:
    place = f"127.0.0.1:{server.port}/jwks"
    server.publish([KNOWN], "/jwks?x=1")
    for url in (f"http://{place}#fragment", f"http://{place}?x=1", f"HTTP://{place}",
                f"http://127.0.0.1:{server.port}\\@attacker.example/", "http://127.0.0.1:0/jwks",
                f"http://127.0.0.1:{server.port}/jw\tks", f"http://127.0.0.1:{server.port}/jw ks",
                "http://127.0.0.1:99999/jwks", "http://", "http:///jwks",
                f"http://127.0.0.1:{server.port}/\r\nX: y"):  # fmt: skip
        pyjwt.agrees_on_bad(lambda jwt, u=url: client_of(jwt, u).get_signing_key("known"))


def test_j06_asks_once_for_any_number_of_unknown_names(pyjwt: PyJWTFace, server: Publisher) -> None:
    def flood(jwt: ModuleType) -> Any:
        client = client_of(jwt, server.url())

        def ask(start: int) -> None:
            for number in range(start, start + 25):
                with pytest.raises(jwt.PyJWKClientError):
                    client.get_signing_key(f"unknown {number}")

        threads = [threading.Thread(target=ask, args=(1000 * number,)) for number in range(8)]
        client.get_signing_key("known")
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return client.get_signing_key("known")

    control = pyjwt.same(fetches(server, flood))
    assert control.is_value and control.text.endswith(", 1)"), control


def test_j07_a_failed_fetch_leaves_the_good_keys(pyjwt: PyJWTFace, server: Publisher) -> None:
    def outage(status: int, body: bytes) -> Callable[[ModuleType], Any]:
        def call(jwt: ModuleType) -> Any:
            server.publish([KNOWN])
            client = client_of(jwt, server.url(), cooldown_duration=0)
            client.get_signing_key("known")
            server.fail(status, {}, body)
            with pytest.raises((jwt.PyJWTError, ValueError)) as caught:
                client.get_jwk_set(refresh=True)
            said = f"{type(caught.value).__name__} {caught.value}"
            return said, client.get_signing_key("known")

        return call

    for status, body in ((500, b""), (200, b"<html>"), (200, b"[]"), (200, b'{"keys":[]}'),
                         (200, b"\xff")):  # fmt: skip
        pyjwt.accepts_call(outage(status, body))


def test_j08_a_removed_key_is_trusted_no_longer(pyjwt: PyJWTFace, server: Publisher) -> None:
    def rotate(jwt: ModuleType) -> Any:
        server.publish([KNOWN, OTHER])
        client = client_of(jwt, server.url(), cooldown_duration=0)
        client.get_signing_key("known")
        server.publish([OTHER])
        client.get_jwk_set(refresh=True)
        return client.get_signing_key("known")

    pyjwt.refuses_call(rotate)


def test_j09_bounds_the_time_and_not_the_size(pyjwt: PyJWTFace, server: Publisher) -> None:
    server.publish([KNOWN, *({"kty": "unheard-of", "x": "y" * 100} for _ in range(20_000))])
    pyjwt.lets_call_through(key_of(server))
    server.hang()
    pyjwt.refuses_call(key_of(server, timeout=0.1))
    server.fail(200, {"Content-Length": "1000000"}, b'{"keys":[')
    pyjwt.refuses_call(key_of(server, timeout=30))


def test_j14_takes_a_secret_from_a_remote_set(pyjwt: PyJWTFace, server: Publisher) -> None:
    server.publish([{**OCT, "kid": "known"}])
    forged = token('{"alg":"HS256","kid":"known"}')

    def decode(jwt: ModuleType) -> Any:
        key = client_of(jwt, server.url()).get_signing_key_from_jwt(forged)
        return jwt.decode(forged, key, ["HS256", "RS256"])

    pyjwt.lets_call_through(decode)
    pyjwt.refuses_call(lambda jwt: jwt.decode(forged, key_of(server)(jwt), ["RS256"]))


def test_j15_keeps_the_keys_of_two_places_apart(pyjwt: PyJWTFace, server: Publisher) -> None:
    server.publish([jwk(ec.derive_private_key(5, ec.SECP256R1()).public_key(), kid="known")], "/b")
    made = token('{"alg":"ES256","kid":"known"}', CLAIMS, "ES256")

    def decode(jwt: ModuleType, path: str) -> Any:
        clients = {at: client_of(jwt, server.url(at), cache_keys=True) for at in ("/jwks", "/b")}
        for client in clients.values():
            client.get_signing_key("known")
        return jwt.decode(made, clients[path].get_signing_key_from_jwt(made), ["ES256"])

    pyjwt.accepts_call(lambda jwt: decode(jwt, "/jwks"))
    pyjwt.refuses_call(lambda jwt: decode(jwt, "/b"))


def test_j17_remembers_no_more_keys_than_it_may(pyjwt: PyJWTFace, server: Publisher) -> None:
    server.publish([{**KNOWN, "kid": str(number)} for number in range(20)])

    def fill(jwt: ModuleType) -> Any:
        client = client_of(jwt, server.url(), cache_keys=True, max_cached_keys=4)
        for number in range(20):
            client.get_signing_key(str(number))
        for number in range(200):
            with pytest.raises(jwt.PyJWKClientError):
                client.get_signing_key(f"unknown {number}")
        return client.get_signing_key.cache_info().currsize

    control = pyjwt.same(fill)
    assert control.text == "4", control


def test_j18_refuses_durations_that_are_none(pyjwt: PyJWTFace, server: Publisher) -> None:
    for settings in ({"lifespan": 0}, {"lifespan": -1}, {"cooldown_duration": -1},
                     {"cooldown_duration": float("nan")}, {"cooldown_duration": float("inf")},
                     {"lifespan": "1"}, {"cooldown_duration": None}):  # fmt: skip
        pyjwt.refuses_call(key_of(server, **settings))
    for settings in ({"lifespan": float("inf")}, {"lifespan": 1e18}, {"lifespan": float("nan")},
                     {"lifespan": 1e-9}):  # fmt: skip
        pyjwt.lets_call_through(key_of(server, **settings))


def test_j19_one_of_many_fetches_what_has_expired(pyjwt: PyJWTFace, server: Publisher) -> None:
    def herd(jwt: ModuleType) -> Any:
        client = client_of(jwt, server.url())
        client.get_signing_key("known")
        client.jwk_set_cache.jwk_set_with_timestamp = None
        before, start = len(server.hits), threading.Barrier(16)

        def ask() -> None:
            start.wait()
            client.get_signing_key("known")

        threads = [threading.Thread(target=ask) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return len(server.hits) - before

    control = pyjwt.same(herd)
    assert control.text == "1", control


def test_j20_sends_nothing_that_it_was_not_given(
    pyjwt: PyJWTFace, server: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.publish([KNOWN], Set_Cookie="session=secret; Path=/")

    def twice(jwt: ModuleType) -> Any:
        client = client_of(jwt, server.url(), headers={"X-Mine": "1"})
        client.fetch_data()
        client.fetch_data()
        return sorted(server.hits[-1][1])

    pyjwt.accepts_call(twice)
    for _, header in server.hits:
        assert "X-Mine" in header
        assert not {"Cookie", "Authorization", "Referer"} & set(header)
    # The environment may name a proxy, which sees where keys are fetched.
    monkeypatch.setenv("http_proxy", server.url(""))
    server.publish([KNOWN], "http://keys.example/jwks")
    pyjwt.lets_call_through(lambda jwt: client_of(jwt, "http://keys.example/jwks").fetch_data())


def test_j21_trusts_no_certificate_that_nobody_vouches_for(
    pyjwt: PyJWTFace, tmp_path: Path
) -> None:
    chain = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    server = Publisher(context)
    try:
        server.publish([KNOWN])
        pyjwt.refuses_call(key_of(server))
        trusting = ssl.create_default_context(cafile=str(chain))
        pyjwt.accepts_call(key_of(server, ssl_context=trusting))
        elsewhere = f"https://localhost:{server.port}/jwks"
        pyjwt.refuses_call(lambda jwt: client_of(jwt, elsewhere, ssl_context=trusting).fetch_data())
    finally:
        server.close()


def certificate(folder: Path) -> Path:
    """A certificate for 127.0.0.1 that signs itself, and its key."""
    key = private_key("P-256")
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "keys")])
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    now = datetime.datetime.now(datetime.timezone.utc)
    day = datetime.timedelta(days=1)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now - day, now + day)
    made = builder.add_extension(address, critical=False).add_extension(
        x509.BasicConstraints(ca=True, path_length=None), critical=True
    ).sign(key, hashes.SHA256())  # fmt: skip
    file = folder / "chain.pem"
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(pem + made.public_bytes(Encoding.PEM))
    return file
