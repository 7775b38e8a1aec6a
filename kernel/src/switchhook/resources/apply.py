"""Brings what is kept to what a file or table wants: all of it or nothing, and the plan is the same without keeping it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import attrs
from sqlalchemy.ext.asyncio import AsyncConnection

from ..schema import Problem, SettingsRefused, settings_of
from . import kept
from .record import Action, IdTaken, InUse, Record, StaleVersion, Use
from .resource import secrets_of
from .service import Resources
from .wanted import Step, Wanted, step
from .within import narrowed


class _Move(NamedTuple):
    action: Action
    before: Record | None
    after: Record


class _PlannedOnly(Exception):
    """Rolls a plan back."""


async def apply(
    resources: Resources, wanted: Iterable[Wanted], *, prune: Sequence[str] = (), only_plan: bool = False
) -> Sequence[Step]:
    """Keep what is wanted; gives the steps that were needed, none for what is so already.

    Records of the kinds ``prune`` that are not wanted go to the trash. Raises
    ``SettingsRefused`` with every problem (paths begin with kind and id),
    ``InUse`` where something deleted is still used, ``StaleVersion`` where
    somebody changed a record meanwhile; nothing is changed then. With
    ``only_plan`` nothing is changed in any case.
    """
    moves = await _moves(resources, list(wanted), prune)
    for move in moves:
        await resources.approve(resources.proposal(move.action, move.before, move.after), _path(move.after))
    try:
        async with resources.keeping.turn() as conn:
            for move in moves:
                await _keep(resources, conn, move)
            await _hold_together(resources, conn, moves)
            if only_plan:
                raise _PlannedOnly  # noqa: TRY301 - the way to roll back
    except _PlannedOnly:
        pass
    else:
        for move in moves:
            await resources.announce(resources.proposal(move.action, move.before, move.after))
    return [step(*move) for move in moves]


async def replace(resources: Resources, kind: str, old: str, new: str) -> Sequence[Use]:
    """Let every record that uses ``old`` use ``new`` of the same kind, all or nothing; gives where it was used.

    Guards are asked and observers told as of any change. Raises ``InUse``
    where flows use it, which change by publishing, or what is out of reach.
    """
    await resources.get(kind, new)
    uses = await resources.uses(kind, old)
    if fixed := [use for use in uses if use.kind not in resources.keeping.kinds or not use.id]:
        raise InUse(kind, old, fixed)
    users = [await resources.get(*user) for user in sorted({(use.kind, use.id) for use in uses})]
    await apply(resources, [Wanted(one.kind, one.id, _pointing_to(one.value, kind, old, new)) for one in users])
    return uses


async def _moves(resources: Resources, wanted: Sequence[Wanted], prune: Sequence[str]) -> list[_Move]:
    """What has to be done; every field of every record is looked at before anything is."""
    moves: list[_Move] = []
    problems: list[Problem] = []
    there = await everything(resources, sorted({one.kind for one in wanted} | set(prune)), trash=True)
    for one in wanted:
        resources.actor.need(f"{one.kind}.change")
        before = there.get((one.kind, one.id))
        try:
            move = _move(resources, one, before)
        except SettingsRefused as refused:
            problems += refused.problems
            continue
        if move is not None:
            moves.append(move)
    if problems:
        raise SettingsRefused(problems)
    named = {(one.kind, one.id) for one in wanted}
    gone = [record for key, record in there.items() if key[0] in prune and key not in named and not record.deleted]
    return moves + [_removed(resources, record) for record in gone]


def _move(resources: Resources, wanted: Wanted, before: Record | None) -> _Move | None:
    kept_secrets = {name: getattr(before.value, name) for name in secrets_of(type(before.value))} if before else {}
    value = resources.read(wanted.kind, {**kept_secrets, **wanted.values}, f"{wanted.kind}.{wanted.id}")
    now, actor = resources.keeping.clock.now(), resources.actor.name
    path = f"{wanted.kind}.{wanted.id}"
    if before is None:
        resources.check_id(wanted.id, path)
        new = Record(resources.tenant, wanted.id, 1, value, actor, now, now, owner=resources.actor.account)
        resources.sight.must_fit(new, path)
        return _Move("create", None, new)
    if before.deleted is None and before.value == value:
        return None
    resources.sight.must_reach("change", before)
    resources.sight.must_fit(attrs.evolve(before, value=value), path)
    after = attrs.evolve(before, version=before.version + 1, value=value, author=actor, changed=now, deleted=None)
    return _Move("change" if before.deleted is None else "restore", before, after)


def _removed(resources: Resources, record: Record) -> _Move:
    resources.sight.must_reach("delete", record)
    now = resources.keeping.clock.now()
    return _Move("delete", record, attrs.evolve(record, version=record.version + 1, deleted=now))


async def everything(
    resources: Resources, kinds: Iterable[str], *, trash: bool = False
) -> dict[tuple[str, str], Record]:
    """Every record of some kinds by kind and id, those in the trash as well if wished."""
    found: dict[tuple[str, str], Record] = {}
    kinds = list(kinds)
    for kind in kinds:
        resources.declared(kind)
    async with resources.keeping.store.read() as conn:
        for kind in kinds:
            within = narrowed(resources.actor.need(f"{kind}.view"), resources.actor)
            query = kept.of_kinds(resources.tenant, [kind])
            for record in await resources.keeping.rows.all(conn, query if within is None else query.where(within)):
                if trash or record.deleted is None:
                    found[record.kind, record.id] = record
    return found


async def _keep(resources: Resources, conn: AsyncConnection, move: _Move) -> None:
    after = move.after
    now_kept = await resources.keeping.rows.find(conn, after.tenant, after.kind, after.id)
    if now_kept is not None and move.before is None and not resources.sight.sees(now_kept):
        raise IdTaken(f"there is a {after.kind} {after.id!r} already", kind=after.kind, id=after.id)
    if now_kept is not None and (move.before is None or now_kept.version != move.before.version):
        raise StaleVersion(move.before.version if move.before else 0, now_kept, None)
    await resources.keeping.rows.put(conn, after, new=move.before is None)
    await resources.tell(conn, move.action, move.before, after)


async def _hold_together(resources: Resources, conn: AsyncConnection, moves: Sequence[_Move]) -> None:
    """Whether all pointers lead somewhere once everything is in its place."""
    problems: list[Problem] = []
    for move in moves:
        after = move.after
        if after.deleted is None:
            was = move.before.value if move.before else None
            problems += await resources.sight.lost(conn, was, after.value, _path(after))
        elif uses := await resources.sight.used_by(conn, after.kind, after.id):
            raise InUse(after.kind, after.id, uses)
    if problems:
        raise SettingsRefused(problems)


def _path(record: Record) -> str:
    return f"{record.kind}.{record.id}"


def _pointing_to(value: attrs.AttrsInstance, kind: str, old: str, new: str) -> dict[str, Any]:
    """The fields of a value, with pointers to ``old`` leading to ``new``."""
    ready: dict[str, Any] = {}
    for name, (meta, _) in settings_of(type(value)).items():
        held = getattr(value, name)
        if meta.to == kind and meta.kind == "reference":
            held = new if held == old else held
        elif meta.to == kind and meta.kind == "references":
            held = tuple(dict.fromkeys(new if one == old else one for one in held))
        elif meta.kind == "rows":
            held = [_pointing_to(row, kind, old, new) for row in held]
        ready[name] = held
    return ready
