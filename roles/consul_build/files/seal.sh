#!/bin/sh
# Leave out what only the making of a build needed, and make the build root's. The installers of gems and packages ran
# here: they may have left a link to anywhere, and a program that goes on.
set -eu
scratch=$1 build=$2 user=$3
cd "$scratch"

# As the account that builds: a link leads no farther than that account reaches.
runuser -u "$user" -- sh -euc '
  rm -rf node_modules tmp log config/database.yml config/secrets.yml vendor/bundle/ruby/*/cache
  rm -rf storage public/system public/ckeditor_assets public/machine_learning/data
'

# Nobody comes in any more, and who is in goes: an open file could be written to after this.
chown root:root .
chmod 0700 .
# One that ends while it is looked at, or just before it is ended, is what is wanted.
running() {
  find /proc -mindepth 1 -maxdepth 1 -name '[0-9]*' -user "$user" -printf '%f\n' 2>/dev/null || true
}
tries=0
while pids=$(running) && [ -n "$pids" ]; do
  tries=$((tries + 1))
  if [ "$tries" -gt 100 ]; then
    echo "These processes of $user do not end: $pids. Look what they are: ps -fu $user" >&2
    exit 1
  fi
  # shellcheck disable=SC2086 # one argument each
  kill -KILL $pids 2>/dev/null || true
  sleep 0.1
done

# Everybody reads a build; a hard link would make that so for a file from elsewhere.
foreign=$(find . -mindepth 1 ! -user "$user" -print -quit)
if [ -n "$foreign" ]; then
  echo "$foreign in the build belongs to another account than $user: a gem or package of this source put it there." >&2
  exit 1
fi

chown -hR root:root .
chmod -R u+rwX,go+rX,go-w .
rm -rf BUILD
echo "$build" >BUILD
