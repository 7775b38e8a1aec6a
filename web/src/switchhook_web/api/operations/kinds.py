"""Which kinds of resources there are, and what each takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from switchhook import Label
from switchhook.administration import Administration, Language, json_schema

from ..operation import Answer, Asked, Operation


@attrs.frozen
class KindLine:
    """A kind of resource: who brings it, how it is called, and the schema of its fields."""

    kind: str
    plugin: str
    label: Label
    plural: Label
    fields: dict[str, Any]


@attrs.frozen
class KindList:
    """All kinds."""

    items: Sequence[KindLine]


def operations(administration: Administration) -> Sequence[Operation]:
    """What there is to know of kinds; names and help in the language asked for."""
    return [
        Operation(
            id="kinds.list",
            method="GET",
            path="/kinds",
            tag="kinds",
            summary=Label("Arten von Ressourcen", "The kinds of resources"),
            run=_list,
            answer=KindList,
        )
    ]


async def _list(asked: Asked) -> Answer:
    kinds = asked.administration.keeping.kinds
    return Answer(value=KindList([_line(kinds, kind, asked.language) for kind in kinds]))


def _line(kinds: Any, kind: str, language: Language) -> KindLine:
    declared = kinds.get(kind)
    fields = json_schema(declared, language, freely=True)
    return KindLine(kind, kinds.plugin_of(kind), declared.label, declared.plural, fields)
