"""The mail catcher keeps every message, shows it, and lets nothing in it run or leave this machine."""

import contextlib
import os
import smtplib
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest

from src.platform.local.mail_pages import linked
from src.platform.local.mailbox import Mailbox

ROOT = Path(__file__).parents[2]


class Catcher:
    """A running mail catcher."""

    def __init__(self, folder: Path, port: int) -> None:
        self.smtp_port, self.page_port = port + 25, port + 1
        self.box = folder / "mail"
        self.pages = httpx.Client(base_url=f"http://127.0.0.1:{self.page_port}", trust_env=False)

    def send(self, message: EmailMessage, **options: object) -> None:
        with smtplib.SMTP("127.0.0.1", self.smtp_port) as smtp:
            smtp.send_message(message, **options)  # type: ignore[arg-type]

    def answers(self) -> bool:
        with contextlib.suppress(httpx.HTTPError):
            return self.pages.get("/").status_code == httpx.codes.OK
        return False


def a_port_with_room() -> int:
    for base in range(20000 + os.getpid() % 10000, 60000, 50):
        with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
            for port in (base + 1, base + 25):
                stack.enter_context(socket.socket()).bind(("127.0.0.1", port))
            return base
    raise AssertionError("no free ports")


@pytest.fixture
def catcher(tmp_path: Path, eventually: Callable[..., None]) -> Iterator[Catcher]:
    port = a_port_with_room()
    running = Catcher(tmp_path, port)
    settings = {"PORT": str(port), "SMTP_PORT": str(running.smtp_port), "DATA_DIR": str(tmp_path)}
    process = subprocess.Popen([sys.executable, "-m", "src", "mail-catcher"], cwd=ROOT, env=os.environ | settings)
    try:
        eventually(running.answers)
        yield running
    finally:
        process.terminate()
        process.wait(10)
        running.pages.close()


def a_message(subject: str = "Підтвердьте запитання") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Взаємодія <no-reply@kyiv.localhost>"
    message["To"] = "Олена Коваль <olena@example.org>"
    message["Subject"] = subject
    message.set_content("Натисніть: http://kyiv.localhost:8000/confirm/abc?x=1&y=2.\n<script>alert(1)</script>\n")
    message.add_alternative("<html><head></head><body><a href='http://kyiv.localhost/'>Так</a></body></html>", subtype="html")
    return message


def test_the_newest_message_stands_first(catcher: Catcher) -> None:
    catcher.send(a_message("Перший лист"))
    catcher.send(a_message("Другий лист"))
    page = catcher.pages.get("/").text
    assert 0 < page.index("Другий лист") < page.index("Перший лист")
    assert "Другий лист" not in catcher.pages.get("/", params={"q": "ПЕРШИЙ"}).text


def test_a_message_is_shown_with_links_and_without_its_scripts(catcher: Catcher) -> None:
    catcher.send(a_message())
    (id_,) = Mailbox(catcher.box).ids()
    page = catcher.pages.get(f"/messages/{id_}")
    assert '<a href="http://kyiv.localhost:8000/confirm/abc?x=1&amp;y=2">' in page.text
    assert "<script>" not in page.text
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    html = catcher.pages.get(f"/messages/{id_}/html")
    assert "sandbox" in html.headers["Content-Security-Policy"]
    assert '<base target="_blank">' in html.text
    assert b"Delivered-To: olena@example.org" in catcher.pages.get(f"/messages/{id_}/source").content


def test_attachments_are_downloaded_never_opened(catcher: Catcher) -> None:
    message = a_message()
    message.add_attachment(b"<script>", maintype="text", subtype="html", filename="відповідь.html")
    catcher.send(message)
    (id_,) = Mailbox(catcher.box).ids()
    answer = catcher.pages.get(f"/messages/{id_}/attachments/0")
    assert answer.content == b"<script>"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert catcher.pages.get(f"/messages/{id_}/attachments/1").status_code == httpx.codes.NOT_FOUND


def test_messages_are_files_of_this_user_alone(catcher: Catcher) -> None:
    catcher.send(a_message())
    (path,) = catcher.box.iterdir()
    assert path.suffix == ".eml"
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("address", ["/messages/none", "/messages/..%2F..%2Fetc%2Fpasswd", "/messages/20260101T000000000000-x"])
def test_what_is_not_a_message_is_missing(catcher: Catcher, address: str) -> None:
    assert catcher.pages.get(address).status_code == httpx.codes.NOT_FOUND


def test_other_names_and_other_addresses_of_this_machine_get_nothing(catcher: Catcher) -> None:
    assert catcher.pages.get("/", headers={"Host": "evil.example"}).status_code == httpx.codes.MISDIRECTED_REQUEST
    for port in (catcher.page_port, catcher.smtp_port):
        with socket.socket() as elsewhere, pytest.raises(OSError, match="refused"):
            elsewhere.connect(("127.0.0.2", port))


def test_a_broken_message_is_still_shown(tmp_path: Path) -> None:
    box = Mailbox(tmp_path / "mail")
    id_ = box.add(b"Subject: =?x-none?Q?=FF?=\r\nContent-Type: text/plain; charset=x-none\r\n\r\n\xff\xfe", "", ["a@example.org"])
    mail = box.get(id_)
    assert mail is not None
    assert mail.text is not None


def test_only_web_addresses_become_links() -> None:
    assert str(linked("javascript:alert(1) <b> https://a.example/x.")) == (
        'javascript:alert(1) &lt;b&gt; <a href="https://a.example/x">https://a.example/x</a>.'
    )
