"""Secrets that are stored: sealed, under keys that can be changed."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import text

from src.platform.people import vault
from src.platform.people.providers.models import IdentityProvider, ProviderVisit
from src.platform.people.resealing import SEALED, reseal_all
from src.platform.settings import get_settings
from src.platform.web.front_door import FrontDoor
from tests.conftest import Clock
from tests.mailbox import Mailbox
from tests.platform.signing_in import actions, by_link, code, recovery_codes, set_up_totp
from tests.site import Site

ROOT = Path(__file__).parents[2]
OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@pytest.fixture(autouse=True)
def forget_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever keys a test listed, the next one reads its own. Asks for ``monkeypatch`` so that it is undone afterwards."""
    yield
    monkeypatch.undo()
    get_settings.cache_clear()


def keys(monkeypatch: pytest.MonkeyPatch, *listed: str) -> None:
    """What ENCRYPTION_KEYS lists from now on."""
    monkeypatch.setenv("ENCRYPTION_KEYS", ", ".join(listed))
    get_settings.cache_clear()


def command(*given: str) -> tuple[int, str]:
    """Run a command of the product with this test's environment; its status and everything it printed."""
    ran = subprocess.run([sys.executable, "-m", "src", *given], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    return ran.returncode, ran.stdout + ran.stderr


def test_the_newest_key_seals_and_all_open(monkeypatch: pytest.MonkeyPatch) -> None:
    keys(monkeypatch, OLD)
    before = vault.seal("таємниця")
    assert "таємниця" not in before
    keys(monkeypatch, NEW, OLD)
    assert vault.unseal(before) == "таємниця"
    after = vault.seal("таємниця")
    keys(monkeypatch, NEW)
    assert vault.unseal(after) == "таємниця"
    with pytest.raises(vault.CannotOpen):
        vault.unseal(before)
    with pytest.raises(vault.CannotOpen):
        vault.reseal(before)


def test_a_resealed_value_needs_the_newest_key_only(monkeypatch: pytest.MonkeyPatch) -> None:
    keys(monkeypatch, OLD)
    before = vault.seal("таємниця")
    keys(monkeypatch, NEW, OLD)
    again = vault.reseal(before)
    keys(monkeypatch, NEW)
    assert vault.unseal(again) == "таємниця"


def test_what_was_sealed_before_keys_were_listed_still_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    keys(monkeypatch)
    before = vault.seal("таємниця")
    keys(monkeypatch, NEW)
    assert vault.unseal(before) == "таємниця"
    monkeypatch.setenv("SECRET_KEY", "another-another-another-another-ab")
    get_settings.cache_clear()
    with pytest.raises(vault.CannotOpen):
        vault.unseal(before)


def test_two_seals_of_one_value_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    keys(monkeypatch, NEW)
    assert vault.seal("x") != vault.seal("x")


async def test_every_sealed_column_of_every_tenant_is_put_under_the_newest_key(
    site: Site, poltava: Site, mail: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys(monkeypatch, OLD)
    secrets = {}
    for city in (site, poltava):
        await city.sign_in()
        secrets[city.slug], _ = await set_up_totp(city)
        await keep_provider(city)
    keys(monkeypatch, NEW, OLD)
    status, printed = command("reseal")
    assert (status, printed) == (0, "7 stored secrets are under the newest key now.\n")
    keys(monkeypatch, NEW)
    for city in (site, poltava):
        assert (await actions(city))[-1] == "vault.resealed"
        for column in SEALED:
            for value in await sealed(city, column.key, column.class_.__tablename__):
                assert Fernet(NEW).decrypt(value.encode())
    async with site.unit() as session:
        assert vault.unseal(str(await session.scalar(text("SELECT secret FROM totp")))) == secrets["kyiv"]
    await site.post("/sign-out")
    await mail.deliver()
    await by_link(site, mail)
    await site.post("/sign-in/second-factor", {"code": code(site, secrets["kyiv"], steps=1)})


async def test_what_does_not_open_is_left_as_it_is_and_told(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    keys(monkeypatch, OLD)
    await site.sign_in()
    await set_up_totp(site)
    before = await sealed(site, "secret", "totp")
    keys(monkeypatch, NEW)
    found = await reseal_all(get_settings())
    assert (found.done, found.closed) == (1, 1)  # the operator's opens, under the derived key it was sealed with
    assert await sealed(site, "secret", "totp") == before
    status, printed = command("reseal")
    assert status == 1
    assert "1 do not open" in printed
    assert "put back the key" in printed


async def test_when_a_key_is_gone_recovery_codes_still_let_in(site: Site, mail: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    keys(monkeypatch, OLD)
    await site.sign_in()
    secret, page = await set_up_totp(site)
    await site.post("/sign-out")
    await mail.deliver()
    keys(monkeypatch, NEW)
    await by_link(site, mail)
    await site.post("/sign-in/second-factor", {"code": code(site, secret, steps=1)}, status=422)
    await site.post("/sign-in/second-factor", {"recovery": recovery_codes(page)[0]})


def test_every_column_that_the_models_call_sealed_is_resealed() -> None:
    assert {str(column) for column in SEALED} == {"Totp.secret", "IdentityProvider.client_secret", "ProviderVisit.verifier"}


async def sealed(site: Site, column: str, table: str) -> list[str]:
    """What a column holds in a city."""
    async with site.unit() as session:
        return list((await session.execute(text(f"SELECT {column} FROM {table}"))).scalars())


async def keep_provider(site: Site) -> None:
    """A provider with a secret, and a visit to it that is under way."""
    now, city = site.clock.now, (await site.city()).id
    async with site.unit() as session:
        provider = IdentityProvider(
            city_id=city, slug="p", name={"uk": "П"}, discovery_url="https://p.example", client_id="c",
            client_secret=vault.seal("s"), created_at=now,
        )  # fmt: skip
        session.add(provider)
        await session.flush()
        session.add(
            ProviderVisit(
                city_id=city,
                provider_id=provider.id,
                state_digest="d",
                nonce="n",
                verifier=vault.seal("v"),
                browser_digest="b",
                created_at=now,
                expires_at=now,
            )
        )


def test_a_wrong_key_stops_the_start_with_a_sentence_that_does_not_quote_it(monkeypatch: pytest.MonkeyPatch) -> None:
    keys(monkeypatch, NEW, "not-a-key-not-a-key")
    status, printed = command("reseal")
    assert status == 1
    assert "ENCRYPTION_KEYS is wrong: key 2 is not 32 bytes in base64" in printed
    assert "not-a-key" not in printed
    assert NEW not in printed


async def test_the_first_operator_is_made_from_the_command_line_and_set_up_a_factor_first(
    site: Site, mail: Mailbox, door: FrontDoor, clock: Clock
) -> None:
    given = ("operator", "create", "--email", "Boss@Platform.example", "--name", "Олена Головна")
    for words in ("is an operator now", "was known already"):
        status, printed = command(*given)
        assert status == 0
        assert f"boss@platform.example {words}" in printed
    apex = Site(door, "", clock)
    assert (await by_link(apex, mail, "boss@platform.example", to="")).location == "/account/second-factor"
    page = await apex.get("/account/second-factor")
    assert "Спершу додайте захист" in page.words
    assert (await actions(apex)).count("operator.added") == 2  # the demonstration's, and this one, once
    status, printed = command("operator", "create", "--email", "not an address", "--name", "x")
    assert status == 1
    assert "has to be an e-mail address" in printed


def test_the_operators_code_is_shown_in_a_demonstration_only(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    status, printed = command("operator-code")
    assert status == 1
    assert "Only a demonstration" in printed
    monkeypatch.setenv("DEMO", "1")
    status, printed = command("operator-code")
    assert status == 0
    assert re.fullmatch(r"[0-9]{6}\n", printed)
