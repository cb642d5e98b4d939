"""Instrument `proposals`: inhabitants say what should be done."""

# Pydantic reads these annotations at run time, so they are not postponed.
from typing import Literal

from pydantic import Field

from ddconsul.instance.sections.vraagstuk.common import INSTRUMENT, Categories, Vraagstuk


class Proposals(Vraagstuk):
    """Inhabitants make proposals. Consul keeps its proposals open: opens and closes are told on the page only."""

    instrument: Literal["proposals"] = Field(description=INSTRUMENT)
    categories: Categories = Field((), description="Topics to choose from.", examples=[["Groen", "Verkeer"]])
