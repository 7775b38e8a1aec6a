"""What a calendar says, and the module that goes by it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchhook.administration import SettingsRefused, read_settings
from switchhook.testing import assert_module_conforms, call
from switchhook_hours import plugin
from switchhook_hours.calendar import Calendar, Special, Weekly
from switchhook_hours.holding import holds, stretches
from switchhook_hours.hours import Hours
from switchhook_hours.instants import instant
from switchhook_hours.oddities import oddities
from switchhook_hours.speak_hours import SpeakHours

BERLIN = ZoneInfo("Europe/Berlin")
ICS = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//x//y//EN
BEGIN:VEVENT
UID:1@x
DTSTART;TZID=Europe/Berlin:20261103T120000
DTEND;TZID=Europe/Berlin:20261103T130000
RRULE:FREQ=WEEKLY
SUMMARY:Team lunch
END:VEVENT
END:VCALENDAR
"""
OFFICE = Calendar(
    name="Office",
    region="DE-BY",
    catholic=True,
    weekly=(Weekly(days="mon-fri", start="08:00", end="17:00"), Weekly(days="sat", start="22:00", end="02:00")),
    exceptions=(
        Special(first="2026-12-24", state="open", start="09:00", end="12:00"),
        Special(first="2026-12-27", last="2026-12-31", name="works-holiday"),
        Special(first="2026-11-20", state="special", start="10:00", end="11:00", name="fair"),
    ),
    ics=ICS,
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("moment", "state", "why"),
    [
        ("2026-11-09T08:00", "open", "the rule: Monday to Friday, 08:00 to 17:00"),
        ("2026-11-09T17:00", "closed", "outside the hours of the week"),
        ("2026-11-15T01:59", "open", "the rule: Saturday, 22:00 to 02:00"),
        ("2026-11-15T02:00", "closed", "outside the hours of the week"),
        ("2026-08-15T23:00", "holiday", "the public holiday Assumption Day / Mariä Himmelfahrt"),
        ("2026-12-25T10:00", "holiday", "the public holiday Christmas Day / Erster Weihnachtstag"),
        ("2026-12-24T09:00", "open", "the exception of 2026-12-24,09:00-12:00: open"),
        ("2026-12-24T12:00", "closed", "outside the hours of the exception of 2026-12-24,09:00-12:00"),
        ("2026-12-31T23:59", "closed", "the exception works-holiday of 2026-12-27/2026-12-31: closed"),
        ("2026-11-20T10:30", "special", "the special day fair of 2026-11-20,10:00-11:00"),
        ("2026-11-20T11:00", "open", "the rule: Monday to Friday, 08:00 to 17:00"),
        ("2026-11-24T12:30", "closed", "the entry 'Team lunch' of the iCalendar file"),
        ("2026-11-24T13:00", "open", "the rule: Monday to Friday, 08:00 to 17:00"),
    ],
)
def test_what_holds_and_why(moment, state, why) -> None:
    found = holds(OFFICE, at(moment))
    assert (found.state, found.why) == (state, why)


def test_a_skipped_time_is_the_next_minute_there_is_and_a_double_one_its_first() -> None:
    assert instant(date(2026, 3, 29), "02:30", BERLIN) == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert instant(date(2026, 10, 25), "02:30", BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    night = Calendar(name="Night", region="", weekly=(Weekly(days="sun", start="02:30", end="04:00"),))
    for day, opens in ((date(2026, 3, 29), 1 * 60), (date(2026, 10, 25), 30)):
        begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
        states = [holds(night, begin + timedelta(minutes=n)).state for n in range(opens - 5, opens + 60)]
        assert states[:5] == ["closed"] * 5
        assert set(states[5:]) == {"open"}


times = st.times().map(lambda one: f"{one:%H:%M}")


@given(
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Havana"]),
    st.dates(date(2024, 1, 1), date(2028, 1, 1)),
    st.lists(st.builds(Weekly, days=st.sampled_from(["daily", "sun"]), start=times, end=times), max_size=3),
    times,
    times,
)
def test_times_are_in_order_and_what_is_foretold_holds_at_each_moment(zone, day, weekly, one, other) -> None:
    tz = ZoneInfo(zone)
    early, late = sorted([one, other])
    assert instant(day, "00:00", tz) <= instant(day, early, tz) <= instant(day, late, tz) <= instant(day, "24:00", tz)
    calendar = Calendar(name="x", zone=zone, region="", weekly=tuple(weekly))
    parts = stretches(calendar, day, 2)
    assert (parts[0].start, parts[-1].end) == (instant(day, "00:00", tz), instant(day + timedelta(days=2), "00:00", tz))
    assert all(before.end == after.start for before, after in pairwise(parts))
    for part in parts:
        for moment in (part.start, part.start + (part.end - part.start) / 2, part.end - timedelta(microseconds=1)):
            assert holds(calendar, moment).state == part.holds.state


def test_foretold_stretches_name_their_reason_once() -> None:
    week = stretches(OFFICE, date(2026, 11, 9), 1)
    assert [(one.holds.state, f"{one.start.astimezone(BERLIN):%H:%M}") for one in week] == [
        ("closed", "00:00"),
        ("open", "08:00"),
        ("closed", "17:00"),
    ]


def test_what_is_odd_is_said() -> None:
    odd = Calendar(
        name="x",
        region="",
        weekly=(Weekly(days="mon-fri", start="08:00", end="12:00"), Weekly(days="tue", start="11:00", end="13:00")),
        exceptions=(Special(first="2020-01-01"),),
    )
    said = [one.en for one in oddities(odd, date(2026, 1, 1))]
    assert said == [
        "Overlap: Monday to Friday 08:00-12:00 and Tuesday 11:00-13:00.",
        "All exceptions are over.",
        "Without a country there are no public holidays.",
    ]
    gap = Calendar(name="x", weekly=(Weekly(days="mon", start="08:00", end="12:00"),))
    assert [one.en for one in oddities(gap, date(2026, 1, 1))] == [
        "Gap: the week never opens on: Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday."
    ]
    assert list(oddities(OFFICE, date(2026, 1, 1))) == []


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"zone": "Europe/Colonia"}, "zone"),
        ({"region": "DE-XX"}, "region"),
        ({"ics": "BEGIN:nothing"}, "ics"),
        ({"exceptions": [{"first": "2026-01-02", "last": "2026-01-01"}]}, "exceptions[0].last"),
        ({"exceptions": [{"first": "2026-01-02", "start": "08:00"}]}, "exceptions[0].end"),
        ({"exceptions": [{"first": "2026-01-02", "state": "special"}]}, "exceptions[0].name"),
    ],
)
def test_what_cannot_be_is_named_at_its_place(wrong, path) -> None:
    assert [one.path for one in read_settings(Calendar, {"name": "x", **wrong}).check()] == [path]


def test_a_region_has_a_shape() -> None:
    with pytest.raises(SettingsRefused, match="region"):
        read_settings(Calendar, {"name": "x", "region": "bavaria"})


async def test_the_module_goes_by_the_calendar() -> None:
    module = Hours(calendar="office", specials=("fair",))

    async def way(moment: str, module: Hours = module) -> tuple[str, str]:
        done = await call(module, at=at(moment).astimezone(UTC), resources={"office": OFFICE}, plugins=[plugin])
        return done.exit, done.why

    assert await way("2026-11-09T08:00") == ("open", "the rule: Monday to Friday, 08:00 to 17:00")
    assert (await way("2026-11-20T10:30"))[0] == "special:fair"
    assert await way("2026-11-20T10:30", Hours(calendar="office")) == (
        "closed",
        "the special day fair of 2026-11-20,10:00-11:00, which has no exit here",
    )
    assert (await way("2026-12-25T10:00"))[0] == "holiday"


def test_the_module_conforms() -> None:
    always = Calendar(
        name="Fair",
        region="",
        exceptions=(Special(first="2000-01-01", last="2050-01-01", state="special", name="fair"),),
    )
    assert_module_conforms(
        Hours,
        settings={"specials": [(), ("fair",)]},
        resources={"office": OFFICE, "fair": always, "holidays": Calendar(name="H", region="US")},
        examples=100,
    )


async def test_the_hours_of_the_next_open_day_are_said_in_both_languages() -> None:
    split = Calendar(
        name="x",
        region="",
        weekly=(Weekly(days="mon", start="08:00", end="12:30"), Weekly(days="mon", start="14:00", end="17:00")),
    )
    moment = at("2026-03-01T10:00").astimezone(UTC)  # a Sunday
    de = await call(SpeakHours(calendar="x"), at=moment, resources={"x": split})
    assert de.heard[:3] == ("weekday/1", "day/2", "month/3")
    assert de.heard[3:] == (
        *("clock/from", "number/8", "clock/oclock", "clock/to", "number/12", "clock/oclock", "number/30"),
        *("clock/from", "number/14", "clock/oclock", "clock/to", "number/17", "clock/oclock"),
    )
    english = await call(SpeakHours(calendar="x"), at=moment, resources={"x": split}, language="en")
    assert english.heard[:6] == ("weekday/1", "month/3", "day/2", "clock/from", "number/8", "clock/am")
    late = await call(SpeakHours(calendar="x"), at=at("2026-03-02T15:00").astimezone(UTC), resources={"x": split})
    assert late.heard[3:5] == ("clock/from", "number/14")
    never = await call(SpeakHours(calendar="x"), resources={"x": Calendar(name="x", region="")})
    assert (never.heard, never.why) == (("clock/closed",), "it is not open within 14 days")


def test_the_spoken_hours_conform() -> None:
    assert_module_conforms(
        SpeakHours, resources={"office": OFFICE, "never": Calendar(name="x", region="")}, examples=20
    )
