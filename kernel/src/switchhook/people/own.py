"""One's own account: password, sessions, second factor and tokens. It needs no right (S08, I05)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import attrs
from sqlalchemy.ext.asyncio import AsyncConnection

from ..access.account import Grant
from ..access.actor import Forbidden
from ..errors import NotFound, SwitchhookError
from ..resources.service import Keeping
from ..schema import Problem, SettingsRefused
from ..store.tables_people import account as account_table
from . import attempts, seats, second_factor, tokens
from .attempts import OF_NAME
from .credentials import Entrant, find_entrant, put_password
from .links import Sends, tell_changed
from .new_password import judged
from .passwords import Passwords
from .seats import Seat, Session
from .second_factor import Enrolment
from .tokens import EVERY_RIGHT, ApiToken, NewToken


class CurrentPasswordWrong(SwitchhookError):
    """What was given as one's own password is not that."""

    code = "current_password_wrong"


class FactorThere(SwitchhookError):
    """There is a second factor already; it must be removed before another one."""

    code = "second_factor_there"


@attrs.frozen
class Own:
    """What somebody who signed in with a password may do with the own account; a token may not: it is no person."""

    keeping: Keeping
    passwords: Passwords
    post: Sends
    seat: Seat

    def __attrs_post_init__(self) -> None:
        """Only a session is a person."""
        if not self.seat.session_id:
            raise Forbidden("only somebody who signed in may change the own account, not a token")

    @property
    def now(self) -> datetime:
        """The present moment."""
        return self.keeping.clock.now()

    async def change_password(self, current: str, new: str, *, address: str, agent: str) -> str:
        """Set another password: every session ends, and the token of a new one is given.

        Raises :class:`CurrentPasswordWrong`, ``Throttled`` and ``PasswordTooWeak``.
        """
        person = await self._proved(current)
        hashed = await judged(self.passwords, person, new)
        async with self.keeping.turn() as conn:
            person = await self._person(conn)
            await put_password(conn, person, hashed, self.now)
            await seats.end_all(conn, person.account.id)
            token = await seats.sit_down(conn, person, address, agent, self.now)
            await self._tell(conn, "password_changed")
            await tell_changed(conn, self.post, person, self.now)
        return token

    # -- sessions ---------------------------------------------------------------------------------

    async def sessions(self) -> Sequence[Session]:
        """Where one is signed in; the present session has the id of the seat."""
        async with self.keeping.store.read() as conn:
            return await seats.sessions_of(conn, self.seat.account.id, self.now)

    async def end_session(self, id: str) -> None:  # noqa: A002 - the domain's own word
        """End one session; raises ``NotFound``."""
        async with self.keeping.turn() as conn:
            if not await seats.end(conn, self.seat.account.id, id):
                raise NotFound("there is no such session", id=id)
            await self._tell(conn, "session_ended")

    async def end_other_sessions(self) -> None:
        """End every session but this one."""
        async with self.keeping.turn() as conn:
            await seats.end_all(conn, self.seat.account.id, but=self.seat.session_id)
            await self._tell(conn, "sessions_ended")

    # -- second factor ----------------------------------------------------------------------------

    async def enrol(self) -> Enrolment:
        """Begin with a second factor; raises :class:`FactorThere`."""
        account = self.seat.account
        async with self.keeping.store.write() as conn:
            if (await self._person(conn)).has_factor:
                raise FactorThere("there is a second factor already; remove it first")
            return await second_factor.enrol(conn, self.keeping.seal, account.tenant, account.id, account.username)

    async def pending(self) -> Enrolment | None:
        """What was begun and not confirmed."""
        account = self.seat.account
        async with self.keeping.store.read() as conn:
            return await second_factor.pending(conn, self.keeping.seal, account.id, account.username)

    async def confirm_factor(self, code: str) -> Sequence[str]:
        """Ask for a code from now on; gives the recovery codes, once. Raises ``CodeWrong`` and ``Throttled``."""
        key = await self._begin("factor")
        async with self.keeping.turn() as conn:
            codes = await second_factor.confirm(conn, self.keeping.seal, self.seat.account.id, code, self.now)
            await attempts.forget(conn, [key])
            await self._tell(conn, "second_factor_set")
        return codes

    async def remove_factor(self, password: str) -> None:
        """Ask for no code any more; raises :class:`CurrentPasswordWrong` and ``Throttled``."""
        await self._proved(password)
        async with self.keeping.turn() as conn:
            await second_factor.remove(conn, self.seat.account.id)
            await self._tell(conn, "second_factor_removed")

    async def recovery_codes_left(self) -> int:
        """How many recovery codes are left."""
        async with self.keeping.store.read() as conn:
            return await second_factor.recovery_left(conn, self.seat.account.id)

    # -- tokens -----------------------------------------------------------------------------------

    async def tokens(self) -> Sequence[ApiToken]:
        """One's tokens."""
        async with self.keeping.store.read() as conn:
            return await tokens.tokens_of(conn, self.seat.account.id)

    async def make_token(
        self, name: str, grants: Collection[Grant] = EVERY_RIGHT, *, expires: datetime | None = None
    ) -> NewToken:
        """Make a token; its text is shown now and never again. Raises ``SettingsRefused``."""
        name = name.strip()
        problems = [] if 0 < len(name) <= 80 and name.isprintable() else [Problem("token.name", "must be a short name")]
        if expires is not None and expires <= self.now:
            problems.append(Problem("token.expires", "must lie in the future"))
        problems += [] if grants else [Problem("token.grants", "must hold a right")]
        if problems:
            raise SettingsRefused(problems)
        async with self.keeping.turn() as conn:
            made = await tokens.make(conn, self.seat, name, grants, expires, self.now)
            await self._tell(conn, "token_made", {"token": made.token.id, "name": name})
        return made

    async def revoke_token(self, id: str) -> None:  # noqa: A002
        """Let a token count no more; raises ``NotFound``."""
        async with self.keeping.turn() as conn:
            if not await tokens.revoke(conn, self.seat.account.id, id):
                raise NotFound("there is no such token", id=id)
            await self._tell(conn, "token_revoked", {"token": id})

    # -- inside -----------------------------------------------------------------------------------

    async def _proved(self, password: str) -> Entrant:
        """The person, once the password was given again."""
        key = await self._begin("password")
        async with self.keeping.store.read() as conn:
            person = await self._person(conn)
        if not await self.passwords.fits(password, person.credential.hash):
            raise CurrentPasswordWrong("the present password is not right")
        async with self.keeping.store.write() as conn:
            await attempts.forget(conn, [key])
        return person

    async def _begin(self, what: str) -> str:
        key = self.keeping.seal.digest(f"own {what} {self.seat.account.id}")
        async with self.keeping.store.write() as conn:
            await attempts.begin(conn, self.now, {key: OF_NAME})
        return key

    async def _person(self, conn: AsyncConnection) -> Entrant:
        person = await find_entrant(conn, account_table.c.id == self.seat.account.id)
        if person is None:
            raise NotFound("there is no such account", id=self.seat.account.id)
        return person

    async def _tell(self, conn: AsyncConnection, action: str, after: dict[str, object] | None = None) -> None:
        account = self.seat.account
        what = (account.tenant, "account", account.id)
        await self.keeping.audit.add(conn, self.now, account.username, action, what, {}, after or {})
