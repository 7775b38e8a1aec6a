"""A right as it is declared: its word, its name for people, and how far it may be granted."""

from __future__ import annotations

import re
from typing import Final

import attrs

from ..schema import Label
from .account import Scope

WORD: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}\.[a-z][a-z0-9_-]{0,39}")
EVERY_SCOPE: Final[tuple[Scope, ...]] = ("all", "group", "number", "own")


@attrs.frozen
class Right:
    """A right that can be granted.

    ``word`` is ``<thing>.<action>``, such as ``recording.listen``. ``scopes``
    are those it makes sense in: one without numbers or owners has ``all`` alone.
    """

    word: str = attrs.field(validator=attrs.validators.matches_re(WORD))
    label: Label
    scopes: tuple[Scope, ...] = attrs.field(default=("all",), validator=attrs.validators.min_len(1))
