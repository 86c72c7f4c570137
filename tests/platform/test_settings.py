"""Settings: a wrong value stops the start with a sentence that names its variable."""

import pytest
from pydantic import ValidationError

from src.platform.settings import Settings

WRONG = {
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
    monkeypatch.setenv("SECRET_KEY", "правда-дуже-таємна")
    monkeypatch.setenv("SMTP_PASSWORD", "правда-дуже-таємна")
    assert "таємна" not in repr(Settings())
    assert "таємна" not in str(Settings().model_dump())


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
