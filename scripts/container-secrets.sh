#!/bin/sh
# Makes the secret files that docker-compose.yml mounts; a file that exists is never touched, so running it again is safe.
# The directories are closed (0700) and the files readable (0444): compose mounts a file with its own mode, and the
# service runs as a user that does not exist on this machine.
set -eu
cd "$(dirname "$0")/.."
umask 077

hex() { head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n'; }

put() {
  [ -e "$1" ] && return 0
  printf '%s\n' "$2" > "$1"
  chmod 0444 "$1"
}

for shape in live sandbox; do
  dir=secrets/$shape
  host=db
  [ "$shape" = sandbox ] && host=sandbox-db
  mkdir -p -m 0700 secrets "$dir"
  put "$dir/postgres_password" "$(hex)"
  put "$dir/db_owner_password" "$(hex)"
  put "$dir/db_app_password" "$(hex)"
  put "$dir/database_owner_url" "postgres://ja_owner:$(cat "$dir/db_owner_password")@$host:5432/judicial_assistance"
  put "$dir/database_url" "postgres://ja_app:$(cat "$dir/db_app_password")@$host:5432/judicial_assistance"
  put "$dir/kek" "$(head -c 32 /dev/urandom | base64)"
  # Empty until they are needed: a change of the master key, an S3-compatible store.
  put "$dir/kek_previous" ''
  put "$dir/s3_secret_access_key" ''
done
[ -e secrets/.gitignore ] || echo '*' > secrets/.gitignore
echo "secrets are in ./secrets; back up secrets/live/kek apart from the database: without it nothing personal can be read"
