"""Package with design tokens → the colours of Consul's roles."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from ddconsul.instance.sections.palette import PAGE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ddconsul.instance.kinds.tokens import Tokens

# Which custom property tells a role's colour, first choice first. NL Design System's packages have one vocabulary, with
# exceptions; each of these names was seen in a package that is published.
NAMES = {
    "brand": (
        "--utrecht-button-primary-action-background-color",
        "--denhaag-button-primary-action-background-color",
        "--ams-color-interactive",
        "--oip-color-primary",
    ),
    "link": ("--utrecht-link-color", "--nl-link-color", "--denhaag-link-color", "--ams-links-color"),
    "heading": ("--utrecht-heading-1-color", "--utrecht-heading-color", "--nl-heading-level-1-color"),
    "footer": ("--utrecht-page-footer-background-color",),
    "focus": ("--utrecht-focus-outline-color", "--basis-focus-outline-color"),
}
# Where packages have their stylesheet, in the folder `dist`.
_PLACES = ("root.css", "variables.css", "design-tokens.css", "index.css", "theme.css", "css/index.css")
# Licences under which anybody may use a house style. Any other text is read as: its owner only.
_FREE = {"EUPL-1.2", "CC0-1.0", "CC-BY-4.0", "MIT", "Apache-2.0", "MPL-2.0", "BSD-3-Clause", "0BSD", "ISC"}
_DEEPEST = 50


@dataclass(frozen=True)
class Resolved:
    """What a package came to.

    Args:
        roles: By role, its colour, and the custom property that told it.
        licence: The licence that the package names.
        proprietary: Whether only its owner may use it.
        file: The stylesheet in it.
    """

    roles: Mapping[str, Mapping[str, str]]
    licence: str
    proprietary: bool
    file: str

    def as_dict(self, tokens: Tokens, integrity: str) -> dict[str, Any]:
        """Return it as the lock file has it.

        Args:
            tokens: The package.
            integrity: Its checksum, as npm writes it.
        """
        return {
            "version": tokens.version,
            "variant": tokens.variant,
            "integrity": integrity,
            "licence": self.licence,
            "proprietary": self.proprietary,
            "file": self.file,
            "roles": {role: dict(found) for role, found in self.roles.items()},
        }


def resolve(files: Mapping[str, bytes], variant: str = "") -> Resolved:
    """Read a package with design tokens.

    Args:
        files: What is in the package, by path in it.
        variant: Folder of the variant, for a package that has several.

    Raises:
        ValueError: With a sentence, when it holds no design tokens that are known.
    """
    file = _stylesheet(files, variant)
    properties: dict[str, Any] = {}
    for name, value in custom_properties(files[file].decode("utf-8", "replace")):
        # What comes first is the theme; what may come later is a variant of it, under a class of its own.
        properties.setdefault(name, value)
    roles = {role: found for role, names in NAMES.items() if (found := _first(names, properties))}
    if "brand" not in roles and "link" not in roles:
        raise ValueError(f"has no colour that is known in {file}")
    licence = _licence(files)
    return Resolved(roles, licence, licence not in _FREE, file)


def _stylesheet(files: Mapping[str, bytes], variant: str) -> str:
    root = PurePosixPath("dist", variant)
    found = next((str(root / place) for place in _PLACES if _has_properties(files.get(str(root / place)))), None)
    if found is not None:
        return found
    if variant:
        raise ValueError(f"has no variant {variant} with a stylesheet")
    variants = sorted({path.split("/")[1] for path in files if path.startswith("dist/") and path.endswith("/root.css")})
    raise ValueError(
        "has no stylesheet with design tokens" + (f"; variants: {', '.join(variants)}" if variants else "")
    )


def _has_properties(content: bytes | None) -> bool:
    return content is not None and b"  --" in content


def _licence(files: Mapping[str, bytes]) -> str:
    """Return the licence of package.json. A licence file is no help: its comments may name the licence of the text."""
    try:
        description = json.loads(files["package.json"])
    except (KeyError, ValueError):
        return "(none)"
    return str(description.get("license") or "(none)") if isinstance(description, dict) else "(none)"


def custom_properties(css: str) -> Iterator[tuple[str, Any]]:
    """Yield name and value of the custom properties in a stylesheet.

    Those of a dark theme, of paper or of a narrow screen are in a block of their own (@media), and left out.
    """
    import tinycss2  # noqa: PLC0415 — only `brand fetch` pays for it

    for rule in tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True):
        if rule.type == "qualified-rule":
            for node in tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True):
                if node.type == "declaration" and node.name.startswith("--"):
                    yield node.name, node.value


def _first(names: tuple[str, ...], properties: Mapping[str, Any]) -> dict[str, str] | None:
    for name in names:
        colour = _colour(_written(properties.get(name, ()), properties))
        if colour is not None:
            return {"value": colour, "token": name}
    return None


def _written(nodes: Any, properties: Mapping[str, Any], depth: int = 0) -> str:  # noqa: ANN401 — nodes of tinycss2
    """Return a value with each `var()` replaced by what it stands for; "" when that is nowhere."""
    import tinycss2  # noqa: PLC0415 — as above

    if depth > _DEEPEST:  # they name each other in a circle
        return ""
    parts = []
    for node in nodes:
        if node.type == "function" and node.lower_name == "var":
            inside = [part for part in node.arguments if part.type not in {"whitespace", "comment"}]
            name = inside[0].value if inside and inside[0].type == "ident" else ""
            fallback = inside[2:] if len(inside) > 2 and inside[1] == "," else ()  # noqa: PLR2004 — name, comma
            parts.append(_written(properties.get(name, fallback), properties, depth + 1))
        elif node.type == "function":
            parts.append(f"{node.name}({_written(node.arguments, properties, depth + 1)})")
        elif node.type != "comment":
            parts.append(tinycss2.serialize([node]))
    return "".join(parts).strip() if depth == 0 else "".join(parts)


def _colour(text: str) -> str | None:
    """Return a colour of CSS as #rrggbb, on the background of a page; None for what is none, or cannot be seen."""
    from coloraide import Color  # noqa: PLC0415 — only `brand fetch` pays for it

    try:
        colour = Color(text)
    except (ValueError, TypeError):
        return None
    if not colour.alpha(nans=False):
        return None
    solid = Color.layer([colour, Color(PAGE)], space="srgb") if colour.alpha() < 1 else colour
    shown: str = solid.convert("srgb").fit().set("alpha", 1).to_string(hex=True)
    return shown
