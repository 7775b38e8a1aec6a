"""Resources of one kind as a table (CSV, RFC 4180): for spreadsheets, with a look at what would be refused."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

import attrs

from ..errors import SwitchhookError, near_match
from ..schema import Problem, Setting, SettingsRefused, settings_of, value_of_text
from .record import Record
from .resource import Resource, secrets_of, shown
from .service import Resources
from .slug import slug
from .wanted import Wanted

MOST_ROWS: Final = 20_000
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "'")
"""What a spreadsheet takes for a formula; such a cell gets an apostrophe before it, which is taken off again."""
_DELIMITERS: Final = ",;\t"
_LISTS: Final = ("prompts", "keys", "words", "targets", "references")


class TableRefused(SwitchhookError):
    """A table that cannot be read at all."""

    code = "table"


@attrs.frozen
class Row:
    """A row of a table, counted as spreadsheets do: the head is row 1. ``problems`` are why it would be refused."""

    no: int
    wanted: Wanted
    problems: Sequence[Problem] = ()


def write_table(declared: type[Resource], records: Iterable[Record]) -> str:
    """The records with a head of ``id`` and the names of the fields; secrets are left out."""
    names = [name for name in settings_of(declared) if name not in secrets_of(declared)]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["id", *names])
    for record in records:
        fields = shown(record.value)
        writer.writerow([record.id, *(_cell(fields[name]) for name in names)])
    return out.getvalue()


def read_table(resources: Resources, kind: str, text: str) -> Sequence[Row]:
    """Every row with what is wrong with it; nothing is changed.

    The separator may be a comma, a semicolon or a tab. A column that is not
    there leaves the field of a new record at its default. Raises
    :class:`TableRefused` for an unknown column, and more than 20,000 rows.
    """
    declared = resources.declared(kind)
    fields = {name: meta for name, (meta, _) in settings_of(declared).items()}
    lines = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=_delimiter(text), strict=True)
    try:
        rows = [row for row in lines if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise TableRefused(f"row {lines.line_num} is no row of a table: {error}") from error
    if not rows:
        raise TableRefused("the table is empty; its first row names the fields")
    if len(rows) > MOST_ROWS + 1:
        raise TableRefused(f"the table has more than {MOST_ROWS} rows; split it")
    head = [name.strip() for name in rows[0]]
    for name in head:
        if name != "id" and name not in fields:
            raise TableRefused(f"there is no field {name!r}{near_match(name, ['id', *fields])}", column=name)
    required = {name for name, (_, field) in settings_of(declared).items() if field.default is attrs.NOTHING}
    seen: set[str] = set()
    return [
        _row(resources, kind, fields, required, no, head, cells, seen) for no, cells in enumerate(rows[1:], start=2)
    ]


def _row(
    resources: Resources,
    kind: str,
    fields: Mapping[str, Setting],
    required: Collection[str],
    no: int,
    head: Sequence[str],
    cells: Sequence[str],
    seen: set[str],
) -> Row:
    given = dict(zip(head, map(_uncovered, cells), strict=False))
    id = given.pop("id", "").strip()  # noqa: A001 - the domain's own word
    values = {name: _value(fields[name], cell) for name, cell in given.items() if cell or name in required}
    problems = [Problem("", f"has {len(cells)} cells for {len(head)} columns")] if len(cells) > len(head) else []
    try:
        title = resources.read(kind, values, "").title()
        id = id or slug(title) or kind  # noqa: A001
        resources.check_id(id, "id")
    except SettingsRefused as refused:
        problems += [attrs.evolve(one, path=one.path.removeprefix(f"{kind}.")) for one in refused.problems]
    if id and id in seen:
        problems.append(Problem("id", f"{id!r} is there twice"))
    seen.add(id)
    return Row(no, Wanted(kind, id, values), problems)


def _delimiter(text: str) -> str:
    head = text.partition("\n")[0]
    return max(_DELIMITERS, key=head.count)


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, list):
        plain = all(isinstance(one, str) and "," not in one for one in value)
        text = ", ".join(value) if plain else json.dumps(value, ensure_ascii=False)
    else:
        text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _uncovered(cell: str) -> str:
    return cell.removeprefix("'")


def _value(meta: Setting, cell: str) -> object:
    if meta.kind == "rows" or (meta.kind in _LISTS and cell.startswith("[")):
        try:
            return json.loads(cell)
        except ValueError:
            return cell
    if meta.kind == "references":
        return [one for one in (part.strip() for part in cell.split(",")) if one]
    if meta.kind == "number" and cell.isdigit() and cell.startswith("49"):
        return f"+{cell}"  # a spreadsheet took the plus for a sign
    return value_of_text(meta, cell)
