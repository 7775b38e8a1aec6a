"""Webhooks: where events are sent, what became of each, and another try."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Final

from quart import Blueprint, Response, g, redirect, request

from switchhook import Label, MenuEntry, NotFound, Problem
from switchhook.administration import EVENTS, Listing, Record, SettingsRefused, plain_settings

from ..access import right
from ..forms import form_of, posted_of, read_form
from ..frame import administration, render
from ..kept.desks import RecordDesk
from ..kept.saving import Edited, Saving
from ..kept.shared import whole
from ..listing import listed
from ..messages import leave
from ..texts import gettext as _
from ..texts import language

blueprint = Blueprint("webhooks", __name__)
MENU: Final = (
    MenuEntry(Label("Webhooks", "Webhooks"), "/webhooks", "webhook.view", "webhook", 620, area="administration"),
)
COLOURS: Final = {"queued": "blue", "delivered": "green", "deferred": "orange", "dead": "red"}
_KIND: Final = "webhook"


@blueprint.get("/t/<tenant>/webhooks")
@right("webhook.view")
async def show(tenant: str) -> str:
    """All webhooks of a tenant."""
    page = await administration().keeping.of(tenant, g.actor).page(_KIND, Listing(limit=200))
    return await render(
        "pages/webhooks.html",
        records=page.records,
        listing=listed(),
        may_change=g.actor.may("webhook.change"),
        crumbs=[(_("Webhooks"), "")],
    )


@blueprint.get("/t/<tenant>/webhooks/+new")
@right("webhook.change")
async def new(tenant: str) -> str:
    """A form for a new one, with a good secret filled in."""
    return await _form(tenant, {}, None)


@blueprint.post("/t/<tenant>/webhooks")
@right("webhook.change")
async def create(tenant: str) -> Response:
    """Keep a new one."""
    resources = administration().keeping.of(tenant, g.actor)
    values = read_form(resources.declared(_KIND), posted_of((await request.form).items(multi=True)))
    try:
        record = await resources.create(_KIND, values)
    except SettingsRefused as refused:
        return _refused(await _form(tenant, values, None, refused.problems))
    leave(_("The webhook is kept. Send it a test event to see whether it arrives."))
    return redirect(f"/t/{tenant}/webhooks/{record.id}", 303)  # type: ignore[return-value]


@blueprint.get("/t/<tenant>/webhooks/<id>")
@right("webhook.view")
async def one(tenant: str, id: str) -> str:  # noqa: A002 - the domain's own word
    """One webhook with its deliveries."""
    record = await _record(tenant, id)
    listing = listed(filters=["state"])
    state = listing.filters["state"]
    after = whole(listing.after)
    deliveries = administration().webhooks.of(tenant, g.actor)
    page = await deliveries.page(id, state=state if state in COLOURS else None, after=after)  # type: ignore[arg-type]
    return await render(
        "pages/webhook.html",
        record=record,
        page=page,
        listing=listing.going_on(str(page.after or "")),
        colours=COLOURS,
        states=[(state, state_words(state)) for state in COLOURS],
        state_words=state_words,
        event_words=event_words,
        may_change=g.actor.reach("webhook.change").everything,
        may_delete=g.actor.reach("webhook.delete").everything,
        crumbs=[(_("Webhooks"), f"/t/{tenant}/webhooks"), (record.title, "")],
    )


@blueprint.get("/t/<tenant>/webhooks/<id>/edit")
@right("webhook.change")
async def edit(tenant: str, id: str) -> str:  # noqa: A002
    """A form for one."""
    record = await _record(tenant, id)
    return await _form(tenant, plain_settings(record.value, whole=True), record)


@blueprint.post("/t/<tenant>/webhooks/<id>")
@right("webhook.change")
async def change(tenant: str, id: str) -> Response:  # noqa: A002
    """Change one; where somebody else did meanwhile, both sides are shown."""
    record = await _record(tenant, id)

    async def again(values: Mapping[str, object], version: int, problems: Sequence[Problem]) -> Response:
        return _refused(await _form(tenant, values, record, problems, version=version))

    base = f"/t/{tenant}/webhooks"
    desk = RecordDesk(administration().keeping.of(tenant, g.actor), _KIND, id)
    trail = [(_("Webhooks"), base), (record.title, f"{base}/{id}")]
    return await Saving(tenant, f"{base}/{id}", desk, again, trail, done=_is_changed).take()


def _is_changed(webhook: Edited) -> None:
    leave(_("The webhook was changed."))


@blueprint.post("/t/<tenant>/webhooks/<id>/delete")
@right("webhook.delete")
async def delete(tenant: str, id: str) -> Response:  # noqa: A002
    """Put one into the trash."""
    posted = await request.form
    version = whole(posted.get("version", ""))
    await administration().keeping.of(tenant, g.actor).delete(_KIND, id, version)
    leave(_("The webhook lies in the trash."), undo=f"/t/{tenant}/webhooks/{id}/restore")
    return redirect(f"/t/{tenant}/webhooks", 303)  # type: ignore[return-value]


@blueprint.post("/t/<tenant>/webhooks/<id>/restore")
@right("webhook.delete")
async def restore(tenant: str, id: str) -> Response:  # noqa: A002
    """Bring one back from the trash."""
    await administration().keeping.of(tenant, g.actor).restore(_KIND, id)
    return redirect(f"/t/{tenant}/webhooks/{id}", 303)  # type: ignore[return-value]


@blueprint.post("/t/<tenant>/webhooks/<id>/ping")
@right("webhook.change")
async def ping(tenant: str, id: str) -> Response:  # noqa: A002
    """Send a test event."""
    await administration().webhooks.of(tenant, g.actor).ping(id)
    leave(_("A test event is on its way; load the page again in a moment."))
    return redirect(f"/t/{tenant}/webhooks/{id}", 303)  # type: ignore[return-value]


@blueprint.post("/t/<tenant>/webhooks/<id>/deliveries/<delivery>/redeliver")
@right("webhook.change")
async def redeliver(tenant: str, id: str, delivery: str) -> Response:  # noqa: A002
    """Send an event once more."""
    if not delivery.isdecimal():
        raise NotFound(f"there is no delivery {delivery!r}", id=delivery)
    await administration().webhooks.of(tenant, g.actor).redeliver(whole(delivery))
    leave(_("The event is sent once more, with the same id."))
    return redirect(f"/t/{tenant}/webhooks/{id}", 303)  # type: ignore[return-value]


async def _record(tenant: str, id: str) -> Record:  # noqa: A002
    record = await administration().keeping.of(tenant, g.actor).get(_KIND, id)
    if record.deleted is not None:
        raise NotFound(f"the webhook {id!r} lies in the trash", id=id)
    return record


async def _form(
    tenant: str,
    values: Mapping[str, object],
    record: Record | None,
    problems: Sequence[Problem] = (),
    *,
    version: int = 0,
) -> str:
    declared = administration().keeping.of(tenant, g.actor).declared(_KIND)
    form = form_of(
        declared,
        values,
        problems=problems,
        root=_KIND,
        kept=["secret"] if record is not None else [],
        language=language(),
    )
    return await render(
        "pages/webhook_form.html",
        form=form,
        record=record,
        version=version or (record.version if record else 0),
        suggestion=secrets.token_urlsafe(32) if record is None else "",
        events=[(name, label) for name, label in EVENTS.items()],
        crumbs=[(_("Webhooks"), f"/t/{tenant}/webhooks"), (record.title if record else _("New webhook"), "")],
    )


def _refused(page: str) -> Response:
    return Response(page, 422, content_type="text/html; charset=utf-8")


def event_words(event: str) -> Label | str:
    """What happened, for people."""
    return EVENTS.get(event, _("Test event") if event == "ping" else event)


def state_words(state: str) -> str:
    """What became of a delivery."""
    known = {
        "queued": _("waiting"),
        "delivered": _("delivered"),
        "deferred": _("is tried again"),
        "dead": _("given up"),
    }
    return known.get(state, state)
