"""What an administrator keeps: the base of every resource, first-party and third-party alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import ClassVar, Final

import attrs

from ..calls.numbers import NumberRefused, classify
from ..schema import Label, Problem, Setting, plain_settings, settings_of

FLOW: Final = "flow"
"""What a reference to a flow leads to."""
NUMBER: Final = "number"
"""What a reference to a number of the tenant leads to; every other word is a kind of resource."""
NUMBER_GROUP: Final = "number-group"


@attrs.frozen
class Resource:
    """Base of all resources: an attrs class whose declared fields are what is kept.

    A value without identity: where, since when and in which version it is
    kept is told by :class:`~switchhook.resources.record.Record`. ``kind`` is
    unique among all plugins, ``plural`` heads lists.
    """

    kind: ClassVar[str]
    label: ClassVar[Label]
    plural: ClassVar[Label]
    help: ClassVar[Label | None] = None
    icon: ClassVar[str] = ""
    """The name of a Tabler icon the web ships, for the menu."""
    order: ClassVar[int] = 600
    """Where it stands in the menu."""

    by_operator: ClassVar[bool] = False
    """Whether only an operator makes, changes and deletes it, whoever has the right to see it."""

    columns: ClassVar[Sequence[str]] = ()
    """The fields a list shows beside the title; empty for the first few."""

    heard_as: ClassVar[str] = ""
    """For what is a sound: what stands before its id where it is named as a prompt, such as ``own/``."""

    def title(self) -> str:
        """What lists, mails and warnings call it: its first text, unless the class says otherwise."""
        for name, (meta, _) in settings_of(type(self)).items():
            if meta.kind == "text":
                return str(getattr(self, name))
        return ""

    def check(self) -> Iterable[Problem]:
        """What is wrong with fields taken together; a path is the name of a field, such as ``entries[0].number``."""
        return ()

    def odd(self) -> Iterable[tuple[str, Label]]:
        """What flows that use it are warned of: a rule such as ``L13``, and a sentence in both languages for each."""
        return ()

    def odd_at(self, now: datetime, changed: datetime) -> Iterable[tuple[str, Label]]:
        """The same for what depends on the moment; ``changed`` is since when it is kept as it is. Lists show it as well."""
        return self.odd()


def may_be_odd(declared: type[Resource]) -> bool:
    """Whether a kind ever says what is odd."""
    return declared.odd is not Resource.odd or declared.odd_at is not Resource.odd_at


def secrets_of(declared: type[Resource]) -> Mapping[str, Setting]:
    """The declared fields that are shown to nobody."""
    return {name: meta for name, (meta, _) in settings_of(declared).items() if meta.secret}


def shown(value: Resource) -> dict[str, object]:
    """Every field as people, files and programs see it: all but secrets."""
    hidden = secrets_of(type(value))
    return {name: held for name, held in plain_settings(value, whole=True).items() if name not in hidden}


def with_canonical_numbers(declared: type[attrs.AttrsInstance], values: Mapping[str, object]) -> dict[str, object]:
    """Phone numbers as people write them, as they are kept; what is no number is left to the declaration to refuse."""
    ready = dict(values)
    for name, (meta, _) in settings_of(declared).items():
        held = values.get(name)
        to_number = meta.kind in ("reference", "references") and meta.to == NUMBER
        if (meta.kind == "number" or to_number) and isinstance(held, str) and held:
            ready[name] = canonical(held)
        elif to_number and isinstance(held, list | tuple):
            ready[name] = list(dict.fromkeys(canonical(one) if isinstance(one, str) else one for one in held))
        elif meta.kind == "rows" and meta.row is not None and isinstance(held, list):
            ready[name] = [with_canonical_numbers(meta.row, row) if isinstance(row, Mapping) else row for row in held]
    return ready


def canonical(written: str) -> str:
    """A number as it is kept; what is none, and what no flow may take over, as it was written."""
    try:
        found = classify(written)
    except NumberRefused:
        return written
    return found.canonical if found.kind in ("e164", "internal") else written
