#!/bin/sh
# Name a file that is newer than what a unit runs with: the run that wrote it was
# killed before it could tell the unit. usage: newer_than_unit.sh UNIT PROPERTY PATH...
set -eu
unit=$1 property=$2
shift 2
since=$(systemctl show --value --timestamp=unix --property="$property" "$unit")
# A whole second's doubt: systemd tells no fractions. A unit that never ran has nothing to hear.
case $since in @[1-9]*) find "$@" -newermt "@$((${since#@} + 1))" -print -quit 2>/dev/null ;; esac || true
