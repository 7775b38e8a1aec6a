"""The portal's standing connection to Asterisk's manager interface."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import random
import ssl
from collections.abc import Callable, Mapping
from typing import Final

import attrs

from switchhook.clock import Clock, SystemClock
from switchhook.errors import AsteriskError, AsteriskUnavailable

from .ami_account import MANAGER_READ
from .ami_errors import AsteriskLoginRefused, AsteriskRefused
from .ami_event import AmiEvent
from .ami_listener import AmiListener
from .ami_protocol import GuardedProtocol
from .ami_queue import EventQueue, Mark
from .ami_state import AmiPhase, AmiState, AmiTiming

_LOG: Final = logging.getLogger(__name__)


def _log_fault(fault: Exception) -> None:
    _LOG.error("a listener to Asterisk's events failed", exc_info=fault)


@attrs.define(eq=False)
class AmiClient:
    """Stays connected to one Asterisk, tells ``listeners`` what it says, and sends it actions.

    Listeners are told one after another, in the order of the wire, by one task:
    a fault in one goes to ``on_fault`` and disturbs neither the others nor the
    connection. When they cannot keep up with ``queue_limit`` waiting events the
    newest are dropped, counted in ``dropped_events``, and the listeners told so.
    """

    host: str
    port: int
    user: str
    secret: str = attrs.field(repr=False)
    listeners: tuple[AmiListener, ...] = ()
    tls: ssl.SSLContext | None = None
    timing: AmiTiming = attrs.field(factory=AmiTiming)
    queue_limit: int = 10_000
    clock: Clock = attrs.field(factory=SystemClock)
    chance: Callable[[], float] = random.random
    on_fault: Callable[[Exception], None] = _log_fault
    _state: AmiState = attrs.field(init=False)
    _protocol: GuardedProtocol | None = attrs.field(default=None, init=False)
    _events: EventQueue = attrs.field(init=False)
    _ready: asyncio.Event = attrs.field(factory=asyncio.Event, init=False)
    _stopping: asyncio.Event = attrs.field(factory=asyncio.Event, init=False)

    def __attrs_post_init__(self) -> None:
        self._state = AmiState("connecting", "not connected yet", self.clock.now())
        self._events = EventQueue(self.queue_limit)

    @property
    def state(self) -> AmiState:
        """Whether Asterisk can be reached now."""
        return self._state

    @property
    def dropped_events(self) -> int:
        """Events lost since the start because the listeners were too slow."""
        return self._events.dropped

    async def run(self) -> None:
        """Connect, and connect again after each loss, until :meth:`stop` or cancellation.

        Nothing is sent again after a loss. Refused logins are tried again too,
        at the same growing distances, since an operator may mend them.
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                work = [tasks.create_task(self._stay_connected()), tasks.create_task(self._tell_all())]
                await self._stopping.wait()
                for task in work:
                    task.cancel()
        finally:
            self._now("stopped", "the portal stopped")

    def stop(self) -> None:
        """Let :meth:`run` return at once, also while it waits to connect; pending actions fail."""
        self._stopping.set()

    async def ready(self, deadline: float) -> None:
        """Wait until Asterisk is connected and fully booted; AsteriskUnavailable, with the reason, after ``deadline``."""
        try:
            async with asyncio.timeout(deadline):
                await self._ready.wait()
        except TimeoutError:
            raise AsteriskUnavailable(f"no connection to Asterisk: {self._state.reason}") from None

    async def action(
        self,
        name: str,
        fields: Mapping[str, str] | None = None,
        variables: Mapping[str, str] | None = None,
        *,
        deadline: float = 5.0,
    ) -> tuple[AmiEvent, ...]:
        """Send one action, once, and give its whole answer: the response, then a list's items.

        Raises AsteriskUnavailable at once when not connected, or when the
        connection is lost or ``deadline`` seconds pass before the answer (the
        action may or may not have been carried out); AsteriskRefused when
        Asterisk says no; UnsafeText, before anything is sent, for what
        ``ami_encode`` does not let through.
        """
        if self._protocol is None:
            raise AsteriskUnavailable(f"no connection to Asterisk: {self._state.reason}", action=name)
        return await self._protocol.ask(name, fields, variables, deadline=deadline)

    def drop(self, reason: str) -> None:
        """Give the present connection up, for instance because its state cannot be trusted, and make a new one."""
        if self._protocol is not None:
            self._protocol.end(reason)

    async def _stay_connected(self) -> None:
        attempt = 0
        while True:
            try:
                reason = await self._connection()
            except AsteriskLoginRefused as refusal:
                if self._now("refused", str(refusal)):
                    self._events.mark(Mark("refused", str(refusal)))
            except (OSError, AsteriskError) as fault:
                self._now("lost", str(fault) or type(fault).__name__)
            else:
                attempt = 0
                self._now("lost", reason)
                self._events.mark(Mark("lost", reason))
            await asyncio.sleep(self.timing.backoff(attempt, self.chance()))
            attempt += 1

    async def _connection(self) -> str:
        """Make one connection and watch over it; give the reason for its end."""
        booted: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        def receive(event: AmiEvent) -> None:
            if event.name == "FullyBooted" and not booted.done():
                booted.set_result(event.get("Uptime"))
            self._events.put(event)

        protocol = await self._open(receive)
        try:
            await self._log_in(protocol)
            await self._booted(protocol, booted)
            self._protocol = protocol
            self._now("connected", "")
            self._events.mark(Mark("connected"))
            await self._watch(protocol)
            return protocol.ended.result()
        finally:
            self._protocol = None
            self._ready.clear()
            protocol.log_off()

    async def _open(self, receive: Callable[[AmiEvent], None]) -> GuardedProtocol:
        async with asyncio.timeout(self.timing.connect):
            _, protocol = await asyncio.get_running_loop().create_connection(
                lambda: GuardedProtocol(receive), self.host, self.port, ssl=self.tls
            )
        return protocol

    async def _log_in(self, protocol: GuardedProtocol) -> None:
        # Whoever listens there while Asterisk is down must not learn the secret: so it is never sent, not even when
        # no challenge is offered. Asterisk always offers one.
        try:
            (challenge,) = await protocol.ask("Challenge", {"AuthType": "MD5"}, deadline=self.timing.login)
            key = hashlib.md5((challenge["Challenge"] + self.secret).encode(), usedforsecurity=False).hexdigest()
            login = {"AuthType": "MD5", "Username": self.user, "Key": key, "Events": MANAGER_READ}
            await protocol.ask("Login", login, deadline=self.timing.login)
        except AsteriskRefused as refusal:
            action, said = refusal.data["action"], refusal.data["answer"]
            raise AsteriskLoginRefused(
                f"Asterisk refused the manager account {self.user!r}: {said}", action=action, answer=said
            ) from None

    async def _booted(self, protocol: GuardedProtocol, booted: asyncio.Future[str]) -> None:
        await asyncio.wait({booted, protocol.ended}, timeout=self.timing.boot, return_when=asyncio.FIRST_COMPLETED)
        if protocol.ended.done():
            raise AsteriskUnavailable(protocol.ended.result())
        if not booted.done():
            raise AsteriskUnavailable(
                f"Asterisk did not say within {self.timing.boot:g} s that it is fully booted"
                f" (the manager account needs read={MANAGER_READ})"
            )

    async def _watch(self, protocol: GuardedProtocol) -> None:
        misses = 0
        sweep_at = self.clock.monotonic() + self.timing.sweep_every
        while not protocol.ended.done():
            if not misses:
                await asyncio.wait({protocol.ended}, timeout=self.timing.ping_every)
            misses = 0 if await self._alive(protocol) else misses + 1
            if misses >= self.timing.ping_misses:
                protocol.end(f"no sign of life for {misses} pings")
            if self.clock.monotonic() >= sweep_at:
                sweep_at += self.timing.sweep_every
                self._events.mark(Mark("sweep"))

    async def _alive(self, protocol: GuardedProtocol) -> bool:
        # A flood of events may stand before the pong: whatever arrives is a sign of life.
        heard = protocol.heard
        try:
            await protocol.ask("Ping", deadline=self.timing.ping_deadline)
        except AsteriskUnavailable:
            return protocol.heard > heard
        return True

    def _now(self, phase: AmiPhase, reason: str) -> bool:
        changed = (phase, reason) != (self._state.phase, self._state.reason)
        if changed:
            self._state = AmiState(phase, reason, self.clock.now())
        if phase == "connected":
            self._ready.set()
        return changed

    async def _tell_all(self) -> None:
        told = 0
        while True:
            item = await self._events.get()
            for listener in self.listeners:
                await self._tell(listener, item)
            told += 1
            if told % 100 == 0:
                # A full queue never waits by itself; calls in progress must get their turn.
                await asyncio.sleep(0)

    async def _tell(self, listener: AmiListener, item: AmiEvent | Mark) -> None:
        try:
            if isinstance(item, AmiEvent):
                listener.received(item)
                return
            async with asyncio.timeout(self.timing.listener):
                await listener.marked(self, item)
        except Exception as fault:
            # One listener's fault is recorded; it is never the loss of the others or of the connection.
            self.on_fault(fault)
