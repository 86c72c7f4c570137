"""Who gets a question: category and district, then category alone, then district alone, then the city's fallback."""

from sqlalchemy import delete
from uuid_utils.compat import uuid7

from src.platform.data.tenancy import catalogue_changed
from src.tenants.cities.catalogue import catalogue
from src.tenants.cities.models import RoutingRule
from tests.site import Site
from tests.tenants.staff import act, opened, stored


async def rules(site: Site, *wanted: tuple[str | None, str | None, str]) -> None:
    """The city's only rules: category, district and responder by slug."""
    known, city = await site.known(), await site.city()
    async with site.unit() as session:
        await session.execute(delete(RoutingRule).where(RoutingRule.city_id == city.id))
        for category, district, responder in wanted:
            session.add(
                RoutingRule(
                    city_id=city.id,
                    id=uuid7(),
                    category_id=known.category_by_slug[category].id if category else None,
                    district_id=known.district_by_slug[district].id if district else None,
                    responder_id=await site.responder(responder),
                )
            )
        await catalogue_changed(session)


async def named(site: Site, category: str, district: str) -> str | None:
    """The slug of the responder that the rules name."""
    known = await site.known()
    async with site.unit() as session:
        found = (await catalogue(session)).responder_for(known.category_by_slug[category].id, known.district_by_slug[district].id)
    return known.responder[found].slug if found else None


async def test_the_closest_rule_wins(site: Site) -> None:
    patrol, police, city, legal = [item.slug for item in (await site.known()).responders][:4]
    here, elsewhere = "shevchenkivskyi", "podilskyi"
    await rules(site, ("parking", here, patrol), ("parking", None, police), (None, here, city), (None, None, legal))
    assert await named(site, "parking", here) == patrol
    assert await named(site, "parking", elsewhere) == police
    assert await named(site, "noise", here) == city
    assert await named(site, "noise", elsewhere) == legal


async def test_without_any_rule_somebody_has_to_choose_and_a_choice_goes_before_every_rule(site: Site) -> None:
    await site.sign_in()
    first, second = [item.slug for item in (await site.known()).responders][:2]
    await rules(site)
    appeal_id = await site.published()
    refused = await act(site, appeal_id, "routing", status=422, responder="rule")
    assert "Виберіть відповідача" in refused.one(".error-summary").get_text()
    assert (await stored(site, appeal_id)).state == "published"
    await rules(site, ("parking", "shevchenkivskyi", first), (None, None, first))
    assert (await site.known()).responder[await site.responder(first)].name in (await opened(site, appeal_id)).words
    await act(site, appeal_id, "routing", responder=str(await site.responder(second)))
    assert (await stored(site, appeal_id)).responder_id == await site.responder(second)
