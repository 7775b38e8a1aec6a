"""Two people edit the same, whatever it is: nothing of either is lost (S16)."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import attrs
import pytest
from browser_form import form_in
from quart.testing import QuartClient
from web_people import ACTORS, NOW, Portal, post

from switchhook.access.account import Account
from switchhook.access.actor import SYSTEM
from switchhook.access.tenant import Tenant
from switchhook.people import accounts
from switchhook.store.directory import Directory
from switchhook.store.routing import Number

SECRET = "a-secret-of-some-thirty-letters-"


@attrs.frozen
class Case:
    """A form, what two people type into it, and how to read what is kept.

    ``both`` is the field both change: mine and theirs. ``theirs`` and ``mine``
    are what only one of them does.
    """

    path: str
    role: str
    both: tuple[str, str, str]
    theirs: Mapping[str, str]
    mine: Mapping[str, str]
    kept: Callable[[Portal], Awaitable[Mapping[str, Any]]]


async def _person(portal: Portal) -> Mapping[str, Any]:
    account = await portal.administration.people.of("acme", SYSTEM).get("uwe")
    return {**attrs.asdict(account), "grants[0].right": account.grants[0].right if account.grants else ""}


async def _tenant(portal: Portal) -> Mapping[str, Any]:
    return attrs.asdict(await portal.administration.tenants.of(SYSTEM).get("acme"))


async def _policy(portal: Portal) -> Mapping[str, Any]:
    kept = (await portal.administration.policies.of("acme", SYSTEM).get()).value
    return {name: str(value).lower() for name, value in attrs.asdict(kept).items()}


async def _words(portal: Portal) -> Mapping[str, Any]:
    return attrs.asdict((await portal.administration.wordings.of("acme", SYSTEM).one("test", "en")).wording)


async def _webhook(portal: Portal) -> Mapping[str, Any]:
    return attrs.asdict((await portal.administration.keeping.of("acme", SYSTEM).get("webhook", "crm")).value)


async def _number(portal: Portal) -> Mapping[str, Any]:
    return attrs.asdict((await portal.administration.numbers.of("acme", SYSTEM).get("+4930100")).value)


GRANT = {"grants[0].right": "call.view", "grants[0].scope": "all"}
CASES = {
    "a person": Case("/t/acme/people/uwe", "admin", ("name", "Mine", "Theirs"), GRANT, {"email": "u@new.org"}, _person),
    "a person's role": Case(
        "/t/acme/people/uwe", "admin", ("email", "m@x.org", "t@x.org"), {"role": "admin"}, {"username": "uwe2"}, _person
    ),
    "a number": Case(
        "/t/acme/numbers/+4930100", "admin", ("name", "Mine", "Theirs"), {"cost_centre": "4711"}, {"flow": ""}, _number
    ),
    "a tenant": Case(
        "/operator/tenants/acme", "operator", ("name", "Mine", "Theirs"), {"language": "en"}, {}, _tenant
    ),
    "the password policy": Case(
        "/t/acme/password-policy", "admin", ("days", "90", "30"), {"level": "2"}, {"second_factor": "true"}, _policy
    ),
    "words of a mail": Case(
        "/t/acme/mail/templates/test/en", "admin", ("subject", "Mine", "Theirs"), {"body": "Theirs."}, {}, _words
    ),
    "a webhook": Case(
        "/t/acme/webhooks/crm", "admin", ("name", "Mine", "Theirs"), {"events": "call.ended"}, {"url": "https://b.example/"}, _webhook
    ),
}  # fmt: skip


@pytest.fixture
async def house(portal: Portal) -> Portal:
    """A portal with something of each sort."""
    directory = Directory(portal.administration.store, portal.administration.clock)
    await directory.put_tenant(Tenant("operator", "Operator", NOW))
    await directory.put_flow("acme", "hotline", "Hotline")
    await directory.assign(Number("+4930100", "acme", "hotline"))
    async with portal.administration.store.write() as conn:
        for tenant, actor in ACTORS.values():
            one = (actor.name, f"{actor.name}@example.org", actor.name.title(), actor.role)
            account = Account(actor.account, tenant, *one, "active", NOW, NOW, language="en")
            await accounts.put(conn, account, new=True)
    hook = {"name": "CRM", "url": "https://a.example/", "secret": SECRET, "events": ["call.started"]}
    await portal.administration.keeping.of("acme", SYSTEM).create("webhook", hook, id="crm")
    return portal


def typed(html: str, **changed: str) -> dict[str, str]:
    """What the form in a page posts, with some fields typed anew; the forms of the frame left out."""
    inside = html.partition("<main")[2].partition("</main>")[0]
    form = next(part for part in inside.split("<form")[1:] if part.startswith(' class="card') and ":version" in part)
    return {**dict(form_in(f"<form{form}").pairs), **changed}


async def opened(client: QuartClient, path: str) -> str:
    answer = await client.get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == 200, path
    return await answer.get_data(as_text=True)


async def test_both_sides_are_shown_and_put_together_whatever_it_is(house: Portal) -> None:
    for name, case in CASES.items():
        await both_sides(house, name, case)
    assert (await _webhook(house))["secret"] == SECRET


async def both_sides(house: Portal, name: str, case: Case) -> None:
    client = house.client(case.role)
    form = f"{case.path}/edit" if "webhooks" in case.path else case.path
    (field, mine, theirs), page = case.both, await opened(client, form)
    first = await post(client, case.path, typed(page, **{field: theirs}, **case.theirs), case.role)
    assert first.status_code == 303, (name, await first.get_data(as_text=True))
    second = await post(client, case.path, typed(page, **{field: mine}, **case.mine), case.role)
    stale = await second.get_data(as_text=True)
    assert second.status_code == 409, name
    shown = {field, *(one.partition("[")[0] for one in (*case.theirs, *case.mine))}
    assert set(re.findall(r'data-side="(\w+)"', stale)) == shown, name
    picked = {key: value for key, value in form_in(stale).pairs if key.startswith(":pick:")}
    assert picked == {
        **{f":pick:{one.partition('[')[0]}": "theirs" for one in case.theirs},
        **{f":pick:{one}": "mine" for one in case.mine},
    }, name  # what both changed is for a person to decide
    assert (await post(client, case.path, typed(stale), case.role)).status_code == 409
    before = await case.kept(house)
    assert before[field] == theirs, name
    done = await post(client, case.path, typed(stale, **{f":pick:{field}": "mine"}), case.role)
    assert done.status_code == 303, (name, await done.get_data(as_text=True))
    kept = await case.kept(house)
    wanted = {field: mine, **case.mine, **{one: text for one, text in case.theirs.items() if not one.endswith("scope")}}
    read = {one: kept[one] for one in wanted}
    assert {one: ",".join(text) if isinstance(text, tuple) else text for one, text in read.items()} == wanted, name


async def test_words_that_were_given_up_meanwhile_are_not_brought_back_unasked(house: Portal) -> None:
    admin, here = house.client("admin"), "/t/acme/mail/templates/test/en"
    await post(admin, here, typed(await opened(admin, here), subject="Ours"))
    page = await opened(admin, here)
    await post(admin, f"{here}/reset", {"version": "1"})
    stale = await post(admin, here, typed(page, body="More of it"))
    assert stale.status_code == 409
    assert (await _words(house))["subject"] == "Test mail from Switchhook"


async def test_a_state_that_changed_meanwhile_stays_and_is_told(house: Portal) -> None:
    admin, here = house.client("admin"), "/t/acme/people/uwe"
    page = await opened(admin, here)
    await post(admin, f"{here}/disable", {":version": "1"})
    stale = await (await post(admin, here, typed(page, name="Uwe N"))).get_data(as_text=True)
    assert re.search(r"data-also>\s*State was changed meanwhile, and stays so: Active → Disabled", stale)
    assert (await post(admin, here, typed(stale))).status_code == 303
    kept = await _person(house)
    assert (kept["name"], kept["state"]) == ("Uwe N", "disabled")


async def test_a_button_on_what_changed_meanwhile_asks_once_more(house: Portal) -> None:
    for path, action, role, more in (
        ("/t/acme/people/uwe", "disable", "admin", {}),
        ("/t/acme/people/nora", "delete", "admin", {}),
        ("/operator/tenants/acme", "state", "operator", {"state": "suspended"}),
    ):
        client, was = house.client(role), path.rpartition("/")[2]
        await post(client, path, typed(await opened(client, path), name="Renamed"), role)
        form = {":version": "1", **more}
        asked = await post(client, f"{path}/{action}", form, role, headers={"Accept-Language": "en"})
        page = await asked.get_data(as_text=True)
        assert asked.status_code == 409
        assert re.search(r"<h1[^>]*>Renamed</h1>", page)
        assert re.search(f"<del>{was}</del> → <ins>Renamed</ins>", page, re.IGNORECASE)
        assert (await post(client, f"{path}/{action}", typed(page), role)).status_code == 303
        after = await client.get(path)
        gone = after.status_code == 404
        assert gone if action == "delete" else re.search("Disabled|Suspended", await after.get_data(as_text=True))
