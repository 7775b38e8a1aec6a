"""Saving what somebody edited: its form again where it is wrong, both sides where somebody else was faster."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

import attrs
from quart import Response

from switchhook import Problem, Resource
from switchhook.administration import SettingsRefused, StaleVersion, plain_settings, secrets_of, shown

from ..forms import Form, Posted, form_of, read_form
from ..frame import render
from ..messages import leave
from ..texts import gettext as _
from ..texts import language
from .columns import words
from .merging import compare, merged, picked
from .shared import Titles, answer, going, kept_secrets, titles_of, whole


class Edited(Protocol):
    """What is edited: a record, a number."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def version(self) -> int:
        """Grows with every change."""

    @property
    def title(self) -> str:
        """What people call it."""

    @property
    def value(self) -> Resource:
        """Its fields."""


class Desk(Protocol):
    """Where one thing is kept: the area it belongs to, with the kind and the id given already."""

    async def get(self) -> Edited:
        """As it is kept now."""

    async def change(self, version: int, values: Mapping[str, object]) -> Edited:
        """Keep other fields; raises ``StaleVersion`` and ``SettingsRefused``."""

    def read(self, values: Mapping[str, object]) -> Resource:
        """The fields, looked at; raises ``SettingsRefused``."""

    async def history(self) -> Sequence[Any]:
        """Its entries in the audit, newest first."""


FormAgain = Callable[[Mapping[str, object], int, Sequence[Problem]], Awaitable[Response]]


@attrs.frozen
class Saving:
    """One saving. ``base`` is the address of the thing, below which ``/merge`` gets what was put together."""

    tenant: str
    base: str
    desk: Desk
    again: FormAgain
    crumbs: Sequence[tuple[str, str]]

    async def save(self, version: int, values: Mapping[str, object], posted: Posted) -> Response:
        """Keep it, and go back to it."""
        try:
            changed = await self.desk.change(version, values)
        except SettingsRefused as refused:
            return await self.again(values, version, refused.problems)
        except StaleVersion as stale:
            return await self._both(version, values, posted, stale.base, {})
        leave(_("%(title)s is kept.", title=changed.title))
        return going(self.base)

    async def merge(self, given: Mapping[str, str], posted: Posted) -> Response:
        """Keep what two people changed, as the second one put it together."""
        version, based_on = whole(given.get(":version", "")), whole(given.get(":base", ""))
        record, known = await self.desk.get(), await self._versions()
        declared = type(record.value)
        values = read_form(declared, posted)
        theirs = shown(record.value) if record.version == version else known.get(version, {})
        mine = self._whole_values(record, values)
        sides = compare(declared, known.get(based_on), theirs, mine)
        picks = {name.removeprefix(":pick:"): given[name] for name in given if name.startswith(":pick:")}
        ready = merged(theirs, mine, sides, picks)
        if ready is None:
            return await self._both(based_on, values, posted, known.get(based_on), picks)
        secret = {name: value for name, value in values.items() if name in secrets_of(declared)}
        return await self.save(version, {**ready, **secret}, posted)

    async def _both(
        self,
        based_on: int,
        values: Mapping[str, object],
        posted: Posted,
        base: Mapping[str, object] | None,
        picks: Mapping[str, str],
    ) -> Response:
        """Both sides, with all that was typed; a secret is typed again."""
        record, entries = await self.desk.get(), await self.desk.history()
        declared = type(record.value)
        sides = picked(compare(declared, base, shown(record.value), self._whole_values(record, values)), picks)
        titles: Titles = await titles_of(self.tenant, declared, [record.value])
        told = [(one, *(words(one.setting, v, titles) for v in (one.base, one.theirs, one.mine))) for one in sides]
        page = await render(
            "pages/record_stale.html",
            base=self.base,
            record=record,
            author=entries[0].actor if entries else "",
            based_on=based_on,
            sides=told,
            carried=_carried(declared, posted),
            secret=_secret_fields(record.value),
            crumbs=[*self.crumbs, (_("Changed meanwhile"), "")],
        )
        return answer(page, 409)

    def _whole_values(self, record: Edited, values: Mapping[str, object]) -> Mapping[str, object]:
        """Values with the defaults of what was left empty, written as kept ones are; as typed where they do not fit."""
        hidden = {name: getattr(record.value, name) for name in secrets_of(type(record.value))}
        try:
            mine = plain_settings(self.desk.read({**hidden, **values}), whole=True)
        except SettingsRefused:
            return values
        return {name: value for name, value in mine.items() if name not in hidden}

    async def _versions(self) -> Mapping[int, Mapping[str, object]]:
        """The fields each version had, as far as the audit tells."""
        found: dict[int, Mapping[str, object]] = {}
        for entry in await self.desk.history():
            version, fields = entry.after.get("version"), entry.after.get("fields")
            if isinstance(version, int) and isinstance(fields, Mapping):
                found[version] = fields
        return found


def _carried(declared: type[Resource], posted: Posted) -> Sequence[tuple[str, str]]:
    """What was typed, for the next request; but for secrets and what belongs to the form itself."""
    dropped = {"csrf", *secrets_of(declared)}
    kept = [name for name in posted if not name.startswith(":") and name.partition(":")[0] not in dropped]
    return [(name, text) for name in kept for text in posted[name]]


def _secret_fields(value: Resource) -> Form:
    form = form_of(type(value), {}, kept=kept_secrets(value), language=language())
    return attrs.evolve(form, fields=[one for one in form.fields if one.setting.secret])
