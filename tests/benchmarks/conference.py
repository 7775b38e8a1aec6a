"""A hundred in one conference, and the same by a plain ConfBridge dialplan on the same Asterisk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

import attrs

from .measure import Measure, Met
from .sections import table
from .site import Site
from .ways import MEETERS, NATIVE, SWITCHHOOK

MEMBERS = 100
_NAMES = {NATIVE: "a dialplan with ConfBridge()", SWITCHHOOK: "Switchhook's conference"}


@attrs.frozen
class Held:
    """What a conference costs, by way: one measurement for each round of so many seconds of talk."""

    rounds: Sequence[Mapping[str, Met]]
    seconds: float

    @property
    def ratios(self) -> Sequence[float]:
        """Switchhook's total while they talk against the dialplan's, in each round, each at the machine's speed then."""
        return [
            one[SWITCHHOOK].talking / one[SWITCHHOOK].speed / (one[NATIVE].talking / one[NATIVE].speed)
            for one in self.rounds
        ]


async def measure_conference(home: Path, rounds: int, seconds: float) -> Held:
    """Have all meet in both ways, ``rounds`` times, one after the other."""
    site = await Site.make(home)
    try:
        measure = Measure(site, 0, 0, held_seconds=0)
        found = []
        for number in range(1, rounds + 1):
            found.append({way: await measure.meeting(way, MEETERS, MEMBERS, seconds) for way in (NATIVE, SWITCHHOOK)})
            print(f"conference   round {number}: {Held(found[-1:], seconds).ratios[0]:.2f} times native", flush=True)
        return Held(found, seconds)
    finally:
        await site.close()


def text(held: Held) -> str:
    """The section about conferences."""
    head = (
        "",
        "joining: Asterisk, ms CPU a member",
        "joining: portal",
        "talking: Asterisk, share of a core",
        "talking: portal",
    )
    rows = [
        (
            _NAMES[way],
            *(
                f"{median(getattr(one[way], part) for one in held.rounds):.2f}"
                for part in ("asterisk_joining", "portal_joining")
            ),
            *(
                f"{100 * median(getattr(one[way], part) for one in held.rounds):.1f} %"
                for part in ("asterisk_talking", "portal_talking")
            ),
        )
        for way in (NATIVE, SWITCHHOOK)
    ]
    return (
        f"{MEMBERS} callers in one room, every tenth of whom speaks all the time while the others send silence, and the same"
        " by a dialplan that answers and runs ConfBridge with the same profile, one after the other in each round. What"
        " Switchhook adds is the way in: the flow, the limits and sounds of the room set for each caller, the call and its"
        " events in the journal, and the list of who is there. Then Asterisk mixes alone.\n\n"
        f"{table(head, rows)}\n"
        f"Medians of {len(held.rounds)} rounds with {held.seconds:g} s of talk; the rounds' ratios while they talk, both"
        f" processes together, at the machine's speed at that moment: {', '.join(f'{ratio:.2f}' for ratio in held.ratios)}."
        " Asterisk tells the portal nothing while they talk: its share is that of a portal without calls.\n"
    )
