-- Roles, ownership and extensions of one database. Run it inside that database, as a role that may create roles; as
-- often as you like. `make run` does it by itself (src/platform/local/roles.py). By hand:
--
--   createdb --template=template0 --encoding=UTF8 vzaiemodiia
--   psql --single-transaction --set=ON_ERROR_STOP=1 --dbname=vzaiemodiia --file=infra/sql/roles.sql
--   psql --dbname=vzaiemodiia --command='\password vzaiemodiia_migrator' --command='\password vzaiemodiia_app'
--
-- The last line may be left out when both passwords are given as settings (plain or as scram verifiers):
--
--   PGOPTIONS="-c vzaiemodiia.migrator_password=… -c vzaiemodiia.app_password=…" psql …
--
-- Three roles work with the database:
--
--   who runs this file     creates the roles; afterwards nothing needs it
--   vzaiemodiia_migrator   owns the database, its schemas and tables; used by `python -m src migrate` alone
--   vzaiemodiia_app        what web and worker sign in as; owns nothing and cannot step around row-level security
--
-- The last must stay so: an owner could switch row-level security off, and a BYPASSRLS role would not notice it.

DO $roles$
DECLARE
    wanted text;
    given text;
    found pg_roles%ROWTYPE;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['vzaiemodiia_migrator', 'vzaiemodiia_app'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I LOGIN NOINHERIT', wanted);
        END IF;

        -- Only what differs is altered: on managed servers nobody may so much as mention SUPERUSER.
        SELECT * INTO found FROM pg_roles WHERE rolname = wanted;
        IF NOT found.rolcanlogin THEN EXECUTE format('ALTER ROLE %I LOGIN', wanted); END IF;
        IF found.rolsuper THEN EXECUTE format('ALTER ROLE %I NOSUPERUSER', wanted); END IF;
        IF found.rolbypassrls THEN EXECUTE format('ALTER ROLE %I NOBYPASSRLS', wanted); END IF;
        IF found.rolcreatedb THEN EXECUTE format('ALTER ROLE %I NOCREATEDB', wanted); END IF;
        IF found.rolcreaterole THEN EXECUTE format('ALTER ROLE %I NOCREATEROLE', wanted); END IF;
        IF found.rolreplication THEN EXECUTE format('ALTER ROLE %I NOREPLICATION', wanted); END IF;

        given := current_setting(replace(wanted, 'vzaiemodiia_', 'vzaiemodiia.') || '_password', true);
        IF given <> '' THEN EXECUTE format('ALTER ROLE %I PASSWORD %L', wanted, given); END IF;
    END LOOP;

    -- Membership would hand the owner's rights to the application.
    IF pg_has_role('vzaiemodiia_app', 'vzaiemodiia_migrator', 'MEMBER') THEN
        REVOKE vzaiemodiia_migrator FROM vzaiemodiia_app;
    END IF;

    -- Who is no superuser has to be a member of the role it gives things to.
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        EXECUTE format('GRANT vzaiemodiia_migrator TO %I', current_user);
    END IF;

    EXECUTE format('ALTER DATABASE %I OWNER TO vzaiemodiia_migrator', current_database());
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO vzaiemodiia_app', current_database());
END
$roles$;

-- Trusted extensions; made here so that a migration never depends on who runs it.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS citext;

-- Tables are granted one by one, in the migration that makes them: a forgotten grant is an error, a forgotten
-- revocation would be a leak.
ALTER SCHEMA public OWNER TO vzaiemodiia_migrator;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM vzaiemodiia_app;
GRANT USAGE ON SCHEMA public TO vzaiemodiia_app;
ALTER DEFAULT PRIVILEGES FOR ROLE vzaiemodiia_migrator REVOKE ALL ON TABLES FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE vzaiemodiia_migrator REVOKE ALL ON SEQUENCES FROM PUBLIC;
