"""What pages answer to forms no page of theirs sends: a sentence, never a fault."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flows.hotline import portal_with_hotline
from seeded import with_its_own_door
from web_people import ACTORS, NOW, Portal, post
from werkzeug.routing import Rule

from switchhook.access.account import Account
from switchhook.access.actor import SYSTEM
from switchhook.access.tenant import Tenant
from switchhook.administration import NumberPool, Seat
from switchhook_web.app import create_app

HUGE = "9" * 5000
ODD = "\x00\ud7ff<b>'\"%s{{7*7}}\\\u202e"
NAMES = (
    *(":version", ":base", "version", "revision", "was", "theirs", "merged", "clashes", "message", "at", "label"),
    *("begin", "flow:label", "flow:language", "copy_of", "module", "behind", "number", "numbers", "customer", "flow"),
    *("name", "username", "email", "role", "language", "expires", "grants[0].right", "grants[0].scope"),
    *("grants[999999].groups", "note", "until", "minutes", "password", "new", "again", "current", "code", "id"),
    *("subject", "text", "template", ":template", ":use-template", "to", "url", "events", "active", "caller", "keys"),
    *("legs", "theme", "days", "value", "values", "min_length", "token", "next", "then", "record", "replacement"),
    *("point", "start", "last_resort", "description", "prompts", "settings", ":pick:name", "exit:next", "file"),
)
FORMS: dict[str, dict[str, str]] = {
    "empty": {},
    "nothing in any field": dict.fromkeys(NAMES, ""),
    "huge": dict.fromkeys(NAMES, HUGE),
    "odd": dict.fromkeys(NAMES, ODD),
    "of another kind": dict.fromkeys(NAMES, '{"a": [1, null]}'),
    "stale": {**dict.fromkeys(NAMES, "x"), ":version": "1", ":base": "7", "version": "999999999", "revision": "0"},
}
KNOWN = {"flow": "hotline", "kind": "number-group", "point": "menu", "id": "adam", "e164": "+4930100"}


class Held:
    """The real door, which never lets those go who came in."""

    def __init__(self, door: Any) -> None:
        self.door = door

    def __getattr__(self, name: str) -> Any:
        return getattr(self.door, name)

    async def seat(self, token: str) -> Seat | None:
        if token not in ACTORS:
            return None
        tenant, actor = ACTORS[token]
        name = actor.name
        account = Account(
            actor.account, tenant, name, f"{name}@example.org", name, actor.role, "active", NOW, NOW, language="en"
        )
        return Seat(account, actor, tenant, Tenant(tenant, tenant, NOW), token, f"csrf-of-{token}")


def paths(rule: Rule) -> Iterator[str]:
    """A path of the route to what there is, one to what is another's, and one to what cannot be."""
    nobody = dict.fromkeys(rule.arguments, "%C3%9F'%22..%00")
    for values, number in ((KNOWN, "1"), ({}, "4711"), (nobody, "1"), (dict.fromkeys(rule.arguments, HUGE[:30]), HUGE)):
        path = rule.rule.replace("<tenant>", "acme")
        for name in rule.arguments:
            value = values.get("id" if name == "group" else name, "stranger")
            path = path.replace(f"<{name}>", value).replace(f"<path:{name}>", value)
            path = path.replace(f"<int:{name}>", number)
        yield path


@pytest.fixture
async def portal(tmp_path: Path) -> Any:
    made = await with_its_own_door(await portal_with_hotline(tmp_path))
    administration = made.administration
    await NumberPool(administration.numbers, ACTORS["operator"][1]).add(["+4930100"])
    await NumberPool(administration.numbers, ACTORS["operator"][1]).assign("+4930100", "acme")
    group = {"name": "Sales", "numbers": ["+4930100"]}
    await administration.keeping.of("acme", SYSTEM).create("number-group", group, id="adam")
    yield Portal(await create_app(administration, Held(administration.door)), administration, made.door, made.faults)
    await administration.store.close()


def sentence(page: str) -> bool:
    """Whether a page says something to people."""
    return bool(re.search(r"\w{3,}.*\w{3,}", html.unescape(re.sub(r"<[^>]*>", " ", page))))


async def test_no_form_however_odd_ends_in_a_fault(portal: Portal):
    wrong = []
    rules = [one for one in portal.app.url_map.iter_rules() if "POST" in (one.methods or ())]
    for rule in [one for one in rules if not one.rule.startswith("/api/")]:
        role = "operator" if rule.rule.startswith("/operator") or rule.rule.endswith("/release") else "admin"
        for path in dict.fromkeys(paths(rule)):
            for what, form in FORMS.items() if path == next(paths(rule)) else [("odd", FORMS["odd"])]:
                answer = await post(portal.client(role), path, form, role)
                page = await answer.get_data(as_text=True)
                if answer.status_code >= 500 or (answer.status_code // 100 != 3 and not sentence(page)):
                    wrong.append(
                        (path, what, answer.status_code, portal.faults[-1].message[-400:] if portal.faults else page)
                    )
    assert not wrong, "\n".join(map(str, wrong))
