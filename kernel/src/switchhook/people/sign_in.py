"""A sign-in as observers hear of it."""

from __future__ import annotations

from datetime import datetime

import attrs


@attrs.frozen
class SignIn:
    """Somebody signed in, or was refused.

    ``account`` and ``username`` are empty where the name is none that is known:
    people type passwords into that field. ``why`` is empty for one who came in,
    else ``password`` or ``code``; a refusal for any other reason counts as ``password``.
    """

    tenant: str
    account: str
    username: str
    address: str
    agent: str
    at: datetime
    why: str = ""
