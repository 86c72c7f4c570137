"""A deployment as it runs: web and worker processes on the full demonstration, real mail, Chromium."""

import asyncio
import http.client
import os
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from shutil import which

import pytest
from alembic import command
from alembic.config import Config
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from src.local_officer.demo.seeding import seed_offices
from src.platform.data.unit_of_work import Database
from src.platform.local.postgres import LocalPostgres
from src.platform.local.roles import APP, MIGRATOR, bootstrap_roles
from src.tenants.demo.kit import SLUGS
from src.tenants.demo.seeding import seed_city, seed_operator
from tests.browser.looks import Looks
from tests.mailbox import Keep, LocalSmtp, free_port

ROOT = Path(__file__).parents[2]
expect.set_options(timeout=20_000)  # a page comes as soon as it can; a slow machine may take its time
READY_WITHIN = 60.0
LINK = re.compile(r"https?://[^\s>\"]+")


@dataclass
class Deployment:
    """Addresses and mail of the running system."""

    port: int
    kept: Keep
    environment: dict[str, str]
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def url(self, city: str, path: str = "/") -> str:
        """An address of a city."""
        return f"http://{city}.localhost:{self.port}{path}"

    async def letter(self, to: str, containing: str = "", *, within: float = 30.0, after: int = 0) -> EmailMessage:
        """The newest letter to an address with some words in it; waits for the worker to send it.

        ``after`` is how many letters there were before, none of which is meant.
        """
        end = time.monotonic() + within
        while True:
            for message in reversed(self.kept.messages[after:]):
                if str(message["To"]) == to and containing in text_of(message):
                    return message
            assert time.monotonic() < end, f"no letter to {to}; there are {[str(m['To']) for m in self.kept.messages]}"
            await asyncio.sleep(0.05)

    def start(self, *commands: str) -> None:
        """Start processes of the system."""
        for name in commands:
            self.processes.append(
                subprocess.Popen([sys.executable, "-m", "src", name], cwd=ROOT, env=self.environment, start_new_session=True)
            )


def text_of(message: EmailMessage) -> str:
    """Subject and plain text of a letter."""
    body = message.get_body(("plain",))
    return f"{message['Subject']}\n{body.get_content() if body else ''}"


def link_in(message: EmailMessage, part: str) -> str:
    """The first link of a letter whose address has ``part`` in it."""
    return next(link for link in LINK.findall(text_of(message)) if part in link)


@pytest.fixture(scope="session")
def deployment(postgres: LocalPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """The whole system on the four demonstration cities; one for all browser tests of a process."""
    name = "browser"
    bootstrap_roles(postgres.dsn("postgres", "postgres"), name, postgres.password(MIGRATOR), postgres.password(APP))
    config = Config("alembic.ini")
    config.attributes["url"] = postgres.dsn(MIGRATOR, name)
    command.upgrade(config, "head")
    asyncio.run(fill(postgres.dsn(APP, name)))
    smtp, port = LocalSmtp(), free_port()
    smtp.start()
    environment = os.environ | {
        "DATABASE_URL": postgres.dsn(APP, name),
        "PORT": str(port),
        "SMTP_PORT": str(smtp.port),
        "DATA_DIR": str(tmp_path_factory.mktemp("data")),
        "DEMO": "1",
        "TRUSTED_PROXIES": "127.0.0.1",
        "LOG_LEVEL": "INFO",
    }
    running = Deployment(port, smtp.kept, environment)
    running.start("web", "worker")
    try:
        wait_until_ready(port)
        yield running
    finally:
        for process in running.processes:
            process.terminate()
        for process in running.processes:
            process.wait(timeout=30)
        smtp.stop()


async def fill(app: str) -> None:
    """The demonstration, as `make run` fills it in."""
    database = Database(app, pool_size=1)
    await seed_operator(database, datetime.now(UTC))
    for slug in SLUGS:
        await seed_city(database, slug, datetime.now(UTC), also=[seed_offices])
    await database.close()


def wait_until_ready(port: int) -> None:
    """Until the web process answers."""
    end = time.monotonic() + READY_WITHIN
    while True:
        with suppress(OSError), closing(http.client.HTTPConnection("127.0.0.1", port, timeout=2)) as connection:
            connection.request("GET", "/health/ready")
            if connection.getresponse().status == http.client.OK:
                return
        assert time.monotonic() < end, "the web process does not answer"
        time.sleep(0.1)


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    """A browser."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or which("chromium"),
            args=["--no-sandbox", "--enable-unsafe-swiftshader", "--use-gl=angle", "--use-angle=swiftshader"],
        )
        yield browser
        await browser.close()


@pytest.fixture
def looks() -> Looks:
    """Checks a page with axe and keeps its screenshot."""
    return Looks(ROOT / "tests" / "screenshots", ROOT / "src/platform/web/assets/node_modules/axe-core/axe.min.js")


async def visitor(
    chromium: Browser, *, width: int = 1280, height: int = 900, scheme: str = "light", scripts: bool = True
) -> BrowserContext:
    """A person's browser: nothing remembered; page errors fail the test when the context's pages are looked at."""
    context = await chromium.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        java_script_enabled=scripts,
        locale="uk-UA",
        timezone_id="Europe/Kyiv",
        reduced_motion="reduce",
    )
    context.set_default_timeout(15_000)
    return context


async def sign_in(page: Page, deployment: Deployment, city: str, role: str = "moderator") -> None:
    """Sign in as staff do: by the link in the letter."""
    email, before = f"{role}@{city}.example", len(deployment.kept.messages)
    await page.goto(deployment.url(city, "/staff"))
    await page.get_by_label("Електронна пошта").fill(email)
    await page.get_by_role("button", name="Надіслати посилання").click()
    letter = await deployment.letter(email, "/sign-in/link/", after=before)
    await page.goto(link_in(letter, "/sign-in/link/"))
    await page.get_by_role("button", name="Увійти").click()
