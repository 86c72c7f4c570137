"""A city's own domain, checked against a real name server on loopback."""

import socket
import threading
from collections.abc import Iterator

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest
from sqlalchemy import select

from src.platform.data.tenancy import City
from src.platform.web.front_door import FrontDoor
from src.tenants.settings.domains import domain_of
from tests.conftest import Clock
from tests.site import Site

PATH = "/staff/settings/domain"
NAME = "vzaiemodiia.kyiv.example"


class NameServer:
    """Answers what it was told to, by name and kind; everything else does not exist."""

    def __init__(self) -> None:
        self.records: dict[tuple[str, str], list[str]] = {}
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.socket.getsockname()[1]}"
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self) -> None:
        """Until the socket is closed."""
        while True:
            try:
                data, peer = self.socket.recvfrom(4096)
            except OSError:
                return
            if not data:
                return
            asked = dns.message.from_wire(data)
            question = asked.question[0]
            answer = dns.message.make_response(asked)
            answer.flags |= dns.flags.RA
            name, kind = question.name.to_text().rstrip("."), dns.rdatatype.to_text(question.rdtype)
            found = self.records.get((name, kind))
            if found:
                answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *found))
            elif not any(known == name for known, _ in self.records):
                answer.set_rcode(dns.rcode.NXDOMAIN)
            self.socket.sendto(answer.to_wire(), peer)

    def stop(self) -> None:
        """Wake the thread and wait for its end."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", self.socket.getsockname())
        self.thread.join()
        self.socket.close()


@pytest.fixture
def names() -> Iterator[NameServer]:
    """A name server of the test's own."""
    server = NameServer()
    yield server
    server.stop()


@pytest.fixture
def door_with_names(door: FrontDoor, names: NameServer, monkeypatch: pytest.MonkeyPatch) -> FrontDoor:
    """The application asks this name server."""
    monkeypatch.setattr(door, "settings", door.settings.model_copy(update={"dns_server": names.address}))
    return door


async def row(site: Site) -> City:
    """The city's row as it is."""
    async with site.unit() as session:
        return (await session.execute(select(City).where(City.slug == site.slug))).scalar_one()


async def host_is_ours(site: Site) -> bool:
    """What the reverse proxy hears when it asks whether to get a certificate."""
    return (await site.get(f"/health/host?domain={NAME}", status=None)).status == 200


async def test_a_domain_is_served_once_its_records_are_there(door_with_names: FrontDoor, names: NameServer, clock: Clock) -> None:
    site = Site(door_with_names, "kyiv", clock)
    await site.sign_in("administrator")
    await site.post(PATH, {"domain": f"https://{NAME.upper()}/"})
    page = await site.get(PATH)
    assert f"_vzaiemodiia.{NAME}" in page.text
    assert not await host_is_ours(site)
    assert "Запису TXT іще не видно" in (await site.post(f"{PATH}/check", status=422)).words
    token = (await row(site)).domain_token
    names.records[f"_vzaiemodiia.{NAME}", "TXT"] = [f'"{token}"']
    assert "сама адреса ще не веде сюди" in (await site.post(f"{PATH}/check", status=422)).words
    names.records[NAME, "CNAME"] = ["kyiv.localhost."]
    await site.post(f"{PATH}/check")
    assert "перевірено" in (await site.get(PATH)).words
    assert await host_is_ours(site)
    answer = await site.client.get("/", headers={"host": NAME})
    assert "Київ" in answer.text
    await site.post(PATH, {"domain": ""})
    assert not await host_is_ours(site)
    assert (await site.client.get("/", headers={"host": NAME})).status_code == 404


async def test_a_name_server_that_is_away_is_told(door: FrontDoor, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "settings", door.settings.model_copy(update={"dns_server": "127.0.0.1:9"}))
    monkeypatch.setattr("src.tenants.settings.domains.SECONDS", 0.3)
    await site.sign_in("administrator")
    await site.post(PATH, {"domain": NAME})
    assert "Сервер імен не відповів" in (await site.post(f"{PATH}/check", status=422)).words


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("київ", "Напишіть адресу без «https://»"),
        ("-kyiv.example", "Напишіть адресу без «https://»"),
        ("kyiv .example", "Напишіть адресу без «https://»"),
        ("127.0.0.1", "Напишіть адресу без «https://»"),
        ("poltava.localhost", "Напишіть адресу без «https://»|Ця адреса вже належить платформі"),
        ("taken.example", "Цю адресу вже вказало інше місто"),
    ],
)
async def test_a_wrong_domain(site: Site, poltava: Site, typed: str, sentence: str) -> None:
    await poltava.sign_in("administrator")
    await poltava.post(PATH, {"domain": "taken.example"})
    await site.sign_in("administrator")
    page = await site.post(PATH, {"domain": typed}, status=422)
    assert any(words in page.words for words in sentence.split("|"))
    assert page.one("#domain")["value"] == typed


async def test_nothing_to_check(site: Site) -> None:
    await site.sign_in("administrator")
    assert "Спершу збережіть адресу" in (await site.post(f"{PATH}/check", status=422)).words


def test_domains_are_read_as_people_copy_them() -> None:
    assert domain_of(" HTTPS://Kyiv.Example/ask ") == "kyiv.example"
    assert domain_of("київ.укр") == "xn--h1aacgz.xn--j1amh" or domain_of("київ.укр").startswith("xn--")
    assert domain_of("") == ""
