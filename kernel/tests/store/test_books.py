"""What calls look up in tables of plugins."""

from __future__ import annotations

import asyncio
from typing import Any

import attrs
import pytest
from sqlalchemy import text

from switchhook import Exit, Label, Module, Session
from switchhook.store.books import StoredBooks
from switchhook.store.engine import Store, StoreAway
from switchhook.testing import call


@attrs.frozen
class Counting(Module):
    """Leaves by how many things it counts."""

    kind = "counting"
    label = Label("Zählen", "Counting")

    def exits(self) -> tuple[str, ...]:
        return ("0", "1", "none")

    async def run(self, session: Session) -> Exit:
        return Exit(await session.stored(counted, otherwise="none"), f"at {session.label}")


async def counted(conn: Any) -> str:
    await conn.execute(text("INSERT INTO things VALUES (1)"))
    return str((await conn.execute(text("SELECT count(*) FROM things"))).scalar())


async def test_a_call_looks_into_and_changes_tables_of_plugins(store: Store) -> None:
    async with store.write() as conn:
        await conn.execute(text("CREATE TABLE things (id INTEGER)"))
    done = await call(Counting(), store=store)
    assert (done.exit, done.why) == ("1", "at it")
    async with store.read() as conn:
        assert (await conn.execute(text("SELECT count(*) FROM things"))).scalar() == 1


async def test_a_simulated_call_finds_what_the_module_says_instead() -> None:
    assert (await call(Counting())).exit == "none"


async def test_a_caller_is_not_kept_waiting_for_a_store_that_does_not_answer(store: Store) -> None:
    async def endless(_: object) -> str:
        await asyncio.Event().wait()
        return "never"

    with pytest.raises(StoreAway, match="did not answer a call within"):
        await StoredBooks(store, patience=0.1).work(endless, "none")
