"""The mail log: what became of each mail, and another try."""

from __future__ import annotations

from typing import Final

from quart import Blueprint, Response, g, redirect

from switchhook import Label, MenuEntry, NotFound
from switchhook.administration import OPERATOR_TENANT

from ..access import OF_OPERATOR, base_of, right
from ..frame import administration, render
from ..kept.shared import whole
from ..listing import listed
from ..messages import leave
from ..texts import gettext as _
from ..texts import say

blueprint = Blueprint("mails", __name__)
MENU: Final = (
    MenuEntry(Label("E-Mails", "Mails"), "/mail", "mail.view", "mail", 610, area="administration"),
    MenuEntry(Label("E-Mails", "Mails"), "/mail", "", "mail", 610, place="operator"),
)
COLOURS: Final = {"queued": "blue", "sent": "green", "deferred": "orange", "bounced": "red", "dead": "red"}


@blueprint.get("/t/<tenant>/mail")
@blueprint.get("/operator/mail", defaults=OF_OPERATOR)
@right("mail.view")
async def show(tenant: str) -> str:
    """A tenant's mails, or the operator's own."""
    listing = listed(filters=["state"])
    state = listing.filters["state"]
    after = whole(listing.after)
    post = administration().post
    page = await post.of(tenant, g.actor).page(state=state if state in COLOURS else None, after=after)  # type: ignore[arg-type]
    return await render(
        "pages/mails.html",
        page=page,
        base=base_of(tenant),
        ready=post.ready,
        listing=listing.going_on(str(page.after or "")),
        colours=COLOURS,
        states=[(state, state_words(state)) for state in COLOURS],
        state_words=state_words,
        template_words=template_words,
        may_resend=g.actor.reach("mail.change").everything,
        may_word=tenant != OPERATOR_TENANT and g.actor.may("mail-template.view"),
        crumbs=[(_("Mails"), "")],
    )


@blueprint.post("/t/<tenant>/mail/<id>/resend")
@blueprint.post("/operator/mail/<id>/resend", defaults=OF_OPERATOR)
@right("mail.change")
async def resend(tenant: str, id: str) -> Response:  # noqa: A002 - the domain's own word
    """Try one again."""
    if not id.isdecimal():
        raise NotFound(f"there is no mail {id!r}", id=id)
    await administration().post.of(tenant, g.actor).resend(whole(id))
    leave(_("The mail is tried again."))
    return redirect(f"{base_of(tenant)}/mail", 303)  # type: ignore[return-value]


def template_words(name: str) -> str:
    """What kind of mail it is; the bare name where its plugin is gone."""
    found = administration().post.templates.get(name)
    return say(found.label) if found is not None else name


def state_words(state: str) -> str:
    """What became of a mail."""
    known = {
        "queued": _("waiting"),
        "sent": _("sent"),
        "deferred": _("is tried again"),
        "bounced": _("refused"),
        "dead": _("given up"),
    }
    return known.get(state, state)
