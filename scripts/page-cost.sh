#!/usr/bin/env bash
# Prints the CPU that a page of each list costs a server with 100,000 users and 50,000 rooms. Needs what `dotnet publish` made:
#   scripts/page-cost.sh maru/maru [users] [rooms]        MARU_STORE='Host=…' for PostgreSQL, an empty database
#   With MARU_STORE_PID, the process id of PostgreSQL's postmaster, what PostgreSQL costs is printed too.
set -euo pipefail
maru=$(realpath "$1") users=${2:-100000} rooms=${3:-50000} pages=200
work=$(mktemp -d); server=
trap '[ -z "$server" ] || { kill "$server"; wait "$server" || true; }; rm -rf "$work"' EXIT
export Maru__Data="$work" Maru__Database="${MARU_STORE:-Data Source=$work/maru.db}" Maru__RateLimits__Enabled=false
export Logging__LogLevel__Default=Warning
"$maru" seed --users "$users" --rooms "$rooms" --tokens "$work/tokens" > "$work/seeded"; tail -1 "$work/seeded"
"$maru" --urls http://127.0.0.1:18097 > "$work/log" 2>&1 & server=$!
until curl -sf http://127.0.0.1:18097/health/ready > /dev/null; do sleep 0.2; done
token=$(head -1 "$work/tokens") tick=$(getconf CLK_TCK)

cpu() { awk '{ print $14 + $15 }' "/proc/$1/stat"; }

store() {   # of PostgreSQL's connections, which stay
    local sum=0 pid
    for pid in $([ -z "${MARU_STORE_PID:-}" ] || pgrep -P "$MARU_STORE_PID" -f '\)|\[local]'); do sum=$((sum + $(cpu "$pid"))); done
    echo $sum
}

ask() {     # ask PATH TIMES
    for ((i = 0; i < $2; i++)); do printf 'url="http://127.0.0.1:18097%s"\noutput=/dev/null\n' "$1"; done > "$work/urls"
    curl -s -g -H "Authorization: Bearer $token" -K "$work/urls"
}

for path in '/api/users?q=' '/api/users?q=u' '/api/users?q=99' '/api/users?q=user777' '/api/me/rooms' \
    '/api/rooms?sort='{activity,newest,members,name} '/api/rooms?q=r&sort='{activity,members} '/api/rooms?q=999&sort='{activity,members}; do
    ask "$path" 50      # compiled, in memory
    before=$(cpu $server) stored=$(store); ask "$path" $pages
    awk -v t=$(($(cpu $server) - before)) -v s=$(($(store) - stored)) -v k=$((1000 / tick)) -v n=$pages -v p="$path" \
        'BEGIN { printf "%6.2f ms + %.2f ms  %s\n", t * k / n, s * k / n, p }'
done
