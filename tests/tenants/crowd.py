"""Many appeals at once, by the same verbs as everybody's."""

import random
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from src.tenants.answers import service as answers
from src.tenants.appeals import service as appeals
from tests.site import Site

TOPICS = ("parking", "traffic", "noise", "dogs", "drugs")


async def crowd(site: Site, count: int, *, seed: int = 1) -> list[UUID]:
    """Appeals in random topics, districts, precisions and public states, over the last 60 days; none can be told apart
    from real ones."""
    dice, known = random.Random(seed), await site.known()
    city, by, to = await site.city(), await site.moderator(), await site.responder("patrol-police")
    made = []
    async with site.unit() as session:
        session.info["quiet"] = True
        for n in range(count):
            category = known.category_by_slug[dice.choice(TOPICS)]
            district = dice.choice(known.districts)
            lon, lat = district.label[0] + dice.uniform(-0.02, 0.02), district.label[1] + dice.uniform(-0.015, 0.015)
            point = (lon, lat) if city.holds(lon, lat) and dice.random() < 0.9 else (None, None)
            question = await site.question(
                title=f"Запитання {n} про {category.name}", district=district.slug, lon=point[0], lat=point[1]
            )
            moment = site.clock.now.replace(microsecond=dice.randrange(10**6))
            moment = moment.fromtimestamp(moment.timestamp() - dice.randrange(60 * 86400), moment.tzinfo)
            appeal = await appeals.ask(session, question, now=moment)
            await appeals.confirm(session, city, appeal.id, now=moment)
            what = appeals.Publication(
                question.title, question.body, category.id, district.id, dice.choice(("exact", "near", "district")),
                category.sensitive, question.address, show_name=False,
            )  # fmt: skip
            await appeals.publish(session, appeal.id, what, by=by, now=moment)
            if dice.random() < 0.5:
                await appeals.route(session, appeal.id, to, by=by, now=moment)
                draft = await answers.write(session, appeal, answers.Words(to, f"відповідь {n}.", ""), by=by, now=moment)
                await answers.publish(session, appeal, draft, by=by, now=moment)
            made.append(appeal.id)
    return made


async def rows(session: AsyncSession, where: str = "public_state IS NOT NULL", **bound: Any) -> Sequence[Any]:
    """The slow and sure way to read appeals."""
    return (await session.execute(text(f"SELECT * FROM appeal WHERE {where} ORDER BY published_at DESC, id DESC"), bound)).all()
