"""What can be chosen in the settings of a point."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from quart import g

from switchhook.administration import Setting, settings_of

from ..forms import Offer, Option
from ..frame import administration


async def offers_of(tenant: str, declared: type[Any]) -> Mapping[str, Offer]:
    """The offers for the references of a module, by what they lead to, as far as the one who asks may see that."""
    choices = administration().choices.of(tenant, g.actor)
    offers = {}
    for kind in dict.fromkeys(_kinds(declared)):
        found = await choices.offer(kind)
        options = [Option(one.id, one.title) for one in found.choices]
        offers[kind] = Offer(options, found.more, new="" if options else _where_made(tenant, kind))
    return offers


def _where_made(tenant: str, kind: str) -> str:
    """The page at which the first of a kind is made, empty for what is none or may not be made."""
    there = kind in administration().keeping.kinds and g.actor.may(f"{kind}.change")
    return f"/t/{tenant}/r/{kind}/_new" if there else ""


async def suggested(tenant: str, declared: type[Any]) -> dict[str, object]:
    """What a form begins with: what there is only one of, and the rows that are needed anyway."""
    return dict(_suggested(declared, await offers_of(tenant, declared)))


def _suggested(declared: type[Any], offers: Mapping[str, Offer]) -> Iterator[tuple[str, object]]:
    for name, (meta, _) in settings_of(declared).items():
        if meta.row is not None and meta.minimum:
            yield name, [dict(_suggested(meta.row, offers)) for _ in range(int(meta.minimum))]
        elif meta.kind in ("reference", "target") and len(options := offers[_kind(meta)].options) == 1:
            yield name, options[0].value
        elif meta.kind == "targets" and len(options := offers[_kind(meta)].options) == 1:
            yield name, [options[0].value]


def _kinds(declared: type[Any]) -> Iterator[str]:
    for meta, _ in settings_of(declared).values():
        if meta.row is not None:
            yield from _kinds(meta.row)
        elif kind := _kind(meta):
            yield kind


def _kind(meta: Setting) -> str:
    if meta.kind in ("prompt", "prompts", "target", "targets"):
        return meta.kind.removesuffix("s")
    return meta.to if meta.kind in ("reference", "references") else ""
