from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from switchhook.access.actor import EVERYTHING, Actor, Forbidden
from switchhook.dispatch.dispatcher import Refusal
from switchhook.errors import NotFound
from switchhook.resources.apply import replace
from switchhook.resources.listing import Listing, ListRefused
from switchhook.resources.record import (
    ChangeRefused,
    IdTaken,
    InUse,
    RepeatedDifferently,
    StaleVersion,
    UnknownKind,
    Use,
)
from switchhook.resources.service import slug
from switchhook.resources.trash import empty_trash
from switchhook.schema import SettingsRefused
from switchhook.store import tables

from .conftest import NOW, Contact, Group, Line


async def ids(resources, kind="contact", **wanted):
    page = await resources.page(kind, Listing(**wanted))
    return [record.id for record in page.records]


async def test_what_is_kept_comes_back_as_it_was(acme, clock):
    group = await acme.create("group", {"name": "Vertrieb Köln"})
    values = {
        "name": "Jörg Müller",
        "number": "0221 123-45",
        "group": group.id,
        "flow": "hotline",
        "pin": "4711",
        "lines": [{"number": "+49 171 1234567", "groups": [group.id]}],
    }
    made = await acme.create("contact", values)
    clock.advance(60)
    found = await acme.get("contact", made.id)
    assert found == made
    assert (group.id, made.id, made.version, made.title) == ("vertrieb-koeln", "joerg-mueller", 1, "Jörg Müller")
    assert found.value.number == "+4922112345"
    assert found.value.lines == (Line(number="+491711234567", groups=("vertrieb-koeln",)),)
    assert found.value.pin == "4711"
    assert (found.author, found.created, found.deleted) == ("kim", NOW, None)


async def test_no_secret_is_in_the_database_or_in_the_audit_chain(acme, store):
    made = await acme.create("contact", {"name": "Kim", "pin": "831946"}, once="key-1")
    await acme.change("contact", made.id, 1, {"name": "Kim", "pin": "775533"})
    async with store.read() as conn:
        everything = [repr((await conn.execute(select(table))).all()) for table in tables.metadata.sorted_tables]
    assert "Kim" in "".join(everything)
    assert not [text for text in everything if "831946" in text or "775533" in text]


async def test_every_problem_is_named_and_nothing_is_kept(acme):
    values = {"nmae": "x", "number": "abc", "age": -1, "pin": "987", "group": "gone", "lines": [{"number": "1"}, 3]}
    with pytest.raises(SettingsRefused) as refused:
        await acme.create("contact", values)
    paths = [problem.path for problem in refused.value.problems]
    assert paths == ["contact.nmae", "contact.name", "contact.number", "contact.age", "contact.pin", "contact.lines"]
    assert "did you mean 'name'" in str(refused.value)
    assert "987" not in str(refused.value)
    assert await ids(acme) == []


async def test_rules_across_fields_and_pointers_to_nothing_are_problems_of_fields(acme):
    with pytest.raises(SettingsRefused) as refused:
        await acme.create("contact", {"name": "+4922112345", "number": "0221 12345"})
    assert [p.path for p in refused.value.problems] == ["contact.number"]
    lost = {"name": "x", "group": "gone", "flow": "gone", "lines": [{"number": "12", "groups": ["nobody"]}]}
    with pytest.raises(SettingsRefused) as refused:
        await acme.create("contact", lost)
    assert [p.path for p in refused.value.problems] == ["contact.group", "contact.flow", "contact.lines[0].groups[0]"]


async def test_a_kind_nobody_brings_has_a_near_match(acme):
    with pytest.raises(UnknownKind, match="did you mean 'contact'"):
        await acme.create("contcat", {"name": "x"})


async def test_a_save_on_an_older_version_shows_both_sides_and_what_was_edited(acme):
    made = await acme.create("contact", {"name": "Kim", "age": 1})
    theirs = await acme.change("contact", made.id, 1, {"name": "Kim", "age": 2})
    with pytest.raises(StaleVersion) as stale:
        await acme.change("contact", made.id, 1, {"name": "Lee", "age": 1})
    assert stale.value.current == theirs
    assert stale.value.base is not None
    assert (stale.value.base["name"], stale.value.base["age"]) == ("Kim", 1)
    assert (await acme.get("contact", made.id)).value.name == "Kim"


async def test_of_saves_at_the_same_time_one_is_kept_and_the_others_are_told(acme):
    made = await acme.create("contact", {"name": "Kim"})
    saves = (acme.change("contact", made.id, 1, {"name": f"n{i}"}) for i in range(8))
    done = await asyncio.gather(*saves, return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["Record"] + ["StaleVersion"] * 7
    assert (await acme.get("contact", made.id)).version == 2


async def test_a_secret_that_is_not_given_stays(acme):
    made = await acme.create("contact", {"name": "Kim", "pin": "4711"})
    changed = await acme.change("contact", made.id, 1, {"name": "Kim B"})
    assert changed.value.pin == "4711"
    assert (await acme.get("contact", made.id)).value.pin == "4711"


async def test_another_tenant_sees_nothing(acme, other):
    made = await acme.create("contact", {"name": "Kim"})
    group = await acme.create("group", {"name": "g"})
    assert await ids(other) == []
    for forbidden in (
        other.get("contact", made.id),
        other.change("contact", made.id, 1, {"name": "x"}),
        other.delete("contact", made.id, 1),
        other.restore("contact", made.id),
        other.uses("contact", made.id),
        other.history("contact", made.id),
        replace(other, "group", group.id, group.id),
    ):
        with pytest.raises(NotFound):
            await forbidden
    with pytest.raises(SettingsRefused, match="no group 'g'"):
        await other.create("contact", {"name": "x", "group": group.id})
    with pytest.raises(SettingsRefused, match="no flow"):
        await other.create("contact", {"name": "x", "flow": "hotline"})
    assert (await other.create("contact", {"name": "Kim"})).id == made.id


async def test_rights_are_needed_for_each_thing(keeping, acme):
    made = await acme.create("contact", {"name": "Kim"})
    nobody = keeping.of("acme", Actor("nobody"))
    reader = keeping.of("acme", Actor("reader", {"contact.view": EVERYTHING}))
    assert (await reader.get("contact", made.id)) == made
    for refused in (
        nobody.get("contact", made.id),
        nobody.page("contact"),
        nobody.create("contact", {"name": "x"}),
        reader.create("contact", {"name": "x"}),
        reader.change("contact", made.id, 1, {"name": "x"}),
        reader.delete("contact", made.id, 1),
        reader.restore("contact", made.id),
    ):
        with pytest.raises(Forbidden, match=r"needs the right contact\."):
            await refused


async def test_what_is_used_cannot_be_deleted_until_it_is_replaced(acme, watcher):
    old, new = await acme.create("group", {"name": "old"}), await acme.create("group", {"name": "new"})
    both = [{"number": "12", "groups": [old.id, new.id]}]
    one = await acme.create("contact", {"name": "Kim", "group": old.id, "lines": both})
    uses = [Use("contact", one.id, "Kim", "group"), Use("contact", one.id, "Kim", "lines[0].groups[0]")]
    with pytest.raises(InUse, match=r"contact 'Kim' \(group\)") as used:
        await acme.delete("group", old.id, 1)
    assert list(used.value.uses) == uses
    watcher.refuse = Refusal("not today")
    with pytest.raises(ChangeRefused):
        await replace(acme, "group", old.id, new.id)
    assert (await acme.get("contact", one.id)).version == 1
    watcher.refuse = None
    assert await replace(acme, "group", old.id, new.id) == uses
    changed = (await acme.get("contact", one.id)).value
    assert (changed.group, changed.lines[0].groups) == (new.id, (new.id,))
    assert (watcher.made[-1].action, watcher.made[-1].after) == ("change", changed)
    assert (await acme.delete("group", old.id, 1)).deleted == NOW


async def test_the_trash_gives_back_what_it_holds_for_thirty_days(acme, keeping, clock):
    group = await acme.create("group", {"name": "g"})
    made = await acme.create("contact", {"name": "Kim", "group": group.id, "pin": "4711"})
    await acme.delete("contact", made.id, 1)
    await acme.delete("group", group.id, 1)  # what lies in the trash uses nothing
    assert await ids(acme) == []
    assert await ids(acme, state="deleted") == [made.id]
    with pytest.raises(NotFound, match="trash"):
        await acme.change("contact", made.id, 2, {"name": "x"})
    with pytest.raises(SettingsRefused, match="no group"):
        await acme.restore("contact", made.id)
    await acme.restore("group", group.id)
    back = await acme.restore("contact", made.id)
    assert (back.value, back.deleted, back.version) == (made.value, None, 3)
    await acme.delete("contact", made.id, 3)
    clock.advance(timedelta(days=29).total_seconds())
    assert await empty_trash(keeping.store, keeping.audit, clock.now()) == 0
    clock.advance(timedelta(days=2).total_seconds())
    assert await empty_trash(keeping.store, keeping.audit, clock.now()) == 1
    with pytest.raises(NotFound):
        await acme.get("contact", made.id)
    assert await keeping.audit.broken(keeping.store) is None


async def test_a_repeated_request_makes_one_record(acme):
    first = await acme.create("contact", {"name": "Kim"}, once="abc")
    assert await acme.create("contact", {"name": "Kim"}, once="abc") == first
    with pytest.raises(RepeatedDifferently):
        await acme.create("contact", {"name": "Lee"}, once="abc")
    assert len(await ids(acme)) == 1


async def test_requests_repeated_at_the_same_time_make_one_record(acme):
    done = await asyncio.gather(*(acme.create("contact", {"name": "Kim"}, once="abc") for _ in range(5)))
    assert {record.id for record in done} == {"kim"}
    assert await ids(acme) == ["kim"]


async def test_ids_are_made_from_titles_or_given(acme):
    made = [(await acme.create("group", {"name": "Büro & Lager"})).id for _ in range(3)]
    assert made == ["buero-lager", "buero-lager-2", "buero-lager-3"]
    assert (await acme.create("group", {"name": "x"}, id="own")).id == "own"
    with pytest.raises(IdTaken):
        await acme.create("group", {"name": "x"}, id="own")
    with pytest.raises(SettingsRefused, match="must be an id of"):
        await acme.create("group", {"name": "x"}, id="No Id")
    assert (await acme.create("group", {"name": "日本"})).id == "group"
    assert slug("ß" * 80) == "s" * 40


async def test_guards_refuse_with_a_field_or_without_and_hear_what_was_made(acme, watcher):
    made = await acme.create("contact", {"name": "Kim"})
    watcher.refuse = Refusal("no such name here", path="name")
    with pytest.raises(SettingsRefused) as refused:
        await acme.change("contact", made.id, 1, {"name": "Lee"})
    assert [(p.path, p.message) for p in refused.value.problems] == [("contact.name", "no such name here")]
    watcher.refuse = Refusal("not today")
    with pytest.raises(ChangeRefused, match=r"not today \(plugin watcher\)"):
        await acme.delete("contact", made.id, 1)
    watcher.refuse = None
    await acme.delete("contact", made.id, 1)
    assert [(c.action, c.tenant, c.actor, c.kind, c.id) for c in watcher.made] == [
        ("create", "acme", "kim", "contact", "kim"),
        ("delete", "acme", "kim", "contact", "kim"),
    ]


async def test_lists_are_searched_filtered_sorted_and_cut_into_pages(acme):
    for name, age, active in (("Ärmel", 10, True), ("Zoe", 9, False), ("MÜLLER", 100, True), ("bea", 9, True)):
        await acme.create("contact", {"name": name, "age": age, "active": active, "number": "0221 1234"})
    assert await ids(acme, search="müller") == ["mueller"]
    assert await ids(acme, search="%") == []
    assert await ids(acme, search="+49221") == await ids(acme)
    assert await ids(acme, order="age") == ["bea", "zoe", "aermel", "mueller"]
    assert await ids(acme, order="age", descending=True) == ["mueller", "aermel", "zoe", "bea"]
    assert await ids(acme, where={"age": "9"}, order="id") == ["bea", "zoe"]
    assert await ids(acme, where={"active": "false"}) == ["zoe"]
    for order in ("title", "id", "age", "created", "number", "active"):
        for descending in (False, True):
            seen, after = [], ""
            while True:
                page = await acme.page("contact", Listing(order=order, descending=descending, limit=1, after=after))
                seen += [record.id for record in page.records]
                if not (after := page.after):
                    break
            assert seen == await ids(acme, order=order, descending=descending), order
    for odd in ({"order": "nmae"}, {"order": "lines"}, {"where": {"pin": "1"}}, {"after": "x"}, {"limit": 0}):
        with pytest.raises(ListRefused):
            await acme.page("contact", Listing(**odd))


async def test_a_field_its_plugin_no_longer_has_makes_no_record_unreadable(acme, store):
    made = await acme.create("contact", {"name": "Kim"})
    async with store.write() as conn:
        document = {"name": "Kim", "gone": 1}
        await conn.execute(tables.kept.update().values(document=document))
    assert (await acme.get("contact", made.id)).value == Contact(name="Kim")


async def test_titles_fall_back_to_the_id(acme):
    made = await acme.create("group", {"name": ""}, id="empty")
    assert (made.title, made.value) == ("empty", Group(name=""))
