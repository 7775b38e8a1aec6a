"""What is ordered, and who does it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Literal

import attrs

from ..errors import SwitchhookError

KIND: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}(\.[a-z][a-z0-9_-]{0,39})?")
OrderState = Literal["open", "done", "dead", "dropped"]


class OrderHopeless(SwitchhookError):
    """No further try of this order can help; the message says why."""

    code = "order_hopeless"


class OrderLater(SwitchhookError):
    """An order that cannot be carried out yet and is to be tried again at ``due``, without counting as a failure."""

    code = "order_later"

    def __init__(self, message: str, due: datetime) -> None:
        super().__init__(message, due=due.isoformat())
        self.due = due


@attrs.frozen
class Order:
    """Work to be done for a tenant: once ``due`` has come, and again until it was.

    ``payload`` is what JSON can say. ``tries`` counts those that began, this
    one included. No two orders of a kind have the same ``once`` in a tenant.
    """

    id: int
    tenant: str
    kind: str
    payload: Mapping[str, Any]
    due: datetime
    created: datetime
    tries: int = 1
    once: str = ""


@attrs.frozen
class Job:
    """How orders of a kind are carried out.

    ``run`` gets the portal's ``Administration`` (``switchhook.administration``)
    and the :class:`Order`. It may run again for the same order when the portal
    ended meanwhile, so that what it does twice must do no harm. Raising
    :class:`OrderLater` puts it off; :class:`OrderHopeless` gives it up; any
    other error has it tried again, after ``first_pause`` seconds and then twice
    as long each time up to an hour, until it is ``give_up`` old; then an alert
    is raised. One try lasts at most ``deadline`` seconds.
    """

    kind: str = attrs.field(validator=attrs.validators.matches_re(KIND))
    run: Callable[[Any, Order], Awaitable[None]]
    deadline: float = 60.0
    first_pause: float = 10.0
    give_up: timedelta = timedelta(hours=24)

    @property
    def name(self) -> str:
        """The kind, by which two of the same are found."""
        return self.kind
