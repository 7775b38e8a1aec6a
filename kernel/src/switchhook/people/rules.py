"""Who may do what to whom: plain rules over accounts, without a store (S09, I02-I05)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from ..access.account import OPERATOR_TENANT, Account, Grant
from ..access.actor import Actor, Forbidden, Role
from ..errors import SwitchhookError
from .actors import Groups, reach_of

_RANK: Final = {"user": 0, "admin": 1, "superadmin": 2, "operator": 3}


class LastSuperadmin(SwitchhookError):
    """A tenant must keep one superadmin who can sign in, and the portal one operator."""

    code = "last_superadmin"


def refuse_handling(actor: Actor, mine: Collection[Grant], target: Account, groups: Groups) -> None:
    """Raise ``Forbidden`` when ``actor`` may not edit, disable, delete, reset or impersonate ``target``.

    Nobody handles one of a higher role, and a user nobody who has rights that
    he has not: whoever can change another's address could take the account over.
    """
    if _RANK[target.role] > _RANK[actor.role]:
        raise Forbidden(f"{target.username} is {target.role}; that is above {actor.role}", account=target.id)
    if actor.role == "user":
        refuse_giving(actor, mine, target.grants, groups)


def refuse_role(actor: Actor, role: Role, tenant_role: bool) -> None:
    """Raise ``Forbidden`` when ``actor`` may not give ``role``; ``tenant_role`` is whether it fits the tenant."""
    if not tenant_role:
        raise Forbidden(f"there is no {role} in this tenant", role=role)
    if _RANK[role] > _RANK[actor.role]:
        raise Forbidden(f"{actor.role} cannot make anybody {role}", role=role)


def refuse_giving(actor: Actor, mine: Collection[Grant], given: Iterable[Grant], groups: Groups) -> None:
    """Raise ``Forbidden`` for the first grant that goes further than the actor's own rights.

    ``mine`` are the actor's own grants: a group can be given only by one to
    whom it was given, since it may grow.
    """
    for grant in given:
        if not _within(actor, mine, grant, groups):
            raise Forbidden(
                f"{actor.name} has not the right {grant.right} so far ({grant.scope}) and cannot give it",
                right=grant.right,
            )


def _within(actor: Actor, mine: Collection[Grant], grant: Grant, groups: Groups) -> bool:
    reach = actor.reach(grant.right)
    if reach.everything:
        return True
    if grant.scope == "group":
        held = {id for one in mine if one.right == grant.right and one.scope == "group" for id in one.ids}  # noqa: A001
        return set(grant.ids) <= held and bool(reach)
    wanted = reach_of(grant, groups)
    return not wanted.everything and wanted.numbers <= reach.numbers and (reach.own or not wanted.own)


def roles_below(role: Role, tenant: str) -> tuple[Role, ...]:
    """The roles that one of ``role`` may give in a tenant, the least first."""
    if tenant == OPERATOR_TENANT:
        return ("operator",) if role == "operator" else ()
    return tuple(one for one in ("user", "admin", "superadmin") if _RANK[one] <= _RANK[role])


def is_last(role: Role, before: Account, others: int) -> bool:
    """Whether a tenant would lose its last active superadmin (or operator); ``others`` counts the other active ones."""
    return before.role == role and before.state == "active" and others == 0
