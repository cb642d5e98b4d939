"""The municipality file in its checked form: the Instance.

Every section refuses keys it does not know. The descriptions end up in the JSON Schema (`ddconsul schema`).
"""

# Pydantic reads these annotations at run time, so they are not postponed.
import re
import unicodedata
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    GetJsonSchemaHandler,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from ddconsul.instance import contents
from ddconsul.instance.kinds import certificates, moments
from ddconsul.instance.kinds.links import TextKey
from ddconsul.instance.kinds.paths import (
    Authority,
    Certificates,
    ExistingFile,
    ExistingFolder,
    GemsMirror,
    PrivateKey,
    Source,
)
from ddconsul.instance.kinds.translated import TranslatedLine, TranslatedText, spoken
from ddconsul.instance.kinds.values import (
    FLAG_SCHEMA,
    LANGUAGES,
    Domain,
    Email,
    Flag,
    Host,
    HttpUrl,
    IpNetwork,
    Kind,
    Line,
    Port,
    TimeZone,
    flag,
    wrong,
)
from ddconsul.instance.section import Contradiction, Section, rule, short_form
from ddconsul.instance.sections import accounts, districts, vocabulary, vraagstuk
from ddconsul.instance.sections.accounts import Officials, Person
from ddconsul.instance.sections.branding import Branding
from ddconsul.instance.sections.districts import District
from ddconsul.instance.sections.home import Banner, Home
from ddconsul.instance.sections.menu import Footer, Menu
from ddconsul.instance.sections.pages import Page, PageName
from ddconsul.instance.sections.participation import Participation
from ddconsul.instance.sections.settings import Settings
from ddconsul.instance.sections.vocabulary import Word
from ddconsul.instance.sections.vraagstuk import Vraagstukken

UPSTREAM = "https://github.com/consuldemocracy/consuldemocracy.git"
SITE_PATTERN = r"^[a-z][a-z0-9-]{0,19}$"
# No site's name: sites and the account that builds are named alike on a host (role consul_build, consul_build_user).
BUILDER = "build"


def slug(name: str) -> str:
    """Make a site's name of a municipality's: `'s-Hertogenbosch` becomes `s-hertogenbosch`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    return re.sub(r"^[0-9-]+", "", words)[:20].rstrip("-")


class Contact(Section):
    """How inhabitants reach the municipality."""

    email: Email | None = Field(
        None, description="E-mail address for questions about the platform.", examples=["info@example.org"]
    )


def _code(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(r"(GM)?[0-9]{4}", value) and not value.endswith("0000"):
        return value.removeprefix("GM")
    raise wrong("is not a municipality code", 'CBS gives each municipality four digits; write them in quotes: "0014".')


Code = Annotated[
    str,
    BeforeValidator(_code),
    Kind("four digits, in quotes"),
    WithJsonSchema({"type": "string", "pattern": r"^(GM)?[0-9]{4}$"}),
]


def _each_once(value: tuple[str, ...]) -> tuple[str, ...]:
    if not value:
        raise wrong("has no language", "The first one is the default, such as [nl, en].")
    twice = next((item for item in value if value.count(item) > 1), None)
    if twice:
        raise wrong(f"names {twice} twice", "Name each language once.")
    return value


Languages = Annotated[
    tuple[Annotated[str, AfterValidator(spoken)], ...],
    AfterValidator(_each_once),
    Kind("list of languages", LANGUAGES),
    WithJsonSchema({"type": "array", "items": {"enum": list(LANGUAGES)}, "minItems": 1, "uniqueItems": True}),
]


class Municipality(Section):
    """Who it is for, and where inhabitants find it."""

    # It is in the title of each page, in the header and in the sender of each mail.
    name: Line = Field(
        description="Name of the municipality, as inhabitants read it.", max_length=80, examples=["Voorbeeldgemeente"]
    )
    domain: Domain = Field(description="The site's domain name, without https://.", examples=["praat.example.org"])
    code: Code | None = Field(None, description="Municipality code of CBS: four digits, in quotes.", examples=["0014"])
    languages: Languages = Field(("nl", "en"), description="Languages of the site; the first is the default.")
    time_zone: TimeZone = Field("Europe/Amsterdam", description="Time zone, as in the tz database.")
    contact: Contact = Field(Contact.absent(), description="How inhabitants reach the municipality.")
    form_of_address: Literal["je", "u"] | None = Field(
        None, description="How the Dutch texts of the site address people: je or u. Default: as Consul does, both."
    )


SiteName = Annotated[str, Field(pattern=SITE_PATTERN), Kind("short name: small letters, digits, hyphens; 20 at most")]
UserName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_.-]{0,31}$"), Kind("name of a user")]
_SITE_DESCRIPTION = "Short name of the site on its host: lower-case letters, digits, hyphens. Default: from the name."


_TYPE_DESCRIPTION = "container (on this machine, to try it), ssh (a server) or local (this machine itself)."


class ContainerTarget(Section):
    """A container on this machine, made and removed by ddconsul."""

    type: Literal["container"] = Field(description=_TYPE_DESCRIPTION)
    site: SiteName | None = Field(None, description=_SITE_DESCRIPTION, examples=["zee"])
    http_port: Port | None = Field(None, description="Port on this machine. Default: a free one.", examples=[8080])


class SshTarget(Section):
    """A Debian 13 server that is reached over SSH."""

    type: Literal["ssh"] = Field(description=_TYPE_DESCRIPTION)
    site: SiteName | None = Field(None, description=_SITE_DESCRIPTION, examples=["zee"])
    host: Host = Field(description="Host name or IP address of the server.", examples=["server1.example.org"])
    port: Port = Field(22, description="Port of the SSH server.")
    user: UserName = Field("root", description="User to log in as.")
    key: ExistingFile | None = Field(
        None, description="Private key to log in with. Default: what ssh itself uses.", examples=["~/.ssh/id_ed25519"]
    )
    sudo: Flag = Field(False, description="Become root with sudo. Default: on unless the user is root.")

    @model_validator(mode="before")
    @classmethod
    def _sudo_follows_user(cls, data: Any) -> Any:  # noqa: ANN401 — raw input, of any shape
        """Let a user other than root use sudo without saying so."""
        if isinstance(data, dict) and "sudo" not in data:
            return {**data, "sudo": data.get("user", "root") != "root"}
        return data

    @rule
    def _root_is_needed(self) -> Iterator[Contradiction]:
        if "sudo" in self.model_fields_set and self.user != "root" and not self.sudo:
            message = f"is off, but {self.user} is not root"
            yield Contradiction(("sudo",), message, "Set sudo to on, or log in as root.")


class LocalTarget(Section):
    """This machine itself."""

    type: Literal["local"] = Field(description=_TYPE_DESCRIPTION)
    site: SiteName | None = Field(None, description=_SITE_DESCRIPTION, examples=["zee"])


Target = Annotated[ContainerTarget | SshTarget | LocalTarget, Field(discriminator="type")]


Version = Annotated[
    str, Field(pattern=r"^[0-9]{1,4}\.[0-9]{1,4}\.[0-9]{1,4}$"), Kind("three numbers with dots, in quotes")
]


class Consul(Section):
    """Which Consul Democracy, and where its parts come from."""

    version: Version = Field("2.5.1", description="Release of Consul Democracy.")
    source: Source = Field(
        UPSTREAM,
        description="Git URL, or path of a git repository, tarball or folder. Default: Consul's own repository.",
    )
    gems_mirror: GemsMirror | None = Field(
        None,
        description="URL of a mirror of RubyGems, or a folder laid out as one.",
        examples=["https://gems.example.org"],
    )
    npm_mirror: HttpUrl | None = Field(
        None, description="URL of a mirror of the npm registry.", examples=["https://npm.example.org"]
    )
    overlay: ExistingFolder | None = Field(
        None, description="Folder with custom code, laid over the source.", examples=["eigen-code"]
    )


class Module(Section):
    """A part of Consul: on or off, or a section with more about it."""

    enabled: Flag = Field(description="Whether it is on.", examples=[True])
    label: TranslatedLine | None = Field(
        None, description="What it is called in the menu, instead of Consul's own word.", examples=["Initiatieven"]
    )

    @classmethod
    def long_form(cls, data: Any) -> Any:  # noqa: ANN401 — raw input, of any shape
        """Take a flag for whether a module is on."""
        return data if isinstance(data, dict | Section) else {"enabled": flag(data)}

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Allow a flag too."""
        return short_form(FLAG_SCHEMA, core, handler)

    def __bool__(self) -> bool:
        """Tell whether it is on."""
        return self.enabled


def _module(*, on: bool, description: str) -> Any:  # noqa: ANN401 — a field of any type, to mypy
    return Field(Module(enabled=on), description=f"{description} Default: {'on' if on else 'off'}.")


ModuleSwitch = Annotated[Module, Kind("on or off, or a section")]


class Modules(Section):
    """Parts of Consul that are on or off."""

    debates: ModuleSwitch = _module(on=False, description="Inhabitants start debates.")
    proposals: ModuleSwitch = _module(on=True, description="Inhabitants make proposals and support them.")
    polls: ModuleSwitch = _module(on=True, description="Inhabitants vote on questions.")
    budgets: ModuleSwitch = _module(on=False, description="Participatory budgets.")
    legislation: ModuleSwitch = _module(on=True, description="Inhabitants work on plans and policy texts.")
    sdg: ModuleSwitch = _module(on=False, description="Sustainable development goals.")


class Smtp(Section):
    """The server that sends the mail. A password goes into the secrets file, never in here."""

    host: Host = Field(description="Host name of the mail server.", examples=["mail.example.org"])
    port: Port = Field(587, description="Port of the mail server.")
    user: Line | None = Field(None, description="User name, when the server asks for one.", examples=["platform"])
    starttls: Flag = Field(True, description="Use STARTTLS.")


class Mail(Section):
    """Mail to inhabitants."""

    sender: Email | None = Field(
        None,
        alias="from",
        description="Sender's address. Default: noreply@ the domain.",
        examples=["noreply@example.org"],
    )
    name: Line | None = Field(
        None, description="Sender's name. Default: the municipality's name.", examples=["Voorbeeldgemeente"]
    )
    smtp: Smtp | None = Field(None, description="Mail server. Without one, mail is kept in files on the host.")


def _tls_mode(value: object) -> object:
    # `mode: off` without quotes is false to many an editor and YAML library.
    return "off" if value is False else value


class Tls(Section):
    """Encryption between browser and site."""

    mode: Annotated[Literal["off", "internal", "files"], BeforeValidator(_tls_mode)] = Field(
        "off", description="off, internal (a certificate of the host's own) or files (your certificate)."
    )
    certificate: Certificates | None = Field(
        None, description="Certificate with its chain, in PEM form (mode files).", examples=["certificaat.pem"]
    )
    key: PrivateKey | None = Field(
        None, description="The certificate's private key, in PEM form (mode files).", examples=["certificaat.key"]
    )

    @rule
    def _mode_files_asks_for_files(self) -> Iterator[Contradiction]:
        for name in ("certificate", "key") if self.mode == "files" else ():
            if name not in self.model_fields_set:
                message, todo = f"is files, but there is no {name}", f"Add tls.{name}: the path of a PEM file."
                yield Contradiction(("mode",), message, todo)

    @rule
    def _files_ask_for_mode_files(self) -> Iterator[Contradiction]:
        for name in ("certificate", "key") if self.mode != "files" else ():
            if name in self.model_fields_set:
                yield Contradiction((name,), f"is given, but tls.mode is {self.mode}", "Set tls.mode to files.")

    @rule
    def _key_is_of_the_certificate(self) -> Iterator[Contradiction]:
        if self.mode == "files" and self.certificate is not None and self.key is not None:
            found = certificates.amiss(self.certificate, self.key)
            if found is not None:
                yield Contradiction((found.key,), found.message, found.todo)


class Network(Section):
    """What the host's network asks for."""

    proxy: HttpUrl | None = Field(
        None, description="HTTP proxy for downloads.", examples=["http://proxy.example.org:3128"]
    )
    extra_ca: tuple[Authority, ...] = Field(
        (), description="Extra certificate authorities: PEM or DER files.", examples=[["netwerk.crt"]]
    )
    allowed_admin_ips: tuple[IpNetwork, ...] = Field(
        (),
        description="Addresses and networks from where the administrators' pages open. Default: everywhere.",
        examples=[["192.0.2.0/24"]],
    )
    trusted_proxies: tuple[IpNetwork, ...] = Field(
        (),
        description="The municipality's own proxies before the host: who visitors are, and with tls.mode off that "
        "they come over HTTPS, is taken from these alone.",
        examples=[["192.0.2.10"]],
    )


class Instance(Section):
    """A municipality's participation platform, as one file describes it."""

    municipality: Municipality = Field(description="Who it is for.")
    target: Target = Field(description="Where the site runs.")
    consul: Consul = Field(Consul.absent(), description="Which Consul Democracy.")
    branding: Branding = Field(Branding.absent(), description="How it looks.")
    modules: Modules = Field(Modules.absent(), description="What inhabitants can do.")
    participation: Participation = Field(Participation.absent(), description="Who may take part.")
    mail: Mail = Field(Mail.absent(), description="Mail to inhabitants.")
    tls: Tls = Field(Tls.absent(), description="Encryption.")
    pages: dict[PageName, Page] = Field(
        {}, description="Pages with a text, by their address; about and offline get a Dutch one."
    )
    home: Home = Field(Home.absent(), description="The home page.")
    banners: tuple[Banner, ...] = Field((), description="Messages at the top of pages, for some time.")
    menu: Menu = Field(Menu.absent(), description="The menu.")
    footer: Footer = Field(Footer.absent(), description="The foot of every page.")
    texts: Annotated[dict[TextKey, TranslatedText], Kind("section with keys of texts")] = Field(
        {}, description="Texts of Consul's in words of one's own, by their key in its locale files."
    )
    vocabulary: tuple[Word, ...] = Field((), description="Words of Consul's that are others here.")
    districts: tuple[District, ...] = Field((), description="Districts of the municipality: Consul's geozones.")
    vraagstuk: Vraagstukken = Field((), description="What is asked of inhabitants: a section, or a list of sections.")
    demo_content: Flag = Field(
        False,
        description="Fill each vraagstuk with contributions of fictitious people; only in a container. Off: they go.",
    )
    settings: Settings = Field(Settings.absent(), description="Consul's other settings.")
    administrators: tuple[Person, ...] = Field(
        min_length=1, description="Who manages the site; the first gets the first account."
    )
    moderators: tuple[Person, ...] = Field((), description="Who hides what is against the rules.")
    managers: tuple[Person, ...] = Field((), description="Who helps inhabitants at the desk.")
    valuators: tuple[Person, ...] = Field((), description="Who judges projects of a budget.")
    officials: Officials = Field(Officials.absent(), description="Officials, whose contributions are marked.")
    network: Network = Field(Network.absent(), description="What the host's network asks for.")

    @rule
    def _site_has_a_name(self) -> Iterator[Contradiction]:
        if not re.match(SITE_PATTERN, self.site):
            message, todo = "gives no short name for the site", "Add target.site, such as demo."
            yield Contradiction(("municipality", "name"), message, todo)

    @rule
    def _site_is_not_called_as_who_builds(self) -> Iterator[Contradiction]:
        if self.site == BUILDER:
            message = f'is "{BUILDER}", and the account that builds Consul on a host has that name'
            place = ("target", "site") if self.target.site else ("municipality", "name")
            yield Contradiction(place, message, "Give target.site another name.")

    @rule
    def _people_are_different(self) -> Iterator[Contradiction]:
        yield from accounts.contradictions(self)

    @rule
    def _texts_have_the_sites_languages(self) -> Iterator[Contradiction]:
        yield from contents.languages(self)

    @rule
    def _pages_ask_for_what_is_known(self) -> Iterator[Contradiction]:
        yield from contents.placeholders(self)

    @rule
    def _vocabulary_is_of_the_sites_languages(self) -> Iterator[Contradiction]:
        yield from vocabulary.contradictions(self)

    @rule
    def _districts_are_different(self) -> Iterator[Contradiction]:
        yield from districts.contradictions(self)

    @rule
    def _vraagstuk_fits_the_rest(self) -> Iterator[Contradiction]:
        yield from vraagstuk.contradictions(self)

    @rule
    def _examples_are_for_demos(self) -> Iterator[Contradiction]:
        if self.demo_content and self.public:
            message = "is on, but inhabitants can come there: they would read contributions of people who don't exist"
            yield Contradiction(("demo_content",), message, "Set demo_content to off, or target.type to container.")

    @rule
    def _clocks_show_the_moments(self) -> Iterator[Contradiction]:
        yield from moments.contradictions(self)

    @rule
    def _contents_agree(self) -> Iterator[Contradiction]:
        yield from contents.contradictions(self)

    @property
    def site(self) -> str:
        """Return the site's short name: Unix user, database and folders are named after it."""
        return self.target.site or slug(self.municipality.name)

    @property
    def public(self) -> bool:
        """Tell whether inhabitants can come there: everywhere but in a container on this machine."""
        return self.target.type != "container"

    @property
    def behind_proxy(self) -> bool:
        """Tell whether a proxy before the host does the encryption, and the host itself none."""
        return self.tls.mode == "off" and bool(self.network.trusted_proxies) and self.public

    @property
    def scheme(self) -> str:
        """Return how visitors come: `https` or `http`."""
        return "http" if self.tls.mode == "off" and not self.behind_proxy else "https"


__all__ = ["UPSTREAM", "ContainerTarget", "Instance", "LocalTarget", "Section", "SshTarget", "slug"]
