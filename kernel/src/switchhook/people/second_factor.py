"""The second factor: codes by time (TOTP, RFC 6238), each good for one use, and recovery codes."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import attrs
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ..errors import SwitchhookError
from ..resources.seal import Seal
from ..store.tables_signing_in import link
from ..store.tables_signing_in import second_factor as table
from ..store.upsert import upsert
from .unguessable import digest, unguessable

STEP: Final = 30
DRIFT: Final = 1  # steps a telephone's clock may be wrong
CODES: Final = 10
CHALLENGE: Final = timedelta(minutes=5)
ISSUER: Final = "Switchhook"
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"


class CodeWrong(SwitchhookError):
    """The code is not the one of this moment, or was used already."""

    code = "code_wrong"


@attrs.frozen
class Enrolment:
    """What a telephone's app needs to know, once: ``secret`` to type, ``uri`` to draw as a picture."""

    secret: str = attrs.field(repr=False)
    uri: str = attrs.field(repr=False)


async def enrol(conn: AsyncConnection, seal: Seal, tenant: str, account: str, username: str) -> Enrolment:
    """Begin: nothing is asked for before :func:`confirm`. A secret that was not confirmed is replaced."""
    import pyotp

    secret = pyotp.random_base32()
    row = {"tenant": tenant, "sealed": seal.close(secret), "counter": 0, "recovery": [], "confirmed": None}
    await conn.execute(upsert(conn.dialect.name, table, ("account",)).values({**row, "account": account}))
    return _enrolment(secret, username)


async def pending(conn: AsyncConnection, seal: Seal, account: str, username: str) -> Enrolment | None:
    """What was begun and not confirmed, to be shown again after a wrong code."""
    query = select(table.c.sealed).where(table.c.account == account, table.c.confirmed.is_(None))
    sealed = (await conn.execute(query)).scalar()
    return _enrolment(seal.open(sealed), username) if sealed is not None else None


def _enrolment(secret: str, username: str) -> Enrolment:
    import pyotp

    return Enrolment(secret, pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER))


async def confirm(conn: AsyncConnection, seal: Seal, account: str, code: str, now: datetime) -> Sequence[str]:
    """From now on a code is asked for. Gives the recovery codes, once; raises :class:`CodeWrong`."""
    if not await _use_code(conn, seal, account, code, now):
        raise CodeWrong("this is not the code of this moment; check the clock of the telephone and try again")
    codes = ["-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(3)) for _ in range(CODES)]
    values = {"confirmed": now, "recovery": [digest(one.replace("-", "")) for one in codes]}
    await conn.execute(update(table).where(table.c.account == account).values(values))
    return codes


async def remove(conn: AsyncConnection, account: str) -> None:
    """Ask for no code any more."""
    await conn.execute(delete(table).where(table.c.account == account))


async def recovery_left(conn: AsyncConnection, account: str) -> int:
    """How many recovery codes are left."""
    query = select(table.c.recovery).where(table.c.account == account, table.c.confirmed.is_not(None))
    return len((await conn.execute(query)).scalar() or ())


async def use(conn: AsyncConnection, seal: Seal, account: str, code: str, now: datetime) -> bool:
    """Whether a code or a recovery code is right; it is used up then."""
    plain = "".join(code.replace("-", " ").split()).casefold()
    if plain.isascii() and plain.isdigit():
        return await _use_code(conn, seal, account, plain, now)
    query = select(table.c.recovery).where(table.c.account == account).with_for_update()
    left = (await conn.execute(query)).scalar() or []
    found = [one for one in left if hmac.compare_digest(one, digest(plain))]
    if found:
        rest = [one for one in left if one not in found]
        await conn.execute(update(table).where(table.c.account == account).values(recovery=rest))
    return bool(found)


async def _use_code(conn: AsyncConnection, seal: Seal, account: str, code: str, now: datetime) -> bool:
    import pyotp

    query = select(table.c.sealed).where(table.c.account == account)
    sealed = (await conn.execute(query)).scalar()
    if sealed is None:
        return False
    clock, step = pyotp.TOTP(seal.open(sealed)), int(now.timestamp()) // STEP
    plain = "".join(code.split())
    fits = [
        one
        for one in range(step - DRIFT, step + DRIFT + 1)
        if hmac.compare_digest(clock.generate_otp(one).encode(), plain.encode(errors="replace"))
    ]
    if not fits:
        return False
    fresh = (table.c.account == account, table.c.counter < fits[-1])
    used = await conn.execute(update(table).where(*fresh).values(counter=fits[-1]))
    return used.rowcount == 1


# -- between password and code -------------------------------------------------------------------------


async def challenge(conn: AsyncConnection, tenant: str, account: str, now: datetime) -> str:
    """A text that stands for a right password for some minutes."""
    token = unguessable()
    row = {"hash": digest(token), "kind": "challenge", "tenant": tenant, "account": account, "made": now}
    await conn.execute(insert(link).values({**row, "expires": now + CHALLENGE}))
    return token


async def challenged(conn: AsyncConnection, token: str, now: datetime) -> str:
    """The account a challenge is for; empty when there is none, or none any more."""
    alive = (link.c.hash == digest(token), link.c.kind == "challenge", link.c.expires > now)
    return (await conn.execute(select(link.c.account).where(*alive))).scalar() or ""


async def answered(conn: AsyncConnection, token: str) -> None:
    """A challenge is over."""
    await conn.execute(delete(link).where(link.c.hash == digest(token), link.c.kind == "challenge"))
