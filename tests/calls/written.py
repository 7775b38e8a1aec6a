"""Calls through what no chance gets far in: recordings, dialogues behind a PIN, and the time of day."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import attrs
import strategies
import yaml
from lab import TENANT, Lab
from phones import Phones
from trials import Published, Unwatched

from switchhook.calls.call import Call, Caller
from switchhook.calls.course import Course
from switchhook.clock import SystemClock
from switchhook.flows.document import read_flow
from switchhook.flows.flow import LiveFlow
from switchhook.flows.interpreter import Interpreter
from switchhook.portal.plugging import plug_in
from switchhook.resources.resource import Resource
from switchhook.simulator.script import Script, read_script
from switchhook.store.engine import Store
from switchhook.testing import PromptShelf
from switchhook_announcements.access import AnnouncementAccess
from switchhook_announcements.announcement import Announcement
from switchhook_callthrough.account import AllowedCaller, CallthroughAccount
from switchhook_conference.room import ConferenceRoom
from switchhook_hours.calendar import Calendar, Weekly
from switchhook_hours.switch import State, Switch
from switchhook_lists.caller_list import CallerList
from switchhook_mailbox.box import Mailbox
from switchhook_mailbox.messages import Rows

from .acting import Act, act_out, rehearsed
from .flows import point

T = TypeVar("T")
PIN: Final = "280791"
TIMES, LEAVES, HEARS, RECORDS, MEETS, AGREES, DIALS = (f"+492215580{n}" for n in range(7))


def _flow(name: str, *points: str) -> str:
    return f"flow: {name}\nlabel: {name}\nlanguage: en\nstart: start\npoints:\n{''.join(points)}"


FLOWS: Final = {
    TIMES: _flow(
        "times",
        point("caller-list", "lists: [{list: spam}]", "deny: hang-up, no_match: open, anonymous: hang-up"),
        point("hours", "calendar: always", "open: change, closed: hang-up, holiday: hang-up", "open"),
        point(
            "change-routing",
            "switch: door, wait: 6",
            "changed: by, cancelled: hang-up, denied: hang-up",
            "change",
        ),
        point("switch", "switch: door", "'state:normal': hang-up, 'state:closed': back", "by"),
        point("set-switch", "switch: door", "usual: spoken, overridden: hang-up", "back"),
        point("speak-hours", "calendar: always", "next: hang-up", "spoken"),
    ),
    LEAVES: _flow(
        "leaves",
        point("say", "text: 'You call {number}'", "next: leave, failed: hang-up"),
        point("mailbox", "mailbox: front", "recorded: hang-up, empty: hang-up, full: hang-up", "leave"),
    ),
    AGREES: _flow(
        "agrees",
        point("recording", "retention: years", "on: no, refused: hang-up, failed: hang-up"),
        point("recording", "retention: years", "on: stays, refused: stays, failed: hang-up", "no"),
        point(
            "recording",
            "retention: years, consent: announce_and_stay",
            "on: hang-up, refused: hang-up, failed: hang-up",
            "stays",
        ),
    ),
    HEARS: _flow("hears", point("mailbox-access", "mailbox: front", "done: hang-up, refused: hang-up")),
    MEETS: _flow("meets", point("conference", "tries: 2", "left: hang-up, denied: hang-up, full: hang-up")),
    DIALS: _flow("dials", point("callthrough", "accounts: [kim]", "ended: hang-up, denied: hang-up, failed: hang-up")),
    RECORDS: _flow("records", point("record-announcement", "access: night", "saved: hang-up, cancelled: hang-up")),
}
SCRIPTS: Final = {
    TIMES: f"1#,{PIN}#,2,1",
    LEAVES: "wait,say:1.5#",
    DIALS: f"1#,{PIN}#,0900123#,12#,00431234567#",
    MEETS: f"4711#,{PIN}#,#",
    RECORDS: f"{PIN}#,say:1.5#,1,2",
    AGREES: "wait,1,2",
    HEARS: f"{PIN}#,wait,wait,7",  # what is pressed in what comes before is pressed in one moment, and in none for sure
}
PROMPTS: Final = (
    *("switch/pin", "switch/wrong-pin", "switch/now", "switch/press", "switch/confirm", "switch/changed", "clock/from"),
    *(f"stock/{name}" for name in ("beep", "mailbox-greeting", "mailbox-pin", "mailbox-you-have", "mailbox-new")),
    *(f"stock/{name}" for name in ("mailbox-menu", "mailbox-deleted", "mailbox-last", "goodbye")),
    *(f"stock/conference-{name}" for name in ("enter", "pin")),
    *(f"stock/{name}" for name in ("dial-tone", "callthrough-pin", "callthrough-refused")),
    *(f"stock/announcement-{name}" for name in ("pin", "record", "review", "saved")),
    *("stock/record-ask", "stock/record-announce"),
)
"""What is heard beside that; whatever else there would be is missing here and there alike."""
SHELF: Final = PromptShelf({**strategies.PROMPTS, **dict.fromkeys(PROMPTS, 0.3)})


def _noon() -> str:
    """A time zone in which it is about noon, so that no day ends between two looks at the clock."""
    return f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"


KEPT: Final[Mapping[str, Resource]] = {
    "always": Calendar(
        name="Always", region="", zone=_noon(), weekly=(Weekly(days="daily", start="00:00", end="24:00"),)
    ),
    "door": Switch(name="Door", pin=PIN, states=(State(name="normal", prompt="tone/a"), State(name="closed"))),
    "4711": ConferenceRoom(name="Board", moderator_pin=PIN, ends=True),
    "kim": CallthroughAccount(
        name="Kim", active=True, until="2099-12-31", pin=PIN, callers=(AllowedCaller(number="+4930123499"),)
    ),
    "spam": CallerList(name="Spam"),
    "front": Mailbox(name="Front", pin=PIN),
    "closed": Announcement(name="Closed", language="en"),
    "night": AnnouncementAccess(name="Night", pin=PIN, announcements=("closed",)),
}


def kinds() -> set[str]:
    """The kinds of modules these calls go through."""
    return {point["module"] for text in FLOWS.values() for point in yaml.safe_load(text)["points"].values()}


async def made(lab: Lab, phones: Phones, now: datetime) -> list[tuple[Act, Course]]:
    """Make all of them, each with what is expected of it."""

    async def one(number: str) -> tuple[Act, Course]:
        act = await _act(lab, number, now)
        return act, await act_out(lab, phones, act)

    async def two() -> list[tuple[Act, Course]]:
        left = await one(LEAVES)
        await lab.until(lambda: _messages(lab.store), "the message that was left", 40)
        return [left, await _heard(lab, phones)]

    *others, rest = await asyncio.gather(one(TIMES), one(RECORDS), one(MEETS), one(AGREES), one(DIALS), two())
    return [*others, *rest]


async def _heard(lab: Lab, phones: Phones) -> tuple[Act, Course]:
    act = await _act(lab, HEARS, datetime.now(UTC))
    return act, await act_out(lab, phones, act)


async def _act(lab: Lab, number: str, now: datetime) -> Act:
    plugged = await plug_in(SystemClock(), _fail)
    flow = read_flow(FLOWS[number], plugged.modules)
    return await rehearsed(
        Call("trial", TENANT, number, Caller("+4930123499", presentation="shown"), now, language="en"),
        LiveFlow(f"{flow.id}.1", 1, TENANT, flow),
        Script(read_script(SCRIPTS[number])),
        interpreter=Interpreter(Published({flow.id: flow}), Unwatched()),
        prompts=SHELF,
        shelf=_Shelf(),
        plugins=plugged.objects,
        books=_Looked(lab.store),
    )


async def _messages(store: Store) -> bool:
    async with store.read() as conn:
        return bool((await Rows(conn, TENANT).page("front")).messages)


def _fail(fault: object) -> None:
    raise AssertionError(fault)


@attrs.frozen
class _Shelf:
    async def find(self, tenant: str, kind: type[T], id: str) -> T:  # noqa: A002
        found = KEPT[id]
        assert isinstance(found, kind)
        return found


class _Back(Exception):
    """What was done is to be as if it had not been."""


@attrs.frozen
class _Looked:
    """Books that are there as before after each look: the real call comes later."""

    store: Store

    async def work(self, work: Callable[[Any], Awaitable[T]], otherwise: T) -> T:
        found = otherwise
        try:
            async with self.store.write() as conn:
                found = await work(conn)
                raise _Back
        except _Back:
            return found

    async def look(self, look: Callable[[Any], Awaitable[T]], otherwise: T) -> T:
        async with self.store.read() as conn:
            return await look(conn)
