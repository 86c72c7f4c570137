"""Good rows of an import become beats, officers, streets, hours, in the caller's transaction."""

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from shapely.geometry import shape
from sqlalchemy import delete, insert, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from src.local_officer.exchange import values
from src.local_officer.exchange.beats import label_of
from src.local_officer.exchange.checks import Data, Known, key_of, typed_of
from src.local_officer.exchange.models import ImportRow
from src.local_officer.exchange.queries import hours_row, rules, slugs, standing
from src.local_officer.office_hours.models import HoursRule
from src.local_officer.office_hours.service import begin, fill
from src.local_officer.officers.models import Assignment, Beat, BeatStreet, Officer, OfficerPhone
from src.local_officer.officers.streets import spelling_of
from src.local_officer.visits.service import reconcile
from src.platform.data.tenancy import City, city_id_of
from src.tenants.cities.catalogue import catalogue

AT_ONCE = 500
MARKED_AT_ONCE = 5000
MARK = text(
    "UPDATE office_import_row AS r SET problems = r.problems || m.value, bad = true FROM jsonb_each(CAST(:more AS jsonb)) AS m "
    "WHERE r.city_id = :city AND r.import_id = :import AND r.number = CAST(m.key AS integer)"
)


async def apply(session: AsyncSession, city: City, known: Known, rows: Sequence[Data], *, by: UUID | None, now: datetime) -> None:
    """Write the rows. Those that change nothing are left alone, but a beat's streets and an officer's hours are wholes."""
    if known.kind == "beats":
        await beats(session, known, [row for row in rows if row["what"] != "same"])
    elif known.kind == "officers":
        await officers(session, known, [row for row in rows if row["what"] != "same"], now=now)
    elif known.kind == "streets":
        await streets(session, known, rows)
    else:
        await hours(session, city, known, rows, by=by, now=now)


async def put(session: AsyncSession, model: Any, rows: list[dict[str, Any]], key: str = "") -> None:  # noqa: ANN401  a table
    """Insert rows, some hundred at a time; with ``key`` those that there are become what is given."""
    city_id = city_id_of(session)
    for start in range(0, len(rows), AT_ONCE):
        part = [{"city_id": city_id, "id": uuid7()} | row for row in rows[start : start + AT_ONCE]]
        if not key:
            await session.execute(insert(model), part)
            continue
        statement = upsert(model).values(part)
        changed = {name: statement.excluded[name] for name in rows[0] if name not in {key, "created_at"}}
        await session.execute(statement.on_conflict_do_update(index_elements=["city_id", key], set_=changed))


def station_of(known: Known, slug: str) -> UUID | None:
    """The station of a row without problems."""
    return known.stations[slug.lower()][0] if slug else None


async def beats(session: AsyncSession, known: Known, rows: Iterable[Data]) -> None:
    """New beats, and those whose number there is."""
    places = (await catalogue(session)).geography
    found = []
    for row in rows:
        there = known.present.get((row["number"],), {"name_uk": f"Дільниця № {row['number']}", "name_en": "", "station": ""})
        whole = there | row
        lon, lat = label_of(shape(whole["boundary"]))
        found.append(
            {
                "number": whole["number"],
                "name": named(whole),
                "boundary": whole["boundary"],
                "label_lon": lon,
                "label_lat": lat,
                "district_id": places.district_at(lon, lat),
                "station_id": station_of(known, whole["station"]),
                "official": True,
                "retired_on": None,
            }
        )
    await put(session, Beat, found, "number")


def named(row: Data) -> dict[str, str]:
    """A name by language; none in English when there is none."""
    return {"uk": row["name_uk"]} | ({"en": row["name_en"]} if row["name_en"] else {})


async def officers(session: AsyncSession, known: Known, rows: Sequence[Data], *, now: datetime) -> None:
    """New officers, and those whose service number there is; their phones; which beats they serve from today on."""
    usual = {
        "name_en": "",
        "rank": "",
        "post": "officer",
        "email": "",
        "station": "",
        "languages": "uk",
        "phones": "",
        "beats": "",
    }
    whole = [usual | known.present.get((row["code"],), {}) | row for row in rows]
    fields = [
        {
            "code": row["code"],
            "name": named(row),
            "rank": row["rank"],
            "post": row["post"],
            "email": row["email"],
            "station_id": station_of(known, row["station"]),
            "languages": values.listed(row["languages"]),
            "left_on": None,
            "created_at": now,
        }
        for row in whole
    ]
    await put(session, Officer, fields, "code")
    city_id = city_id_of(session)
    ids = {row.code: row.id for row in await session.execute(select(Officer.code, Officer.id).where(Officer.city_id == city_id))}
    mine = [ids[row["code"]] for row in whole]
    await session.execute(delete(OfficerPhone).where(OfficerPhone.city_id == city_id, OfficerPhone.officer_id.in_(mine)))
    phones = [
        {
            "officer_id": ids[row["code"]],
            "kind": "ordinary" if number.startswith("+") else "short",
            "number": number,
            "position": position,
        }
        for row in whole
        for position, number in enumerate(values.listed(row["phones"]))
    ]
    await put(session, OfficerPhone, phones)
    wanted = {ids[row["code"]]: {known.beats[number] for number in values.listed(row["beats"])} for row in whole}
    await assign(session, wanted, known.today)


async def assign(session: AsyncSession, wanted: dict[UUID, set[UUID]], today: date) -> None:
    """Who serves what from today on; what began before ends yesterday and stays in history. Stand-ins stay as they are."""
    city_id = city_id_of(session)
    query = select(Assignment).where(Assignment.city_id == city_id, Assignment.officer_id.in_(list(wanted)), *standing(today))
    for row in list(await session.scalars(query)):
        if row.beat_id in wanted[row.officer_id]:
            wanted[row.officer_id].discard(row.beat_id)
        elif row.first_day >= today:
            await session.delete(row)
        else:
            row.last_day = today - timedelta(days=1)
    await session.flush()
    new = [
        {"officer_id": officer_id, "beat_id": beat_id, "first_day": today, "last_day": None}
        for officer_id, beat_ids in wanted.items()
        for beat_id in sorted(beat_ids)
    ]
    await put(session, Assignment, new)


async def streets(session: AsyncSession, known: Known, rows: Sequence[Data]) -> None:
    """The streets of each beat of the file, all of them."""
    of: dict[str, set[tuple[str, ...]]] = {}
    for row in rows:
        of.setdefault(row["beat"], set()).add(key_of("streets", row))
    there: dict[str, set[tuple[str, ...]]] = {}
    for key in known.present:
        there.setdefault(key[0], set()).add(key)
    spelled = {row["beat"] for row in rows if row["what"] != "same"}
    changed = {beat for beat, keys in of.items() if beat in spelled or there.get(beat, set()) != keys}
    ids = [known.beats[beat] for beat in changed]
    await session.execute(delete(BeatStreet).where(BeatStreet.city_id == city_id_of(session), BeatStreet.beat_id.in_(ids)))
    new = [
        {
            "beat_id": known.beats[row["beat"]],
            "street": row["street"],
            "spelling": spelling_of(row["street"]),
            "houses": row["houses"],
        }
        for row in rows
        if row["beat"] in changed
    ]
    await put(session, BeatStreet, new)


async def hours(session: AsyncSession, city: City, known: Known, rows: Sequence[Data], *, by: UUID | None, now: datetime) -> None:
    """The weekly hours of each officer of the file from today on; what was before today stays as it was."""
    today, station = known.today, await slugs(session)
    wanted: dict[tuple[str, ...], Data] = {key_of("hours", row): row for row in rows}
    codes = {row["officer"] for row in rows}
    touched: set[str] = set()
    for rule, code in await rules(session, today):
        if code not in codes:
            continue
        key = key_of("hours", hours_row(rule, code, station))
        if key in wanted:
            del wanted[key]
            continue
        touched.add(code)
        if rule.valid_from >= today:
            await session.delete(rule)
        else:
            rule.valid_to, rule.changed_at = today - timedelta(days=1), now
    for row in wanted.values():
        new = HoursRule(city_id=city_id_of(session), id=uuid7(), officer_id=known.officers[row["officer"]])
        fill(new, typed_of(row, known), now)
        if begin(new, today):
            session.add(new)
        touched.add(row["officer"])
    await session.flush()
    for code in sorted(touched):
        await reconcile(session, city, known.officers[code], by=by, now=now)


async def forget_rows(session: AsyncSession, import_id: UUID) -> None:
    """Delete the rows of an import."""
    await session.execute(delete(ImportRow).where(ImportRow.city_id == city_id_of(session), ImportRow.import_id == import_id))


async def mark(session: AsyncSession, import_id: UUID, problems: dict[int, list[Any]]) -> None:
    """Add problems to rows that were written before."""
    numbered = list(problems.items())
    for start in range(0, len(numbered), MARKED_AT_ONCE):
        more = dict(numbered[start : start + MARKED_AT_ONCE])
        bound = {"city": city_id_of(session), "import": import_id, "more": json.dumps(more)}
        await session.execute(MARK, bound)
