"""The electronic office of the local officer: officers, beats, hours, visits, direct questions, imports.

What it does to a running city: nothing is taken from the last release. It knows no local officers and no private
questions, so neither can come before the new release runs.

Revision: 0003
Follows: 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from src.platform.data.row_security import keep_apart

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

CITY_TABLES = [
    "absence",
    "announcement",
    "assignment",
    "beat",
    "beat_street",
    "direct_question",
    "hours_exception",
    "hours_rule",
    "office_import",
    "office_import_row",
    "officer",
    "officer_invitation",
    "officer_phone",
    "station",
    "visit",
]
STATES = (
    "state IN ('unconfirmed', 'submitted', 'rejected', 'merged', 'withdrawn', "
    "'published', 'routed', 'answered', 'reopened', 'entrusted', 'settled', 'removed')"
)
LIFE = """
CREATE OR REPLACE FUNCTION appeal_keeps_to_its_life() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = OLD.state THEN
        RETURN NEW;
    END IF;
    IF NOT (OLD.state || '>' || NEW.state = ANY (ARRAY[
        'unconfirmed>submitted', 'unconfirmed>withdrawn',
        'submitted>published', 'submitted>entrusted', 'submitted>rejected', 'submitted>merged', 'submitted>withdrawn',
        'rejected>submitted', 'rejected>withdrawn',
        'published>routed', 'routed>answered', 'answered>reopened', 'reopened>routed', 'reopened>answered',
        'entrusted>settled', 'settled>entrusted', 'entrusted>withdrawn', 'settled>withdrawn',
        'published>removed', 'routed>removed', 'answered>removed', 'reopened>removed'
    ])) THEN
        RAISE EXCEPTION 'an appeal that is % cannot become %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$
"""
ROLES = "roles <@ ARRAY['moderator', 'administrator', 'operator', 'local_officer']"


def upgrade() -> None:
    """Bring the schema up."""
    op.create_table(
        "office_import",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("trouble", sa.Text(), server_default="", nullable=False),
        sa.Column("total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("good", sa.Integer(), server_default="0", nullable=False),
        sa.Column("bad", sa.Integer(), server_default="0", nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("format IN ('geojson', 'csv', 'xlsx')", name=op.f("ck_office_import_format")),
        sa.CheckConstraint("kind IN ('beats', 'officers', 'streets', 'hours')", name=op.f("ck_office_import_kind")),
        sa.CheckConstraint(
            "state IN ('waiting', 'checking', 'checked', 'applying', 'applied', 'unreadable', 'discarded')",
            name=op.f("ck_office_import_state"),
        ),
        sa.ForeignKeyConstraint(
            ["city_id", "made_by"], ["account.city_id", "account.id"], name=op.f("fk_office_import_city_id_account")
        ),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_office_import_city_id_city"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_office_import")),
    )
    op.create_index("ix_office_import_newest", "office_import", ["city_id", "created_at"], unique=False)
    op.create_table(
        "station",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("address", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("phone", sa.Text(), server_default="", nullable=False),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("district_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("(lon IS NULL) = (lat IS NULL)", name=op.f("ck_station_point")),
        sa.ForeignKeyConstraint(
            ["city_id", "district_id"], ["district.city_id", "district.id"], name=op.f("fk_station_city_id_district")
        ),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_station_city_id_city"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_station")),
        sa.UniqueConstraint("city_id", "slug", name=op.f("uq_station_city_id")),
    )
    op.create_index("ix_station_district", "station", ["city_id", "district_id"], unique=False)
    op.create_table(
        "beat",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("boundary", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("label_lon", sa.Double(), nullable=False),
        sa.Column("label_lat", sa.Double(), nullable=False),
        sa.Column("district_id", sa.Uuid(), nullable=True),
        sa.Column("station_id", sa.Uuid(), nullable=True),
        sa.Column("official", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["city_id", "district_id"], ["district.city_id", "district.id"], name=op.f("fk_beat_city_id_district")
        ),
        sa.ForeignKeyConstraint(
            ["city_id", "station_id"], ["station.city_id", "station.id"], name=op.f("fk_beat_city_id_station")
        ),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_beat_city_id_city"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_beat")),
        sa.UniqueConstraint("city_id", "number", name=op.f("uq_beat_city_id")),
    )
    op.create_index("ix_beat_district", "beat", ["city_id", "district_id"], unique=False)
    op.create_index("ix_beat_station", "beat", ["city_id", "station_id"], unique=False)
    op.create_table(
        "office_import_row",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("problems", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("warnings", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("bad", sa.Boolean(), server_default="false", nullable=False),
        sa.ForeignKeyConstraint(
            ["city_id", "import_id"],
            ["office_import.city_id", "office_import.id"],
            name=op.f("fk_office_import_row_city_id_office_import"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_office_import_row_city_id_city"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_office_import_row")),
    )
    op.create_index("ix_office_import_row_bad", "office_import_row", ["city_id", "import_id", "bad", "number"], unique=False)
    op.create_index("ix_office_import_row_order", "office_import_row", ["city_id", "import_id", "number"], unique=True)
    op.create_table(
        "officer",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("station_id", sa.Uuid(), nullable=True),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("rank", sa.Text(), server_default="", nullable=False),
        sa.Column("post", sa.Text(), server_default="officer", nullable=False),
        sa.Column("email", sa.Text(), server_default="", nullable=False),
        sa.Column("languages", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("photo_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "languages <@ ARRAY['uk', 'en', 'crh', 'pl', 'ro', 'hu', 'bg', 'de', 'fr', 'usl']", name=op.f("ck_officer_languages")
        ),
        sa.ForeignKeyConstraint(
            ["city_id", "account_id"], ["account.city_id", "account.id"], name=op.f("fk_officer_city_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["city_id", "station_id"], ["station.city_id", "station.id"], name=op.f("fk_officer_city_id_station")
        ),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_officer_city_id_city"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_officer")),
        sa.UniqueConstraint("city_id", "code", name=op.f("uq_officer_city_id")),
    )
    op.create_index("ix_officer_station", "officer", ["city_id", "station_id"], unique=False)
    op.create_index("uq_officer_account", "officer", ["city_id", "account_id"], unique=True)
    op.create_table(
        "absence",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("stand_in_id", sa.Uuid(), nullable=True),
        sa.Column("stand_in_receives", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("NOT stand_in_receives OR stand_in_id IS NOT NULL", name=op.f("ck_absence_who_receives")),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_absence_period")),
        sa.CheckConstraint("stand_in_id <> officer_id", name=op.f("ck_absence_somebody_else")),
        sa.ForeignKeyConstraint(
            ["city_id", "officer_id"],
            ["officer.city_id", "officer.id"],
            name=op.f("fk_absence_city_id_officer"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["city_id", "stand_in_id"], ["officer.city_id", "officer.id"], name="fk_absence_city_id_stand_in"
        ),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_absence_city_id_city"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_absence")),
    )
    op.create_index("ix_absence_officer", "absence", ["city_id", "officer_id", "last_day"], unique=False)
    op.create_index("ix_absence_stand_in", "absence", ["city_id", "stand_in_id"], unique=False)
    op.create_table(
        "announcement",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), server_default="", nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shown_until", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(kind = 'meeting') = (starts_at IS NOT NULL)", name=op.f("ck_announcement_meeting_starts")),
        sa.CheckConstraint("kind IN ('notice', 'meeting')", name=op.f("ck_announcement_kind")),
        sa.CheckConstraint(
            "(starts_at IS NULL) = (ends_at IS NULL) AND ends_at > starts_at", name=op.f("ck_announcement_meeting_ends")
        ),
        sa.ForeignKeyConstraint(
            ["city_id", "officer_id"],
            ["officer.city_id", "officer.id"],
            name=op.f("fk_announcement_city_id_officer"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_announcement_city_id_city"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_announcement")),
    )
    op.create_index("ix_announcement_officer", "announcement", ["city_id", "officer_id", "shown_until"], unique=False)
    op.create_table(
        "assignment",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("beat_id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("stand_in", sa.Boolean(), server_default="false", nullable=False),
        sa.CheckConstraint("NOT stand_in OR last_day IS NOT NULL", name=op.f("ck_assignment_stand_in_ends")),
        sa.CheckConstraint("last_day IS NULL OR last_day >= first_day", name=op.f("ck_assignment_period")),
        sa.ForeignKeyConstraint(
            ["city_id", "beat_id"], ["beat.city_id", "beat.id"], name=op.f("fk_assignment_city_id_beat"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["city_id", "officer_id"],
            ["officer.city_id", "officer.id"],
            name=op.f("fk_assignment_city_id_officer"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_assignment_city_id_city"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_assignment")),
    )
    op.create_index("ix_assignment_beat", "assignment", ["city_id", "beat_id"], unique=False)
    op.create_index("ix_assignment_officer", "assignment", ["city_id", "officer_id"], unique=False)
    op.create_table(
        "beat_street",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("beat_id", sa.Uuid(), nullable=False),
        sa.Column("street", sa.Text(), nullable=False),
        sa.Column("spelling", sa.Text(), nullable=False),
        sa.Column("houses", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["city_id", "beat_id"], ["beat.city_id", "beat.id"], name=op.f("fk_beat_street_city_id_beat"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_beat_street_city_id_city"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_beat_street")),
    )
    op.create_index("ix_beat_street_beat", "beat_street", ["city_id", "beat_id"], unique=False)
    op.create_index("ix_beat_street_spelling", "beat_street", ["city_id", "spelling"], unique=False)
    op.create_table(
        "direct_question",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["city_id", "id"], ["appeal.city_id", "appeal.id"], name=op.f("fk_direct_question_city_id_appeal"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["city_id", "officer_id"], ["officer.city_id", "officer.id"], name=op.f("fk_direct_question_city_id_officer")
        ),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_direct_question_city_id_city"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_direct_question")),
    )
    op.create_index("ix_direct_question_due", "direct_question", ["city_id", "due_on"], unique=False)
    op.create_index("ix_direct_question_officer", "direct_question", ["city_id", "officer_id"], unique=False)
    op.create_table(
        "hours_exception",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=True),
        sa.Column("ends", sa.Time(), nullable=True),
        sa.Column("reception", sa.Text(), server_default="in_person", nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=True),
        sa.Column("place", sa.Text(), server_default="", nullable=False),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("stand_in_id", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'stand_in') = (stand_in_id IS NOT NULL) AND stand_in_id <> officer_id",
            name=op.f("ck_hours_exception_stand_in"),
        ),
        sa.CheckConstraint("(kind IN ('replaced', 'extra')) = (starts IS NOT NULL)", name=op.f("ck_hours_exception_hours")),
        sa.CheckConstraint("kind IN ('closed', 'replaced', 'stand_in', 'extra')", name=op.f("ck_hours_exception_kind")),
        sa.CheckConstraint("reception IN ('in_person', 'phone', 'mobile')", name=op.f("ck_hours_exception_reception")),
        sa.CheckConstraint("(lon IS NULL) = (lat IS NULL)", name=op.f("ck_hours_exception_point")),
        sa.CheckConstraint("(starts IS NULL) = (ends IS NULL) AND ends > starts", name=op.f("ck_hours_exception_interval")),
        sa.ForeignKeyConstraint(
            ["city_id", "officer_id"],
            ["officer.city_id", "officer.id"],
            name=op.f("fk_hours_exception_city_id_officer"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["city_id", "stand_in_id"], ["officer.city_id", "officer.id"], name="fk_hours_exception_city_id_stand_in"
        ),
        sa.ForeignKeyConstraint(
            ["city_id", "station_id"], ["station.city_id", "station.id"], name=op.f("fk_hours_exception_city_id_station")
        ),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_hours_exception_city_id_city"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_hours_exception")),
    )
    op.create_index("ix_hours_exception_officer", "hours_exception", ["city_id", "officer_id", "day"], unique=False)
    op.create_index("ix_hours_exception_stand_in", "hours_exception", ["city_id", "stand_in_id"], unique=False)
    op.create_index("ix_hours_exception_station", "hours_exception", ["city_id", "station_id"], unique=False)
    op.create_table(
        "hours_rule",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.Column("pattern", sa.Text(), server_default="weekly", nullable=False),
        sa.Column("reception", sa.Text(), server_default="in_person", nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=True),
        sa.Column("place", sa.Text(), server_default="", nullable=False),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "pattern IN ('weekly', 'fortnightly', 'first', 'second', 'third', 'fourth', 'last')",
            name=op.f("ck_hours_rule_pattern"),
        ),
        sa.CheckConstraint("reception IN ('in_person', 'phone', 'mobile')", name=op.f("ck_hours_rule_reception")),
        sa.CheckConstraint("(lon IS NULL) = (lat IS NULL)", name=op.f("ck_hours_rule_point")),
        sa.CheckConstraint("ends > starts", name=op.f("ck_hours_rule_interval")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_hours_rule_period")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_hours_rule_weekday")),
        sa.ForeignKeyConstraint(
            ["city_id", "officer_id"],
            ["officer.city_id", "officer.id"],
            name=op.f("fk_hours_rule_city_id_officer"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["city_id", "station_id"], ["station.city_id", "station.id"], name=op.f("fk_hours_rule_city_id_station")
        ),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_hours_rule_city_id_city"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_hours_rule")),
    )
    op.create_index("ix_hours_rule_officer", "hours_rule", ["city_id", "officer_id"], unique=False)
    op.create_index("ix_hours_rule_station", "hours_rule", ["city_id", "station_id"], unique=False)
    op.create_table(
        "officer_invitation",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("invited_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["city_id", "invited_by"], ["account.city_id", "account.id"], name=op.f("fk_officer_invitation_city_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["city_id", "officer_id"],
            ["officer.city_id", "officer.id"],
            name=op.f("fk_officer_invitation_city_id_officer"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_officer_invitation_city_id_city"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_officer_invitation")),
        sa.UniqueConstraint("city_id", "officer_id", name=op.f("uq_officer_invitation_city_id")),
    )
    op.create_table(
        "officer_phone",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="ordinary", nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "(kind = 'short' AND number ~ '^[0-9]{3,5}$') OR (kind = 'ordinary' AND number ~ '^[+][0-9]{8,15}$')",
            name=op.f("ck_officer_phone_number"),
        ),
        sa.CheckConstraint("kind IN ('ordinary', 'short')", name=op.f("ck_officer_phone_kind")),
        sa.ForeignKeyConstraint(
            ["city_id", "officer_id"],
            ["officer.city_id", "officer.id"],
            name=op.f("fk_officer_phone_city_id_officer"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_officer_phone_city_id_city"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_officer_phone")),
        sa.UniqueConstraint("city_id", "officer_id", "number", name=op.f("uq_officer_phone_city_id")),
    )
    op.create_table(
        "visit",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("receiver_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seat", sa.Integer(), nullable=False),
        sa.Column("reception", sa.Text(), server_default="in_person", nullable=False),
        sa.Column("place", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), server_default="held", nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), server_default="", nullable=False),
        sa.Column("about", sa.Text(), server_default="", nullable=False),
        sa.Column("language", sa.Text(), server_default="uk", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("reception IN ('in_person', 'phone', 'mobile')", name=op.f("ck_visit_reception")),
        sa.CheckConstraint("state IN ('held', 'booked', 'cancelled', 'called_off', 'lapsed')", name=op.f("ck_visit_state")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_visit_interval")),
        sa.CheckConstraint("seat >= 1", name=op.f("ck_visit_seat")),
        sa.ForeignKeyConstraint(
            ["city_id", "officer_id"],
            ["officer.city_id", "officer.id"],
            name=op.f("fk_visit_city_id_officer"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["city_id", "receiver_id"], ["officer.city_id", "officer.id"], name="fk_visit_city_id_receiver"),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_visit_city_id_city"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_visit")),
    )
    op.create_index("ix_visit_day", "visit", ["city_id", "officer_id", "starts_at"], unique=False)
    op.create_index("ix_visit_email", "visit", ["city_id", "email"], unique=False)
    op.create_index("ix_visit_held", "visit", ["city_id", "state", "held_until"], unique=False)
    op.create_index("ix_visit_receiver", "visit", ["city_id", "receiver_id", "starts_at"], unique=False)
    op.create_index(
        "uq_visit_seat",
        "visit",
        ["city_id", "officer_id", "starts_at", "seat"],
        unique=True,
        postgresql_where=sa.text("state IN ('held', 'booked')"),
    )
    op.add_column("submission", sa.Column("private", sa.Boolean(), server_default="false", nullable=False))

    op.drop_constraint(op.f("ck_appeal_state"), "appeal")
    op.create_check_constraint(op.f("ck_appeal_state"), "appeal", STATES)
    op.execute(LIFE)
    op.drop_constraint(op.f("ck_account_roles"), "account")
    op.create_check_constraint(op.f("ck_account_roles"), "account", ROLES)
    for table in CITY_TABLES:
        keep_apart(table)
