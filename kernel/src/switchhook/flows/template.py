"""Flows for a start: chosen, filled in, and then a draft like any other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Final

import attrs

from ..schema import Label, Problem, setting

_NOBODY: Final = ("busy", "no_answer", "unreachable", "rejected")


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


@attrs.frozen
class KeyChoice:
    """A key of a menu and who is rung by it: a row of a template's ``choices``."""

    key: str = setting(
        "text",
        "Taste",
        "Key",
        pattern=r"[0-9*#]",
        shape=Label("eine Taste: eine Ziffer, * oder #", "one key: a digit, * or #"),
    )
    target: str = setting("target", "Ziel", "Target")


def doubled_keys(choices: Sequence[KeyChoice]) -> list[Problem]:
    """What is wrong with ``choices``: a key leads one way."""
    keys = [one.key for one in choices]
    return [
        Problem(f"choices[{place}].key", f"{key!r} is there twice")
        for place, key in enumerate(keys)
        if key in keys[:place]
    ]


def drawn_menu(prompt: str, choices: Sequence[KeyChoice], language: str, otherwise: str) -> list[dict[str, Any]]:
    """A point ``menu`` and a forward for each key; whoever reaches nobody goes to the point ``otherwise``."""
    de = language == "de"
    keys = {f"key:{one.key}": f"forward-{place}" for place, one in enumerate(choices, start=1)}
    settings = {"prompts": [prompt], "keys": [one.key for one in choices]}
    ways = {**keys, "timeout": otherwise, "invalid": otherwise}
    forwards = [
        drawn_point(
            f"forward-{place}",
            "forward",
            f"{'Taste' if de else 'Key'} {one.key}: {one.target}",
            {"targets": [one.target]},
            answered_end="hang-up",
            **dict.fromkeys(_NOBODY, otherwise),
        )
        for place, one in enumerate(choices, start=1)
    ]
    return [drawn_point("menu", "menu", "Menü" if de else "Menu", settings, **ways), *forwards]
