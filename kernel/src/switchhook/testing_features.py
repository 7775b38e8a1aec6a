"""Whether an in-call feature keeps its contract, tried with many settings, keys, answers and parties."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs

from .calls.in_call import InCallKey
from .calls.port import DialPlan, Target
from .calls.session import Session
from .flows.module import Exit, Module
from .in_call.feature import InCallFeature, code_of
from .resources.resource import Resource
from .schema import Kinds, Label, plain_settings, read_settings, settings_of
from .simulator.script import Party, Press
from .testing_conformance import settings_strategy

if TYPE_CHECKING:
    from .testing import Tried


@attrs.frozen
class _Talk(Module):
    """Connects the caller with somebody who may press keys."""

    kind = "talk-for-a-feature"
    label = Label("Gespräch", "Talk")

    def exits(self) -> tuple[str, ...]:
        return ("next",)

    async def run(self, session: Session) -> Exit:
        result = await session.dial(DialPlan((Target("phone", "served"),), in_call=True))
        return Exit("next", result.status)


def assert_feature_conforms(
    feature: type[InCallFeature],
    *,
    settings: Mapping[str, Sequence[object]] | None = None,
    plugins: Sequence[object] = (),
    resources: Mapping[str, Resource] | None = None,
    examples: int = 100,
) -> None:
    """Assert that an in-call feature keeps its contract, by simulated talks with drawn settings, keys and answers.

    Its declaration is complete, with a field ``code`` and labels in both
    languages; its settings stay the same when written and read again; it
    never raises, and says ``TalkGoesOn`` or ``TalkOver``; the same talk twice
    goes the same way; and what it says becomes true: after ``TalkOver`` the
    served party is let go. ``settings`` gives values for what cannot be drawn,
    ``plugins`` are those that take part, the feature's own among them,
    ``resources`` what the tenant keeps by id. Needs the package hypothesis.
    """
    import hypothesis
    from hypothesis import strategies as st

    Kinds(InCallFeature, [("the plugin under test", feature)])
    known, kept, seen = settings_of(feature), dict(resources or {}), set[bool]()
    _must("code" in known, f"{feature.kind}: has no field code; declare it with switchhook.in_call_code")
    given = {"flows": [[]], **(settings or {})}
    runner = asyncio.Runner()

    @hypothesis.settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=[hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.filter_too_much],
    )
    @hypothesis.given(settings_strategy(feature, given, kept), st.data())
    def talks(plain: Mapping[str, object], data: Any) -> None:
        one = read_settings(feature, plain)
        _must(read_settings(feature, plain_settings(one)) == one, f"{feature.kind}: settings change when written")
        InCallKey(code_of(one), f"{feature.kind}/it", one.keys_after())
        parties = [_party(data, code_of(one)), *data.draw(st.lists(_others(), max_size=2))]
        tried = [runner.run(_call(one, parties, plugins, kept)) for _ in range(2)]
        _must(tried[0].events == tried[1].events, f"{feature.kind}: the same talk twice went two ways")
        seen.update(_judged(feature.kind, tried[0]))

    with runner:
        talks()
    _must(bool(seen), f"{feature.kind}: was never pressed")


def _party(data: Any, code: str) -> Party:
    from hypothesis import strategies as st

    digits = data.draw(st.text("0123456789#", max_size=6))
    answers = data.draw(
        st.lists(st.one_of(st.just("wait"), st.text("0123456789*#", min_size=1, max_size=4)), max_size=3)
    )
    return Party(talk_seconds=20.0, presses=(Press(3.0, code + digits),), answers=tuple(answers))


def _others() -> Any:
    from hypothesis import strategies as st

    statuses = st.sampled_from(["answered", "busy", "no_answer", "rejected", "unreachable"])
    return st.builds(Party, statuses, st.sampled_from([2.0, 1e6]), caller_hangs_up=st.booleans())


async def _call(
    one: InCallFeature, parties: Sequence[Party], plugins: Sequence[object], kept: Mapping[str, Resource]
) -> Tried:
    from .testing import call

    return await call(_Talk(), parties=parties, plugins=plugins, resources={**kept, "it": one})


def _judged(kind: str, done: Tried) -> set[bool]:
    for fault in done.faults:
        raise AssertionError(f"{kind}: {fault.message}\n{fault.trace}")
    ends = [event.data for event in done.events if event.kind == "in_call.done"]
    legs = [event.data for event in done.events if event.kind == "leg.ended" and event.data["targets"] == ["served"]]
    _must(len(legs) == 1 and legs[0]["status"] == "answered", f"{kind}: the talk did not end as one")
    return {bool(end["goes_on"]) for end in ends}


def _must(holds: bool, otherwise: str) -> None:
    """An assertion that holds under ``python -O`` as well."""
    if not holds:
        raise AssertionError(otherwise)
