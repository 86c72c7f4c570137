"""`make bench`: how fast pages are beside a bare route, at 400 and at 100,000 appeals in one city.

Everything runs on this machine and shares its processors: look at the ratios. The bare route is measured again and again
between the others, in changing order, and each ratio is to the two bare measurements around it.
"""

import os
import random
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from src.platform.local.roles import APP, MIGRATOR
from tests.bench import beats, cities
from tests.bench.filling import fill
from tests.bench.loads import Load, loads
from tests.bench.stage import DATABASE, Web, database, put, web

SIZES = (403, 100_000)
SECONDS = float(os.environ.get("BENCH_SECONDS", "3"))
ROUNDS = 3
WARM = 0.4
BETWEEN_BARE = 5
FIGURES = ("rate", "ratio", "p50", "p95", "p99", "cpu")
PUBLIC, MAP = 0.25, 0.5
MEMORY = 200

Results = dict[str, dict[str, Any]]


def measure(found: list[Load], on: Web) -> Results:
    """Every load several times in chance orders, the bare route before, between and after; the middle of what came out."""
    bare, *others = found
    for load in found:
        put(load, on, WARM)
    runs: dict[str, list[dict[str, Any]]] = {load.name: [] for load in found}
    for _ in range(ROUNDS):
        random.shuffle(others)
        before = put(bare, on, SECONDS / ROUNDS)
        for start in range(0, len(others), BETWEEN_BARE):
            group = others[start : start + BETWEEN_BARE]
            results = [put(load, on, SECONDS / ROUNDS) for load in group]
            after = put(bare, on, SECONDS / ROUNDS)
            for load, result in zip(group, results, strict=True):
                runs[load.name].append({**result, "ratio": 2 * result["rate"] / (before["rate"] + after["rate"])})
            runs[bare.name].append({**after, "ratio": 1.0})
            before = after
    return {name: middle(results) for name, results in runs.items()}


def middle(results: list[dict[str, Any]]) -> dict[str, Any]:
    """The median of each figure."""
    wrong: dict[str, int] = next((result["wrong"] for result in results if result["wrong"]), {})
    return {**{key: median(result[key] for result in results) for key in FIGURES}, "wrong": wrong}


def row(name: str, sizes: list[dict[str, Any]]) -> str:
    """A line of the table."""
    parts = [f"{name:20}"]
    parts += [
        f"{one['rate']:7.0f} {one['ratio']:6.2f} {one['p50']:7.1f} {one['p95']:7.1f} {one['p99']:7.1f} {one['cpu']:6.2f}"
        for one in sizes
    ]
    return " |".join([*parts, f"{sizes[1]['p95'] / max(sizes[0]['p95'], 0.1):5.1f}x"])


def misses(name: str, sizes: list[dict[str, Any]]) -> list[str]:
    """Which aims a line does not reach."""
    aim = MAP if name.startswith("map data") else PUBLIC
    aimed_at = name.startswith(("home", "search", "map data", "appeal"))
    found = [
        f"{name}: {one['ratio']:.2f} of the bare route at {size}"
        for one, size in zip(sizes, SIZES, strict=True)
        if aimed_at and one["ratio"] < aim
    ]
    if sizes[1]["p95"] > 2 * sizes[0]["p95"]:
        found.append(f"{name}: p95 is {sizes[1]['p95'] / sizes[0]['p95']:.1f} times as long at {SIZES[1]}")
    return found + [f"{name}: unexpected answers {one['wrong']}" for one in sizes if one["wrong"]]


def main() -> int:
    """Run all; 1 when an answer was wrong."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    began = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="vzb-"))
    results: list[Results] = []
    memory: list[int] = []
    names: list[str] = []
    try:
        with database(folder) as server:
            for size in SIZES:
                if size > SIZES[0]:
                    fill(server.dsn(MIGRATOR, DATABASE), "kyiv", size)
                with web(server.dsn(APP, DATABASE), folder) as on:
                    found = loads(server.dsn(MIGRATOR, DATABASE), on.page_two())
                    names = [load.name for load in found]
                    results.append(measure(found, on))
                    memory.append(on.memory())
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    head = "    req/s  ratio     p50     p95     p99 CPU ms"
    lines = [f"{'':20} |{f' {SIZES[0]} appeals':46} |{f' {SIZES[1]} appeals':46} |  p95", f"{'':20} |{head[2:]} |{head[2:]} |"]
    lines += [row(name, [one[name] for one in results]) for name in names]
    lines += [f"memory of the web process: {memory[0]} MB, {memory[1]} MB", f"took {time.monotonic() - began:.0f} s; times in ms"]
    missed = [line for name in names for line in misses(name, [one[name] for one in results])]
    missed += [f"memory: {held} MB" for held in memory if held > MEMORY]
    sys.stdout.write("\n".join([*lines, *(f"not reached: {line}" for line in missed)]) + "\n")
    wrong = any(one["wrong"] for found in results for one in found.values())
    return max(beats.main(), cities.main(), int(wrong))


if __name__ == "__main__":
    sys.exit(main())
