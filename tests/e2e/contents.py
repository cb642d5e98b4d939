"""What a site contains: documents are applied by the role's own tasks, and looked at in the database and by HTTP."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
import shlex
import struct
import subprocess
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from host import account, wait_until
from ruamel.yaml import YAML

if TYPE_CHECKING:
    from collections.abc import Iterable

    from host import Host

PLAYBOOK = Path(__file__).with_name("contents.yml")
# What Consul's own work changes while a test looks.
RESTLESS = ("public.visits", "public.delayed_jobs")

BANNER = {
    "target_url": "/zomer",
    "post_started_at": "2020-01-01",
    "post_ended_at": "2099-12-31",
    "background_color": "#ffffff",
    "font_color": "#000000",
    "sections": "debates homepage",
    "title.nl": "Zomerfeest",
    "description.nl": "Kom ook",
}

Document = dict[str, Any]
Change = tuple[str, str, str, str | None, str | None]


@dataclass(frozen=True)
class Told:
    """What came out of a run.

    Args:
        answer: The module's result.
    """

    answer: dict[str, Any]

    @property
    def changes(self) -> list[Change]:
        """Kind, object, field, old and new of each change."""
        assert not self.answer.get("failed"), self.answer
        names = ("kind", "object", "field", "old", "new")
        return [tuple(change[name] for name in names) for change in self.answer["changes"]]  # type: ignore[misc]

    @property
    def cautions(self) -> list[dict[str, str]]:
        """What a change ends for inhabitants."""
        found: list[dict[str, str]] = self.answer["cautions"]
        return found

    @property
    def booted(self) -> bool:
        """Whether Rails was started."""
        return bool(self.answer["booted"])


@dataclass
class Contents:
    """A deployed site whose contents are changed.

    Args:
        host: Where it runs.
        slug: Its short name.
        command: How it was deployed.
        folder: For files of the test.
        standin: Whether it is the stand-in.
    """

    host: Host
    slug: str
    command: str
    folder: Path
    standin: bool
    sources: list[dict[str, str]] = field(default_factory=list)

    @property
    def deployed(self) -> Document:
        """The document of the deploy."""
        words = shlex.split(self.command)
        variables = YAML(typ="safe").load(Path(words[words.index("--extra-vars") + 1].removeprefix("@")))
        return copy.deepcopy(dict(variables["consul_site_state"]))

    def apply(
        self,
        document: Document,
        *,
        check: bool = False,
        enforce: Iterable[str] = (),
        tenant: str = "",
        confirmed: bool = True,
    ) -> Told:
        """Apply a document, or look what that would do."""
        answer, variables = self.folder / "answer.json", self.folder / "variables.json"
        answer.unlink(missing_ok=True)
        given = {
            "consul_site_state": document,
            "consul_site_content": [file for file in self.sources if file["checksum"] in document.get("files", {})],
            "consul_site_enforce": list(enforce),
            "consul_site_tenant": tenant,
            "consul_site_confirmed": confirmed,
            "contents_answer_file": str(answer),
        }
        variables.write_text(json.dumps(given))
        words = [word for word in shlex.split(self.command)[:-1] if word not in {"--check", "--diff"}]
        run = [*words, "--extra-vars", f"@{variables}", *(["--check"] if check else []), str(PLAYBOOK)]
        done = subprocess.run(run, capture_output=True, text=True, check=False)
        assert answer.exists(), done.stdout + done.stderr
        return Told(json.loads(answer.read_text()))

    def settled(self, document: Document) -> None:
        """Apply a document, and see that nothing is left to do."""
        self.apply(document)
        again = self.apply(document)
        assert (again.changes, again.booted) == ([], False)

    def file(self, document: Document, name: str, content: bytes) -> str:
        """Give a document a file, and return how fields name it."""
        digest = hashlib.md5(content, usedforsecurity=False)
        checksum = base64.b64encode(digest.digest()).decode()
        source = self.folder / name
        source.write_bytes(content)
        path = f"/srv/ddconsul/{self.slug}/shared/content/{digest.hexdigest()}.png"
        document.setdefault("files", {})[checksum] = {"name": name, "content_type": "image/png", "path": path}
        self.sources.append({"src": str(source), "checksum": checksum, "name": name, "content_type": "image/png"})
        return checksum

    def sql(self, query: str) -> str:
        """Ask the site's database; also what an administrator does in the admin pages is done so."""
        psql = f"cd / && runuser -u {account(self.slug)} -- psql --no-psqlrc --quiet -At --set ON_ERROR_STOP=1"
        return self.host.sh(psql, stdin=query.encode())

    def trace(self) -> str:
        """Return all that the site holds, once its jobs are done: rows, files, mails."""
        wait_until(
            lambda: self.sql("SELECT count(*) FROM delayed_jobs WHERE failed_at IS NULL") == "0", "jobs are done"
        )
        without = " ".join(f"--exclude-table-data={table}" for table in RESTLESS)
        rows = self.host.sh(
            f"cd / && runuser -u {account(self.slug)} -- pg_dump --data-only --inserts {without}"
            r" | grep -v '^SELECT pg_catalog.setval\|^\\\(un\)\?restrict' | sort"
        )
        shared = f"/srv/ddconsul/{self.slug}/shared"
        files = self.host.sh(f"find {shared}/storage {shared}/tmp -type f ! -path '*/cache/*' | sort")
        return f"{rows}\n{files}"

    def mails(self, recipient: str) -> str:
        """Return the files with mails to somebody."""
        return self.host.sh(f"find / -xdev -path '*mails*' -name '*{recipient}*'", check=False)


def named(document: Document, key: str) -> Document:
    """Return the fields of an object of the document."""
    fields: Document = next(made["fields"] for made in document["objects"] if made["key"] == key)
    return fields


def without(document: Document, *keys: str) -> Document:
    """Return a document without some of its objects."""
    kept = [made for made in document["objects"] if made["key"] not in keys]
    return {**document, "objects": kept}


def png(width: int, height: int, colour: tuple[int, int, int] = (200, 0, 0)) -> bytes:
    """Return a picture in one colour."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    rows = (b"\0" + bytes(colour) * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def example(contents: Contents) -> Document:
    """Return the document of the deploy, and an object of every kind with every field."""
    document = contents.deployed
    document["settings"]["uploads.images.content_types"] = "image/jpeg image/png"
    logo, picture = contents.file(document, "logo.png", png(200, 80)), contents.file(document, "een.png", png(400, 300))
    document["objects"] = [
        *document.get("objects", []),
        made(
            "account desk@example.org",
            {"email": "desk@example.org"},
            username="De balie",
            **roles("manager", "valuator"),
        ),
        made(
            "page privacy",
            {"slug": "privacy"},
            **{"title.nl": "Privacyverklaring", "content.nl": '<h2>Wie</h2><p>Wij &amp; "zij"</p>'},
        ),
        made(
            "page about",
            {"slug": "over-ons"},
            **{"status": "published", "more_info_flag": True, "print_content_flag": False, "title.nl": "Over ons"},
            **{"subtitle.nl": "Wie wij zijn", "content.nl": "<p>Wij wonen <strong>hier</strong>.</p>"},
            **{"title.en": "About us", "content.en": "<p>We live here.</p>"},
        ),
        made("content_block footer nl", {"name": "footer", "locale": "nl"}, body='<li><a href="/balie">Balie</a></li>'),
        made(
            "card header",
            {},
            **{"header": True, "label.nl": "Nieuw", "title.nl": "Praat mee", "description.nl": "Over uw straat"},
            **{"link_text.nl": "Verder", "link_url": "/proposals"},
        ),
        made(
            "card one",
            {},
            **{"header": False, "columns": 6, "order": 1, "link_url": "/polls", "title.nl": "Eerste kaart"},
            **{"description.nl": "Wat u kunt doen", "image": picture},
        ),
        {
            **made("card about", {}, **{"title.nl": "Kaart op de pagina", "link_url": "/x", "order": 1}),
            "parent": "page about",
        },
        made("banner summer", {}, **BANNER),
        made(
            "text layouts.footer.description",
            {"key": "layouts.footer.description"},
            **{"value.nl": "Onze eigen woorden", "value.en": "Our own words"},
        ),
        made("image logo_header", {"name": "logo_header"}, file=logo),
        made("feed proposals", {"kind": "proposals"}, limit=5),
    ]
    return document


def made(key: str, identity: dict[str, str], **fields: Any) -> Document:
    """Return an object."""
    return {"key": key, "kind": key.partition(" ")[0], "identity": identity, "fields": fields}


def roles(*names: str) -> dict[str, bool]:
    """Return the roles of an account."""
    return {role: role in names for role in ("administrator", "moderator", "manager", "valuator")}
