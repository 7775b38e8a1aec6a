from __future__ import annotations

import attrs
import pytest

from switchhook import Flow, KeptRule, Point
from switchhook_mailbox.box import Mailbox
from switchhook_mailbox.leave import LeaveMessage
from switchhook_mailbox.oddities import found_in


def flow(label: str = "Hotline") -> Flow:
    return Flow("f", "F", "one", {"one": Point("one", LeaveMessage(mailbox="office"), label, {})})


def said(box: Mailbox | None, label: str = "Hotline") -> list[tuple[str, str]]:
    kept = {("mailbox", "office"): box} if box else {}
    return [(one.rule, one.path) for one in found_in(flow(label), kept)]


@pytest.mark.parametrize(
    "told", [{"mail_to": ("kim@example.org",)}, {"call_targets": ("anna",)}, {"lamps": ("anna",)}, {"pin": "2807"}]
)
def test_a_mailbox_nobody_hears_of_is_odd(told):
    bare = Mailbox(name="Office")
    assert said(bare) == [("L24", "points.one.settings.mailbox")]
    assert said(attrs.evolve(bare, **told)) == []
    assert said(None) == []


def test_a_mail_needs_a_name_to_sort_by():
    assert said(Mailbox(name="Office", mail_to=("kim@example.org",)), label="") == [("L28", "points.one")]


async def test_the_linter_of_a_tenant_knows_its_mailboxes(house):
    await house.box()
    await house.box(tenant="other", mail_to=("kim@example.org",))
    for tenant, rules in (("acme", ["L24"]), ("other", [])):
        context = await house.admin.publishing.context(tenant)
        assert [one.rule for _, rule in context.rules for one in rule(flow())] == rules


async def test_a_rule_about_a_kind_nobody_brings_keeps_quiet(house):
    ground = house.admin.publishing
    rule = await ground._with_kept("acme", KeptRule(("gone",), lambda flow, kept: [kept]))
    assert rule(flow()) == [{}]
