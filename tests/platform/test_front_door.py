"""The front door: hosts, languages, other sites' forms, proxies, health, headers, addresses that nobody meant."""

from typing import Any

import httpx
import psycopg
import pytest
from psycopg import sql

from src.platform.local.postgres import LocalPostgres
from src.platform.settings import Settings, get_settings
from src.platform.web.app import front_door
from src.platform.web.front_door import host_name
from src.tenants.open_data.documentation import API
from tests.conftest import TestDatabase
from tests.page_contract import check_page
from tests.site import Site


async def ask(
    site: Site, method: str, url: str, headers: dict[str, str] | None = None, *, same_site: bool = True
) -> httpx.Response:
    """A request as some program sends it; header values may hold any byte."""
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app=site.door), base_url=f"https://{site.slug}.localhost")  # type: ignore[arg-type]
    given = {"sec-fetch-site": "same-origin"} if same_site else {}
    raw = [(key.encode(), value.encode("latin-1")) for key, value in {**given, **(headers or {})}.items()]
    response = await client.request(method, url, headers=raw)
    if response.headers.get("content-type", "").startswith("text/html") and response.content:
        check_page(response)
    return response


async def test_a_host_decides_the_city(site: Site) -> None:
    for host, words in {
        "kyiv.localhost": "у Києві", "KYIV.LOCALHOST:8000": "у Києві", "kyiv.localhost.": "у Києві", "poltava.localhost": "у Полтаві",
    }.items():  # fmt: skip
        response = await ask(site, "GET", "/", {"host": host})
        assert response.status_code == 200, host
        assert words in response.text, host


async def test_the_apex_host_names_the_cities(site: Site) -> None:
    for host in ("localhost", "localhost:8000", "127.0.0.1:8000"):
        page = (await ask(site, "GET", "/", {"host": host})).text
        assert page.index("Київ") < page.index("Полтава")
        assert "kyiv.localhost" in page
    english = await ask(site, "GET", "/en/", {"host": "localhost"})
    assert "Kyiv" in english.text
    assert (await ask(site, "GET", "/staff", {"host": "localhost"})).headers["location"] == "/sign-in?next=/staff"
    assert (await ask(site, "GET", "/ask", {"host": "localhost"})).status_code == 404
    assert (await ask(site, "GET", "/appeals/KYIV-2026-000001", {"host": "localhost"})).status_code == 404


OTHER_HOSTS = (
    ["atlantis.localhost", "kyiv.evil.example", "a.kyiv.localhost", ".localhost", "kyivlocalhost", "", "ky iv.localhost", "kyiv'--.localhost",
     "кyiv.localhost".encode().decode("latin-1"), "[::1]", "x" * 300 + ".localhost", "kyiv.localhost@evil.example"]
)  # fmt: skip


async def test_any_other_host_gets_a_few_plain_words(site: Site) -> None:
    for host in OTHER_HOSTS:
        response = await ask(site, "GET", "/", {"host": host})
        assert response.status_code == 404, host
        assert response.headers["content-type"] == "text/plain; charset=utf-8"
        assert "set-cookie" not in response.headers
        assert response.headers["content-security-policy"].startswith("default-src 'none'")


def test_host_names_lose_port_and_case() -> None:
    assert [host_name(value) for value in ("Kyiv.Localhost:80", "kyiv.localhost", "kyiv.localhost:x", "a b", "")] == [
        "kyiv.localhost", "kyiv.localhost", "", "", "",
    ]  # fmt: skip


async def test_the_prefix_decides_the_language(site: Site) -> None:
    for path, language in {"/": "uk", "/en": "en", "/en/": "en", "/guides": "uk", "/en/guides": "en"}.items():
        response = await ask(site, "GET", path)
        assert f'<html lang="{language}"' in response.text, path
    for path in ("/english", "/enx/", "/En/", "/en/en/"):
        assert (await ask(site, "GET", path)).status_code == 404, path


async def test_what_is_missing_is_said_in_the_readers_language(site: Site) -> None:
    for path, ukrainian in {"/nothing": True, "/en/nothing": False}.items():
        response = await ask(site, "GET", path)
        assert response.status_code == 404
        assert ("Такої сторінки немає" in response.text) == ukrainian
    assert (await ask(site, "GET", "/api/v1/nothing")).json() == {"status": 404, "detail": "There is nothing at this address."}


CROSS: dict[str, tuple[dict[str, str], bool]] = {
    "the same page": ({"sec-fetch-site": "same-origin"}, True),
    "typed by hand": ({"sec-fetch-site": "none"}, True),
    "another site": ({"sec-fetch-site": "cross-site"}, False),
    "another city": ({"sec-fetch-site": "same-site", "origin": "https://poltava.localhost"}, False),
    "an older browser": ({"origin": "https://kyiv.localhost"}, True),
    "an older browser elsewhere": ({"origin": "https://evil.example"}, False),
    "another port": ({"origin": "https://kyiv.localhost:8443"}, False),
    "plain http into https": ({"origin": "http://kyiv.localhost"}, False),
    "a sandboxed frame": ({"origin": "null"}, False),
    "no address at all": ({"origin": "http://["}, False),
    "an empty origin": ({"origin": ""}, False),
    "something new": ({"sec-fetch-site": "nearby", "origin": "https://kyiv.localhost"}, False),
    "no browser": ({}, True),
}


async def test_a_form_is_taken_from_our_own_pages_only(site: Site) -> None:
    for whence, (headers, taken) in CROSS.items():
        for method in ("POST", "PUT", "DELETE"):
            response = await ask(site, method, "/nothing-here", headers, same_site=False)
            assert response.status_code == (404 if taken else 403), (whence, method)
        assert (await ask(site, "GET", "/", headers, same_site=False)).status_code == 200, "reading harms nobody"


PROXIES: list[tuple[str, str, dict[str, str], tuple[str, str]]] = [
    ("10.0.0.1", "", {"x-forwarded-for": "1.2.3.4", "x-forwarded-proto": "https"}, ("10.0.0.1", "http")),
    ("10.0.0.1", "10.0.0.1", {"x-forwarded-for": "1.2.3.4", "x-forwarded-proto": "https"}, ("1.2.3.4", "https")),
    ("10.0.0.1", "10.0.0.1", {"x-forwarded-for": "6.6.6.6, 1.2.3.4"}, ("1.2.3.4", "http")),
    ("10.0.0.1", "10.0.0.1, 10.0.0.2", {"x-forwarded-for": "6.6.6.6, 1.2.3.4, 10.0.0.2"}, ("1.2.3.4", "http")),
    ("10.0.0.1", "10.0.0.1,10.0.0.2", {"x-forwarded-for": "10.0.0.2"}, ("10.0.0.1", "http")),
    ("10.0.0.1", "10.0.0.1", {"x-forwarded-for": " , ", "x-forwarded-proto": "gopher"}, ("10.0.0.1", "http")),
    ("10.0.0.1", "10.0.0.1", {}, ("10.0.0.1", "http")),
]


@pytest.mark.parametrize(("peer", "trusted", "headers", "expected"), PROXIES)
def test_a_forwarded_address_is_believed_from_our_proxies_only(
    peer: str, trusted: str, headers: dict[str, str], expected: tuple[str, str]
) -> None:
    settings = Settings(trusted_proxies=trusted, database_url="postgresql://nobody@127.0.0.1:1/nothing")
    door = front_door(settings, city_handlers=[], apex_handlers=[], api=API)
    assert door.origin_of({"client": (peer, 1), "scheme": "http"}, headers) == expected


async def test_health_is_told_on_any_host(site: Site) -> None:
    for host in ("kyiv.localhost", "localhost", "10.0.0.7:8000", "nobody.example", ""):
        for path in ("/health/live", "/health/ready"):
            response = await ask(site, "GET", path, {"host": host})
            assert (response.status_code, response.text) == (200, "ok\n")
    for domain, status in {
        "kyiv.localhost": 200,
        "localhost": 200,
        "KYIV.localhost": 200,
        "x.localhost": 404,
        "evil.example": 404,
        "": 404,
    }.items():
        assert (await ask(site, "GET", f"/health/host?domain={domain}")).status_code == status, domain
    assert (await ask(site, "GET", "/health/nothing")).status_code == 404
    assert (await ask(site, "GET", "/health/host")).status_code == 404


async def test_a_lost_database_makes_the_process_unready_but_alive(site: Site) -> None:
    await site.get("/")
    from src.platform.data.unit_of_work import Database

    own, site.door.database = site.door.database, Database("postgresql://nobody@127.0.0.1:1/nothing", pool_size=1)
    try:
        assert (await ask(site, "GET", "/health/ready")).status_code == 503
        assert (await ask(site, "GET", "/health/live")).status_code == 200
    finally:
        site.door.database = own


async def test_every_kind_of_answer_carries_the_security_headers(site: Site) -> None:
    await site.sign_in()
    number = await site.number(await site.published())
    seen: set[int] = set()
    nonces = set()
    for method, path in (
        ("GET", "/"), ("GET", f"/appeals/{number}"), ("GET", f"/appeals/{number.lower()}"), ("GET", "/nothing"), ("GET", "/map/data"),
        ("GET", "/api/v1/figures"), ("GET", "/static/dist/manifest.json"), ("GET", "/static/nothing.css"), ("PUT", "/"), ("OPTIONS", "/"),
        ("GET", "/staff/queue"), ("POST", "/sign-in"), ("HEAD", "/"), ("GET", "/language/en"), ("GET", "/confirm/forged"),
    ):  # fmt: skip
        response = await ask(site, method, path)
        seen.add(response.status_code)
        policy = response.headers["content-security-policy"]
        for part in (
            "default-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ):
            assert part in policy, (method, path)
        assert "unsafe" not in policy
        nonces.add(policy.split("'nonce-")[1].split("'")[0])
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["x-frame-options"] == "DENY"
        assert response.headers["referrer-policy"] in {"same-origin", "no-referrer"}
        assert response.headers.get("content-type", "").count("charset") <= 1
        assert len(response.headers.get_list("content-security-policy")) == 1
    assert seen >= {200, 301, 302, 303, 404, 405, 422}
    assert len(nonces) == 15, "each answer has a nonce of its own"


async def test_https_is_insisted_on_where_it_is_spoken(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "strict-transport-security" not in (await ask(site, "GET", "/")).headers
    site.door.settings = get_settings().model_copy(update={"public_scheme": "https"})
    assert "max-age" in (await ask(site, "GET", "/")).headers["strict-transport-security"]


async def test_head_answers_as_get_without_content_and_wrong_methods_say_which_are_right(site: Site) -> None:
    number = await site.number(await site.published())
    for path in ("/", f"/appeals/{number}", "/en/", "/api/v1/figures", "/static/dist/manifest.json", "/map/outlines"):
        head, get = await ask(site, "HEAD", path), await ask(site, "GET", path)
        assert (head.status_code, head.content) == (200, b""), path
        assert head.headers["content-type"] == get.headers["content-type"]
    assert (await ask(site, "HEAD", "/nothing")).status_code == 404
    assert (await ask(site, "HEAD", "/health/live")).status_code == 200
    for path in ("/", f"/appeals/{number}"):
        for method in ("PUT", "DELETE", "PATCH"):
            response = await ask(site, method, path)
            assert response.status_code == 405
            assert "GET" in response.headers["allow"]
    options = await ask(site, "OPTIONS", "/")
    assert options.status_code == 204
    assert "GET" in options.headers["allow"]
    assert (await ask(site, "BREW", "/")).status_code == 405


ODD_PATHS = (
    "/%", "/%zz", "/%ff%fe", "/%00", "/appeals/%00", "/static/%00", "/static/dist/%00", "/static/../../src/main.py", "/static/%2e%2e/%2e%2e/main.py",
    "/static/dist", "/static/", "/%ed%a0%80", "/%F0%9F%98%80", "/appeals/" + "9" * 3000, "/" + "a/" * 800, "/" + "%2F" * 500, "/..;/staff",
    "/staff/%0d%0aset-cookie:a=b", "/staff/ні&next=//evil.example", "/?" + "a=1&" * 2000, "/?=&&&=&", "/?q=%ff%fe%00%zz", "/map/data?bbox=%ff",
    "/language/xx", "/language/%00", "/photos/x/small", "/photos/%00/small", "/api/v1/appeals/%00", "/confirm/%00", "/\u0457", "/guides/%00",
)  # fmt: skip


async def test_addresses_that_nobody_meant_break_nothing(site: Site) -> None:
    for path in ODD_PATHS:
        response = await ask(site, "GET", path)
        assert response.status_code < 500, path
        assert "\n" not in response.headers.get("location", "")
        assert not response.headers.get("location", "").startswith(("//", "http")), path


async def test_headers_that_nobody_meant_break_nothing(site: Site) -> None:
    for headers in (
        {"x-big": "y" * 300_000}, {"cookie": "a=" + "b" * 100_000}, {"cookie": '=;;;\xff="; __Host-session=%00%ff; session'},
        {"cookie": "language=\xff\xfe"}, {"x-request-id": "\xff" * 500}, {"accept-language": "\xff"}, {"content-length": "0"},
        {"cookie": "__Host-session=" + "x" * 9000}, {"content-type": "multipart/form-data; boundary=\xff"}, {"accept-encoding": "\xff, gzip;q=x"},
    ):  # fmt: skip
        for path in ("/", "/staff/queue", "/static/dist/manifest.json"):
            response = await ask(site, "GET", path, headers)
            assert response.status_code < 400, (headers, path)
            assert len(response.headers["x-request-id"]) <= 200


async def test_somebody_without_a_session_learns_nothing_about_staff_addresses(site: Site) -> None:
    real, unreal = await ask(site, "GET", "/staff/queue"), await ask(site, "GET", "/staff/nothing&x=1")
    assert (real.status_code, real.headers["location"]) == (303, "/sign-in?next=/staff/queue")
    assert (unreal.status_code, unreal.headers["location"]) == (303, "/sign-in?next=/staff/nothing%26x%3D1")
    assert (await ask(site, "GET", "/staffing")).status_code == 404


async def test_web_sockets_are_sent_away(site: Site) -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    await site.door({"type": "websocket"}, None, send)  # type: ignore[arg-type]
    assert sent == [{"type": "websocket.close", "code": 4404, "reason": ""}]


async def test_while_the_database_is_away_everybody_is_told_so_and_when_to_come_back(
    site: Site, database: TestDatabase, postgres: LocalPostgres
) -> None:
    """Before a route is found (a visitor with a session, a city not seen yet) and in one (a city that is known)."""
    await site.get("/")
    with psycopg.connect(postgres.dsn("postgres", "postgres"), autocommit=True) as admin:
        named = sql.Identifier(database.name)
        admin.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(named))
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [database.name])
        try:
            page = await site.get("/", status=503)
            assert "Сайт тимчасово не відповідає" in page.one("h1").text
            assert page.response.headers["retry-after"] == "10"
            assert (await site.get("/api/v1/appeals", status=503)).json()["status"] == 503
            plain = await Site(site.door, "poltava", site.clock).get("/", status=503)
            assert plain.response.headers["retry-after"] == "10"
            assert "Спробуйте за хвилину" in plain.text
        finally:
            admin.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(named))
    await site.get("/")
