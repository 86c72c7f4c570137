"""What can be taken away of an officer, put into the words of one reader: calendar, card, poster, linked data.

The one place where the directory calls the feeds. What the city hides is hidden before it gets there.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from src.local_officer.directory.seen import Seeing, officer_address
from src.local_officer.feeds.calendars import Feed, Said, calendar
from src.local_officer.feeds.card import Card, vcard
from src.local_officer.feeds.linked_data import OfficeData, linked_data
from src.local_officer.feeds.osm import opening_hours
from src.local_officer.feeds.poster import Poster, poster
from src.local_officer.office_hours.queries import AHEAD, Rows, closed_days, made_of
from src.local_officer.office_hours.shown import shown_reception
from src.local_officer.office_hours.times import Reception
from src.local_officer.office_hours.words import rule_words
from src.local_officer.officers import shown
from src.local_officer.officers.models import Announcement
from src.local_officer.officers.office import BeatHere, OfficerHere
from src.local_officer.officers.shown import ShownStation
from src.local_officer.officers.words import LANGUAGE_TAGS
from src.platform.data.base import localized


class TakenAway:
    """An officer as files tell of them."""

    def __init__(self, see: Seeing, row: OfficerHere) -> None:
        self.see, self.row, self.at = see, row, see.at
        self.beats: list[BeatHere] = see.source.beats_of(row.id, see.today)
        station = see.source.station.get(row.station_id) if row.station_id else None
        beat = self.beats[0] if self.beats else None
        self.station: ShownStation | None = see.station(station or see.source.duty_station(beat=beat))
        self.name = see.name(row)
        self.url = self.at.absolute(officer_address(row.id))
        photo_at = shown.officer_photo(row, see.options)
        self.photo_url = self.at.settings.origin(self.at.host) + f"{officer_address(row.id)}/photo" if photo_at else ""
        self.demo = any(not beat.official for beat in self.beats)

    @property
    def area(self) -> str:
        """The beats in words; the city where there are none."""
        names = [localized(beat.name, self.at.lang) for beat in self.beats]
        return ", ".join(names) or localized(self.at.the_city.name, self.at.lang)

    @property
    def phones(self) -> tuple[str, ...]:
        """Numbers to be dialled."""
        return tuple(phone.number for phone in self.row.phones)

    @property
    def point(self) -> tuple[float, float] | None:
        """The station's latitude and longitude, where the public may know it."""
        where = self.station
        return (where.lat, where.lon) if where and where.lat is not None and where.lon is not None else None

    def coming(self, hours: Rows, last: date) -> list[Reception]:
        """All receptions from today to a day."""
        return made_of(hours, self.row.id, self.see.today, last, city=self.at.the_city)

    def linked_data(self, hours: Rows) -> dict[str, Any]:
        """JSON-LD for the officer's page."""
        last = self.see.today + AHEAD
        title = shown.officer_title(self.row, self.at.lang)
        about = OfficeData(
            url=self.url,
            name=f"{title}: {self.name}",
            area=self.area,
            city=localized(self.at.the_city.name, self.at.lang),
            officer_name=self.name,
            job_title=title,
            photo_url=self.photo_url,
            phones=self.phones,
            email=shown.officer_email(self.row, self.see.options),
            address=self.station.address if self.station else "",
            point=self.point,
            languages=tuple(LANGUAGE_TAGS[code] for code in self.row.languages if code in LANGUAGE_TAGS),
        )
        return linked_data(about, hours.rules, self.coming(hours, last), today=self.see.today, last=last)

    def opening_hours(self, hours: Rows) -> str:
        """The hours in OpenStreetMap's syntax."""
        away = (one.last_day for one in hours.absences if one.officer_id == self.row.id)
        last = max([self.see.today + AHEAD, *away])
        return opening_hours(hours.rules, self.coming(hours, last), today=self.see.today, last=last)

    def calendar(self, hours: Rows, meetings: Sequence[Announcement], first: date, last: date) -> bytes:
        """The feed of hours and meetings; ``first`` and ``last`` are the days that the rows were read for."""
        city = self.at.the_city

        def said(one: Reception) -> Said:
            words = shown_reception(self.see.source, one, city=city, language=self.at.language)
            instead = self.at._("Приймає %(name)s") % {"name": words.receiver} if words.receiver else ""
            summary = self.at._("Дільничний: %(kind)s") % {"kind": words.kind}
            return Said(f"{summary}, {self.name}", words.place, instead)

        def meeting_said(one: Announcement) -> Said:
            place = shown.meeting_place(one.place, self.see.options, self.at.lang)
            return Said(self.at._("Зустріч із дільничним"), place, one.words)

        feed = Feed(
            name=f"{self.name}, {self.area}",
            url=self.url,
            host=self.at.host,
            officer_id=self.row.id,
            zone=ZoneInfo(city.timezone),
            rules=hours.rules,
            exceptions=hours.exceptions,
            absences=hours.absences,
            meetings=meetings,
            closed_days=closed_days(city, first, last),
            said=said,
            meeting_said=meeting_said,
            now=self.see.now,
        )
        return calendar(feed)

    def card(self) -> bytes:
        """The vCard."""
        card = Card(
            id=self.row.id,
            name=self.name,
            title=shown.officer_title(self.row, self.at.lang),
            organisation=self.station.name if self.station else "",
            note=self.area + (" — " + self.at._("вигадано для демонстрації") if self.demo else ""),
            url=self.url,
            email=shown.officer_email(self.row, self.see.options),
            photo_url=self.photo_url,
            phones=self.phones,
            address=self.station.address if self.station else "",
            point=self.point,
            languages=tuple(LANGUAGE_TAGS[code] for code in self.row.languages if code in LANGUAGE_TAGS),
            revised_at=self.row.confirmed_at or self.see.now,
            is_person=not self.see.options.hide_names,
        )
        return vcard(card)

    def poster(self, hours: Rows) -> bytes:
        """The A4 poster for a stairwell."""
        _ = self.at._
        lines = []
        for rule in hours.rules:
            if rule.valid_from <= self.see.today <= (rule.valid_to or self.see.today):
                station = self.see.source.station.get(rule.station_id) if rule.station_id else None
                where = shown.place_words(rule, self.see.options, self.at.lang, station)
                lines.append((shown.capitalised(rule_words(self.at.language, rule)), where.words))
        day = self.at.language.date(self.see.today, self.at.the_city.timezone)
        return poster(
            Poster(
                language=self.at.lang,
                city=localized(self.at.the_city.name, self.at.lang),
                heading=_("Ваш дільничний"),
                beat=self.area,
                name=self.name,
                title=shown.officer_title(self.row, self.at.lang),
                contacts_heading=_("Телефонуйте або пишіть"),
                phones=tuple(shown.phone_words(number) for number in self.phones),
                email=shown.officer_email(self.row, self.see.options),
                hours_heading=_("Години прийому"),
                hours=tuple(lines),
                no_hours=_("Про час зустрічі домовляйтеся телефоном."),
                url=self.url,
                scan=_("Наведіть камеру телефона: тут найближчий прийом, зміни й відповіді на запитання."),
                emergency=_("Коли небезпечно просто зараз, телефонуйте 102."),
                printed=_("Надруковано %(day)s. Свіжі дані — на сторінці.") % {"day": day},
                demo=_("Демонстрація: дільницю й людину вигадано.") if self.demo else "",
            )
        )
