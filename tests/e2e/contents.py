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
from datetime import UTC, datetime, timedelta
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

PHASES = (
    "informing", "accepting", "reviewing", "selecting", "valuating", "publishing_prices", "balloting",
    "reviewing_ballots", "finished",
)  # fmt: skip
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
CODES = b"document_type,document_number,date_of_birth,postal_code\n" + b"".join(
    f"3,CODE{number:04},1990-01-01,9712 AB\n".encode() for number in range(50)
)
DISTRICT = {
    "name": "Noord",
    "external_code": "WK001401",
    "census_code": "01",
    "color": "#154273",
    "geojson": '{"type": "Polygon", "coordinates": [[[6.5, 53.2], [6.6, 53.2], [6.6, 53.3], [6.5, 53.2]]]}',
}
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
        return [tuple(change[name] for name in names) for change in self.answer["changes"]]  # type: ignore[misc]  # a tuple of as many as there are names

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
        override: str = "",
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
            "consul_site_override": override,
            "contents_answer_file": str(answer),
        }
        variables.write_text(json.dumps(given))
        words = [word for word in shlex.split(self.command)[:-1] if word not in {"--check", "--diff"}]
        run = [*words, "--extra-vars", f"@{variables}", *(["--check"] if check else []), str(PLAYBOOK)]
        done = subprocess.run(run, capture_output=True, text=True, check=False)
        assert answer.exists(), done.stdout + done.stderr
        return Told(json.loads(answer.read_text()))

    def settled(self, document: Document) -> None:
        """Apply a document, whatever people are voting on, and see that nothing is left to do."""
        self.apply(document, override="to see")
        again = self.apply(document)
        assert (again.changes, again.booted) == ([], False)

    def file(self, document: Document, name: str, content: bytes, content_type: str = "image/png") -> str:
        """Give a document a file, and return how fields name it."""
        digest = hashlib.md5(content, usedforsecurity=False)
        checksum = base64.b64encode(digest.digest()).decode()
        source = self.folder / name
        source.write_bytes(content)
        path = f"/srv/ddconsul/{self.slug}/shared/content/{digest.hexdigest()}{source.suffix}"
        known = {"name": name, "content_type": content_type}
        document.setdefault("files", {})[checksum] = {**known, "path": path}
        self.sources.append({**known, "src": str(source), "checksum": checksum})
        return checksum

    def sql(self, query: str) -> str:
        """Ask the site's database; also what an administrator does in the admin pages is done so."""
        psql = f"cd / && runuser -u {account(self.slug)} -- psql --no-psqlrc --quiet -At --set ON_ERROR_STOP=1"
        return self.host.sh(psql, stdin=query.encode())

    def number(self, key: str) -> str:
        """Return the number that Consul gave an object."""
        return self.sql(f"SELECT record_id FROM ddconsul.objects WHERE key = '{key}'")  # noqa: S608 — a test's own key

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
    for module in ("debates", "polls", "budgets", "legislation"):
        document["settings"][f"process.{module}"] = True
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
        *questions(contents, document),
    ]
    return document


def made(key: str, identity: dict[str, str], parent: str = "", /, **fields: Any) -> Document:
    """Return an object."""
    belongs = {"parent": parent} if parent else {}
    return {"key": key, "kind": key.partition(" ")[0], "identity": identity, **belongs, "fields": fields}


# Looked at once: a run that goes on past midnight asks for the same all the time.
BEGAN = datetime.now(UTC)


def moment(days: int, hour: int = 12) -> str:
    """Return a moment that many days from now."""
    day = BEGAN + timedelta(days=days)
    return day.strftime(f"%Y-%m-%dT{hour:02}:00:00Z")


def day(days: int) -> str:
    """Return a day that many days from now."""
    return moment(days).partition("T")[0]


def questions(contents: Contents, document: Document) -> list[Document]:
    """Return what inhabitants are asked: an object of every kind with every field."""
    picture = contents.file(document, "plein.png", png(640, 480, (0, 160, 0)))
    paper = contents.file(document, "nota.pdf", PDF, "application/pdf")
    codes = contents.file(document, "codes.csv", CODES, "text/csv")
    return [
        made("district noord", {"external_code": "WK001401"}, **DISTRICT),
        made("district zuid", {"name": "Zuid"}, name="Zuid", color="#00aa00"),
        made("category Groen", {"name": "Groen"}),
        made("category Verkeer", {"name": "Verkeer"}),
        *poll("wijk", moment(-1), moment(30), "noord zuid", image=picture),
        *poll("later", moment(10), moment(40), "noord"),
        *budget(picture),
        *process(picture, paper),
        made(
            "debate straat",
            {},
            **{"title.nl": "De straat", "title.en": "The street", "categories": "Groen, Verkeer"},
            **{"description.nl": "<p>Hoe gaat het met de straat?</p>", "description.en": "<p>How is the street?</p>"},
        ),
        made("census codes", {}, file=codes),
    ]


def poll(key: str, starts: str, ends: str, districts: str, **fields: Any) -> list[Document]:
    """Return a poll with a question of each sort."""
    asked = {"title.nl": f"Wat wordt het in {key}", "title.en": f"What will it be in {key}"}
    return [
        made(
            f"poll {key}",
            {"slug": key},
            **{"name.nl": f"Stemming {key}", "name.en": f"Vote {key}", "summary.nl": "Kort gezegd"},
            **{"description.nl": "<p>Lang gezegd</p>", "starts_at": starts, "ends_at": ends},
            **{"geozone_restricted": False, "districts": districts, "results": True, "stats": False, **fields},
        ),
        made(f"question {key}/een", {}, f"poll {key}", **asked, vote_type="unique", order=1),
        option(f"{key}/een/rood", "Rood", 1, **{"description.nl": "<p>Als een roos</p>"}),
        option(f"{key}/een/blauw", "Blauw", 2),
        option(f"{key}/een/groen", "Groen", 3),
        made(
            f"question {key}/meer",
            {},
            f"poll {key}",
            **{"title.nl": "Welke bomen", "vote_type": "multiple", "max_votes": 2, "order": 2},
        ),
        option(f"{key}/meer/eik", "Eik", 1),
        option(f"{key}/meer/beuk", "Beuk", 2),
        made(
            f"question {key}/open", {}, f"poll {key}", **{"title.nl": "Wat nog meer", "vote_type": "open", "order": 3}
        ),
    ]


def option(key: str, title: str, order: int, **fields: Any) -> Document:
    """Return an option of a question."""
    parent = f"question {key.rpartition('/')[0]}"
    return made(f"option {key}", {}, parent, **{"title.nl": title, "given_order": order, **fields})


def budget(picture: str) -> list[Document]:
    """Return a budget, of which three phases are off."""
    off = ("selecting", "publishing_prices", "reviewing_ballots")
    on = [kind for kind in PHASES if kind not in off]
    phases = [
        made(
            f"phase geld/{kind}",
            {"kind": kind},
            "budget geld",
            enabled=True,
            starts_at=moment(30 * number),
            ends_at=moment(30 * number + 30),
            **{"name.nl": f"Fase {kind}", "description.nl": f"<p>Nu {kind}</p>"},
        )
        for number, kind in enumerate(on)
    ]
    phases += [made(f"phase geld/{kind}", {"kind": kind}, "budget geld", enabled=False) for kind in off]
    phases[-3]["fields"].update(starts_at=moment(80), ends_at=moment(90))
    heading = {"name.nl": "Bomen", "price": 50000, "population": 1200, "district": "noord", "max_ballot_lines": 2}
    return [
        made(
            "budget geld",
            {"slug": "geld"},
            **{"name.nl": "Geld voor de wijk", "currency_symbol": "€", "voting_style": "approval"},
            hide_money=False,
            published=True,
            phase="accepting",
            image=picture,
        ),
        *phases,
        made("group geld/stad", {}, "budget geld", **{"name.nl": "Hele stad", "max_votable_headings": 2}),
        made("heading geld/stad/bomen", {}, "group geld/stad", **heading, latitude="53.21", longitude="6.56"),
        made("heading geld/stad/spelen", {}, "group geld/stad", **{"name.nl": "Spelen", "price": 20000}),
    ]


def process(picture: str, paper: str) -> list[Document]:
    """Return a process with all its phases open, and all that belongs to it."""
    phases = {
        f"{name}_enabled": True
        for name in ("debate_phase", "proposals_phase", "allegations_phase", "draft_publication", "result_publication")
    }
    days = {
        f"{phase}_{end}_date": day(60 if end == "end" else -2)
        for phase in ("debate", "proposals_phase", "allegations")
        for end in ("start", "end")
    }
    texts = {
        "title.nl": "Het plan", "title.en": "The plan", "summary.nl": "Waar het plan om gaat",
        "description.nl": "Alles over **het plan**", "additional_info.nl": "De raad besluit",
    }  # fmt: skip
    plan = "process plan"
    return [
        made(
            plan,
            {},
            **texts,
            **{"start_date": day(-5), "end_date": day(90), **phases, **days, "draft_phase_enabled": False},
            draft_publication_date=day(-1),
            result_publication_date=day(90),
            published=True,
            categories="Groen, Verkeer",
            image=picture,
        ),
        made(
            "draft plan/een",
            {},
            plan,
            **{"title.nl": "Eerste versie", "body.nl": "# Kop\n\nHet eerste plan", "changelog.nl": "Nieuw"},
            status="published",
            final_version=False,
        ),
        made("process_question plan/nut", {}, plan, **{"title.nl": "Helpt dit", "description.nl": "<p>Zeg het</p>"}),
        made("process_option plan/nut/ja", {}, "process_question plan/nut", **{"value.nl": "Ja", "value.en": "Yes"}),
        made("process_option plan/nut/nee", {}, "process_question plan/nut", **{"value.nl": "Nee"}),
        made("process_option plan/nut/weet", {}, "process_question plan/nut", **{"value.nl": "Weet niet"}),
        made(
            "milestone plan/besluit",
            {},
            plan,
            **{"title.nl": "Besluit", "description.nl": "<p>De raad besluit</p>", "publication_date": day(-1)},
        ),
        made("document plan/nota", {}, plan, title="De nota", file=paper),
    ]


def roles(*names: str) -> dict[str, bool]:
    """Return the roles of an account."""
    return {role: role in names for role in ("administrator", "moderator", "manager", "valuator")}
