"""The database's roles: who may make tables, and who may only read and write them."""

from pathlib import Path

import psycopg
from psycopg import sql

BOOTSTRAP = "postgres"
MIGRATOR = "vzaiemodiia_migrator"
APP = "vzaiemodiia_app"

ROLES_SQL = Path(__file__).parents[3] / "infra" / "sql" / "roles.sql"


def bootstrap_roles(admin_dsn: str, database: str, migrator_password: str, app_password: str) -> None:
    """Make the database and its roles, or bring existing ones into the state that infra/sql/roles.sql describes.

    ``admin_dsn`` names any database of the server, as a role that may create roles and databases. Passwords leave this
    process only as scram verifiers. Running it again changes nothing but the verifiers' salt.
    """
    with psycopg.connect(admin_dsn, autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone()
        if known is None:
            # Named explicitly, because a server's template1 may have been changed.
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(database)))
    with psycopg.connect(admin_dsn, dbname=database) as connection:
        for role, password in ((MIGRATOR, migrator_password), (APP, app_password)):
            verifier = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
            setting = f"{role.replace('_', '.', 1)}_password"
            connection.execute("SELECT set_config(%s, %s, true)", [setting, verifier])
        connection.execute(ROLES_SQL.read_bytes())
