"""What every page says while a switch is overridden."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from switchhook import Label, Notice
from switchhook.administration import Administration, Record, written

from .instants import as_read
from .switch import Switch


def key_of(id: str) -> str:  # noqa: A002 - the domain's own word
    """Where the notice of a switch hangs."""
    return f"switch/{id}"


def notice_of(record: Record, now: datetime) -> Notice | None:
    """That a switch stands in another state than the usual, until when, and who set it; None for one that does not."""
    switch = record.value
    if not isinstance(switch, Switch) or switch.at(now) == switch.usual:
        return None
    until = until_words(switch, now)
    said = Label(
        f"{switch.name}: {switch.state}"
        + (f", Umleitung zu {written(switch.divert_to)}" if switch.divert_to else "")
        + (f", bis {until.de}" if until else "")
        + f", gestellt von {record.author}",
        f"{switch.name}: {switch.state}"
        + (f", diverts to {written(switch.divert_to)}" if switch.divert_to else "")
        + (f", until {until.en}" if until else "")
        + f", set by {record.author}",
    )
    return Notice(
        said,
        "switch.view",
        record.owner,
        switch.ends,
        "/x/hours/overview",
        Label("Zurück auf normal", "Back to normal"),
        f"/x/hours/switches/{record.id}/back",
        "switch.change",
    )


def showing(administration: Administration, record: Record) -> None:
    """Have the pages say at once how a switch stands; the watch would do it a second later."""
    notice = notice_of(record, administration.clock.now())
    if notice is not None:
        administration.notices.put_up(record.tenant, key_of(record.id), notice)
    else:
        administration.notices.take_down(record.tenant, key_of(record.id))


def until_words(switch: Switch, now: datetime) -> Label | None:
    """When a switch goes back, in its own zone, with the day unless it is today; None for one that does not."""
    if switch.ends is None:
        return None
    zone = ZoneInfo(switch.zone)
    ends = switch.ends.astimezone(zone)
    clock, day = f"{ends:%H:%M}", as_read(ends.date())
    if ends.date() == now.astimezone(zone).date():
        return Label(clock, clock)
    return Label(f"{day.de} {clock}", f"{day.en} {clock}")
