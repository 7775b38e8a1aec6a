"""Entries of caller lists in the API."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import attrs

from switchhook import Label, Problem, setting
from switchhook.administration import SettingsRefused, read_settings
from switchhook_web.extending import (
    CSV,
    Answer,
    Asked,
    Body,
    NumberedQuery,
    Operation,
    a_page,
    list_of,
    page_of,
    placed,
    values_of,
)

from .blocking import block
from .entry import Entry
from .keeping import BLOCK, CHANGE, VIEW, Entries, Fields, Summary
from .looking import ORDERS, Wanted
from .table import TableRefused, read_entries, write_entries

MOST_OF_A_TABLE: Final = 4 << 20
TABLE_EXAMPLE: Final = "number,kind,note,until,shadow\n+4922155501,number,Calls every day,,\n+43900,beginning,,,true\n"


@attrs.frozen
class EntryQuery(NumberedQuery):
    """Which entries."""

    search: str = setting("text", "Suche", "Search", default="")
    order: str = setting("choice", "Sortierung", "Order", default="-made", choices=ORDERS)


@attrs.frozen
class Said:
    """What is said of an entry; ``until`` is ISO 8601, empty without end."""

    note: str = setting("text", "Bemerkung", "Note", default="")
    until: str = setting("text", "Bis (ISO 8601)", "Until (ISO 8601)", default="")
    shadow: bool = setting("boolean", "Nur beobachten", "Only watch", default=False)

    def fields(self) -> Fields:
        """The same, read; raises ``SettingsRefused``."""
        return Fields(self.note, _moment(self.until), self.shadow)


@attrs.frozen
class NewEntry(Said):
    """A new entry: a number, or with ``begins`` the beginning of numbers."""

    number: str = setting("text", "Rufnummer", "Number", default="")
    begins: bool = setting("boolean", "Beginnt mit", "Starts with", default=False)


@attrs.frozen
class Blocking(Said):
    """Puts the caller of a call on a list, and ends the call if wished."""

    list: str = setting("reference", "Liste", "List", to="caller-list", default="")
    hang_up: bool = setting("boolean", "Auflegen", "Hang up", default=False)


@attrs.frozen
class EntryLine:
    """An entry: ``number``, or for a caller who suppressed it ``pseudonym`` and the kind of ``line``."""

    id: int
    list: str
    kind: str
    number: str
    pseudonym: str
    line: str
    note: str
    author: str
    call: str
    made: datetime
    until: datetime | None
    shadow: bool
    hits: int
    last_hit: datetime | None


@attrs.frozen
class HitLine:
    """A call that met a list; ``entry`` is null where telling it would tell a suppressed number."""

    call: str
    verdict: str
    shadow: bool
    at: datetime
    entry: int | None


@attrs.frozen
class TableLine:
    """A row of a table that would be refused, and why."""

    no: int
    why: str


@attrs.frozen
class TablePlan:
    """How many rows fit, and those that would be refused."""

    fits: int
    refused: Sequence[TableLine]


def number_of(text: str) -> int:
    """An entry's number as it stands in an address; 0, which none has, for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0


def line_of(one: Entry) -> EntryLine:
    """An entry as it is told."""
    facts = {name: getattr(one, name) for name in attrs.fields_dict(EntryLine)}
    return EntryLine(**facts)


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        said = "is no moment such as 2026-12-31T18:00:00+01:00"
        raise SettingsRefused([Problem("until", said)]) from None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _of(asked: Asked) -> Entries:
    return Entries(asked.administration, asked.tenant, asked.actor)


async def _lists(asked: Asked) -> Answer:
    return Answer(value={"items": await _of(asked).summaries()})


async def _list(asked: Asked) -> Answer:
    query: EntryQuery = asked.query
    page = await _of(asked).page(asked.path["id"], Wanted(query.search, query.order, query.after, query.limit))
    return Answer(value=a_page([line_of(one) for one in page.entries], page.after))


async def _add(asked: Asked) -> Answer:
    await _of(asked).list(asked.path["id"], CHANGE)
    with placed("entry"):
        new = read_settings(NewEntry, asked.body, "entry")
    made = await _of(asked).add(asked.path["id"], new.number, begins=new.begins, fields=new.fields())
    return Answer(value=line_of(made))


async def _get(asked: Asked) -> Answer:
    return Answer(value=line_of(await _of(asked).get(asked.path["id"], number_of(asked.path["entry"]))))


async def _change(asked: Asked) -> Answer:
    mine, entry = _of(asked), number_of(asked.path["entry"])
    await mine.get(asked.path["id"], entry)
    with placed("entry"):
        said = read_settings(Said, asked.body, "entry")
    return Answer(value=line_of(await mine.change(asked.path["id"], entry, said.fields())))


async def _delete(asked: Asked) -> Answer:
    await _of(asked).delete(asked.path["id"], number_of(asked.path["entry"]))
    return Answer()


async def _restore(asked: Asked) -> Answer:
    return Answer(value=line_of(await _of(asked).restore(asked.path["id"], number_of(asked.path["entry"]))))


async def _hits(asked: Asked) -> Answer:
    query: NumberedQuery = asked.query
    page = await _of(asked).hits(asked.path["id"], query.after, query.limit)
    lines = [HitLine(o.call, o.verdict, o.shadow, o.at, o.entry.id if o.entry else None) for o in page.hits]
    return Answer(value=a_page(lines, page.after))


async def _table(asked: Asked) -> Answer:
    return Answer(value=write_entries(await _of(asked).all(asked.path["id"])))


async def _plan(asked: Asked) -> Answer:
    await _of(asked).list(asked.path["id"], CHANGE)
    lines = read_entries(asked.body, asked.administration.clock.now())
    refused = [TableLine(one.no, one.why) for one in lines if one.why]
    return Answer(value=TablePlan(len(lines) - len(refused), refused))


async def _bring(asked: Asked) -> Answer:
    await _of(asked).list(asked.path["id"], CHANGE)
    lines = read_entries(asked.body, asked.administration.clock.now())
    if wrong := [one for one in lines if one.why]:
        raise TableRefused(f"{len(wrong)} rows do not fit, the first is row {wrong[0].no}; see what the plan says")
    count = await _of(asked).bring(asked.path["id"], [(one.what, one.fields) for one in lines])
    return Answer(value=TablePlan(count, ()))


async def _block(asked: Asked) -> Answer:
    call = asked.path["id"]
    await asked.administration.records.of(asked.tenant, asked.actor).course(call)
    with placed("block"):
        wish = read_settings(Blocking, asked.body, "block")
    made = await block(_of(asked), wish.list, call, wish.fields(), hang_up=wish.hang_up)
    return Answer(value=line_of(made))


async def _take_back(asked: Asked) -> Answer:
    await _of(asked).take_back(asked.path["id"], number_of(asked.path["entry"]))
    return Answer()


LIST: Final = "/tenants/{tenant}/caller-lists/{id}"
ONE: Final = f"{LIST}/entries/{{entry}}"
_TABLE: Final = Body((CSV,), lambda _: {"type": "string"}, str, MOST_OF_A_TABLE, TABLE_EXAMPLE)


def _operation(id: str, method: str, path: str, de: str, en: str, **more: object) -> Operation:  # noqa: A002
    known = {"id": f"lists.{id}", "method": method, "path": path, "tag": "lists", "summary": Label(de, en)}
    return Operation(**{**known, **more})  # type: ignore[arg-type]


OPERATIONS: Final = (
    _operation(
        "lists",
        "GET",
        "/tenants/{tenant}/caller-lists",
        "Anruferlisten mit Einträgen und Treffern",
        "Caller lists with entries and hits",
        run=_lists,
        right=VIEW,
        answer=list_of(Summary),
    ),
    _operation(
        "entries",
        "GET",
        f"{LIST}/entries",
        "Einträge einer Anruferliste",
        "Entries of a caller list",
        run=_list,
        right=VIEW,
        query=EntryQuery,
        answer=page_of(EntryLine, "integer"),
    ),
    _operation(
        "add",
        "POST",
        f"{LIST}/entries",
        "Eine Rufnummer oder ihren Anfang eintragen",
        "Put a number or a beginning on a list",
        run=_add,
        right=CHANGE,
        body=values_of(NewEntry),
        answer=EntryLine,
        status=201,
        may=("conflict",),
    ),
    _operation("entry", "GET", ONE, "Ein Eintrag", "One entry", run=_get, right=VIEW, answer=EntryLine),
    _operation(
        "change",
        "PUT",
        ONE,
        "Einen Eintrag ändern",
        "Change an entry",
        run=_change,
        right=CHANGE,
        body=values_of(Said),
        answer=EntryLine,
    ),
    _operation(
        "delete", "DELETE", ONE, "Einen Eintrag löschen", "Delete an entry", run=_delete, right=CHANGE, status=204
    ),
    _operation(
        "restore",
        "POST",
        f"{ONE}/restore",
        "Einen gelöschten Eintrag zurückholen",
        "Bring a deleted entry back",
        run=_restore,
        right=CHANGE,
        answer=EntryLine,
    ),
    _operation(
        "hits",
        "GET",
        f"{LIST}/hits",
        "Anrufe, deren Anrufer auf der Liste standen",
        "Calls whose callers were on the list",
        run=_hits,
        right=VIEW,
        query=NumberedQuery,
        answer=page_of(HitLine, "integer"),
    ),
    _operation(
        "table",
        "GET",
        f"{LIST}/table",
        "Als Tabelle (CSV)",
        "As a table (CSV)",
        run=_table,
        right=VIEW,
        media=CSV,
        example=TABLE_EXAMPLE,
    ),
    _operation(
        "table.plan",
        "POST",
        f"{LIST}/table/plan",
        "Tabelle prüfen",
        "What a table would change",
        run=_plan,
        right=CHANGE,
        body=_TABLE,
        answer=TablePlan,
        looks=True,
        may=("table",),
    ),
    _operation(
        "table.apply",
        "POST",
        f"{LIST}/table/apply",
        "Tabelle übernehmen",
        "Apply a table",
        run=_bring,
        right=CHANGE,
        body=_TABLE,
        answer=TablePlan,
        may=("table",),
    ),
    _operation(
        "block",
        "POST",
        "/tenants/{tenant}/calls/{id}/block",
        "Den Anrufer eines Anrufs auf eine Liste setzen",
        "Put the caller of a call on a list",
        about=Label(
            "Auch ein Anrufer, der seine Rufnummer unterdrückt: er wird wiedererkannt, ohne dass jemand sie sieht.",
            "Also a caller who suppresses the number, who is recognised again without anybody seeing it.",
        ),
        run=_block,
        right=BLOCK,
        body=values_of(Blocking),
        answer=EntryLine,
        status=201,
        may=("conflict", "number"),
    ),
    _operation(
        "take_back",
        "POST",
        f"{ONE}/take-back",
        "Eine Sperre aus einem Anruf zurücknehmen",
        "Take back that a caller was blocked",
        run=_take_back,
        right=BLOCK,
        status=204,
    ),
)
