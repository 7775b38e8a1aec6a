"""Faults of plugins: recorded with who, where and when, and suspending a plugin that keeps failing."""

from __future__ import annotations

import asyncio
import traceback
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Final, Literal

import attrs

from ..clock import Clock

FaultKind = Literal[
    "raised", "too_slow", "wrong_result", "blocked_loop", "import", "registration", "migration", "suspended"
]
KERNEL: Final = "switchhook"
"""Stands in place of a plugin where the portal itself failed; it is never suspended."""
LONGEST_SHOWN: Final = 500
LONGEST_TRACE: Final = 20_000


def shown(value: object, how: Callable[[object], str] = repr) -> str:
    """What a plugin gave or raised, in at most 500 characters; never raises, whatever the value's own code does."""
    try:
        text = how(value)
    except Exception:  # the fault is told of all the same, only without these words
        return f"<{type(value).__name__} that cannot be shown>"
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 3]}..."


def cancelled_from_outside() -> bool:
    """Whether somebody asked the running task to end.

    A ``CancelledError`` without that is a plugin's own, such as that of a task
    it awaits: letting it pass would end a call, or a loop that serves all
    plugins, and no one would be told.
    """
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


@attrs.frozen
class Fault:
    """One failure of a plugin: in which hook, for which call if any, and what happened."""

    plugin: str
    hook: str
    kind: FaultKind
    message: str
    at: datetime
    call: str = ""
    trace: str = ""


@attrs.define
class Breaker:
    """Suspends a plugin after ``limit`` faults within ``window`` seconds, until an operator resets it.

    A suspension is told to ``on_fault`` as well, after the fault that caused it.
    """

    _clock: Clock
    _on_fault: Callable[[Fault], None]
    limit: int = 5
    window: float = 60.0
    _recent: dict[str, deque[float]] = attrs.field(factory=dict, init=False)
    _suspended: dict[str, Fault] = attrs.field(factory=dict, init=False)

    def report(
        self,
        plugin: str,
        hook: str,
        kind: FaultKind,
        message: str,
        *,
        call: str = "",
        error: BaseException | None = None,
        counts: bool = True,
    ) -> Fault:
        """Record a fault; the one that reaches the limit suspends the plugin, unless it does not count for that."""
        trace = "".join(traceback.format_exception(error))[-LONGEST_TRACE:] if error else ""
        fault = Fault(plugin, hook, kind, message, self._clock.now(), call, trace)
        self._on_fault(fault)
        if not counts:
            return fault
        moment = self._clock.monotonic()
        recent = self._recent.setdefault(plugin, deque(maxlen=self.limit))
        recent.append(moment)
        many = len(recent) == self.limit and moment - recent[0] <= self.window
        if many and plugin not in ("", KERNEL, *self._suspended):
            self._suspended[plugin] = fault
            why = f"{self.limit} faults within {self.window:g} s; once mended: switchhook plugins reset {plugin}"
            self._on_fault(Fault(plugin, hook, "suspended", why, fault.at, call))
        return fault

    def suspend(self, fault: Fault) -> None:
        """Suspend a plugin at once, such as one whose tables could not be made."""
        self._suspended.setdefault(fault.plugin, fault)

    def suspended(self, plugin: str) -> Fault | None:
        """The fault that suspended the plugin, or None while it is active."""
        return self._suspended.get(plugin) if self._suspended else None

    def reset(self, plugin: str) -> None:
        """Let a suspended plugin take part again."""
        self._suspended.pop(plugin, None)
        self._recent.pop(plugin, None)
