"""Which calls the last weeks had: who called when, and what they did. The same seed gives the same weeks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

import attrs

from .callers import PastCaller, callers

HOTLINE: Final = "+4922199990"
MESSAGES: Final = "+4922199991"
CONFERENCE: Final = "+4922199992"
FRONT: Final = "+4922199993"
RECORDED: Final = "+4922199994"
CALLTHROUGH: Final = "+4922199995"
ACCOUNT: Final = "4711#,280791#"
PIN: Final = "2807"
ANNA_S_PHONE: Final = PastCaller("102", "Anna")
ANNA_S_MOBILE: Final = PastCaller("+491713920017", "Anna")
DAYS: Final = 28
_ZONE: Final = ZoneInfo("Europe/Berlin")
_PEOPLE: Final = 70
_HOURS: Final = (1, 0, 0, 0, 0, 0, 1, 4, 14, 20, 22, 18, 10, 14, 18, 16, 12, 8, 5, 3, 2, 2, 1, 1)
"""How busy each hour of a day is."""
_SPEAKING: Final = (7, 18, 19, 21)
"""Hours at which the office is shut, and callers leave messages rather than hang up."""
_HEARD: Final = ",".join(["wait,wait,3"] * 8)
"""Each message to its end, and on to the next."""


@attrs.frozen
class PastCall:
    """One call: ``keys`` and ``legs`` are those of a simulated one, ``says`` which message is left if any."""

    arrived: datetime
    number: str
    caller: PastCaller
    keys: str
    legs: str = ""
    says: int | None = None
    aftermath: bool = False
    """Whether the portal has something to do about it at once."""


def past_calls(until: datetime, days: int = DAYS, seed: int = 5) -> list[PastCall]:
    """The calls of the days before a moment, in order."""
    random = Random(seed)  # noqa: S311 - no secret, and the same each time
    people = callers(random, _PEOPLE)
    today = until.astimezone(_ZONE).date()
    dates = [today - timedelta(days=back) for back in range(days, -1, -1)]
    local = [call for day in dates for call in _of_day(random, people, day, (today - day).days)]
    found = [attrs.evolve(call, arrived=call.arrived.astimezone(UTC)) for call in local]
    return sorted((call for call in found if call.arrived < until), key=lambda call: call.arrived)


def _of_day(random: Random, people: tuple[PastCaller, ...], day: date, back: int) -> Iterator[PastCall]:
    for _ in range(random.randint(12, 19) if day.weekday() < 5 else random.randint(2, 6)):
        caller = people[min(int(random.expovariate(1 / 14)), len(people) - 1)]
        yield _call(random, _moment(random, day), caller)
    yield from _messages(random, people, day, back)
    yield from _at_the_desk(random, people, day, back)
    yield from _on_the_road(random, people, day)
    if day.weekday() == 1:
        yield from _meeting(random, people, day)


def _messages(random: Random, people: tuple[PastCaller, ...], day: date, back: int) -> Iterator[PastCall]:
    """Messages are left, Anna hears them all but the last, and somebody tries PINs until they are locked."""
    if back % 2 == 0:
        at = datetime.combine(day, time(random.choice(_SPEAKING), random.randrange(60), random.randrange(60)), _ZONE)
        yield PastCall(at, HOTLINE, random.choice(people), "4,wait", "no_answer", random.randrange(5), aftermath=True)
    if back > 2 and day.weekday() in (0, 3):
        at = datetime.combine(day, time(8, 20), _ZONE)
        yield PastCall(at, MESSAGES, ANNA_S_PHONE, f"{PIN}#,{_HEARD},hangup", aftermath=True)
    if back in (1, 12):
        at = datetime.combine(day, time(23, 12), _ZONE)
        for minutes in range(4):
            wrong = ",".join(f"{random.randrange(10000, 99999)}#" for _ in range(3))
            yield PastCall(at + timedelta(minutes=minutes), MESSAGES, people[8], wrong, aftermath=True)


def _at_the_desk(random: Random, people: tuple[PastCaller, ...], day: date, back: int) -> Iterator[PastCall]:
    """Anna puts some on lists, who call again, and takes orders that are recorded unless the caller refuses."""
    for who, caller in enumerate((people[8], people[4], people[23], people[1])):
        if (back + 3 * who) % 6 == 0:
            key = "*5" if caller == people[1] else "*4"
            legs = f"answered:45@anna/20:{key}" if back > 22 or back == 12 else "answered:130@anna"
            yield PastCall(_at_work(random, day), FRONT, caller, "", legs, aftermath=True)
    if day.weekday() < 5 and back % 3 == 1:
        key = "2" if back % 4 == 0 else "1"
        at, says = _at_work(random, day), random.randrange(5)
        yield PastCall(at, RECORDED, random.choice(people), key, "answered@anna", says, aftermath=True)


def _on_the_road(random: Random, people: tuple[PastCaller, ...], day: date) -> Iterator[PastCall]:
    """Anna calls customers by the house's line, some of whom are busy."""
    shown = [one for one in people if one.number.startswith("+49") and not one.suppressed]
    for _ in range(random.randint(0, 2)):
        customer = random.choice(shown)
        leg = random.choice(("busy", *(f"answered:{random.randrange(40, 400)}" for _ in range(5))))
        keys = f"{ACCOUNT},{customer.number.replace('+49', '0')}#"
        yield PastCall(_at_work(random, day), CALLTHROUGH, ANNA_S_MOBILE, keys, leg)


def _at_work(random: Random, day: date) -> datetime:
    return datetime.combine(day, time(random.randrange(9, 17), random.randrange(60), random.randrange(60)), _ZONE)


def _meeting(random: Random, people: tuple[PastCaller, ...], day: date) -> Iterator[PastCall]:
    """A conference on a Tuesday: the moderator comes last, and one has the PIN wrong at first."""
    at, lasts = datetime.combine(day, time(10, 0, 20), _ZONE), random.randrange(1200, 2400)
    for late, pin in ((0, "2580"), (35, "2508#,2580"), (70, "2580"), (95, "9173")):
        caller = ANNA_S_PHONE if pin == "9173" else random.choice(people)
        keys = f"{pin}#,say:{lasts - late},{'0' if pin == '9173' else '#'}"
        yield PastCall(at + timedelta(seconds=late), CONFERENCE, caller, keys)


def _moment(random: Random, day: date) -> datetime:
    (hour,) = random.choices(range(24), _HOURS)
    at = datetime.combine(day, time(hour, random.randrange(60), random.randrange(60)), _ZONE)
    return at + timedelta(milliseconds=random.randrange(1000))


def _call(random: Random, at: datetime, caller: PastCaller) -> PastCall:
    ((number, keys, legs, _),) = random.choices(_WISHES, [weight for *_, weight in _WISHES])
    talk = min(1500, 25 + int(random.expovariate(1 / 170)))
    digits = "".join(random.choices("0123456789", k=4))
    return PastCall(at, number, caller, keys.format(digits=digits), legs.format(talk=talk, early=20 + talk // 3))


_WISHES: Final = (
    (HOTLINE, "2,wait", "answered:{talk}@anna", 20),
    (HOTLINE, "1,wait,2,#", "answered:{talk}@anna", 8),
    (HOTLINE, "2,wait", "busy", 4),
    (HOTLINE, "2,wait", "no_answer", 4),
    (HOTLINE, "4,hangup", "answered:{talk}@you", 16),
    (HOTLINE, "4,hangup", "answered:{talk}@anna", 9),
    (HOTLINE, "4,hangup", "no_answer", 4),
    (HOTLINE, "4,wait,hangup", "no_answer", 2),
    (HOTLINE, "1,wait,hangup", "", 12),
    (HOTLINE, "1,#,3,{digits},hangup", "", 6),
    (HOTLINE, "3,{digits},2,wait", "answered:{talk}@anna", 6),
    (HOTLINE, "7,9,2,wait", "answered:{talk}@anna", 3),
    (HOTLINE, "wait,wait,wait", "", 4),
    (HOTLINE, "hangup", "", 6),
    (FRONT, "", "answered:{talk}@anna", 9),
    (FRONT, "", "answered:{early}@anna/8:*201,answered:{talk}@otto", 4),
    (FRONT, "", "answered:{talk}@anna/8:*209", 1),
    (FRONT, "", "busy", 1),
)
"""What callers do, how the legs go, and how often."""
