"""Reads the CSV spool into which Asterisk writes its channel event log."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from ..store.cel import CEL_KINDS, USER_DEFINED, CelRow, CelText
from .records import CEL_COLUMNS

_FIELD: Final = r'"((?:[^"]|"")*)"'
_LINE: Final = re.compile(",".join([_FIELD] * len(CEL_COLUMNS)))
_CONTROL: Final = re.compile(r"[\x00-\x1f]")
_TIME: Final = re.compile(r"(\d{1,11})\.(\d{6})")
_ID: Final = re.compile(r"[A-Za-z0-9_.:-]{1,150}")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def read_cel(spool: bytes) -> CelText:
    """Read a spool file with the columns of :data:`~switchhook.asterisk.records.CEL_COLUMNS` strictly.

    A line that is torn, merged with another (a full disk leaves both behind)
    or otherwise not exactly one event is given back as bad, never guessed at;
    so is a last line without its line end.
    """
    *lines, rest = spool.split(b"\n")
    rows: list[CelRow] = []
    bad: list[bytes] = []
    for line in lines:
        row = _row(line)
        if row is None:
            bad.append(line)
        else:
            rows.append(row)
    return CelText(tuple(rows), (*bad, rest) if rest else tuple(bad))


def _row(line: bytes) -> CelRow | None:
    try:
        text = line.decode()
    except UnicodeDecodeError:
        return None
    found = _LINE.fullmatch(text)
    if found is None or _CONTROL.search(text):
        return None
    values = (field.replace('""', '"') for field in found.groups())
    return _checked(dict(zip(CEL_COLUMNS, values, strict=True)))


def _checked(field: dict[str, str]) -> CelRow | None:
    kind, user_event = field["eventtype"], field["userdeftype"]
    if user_event and kind == user_event:
        kind = USER_DEFINED  # Asterisk names the type of a user's event after the event
    moment = _TIME.fullmatch(field["eventtime"])
    ids = (field["uniqueid"], field["linkedid"])
    if kind not in CEL_KINDS or moment is None or not all(map(_ID.fullmatch, ids)):
        return None
    if bool(user_event) != (kind == USER_DEFINED):
        return None
    return CelRow(
        kind=kind,
        user_event=user_event,
        at=_EPOCH + timedelta(seconds=int(moment[1]), microseconds=int(moment[2])),
        channel=field["uniqueid"],
        linked=field["linkedid"],
        exten=field["exten"],
        context=field["context"],
        name=field["channel"],
        app=field["application"],
        peer=field["peer"],
        extra=field["eventextra"],
    )
