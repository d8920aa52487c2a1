#!/usr/bin/env bash
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1

usage() {
    cat <<'END'
./test.sh           runs every test of every project
./test.sh --quick   runs what takes no minute after the build: the engine's tests, and the server's on SQLite
                    without the categories Kill, Load, Slow, Faults and Clients
./test.sh --help    prints this

The last line says how many tests passed and failed. Any folder, and several runs side by side, are fine.
MARU_TEST_SECONDS   ends a project's tests when none of them has ended for so long (600)
CI=true             a part that cannot run, for want of a program, fails instead of being skipped
END
}

quick=
case ${1:-} in
    '') ;;
    --quick) quick=yes ;;
    --help) usage; exit ;;
    *) usage >&2; exit 2 ;;
esac

readonly LIMIT=${MARU_TEST_SECONDS:-600}    # for how long none of a project's tests may end: a slow machine is no fault
readonly UNSTEADY=5                         # tests of one run that may fail beside others, when they pass alone
logs=$(mktemp -d "${TMPDIR:-/tmp}/maru-test.XXXXXX") || exit 1
passed=0 failed=0 skipped=0 unsteady=0 child=

finish() {
    local code=$?
    [[ -n $child ]] && kill "$child" 2>/dev/null
    if ((failed == 0 && code == 0)); then rm -rf "$logs"; else echo "Logs: $logs"; fi
    ((code != 0 && failed == 0)) && failed=1
    ((unsteady > 0)) && say "$unsteady unsteady: failed beside the others and passed alone, named above"
    printf '%d passed, %d failed' "$passed" "$failed"
    ((skipped > 0)) && printf ', %d skipped' "$skipped"
    printf '\n'
    ((failed == 0)) || exit 1
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

say() { printf '%s\n' "$*"; }

fail() {
    ((failed++))
    say "FAILED: $*"
}

# Runs one command at a time over all runs of this folder: builds and installations write to shared places.
# The lock is not handed down (--close): the compiler server, which outlives the build, would keep it.
alone() {
    mkdir -p artifacts
    if command -v flock >/dev/null; then flock --close artifacts/build.lock "$@"; else "$@"; fi
}

# What servers consist of is not on everybody's PATH.
have() { PATH=$PATH:/usr/sbin:$(printf '%s:' /usr/lib/postgresql/*/bin) command -v "$1" >/dev/null; }

# need COMMAND PACKAGE WHAT: installs what is missing where it may; else that part is skipped, or has failed with CI=true.
# False: it is missing.
need() {
    have "$1" && return 0
    if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
        say "Installing $2 ($3) …"
        local install="DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $2"
        alone bash -c "apt-get update -qq && $install" >"$logs/apt-$2.log" 2>&1 </dev/null \
            || tail -n 5 "$logs/apt-$2.log"
        have "$1" && return 0
    fi
    without "$2" "$3"
}

without() {
    if [[ ${CI:-} == true ]]; then fail "$1 is missing: $2"; else say "SKIPPED: $1 is missing: $2"; fi
    return 1
}

need_servers() {
    need initdb postgresql "tests on PostgreSQL" \
        && need redis-server redis-server "tests of several nodes" \
        && need nginx nginx-light "tests of several nodes" \
        && need prometheus prometheus "tests of metrics, alerts and dashboards" \
        && need amtool prometheus-alertmanager "tests of alerts"
}

# Prints the tests of a log that have begun and not ended.
running() {
    grep -aE '\[(STARTING|FINISHED)\]' "$1" | awk '
        { test = $0; sub(/ \[(STARTING|FINISHED)\].*/, "", test) }
        /STARTING/ { open[test] = 1 }
        /FINISHED/ { delete open[test] }
        END { for (test in open) print test }'
}

# Prints, now and then, how far a running test project is; once what it is at when none of its tests has ended for a minute; and ends it
# when none does for long.
watch() {
    local pid=$1 log=$2 begun=$SECONDS told=$SECONDS ended=0 now moved=$SECONDS stands=
    while kill -0 "$pid" 2>/dev/null; do
        sleep 0.2
        ((SECONDS - told >= 10)) || continue
        told=$SECONDS
        now=$(grep -acF '[FINISHED]' "$log")
        say "  … $now done, $((SECONDS - begun)) s"
        if ((now > ended)); then
            ended=$now moved=$SECONDS stands=
        elif ((SECONDS - moved >= LIMIT)); then
            say "  none has ended for $LIMIT s, given up; what was running:"
            running "$log"
            kill -KILL "$pid"
        elif [[ -z $stands ]] && ((SECONDS - moved >= 60)); then
            stands=yes
            say "  none has ended for a minute; what is running:"
            running "$log"
        fi
    done
}

count() { sed -n "s/.*<assembly [^>]* $1=\"\([0-9]*\)\".*/\1/p" "$2" 2>/dev/null | head -n 1; }

# passes_alone WHAT COMMAND …: looks once more at tests that failed, without the others beside them. They stay named: a busy machine, or
# a rare race that is to be found. More than a few in one run are failures.
passes_alone() {
    local log=$logs/alone.log code
    say "  UNSTEADY or broken, once more alone: $1"
    shift
    timeout "$LIMIT" "$@" >"$log" 2>&1 </dev/null
    code=$?
    if ((code == 0)); then tail -n 1 "$log"; else cat "$log"; fi
    return $code
}

# failures RESULTS: the methods of the tests that failed.
failures() {
    grep -ao '<test [^>]*result="Fail"[^>]*' "$1" | sed -n 's/.* type="\([^"]*\)" method="\([^"]*\)".*/\1.\2/p' | sort -u
}

# run_project PROJECT [STORE [FILTER …]]
run_project() {
    local name=$1 store=${2:-} dll=tests/$1/bin/Release/net10.0/$1.dll code begun=$SECONDS
    local log=$logs/$name$store.log xml=$logs/$name$store.xml
    shift $(($# > 1 ? 2 : 1))
    say "$name${store:+ on $store}"
    MARU_TEST_STORE=$store dotnet "$dll" -noColor -noLogo -noAutoReporters -reporter verbose -result-xml "$xml" "$@" \
        >"$log" 2>&1 </dev/null &
    child=$!
    watch "$child" "$log"
    wait "$child"
    code=$?
    child=
    local p f s e
    p=$(count passed "$xml") f=$(count failed "$xml") s=$(count skipped "$xml") e=$(count errors "$xml")
    if [[ -z $p ]]; then
        tail -n 60 "$log"
        fail "$name ended with exit code $code and without a result"
        return
    fi

    say "  $p passed, $((f + e)) failed, $s skipped in $((SECONDS - begun)) s"
    if ((f + e > 0 || code != 0)); then grep -avE '\[(STARTING|FINISHED)\]' "$log"; fi
    grep -aF '[SKIP]' -A 1 "$log"
    if ((e == 0 && f > 0 && code < 128 && unsteady + f <= UNSTEADY)); then
        local method methods=() again=$logs/alone.xml
        while read -r method; do methods+=(-method "$method"); done < <(failures "$xml")
        if passes_alone "${methods[*]}" env MARU_TEST_STORE="$store" \
            dotnet "$dll" -noColor -noLogo -noAutoReporters -result-xml "$again" "${methods[@]}" \
            && (($(count passed "$again") >= f)); then
            ((unsteady += f, p += f, f = 0, code = 0))
        fi
    fi
    ((passed += p, failed += f + e, skipped += s))
    if ((p + f + e == 0)); then fail "$name ran no test"; fi
    if ((code != 0 && f + e == 0)); then fail "$name ended with exit code $code"; fi
}

run_gate() {
    say "Allocations"
    if dotnet run -c Release --no-build --project bench/Maru.Bench -- allocations >"$logs/allocations.log" 2>&1 </dev/null; then
        ((passed++))
        tail -n 1 "$logs/allocations.log" | sed 's/^/  /'
    else
        cat "$logs/allocations.log"
        fail "the hot path allocates more than bench/allocations.json allows"
    fi
}

# The API document, which a test keeps equal to the server's.
run_lint() {
    local redocly=tests/openapi/node_modules/.bin/redocly
    [[ -x $redocly ]] || return
    say "API document"
    export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true
    if $redocly lint --config tests/openapi/redocly.yaml docs/protocols/openapi.json >"$logs/openapi.log" 2>&1 </dev/null; then
        ((passed++))
        say "  no error, no warning"
    else
        cat "$logs/openapi.log"
        fail "the API document is not good"
    fi
}

# web_part NAME COMMAND …: one part of the web client's checks, which counts as one test.
web_part() {
    local name=$1 log=$logs/web-${1// /-}.log
    shift
    if (cd web && "$@") >"$log" 2>&1 </dev/null; then
        ((passed++))
        say "  $name: good"
    else
        tail -n 60 "$log"
        fail "web client: $name"
    fi
}

# web_numbers RESULTS: of tests that passed, failed and were skipped, and of errors outside of them.
web_numbers() {
    node -e '
        const r = JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8")), t = r.stats
        console.log(t ? `${t.expected} ${t.unexpected + t.flaky} ${t.skipped} ${r.errors.length}`
            : `${r.numPassedTests} ${r.numFailedTests} ${r.numPendingTests} 0`)' "$1" 2>/dev/null
}

# web_tests NAME RESULTS COMMAND …: tests that leave their numbers in RESULTS, as Vitest or Playwright write them.
web_tests() {
    local name=$1 results=$logs/$2 log=$logs/web-${1// /-}.log begun=$SECONDS code p f s errors
    shift 2
    (cd web && exec env RESULTS="$results" "$@") >"$log" 2>&1 </dev/null &
    child=$!
    wait "$child"
    code=$?
    child=
    read -r p f s errors < <(web_numbers "$results")
    if [[ -z $p ]]; then
        tail -n 60 "$log"
        fail "web client: $name ended with exit code $code and without a result"
        return
    fi
    say "  $name: $p passed, $f failed, $s skipped in $((SECONDS - begun)) s"
    if ((f > 0 || code != 0)); then cat "$log"; fi
    # What was skipped waited for one that failed, and has not run at all.
    if [[ $2 == playwright ]] && ((f > 0 && s == 0 && errors == 0 && unsteady + f <= UNSTEADY)) \
        && passes_alone "those above" env -C web RESULTS="$results.alone" "$@" --last-failed \
        && [[ $(web_numbers "$results.alone") == "$f 0 0 0" ]]; then
        ((unsteady += f, p += f, f = 0, code = 0))
    fi
    ((passed += p, failed += f, skipped += s))
    if ((p + f == 0)); then fail "web client: $name ran no test"; fi
    if ((code != 0 && f == 0)); then fail "web client: $name ended with exit code $code"; fi
}

run_web() {
    [[ -d web/node_modules ]] || return
    say "Web client"
    web_part "API types" npm run --silent types:check -w maru-client
    web_part "types and style" npm run --silent check
    web_tests "units" units.json npx vitest run --reporter=default --reporter=json --outputFile.json="$logs/units.json"
    web_tests "maru-client" client.json npm test --silent -w maru-client -- \
        --reporter=default --reporter=json --outputFile.json="$logs/client.json"
    have chromium && web_tests "in a browser" playwright.json npx playwright test --output "$logs/playwright"
}

# A cluster under verified load, with something killed, paused or cut off every 20 s.
run_chaos() {
    local begun=$SECONDS
    say "Chaos"
    CHAOS_OUT=$logs/chaos scripts/chaos.sh short >"$logs/chaos.log" 2>&1 </dev/null &
    child=$!
    if wait "$child"; then
        ((passed++))
        say "  every guarantee held in $((SECONDS - begun)) s; $(grep -aE '^[0-9]+ faults' "$logs/chaos.log")"
    else
        grep -aE 'fault |BROKEN|MISSED|error ' "$logs/chaos.log"
        tail -n 30 "$logs/chaos.log"
        fail "chaos"
    fi
    child=
}

if ! command -v dotnet >/dev/null; then
    fail "the .NET 10 SDK is missing, https://dotnet.microsoft.com/download/dotnet/10.0"
    exit 1
fi

# First, as the server takes it along. Without Node.js there is none, which is told below.
if [[ ! $quick ]] && ! web/build.sh >"$logs/web-build.log" 2>&1 </dev/null; then
    cat "$logs/web-build.log"
    fail "the build of the web client"
fi

say "Building"
if ! alone dotnet build Maru.slnx -c Release --nologo -v quiet -clp:NoSummary >"$logs/build.log" 2>&1 </dev/null; then
    sed 's/ \[[^]]*\]$//' "$logs/build.log" | sort -u | head -n 60
    fail "the build"
    exit 1
fi

if [[ $quick ]]; then
    run_project Maru.Engine.Tests
    run_project Maru.Server.Tests sqlite -trait- Store=postgres \
        -trait- Category=Kill -trait- Category=Load -trait- Category=Slow -trait- Category=Faults -trait- Category=Clients
    exit $((failed > 0))
fi

for package in tests/*/package-lock.json web/package-lock.json; do
    [[ -f $package ]] || continue
    folder=${package%/*}
    if need node nodejs "what runs under Node.js in $folder" && need npm npm "what runs under Node.js in $folder"; then
        if (($(node -p 'process.versions.node.split(".")[0]') < 20)); then
            without "Node.js 20" "what runs under Node.js in $folder"
            continue
        fi
        [[ -f $folder/node_modules/.package-lock.json && ! $package -nt $folder/node_modules/.package-lock.json ]] && continue
        say "Fetching the npm packages of $folder"
        if ! alone npm ci --prefix "$folder" --no-audit --no-fund >"$logs/npm.log" 2>&1 </dev/null; then
            tail -n 20 "$logs/npm.log"
            fail "npm ci in $folder"
        fi
    fi
done

need chromium chromium "tests in a browser"

servers=
need_servers && servers=yes

for project in tests/*.Tests/*.csproj; do
    case $project in
        */Maru.Server.Tests.csproj) run_project Maru.Server.Tests sqlite -trait- Store=postgres ;;
        *) run_project "$(basename "$project" .csproj)" ;;
    esac
done
# Everything that touches the store, once more on the other one; what is about SQLite, or hardly about a store, was run above.
if [[ $servers ]]; then
    run_project Maru.Server.Tests postgres -trait- Store=sqlite -trait- Category=Load -trait- Category=Slow -trait- Category=Clients
fi
run_gate
run_lint
run_web
[[ $servers ]] && run_chaos
((failed == 0))
