"""From rows to what the API answers with, in the language asked for."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.web.here import Here
from src.tenants.board.snapshot import Snapshot
from src.tenants.cities.catalogue import Catalogue, CategoryHere, DistrictHere, InLanguage
from src.tenants.open_data import queries, shapes


def universal(moment: datetime) -> datetime:
    """The moment in UTC, whatever zone the database's session speaks."""
    return moment.astimezone(UTC)


def named(item: CategoryHere | DistrictHere) -> shapes.Named:
    """A category or district by key and name."""
    return shapes.Named(item.slug, item.name)


def responder(known: InLanguage, responder_id: str | UUID | None) -> shapes.Named | None:
    """A responder by key and name."""
    if responder_id is None:
        return None
    found = known.responder[UUID(str(responder_id))]
    return shapes.Named(found.slug, found.name)


def appeal_parts(row: Row[Any], at: Here, known: InLanguage) -> dict[str, Any]:
    """What a list and the question's own answer have in common."""
    return {
        "number": row.number,
        "url": at.absolute(f"/appeals/{row.number}"),
        "state": row.public_state,
        "title": row.title,
        "body": row.body,
        "category": named(known.category[row.category_id]),
        "district": named(known.district[row.district_id]),
        "place": row.place,
        "precision": row.precision,
        "lon": row.lon,
        "lat": row.lat,
        "author": row.author or None,
        "asked_at": universal(row.confirmed_at),
        "published_at": universal(row.published_at),
        "answered_at": universal(row.answered_at) if row.answered_at else None,
        "answer_short": row.answer_short,
    }


def appeal(row: Row[Any], at: Here, known: InLanguage) -> shapes.Appeal:
    """A line of the list."""
    return shapes.Appeal(**appeal_parts(row, at, known))


async def whole(session: AsyncSession, row: Row[Any], at: Here, known: InLanguage) -> shapes.AppealWhole:
    """A question with its answers and its timeline; two more statements."""
    answers = [
        shapes.Answer(
            responder=shapes.Named(known.responder[item.responder_id].slug, known.responder[item.responder_id].name),
            published_at=universal(item.published_at),
            short=item.short,
            body=item.body,
            steps=[shapes.Step(action, contact) for action, contact in item.steps],
        )
        for item in await queries.answers(session, row.id)
    ]
    events = [
        shapes.Event(kind=item.kind, at=universal(item.at), responder=responder(known, item.responder))
        for item in await queries.events(session, row.id)
    ]
    return shapes.AppealWhole(**appeal_parts(row, at, known), answers=answers, events=events)


def mark(row: Row[Any], at: Here, known: InLanguage) -> shapes.Mark:
    """A question on the map."""
    properties = shapes.MarkProperties(
        number=row.number,
        url=at.absolute(f"/appeals/{row.number}"),
        title=row.title,
        state=row.public_state,
        category=known.category[row.category_id].slug,
        district=known.district[row.district_id].slug,
        precision=row.precision,
        published_at=universal(row.published_at),
    )
    return shapes.Mark(shapes.Point((row.lon, row.lat)), properties)


def figures(counted: Snapshot, known: InLanguage) -> shapes.Figures:
    """The city's counts; categories in use and districts without a question are there with noughts."""
    whole_city = counted.tally()
    nothing = {"received": 0, "waiting": 0, "answered": 0}

    def by(name: str, items: Iterable[CategoryHere | DistrictHere]) -> list[shapes.TallyOf]:
        found = counted.tally_by(name)
        return [
            shapes.TallyOf(**found.get(item.id, nothing), slug=item.slug, name=item.name)
            for item in items
            if item.id in found or not isinstance(item, CategoryHere) or item.open
        ]

    return shapes.Figures(
        received=whole_city["received"],
        waiting=whole_city["waiting"],
        answered=whole_city["answered"],
        by_category=by("category", [item for item in known.category_list if not item.emergency]),
        by_district=by("district", known.districts),
    )


def categories(at: Here, known: InLanguage) -> shapes.Categories:
    """The city's categories with their guidance."""
    return shapes.Categories(
        [
            shapes.Category(
                slug=item.slug,
                name=item.name,
                hint=item.hint,
                emergency=item.emergency,
                whose=item.whose,
                now=list(item.now),
                call_102_when=item.call_102_when,
                url=at.absolute(f"/guides/{item.slug}"),
            )
            for item in known.categories
        ]
    )


def districts(source: Catalogue, known: InLanguage) -> shapes.Districts:
    """The city's districts with their outlines."""
    return shapes.Districts(
        [
            shapes.District(
                row.boundary, shapes.DistrictProperties(row.slug, known.district[row.id].name, known.district[row.id].label)
            )
            for row in source.districts
        ]
    )
