#!/bin/sh
# Stop and remove the units of one site; name each on standard output.
set -eu
site=$1
cd /etc/systemd/system

for unit in "$site.target" "$site"-nightly.timer "$site"-nightly.service "$site"-clock.timer "$site"-clock.service "$site"-worker.service "$site"-web.socket "$site"-web.service "$site"-cache.service; do
  [ -e "$unit" ] || continue
  systemctl disable --quiet --now "$unit" 2>/dev/null || systemctl stop "$unit"
  rm -f "$unit"
  echo "$unit"
done
systemctl daemon-reload
