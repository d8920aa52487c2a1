#!/usr/bin/env bash
# Makes the secrets of deploy/compose.cluster.yaml, each once, in deploy/secrets: a folder that its owner alone can enter.
# The files themselves can be read by all, for the containers' users read them; nobody else comes as far.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
mkdir -p -m 700 secrets

random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
database() { printf 'Host=postgres;Database=maru;Username=maru;Password=%s' "$(cat secrets/maru_password)"; }
users() {
    printf 'user default on >%s resetkeys resetchannels &maru:* -@all +@connection +@pubsub +info +config|get +cluster\n' \
        "$(cat secrets/redis_password)"
}

# make NAME COMMAND: what the command prints becomes the secret, unless it is there.
make() {
    [[ ! -f secrets/$1 ]] || return 0
    (umask 077 && "$2" >"secrets/$1.new") && chmod 444 "secrets/$1.new" && mv "secrets/$1.new" "secrets/$1"
}

make postgres_password random       # of PostgreSQL's superuser, which no program uses
make maru_password random           # of the role that owns the one database
make redis_password random
make maru_database database
make redis_users users
