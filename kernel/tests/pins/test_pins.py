"""Wrong PINs lock, at the limit exactly, whatever ends meanwhile (SEC22, SEC23)."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime

import pytest
from sqlalchemy import event

from switchhook import PinLimits
from switchhook.access.actor import SYSTEM, Actor, Forbidden
from switchhook.alerts.inbox import Alerts
from switchhook.calls import pins
from switchhook.calls.call import Call, Caller
from switchhook.calls.pins import PinAttempt, fits
from switchhook.clock import SetClock
from switchhook.errors import NotFound
from switchhook.pins.alarm import tell_of_locks
from switchhook.pins.book import StoredPins, forget_attempts
from switchhook.pins.locks import Pins
from switchhook.store.audit import Audit, entries
from switchhook.store.engine import Store

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
LIMITS = PinLimits()


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def book(store: Store, clock: SetClock) -> StoredPins:
    return StoredPins(store, clock)


def attempt(call: int, step: int = 1, *, subject: str = "box", caller: int | None = None, tenant: str = "acme"):
    who = Caller("", key=f"key-{call if caller is None else caller}")
    return PinAttempt(Call(f"sh-{call}", tenant, "+4922155500", who, NOW), step, "mailbox", subject, LIMITS)


async def test_many_at_once_are_locked_at_the_limit_exactly_and_others_are_not(store: Store, clock: SetClock) -> None:
    # Each worker is a book of its own, as after a restart; every call and caller is another.
    books = [StoredPins(store, clock) for _ in range(4)]
    judged = await asyncio.gather(*(books[n % 4].judge(attempt(n), right=False) for n in range(24)))
    assert Counter(judged) == {"wrong": LIMITS.per_subject, "locked": 24 - LIMITS.per_subject}
    assert await StoredPins(store, clock).judge(attempt(100), right=True) == "locked", "also with the right PIN"
    assert await books[0].judge(attempt(101, subject="other"), right=True) == "ok"
    assert await books[0].judge(attempt(102, tenant="beta"), right=True) == "ok"


async def test_a_thousand_guesses_over_a_day_are_twenty(store: Store, clock: SetClock, book: StoredPins) -> None:
    wrong = 0
    for n in range(250):  # four more of each are refused within the same window
        clock.advance(86400 // 250)
        wrong += await book.judge(attempt(n), right=False) == "wrong"
    assert wrong == LIMITS.per_day


async def test_one_caller_who_sprays_many_subjects_is_locked(book: StoredPins) -> None:
    judged = [await book.judge(attempt(n, subject=f"box{n}", caller=7), right=False) for n in range(14)]
    assert Counter(judged) == {"wrong": LIMITS.per_caller, "locked": 4}
    assert await book.judge(attempt(99, subject="box1"), right=True) == "ok"


async def test_one_call_has_three(book: StoredPins) -> None:
    judged = [await book.judge(attempt(1, step, subject=f"s{step}", caller=step), right=False) for step in range(1, 5)]
    assert judged == ["wrong"] * 3 + ["locked"]


async def test_an_attempt_gone_through_again_after_a_restart_counts_once(store: Store, clock, book: StoredPins) -> None:
    for step in (1, 2):
        assert await book.judge(attempt(1, step), right=False) == "wrong"
    assert await StoredPins(store, clock).judge(attempt(1, 2), right=False) == "wrong"
    assert await book.judge(attempt(1, 3), right=True) == "ok"
    assert await book.judge(attempt(1, 3), right=False) == "ok"


async def test_a_right_one_forgives_the_callers_own_and_nobody_elses(book: StoredPins) -> None:
    for call in (1, 2, 3):
        await book.judge(attempt(call, caller=9), right=False)
    assert await book.judge(attempt(4), right=False) == "wrong"
    assert await book.judge(attempt(5), right=True) == "ok"
    assert await book.judge(attempt(6), right=False) == "wrong"
    assert await book.judge(attempt(7), right=True) == "locked", "five wrong ones of others stay"


async def test_the_lock_ends_by_itself(clock: SetClock, book: StoredPins) -> None:
    for call in range(LIMITS.per_subject):
        await book.judge(attempt(call), right=False)
    clock.advance(LIMITS.subject_seconds - 1)
    assert await book.judge(attempt(50), right=True) == "locked"
    clock.advance(2)
    assert await book.judge(attempt(51), right=True) == "ok"


async def test_an_administrator_unlocks_and_the_audit_tells(store: Store, clock: SetClock, book: StoredPins) -> None:
    locks = Pins(store, clock, Audit(b"k" * 32))
    for call in range(LIMITS.per_subject):
        await book.judge(attempt(call), right=False)
    (lock,) = await locks.of("acme", SYSTEM).locked()
    assert (lock.purpose, lock.subject, lock.wrong) == ("mailbox", "box", 5)
    assert (lock.until - NOW).total_seconds() == LIMITS.subject_seconds
    assert list(await locks.of("beta", SYSTEM).locked()) == []
    with pytest.raises(NotFound):
        await locks.of("beta", SYSTEM).unlock("mailbox", "box")
    with pytest.raises(Forbidden):
        await locks.of("acme", Actor("kim")).unlock("mailbox", "box")
    await locks.of("acme", SYSTEM).unlock("mailbox", "box")
    assert await book.judge(attempt(70), right=True) == "ok"
    (told,) = await entries(store, "acme", kind="pin")
    assert (told.action, told.id, told.before["wrong"]) == ("unlock", "mailbox/box", 5)
    with pytest.raises(NotFound):
        await locks.of("acme", SYSTEM).unlock("mailbox", "box")


async def test_old_attempts_are_forgotten(store: Store, clock: SetClock, book: StoredPins) -> None:
    await book.judge(attempt(1), right=False)
    clock.advance(3 * 86400)
    await forget_attempts(store, clock.now())
    assert await book.judge(attempt(1), right=True) == "ok"


def test_what_is_unknown_fits_nothing() -> None:
    assert fits("4711", ["12", "4711"])
    assert not fits("4711", [])
    assert not fits("", [""])


@pytest.mark.parametrize("wrong", [{"per_call": 0}, {"per_subject": 1.5}, {"caller_seconds": True}])
def test_limits_that_are_none_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="whole number"):
        PinLimits(**wrong)


async def alerted(alerts: Alerts, tenant: str = "acme") -> list[tuple[str, str, int]]:
    page = await alerts.of(tenant, SYSTEM).page()
    return [(one.key, one.state, one.count) for one in page.alerts if one.rule == "pin.locked"]


async def test_each_lock_raises_one_alert_which_unlocking_closes(
    store: Store, clock: SetClock, book: StoredPins
) -> None:
    alerts = Alerts(store, clock)
    for call in range(LIMITS.per_subject - 1):
        await book.judge(attempt(call), right=False)
    await tell_of_locks(alerts)
    assert await alerted(alerts) == []
    for call in (10, 11, 12):  # the first locks
        await book.judge(attempt(call), right=False)
        clock.advance(1)
        await tell_of_locks(Alerts(store, clock))
    assert (await alerted(alerts), await alerted(alerts, "beta")) == ([("mailbox/box", "open", 1)], [])
    (told,) = (await alerts.of("acme", SYSTEM).page()).alerts
    assert (told.text.en, told.link) == ("A PIN is locked after too many wrong ones: box (mailbox)", "/pins")
    await alerts.of("acme", SYSTEM).close(told.id)
    await tell_of_locks(alerts)
    assert await alerted(alerts) == [("mailbox/box", "closed", 1)], "somebody took care of this lock"
    clock.advance(LIMITS.subject_seconds + 1)
    for call in range(20, 20 + LIMITS.per_subject):
        await book.judge(attempt(call), right=False)
    await tell_of_locks(alerts)
    assert await alerted(alerts) == [("mailbox/box", "open", 1), ("mailbox/box", "closed", 1)]
    await Pins(store, clock, Audit(b"k" * 32)).of("acme", SYSTEM).unlock("mailbox", "box")
    await tell_of_locks(alerts)
    assert [state for _, state, _ in await alerted(alerts)] == ["closed", "closed"]


async def test_wrong_locked_and_unknown_take_the_same_way(
    store: Store, book: StoredPins, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SEC23: the same statements to the database and as many hashes, whatever it is; no clock decides."""
    said: list[str] = []
    hashed: list[int] = []
    digest = pins._digest
    monkeypatch.setattr(pins, "_digest", lambda pin: hashed.append(len(pin)) or digest(pin))

    async def asked(call: int, given: str, expected: list[str], subject: str = "box") -> tuple[str, list[str], int]:
        said.clear()
        hashed.clear()
        verdict = await book.judge(attempt(call, subject=subject), right=fits(given, expected))
        return verdict, list(said), len(hashed)

    def hear(conn, cursor, statement, parameters, context, many) -> None:
        said.append(statement)

    engine = store._writing.sync_engine
    event.listen(engine, "before_cursor_execute", hear)
    try:
        ways = {}
        for call in range(LIMITS.per_subject):  # the last of them locks
            verdict, *way = await asked(call, "1111", ["2807"])
            ways[f"{verdict} {call}"] = way
        ways["locked"] = (await asked(50, "1111", ["2807"]))[1:]
        ways["locked, right"] = (await asked(51, "2807", ["2807"]))[1:]
        ways["unknown"] = (await asked(52, "1111", [], "nobody"))[1:]
        ways["right"] = (await asked(53, "2807", ["2807"], "other"))[1:]
    finally:
        event.remove(engine, "before_cursor_execute", hear)
    first = list(ways.pop("wrong 0"))
    assert len(first[0]) > 5
    assert first[1] == 2
    assert {name: list(way) == first for name, way in ways.items()} == dict.fromkeys(ways, True)
