#!/usr/bin/env bash
# Brings web/ui up to date, doing only what has changed since the last time.
#
#   scripts/ui.sh packages   npm ci, when the lock file changed
#   scripts/ui.sh build      that, and npm run build, when a source changed
set -euo pipefail
cd "$(dirname "$0")/../web/ui"

# No package may fetch a browser: the tests use Debian's.
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1

# sum FILE…: one checksum over names and contents.
sum() {
  sha256sum "$@" | sha256sum
}

# sources prints what the built page is made of, with zero bytes between the names.
sources() {
  find . \( -name node_modules -o -name dist -o -path ./test -o -name '*.go' \) -prune -o -type f -print0 | sort -z
}

# unchanged STAMP SUM: was the last run with this sum?
unchanged() {
  [ -e "$1" ] && [ "$(cat "$1")" = "$2" ]
}

packages() {
  local stamp=node_modules/.onemap-stamp now
  now="$(sum package.json package-lock.json) $(node --version)"
  unchanged "$stamp" "$now" && return
  echo "ui: npm ci"
  npm ci --no-audit --no-fund --loglevel=error </dev/null
  echo "$now" >"$stamp"
}

build() {
  local stamp=../../bin/page.stamp now
  mapfile -d '' files < <(sources)
  now=$(sum "${files[@]}")
  [ -e dist/index.html ] && unchanged "$stamp" "$now" && return
  packages
  echo "ui: npm run build"
  npm run build --silent </dev/null
  mkdir -p ../../bin
  echo "$now" >"$stamp"
}

case ${1:-} in
packages | build) "$1" ;;
*)
  echo "usage: scripts/ui.sh packages|build" >&2
  exit 2
  ;;
esac
