"""What administrators keep of PINs: sets of them, each PIN with a label."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

import attrs

from switchhook import Label, Problem, Resource, setting

from .names import NAME

SHORTEST: Final = 4
_LINE: Final = re.compile(rf"\s*({NAME})\s*[:=\s]\s*([0-9]{{1,32}})\s*")
_RUNS: Final = "01234567890 09876543210"


def trivial(pin: str) -> bool:
    """Whether a PIN is among the first that somebody tries: one digit again and again, a row, or a pair repeated."""
    return len(set(pin)) == 1 or pin in _RUNS or (len(pin) % 2 == 0 and pin == pin[:2] * (len(pin) // 2))


def read_pins(text: str) -> Mapping[str, str]:
    """Label and PIN of each line such as ``anna 4711``; raises ``ValueError`` with the number of a line that is none."""
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise ValueError(f"line {number} is no label and PIN; write them as: anna 4711")
        if match[1] in found:
            raise ValueError(f"line {number} has a label that another line has")
        found[match[1]] = match[2]
    return found


@attrs.frozen
class PinSet(Resource):
    """Labelled PINs, and how often they may be tried. Nobody is ever shown the PINs again."""

    kind = "pin-set"
    label = Label("PIN-Liste", "PIN set")
    plural = Label("PIN-Listen", "PIN sets")
    help = Label("PINs, mit denen Anrufer sich ausweisen.", "PINs by which callers prove who they are.")
    icon = "lock"

    name: str = setting(
        "text",
        "Name",
        "Name",
        pattern=r"\S.{0,79}",
        shape=Label("ein Name mit 1 bis 80 Zeichen", "a name of 1 to 80 characters"),
    )
    pins: str = setting(
        "text",
        "PINs",
        "PINs",
        lines=8,
        secret=True,
        help=Label(
            "Eine je Zeile, davor ihr Kürzel: anna 4711. Wird nie wieder angezeigt; geben Sie zum Ändern alle neu ein.",
            "One a line, after its label: anna 4711. Never shown again; to change them, enter all anew.",
        ),
    )
    tries: int = setting(
        "integer", "Falsche PINs bis zur Sperre", "Wrong PINs until the lock", default=5, minimum=1, maximum=20
    )
    lock_minutes: int = setting("integer", "Sperre in Minuten", "Lock in minutes", default=15, minimum=1, maximum=1440)

    def check(self) -> Iterator[Problem]:
        """L18: PINs that are none, trivial, or shared by two. No problem tells a PIN."""
        try:
            known = read_pins(self.pins)
        except ValueError as error:
            yield Problem("pins", str(error))
            return
        if not known:
            yield Problem("pins", "there is no PIN; write one a line, such as: anna 4711")
        for label, pin in known.items():
            if len(pin) < SHORTEST:
                yield Problem("pins", f"the PIN of {label} has fewer than {SHORTEST} digits")
            elif trivial(pin):
                yield Problem("pins", f"the PIN of {label} is too easy to guess")
        twice = {pin for pin, count in Counter(known.values()).items() if count > 1}
        if twice:
            who = ", ".join(label for label, pin in known.items() if pin in twice)
            yield Problem("pins", f"{who} share a PIN; give each their own")
