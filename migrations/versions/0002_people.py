"""People: sessions and second factors, providers, audit log, limits, reports and bans; the platform's own row.

What it does to a running city: residents' pages of the last release go on; its staff are signed out and cannot sign in
until the new release runs, since sessions moved to another table. What people wrote with a step (a reason, former words) leaves
the timeline, so the last release shows such steps without their words.

Revision: 0002
Follows: 0001
"""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from src.platform.data.row_security import keep_apart

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

CITY_TABLES = [
    "account_session",
    "appeal_event_words",
    "ban",
    "external_identity",
    "identity_provider",
    "passkey",
    "provider_visit",
    "rate_count",
    "recovery_code",
    "report",
    "sign_in_step",
    "totp",
    "usage",
    "webauthn_challenge",
]
STATES = (
    "state IN ('unconfirmed', 'submitted', 'rejected', 'merged', 'withdrawn', "
    "'published', 'routed', 'answered', 'reopened', 'removed')"
)
LIFE = """
CREATE OR REPLACE FUNCTION appeal_keeps_to_its_life() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = OLD.state THEN
        RETURN NEW;
    END IF;
    IF NOT (OLD.state || '>' || NEW.state = ANY (ARRAY[
        'unconfirmed>submitted', 'unconfirmed>withdrawn',
        'submitted>published', 'submitted>rejected', 'submitted>merged', 'submitted>withdrawn',
        'rejected>submitted', 'rejected>withdrawn',
        'published>routed', 'routed>answered', 'answered>reopened', 'reopened>routed', 'reopened>answered',
        'published>removed', 'routed>removed', 'answered>removed', 'reopened>removed'
    ])) THEN
        RAISE EXCEPTION 'an appeal that is % cannot become %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$
"""
PLATFORM = """
INSERT INTO city (id, slug, number_prefix, name, name_in, name_of, example, centre_lon, centre_lat, zoom,
    west, south, east, north, accent, accent_dark, kind)
VALUES (:id, 'apex', 'APEX', '{"uk": "Взаємодія", "en": "Vzaiemodiia"}', '{}', '{}', '{}', 31.2, 48.4, 5,
    22.1, 44.4, 40.3, 52.4, '#1d4e89', '#8fb8ea', 'platform')
"""

STORAGE = """
CREATE FUNCTION storage_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO usage AS u (city_id, id, kind, used)
    SELECT city_id, gen_random_uuid(), 'storage', sum(bytes) FROM new_rows GROUP BY city_id
    ON CONFLICT (city_id, kind) DO UPDATE SET used = u.used + excluded.used;
    RETURN NULL;
END $$;
CREATE FUNCTION storage_shrinks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE usage u SET used = u.used - gone.bytes
    FROM (SELECT city_id, sum(bytes) AS bytes FROM old_rows GROUP BY city_id) AS gone
    WHERE u.city_id = gone.city_id AND u.kind = 'storage';
    RETURN NULL;
END $$;
"""
"""Room is counted where rows appear and disappear, by a cascade too, so that no code can forget it."""
STORAGE_OF = """
CREATE TRIGGER {table}_fills_room AFTER INSERT ON {table} REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION storage_grows();
CREATE TRIGGER {table}_frees_room AFTER DELETE ON {table} REFERENCING OLD TABLE AS old_rows
FOR EACH STATEMENT EXECUTE FUNCTION storage_shrinks();
"""
STORED = """
INSERT INTO usage (city_id, id, kind, used)
SELECT city_id, gen_random_uuid(), 'storage', sum(bytes)
FROM (SELECT city_id, bytes FROM photo UNION ALL SELECT city_id, bytes FROM answer_file) AS kept GROUP BY city_id
"""


def upgrade() -> None:
    """Bring the schema up."""
    op.create_table(
        "audit_event",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), server_default="", nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("fields", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("valued", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.CheckConstraint("actor IN ('person', 'staff', 'operator', 'system')", name=op.f("ck_audit_event_actor")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_audit_event_city_id_city"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_audit_event")),
    )
    op.create_index("ix_audit_event_account", "audit_event", ["city_id", "account_id", "at"], unique=False)
    op.create_index("ix_audit_event_action", "audit_event", ["city_id", "action", "at"], unique=False)
    op.create_index("ix_audit_event_newest", "audit_event", ["city_id", "at", "id"], unique=False)
    op.create_index("ix_audit_event_subject", "audit_event", ["city_id", "subject_id", "at"], unique=False)
    op.create_table(
        "identity_provider",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="oidc", nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("discovery_url", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("client_secret", sa.Text(), server_default="", nullable=False),
        sa.Column("scopes", sa.Text(), server_default="openid email profile", nullable=False),
        sa.Column("claims", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("role_claim", sa.Text(), server_default="", nullable=False),
        sa.Column("roles", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("create", sa.Text(), server_default="nobody", nullable=False),
        sa.Column("email_domains", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("second_factor", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("slug ~ '^[a-z][a-z0-9-]{0,40}$'", name=op.f("ck_identity_provider_slug")),
        sa.CheckConstraint("\"create\" IN ('nobody', 'residents', 'staff')", name=op.f("ck_identity_provider_create")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_identity_provider_city_id_city"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_identity_provider")),
        sa.UniqueConstraint("city_id", "slug", name=op.f("uq_identity_provider_city_id")),
    )
    op.create_table(
        "rate_count",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_rate_count_city_id_city"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_rate_count")),
        sa.UniqueConstraint("city_id", "key", name=op.f("uq_rate_count_city_id")),
    )
    op.create_index("ix_rate_count_age", "rate_count", ["city_id", "until"], unique=False)
    op.create_table(
        "usage",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("used", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_usage_city_id_city"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_usage")),
        sa.UniqueConstraint("city_id", "kind", name=op.f("uq_usage_city_id")),
    )
    op.create_table(
        "account_session",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("token_digest", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("second_factor", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("browser", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("authenticated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["city_id", "account_id"],
            ["account.city_id", "account.id"],
            name=op.f("fk_account_session_city_id_account"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_account_session_city_id_city"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_account_session")),
        sa.UniqueConstraint("city_id", "token_digest", name=op.f("uq_account_session_city_id")),
    )
    op.create_index("ix_account_session_account", "account_session", ["city_id", "account_id"], unique=False)
    op.create_table(
        "audit_value",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("about", sa.Uuid(), nullable=True),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), server_default="", nullable=False),
        sa.Column("after", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["city_id", "event_id"],
            ["audit_event.city_id", "audit_event.id"],
            name=op.f("fk_audit_value_city_id_audit_event"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_audit_value_city_id_city"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_audit_value")),
    )
    op.create_index("ix_audit_value_about", "audit_value", ["city_id", "about"], unique=False)
    op.create_index("ix_audit_value_event", "audit_value", ["city_id", "event_id"], unique=False)
    op.create_table(
        "ban",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('email', 'network')", name=op.f("ck_ban_kind")),
        sa.ForeignKeyConstraint(["city_id", "made_by"], ["account.city_id", "account.id"], name=op.f("fk_ban_city_id_account")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_ban_city_id_city"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_ban")),
        sa.UniqueConstraint("city_id", "kind", "value", name=op.f("uq_ban_city_id")),
    )
    op.create_table(
        "external_identity",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["city_id", "account_id"],
            ["account.city_id", "account.id"],
            name=op.f("fk_external_identity_city_id_account"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["city_id", "provider_id"],
            ["identity_provider.city_id", "identity_provider.id"],
            name=op.f("fk_external_identity_city_id_identity_provider"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_external_identity_city_id_city"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_external_identity")),
        sa.UniqueConstraint("city_id", "provider_id", "subject", name=op.f("uq_external_identity_city_id")),
    )
    op.create_index("ix_external_identity_account", "external_identity", ["city_id", "account_id"], unique=False)
    op.create_table(
        "passkey",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("credential_id", sa.Text(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("transports", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["city_id", "account_id"],
            ["account.city_id", "account.id"],
            name=op.f("fk_passkey_city_id_account"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_passkey_city_id_city"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("city_id", "credential_id", name=op.f("uq_passkey_city_id")),
    )
    op.create_index("ix_passkey_account", "passkey", ["city_id", "account_id"], unique=False)
    op.create_table(
        "provider_visit",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("state_digest", sa.Text(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("verifier", sa.Text(), nullable=False),
        sa.Column("browser_digest", sa.Text(), nullable=False),
        sa.Column("next_path", sa.Text(), server_default="/", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["city_id", "provider_id"],
            ["identity_provider.city_id", "identity_provider.id"],
            name=op.f("fk_provider_visit_city_id_identity_provider"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_provider_visit_city_id_city"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_provider_visit")),
        sa.UniqueConstraint("city_id", "state_digest", name=op.f("uq_provider_visit_city_id")),
    )
    op.create_index("ix_provider_visit_age", "provider_visit", ["city_id", "expires_at"], unique=False)
    op.create_index("ix_provider_visit_provider", "provider_visit", ["city_id", "provider_id"], unique=False)
    op.create_table(
        "recovery_code",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("code_digest", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["city_id", "account_id"],
            ["account.city_id", "account.id"],
            name=op.f("fk_recovery_code_city_id_account"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_recovery_code_city_id_city"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("city_id", "account_id", "code_digest", name=op.f("uq_recovery_code_city_id")),
    )
    op.create_table(
        "sign_in_step",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("token_digest", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("next_path", sa.Text(), server_default="/", nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["city_id", "account_id"],
            ["account.city_id", "account.id"],
            name=op.f("fk_sign_in_step_city_id_account"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_sign_in_step_city_id_city"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_sign_in_step")),
        sa.UniqueConstraint("city_id", "token_digest", name=op.f("uq_sign_in_step_city_id")),
    )
    op.create_index("ix_sign_in_step_account", "sign_in_step", ["city_id", "account_id"], unique=False)
    op.create_index("ix_sign_in_step_age", "sign_in_step", ["city_id", "expires_at"], unique=False)
    op.create_table(
        "totp",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["city_id", "account_id"], ["account.city_id", "account.id"], name=op.f("fk_totp_city_id_account"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_totp_city_id_city"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_totp")),
        sa.UniqueConstraint("city_id", "account_id", name=op.f("uq_totp_city_id")),
    )
    op.create_table(
        "webauthn_challenge",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("challenge_digest", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("purpose IN ('register', 'sign_in')", name=op.f("ck_webauthn_challenge_purpose")),
        sa.ForeignKeyConstraint(
            ["city_id", "account_id"],
            ["account.city_id", "account.id"],
            name=op.f("fk_webauthn_challenge_city_id_account"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_webauthn_challenge_city_id_city"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_webauthn_challenge")),
        sa.UniqueConstraint("city_id", "challenge_digest", name=op.f("uq_webauthn_challenge_city_id")),
    )
    op.create_index("ix_webauthn_challenge_account", "webauthn_challenge", ["city_id", "account_id"], unique=False)
    op.create_index("ix_webauthn_challenge_age", "webauthn_challenge", ["city_id", "expires_at"], unique=False)
    op.create_table(
        "appeal_event_words",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("words", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(
            ["city_id", "id"],
            ["appeal_event.city_id", "appeal_event.id"],
            name=op.f("fk_appeal_event_words_city_id_appeal_event"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_appeal_event_words_city_id_city"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_appeal_event_words")),
    )
    # What somebody wrote leaves the timeline, which can only grow.
    op.execute(
        "INSERT INTO appeal_event_words (city_id, id, words) SELECT city_id, id, jsonb_strip_nulls(jsonb_build_object("
        "'why', data->'why', 'reason', data->'reason', 'before', data->'before')) FROM appeal_event "
        "WHERE data ?| ARRAY['why', 'reason', 'before']"
    )
    op.execute(
        "UPDATE appeal_event SET data = data - ARRAY['why', 'reason', 'before'] WHERE data ?| ARRAY['why', 'reason', 'before']"
    )
    op.create_table(
        "report",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("appeal_id", sa.Uuid(), nullable=False),
        sa.Column("photo_id", sa.Uuid(), nullable=True),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("email", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("language", sa.Text(), server_default="uk", nullable=False),
        sa.CheckConstraint("(state = 'open') = (settled_at IS NULL)", name=op.f("ck_report_settled")),
        sa.CheckConstraint("part IN ('question', 'answer', 'photo')", name=op.f("ck_report_part")),
        sa.CheckConstraint("reason IN ('personal', 'offensive', 'false', 'other')", name=op.f("ck_report_reason")),
        sa.CheckConstraint("state IN ('open', 'upheld', 'dismissed')", name=op.f("ck_report_state")),
        sa.ForeignKeyConstraint(
            ["city_id", "appeal_id"], ["appeal.city_id", "appeal.id"], name=op.f("fk_report_city_id_appeal"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["city_id", "photo_id"], ["photo.city_id", "photo.id"], name=op.f("fk_report_city_id_photo"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["city_id", "settled_by"], ["account.city_id", "account.id"], name=op.f("fk_report_city_id_account")
        ),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_report_city_id_city"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_report")),
    )
    op.create_index("ix_report_appeal", "report", ["city_id", "appeal_id"], unique=False)
    op.create_index("ix_report_queue", "report", ["city_id", "state", "created_at"], unique=False)
    op.drop_index(op.f("ix_staff_session_account"), table_name="staff_session")
    op.drop_table("staff_session")
    op.add_column("account", sa.Column("active", sa.Boolean(), server_default="true", nullable=False))
    op.add_column("city", sa.Column("kind", sa.Text(), server_default="city", nullable=False))
    op.add_column("city", sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False))
    # Links of the last release lead to accounts by id; they live fifteen minutes, so they are simply ended.
    op.execute("DELETE FROM sign_in_link")
    op.add_column("sign_in_link", sa.Column("email", sa.Text(), server_default="", nullable=False))
    op.alter_column("sign_in_link", "next_path", existing_type=sa.TEXT(), server_default="/", existing_nullable=False)
    op.drop_index(op.f("ix_sign_in_link_account"), table_name="sign_in_link")
    op.create_index("ix_sign_in_link_age", "sign_in_link", ["city_id", "expires_at"], unique=False)
    op.create_index("ix_sign_in_link_email", "sign_in_link", ["city_id", "email"], unique=False)
    op.drop_constraint(op.f("fk_sign_in_link_city_id_account"), "sign_in_link", type_="foreignkey")
    op.drop_column("sign_in_link", "account_id")
    op.add_column("submission", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_submission_author", "submission", ["city_id", "author_email"], unique=False)

    op.drop_constraint(op.f("ck_appeal_state"), "appeal")
    op.create_check_constraint(op.f("ck_appeal_state"), "appeal", STATES)
    op.execute(LIFE)
    op.create_check_constraint(op.f("ck_city_kind"), "city", "kind IN ('city', 'platform')")
    op.create_check_constraint(op.f("ck_city_one_platform"), "city", "(kind = 'platform') = (slug = 'apex')")
    op.drop_constraint(op.f("ck_account_roles"), "account")
    op.create_check_constraint(op.f("ck_account_roles"), "account", "roles <@ ARRAY['moderator', 'administrator', 'operator']")
    for table in CITY_TABLES:
        keep_apart(table)
    keep_apart("audit_event", grants="SELECT, INSERT")
    keep_apart("audit_value", grants="SELECT, INSERT, DELETE")
    op.execute(STORED)
    op.execute(STORAGE)
    for table in ("photo", "answer_file"):
        op.execute(STORAGE_OF.format(table=table))
    # The operator's accounts, letters and log belong to this row, kept apart from every city's by the same means.
    op.get_bind().execute(sa.text(PLATFORM), {"id": uuid4()})
