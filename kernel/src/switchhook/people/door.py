"""The door of the portal: signing in, being known at each request, and signing out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

import attrs
from sqlalchemy.ext.asyncio import AsyncConnection

from ..access.account import OPERATOR_TENANT
from ..errors import SwitchhookError
from ..resources.service import Keeping
from ..store.tables_people import account as account_table
from . import attempts, seats, second_factor, tokens
from .accounts import may_enter
from .attempts import OF_KNOWN, OF_NAME, OF_PLACE, Pace, place_of
from .credentials import Credential, Entrant, find_entrant, put_password
from .links import Sends
from .own import Own
from .passwords import Passwords
from .seats import Seat
from .sign_in import SignIn

NAMES: Final = 200  # characters of a user name that are looked at


class SignInRefused(SwitchhookError):
    """The user name or the password is wrong, or the account may not come in: nobody is told which."""

    code = "sign_in_refused"


class SecondFactorNeeded(SwitchhookError):
    """The password is right, and a code is asked for; ``challenge`` stands for the password for five minutes."""

    code = "second_factor_needed"

    def __init__(self, challenge: str) -> None:
        super().__init__("a code of the second factor is needed")
        self.challenge = challenge


@attrs.frozen
class SignedIn:
    """Somebody came in: ``token`` is for the browser alone and is kept nowhere."""

    token: str = attrs.field(repr=False)
    seat: Seat


@attrs.frozen
class Visitor:
    """Somebody before the door, with what was found under the name it gave."""

    person: Entrant | None
    name: str
    address: str
    agent: str
    paces: Mapping[str, Pace]

    @property
    def account(self) -> str:
        """The id of the account, empty when there is none."""
        return self.person.account.id if self.person is not None else ""

    @property
    def own_keys(self) -> Sequence[str]:
        """Under which its attempts are counted, but that of the place, which others share."""
        return [key for key, pace in self.paces.items() if pace is not OF_PLACE]


@attrs.frozen
class Door:
    """Lets people in. Known and unknown names, wrong passwords, accounts that are invited or disabled and tenants that
    are suspended all cost the same and are answered in the same way.
    """

    keeping: Keeping
    passwords: Passwords
    post: Sends

    @property
    def now(self) -> datetime:
        """The present moment."""
        return self.keeping.clock.now()

    def own(self, seat: Seat) -> Own:
        """The own account of somebody who signed in, or whose token asks."""
        return Own(self.keeping, self.passwords, self.post, seat)

    async def sign_in(self, username: str, password: str, *, address: str, agent: str, code: str = "") -> SignedIn:
        """Let somebody in, with a new session.

        Raises :class:`SignInRefused`, ``Throttled`` before anything is looked
        at, ``TooBusy``, and :class:`SecondFactorNeeded` when a code is needed
        and none is given.
        """
        visitor = await self._before_the_door(username, address, agent)
        hashed = visitor.person.credential.hash if visitor.person is not None else ""
        right = await self.passwords.fits(password, hashed)
        person = visitor.person
        if person is None or not right or not may_enter(person.account, person.tenant):
            raise await self._refused(visitor, "password")
        if person.has_factor and not code:
            raise SecondFactorNeeded(await self._challenge(visitor))
        if person.has_factor and not await self._code_fits(person, code):
            raise await self._refused(visitor, "code")
        fresh = await self.passwords.hash(password) if self.passwords.is_dated(hashed) else ""
        return await self._come_in(visitor, hashed, fresh)

    async def second_factor(self, challenge: str, code: str, *, address: str, agent: str) -> SignedIn:
        """Go on after :class:`SecondFactorNeeded` with a code, or a recovery code; raises :class:`SignInRefused`."""
        async with self.keeping.store.write() as conn:
            account = await second_factor.challenged(conn, challenge, self.now)
            person = await find_entrant(conn, account_table.c.id == account)
            name = person.account.username if person is not None else challenge[:NAMES]
            visitor = await self._counted(conn, person, name, address, agent)
        if person is None or not may_enter(person.account, person.tenant) or not await self._code_fits(person, code):
            raise await self._refused(visitor, "code")
        return await self._come_in(visitor, person.credential.hash, "", challenge)

    async def seat(self, token: str) -> Seat | None:
        """Who a browser's token stands for at this moment; None for one that stands for nobody any more."""
        async with self.keeping.store.read() as conn:
            found = await seats.find_seat(conn, token, self.now)
        if found is None:
            return None
        seat, unnoted = found
        if unnoted:
            async with self.keeping.store.write() as conn:
                await seats.note_use(conn, seat.session_id, self.now)
        return seat

    async def bearer(self, token: str) -> Seat | None:
        """Who an API token stands for at this moment; None for one that stands for nobody any more."""
        async with self.keeping.store.read() as conn:
            found = await tokens.find_bearer(conn, token, self.now)
        if found is None:
            return None
        seat, unnoted = found
        if unnoted:
            async with self.keeping.store.write() as conn:
                await tokens.note_use(conn, unnoted, self.now)
        return seat

    async def seats(self, sessions: Collection[str], bearers: Collection[str]) -> Mapping[str, Seat]:
        """Who many tokens, of browsers and of the API, stand for at this moment, in few questions to the store.

        Those that stand for nobody any more are not there. It counts as no use.
        """
        async with self.keeping.store.read() as conn:
            found = dict(await seats.find_seats(conn, sessions, self.now)) if sessions else {}
            known = await tokens.find_bearers(conn, bearers, self.now) if bearers else {}
        return found | {token: seat for token, (seat, _) in known.items()}

    async def sign_out(self, token: str) -> None:
        """End a session; a token that stands for none is no fault."""
        async with self.keeping.store.write() as conn:
            await seats.sign_out(conn, token)

    # -- inside -----------------------------------------------------------------------------------

    async def _before_the_door(self, username: str, address: str, agent: str) -> Visitor:
        name = username.strip().casefold()[:NAMES]
        async with self.keeping.store.write() as conn:
            person = await find_entrant(conn, account_table.c.username == name)
            return await self._counted(conn, person, name, address, agent)

    async def _counted(
        self, conn: AsyncConnection, person: Entrant | None, name: str, address: str, agent: str
    ) -> Visitor:
        """A visitor whose attempt counts already."""
        place, key = place_of(address), self.keeping.seal.digest
        known = await attempts.is_known(conn, person.account.id if person is not None else "", place, self.now)
        own = {key(f"at {place} {name}"): OF_KNOWN} if known else {key(f"name {name}"): OF_NAME}
        visitor = Visitor(person, name, address, agent, {key(f"place {place}"): OF_PLACE, **own})
        await attempts.begin(conn, self.now, visitor.paces)
        return visitor

    async def _challenge(self, visitor: Visitor) -> str:
        async with self.keeping.store.write() as conn:
            await attempts.take_back(conn, self.now, list(visitor.paces))
            tenant = visitor.person.account.tenant if visitor.person is not None else ""
            return await second_factor.challenge(conn, tenant, visitor.account, self.now)

    async def _code_fits(self, person: Entrant, code: str) -> bool:
        async with self.keeping.store.write() as conn:
            return await second_factor.use(conn, self.keeping.seal, person.account.id, code, self.now)

    async def _refused(self, visitor: Visitor, why: str) -> SignInRefused:
        happened = self._happened(visitor, why)
        async with self.keeping.turn() as conn:
            await self._tell(conn, happened)
        await self.keeping.hooks.notify("sign_in_refused", sign_in=happened)
        return SignInRefused("the user name or the password is wrong, or this account may not sign in at this moment")

    async def _come_in(self, visitor: Visitor, hashed: str, fresh: str, challenge: str = "") -> SignedIn:
        """Begin a session, of a person looked at once more: much may have happened while the password was."""
        now, happened = self.now, self._happened(visitor, "")
        async with self.keeping.turn() as conn:
            person = await find_entrant(conn, account_table.c.id == visitor.account)
            stays = person is not None and person.credential.hash == hashed
            if person is None or not stays or not may_enter(person.account, person.tenant):
                raise SignInRefused("the account was changed at this moment; sign in again")
            if challenge:
                await second_factor.answered(conn, challenge)
            if fresh:
                await self._renew_hash(conn, person, fresh)
            await attempts.forget(conn, visitor.own_keys)
            await attempts.take_back(conn, now, list(visitor.paces))
            await attempts.know(conn, person.account.tenant, person.account.id, place_of(visitor.address), now)
            token = await seats.sit_down(conn, person, visitor.address, visitor.agent, now)
            await self._tell(conn, happened)
            found = await seats.find_seat(conn, token, now)
        if found is None:
            raise SignInRefused("the account was changed at this moment; sign in again")
        await self.keeping.hooks.notify("signed_in", sign_in=happened)
        return SignedIn(token, found[0])

    async def _renew_hash(self, conn: AsyncConnection, person: Entrant, fresh: str) -> None:
        """The same password at today's cost: neither its age nor the former ones change."""
        before = person.credential
        unchanged = attrs.evolve(
            person, credential=Credential(before.former[0], before.former[1:]) if before.former else Credential()
        )
        await put_password(conn, unchanged, fresh, before.changed or self.now)

    def _happened(self, visitor: Visitor, why: str) -> SignIn:
        person = visitor.person
        if person is None:
            return SignIn(OPERATOR_TENANT, "", "", visitor.address, visitor.agent, self.now, why)
        account = person.account
        return SignIn(account.tenant, account.id, account.username, visitor.address, visitor.agent, self.now, why)

    async def _tell(self, conn: AsyncConnection, happened: SignIn) -> None:
        action = "sign_in_refused" if happened.why else "sign_in"
        after = {"address": happened.address, "agent": happened.agent[:300], "why": happened.why}
        what = (happened.tenant, "account", happened.account)
        who = happened.username or "unknown"
        await self.keeping.audit.add(conn, happened.at, who, action, what, {}, after)
