"""The operator opens cities, sees counts, suspends, plans an end, and enters with a reason that the city sees."""

from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from src.platform.data.tenancy import City
from src.platform.local.errors import CannotStartError
from src.platform.people.audit.models import AuditEvent
from src.platform.settings import get_settings
from src.platform.web.front_door import FrontDoor
from src.tenants.console.command import create_from_command
from src.tenants.console.models import SupportEntry
from src.tenants.console.summaries import summarise
from tests.conftest import Clock
from tests.mailbox import Mailbox
from tests.site import Site
from tests.tenants.walk import Walk

OPERATOR = "operator@vzaiemodiia.example"
NEW = {
    "name_uk": "Кропивницький",
    "centre": "48.5079, 32.2623",
    "admin_name": "Ірина Кравець",
    "admin_email": "iryna@kr.example",
    "contact_email": "rada@kr.example",
}


@pytest.fixture
async def apex(door: FrontDoor, clock: Clock) -> Site:
    """The operator's browser, with both factors."""
    found = Site(door, "", clock)
    await found.sign_in_as(OPERATOR, second_factor=True)
    return found


async def row(apex: Site, slug: str) -> City:
    """A city's row."""
    async with apex.door.database.unit() as session:
        return (await session.execute(select(City).where(City.slug == slug))).scalar_one()


async def test_a_city_is_opened_from_the_kit_and_takes_its_first_question(
    apex: Site, door: FrontDoor, clock: Clock, mail: Mailbox
) -> None:
    done = await apex.post("/console/new", NEW)
    assert done.location == "/console/kropyvnytskyi?done=opened"
    assert "Місто відкрито." in (await apex.get(done.location)).words
    city = Site(door, "kropyvnytskyi", clock)
    home = await city.get("/")
    assert "Що турбує вас у Кропивницькому?" in home.words
    assert "What worries you in Kropyvnytskyi?" in (await city.english.get("/")).words
    assert "Це демонстрація" not in (await city.get("/pages/about")).words
    assert "rada@kr.example" in (await city.get("/pages/about")).words
    assert len((await city.get("/guides")).all(".guide-line")) == 13
    await mail.deliver()
    body = mail.to("iryna@kr.example")[0].get_body(("plain",))
    assert body is not None
    link = next(word for word in body.get_content().split() if "/invitations/" in word)
    await city.post(link)
    await city.sign_in_as("iryna@kr.example")
    await city.get("/staff/settings")
    walk = await Walk(city.another_browser()).begin()
    await walk.category("noise")
    await walk.place(address="вул. Шевченка, 1", district="whole-city")


async def test_a_name_in_cases_may_be_given_and_english_is_spelled(apex: Site, clock: Clock, door: FrontDoor) -> None:
    await apex.post("/console/new", NEW | {"name_in_uk": "у Кропі", "name_of_uk": "Кропу", "slug": "krop"})
    city = await row(apex, "krop")
    assert (city.name["en"], city.name_in["uk"], city.name_of["uk"]) == ("Kropyvnytskyi", "у Кропі", "Кропу")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name_uk": ""}, "Напишіть назву міста"),
        ({"name_uk": "Kyiv"}, "Напишіть українською"),
        ({"name_uk": "К" * 81}, "Скоротіть до 80 знаків"),
        ({"slug": "Кропивницький"}, "Адреса — це 2–40 малих латинських літер"),
        ({"slug": "k"}, "Адреса — це 2–40 малих латинських літер"),
        ({"slug": "www"}, "Ця адреса потрібна самій платформі"),
        ({"slug": "apex"}, "Ця адреса потрібна самій платформі"),
        ({"slug": "kyiv"}, "Місто з такою адресою вже є"),
        ({"centre": ""}, "Напишіть, де центр міста"),
        ({"centre": "десь там"}, "Напишіть два числа через кому"),
        ({"centre": "32.2623, 48.5079"}, "Схоже, числа переставлено"),
        ({"centre": "10, 10"}, "Ця точка не в Україні"),
        ({"contact_email": "рада"}, "Перевірте електронну адресу"),
        ({"admin_email": ""}, "Напишіть адресу першого адміністратора"),
        ({"admin_email": "ірина"}, "Перевірте електронну адресу"),
        ({"admin_name": ""}, "Напишіть ім’я та прізвище адміністратора"),
    ],
)
async def test_a_wrong_city(apex: Site, mail: Mailbox, changes: dict[str, str], sentence: str) -> None:
    page = await apex.post("/console/new", NEW | changes, status=422)
    assert sentence in page.words
    if "name_uk" not in changes:
        assert page.one("#name_uk")["value"] == "Кропивницький"
    await mail.deliver()
    assert mail.messages == []


async def test_a_command_does_the_same(apex: Site, door: FrontDoor) -> None:
    given = {"slug": "uman", "name": "Умань", "centre": "48.7484 30.2218", "admin_email": "a@uman.example", "admin_name": "Ада"}
    assert await create_from_command(get_settings(), given) == "http://uman.localhost:8000"
    assert (await row(apex, "uman")).name_in == {"uk": "в Умані", "en": "in Uman"}
    with pytest.raises(CannotStartError, match="--slug: there is a city at uman already"):
        await create_from_command(get_settings(), given)
    with pytest.raises(CannotStartError, match=r"--centre: .*\n--admin-email: "):
        await create_from_command(get_settings(), given | {"slug": "x2", "centre": "", "admin_email": "?"})


async def test_the_operator_sees_counts_and_no_rows(apex: Site, site: Site, clock: Clock) -> None:
    await site.ask()
    async with site.unit() as session:
        figures = await summarise(session, now=clock.now)
    assert (figures["received"], figures["to_review"], figures["waiting"]) == (1, 1, 0)
    assert "olena" not in str(figures)
    page = await apex.get("/console")
    cells = [cell.get_text() for cell in page.one('a[href="/console/kyiv"]').find_parent("tr").select("td")]
    assert cells[:3] == ["працює", "1", "1"]
    async with apex.unit() as session:
        assert (await session.execute(text("SELECT count(*) FROM appeal"))).scalar_one() == 0
    await apex.get("/console/nowhere", status=404)


async def test_the_console_is_the_operators(door: FrontDoor, site: Site, clock: Clock) -> None:
    nobody = Site(door, "", clock)
    assert (await nobody.get("/console", status=303)).location.startswith("/sign-in")
    await site.sign_in("administrator")
    await site.get("/console", status=404)


async def test_a_suspended_city_says_why_and_comes_back(apex: Site, site: Site) -> None:
    assert "Напишіть причину" in (await apex.post("/console/kyiv/suspension", {"because": " "}, status=422)).words
    await apex.post("/console/kyiv/suspension", {"because": "Переносимо дані."})
    page = await site.get("/", status=503)
    assert "Сайт міста призупинено" in page.words
    assert "Переносимо дані." in page.words
    assert (await site.get("/api/v1/figures", status=503)).json()["status"] == 503
    await apex.post("/console/kyiv/suspension", {"resume": "1"})
    await site.get("/")
    async with site.unit() as session:
        actions = set((await session.execute(select(AuditEvent.action).where(AuditEvent.actor == "operator"))).scalars())
    assert actions == {"city.suspended", "city.resumed"}


async def test_an_end_is_planned_late_and_can_be_called_off(apex: Site, site: Site) -> None:
    assert "Напишіть адресу міста: kyiv" in (await apex.post("/console/kyiv/deletion", {"typed": "poltava"}, status=422)).words
    assert "Спершу призупиніть сайт міста" in (await apex.post("/console/kyiv/deletion", {"typed": "kyiv"}, status=422)).words
    await apex.post("/console/kyiv/suspension", {"because": "Місто пішло."})
    await apex.post("/console/kyiv/deletion", {"typed": "kyiv"})
    assert "Місто буде видалено назавжди після" in (await apex.get("/console/kyiv")).words
    async with site.unit() as session:
        gone = await session.execute(text("DELETE FROM city WHERE slug = 'kyiv'"))
        assert gone.rowcount == 0, "the database itself waits"  # type: ignore[attr-defined]
    await apex.post("/console/kyiv/deletion", {"spare": "1"})
    assert (await row(apex, "kyiv")).delete_after is None
    with pytest.raises((IntegrityError, ProgrammingError)):
        async with apex.door.database.unit((await site.city()).id) as session:
            await session.execute(text("UPDATE city SET suspended_at = NULL, delete_after = now() WHERE slug = 'kyiv'"))


async def entered(apex: Site, site: Site, **changes: Any) -> Site:
    """The operator in a city as support."""
    page = await apex.post(
        "/console/kyiv/support", {"reason": "Не вдається завантажити райони", "hours": "1", **changes}, status=200
    )
    link = str(page.one("main a.button.primary")["href"])
    browser = site.another_browser()
    path = link.split(":8000", 1)[1]
    await browser.get(path)
    done = await browser.post(path)
    assert done.location == "/staff/settings"
    await browser.post(path, status=404)
    return browser


async def test_support_enters_with_a_reason_that_the_city_sees(apex: Site, site: Site, clock: Clock) -> None:
    assert "Напишіть причину" in (await apex.post("/console/kyiv/support", {"hours": "1"}, status=422)).words
    assert "Виберіть, на який час" in (await apex.post("/console/kyiv/support", {"reason": "x", "hours": "99"}, status=422)).words
    browser = await entered(apex, site)
    appeal_id = await site.ask()
    await browser.get("/staff/settings/categories")
    for path in (
        "/staff/queue",
        f"/staff/appeals/{appeal_id}",
        "/staff/audit",
        "/staff/settings/staff",
        "/staff/settings/sign-in",
    ):
        await browser.get(path, status=404)
    await site.sign_in("administrator")
    page = await site.get("/staff/settings/support")
    assert "Не вдається завантажити райони" in page.words
    assert "зараз має доступ" in page.words
    assert "Підтримка платформи отримала доступ до міста" in (await site.get("/staff/audit")).words
    clock.forward(hours=1, minutes=1)
    assert (await browser.get("/staff/settings", status=303)).location.startswith("/sign-in")


async def test_a_city_shows_support_out(apex: Site, site: Site) -> None:
    browser = await entered(apex, site)
    await site.sign_in("administrator")
    async with site.unit() as session:
        entry = (await session.execute(select(SupportEntry))).scalar_one()
    await site.post(f"/staff/settings/support/{entry.id}/end")
    assert (await browser.get("/staff/settings", status=303)).location.startswith("/sign-in")
    await site.post(f"/staff/settings/support/{entry.id}/end", status=404)


async def test_a_link_of_support_is_over_after_ten_minutes(apex: Site, site: Site, clock: Clock) -> None:
    page = await apex.post("/console/kyiv/support", {"reason": "Допомога", "hours": "8"}, status=200)
    path = str(page.one("main a.button.primary")["href"]).split(":8000", 1)[1]
    clock.forward(minutes=10, seconds=1)
    await site.get(path, status=404)


async def test_another_administrator_is_invited(apex: Site, site: Site, mail: Mailbox) -> None:
    assert "Напишіть адресу першого адміністратора" in (await apex.post("/console/kyiv/administrators", status=422)).words
    await apex.post("/console/kyiv/administrators", {"admin_email": "new@kyiv.example", "admin_name": "Нова Людина"})
    await mail.deliver()
    assert len(mail.to("new@kyiv.example")) == 1
