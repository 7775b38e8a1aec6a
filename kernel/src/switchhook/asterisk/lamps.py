"""Lamps on phones: how Asterisk is told, and what it then tells each phone (message waiting, dialog-info).

Both leave Asterisk as it is when told again, and both are told again after it restarted. ``res_mwi_external`` is not
there (T03): ``MinivmMWI`` is, run by a channel of Asterisk's own that never rings anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from ..calls.numbers import is_star_code
from .ami_listener import Asterisk

HINTS: Final = "hints"
"""The context phones subscribe in: it holds lamps and nothing that could be dialled."""
_CONTEXT: Final = "sh-lamp"
_MESSAGES: Final = "messages"
MOST_MESSAGES: Final = 9999

LAMP: Final = ((_MESSAGES, ("MinivmMWI(${SH_BOX},0,${SH_NEW},${SH_OLD})", "Hangup()")),)
"""The dialplan that lights a message lamp."""


def box_of(phone: str) -> str:
    """What Asterisk calls the messages of a phone."""
    return f"{phone}@switchhook"


def device_of(code: str) -> str:
    """What Asterisk calls the lamp of a code such as ``*21``."""
    return f"Custom:star{code.removeprefix('*')}"


def hints(numbers: Iterable[str]) -> Iterator[str]:
    """One line of the dialplan for each star code among the numbers."""
    for code in sorted({number for number in numbers if is_star_code(number)}):
        yield f"exten => {code},hint,{device_of(code)}\n"


async def show_messages(asterisk: Asterisk, phone: str, new: int, old: int) -> None:
    """Have a phone told how many messages wait; raises ``AsteriskError``."""
    await asterisk.action(
        "Originate",
        {
            "Channel": f"Local/{_MESSAGES}@{_CONTEXT}/n",
            "Context": _CONTEXT,
            "Exten": _MESSAGES,
            "Priority": "1",
            "Timeout": "3000",
        },
        {
            "SH_BOX": box_of(phone),
            "SH_NEW": str(max(0, min(new, MOST_MESSAGES))),
            "SH_OLD": str(max(0, min(old, MOST_MESSAGES))),
        },
    )


async def show_lamp(asterisk: Asterisk, code: str, *, lit: bool) -> None:
    """Have all phones that watch a code told; raises ``AsteriskError``."""
    await asterisk.action(
        "Setvar", {"Variable": f"DEVICE_STATE({device_of(code)})", "Value": "INUSE" if lit else "NOT_INUSE"}
    )
