"""Nothing that comes from outside stands in a statement to the database (SEC03)."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

MARK = "zq7"
QUOTES = [
    f"{MARK}'",
    f'{MARK}"',
    f"{MARK}'; DROP TABLE kept; --",
    f"{MARK}\\'",
    f"{MARK}%_",
    f"{MARK}`",
    f"{MARK})",
    f"{MARK}$$",
    f"{MARK}:x",
]


@pytest.fixture
def statements():
    heard: list[str] = []

    def hear(conn, cursor, statement, parameters, context, many):
        heard.append(statement)

    event.listen(Engine, "before_cursor_execute", hear)
    yield heard
    event.remove(Engine, "before_cursor_execute", hear)


async def test_no_input_is_inside_a_statement(api, operations, statements):
    lists = [one for one in operations if one.method == "GET"]
    statements.clear()
    answered = set()
    for text in QUOTES:
        sent = quote(text, safe="")
        asks = [one.path.replace("{tenant}", "acme").replace("{id}", sent).replace("{name}", sent) for one in lists]
        for one, path in zip(lists, asks, strict=True):
            if one.names[-1:] in (("id",), ("name",)) or "{id}" in one.path:
                answered.add((await api.get(f"/api/v1{path}")).status)
        for name in ("search", "order", "after", "where.name", "where.age", "where.created", "state"):
            answered.add((await api.get(f"/resources/contact?{name}={sent}")).status)
        for path in ("people", "calls", "audit", "numbers"):
            for name in ("search", "after", "kind", "id", "order"):
                answered.add((await api.get(f"/{path}?{name}={sent}")).status)
        fields = {"name": text, "lines": [{"number": "0221 1234"}]}
        answered.add(
            (await api.post("/resources/contact", {"fields": fields}, Idempotency_Key=text.replace(" ", ""))).status
        )
    assert answered <= {200, 201, 400, 403, 404}
    assert {200, 400, 404} <= answered
    assert len(statements) > 100
    assert [one for one in statements if MARK in one] == []
