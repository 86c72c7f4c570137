"""A city with 100,000 appeals, made from the demonstration's by copying them inside the database.

The copies keep what makes the demonstration believable: how often each category, district, state and word occurs, and
that two thirds have an answer. Dates are spread over three years, points over some kilometres. Only the long tail of words
is shorter than life's.
"""

import psycopg
from psycopg import sql

TABLES = ("appeal", "submission", "appeal_event", "answer", "answer_step", "appeal_word")

MADE = """
    CREATE TEMP TABLE made AS
    SELECT d.id AS donor, uuidv7(-g.shift) AS id, g.shift, g.n, (random() - 0.5) * 0.03 AS dx, (random() - 0.5) * 0.02 AS dy
    FROM (SELECT n, random() * interval '990 days' AS shift, 1 + floor(random() * %(donors)s)::int AS pick
        FROM generate_series(1, %(more)s) AS n) AS g
    JOIN (SELECT id, row_number() OVER (ORDER BY id) AS pick FROM appeal
        WHERE city_id = %(city)s AND number IS NOT NULL) AS d USING (pick)
"""

MADE_ANSWERS = """
    CREATE TEMP TABLE made_answer AS
    SELECT a.id AS donor, uuidv7() AS id, made.id AS appeal_id, made.shift
    FROM made JOIN answer a ON a.city_id = %(city)s AND a.appeal_id = made.donor
"""

COPIES = """
    INSERT INTO appeal (city_id, id, number, state, category_id, district_id, created_at, confirmed_at, published_at, answered_at,
        title, body, place, precision, lon, lat, author, responder_id, merged_into_id, version, changed_revision)
    SELECT a.city_id, made.id, c.number_prefix || to_char(a.confirmed_at - shift, '-YYYY-') || 500000 + made.n, a.state,
        a.category_id, a.district_id, a.created_at - shift, a.confirmed_at - shift, a.published_at - shift, a.answered_at - shift,
        a.title, a.body, a.place, a.precision,
        CASE WHEN a.lon IS NOT NULL THEN least(greatest(a.lon + dx, c.west), c.east) END,
        CASE WHEN a.lat IS NOT NULL THEN least(greatest(a.lat + dy, c.south), c.north) END,
        a.author, a.responder_id, a.merged_into_id, a.version, c.published_revision
    FROM made JOIN appeal a ON a.city_id = %(city)s AND a.id = made.donor JOIN city c ON c.id = a.city_id
    ORDER BY made.id;

    INSERT INTO submission (city_id, id, title, body, address, lon, lat, author_name, author_email, publish_name)
    SELECT s.city_id, made.id, s.title, s.body, s.address, s.lon, s.lat, s.author_name, s.author_email, s.publish_name
    FROM made JOIN submission s ON s.city_id = %(city)s AND s.id = made.donor ORDER BY made.id;

    INSERT INTO appeal_event (city_id, id, appeal_id, at, kind, actor, account_id, public, data)
    SELECT e.city_id, uuidv7(), made.id, e.at - shift, e.kind, e.actor, e.account_id, e.public, e.data
    FROM made JOIN appeal_event e ON e.city_id = %(city)s AND e.appeal_id = made.donor ORDER BY made.id;

    INSERT INTO answer (city_id, id, appeal_id, responder_id, account_id, short, body, created_at, published_at)
    SELECT a.city_id, made_answer.id, made_answer.appeal_id, a.responder_id, a.account_id, a.short, a.body,
        a.created_at - shift, a.published_at - shift
    FROM made_answer JOIN answer a ON a.city_id = %(city)s AND a.id = made_answer.donor ORDER BY made_answer.appeal_id;

    INSERT INTO answer_step (city_id, id, answer_id, position, action, contact)
    SELECT s.city_id, uuidv7(), made_answer.id, s.position, s.action, s.contact
    FROM made_answer JOIN answer_step s ON s.city_id = %(city)s AND s.answer_id = made_answer.donor ORDER BY made_answer.id;

    INSERT INTO appeal_word (city_id, lexeme, id)
    SELECT w.city_id, w.lexeme, made.id
    FROM made JOIN appeal_word w ON w.city_id = %(city)s AND w.id = made.donor ORDER BY w.lexeme, made.id;
"""


def fill(migrator: str, slug: str, total: int) -> None:
    """Bring the city up to ``total`` appeals with a number. Foreign keys are taken off while copying and checked at the end."""
    with psycopg.connect(migrator) as connection:
        connection.execute("SET LOCAL maintenance_work_mem = '256MB'")
        connection.execute("SET LOCAL work_mem = '256MB'")
        row = connection.execute(
            "UPDATE city SET published_revision = published_revision + 1 WHERE slug = %s RETURNING id", [slug]
        ).fetchone()
        assert row is not None
        counted = connection.execute("SELECT count(*) FROM appeal WHERE city_id = %s AND number IS NOT NULL", [row[0]]).fetchone()
        assert counted is not None
        bound = {"city": row[0], "donors": counted[0], "more": total - counted[0]}
        keys = connection.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE contype = 'f' AND conrelid::regclass::text = ANY(%s)",
            [list(TABLES)],
        ).fetchall()
        for table, name, _ in keys:
            connection.execute(sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(sql.Identifier(table), sql.Identifier(name)))
        connection.execute(MADE, bound)
        connection.execute(MADE_ANSWERS, bound)
        connection.execute("ANALYZE made; ANALYZE made_answer")
        for statement in COPIES.split(";")[:-1]:
            connection.execute(statement, bound)  # type: ignore[arg-type]  # our own words
        for table, name, definition in keys:
            connection.execute(
                sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {}").format(
                    sql.Identifier(table), sql.Identifier(name), sql.SQL(definition)
                )
            )
    with psycopg.connect(migrator, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
