"""Moments, lengths and numbers as people read them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time, format_timedelta
from babel.numbers import format_decimal
from markupsafe import Markup
from quart import g, has_request_context

from switchhook import Money
from switchhook.administration import written

from .texts import gettext as _
from .texts import language

NO_CURRENCY = "XXX"
"""That of amounts nothing is known to cost, as ISO 4217 has it."""
_ANONYMOUS: Final = "an anonymous caller"


def zone() -> ZoneInfo:
    """The zone in which a page tells the time."""
    return ZoneInfo(getattr(g, "zone", "Europe/Berlin") if has_request_context() else "Europe/Berlin")


def midnight(now: datetime) -> datetime:
    """When the day began in the tenant's zone."""
    return now.astimezone(zone()).replace(hour=0, minute=0, second=0, microsecond=0)


def size(count: float) -> str:
    """Bytes as people say them, in powers of ten."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{amount(round(count, 1 if unit != 'B' else 0))} {unit}"
        count /= 1000
    return f"{amount(round(count, 1))} TB"


def _locale() -> str:
    return "de_DE" if language() == "de" else "en_GB"


def moment(at: datetime | None, form: str = "medium") -> str:
    """Date and time in the tenant's zone."""
    return "" if at is None else format_datetime(at, form, tzinfo=zone(), locale=_locale())


def day(at: date) -> str:
    """A date; that of a moment in the tenant's zone."""
    on = at.astimezone(zone()) if isinstance(at, datetime) else at
    return format_date(on, "medium", locale=_locale())


def hour(at: datetime | None) -> str:
    """The time of day in the tenant's zone, to the second."""
    return "" if at is None else format_time(at, "HH:mm:ss", tzinfo=zone(), locale=_locale())


def ago(at: datetime | None, now: datetime) -> str:
    """How long ago, such as "5 minutes ago"."""
    return "" if at is None else format_timedelta(at - now, add_direction=True, locale=_locale())


def lasting(seconds: float | timedelta | None) -> str:
    """How long something took, as m:ss or h:mm:ss."""
    if seconds is None:
        return ""
    whole = int(seconds.total_seconds() if isinstance(seconds, timedelta) else seconds)
    minutes, rest = divmod(whole, 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}" if minutes >= 60 else f"{minutes}:{rest:02}"


def number(canonical: str) -> str:
    """A telephone number as people write it, the same everywhere; what is none stays as it is."""
    return written(canonical)


def dialled(canonical: str, lead: str = "") -> Markup:
    """A telephone number as people write it, with how it is dialled from anywhere as its title.

    ``lead`` is a page that it leads to.
    """
    said = Markup('<span class="numeric text-nowrap" title="{}">{}</span>').format(canonical, number(canonical))
    return Markup('<a href="{}">{}</a>').format(lead, said) if lead else said


def amount(value: float) -> str:
    """A number with the separators of the language."""
    return format_decimal(value, locale=_locale())


def money(value: Money) -> str:
    """An amount with its currency, where it has one, and at least two digits behind the point."""
    return f"{format_decimal(Decimal(value.micro) / 1_000_000, '#,##0.00####', locale=_locale())} {value.currency}".removesuffix(
        NO_CURRENCY
    ).rstrip()


def caller(words: str) -> str:
    """A caller as lists of calls name one, with the number as people write it."""
    told, _space, name = words.partition(" ")
    if told.startswith("+"):
        return dialled(told) + (f" {name}" if name else "")
    if words.startswith(_ANONYMOUS):
        return _("Anonymous caller %(key)s", key=words.removeprefix(_ANONYMOUS).strip()).strip()
    return words
