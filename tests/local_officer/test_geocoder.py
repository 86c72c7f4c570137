"""An outside geocoder: asked only for what the city's own lists do not know; whatever it does, there is an answer."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.local_officer import office
from tests.site import Site

ANSWERS: dict[str, tuple[int, str]] = {
    "there": (200, json.dumps({"features": [{"geometry": {"type": "Point", "coordinates": [30.515, 50.465]}}]})),
    "nowhere": (200, json.dumps({"features": []})),
    "elsewhere": (200, json.dumps({"features": [{"geometry": {"coordinates": [24.0, 49.8]}}]})),
    "broken": (500, "no"),
    "nonsense": (200, "<html>"),
    "strange": (200, json.dumps({"features": [{"geometry": None}]})),
}


class Geocoder(BaseHTTPRequestHandler):
    """Answers as its path says."""

    asked: list[dict[str, list[str]]] = []  # noqa: RUF012  read by the tests

    def do_GET(self) -> None:
        """One question."""
        parts = urlsplit(self.path)
        self.asked.append(parse_qs(parts.query))
        status, body = ANSWERS[parts.path.strip("/")]
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def geocoder() -> Iterator[str]:
    """Its address."""
    Geocoder.asked.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Geocoder)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def configured(site: Site, address: str, answer: str) -> None:
    url = f"{address}/{answer}?q={{query}}&box={{box}}&lang={{lang}}"
    site.door.settings = site.door.settings.model_copy(update={"geocoder_url": url})


async def test_an_address_that_the_lists_do_not_know_is_asked_for_outside(site: Site, geocoder: str) -> None:
    async with site.unit() as session:
        beat, officer = await office.beat(session), await office.officer(session)
        await office.assign(session, beat.id, officer.id)
    configured(site, geocoder, "there")
    page = await site.get("/office/find?q=Вигадана+вулиця,+5", follow=True)
    assert "Ваша дільниця" in page.one("h1").get_text()
    assert "Ірина Мельник" in page.words
    (asked,) = Geocoder.asked
    assert asked["q"] == ["Вигадана вулиця, 5"]
    assert asked["lang"] == ["uk"]
    assert len(asked["box"][0].split(",")) == 4


async def test_what_the_lists_know_is_asked_of_nobody(site: Site, geocoder: str) -> None:
    async with site.unit() as session:
        await office.officer(session)
    configured(site, geocoder, "there")
    assert "Ірина Мельник" in (await site.get("/office/find?q=Мельник")).words
    assert Geocoder.asked == []


@pytest.mark.parametrize("answer", ["nowhere", "elsewhere", "broken", "nonsense", "strange"])
async def test_whatever_the_geocoder_does_the_page_says_that_nothing_was_found(site: Site, geocoder: str, answer: str) -> None:
    configured(site, geocoder, answer)
    page = await site.get("/office/find?q=Вигадана+вулиця", follow=True)
    assert "Нічого не знайшли" in page.one("h1").get_text()
    assert page.one("[name=q]")["value"] == "Вигадана вулиця"
    assert len(Geocoder.asked) == 1


async def test_a_geocoder_that_is_down_is_no_error(site: Site) -> None:
    configured(site, "http://127.0.0.1:9", "there")
    assert "Нічого не знайшли" in (await site.get("/office/find?q=Вигадана+вулиця", follow=True)).words
