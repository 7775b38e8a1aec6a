"""What all subroutines begin and end with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

NOW: Final = "${STRFTIME(,,%s.%3q)}"
"""Seconds since 1970, with milliseconds."""
WHOLE: Final = "."
"""The last argument of each step. Asterisk carries out half a line when the connection breaks in it: half a number
would be dialled, and half a place could not be taken up again."""
CUT: Final = "cut|Return()"


def start(state: int, *more: str) -> str:
    """Switch the timer off, count no failures, keep the state: one application, because each costs its share."""
    return f"MSet({','.join(('TIMEOUT(absolute)=0', 'SH_TRIES=0', f'SH_STATE=${{ARG{state}}}', *more))})"


def unless_whole(last: int, label: str = "") -> str:
    """Have nothing to do with a command whose last argument is not there."""
    return f'{label}GotoIf($["${{ARG{last}}}" != "{WHOLE}"]?cut)'


def end(result: int, value: str, label: str = "") -> Iterator[str]:
    """Keep the result, switch the timer on again, and go back."""
    yield f"{label}MSet(SH_R${{ARG{result}}}=done:{value},TIMEOUT(absolute)=3)"
    yield "Return()"
