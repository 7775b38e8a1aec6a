"""A new password, judged before it is taken."""

from __future__ import annotations

import asyncio

from .credentials import Entrant
from .passwords import LONGEST, Passwords, composed
from .policy import HISTORY, PasswordTooWeak, failing, history_rule


async def judged(passwords: Passwords, person: Entrant, password: str) -> str:
    """The hash of a password that keeps every rule of the person's tenant.

    Raises ``PasswordTooWeak`` naming each rule that is broken. That of former
    passwords is asked last, for each takes as long as signing in.
    """
    account, level = person.account, person.policy.level
    broken = await asyncio.to_thread(
        failing, composed(password)[: LONGEST + 1], (account.username, account.email, account.name), level
    )
    if not broken and await _is_former(passwords, person, password):
        broken = (history_rule(level),)
    if broken:
        raise PasswordTooWeak(broken)
    return await passwords.hash(password)


async def _is_former(passwords: Passwords, person: Entrant, password: str) -> bool:
    known = [one for one in (person.credential.hash, *person.credential.former) if one]
    for hashed in known[: HISTORY[person.policy.level]]:
        if await passwords.fits(password, hashed):
            return True
    return False
