"""The embedded server: starts, keeps, recovers, and gives the application no more rights than it needs."""

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from src.platform.local import folders, identity
from src.platform.local.binaries import OLDEST, find_binaries
from src.platform.local.errors import CannotStartError
from src.platform.local.folders import sentence_for, short_folder
from src.platform.local.leftovers import _processes
from src.platform.local.postgres import LocalPostgres
from src.platform.local.roles import APP, BOOTSTRAP, MIGRATOR, bootstrap_roles

ROOT = Path(__file__).parents[2]
DIES = """
import os, signal, sys
from pathlib import Path
from src.platform.local.postgres import LocalPostgres
server = LocalPostgres(Path(sys.argv[1]), durable=False)
server.start()
print(server.pid, flush=True)
for number in sys.argv[2:]:
    os.kill(server.pid, int(number))
os.kill(os.getpid(), signal.SIGKILL)
"""


def bootstrap(server: LocalPostgres) -> None:
    bootstrap_roles(server.dsn(BOOTSTRAP, "postgres"), "vzaiemodiia", server.password(MIGRATOR), server.password(APP))


def run_and_be_killed(folder: Path, *signals: signal.Signals) -> None:
    """A run in a process of its own that starts the server, signals it, and is killed."""
    command = [sys.executable, "-c", DIES, str(folder), *(str(int(each)) for each in signals)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalPostgres]:
    with LocalPostgres(tmp_path_factory.mktemp("shared") / "postgres", durable=False) as running:
        bootstrap(running)
        yield running


def test_a_second_start_keeps_the_data(tmp_path: Path) -> None:
    for expected in (0, 1):
        with LocalPostgres(tmp_path / "postgres", durable=False) as running:
            with psycopg.connect(running.dsn(BOOTSTRAP, "postgres")) as connection:
                connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
                assert connection.execute("SELECT count(*) FROM kept").fetchone() == (expected,)
                connection.execute("INSERT INTO kept VALUES (1)")
            scratch = running._scratch
        assert scratch is not None
        assert not scratch.exists()
        assert _processes(running.data) == []


def test_cyrillic_words_have_trigrams_and_cases(server: LocalPostgres) -> None:
    with psycopg.connect(server.dsn(APP)) as connection:
        row = connection.execute("SELECT cardinality(show_trgm('Київ')), lower('ЇЖАК')").fetchone()
    assert row == (5, "їжак")


def test_the_runtime_role_owns_nothing_and_cannot_widen_its_rights(server: LocalPostgres) -> None:
    with psycopg.connect(server.dsn(APP), autocommit=True) as connection:
        flags = "rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole OR rolreplication"
        assert connection.execute(f"SELECT {flags} FROM pg_roles WHERE rolname = current_user").fetchone() == (False,)
        owned = "SELECT count(*) FROM pg_shdepend WHERE refobjid = current_user::regrole AND deptype = 'o'"
        assert connection.execute(owned).fetchone() == (0,)
        for refused in ("CREATE TABLE mine ()", "CREATE SCHEMA mine", "CREATE TEMP TABLE mine ()",
                        f"SET ROLE {MIGRATOR}", "CREATE DATABASE mine"):  # fmt: skip
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(refused.encode())


def test_the_migrator_owns_the_database_and_grants_table_by_table(server: LocalPostgres) -> None:
    with psycopg.connect(server.dsn(MIGRATOR)) as owner:
        owner.execute("CREATE TABLE granted (n int); CREATE TABLE forgotten (n int); GRANT SELECT ON granted TO vzaiemodiia_app")
    with psycopg.connect(server.dsn(APP), autocommit=True) as connection:
        connection.execute("SELECT FROM granted")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT FROM forgotten")


def test_roles_can_be_made_again_and_repair_what_was_widened(server: LocalPostgres) -> None:
    with psycopg.connect(server.dsn(BOOTSTRAP)) as connection:
        connection.execute("ALTER ROLE vzaiemodiia_app BYPASSRLS CREATEDB; GRANT vzaiemodiia_migrator TO vzaiemodiia_app")
    bootstrap(server)
    test_the_runtime_role_owns_nothing_and_cannot_widen_its_rights(server)


def test_nobody_signs_in_without_the_password(server: LocalPostgres) -> None:
    wrong = server.dsn(BOOTSTRAP, "postgres").replace(server.password(BOOTSTRAP), "guess")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)


def test_files_and_sockets_are_for_this_user_alone(server: LocalPostgres) -> None:
    assert server._scratch is not None
    for path in (server.folder, server.data, server.folder / "passwords.json", server.log, server._scratch / "s"):
        assert path.stat().st_mode & 0o077 == 0, path


def test_permissions_of_a_folder_that_was_there_stay(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    folder.mkdir(mode=0o750)
    with LocalPostgres(folder, durable=False):
        assert folder.stat().st_mode & 0o777 == 0o750


@pytest.mark.parametrize(
    "signals",
    [
        pytest.param([], id="supervisor alone"),
        pytest.param([signal.SIGKILL], id="supervisor and server"),
        pytest.param([signal.SIGSTOP], id="server that hangs", marks=pytest.mark.slow),
    ],
)
def test_a_killed_run_is_cleared_away(tmp_path: Path, signals: list[signal.Signals]) -> None:
    folder = tmp_path / "postgres"
    run_and_be_killed(folder, *signals)
    with LocalPostgres(folder, durable=False) as running:
        bootstrap(running)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties a process to its parent's life")
def test_the_server_ends_when_its_supervisor_is_killed(tmp_path: Path, eventually: Callable[..., None]) -> None:
    folder = tmp_path / "postgres"
    run_and_be_killed(folder)
    eventually(lambda: _processes(folder / "data") == [])
    with LocalPostgres(folder, durable=False):
        pass  # Clears the temporary folder that the killed one left.


def test_a_stale_note_of_a_process_that_is_now_another_does_not_matter(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    with LocalPostgres(folder, durable=False) as running:
        data = running.data
    (data / "postmaster.pid").write_text(f"{os.getppid()}\n{data}\n1\n5432\n/tmp\n\n1 1\nready\n")
    with LocalPostgres(folder, durable=False) as again:
        assert again.is_running()


def test_a_second_run_over_the_same_folder_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with LocalPostgres(tmp_path / "postgres", durable=False) as first:
        with pytest.raises(CannotStartError, match=f"in use by another run .process {os.getpid()}."):
            LocalPostgres(first.folder, durable=False).start()
        assert first.is_running()


def test_a_path_too_long_for_a_socket_does_not_matter(tmp_path: Path) -> None:
    with LocalPostgres(tmp_path / ("довга назва " * 8).strip() / "postgres", durable=False) as running:
        bootstrap(running)


def test_no_place_for_the_socket_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "_LONGEST_SOCKET_PATH", 5)
    with pytest.raises(CannotStartError, match="socket"):
        short_folder("x")


def test_data_of_another_major_version_is_a_sentence(tmp_path: Path) -> None:
    data = tmp_path / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("14\n")
    with pytest.raises(CannotStartError, match="made by PostgreSQL 14"):
        LocalPostgres(tmp_path / "postgres").start()
    assert (data / "PG_VERSION").exists()


def test_lost_passwords_are_a_sentence(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    with LocalPostgres(folder, durable=False):
        pass
    (folder / "passwords.json").unlink()
    with pytest.raises(CannotStartError, match=r"passwords.json is missing"):
        LocalPostgres(folder).start()


def test_a_file_where_the_folder_should_be_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotStartError, match="Set DATA_DIR"):
        LocalPostgres(tmp_path / "file" / "postgres").start()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_disk_that_refuses_is_a_sentence(tmp_path: Path, number: int) -> None:
    assert "DATA_DIR" in sentence_for(OSError(number, "refused"), tmp_path)


def test_a_port_can_be_given(tmp_path: Path, free_port: int) -> None:
    with LocalPostgres(tmp_path / "postgres", port=free_port, durable=False) as running:
        assert f"@127.0.0.1:{free_port}/" in running.dsn(BOOTSTRAP, "postgres")
        psycopg.connect(running.dsn(BOOTSTRAP, "postgres")).close()


def test_programs_are_found() -> None:
    assert find_binaries().major >= OLDEST


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
def test_where_namespaces_are_forbidden_root_runs_it_as_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = identity._candidates
    monkeypatch.setattr(identity, "_candidates", lambda data: [each for each in usual(data) if each.name != "mapped"])
    parent = tmp_path / "closed"
    parent.mkdir(mode=0o700)
    for _ in range(2):
        with LocalPostgres(parent / "postgres", durable=False) as running:
            bootstrap(running)
            assert Path(f"/proc/{running.pid}").stat().st_uid != 0
    assert parent.stat().st_mode & 0o777 == 0o700
    assert parent.stat().st_uid == 0
