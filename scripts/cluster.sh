#!/usr/bin/env bash
# A cluster on one machine, without containers, to try and to break: PostgreSQL, Redis, three nodes and nginx, all on 127.0.0.1.
# Needs postgresql 15+, redis-server, nginx and Node.js besides the .NET SDK (Debian: apt-get install postgresql redis-server nginx nodejs).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly DATA=${CLUSTER_DATA:-$PWD/data/cluster}      # everything it makes; delete it to begin anew
readonly PORT=${CLUSTER_PORT:-8080}                   # nginx; nodes are at +1 … +9
readonly NODES=${CLUSTER_NODES:-3}
# direct: nodes cannot be cut off from Redis; no: they find each other's messages in PostgreSQL alone
readonly REDIS=${CLUSTER_REDIS:-yes}
readonly PG_PORT=$((PORT + 10)) REDIS_PORT=$((PORT + 11)) RELAY_PORT=$((PORT + 20))
readonly MARU=${MARU:-$DATA/program/maru}
readonly DATABASE="Host=127.0.0.1;Port=$PG_PORT;Database=maru;Username=maru"

usage() {
    cat <<TEXT
usage: scripts/cluster.sh COMMAND

  up                     start everything and stay; Ctrl-C ends it all
  start | stop           the same in the background
  status                 what runs, and where
  settings               the settings that seed and other commands need: maru seed \$(scripts/cluster.sh settings)
  start-node N           start node N (1 to $NODES)
  stop-node N            SIGTERM: the node drains, then ends
  kill-node N            SIGKILL
  pause-node N | resume-node N    SIGSTOP, SIGCONT
  restart-node N         stop-node, then start-node; returns when it is ready
  roll                   restart-node, one after the other
  cut-node N | heal-node N        cut node N off from Redis, and join it again
  kill-redis | start-redis | pause-redis | resume-redis
  kill-postgres | start-postgres | restart-postgres

Environment: CLUSTER_DATA ($DATA), CLUSTER_PORT ($PORT), CLUSTER_NODES ($NODES), CLUSTER_REDIS (yes, direct or no),
MARU (a program other than this source).
Settings for the nodes go through as usual: Maru__RateLimits__Enabled=false scripts/cluster.sh up
TEXT
}

fail() {
    echo "cluster.sh: $*" >&2
    exit 1
}

pid_of() { cat "$DATA/$1.pid" 2>/dev/null || true; }
runs() {
    local pid
    pid=$(pid_of "$1")
    [[ -n $pid && -d /proc/$pid ]] && [[ $(sed 's/.*) //; s/ .*//' "/proc/$pid/stat" 2>/dev/null) != Z ]]
}

# Starts a program in the background, apart from this shell's group: Ctrl-C is ours to handle.
launch() {
    local name=$1
    shift
    setsid "$@" >>"$DATA/$name.log" 2>&1 </dev/null &
    echo $! >"$DATA/$name.pid"
}

# ready NAME COMMAND: waits until the command succeeds, as long as the program runs.
ready() {
    local name=$1 i
    shift
    for ((i = 0; i < 600; i++)); do
        "$@" >/dev/null 2>&1 && return 0
        runs "$name" || fail "$name has ended: $(tail -n 1 "$DATA/$name.log")"
        sleep 0.05
    done
    fail "$name is not ready after 30 s; see $DATA/$name.log"
}

signal() { runs "$2" && kill "-$1" "$(pid_of "$2")" || true; }

gone() {
    local i
    for ((i = 0; i < 1200; i++)); do
        runs "$1" || return 0
        sleep 0.05
    done
    fail "$1 does not end; see $DATA/$1.log"
}

end() {
    signal CONT "$2"
    signal "$1" "$2"
    gone "$2"
}

# PostgreSQL refuses root.
as_postgres() { if [[ $(id -u) == 0 ]]; then setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; else "$@"; fi; }

pg_bin() {
    local found
    found=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
    [[ -n $found ]] || found=$(dirname "$(command -v initdb 2>/dev/null || fail "PostgreSQL is missing: apt-get install postgresql")")
    echo "$found"
}

start_postgres() {
    runs postgres && return
    local bin
    bin=$(pg_bin)
    if [[ ! -f $DATA/postgres/PG_VERSION ]]; then
        mkdir -p "$DATA/postgres"
        [[ $(id -u) == 0 ]] && chown postgres "$DATA/postgres"
        as_postgres "$bin/initdb" -D "$DATA/postgres" -A trust -U maru -E UTF8 --locale=C >"$DATA/initdb.log" 2>&1 \
            || fail "initdb: see $DATA/initdb.log"
    fi
    local server=("$bin/postgres" -D "$DATA/postgres" -p "$PG_PORT"
        -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=300)
    [[ $(id -u) != 0 ]] || server=(setpriv --reuid=postgres --regid=postgres --clear-groups "${server[@]}")
    launch postgres "${server[@]}"
    ready postgres "$bin/pg_isready" -h 127.0.0.1 -p $PG_PORT -U maru
    "$bin/psql" -h 127.0.0.1 -p $PG_PORT -U maru -d postgres -qtc "SELECT 1 FROM pg_database WHERE datname = 'maru'" | grep -q 1 ||
        "$bin/createdb" -h 127.0.0.1 -p $PG_PORT -U maru maru
}

start_redis() {
    [[ $REDIS != no ]] || return 0
    runs redis || launch redis redis-server --bind 127.0.0.1 --port $REDIS_PORT --save '' --appendonly no --dir "$DATA"
    ready redis redis-cli -p $REDIS_PORT ping
}

# As a supervisor does: a node that finds PostgreSQL away when it starts is started again.
start_node() {
    local try
    for try in 1 2 3 4 5; do
        (start_node_once "$1") && return
        sleep 1
    done
    fail "node $1 does not start; see $DATA/node-$1.log"
}

start_node_once() {
    local n=$1
    runs "node-$n" && return
    local url=http://127.0.0.1:$((PORT + n)) redis=
    if [[ $REDIS == direct ]]; then redis=127.0.0.1:$REDIS_PORT; fi
    if [[ $REDIS == yes ]]; then
        runs "relay-$n" || launch "relay-$n" node scripts/relay.mjs $((RELAY_PORT + n)) $REDIS_PORT
        redis=127.0.0.1:$((RELAY_PORT + n))
    fi
    # Each node sees Redis at an address of its own; they agree on where a room is, for there is one.
    Maru__Database=$DATABASE Maru__Redis=$redis Maru__Data=$DATA/maru Maru__Limits__Proxies=127.0.0.1 launch "node-$n" "$MARU" --urls "$url"
    ready "node-$n" curl -sf "$url/health/ready"
}

start_nginx() {
    runs nginx && return
    local config=$DATA/nginx.conf n servers=
    for ((n = 1; n <= NODES; n++)); do servers+="\\1 127.0.0.1:$((PORT + n))\\2\n"; done
    # Without limits of an address: all clients are at one here.
    sed -e '/^ *limit_\(conn\|req\) /d' \
        -e "/server maru-[2-9]:/d" -e "s|^\( *server\) maru-1:8080\(.*\)|${servers%\\n}|" -e "s|listen 8080|listen 127.0.0.1:$PORT|" \
        -e "s|/tmp/nginx.pid|$DATA/nginx.master|" -e "s|/tmp/nginx|$DATA/nginx-tmp|" deploy/nginx.conf >"$config"
    launch nginx nginx -c "$config" -g 'daemon off;' -e stderr
    ready nginx curl -sf "http://127.0.0.1:$PORT/health/ready"
}

each_node() {
    local n
    for ((n = 1; n <= NODES; n++)); do "$1" "$n"; done
}

# A copy of its own: what is built while the cluster runs is not half of it the next time that a node starts.
# One build at a time in this folder.
publish() {
    local one_at_a_time=() n
    for ((n = 1; n <= NODES; n++)); do ! runs "node-$n" || return 0; done
    mkdir -p artifacts
    echo "Building Maru …" >&2
    ! command -v flock >/dev/null || one_at_a_time=(flock --close artifacts/build.lock)
    "${one_at_a_time[@]}" sh -c 'dotnet publish src/Maru.Server -c Release -o artifacts/maru --nologo -v quiet \
        && rm -rf "$1/program" && cp -r artifacts/maru "$1/program"' sh "$DATA"
}

start_all() {
    local program
    for program in nginx node curl; do command -v $program >/dev/null || fail "$program is missing"; done
    [[ $REDIS == no ]] || command -v redis-server >/dev/null || fail "redis-server is missing: apt-get install redis-server"
    mkdir -p "$DATA"
    chmod 711 "$DATA"
    [[ $MARU != "$DATA/program/maru" ]] || publish
    start_postgres
    start_redis
    each_node start_node
    start_nginx
}

stop_all() {
    local file name pids=()
    for name in nginx; do end QUIT $name; done
    for file in "$DATA"/node-*.pid; do
        [[ -f $file ]] || continue
        name=$(basename "$file" .pid)
        signal CONT "$name" && signal TERM "$name" && pids+=("$name")
    done
    for name in "${pids[@]}"; do gone "$name"; done
    for name in "$DATA"/relay-*.pid; do [[ -f $name ]] && end TERM "$(basename "$name" .pid)"; done
    end TERM redis
    end INT postgres
}

status() {
    local name
    for name in "$DATA"/*.pid; do
        name=$(basename "$name" .pid)
        if runs "$name"; then echo "$name: process $(pid_of "$name")"; else echo "$name: not running"; fi
    done
    echo "http://127.0.0.1:$PORT (nginx), nodes at http://127.0.0.1:$((PORT + 1)) … $((PORT + NODES)), logs in $DATA"
}

node_number() { [[ ${1:-} =~ ^[0-9]+$ && $1 -ge 1 && $1 -le $NODES ]] || fail "a node's number is 1 to $NODES"; }

restart_node() {
    end TERM "node-$1"
    start_node "$1"
}

case ${1:-} in
    up)
        trap 'trap - EXIT INT TERM; echo; echo "Stopping …"; stop_all; exit 0' EXIT INT TERM
        start_all
        status
        echo "Ctrl-C ends it all."
        while true; do sleep 3600 & wait $!; done
        ;;
    start) start_all; status ;;
    stop) stop_all ;;
    status) status ;;
    settings) printf '%s\n' "--Maru:Database=$DATABASE" "--Maru:Data=$DATA/maru" ;;
    start-node) node_number "${2:-}"; start_node "$2" ;;
    stop-node) node_number "${2:-}"; end TERM "node-$2" ;;
    kill-node) node_number "${2:-}"; end KILL "node-$2" ;;
    pause-node) node_number "${2:-}"; signal STOP "node-$2" ;;
    resume-node) node_number "${2:-}"; signal CONT "node-$2" ;;
    restart-node) node_number "${2:-}"; restart_node "$2" ;;
    roll) each_node restart_node ;;
    cut-node) node_number "${2:-}"; signal STOP "relay-$2" ;;
    heal-node) node_number "${2:-}"; signal CONT "relay-$2" ;;
    kill-redis) end KILL redis ;;
    start-redis) start_redis ;;
    pause-redis) signal STOP redis ;;
    resume-redis) signal CONT redis ;;
    kill-postgres)
        children=$(ps -o pid= --ppid "$(pid_of postgres)" 2>/dev/null || true)
        end KILL postgres
        # They follow, a moment later; a new server does not start beside them.
        for pid in $children; do while [[ -d /proc/$pid ]]; do sleep 0.05; done; done
        ;;
    start-postgres) start_postgres ;;
    restart-postgres) end INT postgres; start_postgres ;;
    -h | --help | help) usage ;;
    *) usage >&2; exit 2 ;;
esac
