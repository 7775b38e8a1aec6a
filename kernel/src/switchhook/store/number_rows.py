"""Numbers as rows."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any, Final

import attrs
from sqlalchemy.engine import RowMapping

from ..calls.numbers import NumberRefused, classify, is_star_code, written
from .routing import Fallback, Number

INTERNAL: Final = "internal"
"""The type of a number that only one's own phones can dial; all others have that of the numbering plan."""
_FALLBACK: Final = "fallback_"
_DERIVED: Final = ("type", "search")


def number_row(number: Number) -> dict[str, Any]:
    """A number as its row, with what lists look for."""
    row = attrs.asdict(number, recurse=False)
    row |= {f"{_FALLBACK}{name}": value for name, value in attrs.asdict(row.pop("fallback")).items()}
    return row | {
        "flow": number.flow or None,
        "type": type_of(number.e164),
        "search": searchable(number.e164, number.label, number.cost_centre),
    }


def number_of(row: RowMapping | Mapping[str, Any]) -> Number:
    """A number from its row."""
    plain = {name: value for name, value in row.items() if name not in _DERIVED}
    fallback = {name.removeprefix(_FALLBACK): plain.pop(name) for name in row if name.startswith(_FALLBACK)}
    plain["flow"] = plain["flow"] or ""
    return Number(**plain, fallback=Fallback(**fallback))


def type_of(e164: str) -> str:
    """What sort of number a canonical one is, such as ``fixed``, ``toll_free`` or ``internal``."""
    try:
        found = classify(e164)
    except NumberRefused:
        return "unknown"
    return INTERNAL if found.kind == "internal" or is_star_code(e164) else found.number_type


def searchable(e164: str, *texts: str) -> str:
    """What a number is found by: as it is kept, as people write it, its digits alone, and the texts that go with it."""
    national = written(e164)
    digits = "".join(one for one in national if one.isdigit())
    return folded("\n".join([e164, national, digits, *texts]))


def folded(text: str) -> str:
    """A text as it is compared in a search."""
    return unicodedata.normalize("NFKC", text).casefold()
