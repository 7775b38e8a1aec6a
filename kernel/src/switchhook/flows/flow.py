"""A flow as a value: points, exits and where they lead."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import attrs

from ..calls.call import must_be_texts
from .module import Module

HANG_UP: Final = "hang-up"
POINT_ID: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


@attrs.frozen
class Point:
    """One point of a flow. ``exits`` maps exit names to a point's id, ``flow:ID`` or ``hang-up``.

    ``position`` is where it is drawn, (x, y) in pixels, or None to leave that to the picture.
    """

    id: str
    module: Module
    label: str = ""
    exits: Mapping[str, str] = attrs.field(factory=dict)
    cost_centre: str = ""
    position: tuple[int, int] | None = None


@attrs.frozen
class Flow:
    """A flow as it is drawn: ``start`` names the first point, ``last_resort`` the point (or ``flow:ID``)
    that serves a caller when nothing else can; empty for the tenant's own.
    """

    id: str
    label: str
    start: str
    points: Mapping[str, Point]
    language: str = "de"
    last_resort: str = ""
    description: str = ""


@attrs.frozen
class LiveFlow:
    """A published, immutable version of a flow, parsed and ready to take calls."""

    version: str
    number: int
    tenant: str
    flow: Flow


@attrs.frozen
class Routing:
    """Where a called number leads: the tenant, and the id of the flow that serves it."""

    tenant: str
    flow: str
    language: str = "de"
    label: str = ""

    def __attrs_post_init__(self) -> None:
        """Refuse what no journal could keep: ``TypeError``."""
        must_be_texts(self, "tenant", "flow", "language", "label")
