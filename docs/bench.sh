#!/usr/bin/env bash
# Measures what docs/performance.md says, on this machine. Let nothing else run.
set -euo pipefail
cd "$(dirname "$0")/.."
go version
nproc
go test -run '^$' -bench . -benchtime 20x ./collect
go test -run '^$' -bench . ./store
go test -run '^$' -bench . ./report
go test -run '^$' -bench . -benchtime 10x ./cmd/snapshotter
SNAPSHOTTER_PLOT=$PWD/docs/growth.svg go test -tags battery -timeout 0 -v -run 'TestSpeed|TestGit|TestGrowth' ./internal/battery
