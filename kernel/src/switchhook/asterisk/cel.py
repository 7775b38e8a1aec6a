"""Reads the CSV spool into which Asterisk writes its channel event log."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from ..store.cel import CEL_KINDS, CelRow, CelText

COLUMNS: Final = (
    "eventenum",
    "userdeftype",
    "eventtime",
    "uniqueid",
    "linkedid",
    "exten",
    "context",
    "channame",
    "appname",
    "peer",
    "eventextra",
)
"""The fields of one line, in order, as ``fields =`` of cel_custom.conf spells them.

The section needs ``format = dsv``, ``separator_character = ,``, both quote
characters ``"`` and ``quoting_method = all``; cel.conf keeps its default date
format (seconds.microseconds). Caller number and name are left out on purpose:
a suppressed number must reach no file.
"""

_FIELD: Final = r'"((?:[^"]|"")*)"'
_LINE: Final = re.compile(",".join([_FIELD] * len(COLUMNS)))
_TIME: Final = re.compile(r"(\d{1,11})\.(\d{6})")
_ID: Final = re.compile(r"[A-Za-z0-9_.:-]{1,150}")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def read_cel(spool: bytes) -> CelText:
    """Read a spool file strictly.

    A line that is torn, merged with another (a full disk leaves both behind)
    or otherwise not exactly one event is given back as bad, never guessed at;
    so is a last line without its line end.
    """
    *lines, rest = spool.split(b"\n")
    rows: list[CelRow] = []
    bad: list[bytes] = [rest] if rest else []
    for line in lines:
        row = _row(line)
        if row is None:
            bad.append(line)
        else:
            rows.append(row)
    return CelText(tuple(rows), tuple(bad))


def _row(line: bytes) -> CelRow | None:
    try:
        text = line.decode()
    except UnicodeDecodeError:
        return None
    found = _LINE.fullmatch(text)
    if found is None or any(ord(c) < 0x20 for c in text):
        return None
    kind, user, at, channel, linked, *others = (field.replace('""', '"') for field in found.groups())
    moment = _TIME.fullmatch(at)
    if kind not in CEL_KINDS or moment is None or not _ID.fullmatch(channel) or not _ID.fullmatch(linked):
        return None
    time = _EPOCH + timedelta(seconds=int(moment[1]), microseconds=int(moment[2]))
    return CelRow(kind, user, time, channel, linked, *others)
