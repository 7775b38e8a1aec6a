"""Whether Asterisk has taken a call back from this worker, or the caller has left.

Both look the same on the socket: ``HANGUP`` and its end. The dialplan's
dead-man timer runs from the moment it was armed, which is the start of the
session or the end of the last subroutine, until the next subroutine switches
it off. So the length of our own silence tells the two apart.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

import attrs

from switchhook.clock import Clock

#: Seconds by which Asterisk's clock and ours, and the way between, may differ.
MARGIN: Final = 0.1
_PULSE_SECONDS: Final = 0.1


@attrs.define
class LoopPulse:
    """Knows a moment before which everything that had arrived was surely read.

    After a blocked event loop a reply is read long after it came. Two beats
    are kept, since an event loop may run a timer or a socket first.
    """

    clock: Clock
    _last: float = 0.0
    _before: float = 0.0
    _timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin to beat in the running event loop."""
        self._before = self._last = self.clock.monotonic()
        self._schedule()

    def stop(self) -> None:
        """Beat no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def earliest(self) -> float:
        """The earliest moment, on the monotonic clock, at which something read just now can have arrived."""
        return self._before

    def _schedule(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(_PULSE_SECONDS, self._beat)

    def _beat(self) -> None:
        self._before, self._last = self._last, self.clock.monotonic()
        self._schedule()


@attrs.define
class DeadMan:
    """The dialplan's dead-man timer as seen from here.

    ``seconds`` is what each subroutine arms it with at its end. ``earliest``
    gives the moment from which to count what was read just now.
    """

    clock: Clock
    seconds: float
    earliest: Callable[[], float]
    _armed: float = attrs.field(init=False)
    _since: float = attrs.field(init=False)
    _paused: float | None = attrs.field(init=False, default=None)

    def __attrs_post_init__(self) -> None:
        """The timer runs from the beginning."""
        self.arm(self.seconds)

    def arm(self, seconds: float) -> None:
        """Note that the timer was just set to ``seconds`` and runs."""
        self._armed = seconds
        self._since = self.earliest()
        self._paused = None

    def pause(self) -> None:
        """Note that a subroutine was just asked for, which switches the timer off."""
        self._paused = self.clock.monotonic()

    def unpause(self) -> None:
        """Note that the subroutine was refused, so the timer has been running all along."""
        self._paused = None

    def resume(self) -> None:
        """Note that the subroutine has ended and armed the timer as usual."""
        self.arm(self.seconds)

    def expired(self) -> bool:
        """Whether the timer must be taken to have fired; in doubt it has, for then the call is left alone."""
        until = self.clock.monotonic() if self._paused is None else self._paused
        return until - self._since >= self._armed - MARGIN
