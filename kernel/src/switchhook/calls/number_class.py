"""What a number costs and who may be called is decided by its country and kind, and this says both."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal, get_args

import attrs

from .numbers import Dialled, NumberRefused, NumberType, classify

NumberKind = Literal[
    "fixed",
    "mobile",
    "voip",
    "freephone",
    "shared_cost",
    "service",
    "premium",
    "satellite",
    "short_code",
    "emergency",
    "unknown",
]
NUMBER_KINDS: Final[tuple[NumberKind, ...]] = get_args(NumberKind)
NOWHERE: Final = "001"
"""The country of numbers that belong to none, such as satellite telephones."""

_KINDS: Final[Mapping[NumberType, NumberKind]] = {
    "fixed": "fixed",
    "fixed_or_mobile": "fixed",
    "mobile": "mobile",
    "voip": "voip",
    "toll_free": "freephone",
    "shared": "shared_cost",
    "premium": "premium",
    "satellite": "satellite",
    "personal": "service",
    "company": "service",
    "pager": "service",
    "voicemail": "service",
}
_DIRECTORIES: Final = {"DE": re.compile(r"(\+49)?118[0-9]{2,3}")}
"""Directory enquiries, which connect to anybody and name any price; some networks put the country code before them."""


@attrs.frozen
class NumberClass:
    """The ``country`` of a number, by its ISO code, and its ``kind``.

    ``001`` is the country of numbers that belong to none; it is empty where
    it is not known. Where a country does not tell mobile numbers from fixed
    ones, as the USA, the kind is ``fixed``. ``service`` are personal and
    company-wide numbers, pagers and voice boxes; ``premium`` what names its
    own price, directory enquiries among it; ``short_code`` every other number
    without an area code, internal ones too; ``unknown`` what fits no range
    that is assigned.
    """

    country: str
    kind: NumberKind


def number_class(number: str, region: str = "DE") -> NumberClass:
    """The class of a number as it is dialled in ``region``. It is defined for every text: what is no number is unknown.

    The class of a number and that of its canonical form are the same.
    """
    try:
        found = classify(number, region)
    except NumberRefused:
        return NumberClass("", "unknown")
    return NumberClass(found.country, _kind(found, region))


def _kind(found: Dialled, region: str) -> NumberKind:
    if found.kind == "emergency":
        return "emergency"
    directory = _DIRECTORIES.get(region)
    if directory is not None and directory.fullmatch(found.canonical):
        return "premium"
    if found.kind != "e164":
        return "short_code"
    return _KINDS.get(found.number_type, "unknown")
