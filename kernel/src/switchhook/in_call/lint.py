"""What is wrong with the in-call keys of a flow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..calls.in_call import clashing
from ..flows.flow import Flow
from ..flows.lint_context import Kept, KeptRule
from ..flows.module import Finding
from ..schema import Kinds
from .feature import InCallFeature, code_of

RULE = "in-call-codes"


def in_call_rule(kinds: Kinds[InCallFeature]) -> KeptRule:
    """The rule that finds codes which cannot be on in the same talk: equal ones, and ones that begin like another."""
    return KeptRule(tuple(kinds), _look)


def _look(flow: Flow, kept: Kept) -> Sequence[Finding]:
    points = [name for name, point in flow.points.items() if getattr(point.module, "in_call", False) is True]
    return [finding for name in points[:1] for finding in _clashes(flow.id, f"points.{name}.settings.in_call", kept)]


def _clashes(flow: str, path: str, kept: Kept) -> Iterator[Finding]:
    on = [one for one in kept.values() if isinstance(one, InCallFeature) and (not one.flows or flow in one.flows)]
    for code, other in clashing(code_of(one) for one in on):
        names = ", ".join(repr(one.name) for one in on if code_of(one) in (code, other))
        if code == other:
            english, german = f"have the same code {code}", f"haben denselben Code {code}"
        else:
            english = f"cannot be told apart: their codes are {code} and {other}"
            german = f"sind nicht zu unterscheiden: ihre Codes sind {code} und {other}"
        yield Finding(
            RULE,
            "error",
            path,
            f"the in-call features {names} {english}",
            german=f"Die Zusatzfunktionen {names} {german}.",
        )
