"""Produced announcements: every move from every state, who may, what is mailed, charged and delivered (S26)."""

from __future__ import annotations

import attrs
import pytest
from sqlalchemy import update

from switchhook import Money, NotFound, PriceChanged
from switchhook.access.actor import SYSTEM, Actor, Forbidden
from switchhook.administration import OPERATOR_TENANT, SettingsRefused, StaleVersion
from switchhook.speech.audio import to_wav, tone
from switchhook.store.tables_people import account as table
from switchhook_announcements.production import MOVES, ProductionMoved
from switchhook_announcements.productions import Productions
from switchhook_announcements.taking import SoundRefused

SUE = Actor("sue", SYSTEM.rights, "superadmin", "sue")
PRICE = Money(120_000_000, "EUR")
WAV = to_wav(tone(440, 0.5))
WISH = {"title": "Hotline", "text": "Guten Tag.\nBitte warten.", "language": "de"}


@attrs.frozen
class Both:
    """The same productions for both sides."""

    customer: Productions
    operator: Productions

    async def bring(self, to: str) -> str:
        """A production in a state; gives its id."""
        made = await self.customer.ask(WISH)
        if to != "requested":
            moves = {"refused": ["refuse"], "withdrawn": ["withdraw"], "quoted": ["quote"]}
            for move in moves.get(to, ["quote", "accept", "deliver"][: 2 + (to == "delivered")]):
                await self.move(move, made.id)
        assert (await self.customer.get(made.id)).state == to
        return made.id

    async def move(self, move: str, id: str) -> None:  # noqa: A002
        version = (await self.customer.get(id)).version
        more = {
            "quote": (PRICE, "in three days"),
            "accept": (str((await self.customer.get(id)).price),),
            "deliver": (WAV,),
        }
        side = self.customer if move in ("accept", "withdraw") else self.operator
        await getattr(side, move)(id, version, *more.get(move, ()))


@pytest.fixture
async def both(library, administration) -> Both:
    for tenant, name, role in (("acme", "sue", "superadmin"), (OPERATOR_TENANT, "olga", "operator")):
        people = administration.people.of(tenant, SYSTEM)
        made = await people.create(
            {"username": name, "name": name.title(), "email": f"{name}@example.org", "role": role, "language": "en"}
        )
        await active(administration, made.id)
    return Both(Productions(library, "acme", SUE), Productions(library, "acme", SYSTEM))


async def active(administration, account):
    """They took their invitations up."""
    async with administration.store.write() as conn:
        await conn.execute(update(table).where(table.c.id == account).values(state="active"))


async def mails(administration, tenant):
    page = await administration.post.of(tenant, SYSTEM).page()
    return [(mail.recipient, mail.template) for mail in page.mails if "production" in mail.template]


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)  # the database makes no difference to what is allowed
@pytest.mark.parametrize("begin", ["requested", "quoted", "accepted", "delivered", "refused", "withdrawn"])
async def test_only_the_moves_of_a_state_can_be_made(both: Both, begin: str) -> None:
    for move, (to, begins) in MOVES.items():
        id = await both.bring(begin)  # noqa: A001
        if begin in begins:
            await both.move(move, id)
            assert (await both.customer.get(id)).state == to
        else:
            with pytest.raises(ProductionMoved):
                await both.move(move, id)
            assert (await both.customer.get(id)).state == begin


async def test_it_lands_in_the_library_at_its_price_and_both_sides_get_mails(both, library, administration) -> None:
    made = await both.customer.ask(WISH)
    assert await mails(administration, OPERATOR_TENANT) == [("olga@example.org", "announcement_production_operator")]
    await both.operator.quote(made.id, 1, PRICE, "in three days")
    assert await mails(administration, "acme") == [("sue@example.org", "announcement_production")]
    with pytest.raises(PriceChanged, match=r"120\.00 EUR"):
        await both.customer.accept(made.id, 2, "119.00 EUR")
    await both.customer.accept(made.id, 2, "120.00 EUR")
    charges = administration.charges.of("acme", SYSTEM)
    with pytest.raises(SoundRefused):
        await both.operator.deliver(made.id, 3, b"no sound")
    assert (await charges.all(), (await both.customer.get(made.id)).state) == ([], "accepted")
    await both.operator.deliver(made.id, 3, WAV)
    done = await both.customer.get(made.id)
    theirs = library.of("acme", SUE)
    (take,) = await theirs.takes(done.announcement)
    assert (take.source, (await theirs.get(done.announcement)).value.current) == ("production", 1)
    (line,) = await charges.all()
    assert (line.price, line.cause, line.said.en) == (
        PRICE,
        f"announcement:{done.announcement}",
        "Announcement “Hotline” produced",
    )
    await both.operator.deliver(made.id, 4, to_wav(tone(880, 0.7)))
    assert (len(await charges.all()), len(await theirs.takes(done.announcement))) == (1, 2)
    assert (await theirs.get(done.announcement)).value.current == 1, "what is mended waits to be listened to"
    assert len(await mails(administration, "acme")) == 3
    assert len(await mails(administration, OPERATOR_TENANT)) == 2


async def test_who_may_and_whose_it_is(both, library) -> None:
    made = await both.customer.ask(WISH)
    for refused in (
        both.customer.quote(made.id, 1, PRICE),
        both.customer.deliver(made.id, 1, WAV),
        both.customer.refuse(made.id, 1),
        Productions(library, "acme", attrs.evolve(SUE, role="admin")).accept(made.id, 1, "0.00 EUR"),
        Productions(library, "acme", Actor("kim", {"announcement.view": SUE.reach("x")})).withdraw(made.id, 1),
    ):
        with pytest.raises(Forbidden):
            await refused
    other = Productions(library, "other", SYSTEM)
    assert await other.all() == []
    for refused in (other.get(made.id), other.quote(made.id, 1, PRICE), other.deliver(made.id, 1, WAV)):
        with pytest.raises(NotFound):
            await refused
    with pytest.raises(StaleVersion):
        await both.operator.quote(made.id, 7, PRICE)
    with pytest.raises(SettingsRefused):
        await both.customer.ask({**WISH, "title": ""})
