"""XML documents, from texts that may hold anything."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

# XML 1.0, section 2.2: there is no way to write these, not even escaped.
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """Return a text as XML can hold it."""
    return _ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", text)


def document(root: ET.Element) -> str:
    """Return a document as it stands in a file, with an element on each line.

    Args:
        root: Its outermost element, which is indented here.
    """
    ET.indent(root)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text.decode() + "\n"
