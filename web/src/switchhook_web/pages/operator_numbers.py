"""The operator's pool: numbers no tenant has, and who gets them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from quart import Blueprint, Response, g, request

from switchhook import Label, MenuEntry, SwitchhookError
from switchhook.administration import InUse, NumberPool, not_numbers, written

from ..access import operator
from ..frame import administration, render
from ..kept.shared import answer, going, whole
from ..listing import listed
from ..messages import leave
from ..sentences import told
from ..texts import gettext as _
from ..texts import ngettext
from .numbers import type_words
from .tenants import tenants

blueprint = Blueprint("operator_numbers", __name__)
MENU: Final = (MenuEntry(Label("Freie Rufnummern", "Free numbers"), "/numbers", "", "phone", 20, "operator"),)
POOL: Final = "/operator/numbers"
MOST_LINES: Final = 5_000


def pool() -> NumberPool:
    """The pool, for the operator who asks."""
    return NumberPool(administration().numbers, g.actor)


@blueprint.get(POOL)
@operator
async def show() -> str:
    """The free numbers, with those that rest."""
    return await _page()


async def _page(typed: str = "", wrong: Sequence[tuple[int, str, str]] = (), problem: str = "") -> str:
    """``typed`` are numbers that were not added, ``wrong`` their lines that are why: place, text and reason."""
    asked = listed(filters=("state",))
    states = [("free", _("For everybody")), ("resting", _("Resting"))]
    state = asked.filters["state"] if asked.filters["state"] in dict(states) else ""
    page = await pool().page(asked.search, state=state, after=asked.after)  # type: ignore[arg-type]
    return await render(
        "pages/operator_numbers.html",
        rows=page.numbers,
        filters=[("state", _("State"), states)],
        listing=asked.going_on(page.after),
        written=written,
        types=type_words(),
        customers=[one.tenant for one in await tenants().list() if one.tenant.state != "closed"],
        typed=typed,
        wrong=wrong,
        problem=problem,
        crumbs=[(_("Free numbers"), "")],
    )


@blueprint.post(POOL)
@operator
async def add() -> Response:
    """Put numbers into the pool, one a line: all of them, or none while one cannot be given out."""
    typed = (await request.form).get("numbers", "")
    lines = [(place, line.strip()) for place, line in enumerate(typed.splitlines(), 1) if line.strip()]
    texts = [text for _place, text in lines]
    if len(lines) > MOST_LINES:
        problem = _("These are %(count)s numbers; add at most %(most)s at once.", count=len(lines), most=MOST_LINES)
        return answer(await _page(typed, problem=problem), 422)
    if refused := not_numbers(texts):
        wrong = [(*lines[place], told(why)) for place, why in refused.items()]
        return answer(await _page(typed, wrong), 422)
    new = await pool().add(texts)
    said = ngettext("%(num)d number was added.", "%(num)d numbers were added.", len(new))
    if there := len(texts) - len(new):
        said += " " + ngettext("%(num)d was known already.", "%(num)d were known already.", there)
    leave(said)
    return going(POOL)


@blueprint.post(f"{POOL}/assign")
@operator
async def assign() -> Response:
    """Give a number to a tenant; it counts for the next call."""
    given = await request.form
    tenant, number = given.get("customer", "").strip(), given.get("number", "")
    try:
        made = await pool().assign(number, tenant)
    except SwitchhookError as refused:
        return _say(refused)
    leave(_("%(number)s belongs to %(tenant)s now.", number=written(made.id), tenant=tenant))
    return going(f"/t/{tenant}/numbers/{made.id}")


@blueprint.post(f"{POOL}/end-rest")
@operator
async def end_rest() -> Response:
    """Let everybody have a number that rests, before its time."""
    free = await pool().end_rest((await request.form).get("number", ""))
    leave(_("%(number)s does not rest any more.", number=written(free.e164)))
    return going(POOL)


@blueprint.post(f"{POOL}/remove")
@operator
async def remove() -> Response:
    """Take a number out of the pool."""
    await pool().remove((await request.form).get("number", ""))
    leave(_("The number is gone from the pool."))
    return going(POOL)


@blueprint.post("/t/<tenant>/numbers/<e164>/release")
@operator
async def release(tenant: str, e164: str) -> Response:
    """Take a number back from a tenant, unless something names it."""
    try:
        await pool().release(tenant, e164, whole((await request.form).get("version", "")))
    except InUse as used:
        where = ", ".join(use.title or use.kind for use in used.uses[:5])
        leave(_("It is in use: %(where)s", where=where), kind="error")
        return going(f"/t/{tenant}/numbers/{e164}")
    leave(_("%(number)s is taken back, and rests for 90 days.", number=written(e164)))
    return going(POOL)


def _say(refused: SwitchhookError) -> Response:
    known = {
        "number": _("This is no number that can be given out."),
        "conflict": _("The number is taken, or the customer is closed."),
        "not_found": _("There is no such customer."),
        "demo_limit": told(refused),
        "number_rests": told(refused),
    }
    if refused.code not in known:
        raise refused
    leave(known[refused.code], kind="error")
    return going(POOL)
