"""Resources as files: everything as YAML, one kind as a table; each looked at before it is taken over."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import attrs

from switchhook import Label, setting
from switchhook.administration import (
    Administration,
    Problem,
    SettingsRefused,
    Step,
    TableRefused,
    apply,
    everything,
    read_file,
    read_table,
    write_file,
    write_table,
)

from ..examples import FILE_EXAMPLE, TABLE_EXAMPLE
from ..operation import CSV, YAML, Answer, Asked, Body, Operation
from .resources import of

_MOST = 16 << 20


@attrs.frozen
class ExportQuery:
    """Which kinds; all that may be seen when none is named."""

    kinds: tuple[str, ...] = setting("words", "Arten", "Kinds", default=())


@attrs.frozen
class ApplyQuery:
    """Kinds whose records go to the trash unless the file has them."""

    prune: tuple[str, ...] = setting("words", "Auch entfernen aus", "Also remove from", default=())


@attrs.frozen
class Steps:
    """What is done, or would be."""

    items: Sequence[Step]


@attrs.frozen
class RowLine:
    """A row of a table, counted as spreadsheets do, with what is wrong with it."""

    no: int
    id: str
    problems: Sequence[Problem]


@attrs.frozen
class TablePlan:
    """Every row, and the steps if nothing is wrong."""

    rows: Sequence[RowLine]
    items: Sequence[Step]


def operations(administration: Administration) -> Sequence[Operation]:
    """Export, plan and apply."""
    text = Body((YAML,), lambda _: {"type": "object"}, str, _MOST, FILE_EXAMPLE)
    found = [
        Operation(
            id="export",
            method="GET",
            path="/tenants/{tenant}/export",
            tag="files",
            summary=Label("Alle Ressourcen als YAML", "All resources as YAML"),
            run=_export,
            query=ExportQuery,
            media=YAML,
            example=FILE_EXAMPLE,
            may=("unknown_resource",),
        )
    ]
    for name, de, en in (
        ("plan", "Datei prüfen", "What a file would change"),
        ("apply", "Datei übernehmen", "Apply a file"),
    ):
        found.append(
            Operation(
                id=name,
                method="POST",
                path=f"/tenants/{{tenant}}/{name}",
                tag="files",
                summary=Label(de, en),
                run=partial(_apply, name == "plan"),
                query=ApplyQuery,
                body=text,
                answer=Steps,
                looks=name == "plan",
                may=("resource_file", "in_use", "stale", "change_refused"),
            )
        )
    return [
        *found,
        *(one for kind in administration.keeping.kinds for one in _tables(kind, _of_operator(administration, kind))),
    ]


def _of_operator(administration: Administration, kind: str) -> bool:
    declared = administration.keeping.kinds.get(kind)
    return declared is not None and declared.by_operator


def _tables(kind: str, above: bool) -> list[Operation]:
    at = f"/tenants/{{tenant}}/tables/{kind}"
    body = Body((CSV,), lambda _: {"type": "string"}, str, _MOST, TABLE_EXAMPLE)
    return [
        Operation(
            id=f"{kind}.table",
            method="GET",
            path=at,
            tag=kind,
            summary=Label("Als Tabelle (CSV)", "As a table (CSV)"),
            run=partial(_table, kind),
            right=f"{kind}.view",
            media=CSV,
            example=TABLE_EXAMPLE,
        ),
        *(
            Operation(
                id=f"{kind}.table.{name}",
                method="POST",
                path=f"{at}/{name}",
                tag=kind,
                summary=Label(de, en),
                run=partial(_take_table, kind, name == "plan"),
                right=f"{kind}.change",
                above=above,
                body=body,
                answer=TablePlan,
                looks=name == "plan",
                may=("table", "in_use", "stale", "change_refused"),
            )
            for name, de, en in (
                ("plan", "Tabelle prüfen", "What a table would change"),
                ("apply", "Tabelle übernehmen", "Apply a table"),
            )
        ),
    ]


async def _export(asked: Asked) -> Answer:
    resources, kinds = of(asked), asked.administration.keeping.kinds
    wanted = asked.query.kinds or [kind for kind in kinds if asked.actor.may(f"{kind}.view")]
    return Answer(value=write_file(asked.tenant, (await everything(resources, wanted)).values()))


async def _apply(only_plan: bool, asked: Asked) -> Answer:
    file = read_file(asked.body, asked.administration.keeping.kinds, "body")
    try:
        steps = await apply(of(asked), file.wanted, prune=asked.query.prune, only_plan=only_plan)
    except SettingsRefused as refused:
        raise file.refused(refused.problems) from refused
    return Answer(value=Steps(steps))


async def _table(kind: str, asked: Asked) -> Answer:
    resources = of(asked)
    return Answer(value=write_table(resources.declared(kind), (await everything(resources, [kind])).values()))


async def _take_table(kind: str, only_plan: bool, asked: Asked) -> Answer:
    """A table with a row that does not fit is not taken over at all."""
    resources = of(asked)
    rows = read_table(resources, kind, asked.body)
    wrong = [row for row in rows if row.problems]
    if wrong and not only_plan:
        raise TableRefused(f"{len(wrong)} rows do not fit, the first is row {wrong[0].no}; see what the plan says")
    steps: Sequence[Any] = []
    if not wrong:
        steps = await apply(resources, [row.wanted for row in rows], only_plan=only_plan)
    return Answer(value=TablePlan([RowLine(row.no, row.wanted.id, row.problems) for row in rows], steps))
