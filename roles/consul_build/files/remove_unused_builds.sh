#!/bin/sh
# Remove the builds that no release of any site was made from, the databases
# they were seeded in, and what a killed deploy left; name each on standard output.
set -eu
builds=$1 scratch_root=$2 sites=${3:-/srv/ddconsul}

# By name; and by hard links, which a release at another place has as well.
in_use() {
  grep -qxsF -- "$1" "$sites"/*/releases/*/BUILD ||
    [ "$(stat --format %h "$builds/$1/BUILD" 2>/dev/null || echo 1)" -gt 1 ]
}

as_postgres() {
  command -v psql >/dev/null || return 0
  runuser -u postgres -- psql --no-psqlrc --quiet --tuples-only --no-align --command "$1"
}

# All that is made for a build is gone when its deploy is over: what is there was left by one that was killed, be it
# between the last two steps, after which no other deploy makes that build again.
if [ -e "$scratch_root" ]; then
  systemctl stop 'ddconsul_build-*.service'
  rm -rf "$scratch_root"
  echo "$scratch_root"
fi

for build in "$builds"/*; do
  [ -d "$build" ] || continue
  name=${build##*/}
  in_use "$name" && continue
  as_postgres "DROP DATABASE IF EXISTS ddconsul_template_$name WITH (FORCE)"
  rm -rf "$build"
  echo "$name"
done

# A deploy that was killed may have seeded a database for a build that never came. By the whole name: a site may be
# called template-something.
as_postgres "SELECT datname FROM pg_database WHERE datname ~ '^ddconsul_(template|scratch)_[0-9a-f]{16}\$'" |
  while read -r database; do
    [ -d "$builds/${database##*_}" ] && continue
    as_postgres "DROP DATABASE IF EXISTS $database WITH (FORCE)" </dev/null
    echo "$database"
  done
