"""Saving what somebody edited: its form again where it is wrong, both sides where somebody else was faster.

Every form of something that is kept in versions saves by :class:`Saving`. Its
form posts ``:version``, the version that was edited; the page with both sides
posts ``:base`` beside it, to the same address.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

import attrs
from quart import Response, request

from switchhook import Problem, SwitchhookError
from switchhook.administration import (
    Entry,
    SettingsRefused,
    StaleVersion,
    plain_settings,
    secrets_of,
    settings_of,
    shown,
    versions_in,
)

from ..forms import Form, Posted, form_of, posted_of, read_form
from ..frame import render
from ..messages import leave
from ..sentences import told
from ..texts import gettext as _
from ..texts import language
from .columns import words
from .merging import compare, merged, picked
from .shared import answer, going, kept_secrets, titles_of, whole


@attrs.frozen
class Edited:
    """What is edited, as it is kept. ``title`` is what people call it, ``value`` has its declared fields.

    ``beside`` is what else the audit tells of it, by the name it has there, such as a state.
    """

    id: str
    version: int
    title: str
    value: Any
    beside: Mapping[str, str] = attrs.field(factory=dict)


class Desk(Protocol):
    """Where one thing is kept: the area it belongs to, with the kind and the id given already."""

    async def get(self) -> Edited:
        """As it is kept now."""

    async def change(self, version: int, values: Mapping[str, object]) -> Edited:
        """Keep other fields, those that are not given at their defaults; raises ``StaleVersion`` and ``SettingsRefused``."""

    def read(self, values: Mapping[str, object]) -> Any:
        """The fields as they would be kept; raises ``SettingsRefused``."""

    async def history(self) -> Sequence[Entry]:
        """Its entries in the audit, newest first."""


FormAgain = Callable[[Mapping[str, object], int, Sequence[Problem]], Awaitable[Response]]


def _is_kept(changed: Edited) -> None:
    leave(_("%(title)s is kept.", title=changed.title))


@attrs.frozen
class Saving:
    """One saving. ``base`` is the address of the thing, which gets the form and what was put together.

    ``after`` is where one goes when it is kept; ``first`` are the fields of
    version 0, before anybody changed them. ``refusals`` are errors that the
    form shows beside those of its fields, ``beside`` what :attr:`Edited.beside`
    is called, with the words of its values.
    """

    tenant: str
    base: str
    desk: Desk
    again: FormAgain
    crumbs: Sequence[tuple[str, str]]
    after: str = ""
    first: Mapping[str, object] | None = None
    refusals: tuple[type[SwitchhookError], ...] = ()
    beside: Mapping[str, tuple[str, Mapping[str, str]]] = attrs.field(factory=dict)
    done: Callable[[Edited], None] = _is_kept

    async def take(self) -> Response:
        """Keep what was posted: a form, or both sides put together."""
        given = await request.form
        posted = posted_of(given.items(multi=True))
        if ":base" in given:
            return await self._merge(given, posted)
        declared = type((await self.desk.get()).value)
        return await self._save(whole(given.get(":version", "")), read_form(declared, posted), posted)

    async def _save(self, version: int, values: Mapping[str, object], posted: Posted) -> Response:
        try:
            changed = await self.desk.change(version, values)
        except SettingsRefused as refused:
            return await self.again(values, version, refused.problems)
        except StaleVersion:
            return await self._both(version, values, posted, {})
        except self.refusals as refused:
            return await self.again(values, version, [Problem("", told(refused))])
        self.done(changed)
        return going(self.after or self.base)

    async def _merge(self, given: Mapping[str, str], posted: Posted) -> Response:
        version, based_on = whole(given.get(":version", "")), whole(given.get(":base", ""))
        record, known = await self.desk.get(), self._versions(await self.desk.history())
        declared = type(record.value)
        values = read_form(declared, posted)
        theirs = shown(record.value) if record.version == version else known.get(version, {})
        mine = self._whole_values(record, values)
        sides = compare(declared, known.get(based_on), theirs, mine)
        picks = {name.removeprefix(":pick:"): given[name] for name in given if name.startswith(":pick:")}
        ready = merged(theirs, mine, sides, picks)
        if ready is None:
            return await self._both(based_on, values, posted, picks)
        secret = {name: value for name, value in values.items() if name in secrets_of(declared)}
        return await self._save(version, {**ready, **secret}, posted)

    async def _both(
        self, based_on: int, values: Mapping[str, object], posted: Posted, picks: Mapping[str, str]
    ) -> Response:
        """Both sides, with all that was typed; a secret is typed again."""
        record, entries = await self.desk.get(), await self.desk.history()
        declared, base = type(record.value), self._versions(entries).get(based_on)
        mine = self._whole_values(record, values)
        sides = picked(compare(declared, base, shown(record.value), mine), picks)
        titles = await titles_of(self.tenant, declared, [shown(record.value), mine, base or {}])
        told = [(one, *(words(one.setting, v, titles) for v in (one.base, one.theirs, one.mine))) for one in sides]
        page = await render(
            "pages/record_stale.html",
            base=self.base,
            record=record,
            author=next((one.actor for one in entries if one.after.get("version") == record.version), ""),
            based_on=based_on,
            sides=told,
            also=self._also(base, record),
            carried=_carried(declared, posted),
            secret=_secret_fields(record.value),
            crumbs=[*self.crumbs, (_("Changed meanwhile"), "")],
        )
        return answer(page, 409)

    def _also(self, base: Mapping[str, object] | None, record: Edited) -> Sequence[tuple[str, str, str]]:
        """What changed that the form does not hold, in words: its name, what it was, what it is."""
        changed = []
        for name, (label, known) in self.beside.items():
            was, now = str((base or {}).get(name, "")), record.beside.get(name, "")
            if was and was != now:
                changed.append((label, known.get(was, was), known.get(now, now)))
        return changed

    def _whole_values(self, record: Edited, values: Mapping[str, object]) -> Mapping[str, object]:
        """Values with the defaults of what was left empty, written as kept ones are; as typed where they do not fit."""
        hidden = {name: getattr(record.value, name) for name in secrets_of(type(record.value))}
        try:
            mine = plain_settings(self.desk.read({**hidden, **values}), whole=True)
        except SettingsRefused:
            return {**_empty(record.value), **values}
        return {name: value for name, value in mine.items() if name not in hidden}

    def _versions(self, entries: Sequence[Entry]) -> Mapping[int, Mapping[str, object]]:
        """The fields each version had, as far as the audit tells."""
        known = versions_in(entries)
        return {0: self.first, **known} if self.first is not None else known


def _empty(value: Any) -> Mapping[str, object]:
    """What each field holds that was left empty; what may not be stays as it is."""
    fields = {name: field for name, (_, field) in settings_of(type(value)).items()}
    empty = {name: field.default for name, field in fields.items() if field.default is not attrs.NOTHING}
    return {**shown(value), **{name: list(held) if isinstance(held, tuple) else held for name, held in empty.items()}}


def _carried(declared: type[Any], posted: Posted) -> Sequence[tuple[str, str]]:
    """What was typed, for the next request; but for secrets and what belongs to the form itself."""
    dropped = {"csrf", *secrets_of(declared)}
    kept = [name for name in posted if not name.startswith(":") and name.partition(":")[0] not in dropped]
    return [(name, text) for name in kept for text in posted[name]]


def _secret_fields(value: Any) -> Form:
    form = form_of(type(value), {}, kept=kept_secrets(value), language=language())
    return attrs.evolve(form, fields=[one for one in form.fields if one.setting.secret])
