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
        offers[kind] = Offer([Option(one.id, one.title) for one in found.choices], found.more)
    return offers


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
