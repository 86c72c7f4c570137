"""The command line: ``python -m src <command>``, from the root of the repository."""

import argparse
import sys
from pathlib import Path

from src.platform.local.errors import CannotStartError
from src.platform.settings import WrongSettingError

COMMANDS = {
    "run": "start everything on this machine: database, web pages, worker and mail catcher",
    "web": "serve the web pages",
    "worker": "carry out jobs: mail, clocks, schedules",
    "migrate": "bring the tables up to date, as the role that owns them",
    "seed": "fill in the demonstration, once",
    "reseal": "put all stored secrets under the newest of ENCRYPTION_KEYS",
    "operator": "make an account of an operator of the platform",
    "city": "open a city from the starter kit; write a whole city into a file, or bring one in",
    "operator-code": "print the code with which the demonstration's operator signs in",
    "mail-catcher": "catch all mail on this machine and show it on a page",
}


def main() -> int:
    """Run one command. The status for the shell."""
    parser = argparse.ArgumentParser(prog="python -m src", description="Взаємодія: residents ask, the city answers.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    for name, purpose in COMMANDS.items():
        added = commands.add_parser(name, help=purpose, description=purpose)
        if name == "operator":
            create = added.add_subparsers(required=True, metavar="create").add_parser("create", help=purpose, description=purpose)
            create.add_argument("--email", required=True, help="where the links for signing in are sent")
            create.add_argument("--name", required=True, help="how the audit log shows who it was")
        if name == "city":
            city_commands(added)
    given = parser.parse_args()
    try:
        return _run(given)
    except (CannotStartError, WrongSettingError) as error:
        sys.stderr.write(f"{error}\n")
        return 1


def city_commands(parser: argparse.ArgumentParser) -> None:
    """What can be done with a city from the command line."""
    commands = parser.add_subparsers(dest="what", required=True, metavar="create|export|import")
    create = commands.add_parser("create", help="open a city from the starter kit")
    create.add_argument("--slug", required=True, help="its address: <slug>.<base domain>")
    create.add_argument("--name", required=True, help="its name in Ukrainian")
    create.add_argument("--name-en", default="", help="its name in English; spelled from the Ukrainian one when left out")
    create.add_argument("--centre", required=True, help='latitude and longitude of its centre, such as "48.5079, 32.2623"')
    create.add_argument("--admin-email", required=True, help="where the invitation of its first administrator is sent")
    create.add_argument("--admin-name", required=True, help="the administrator's name")
    create.add_argument("--contact-email", default="", help="the city's own address, for its pages")
    export = commands.add_parser("export", help="write everything of one city into an archive (docs/archive.md)")
    export.add_argument("--slug", required=True, help="the city's address")
    export.add_argument("--to", required=True, type=Path, help="the file to write")
    bring = commands.add_parser("import", help="bring a city in from an archive: all of it or nothing")
    bring.add_argument("file", type=Path, help="the archive")
    bring.add_argument("--slug", default="", help="another address than the city had")


def _run(given: argparse.Namespace) -> int:
    # Each command imports only what it needs: the supervisor must stay small, the worker needs no mail catcher.
    command: str = given.command
    if command == "run":
        from src.platform.local import stack

        return stack.run()
    if command == "mail-catcher":
        from src.platform.local import mail_catcher
        from src.platform.settings import get_settings

        settings = get_settings()
        mail_catcher.run(settings.data_dir / "mail", smtp_port=settings.smtp_port, page_port=settings.port + 1)
        return 0
    if command in {"city", "operator", "operator-code", "reseal"}:
        from src.platform.local.running import join_running

        join_running()
    from src import commands
    from src import main as composition

    if command == "city":
        return commands.create_city(vars(given)) if given.what == "create" else commands.city_archive(vars(given))
    if command == "operator":
        return commands.create_operator(given.email, given.name)
    run = {
        "web": composition.run_web,
        "worker": composition.run_worker,
        "migrate": commands.migrate,
        "seed": commands.seed,
        "reseal": commands.reseal,
        "operator-code": commands.operator_code,
    }[command]
    return run()


if __name__ == "__main__":
    sys.exit(main())
