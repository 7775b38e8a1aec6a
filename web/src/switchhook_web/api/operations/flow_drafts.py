"""The draft of a flow, what the linter says about it, and flows as files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from switchhook import NotFound, Problem, setting
from switchhook.administration import Said, Schema, SettingsRefused, a_line, near_match

from ..drawings import Drawn, draft_shape, drawing_body, text_body, unfit
from ..examples import FLOW_EXAMPLE
from ..findings import FindingLine, finding_line
from ..operation import JSON, YAML, Answer, Asked, Body, Operation
from ..reading import an_object, declared_body
from ..shapes import Components
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

    label: str = setting("text", "Bezeichnung", "Label", pattern=r"[^\x00-\x1f]{1,80}", shape=a_line(80, 1))


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
            "exits",
            "Ausgänge eines Moduls",
            "The exits of a module with some settings",
            method="POST",
            path="/tenants/{tenant}/flow-modules/{module}/exits",
            run=_exits,
            right="flow.view",
            body=_settings_body(),
            answer=list_of(Mapping[str, Any]),
            looks=True,
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
            example=FLOW_EXAMPLE,
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


def _settings_body() -> Body:
    """``{"settings": ...}``, finished or not."""

    def shape(_: Components) -> Schema:
        fields = {"settings": {"type": "object"}}
        return {"type": "object", "properties": fields, "required": ["settings"], "additionalProperties": False}

    def read(value: Any) -> Mapping[str, object]:
        given = an_object(value)
        problems = [Problem(str(name), "is not taken here") for name in given if name != "settings"]
        if not isinstance(given.get("settings"), Mapping):
            problems.append(Problem("settings", "must be an object"))
        if problems or (problems := list(unfit(given, "", 0))):
            raise SettingsRefused(problems)
        settings: Mapping[str, object] = given["settings"]
        return settings

    return Body((JSON,), shape, read)


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


async def _exits(asked: Asked) -> Answer:
    known = [one["kind"] for one in work(asked).modules()]
    if asked.path["module"] not in known:
        raise NotFound(f"there is no module {asked.path['module'][:40]!r}{near_match(asked.path['module'], known)}")
    return Answer(value={"items": work(asked).exits(asked.path["module"], asked.body)})


async def _difference(asked: Asked) -> Answer:
    wanted: DifferenceQuery = asked.query
    said = await work(asked).difference(asked.path["flow"], wanted.before, wanted.after or None)
    return Answer(value={"items": said})


async def _file(asked: Asked) -> Answer:
    return Answer(value=await work(asked).text(asked.path["flow"], asked.query.version or None))
