"""A PMTiles file of this machine serves as the basemap, range by range."""

from pathlib import Path

import pytest

from src.platform.settings import Settings
from src.tenants.cities.maps import basemap
from tests.site import Site


@pytest.fixture
def tiles(tmp_path: Path, site: Site) -> Path:
    """A file of 1,000 bytes, set as the basemap."""
    path = tmp_path / "kyiv.pmtiles"
    path.write_bytes(bytes(n % 251 for n in range(1000)))
    site.door.settings = site.door.settings.model_copy(
        update={"basemap_kind": "pmtiles", "basemap_url": str(path), "basemap_attribution": "© authors"}
    )
    return path


async def test_a_range_is_answered_with_just_its_bytes(site: Site, tiles: Path) -> None:
    page = await site.get("/map/basemap.pmtiles", status=206, headers={"range": "bytes=100-199"})
    assert page.response.content == tiles.read_bytes()[100:200]
    assert page.response.headers["content-range"] == "bytes 100-199/1000"


async def test_the_last_range_may_be_open(site: Site, tiles: Path) -> None:
    page = await site.get("/map/basemap.pmtiles", status=206, headers={"range": "bytes=990-"})
    assert page.response.content == tiles.read_bytes()[990:]


@pytest.mark.parametrize("wanted", ["bytes=1000-1001", "bytes=-5", "bytes=a-b", "items=1-2"])
async def test_a_range_outside_of_the_file_is_refused(site: Site, tiles: Path, wanted: str) -> None:
    assert tiles.exists()
    page = await site.get("/map/basemap.pmtiles", status=416, headers={"range": wanted})
    assert page.response.headers["content-range"] == "bytes */1000"


async def test_without_a_local_file_there_is_nothing(site: Site) -> None:
    await site.get("/map/basemap.pmtiles", status=404)


async def test_the_map_is_told_the_local_address_and_the_attribution(site: Site, tiles: Path) -> None:
    assert tiles.exists()
    page = await site.get("/")
    assert "/map/basemap.pmtiles" in page.one("#map-config").get_text()


def test_a_remote_basemap_keeps_its_own_address() -> None:
    settings = Settings(basemap_kind="raster", basemap_url="https://tiles.example/{z}/{x}/{y}.png")
    assert basemap(settings) == {"kind": "raster", "url": "https://tiles.example/{z}/{x}/{y}.png", "attribution": ""}
    assert basemap(Settings()) is None
