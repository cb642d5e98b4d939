#!/bin/sh
# Says what keeps Ansible from working on this host, in a shell, since Python may
# be what is missing. Ends with 1 when something does. Who calls it says before
# it whether sudo has to work: needs_sudo=yes or no.
gaps=
count=0

# gap WHERE WHAT COMMAND
gap() {
  count=$((count + 1))
  gaps="$gaps
$count. $1: $2.
   \$ $3"
}

me=$(id -un)

# Says how to run a command as root from here.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    echo "$1"
  elif command -v sudo >/dev/null; then
    echo "sudo $1"
  else
    echo "su - -c \"$1\""
  fi
}

if ! command -v python3 >/dev/null; then
  gap python3 "it is not installed" "$(as_root "apt-get install --no-install-recommends python3")"
elif ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 8))' 2>/dev/null; then
  gap python3 "it does not run, or is older than 3.8" "$(as_root "apt-get install --reinstall python3-minimal")"
fi

if [ "${needs_sudo:-yes}" = yes ] && [ "$(id -u)" != 0 ]; then
  rule="echo '$me ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/$me"
  if ! command -v sudo >/dev/null; then
    gap sudo "it is not installed, and $me is not root" "su - -c \"apt-get install sudo && $rule\""
  elif ! sudo -n true 2>/dev/null; then
    gap sudo "$me can't use it without a password" "su - -c \"$rule\"  # or: sudo sh -c \"$rule\""
  fi
fi

[ "$count" = 0 ] && exit 0
# shellcheck source=/dev/null
system=$(. /etc/os-release 2>/dev/null && echo "$PRETTY_NAME")
echo "Before more can be looked at (${system:-an unknown system}), mend this. Nothing was changed.$gaps"
exit 1
