"""A right over some numbers, or over one's own things, shows nothing else: in lists, files, changes and uses alike."""

from __future__ import annotations

import attrs
import pytest

from switchhook import Label, NotFound, Resource, setting
from switchhook.access.actor import SYSTEM, Actor, Forbidden, Reach
from switchhook.numbers.service import Numbers
from switchhook.portal.choices import Choices
from switchhook.resources.amending import amend
from switchhook.resources.apply import apply, everything, replace
from switchhook.resources.listing import Listing, ListRefused
from switchhook.resources.record import IdTaken, InUse
from switchhook.resources.service import Keeping, Resources
from switchhook.resources.table import read_table, write_table
from switchhook.resources.wanted import Wanted
from switchhook.schema import Kinds, SettingsRefused
from switchhook.store.directory import Directory
from switchhook.store.routing import Number

ONE, TWO, THREE = "+4922111", "+4922112", "+4922113"
SALES = Reach(numbers=frozenset({ONE, TWO}))
ACTIONS = ("view", "change", "delete")


@attrs.frozen
class Part:
    number: str = setting("reference", "Rufnummer", "Number", to="number")


@attrs.frozen
class Box(Resource):
    kind = "box"
    label = Label("Fach", "Box")
    plural = Label("Fächer", "Boxes")
    name: str = setting("text", "Name", "Name")
    number: str = setting("reference", "Rufnummer", "Number", to="number", default="")
    parts: tuple[Part, ...] = setting("rows", "Teile", "Parts", row=Part, default=())
    next: str = setting("reference", "Nächstes", "Next", to="box", default="")


def limited(keeping: Keeping, reach: Reach, **more: Reach) -> Resources:
    rights = {f"box.{action}": reach for action in ACTIONS} | {f"box.{name}": one for name, one in more.items()}
    return keeping.of("acme", Actor("kim", rights, "user", "id-kim"))


@pytest.fixture
async def boxes(keeping: Keeping) -> Keeping:
    """Boxes of the numbers their names say: of sales (one and two), of others, and of none."""
    directory = Directory(keeping.store, keeping.clock)
    for number in (ONE, TWO, THREE):
        await directory.assign(Number(number, "acme", "hotline"))
    keeping = attrs.evolve(keeping, kinds=Kinds(Resource, [("sample", Box)]))
    every = keeping.of("acme", Actor("ann", SYSTEM.rights, "admin", "id-ann"))
    await every.create("box", {"name": "one", "number": "0221 11"})
    await every.create("box", {"name": "both", "number": ONE, "parts": [{"number": TWO}]})
    await every.create("box", {"name": "three", "number": THREE, "next": "one"})
    await every.create("box", {"name": "across", "number": ONE, "parts": [{"number": THREE}]})
    await every.create("box", {"name": "none"})
    return keeping


async def ids(resources: Resources, listing: Listing = Listing(order="id")) -> list[str]:  # noqa: B008
    return [one.id for one in (await resources.page("box", listing)).records]


async def test_a_list_a_file_and_a_table_hold_what_is_in_reach_alone(boxes: Keeping) -> None:
    kim = limited(boxes, SALES)
    assert await ids(kim) == ["both", "one"]
    assert await ids(kim, Listing(search="three", order="id")) == []
    page = await kim.page("box", Listing(order="id", limit=1))
    assert await ids(kim, Listing(order="id", limit=1, after=page.after)) == ["one"]
    found = await everything(kim, ["box"])
    assert sorted(id for _, id in found) == ["both", "one"]  # noqa: A001
    assert "three" not in write_table(Box, found.values())
    assert await ids(limited(boxes, Reach(own=True))) == []
    assert len(await ids(limited(boxes, Reach(everything=True)))) == 5
    with pytest.raises(Forbidden):
        await ids(boxes.of("acme", Actor("lee", {}, "user", "id-lee")))


async def test_only_what_is_in_reach_can_be_chosen(boxes: Keeping) -> None:
    choices = Choices(boxes, Numbers(boxes.store, boxes.clock, boxes.hooks, boxes.audit), lambda tenant: [])
    for search, chosen in (("", ()), ("o", ("three", "none"))):
        found = await choices.of("acme", limited(boxes, SALES).actor).offer("box", search, chosen)
        assert sorted(one.id for one in found.choices) == ["both", "one"]


@pytest.mark.parametrize("id", ["three", "across", "none", "no-such"])
async def test_what_is_out_of_reach_is_not_there(boxes: Keeping, id: str) -> None:  # noqa: A002
    kim = limited(boxes, SALES)
    for work in (
        kim.get("box", id),
        kim.change("box", id, 1, {"name": "x", "number": ONE}),
        kim.delete("box", id, 1),
        kim.restore("box", id),
        kim.uses("box", id),
        kim.history("box", id),
    ):
        with pytest.raises(NotFound, match=f"no box '{id}'"):
            await work


async def test_nothing_is_made_or_moved_out_of_reach(boxes: Keeping) -> None:
    kim = limited(boxes, SALES)
    made = await kim.create("box", {"name": "new", "number": TWO})
    assert made.owner == "id-kim"
    assert (await kim.change("box", "new", 1, {"name": "new", "number": ONE})).version == 2
    with pytest.raises(SettingsRefused, match=r"box.parts\[0\].number: there is no number '\+4922113'"):
        await kim.change("box", "one", 1, {"name": "one", "number": ONE, "parts": [{"number": THREE}]})
    with pytest.raises(Forbidden, match="must belong to one"):
        await kim.create("box", {"name": "free"})
    with pytest.raises(SettingsRefused, match="there is no box 'three'"):
        await kim.create("box", {"name": "spy", "number": ONE, "next": "three"})
    with pytest.raises(IdTaken):
        await kim.create("box", {"name": "three", "number": ONE}, id="three")
    deleted = await kim.delete("box", "new", 2)
    assert await ids(kim, Listing(state="deleted", order="id")) == ["new"]
    assert (await kim.restore("box", "new")).version == deleted.version + 1


async def test_a_file_is_applied_within_reach(boxes: Keeping) -> None:
    kim = limited(boxes, SALES)
    rows = read_table(kim, "box", f"id,name,number\nthree,mine now,{ONE}\n")
    with pytest.raises(IdTaken):  # the record is not shown, as a stale one would be
        await apply(kim, [row.wanted for row in rows])
    with pytest.raises(SettingsRefused, match=r"box\.one\.number: there is no number"):
        await apply(kim, [Wanted("box", "one", {"name": "one", "number": THREE})])
    steps = await apply(kim, [Wanted("box", "one", {"name": "1", "number": TWO})], prune=["box"], only_plan=True)
    assert [(step.action, step.id) for step in steps] == [("change", "one"), ("delete", "both")]


async def test_uses_out_of_sight_count_without_being_told(boxes: Keeping) -> None:
    kim = limited(boxes, SALES)
    assert [(use.kind, use.id, use.title) for use in await kim.uses("box", "one")] == [("box", "", "")]
    with pytest.raises(InUse, match="a box out of your reach") as used:
        await kim.delete("box", "one", 1)
    assert "three" not in str(used.value)
    with pytest.raises(InUse):
        await replace(kim, "box", "one", "both")


async def test_what_is_seen_further_than_changed_is_refused_as_such(boxes: Keeping) -> None:
    kim = limited(boxes, SALES, view=Reach(everything=True))
    assert len(await ids(kim)) == 5
    with pytest.raises(Forbidden, match=r"box\.change does not reach box 'three'"):
        await kim.change("box", "three", 1, {"name": "x", "number": ONE})
    with pytest.raises(Forbidden, match=r"box\.delete does not reach"):
        await kim.delete("box", "three", 1)


async def test_own_things_are_in_reach_whatever_they_belong_to(boxes: Keeping) -> None:
    kim = limited(boxes, Reach(own=True))
    mine = await kim.create("box", {"name": "mine", "number": THREE})
    assert await ids(kim) == ["mine"]
    changed = await boxes.of("acme", SYSTEM).change("box", "mine", mine.version, {"name": "mine"})
    assert (changed.owner, changed.author) == ("id-kim", "system")
    assert (await kim.delete("box", "mine", 2)).deleted is not None
    assert await ids(limited(boxes, Reach(own=True) | SALES)) == ["both", "one"]


async def test_the_trash_and_what_can_be_chosen_hold_what_is_in_reach_alone(boxes: Keeping) -> None:
    numbers = Numbers(boxes.store, boxes.clock, boxes.hooks, boxes.audit, {"desk"})
    kim = limited(boxes, SALES)
    offered = Choices(boxes, numbers, lambda tenant: {"house/closed"}).of("acme", kim.actor)
    assert [one.id for one in (await offered.offer("box")).choices] == ["both", "one"]
    assert [one.id for one in (await offered.offer("box", "one", chosen=["three", "both"])).choices] == ["both", "one"]
    assert (await offered.offer("number")).choices == ()
    assert [one.id for one in (await offered.offer("target", "DE")).choices] == ["desk"]
    every = boxes.of("acme", Actor("ann", SYSTEM.rights, "admin", "id-ann"))
    for name in ("three", "across", "both", "none"):
        await every.delete("box", name, 1)
    assert [one.id for one in (await kim.trash()).records] == ["both"]
    assert (await boxes.of("other", every.actor).trash()).records == []
    first = await every.trash(limit=3)
    rest = await every.trash(first.after, limit=3)
    assert sorted(one.id for one in (*first.records, *rest.records)) == ["across", "both", "none", "three"]
    with pytest.raises(ListRefused):
        await every.trash("nonsense")


async def test_what_is_the_operators_is_seen_by_others_and_changed_by_nobody_else(boxes: Keeping) -> None:
    """Whatever the way: a form, a file that changes it, brings it in or leaves it out."""

    @attrs.frozen
    class Price(Box):
        kind = "price"
        by_operator = True

    boxes = attrs.evolve(boxes, kinds=Kinds(Resource, [("sample", Price)]))
    made = await boxes.of("acme", SYSTEM).create("price", {"name": "one"})
    every = boxes.of("acme", Actor("ann", SYSTEM.rights, "superadmin", "id-ann"))
    assert (await every.get("price", "one")).title == "one"
    for work in (
        every.create("price", {"name": "two"}),
        every.change("price", "one", 1, {"name": "cheaper"}),
        amend(every, "price", "one", {"name": "cheaper"}),
        every.delete("price", "one", 1),
        apply(every, [Wanted("price", "one", {"name": "cheaper"})]),
        apply(every, [Wanted("price", "two", {"name": "two"})]),
        apply(every, [], prune=["price"]),
    ):
        with pytest.raises(Forbidden, match="only an operator"):
            await work
    assert (await every.get("price", "one")).version == made.version
    gone = await boxes.of("acme", SYSTEM).delete("price", "one", 1)
    with pytest.raises(Forbidden, match="only an operator"):
        await every.restore("price", gone.id)
