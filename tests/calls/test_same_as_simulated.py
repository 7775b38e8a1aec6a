"""The simulator tells the truth: random flows and callers, and written ones, take the same course on a real Asterisk."""

from __future__ import annotations

import asyncio
import json
import os
import random
from datetime import UTC, datetime

import attrs
import pytest
import strategies
import trials
from hypothesis import HealthCheck, Phase, given, seed, settings
from lab import TENANT, Lab, apply, public_home
from phones import Phones, tone_wav

from switchhook.calls.call import Call, Caller
from switchhook.schema import plain_settings
from switchhook_forward.forward import Forward
from switchhook_ivr.entry import Entry
from switchhook_ivr.menu import Menu
from switchhook_routing.pin_entry import PinEntry

from . import written
from .acting import SECONDS, Act, act_out, comparable, rehearsed

pytestmark = [pytest.mark.asterisk, pytest.mark.alone, pytest.mark.timeout(240)]
SAMPLE = 12
LONGEST = 25.0
SEED = int(os.environ.get("SWITCHHOOK_TEST_SEED", random.randrange(2**32)))
OWN = ("group", "person", "pin_set", "switch", "service", "flow")
"""Settings by which modules name what is each trial's own."""


@attrs.frozen
class Real:
    """A trial with phones of its own: its flows, and the call."""

    trial: trials.Trial
    kept: strategies.Kept
    act: Act


def drawn() -> list[trials.Trial]:
    """Trials that real phones can take part in, in reasonable time."""
    found: list[trials.Trial] = []

    @seed(SEED)
    @settings(
        max_examples=120, phases=[Phase.generate], database=None, deadline=None, suppress_health_check=list(HealthCheck)
    )
    @given(trials.trials())
    def draw(trial) -> None:
        playable = all(party.status != "rejected" for party in trial.script.parties)
        if playable and 2 < trial.seconds < LONGEST and len(trial.expected.events) > 8:
            found.append(trial)

    draw()
    return random.Random(SEED).sample(found, SAMPLE)


async def real(place: int, trial: trials.Trial) -> Real:
    hurry = any(party.status == "no_answer" for party in trial.script.parties)
    kept = strategies.Kept(str(place), 6 if hurry else 30)
    flows = tuple(_for_real(flow, place, kept.ring) for flow in trial.flows)
    interpreter, live = trials.served(flows)
    caller = Caller(f"+49301234{place:02}", presentation="shown")  # each their own: wrong PINs count for the caller
    call = Call("trial", TENANT, f"+492215560{place:02}", caller, strategies.NOW)
    act = await rehearsed(call, live, trial.script, interpreter=interpreter, prompts=strategies.SHELF, shelf=kept)
    return Real(attrs.evolve(trial, flows=flows), kept, act)


def _for_real(flow, place: int, ring: int):
    """Flows of one trial lead to each other and to phones nobody else calls, and leave a busy machine its time."""
    points = {}
    for name, point in flow.points.items():
        module = point.module
        own = {
            field: f"{getattr(module, field)}{place}" for field in OWN if isinstance(getattr(module, field, None), str)
        }
        if isinstance(module, Forward):
            own |= {"targets": tuple(f"{target}{place}" for target in module.targets), "ring": ring}
        elif isinstance(module, (Menu, Entry, PinEntry)):
            own |= {"wait": 2.5, "between": 2.0}
        exits = {way: _own(to, place) for way, to in point.exits.items()}
        points[name] = attrs.evolve(point, module=attrs.evolve(module, **own), exits=exits)
    return attrs.evolve(flow, id=f"{flow.id}{place}", points=points, last_resort=_own(flow.last_resort, place))


def _own(target: str, place: int) -> str:
    return f"{target}{place}" if target.startswith("flow:") else target


def _as_file(kept) -> dict[str, dict[str, object]]:
    """What is kept, as it is brought in."""
    found: dict[str, dict[str, object]] = {}
    for one in kept:
        for id, value in one.items():  # noqa: A001
            found.setdefault(value.kind, {})[id] = plain_settings(value)
    return found


async def test_calls_take_the_course_the_simulator_tells(desk):
    print(f"SWITCHHOOK_TEST_SEED={SEED}")
    sample = [await real(place, trial) for place, trial in enumerate(drawn())]
    names = [f"{name}{place}" for place in range(SAMPLE) for name in strategies.PHONES]
    flows = {one.act.call.number: next(iter(one.trial.documents.values())) for one in sample}
    others = {f"+492215570{n:02}": list(one.trial.documents.values())[1] for n, one in enumerate(sample)}
    with public_home() as home:
        lab = await Lab.make(
            home / "lab",
            {**flows, **others, **written.FLOWS},
            list(strategies.PROMPTS),
            phones=names,
            trunk_matches=[desk.where],
            seconds=SECONDS,
        )
        for prompt in written.PROMPTS:
            tone_wav(lab.tones["tone/a"], 0.3, lab.settings.data_dir / "sounds" / "en" / f"{prompt}.wav")
        async with lab, Phones(desk) as phones:
            await apply(lab, json.dumps(_as_file([*(one.kept.resources for one in sample), written.KEPT])))
            await lab.portal()
            acts = [one.act for one in sample]
            done = await asyncio.gather(
                *(act_out(lab, phones, act) for act in acts), written.made(lab, phones, datetime.now(UTC))
            )
    pairs = [*zip(acts, done[:-1], strict=True), *done[-1]]
    for act, course in pairs:
        assert comparable(course.events) == act.expected, f"{act.call.number} of seed {SEED}: {act.todo}"
