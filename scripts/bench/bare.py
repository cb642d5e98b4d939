"""The same installation by hand: the bare commands, one after the other, in an empty container."""

from __future__ import annotations

import io
import tarfile
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from host import Host

HOME = "/opt/consul"
GEMS = "/opt/gems"
GEMS_PORT = 9292
# Debian's npm is what a person installs; a deploy fetches npm's own package instead.
NPM = ["npm"]

# What a person exports once, before the first command.
ENVIRONMENT = f"""
export RAILS_ENV=production LANG=C.UTF-8 HOME={HOME}/.home MAKEFLAGS=-j2
export NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
export BUNDLE_WITHOUT=development:test BUNDLE_DISABLE_VERSION_CHECK=true
cd {HOME}
"""
FROM_THE_MIRROR = (
    f"export BUNDLE_PATH=vendor/bundle BUNDLE_FROZEN=true BUNDLE_MIRROR__ALL=http://127.0.0.1:{GEMS_PORT}/"
)

CONFIGURATION = f"""
ruby -e 'puts RUBY_VERSION' > .ruby-version
mkdir -p .home tmp/pids tmp/sockets log storage
cat > config/application_custom.rb <<'RUBY'
module Consul
  class Application < Rails::Application
    config.i18n.default_locale = :nl
    config.i18n.available_locales = %w[nl en]
  end
end
RUBY
cat > config/database.yml <<'YAML'
production: {{adapter: postgresql, encoding: unicode, database: consul, username: consul, pool: 5,
  schema_search_path: "public,shared_extensions"}}
YAML
cat > config/secrets.yml <<YAML
production: {{secret_key_base: $(ruby -rsecurerandom -e 'puts SecureRandom.hex(64)'), server_name: localhost}}
YAML
chown -R consul: {HOME}
"""

DATABASE = """
su postgres -c "psql --quiet --set=ON_ERROR_STOP=1" <<'SQL'
CREATE ROLE consul LOGIN;
CREATE DATABASE consul OWNER consul ENCODING 'UTF8' TEMPLATE template0;
\\c consul
CREATE SCHEMA shared_extensions AUTHORIZATION consul;
GRANT USAGE ON SCHEMA shared_extensions TO public;
CREATE EXTENSION pg_trgm SCHEMA shared_extensions;
CREATE EXTENSION unaccent SCHEMA shared_extensions;
SQL
"""

# Upstream's own numbers: 2 workers, 3 threads, the code loaded beforehand.
PUMA = """
nohup bundle exec puma --config /dev/null --environment production --workers 2 --threads 3:3 --preload \\
  --bind tcp://127.0.0.1:3000 >log/puma.out 2>&1 &
python3 - <<'PYTHON'
import json, time, urllib.request
for _ in range(1800):
    try:
        print(json.load(urllib.request.urlopen("http://127.0.0.1:3000/consul.json", timeout=30))["release"])
        break
    except OSError:
        time.sleep(0.1)
else:
    raise SystemExit("puma does not answer")
PYTHON
"""


@dataclass(frozen=True)
class Step:
    """A step by hand, and how long it took."""

    name: str
    seconds: float


class BareInstallation:
    """Consul, or its stand-in, installed by hand.

    Args:
        host: An empty container.
        archive: Tar of the source.
        packages: Debian packages; the same that ddconsul installs.
        gems: Folder that is a mirror of gems; None for the gems that Debian packages.
    """

    def __init__(self, host: Host, archive: Path, packages: list[str], gems: Path | None) -> None:
        self._host = host
        self._archive = archive
        self._packages = packages + (NPM if gems is not None else [])
        self._gems = gems

    def prepare(self) -> None:
        """Do what is no part of an installation, and counts for nobody: a mirror of gems that can be reached."""
        if self._gems is not None:
            buffer = io.BytesIO()
            with tarfile.open(fileobj=buffer, mode="w") as tar:
                tar.add(self._gems, arcname=".")
            self._host.sh(f"mkdir -p {GEMS} && tar -xf - -C {GEMS}", stdin=buffer.getvalue())
            self._host.sh(
                "systemd-run --quiet --unit=bench-gems --service-type=exec "
                f"python3 -m http.server {GEMS_PORT} --bind 127.0.0.1 --directory {GEMS}"
            )

    def run(self) -> Iterator[Step]:
        """Take the steps, and yield each with its time."""
        yield self._step("apt-get update and install", self._apt(), user="root")
        yield self._step("source unpacked", self._unpack(), user="root", stdin=self._archive.read_bytes())
        yield self._step("configuration written", CONFIGURATION, user="root")
        yield self._step("bundle install", "bundle install --quiet" + ("" if self._gems else " --local"))
        if self._gems is not None:
            yield self._step("npm ci", "npm ci --omit=dev --no-audit --no-fund --silent")
        yield self._step("assets:precompile", "SECRET_KEY_BASE_DUMMY=1 bundle exec rake assets:precompile")
        yield self._step("database created", DATABASE, user="root")
        disabled = "export EXECJS_RUNTIME=Disabled"
        yield self._step("db:migrate", f"{disabled}; bundle exec rake db:migrate")
        yield self._step("db:seed", f"{disabled}; bundle exec rake db:seed")
        yield self._step("puma, until /consul.json answers", f"{disabled}; {PUMA}")

    def _apt(self) -> str:
        install = "DEBIAN_FRONTEND=noninteractive apt-get install --quiet=2 --yes --no-install-recommends"
        return f"apt-get update --quiet=2 && {install} {' '.join(self._packages)}"

    def _unpack(self) -> str:
        return f"useradd --system --no-create-home consul && mkdir -p {HOME} && tar -xzf - -C {HOME}"

    def _step(self, name: str, script: str, *, user: str = "consul", stdin: bytes = b"") -> Step:
        settings = ENVIRONMENT + (FROM_THE_MIRROR if self._gems else "")
        place = f"mkdir -p {HOME} && cd {HOME}" if user == "root" else settings
        whole = f"set -e\n{place}\n{script}"
        begin = time.monotonic()
        if user == "root":
            self._host.sh(whole, stdin=stdin)
        else:
            self._host.sh('runuser -u "$1" -- sh -c "$2"', user, whole)
        return Step(name, time.monotonic() - begin)
