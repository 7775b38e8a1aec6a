"""What the pages of records have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from quart import Response, g, redirect

from switchhook import Problem, Resource
from switchhook.administration import RIGHT, Record, Resources, secrets_of

from ..forms import form_of
from ..frame import administration, render
from ..texts import gettext as _
from ..texts import language, say
from .offers import named, offer, offers_for

_NAMELESS: Final = (RIGHT, "number", "prompt", "target")
"""What is told by itself, or is not kept by the tenant."""
Titles = Mapping[str, Mapping[str, str]]
"""Names of what records refer to, by kind and id."""


def records_of(tenant: str) -> Resources:
    """What the tenant keeps, as the one who asks may see and change it."""
    return administration().keeping.of(tenant, g.actor)


def answer(page: str, status: int = 200) -> Response:
    """A page with a status."""
    return Response(page, status, content_type="text/html; charset=utf-8")


def going(path: str) -> Response:
    """To another page, after something was done."""
    return redirect(path, 303)  # type: ignore[return-value]


def about(tenant: str, declared: type[Resource]) -> dict[str, Any]:
    """What every page of a kind knows."""
    may = {action: may_do(declared, action) for action in ("change", "delete")}
    return {"kind": declared.kind, "declared": declared, "may": may, "base": f"/t/{tenant}/r/{declared.kind}"}


def may_do(declared: type[Resource], action: str) -> bool:
    """Whether who asks may change or delete anything of a kind."""
    if declared.by_operator and g.actor.role != "operator":
        return False
    return bool(g.actor.may(f"{declared.kind}.{action}"))


def crumbs(tenant: str, record: Record, last: str) -> list[tuple[str, str]]:
    """Where a page about a record stands."""
    base = f"/t/{tenant}/r/{record.kind}"
    return [(say(type(record.value).plural), base), (record.title, f"{base}/{record.id}"), (last, "")]


async def form_page(
    tenant: str,
    kind: str,
    values: Mapping[str, object],
    *,
    record: Record | None = None,
    version: int = 0,
    problems: Sequence[Problem] = (),
    once: str = "",
) -> Response:
    """The form of a record, or of a new one; what is wrong stands at its field."""
    declared = records_of(tenant).declared(kind)
    form = form_of(
        declared,
        values,
        problems=problems,
        root=kind,
        offers=await offers_for(tenant, declared, values),
        kept=kept_secrets(record.value if record is not None else None),
        language=language(),
    )
    title = record.title if record is not None else _("New: %(kind)s", kind=say(declared.label))
    trail = [(say(declared.plural), f"/t/{tenant}/r/{kind}"), (title, "")]
    known: dict[str, Any] = {
        "form": form,
        "record": record,
        "version": version,
        "once": once,
        "title": title,
        "crumbs": trail,
    }
    page = await render("pages/record.html", **about(tenant, declared), **known)
    return answer(page, 422 if problems else 200)


def kept_secrets(value: Any) -> Sequence[str]:
    """The secrets that are there."""
    return [] if value is None else [name for name in secrets_of(type(value)) if getattr(value, name)]


async def titles_of(tenant: str, declared: type[Any], values: Sequence[Mapping[str, object]]) -> Titles:
    """The names of what fields refer to, those of rows included, and of what else could be."""
    wanted: dict[str, set[str]] = {}
    for kind, id in (pair for one in [{}, *values] for pair in named(declared, one)):  # noqa: A001 - the domain's own word
        wanted.setdefault(kind, set()).update([id] if id else [])
    found = {
        kind: {one.value: one.label for one in (await offer(tenant, kind, chosen=tuple(ids))).options}
        for kind, ids in wanted.items()
        if kind not in _NAMELESS
    }
    return {**found, RIGHT: {word: say(one.label) for word, one in administration().plugged.rights.items()}}


def whole(text: str, otherwise: int = 0) -> int:
    """A version as a form brings it; ``otherwise`` for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else otherwise
