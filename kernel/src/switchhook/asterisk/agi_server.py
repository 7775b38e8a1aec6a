"""Where Asterisk hands calls over: a FastAGI server that survives whoever connects."""

from __future__ import annotations

import asyncio
import ipaddress
import math
from collections.abc import Callable, Sequence
from typing import Final

import attrs
import structlog

from switchhook.clock import Clock, SystemClock
from switchhook.errors import AsteriskError, CallEnded, ConfigError

from .agi_application import AgiHandler, GuardedApplication
from .agi_connection import AgiConnection
from .agi_protocol import AgiProtocol
from .agi_request import parse_request
from .dead_man import DeadMan, LoopPulse

_log = structlog.get_logger(__name__)

#: Told of what a handler raised, other than the normal end of a call.
FaultReport = Callable[[BaseException, AgiConnection], None]

#: Seconds a cancelled handler gets to end before it is given up.
_CANCEL_SECONDS: Final = 5.0
_BACKLOG: Final = 1024
_KNOWN_PEERS: Final = 1024
_REFUSAL_LOG_SECONDS: Final = 1.0


@attrs.frozen
class AgiLimits:
    """How much anybody on the port may ask for.

    ``sessions`` calls at the same time; ``waiting`` sockets that have not yet
    introduced themselves, of which the oldest is dropped for a new one;
    ``block_bytes`` and ``block_seconds`` for that introduction;
    ``grace_seconds`` for a handler whose caller has left; ``dead_man_seconds``
    is what the dialplan gives us to think.
    """

    sessions: int = 1000
    waiting: int = 256
    block_bytes: int = 16384
    block_seconds: float = 5.0
    grace_seconds: float = 2.0
    dead_man_seconds: float = 3.0


def _log_fault(fault: BaseException, connection: AgiConnection) -> None:
    _log.error("agi.handler_failed", call=connection.request.uniqueid, exc_info=fault)


class AgiServer:
    """Listens for AGI sessions and runs ``handler`` once for each.

    A handler ends a session by returning; the socket is then closed. What it
    raises goes to ``on_fault``, except the normal end of a call, and the
    socket is closed so that the dialplan asks again. When the caller leaves,
    the handler has ``grace_seconds`` to end by itself, then it is cancelled.

    Peers must come from ``allowed_peers`` and bring ``secret`` as their first
    argument. Raises ConfigError for an empty secret or a peer that is no
    network.
    """

    def __init__(
        self,
        handler: AgiHandler,
        *,
        secret: str,
        host: str = "127.0.0.1",
        port: int = 0,
        paths: Sequence[str] = ("call",),
        allowed_peers: tuple[str, ...] = ("127.0.0.0/8", "::1/128"),
        limits: AgiLimits = AgiLimits(),
        clock: Clock = SystemClock(),  # noqa: B008 - frozen
        on_fault: FaultReport = _log_fault,
    ) -> None:
        if not secret:
            raise ConfigError("the AGI server needs a secret")
        try:
            self._allowed = tuple(ipaddress.ip_network(peer) for peer in allowed_peers)
        except ValueError as error:
            raise ConfigError(f"allowed AGI peers are networks such as 127.0.0.0/8: {error}") from None
        self._handler = handler
        self._secret = secret
        self._address = (host, port)
        self._paths = tuple(paths)
        self._limits = limits
        self._clock = clock
        self._on_fault = on_fault
        self._pulse = LoopPulse(clock)
        self._waiting: dict[AgiProtocol, None] = {}
        self._sessions: dict[asyncio.Task[None], AgiConnection] = {}
        self._open: set[AgiConnection] = set()
        self._known_peers: dict[str, bool] = {}
        self._application: GuardedApplication
        self._server: asyncio.Server | None = None
        self._refusal_logged = -math.inf
        self.refused = 0

    @property
    def port(self) -> int:
        """The port that is listened on; raises AsteriskError before the start."""
        if self._server is None:
            raise AsteriskError("the AGI server does not listen")
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    @property
    def sessions(self) -> int:
        """How many handlers are running."""
        return len(self._sessions)

    async def start(self) -> None:
        """Listen. Raises OSError when the address cannot be had, AsteriskError for a handler that is no coroutine."""
        loop = asyncio.get_running_loop()
        self._application = GuardedApplication()
        for path in self._paths:
            self._application.add_route(path, self._handler)
        host, port = self._address
        self._server = await loop.create_server(self._protocol, host, port, reuse_address=True, backlog=_BACKLOG)
        self._pulse.start()

    async def stop(self, drain: float = 0.0) -> None:
        """Take no new calls, let running handlers end within ``drain`` seconds, cancel the rest.

        Returns when all sockets are closed; a handler that ignores its
        cancellation is reported to ``on_fault`` and left behind after 5 s.
        """
        if self._server is None:
            return
        self._server.close()
        for protocol in tuple(self._waiting):
            protocol.transport.abort()
        if self._sessions and drain > 0:
            await asyncio.wait(tuple(self._sessions), timeout=drain)
        for task in self._sessions:
            task.cancel("the portal stops")
        if self._sessions:
            await asyncio.wait(tuple(self._sessions), timeout=_CANCEL_SECONDS)
        for connection in tuple(self._sessions.values()):
            self._on_fault(AsteriskError("an AGI handler ignored its cancellation"), connection)
            connection.shut()
        if self._open:
            await asyncio.wait([connection.closed for connection in self._open], timeout=_CANCEL_SECONDS)
        self._pulse.stop()
        self._server = None

    def _protocol(self) -> AgiProtocol:
        return AgiProtocol(
            self._peer_came,
            self._peer_introduced,
            self._peer_left,
            block_bytes=self._limits.block_bytes,
            block_seconds=self._limits.block_seconds,
        )

    def _peer_came(self, protocol: AgiProtocol) -> bool:
        peer = protocol.transport.get_extra_info("peername")
        if not peer or not self._is_allowed(peer[0]):
            return self._refuse("its address")
        if len(self._waiting) >= self._limits.waiting:
            oldest = next(iter(self._waiting))
            del self._waiting[oldest]
            oldest.transport.abort()
        self._waiting[protocol] = None
        return True

    def _is_allowed(self, address: str) -> bool:
        if address not in self._known_peers:
            if len(self._known_peers) >= _KNOWN_PEERS:
                self._known_peers.clear()
            self._known_peers[address] = self._is_in_networks(address)
        return self._known_peers[address]

    def _is_in_networks(self, address: str) -> bool:
        host = ipaddress.ip_address(address.partition("%")[0])
        if isinstance(host, ipaddress.IPv6Address) and host.ipv4_mapped is not None:
            host = host.ipv4_mapped
        return any(host in network for network in self._allowed)

    def _refuse(self, why: str) -> bool:
        # Whoever floods the port must not flood the log.
        self.refused += 1
        if self._clock.monotonic() - self._refusal_logged >= _REFUSAL_LOG_SECONDS:
            self._refusal_logged = self._clock.monotonic()
            _log.warning("agi.peer_refused", why=why, refused=self.refused)
        return False

    def _peer_introduced(self, protocol: AgiProtocol, block: bytes) -> AgiConnection | None:
        self._waiting.pop(protocol, None)
        if len(self._sessions) >= self._limits.sessions:
            self._refuse("too many sessions")
            return None
        try:
            request = parse_request(block, self._secret)
        except AsteriskError as error:
            self._refuse(str(error))
            return None
        endpoint = self._application.endpoint(request.path)
        if endpoint is None:
            self._refuse("an unknown route")
            return None
        dead_man = DeadMan(self._clock, self._limits.dead_man_seconds, self._pulse.earliest)
        connection = AgiConnection(self._application, request, protocol.transport, dead_man)
        self._open.add(connection)
        self._run(endpoint, connection)
        return connection

    def _peer_left(self, protocol: AgiProtocol) -> None:
        self._waiting.pop(protocol, None)
        if protocol.connection is not None:
            self._open.discard(protocol.connection)

    def _run(self, endpoint: AgiHandler, connection: AgiConnection) -> None:
        task = asyncio.create_task(_call(endpoint, connection))
        self._sessions[task] = connection
        loop = asyncio.get_running_loop()
        grace = self._limits.grace_seconds

        def begin_grace(_: object) -> None:
            if not task.done():
                loop.call_later(grace, task.cancel, "the caller is gone")

        connection.gone.add_done_callback(begin_grace)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        connection = self._sessions.pop(task)
        connection.shut()
        fault = None if task.cancelled() else task.exception()
        if fault is not None and not isinstance(fault, CallEnded):
            self._on_fault(fault, connection)


async def _call(endpoint: AgiHandler, connection: AgiConnection) -> None:
    await endpoint(connection)
