"""The audit in words: every code that is written into it has its words, and names stand for ids."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from web_people import Portal

import switchhook
from switchhook.access.actor import SYSTEM, Actor
from switchhook.people import links, tenants
from switchhook.resources.record import Action
from switchhook_web.audit_words import ACTIONS, KINDS

KERNEL = Path(switchhook.__file__).parent
TELL = {"tell", "_tell"}
HANDED_ON = {
    ("numbers/pool.py", "action"),
    ("numbers/service.py", "action"),
    ("people/door.py", "action"),
    ("people/door.py", "happened"),
    ("people/helping.py", "action"),
    ("people/links.py", "action"),
    ("people/offers.py", "action"),
    ("people/own.py", "action"),
    ("people/people.py", "action"),
    ("people/tenants.py", "action"),
    ("portal/order_care.py", "action"),
    ("portal/rooms.py", "action"),
    ("publishing/ground.py", "action"),
    ("resources/service.py", "action"),
}
"""Where an action was named by whoever called: found there, or below."""


def told(call: ast.Call) -> Iterator[ast.expr]:
    """The argument of a call that is the action, if the call writes into the audit."""
    if not isinstance(call.func, ast.Attribute):
        return
    if call.func.attr in TELL and len(call.args) > 1 and ast.unparse(call.args[0]) == "conn":
        yield next((one for one in call.args[1:] if not isinstance(one, ast.Name)), call.args[1])
    elif call.func.attr == "add" and "audit" in ast.unparse(call.func.value) and len(call.args) == 7:
        yield call.args[3]


def words(said: ast.expr) -> Iterator[str]:
    """The codes an expression can be."""
    if isinstance(said, ast.IfExp):
        yield from words(said.body)
        yield from words(said.orelse)
    elif isinstance(said, ast.JoinedStr):
        end = "".join(str(part.value) for part in said.values if isinstance(part, ast.Constant))
        yield from (f"{kind}{end}" for kind in links.GOOD_FOR)
    elif isinstance(said, ast.Constant) and isinstance(said.value, str):
        yield said.value


def test_every_action_that_is_written_into_the_audit_has_words():
    found, handed_on = {"sign_in", "sign_in_refused", *get_args(Action), *tenants._MOVES}, set()
    for file in KERNEL.rglob("*.py"):
        for call in (one for one in ast.walk(ast.parse(file.read_text())) if isinstance(one, ast.Call)):
            for said in told(call):
                known = list(words(said))
                found |= set(known)
                if not known and not isinstance(said, ast.Attribute):
                    handed_on.add((file.relative_to(KERNEL).as_posix(), ast.unparse(said)))
    assert found - ACTIONS.keys() == set()
    assert {"publish", "token_made", "password_link_sent", "invitation_renewed", "purge"} <= found
    assert handed_on == HANDED_ON
    assert {"account", "tenant", "number", "free-number", "flow"} <= KINDS.keys()


@pytest.fixture
async def shown(portal: Portal):
    """The text of the audit's page in German."""

    async def show() -> str:
        response = await portal.client("admin").get("/t/acme/audit", headers={"Accept-Language": "de"})
        assert response.status_code == 200
        return " ".join((await response.get_data(as_text=True)).split())

    return show


async def test_people_are_named_the_deleted_too_and_unknown_codes_stay(portal: Portal, shown) -> None:
    people = portal.administration.people.of("acme", SYSTEM)
    kim = await people.create({"name": "Kim Albrecht", "email": "kim@acme.example", "role": "user"})
    ann = await people.create({"name": "Ann Berger", "email": "ann@acme.example", "role": "user"})
    await people.delete(ann.id, ann.version)
    keeping = portal.administration.keeping
    async with keeping.turn() as conn:
        await keeping.audit.add(conn, keeping.clock.now(), "kim@acme.example", "sign_in_refused", ("acme", "account", kim.id), {}, {"why": "password"})  # fmt: skip
        await keeping.audit.add(
            conn, keeping.clock.now(), "weather", "rained", ("acme", "cloud", "c-1"), {}, {"much": 3}
        )
    page = await shown()
    assert f'Benutzer <strong class="text-wrap-anywhere" title="{kim.id}">Kim Albrecht</strong> angelegt' in page
    assert f'title="{ann.id}">Ann Berger (gelöscht)</strong> gelöscht' in page
    assert f'title="{kim.id}">Kim Albrecht</strong> Anmeldung abgelehnt' in page
    assert "Benutzername oder Passwort falsch" in page
    assert 'title="system">das Portal</span>' in page
    assert 'cloud <strong class="text-wrap-anywhere" title="c-1">c-1</strong> rained' in page
    assert '<th scope="row">much</th>' in page


async def test_what_changed_is_said_as_its_form_says_it(portal: Portal, shown) -> None:
    admin = Actor("adam", SYSTEM.rights, "operator", "adam")
    kept = portal.administration.keeping.of("acme", admin)
    made = await kept.create("number-group", {"name": "Sales"}, id="sales")
    await kept.change("number-group", "sales", made.version, {"name": "Verkauf"})
    tenants_ = portal.administration.tenants.of(SYSTEM)
    await tenants_.move("acme", (await tenants_.get("acme")).version, "suspended")
    page = await shown()
    assert '<strong class="text-wrap-anywhere" title="sales">Verkauf</strong> geändert' in page
    assert "Sales</td>" in page
    assert "Ausgesetzt" in page
    assert '<th scope="row">Beschreibung</th>' not in page
