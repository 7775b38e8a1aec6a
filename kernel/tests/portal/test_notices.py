"""What every page of a tenant says, to those whom it concerns, as long as it holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import attrs

from switchhook.access.actor import ALL_RIGHTS, Actor, Reach
from switchhook.clock import SetClock
from switchhook.notices.board import Notice, Notices
from switchhook.schema import Label

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
CLOSED = Notice(Label("Zu", "Closed"), "switch.view", until=NOW + timedelta(hours=2))
ADAM = Actor("adam", ALL_RIGHTS, "admin", "adam")
OWNER = Actor("uwe", {"switch.view": Reach(own=True)}, account="uwe")


def test_it_is_seen_by_those_it_concerns_until_it_is_over():
    clock = SetClock(NOW)
    board = Notices(clock)
    board.put_up("acme", "switch/night", CLOSED)
    board.put_up("acme", "switch/day", attrs.evolve(CLOSED, owner="uwe", until=None))
    assert [one.owner for one in board.of("acme", ADAM)] == ["uwe", ""]
    assert [one.owner for one in board.of("acme", OWNER)] == ["uwe"]
    assert board.of("acme", Actor("nora")) == []
    assert board.of("other", ADAM) == []
    clock.advance(2 * 3600)
    assert [one.owner for one in board.of("acme", ADAM)] == ["uwe"]
    board.take_down("acme", "switch/day")
    assert board.of("acme", ADAM) == []
