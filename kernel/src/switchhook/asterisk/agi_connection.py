"""One AGI session: a call, for as long as Asterisk leaves it to us."""

from __future__ import annotations

import asyncio
from typing import Final

import structlog
from panoramisk import fast_agi

from switchhook.errors import AsteriskError, CallEnded, CallTaken, SwitchhookError

from .agi_reply import AgiReply, ReplyReader
from .agi_request import AgiRequest
from .dead_man import DeadMan
from .quoting import agi_encode

_log = structlog.get_logger(__name__)

#: Seconds to wait for a closed socket to be gone before it is torn down.
_CLOSE_SECONDS: Final = 1.0
#: Seconds in which Asterisk says HANGUP after a subroutine that did not return.
_FAREWELL_SECONDS: Final = 1.0
#: Seconds in which Asterisk must say that it tries a subroutine. If it does not, it has half a line at most, and
#: until the socket is closed it waits for the rest with a whole core and without looking at its timer.
_TRYING_SECONDS: Final = 1.0
#: Seconds more for what has arrived already and is not read yet, because the loop itself was late.
_UNREAD_SECONDS: Final = 0.05


class AgiConnection(fast_agi.Request):  # type: ignore[misc] # panoramisk 1.4 has no types
    """Sends commands for one call and learns at once when the call is over.

    ``gone`` is done as soon as nothing more can be done with the call; its
    result is the reason: CallEnded, CallTaken, or AsteriskError for a stream
    that can no longer be trusted. After that every command raises the reason.
    A CallEnded with ``unsaid`` in its data is a guess: Asterisk crashed, or the
    network broke, and the caller may be asked for again.
    """

    def __init__(
        self,
        app: fast_agi.Application,
        request: AgiRequest,
        transport: asyncio.Transport,
        dead_man: DeadMan,
    ) -> None:
        super().__init__(app=app, headers={}, reader=None, writer=transport)
        self.request = request
        self._loop = asyncio.get_running_loop()
        self.gone: asyncio.Future[SwitchhookError] = self._loop.create_future()
        #: Done once the socket is closed.
        self.closed: asyncio.Future[None] = self._loop.create_future()
        self._transport = transport
        self._dead_man = dead_man
        self._reader = ReplyReader()
        self._waiter: asyncio.Future[AgiReply] | None = None
        self._words: tuple[str, ...] = ()
        self._pauses = False
        self._due = self._due_at_last = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._abort: asyncio.TimerHandle | None = None
        self._held: AgiReply | None = None

    async def command(self, *words: str, deadline: float) -> AgiReply:
        """Send one command and give its reply, which must come within ``deadline`` seconds.

        A command and its arguments are separate words and never parsed again.

        Raises UnsafeText before anything is sent; CallEnded when the caller is
        gone; CallTaken when Asterisk took the call back, in which case nothing
        is sent; AsteriskError when the command is unknown or wrong (the
        session goes on), and when another one is in flight, for two commands
        in one segment stall Asterisk. Without a reply in time, when a
        subroutine is not begun within a second, or when cancelled, the
        connection is broken and closed.
        """
        line = agi_encode(*words)
        if self._waiter is not None:
            raise AsteriskError("an AGI command is still in flight", command=words[:2])
        if not self.gone.done() and self._dead_man.expired():
            self._end(self._farewell())
        if self.gone.done():
            await asyncio.sleep(0)  # whoever asks again and again gets nowhere, but must not keep others from running
            self._raise_reason()
        return await self._exchange(words, line, deadline)

    def arm(self, seconds: float) -> None:
        """Note that the dead-man timer was just set to ``seconds``, until the next subroutine ends."""
        self._dead_man.arm(seconds)

    def shut(self) -> None:
        """Begin to close the socket; within a second it is gone, whatever the peer does. Twice does no harm."""
        self._transport.close()
        if self._abort is None and not self.closed.done():
            self._abort = self._loop.call_later(_CLOSE_SECONDS, self._transport.abort)

    async def close(self) -> None:
        """Close the socket and wait until it is gone, about a second at most. Closing twice does no harm."""
        self.shut()
        await asyncio.wait([self.closed], timeout=2 * _CLOSE_SECONDS)

    async def send_command(self, command: str) -> None:
        """Not a way in: panoramisk's raw line, which any argument can turn into two commands: raises AsteriskError."""
        raise AsteriskError("AGI commands go through command(), word by word")

    def line_received(self, line: str) -> None:
        """Take a line from the protocol; whatever comes after the end is of no interest."""
        if self.gone.done():
            return
        try:
            heard = self._reader.feed(line)
        except AsteriskError as error:
            self._end(error)
            return
        if heard == "more":
            self._due = self._due_at_last
        elif heard == "hangup":
            self._end(self._farewell())
        elif heard == "usage":
            self._usage_received()
        elif isinstance(heard, AgiReply):
            self._reply_received(heard)

    def line_too_long(self) -> None:
        """Take note from the protocol that the peer sends without end."""
        self._end(AsteriskError("an AGI reply without end"))

    def eof_received(self) -> None:
        """Take note from the protocol that the peer will say nothing more."""
        self._end(self._farewell(unsaid=True))

    def connection_lost(self) -> None:
        """Take note from the protocol that the socket is closed."""
        self._end(self._farewell(unsaid=True))
        for timer in (self._timer, self._abort):
            if timer is not None:
                timer.cancel()
        if not self.closed.done():
            self.closed.set_result(None)

    async def _exchange(self, words: tuple[str, ...], line: bytes, deadline: float) -> AgiReply:
        waiter: asyncio.Future[AgiReply] = self._loop.create_future()
        self._waiter = waiter
        self._words = words
        self._pauses = words[0] in ("GOSUB", "gosub")
        if self._pauses:
            self._dead_man.pause()
        self._transport.write(line)
        now = self._loop.time()
        self._due_at_last = now + deadline
        self._expect_until(now + min(deadline, _TRYING_SECONDS) if self._pauses else self._due_at_last)
        try:
            reply = await waiter
        except asyncio.CancelledError:
            self._end(AsteriskError("an AGI command was abandoned", command=words[:2]))
            raise
        finally:
            self._waiter = self._held = None
        if self.gone.done() and isinstance(self.gone.result(), AsteriskError):
            self._raise_reason()
        if self._pauses and reply.data.endswith("(abnormal exit)"):
            await self._await_farewell()
        return reply

    async def _await_farewell(self) -> None:
        # A subroutine that did not return: the channel was hung up in it, and its result is not this one's.
        await asyncio.wait([self.gone], timeout=_FAREWELL_SECONDS)
        self._end(AsteriskError("a subroutine did not come back", command=self._words[:3]))
        self._raise_reason()

    def _raise_reason(self) -> None:
        if self.gone.done():
            reason = self.gone.result()
            raise type(reason)(str(reason), **reason.data) from None

    def _expect_until(self, due: float) -> None:
        # One timer looks after many commands: making one for each costs as much as parsing the reply.
        self._due = due
        if self._timer is not None and self._timer.when() > due:
            self._timer.cancel()
            self._timer = None
        if self._timer is None:
            self._timer = self._loop.call_at(due, self._look_at_clock)

    def _look_at_clock(self) -> None:
        self._timer = None
        if self._waiter is None:
            return
        if self._loop.time() < self._due:
            self._expect_until(self._due)
        else:
            self._timer = self._loop.call_later(_UNREAD_SECONDS, self._give_up, self._waiter)

    def _give_up(self, waiter: asyncio.Future[AgiReply]) -> None:
        self._timer = None
        if self._waiter is waiter and self._loop.time() >= self._due:
            self._end(AsteriskError("no reply to an AGI command in time", command=self._words[:2]))
        elif self._waiter is not None:
            self._expect_until(self._due)

    def _farewell(self, *, unsaid: bool = False) -> SwitchhookError:
        if self._dead_man.expired():
            return CallTaken("Asterisk took the call back", call=self.request.uniqueid)
        if unsaid:  # Asterisk says HANGUP to whoever it hangs up on
            return CallEnded("the connection to Asterisk broke", call=self.request.uniqueid, unsaid=True)
        return CallEnded("the caller is gone", call=self.request.uniqueid)

    def _usage_received(self) -> None:
        if self._held is not None and self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(self._held)
        elif self._waiter is not None and not self._waiter.done():
            self._fail(AsteriskError("an AGI command was used wrongly", command=self._words[:2]))
        else:
            _log.warning("agi.stray_usage", call=self.request.uniqueid, command=self._words[:2])

    def _reply_received(self, reply: AgiReply) -> None:
        if reply.hung_up:
            self._end(self._farewell())
        elif self._waiter is None or self._waiter.done() or self._held is not None:
            self._end(AsteriskError("a reply that nobody asked for", call=self.request.uniqueid))
        elif reply.code != 200:
            self._fail(AsteriskError(f"Asterisk answers {reply.code} {reply.data}", command=self._words[:2]))
        elif reply.result == "1" and self._words[0] in ("EXEC", "exec"):
            # An application that returns 1 is answered twice: its result, then a usage text (handle_exec).
            self._held = reply
        else:
            self._note_timer(reply)
            self._waiter.set_result(reply)

    def _note_timer(self, reply: AgiReply) -> None:
        if self._pauses and reply.result == "0":
            self._dead_man.resume()
        elif self._pauses:
            self._dead_man.unpause()

    def _fail(self, error: SwitchhookError) -> None:
        if self._pauses:
            # The subroutine never began, so the timer was never off.
            self._dead_man.unpause()
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(error)

    def _end(self, reason: SwitchhookError) -> None:
        if self.gone.done():
            return
        self.gone.set_result(reason)
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(type(reason)(str(reason), **reason.data))
        if isinstance(reason, AsteriskError):
            self.shut()
