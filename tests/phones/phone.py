"""Phones for tests: they register, call, ring, answer, press keys, say tones and recognise the tones they hear.

A :class:`~phones.exchange.Desk` is the process they live in (one for all tests);
:class:`Phones` is one test's connection to it. Every wait has a deadline in seconds and raises :class:`PhoneError`
when it passes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Literal

import attrs

from .exchange import Desk, Line, PhoneError
from .phone_call import PhoneCall

KeyMode = Literal["rfc4733", "info"]


@attrs.frozen
class Identity:
    """Who a phone says it is: user part and domain of its address, display name, how it sends keys."""

    user: str
    domain: str
    name: str
    keys: KeyMode
    password: str = ""
    registers: bool = False


class Phone:
    """A phone, registered or not. Calls that come in wait in a queue until :meth:`incoming` takes them."""

    def __init__(self, phones: Phones, identity: Identity) -> None:
        self._phones = phones
        #: Who it says it is.
        self.identity = identity
        self._arrived: asyncio.Queue[PhoneCall] = asyncio.Queue()
        #: Every call this phone made or received, oldest first.
        self.calls: list[PhoneCall] = []

    async def call(self, uri: str, headers: Mapping[str, str] | None = None) -> PhoneCall:
        """Dial ``uri`` (``sip:123@127.0.0.1:5080``) with extra INVITE headers; returns at once, see ``answered``."""
        return await self._phones.dial(self, uri, headers or {})

    async def incoming(self, deadline: float = 10) -> PhoneCall:
        """The next call that came in (it is ringing). Raises PhoneError if none comes in time."""
        try:
            return await asyncio.wait_for(self._arrived.get(), deadline)
        except TimeoutError:
            raise PhoneError(f"the phone did not ring within {deadline:g} s") from None

    async def answers(self, after: float = 0, say: bytes | int | None = None, deadline: float = 10) -> PhoneCall:
        """Wait for the next call, let it ring ``after`` seconds, answer it and speak ``say``; returns the call.

        ``say`` is PCM, or the frequency of a tone that sounds until the end.
        """
        call = await self.incoming(deadline)
        await call.listen(after)
        await call.answer(say)
        return call

    async def rejects(self, deadline: float = 10) -> PhoneCall:
        """Wait for the next call and refuse it with 486; other refusals are a Carrier's."""
        call = await self.incoming(deadline)
        await call.reject()
        return call

    def arrive(self, call: PhoneCall) -> None:
        """For :class:`Phones`: a call has come in."""
        self._arrived.put_nowait(call)


class Phones:
    """One test's phones at a desk. Use as ``async with Phones(desk) as phones``; at the end all its calls are over."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._changed = asyncio.Condition()
        self._phones: dict[int, Phone] = {}
        self._calls: dict[int, PhoneCall] = {}
        self._early: dict[int, list[Mapping[str, Any]]] = {}
        self._wakers: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Phones:
        self._line = await Line.to(self.desk, self._hear)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._line.close()
        await asyncio.gather(*self._wakers)

    async def register(
        self,
        user: str,
        password: str,
        registrar: str,
        *,
        name: str = "",
        keys: KeyMode = "rfc4733",
        deadline: float = 5,
    ) -> Phone:
        """A phone registered as ``user`` at ``registrar`` (``host:port``). Raises PhoneError when refused."""
        handle = await self._make(Identity(user, registrar, name, keys, password, registers=True))
        await self._line.ask("register", deadline + 1, phone=handle, timeout=deadline)
        return self._phones[handle]

    async def outside(self, number: str, *, name: str = "", keys: KeyMode = "rfc4733", domain: str = "") -> Phone:
        """A phone that registers nowhere: a caller who comes in over the trunk with ``number`` in its From header.

        It can also be called: ``sip:NUMBER@`` :attr:`where`.
        """
        handle = await self._make(Identity(number, domain or self.where, name, keys))
        return self._phones[handle]

    async def call(
        self,
        uri: str,
        *,
        number: str = "anonymous",
        name: str = "",
        headers: Mapping[str, str] | None = None,
        keys: KeyMode = "rfc4733",
    ) -> PhoneCall:
        """Call ``uri`` from outside as ``number`` with display ``name``: :meth:`outside` and ``Phone.call`` in one.

        ``headers`` go into the INVITE, such as P-Asserted-Identity, Privacy or Diversion.
        """
        phone = await self.outside(number, name=name, keys=keys)
        return await phone.call(uri, headers)

    @property
    def where(self) -> str:
        """``host:port`` all phones send from and listen on: what a trunk has to be identified by."""
        return self.desk.where

    async def dial(self, phone: Phone, uri: str, headers: Mapping[str, str]) -> PhoneCall:
        """For :class:`Phone`: make a call."""
        handle = next(handle for handle, one in self._phones.items() if one is phone)
        number = await self._line.ask("dial", phone=handle, uri=uri, headers=dict(headers))
        return self.adopt(phone, number, uri, {})

    async def _make(self, identity: Identity) -> int:
        handle: int = await self._line.ask("phone", **attrs.asdict(identity))
        self._phones[handle] = Phone(self, identity)
        return handle

    def adopt(self, phone: Phone, number: int, peer: str, headers: Mapping[str, str]) -> PhoneCall:
        """For :class:`Phone`: begin to follow a call."""
        call = PhoneCall(self._line, number, peer, headers, self._changed)
        self._calls[number] = call
        phone.calls.append(call)
        for event in self._early.pop(number, []):
            call.take(event)
        return call

    def _hear(self, event: Mapping[str, Any]) -> None:
        if event["event"] == "incoming":
            phone = self._phones[event["phone"]]
            phone.arrive(self.adopt(phone, event["call"], event["peer"], event["headers"]))
        elif event["call"] in self._calls:
            self._calls[event["call"]].take(event)
        else:  # the answer to "dial" is still on its way
            self._early.setdefault(event["call"], []).append(event)
        task = asyncio.get_running_loop().create_task(self._wake())
        self._wakers.add(task)
        task.add_done_callback(self._wakers.discard)

    async def _wake(self) -> None:
        async with self._changed:
            self._changed.notify_all()
