"""Offers to a tenant: made by the operator, read, accepted or declined by its superadmin, and still provable later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from quart import Blueprint, Response, g, redirect, request

from switchhook import Label, MenuEntry, SwitchhookError
from switchhook.administration import (
    MOST_OF_OFFER,
    OfferClosed,
    OfferDetails,
    OfferFileRefused,
    SettingsRefused,
    StaleVersion,
    TenantOffers,
)

from ..access import operator, right
from ..bodies import takes
from ..forms import form_of, posted_of, read_form
from ..frame import administration, now, render
from ..kept.shared import whole
from ..messages import leave
from ..texts import gettext as _
from ..texts import language

blueprint = Blueprint("offers", __name__)
LIST: Final = "/t/<tenant>/offers"
MENU: Final = (MenuEntry(Label("Angebot", "Offer"), "/offers", "offer.view", "file-text", 890, area="administration"),)
TAKES: Final = MOST_OF_OFFER + (256 << 10)
"""Bytes of a request that brings a file: the file itself, and what stands around it."""
COLOURS: Final = {"open": "blue", "accepted": "green", "declined": "red", "withdrawn": "secondary", "expired": "orange"}
_REFUSALS: Final = (OfferClosed, OfferFileRefused, SettingsRefused, StaleVersion)


@blueprint.get(LIST)
@right("offer.view")
async def show(tenant: str) -> Response:
    """All offers, and what may be done with them."""
    return await _page(tenant, {})


@blueprint.post(f"{LIST}/_new")
@operator
@takes(TAKES)
async def make(tenant: str) -> Response:
    """Keep an offer and tell the superadmins."""
    values = read_form(OfferDetails, posted_of((await request.form).items(multi=True)))
    try:
        made = await offers(tenant).make(await _brought(), values)
    except SettingsRefused as refused:
        return await _page(tenant, values, refused.problems)
    except (OfferClosed, OfferFileRefused) as refused:
        return _done(tenant, words_of(refused), kind="error")
    return _done(tenant, _("The offer “%(title)s” is there; its superadmins get a mail.", title=made.title))


@blueprint.get(f"{LIST}/<id>/document")
@right("offer.view")
async def document(tenant: str, id: str) -> Response:  # noqa: A002 - the domain's own word
    """The PDF, as it was offered."""
    return _file(await offers(tenant).file(id, "document"), id)


@blueprint.get(f"{LIST}/<id>/signed")
@right("offer.view")
async def signed(tenant: str, id: str) -> Response:  # noqa: A002
    """The scan of the signed copy."""
    return _file(await offers(tenant).file(id, "scan"), id)


@blueprint.get(f"{LIST}/<id>/check")
@right("offer.view")
async def check(tenant: str, id: str) -> str:  # noqa: A002
    """Whether the files are what was offered and signed."""
    one = await offers(tenant).get(id)
    trail = [(_("Offer"), f"/t/{tenant}/offers"), (_("Check"), "")]
    proofs = await offers(tenant).verify(id)
    return await render("pages/offer_check.html", one=one, proofs=proofs, crumbs=trail)


@blueprint.post(f"{LIST}/<id>/sign")
@right("offer.accept")
async def sign(tenant: str, id: str) -> Response:  # noqa: A002
    """Accept by one's typed name."""
    given = await request.form
    name, version = {"name": given.get("name", "")}, whole(given.get(":version", ""))
    return await _decided(tenant, offers(tenant).sign(id, version, name, address=_address()))


@blueprint.post(f"{LIST}/<id>/copy")
@right("offer.accept")
@takes(TAKES)
async def bring_signed(tenant: str, id: str) -> Response:  # noqa: A002
    """Accept by the scan of a signed copy."""
    version, content = whole((await request.form).get(":version", "")), await _brought()
    return await _decided(tenant, offers(tenant).bring_signed(id, version, content, address=_address()))


@blueprint.post(f"{LIST}/<id>/decline")
@right("offer.accept")
async def decline(tenant: str, id: str) -> Response:  # noqa: A002
    """Say no, with a reason."""
    given = await request.form
    reason, version = (
        {"reason": given.get("reason", "").replace("\r\n", "\n").strip()},
        whole(given.get(":version", "")),
    )
    return await _decided(tenant, offers(tenant).decline(id, version, reason))


@blueprint.post(f"{LIST}/<id>/withdraw")
@operator
async def withdraw(tenant: str, id: str) -> Response:  # noqa: A002
    """Take it back."""
    return await _decided(tenant, offers(tenant).withdraw(id, whole((await request.form).get(":version", ""))))


def offers(tenant: str) -> TenantOffers:
    """The offers as whoever asks may see and decide them."""
    return administration().offers.of(tenant, g.actor)


def states() -> Mapping[str, str]:
    """What becomes of offers."""
    return {
        "open": _("waits for an answer"),
        "accepted": _("accepted"),
        "declined": _("declined"),
        "withdrawn": _("withdrawn"),
        "expired": _("no longer good"),
    }


def words_of(error: SwitchhookError) -> str:
    """Why something was not done, for people."""
    if isinstance(error, OfferFileRefused) and error.data.get("size"):
        return _("The file is too large: at most 5 MB are taken.")
    if isinstance(error, OfferFileRefused):
        return _(
            "The file is not of a kind that is taken here, or did not come whole: an offer is a PDF, a signed copy a PDF, JPEG or PNG."
        )
    if isinstance(error, OfferClosed):
        known = {
            "expired": _("This offer is no longer good. Ask for a new one."),
            "accepted": _("This offer was accepted already."),
            "declined": _("This offer was declined already."),
            "withdrawn": _("This offer was withdrawn."),
        }
        return known.get(str(error.data.get("state")), _("Offers are for tenants that are a demo."))
    if isinstance(error, StaleVersion):
        return _("Somebody else decided on this offer meanwhile.")
    return _("Something is missing or too long: look at what you entered.")


async def _decided(tenant: str, work: Any) -> Response:
    try:
        offer = await work
    except _REFUSALS as refused:
        return _done(tenant, words_of(refused), kind="error")
    return _done(tenant, _("%(title)s: %(state)s", title=offer.title, state=states()[offer.state]))


async def _page(tenant: str, values: Mapping[str, object], problems: Sequence[Any] = ()) -> Response:
    here = offers(tenant)
    demo = g.actor.role == "operator" and (await administration().tenants.of(g.actor).get(tenant)).state == "demo"
    page = await render(
        "pages/offers.html",
        offers=await here.list(),
        states=states(),
        colours=COLOURS,
        form=form_of(OfferDetails, values, problems=problems, root="offer", language=language()),
        may_make=demo,
        may_withdraw=g.actor.role == "operator",
        may_decide=g.actor.role == "superadmin" and g.actor.may("offer.accept"),
        today=now(),
        crumbs=[(_("Offer"), "")],
    )
    return Response(page, 422 if problems else 200, content_type="text/html; charset=utf-8")


async def _brought() -> bytes:
    """The file of the request, at most a byte more than is taken; nothing without one."""
    file = (await request.files).get("file")
    return file.read(MOST_OF_OFFER + 1) if file is not None else b""


def _file(file: Any, id: str) -> Response:  # noqa: A002
    response = Response(file.content, content_type=file.media)
    response.headers["Content-Disposition"] = f'attachment; filename="{file.name(id)}"'
    return response


def _address() -> str:
    return (request.remote_addr or "")[:100]


def _done(tenant: str, words: str, *, kind: Any = "done") -> Response:
    leave(words, kind=kind)
    return redirect(f"/t/{tenant}/offers", 303)  # type: ignore[return-value]
