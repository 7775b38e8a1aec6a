"""The lines of the audit as people read them: who, what was done to what, and what was different afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import attrs

from switchhook.administration import (
    Entry,
    NumberSettings,
    Person,
    Setting,
    TenantDetails,
    TrailNames,
    differences,
    settings_of,
    written,
)

from .audit_words import ACTIONS, FIELDS, KINDS, PORTAL, UNKNOWN, VALUES
from .frame import administration
from .kept.columns import words
from .kept.shared import Titles, titles_of
from .pages.people import states as states_of_people
from .pages.tenants import states as states_of_tenants
from .sentences import told
from .shown import moment
from .texts import gettext as _
from .texts import say

NUMBERS = ("number", "free-number")


@attrs.frozen
class Line:
    """A change as it is shown. Titles say what the words beside them stand for: a user name, an id."""

    entry: Entry
    actor: str
    kind: str
    subject: str
    subject_title: str
    action: str
    changed: Sequence[tuple[str, str, str]]


def kind_words(kind: str) -> str:
    """What a sort of things is called, singular; the code of one that is not known."""
    declared = administration().plugged.resources.get(kind)
    return say(KINDS.get(kind) or (declared.label if declared is not None else kind))


def action_words(action: str) -> str:
    """What was done; the code of what is not known."""
    return say(ACTIONS.get(action, action))


async def lines_of(tenant: str, entries: Sequence[Entry], names: TrailNames) -> Sequence[Line]:
    """Some changes of a tenant in words."""
    titles = await _titles(tenant, entries)
    return [_line(one, names, titles.get(one.kind, {})) for one in entries]


def _line(entry: Entry, names: TrailNames, titles: Titles) -> Line:
    actor = {"system": say(PORTAL), "unknown": say(UNKNOWN)}.get(entry.actor, names.actors.get(entry.actor, ""))
    subject, title = _subject(entry, names)
    changed = tuple(_changed(entry, titles))
    return Line(
        entry, actor or entry.actor, kind_words(entry.kind), subject, title, action_words(entry.action), changed
    )


def _subject(entry: Entry, names: TrailNames) -> tuple[str, str]:
    """What was changed, by its name, and its id where that is not the name."""
    if entry.kind in NUMBERS:
        return written(entry.id), entry.id
    if entry.kind == "account":
        name = names.people.get(entry.id, "")
        return (_("%(name)s (deleted)", name=name) if entry.id in names.gone else name) or entry.id, entry.id
    if entry.kind == "flow":
        return names.flows.get(entry.id, entry.id), entry.id
    for told_of in (entry.after, entry.before):
        fields = told_of.get("fields", {})
        if isinstance(fields, Mapping) and fields.get("name"):
            return str(fields["name"]), entry.id
    return entry.id, entry.id


def _changed(entry: Entry, titles: Titles) -> Any:
    declared = _declared(entry.kind)
    known = {name: meta for name, (meta, _field) in settings_of(declared).items()} if declared else {}
    for one in differences(entry):
        label = known[one.field].label if one.field in known else FIELDS.get(one.field, one.field)
        was, now = (_value(entry.kind, one.field, known, held, titles) for held in (one.before, one.after))
        if was != now:
            yield say(label), was, now


def _value(kind: str, name: str, known: Mapping[str, Setting], held: Any, titles: Titles) -> str:
    if name == "state" and isinstance(held, str):
        states = {"account": states_of_people, "tenant": states_of_tenants}
        return states[kind]().get(held, held) if kind in states and held else held or "\N{EN DASH}"
    if isinstance(held, str) and (name, held) in VALUES:
        return say(VALUES[name, held])
    if name in known:
        return words(known[name], held, titles)
    return _plain(name, held)


def _plain(name: str, held: object) -> str:
    """A value of any shape."""
    if held is None or held in ("", [], {}):
        return "\N{EN DASH}"
    if isinstance(held, bool):
        return _("yes") if held else _("no")
    if isinstance(held, Mapping):
        return ", ".join(f"{key}: {_plain('', one)}" for key, one in held.items())
    if isinstance(held, list | tuple):
        return "; ".join(_plain("", one) for one in held)
    if name == "at":
        return _moment(str(held))
    return told(str(held)) if name in ("why", "failed") else str(held)


def _moment(text: str) -> str:
    try:
        return moment(datetime.fromisoformat(text))
    except ValueError:
        return text


def _declared(kind: str) -> type[Any] | None:
    own = {"account": Person, "tenant": TenantDetails, "number": NumberSettings}
    return own.get(kind) or administration().plugged.resources.get(kind)


async def _titles(tenant: str, entries: Sequence[Entry]) -> Mapping[str, Titles]:
    """The names of what the fields refer to, by the kind of what was changed."""
    told_of: dict[str, list[Mapping[str, object]]] = {}
    for entry in entries:
        for document in (entry.before, entry.after):
            fields = document.get("fields")
            if isinstance(fields, Mapping):
                told_of.setdefault(entry.kind, []).append(fields)
    known = {kind: (declared, values) for kind, values in told_of.items() if (declared := _declared(kind)) is not None}
    return {kind: await titles_of(tenant, declared, values) for kind, (declared, values) in known.items()}
