"""Which fields a list of records shows, filters by, and how a value reads in a cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import attrs

from switchhook import Resource
from switchhook.administration import Record, Setting, settings_of, shown, sortable, written

from ..forms.field import said
from ..texts import gettext as _
from ..texts import language

MOST: Final = 4
"""Fields a list shows beside the title; a record shows them all."""


@attrs.frozen
class Column:
    """A field as a column."""

    name: str
    setting: Setting

    @property
    def label(self) -> str:
        """What stands above it."""
        return said(self.setting.label, language())


def columns_of(declared: type[Resource]) -> Sequence[Column]:
    """The fields a list shows: those it can be sorted by, but for the title; which of them the kind may say."""
    fields = {name: meta for name, (meta, _) in settings_of(declared).items()}
    names = list(sortable(fields))
    title = next((name for name in fields if fields[name].kind == "text"), "")
    wanted = [name for name in declared.columns if name in names] or [name for name in names if name != title][:MOST]
    return [Column(name, fields[name]) for name in wanted]


def filters_of(declared: type[Resource]) -> Sequence[Column]:
    """The fields a list can be narrowed by: those with few values."""
    fields = {name: meta for name, (meta, _) in settings_of(declared).items()}
    return [
        Column(name, fields[name])
        for name in sortable(fields)
        if fields[name].kind in ("choice", "boolean", "reference")
    ]


def choices_of(column: Column, titles: Mapping[str, str]) -> Sequence[tuple[str, str]]:
    """The values a list can be narrowed to."""
    meta = column.setting
    if meta.kind == "boolean":
        return [("true", _("Yes")), ("false", _("No"))]
    if meta.kind == "choice":
        return [(one, said(meta.name_of(one), language())) for one in meta.choices]
    return list(titles.items())


def cells(record: Record, columns: Sequence[Column], titles: Mapping[str, Mapping[str, str]]) -> Sequence[str]:
    """A record's values in some columns; ``titles`` gives names of what is referred to, by kind and id."""
    fields = shown(record.value)
    return [words(one.setting, fields[one.name], titles) for one in columns]


def words(meta: Setting, value: Any, titles: Mapping[str, Mapping[str, str]] = {}) -> str:
    """A plain value as people read it."""
    if value is None or value in ("", []):
        return "\N{EN DASH}"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if meta.kind == "choice":
        return said(meta.name_of(value), language())
    if meta.kind == "number" or meta.to == "number":
        return ", ".join(map(written, value)) if isinstance(value, list) else written(value)
    if meta.kind == "rows" and meta.row is not None and isinstance(value, list):
        return "\n".join(_row(meta.row, row, titles) for row in value)
    names = titles.get(meta.to, {})
    if isinstance(value, list):
        return ", ".join(names.get(str(one), str(one)) for one in value)
    return names.get(str(value), str(value))


def _row(declared: type[Any], row: Any, titles: Mapping[str, Mapping[str, str]]) -> str:
    if not isinstance(row, Mapping):
        return str(row)
    known = settings_of(declared)
    told = [f"{said(known[n][0].label, language())}: {words(known[n][0], row[n], titles)}" for n in row if n in known]
    return " · ".join(told)
