"""Whom Asterisk may dial, as values that cannot be anything else."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NewType

from switchhook.errors import UnsafeText

#: A destination in Asterisk's spelling; only :func:`dial_target` and :func:`endpoint_target` make one.
DialTarget = NewType("DialTarget", str)

_E164: Final = re.compile(r"\+?[1-9][0-9]{3,14}\Z", re.ASCII)
_ENDPOINT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\Z", re.ASCII)


def dial_target(number: str, trunk: str) -> DialTarget:
    """Give ``PJSIP/<number>@<trunk>`` for a canonical E.164 number (``+`` optional, 4 to 15 digits).

    Whoever calls has brought the number to its canonical form; here nothing is
    repaired. Raises UnsafeText for anything else.
    """
    if not _E164.match(number):
        raise UnsafeText("only a canonical E.164 number can be dialled", length=len(number))
    return DialTarget(f"PJSIP/{number}@{_endpoint(trunk)}")


def endpoint_target(name: str) -> DialTarget:
    """Give ``PJSIP/<name>`` for a phone, named by letters, digits and ``_ . -`` (at most 64).

    Raises UnsafeText for anything else.
    """
    return DialTarget(f"PJSIP/{_endpoint(name)}")


def dial_string(targets: Iterable[DialTarget]) -> str:
    """Join targets that are to ring together, in order; raises UnsafeText when there is none."""
    joined = "&".join(targets)
    if not joined:
        raise UnsafeText("there is nobody to dial")
    return joined


def _endpoint(name: str) -> str:
    if not _ENDPOINT.match(name):
        raise UnsafeText("a PJSIP endpoint is named by letters, digits and _ . -", length=len(name))
    return name
