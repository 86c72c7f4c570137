"""Walking through the ask flow as a resident without scripts does."""

from io import BytesIO
from typing import Any

from PIL import Image

from tests.site import Page, Site

TITLE = "Чому біля школи на Лісовому паркуються на тротуарі?"
BODY = "Щоранку діти обходять машини дорогою.\n\nТак уже другий місяць."
ADDRESS = "вул. Глибочицька, 17, кв. 4"
NAME, EMAIL = "Олена Коваль", "olena@ukr.example"
GLYBOCHYTSKA = (30.5009, 50.4565)


def picture(kind: str = "JPEG", size: tuple[int, int] = (800, 600), mode: str = "RGB", **options: Any) -> bytes:
    """A picture's file."""
    out = BytesIO()
    Image.radial_gradient("L").resize(size).convert(mode).save(out, kind, **options)
    return out.getvalue()


class Walk:
    """One draft. Each step sends its page and checks where it leads."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.key = ""

    def at(self, step: str) -> str:
        """The address of a step."""
        return f"/ask/{self.key}/{step}"

    async def begin(self, title: str = TITLE, body: str = BODY) -> "Walk":
        """The question; makes the draft."""
        page = await self.site.post("/ask", {"title": title, "body": body})
        self.key = page.location.split("/ask/")[1].split("/")[0]
        return self

    async def category(self, slug: str = "parking") -> "Walk":
        """The category, and its guidance."""
        page = await self.site.post(self.at("category"), {"category": slug})
        assert page.location.endswith(self.at("guidance"))
        await self.site.get(page.location)
        return self

    async def place(self, **fields: Any) -> "Walk":
        """Where: an address and a point, unless told otherwise."""
        lon, lat = GLYBOCHYTSKA
        page = await self.site.post(self.at("place"), fields or {"address": ADDRESS, "lon": lon, "lat": lat, "district": ""})
        assert page.location.endswith(self.at("photos"))
        return self

    async def photos(self, *files: bytes) -> "Walk":
        """Photos, or none."""
        sent = [("photos", f"{number}.jpg", data) for number, data in enumerate(files, start=1)]
        page = await self.site.post(self.at("photos"), {"onward": "1"}, files=sent)
        assert page.location.endswith(self.at("you"))
        return self

    async def you(self, **fields: Any) -> "Walk":
        """Who asks."""
        page = await self.site.post(self.at("you"), {"name": NAME, "email": EMAIL, "signature": "name", **fields})
        assert page.location.endswith(self.at("check"))
        return self

    async def to_the_end(self, *files: bytes, category: str = "parking") -> "Walk":
        """All steps up to «check your answers»."""
        await self.begin()
        await self.category(category)
        await self.place()
        await self.photos(*files)
        return await self.you()

    async def check(self) -> Page:
        """The page that shows everything once more."""
        return await self.site.get(self.at("check"))

    async def seen(self) -> str:
        """What the check page sends along."""
        return str((await self.check()).one("input[name=seen]")["value"])

    async def send(self) -> Page:
        """Press «Надіслати»."""
        return await self.site.post(self.at("check"), {"seen": await self.seen()})
