"""What is deployed: the proxy's configuration, the image's recipe, the units."""

import contextlib
import http.client
import http.server
import json
import os
import re
import shlex
import shutil
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
import yaml  # type: ignore[import-untyped]
from psycopg import sql
from psycopg.conninfo import make_conninfo

from src.__main__ import COMMANDS
from src.platform.local.binaries import find_binaries
from src.platform.local.postgres import LocalPostgres

ROOT = Path(__file__).parents[2]
INFRA = ROOT / "infra"
CADDY = shutil.which("caddy")
needs_caddy = pytest.mark.skipif(
    CADDY is None and not os.environ.get("CI"), reason="apt-get install caddy (.ci/run does; where CI is set it must be there)"
)
OURS = "kyiv.localhost"


class Application(http.server.BaseHTTPRequestHandler):
    """A stand-in that knows one host and tells what the proxy told it."""

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        if address.path == "/health/host":
            asked = parse_qs(address.query).get("domain", [""])[0]
            self._answer(200 if asked == OURS else 404, b"")
        else:
            self._answer(200, json.dumps({name.lower(): value for name, value in self.headers.items()}).encode() * 40)

    def _answer(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_arguments: Any) -> None:
        """Silent."""


@pytest.fixture
def application(ports: int) -> Iterator[int]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", ports), Application)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield ports
    server.shutdown()
    server.server_close()
    thread.join()


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextlib.contextmanager
def caddy(config: Path, home: Path, port: int, wait: Callable[..., None], **settings: str) -> Iterator[None]:
    assert CADDY is not None
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "XDG_DATA_HOME": str(home), **settings}
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            [CADDY, "run", "--config", str(config), "--adapter", "caddyfile"], env=environment, stdout=log, stderr=log
        )
    try:
        wait(lambda: is_open(port))
        yield
    finally:
        process.terminate()
        process.wait(15)


@needs_caddy
def test_the_proxy_compresses_and_tells_the_truth_about_the_visitor(
    application: int, tmp_path: Path, eventually: Callable[..., None]
) -> None:
    port = application + 1
    settings = {"SCHEME": "http", "LISTEN": f":{port}", "UPSTREAM": f"127.0.0.1:{application}"}
    with caddy(INFRA / "Caddyfile", tmp_path, port, eventually, **settings):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        forged = {"Host": OURS, "X-Forwarded-For": "8.8.8.8", "X-Forwarded-Proto": "https"}
        connection.request("GET", "/", headers=forged)
        seen = json.JSONDecoder().raw_decode(connection.getresponse().read().decode())[0]
        assert (seen["host"], seen["x-forwarded-for"], seen["x-forwarded-proto"]) == (OURS, "127.0.0.1", "http")
        connection.request("GET", "/", headers={"Host": OURS, "Accept-Encoding": "gzip"})
        assert connection.getresponse().headers["Content-Encoding"] == "gzip"
        connection.close()


@needs_caddy
def test_certificates_are_made_only_for_hosts_of_ours(application: int, tmp_path: Path, eventually: Callable[..., None]) -> None:
    port = application + 1
    # The file as it is deployed, but with certificates of Caddy's own authority: no test asks Let's Encrypt.
    own = f"admin off\n\tlocal_certs\n\tskip_install_trust\n\thttps_port {port}\n\thttp_port {application + 2}"
    config = tmp_path / "Caddyfile"
    config.write_text((INFRA / "Caddyfile").read_text(encoding="utf-8").replace("admin off", own), encoding="utf-8")

    def is_served(host: str) -> bool:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with contextlib.suppress(ssl.SSLError), socket.create_connection(("127.0.0.1", port), timeout=10) as plain:
            context.wrap_socket(plain, server_hostname=host).close()
            return True
        return False

    with caddy(config, tmp_path, port, eventually, UPSTREAM=f"127.0.0.1:{application}"):
        assert is_served(OURS)
        assert not is_served("stranger.example")


@needs_caddy
def test_the_proxy_understands_its_file_as_deployed() -> None:
    assert CADDY is not None
    command = [CADDY, "adapt", "--config", str(INFRA / "Caddyfile"), "--adapter", "caddyfile"]
    adapted = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert adapted["apps"]["tls"]["automation"]["on_demand"]["ask"] == "http://web:8000/health/host"
    assert adapted["apps"]["http"]["servers"]["srv0"]["listen"] == [":443"]


def recipe() -> list[tuple[str, str]]:
    text = (INFRA / "Containerfile").read_text(encoding="utf-8")
    text = re.sub(r"\\\n\s*", " ", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE))
    lines = [line.split(maxsplit=1) for line in text.splitlines() if line.strip()]
    return [(verb, rest) for verb, rest in lines]


def test_the_image_copies_only_what_exists() -> None:
    for verb, rest in recipe():
        if verb == "COPY" and "--from" not in rest:
            for source in shlex.split(rest)[:-1]:
                assert (ROOT / source).exists(), source


def test_the_image_runs_as_somebody_without_rights() -> None:
    assert ("USER", "vzaiemodiia") in recipe()
    assert [verb for verb, _ in recipe()].index("CMD") > [verb for verb, _ in recipe()].index("USER")


@pytest.mark.slow
def test_the_images_steps_work_in_a_fresh_folder(tmp_path: Path) -> None:
    """The build stage in order. Left out: making the environment (this test runs in one made of the same file)."""
    app = tmp_path / "app"
    app.mkdir()
    stage = recipe()[1 : [verb for verb, _ in recipe()].index("FROM", 1)]
    for verb, rest in stage:
        if verb == "COPY":
            *sources, target = shlex.split(rest)
            for source in sources:
                origin, copy = ROOT / source, app / (source if target == "./" else target)
                if origin.is_dir():
                    ignored = shutil.ignore_patterns("node_modules", "__pycache__", "dist", "*.mo")
                    shutil.copytree(origin, copy, ignore=ignored)
                else:
                    shutil.copy(origin, copy)
        elif verb == "RUN" and "-m venv" not in rest and "pip install" not in rest:
            command = rest.replace("/app/.venv", shlex.quote(sys.prefix))
            done = subprocess.run(["sh", "-euc", command], cwd=app, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
    help_text = subprocess.run([sys.executable, "-m", "src", "--help"], cwd=app, capture_output=True, text=True, check=True)
    assert "migrate" in help_text.stdout
    assert not (app / "src/platform/web/assets/node_modules").exists()


def test_composed_services_run_commands_that_exist() -> None:
    services = yaml.safe_load((INFRA / "compose.yaml").read_text(encoding="utf-8"))["services"]
    assert {"database", "migrate", "web", "worker", "caddy"} == set(services)
    for service in services.values():
        command = service.get("command")
        assert command is None or command[-1] in COMMANDS
    assert services["database"]["image"].endswith("postgres:18")


@pytest.mark.parametrize("name", ["web", "worker"])
def test_only_migrations_know_how_the_owner_signs_in(name: str) -> None:
    services = yaml.safe_load((INFRA / "compose.yaml").read_text(encoding="utf-8"))["services"]
    given = services[name]["environment"]
    assert given["MIGRATION_DATABASE_URL"] == given["MIGRATOR_PASSWORD"] == given["POSTGRES_PASSWORD"] == ""
    assert "migration" not in _unit(name).get("EnvironmentFile", "")
    assert _unit(name)["UnsetEnvironment"] == "MIGRATION_DATABASE_URL"


def test_the_composed_proxy_has_the_address_that_is_believed() -> None:
    composed = yaml.safe_load((INFRA / "compose.yaml").read_text(encoding="utf-8"))
    services, networks = composed["services"], composed["networks"]
    address = services["caddy"]["networks"]["outer"]["ipv4_address"]
    assert services["web"]["environment"]["TRUSTED_PROXIES"] == address
    assert ip_address(address) in ip_network(networks["outer"]["ipam"]["config"][0]["subnet"])
    # The database is reached by ours only, and the proxy reaches the web process.
    assert services["database"]["networks"] == ["inner"]
    assert "ports" not in services["database"]
    assert set(services["web"]["networks"]) == {"inner", "outer"}


def test_the_composed_database_gets_its_roles_as_the_file_says(postgres: LocalPostgres) -> None:
    """The very options that the container passes, and the file run by psql as its start does and as an administrator would."""
    database = yaml.safe_load((INFRA / "compose.yaml").read_text(encoding="utf-8"))["services"]["database"]
    assert "./sql/roles.sql:/docker-entrypoint-initdb.d/roles.sql:ro" in database["volumes"]
    options = database["environment"]["PGOPTIONS"]
    for name, value in (("MIGRATOR", "0a1b"), ("APP", "2c3d")):
        options = re.sub(r"\$\{" + name + r"_PASSWORD:\?[^}]*\}", value, options)
    psql = find_binaries().folder / "psql"
    where = postgres.dsn("postgres", "postgres")
    with psycopg.connect(where, autocommit=True) as admin:
        verifiers: dict[str, str] = dict(
            admin.execute("SELECT rolname, rolpassword FROM pg_authid WHERE rolname LIKE 'vzaiemodiia%'").fetchall()
        )
        admin.execute("CREATE DATABASE composed TEMPLATE template0 ENCODING 'UTF8'")
        try:
            address = make_conninfo(where, dbname="composed")
            command = [
                str(psql),
                "-v",
                "ON_ERROR_STOP=1",
                "--no-psqlrc",
                "--dbname",
                address,
                "-f",
                str(INFRA / "sql" / "roles.sql"),
            ]
            environment = {"PATH": os.environ["PATH"], "PGOPTIONS": options}
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
            for role, password in (("vzaiemodiia_migrator", "0a1b"), ("vzaiemodiia_app", "2c3d")):
                psycopg.connect(make_conninfo(address, user=role, password=password)).close()
        finally:
            admin.execute("DROP DATABASE composed WITH (FORCE)")
            for role, verifier in verifiers.items():  # other tests sign in with the passwords that were
                admin.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(verifier)))


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="this machine has no systemd to ask")
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    for unit in (INFRA / "systemd").glob("*.service"):
        text = unit.read_text(encoding="utf-8").replace("/opt/vzaiemodiia/.venv/bin/python", sys.executable)
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    command = ["systemd-analyze", "verify", "--man=no", *map(str, sorted(tmp_path.glob("*.service")))]
    # The last, empty part of the path stands for the system's own units.
    environment = os.environ | {"SYSTEMD_UNIT_PATH": f"{tmp_path}:"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    ours = [line for line in done.stderr.splitlines() if "vzaiemodiia" in line]
    assert (done.returncode, ours) == (0, []), done.stderr


@pytest.mark.parametrize("name", ["web", "worker", "migrate"])
def test_units_run_commands_that_exist_without_rights(name: str) -> None:
    unit = _unit(name)
    assert unit["ExecStart"].rsplit(maxsplit=1)[-1] == name
    assert name in COMMANDS
    assert (unit["NoNewPrivileges"], unit["ProtectSystem"], unit["CapabilityBoundingSet"]) == ("yes", "strict", "")


def _unit(name: str) -> dict[str, str]:
    lines = (INFRA / "systemd" / f"vzaiemodiia-{name}.service").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
