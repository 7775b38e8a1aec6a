"""What calls change: single fields, once, audited under the name of the call."""

from __future__ import annotations

from datetime import UTC, datetime

import attrs
import pytest

from switchhook import Exit, Label, Module, Session
from switchhook.administration import SettingsRefused
from switchhook.calls.call import Call, Caller
from switchhook.orders.book import Orders
from switchhook.portal.call_desk import CallDesk
from switchhook.store.audit import entries
from switchhook.testing import call as simulated

from .conftest import Contact

CALL = Call("c-1", "acme", "+492210", Caller("+4930123456"), datetime(2026, 11, 27, tzinfo=UTC))


async def test_a_call_changes_a_field_once_and_the_trail_names_it(acme, store, clock):
    made = await acme.create("contact", {"name": "Kim", "pin": "4711", "age": 3})
    forgotten: list[bool] = []
    desk = CallDesk(Orders(store, clock), acme.keeping, lambda: forgotten.append(True))
    after = await desk.change(CALL, Contact, made.id, {"age": 4}, "night shift", "c-1/3")
    assert (after.age, after.pin, after.name) == (4, "4711", "Kim")
    again = await desk.change(CALL, Contact, made.id, {"age": 5}, "night shift", "c-1/3")
    assert again.age == 4
    kept = await acme.get("contact", made.id)
    assert (kept.version, kept.value) == (2, after)
    assert kept.author == "call of +4930123456 (night shift)"
    newest = (await entries(store, "acme", kind="contact", id=made.id))[0]
    assert (newest.actor, newest.action) == (kept.author, "change")
    assert forgotten == [True, True]
    with pytest.raises(SettingsRefused, match="age"):
        await desk.change(CALL, Contact, made.id, {"age": -1}, "", "c-1/4")


@attrs.frozen
class Birthday(Module):
    kind = "birthday"
    label = Label("Geburtstag", "Birthday")

    def exits(self) -> tuple[str, ...]:
        return ("older",)

    async def run(self, session: Session) -> Exit:
        await session.change(Contact, "kim", by="night", age=4)
        return Exit("older", str((await session.resource(Contact, "kim")).age))


async def test_a_simulated_call_changes_only_what_it_sees_itself():
    kim = Contact(name="Kim", age=3)
    done = await simulated(Birthday(), resources={"kim": kim})
    assert (done.exit, done.why, kim.age) == ("older", "4", 3)
    changed = next(event for event in done.events if event.kind == "resource.changed")
    assert changed.data == {"resource": "contact", "id": "kim", "fields": ["age"], "by": "night"}
