"""Looking at a page: axe finds no violation, nothing is wider than the screen, and a picture is kept."""

import json
from pathlib import Path
from typing import Any

from playwright.async_api import Page, expect

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Looks:
    """Where pictures go, and the checker's source."""

    def __init__(self, folder: Path, axe: Path) -> None:
        self.folder = folder
        self.axe = axe.read_text()

    async def both(self, page: Page, name: str) -> None:
        """The same page at phone and at desktop width; the window is left as wide as it was."""
        kept = page.viewport_size
        for width, height in ((360, 780), (1280, 900)):
            await page.set_viewport_size({"width": width, "height": height})
            await self.at(page, f"{name}-{width}", full=True)
        if kept:
            await page.set_viewport_size(kept)

    async def at(self, page: Page, name: str, *, full: bool = False) -> None:
        """Check the page as it stands and keep its picture under a name."""
        await page.wait_for_load_state("networkidle")
        await drawn(page)
        self.folder.mkdir(parents=True, exist_ok=True)
        await page.screenshot(path=self.folder / f"{name}.png", full_page=full)
        wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{name}: the page is {wide} px wider than the screen"
        await page.evaluate(self.axe)  # through the debugger, so the page's own policy stays as strict as it is
        found: dict[str, Any] = await page.evaluate(
            "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", RULES
        )
        problems = [
            {"rule": item["id"], "help": item["help"], "where": [node["html"][:160] for node in item["nodes"]][:4]}
            for item in found["violations"]
        ]
        assert not problems, f"{name}: {json.dumps(problems, ensure_ascii=False, indent=1)}"


async def drawn(page: Page) -> None:
    """Wait until every map of the page is drawn, which is some time after the last byte came.

    A small map begins when it is scrolled to. One that cannot be shown has words in its place.
    """
    for place in await page.locator(".map:visible").all():
        await place.scroll_into_view_if_needed()
    waiting = page.locator(".map:visible:not([data-drawn]), .map-wait > p:visible:not(.map-failed)")
    await expect(waiting).to_have_count(0, timeout=30_000)
    await page.evaluate("scrollTo(0, 0)")
