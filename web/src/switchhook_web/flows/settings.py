"""The settings of a point as a form: made and read by the same renderer as every other form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from switchhook.administration import Problem, SettingsRefused, settings_of

from ..forms import form_of, html_of, posted_of, read_form, rearranged
from ..texts import language
from .offers import offers_of
from .service import modules


async def form_html(
    tenant: str,
    declared: type[Any],
    values: Mapping[str, object],
    problems: Sequence[Problem],
    scope: str,
    root: str = "settings",
) -> str:
    """The fields of a module's settings as HTML; ``scope`` keeps their ids apart from those of other forms."""
    form = form_of(
        declared,
        values,
        problems=problems,
        root=root,
        offers=await offers_of(tenant, declared),
        language=language(),
        scope=scope,
    )
    return html_of(form)


def settings_posted(declared: type[Any], pairs: Iterable[tuple[str, str]]) -> dict[str, object]:
    """The settings a form holds beside defaults, with a row added or removed if a button for that was pressed."""
    posted = posted_of(pairs)
    changed = rearranged(declared, posted)
    values = changed if changed is not None else read_form(declared, posted)
    defaults = {name: field.default for name, (_, field) in settings_of(declared).items()}
    full = {name: _filled(value) for name, value in values.items()}
    return {name: value for name, value in full.items() if not _same(value, defaults.get(name))}


def _filled(value: object) -> object:
    """A list without its empty lines: a form shows one more anyway."""
    return [one for one in value if one != ""] if isinstance(value, list) else value


def _same(value: object, default: object) -> bool:
    """Whether a value is what holds anyway; flows do not write that down."""
    plain = list(default) if isinstance(default, tuple) else default
    return isinstance(value, bool) == isinstance(plain, bool) and value == plain


def problems_of(kind: str, settings: Mapping[str, object]) -> Sequence[Problem]:
    """What is wrong with the settings of a module."""
    try:
        modules().make(kind, settings)
    except SettingsRefused as refused:
        return refused.problems
    return ()
