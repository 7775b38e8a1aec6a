"""One's own account: password, sessions, second factor and tokens. It needs no right (S08, I05).

A token is no person. What it may do here at all it does by the password, and
by a code where there is a second factor, so that a token that was lost opens
nothing that it did not open before.
"""

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
from .second_factor import CodeWrong, Enrolment
from .tokens import EVERY_RIGHT, ApiToken, NewToken


class CurrentPasswordWrong(SwitchhookError):
    """What was given as one's own password is not that."""

    code = "current_password_wrong"


class FactorThere(SwitchhookError):
    """There is a second factor already; it must be removed before another one."""

    code = "second_factor_there"


@attrs.frozen
class Own:
    """What somebody may do with the own account.

    Sessions and tokens are for somebody who signed in, and ``Forbidden`` to a
    token; password and second factor it may change with the password, and the
    ``code`` of a second factor.
    """

    keeping: Keeping
    passwords: Passwords
    post: Sends
    seat: Seat

    @property
    def now(self) -> datetime:
        """The present moment."""
        return self.keeping.clock.now()

    async def change_password(self, current: str, new: str, *, address: str, agent: str, code: str = "") -> str:
        """Set another password: every session ends, and the token of a new one is given, unless a token asks.

        Raises :class:`CurrentPasswordWrong`, ``CodeWrong``, ``Throttled`` and ``PasswordTooWeak``.
        """
        person = await self._proved(current, code)
        hashed = await judged(self.passwords, person, new)
        async with self.keeping.turn() as conn:
            person = await self._person(conn)
            await put_password(conn, person, hashed, self.now)
            await seats.end_all(conn, person.account.id)
            token = await seats.sit_down(conn, person, address, agent, self.now) if self.seat.session_id else ""
            await self._tell(conn, "password_changed")
            await tell_changed(conn, self.post, person, self.now)
        return token

    # -- sessions ---------------------------------------------------------------------------------

    async def sessions(self) -> Sequence[Session]:
        """Where one is signed in; the present session has the id of the seat."""
        self._in_person()
        async with self.keeping.store.read() as conn:
            return await seats.sessions_of(conn, self.seat.account.id, self.now)

    async def end_session(self, id: str) -> None:  # noqa: A002 - the domain's own word
        """End one session; raises ``NotFound``."""
        self._in_person()
        async with self.keeping.turn() as conn:
            if not await seats.end(conn, self.seat.account.id, id):
                raise NotFound("there is no such session", id=id)
            await self._tell(conn, "session_ended")

    async def end_other_sessions(self) -> None:
        """End every session but this one."""
        self._in_person()
        async with self.keeping.turn() as conn:
            await seats.end_all(conn, self.seat.account.id, but=self.seat.session_id)
            await self._tell(conn, "sessions_ended")

    # -- second factor ----------------------------------------------------------------------------

    async def enrol(self, password: str = "") -> Enrolment:
        """Begin with a second factor; the ``password`` is asked of a token alone.

        Raises :class:`FactorThere`, and what :meth:`remove_factor` raises.
        """
        account = self.seat.account
        if not self.seat.session_id:
            await self._proved(password, "", factor=False)
        async with self.keeping.store.write() as conn:
            if (await self._person(conn)).has_factor:
                raise FactorThere("there is a second factor already; remove it first")
            return await second_factor.enrol(conn, self.keeping.seal, account.tenant, account.id, account.username)

    async def pending(self) -> Enrolment | None:
        """What was begun and not confirmed."""
        self._in_person()
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

    async def remove_factor(self, password: str, code: str = "") -> None:
        """Ask for no code any more; raises :class:`CurrentPasswordWrong`, ``CodeWrong`` and ``Throttled``."""
        await self._proved(password, code)
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
        self._in_person()
        async with self.keeping.store.read() as conn:
            return await tokens.tokens_of(conn, self.seat.account.id)

    async def make_token(
        self, name: str, grants: Collection[Grant] = EVERY_RIGHT, *, expires: datetime | None = None
    ) -> NewToken:
        """Make a token; its text is shown now and never again. Raises ``SettingsRefused``."""
        self._in_person()
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
        self._in_person()
        async with self.keeping.turn() as conn:
            if not await tokens.revoke(conn, self.seat.account.id, id):
                raise NotFound("there is no such token", id=id)
            await self._tell(conn, "token_revoked", {"token": id})

    # -- inside -----------------------------------------------------------------------------------

    def _in_person(self) -> None:
        if not self.seat.session_id:
            raise Forbidden("only somebody who signed in may do this, not a token")

    async def _proved(self, password: str, code: str, *, factor: bool = True) -> Entrant:
        """The person, once the password was given again; of a token a code as well, where there is a second factor."""
        key = await self._begin("password")
        async with self.keeping.store.read() as conn:
            person = await self._person(conn)
        if not await self.passwords.fits(password, person.credential.hash):
            raise CurrentPasswordWrong("the present password is not right")
        async with self.keeping.store.write() as conn:
            if factor and person.has_factor and not self.seat.session_id:
                await self._code_fits(conn, code)
            await attempts.forget(conn, [key])
        return person

    async def _code_fits(self, conn: AsyncConnection, code: str) -> None:
        if not await second_factor.use(conn, self.keeping.seal, self.seat.account.id, code, self.now):
            raise CodeWrong("a token changes this with a code of the second factor, and this is not one of this moment")

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
