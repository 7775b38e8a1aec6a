"""An alert: something a person has to know, once however often it happened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import attrs

from ..schema import Label

AlertState = Literal["open", "acknowledged", "closed"]
Severity = Literal["info", "warning", "error"]


@attrs.frozen
class Alert:
    """What happened by which rule to which thing (``key``), how often, and who takes care of it.

    ``label`` is the name of a routing point or flow, ``link`` a path below
    the tenant's pages where something can be done about it; both may be empty.
    """

    id: int
    tenant: str
    rule: str
    key: str
    severity: Severity
    text: Label
    label: str
    link: str
    state: AlertState
    count: int
    first: datetime
    last: datetime
    handled_by: str
    handled: datetime | None


@attrs.frozen
class AlertPage:
    """A part of the inbox, newest first. ``after`` is the cursor of the next part, 0 at the end."""

    alerts: Sequence[Alert]
    after: int = 0
