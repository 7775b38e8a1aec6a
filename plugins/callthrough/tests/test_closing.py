"""SEC30: callthrough closes itself after too many wrong PINs and tells of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import attrs

from switchhook.testing import call
from switchhook_callthrough import closing
from switchhook_callthrough.account import AllowedCaller, CallthroughAccount
from switchhook_callthrough.attempts import Attempts
from switchhook_callthrough.callthrough import Callthrough

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NUMBER, PIN = "+4922155500", "280791"
KIM = CallthroughAccount(
    name="Kim", active=True, until="2026-12-31", pin=PIN, callers=(AllowedCaller(number="+4930123456"),)
)


@attrs.define
class Told:
    """Takes alerts."""

    alerts: list = attrs.field(factory=list)

    async def raise_(self, tenant, rule, key, said, **more):
        self.alerts.append((tenant, rule, key))


async def wrong(store, count, number=NUMBER, tenant="test", since=0):
    async with store.write() as conn:
        for one in range(count):
            await Attempts(conn, tenant).add(number, f"call-{number}-{since + one}", 1, NOON)


async def calls(store, keys=f"{PIN}#,0221123456#", **more):
    return await call(
        Callthrough(accounts=("kim",)), keys, parties="answered", resources={"kim": KIM}, store=store, **more
    )


async def told(store, number=NUMBER):
    told = Told()
    portal = SimpleNamespace(store=store, clock=SimpleNamespace(now=lambda: NOON), alerts=told)
    await closing.tell(portal, SimpleNamespace(tenant="test", payload={"number": number}))
    return told.alerts


async def test_wrong_pins_are_counted_once_for_each_attempt_of_a_call(kept):
    done = await calls(kept, ",".join(["111213#"] * 3))
    assert done.exit == "denied"
    assert [event.data for event in done.events if event.kind == "order.given"] == [{"order": closing.WRONG}] * 3
    async with kept.write() as conn:
        attempts = Attempts(conn, "test")
        await attempts.add(NUMBER, done.call.id, 1, NOON)
        assert await attempts.counted(NUMBER, NOON + timedelta(minutes=1)) == (3, 3)
        assert await Attempts(conn, "other").counted(NUMBER, NOON) == (0, 0)


async def test_it_closes_at_the_called_number_at_exactly_the_limit_and_opens_by_itself(kept):
    await wrong(kept, 29)
    await wrong(kept, 40, tenant="other")
    assert (await calls(kept)).exit == "ended"
    assert await told(kept) == []
    await wrong(kept, 1, since=29)
    done = await calls(kept)
    assert (done.exit, done.why) == ("denied", "callthrough is closed after too many wrong PINs")
    assert done.heard == ("stock/callthrough-closed",)
    assert await told(kept) == [("test", "callthrough-closed", NUMBER)]
    assert (await calls(kept, number="+4922155501")).exit == "ended"
    assert (await calls(kept, at=NOON + timedelta(hours=1, seconds=1))).exit == "ended"


async def test_it_closes_everywhere_when_all_numbers_together_reach_theirs(kept):
    for place in range(5):
        await wrong(kept, 20, number=f"+492215550{place}")
    assert (await calls(kept, number="+4922155509")).exit == "denied"
    assert await told(kept, "+4922155509") == [("test", "callthrough-closed", "+4922155509")]
