"""What calls have to do: kept with the flow, tried before it goes live."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import attrs
from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import RowMapping

from ..calls.outcome import Outcome
from ..errors import NotFound
from ..flows.flow import Flow
from ..flows.lint import LintContext
from ..flows.sketch import read_sketch
from ..schema import Label, Problem, SettingsRefused
from ..simulator.script import read_parties, read_script
from ..store import flow_versions
from ..store.tables_publishing import flow_expectation
from .drafts import desk_of
from .trying import Trying
from .values import Checked, Expectation, Trial, Tried

_COLUMNS: Final = ("path", "outcome", "target", "point")
_GERMAN: Final = {
    "human": "mit jemandem gesprochen",
    "machine_only": "nur Ansagen gehört",
    "abandoned_queue": "in der Warteschleife aufgelegt",
    "abandoned_ring": "beim Klingeln aufgelegt",
    "no_answer": "niemand nahm ab",
    "busy": "besetzt",
    "rejected": "abgewiesen",
    "blocked": "gesperrt",
    "failed": "fehlgeschlagen",
    "internal": "intern",
}
"""Outcomes in German, as the pages say them."""


@attrs.frozen
class Expecting(Trying):
    """Keeping and checking expectations."""

    async def expectations(self, flow: str) -> Sequence[Expectation]:
        """What is expected of a flow, in the order it was kept."""
        await self.look(flow)
        return await self._expected(flow)

    async def keep_expectation(self, expectation: Expectation) -> Expectation:
        """Keep a new expectation (id 0), or change one; raises ``NotFound``, ``SettingsRefused``, ``ScriptRefused``."""
        await self.look(expectation.flow, "flow.change")
        _check(expectation)
        row: dict[str, Any] = {
            "tenant": self.tenant,
            "flow": expectation.flow,
            "name": expectation.name,
            "document": _document(expectation),
            "author": self.actor.name,
            "changed": self.ground.keeping.clock.now(),
        }
        async with self.ground.keeping.turn() as conn:
            await flow_versions.lock(conn, self.tenant, expectation.flow)
            kept = (await conn.execute(_put(expectation, row))).mappings().first()
            if kept is None:
                raise NotFound(f"there is no such expectation {expectation.id} any more", id=expectation.id)
            told = {"expectation": expectation.name, **_document(expectation)}
            await self.tell(conn, "expect", expectation.flow, {}, told)
        return _expectation(kept)

    async def forget_expectation(self, flow: str, id: int) -> None:  # noqa: A002 - the domain's own word
        """Expect this no longer; raises ``NotFound``."""
        await self.look(flow, "flow.change")
        table = flow_expectation
        mine = (table.c.tenant == self.tenant, table.c.flow == flow, table.c.id == id)
        async with self.ground.keeping.turn() as conn:
            gone = (await conn.execute(delete(table).where(*mine).returning(table))).mappings().first()
            if gone is None:
                raise NotFound(f"there is no expectation {id}", id=id)
            was = {"expectation": gone["name"], **gone["document"]}
            await self.tell(conn, "expect", flow, was, {})

    async def expect(self, flow: str, name: str, tried: Tried) -> Expectation:
        """Keep the course of a tried call as what is expected from now on."""
        return await self.keep_expectation(expectation_of(flow, name, tried))

    async def check_expectations(self, flow: str, version: int | None = None) -> Sequence[Checked]:
        """Try all that is expected of the draft, or of a version."""
        await self.look(flow)
        async with self.ground.keeping.store.read() as conn:
            text = (
                (await desk_of(conn, self.tenant, flow)).document
                if version is None
                else (await flow_versions.numbered(conn, self.tenant, flow, version)).document
            )
        sketch = await asyncio.to_thread(read_sketch, text, self.ground.modules)
        return await self.checked(sketch.document.flow, await self.ground.context(self.tenant))

    async def checked(self, flow: Flow, context: LintContext) -> tuple[Checked, ...]:
        """Try all that is expected of a flow."""
        found = []
        for one in await self._expected(flow.id):
            tried = await self.tried(flow, one.trial, context)
            found.append(Checked(one, tried, tuple(red(one, tried))))
        return tuple(found)

    async def _expected(self, flow: str) -> Sequence[Expectation]:
        table = flow_expectation
        query = select(table).where(table.c.tenant == self.tenant, table.c.flow == flow).order_by(table.c.id)
        async with self.ground.keeping.store.read() as conn:
            return [_expectation(row) for row in (await conn.execute(query)).mappings()]


def _put(expectation: Expectation, row: dict[str, Any]) -> Any:
    """Make a new one, or change the version that was edited."""
    table = flow_expectation
    if not expectation.id:
        return insert(table).values(**row, version=1).returning(table)
    mine = (table.c.id == expectation.id, table.c.version == expectation.version)
    of_flow = (table.c.tenant == row["tenant"], table.c.flow == row["flow"])
    return update(table).where(*mine, *of_flow).values(**row, version=expectation.version + 1).returning(table)


def expectation_of(flow: str, name: str, tried: Tried) -> Expectation:
    """The course of a tried call as an expectation: its whole path and outcome."""
    return Expectation(0, flow, name, tried.trial, tried.path, tried.outcome)


def red(expectation: Expectation, tried: Tried) -> list[Label]:
    """What a call did otherwise than expected, in words; empty when it did as expected."""
    said = []
    if expectation.path and expectation.path != tried.path:
        said.append(_path_differs(expectation.path, tried.path))
    if expectation.outcome and expectation.outcome != tried.outcome:
        was, now = (_outcome(one) for one in (expectation.outcome, tried.outcome))
        said.append(Label(f"Ergebnis „{now.de}“ statt „{was.de}“", f"the outcome is {now.en} instead of {was.en}"))
    if expectation.target and expectation.target not in tried.targets:
        dialled = ", ".join(tried.targets)
        de, en = (f"{dialled} wird", f"{dialled} is") if dialled else ("niemand wird", "nobody is")
        said.append(
            Label(f"{de} angerufen statt {expectation.target}", f"{en} dialled instead of {expectation.target}")
        )
    if expectation.point and expectation.point not in [step.point for step in tried.steps]:
        point = expectation.point
        said.append(Label(f"der Punkt {point} wird nicht erreicht", f"the point {point} is not reached"))
    return said


def _outcome(word: str) -> Label:
    return Label(_GERMAN.get(word, word), word.replace("_", " "))


def _path_differs(wanted: Sequence[str], taken: Sequence[str]) -> Label:
    pairs = zip([*wanted, *[""] * len(taken)], [*taken, *[""] * len(wanted)], strict=False)
    place, (want, took) = next((i, pair) for i, pair in enumerate(pairs, start=1) if pair[0] != pair[1])
    de = f"Schritt {place}: {took or 'Ende des Anrufs'} statt {want or 'Ende des Anrufs'}"
    return Label(de, f"step {place}: {took or 'the end of the call'} instead of {want or 'the end of the call'}")


def _check(expectation: Expectation) -> None:
    read_script(expectation.trial.keys)
    read_parties(expectation.trial.legs)
    problems = []
    if not expectation.name.strip():
        problems.append(Problem("name", "is missing; say in a few words what is expected"))
    if not any((expectation.path, expectation.outcome, expectation.target, expectation.point)):
        problems.append(Problem("path", "nothing is expected; give a path, an outcome, a target or a point"))
    if expectation.outcome and expectation.outcome not in [one.value for one in Outcome]:
        problems.append(Problem("outcome", f"must be one of {', '.join(one.value for one in Outcome)}"))
    if expectation.trial.at is not None and expectation.trial.at.tzinfo is None:
        problems.append(Problem("at", "needs a time zone, such as 2026-12-24T18:00:00+01:00"))
    if problems:
        raise SettingsRefused(problems)


def _document(expectation: Expectation) -> dict[str, Any]:
    trial = attrs.asdict(expectation.trial)
    trial["at"] = expectation.trial.at.isoformat() if expectation.trial.at is not None else ""
    kept = {name: getattr(expectation, name) for name in _COLUMNS}
    return {"trial": trial, **kept, "path": list(expectation.path)}


def _expectation(row: RowMapping) -> Expectation:
    held = row["document"]
    trial = held["trial"]
    at = datetime.fromisoformat(trial["at"]) if trial["at"] else None
    return Expectation(
        row["id"],
        row["flow"],
        row["name"],
        Trial(**{**trial, "at": at}),
        tuple(held["path"]),
        held["outcome"],
        held["target"],
        held["point"],
        row["version"],
    )
