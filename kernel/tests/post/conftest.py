from __future__ import annotations

from datetime import UTC, datetime

import pytest

from switchhook.clock import SetClock
from switchhook.post.outbox import Post
from switchhook.post.template import MailTemplates
from switchhook.resources.seal import Seal
from switchhook.store.engine import Store

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def post(store: Store, clock: SetClock) -> Post:
    return Post(store, clock, Seal(b"s" * 32), MailTemplates.of([]))
