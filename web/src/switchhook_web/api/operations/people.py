"""The people of a tenant and what they may do."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import attrs

from switchhook import Label, setting
from switchhook.administration import Account, Person

from ..openapi import BASE
from ..operation import Answer, Asked, Operation
from .common import PageQuery, a_page, list_of, page_of, placed, values_of

_AT = "/tenants/{tenant}/people"
_ORDERS = tuple(f"{way}{name}" for name in ("name", "username", "email", "role", "state") for way in ("", "-"))
_ONE = f"{_AT}/{{id}}"


@attrs.frozen
class PeopleQuery(PageQuery):
    """Which people."""

    search: str = setting("text", "Suche", "Search", default="")
    role: str = setting("choice", "Rolle", "Role", default="", choices=("user", "admin", "superadmin", "operator"))
    state: str = setting("choice", "Zustand", "State", default="", choices=("invited", "active", "disabled"))
    order: str = setting("choice", "Sortierung", "Order", default="name", choices=_ORDERS)


@attrs.frozen
class RightLine:
    """A right that can be granted, and how far."""

    word: str
    label: Label
    scopes: Sequence[str]
    plugin: str


def operations() -> Sequence[Operation]:
    """People and the rights there are."""
    return [*_reading(), *_changing()]


def _operation(name: str, de: str, en: str, **more: Any) -> Operation:
    more.setdefault("tag", "people")
    return Operation(id=name, summary=Label(de, en), **more)


def _reading() -> Sequence[Operation]:
    return [
        _operation(
            "people.list",
            "Benutzer",
            "People",
            method="GET",
            path=_AT,
            run=_list,
            right="people.view",
            query=PeopleQuery,
            answer=page_of(Account),
            may=("list",),
        ),
        _operation(
            "people.get",
            "Ein Benutzer",
            "One person",
            method="GET",
            path=_ONE,
            run=_get,
            right="people.view",
            answer=Account,
            etag=True,
        ),
        _operation(
            "rights.list",
            "Rechte, die es gibt",
            "The rights there are",
            method="GET",
            path="/rights",
            run=_rights,
            answer=list_of(RightLine),
        ),
    ]


def _changing() -> Sequence[Operation]:
    changing: dict[str, Any] = {"right": "people.change", "answer": Account, "etag": True}
    refused = ("change_refused", "last_superadmin", "mail_address")
    return [
        _operation(
            "people.create",
            "Benutzer einladen",
            "Invite a person",
            method="POST",
            path=_AT,
            run=_create,
            body=values_of(Person),
            status=201,
            may=("change_refused", "mail_address", "demo_limit"),
            **changing,
        ),
        _operation(
            "people.patch",
            "Benutzer ändern",
            "Change a person",
            method="PATCH",
            path=_ONE,
            run=_patch,
            body=values_of(Person, partly=True),
            versioned=True,
            may=refused,
            **changing,
        ),
        _operation(
            "people.disable",
            "Benutzer sperren",
            "Disable a person",
            method="POST",
            path=f"{_ONE}/disable",
            run=partial(_state, "disable"),
            versioned=True,
            may=("settings", *refused),
            **changing,
        ),
        _operation(
            "people.enable",
            "Benutzer entsperren",
            "Enable a person",
            method="POST",
            path=f"{_ONE}/enable",
            run=partial(_state, "enable"),
            versioned=True,
            may=("settings", "demo_limit", *refused),
            **changing,
        ),
        _operation(
            "people.delete",
            "Benutzer löschen",
            "Delete a person for good",
            method="DELETE",
            path=_ONE,
            run=_delete,
            right="people.change",
            status=204,
            versioned=True,
            may=refused,
        ),
        _operation(
            "people.invite",
            "Einladung erneut senden",
            "Send the invitation again",
            method="POST",
            path=f"{_ONE}/invite",
            run=_invite,
            right="people.change",
            status=204,
            may=("settings",),
        ),
    ]


def _people(asked: Asked) -> Any:
    return asked.administration.people.of(asked.tenant, asked.actor)


def _told(account: Account) -> Answer:
    return Answer(value=account, version=account.version)


async def _list(asked: Asked) -> Answer:
    wanted: PeopleQuery = asked.query
    page = await _people(asked).page(
        wanted.search, role=wanted.role, state=wanted.state, after=wanted.after, limit=wanted.limit, order=wanted.order
    )
    return Answer(value=a_page(page.accounts, page.after))


async def _get(asked: Asked) -> Answer:
    return _told(await _people(asked).get(asked.path["id"]))


async def _create(asked: Asked) -> Answer:
    with placed("account"):
        made = await _people(asked).create(asked.body)
    return attrs.evolve(_told(made), location=f"{BASE}/tenants/{asked.tenant}/people/{made.id}")


async def _patch(asked: Asked) -> Answer:
    with placed("account"):
        return _told(await _people(asked).change(asked.path["id"], asked.version, asked.body))


async def _state(action: str, asked: Asked) -> Answer:
    with placed("account"):
        return _told(await getattr(_people(asked), action)(asked.path["id"], asked.version))


async def _delete(asked: Asked) -> Answer:
    await _people(asked).delete(asked.path["id"], asked.version)
    return Answer()


async def _invite(asked: Asked) -> Answer:
    with placed("account"):
        await _people(asked).invite_again(asked.path["id"])
    return Answer()


async def _rights(asked: Asked) -> Answer:
    rights = asked.administration.plugged.rights
    lines = [RightLine(word, one.label, one.scopes, rights.plugin_of(word)) for word, one in rights.items()]
    return Answer(value={"items": lines})
