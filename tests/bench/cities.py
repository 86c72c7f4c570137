"""What a request to one city costs beside 1,000 others: it must cost what it costs with four.

`python -m tests.bench.cities` measures this alone: the same pages of Poltava, answered by the whole application in this process from a
real server, first with four cities in the deployment and then with a thousand; the middle of many requests, and the ratio.
"""

import asyncio
import random
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import httpx
from alembic import command
from alembic.config import Config
from sqlalchemy import text

from src.platform.data.unit_of_work import Database
from src.platform.local.postgres import LocalPostgres
from src.platform.local.roles import APP, MIGRATOR, bootstrap_roles
from src.platform.settings import get_settings
from src.platform.web.front_door import FrontDoor

CITIES = 1_000
REQUESTS = 150
PATHS = ("/", "/?state=answered", "/guides", "/ask", "/api/v1/appeals", "/api/v1/figures", "/appeals/POLTAVA-2026-000001")
SLACK = 1.3
"""How many times dearer a request may be; what is over is a defect."""


async def measured(door: FrontDoor) -> dict[str, float]:
    """Milliseconds of the middle request, by path."""
    transport = httpx.ASGITransport(app=door)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="https://poltava.localhost") as client:
        taken: dict[str, list[float]] = {path: [] for path in PATHS}
        order = [path for path in PATHS for _ in range(REQUESTS)]
        for path in PATHS:
            await client.get(path)
        random.shuffle(order)
        for path in order:
            begin = time.perf_counter()
            answer = await client.get(path)
            taken[path].append((time.perf_counter() - begin) * 1000)
            assert answer.status_code in {200, 404}, answer.status_code
        return {path: median(found) for path, found in taken.items()}


async def open_many(address: str, count: int) -> None:
    """Cities from the starter kit."""
    from src.tenants.starter import naming
    from src.tenants.starter.opening import Plan, open_city

    pool = Database(address, pool_size=1)
    names = naming.names("Місто")
    for number in range(count):
        plan = Plan(
            f"city-{number}", names["name"], names["name_in"], names["name_of"], 24 + number % 100 / 10, 46 + number // 100 / 2
        )
        async with pool.session() as session, session.begin():
            await open_city(session, plan, now=datetime.now(UTC))
    await pool.close()


async def compare(server: LocalPostgres, address: str) -> dict[str, tuple[float, float]]:
    """The same requests before and after."""
    from src.main import build_web
    from src.tenants.demo.seeding import seed_city

    pool = Database(address, pool_size=1)
    for slug in ("kyiv", "poltava", "mykolaiv", "ternopil"):
        await seed_city(pool, slug, datetime.now(UTC))
    await pool.close()
    door = build_web(get_settings())
    few = await measured(door)
    begin = time.perf_counter()
    await open_many(address, CITIES - 4)
    sys.stdout.write(f"{CITIES - 4} cities were opened in {time.perf_counter() - begin:.0f} s\n")
    owner = Database(server.dsn(MIGRATOR, "cities"), pool_size=1)
    async with owner.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("VACUUM ANALYZE"))
    await owner.close()
    many = await measured(door)
    await door.database.close()
    return {path: (few[path], many[path]) for path in PATHS}


def main() -> int:
    """Measure and report; 1 when a path is dearer than it may be."""
    import os

    with tempfile.TemporaryDirectory() as folder, LocalPostgres(Path(folder) / "pg", durable=False) as server:
        bootstrap_roles(server.dsn("postgres", "postgres"), "cities", server.password(MIGRATOR), server.password(APP))
        config = Config("alembic.ini")
        config.attributes["url"] = server.dsn(MIGRATOR, "cities")
        command.upgrade(config, "head")
        address = server.dsn(APP, "cities")
        os.environ |= {
            "DATABASE_URL": address,
            "SECRET_KEY": "bench-bench-bench-bench-bench-bench",
            "DATA_DIR": folder,
            "LIMITS": "off",
            "LOG_LEVEL": "WARNING",
        }
        get_settings.cache_clear()
        from src.platform.logs import configure_logs

        configure_logs(get_settings())
        found = asyncio.run(compare(server, address))
    sys.stdout.write(f"{'path':<34} {'4 cities':>9} {f'{CITIES} cities':>12}   ratio\n")
    for path, (few, many) in found.items():
        sys.stdout.write(f"{path:<34} {few:>7.2f} ms {many:>9.2f} ms   {many / few:.2f}\n")
    middle = median(many / few for few, many in found.values())
    sys.stdout.write(f"in the middle {middle:.2f} times\n")
    return int(middle > SLACK)


if __name__ == "__main__":
    sys.exit(main())
