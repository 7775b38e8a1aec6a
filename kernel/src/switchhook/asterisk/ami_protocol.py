"""One connection to Asterisk's manager interface: panoramisk's protocol with its faults fenced in.

Of panoramisk 1.4's AMIProtocol the transport handling stays. Replaced are its
reader (drops characters split over two segments, has no limit, turns a repeated
header into a list), its answers (a KeyError for Originate, futures that never
end, guesses from English text) and its close (keeps actions to send them again).
"""

from __future__ import annotations

import asyncio
import itertools
import uuid
from collections.abc import Callable, Mapping
from typing import Final

from panoramisk.ami_protocol import AMIProtocol

from switchhook.errors import AsteriskUnavailable

from .ami_answers import PendingAction
from .ami_event import AmiEvent, parse_message
from .ami_quoting import ami_encode

#: The longest message taken, in bytes; Asterisk's longest real ones are a few KiB.
MAX_MESSAGE: Final = 1 << 20
#: The most actions that may wait for their answers at one time.
MAX_PENDING: Final = 1000

_GREETING: Final = b"Asterisk Call Manager/"
_MESSAGE_END: Final = b"\r\n\r\n"


class GuardedProtocol(AMIProtocol):  # type: ignore[misc] # panoramisk has no types
    """One connection, used once: it is never connected again and never sends anything twice.

    ``on_event`` gets each event in order, in the loop's own thread, and must
    neither block nor wait. ``ended`` is done, with the reason in words, as soon
    as the connection is unusable; from then on every action fails at once.
    """

    def __init__(self, on_event: Callable[[AmiEvent], None]) -> None:
        self.ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        #: Bytes received so far: a sign of life.
        self.heard = 0
        self._on_event = on_event
        self._answers: dict[str, PendingAction] = {}
        self._ids = (f"switchhook-{uuid.uuid4()}-{number}" for number in itertools.count(1))
        self._buffer = bytearray()
        self._searched = 0
        self._greeted = False

    @property
    def pending(self) -> int:
        """How many actions wait for their answers."""
        return len(self._answers)

    async def ask(
        self,
        action: str,
        fields: Mapping[str, str] | None = None,
        variables: Mapping[str, str] | None = None,
        *,
        deadline: float,
    ) -> tuple[AmiEvent, ...]:
        """Send one action, once, and give its whole answer: the response, then a list's items.

        Raises UnsafeText before anything is sent, AsteriskRefused for an error
        response, and AsteriskUnavailable when the connection is or gets lost or
        ``deadline`` seconds pass; what became of the action is then unknown.
        """
        if self.ended.done():
            raise AsteriskUnavailable(f"no connection to Asterisk: {self.ended.result()}", action=action)
        if len(self._answers) >= MAX_PENDING:
            raise AsteriskUnavailable(f"{MAX_PENDING} actions wait for Asterisk already", action=action)
        action_id = next(self._ids)
        lines = ami_encode(action, fields, variables, action_id=action_id)
        pending = PendingAction(action, asyncio.get_running_loop().create_future())
        self._answers[action_id] = pending
        try:
            self._write(lines)
            async with asyncio.timeout(deadline):
                outcome = await pending.outcome
        except TimeoutError:
            raise AsteriskUnavailable(f"no answer to {action} within {deadline:g} s", action=action) from None
        finally:
            self._answers.pop(action_id, None)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def log_off(self) -> None:
        """Tell Asterisk that nothing more will come, and end without waiting for its answer."""
        if not self.ended.done():
            self._write(ami_encode("Logoff"))
            self.end("given up")

    def end(self, reason: str) -> None:
        """Give the connection up at once: fail what is pending, without waiting for the other side."""
        if self.ended.done():
            return
        self.ended.set_result(reason)
        for pending in self._answers.values():
            pending.fail(AsteriskUnavailable(f"connection to Asterisk lost: {reason}", action=pending.action))
        self._buffer.clear()
        self.transport.abort()

    def data_received(self, data: bytes) -> None:
        """Take bytes as they come; whole messages are handled at once, in order."""
        if self.ended.done():
            return
        self.heard += len(data)
        self._buffer += data
        if not self._greeted and not self._greeting():
            return
        while (end := self._buffer.find(_MESSAGE_END, self._searched)) >= 0:
            message = bytes(self._buffer[:end])
            del self._buffer[: end + len(_MESSAGE_END)]
            self._searched = 0
            if len(message) > MAX_MESSAGE:
                break
            self._handle(message)
            if self.ended.done():
                return
        else:
            self._searched = max(0, len(self._buffer) - len(_MESSAGE_END) + 1)
            if len(self._buffer) <= MAX_MESSAGE:
                return
        self.end(f"a message longer than {MAX_MESSAGE} bytes")

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio; ``exc`` is None when the other side closed."""
        self.end(f"{type(exc).__name__}: {exc}" if exc else "Asterisk closed the connection")

    def close(self) -> None:
        """Close as panoramisk's own code would, and keep nothing to send again."""
        self.end("closed")

    def _write(self, lines: list[str]) -> None:
        self.transport.write("".join(f"{line}\r\n" for line in [*lines, ""]).encode())

    def _greeting(self) -> bool:
        start = bytes(self._buffer[: len(_GREETING)])
        if start != _GREETING[: len(start)]:
            self.end("whoever answers there is no Asterisk manager")
        self._greeted = start == _GREETING
        return self._greeted

    def _handle(self, message: bytes) -> None:
        event = parse_message(message.lstrip(b"\r\n"))
        if event is None:
            return
        pending = self._answers.get(event.get("ActionID"))
        if pending is not None and pending.takes(event):
            return
        if "Event" in event.fields:
            self._on_event(event)
