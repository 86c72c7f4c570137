"""The foundation: cities, people, appeals, answers, followers, mail, and the job queue.

What it does to a running city: nothing, it comes first.

Revision: 0001
Follows: nothing
"""

import sqlalchemy as sa
from alembic import op
from dramatiq_postgres import generate_init_sql
from sqlalchemy.dialects import postgresql

from src.platform.data.row_security import APP, MIGRATOR, THIS_CITY, keep_apart

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

CITY_TABLES = [
    "account",
    "category",
    "city_page",
    "district",
    "mail",
    "number_counter",
    "place",
    "responder",
    "water",
    "appeal",
    "routing_rule",
    "sign_in_link",
    "staff_session",
    "answer",
    "appeal_word",
    "draft",
    "follower",
    "submission",
    "answer_file",
    "answer_step",
    "photo",
]

LIFE = """
CREATE FUNCTION appeal_keeps_to_its_life() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = OLD.state THEN
        RETURN NEW;
    END IF;
    IF NOT (OLD.state || '>' || NEW.state = ANY (ARRAY[
        'unconfirmed>submitted', 'unconfirmed>withdrawn',
        'submitted>published', 'submitted>rejected', 'submitted>merged', 'submitted>withdrawn',
        'rejected>submitted', 'rejected>withdrawn',
        'published>routed', 'routed>answered', 'answered>reopened', 'reopened>routed', 'reopened>answered'
    ])) THEN
        RAISE EXCEPTION 'an appeal that is % cannot become %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    """Bring the schema up."""
    op.create_table(
        "city",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("number_prefix", sa.Text(), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("name_in", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("name_of", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("example", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("centre_lon", sa.Double(), nullable=False),
        sa.Column("centre_lat", sa.Double(), nullable=False),
        sa.Column("zoom", sa.Double(), nullable=False),
        sa.Column("west", sa.Double(), nullable=False),
        sa.Column("south", sa.Double(), nullable=False),
        sa.Column("east", sa.Double(), nullable=False),
        sa.Column("north", sa.Double(), nullable=False),
        sa.Column("accent", sa.Text(), nullable=False),
        sa.Column("accent_dark", sa.Text(), nullable=False),
        sa.Column("contact_phone", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "contact_name",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
        ),
        sa.Column("contact_email", sa.Text(), server_default="", nullable=False),
        sa.Column("timezone", sa.Text(), server_default="Europe/Kyiv", nullable=False),
        sa.Column("demo", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("catalogue_revision", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("published_revision", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint("slug ~ '^[a-z][a-z0-9-]{1,40}$'", name=op.f("ck_city_slug")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_city")),
        sa.UniqueConstraint("number_prefix", name=op.f("uq_city_number_prefix")),
        sa.UniqueConstraint("slug", name=op.f("uq_city_slug")),
    )
    op.create_table(
        "account",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("language", sa.Text(), server_default="uk", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "roles <@ ARRAY['moderator', 'administrator']",
            name=op.f("ck_account_roles"),
        ),
        sa.ForeignKeyConstraint(
            ["city_id"],
            ["city.id"],
            name=op.f("fk_account_city_id_city"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_account")),
        sa.UniqueConstraint("city_id", "email", name=op.f("uq_account_city_id")),
    )
    op.create_table(
        "category",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("hint", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("emergency", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("sensitive", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("precision", sa.Text(), server_default="near", nullable=False),
        sa.Column("whose", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("now", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("call_102_when", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("keywords", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "NOT sensitive OR precision = 'district'",
            name=op.f("ck_category_sensitive_has_no_point"),
        ),
        sa.CheckConstraint(
            "precision IN ('exact', 'near', 'district')",
            name=op.f("ck_category_precision"),
        ),
        sa.ForeignKeyConstraint(
            ["city_id"],
            ["city.id"],
            name=op.f("fk_category_city_id_city"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_category")),
        sa.UniqueConstraint("city_id", "slug", name=op.f("uq_category_city_id")),
    )
    op.create_table(
        "city_page",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["city_id"],
            ["city.id"],
            name=op.f("fk_city_page_city_id_city"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_city_page")),
        sa.UniqueConstraint("city_id", "slug", name=op.f("uq_city_page_city_id")),
    )
    op.create_table(
        "district",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("kind", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("boundary", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("label_lon", sa.Double(), nullable=False),
        sa.Column("label_lat", sa.Double(), nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["city_id"],
            ["city.id"],
            name=op.f("fk_district_city_id_city"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_district")),
        sa.UniqueConstraint("city_id", "slug", name=op.f("uq_district_city_id")),
    )
    op.create_table(
        "mail",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dedupe_key", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column(
            "headers",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
        ),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="queued", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_error", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'sending', 'sent', 'refused')",
            name=op.f("ck_mail_state"),
        ),
        sa.ForeignKeyConstraint(
            ["city_id"],
            ["city.id"],
            name=op.f("fk_mail_city_id_city"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_mail")),
        sa.UniqueConstraint("city_id", "dedupe_key", name=op.f("uq_mail_city_id")),
    )
    op.create_index("ix_mail_state", "mail", ["city_id", "state", "created_at"], unique=False)
    op.create_table(
        "number_counter",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["city_id"],
            ["city.id"],
            name=op.f("fk_number_counter_city_id_city"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_number_counter")),
        sa.UniqueConstraint("city_id", "year", name=op.f("uq_number_counter_city_id")),
    )
    op.create_table(
        "place",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("points", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "spellings",
            postgresql.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["city_id"],
            ["city.id"],
            name=op.f("fk_place_city_id_city"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_place")),
    )
    op.create_index("ix_place_city", "place", ["city_id"], unique=False)
    op.create_table(
        "responder",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("name_to", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("initials", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("about", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), server_default="", nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "kind IN ('police', 'city', 'lawyer', 'other')",
            name=op.f("ck_responder_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["city_id"],
            ["city.id"],
            name=op.f("fk_responder_city_id_city"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_responder")),
        sa.UniqueConstraint("city_id", "slug", name=op.f("uq_responder_city_id")),
    )
    op.create_table(
        "water",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("shape", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["city_id"],
            ["city.id"],
            name=op.f("fk_water_city_id_city"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_water")),
    )
    op.create_index("ix_water_city", "water", ["city_id"], unique=False)
    op.create_table(
        "appeal",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column(
            "public_state",
            sa.Text(),
            sa.Computed(
                "CASE WHEN state IN ('published', 'routed', 'reopened') THEN 'waiting' WHEN state = 'answered' THEN 'answered' END",
                persisted=True,
            ),
            nullable=True,
        ),
        sa.Column("category_id", sa.Uuid(), nullable=False),
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        sa.Column("place", sa.Text(), server_default="", nullable=False),
        sa.Column("precision", sa.Text(), server_default="district", nullable=False),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("author", sa.Text(), server_default="", nullable=False),
        sa.Column("responder_id", sa.Uuid(), nullable=True),
        sa.Column("merged_into_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("changed_revision", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "(state = 'merged') = (merged_into_id IS NOT NULL)",
            name=op.f("ck_appeal_merged_into"),
        ),
        sa.CheckConstraint(
            "precision <> 'district' OR lon IS NULL",
            name=op.f("ck_appeal_district_only_has_no_point"),
        ),
        sa.CheckConstraint(
            "state <> 'answered' OR answered_at IS NOT NULL",
            name=op.f("ck_appeal_answered_at"),
        ),
        sa.CheckConstraint(
            "state IN ('published', 'routed', 'answered', 'reopened') OR (title = '' AND body = '' AND lon IS NULL AND author = '' AND place = '')",
            name=op.f("ck_appeal_private_shows_nothing"),
        ),
        sa.CheckConstraint(
            "state IN ('unconfirmed', 'submitted', 'rejected', 'merged', 'withdrawn', 'published', 'routed', 'answered', 'reopened')",
            name=op.f("ck_appeal_state"),
        ),
        sa.CheckConstraint(
            "state IN ('unconfirmed', 'withdrawn') OR (number IS NOT NULL AND confirmed_at IS NOT NULL)",
            name=op.f("ck_appeal_confirmed_has_number"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('published', 'routed', 'answered', 'reopened') OR (title <> '' AND published_at IS NOT NULL)",
            name=op.f("ck_appeal_public_has_text"),
        ),
        sa.CheckConstraint("(lon IS NULL) = (lat IS NULL)", name=op.f("ck_appeal_point")),
        sa.ForeignKeyConstraint(
            ["city_id", "category_id"],
            ["category.city_id", "category.id"],
            name=op.f("fk_appeal_city_id_category"),
        ),
        sa.ForeignKeyConstraint(
            ["city_id", "district_id"],
            ["district.city_id", "district.id"],
            name=op.f("fk_appeal_city_id_district"),
        ),
        sa.ForeignKeyConstraint(
            ["city_id", "merged_into_id"],
            ["appeal.city_id", "appeal.id"],
            name=op.f("fk_appeal_city_id_appeal"),
        ),
        sa.ForeignKeyConstraint(
            ["city_id", "responder_id"],
            ["responder.city_id", "responder.id"],
            name=op.f("fk_appeal_city_id_responder"),
        ),
        sa.ForeignKeyConstraint(
            ["city_id"],
            ["city.id"],
            name=op.f("fk_appeal_city_id_city"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_appeal")),
        sa.UniqueConstraint("city_id", "number", name=op.f("uq_appeal_city_id")),
    )
    op.create_index(
        "ix_appeal_by_category",
        "appeal",
        [
            "city_id",
            "category_id",
            sa.literal_column("published_at DESC"),
            sa.literal_column("id DESC"),
        ],
        unique=False,
    )
    op.create_index(
        "ix_appeal_by_district",
        "appeal",
        [
            "city_id",
            "district_id",
            sa.literal_column("published_at DESC"),
            sa.literal_column("id DESC"),
        ],
        unique=False,
    )
    op.create_index(
        "ix_appeal_by_state",
        "appeal",
        [
            "city_id",
            "public_state",
            sa.literal_column("published_at DESC"),
            sa.literal_column("id DESC"),
        ],
        unique=False,
    )
    op.create_index("ix_appeal_changed", "appeal", ["city_id", "changed_revision"], unique=False)
    op.create_index(
        "ix_appeal_newest",
        "appeal",
        [
            "city_id",
            sa.literal_column("published_at DESC"),
            sa.literal_column("id DESC"),
        ],
        unique=False,
    )
    op.create_index("ix_appeal_place", "appeal", ["city_id", "lon", "lat"], unique=False)
    op.create_index("ix_appeal_queue", "appeal", ["city_id", "state", "confirmed_at"], unique=False)
    op.create_table(
        "routing_rule",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("category_id", sa.Uuid(), nullable=True),
        sa.Column("district_id", sa.Uuid(), nullable=True),
        sa.Column("responder_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["city_id", "category_id"],
            ["category.city_id", "category.id"],
            name=op.f("fk_routing_rule_city_id_category"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["city_id", "district_id"],
            ["district.city_id", "district.id"],
            name=op.f("fk_routing_rule_city_id_district"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["city_id", "responder_id"],
            ["responder.city_id", "responder.id"],
            name=op.f("fk_routing_rule_city_id_responder"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["city_id"],
            ["city.id"],
            name=op.f("fk_routing_rule_city_id_city"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_routing_rule")),
    )
    op.create_index(
        "uq_routing_rule_case",
        "routing_rule",
        ["city_id", "category_id", "district_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "sign_in_link",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("token_digest", sa.Text(), nullable=False),
        sa.Column("browser_digest", sa.Text(), nullable=False),
        sa.Column("next_path", sa.Text(), server_default="/staff", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["city_id", "account_id"],
            ["account.city_id", "account.id"],
            name=op.f("fk_sign_in_link_city_id_account"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["city_id"],
            ["city.id"],
            name=op.f("fk_sign_in_link_city_id_city"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_sign_in_link")),
        sa.UniqueConstraint("city_id", "token_digest", name=op.f("uq_sign_in_link_city_id")),
    )
    op.create_index(
        "ix_sign_in_link_account",
        "sign_in_link",
        ["city_id", "account_id"],
        unique=False,
    )
    op.create_table(
        "staff_session",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("token_digest", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["city_id", "account_id"],
            ["account.city_id", "account.id"],
            name=op.f("fk_staff_session_city_id_account"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["city_id"],
            ["city.id"],
            name=op.f("fk_staff_session_city_id_city"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_staff_session")),
        sa.UniqueConstraint("city_id", "token_digest", name=op.f("uq_staff_session_city_id")),
    )
    op.create_index(
        "ix_staff_session_account",
        "staff_session",
        ["city_id", "account_id"],
        unique=False,
    )
    op.create_table(
        "answer",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("appeal_id", sa.Uuid(), nullable=False),
        sa.Column("responder_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("short", sa.Text(), server_default="", nullable=False),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "published_at IS NULL OR short <> ''",
            name=op.f("ck_answer_published_has_short_part"),
        ),
        sa.ForeignKeyConstraint(
            ["city_id", "account_id"],
            ["account.city_id", "account.id"],
            name=op.f("fk_answer_city_id_account"),
        ),
        sa.ForeignKeyConstraint(
            ["city_id", "appeal_id"],
            ["appeal.city_id", "appeal.id"],
            name=op.f("fk_answer_city_id_appeal"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["city_id", "responder_id"],
            ["responder.city_id", "responder.id"],
            name=op.f("fk_answer_city_id_responder"),
        ),
        sa.ForeignKeyConstraint(
            ["city_id"],
            ["city.id"],
            name=op.f("fk_answer_city_id_city"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_answer")),
    )
    op.create_index(
        "ix_answer_appeal",
        "answer",
        ["city_id", "appeal_id", "published_at"],
        unique=False,
    )
    op.create_index(
        "uq_answer_one_draft",
        "answer",
        ["city_id", "appeal_id"],
        unique=True,
        postgresql_where="published_at IS NULL",
    )
    op.create_table(
        "appeal_event",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("appeal_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("public", sa.Boolean(), server_default="false", nullable=False),
        sa.Column(
            "data",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
        ),
        sa.CheckConstraint(
            "(actor = 'staff') = (account_id IS NOT NULL)",
            name=op.f("ck_appeal_event_staff_is_named"),
        ),
        sa.CheckConstraint("actor IN ('author', 'staff', 'system')", name=op.f("ck_appeal_event_actor")),
        sa.ForeignKeyConstraint(
            ["city_id", "account_id"],
            ["account.city_id", "account.id"],
            name=op.f("fk_appeal_event_city_id_account"),
        ),
        sa.ForeignKeyConstraint(
            ["city_id", "appeal_id"],
            ["appeal.city_id", "appeal.id"],
            name=op.f("fk_appeal_event_city_id_appeal"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["city_id"],
            ["city.id"],
            name=op.f("fk_appeal_event_city_id_city"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_appeal_event")),
    )
    op.create_index(
        "ix_appeal_event_timeline",
        "appeal_event",
        ["city_id", "appeal_id", "at"],
        unique=False,
    )
    op.create_table(
        "appeal_word",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("lexeme", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["city_id", "id"],
            ["appeal.city_id", "appeal.id"],
            name=op.f("fk_appeal_word_city_id_appeal"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["city_id"],
            ["city.id"],
            name=op.f("fk_appeal_word_city_id_city"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("city_id", "lexeme", "id", name=op.f("pk_appeal_word")),
    )
    op.create_index("ix_appeal_word_appeal", "appeal_word", ["city_id", "id"], unique=False)
    op.create_table(
        "draft",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key_digest", sa.Text(), nullable=False),
        sa.Column(
            "data",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
        ),
        sa.Column("appeal_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["city_id", "appeal_id"],
            ["appeal.city_id", "appeal.id"],
            name=op.f("fk_draft_city_id_appeal"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["city_id"],
            ["city.id"],
            name=op.f("fk_draft_city_id_city"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_draft")),
        sa.UniqueConstraint("city_id", "key_digest", name=op.f("uq_draft_city_id")),
    )
    op.create_index("ix_draft_age", "draft", ["city_id", "updated_at"], unique=False)
    op.create_table(
        "follower",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("appeal_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), server_default="uk", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["city_id", "appeal_id"],
            ["appeal.city_id", "appeal.id"],
            name=op.f("fk_follower_city_id_appeal"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["city_id"],
            ["city.id"],
            name=op.f("fk_follower_city_id_city"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_follower")),
        sa.UniqueConstraint("city_id", "appeal_id", "email", name=op.f("uq_follower_city_id")),
    )
    op.create_index(
        "ix_follower_confirmed",
        "follower",
        ["city_id", "appeal_id", "confirmed_at"],
        unique=False,
    )
    op.create_table(
        "submission",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("author_email", sa.Text(), nullable=False),
        sa.Column("publish_name", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("language", sa.Text(), server_default="uk", nullable=False),
        sa.Column("rejected_because", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("(lon IS NULL) = (lat IS NULL)", name=op.f("ck_submission_point")),
        sa.ForeignKeyConstraint(
            ["city_id", "id"],
            ["appeal.city_id", "appeal.id"],
            name=op.f("fk_submission_city_id_appeal"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["city_id"],
            ["city.id"],
            name=op.f("fk_submission_city_id_city"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_submission")),
    )
    op.create_table(
        "answer_file",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("answer_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["city_id", "answer_id"],
            ["answer.city_id", "answer.id"],
            name=op.f("fk_answer_file_city_id_answer"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["city_id"],
            ["city.id"],
            name=op.f("fk_answer_file_city_id_city"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_answer_file")),
    )
    op.create_index(
        "ix_answer_file_answer",
        "answer_file",
        ["city_id", "answer_id", "position"],
        unique=False,
    )
    op.create_table(
        "answer_step",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("answer_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["city_id", "answer_id"],
            ["answer.city_id", "answer.id"],
            name=op.f("fk_answer_step_city_id_answer"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["city_id"],
            ["city.id"],
            name=op.f("fk_answer_step_city_id_city"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_answer_step")),
        sa.UniqueConstraint("city_id", "answer_id", "position", name=op.f("uq_answer_step_city_id")),
    )
    op.create_table(
        "photo",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("appeal_id", sa.Uuid(), nullable=True),
        sa.Column("draft_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("hidden", sa.Boolean(), server_default="false", nullable=False),
        sa.ForeignKeyConstraint(
            ["city_id", "appeal_id"],
            ["appeal.city_id", "appeal.id"],
            name=op.f("fk_photo_city_id_appeal"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["city_id", "draft_id"],
            ["draft.city_id", "draft.id"],
            name=op.f("fk_photo_city_id_draft"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["city_id"],
            ["city.id"],
            name=op.f("fk_photo_city_id_city"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_photo")),
    )
    op.create_index("ix_photo_appeal", "photo", ["city_id", "appeal_id", "position"], unique=False)
    op.create_index("ix_photo_draft", "photo", ["city_id", "draft_id", "position"], unique=False)

    op.execute("ALTER TABLE city ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE city FORCE ROW LEVEL SECURITY")
    # Everybody may know which cities there are; only a city itself may change its row.
    op.execute(f"CREATE POLICY known_to_all ON city FOR SELECT TO {APP} USING (true)")
    op.execute(f"CREATE POLICY new_city ON city FOR INSERT TO {APP} WITH CHECK (true)")
    op.execute(f"CREATE POLICY this_city ON city FOR UPDATE TO {APP} USING (id = {THIS_CITY}) WITH CHECK (id = {THIS_CITY})")
    op.execute(f"CREATE POLICY migrations ON city TO {MIGRATOR} USING (true) WITH CHECK (true)")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON city TO {APP}")
    for table in CITY_TABLES:
        keep_apart(table)
    keep_apart("appeal_event", grants="SELECT, INSERT")

    op.execute(LIFE)
    op.execute(
        "CREATE TRIGGER appeal_keeps_to_its_life BEFORE UPDATE OF state ON appeal "
        "FOR EACH ROW EXECUTE FUNCTION appeal_keeps_to_its_life()"
    )

    op.execute(generate_init_sql())
    op.execute(f"GRANT USAGE ON SCHEMA dramatiq TO {APP}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA dramatiq TO {APP}")
    op.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA dramatiq TO {APP}")
