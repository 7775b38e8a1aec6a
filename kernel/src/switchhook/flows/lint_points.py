"""Lint rules about single points and what they use."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final, TypeVar

import attrs

from ..errors import near_match
from .flow import HANG_UP, POINT_ID, Point
from .lint_context import Linted, Rule, error, exits_of, warning
from .module import Finding, Module, Reference
from .references import references_of

MAX_POINTS: Final = 500
_E164: Final = re.compile(r"\+[1-9][0-9]{3,14}")
T = TypeVar("T")


def ids_have_shape(linted: Linted) -> Iterator[Finding]:
    """F03: ids can be written into files, addresses and the channel."""
    flow = linted.flow
    shape = "use a-z, 0-9, - and _, at most 40 characters"
    if not POINT_ID.fullmatch(flow.id):
        yield error("F03", "flow", f"{flow.id!r} is no id for a flow; {shape}")
    for name, point in flow.points.items():
        if not POINT_ID.fullmatch(name) or name == HANG_UP:
            yield error("F03", f"points.{name}", f"{name!r} is no id for a point; {shape}, and not {HANG_UP!r}")
        if point.id != name:
            yield error("F03", f"points.{name}", f"the point calls itself {point.id!r}; use the same id for both")


def not_too_large(linted: Linted) -> Iterator[Finding]:
    """F04: a flow can still be drawn and overseen."""
    if len(linted.flow.points) > MAX_POINTS:
        count = len(linted.flow.points)
        yield error("F04", "points", f"{count} points are more than {MAX_POINTS}; move some into a flow of their own")


def modules_installed(linted: Linted) -> Iterator[Finding]:
    """L31: the plugin of each module is loaded."""
    for point in linted.flow.points.values():
        kind = point.module.kind
        if kind not in linted.registry:
            yield error("L31", f"points.{point.id}.module", f"no plugin brings the module {kind!r}; install or load it")


def modules_answer(linted: Linted) -> Iterator[Finding]:
    """F07: each module can say its exits and what it uses."""
    for point in linted.flow.points.values():
        failure = _try(_answers, point)
        if isinstance(failure, Exception) or exits_of(point) is None:
            what = f"fails with {failure!r}" if isinstance(failure, Exception) else "does not give its exits as names"
            message = f"the module {point.module.kind!r} {what}; tell the plugin's author"
            yield error("F07", f"points.{point.id}", message)


def exits_connected(linted: Linted) -> Iterator[Finding]:
    """L05, F02: each mandatory exit is connected, and each connected exit exists."""
    for point in linted.flow.points.values():
        known = exits_of(point)
        if known is None:
            continue
        mandatory, optional = known
        path = f"points.{point.id}.exits"
        for name in mandatory:
            if name not in point.exits:
                yield error("L05", path, f"the exit {name!r} is open; lead it to a point, a flow or {HANG_UP}")
        for name in point.exits:
            if name not in (*mandatory, *optional):
                hint = near_match(name, (*mandatory, *optional))
                message = f"the module {point.module.kind!r} has no exit {name!r} with these settings{hint}; remove it"
                yield error("F02", f"{path}.{name}", message)


def references_exist(linted: Linted) -> Iterator[Finding]:
    """L07, L04, F05, F06, F09: prompts have sounds, phones and resources exist, numbers are numbers and not own ones."""
    for point in linted.flow.points.values():
        references = _try(references_of, point)
        if isinstance(references, list):
            for reference in references:
                yield from _reference(linted, reference, f"points.{point.id}.{reference.path}")


def _reference(linted: Linted, reference: Reference, path: str) -> Iterator[Finding]:
    id, context = reference.id, linted.context  # noqa: A001 - the domain's own word
    match reference.kind:
        case "prompt":
            language = linted.flow.language
            if context.has_prompt is not None and not context.has_prompt(id, language):
                hint = near_match(id, context.prompt_ids)
                mend = "record or import it, or name another"
                mend = mend if context.prompt_ids else "there are no sounds yet, run `switchhook prompts build`"
                message = f"prompt {id!r} has no sound in {language!r}{hint}; {mend}"
                yield error("L07", path, message)
        case "phone":
            if context.phones is not None and id not in context.phones:
                hint = near_match(id, context.phones)
                yield error(
                    "F05", path, f"there is no phone {id!r}{hint}; name a phone or a number such as +4922112345"
                )
        case "number" if not _E164.fullmatch(id):
            hint = near_match(id, linted.own_numbers)
            yield error("F06", path, f"{id!r} is no number{hint}; write it in full, such as +4922112345")
        case "number" if id in linted.own_numbers:
            instead = linted.own_numbers[id] or "the flow behind it"
            message = f"{id} is an own number, each call to it costs two more lines; lead an exit to flow:{instead}"
            yield warning("L04", path, message)
        case "number":
            return
        case kind:
            yield from _resource(linted, kind, id, path)


def _resource(linted: Linted, kind: str, id: str, path: str) -> Iterator[Finding]:  # noqa: A002
    known = linted.flows if kind == "flow" else (linted.context.resources or {}).get(kind, ())
    if id not in known and (
        linted.context.resources is not None or (kind == "flow" and linted.context.flows is not None)
    ):
        yield error("F09", path, f"there is no {kind} {id!r}{near_match(id, known)}; make it first, or name another")


def modules_content(linted: Linted) -> Iterator[Finding]:
    """L10, L13, L15 and whatever else a module knows to be odd about its own settings."""
    for point in linted.flow.points.values():
        found = _try(_own_findings, point)
        if isinstance(found, Exception):
            yield warning("F08", f"points.{point.id}", _fault(point, f"failed with {found!r}"))
            continue
        for finding in found:
            if isinstance(finding, Finding):
                path = f"points.{point.id}.{finding.path}".rstrip(".")
                yield attrs.evolve(finding, path=path)
            else:
                yield warning("F08", f"points.{point.id}", _fault(point, f"gave {finding!r}, not a Finding"))


def labels_given(linted: Linted) -> Iterator[Finding]:
    """L28: the call history, statistics and mails have a name to show."""
    if not linted.flow.label:
        yield warning("L28", "label", "the flow has no label; history and statistics can only show its id")
    unnamed = [name for name, point in linted.flow.points.items() if not point.label]
    if unnamed:
        shown = ", ".join(unnamed[:5]) + (" and more" if len(unnamed) > 5 else "")
        yield warning("L28", f"points.{unnamed[0]}", f"without a label, history shows the ids: {shown}; add labels")


def _answers(point: Point) -> object:
    return point.module.exits(), point.module.optional_exits(), references_of(point)


def _own_findings(point: Point) -> list[Finding]:
    return list(point.module.lint())


def _try(ask: Callable[[Point], T], point: Point) -> T | Exception:
    try:
        return ask(point)
    except Exception as failure:  # a module's fault becomes a finding
        return failure


def _fault(point: Point, what: str) -> str:
    module: Module = point.module
    return f"the check of module {module.kind!r} {what}; tell the plugin's author"


RULES: Final[tuple[Rule, ...]] = (
    ids_have_shape,
    not_too_large,
    modules_installed,
    modules_answer,
    exits_connected,
    references_exist,
    modules_content,
    labels_given,
)
