"""Number groups: numbers under one name, for rights, filters and statistics."""

from __future__ import annotations

import attrs

from ..schema import Label, a_line, setting
from .resource import NUMBER, NUMBER_GROUP, Resource


@attrs.frozen
class NumberGroup(Resource):
    """Any of the tenant's numbers under one name; a number may be in several groups."""

    kind = NUMBER_GROUP
    label = Label("Rufnummerngruppe", "Number group")
    plural = Label("Rufnummerngruppen", "Number groups")
    icon = "tags"
    order = 25
    help = Label(
        "Fasst Rufnummern zusammen. Wer Gruppen ändern darf, bestimmt damit auch, wie weit Rechte auf Gruppen reichen.",
        "Puts numbers together. Who may change groups also decides how far rights over groups go.",
    )
    name: str = setting("text", "Name", "Name", pattern=r"\S.{0,79}", shape=a_line(80, 1))
    description: str = setting("text", "Beschreibung", "Description", default="")
    numbers: tuple[str, ...] = setting("references", "Rufnummern", "Numbers", to=NUMBER, default=())
