#!/usr/bin/python
"""Ansible module: make what Consul contains match a document."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.consul_document import answer_of, fingerprint, now, refusal, resolved

DOCUMENTATION = r"""
module: consul_state
short_description: Make what Consul contains match a document
description:
  - Sends one desired-state document to one Rails process, which answers with
    the list of changes. In check mode the same code runs in a transaction that
    is rolled back.
  - All or nothing. What Consul refuses is told with the object and the field.
  - Nothing changed in the document nor in the database since it was last
    applied, then Rails is not started; edits that were made in the admin pages
    and are kept are told all the same.
options:
  root:
    description: The site's folder.
    type: path
    required: true
  user:
    description: The site's account, which is its database's name as well.
    type: str
    required: true
  program:
    description:
      - The folder with the Ruby program that applies the document. A check leaves it as it is, and runs C(sources)
        from a folder that it makes and removes.
    type: path
    required: true
  sources:
    description: The program's files, by their path in that folder.
    type: dict
    required: true
  state:
    description:
      - The document, C(settings), C(objects) and C(files). A field may have C({schedule}) for its value, a list of
        moments in UTC, each with the value from then on; the host's clock decides.
    type: dict
    required: true
  document:
    description: Where the document is kept for the timer that makes it true again when a moment of it has come.
    type: path
    required: true
  enforce:
    description: Keys of the objects of which the file wins over the admin pages; C(*) for all.
    type: list
    elements: str
    default: []
  confirmed:
    description: Whether somebody agreed with what it ends for inhabitants, as a check told it. Without, it is refused.
    type: bool
    default: false
  override:
    description: Why something that people are voting on may change all the same. Without a reason, that is refused.
    type: str
    default: ""
  tenant:
    description: The schema of the tenant that the document is for; empty for the main site.
    type: str
    default: ""
  administrator_password:
    description: First password of the first account; never applied again.
    type: str
    required: true
author: the ddconsul contributors
"""

RETURN = r"""
changes: {description: 'List of {object, field, old, new, kind}', type: list, returned: always}
cautions: {description: 'List of {object, text}: what a change ends for inhabitants', type: list, returned: always}
booted: {description: Whether Rails was started, type: bool, returned: always}
object: {description: The object that Consul refused, type: str, returned: failure}
field: {description: Its field, type: str, returned: failure}
"""


def psql_argv(user: str) -> list[str]:
    """Return the command that asks the site's database one value, as standard input says."""
    return ["runuser", "-u", user, "--", "psql", "--no-psqlrc", "--quiet", "-At", "--dbname", user]


def runner_argv(root: str, user: str, program: str) -> list[str]:
    """Return the command that runs the program in the site's Rails, as its account."""
    return [
        "systemd-run",
        "--quiet",
        "--wait",
        "--collect",
        "--pipe",
        f"--uid={user}",
        f"--working-directory={root}/current",
        f"--property=EnvironmentFile={root}/shared/config/environment",
        "bundle",
        "exec",
        "rails",
        "runner",
        f"{program}/main.rb",
    ]


# What was applied last, whether Consul's tables hold it still, and what settings were and are. Read as Consul reads
# them: an empty text is no value.
KNOWN = """
SET search_path TO {schema}, shared_extensions;
SELECT json_build_object(
  'fingerprint', fingerprint,
  'kept', kept,
  'same', NOT EXISTS (
    SELECT FROM ddconsul.objects AS remembered JOIN ({digests}) AS held USING (key)
    WHERE remembered.digest IS DISTINCT FROM held.digest),
  'settings', (
    SELECT json_object_agg(applied.key, json_build_array(nullif(applied.value, ''), nullif(settings.value, '')))
    FROM ddconsul.applied AS applied LEFT JOIN settings ON 'setting ' || settings.key = applied.key
    WHERE applied.key LIKE 'setting %'))
FROM ddconsul.document AS document
"""
# What somebody else did and stays; all else is something that a run does.
KEPT = ("drift", "conflict")


def known_sql(digests: str, tenant: str) -> str:
    """Return the query for what was applied last; the program keeps a tenant's in the tenant's own schema."""
    schema = '"' + tenant.replace('"', '""') + '"' if tenant else "public"
    sql = KNOWN.replace("{digests}", digests).replace("{schema}", schema)
    return sql.replace("ddconsul.", f"{schema}.ddconsul_") if tenant else sql


def last_applied(user: str, digests: str, tenant: str) -> dict[str, Any]:
    """Return what is known of the document that was applied last; {} when none was, or that can't be told."""
    query = known_sql(digests, tenant)
    done = subprocess.run(psql_argv(user), input=query, capture_output=True, text=True, check=False, cwd="/")
    known: dict[str, Any] = json.loads(done.stdout) if done.returncode == 0 and done.stdout.strip() else {}
    return known


def stored(value: object) -> str | None:
    """Return a setting as Consul keeps it: present is on, and nothing is off."""
    if isinstance(value, bool):
        return "t" if value else None
    return str(value) if value not in (None, "") else None


def text(value: object) -> str | None:
    """Return a field of an object as it is told."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if value not in (None, "") else None


def first_changes(state: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what a new site is made to contain: the same that the program tells when it has done so."""
    values = [(f"setting {key}", "value", stored(value)) for key, value in state.get("settings", {}).items()]
    for made in state.get("objects", []):
        fields = [(made["key"], field, text(value)) for field, value in made["fields"].items()]
        values += fields or [(made["key"], "", made["key"].partition(" ")[2])]
    return [{"object": name, "field": field, "old": None, "new": new, "kind": "created"} for name, field, new in values]


def settings_kept(state: dict[str, Any], known: dict[str, Any]) -> list[dict[str, Any]] | None:
    """Return the edits of settings that stay, by the rule of the program's `Decision`; None when it has to write."""
    kept = []
    for key, value in state.get("settings", {}).items():
        name, wanted = f"setting {key}", stored(value)
        last, actual = (known.get("settings") or {}).get(name, (None, None))
        if actual == wanted:
            continue
        if actual == last:
            return None
        kind = "drift" if wanted == last else "conflict"
        kept.append({"object": name, "field": "value", "old": actual, "new": wanted, "kind": kind})
    return kept


def unchanged(
    state: dict[str, Any], known: dict[str, Any], mark: str, enforce: list[str]
) -> list[dict[str, Any]] | None:
    """Return what is to be told without starting Rails; None when Rails has to look.

    Args:
        state: The document.
        known: What was applied last.
        mark: The document's fingerprint.
        enforce: Keys of the objects of which the file wins.
    """
    if known.get("fingerprint") != mark or not known["same"]:
        return None
    settings = settings_kept(state, known)
    if settings is None:
        return None
    kept = settings + known["kept"]
    overruled = [change for change in kept if {"*", change["object"]} & set(enforce)]
    return None if overruled else kept


def install(folder: Path, sources: dict[str, str]) -> None:
    """Write the program's files where they differ; everybody may read them."""
    for name, content in sources.items():
        path = folder / name
        path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != content:
            path.write_text(content, encoding="utf-8")
            path.chmod(0o644)


def keep(document: Path, user: str, state: dict[str, Any], tenant: str) -> None:
    """Write the document down for the timer; only the site's account reads it."""
    content = json.dumps({"state": state, "tenant": tenant}, sort_keys=True)
    if document.exists() and document.read_text(encoding="utf-8") == content:
        return
    new = document.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_text(content, encoding="utf-8")
    shutil.chown(new, "root", user)
    # Whatever the host's umask is.
    new.chmod(0o640)
    new.replace(document)


def run(module: AnsibleModule, document: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    """Run the program on a document; a check changes nothing on the host, so it runs it from elsewhere."""
    given = module.params
    with tempfile.TemporaryDirectory(prefix="ddconsul-") as passing:
        folder = Path(passing) if module.check_mode else Path(given["program"])
        Path(passing).chmod(0o755)
        install(folder, given["sources"])
        argv = runner_argv(given["root"], given["user"], str(folder))
        return subprocess.run(argv, input=json.dumps(document), capture_output=True, text=True, check=False)


def apply(module: AnsibleModule, state: dict[str, Any], mark: str) -> None:
    """Have Rails make the document true, and report what that changed.

    Args:
        module: The module.
        state: The document as it is now.
        mark: Its fingerprint.
    """
    given = module.params
    if module.check_mode and not Path(given["root"], "current").exists():
        module.exit_json(changed=True, changes=first_changes(state), cautions=[], booted=False)
    choices = ("enforce", "confirmed", "override", "tenant", "administrator_password")
    document = {
        **state,
        **{name: given[name] for name in choices},
        "fingerprint": mark,
        "check": module.check_mode,
    }
    done = run(module, document)
    answer = answer_of(done.stdout)
    if answer is None:
        module.fail_json(msg=f"Rails did not answer: {(done.stderr or done.stdout).strip()[-2000:]}")
    if "error" in answer:
        module.fail_json(msg=refusal(answer), object=answer.get("object"), field=answer.get("field"))
    if not module.check_mode:
        keep(Path(given["document"]), given["user"], given["state"], given["tenant"])
    made = [change for change in answer["changes"] if change["kind"] not in KEPT]
    module.exit_json(changed=bool(made), changes=answer["changes"], cautions=answer["warnings"], booted=True)


def main() -> None:
    """Read the parameters, ask Rails where needed, report."""
    module = AnsibleModule(
        argument_spec={
            "root": {"type": "path", "required": True},
            "user": {"type": "str", "required": True},
            "program": {"type": "path", "required": True},
            "sources": {"type": "dict", "required": True},
            "state": {"type": "dict", "required": True},
            "document": {"type": "path", "required": True},
            "enforce": {"type": "list", "elements": "str", "default": []},
            "confirmed": {"type": "bool", "default": False},
            "override": {"type": "str", "default": ""},
            "tenant": {"type": "str", "default": ""},
            "administrator_password": {"type": "str", "required": True, "no_log": True},
        },
        supports_check_mode=True,
    )
    given = module.params
    state = resolved(given["state"], now())
    mark = fingerprint(state)
    known = last_applied(given["user"], given["sources"]["digests.sql"], given["tenant"])
    kept = unchanged(state, known, mark, given["enforce"])
    if kept is None:
        apply(module, state, mark)
    if not module.check_mode:
        keep(Path(given["document"]), given["user"], given["state"], given["tenant"])
    module.exit_json(changed=False, changes=kept, cautions=[], booted=False)


if __name__ == "__main__":
    main()
