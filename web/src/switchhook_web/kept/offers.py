"""What can be chosen in a form: asked once for everything the declared class refers to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from quart import g

from switchhook.administration import settings_of, written

from ..forms import Offer, Option
from ..frame import administration

_NAMED = ("prompt", "prompts", "target", "targets")


async def offers_for(tenant: str, declared: type[Any], values: Mapping[str, object]) -> Mapping[str, Offer]:
    """The offers of a form; what its values name is among them."""
    wanted: dict[str, set[str]] = {}
    for kind, id in named(declared, values):  # noqa: A001 - the domain's own word
        wanted.setdefault(kind, set()).update([id] if id else [])
    return {kind: await offer(tenant, kind, chosen=tuple(ids)) for kind, ids in wanted.items()}


async def offer(tenant: str, kind: str, search: str = "", chosen: tuple[str, ...] = ()) -> Offer:
    """What can be chosen of a kind."""
    found = await administration().choices.of(tenant, g.actor).offer(kind, search, chosen)
    options = [Option(one.id, _words(kind, one.id, one.title)) for one in found.choices]
    return Offer(options, found.more, f"/t/{tenant}/choices/{kind}")


def _words(kind: str, id: str, title: str) -> str:  # noqa: A002
    if kind != "number":
        return title
    return f"{written(id)} {title}" if title != id else written(id)


def named(declared: type[Any], values: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Every kind that can be referred to, with each id that is, rows included."""
    for name, (meta, _) in settings_of(declared).items():
        held = values.get(name)
        kind = meta.kind.removesuffix("s") if meta.kind in _NAMED else meta.to
        if kind:
            yield kind, ""
            ids = held if isinstance(held, list | tuple) else [held]
            yield from ((kind, one) for one in ids if isinstance(one, str) and one)
        elif meta.kind == "rows" and meta.row is not None:
            yield from named(meta.row, {})
            for row in held if isinstance(held, list | tuple) else ():
                yield from named(meta.row, row if isinstance(row, Mapping) else {})
