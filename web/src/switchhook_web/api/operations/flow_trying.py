"""Trying calls before anybody makes them, and keeping what they must do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from switchhook import Label, setting
from switchhook.administration import Checked, Expectation, Trial, Tried, TriedStep, a_line

from ..moments import MOMENT, PATTERN, moment_of
from ..operation import Answer, Asked, Operation
from ..reading import declared_body
from .common import list_of, number_of
from .flow_drafts import VersionQuery
from .flows import ONE, flow_operation, work

_TEXT = r"[^\x00-\x1f]{0,200}"


@attrs.frozen
class TrialAsked:
    """A call to be tried: an empty caller is suppressed, an empty moment is now."""

    number: str = setting("text", "Rufnummer", "Number", default="", pattern=_TEXT, shape=a_line(200))
    caller: str = setting("text", "Anrufer", "Caller", default="", pattern=_TEXT, shape=a_line(200))
    caller_name: str = setting(
        "text", "Name des Anrufers", "Caller's name", default="", pattern=_TEXT, shape=a_line(200)
    )
    at: str = setting("text", "Zeitpunkt", "Moment", default="", pattern=PATTERN, shape=MOMENT)
    keys: str = setting("text", "Tasten", "Keys", default="", pattern=_TEXT, shape=a_line(200))
    legs: str = setting("text", "Angerufene", "Legs", default="", pattern=_TEXT, shape=a_line(200))


@attrs.frozen
class FlowTrialAsked(TrialAsked):
    """A call through the draft, a version by its number, or what is live."""

    version: int = setting("integer", "Version", "Version", default=0, minimum=0, maximum=999_999_999)
    live: bool = setting("boolean", "Was live ist", "What is live", default=False)


@attrs.frozen
class ExpectationAsked(TrialAsked):
    """What a call must do; where nothing is said, what it does now."""

    name: str = setting("text", "Bezeichnung", "Name", pattern=r"[^\x00-\x1f]{1,200}", shape=a_line(200, 1))
    path: tuple[str, ...] = setting("words", "Weg", "Path", default=())
    outcome: str = setting("text", "Ergebnis", "Outcome", default="")
    target: str = setting("text", "Ziel", "Target", default="")
    point: str = setting("text", "Punkt", "Point", default="")


@attrs.frozen
class TriedLine:
    """The course of a tried call; ``path`` is each point with its exit, such as ``menu:key:1``."""

    flow: str
    trial: Trial
    path: Sequence[str]
    outcome: str
    ended_by: str
    seconds: float
    targets: Sequence[str]
    text: str
    steps: Sequence[TriedStep]


@attrs.frozen
class CheckedLine:
    """An expectation that was tried; ``red`` says what was otherwise, empty when it holds."""

    expectation: Expectation
    tried: TriedLine
    red: Sequence[Label]


def tried_line(tried: Tried) -> TriedLine:
    """A tried call as it is told."""
    return TriedLine(
        tried.flow,
        tried.trial,
        tried.path,
        tried.outcome,
        tried.ended_by,
        tried.seconds,
        tried.targets,
        tried.text,
        tried.steps,
    )


def checked_line(checked: Checked) -> CheckedLine:
    """A tried expectation as it is told."""
    return CheckedLine(checked.expectation, tried_line(checked.tried), checked.red)


def operations() -> Sequence[Operation]:
    """Trying and expecting."""
    at = f"{ONE}/expectations"
    tried: dict[str, Any] = {"method": "POST", "right": "flow.view", "answer": TriedLine, "looks": True}
    return [
        flow_operation(
            "try",
            "Anruf ausprobieren",
            "Try a call",
            path=f"{ONE}/try",
            run=_try,
            body=declared_body(FlowTrialAsked, "FlowTrialAsked"),
            may=("script", "flow_refused", "trial_hangs"),
            **tried,
        ),
        flow_operation(
            "try_number",
            "Anruf bei einer Rufnummer ausprobieren",
            "Try a call to a number",
            path="/tenants/{tenant}/numbers/{number}/try",
            run=_try_number,
            body=declared_body(TrialAsked, "TrialAsked"),
            may=("script", "flow_refused", "trial_hangs"),
            **tried,
        ),
        flow_operation(
            "expectations", "Erwartungen", "Expectations", path=at, run=_expectations, answer=list_of(Expectation)
        ),
        flow_operation(
            "expect",
            "Erwartung aufnehmen",
            "Keep an expectation",
            method="POST",
            path=at,
            run=_expect,
            body=declared_body(ExpectationAsked, "ExpectationAsked"),
            answer=Expectation,
            status=201,
            may=("script", "flow_refused", "trial_hangs"),
        ),
        flow_operation(
            "forget_expectation",
            "Erwartung löschen",
            "Delete an expectation",
            method="DELETE",
            path=f"{at}/{{expectation}}",
            run=_forget,
            status=204,
        ),
        flow_operation(
            "check",
            "Erwartungen prüfen",
            "Check what is expected",
            path=f"{ONE}/checks",
            run=_check,
            query=VersionQuery,
            answer=list_of(CheckedLine),
            may=("flow_refused", "trial_hangs"),
        ),
    ]


def _trial(wanted: TrialAsked) -> Trial:
    at = moment_of(wanted.at) if wanted.at else None
    return Trial(wanted.number, wanted.caller, wanted.caller_name, at, wanted.keys, wanted.legs)


async def _try(asked: Asked) -> Answer:
    wanted: FlowTrialAsked = asked.body
    tried = await work(asked).try_flow(asked.path["flow"], _trial(wanted), wanted.version or None, live=wanted.live)
    return Answer(value=tried_line(tried))


async def _try_number(asked: Asked) -> Answer:
    return Answer(value=tried_line(await work(asked).try_number(asked.path["number"], _trial(asked.body))))


async def _expectations(asked: Asked) -> Answer:
    return Answer(value={"items": await work(asked).expectations(asked.path["flow"])})


async def _expect(asked: Asked) -> Answer:
    wanted: ExpectationAsked = asked.body
    flow, trial = asked.path["flow"], _trial(wanted)
    if not (wanted.path or wanted.outcome or wanted.target or wanted.point):
        return Answer(value=await work(asked).expect(flow, wanted.name, await work(asked).try_flow(flow, trial)))
    new = Expectation(0, flow, wanted.name, trial, wanted.path, wanted.outcome, wanted.target, wanted.point)
    return Answer(value=await work(asked).keep_expectation(new))


async def _forget(asked: Asked) -> Answer:
    await work(asked).forget_expectation(asked.path["flow"], number_of(asked.path["expectation"]))
    return Answer()


async def _check(asked: Asked) -> Answer:
    checked = await work(asked).check_expectations(asked.path["flow"], asked.query.version or None)
    return Answer(value={"items": [checked_line(one) for one in checked]})
