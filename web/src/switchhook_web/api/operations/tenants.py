"""The tenants, for the operator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from switchhook import Label, setting
from switchhook.administration import Tenant, TenantDetails, TenantLine

from ..openapi import BASE
from ..operation import Answer, Asked, Operation
from ..reading import declared_body
from .common import AN_ID, PageQuery, a_page, page_of, placed, values_of

_STATES = ("demo", "active", "suspended", "closed")


@attrs.frozen
class TenantQuery(PageQuery):
    """Which tenants."""

    search: str = setting("text", "Suche", "Search", default="")
    state: str = setting("choice", "Zustand", "State", default="", choices=_STATES)


@attrs.frozen
class TenantAsked(TenantDetails):
    """A tenant to be made, perhaps with its first superadmin, who is invited."""

    id: str = setting("text", "Kennung", "Id", pattern=r"[a-z0-9][a-z0-9_-]{0,39}", shape=AN_ID)
    state: str = setting("choice", "Zustand", "State", default="active", choices=("demo", "active"))
    superadmin_name: str = setting("text", "Name des Superadmins", "Name of the superadmin", default="")
    superadmin_email: str = setting("text", "E-Mail des Superadmins", "E-mail of the superadmin", default="")


@attrs.frozen
class StateAsked:
    """Where a tenant goes."""

    state: str = setting("choice", "Zustand", "State", choices=_STATES)


@attrs.frozen
class LimitsNow:
    """What a tenant may have at most while it only tries the portal; without a limit it is null."""

    demo: bool
    numbers: int | None = None
    accounts: int | None = None
    flows: int | None = None
    calls: int | None = None


def operations() -> Sequence[Operation]:
    """Tenants and their states."""
    one: dict[str, Any] = {"path": "/tenants/{tenant}", "answer": Tenant, "etag": True}
    return [
        _operation(
            "tenants.list",
            "Mandanten",
            "Tenants",
            method="GET",
            path="/tenants",
            run=_list,
            query=TenantQuery,
            answer=page_of(TenantLine),
            may=("list",),
        ),
        _operation(
            "tenants.create",
            "Mandant anlegen",
            "Make a tenant",
            method="POST",
            path="/tenants",
            run=_create,
            body=declared_body(TenantAsked, "TenantAsked"),
            answer=Tenant,
            status=201,
            etag=True,
            may=("id_taken", "tenant_state"),
        ),
        Operation(
            id="tenants.limits",
            tag="tenants",
            summary=Label("Grenzen eines Demo-Zugangs", "The limits of a demo"),
            method="GET",
            path="/tenants/{tenant}/limits",
            run=_limits,
            answer=LimitsNow,
        ),
        _operation("tenants.get", "Ein Mandant", "One tenant", method="GET", run=_get, **one),
        _operation(
            "tenants.patch",
            "Mandant ändern",
            "Change a tenant",
            method="PATCH",
            run=_patch,
            body=values_of(TenantDetails, partly=True),
            versioned=True,
            **one,
        ),
        _operation(
            "tenants.move",
            "Zustand eines Mandanten ändern",
            "Bring a tenant to another state",
            method="POST",
            run=_move,
            body=declared_body(StateAsked, "StateAsked"),
            versioned=True,
            may=("tenant_state", "offer_missing"),
            **{**one, "path": "/tenants/{tenant}/state"},
        ),
    ]


def _operation(name: str, de: str, en: str, **more: Any) -> Operation:
    return Operation(id=name, tag="tenants", summary=Label(de, en), above=True, **more)


def _tenants(asked: Asked) -> Any:
    return asked.administration.tenants.of(asked.actor)


def _told(tenant: Tenant) -> Answer:
    return Answer(value=tenant, version=tenant.version)


async def _list(asked: Asked) -> Answer:
    wanted: TenantQuery = asked.query
    page = await _tenants(asked).page(wanted.search, wanted.state, after=wanted.after, limit=wanted.limit)
    return Answer(value=a_page(page.tenants, page.after))


async def _get(asked: Asked) -> Answer:
    return _told(await _tenants(asked).get(asked.tenant))


async def _limits(asked: Asked) -> Answer:
    limits = await asked.administration.tenants.limits(asked.tenant)
    return Answer(value=LimitsNow(limits is not None, **(attrs.asdict(limits) if limits is not None else {})))


async def _create(asked: Asked) -> Answer:
    wanted: TenantAsked = asked.body
    first = None
    if wanted.superadmin_email or wanted.superadmin_name:
        first = {"name": wanted.superadmin_name, "email": wanted.superadmin_email}
    with placed("account", "superadmin"), placed("tenant"):
        details = {"name": wanted.name, "language": wanted.language}
        made = await _tenants(asked).create(wanted.id, details, first, state=wanted.state)
    return attrs.evolve(_told(made), location=f"{BASE}/tenants/{made.id}")


async def _patch(asked: Asked) -> Answer:
    with placed("tenant"):
        return _told(await _tenants(asked).change(asked.tenant, asked.version, asked.body))


async def _move(asked: Asked) -> Answer:
    return _told(await _tenants(asked).move(asked.tenant, asked.version, asked.body.state))
