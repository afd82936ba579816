#!/usr/bin/env bash
# Keeps the history as assets of a GitHub release, for snapshotter.yaml.
#
#   history.sh fetch FILE        download the newest sound history to FILE, print
#                                the names of damaged ones
#   history.sh check FILE        verify FILE and print its SHA-256
#   history.sh keep FILE SHA256  upload FILE, read it back, delete old assets
#   history.sh alone COMMAND...  run a command without GitHub's tokens
#
# The newest history is the one with the highest last run ID and, among equals,
# the latest last run. Names of assets, workflow run numbers and upload times
# mean nothing: a renamed workflow counts from 1 again.
#
# fetch and check run the program at $SNAPSHOTTER. keep does not, because its
# token may write to the repository; in $DAMAGED it gets the names that fetch
# printed. fetch and keep need GH_TOKEN and GITHUB_REPOSITORY.
set -euo pipefail
shopt -s inherit_errexit

release=${HISTORY_RELEASE:-bedrock-history}
copies=${HISTORY_COPIES:-14} # how many histories to keep
tries=${HISTORY_TRIES:-3}
pause=${HISTORY_PAUSE:-5} # seconds between tries

warn() { echo "::warning::$*" >&2; }
die() { echo "::error::$*" >&2; exit 1; }
digest() { sha256sum "$1" | cut -d ' ' -f 1; }

# alone keeps the settings of AWS and snapshotter and drops everything else,
# such as GH_TOKEN, the token that requests OIDC tokens, and GITHUB_ENV.
alone() {
  local kept=() name
  while read -r name; do
    case $name in AWS_* | SNAPSHOTTER_* | PATH | HOME | TMPDIR | LANG | TZ) kept+=("$name=${!name}") ;; esac
  done < <(compgen -e)
  env -i "${kept[@]}" "$@"
}

# position prints the last run of a history as "ID TIME", both sortable as text.
# It fails if SQLite finds damage or no run was recorded.
position() {
  local last
  [ -s "$1" ] || return 1
  [ "$(sqlite3 -readonly "$1" 'PRAGMA quick_check' 2>/dev/null)" = ok ] || return 1
  last=$(sqlite3 -readonly "$1" "SELECT printf('%012d %s', id, finished_at) FROM runs ORDER BY id DESC LIMIT 1" 2>/dev/null) || return 1
  [ -n "$last" ] && echo "$last"
}

# verified reports whether the program finds that the last run's digest matches
# what is stored. doctor needs no AWS for that, so it gets no credentials. A
# history with an older schema is a warning: the next run migrates it.
verified() {
  local health
  health=$(env -i PATH="$PATH" HOME="$HOME" AWS_EC2_METADATA_DISABLED=true "$SNAPSHOTTER" doctor --db "$1" --time-limit 1s --format json 2>/dev/null |
    jq -r '.findings[] | select(.check == "database") | .health') || true # doctor also reports that AWS is out of reach
  [ "$health" = ok ] || [ "$health" = warning ]
}

# assets prints "NAME SIZE" of each history in the release; none if there is no
# release. An upload that GitHub never finished is no asset yet. It fails if
# GitHub cannot be asked.
assets() {
  local list problem=$work/problem
  if ! list=$(gh release view "$release" --repo "$GITHUB_REPOSITORY" --json assets 2>"$problem"); then
    grep -q 'release not found' "$problem" && return
    cat "$problem" >&2
    return 1
  fi
  jq -r '.assets[] | select(.state == "uploaded" and (.name | startswith("snapshotter-") and endswith(".db"))) | "\(.name) \(.size)"' <<<"$list"
}

# download NAME SIZE DIR: fails if a complete file cannot be had.
download() {
  local try
  for try in $(seq "$tries"); do
    [ "$try" -eq 1 ] || sleep "$pause"
    rm -f "$3/$1"
    if gh release download "$release" --repo "$GITHUB_REPOSITORY" --pattern "$1" --dir "$3" &&
      [ "$(stat -c %s "$3/$1")" -eq "$2" ]; then
      return
    fi
  done
  return 1
}

# histories CHECK DIR: downloads every history to DIR and prints "ID TIME NAME"
# of those that have a position and pass CHECK, the newest first. The names of
# the others go to DIR/damaged; they are never deleted.
histories() {
  local list name size at
  list=$(assets) || die "GitHub does not list the assets of release $release: see the message above, then run the workflow again"
  while read -r name size; do
    [ -n "$name" ] || continue
    download "$name" "$size" "$2" ||
      die "$name could not be downloaded completely: run the workflow again. Nothing was changed, because this may be the newest history"
    if at=$(position "$2/$name") && "$1" "$2/$name"; then
      echo "$at $name"
    else
      echo "$name" >> "$2/damaged"
      warn "$name is damaged and not used: download it, see what sqlite3 .recover finds, then delete the asset"
    fi
  done <<<"$list" | sort -r
}

# undamaged reports whether fetch did not find the asset to be damaged.
undamaged() { [[ " ${DAMAGED:-} " != *" $(basename "$1") "* ]]; }

fetch() {
  local found newest
  found=$(histories verified "$work")
  if [ -z "$found" ]; then
    [ -z "$(assets)" ] || die "release $release holds no sound history: repair one before the next run"
    [ "${HISTORY_NEW:-}" = true ] ||
      die "release $release holds no history: restore it, or start a new one by running the workflow by hand with \"new\" ticked"
    echo "Starting a new history." >&2
    return
  fi
  [ "${HISTORY_NEW:-}" != true ] || die "release $release holds a history already: run the workflow without \"new\""
  newest=$(head -n 1 <<<"$found")
  cp "$work/${newest##* }" "$1"
  echo "Continuing ${newest##* }." >&2
  if [ -f "$work/damaged" ]; then tr '\n' ' ' < "$work/damaged"; fi
}

check() {
  position "$1" >/dev/null || die "$1 is no sound history: it is not kept"
  verified "$1" || die "$1 does not match the digest of its last run: it is not kept"
  digest "$1"
}

# stored reports whether the release gives back what was uploaded.
stored() {
  rm -f "$work/$1"
  gh release download "$release" --repo "$GITHUB_REPOSITORY" --pattern "$1" --dir "$work" 2>/dev/null &&
    [ "$(digest "$work/$1")" = "$2" ]
}

keep() {
  local at name found try old seen=0
  [ "$(digest "$1")" = "$2" ] || die "$1 is not the history that was checked"
  at=$(position "$1") || die "$1 is no sound history"
  gh release view "$release" --repo "$GITHUB_REPOSITORY" --json assets >/dev/null 2>&1 ||
    gh release create "$release" --repo "$GITHUB_REPOSITORY" --title "Bedrock history" --notes "Kept by the workflow. The newest history is the one with the highest run ID."

  # The digest is part of the name, so only a failed upload of these bytes is
  # ever overwritten.
  name="snapshotter-run-${at%% *}-${2:0:16}.db"
  mkdir "$work/upload"
  cp "$1" "$work/upload/$name"
  for try in $(seq "$tries"); do
    stored "$name" "$2" && break
    [ "$try" -eq 1 ] || sleep "$pause"
    gh release upload "$release" "$work/upload/$name" --repo "$GITHUB_REPOSITORY" --clobber || true
  done
  stored "$name" "$2" || die "release $release does not give back the history that was uploaded: it is still in the artifacts of this workflow run"

  mkdir "$work/all"
  found=$(histories undamaged "$work/all")
  [ "$(head -n 1 <<<"$found")" = "$at $name" ] ||
    die "release $release holds a newer history than this run's: $(head -n 1 <<<"$found"). Nothing was deleted; see which one is right"
  while read -r _ _ old; do
    seen=$((seen + 1))
    [ "$seen" -le "$copies" ] || gh release delete-asset "$release" "$old" --repo "$GITHUB_REPOSITORY" --yes
  done <<<"$found"
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
case "${1:-} $#" in
"fetch 2" | "check 2" | "keep 3" | alone\ *) "$@" ;;
*) sed -n '4,8s/^# *//p' "$0" >&2; exit 2 ;;
esac
