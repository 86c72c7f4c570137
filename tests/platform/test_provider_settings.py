"""Administrators configure the city's providers, and whether staff need a second factor."""

from typing import Any

import pytest
from sqlalchemy import text

from src.platform.people import vault
from src.platform.people.providers.administration import PROVIDERS_AT_MOST
from src.platform.people.providers.models import IdentityProvider
from tests.conftest import Clock
from tests.oidc.liar import SECRET, Liar
from tests.platform.providing import provided, there_and_back
from tests.site import Page, Site

SETTINGS = "/staff/settings/sign-in"
NEW = f"{SETTINGS}/providers/new"


@pytest.fixture
async def admin(site: Site) -> Site:
    """Kyiv's administrator, signed in just now."""
    await site.sign_in("administrator")
    return site


def typed(liar: Liar, **changes: str) -> dict[str, str]:
    """What an administrator types."""
    return {
        "name_uk": "Пошта міста",
        "name_en": "City mail",
        "slug": "liar",
        "discovery_url": liar.url,
        "client_id": "vzaiemodiia",
        "client_secret": SECRET,
        "scopes": "openid email profile",
        "claim_name": "name",
        "claim_email": "email",
        "claim_verified": "email_verified",
        "create": "staff",
        "email_domains": "kyiv.example, @Місто.укр",
        "role_claim": "groups",
        "roles": "vz moderators = moderator\ncn=boss,dc=kyiv = administrator\n",
        **changes,
    }


async def stored(site: Site) -> Any:
    """The only provider, as it is in the database."""
    async with site.unit() as session:
        return (await session.execute(text("SELECT * FROM identity_provider"))).one()


async def audit(site: Site) -> list[tuple[str, list[str]]]:
    """Lines of the audit log but those of signing in, the oldest first."""
    async with site.unit() as session:
        rows = await session.execute(
            text("SELECT action, fields FROM audit_event WHERE action <> 'session.begun' ORDER BY at, id")
        )
        return [(row.action, row.fields) for row in rows]


async def test_an_administrator_adds_a_provider_and_it_works(admin: Site, liar: Liar) -> None:
    menu = await admin.get("/staff")
    assert menu.all(f'a[href="{SETTINGS}"]')
    assert "жодного" in (await admin.get(SETTINGS)).words
    await admin.get(NEW)
    saved = await admin.post(NEW, typed(liar))
    assert "Збережено" in (await admin.get(saved.location)).words
    row = await stored(admin)
    assert row.client_secret != SECRET
    assert vault.unseal(row.client_secret) == SECRET
    assert row.roles == {"vz moderators": "moderator", "cn=boss,dc=kyiv": "administrator"}
    assert row.email_domains == ["kyiv.example", "місто.укр"]
    assert row.claims == {"name": "name", "email": "email", "verified": "email_verified", "always_verified": False}
    ((action, fields),) = await audit(admin)
    assert action == "provider.added"
    assert "client_secret" not in fields
    liar.claims |= {"email": "olena@kyiv.example", "groups": ["vz moderators"]}
    assert (await there_and_back(admin.another_browser(), liar)).location == "/staff"


async def test_a_secret_is_never_shown_and_stays_when_left_empty(admin: Site, liar: Liar) -> None:
    await admin.post(NEW, typed(liar))
    where = f"{SETTINGS}/providers/{(await stored(admin)).id}"
    page = await admin.get(where)
    assert "http://kyiv.localhost:8000/sign-in/back/liar" in page.words
    assert "value" not in page.one("#client_secret").attrs
    assert SECRET not in page.text
    assert page.one("#email_domains")["value"] == "kyiv.example, місто.укр"
    assert page.one("#roles").get_text().strip() == "cn=boss,dc=kyiv = administrator\nvz moderators = moderator"
    await admin.post(where, typed(liar, client_secret="", name_uk="Вхід міста"))
    assert vault.unseal((await stored(admin)).client_secret) == SECRET
    await admin.post(where, typed(liar, client_secret="another", name_uk="Вхід міста"))
    assert vault.unseal((await stored(admin)).client_secret) == "another"
    await admin.post(where, typed(liar, client_secret="", name_uk="Вхід міста", no_secret="1"))
    assert (await stored(admin)).client_secret == ""
    lines = await audit(admin)
    assert lines[1:] == [
        ("provider.changed", ["name"]),
        ("provider.changed", ["client_secret"]),
        ("provider.changed", ["client_secret"]),
    ]
    async with admin.unit() as session:
        values = (await session.execute(text("SELECT before, after FROM audit_value"))).all()
    assert SECRET not in str(values)


async def test_a_provider_is_switched_off_on_and_removed(admin: Site, liar: Liar) -> None:
    provider = await provided(admin, liar.url)
    resident = admin.another_browser()
    await there_and_back(resident, liar)
    where = f"{SETTINGS}/providers/{provider.id}"
    assert "вимкнено" in (await admin.get((await admin.post(where, {"do": "off"})).location)).words
    assert "Пошта міста" not in (await resident.get("/sign-in")).words
    await admin.post(where, {"do": "off"})
    await admin.post(where, {"do": "on"})
    assert "Пошта міста" in (await resident.get("/sign-in")).words
    gone = await admin.post(where, {"do": "remove"})
    assert "вилучено" in (await admin.get(gone.location)).words
    await admin.get(where, status=404)
    await admin.post(where, {"do": "remove"}, status=404)
    assert "olena@ukr.example" in (await resident.get("/account")).words
    kinds = [action for action, _ in await audit(admin) if action.startswith("provider.")]
    assert kinds == ["provider.linked", "provider.off", "provider.on", "provider.removed"]


async def test_at_another_address_it_is_another_provider(admin: Site, liar: Liar) -> None:
    provider = await provided(admin, liar.url)
    await there_and_back(admin.another_browser(), liar)
    other = Liar()
    try:
        await admin.post(f"{SETTINGS}/providers/{provider.id}", typed(other, create="residents", role_claim="", roles=""))
    finally:
        other.stop()
    async with admin.unit() as session:
        assert await session.scalar(text("SELECT count(*) FROM external_identity")) == 0
        assert await session.scalar(text("SELECT discovery_url FROM identity_provider")) == other.url


async def test_a_change_of_words_does_not_wait_for_the_provider(admin: Site, liar: Liar) -> None:
    await admin.post(NEW, typed(liar))
    liar.stop()
    where = f"{SETTINGS}/providers/{(await stored(admin)).id}"
    await admin.post(where, typed(liar, name_uk="Вхід міста"))
    page = await admin.post(where, typed(liar, client_id="another"), status=422)
    assert "З’єднатися із сервісом не вдалося" in page.words
    assert (await stored(admin)).client_id == "vzaiemodiia"


async def test_the_issuers_own_address_will_do(admin: Site, liar: Liar) -> None:
    await admin.post(NEW, typed(liar, discovery_url=liar.issuer + "/"))
    assert (await stored(admin)).discovery_url == liar.url


WRONG = [
    ("name_uk", "", "Напишіть назву, яку люди побачать"),
    ("name_uk", "x" * 61, "можна до 60 знаків"),
    ("name_uk", "\udcff", "не вдалося прочитати"),
    ("name_en", "", "Напишіть назву англійською"),
    ("slug", "", "коротку назву латиницею"),
    ("slug", "Пошта", "коротку назву латиницею"),
    ("slug", "../x", "коротку назву латиницею"),
    ("slug", "a" * 42, "коротку назву латиницею"),
    ("discovery_url", "", "починається з https://"),
    ("discovery_url", "http://idp.example/", "починається з https://"),
    ("discovery_url", "https://user:word@idp.example/", "починається з https://"),
    ("discovery_url", "https://idp.example/?tenant=1", "починається з https://"),
    ("discovery_url", "javascript:alert(1)", "починається з https://"),
    ("discovery_url", "https://" + "a" * 600, "починається з https://"),
    ("discovery_url", "https://10.0.0.1/", "у внутрішній мережі"),
    ("discovery_url", "https://169.254.169.254/", "у внутрішній мережі"),
    ("client_id", "", "ідентифікатор клієнта"),
    ("client_id", "x" * 501, "можна до 500 знаків"),
    ("client_secret", "пароль", "без пробілів і кирилиці"),
    ("client_secret", "two words", "без пробілів і кирилиці"),
    ("client_secret", "x" * 501, "до 500 знаків"),
    ("scopes", "", "серед них openid"),
    ("scopes", "email profile", "серед них openid"),
    ("scopes", 'openid "x"', "серед них openid"),
    ("claim_name", "x" * 121, "можна до 120 знаків"),
    ("claim_email", "", "Зазвичай: email"),
    ("claim_verified", "", "Зазвичай: email_verified"),
    ("role_claim", "", "у якому полі сервіс передає роль"),
    ("role_claim", "x" * 121, "можна до 120 знаків"),
    ("roles", "", "яке значення дає яку роль"),
    ("roles", "vz", "незрозумілий"),
    ("roles", "= moderator", "незрозумілий"),
    ("roles", "vz = operator", "незрозумілий"),
    ("roles", "vz = moderator\nvz = administrator", "незрозумілий"),
    ("roles", "\n".join(f"{n} = moderator" for n in range(101)), "Забагато рядків"),
    ("create", "", "Виберіть, хто може увійти"),
    ("create", "everybody", "Виберіть, хто може увійти"),
    ("create", "residents", "ролі не дають"),
    ("email_domains", "", "з адрес вашої установи"),
    ("email_domains", "kyiv.example, не домен", "не схоже на домен"),
    ("email_domains", "*.example", "не схоже на домен"),
]


@pytest.mark.parametrize(("name", "value", "sentence"), WRONG)
async def test_every_wrong_input_is_told_and_kept(admin: Site, liar: Liar, name: str, value: str, sentence: str) -> None:
    sent: Any = typed(liar, **{name: value})
    if value == "\udcff":
        page = await admin.post(
            NEW, content=b"name_uk=%ff", headers={"content-type": "application/x-www-form-urlencoded"}, status=422
        )
        assert sentence in page.words
        return
    page = await admin.post(NEW, sent, status=422)
    errors = [(str(link["href"]), link.get_text()) for link in page.all(".error-summary a")]
    assert [where for where, words in errors if sentence in words] == [f"#{name}"], errors
    kept = dict(sent, client_secret="")
    for field in page.all("main .input"):
        expected = kept[str(field["name"])]
        shown = field.get_text().strip() if field.name == "textarea" else field.get("value", "")
        assert shown == expected.strip(), field["name"]
    checked = [str(choice["value"]) for choice in page.all("input[name=create][checked]")]
    assert checked == [sent["create"]] * (sent["create"] in {"nobody", "residents", "staff"})
    async with admin.unit() as session:
        assert await session.scalar(text("SELECT count(*) FROM identity_provider")) == 0
    assert await audit(admin) == []
    english = await admin.english.post(NEW, sent, status=422)
    assert len(english.all(".error-summary a")) == len(errors)


async def test_all_addresses_verified_needs_domains(admin: Site, liar: Liar) -> None:
    sent = typed(liar, create="residents", role_claim="", roles="", email_domains="", claim_verified="", always_verified="1")
    page = await admin.post(NEW, sent, status=422)
    assert "з яких вони доменів" in page.words
    assert page.all("#always_verified[checked]")
    await admin.post(NEW, sent | {"email_domains": "kyiv.example"})


async def refused(admin: Site, liar: Liar) -> Page:
    """The form comes back with a sentence at the address."""
    page = await admin.post(NEW, typed(liar), status=422)
    assert [str(link["href"]) for link in page.all(".error-summary a")] == ["#discovery_url"]
    assert page.one("#discovery_url")["value"] == liar.url
    return page


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ((500, "text/plain", b""), "відповів, що зламався"),
        ((404, "text/plain", b""), "немає опису сервісу"),
        ((200, "text/html", b"<!doctype html>"), "сторінка, а не опис"),
        ((200, "application/json", b'{"issuer": "https://evil.example"}'), "issuer не збігається"),
        ((200, "application/json", b"[]"), "не годиться для OpenID Connect"),
    ],
)
async def test_an_address_is_tried_before_it_is_saved(
    admin: Site, liar: Liar, answer: tuple[int, str, bytes], sentence: str
) -> None:
    liar.answers["/.well-known/openid-configuration"] = lambda: answer
    assert sentence in (await refused(admin, liar)).words


async def test_weak_signatures_and_missing_keys_are_told_before_it_is_saved(admin: Site, liar: Liar) -> None:
    liar.discovery = lambda said: said.update(id_token_signing_alg_values_supported=["HS256"])
    assert "RS256 або ES256" in (await refused(admin, liar)).words
    liar.discovery = lambda said: said.update(code_challenge_methods_supported=["plain"])
    assert "PKCE" in (await refused(admin, liar)).words
    liar.discovery = lambda _: None
    liar.published = []
    assert "не показав ключів" in (await refused(admin, liar)).words
    liar.stop()
    assert "З’єднатися із сервісом не вдалося" in (await refused(admin, liar)).words


async def test_two_providers_cannot_have_one_address(admin: Site, liar: Liar) -> None:
    await provided(admin, liar.url)
    page = await admin.post(NEW, typed(liar), status=422)
    assert "вже має інший сервіс" in page.words
    assert page.one("#slug")["value"] == "liar"


async def test_a_sign_in_page_has_room_for_so_many(admin: Site, liar: Liar) -> None:
    for number in range(PROVIDERS_AT_MOST):
        await provided(admin, liar.url, slug=f"p{number}")
    assert "Вилучіть зайвий" in (await admin.post(NEW, typed(liar), status=422)).words


async def test_only_who_manages_sign_in_gets_there(site: Site, poltava: Site, liar: Liar) -> None:
    provider: IdentityProvider = await provided(site, liar.url)
    where = f"{SETTINGS}/providers/{provider.id}"
    for path in (SETTINGS, NEW, where):
        assert (await site.get(path, status=303)).location == f"/sign-in?next={path}"
    await site.sign_in("moderator")
    assert not (await site.get("/staff")).all(f'a[href="{SETTINGS}"]')
    for path in (SETTINGS, NEW, where):
        await site.get(path, status=404)
        await site.post(path, {"do": "remove"}, status=404)
    await poltava.sign_in("administrator")
    await poltava.get(where, status=404)
    await poltava.post(where, {"do": "remove"}, status=404)
    assert (await stored(site)).enabled


async def test_changes_need_a_recent_sign_in(admin: Site, liar: Liar, clock: Clock) -> None:
    provider = await provided(admin, liar.url)
    clock.forward(minutes=31)
    await admin.get(SETTINGS)
    for path in (NEW, f"{SETTINGS}/providers/{provider.id}"):
        assert "again=1" in (await admin.get(path, status=303)).location
        assert "again=1" in (await admin.post(path, {"do": "off"})).location
    assert "again=1" in (await admin.post(SETTINGS, {"staff_second_factor": "1"})).location
    assert (await stored(admin)).enabled


async def test_a_city_demands_a_second_factor_of_its_staff(admin: Site, poltava: Site) -> None:
    assert not (await admin.get(SETTINGS)).all("#staff_second_factor[checked]")
    await admin.post(SETTINGS, {"staff_second_factor": "1"})
    assert (await admin.get("/staff", status=303)).location == "/account/second-factor?next=/staff"
    async with admin.unit() as session:
        await session.execute(text("UPDATE account_session SET second_factor = true"))
    assert (await admin.get(SETTINGS)).all("#staff_second_factor[checked]")
    await admin.post(SETTINGS, {"staff_second_factor": "1"})
    await admin.post(SETTINGS)
    assert [line for line in await audit(admin) if line[0] == "city.second_factor"] == [
        ("city.second_factor", ["staff_second_factor"])
    ] * 2
    await poltava.sign_in("administrator")
    await poltava.get("/staff")
