"""Publishing flows, now or later, and going back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import attrs

from switchhook import setting
from switchhook.administration import Planned, Proof, Published, Said, VersionLine

from ..findings import FindingLine, finding_line
from ..moments import MOMENT, PATTERN, moment_of
from ..openapi import BASE
from ..operation import Answer, Asked, Operation
from ..reading import declared_body
from .common import a_text, list_of, number_of
from .flow_drafts import VersionQuery
from .flow_trying import CheckedLine, checked_line
from .flows import ONE, flow_operation, work

_AGAINST: Final = ("publish_refused", "warnings_unseen", "flow_refused", "script", "trial_hangs", "demo_limit")


@attrs.frozen
class PublishAsked:
    """What is said about a version, and that the linter's warnings were seen."""

    message: str = setting("text", "Nachricht", "Message", default="", pattern=r"[^\x00]{0,500}", shape=a_text(500))
    accept_warnings: bool = setting("boolean", "Warnungen gesehen", "Warnings were seen", default=False)


@attrs.frozen
class PlanAsked(PublishAsked):
    """What goes live at a moment: the draft as it is under ``revision``, or a ``version``."""

    at: str = setting("text", "Zeitpunkt", "Moment", pattern=PATTERN, shape=MOMENT)
    revision: int = setting("integer", "Stand des Entwurfs", "Revision of the draft", default=0, minimum=0)
    version: int = setting("integer", "Version", "Version", default=0, minimum=0, maximum=999_999_999)


@attrs.frozen
class ProofLine:
    """What stands against publishing, and what it would change for callers."""

    may_publish: bool
    findings: Sequence[FindingLine]
    checked: Sequence[CheckedLine]
    refusal: str
    changes: Sequence[Said]


@attrs.frozen
class PublishedLine:
    """The version that is live, and whether that is new."""

    flow: str
    version: int
    changed: bool
    findings: Sequence[FindingLine]


def operations() -> Sequence[Operation]:
    """Proof, publishing, plans, history and roll-back."""
    return [*_now(), *_later()]


def _now() -> Sequence[Operation]:
    more: dict[str, Any] = {"method": "POST", "right": "flow.publish", "answer": PublishedLine}
    body = declared_body(PublishAsked, "PublishAsked")
    return [
        flow_operation(
            "proof",
            "Prüfen vor dem Veröffentlichen",
            "What stands against publishing",
            path=f"{ONE}/proof",
            run=_proof,
            query=VersionQuery,
            answer=ProofLine,
            may=("flow_refused", "trial_hangs"),
        ),
        flow_operation(
            "publish",
            "Veröffentlichen",
            "Make the draft live",
            path=f"{ONE}/publish",
            run=_publish,
            body=body,
            versioned=True,
            may=_AGAINST,
            **more,
        ),
        flow_operation(
            "versions", "Versionen", "Versions", path=f"{ONE}/versions", run=_versions, answer=list_of(VersionLine)
        ),
        flow_operation(
            "roll_back",
            "Zu einer Version zurückkehren",
            "Make an older version live again",
            path=f"{ONE}/versions/{{version}}/publish",
            run=_roll_back,
            body=body,
            may=_AGAINST,
            **more,
        ),
    ]


def _later() -> Sequence[Operation]:
    at = f"{ONE}/plans"
    return [
        flow_operation(
            "all_plans",
            "Geplante Veröffentlichungen",
            "What goes live later",
            path="/tenants/{tenant}/flow-plans",
            run=_plans,
            answer=list_of(Planned),
        ),
        flow_operation(
            "plans",
            "Geplant für einen Ablauf",
            "What of a flow goes live later",
            path=at,
            run=_plans,
            answer=list_of(Planned),
        ),
        flow_operation(
            "schedule",
            "Später veröffentlichen",
            "Publish later",
            method="POST",
            path=at,
            run=_schedule,
            right="flow.publish",
            body=declared_body(PlanAsked, "PlanAsked"),
            answer=Planned,
            status=201,
            may=("stale_draft", *_AGAINST),
        ),
        flow_operation(
            "cancel",
            "Doch nicht veröffentlichen",
            "Do not publish after all",
            method="DELETE",
            path=f"{at}/{{plan}}",
            run=_cancel,
            right="flow.publish",
            answer=Planned,
        ),
    ]


def _proof_line(proof: Proof) -> ProofLine:
    return ProofLine(
        proof.may_publish,
        [finding_line(one) for one in proof.findings],
        [checked_line(one) for one in proof.checked],
        proof.refusal,
        proof.changes,
    )


def published_line(done: Published) -> PublishedLine:
    """What was published as it is told."""
    return PublishedLine(done.flow.id, done.version.no, done.changed, [finding_line(one) for one in done.findings])


def _published(done: Published) -> Answer:
    return Answer(value=published_line(done))


async def _proof(asked: Asked) -> Answer:
    return Answer(value=_proof_line(await work(asked).proof(asked.path["flow"], asked.query.version or None)))


async def _publish(asked: Asked) -> Answer:
    wanted: PublishAsked = asked.body
    return _published(await work(asked).publish(asked.path["flow"], asked.version, **attrs.asdict(wanted)))


async def _versions(asked: Asked) -> Answer:
    return Answer(value={"items": await work(asked).history(asked.path["flow"])})


async def _roll_back(asked: Asked) -> Answer:
    wanted: PublishAsked = asked.body
    version = number_of(asked.path["version"])
    return _published(await work(asked).roll_back(asked.path["flow"], version, **attrs.asdict(wanted)))


async def _plans(asked: Asked) -> Answer:
    return Answer(value={"items": await work(asked).planned(asked.path.get("flow", ""))})


async def _schedule(asked: Asked) -> Answer:
    wanted: PlanAsked = asked.body
    made = await work(asked).schedule(
        asked.path["flow"],
        moment_of(wanted.at),
        revision=wanted.revision or None,
        version=wanted.version or None,
        message=wanted.message,
        accept_warnings=wanted.accept_warnings,
    )
    at = f"{BASE}/tenants/{asked.tenant}/flows/{made.flow}/plans/{made.id}"
    return Answer(value=made, location=at)


async def _cancel(asked: Asked) -> Answer:
    return Answer(value=await work(asked).cancel(asked.path["flow"], number_of(asked.path["plan"])))
