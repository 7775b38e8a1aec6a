"""A list as a table (CSV): saved, and looked at before it is taken over."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import attrs

from switchhook import NumberRefused, SwitchhookError
from switchhook.administration import SettingsRefused, near_match

from .entry import Entry, canonical
from .keeping import Fields

COLUMNS: Final = ("number", "kind", "note", "until", "shadow")
MOST_ROWS: Final = 20_000
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "'")
"""What a spreadsheet takes for a formula; such a cell gets an apostrophe before it, which is taken off again."""
_YES: Final = {"true": True, "yes": True, "1": True, "ja": True, "": False, "false": False, "no": False, "0": False}
_YES_OR_NO: Final = {**_YES, "nein": False}


class TableRefused(SwitchhookError):
    """A table that cannot be read at all."""

    code = "table"


@attrs.frozen
class Line:
    """A row of a table, counted as spreadsheets do. ``why`` is why it would be refused, empty for one that fits."""

    no: int
    what: Mapping[str, Any]
    fields: Fields = attrs.field(factory=Fields)
    why: str = ""


def write_entries(entries: Iterable[Entry]) -> str:
    """The entries with a head; suppressed callers by their pseudonyms, which no list takes back."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for one in entries:
        until = one.until.isoformat() if one.until else ""
        cells = (one.number or one.pseudonym, one.kind, one.note, until, "true" if one.shadow else "")
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells])
    return out.getvalue()


def read_entries(text: str, now: datetime) -> Sequence[Line]:
    """Every row with what is wrong with it; raises :class:`TableRefused`.

    Of the columns only ``number`` must be there; without ``kind`` it is a
    number. The separator may be a comma, a semicolon or a tab.
    """
    head_line = text.removeprefix("\ufeff").partition("\n")[0]
    delimiter = max(",;\t", key=head_line.count)
    lines = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter, strict=True)
    try:
        rows = [row for row in lines if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise TableRefused(f"row {lines.line_num} is no row of a table: {error}") from error
    if not rows or "number" not in (head := [name.strip().lower() for name in rows[0]]):
        raise TableRefused("the first row names the columns, and one of them is number")
    for name in head:
        if name not in COLUMNS:
            raise TableRefused(f"there is no column {name!r}{near_match(name, COLUMNS)}", column=name)
    if len(rows) > MOST_ROWS + 1:
        raise TableRefused(f"the table has more than {MOST_ROWS} rows; split it")
    seen: set[tuple[str, str]] = set()
    return [_line(no, dict(zip(head, row, strict=False)), now, seen) for no, row in enumerate(rows[1:], start=2)]


def _line(no: int, cells: Mapping[str, str], now: datetime, seen: set[tuple[str, str]]) -> Line:
    given = {name: cell.removeprefix("'").strip() for name, cell in cells.items()}
    kind: Any = given.get("kind") or "number"
    if kind not in ("number", "beginning", "suppressed"):
        return Line(no, {}, why=f"{kind!r} is no kind of entry; it is number or beginning")
    number = given["number"]
    if number.isdigit() and number.startswith("49"):
        number = f"+{number}"  # a spreadsheet took the plus for a sign
    try:
        value = canonical(number, kind)
        fields = Fields(given.get("note", ""), _moment(given.get("until", "")), _yes(given.get("shadow", "")))
        fields.checked(now)
    except (NumberRefused, ValueError) as refused:
        return Line(no, {}, why=str(refused))
    except SettingsRefused as refused:
        return Line(no, {}, why="; ".join(f"{one.path} {one.message}" for one in refused.problems))
    if (kind, value) in seen:
        return Line(no, {}, why=f"{value} is there twice")
    seen.add((kind, value))
    return Line(no, {"kind": kind, "value": value}, fields)


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no moment such as 2026-12-31 or 2026-12-31T18:00:00+01:00") from None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _yes(text: str) -> bool:
    if text.lower() not in _YES_OR_NO:
        raise ValueError(f"{text!r} is neither true nor false")
    return _YES_OR_NO[text.lower()]
