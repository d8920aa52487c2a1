#!/usr/bin/env bash
# Builds what is stale, the web client too, and starts the server on http://localhost:8080, data in ./data.
# Arguments are passed on: ./run.sh --urls http://127.0.0.1:9000
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
self=$PWD/${BASH_SOURCE[0]##*/}

program=src/Maru.Server/bin/Release/net10.0/maru.dll
stamp=src/Maru.Server/obj/run.stamp

fail() {
    echo "run.sh: $*" >&2
    exit 1
}

# True when a source is newer than the last build. Folders count as well: a file that was taken away changes its folder's time.
stale() {
    [[ -f $program && -f $stamp ]] || return 0
    local web=()
    [[ -d web/dist ]] && web=(web/dist)
    [[ -n $(find "${web[@]}" src/Maru.Engine src/Maru.Server Directory.*.props global.json .editorconfig BannedSymbols.txt \
        \( -name bin -o -name obj \) -prune -o -newer "$stamp" -print | head -n 1) ]]
}

build() {
    [[ $(dotnet --list-sdks 2>/dev/null) =~ (^|$'\n')10\. ]] \
        || fail "the .NET 10 SDK is missing (found: $(dotnet --list-sdks 2>/dev/null | cut -d' ' -f1 | paste -sd' ' -))." \
            "Get it from https://dotnet.microsoft.com/download/dotnet/10.0"
    echo "Building Maru …" >&2
    mkdir -p "${stamp%/*}"
    local log=$stamp.log begun=$stamp.begun
    touch "$begun"   # what changes while the build runs makes it stale again
    if ! dotnet build src/Maru.Server -c Release --nologo -v quiet >"$log" 2>&1 </dev/null; then
        cat "$log" >&2
        rm -f "$begun"
        fail "the build failed, see above."
    fi
    mv "$begun" "$stamp"
}

command -v dotnet >/dev/null || fail "dotnet is missing: Maru needs the .NET 10 SDK, https://dotnet.microsoft.com/download/dotnet/10.0"
if [[ ${1:-} == --build-locked ]]; then
    if stale; then build; fi
    exit
fi

# The web client, where Node.js is there. The server starts without it, too.
if [[ -f web/build.sh ]]; then web/build.sh || echo "run.sh: the web client stays as it was built before, if it was." >&2; fi

if stale; then
    # One build at a time in this folder.
    # The lock is not handed down (--close): the compiler server, which outlives the build, would keep it.
    mkdir -p artifacts
    if command -v flock >/dev/null; then flock --close artifacts/build.lock "$BASH" "$self" --build-locked; else build; fi
fi

# People at a terminal read text more easily than JSON.
if [[ -t 1 ]]; then export Logging__Console__FormatterName=${Logging__Console__FormatterName:-simple}; fi

# exec: signals reach the server itself, and its exit code is this script's.
exec dotnet "$program" "$@"
