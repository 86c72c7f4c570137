"""Settings: a wrong value stops the start with a sentence that names its variable."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from src.platform.settings import Settings, WrongSettingError, get_settings, needed

ROOT = Path(__file__).parents[2]
SECRET = "правда-дуже-таємна-та-ще-й-достатньо-довга"
WRONG = {
    "DATABASE_URL": ("mysql://x", "localhost", "host=localhost"),
    "MIGRATION_DATABASE_URL": ("postgresql://",),
    "BASE_DOMAIN": ("https://vz.example", "vz.example:443", "vz.example/"),
    "SECRET_KEY": ("short", "x" * 31),
    "ENCRYPTION_KEYS": ("key", "x" * 44),
    "TRUSTED_PROXIES": ("caddy", "10.0.0.1, 10.0.0"),
    "MAIL_FROM": ("Взаємодія <no-reply@vz.example>", "no-reply", "a@b@c"),
    "PORT": ("0", "70000", "eight thousand", "80.5"),
    "PUBLIC_PORT": ("-1", "65536"),
    "PUBLIC_SCHEME": ("ftp", "HTTPS://"),
    "DATABASE_POOL": ("0", "201"),
    "SMTP_PORT": ("0", "x"),
    "SMTP_TLS": ("yes", "ssl"),
    "BASEMAP_KIND": ("google",),
    "DEMO": ("perhaps",),
    "LOG_FORMAT": ("xml",),
    "LOG_LEVEL": ("LOUD",),
    "JOB_HEARTBEAT_SECONDS": ("0", "-5", "61"),
    "WORKER_THREADS": ("0", "65"),
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG.items() for value in values])
def test_a_wrong_value_names_its_variable(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError) as problem:
        Settings()
    assert name.lower() in str(problem.value).lower()


def test_an_empty_variable_counts_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in WRONG:
        monkeypatch.setenv(name, "")
    assert Settings().port == 8000


def test_every_setting_is_explained_and_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    assert all(field.description and len(field.description) > 5 for field in Settings.model_fields.values())
    monkeypatch.setenv("SECRET_KEY", SECRET)
    monkeypatch.setenv("SMTP_PASSWORD", SECRET)
    monkeypatch.setenv("DATABASE_URL", "postgresql://app:таємна@host/vz")
    monkeypatch.setenv("MIGRATION_DATABASE_URL", "postgresql://owner:таємна@host/vz")
    assert "таємна" not in repr(Settings())
    assert "таємна" not in str(Settings().model_dump(exclude={"database_url", "migration_database_url"}))


def test_settings_cannot_be_changed_while_running() -> None:
    with pytest.raises(ValidationError):
        Settings().port = 9000  # type: ignore[misc]


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ({}, "http://kyiv.localhost:8000"),
        ({"PORT": "8100"}, "http://kyiv.localhost:8100"),
        ({"PORT": "80"}, "http://kyiv.localhost"),
        ({"PUBLIC_SCHEME": "https", "PUBLIC_PORT": "443"}, "https://kyiv.localhost"),
        ({"PUBLIC_SCHEME": "https", "PUBLIC_PORT": "8443"}, "https://kyiv.localhost:8443"),
        ({"PUBLIC_PORT": "80"}, "http://kyiv.localhost"),
    ],
)
def test_public_addresses_have_a_port_only_where_it_is_needed(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], origin: str
) -> None:
    for name in ("PORT", "PUBLIC_PORT", "PUBLIC_SCHEME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert Settings().origin("kyiv.localhost") == origin


def test_a_wrong_value_is_told_in_a_sentence_without_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("PORT", "70000"), ("DATABASE_URL", "mysql://app:таємна@h/x"), ("SECRET_KEY", "таємна")):
        monkeypatch.setenv(name, value)
    get_settings.cache_clear()
    with pytest.raises(WrongSettingError) as problem:
        get_settings()
    words = str(problem.value)
    assert "PORT is wrong: Input should be less than or equal to 65535." in words
    assert "DATABASE_URL is wrong: not an address that begins with postgresql://." in words
    assert "SECRET_KEY is wrong: it must have at least 32 random characters." in words
    assert "таємна" not in words


def test_a_basemap_needs_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BASEMAP_KIND", "pmtiles")
    get_settings.cache_clear()
    with pytest.raises(WrongSettingError, match="BASEMAP_KIND=pmtiles needs BASEMAP_URL"):
        get_settings()


def test_what_a_process_cannot_do_without_is_asked_for_at_its_start() -> None:
    given = Settings(database_url="postgresql://app@host/vz", secret_key="x" * 32)  # type: ignore[arg-type]
    needed(given, "database_url", "secret_key")
    for missing in ("database_url", "secret_key"):
        empty = given.model_copy(update={missing: Settings.model_fields[missing].default})
        with pytest.raises(WrongSettingError, match=f"{missing.upper()} is not set"):
            needed(empty, "database_url", "secret_key")


@pytest.mark.parametrize(
    ("command", "changed", "words"),
    [
        ("web", {"SECRET_KEY": ""}, "SECRET_KEY is not set."),
        ("worker", {"SECRET_KEY": ""}, "SECRET_KEY is not set."),
        ("web", {"DATABASE_URL": ""}, "DATABASE_URL is not set."),
        ("migrate", {"MIGRATION_DATABASE_URL": ""}, "MIGRATION_DATABASE_URL is not set."),
        ("migrate", {}, "The database could not be used"),
        ("seed", {}, "The database could not be used"),
        ("worker", {"PORT": "eight"}, "PORT is wrong: Input should be a valid integer"),
        ("run", {"PORT": "0"}, "PORT is wrong: Input should be greater than or equal to 1."),
    ],
)
def test_commands_end_with_a_sentence_and_no_traceback(
    command: str, changed: dict[str, str], words: str, free_port: int, tmp_path: Path
) -> None:
    nobody_listens = f"postgresql://app:secret@127.0.0.1:{free_port}/vz"
    environment = os.environ | {
        "DATABASE_URL": nobody_listens,
        "MIGRATION_DATABASE_URL": nobody_listens,
        "SECRET_KEY": SECRET,
        "DATA_DIR": str(tmp_path),
    }
    ended = subprocess.run(
        [sys.executable, "-m", "src", command],
        cwd=ROOT, env=environment | changed, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert ended.returncode == 1
    said = ended.stdout + ended.stderr
    assert words in said
    assert "Traceback" not in said
    assert "secret" not in said.replace("secret_key", "")
