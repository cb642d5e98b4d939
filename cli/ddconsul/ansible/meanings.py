"""What the errors of Ansible, and of the programs it runs, mean: a table, and the search in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

# Enough of the original to search for; the whole stands in the log.
QUOTE = 200


@dataclass(frozen=True)
class Meaning:
    """What an error means.

    Args:
        what: What is wrong, as a sentence.
        todo: What to do about it.
        quote: The line of the original that tells.
    """

    what: str
    todo: str
    quote: str


def explain(text: str) -> Meaning | None:
    """Return what an error means, or None when it is not a known one.

    Args:
        text: All that the failed step said.
    """
    for known in KNOWN:
        for pattern in known.patterns:
            found = pattern.search(text)
            if found is not None:
                names = {name: value or "" for name, value in found.groupdict().items()}
                return Meaning(known.what.format(**names), known.todo.format(**names), _line(text, found))
    return None


def _line(text: str, found: re.Match[str]) -> str:
    """Return the line in which something was found; of a long line, the part around it."""
    begin = text.rfind("\n", 0, found.start()) + 1
    end = text.find("\n", found.start())
    line = text[begin : end if end >= 0 else len(text)].strip()
    if len(line) <= QUOTE:
        return line
    start = max(0, found.start() - begin - QUOTE // 3)
    return ("…" if start else "") + line[start : start + QUOTE].strip() + "…"


class Known:
    """An error that is known.

    Args:
        signs: Regular expressions; each finds it. A named group is filled in below.
        what: What it means.
        todo: What to do about it.
    """

    def __init__(self, *signs: str, what: str, todo: str) -> None:
        self._signs = signs
        self.what = what
        self.todo = todo

    @cached_property
    def patterns(self) -> list[re.Pattern[str]]:
        """The signs, compiled when the first thing fails: most runs need none."""
        return [re.compile(sign, re.MULTILINE) for sign in self._signs]


TO_THE_HOST = (
    Known(
        r"REMOTE HOST IDENTIFICATION HAS CHANGED",
        what="The host shows another key than before: it was installed anew, or something stands in between.",
        todo="Find out which. Only if it was installed anew: ssh-keygen -R HOST, then log in with ssh and compare.",
    ),
    Known(
        r"Host key verification failed",
        r"No \S+ host key is known for",
        what="This machine does not know the host's key, and ddconsul never accepts one unseen.",
        todo="Log in once with ssh, and compare the fingerprint with the one on the host's own console.",
    ),
    Known(
        r"Permission denied \((?:publickey|password|keyboard-interactive|gssapi|hostbased)",
        r"Too many authentication failures",
        what="The host does not let the user in with the key that it was shown.",
        todo="Put the key on the host with ssh-copy-id, or correct target.user and target.key. "
        "Load a key with a passphrase with ssh-add.",
    ),
    Known(
        r"Could not resolve hostname (?P<name>[^\s:]+)",
        what="No host is known by the name {name}.",
        todo="Correct target.host, or look whether this machine's name server answers.",
    ),
    Known(
        r"connect to host (?P<name>\S+) port (?P<port>\d+): Connection refused",
        what="Nothing answers SSH on port {port} of {name}.",
        todo="Look whether the host is up and runs sshd, or correct target.port.",
    ),
    Known(
        r"connect to host (?P<name>\S+) port \d+: (?:No route to host|Network is unreachable)",
        what="There is no way over the network to {name}.",
        todo="Look whether the host is up, and whether this machine needs a VPN to reach it.",
    ),
    Known(
        r"connect to host \S+ port \d+: (?:Connection|Operation) timed out",
        r"Connection to \S+ port \d+ timed out",
        r"timed out during banner exchange",
        what="The host does not answer.",
        todo="Look whether it is up, and whether firewalls let this machine through.",
    ),
    Known(
        r"closed by remote host",
        r"client_loop: send disconnect",
        r"Shared connection to \S+ closed",
        r"kex_exchange_identification",
        r"Connection (?:closed|reset) by \S+ port",
        r"Timeout, server \S+ not responding",
        what="The connection to the host broke off.",
        todo="Look whether the host was started anew, ran out of memory, or was cut off; then run it again.",
    ),
)

ON_THE_HOST = (
    Known(
        r"(?P<user>[\w.-]+) is not in the sudoers file",
        r"user (?P<user>\S+) is not allowed to execute",
        what="The user {user} may not use sudo on the host.",
        todo="On the host, as root: echo '{user} ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/{user}; "
        "or log in as another user (target.user).",
    ),
    Known(
        r"Missing sudo password",
        r"Incorrect sudo password",
        r"sudo: a password is required",
        r"sudo: a terminal is required",
        r"sudo: .*interactive authentication is required",
        what="sudo on the host asks for a password, and ddconsul has none.",
        todo="On the host, as root: echo 'USER ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/USER; or log in as root.",
    ),
    Known(
        r"sudo: (?:command )?not found",
        what="There is no sudo on the host.",
        todo="On the host, as root: apt-get install sudo; or log in as root (target.user).",
    ),
    Known(
        r"\bpython[\d.]*: (?:command )?not found",
        r"\bpython[\d.]*.?: No such file or directory",
        r"module interpreter '[^']*' was not found",
        what="There is no Python on the host, and Ansible needs it.",
        todo="On the host, as root: apt-get install --no-install-recommends python3",
    ),
    Known(
        r"could not (?:extend|write|write to|create) (?:\w+ )?\"?[^\n]*: No space left on device",
        what="The disk that PostgreSQL writes to is full.",
        todo="On the host: df -h /var/lib/postgresql — make room there, and run it again.",
    ),
    Known(
        r"No space left on device",
        r"Wrote only \d+ of \d+ bytes",
        r"Disk quota exceeded",
        r"\bENOSPC\b",
        r"don't have enough free space in \S+",
        what="The disk of the host is full.",
        todo="On the host: df -h; df -i — make room (apt-get clean; journalctl --vacuum-size=200M), and run it again.",
    ),
    Known(
        r"Read-only file system",
        what="A file system of the host can only be read: often a disk that fails.",
        todo="On the host, as root: dmesg --level=err; findmnt --options ro",
    ),
    Known(
        r"\boom-kill\b",
        r"Out of memory: Killed",
        r"Cannot allocate memory",
        r"\b(?:No)?MemoryError\b",
        r"JavaScript heap out of memory",
        r"code=killed,? ?/?status=(?:9/)?KILL",
        r"^Killed$",
        what="The host had too little memory for this step, and the kernel ended it.",
        todo="Give the host more memory (4 GB builds Consul), or swap, as root: "
        "fallocate -l 4G /swap && chmod 600 /swap && mkswap /swap && swapon /swap — and run it again.",
    ),
    Known(
        r"did not complete within the requested time",
        r"[Tt]imeout (?:when )?waiting for",
        r"Timeout \(\d+s\) waiting for",
        what="The step took longer than it may.",
        todo="Look what the host is busy with (top, df -h), and run it again: it goes on where it stopped.",
    ),
)

VAULT = (
    Known(
        r"no vault secrets were found that could decrypt",
        r"HMAC verification failed",
        r"Decryption failed",
        what="The password does not open the vault with the secrets.",
        todo="Restore the vault password that belongs to this secrets file.",
    ),
    Known(
        r"no vault secrets found",
        r"vault password file .* was not found",
        what="The password of the vault with the secrets is not there.",
        todo="Restore the vault password file beside the municipality file.",
    ),
)

# Before the programs that meet them: apt, Bundler, npm and git all say this in their own way.
NETWORK = (
    Known(
        r"certificate verify failed",
        r"CERTIFICATE_VERIFY_FAILED",
        r"SSL certificate problem",
        r"[Cc]ertificate verification failed",
        r"SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|CERT_HAS_EXPIRED",
        r"UNABLE_TO_GET_ISSUER_CERT|UNABLE_TO_VERIFY_LEAF_SIGNATURE",
        r"self[- ]signed certificate in certificate chain",
        what="The host does not trust the certificate of a server that it fetches from; "
        "often the network opens TLS traffic and shows a certificate of its own.",
        todo="Ask the network's administrators for their CA certificate, and name it in network.extra_ca.",
    ),
    Known(
        r"407 Proxy Authentication Required",
        r"Could not resolve proxy",
        what="The network's proxy refuses the host, or is not there.",
        todo="Correct network.proxy: its address, and the name and password in it.",
    ),
)

PACKAGES = (
    Known(
        r"[Cc]ould not get lock (?P<path>\S+?)\.? It is held by process (?P<pid>\d+) \((?P<name>[^)]+)\)",
        what="Process {pid} ({name}) on the host is installing packages, and holds the lock {path}.",
        todo="Wait until it is done, and run it again. On the host: ps -fp {pid}",
    ),
    Known(
        r"[Cc]ould not get lock",
        r"Unable to (?:acquire|lock)",
        r"lock was locked by another process",
        r"Failed to lock apt",
        what="Another program on the host is installing packages (often unattended-upgrades) and holds apt's lock.",
        todo="Wait until it is done, and run it again. On the host, as root: fuser -v /var/lib/dpkg/lock-frontend",
    ),
    Known(
        r"dpkg was interrupted",
        what="An installation of packages on the host was broken off.",
        todo="On the host, as root: dpkg --configure -a — and run it again.",
    ),
    Known(
        r"[Uu]nmet dependencies",
        r"held broken packages",
        what="The packages on the host do not fit together, so that none can be added.",
        todo="On the host, as root: apt-get --fix-broken install",
    ),
    Known(
        r"is not valid yet",
        what="The host's clock is behind: Debian's lists of packages seem to come from the future.",
        todo="On the host, as root: timedatectl set-ntp true; timedatectl — and run it again.",
    ),
    Known(
        r"NO_PUBKEY (?P<key>\w+)",
        r"Missing key (?P<key>\w+)",
        what="The host lacks the key {key}, with which a source of packages is signed.",
        todo="On the host: look in /etc/apt/sources.list.d/ for a source without Signed-By; add its key, or remove it.",
    ),
    Known(
        r"Hash Sum mismatch",
        r"File has unexpected size",
        what="The mirror of Debian's packages gave a file that does not match its list: the mirror is being renewed, "
        "or a proxy keeps an old file.",
        todo="Run it again in a while. If it stays, on the host as root: rm -r /var/lib/apt/lists/* && apt-get update",
    ),
    Known(
        r"Temporary failure resolving '(?P<name>[^']+)'",
        r"Could not resolve '(?P<name>[^']+)'",
        what="The host cannot find {name}, where its packages come from: its name server does not answer.",
        todo="On the host: getent hosts {name}; cat /etc/resolv.conf — or name the proxy in network.proxy.",
    ),
    Known(
        r"404 +Not Found \[IP",
        what="The host's lists of packages are older than what the mirror has.",
        todo="On the host, as root: apt-get update — and run it again.",
    ),
    Known(
        r"No package matching '(?P<name>[^']+)' is available",
        r"Unable to locate package (?P<name>\S+)",
        r"Package '?(?P<name>[\w.+-]+)'? has no installation candidate",
        what="The host's sources of packages do not have {name}.",
        todo="Look in /etc/apt/sources.list.d/ on the host: main of Debian 13 must be there. Then: apt-get update",
    ),
    Known(
        r"Failed to fetch \S+",
        r"Unable to connect to \S+:https?",
        r"Could not connect to \S+:\d+",
        r"Failed to update apt cache",
        r"Some index files failed to download",
        what="The host cannot reach the mirror of Debian's packages.",
        todo="Let the firewall through, or name the proxy in network.proxy. To try, on the host as root: apt update",
    ),
)

GEMS = (
    Known(
        r"Your Ruby version is (?P<has>[\d.]+), but your Gemfile specified (?P<wants>\S+)",
        what="This source of Consul wants Ruby {wants}, and the host has {has}.",
        todo="Choose a consul.version made for Ruby {has}.",
    ),
    Known(
        r"mismatched checksums",
        what="A gem is not the one that the source asks for: its checksum differs.",
        todo="Do not go on. Find out what changed it on the way: the mirror (consul.gems_mirror), or a proxy.",
    ),
    Known(
        r"Could not find gem '(?P<gem>[^']+)'",
        r"Could not find (?P<gem>\S+) in (?:any of the sources|locally)",
        what="No source of gems that the host may use has {gem}.",
        todo="Look whether consul.gems_mirror is complete, or leave it out to use the public registry.",
    ),
    Known(
        r"Could not reach host (?P<name>[\w.:-]+\w)",
        r"Could not fetch specs from (?P<name>\S+)",
        r"Network error while fetching (?P<name>\S+)",
        r"Unable to download data from (?P<name>\S+)",
        r"(?P<name>)(?:Gem::RemoteFetcher|Bundler::HTTPError|Bundler::Fetcher)",
        what="The host cannot reach the source of the gems. {name}",
        todo="Let the firewall through to it, name the proxy in network.proxy, or a mirror in consul.gems_mirror.",
    ),
    Known(
        r"An error occurred while installing (?P<gem>\S+) \(",
        r"Failed to build gem native extension(?P<gem>)",
        what="A gem could not be compiled on the host. {gem}",
        todo="The log tells what was missing; often a package that a gem of the overlay needs.",
    ),
)

NPM = (
    Known(
        r"npm (?:ERR!|error) (?:code )?EINTEGRITY",
        what="An npm package is not the one that the source asks for: its checksum differs.",
        todo="Do not go on. Find out what changed it on the way: the mirror (consul.npm_mirror), or a proxy.",
    ),
    Known(
        r"npm (?:ERR!|error) (?:code )?E40[134]",
        what="The registry of npm packages lacks a package, or does not give it.",
        todo="Look whether consul.npm_mirror is complete, or leave it out to use the public registry.",
    ),
    Known(
        r"npm (?:ERR!|error) (?:code |errno )?(?:ENOTFOUND|EAI_AGAIN|E(?:SOCKET)?TIMEDOUT|ECONNREFUSED|ECONNRESET)",
        r"npm (?:ERR!|error) network",
        what="The host cannot reach the registry of npm packages.",
        todo="Let the firewall through to it, name the proxy in network.proxy, or a mirror in consul.npm_mirror.",
    ),
)

SERVICES = (
    Known(
        r"database \"(?P<name>[^\"]+)\" is being accessed by other users",
        what="The database {name} is in use: something on the host holds a connection to it.",
        todo="On the host, as root: runuser -u postgres -- psql -c 'select pid, usename, application_name from "
        "pg_stat_activity' — end what holds it, and run it again.",
    ),
    Known(
        r"authentication failed for user \"(?P<user>[^\"]+)\"",
        r"no pg_hba.conf entry for .*user \"(?P<user>[^\"]+)\"",
        what="PostgreSQL does not let the user {user} in.",
        todo="Look in /etc/postgresql/*/main/pg_hba.conf on the host: sites come in by `local all all peer`.",
    ),
    Known(
        r"too many clients already",
        r"remaining connection slots are reserved",
        what="PostgreSQL has no connection left.",
        todo="On the host, see who holds them: select usename, count(*) from pg_stat_activity group by 1; "
        "or raise max_connections.",
    ),
    Known(
        r"connection to server [^\n]+ failed: (?:No such file|Connection refused)",
        r"could not connect to server: ",
        what="PostgreSQL does not run on the host.",
        todo="On the host, as root: pg_lsclusters; journalctl --unit 'postgresql*' --lines 50",
    ),
    Known(
        r"bind\(\) to \S*?(?P<port>\d+) failed \(98",
        r"EADDRINUSE[^\n]*?(?P<port>\d{2,5})\b",
        r"Address already in use[^\n]*?port (?P<port>\d+)",
        what="Another program on the host already has port {port}.",
        todo="On the host, as root: ss --listening --tcp --processes 'sport = :{port}' — stop or move that program.",
    ),
    Known(
        r"Address already in use",
        what="Another program on the host already has the address that a service wants.",
        todo="On the host, as root: ss --listening --processes — stop or move that program.",
    ),
    Known(
        r"\[emerg\] (?:\d+#\d+: )?(?P<why>[^\n]+?)\s*$",
        r"(?P<why>nginx: configuration file \S+ test failed)",
        what="nginx does not accept its configuration: {why}.",
        todo="On the host, as root: nginx -t — a file in /etc/nginx that is not ddconsul's may be the cause.",
    ),
    Known(
        r"Unit \S*?(?P<unit>[\w@.-]+) is masked",
        what="The service {unit} is masked on the host: somebody switched it off for good.",
        todo="On the host, as root: systemctl unmask {unit} — and run it again.",
    ),
    Known(
        r"Job for (?P<unit>\S+?\.\w+) failed",
        r"(?P<unit>[\w@.-]+\.service): Failed with result",
        r"Unable to (?:re)?start service (?P<unit>[\w@.-]+)",
        what="The service {unit} did not start.",
        todo="On the host, as root: journalctl --unit {unit} --lines 50",
    ),
    Known(
        r"Could not find the requested service (?P<unit>[\w@.-]*\w)",
        what="The service {unit} is not on the host.",
        todo="On the host: systemctl list-unit-files '{unit}*' — its package may have been removed by hand.",
    ),
)

# Contents come last: a release may be live by then, and settings of the host may be others.
_ALL_BUT_CONTENTS = "What the site contains stays as it was; the steps before this one are done."

CONTENTS = (
    Known(
        r"what it contains stays as it was: (?P<what>[^\n]+), and nobody confirmed that it ends",
        what=f"{{what}}: that would end, and nobody agreed with it. {_ALL_BUT_CONTENTS}",
        todo="Deploy in a terminal, which shows the plan and asks; or see the plan first, and say --yes.",
    ),
    Known(
        r"Consul refused (?P<what>[^\n]+?), and what it contains stays as it was: people are voting on it",
        what=f"People are voting on {{what}}. {_ALL_BUT_CONTENTS}",
        todo='Wait until the vote has ended, or say why not: ddconsul deploy --override "REASON"',
    ),
)

# The first that is found counts. What fails deepest comes first: a service that does not start because the disk is
# full has no room rather than a fault of its own.
KNOWN = (
    *CONTENTS,
    *TO_THE_HOST,
    *VAULT,
    *ON_THE_HOST[:-1],
    *NETWORK,
    *PACKAGES,
    *GEMS,
    *NPM,
    *SERVICES,
    ON_THE_HOST[-1],
)
