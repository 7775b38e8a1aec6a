"""What the demonstration's tenant keeps: whom the office rings, when it is open, and where messages are left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ..access.actor import SYSTEM
from ..errors import NotFound
from ..resources.service import Keeping

KEPT: Final[Mapping[tuple[str, str], Mapping[str, Any]]] = {
    ("calendar", "office-hours"): {
        "name": "Office hours",
        "zone": "Europe/Berlin",
        "region": "DE-NW",
        "weekly": [
            {"days": "mon-fri", "start": "08:00", "end": "18:00"},
            {"days": "sat", "start": "10:00", "end": "14:00"},
        ],
    },
    ("switch", "office-switch"): {"name": "Office"},
    ("ring-group", "team"): {
        "name": "The team",
        "strategy": "waves",
        "members": [{"target": "you"}, {"target": "anna", "delay": 8}],
    },
    ("follow-me", "anna"): {"name": "Anna", "devices": [{"target": "anna"}, {"target": "you", "step": 2}]},
    ("callthrough-account", "4711"): {
        "name": "Anna",
        "active": True,
        "until": "2099-12-31",
        "pin": "280791",
        "countries": ["DE"],
        "per_day": "5.00",
        "per_month": "40.00",
    },
    ("conference-room", "board"): {
        "name": "Board",
        "pin": "2580",
        "moderator_pin": "9173",
        "waits": True,
        "ends": True,
    },
    ("caller-list", "regulars"): {"name": "Regular customers"},
    ("caller-list", "unwanted"): {"name": "Unwanted callers"},
    ("block-key", "unwanted"): {"name": "Block", "code": "*4", "list": "unwanted"},
    ("block-key", "regulars"): {"name": "Regular customer", "code": "*5", "list": "regulars"},
    ("speed-dial-list", "office"): {
        "name": "Office",
        "entries": [
            {"short": "01", "name": "Otto", "target": "otto"},
            {"short": "03", "name": "You", "target": "you"},
        ],
    },
    ("transfer-key", "transfer"): {"name": "Transfer", "speed_dials": "office"},
    ("pronunciation", "switchhook"): {"word": "Switchhook", "spoken": "switch hook", "language": "en"},
    ("recording-class", "orders"): {"name": "Orders", "purpose": "Proof of what was ordered by telephone"},
    ("rights-template", "reception"): {
        "name": "Reception",
        "description": "Sees calls, hears messages, sets the switch",
        "grants": [
            {"right": "call.view", "scope": "all"},
            {"right": "message.view", "scope": "all"},
            {"right": "switch.change", "scope": "all"},
        ],
    },
    ("price-list", "prices"): {"name": "Prices", "valid_from": "2026-01-01"},
    ("call-rate", "germany"): {
        "name": "Germany",
        "price_list": "prices",
        "country": "DE",
        "number_kind": "fixed",
        "per_minute": "0.01",
        "first_seconds": 1,
        "next_seconds": 1,
    },
    ("call-rate", "germany-mobile"): {
        "name": "Germany, mobile",
        "price_list": "prices",
        "country": "DE",
        "number_kind": "mobile",
        "per_minute": "0.07",
        "next_seconds": 1,
    },
    ("outbound-permission", "germany"): {"name": "Germany", "destinations": [{"country": "DE"}]},
    ("mailbox", "office-mailbox"): {
        "name": "Office",
        "longest": 120,
        "pin": "2807",
        "mail_to": ["office@switchhook.invalid"],
        "mail_language": "en",
    },
}
"""Each thing by its kind and id. What no plugin brings here is left out."""


async def keep_all(keeping: Keeping, tenant: str) -> None:
    """Keep what is not there yet; what somebody changed stays."""
    resources = keeping.of(tenant, SYSTEM)
    for (kind, id), values in KEPT.items():  # noqa: A001 - the domain's own word
        if kind not in keeping.kinds:
            continue
        try:
            await resources.get(kind, id)
        except NotFound:
            await resources.create(kind, values, id=id)
