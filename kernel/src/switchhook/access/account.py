"""An account: a person who may sign in, and what it was granted."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final, Literal

import attrs

from .actor import Role

AccountState = Literal["invited", "active", "disabled"]
Scope = Literal["all", "group", "number", "own"]
Language = Literal["de", "en"]
Theme = Literal["auto", "light", "dark"]

USERNAME: Final = re.compile(r"[a-z0-9][a-z0-9._@+-]{1,63}")
USERNAME_WORDS: Final = "2 to 64 letters from a to z, digits and . _ @ + -, a letter or a digit first"
OPERATOR_TENANT: Final = "operator"
"""The reserved tenant of those who run the portal; no customer can be called so."""


@attrs.frozen
class Grant:
    """A right (``number.view``) and how far it goes.

    ``all`` is the whole tenant, ``own`` what the account made itself;
    ``group`` and ``number`` name number groups or canonical numbers in ``ids``.
    """

    right: str
    scope: Scope = "all"
    ids: tuple[str, ...] = ()


@attrs.frozen
class Account:
    """A person of one tenant. How it signs in is kept elsewhere.

    ``username`` is unique over the whole installation and in small letters.
    ``grants`` count for the role ``user`` alone: the others have every right in
    their tenant, an operator in every tenant. ``version`` grows with every change.
    """

    id: str
    tenant: str
    username: str
    email: str
    name: str
    role: Role
    state: AccountState
    created: datetime
    changed: datetime
    language: Language = "de"
    theme: Theme = "auto"
    grants: tuple[Grant, ...] = ()
    version: int = 1

    @property
    def kind(self) -> str:
        """What audit and references call it."""
        return "account"
