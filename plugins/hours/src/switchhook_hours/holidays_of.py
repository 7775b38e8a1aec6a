"""Public holidays by country and region."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Final

import attrs

CATHOLIC: Final = "catholic"


@attrs.frozen
class Holiday:
    """A public holiday's names."""

    de: str
    en: str


@lru_cache(maxsize=256)
def holidays_in(region: str, catholic: bool, year: int) -> Mapping[date, Holiday]:
    """The public holidays of a year in a region such as ``DE-NW`` or ``FR``; none for an empty region.

    ``catholic`` adds those that hold only where most people are Catholics, such as Assumption Day in Bavaria.
    Takes half a second the first time: see :func:`known`.
    """
    if not region:
        return {}
    german, english = _names(region, catholic, year, "de"), _names(region, catholic, year, "en_US")
    return {day: Holiday(german[day], english.get(day, german[day])) for day in german}


@lru_cache(maxsize=64)
def is_region(region: str) -> bool:
    """Whether there is such a country and subdivision."""
    from holidays.utils import list_supported_countries

    country, dash, part = region.partition("-")
    parts = list_supported_countries(include_aliases=False).get(country)
    return parts is not None and (not dash or part in parts)


def _names(region: str, catholic: bool, year: int, language: str) -> Mapping[date, str]:
    import holidays

    country, _, part = region.partition("-")
    declared = getattr(holidays, country)
    categories = ("public", CATHOLIC) if catholic and CATHOLIC in declared.supported_categories else ("public",)
    spoken = language if language in declared.supported_languages else None
    return dict(
        holidays.country_holidays(country, subdiv=part or None, years=year, categories=categories, language=spoken)
    )
