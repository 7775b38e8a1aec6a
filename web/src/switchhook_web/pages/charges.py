"""What a tenant pays beside its calls: the list of charges, and the rates they follow from."""

from __future__ import annotations

from datetime import date
from typing import Final

from babel.dates import format_skeleton
from quart import Blueprint, Response, g, redirect, request

from switchhook import Label, MenuEntry, Money
from switchhook.administration import SettingsRefused, StaleVersion, TenantCharges, write_charges

from ..access import operator, right
from ..frame import administration, render
from ..kept.shared import whole
from ..listing import listed
from ..messages import leave
from ..sentences import told
from ..texts import gettext as _
from ..texts import language

blueprint = Blueprint("charges", __name__)
LIST: Final = "/t/<tenant>/charges"
MENU: Final = (
    MenuEntry(
        Label("Kosten", "Charges"),
        "/charges",
        "charge.view",
        "receipt",
        570,
        area="administration",
        tabs=("/spending", "/r/spend-limit", "/r/price-list", "/r/call-rate"),
    ),
)
MONTHS: Final = 24
"""How many months back the list can be narrowed to."""


@blueprint.get(LIST)
@right("charge.view")
async def show(tenant: str) -> str:
    """The charges, their sum, and what things cost."""
    listing = listed(filters=("month",))
    month = listing.filters["month"]
    page = await charges(tenant).page(month, after=listing.after)
    return await render(
        "pages/charges.html",
        rows=page.charges,
        sums=await charges(tenant).sums(month),
        rates=await charges(tenant).rates(),
        months=months(administration().charges.today),
        listing=listing.going_on(page.after),
        may_set=g.actor.role == "operator",
        crumbs=[(_("Charges"), "")],
    )


@blueprint.get(f"{LIST}/charges.csv")
@right("charge.view")
async def table(tenant: str) -> Response:
    """The charges as a table, those of a month if wished."""
    month = request.args.get("month", "")
    content = write_charges(await charges(tenant).all(month), language())
    answer = Response(content, mimetype="text/csv")
    name = "-".join(filter(None, (tenant, "charges", month)))
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


@blueprint.post(f"{LIST}/rates/<rate>")
@operator
async def set_rate(tenant: str, rate: str) -> Response:
    """Set what something costs this tenant."""
    given = await request.form
    try:
        price = Money.read(given.get("price", ""))
        await charges(tenant).set_rate(rate, whole(given.get(":version", "")), whole(given.get("free", "")), price)
    except ValueError:
        leave(_("A price is an amount with its currency, such as 0.49 EUR."), kind="error")
    except SettingsRefused as refused:
        leave(told(refused), kind="error")
    except StaleVersion:
        leave(_("Somebody else changed this rate meanwhile; look at it and save again."), kind="error")
    else:
        leave(_("The rate was changed and holds from now on."))
    return redirect(f"/t/{tenant}/charges", 303)  # type: ignore[return-value]


def charges(tenant: str) -> TenantCharges:
    """The charges as whoever asks may see them."""
    return administration().charges.of(tenant, g.actor)


def months(today: date) -> list[tuple[str, str]]:
    """The last months with their names, the present one first."""
    counted = (divmod(today.year * 12 + today.month - 1 - back, 12) for back in range(MONTHS))
    firsts = [date(year, month + 1, 1) for year, month in counted]
    return [(f"{one:%Y-%m}", format_skeleton("yMMMM", one, locale=language())) for one in firsts]
