"""The apex host: which cities there are."""

from typing import Any

from litestar import Request, Response, get

from src.platform.data.cities import Cities
from src.platform.data.tenancy import CityInLanguage
from src.platform.web.access import PUBLIC
from src.platform.web.here import city_host, here
from src.platform.web.pages import page


@get("/", access=PUBLIC, include_in_schema=False)
async def choose_city(request: Request[Any, Any, Any]) -> Response[Any]:
    """The cities by name."""
    at = here(request)
    cities: Cities = request.app.state.cities
    rows = sorted(await cities.every(), key=lambda city: city.name["uk"])
    shown = [
        {"city": CityInLanguage.of(city, at.lang), "url": at.settings.origin(city_host(at.settings, city.slug)) + at.url("/")}
        for city in rows
    ]
    return page(request, "apex.html", cities=shown)
