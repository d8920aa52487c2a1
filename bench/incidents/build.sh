#!/usr/bin/env bash
# Builds what the drills run: the server, the same as a next version, the load, and the faults of a simulated leak and a bad release.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
dotnet publish src/Maru.Server -c Release -v q --nologo -o artifacts/maru-next -p:Version=0.1.1
dotnet publish src/Maru.Server -c Release -v q --nologo -o artifacts/maru
dotnet publish src/Maru.Load -c Release -v q --nologo -o artifacts/load
dotnet build bench/incidents/Faults -c Release -v q --nologo -o artifacts/faults
