#!/bin/sh
# Begin with an empty scratch place: stop the steps of a deploy that was killed,
# which go on without it, and clear away what they wrote.
set -eu
builds=$1 scratch_root=$2 scratch=$3 user=$4

systemctl stop 'ddconsul_build-*.service'
rm -rf "$scratch_root"
mkdir -p "$builds" "$scratch/.bundle" "$scratch/tmp/home"
chown -R "$user:" "$scratch"
