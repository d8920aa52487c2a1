#!/usr/bin/env bash
# Chaos: a cluster of three nodes behind nginx under verified load,
# while nodes, Redis and PostgreSQL are killed, paused, restarted and cut off.
# Ends with what maru-load found: exit code 0 only if every acknowledged message reached every member who stayed or came back,
# exactly once and in order, and is in the history, everybody's unread counts are what a recount gives, and 'maru audit' finds no drift.
#   scripts/chaos.sh            10 minutes: 1,000 clients in 100 rooms, 500 messages a second, a fault every 20 s
#   scripts/chaos.sh short      90 seconds, for every change
#   scripts/chaos.sh rolling    restarts all nodes one after the other, under load
#   scripts/chaos.sh hostile    an hour: all attacks of maru-load in turn with all faults, and rate limits as in production;
#                               --set duration=120 tries it for two minutes
#   scripts/chaos.sh FILE.json  a scenario of your own, with the same faults at hand
# Beside it files are uploaded and sent: each must be whole in the end, and its message found by search.
# Further arguments go to maru-load. The report is in CHAOS_OUT (artifacts/chaos).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

case ${1:-} in
    *.json) scenario=$1; shift ;;
    short) scenario=chaos-short; shift ;;
    rolling) scenario=rolling; shift ;;
    hostile) scenario=hostile; shift ;;
    '' | -*) scenario=chaos ;;
    *) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//p}' "$0" >&2; exit 2 ;;
esac

work=$(mktemp -d "${TMPDIR:-/tmp}/maru-chaos.XXXXXX")
export CLUSTER_DATA=$work CLUSTER_PORT=${CLUSTER_PORT:-$((20000 + RANDOM % 400 * 25))}
[[ $scenario == hostile ]] || export Maru__RateLimits__Enabled=false
out=${CHAOS_OUT:-artifacts/chaos}
files=
cluster() { scripts/cluster.sh "$@"; }

finish() {
    local code=$?
    kill "$files" 2>/dev/null || true
    cluster stop >/dev/null 2>&1 || true
    if ((code == 0)); then rm -rf "$work"; else echo "Logs of the cluster: $work" >&2; fi
    exit $code
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

dotnet build src/Maru.Load -c Release --nologo -v quiet -clp:NoSummary
cluster start
"${MARU:-$work/program/maru}" seed --users 1000 --rooms 100 --messages 0 \
    --tokens "$work/tokens.txt" --rooms-file "$work/rooms.txt" $(cluster settings) >/dev/null

how=(--url "ws://127.0.0.1:$CLUSTER_PORT/ws")
faults=()
for n in 1 2 3; do
    faults+=(--fault "kill-node-$n=scripts/cluster.sh kill-node $n; sleep 2; scripts/cluster.sh start-node $n")
    faults+=(--fault "cut-node-$n=scripts/cluster.sh cut-node $n; sleep 8; scripts/cluster.sh heal-node $n")
done
faults+=(
    --fault "kill-redis=scripts/cluster.sh kill-redis; sleep 5; scripts/cluster.sh start-redis"
    --fault "pause-redis=scripts/cluster.sh pause-redis; sleep 10; scripts/cluster.sh resume-redis"
    --fault "restart-postgres=scripts/cluster.sh restart-postgres"
    --fault "kill-postgres=scripts/cluster.sh kill-postgres; scripts/cluster.sh start-postgres"
)
if [[ $scenario == hostile ]]; then
    # Straight to the nodes: behind nginx an attack would be nginx's.
    "${MARU:-$work/program/maru}" seed --users 10 --rooms 1 --messages 100000 \
        --tokens "$work/attack-tokens.txt" --rooms-file "$work/attack-rooms.txt" $(cluster settings) >/dev/null
    how=(--attack-tokens "$work/attack-tokens.txt" --attack-rooms "$work/attack-rooms.txt")
    for n in 1 2 3; do
        how+=(--url "ws://127.0.0.1:$((CLUSTER_PORT + n))/ws" --pid "$work/node-$n.pid")
        faults+=(--fault "pause-node-$n=scripts/cluster.sh pause-node $n; sleep 5; scripts/cluster.sh resume-node $n")
    done
fi

# Restarts take a while: beside another fault they would meet a node that is being started already.
[[ $scenario != rolling ]] || faults=(--fault "roll=scripts/cluster.sh roll")
code=0
# In rooms of their own: maru-load counts every message of its rooms.
"${MARU:-$work/program/maru}" seed --users 8 --rooms 8 --messages 0 \
    --tokens "$work/file-tokens.txt" --rooms-file "$work/file-rooms.txt" $(cluster settings) >/dev/null
node scripts/chaos-files.mjs "http://127.0.0.1:$CLUSTER_PORT" "$work/file-tokens.txt" "$work/file-rooms.txt" &
files=$!
src/Maru.Load/bin/Release/net10.0/maru-load run "$scenario" "${how[@]}" \
    --tokens "$work/tokens.txt" --rooms "$work/rooms.txt" --out "$out" "${faults[@]}" "$@" || code=$?
kill "$files" && wait "$files" || code=1
"${MARU:-$work/program/maru}" audit $(cluster settings) || code=1
exit $code
