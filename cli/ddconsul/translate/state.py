"""Instance → the desired-state document: what Consul has to contain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ddconsul.translate.accounts import accounts
from ddconsul.translate.brand import image_objects
from ddconsul.translate.examples import examples
from ddconsul.translate.home import banners, cards, feeds, pictures
from ddconsul.translate.menu import content_blocks
from ddconsul.translate.pages import pages
from ddconsul.translate.participation import census, code_files, participation_texts
from ddconsul.translate.settings import setting_items
from ddconsul.translate.texts import texts
from ddconsul.translate.vraagstuk import uploads, vraagstukken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddconsul.instance.models import Instance
    from ddconsul.translate.item import Item, Value


def state_document(instance: Instance) -> dict[str, Any]:
    """Return the document that module `consul_state` makes true."""
    return {
        "settings": settings(instance),
        "objects": [item.as_object() for item in objects(instance)],
        "files": files(instance),
    }


def settings(instance: Instance) -> dict[str, Value]:
    """Return Consul's settings by key."""
    return {item.name: item.fields["value"] for item in setting_items(instance)}


def objects(instance: Instance) -> Iterator[Item]:
    """Yield the objects, in the order in which they are made."""
    yield from accounts(instance)
    yield from pages(instance)
    yield from vraagstukken(instance)
    yield from examples(instance)
    yield from content_blocks(instance)
    yield from cards(instance)
    yield from banners(instance)
    yield from texts(instance)
    yield from participation_texts(instance)
    yield from census(instance)
    yield from feeds(instance)
    yield from image_objects(instance)[0]


def files(instance: Instance) -> dict[str, dict[str, str]]:
    """Return the files that objects name, by the checksum that Active Storage keeps of them."""
    own = {
        file.checksum: {
            "name": file.path.name,
            "content_type": file.content_type,
            "path": f"/srv/ddconsul/{instance.site}/shared/content/{file.md5}{file.path.suffix.lower()}",
        }
        for file in (*pictures(instance), *uploads(instance))
    }
    return {**own, **image_objects(instance)[1], **code_files(instance)}
