"""For a command that is typed beside a running `make run`: where that keeps its database and its key."""

import json
import os
from urllib.parse import quote

from src.platform.local.leftovers import remembered
from src.platform.local.roles import APP
from src.platform.settings import get_settings

DATABASE = "vzaiemodiia"


def join_running() -> None:
    """Let this process work with the embedded server of `make run` in DATA_DIR, unless the environment names a database."""
    settings = get_settings()
    data = settings.data_dir.expanduser().absolute()
    scratch = remembered(data / "postgres")
    if settings.database_url or scratch is None:
        return
    password = json.loads((data / "postgres" / "passwords.json").read_text(encoding="utf-8"))[APP]
    os.environ["DATABASE_URL"] = f"postgresql://{APP}:{password}@/{DATABASE}?host={quote(str(scratch / 's'), safe='')}"
    key = data / "secret-key"
    if not settings.secret_key.get_secret_value() and key.exists():
        os.environ["SECRET_KEY"] = key.read_text(encoding="utf-8").strip()
    os.environ["DEMO"] = "0" if os.environ.get("DEMO") and not settings.demo else "1"
    get_settings.cache_clear()
