#!/usr/bin/env bash
# Run by PostgreSQL's image when the database is made: a role for Maru that owns its one database and has no other right.
set -euo pipefail
psql -v ON_ERROR_STOP=1 --no-psqlrc -q -U "$POSTGRES_USER" -d postgres <<'SQL'
\set password `cat /run/secrets/maru_password`
CREATE ROLE maru LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION CONNECTION LIMIT 90 PASSWORD :'password';
CREATE DATABASE maru OWNER maru;
REVOKE ALL ON DATABASE maru, postgres FROM PUBLIC;
SQL
