"""Every template of the first-party plugins, filled in as a person would, makes a flow the linter has nothing to say about."""

from __future__ import annotations

from datetime import datetime

import pytest

from switchhook.flows.drawing import text_of
from switchhook.flows.lint import LintContext, lint
from switchhook.flows.registry import ModuleRegistry
from switchhook.flows.sketch import read_sketch
from switchhook.schema import read_settings
from switchhook.testing import call
from switchhook_callthrough.account import AllowedCaller, CallthroughAccount
from switchhook_callthrough.beginnings import CallthroughOnly
from switchhook_callthrough.callthrough import Callthrough
from switchhook_conference.plugin import flow_templates as conference_templates
from switchhook_conference.plugin import modules as conference_modules
from switchhook_conference.room import ConferenceRoom
from switchhook_forward.plugin import flow_templates as forward_templates
from switchhook_forward.plugin import modules as forward_modules
from switchhook_hours.calendar import Calendar, Weekly
from switchhook_hours.plugin import flow_templates as hours_templates
from switchhook_hours.plugin import modules as hours_modules
from switchhook_ivr.plugin import flow_templates as ivr_templates
from switchhook_ivr.plugin import modules as ivr_modules
from switchhook_lists.caller_list import CallerList
from switchhook_lists.filtering import CallerListFilter
from switchhook_lists.plugin import ListsPlugin
from switchhook_lists.templates import BlockList
from switchhook_mailbox.beginnings import MailboxOnly
from switchhook_mailbox.box import Mailbox
from switchhook_mailbox.leave import LeaveMessage

FILLED = {
    "conference-only": {"room": "full"},
    "simple-forward": {"targets": ["anna"]},
    "announcement": {},
    "hotline": {
        "prompt": "demo/menu",
        "choices": [{"key": "1", "target": "anna"}, {"key": "2", "target": "+4922112345"}],
    },
    "hours-hotline": {"calendar": "office", "choices": [{"key": "2", "target": "anna"}], "closed": "demo/goodbye"},
    "callthrough-only": {"accounts": ["staff"]},
    "block-list": {"list": "spam", "targets": ["anna"]},
}
OFFICE = {
    "office": Calendar(name="Office", weekly=(Weekly(days="mon-fri", start="08:00", end="18:00"),)),
    "spam": CallerList(name="Spam"),
    "staff": CallthroughAccount(
        name="Staff",
        active=True,
        until="2030-12-31",
        without_pin=True,
        callers=(AllowedCaller(number="+4930123456"),),
    ),
    "full": ConferenceRoom(name="Full"),
}
TEMPLATES = {
    one.kind: one
    for one in (
        *ivr_templates(),
        *forward_templates(),
        *hours_templates(),
        *conference_templates(),
        BlockList,
        CallthroughOnly,
    )
}
WITH_MAILBOX = ("mailbox", LeaveMessage)
BROUGHT = {
    "ivr": ivr_modules(),
    "forward": forward_modules(),
    "hours": hours_modules(),
    "conference": conference_modules(),
    "lists": [CallerListFilter],
    "callthrough": [Callthrough],
}
MODULES = ModuleRegistry([(plugin, one) for plugin, brought in BROUGHT.items() for one in brought])


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("kind", sorted(TEMPLATES))
async def test_a_template_makes_a_clean_flow(kind, language):
    drawn = read_settings(TEMPLATES[kind], FILLED[kind], kind).draw(language)
    text = text_of({"id": "new", "label": "New", "language": language, **drawn})
    sketch = read_sketch(text, MODULES)
    assert sketch.unfinished == ()
    assert lint(sketch.document.flow, MODULES, LintContext(phones=("anna",))) == []
    done = await call(sketch.document.flow, "2", parties="busy", resources=OFFICE, plugins=[ListsPlugin])
    assert done.cause == 16
    assert ("stock/goodbye" if kind in ("conference-only", "callthrough-only") else "stock/unavailable") in done.heard


@pytest.mark.parametrize(("day", "way"), [("2026-11-29", "closed"), ("2026-12-25", "holiday")])
async def test_the_hotline_with_hours_takes_a_message_on_a_sunday_and_on_a_holiday_if_it_has_a_mailbox(day, way):
    known = ModuleRegistry([*((plugin, one) for plugin, brought in BROUGHT.items() for one in brought), WITH_MAILBOX])
    at, boxes = datetime.fromisoformat(f"{day}T11:00:00+00:00"), {"box": Mailbox(name="Box")}
    for mailbox, ways, heard in (
        ("", [("hours", way), (way, "next")], 1),
        ("box", [("hours", way), (way, "next"), ("mailbox", "recorded")], 3),
    ):
        filled = {**FILLED["hours-hotline"], "mailbox": mailbox}
        drawn = read_settings(TEMPLATES["hours-hotline"], filled, "hours-hotline").draw("en")
        sketch = read_sketch(text_of({"id": "new", "label": "New", "language": "en", **drawn}), known)
        there = LintContext(phones=("anna",), resources={"mailbox": ["box"], "calendar": ["office"]})
        assert lint(sketch.document.flow, known, there) == []
        done = await call(sketch.document.flow, "wait,say:3", at=at, resources={**OFFICE, **boxes})
        assert (list(done.ways), len(done.heard)) == (ways, heard)


def test_a_key_of_the_hotline_leads_one_way():
    choices = [{"key": "1", "target": "anna"}, {"key": "1", "target": "ben"}]
    twice = read_settings(TEMPLATES["hotline"], {**FILLED["hotline"], "choices": choices}, "hotline")
    assert [(one.path, one.message) for one in twice.check()] == [("choices[1].key", "'1' is there twice")]


@pytest.mark.parametrize(("language", "label"), [("de", "Keine Aufnahme"), ("en", "No recording")])
async def test_mailbox_only_takes_a_message_and_nothing_else(language, label):
    known = ModuleRegistry([*(("ivr", one) for one in ivr_modules()), WITH_MAILBOX])
    drawn = read_settings(MailboxOnly, {"mailbox": "office"}, "mailbox-only").draw(language)
    sketch = read_sketch(text_of({"id": "new", "label": "New", "language": language, **drawn}), known)
    assert sketch.unfinished == ()
    assert lint(sketch.document.flow, known, LintContext(resources={"mailbox": ["office"]})) == []
    assert sketch.document.flow.points["full"].label == label
    done = await call(sketch.document.flow, "wait,say:3", resources={"office": Mailbox(name="Office")})
    assert (done.exit, done.cause) == ("recorded", 16)
