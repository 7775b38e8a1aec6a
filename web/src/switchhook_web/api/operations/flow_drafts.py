"""The draft of a flow, what the linter says about it, and flows as files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from switchhook import setting
from switchhook.administration import Said

from ..drawings import Drawn, draft_shape, drawing_body, text_body
from ..findings import FindingLine, finding_line
from ..operation import YAML, Answer, Asked, Operation
from ..reading import declared_body
from .common import list_of
from .flows import ONE, draft_answer, flow_operation, work


@attrs.frozen
class VersionQuery:
    """A version by its number; 0 is the draft."""

    version: int = setting("integer", "Version", "Version", default=0, minimum=0, maximum=999_999_999)


@attrs.frozen
class DifferenceQuery:
    """Two versions by their numbers: 0 before is a flow without anything, 0 after is the draft."""

    before: int = setting("integer", "Vorher", "Before", default=0, minimum=0, maximum=999_999_999)
    after: int = setting("integer", "Nachher", "After", default=0, minimum=0, maximum=999_999_999)


@attrs.frozen
class NameAsked:
    """Another name for a flow."""

    label: str = setting("text", "Bezeichnung", "Label", pattern=r"[^\x00-\x1f]{1,80}")


def operations() -> Sequence[Operation]:
    """Drafts, findings, differences and files."""
    at = f"{ONE}/draft"
    saved: dict[str, Any] = {"answer": draft_shape, "etag": True, "versioned": True}
    return [
        flow_operation("draft", "Entwurf", "The draft", path=at, run=_draft, answer=draft_shape, etag=True),
        flow_operation(
            "save_draft",
            "Entwurf speichern",
            "Keep a draft",
            method="PUT",
            path=at,
            run=_save,
            body=drawing_body(),
            may=("flow_refused",),
            **saved,
        ),
        flow_operation(
            "rename",
            "Ablauf umbenennen",
            "Give a flow another name, in its draft",
            method="PATCH",
            path=at,
            run=_rename,
            body=declared_body(NameAsked, "NameAsked"),
            may=("flow_refused",),
            **saved,
        ),
        flow_operation(
            "discard_draft",
            "Entwurf verwerfen",
            "Go back to what is live",
            method="DELETE",
            path=at,
            run=_discard,
            may=("nothing_to_discard",),
            **saved,
        ),
        flow_operation(
            "findings",
            "Befunde",
            "What the linter says",
            path=f"{ONE}/findings",
            run=_findings,
            query=VersionQuery,
            answer=list_of(FindingLine),
        ),
        flow_operation(
            "difference",
            "Unterschied in Worten",
            "What changed, in words",
            path=f"{ONE}/difference",
            run=_difference,
            query=DifferenceQuery,
            answer=list_of(Said),
            may=("flow_refused",),
        ),
        flow_operation(
            "file",
            "Ablauf als YAML",
            "A flow as YAML",
            path=f"{ONE}/file",
            run=_file,
            query=VersionQuery,
            media=YAML,
        ),
        flow_operation(
            "save_file",
            "Entwurf aus einer Datei (YAML)",
            "Keep a file as the draft (YAML)",
            method="PUT",
            path=f"{ONE}/file",
            run=_save_file,
            body=text_body(),
            may=("flow_refused",),
            **saved,
        ),
    ]


async def _draft(asked: Asked) -> Answer:
    return draft_answer(await work(asked).draft(asked.path["flow"]))


async def _save(asked: Asked) -> Answer:
    wanted: Drawn = asked.body
    based_on = wanted.based_on or None
    saved = await work(asked).save_draft(asked.path["flow"], asked.version, wanted.drawing, based_on=based_on)
    return draft_answer(saved)


async def _save_file(asked: Asked) -> Answer:
    return draft_answer(await work(asked).save_draft(asked.path["flow"], asked.version, asked.body))


async def _rename(asked: Asked) -> Answer:
    return draft_answer(await work(asked).rename(asked.path["flow"], asked.version, asked.body.label))


async def _discard(asked: Asked) -> Answer:
    return draft_answer(await work(asked).discard_draft(asked.path["flow"], asked.version))


async def _findings(asked: Asked) -> Answer:
    text = await work(asked).text(asked.path["flow"], asked.query.version or None)
    return Answer(value={"items": [finding_line(one) for one in await work(asked).findings(text)]})


async def _difference(asked: Asked) -> Answer:
    wanted: DifferenceQuery = asked.query
    said = await work(asked).difference(asked.path["flow"], wanted.before, wanted.after or None)
    return Answer(value={"items": said})


async def _file(asked: Asked) -> Answer:
    return Answer(value=await work(asked).text(asked.path["flow"], asked.query.version or None))
