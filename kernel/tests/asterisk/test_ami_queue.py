"""The queue between socket and listeners: what it keeps, drops and says about it."""

from __future__ import annotations

from switchhook.asterisk.ami_event import AmiEvent
from switchhook.asterisk.ami_queue import EventQueue, Mark


def numbered(number: int) -> AmiEvent:
    return AmiEvent("UserEvent", {"Number": str(number)})


async def test_events_and_marks_keep_their_order():
    queue = EventQueue(10)
    queue.put(numbered(1))
    queue.mark(Mark("lost", "why"))
    queue.put(numbered(2))
    assert [await queue.get() for _ in range(3)] == [numbered(1), Mark("lost", "why"), numbered(2)]


async def test_after_the_first_dropped_event_all_are_until_the_gap_was_noticed():
    queue = EventQueue(2)
    for number in range(3):
        queue.put(numbered(number))
    assert [await queue.get(), await queue.get()] == [numbered(0), numbered(1)]
    queue.put(numbered(3))
    assert await queue.get() == Mark("missed", events=2)
    queue.put(numbered(4))
    assert await queue.get() == numbered(4)
    assert queue.dropped == 2


async def test_a_mark_always_fits_and_two_sweeps_are_one():
    queue = EventQueue(1)
    queue.put(numbered(1))
    queue.mark(Mark("sweep"))
    queue.mark(Mark("sweep"))
    queue.mark(Mark("connected"))
    assert [await queue.get() for _ in range(3)] == [numbered(1), Mark("sweep"), Mark("connected")]
    queue.mark(Mark("sweep"))
    assert await queue.get() == Mark("sweep")
