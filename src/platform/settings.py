"""Settings of one deployment, read from the environment (and from nothing else)."""

from email.errors import HeaderParseError
from email.headerregistry import Address
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path
from typing import Literal, Self

from cryptography.fernet import Fernet
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

SECRET_AT_LEAST = 32
_POSTGRESQL = r"^(postgres(ql)?://.+)?$"


class WrongSettingError(RuntimeError):
    """The message says which variable is wrong and what it has to be; it never shows a secret."""


class Settings(BaseSettings):
    """Every setting has an environment variable of the same name in capitals.

    A wrong value stops the start with a sentence that names the variable.
    """

    model_config = SettingsConfigDict(env_ignore_empty=True, frozen=True)

    # --- the database -----------------------------------------------------------------------
    database_url: str = Field(
        default="",
        pattern=_POSTGRESQL,
        repr=False,
        description=(
            "PostgreSQL address for the running application, as the runtime role that owns no table: "
            "postgresql://vzaiemodiia_app:…@host/vzaiemodiia. Empty: `make run` starts the embedded server."
        ),
    )
    migration_database_url: str = Field(
        default="",
        pattern=_POSTGRESQL,
        repr=False,
        description="PostgreSQL address for migrations, as the migrator role that owns the tables.",
    )
    database_pool: int = Field(default=10, ge=1, le=200, description="Connections one process may hold open.")

    # --- addresses --------------------------------------------------------------------------
    base_domain: str = Field(
        default="localhost",
        pattern=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$",
        description="Cities live at <slug>.<base domain>; the base domain itself is the apex host.",
    )
    dns_server: str = Field(
        default="",
        description="Name server (address, or address:port) for checking cities' own domains; empty: the machine's own.",
    )
    public_scheme: Literal["http", "https"] = Field(
        default="http", description="Scheme that residents' browsers use; https also switches HSTS and Secure cookies on."
    )
    public_port: int = Field(
        default=0, ge=0, le=65535, description="Port in public addresses; 0 takes PORT, or none for 80 and 443."
    )
    host: str = Field(default="127.0.0.1", description="Address the web process listens on.")
    port: int = Field(default=8000, ge=1, le=65535, description="Port the web process listens on.")
    trusted_proxies: str = Field(
        default="",
        description="Comma-separated addresses of reverse proxies whose X-Forwarded-For and -Proto are believed.",
    )

    # --- files and secrets ------------------------------------------------------------------
    data_dir: Path = Field(default=Path("var"), description="Folder for the embedded database, uploads and local mail.")
    files_url: str = Field(
        default="",
        description="Where uploads are kept: empty for DATA_DIR/files, or s3://bucket/prefix (AWS_* variables apply).",
    )
    secret_key: SecretStr = Field(
        default=SecretStr(""),
        description="At least 32 random characters; keys throw-away links. Empty: `make run` makes one and keeps it in DATA_DIR.",
    )

    encryption_keys: SecretStr = Field(
        default=SecretStr(""),
        description=(
            "Fernet keys, comma-separated, newest first, for secrets that are stored: the first seals, all open. "
            "Empty: one key derived from SECRET_KEY."
        ),
    )

    geocoder_url: str = Field(
        default="",
        description=(
            "A geocoder that answers in GeoJSON, for addresses that a city's own lists do not know; empty: none. {query}, {box} "
            "(west,south,east,north) and {lang} are filled in, e.g. https://photon.example/api?limit=1&bbox={box}&q={query}. What "
            "residents type is sent there."
        ),
    )
    private_providers: bool = Field(
        default=False,
        description=(
            "Whether providers of identities may live at private addresses (10.0.0.0/8 …). Administrators of cities name "
            "providers, so leave it off unless all of them may reach into this server's network."
        ),
    )

    # --- mail -------------------------------------------------------------------------------
    smtp_host: str = Field(default="127.0.0.1", description="Server that takes outgoing mail.")
    smtp_port: int = Field(default=8025, ge=1, le=65535, description="Its port.")
    smtp_user: str = Field(default="", description="Sign-in for it, when it asks for one.")
    smtp_password: SecretStr = Field(default=SecretStr(""), description="Password for it.")
    smtp_tls: Literal["none", "starttls", "tls"] = Field(default="none", description="How the connection is protected.")
    mail_from: str = Field(default="", description="Sender's address; empty: no-reply@<city>.<base domain>.")
    mail_page_url: str = Field(default="", description="Address of the local mail catcher's page, shown in the demonstration.")

    # --- limits -----------------------------------------------------------------------------
    limits: Literal["on", "off"] = Field(
        default="on",
        description="Limits on how often something may be done; off is for benchmarks only, never for a site that is reached from outside.",
    )

    # --- the map ----------------------------------------------------------------------------
    basemap_kind: Literal["none", "pmtiles", "raster", "style"] = Field(
        default="none", description="What lies under the pins; none draws district outlines and water only."
    )
    basemap_url: str = Field(default="", description="PMTiles file, {z}/{x}/{y} tile address or style address.")
    basemap_attribution: str = Field(default="", description="Attribution the basemap's licence asks for.")

    # --- running ----------------------------------------------------------------------------
    demo: bool = Field(default=False, description="Marks a demonstration: notices on pages, sign-ins shown.")
    log_format: Literal["console", "json"] = Field(default="console", description="Shape of log lines.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(default="INFO", description="Least level that is written.")
    job_heartbeat_seconds: float = Field(
        default=5, gt=0, le=60, description="A worker that is silent for three of these counts as dead; its jobs go to others."
    )
    worker_threads: int = Field(default=4, ge=1, le=64, description="Jobs one worker process runs at a time.")

    @field_validator("secret_key")
    @classmethod
    def _is_long(cls, key: SecretStr) -> SecretStr:
        if 0 < len(key.get_secret_value()) < SECRET_AT_LEAST:  # whoever can guess it can open everybody's links
            msg = f"it must have at least {SECRET_AT_LEAST} random characters"
            raise ValueError(msg)
        return key

    @field_validator("encryption_keys")
    @classmethod
    def _are_keys(cls, keys: SecretStr) -> SecretStr:
        for number, key in enumerate(filter(None, map(str.strip, keys.get_secret_value().split(","))), 1):
            try:
                Fernet(key)
            except ValueError:  # its own words, and those of base64, would quote nothing, but help nobody either
                msg = (
                    f"key {number} is not 32 bytes in base64; make one with: "
                    "python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'"
                )
                raise ValueError(msg) from None
        return keys

    @field_validator("trusted_proxies")
    @classmethod
    def _are_addresses(cls, proxies: str) -> str:
        for proxy in filter(None, map(str.strip, proxies.split(","))):
            ip_address(proxy)
        return proxies

    @field_validator("mail_from")
    @classmethod
    def _is_an_address(cls, sender: str) -> str:
        try:
            wrong = bool(sender) and not Address(addr_spec=sender).domain
        except (ValueError, HeaderParseError, IndexError):
            wrong = True
        if wrong:
            msg = "it must be an e-mail address and nothing else"
            raise ValueError(msg)
        return sender

    @model_validator(mode="after")
    def _basemap_has_an_address(self) -> Self:
        if self.basemap_kind != "none" and not self.basemap_url:
            msg = f"BASEMAP_KIND={self.basemap_kind} needs BASEMAP_URL"
            raise ValueError(msg)
        return self

    @property
    def port_suffix(self) -> str:
        """``:8000``, or nothing where the scheme's usual port serves."""
        port = self.public_port or self.port
        usual = 443 if self.public_scheme == "https" else 80
        return "" if port == usual else f":{port}"

    def origin(self, host: str) -> str:
        """Public origin of a host name without port, for links in mail and redirects."""
        return f"{self.public_scheme}://{host}{self.port_suffix}"


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The process's settings; read once. Raises `WrongSettingError`."""
    try:
        return Settings()
    except ValidationError as error:
        raise WrongSettingError(_in_words(error)) from None  # its own text would quote passwords


def needed(settings: Settings, *names: str) -> None:
    """Refuse to start a process without what it cannot work without. Raises `WrongSettingError`."""
    for name in names:
        value = getattr(settings, name)
        if not (value.get_secret_value() if isinstance(value, SecretStr) else value):
            words = Settings.model_fields[name].description
            msg = f"{name.upper()} is not set. {words} `make run` needs no settings; infra/env.example explains all of them."
            raise WrongSettingError(msg)


def _in_words(error: ValidationError) -> str:
    lines = []
    for each in error.errors(include_url=False, include_context=False):
        problem = each["msg"].removeprefix("Value error, ")
        if not each["loc"]:
            lines.append(f"{problem}.")
            continue
        name = str(each["loc"][0])
        meant = "not an address that begins with postgresql://" if name.endswith("database_url") else problem
        lines.append(f"{name.upper()} is wrong: {meant}. What it is for: {Settings.model_fields[name].description}")
    return "\n".join(lines)
