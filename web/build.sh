#!/usr/bin/env bash
# Builds the web client into web/dist, when something in web/ has changed. Needs Node.js 20 or newer, with npm.
# Where that is missing it says so and ends with 0: the server then sends what was built before, or a page that says that nothing was.
# 1: the build failed, and the client is as it was.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
self=$PWD/${BASH_SOURCE[0]##*/}

node=20
stamp=../artifacts/web.stamp

say() { echo "web/build.sh: $*" >&2; }

# What the build reads, with the files' names: one that was taken away is a change, too.
sources() {
    find . \( -name node_modules -o -name dist -o -name screenshots -o -name test-results -o -name playwright-report \
        -o -path ./data \) -prune \
        -o -type f "$@" -print
}

# True when a source is newer than the last build, or is none any more.
stale() {
    [[ -f dist/index.html && -f $stamp ]] || return 0
    [[ $(sources | LC_ALL=C sort) != "$(cat "$stamp")" || -n $(sources -newer "$stamp" | head -n 1) ]]
}

# Prints what is missing.
missing() {
    local found
    if ! command -v node >/dev/null; then
        echo "Node.js $node or newer is missing"
    elif found=$(node --version) && [[ ! $found =~ ^v([0-9]+)\. || ${BASH_REMATCH[1]} -lt $node ]]; then
        echo "Node.js $node or newer is missing (found: $found)"
    elif ! command -v npm >/dev/null; then
        echo "npm is missing, which comes with Node.js"
    fi
}

# run LOG COMMAND …: shows what the command said where it failed.
run() {
    local log=$1
    shift
    "$@" >"$log" 2>&1 </dev/null && return
    tail -n 40 "$log" >&2
    say "'$*' failed, see above."
    exit 1
}

build() {
    local begun=$stamp.begun
    sources | LC_ALL=C sort >"$begun"   # what changes while the build runs makes it stale again
    if [[ ! -f node_modules/.package-lock.json || package-lock.json -nt node_modules/.package-lock.json ]]; then
        say "fetching packages …"
        run "$stamp.log" npm ci --no-audit --no-fund
    fi
    say "building the web client …"
    run "$stamp.log" npm run build
    mv "$begun" "$stamp"
}

[[ -f package.json ]] || exit 0
if [[ ${1:-} == --build-locked ]]; then
    if stale; then build; fi
    exit
fi

stale || exit 0
lack=$(missing)
if [[ $lack && -f dist/index.html ]]; then
    say "$lack: the web client stays as it was built before."
elif [[ $lack ]]; then
    say "$lack: the web client cannot be built; everything else works. Get it from https://nodejs.org/"
else
    # One build at a time in this folder; the lock is not handed down (--close).
    mkdir -p "${stamp%/*}"
    if command -v flock >/dev/null; then flock --close ../artifacts/web.lock "$BASH" "$self" --build-locked; else build; fi
fi
