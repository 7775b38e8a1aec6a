"""The flows of a tenant: looking for them, making them, and putting them into the trash."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import attrs

from switchhook import Label, setting
from switchhook.administration import FLOW_ORDERS, Draft, FlowLine, Flows, FlowUse, Schema, a_line, drawing_of

from ..drawings import draft_line, draft_shape, text_body
from ..openapi import BASE
from ..operation import JSON, Answer, Asked, Body, Operation
from ..reading import an_object, declared_body
from ..shapes import Components
from .common import PageQuery, a_page, list_of, page_of

AT: Final = "/tenants/{tenant}/flows"
ONE: Final = f"{AT}/{{flow}}"
_LANGUAGES: Final = ("de", "en")
_ORDERS: Final = tuple(f"{way}{name}" for name in FLOW_ORDERS for way in ("", "-"))
_STATES: Final = ("draft", "published", "scheduled", "changed")


@attrs.frozen
class FlowsQuery(PageQuery):
    """Which flows, and in which order."""

    search: str = setting("text", "Suche", "Search", default="")
    state: str = setting("choice", "Zustand", "State", default="", choices=_STATES)
    order: str = setting("choice", "Sortierung", "Order", default="label", choices=_ORDERS)


@attrs.frozen
class FlowAsked:
    """A new flow without points."""

    label: str = setting("text", "Bezeichnung", "Label", pattern=r"[^\x00-\x1f]{1,80}", shape=a_line(80, 1))
    id: str = setting("text", "Kennung", "Id", default="")
    language: str = setting(
        "choice", "Sprache der Ansagen", "Language of the prompts", default="de", choices=_LANGUAGES
    )


@attrs.frozen
class CopyAsked:
    """A new flow that begins as another is."""

    label: str = setting("text", "Bezeichnung", "Label", pattern=r"[^\x00-\x1f]{1,80}", shape=a_line(80, 1))
    id: str = setting("text", "Kennung", "Id", default="")


def operations() -> Sequence[Operation]:
    """Flows, and what they are made of."""
    return [*_seeing(), *_making(), *_leaving()]


def flow_operation(name: str, de: str, en: str, *, path: str = ONE, **more: Any) -> Operation:
    """An operation of flows; it only looks unless it says otherwise."""
    more.setdefault("method", "GET")
    more.setdefault("right", "flow.view" if more["method"] == "GET" else "flow.change")
    return Operation(id=f"flows.{name}", tag="flows", summary=Label(de, en), path=path, **more)


def work(asked: Asked) -> Flows:
    """The flows of the tenant for the one who asks."""
    return asked.administration.publishing.of(asked.tenant, asked.actor)


def draft_answer(draft: Draft) -> Answer:
    """A draft, with its revision as ETag."""
    return Answer(value=draft_line(draft), version=draft.revision)


def _seeing() -> Sequence[Operation]:
    return [
        flow_operation(
            "list",
            "Anrufabläufe",
            "Call flows",
            path=AT,
            run=_list,
            query=FlowsQuery,
            answer=page_of(FlowLine),
            may=("list",),
        ),
        flow_operation("get", "Ein Ablauf", "One flow", run=_get, answer=FlowLine),
        flow_operation(
            "uses", "Verwendungen", "Where it is used", path=f"{ONE}/uses", run=_uses, answer=list_of(FlowUse)
        ),
        flow_operation(
            "trash",
            "Papierkorb der Abläufe",
            "Flows in the trash",
            path="/tenants/{tenant}/flow-trash",
            run=_trash,
            answer=list_of(FlowLine),
        ),
        flow_operation(
            "modules",
            "Module",
            "Modules",
            path="/tenants/{tenant}/flow-modules",
            run=_modules,
            answer=list_of(Mapping[str, Any]),
        ),
        flow_operation(
            "templates",
            "Vorlagen",
            "Templates",
            path="/tenants/{tenant}/flow-templates",
            run=_templates,
            answer=list_of(Mapping[str, Any]),
        ),
    ]


def _making() -> Sequence[Operation]:
    made: dict[str, Any] = {"method": "POST", "answer": draft_shape, "status": 201, "etag": True}
    return [
        flow_operation(
            "create",
            "Leerer Ablauf",
            "A flow without points",
            path=AT,
            run=_create,
            body=declared_body(FlowAsked, "FlowAsked"),
            may=("id_taken", "flow_refused"),
            **made,
        ),
        flow_operation(
            "create_from_template",
            "Ablauf aus einer Vorlage",
            "A flow of a template",
            path="/tenants/{tenant}/flow-templates/{template}",
            run=_from_template,
            body=_template_body(),
            may=("id_taken", "flow_refused"),
            **made,
        ),
        flow_operation(
            "create_from_file",
            "Ablauf aus einer Datei (YAML)",
            "A flow of a file (YAML)",
            path="/tenants/{tenant}/flow-files",
            run=_from_file,
            body=text_body(),
            may=("id_taken", "flow_refused", "stale_draft"),
            **made,
        ),
        flow_operation(
            "copy",
            "Ablauf kopieren",
            "Copy a flow",
            path=f"{ONE}/copies",
            run=_copy,
            body=declared_body(CopyAsked, "CopyAsked"),
            may=("id_taken", "flow_refused", "stale_draft"),
            **made,
        ),
    ]


def _leaving() -> Sequence[Operation]:
    return [
        flow_operation(
            "delete",
            "In den Papierkorb",
            "Into the trash",
            method="DELETE",
            run=_delete,
            status=204,
            may=("flow_in_use",),
        ),
        flow_operation(
            "restore",
            "Wiederherstellen",
            "Bring back",
            method="POST",
            path=f"{ONE}/restore",
            run=_restore,
            answer=FlowLine,
            may=("demo_limit",),
        ),
    ]


def _template_body() -> Body:
    """What a flow is called, and ``settings`` as the template declares them."""

    def shape(components: Components) -> Schema:
        made = components.declared(FlowAsked)
        return {**made, "properties": {**made["properties"], "settings": {"type": "object"}}}

    plain = declared_body(FlowAsked, "FlowAsked")

    def read(value: Any) -> tuple[FlowAsked, Mapping[str, object]]:
        given = dict(an_object(value))
        settings = an_object(given.pop("settings", {}))
        return plain.read(given), settings

    return Body((JSON,), shape, read)


async def _list(asked: Asked) -> Answer:
    wanted = attrs.asdict(asked.query)
    order = wanted.pop("order")
    page = await work(asked).flows(**wanted, order=order.removeprefix("-"), descending=order.startswith("-"))
    return Answer(value=a_page(page.flows, page.after))


async def _get(asked: Asked) -> Answer:
    return Answer(value=await work(asked).flow(asked.path["flow"]))


async def _uses(asked: Asked) -> Answer:
    return Answer(value={"items": await work(asked).uses(asked.path["flow"])})


async def _trash(asked: Asked) -> Answer:
    return Answer(value={"items": await work(asked).trash()})


async def _modules(asked: Asked) -> Answer:
    return Answer(value={"items": work(asked).modules()})


async def _templates(asked: Asked) -> Answer:
    return Answer(value={"items": await work(asked).template_catalogue()})


def _made(asked: Asked, draft: Draft) -> Answer:
    return attrs.evolve(draft_answer(draft), location=f"{BASE}/tenants/{asked.tenant}/flows/{draft.flow}")


async def _create(asked: Asked) -> Answer:
    wanted: FlowAsked = asked.body
    return _made(asked, await work(asked).create(wanted.label, id=wanted.id, language=wanted.language))


async def _from_template(asked: Asked) -> Answer:
    wanted, settings = asked.body
    made = await work(asked).create_from_template(
        asked.path["template"], settings, label=wanted.label, id=wanted.id, language=wanted.language
    )
    return _made(asked, made)


async def _from_file(asked: Asked) -> Answer:
    drawing = drawing_of(asked.body)
    made = await work(asked).create(drawing["label"] or drawing["id"], id=drawing["id"], drawing=drawing)
    return _made(asked, await work(asked).save_draft(made.flow, made.revision, asked.body))


async def _copy(asked: Asked) -> Answer:
    wanted: CopyAsked = asked.body
    return _made(asked, await work(asked).copy(asked.path["flow"], wanted.label, id=wanted.id))


async def _delete(asked: Asked) -> Answer:
    await work(asked).delete(asked.path["flow"])
    return Answer()


async def _restore(asked: Asked) -> Answer:
    return Answer(value=await work(asked).restore(asked.path["flow"]))
