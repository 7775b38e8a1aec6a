"""Calls, events and legs as rows, and rows as calls, events and legs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, get_args

import attrs
from sqlalchemy.engine import RowMapping

from ..calls.call import Call, Caller, Leg, LegStatus
from ..calls.event import Event

LEG_STATUSES: Final = frozenset(get_args(LegStatus))


def call_row(call: Call, session: int) -> dict[str, Any]:
    """A row of the table ``call``."""
    row = attrs.asdict(call, recurse=False)
    row |= {f"caller_{name}": value for name, value in attrs.asdict(row.pop("caller")).items()}
    return {**row, "session": session}


def call_of(row: RowMapping) -> Call:
    """The call behind a row."""
    caller = {name.removeprefix("caller_"): row[name] for name in row if name.startswith("caller_")}
    plain = {field.name: row[field.name] for field in attrs.fields(Call) if field.name != "caller"}
    return Call(**plain, caller=Caller(**caller))


def event_row(call: Call, event: Event) -> dict[str, Any]:
    """A row of the table ``event``."""
    return {
        "call": call.id,
        "session": event.session,
        "seq": event.seq,
        "tenant": call.tenant,
        "at": event.at,
        "kind": event.kind,
        "point": event.point,
        "data": dict(event.data),
    }


def event_of(row: RowMapping) -> Event:
    """The event behind a row."""
    return Event(row["session"], row["seq"], row["at"], row["kind"], row["point"], row["data"])


def leg_begun(call: Call, event: Event) -> dict[str, Any] | None:
    """The row of a leg that an event begins; None for any other event."""
    number = event.data.get("leg")
    if event.kind != "leg.created" or not isinstance(number, int):
        return None
    return {
        "call": call.id,
        "number": number,
        "tenant": call.tenant,
        "target": _targets(event.data),
        "created": event.at,
    }


def leg_ended(call: Call, event: Event) -> dict[str, Any] | None:
    """The row of a leg that an event ends, with its one end cause; None for any other event."""
    number = event.data.get("leg")
    if event.kind != "leg.ended" or not isinstance(number, int):
        return None
    status = str(event.data.get("status"))
    return {
        "call": call.id,
        "number": number,
        "tenant": call.tenant,
        "target": _targets(event.data),
        "created": event.at,
        "ended": event.at,
        "status": status if status in LEG_STATUSES else "failed",
        "cause": int(_number(event.data, "cause")),
        "talk_seconds": _number(event.data, "talk_seconds"),
    }


def leg_of(row: RowMapping) -> Leg:
    """The leg behind a row that has ended; what was not talked was ringing."""
    lasted = (row["ended"] - row["created"]).total_seconds() if row["ended"] else 0.0
    rang = max(0.0, round(lasted - row["talk_seconds"], 6))
    return Leg(row["target"], row["status"], rang, row["talk_seconds"], row["cause"], row["number"])


def _targets(data: Mapping[str, object]) -> str:
    targets = data.get("targets", ())
    return ", ".join(str(each) for each in targets) if isinstance(targets, list | tuple) else str(targets)


def _number(data: Mapping[str, object], name: str) -> float:
    value = data.get(name, 0)
    return float(value) if isinstance(value, int | float) else 0.0
