"""Setting a switch for a while in a few words: a state, where to divert to, and an end. Pages, the API and calls do it so."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import attrs

from switchhook import Label, NumberRefused, Problem, classify, setting
from switchhook.administration import Administration, Record, Resources, SettingsRefused, amend

from .instants import next_time
from .noticed import showing
from .switch import BACK, Switch


@attrs.frozen
class Wish:
    """How a switch is to stand, until when, and where it diverts to meanwhile; the usual state, or none, lets it go.

    An end without a day is the next moment with that time of day in the zone of the switch.
    """

    state: str = setting(
        "text",
        "Stellung",
        "State",
        default="",
        help=Label("Leer oder die übliche: zurück auf normal.", "Empty or the usual one: back to normal."),
    )
    divert_to: str = setting(
        "text",
        "Umleiten zu",
        "Divert to",
        default="",
        help=Label("Eine Rufnummer oder der Name eines Telefons.", "A phone number or the name of a phone."),
    )
    until: str = setting("time", "Bis um", "Until", default="")
    day: str = setting("date", "Am Tag", "On the day", default="")


def fields_of(switch: Switch, wish: Wish, now: datetime, phones: Collection[str]) -> dict[str, str]:
    """What a switch keeps of a wish; raises ``SettingsRefused`` with every problem at the field of the wish."""
    if wish.state in ("", switch.usual):
        if wish.divert_to:
            raise SettingsRefused([Problem("divert_to", "the usual state diverts nowhere; name another state")])
        return dict(BACK)
    day, until = _end(wish, ZoneInfo(switch.zone), now)
    fields = {"state": wish.state, "divert_to": dialable(wish.divert_to, phones), "until_day": day, "until": until}
    if problems := list(_wrong(switch, wish, fields, now)):
        raise SettingsRefused(problems)
    return fields


def _wrong(switch: Switch, wish: Wish, fields: dict[str, str], now: datetime) -> Iterator[Problem]:
    names = [one.name for one in switch.states]
    if wish.state not in names:
        yield Problem("state", f"there is no state {wish.state!r}; there are: {', '.join(names)}")
    if wish.divert_to and not fields["divert_to"]:
        yield Problem("divert_to", f"{wish.divert_to!r} is no phone, and no number that calls can be diverted to")
    ends = attrs.evolve(switch, until_day=fields["until_day"], until=fields["until"]).ends
    if ends is not None and ends <= now:
        yield Problem("until", "is over already; name a moment to come")


def _end(wish: Wish, zone: ZoneInfo, now: datetime) -> tuple[str, str]:
    """The day and the time of an end; a time alone is the next such moment."""
    if wish.day or not wish.until:
        return wish.day, wish.until
    return next_time(wish.until, zone, now)


def dialable(written: str, phones: Collection[str]) -> str:
    """A number as it is kept, however people write it, or the name of a phone; empty for what no call may be sent to."""
    if written.strip() in phones:
        return written.strip()
    try:
        found = classify(written)
    except NumberRefused:
        return ""
    return found.canonical if found.kind == "e164" else ""


async def set_switch(administration: Administration, resources: Resources, id: str, wish: Wish) -> Record:  # noqa: A002
    """Set a switch as wished, and have the pages say so; raises what :func:`fields_of` and ``amend`` raise."""
    record = await resources.get(Switch.kind, id)
    assert isinstance(record.value, Switch)  # noqa: S101 - the kind says so
    fields = fields_of(record.value, wish, administration.clock.now(), administration.settings.phones)
    after = await amend(resources, Switch.kind, id, fields)
    showing(administration, after)
    return after


@attrs.frozen
class Standing:
    """How a switch stands now. ``ends`` is when it goes back by itself, ``set_by`` who set it last."""

    id: str
    name: str
    state: str
    usual: bool
    divert_to: str
    ends: datetime | None
    set_by: str


def standing(record: Record, now: datetime) -> Standing:
    """A switch at a moment."""
    switch = record.value
    assert isinstance(switch, Switch)  # noqa: S101 - the kind says so
    usual = switch.at(now) == switch.usual
    return Standing(
        record.id,
        switch.name,
        switch.at(now),
        usual,
        "" if usual else switch.divert_to,
        None if usual else switch.ends,
        record.author,
    )
