"""A tenant with much to administer: numbers, people, flows, and a long audit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import attrs
from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from switchhook.access.tenant import Tenant
from switchhook.people.passwords import Passwords
from switchhook.resources.kept import folded
from switchhook.store import tables
from switchhook.store.directory import Directory
from switchhook.store.engine import Store
from switchhook.store.routing import FlowText
from switchhook.store.tables_people import account
from switchhook.store.tables_signing_in import credential

TENANT, USER, PASSWORD = "acme", "sue", "correct horse battery staple"
_FLOW = """\
flow: flow-{n}
label: Hotline {n}
language: en
start: hello
points:
  hello:
    module: announcement
    settings:
      prompts: [system/apology]
    exits:
      next: hang-up
"""


@attrs.frozen
class Much:
    """How much there is."""

    numbers: int = 2_000
    people: int = 500
    flows: int = 200
    audit: int = 100_000


async def fill(store: Store, directory: Directory, much: Much, now: datetime) -> None:
    """Put it into a new database; ``USER`` is the superadmin of ``TENANT`` and signs in with ``PASSWORD``."""
    await directory.put_tenant(Tenant(TENANT, "Acme", now))
    texts = [FlowText(f"flow-{n}", f"Hotline {n}", _FLOW.format(n=n)) for n in range(much.flows)]
    await directory.publish_texts(TENANT, texts, author="bench")
    passwords = Passwords()
    signs_in = {"account": USER, "tenant": TENANT, "hash": await passwords.hash(PASSWORD), "former": [], "changed": now}
    passwords.close()
    async with store.write(patient=True) as conn:
        await _insert(conn, tables.number, _numbers(much))
        await _insert(conn, account, _people(much, now))
        await _insert(conn, credential, iter([signs_in]))
        await _insert(conn, tables.audit, _changes(much, now))
        await conn.execute(update(tables.audit_head).values(no=much.audit))


async def _insert(conn: AsyncConnection, table: Any, rows: Iterator[dict[str, Any]]) -> None:
    every = list(rows)
    for begin in range(0, len(every), 2_000):
        await conn.execute(insert(table), every[begin : begin + 2_000])


def _numbers(much: Much) -> Iterator[dict[str, Any]]:
    for n in range(much.numbers):
        e164, label = f"+4922155{n:05}", f"Line {n} of {n % 17}"
        yield {
            "e164": e164,
            "tenant": TENANT,
            "flow": f"flow-{n % much.flows}",
            "label": label,
            "search": folded(f"{e164}\n{label}"),
        }


def _people(much: Much, now: datetime) -> Iterator[dict[str, Any]]:
    for n in range(much.people):
        name = USER if n == 0 else f"person{n}"
        yield {
            "id": name,
            "tenant": TENANT,
            "username": name,
            "email": f"{name}@example.org",
            "name": f"Person {n}",
            "role": "superadmin" if n == 0 else "user",
            "state": "active",
            "language": "en",
            "theme": "auto",
            "grants": [],
            "version": 1,
            "search": folded(f"{name}\nPerson {n}"),
            "created": now,
            "changed": now,
        }


def _changes(much: Much, now: datetime) -> Iterator[dict[str, Any]]:
    """Rows of the chain as far as lists show them; nobody verifies it here."""
    for no in range(1, much.audit + 1):
        yield {
            "no": no,
            "tenant": TENANT,
            "at": now - timedelta(seconds=much.audit - no),
            "actor": f"person{no % 50}",
            "action": "change",
            "kind": ("number", "flow", "account", "number-group")[no % 4],
            "id": f"thing-{no % 500}",
            "before": {"label": "was"},
            "after": {"label": "is"},
            "hash": "0" * 64,
        }
