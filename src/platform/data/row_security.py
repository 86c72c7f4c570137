"""DDL that keeps cities apart; called by migrations only.

Policies name the roles, so a superuser's session or a restored dump without them shows nothing rather than all.
"""

from alembic import op

APP = "vzaiemodiia_app"
MIGRATOR = "vzaiemodiia_migrator"
THIS_CITY = "nullif(current_setting('app.city_id', true), '')::uuid"


def keep_apart(table: str, *, column: str = "city_id", grants: str = "SELECT, INSERT, UPDATE, DELETE") -> None:
    """Force row-level security on ``table``: the application sees and writes rows of the transaction's city only.

    FORCE binds the owner too, so the migrator gets a policy of its own: without it a backfill silently
    updates no row. ``grants`` is what the application may do at all (a timeline gets no UPDATE or DELETE).
    """
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY this_city ON {table} TO {APP} USING ({column} = {THIS_CITY}) WITH CHECK ({column} = {THIS_CITY})")
    op.execute(f"CREATE POLICY migrations ON {table} TO {MIGRATOR} USING (true) WITH CHECK (true)")
    op.execute(f"GRANT {grants} ON {table} TO {APP}")
