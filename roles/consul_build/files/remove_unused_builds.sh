#!/bin/sh
# Remove the builds that no release of any site was made from, the databases
# they were seeded in, and what a killed deploy left; name each on standard output.
set -eu
builds=$1

in_use() {
  grep -qxsF -- "$1" /srv/ddconsul/*/releases/*/BUILD
}

drop_database() {
  command -v psql >/dev/null || return 0
  runuser -u postgres -- psql --no-psqlrc --quiet --command "DROP DATABASE IF EXISTS $1 WITH (FORCE)"
}

for build in "$builds"/*; do
  [ -d "$build" ] || continue
  name=${build##*/}
  in_use "$name" && continue
  drop_database "ddconsul_template_$name"
  rm -rf "$build"
  echo "$name"
done
