#!/usr/bin/env bash
# Counts what was added and removed between each two neighbouring captures in
# DIR: with jq and comm alone; or, to be compared with that, as snapshotter sees
# them after importing them into a new database. See verify-captures.md.
set -euo pipefail
shopt -s inherit_errexit nullglob
export LC_ALL=C

if [ $# -lt 1 ] || [ $# -gt 2 ] || [ ! -d "$1" ]; then
  echo "usage: $0 DIR [NEW-DATABASE]" >&2
  echo "DIR holds TIME/REGION/{foundation-models,inference-profiles}.json" >&2
  exit 2
fi
dir=${1%/} database=${2:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# region FILE: the name of the folder that it is in.
region() {
  local folder=${1%/*}
  echo "${folder##*/}"
}

# pairs FILE LIST ID: "REGION<tab>ID" of every item in the file. One jq a file:
# given several, it reads a broken one on into the next, and its exit status is
# that of the last.
pairs() {
  jq -rs --arg region "$(region "$1")" --arg list "$2" --arg id "$3" '
    if length == 1 then .[0] else error("not one JSON document") end
    | if .nextToken // .NextToken then error("it is one page of several") else . end
    | .[$list][] | select(.type != "APPLICATION") | [$region, (.[$id] // error("an item has no " + $id))] | @tsv' "$1" ||
    { echo "$1: can't be read as a whole list" >&2; exit 1; }
}

# collect TIME NAME LIST ID: what that capture holds, as sorted files of pairs
# and of the regions that were recorded.
collect() {
  mkdir -p "$work/$1"
  : >"$work/$1/$2.pairs"
  : >"$work/$1/$2.regions"
  for file in "$dir/$1"/*/"$2"; do
    region "$file" >>"$work/$1/$2.regions"
    pairs "$file" "$3" "$4" >>"$work/$1/$2.pairs"
  done
  sort -o "$work/$1/$2.regions" "$work/$1/$2.regions"
  sort -u -o "$work/$1/$2.pairs" "$work/$1/$2.pairs"
}

# difference NAME BASE HEAD: "+ADDED -REMOVED" over the regions that both
# captures hold. A region that one of them lacks was not observed there.
difference() {
  base=$work/$2/$1 head=$work/$3/$1
  comm -3 "$base.regions" "$head.regions" | tr -d '\t' | sed "s|.*|# &: $1 in one of $2 and $3 only, not compared|" >&2
  comm -12 "$base.regions" "$head.regions" >"$work/both"
  join -t $'\t' "$work/both" "$base.pairs" >"$work/base"
  join -t $'\t' "$work/both" "$head.pairs" >"$work/head"
  printf '+%d -%d' "$(comm -13 "$work/base" "$work/head" | wc -l)" "$(comm -23 "$work/base" "$work/head" | wc -l)"
}

row() { printf '%-20s  %-20s  %-11s  %s\n' "$@"; }

# by_jq TIME...: a row for each two neighbours.
by_jq() {
  local last= time
  for time; do
    collect "$time" foundation-models.json modelSummaries modelId
    collect "$time" inference-profiles.json inferenceProfileSummaries inferenceProfileId
    if [ -n "$last" ]; then
      models=$(difference foundation-models.json "$last" "$time")
      profiles=$(difference inference-profiles.json "$last" "$time")
      row "$last" "$time" "$models" "$profiles"
    fi
    last=$time
  done
}

# by_product TIME...: the same from snapshotter, whose runs have the ids 1, 2, 3
# and so on in a new database. What came back counts as added.
by_product() {
  go build -C "$(dirname "$0")/.." -o "$work/snapshotter" ./cmd/snapshotter
  [ ! -e "$database" ] || { echo "$database is there already" >&2; exit 1; }
  "$work/snapshotter" import --quiet --db "$database" "$dir"
  local last= time run=0
  for time; do
    run=$((run + 1))
    if [ -n "$last" ]; then
      "$work/snapshotter" diff --db "$database" --format json "$((run - 1))" "$run" >"$work/changes"
      models=$(counted foundation-model)
      profiles=$(counted inference-profile)
      row "$last" "$time" "$models" "$profiles"
    fi
    last=$time
  done
}

# counted RESOURCE: "+ADDED -REMOVED" of the changes.
counted() {
  jq -r --arg resource "$1" '[.changes[] | select(.resource == $resource).kind]
    | "+\(map(select(. == "added" or . == "reappeared")) | length) -\(map(select(. == "removed")) | length)"' "$work/changes"
}

times=("$dir"/[0-9]*/)
if [ ${#times[@]} -eq 0 ]; then
  echo "$dir holds no folder named by a time, such as 2026-02-08T07-06-08Z" >&2
  exit 1
fi
times=("${times[@]%/}")
times=("${times[@]##*/}")
row base head models profiles
if [ -n "$database" ]; then by_product "${times[@]}"; else by_jq "${times[@]}"; fi
