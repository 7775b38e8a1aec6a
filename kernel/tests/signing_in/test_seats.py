"""Many seats are looked at in a few questions, and are the same as one by one."""

from __future__ import annotations

from datetime import timedelta

import attrs
from sqlalchemy import event, insert

from switchhook.access.account import Grant
from switchhook.people.tokens import EVERY_RIGHT
from switchhook.store import tables

from .conftest import KIM, LEE, NOW

GRANTS = (Grant("call.view", "group", ("sales",)), Grant("alert.view"))
MAX = attrs.evolve(LEE, id="a3", username="max", email="max@other.example", tenant="other", grants=GRANTS)


async def group(portal, tenant: str, number: str) -> None:
    row = {"tenant": tenant, "kind": "number-group", "id": "sales", "version": 1, "created": NOW, "changed": NOW}
    async with portal.store.write() as conn:
        await conn.execute(insert(tables.kept).values(**row, document={"numbers": [number]}, sealed={}))


async def test_many_are_found_as_each_alone_and_cost_no_more_questions(portal):
    await portal.put(attrs.evolve(LEE, grants=GRANTS))
    await portal.put(MAX)
    await group(portal, "acme", "+4930100")
    await group(portal, "other", "+4930200")
    sessions = [(await portal.enter(name)).token for name in ("kim", "lee", "max")]
    made = [await portal.door.own(await portal.door.seat(one)).make_token("t", GRANTS[:1]) for one in sessions]
    bearers = [one.text for one in made]
    asked: list[str] = []
    engine = portal.store._reading.sync_engine
    note = lambda conn, cursor, statement, *_: asked.append(statement) if "FROM" in statement else None  # noqa: E731
    event.listen(engine, "before_cursor_execute", note)
    few = await portal.door.seats(sessions[1:2], bearers[1:2])
    for_few = len(asked)
    asked.clear()
    found = await portal.door.seats([*sessions, "nobody"], [*bearers, "nobody"])
    assert len(asked) == for_few
    event.remove(engine, "before_cursor_execute", note)
    alone = {one: await portal.door.seat(one) for one in sessions}
    alone |= {one: await portal.door.bearer(one) for one in bearers}
    assert found == alone
    assert few[sessions[1]].actor.reach("call.view").numbers == {"+4930100"}
    assert found[bearers[2]].actor.reach("call.view").numbers == {"+4930200"}
    assert not found[bearers[2]].actor.may("alert.view")


async def test_those_that_may_not_enter_any_more_are_not_among_them(portal):
    await portal.put(LEE)
    kim, lee = [(await portal.enter(name)).token for name in ("kim", "lee")]
    token = (await portal.door.own(await portal.door.seat(kim)).make_token("t", EVERY_RIGHT)).text
    assert set(await portal.door.seats([kim, lee], [token])) == {kim, lee, token}
    await portal.door.sign_out(lee)
    assert set(await portal.door.seats([kim, lee], [token])) == {kim, token}
    await portal.disable(KIM.id)
    assert await portal.door.seats([kim, lee], [token]) == {}
    portal.clock.advance(timedelta(hours=9).total_seconds())
    assert await portal.door.seats([kim], []) == {}
