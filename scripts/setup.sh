#!/usr/bin/env bash
# Installs what is missing from Debian's packages, without questions.
#
#   scripts/setup.sh run    what the program needs: PostgreSQL and PostGIS
#   scripts/setup.sh test   what the tests need as well: a C compiler for the race
#                           detector, GDAL, pgRouting, Chromium, a Chinese font
#
# As root, or through sudo where that asks for no password; where neither goes, it prints
# the packages and the command to type, and exits with status 1. It also checks that Go
# and Node are there and new enough; those it does not install.
set -euo pipefail
cd "$(dirname "$0")/.."

purpose=${1:-run}
apt_options=(-y -q --no-install-recommends -o DPkg::Lock::Timeout=600
  -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold)

fail() {
  printf 'setup: %s\n' "$*" >&2
  exit 1
}

# at_least HAVE NEED: is version HAVE the same as NEED, or newer?
at_least() {
  [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | sed -n 1p)" = "$2" ]
}

check_go() {
  local need have
  need=$(sed -n 's/^go //p' go.mod)
  command -v go >/dev/null ||
    fail "Go $need or newer is needed, and there is no go on the PATH. See https://go.dev/doc/install"
  have=$(go env GOVERSION 2>&1) ||
    fail "Go $need or newer is needed. go says: $have"
  have=${have#go}
  at_least "${have%%[- ]*}" "$need" ||
    fail "Go $need or newer is needed; $(command -v go) is $have. See https://go.dev/doc/install"
}

check_node() {
  local need have
  need=$(sed -n 's/.*"node": *"[^0-9]*\([0-9.]*\).*/\1/p' web/ui/package.json | sed -n 1p)
  for program in node npm; do
    command -v "$program" >/dev/null ||
      fail "Node.js $need or newer with npm is needed, and there is no $program on the PATH. See https://nodejs.org"
  done
  have=$(node --version)
  at_least "${have#v}" "$need" ||
    fail "Node.js $need or newer is needed; $(command -v node) is $have. See https://nodejs.org"
}

# postgis_ready: is a PostgreSQL server of version 15 or newer here, with PostGIS for it?
postgis_ready() {
  local bin major lib share
  for bin in /usr/lib/postgresql/*/bin "$(pg_config --bindir 2>/dev/null || true)"; do
    [ -x "$bin/postgres" ] && [ -x "$bin/initdb" ] || continue
    major=$("$bin/postgres" --version | sed -E 's/.*\(PostgreSQL\) ([0-9]+).*/\1/')
    [ "$major" -ge 15 ] || continue
    lib=$("$bin/pg_config" --pkglibdir 2>/dev/null || echo "${bin%/bin}/lib")
    share=$("$bin/pg_config" --sharedir 2>/dev/null || echo "/usr/share/postgresql/$major")
    [ -e "$lib/postgis-3.so" ] && [ -e "$share/extension/postgis.control" ] && return 0
  done
  return 1
}

# quietly runs a command and shows what it said only when it fails.
quietly() {
  local said status=0
  said=$(mktemp)
  "$@" >"$said" 2>&1 </dev/null || status=$?
  [ $status -eq 0 ] || tail -n 30 "$said" >&2
  rm -f "$said"
  return $status
}

installed() {
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null || true)" = installed ]
}

has() {
  command -v "$1" >/dev/null
}

# tested_version prints the PostgreSQL version that the tests will use: the newest that has
# PostGIS here, else the one that is to be installed.
tested_version() {
  local newest
  newest=$(find /usr/share/postgresql -path '*/extension/postgis.control' 2>/dev/null |
    sed -E 's#.*/([0-9]+)/extension/.*#\1#' | sort -n | tail -n 1) || true
  echo "${newest:-$1}"
}

# missing_packages prints the packages to install, one a line.
missing_packages() {
  if [ "$purpose" = test ] || [ -z "${ONEMAP_DATABASE_URL:-}" ]; then
    postgis_ready || printf '%s\n' "postgresql-$1" "postgresql-$1-postgis-3"
  fi
  [ "$purpose" = test ] || return 0
  local version
  version=$(tested_version "$1")
  [ -e "/usr/share/postgresql/$version/extension/pgrouting.control" ] || echo "postgresql-$version-pgrouting"
  has gcc || echo gcc
  [ -e /usr/include/stdlib.h ] || echo libc6-dev
  has ogr2ogr || echo gdal-bin
  has chromium || echo chromium
  installed fonts-noto-cjk || echo fonts-noto-cjk
}

# server_version prints the PostgreSQL version to install: 15, or the newest that this
# Debian has with PostGIS when it no longer has 15.
server_version() {
  if apt-cache show postgresql-15-postgis-3 >/dev/null 2>&1; then
    echo 15
    return
  fi
  apt-cache search --names-only '^postgresql-[0-9]+-postgis-3$' |
    sed -E 's/^postgresql-([0-9]+)-.*/\1/' | sort -n | tail -n 1
}

# keep_main_cluster_away tells Debian's PostgreSQL package, before it is installed, not to
# make and start a cluster of its own: ours needs none. A line that is there already stays.
keep_main_cluster_away() {
  local conf=/etc/postgresql-common/createcluster.conf
  quietly "${root[@]}" apt-get install "${apt_options[@]}" postgresql-common ||
    fail "Installing postgresql-common failed. See above, or type as root: $by_hand"
  grep -qE '^[[:space:]]*create_main_cluster' "$conf" ||
    printf '\n# Set by One Map, which runs its own cluster:\ncreate_main_cluster = false\n' |
    "${root[@]}" tee -a "$conf" >/dev/null
}

case $purpose in
run | test) ;;
*) fail "usage: scripts/setup.sh run|test" ;;
esac
check_go
check_node

mapfile -t missing < <(missing_packages 15)
[ ${#missing[@]} -gt 0 ] || exit 0

by_hand="apt-get update && apt-get install -y ${missing[*]}"
has apt-get ||
  fail "These are missing, and this machine has no apt-get to install them with: ${missing[*]}. Install their like, then try again."
if [ "$(id -u)" = 0 ]; then
  root=(env DEBIAN_FRONTEND=noninteractive)
elif has sudo && sudo -n true 2>/dev/null; then
  root=(sudo -n env DEBIAN_FRONTEND=noninteractive)
else
  fail "These Debian packages are missing, and this user may not install them without a password: ${missing[*]}
Type this, then try again:
  sudo sh -c '$by_hand'"
fi

echo "setup: installing ${missing[*]} (this may take some minutes)"
quietly "${root[@]}" apt-get update -q -o DPkg::Lock::Timeout=600 ||
  fail "The package lists can't be fetched. When the network is there again, try again, or type as root: $by_hand"
version=$(server_version)
mapfile -t missing < <(missing_packages "${version:-15}")
case " ${missing[*]} " in
*" postgresql-"*) keep_main_cluster_away ;;
esac
quietly "${root[@]}" apt-get install "${apt_options[@]}" "${missing[@]}" ||
  fail "Installing failed. See above, or type as root: $by_hand"

mapfile -t missing < <(missing_packages "${version:-15}")
[ ${#missing[@]} -eq 0 ] || fail "These are still missing after installing: ${missing[*]}"
