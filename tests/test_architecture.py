"""The rules of the house that can be checked, each by the tool or the few lines that check it."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from src.platform.settings import Settings

ROOT = Path(__file__).parents[1]
LINES_AT_MOST = {"src": 350, "tests": 600}
"""A test file is a list of sentences; it may be longer."""


def files(*folders: str) -> Iterator[Path]:
    """Python files of ours."""
    for folder in folders:
        yield from sorted(path for path in (ROOT / folder).rglob("*.py") if "node_modules" not in path.parts)


def run(*words: str) -> None:
    """Run a tool of the environment; what it says is the failure's message."""
    tool = Path(sys.executable).parent / words[0]
    done = subprocess.run([str(tool), *words[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    """All calls in a file."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def imported(tree: ast.AST) -> Iterator[str]:
    """Modules a file imports, each name of ``from a import b`` as ``a.b`` too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


# --- tools -------------------------------------------------------------------------------------


def test_imports_keep_to_the_contracts() -> None:
    run("lint-imports", "--no-cache")


def test_ruff_finds_nothing() -> None:
    run("ruff", "check", "--no-cache", ".")


def test_everything_is_formatted() -> None:
    run("ruff", "format", "--check", "--no-cache", ".")


def test_types_are_right() -> None:
    run("mypy")


# --- house rules -------------------------------------------------------------------------------


def test_the_schema_comes_from_migrations_alone() -> None:
    for path in files("src", "migrations", "tests"):
        for call in calls(ast.parse(path.read_text(encoding="utf-8"))):
            assert not (isinstance(call.func, ast.Attribute) and call.func.attr == "create_all"), f"create_all in {path}"


def test_application_code_never_commits() -> None:
    """Units of work do (``async with session.begin()`` in platform/data); advanced-alchemy's commit modes lose writes."""
    for path in files("src"):
        source = path.read_text(encoding="utf-8")
        assert "autocommit" not in source or path.is_relative_to(ROOT / "src/platform/local"), f"autocommit in {path}"
        for call in calls(ast.parse(source)):
            if isinstance(call.func, ast.Attribute) and call.func.attr in {"commit", "rollback"}:
                holder = ast.unparse(call.func.value)
                assert not re.search(r"session|uow", holder), f"{holder}.{call.func.attr}() in {path}"


def test_files_stay_small() -> None:
    for folder, most in LINES_AT_MOST.items():
        counted = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8").count("\n") for path in files(folder)}
        long = {name: lines for name, lines in counted.items() if lines > most}
        assert not long, f"longer than {most} lines: {long}"


def test_only_main_and_siblings_import_pages_and_jobs() -> None:
    """The import contract names ``pages`` and ``jobs``; this knows their parts too (``pages_photos``, ``author_pages``)."""
    part = re.compile(r"^src\.(?:tenants|local_officer|platform)\.(\w+)\.((?:\w+_)?(?:pages|jobs)(?:_\w+)?)(?:\.|$)")
    for path in files("src"):
        if path == ROOT / "src/main.py":
            continue
        for module in imported(ast.parse(path.read_text(encoding="utf-8"))):
            found = part.match(module)
            if found is None or found.group(1) in {"web", "work", "local"}:
                continue
            sibling = path.parent.name == found.group(1) and re.search(r"pages|jobs", path.stem)
            assert sibling, f"{path.relative_to(ROOT)} imports {module}"


def test_tenants_never_name_the_module_that_stands_on_them() -> None:
    for path in files("src/tenants", "src/platform"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert not any(module.startswith("src.local_officer") for module in imported(tree)), path


def test_src_itself_is_never_on_the_path() -> None:
    """``src/platform`` would shadow the standard library's module of that name."""
    assert not [entry for entry in sys.path if entry and Path(entry).resolve() == ROOT / "src"]


def test_every_setting_is_documented() -> None:
    example = (ROOT / "infra" / "env.example").read_text(encoding="utf-8")
    for name, setting in Settings.model_fields.items():
        assert setting.description, name
        assert re.search(rf"^#?{name.upper()}=", example, re.MULTILINE), f"{name} is not in infra/env.example"


def test_the_environment_is_read_in_one_place() -> None:
    for path in files("src"):
        if path.name == "settings.py" or path.is_relative_to(ROOT / "src/platform/local"):
            continue  # the supervisor hands its own environment on to the processes that it starts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            assert not (isinstance(node, ast.Attribute) and ast.unparse(node) in {"os.environ", "os.getenv"}), path


def test_templates_have_no_inline_styles_or_scripts() -> None:
    inline = re.compile(
        r"\sstyle=|\son[a-z]+=\"|<script(?![^>]*(?:\ssrc=|application/(?:ld\+)?json))(?![^>]*nonce)", re.IGNORECASE
    )
    for path in sorted((ROOT / "src").rglob("templates/**/*.html")):
        if path.is_relative_to(ROOT / "src/platform/local") or path.parent.name == "mail":
            continue  # letters need inline styles; the mail catcher is not part of the site
        found = inline.search(path.read_text(encoding="utf-8"))
        assert found is None, f"{path}: {found}"
