"""Flows for a start: chosen, filled in, and then a draft like any other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

import attrs

from ..schema import Label, Problem


@attrs.frozen
class FlowTemplate:
    """Base of all templates: an attrs class whose declared fields are what is asked before the flow is drawn.

    ``kind`` is unique among all plugins; ``needs`` are the kinds of modules it
    draws, also of other plugins: without them it is not offered.
    """

    kind: ClassVar[str]
    label: ClassVar[Label]
    help: ClassVar[Label | None] = None
    needs: ClassVar[tuple[str, ...]] = ()

    def check(self) -> Iterable[Problem]:
        """What is wrong with fields taken together."""
        return ()

    def draw(self, language: str) -> dict[str, Any]:
        """The flow as a drawing without its id and name: ``start``, ``last_resort`` and ``points``.

        ``language`` is ``de`` or ``en``, for the names of points.
        """
        raise TypeError(f"template {type(self).kind!r} does not draw a flow")


def drawn_point(
    id: str,  # noqa: A002 - the domain's own word
    module: str,
    label: str,
    settings: dict[str, Any] | None = None,
    **exits: str,
) -> dict[str, Any]:
    """A point of a drawing, for templates; exits such as ``key:1`` are given as ``**{"key:1": ...}``."""
    return {"id": id, "module": module, "label": label, "settings": settings or {}, "exits": exits}
