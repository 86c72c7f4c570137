"""A city runs itself: two levels of categories with extra questions, units of bodies, own domain, crest and boundary;
invitations of staff, entries of support, suspension and deletion of a city.

What it does to a running city: nothing is taken from the last release. It makes no rows with the new roles and kinds, and
leaves the new columns at their defaults.

Revision: 0004
Follows: 0003
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from src.platform.data.row_security import APP, THIS_CITY, keep_apart

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

CITY_TABLES = ["past_import", "past_import_row", "responder_person", "staff_invitation", "support_entry"]
PAST_STATES = (
    "state IN ('waiting', 'columns', 'gathering', 'values', 'checking', 'checked', 'applying', 'applied', 'taking_back', "
    "'taken_back', 'unreadable', 'discarded')"
)
ROLES = "roles <@ ARRAY['moderator', 'administrator', 'operator', 'local_officer', 'responder', 'analyst', 'support']"
KINDS = "kind IN ('police', 'city', 'lawyer', 'utility', 'other')"


def instant(name: str, *, nullable: bool = True) -> sa.Column[Any]:
    """A column of moments."""
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def words(name: str) -> sa.Column[Any]:
    """A column of text, empty until something is said."""
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def record(name: str, empty: str) -> sa.Column[Any]:
    """A column of JSON."""
    return sa.Column(name, postgresql.JSONB(astext_type=sa.Text()), server_default=empty, nullable=False)


def upgrade() -> None:
    """Bring the tables up to this revision."""
    city: list[sa.Column[Any]] = [
        sa.Column("boundary", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        record("front_text", "{}"),
        words("crest"),
        instant("created_at"),
        instant("suspended_at"),
        words("suspended_because"),
        instant("delete_after"),
        sa.Column("domain", sa.Text(), nullable=True),
        words("domain_token"),
        instant("domain_verified_at"),
        record("figures", "{}"),
        instant("figures_at"),
    ]
    for column in city:
        op.add_column("city", column)
    op.create_unique_constraint(op.f("uq_city_domain"), "city", ["domain"])
    op.create_check_constraint(op.f("ck_city_domain_lower"), "city", "domain = lower(domain)")
    op.create_check_constraint(op.f("ck_city_deleted_is_suspended"), "city", "delete_after IS NULL OR suspended_at IS NOT NULL")

    category: list[sa.Column[Any]] = [
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        words("icon"),
        words("colour"),
        record("questions", "[]"),
        instant("retired_at"),
        sa.Column("merged_into_id", sa.Uuid(), nullable=True),
    ]
    for column in category:
        op.add_column("category", column)
    op.create_foreign_key("fk_category_parent", "category", "category", ["city_id", "parent_id"], ["city_id", "id"])
    op.create_foreign_key("fk_category_merged_into", "category", "category", ["city_id", "merged_into_id"], ["city_id", "id"])
    op.create_check_constraint(op.f("ck_category_not_below_itself"), "category", "parent_id IS NULL OR parent_id <> id")
    op.create_check_constraint(
        op.f("ck_category_merged_is_retired"),
        "category",
        "merged_into_id IS NULL OR (retired_at IS NOT NULL AND merged_into_id <> id)",
    )
    responder: list[sa.Column[Any]] = [
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("more_emails", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        record("hours", "{}"),
        instant("retired_at"),
    ]
    for column in responder:
        op.add_column("responder", column)
    op.create_foreign_key("fk_responder_parent", "responder", "responder", ["city_id", "parent_id"], ["city_id", "id"])
    op.create_check_constraint(op.f("ck_responder_not_below_itself"), "responder", "parent_id IS NULL OR parent_id <> id")
    op.drop_constraint(op.f("ck_responder_kind"), "responder")
    op.create_check_constraint(op.f("ck_responder_kind"), "responder", KINDS)
    op.add_column("submission", record("extra", "[]"))
    op.drop_constraint(op.f("ck_account_roles"), "account")
    op.create_check_constraint(op.f("ck_account_roles"), "account", ROLES)

    op.create_table(
        "responder_person",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("responder_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["city_id", "account_id"],
            ["account.city_id", "account.id"],
            name=op.f("fk_responder_person_city_id_account"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["city_id", "responder_id"],
            ["responder.city_id", "responder.id"],
            name=op.f("fk_responder_person_city_id_responder"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_responder_person_city_id_city"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_responder_person")),
        sa.UniqueConstraint("city_id", "account_id", name=op.f("uq_responder_person_city_id")),
    )
    op.create_index("ix_responder_person_responder", "responder_person", ["city_id", "responder_id"])
    op.create_table(
        "staff_invitation",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("responder_id", sa.Uuid(), nullable=True),
        sa.Column("invited_by", sa.Uuid(), nullable=True),
        instant("created_at", nullable=False),
        instant("expires_at", nullable=False),
        sa.CheckConstraint(
            "cardinality(roles) > 0 AND roles <@ ARRAY['moderator', 'administrator', 'responder', 'analyst']",
            name=op.f("ck_staff_invitation_roles"),
        ),
        sa.ForeignKeyConstraint(
            ["city_id", "invited_by"],
            ["account.city_id", "account.id"],
            name=op.f("fk_staff_invitation_city_id_account"),
        ),
        sa.ForeignKeyConstraint(
            ["city_id", "responder_id"],
            ["responder.city_id", "responder.id"],
            name=op.f("fk_staff_invitation_city_id_responder"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_staff_invitation_city_id_city"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_staff_invitation")),
        sa.UniqueConstraint("city_id", "email", name=op.f("uq_staff_invitation_city_id")),
    )
    op.create_table(
        "support_entry",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        words("token_digest"),
        instant("created_at", nullable=False),
        instant("until", nullable=False),
        instant("entered_at"),
        instant("ended_at"),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_support_entry_has_a_reason")),
        sa.CheckConstraint("until > created_at", name=op.f("ck_support_entry_is_limited")),
        sa.ForeignKeyConstraint(
            ["city_id", "account_id"], ["account.city_id", "account.id"], name=op.f("fk_support_entry_city_id_account")
        ),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_support_entry_city_id_city"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_support_entry")),
    )
    op.create_index("ix_support_entry_newest", "support_entry", ["city_id", "created_at"])
    past_appeals()
    for table in CITY_TABLES:
        keep_apart(table)
    # A city goes for good only when its waiting period is over: the database itself sees to that.
    op.execute(f"CREATE POLICY its_time_is_over ON city FOR DELETE TO {APP} USING (id = {THIS_CITY} AND delete_after <= now())")
    op.execute(f"GRANT DELETE ON city TO {APP}")


def past_appeals() -> None:
    """Tables of past appeals on their way in."""
    op.create_table(
        "past_import",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        words("trouble"),
        record("headings", "[]"),
        record("samples", "[]"),
        record("columns", "{}"),
        record("found", "{}"),
        record("values", "{}"),
        *(
            sa.Column(name, sa.Integer(), server_default="0", nullable=False)
            for name in ("total", "done", "good", "bad", "warned")
        ),
        sa.Column("revision", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        instant("created_at", nullable=False),
        instant("changed_at", nullable=False),
        instant("applied_at"),
        sa.CheckConstraint("format IN ('csv', 'xlsx')", name=op.f("ck_past_import_format")),
        sa.CheckConstraint(PAST_STATES, name=op.f("ck_past_import_state")),
        sa.ForeignKeyConstraint(
            ["city_id", "made_by"], ["account.city_id", "account.id"], name=op.f("fk_past_import_city_id_account")
        ),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_past_import_city_id_city"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_past_import")),
    )
    op.create_index("ix_past_import_newest", "past_import", ["city_id", "created_at"])
    op.create_table(
        "past_import_row",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        instant("asked_at"),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        record("problems", "[]"),
        record("warnings", "[]"),
        sa.Column("bad", sa.Boolean(), server_default="false", nullable=False),
        sa.ForeignKeyConstraint(
            ["city_id", "import_id"],
            ["past_import.city_id", "past_import.id"],
            name=op.f("fk_past_import_row_city_id_past_import"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_past_import_row_city_id_city"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_past_import_row")),
    )
    op.create_index("ix_past_import_row_order", "past_import_row", ["city_id", "import_id", "number"], unique=True)
    op.create_index("ix_past_import_row_asked", "past_import_row", ["city_id", "import_id", "bad", "asked_at", "number"])
