"""Who called: made-up people at numbers that regulators keep free for plays and films, so that nobody is called back."""

from __future__ import annotations

from random import Random
from typing import Final

import attrs

_NAMES: Final = (
    "Bakery Sommer",
    "Carla Winter",
    "Dr. Hoffmann",
    "Emil Brandt",
    "Garage Kaya",
    "Greta Lindner",
    "Helene Vogt",
    "Jonas Peters",
    "Law office Roth",
    "Mehmet Aydin",
    "Nora Keller",
    "Paul Schreiber",
    "Sofia Rossi",
    "Travel Nordwind",
    "Ute Engel",
    "Viktor Novak",
)
_PREFIXES: Final = (
    *("+4930231251", "+4940669691", "+4969900091", "+4989999981", "+492214710") * 2,
    *("+4917139200", "+49176040690") * 4,
    *("+442079460", "+121255501", "+331990012"),
)
"""Of Berlin, Hamburg, Frankfurt, Munich, Cologne, mobile telephones, London, New York, and France."""
_DIGITS: Final = {"+492214710": 3, "+442079460": 3}


@attrs.frozen
class PastCaller:
    """Somebody with a telephone; one who suppresses the number always does."""

    number: str
    name: str = ""
    suppressed: bool = False


def callers(random: Random, count: int) -> tuple[PastCaller, ...]:
    """So many, one in nine without a number."""
    found: list[PastCaller] = []
    for index in range(count):
        prefix = random.choice(_PREFIXES)
        number = prefix + "".join(random.choices("0123456789", k=_DIGITS.get(prefix, 2)))
        name = _NAMES[index] if index < len(_NAMES) else ""
        found.append(PastCaller(number, "" if index % 9 == 8 else name, index % 9 == 8))
    return tuple(found)
