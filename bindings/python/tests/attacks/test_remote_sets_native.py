"""C20, J01 to J09, J14, J15, J17 to J21: key sets that `jotem.JWKSClient` fetches.

Ages and pauses are in native/test_jwks_ages.py, with a clock of the test's.
"""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from attacks.authority import authority
from attacks.faces import Native
from attacks.jwks import OCT, jwk
from attacks.publisher import Publisher
from attacks.test_remote_sets import KNOWN, OTHER, no_proxy
from attacks.tokens import CLAIMS, maced, token
from differential.keys import private_key
from jotem import JWKSClient, JWKSEvent, errors

__all__ = ["no_proxy"]

HOST = "https://issuer.example"
GOOD = token('{"alg":"ES256","kid":"known"}', CLAIMS, "ES256")


@pytest.fixture
def server() -> Iterator[Publisher]:
    publisher = Publisher()
    publisher.publish([KNOWN])
    yield publisher
    publisher.close()


class Service:
    """A client and its verifier: `verify` waits for what it may wait for."""

    def __init__(self, native: Native, *urls: str, **settings: Any) -> None:
        expected = settings.pop("expected", {})
        if urls:
            settings["key_set"] = urls
        self.client = JWKSClient(**settings)
        self.verifier = native.verifier(
            self.client, **{"algorithms": ["ES256", "EdDSA"], **expected}
        )

    def verify(self, made: str) -> Any:
        return self.client.verify(self.verifier, made)


def unknown(name: object) -> str:
    return token(json.dumps({"alg": "ES256", "kid": f"unknown {name}"}), CLAIMS, "ES256")


def metadata(server: Publisher, **more: str) -> None:
    said = {"issuer": server.url(""), "jwks_uri": server.url(), **more}
    server.publish(json.dumps(said).encode(), "/.well-known/openid-configuration")


def test_c20_no_claim_leads_anywhere(native: Native, server: Publisher) -> None:
    service = Service(native, server.url())
    native.accepts(GOOD, service)
    for claim in ("iss", "tenant", "jku"):
        claims = json.dumps({claim: server.url("/stolen"), "exp": 4102444800})
        for kid in ("known", "../stolen", server.url("/stolen")):
            header = json.dumps({"alg": "ES256", "kid": kid})
            bad = token(header, claims, "ES256")
            if kid == "known":
                native.accepts(bad, service)
            else:
                native.refuses(bad, "jws_key_not_found", service)
    assert {path for path, _ in server.hits} == {"/jwks"}


def test_j01_opens_https_only(native: Native) -> None:
    for url in ("file:///etc/passwd", "FILE:///etc/passwd", " file:///etc/passwd", "ftp://a/b",
                "data:application/json,{}", "gopher://a", "jar:http://a", "//a/b", "/etc/passwd",
                "", "httpx://a", "http+unix://a"):  # fmt: skip
        native.raises("jwks_url", lambda u=url: JWKSClient(key_set=u))
        native.raises("jwks_url", lambda u=url: JWKSClient(issuer=u))
    for url in ("http://issuer.example", "http://10.0.0.1/", "http://localhost.example/"):
        native.raises("jwks_url_not_https", lambda u=url: JWKSClient(key_set=u))
    JWKSClient(key_set="http://issuer.example/jwks", allow_http="issuer.example")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_j02_follows_no_redirect(native: Native, server: Publisher, status: int) -> None:
    server.publish([KNOWN], "/stolen")
    for target in ("/stolen", "http://169.254.169.254/"):
        server.fail(status, {"Location": target})
        service = Service(native, server.url())
        native.raises("jwks_redirect", service.client.ready)
        native.refuses(GOOD, "jws_keys_unavailable", service)
    assert {path for path, _ in server.hits} == {"/jwks"}


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "::1", "169.254.169.254", "10.1.2.3", "192.168.0.1", "fd00::1", "0.0.0.0",
     "::ffff:127.0.0.1", "64:ff9b::7f00:1"],
)  # fmt: skip
def test_j03_metadata_lead_to_no_internal_address(
    native: Native, server: Publisher, address: str
) -> None:
    metadata(server, jwks_uri=f"https://inside.example:{server.port}/jwks")
    client = JWKSClient(issuer=server.url(""), resolve_names=lambda host: [address])
    native.raises("jwks_address_refused", client.ready)
    assert {path for path, _ in server.hits} == {"/.well-known/openid-configuration"}


def test_j03_the_address_that_was_checked_is_the_one_that_is_asked(
    native: Native, server: Publisher
) -> None:
    answers = iter([["127.0.0.1"], ["169.254.169.254"]])
    url = f"http://localhost:{server.port}/jwks"
    client = JWKSClient(key_set=url, resolve_names=lambda host: next(answers))
    client.ready()
    # This machine may be asked without TLS, and nothing else that goes by its name.
    native.raises("jwks_address_refused", client.refresh)
    assert len(server.hits) == 1


def test_j04_refuses_a_url_that_can_be_read_in_two_ways(native: Native) -> None:
    for url in ("https://user@issuer.example/", "http://localhost:80@attacker.example/",
                "https://issuer.example/jwks#fragment", "https://issuer.example\\@attacker.example/",
                "https://issuer.example/a\tb", "https://issuer.example/\r\nX: y",
                "https://issuer\u3002example/", "https://issuer.example:0/", "https://127.1/",
                "https://2130706433/", "https://issuer.example:99999/", "https://"):  # fmt: skip
        native.raises("jwks_url", lambda u=url: JWKSClient(key_set=u))
        native.raises("jwks_url", lambda u=url: JWKSClient(issuer=u))


def test_j05_the_metadata_must_be_of_the_issuer(native: Native, server: Publisher) -> None:
    for name in ("https://attacker.example", server.url("") + "/", server.url("").upper()):
        metadata(server, issuer=name)
        client = JWKSClient(issuer=server.url(""))
        native.raises("jwks_issuer_mismatch", client.ready)
    metadata(server)
    service = Service(native, issuer=server.url(""))
    claims = json.dumps({"iss": server.url(""), "exp": 4102444800})
    header = '{"alg":"ES256","kid":"known"}'
    native.accepts(token(header, claims, "ES256"), service)
    # Another issuer's tokens are not looked up at this one, nor anywhere.
    before = len(server.hits)
    elsewhere = json.dumps({"iss": server.url("/tenant"), "exp": 4102444800})
    native.refuses(token(header, elsewhere, "ES256"), "jwt_issuer_mismatch", service)
    assert len(server.hits) == before


def test_j06_asks_once_for_any_number_of_unknown_names(native: Native, server: Publisher) -> None:
    service = Service(native, server.url())
    service.client.ready()

    def ask(start: int) -> None:
        for number in range(start, start + 25):
            native.refuses(unknown(number), "jws_key_not_found", service)
            native.accepts(GOOD, service)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(0, 8_000, 1_000)))
    assert len(server.hits) == 2
    counters = service.client.counters
    refused = counters["unknown_refused_by_cool_down"] + counters["unknown_refused_as_absent"]
    assert refused + counters["fetches_joined"] == 199


def test_j07_a_failed_fetch_leaves_the_good_keys(native: Native, server: Publisher) -> None:
    service = Service(native, server.url())
    native.accepts(GOOD, service)
    for status, header, body in (
        (500, {}, b""), (200, {}, b"<html>"), (200, {}, b"[]"), (200, {}, b'{"keys":[]}'),
        (200, {}, b"\xff"), (200, {"Content-Length": "1000000"}, b'{"keys":['),
        (304, {}, b""),
    ):  # fmt: skip
        server.fail(status, header, body)
        with pytest.raises(errors.FetchFailed):
            Service(native, server.url(), deadline=0.2).client.ready()
        service.client.ready()
        native.accepts(GOOD, service)


def test_j08_a_removed_key_is_trusted_no_longer(native: Native, server: Publisher) -> None:
    server.publish([KNOWN, OTHER])
    service = Service(native, server.url())
    native.accepts(GOOD, service)
    server.publish([OTHER])
    service.client.refresh()
    native.refuses(GOOD, "jws_key_not_found", service)
    native.refuses(GOOD, "jws_key_not_found", service.verifier)


def test_j09_bounds_bytes_members_and_time(native: Native, server: Publisher) -> None:
    body = json.dumps({"keys": [KNOWN]}).encode()
    big = body + b" " * (512 * 1024)
    many = [{**KNOWN, "kid": str(number)} for number in range(101)]
    client = JWKSClient(key_set=server.url(), deadline=30)
    server.publish(big)
    native.raises("jwks_too_large", client.refresh)
    server.publish(many)
    native.raises("jwks_too_many_keys", client.refresh)
    server.publish(gzip.compress(big), Content_Encoding="gzip")
    native.raises("jwks_encoded", client.refresh)
    server.fail(200, {"X-Long": "x" * 1_000_000}, body)
    native.raises("jwks_transfer", client.refresh)
    server.fail(200, {"Content-Length": "1000"}, body)
    with pytest.raises(errors.FetchFailed):
        client.refresh()
    server.hang()
    hurried = JWKSClient(key_set=server.url(), deadline=0.2)
    native.raises("jwks_timeout", hurried.refresh)
    assert client.status[0].keys == ()
    assert hurried.status[0].keys == ()


@pytest.mark.parametrize("where", ["header", "body"])
def test_j09_ends_what_goes_on_without_end_byte_by_byte(
    native: Native, server: Publisher, where: str
) -> None:
    """The time is for the whole answer: each byte comes soon after the one before it."""
    service = Service(native, server.url(), deadline=1)
    native.accepts(GOOD, service)
    server.drip(where=where)
    native.raises("jwks_timeout", service.client.refresh)
    native.accepts(GOOD, service)
    server.drip("/.well-known/openid-configuration", where=where)
    for source in ({"key_set": server.url()}, {"issuer": server.url("")}):
        client = JWKSClient(**source, deadline=0.2)
        native.raises("jwks_timeout", client.ready)
        assert client.status[0].keys == ()


def test_j14_takes_no_secret_from_a_remote_set(native: Native, server: Publisher) -> None:
    server.publish([{**OCT, "kid": "known"}, OTHER])
    forged = maced(b"k" * 32, header='{"alg":"HS256","kid":"known"}')
    service = Service(native, server.url())
    native.refuses(forged, "jws_alg_not_allowed", service)
    service.client.ready()
    assert service.client.status[0].keys == ("other",)
    native.raises("jwks_algorithms", lambda: JWKSClient(key_set=HOST, algorithms=["HS256"]))
    wide = Service(native, server.url(), expected={"algorithms": ["HS256"]})
    native.refuses(forged, "jws_key_not_found", wide)
    server.publish([{**OCT, "kid": "known"}])
    native.raises("jwks_no_usable_key", JWKSClient(key_set=server.url()).ready)


def test_j15_keeps_the_keys_of_two_issuers_apart(native: Native, server: Publisher) -> None:
    other = ec.derive_private_key(5, ec.SECP256R1()).public_key()
    server.publish([jwk(other, kid="known")], "/b")
    issuers = {"https://a.example": server.url(), "https://b.example": server.url("/b")}
    service = Service(native, key_set=issuers, expected={"issuer": [*issuers]})
    header = '{"alg":"ES256","kid":"known"}'
    of_a, of_b = (
        token(header, json.dumps({"iss": issuer, "exp": 4102444800}), "ES256")
        for issuer in issuers
    )
    service.client.ready()
    native.accepts(of_a, service)
    # The key of the first signed it, and it names the second.
    native.refuses(of_b, "jws_signature_mismatch", service)
    native.raises("jwks_source_unowned", lambda: JWKSClient(issuer=HOST, key_set=HOST))


def test_j17_remembers_no_more_names_than_it_may(native: Native, server: Publisher) -> None:
    service = Service(native, server.url())
    service.client.ready()
    for number in range(2_000):
        native.refuses(unknown(number), "jws_key_not_found", service)
    assert len(server.hits) == 2
    assert service.client.status[0].keys == ("known",)


def test_j18_durations_are_clamped_or_refused(native: Native, server: Publisher) -> None:
    for header in ("max-age=0", "max-age=-1", "max-age=1000000000000", "max-age=NaN", "no-store"):
        heard: list[JWKSEvent] = []
        server.publish([KNOWN], Cache_Control=header, Age="100000")
        JWKSClient(key_set=server.url(), on_event=heard.append).ready()
        (fetched,) = (event for event in heard if event.kind == "fetch_succeeded")
        assert 60 <= fetched.facts["fresh_for"].total_seconds() <= 3_600, header
    for wrong in ({"hard_age": 0}, {"hard_age": 10**9}, {"soft_age": (0, 1)}, {"deadline": 0},
                  {"soft_age": (60, 30)}, {"cool_down": (0, 0)}, {"remember_absent": 10**6},
                  {"soft_age_unless_said": 1}, {"deadline": 61}):  # fmt: skip
        native.raises("jwks_setting", lambda w=wrong: JWKSClient(key_set=HOST, **w))
    for number in (-1, float("nan"), float("inf"), 1e300):
        native.raises("misuse_argument", lambda n=number: JWKSClient(key_set=HOST, hard_age=n))


def test_j19_one_of_many_fetches_what_is_not_there(native: Native, server: Publisher) -> None:
    service, start = Service(native, server.url()), threading.Barrier(16)

    def ask(_: int) -> None:
        start.wait()
        native.accepts(GOOD, service)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(ask, range(16)))
    assert len(server.hits) == 1


def test_j20_sends_nothing_that_it_was_not_given(
    native: Native, server: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
        monkeypatch.setenv(name.upper(), "http://127.0.0.1:9")
    server.publish([KNOWN], Set_Cookie="session=secret; Path=/")
    own = {server.url(""): {"X-Mine": "1"}, HOST: {"Authorization": "Bearer secret"}}
    service = Service(native, server.url(), headers=own)
    native.accepts(GOOD, service)
    service.client.refresh()
    assert len(server.hits) == 2
    for _, header in server.hits:
        names = {name.lower() for name in header}
        assert "x-mine" in names
        assert not {"cookie", "authorization", "referer", "proxy-authorization"} & names
    for name in ("Host", "cookie", "content-length"):
        wrong = {HOST: {name: "x"}}
        native.raises("jwks_request_header", lambda w=wrong: JWKSClient(key_set=HOST, headers=w))


def test_j21_trusts_no_certificate_that_nobody_vouches_for(native: Native, tmp_path: Path) -> None:
    pem, context = authority(tmp_path)
    server = Publisher(context)
    try:
        server.publish([KNOWN])
        native.raises("jwks_tls", JWKSClient(key_set=server.url()).ready)
        trusting = Service(native, server.url(), certificate_authorities=pem)
        native.accepts(GOOD, trusting)
        elsewhere = f"https://localhost:{server.port}/jwks"
        client = JWKSClient(key_set=elsewhere, certificate_authorities=pem)
        native.raises("jwks_tls", client.ready)
        for word in ("verify", "insecure", "check_hostname", "ssl_context"):
            native.rejects_type(JWKSClient, key_set=server.url(), **{word: False})
        for wrong in ("", "no certificate", b"\xff"):
            settings = {"key_set": HOST, "certificate_authorities": wrong}
            native.raises("jwks_certificate_authorities", lambda s=settings: JWKSClient(**s))
    finally:
        server.close()
