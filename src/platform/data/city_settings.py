"""What a city may choose for itself: typed settings, kept in its row as JSON.

A setting that is not stored has the value below, so a release can add one without touching any city.
"""

from datetime import time
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

PHONE = r"^[0-9+ ()-]{2,20}$"


class EmergencyNumber(BaseModel):
    """A number for emergencies, and whose it is in the city's languages."""

    model_config = ConfigDict(frozen=True)

    number: str = Field(pattern=PHONE)
    words: dict[str, str]


EMERGENCY = (
    EmergencyNumber(number="102", words={"uk": "поліція, негайно", "en": "police, now"}),
    EmergencyNumber(number="112", words={"uk": "екстрена допомога", "en": "emergency services"}),
)


class CitySettings(BaseModel):
    """Choices of one city. ``City.options`` gives them; a change goes through the catalogue's revision."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    languages: tuple[Literal["uk", "en"], ...] = Field(
        default=("uk", "en"), description="Languages of the site; Ukrainian always."
    )
    emergency_numbers: tuple[EmergencyNumber, ...] = Field(
        default=EMERGENCY, max_length=8, description="Numbers for emergencies, at the foot of each page."
    )
    working_days: tuple[int, ...] = Field(
        default=(0, 1, 2, 3, 4), min_length=1, description="Days on which terms run: 0 is Monday."
    )
    sign_by_default: bool = Field(default=False, description="The box that shows an author's name is ticked beforehand.")
    moderation_rules: dict[str, str] = Field(default_factory=dict, description="What is not published, in the city's words.")

    staff_second_factor: bool = Field(default=False, description="Staff must have a second factor to get to work.")
    after_deletion: Literal["anonymous", "remove"] = Field(
        default="anonymous",
        description="What becomes of a public question whose author deletes their data: kept without a name, or taken down.",
    )
    personal_days: int = Field(
        default=3 * 365, ge=30, description="Days after an answer until who asked, and in which words, is forgotten."
    )
    audit_days: int = Field(default=3 * 365, ge=30, description="Days that personal values stand beside the audit log.")
    questions_per_day: int = Field(default=3000, ge=1, description="Questions that one city takes in a day.")
    storage_megabytes: int = Field(default=20_000, ge=1, description="Room for photos and files of one city.")
    letters_per_hour: int = Field(
        default=3000,
        ge=1,
        description="Letters sent in an hour, a tenth of them at once; what is over goes out later, never lost.",
    )
    jobs_per_minute: int = Field(
        default=1200, ge=1, description="Jobs begun in a minute, a tenth of them at once; what is over waits, so others go on."
    )

    own_view: bool = Field(default=False, description="Centre and zoom of the map were chosen; else they follow the boundary.")
    basemap: Literal["deployment", "none", "pmtiles", "raster", "style"] = Field(
        default="deployment", description="What lies under the pins: the deployment's, nothing, or the city's own of this kind."
    )
    basemap_url: str = Field(default="", max_length=500, description="Address of the city's own basemap; https.")
    basemap_attribution: str = Field(default="", max_length=200, description="Attribution its licence asks for; plain text.")

    office: bool = Field(default=False, description="The electronic office of the local officer is switched on.")
    office_confirm_days: int = Field(
        default=30, ge=1, le=365, description="Days after which an officer is reminded to confirm that everything is still true."
    )
    curfew_from: time | None = Field(default=None, description="When the curfew begins; none: there is no curfew.")
    curfew_to: time | None = Field(
        default=None, description="When the curfew ends; may be earlier than it begins (over midnight)."
    )
    holidays_close: bool = Field(default=False, description="Public holidays close offices (not so under martial law).")
    direct_questions: bool = Field(default=True, description="Residents may address a question to their officer.")
    visits: bool = Field(default=False, description="Visits can be booked inside reception hours.")
    visit_minutes: int = Field(default=15, ge=5, le=120, description="Length of a booked visit in minutes.")
    visit_capacity: int = Field(default=1, ge=1, le=20, description="Visitors at the same time.")
    visit_days_ahead: int = Field(default=14, ge=1, le=60, description="How many days ahead visits can be booked.")
    hide_places: bool = Field(default=False, description="The public sees no exact places of stations and receptions.")
    hide_photos: bool = Field(default=False, description="The public sees no photos of officers.")
    hide_names: bool = Field(default=False, description="The public sees rank and service number instead of names.")
