"""From the office in memory to what the API answers with, through the same words as the pages."""

from datetime import UTC
from typing import Any, cast

import msgspec
import shapely

from src.local_officer.directory import api_shapes as shapes
from src.local_officer.directory.finding import Answer
from src.local_officer.directory.seen import OfficerSeen, Seeing
from src.local_officer.office_hours.shown import ShownReception
from src.local_officer.officers.office import BeatHere, OfficerHere
from src.local_officer.officers.shown import ShownStation
from src.local_officer.officers.words import LANGUAGE_TAGS


class Telling:
    """Tells programs what pages show people."""

    def __init__(self, see: Seeing) -> None:
        self.see, self.origin = see, see.at.settings.origin(see.at.host)

    def station(self, row: ShownStation | None) -> shapes.OfficeStation | None:
        """A station."""
        return shapes.OfficeStation(row.name, row.address, row.phone, row.lon, row.lat) if row else None

    def reference(self, row: OfficerSeen) -> shapes.OfficerRef:
        """One who serves a beat."""
        return shapes.OfficerRef(
            id=str(row.id),
            name=row.name,
            url=self.origin + row.url,
            away=row.away,
            instead_of=row.instead_of or None,
            until=row.until,
        )

    def beat_reference(self, row: BeatHere) -> shapes.BeatRef:
        """A beat by its number."""
        return shapes.BeatRef(row.number, self.see.beat_name(row), self.origin + self.see.beat_url(row))

    def beat(self, row: BeatHere) -> shapes.Beat:
        """A beat with those who serve it."""
        seen = self.see.beat(row)
        district = self.see.known.district.get(row.district_id) if row.district_id else None
        return shapes.Beat(
            seen.number,
            seen.name,
            self.origin + seen.url,
            district=district.slug if district else None,
            official=seen.official,
            vacant=seen.vacant,
            officers=[self.reference(officer) for officer in seen.officers],
            station=self.station(seen.station),
        )

    def located(self, answer: Answer) -> shapes.Located:
        """Who answers for a point."""
        where = cast("Any", str(answer.kind))
        return shapes.Located(where, [self.beat(row) for row in answer.beats], self.station(self.see.station(answer.station)))

    def officer_parts(self, row: OfficerHere) -> dict[str, Any]:
        """What a list and the officer's own answer have in common."""
        seen = self.see.officer(row)
        beats = self.see.source.beats_of(row.id, self.see.today)
        absence = self.see.source.away(row.id, self.see.today)
        return {
            "id": str(row.id),
            "code": row.code,
            "name": seen.name,
            "title": seen.title,
            "rank": row.rank,
            "post": row.post,
            "url": self.origin + seen.url,
            "photo_url": self.origin + seen.photo_url if seen.photo_url else None,
            "phones": [shapes.OfficePhone(cast("Any", phone.kind), phone.number) for phone in row.phones],
            "email": seen.email,
            "languages": [LANGUAGE_TAGS[code] for code in row.languages if code in LANGUAGE_TAGS],
            "beats": [self.beat_reference(beat) for beat in beats],
            "away_until": absence.last_day if absence else None,
            "confirmed_at": row.confirmed_at.astimezone(UTC) if row.confirmed_at else None,
            "official": all(beat.official for beat in beats),
        }

    def officer(self, row: OfficerHere) -> shapes.Officer:
        """A line of the list."""
        return shapes.Officer(**self.officer_parts(row))

    def reception(self, one: ShownReception | None) -> shapes.Reception | None:
        """A reception."""
        if one is None:
            return None
        return shapes.Reception(
            starts_at=one.starts_at.astimezone(UTC),
            ends_at=one.ends_at.astimezone(UTC),
            kind=cast("Any", one.reception),
            place=one.place,
            lon=one.lon,
            lat=one.lat,
            stand_in=one.receiver or None,
        )

    def features(self) -> bytes:
        """All beats as GeoJSON; shapes are written by GEOS."""
        beats = [beat for beat in self.see.source.beats if beat.stands(self.see.today)]
        written = [msgspec.Raw(shapely.to_geojson(beat.shape).encode()) for beat in beats]
        features = [shapes.BeatFeature(cast("Any", shape), self.beat(beat)) for shape, beat in zip(written, beats, strict=True)]
        return msgspec.json.encode(shapes.Beats(features))
