#!/bin/sh
# Makes the two database roles on the first start of the PostgreSQL image: the owner migrates, the app owns nothing
# and row-level security binds it. The same roles as in src/platform/db/embedded/roles.ts.
set -e

owner_password=$(cat /run/secrets/db_owner_password)
app_password=$(cat /run/secrets/db_app_password)

# psql quotes the variables itself; the passwords reach it by environment, never by argument.
OWNER_PASSWORD=$owner_password APP_PASSWORD=$app_password PGPASSWORD=$(cat /run/secrets/postgres_password) \
  psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username="${POSTGRES_USER:-postgres}" --dbname=postgres <<'SQL'
\getenv owner_password OWNER_PASSWORD
\getenv app_password APP_PASSWORD
CREATE ROLE ja_owner LOGIN NOSUPERUSER NOCREATEDB CREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'owner_password';
CREATE ROLE ja_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT PASSWORD :'app_password';
CREATE DATABASE judicial_assistance OWNER ja_owner;
REVOKE CONNECT, TEMPORARY ON DATABASE postgres, template1 FROM PUBLIC;
REVOKE ALL ON DATABASE judicial_assistance FROM PUBLIC;
GRANT CONNECT ON DATABASE judicial_assistance TO ja_app;
\connect judicial_assistance
ALTER SCHEMA public OWNER TO ja_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO ja_app;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gist;
SQL
