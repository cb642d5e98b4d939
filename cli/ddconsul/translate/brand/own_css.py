"""The municipality's own stylesheet → the same, such that nothing wins over it."""

from __future__ import annotations

from typing import Any

# At-rules that hold rules. In others (@font-face, @keyframes, @property) stand no declarations of an element.
_GROUPS = {"media", "supports", "container", "layer", "scope", "starting-style"}
# What has to stand at the top of a file, or is refused.
_LEFT_OUT = {"charset", "import", "namespace"}


def important(css: str) -> str:
    """Return a stylesheet in which each declaration is `!important`.

    Among themselves, the rules keep their order and specificity.

    Args:
        css: A stylesheet.
    """
    import tinycss2  # noqa: PLC0415 — few files have a stylesheet

    return "\n".join(_rule(node) for node in tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True))


def _rule(node: Any) -> str:  # noqa: ANN401 — a node of tinycss2, which has no types
    import tinycss2  # noqa: PLC0415 — as above

    if node.type == "qualified-rule":
        return f"{tinycss2.serialize(node.prelude).strip()} {{ {_declarations(node.content)} }}"
    if node.type != "at-rule" or node.lower_at_keyword in _LEFT_OUT:
        return ""
    if node.lower_at_keyword not in _GROUPS or node.content is None:
        text: str = node.serialize()
        return text
    return f"@{node.at_keyword} {tinycss2.serialize(node.prelude).strip()} {{ {_declarations(node.content)} }}"


def _declarations(content: Any) -> str:  # noqa: ANN401 — nodes of tinycss2
    """Return what stands in a block: declarations, and rules inside."""
    import tinycss2  # noqa: PLC0415 — as above

    parts = []
    for node in tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True):
        if node.type == "declaration":
            value = tinycss2.serialize(node.value).strip()
            parts.append(f"{node.name}: {value} !important;")
        else:
            parts.append(_rule(node))
    return " ".join(filter(None, parts))
