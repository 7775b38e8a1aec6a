"""Forms as HTML where no page of the portal is at hand, such as for a panel of the flow editor, and in tests."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from .field import Form


def html_of(form: Form) -> str:
    """The fields of a form, without the element ``form`` around them."""
    macros = _environment().get_template("forms/fields.html").module
    return str(macros.fields(form))  # type: ignore[attr-defined]


@cache
def _environment() -> Environment:
    loader = PackageLoader("switchhook_web", "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
