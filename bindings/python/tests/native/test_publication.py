"""What a ring publishes, and how web applications answer with it: over real HTTP."""

from __future__ import annotations

import asyncio
import http.client
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Optional
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
import reference

from jotem import KeyRing, KeySet
from jotem.testing import FrozenClock

Answer = tuple[int, dict[str, str], bytes]


@pytest.fixture
def ring(tmp_path: Path, clock: FrozenClock) -> KeyRing:
    path = tmp_path / "ring.json"
    return KeyRing.create(path, algorithm="ES256", password="a long password", clock=clock)


@pytest.fixture
def snippets(ring: KeyRing) -> dict[str, Any]:
    """The applications of the page about rings, as they stand there."""
    page = (reference.FOLDER / "key-ring.md").read_text(encoding="utf-8")
    import doctest

    names: dict[str, Any] = {"ring": ring}
    for example in doctest.DocTestParser().get_examples(page):
        if "def jwks" in example.source:
            exec(example.source, names)
    return names


class Silent(WSGIRequestHandler):
    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def port(snippets: dict[str, Any]) -> Iterator[int]:
    server = make_server("127.0.0.1", 0, snippets["jwks"], handler_class=Silent)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def get(port: int, tags: Optional[str] = None) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/.well-known/jwks.json", headers={"If-None-Match": tags} if tags else {})
    response = connection.getresponse()
    answer = response.status, dict(response.getheaders()), response.read()
    connection.close()
    return answer


def test_the_wsgi_application_of_the_page_answers_200_then_304_then_200(ring: KeyRing, port: int) -> None:
    status, headers, body = get(port)
    assert status == 200
    assert headers["Content-Type"] == "application/jwk-set+json"
    assert headers["Cache-Control"].startswith("public, max-age=300, stale-while-revalidate=3600")
    assert [key.key_id for key in KeySet.from_json(body)] == [key.key_id for key in ring.keys]

    again, more, nothing = get(port, headers["ETag"])
    assert (again, nothing) == (304, b"")
    assert more["ETag"] == headers["ETag"]
    assert more["Cache-Control"] == headers["Cache-Control"]
    assert "Content-Type" not in more

    ring.rotate_now()
    changed, others, newer = get(port, headers["ETag"])
    assert changed == 200
    assert others["ETag"] != headers["ETag"]
    assert len(json.loads(newer)["keys"]) == 3


@pytest.mark.parametrize("state", ["new", "known", "another"])
def test_the_asgi_application_of_the_page_answers_alike(
    state: str, ring: KeyRing, snippets: dict[str, Any]
) -> None:
    tags = {"new": None, "known": ring.publication().etag, "another": '"another"'}[state]
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    headers = [(b"if-none-match", tags.encode())] if tags else []
    asyncio.run(snippets["jwks_async"]({"type": "http", "headers": headers}, None, send))
    start, body = sent
    status, expected, content = ring.publication().answer(tags)
    assert (start["status"], body["body"]) == (status, content)
    assert status == (304 if state == "known" else 200)
    assert dict(start["headers"]) == {k.lower().encode(): v.encode() for k, v in expected.items()}


def test_what_is_published_changes_with_the_keys_and_with_nothing_else(ring: KeyRing, clock: FrozenClock) -> None:
    before = ring.publication()
    clock.advance(ring.timers.announce_for)
    assert ring.publication() == before
    assert ring.publication().body == before.body
    ring.rotate()
    after = ring.publication()
    assert after != before
    assert after.etag != before.etag
    clock.advance(ring.timers.retire_for)
    assert ring.publication().etag not in (before.etag, after.etag)


def test_if_none_match_is_read_as_a_list_of_tags(ring: KeyRing) -> None:
    publication = ring.publication()
    etag = publication.etag
    for tags in ("*", etag, f"W/{etag}", f'"a", {etag}', f'{etag} , "b"', f" {etag}\t"):
        assert publication.is_current(tags), tags
        assert publication.answer(tags)[0] == 304
    for tags in ("", '"a"', etag.strip('"'), etag[:-1], f"{etag}x", f"{etag[:-2]}\"", '"*"', "W/"):
        assert not publication.is_current(tags), tags
        assert publication.answer(tags) == (200, publication.headers, publication.body)


def test_headers_are_a_dict_of_ones_own(ring: KeyRing) -> None:
    publication = ring.publication()
    publication.headers["ETag"] = "changed"
    assert publication.headers == {
        "Content-Type": publication.content_type,
        "ETag": publication.etag,
        "Cache-Control": publication.cache_control,
    }
