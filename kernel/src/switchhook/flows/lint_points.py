"""Lint rules about single points and what they use."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final, TypeVar

import attrs

from ..errors import near_match
from .flow import HANG_UP, POINT_ID, Point
from .lint_context import Linted, Rule, error, exits_of, german_hint, warning
from .module import Finding, Module, Reference
from .references import references_of
from .words import exit_label

MAX_POINTS: Final = 500
_E164: Final = re.compile(r"\+[1-9][0-9]{3,14}")
T = TypeVar("T")


def ids_have_shape(linted: Linted) -> Iterator[Finding]:
    """F03: ids can be written into files, addresses and the channel."""
    flow = linted.flow
    shape = "use a-z, 0-9, - and _, at most 40 characters"
    form = "nehmen Sie a-z, 0-9, - und _, höchstens 40 Zeichen"
    if not POINT_ID.fullmatch(flow.id):
        yield error(
            "F03", "flow", f"{flow.id!r} is no id for a flow; {shape}", f"{flow.id!r} taugt nicht als Kennung; {form}."
        )
    for name, point in flow.points.items():
        if not POINT_ID.fullmatch(name) or name == HANG_UP:
            message = f"{name!r} is no id for a point; {shape}, and not {HANG_UP!r}"
            yield error("F03", f"points.{name}", message, f"{name!r} taugt nicht als Kennung eines Punktes; {form}.")
        if point.id != name:
            german = f"Der Punkt nennt sich selbst {point.id!r}; beide Kennungen müssen gleich sein."
            yield error(
                "F03", f"points.{name}", f"the point calls itself {point.id!r}; use the same id for both", german
            )


def not_too_large(linted: Linted) -> Iterator[Finding]:
    """F04: a flow can still be drawn and overseen."""
    if len(linted.flow.points) > MAX_POINTS:
        count = len(linted.flow.points)
        german = f"{count} Punkte sind mehr als {MAX_POINTS}; lagern Sie einige in einen eigenen Ablauf aus."
        message = f"{count} points are more than {MAX_POINTS}; move some into a flow of their own"
        yield error("F04", "points", message, german)


def modules_installed(linted: Linted) -> Iterator[Finding]:
    """L31: the plugin of each module is loaded."""
    for point in linted.flow.points.values():
        kind = point.module.kind
        if kind not in linted.registry:
            german = f"Kein Plugin bringt das Modul {kind!r}; installieren oder laden Sie es."
            message = f"no plugin brings the module {kind!r}; install or load it"
            yield error("L31", f"points.{point.id}.module", message, german)


def modules_answer(linted: Linted) -> Iterator[Finding]:
    """F07: each module can say its exits and what it uses."""
    for point in linted.flow.points.values():
        failure = _try(_answers, point)
        if isinstance(failure, Exception) or exits_of(point) is None:
            what = f"fails with {failure!r}" if isinstance(failure, Exception) else "does not give its exits as names"
            message = f"the module {point.module.kind!r} {what}; tell the plugin's author"
            german = (
                f"Das Modul {point.module.kind!r} sagt seine Ausgänge oder Verweise nicht; melden Sie das seinem Autor."
            )
            yield error("F07", f"points.{point.id}", message, german)


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
                message = f"the exit {name!r} is open; lead it to a point, a flow or {HANG_UP}"
                called = exit_label(name, linted.registry, point.module.kind).de
                german = (
                    f"Der Ausgang „{called}“ ist offen; führen Sie ihn zu einem Punkt, einem Ablauf oder zum Auflegen."
                )
                yield error("L05", path, message, german)
        for name in point.exits:
            if name not in (*mandatory, *optional):
                hint = near_match(name, (*mandatory, *optional))
                message = f"the module {point.module.kind!r} has no exit {name!r} with these settings{hint}; remove it"
                german = f"Mit diesen Einstellungen gibt es den Ausgang {name!r} nicht{german_hint(hint)}; entfernen Sie ihn."
                yield error("F02", f"{path}.{name}", message, german)


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
                german = f"Die Ansage {id!r} hat auf {language!r} keinen Ton{german_hint(hint)}; nehmen Sie sie auf oder nennen Sie eine andere."
                yield error("L07", path, message, german)
        case "phone":
            if context.phones is not None and id not in context.phones:
                hint = near_match(id, context.phones)
                message = f"there is no phone {id!r}{hint}; name a phone or a number such as +4922112345"
                german = f"Es gibt kein Telefon {id!r}{german_hint(hint)}; nennen Sie ein Telefon oder eine Rufnummer wie +4922112345."
                yield error("F05", path, message, german)
        case "number" if not _E164.fullmatch(id):
            hint = near_match(id, linted.own_numbers)
            message = f"{id!r} is no number{hint}; write it in full, such as +4922112345"
            german = f"{id!r} ist keine Rufnummer{german_hint(hint)}; schreiben Sie sie ganz, etwa +4922112345."
            yield error("F06", path, message, german)
        case "number" if id in linted.own_numbers:
            instead = linted.own_numbers[id] or "the flow behind it"
            message = f"{id} is an own number, each call to it costs two more lines; lead an exit to flow:{instead}"
            german = f"{id} ist eine eigene Rufnummer, jeder Anruf dorthin kostet zwei weitere Leitungen; führen Sie einen Ausgang zum Ablauf {instead}."
            yield warning("L04", path, message, german)
        case "number":
            return
        case kind:
            yield from _resource(linted, kind, id, path)


def _resource(linted: Linted, kind: str, id: str, path: str) -> Iterator[Finding]:  # noqa: A002
    known = linted.flows if kind == "flow" else (linted.context.resources or {}).get(kind, ())
    if id not in known and (
        linted.context.resources is not None or (kind == "flow" and linted.context.flows is not None)
    ):
        hint = near_match(id, known)
        german = f"{kind} {id!r} gibt es nicht{german_hint(hint)}; legen Sie es zuerst an oder nennen Sie ein anderes."
        yield error("F09", path, f"there is no {kind} {id!r}{hint}; make it first, or name another", german)


def resources_content(linted: Linted) -> Iterator[Finding]:
    """L13 and whatever else a resource knows to be odd about itself, where a point names it."""
    for point in linted.flow.points.values():
        references = _try(references_of, point)
        for reference in references if isinstance(references, list) else ():
            for rule, said in linted.context.odd.get((reference.kind, reference.id), ()):
                yield warning(rule, f"points.{point.id}.{reference.path}", said.en, said.de)


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
        german = "Der Ablauf hat keinen Namen; Verlauf und Statistik können nur seine Kennung zeigen."
        yield warning("L28", "label", "the flow has no label; history and statistics can only show its id", german)
    unnamed = [name for name, point in linted.flow.points.items() if not point.label]
    if unnamed:
        shown = ", ".join(unnamed[:5]) + (" and more" if len(unnamed) > 5 else "")
        german = f"Ohne Namen zeigt der Verlauf die Kennungen: {', '.join(unnamed[:5])}; geben Sie den Punkten Namen."
        message = f"without a label, history shows the ids: {shown}; add labels"
        yield warning("L28", f"points.{unnamed[0]}", message, german)


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
    resources_content,
    modules_content,
    labels_given,
)
