"""Help for somebody who cannot get in: a link for a new password, sessions ended, a lost second factor removed."""

from __future__ import annotations

from quart import Blueprint, Response, g, redirect

from ..access import right
from ..frame import administration
from ..messages import leave
from ..texts import gettext as _

blueprint = Blueprint("person_help", __name__)
ONE = "/t/<tenant>/people/<id>"


@blueprint.post(f"{ONE}/send-link")
@right("people.change")
async def send_link(tenant: str, id: str) -> Response:  # noqa: A002 - the domain's own word
    """Send a link for a new password."""
    await administration().helping.of(tenant, g.actor).send_link(id)
    leave(_("A link for a new password is on its way."))
    return _back(tenant, id)


@blueprint.post(f"{ONE}/end-sessions")
@right("people.change")
async def end_sessions(tenant: str, id: str) -> Response:  # noqa: A002
    """Sign somebody out everywhere."""
    await administration().helping.of(tenant, g.actor).end_sessions(id)
    leave(_("This person is signed out everywhere."))
    return _back(tenant, id)


@blueprint.post(f"{ONE}/remove-second-factor")
@right("people.change")
async def remove_second_factor(tenant: str, id: str) -> Response:  # noqa: A002
    """Let somebody in without a code who lost the telephone."""
    await administration().helping.of(tenant, g.actor).remove_second_factor(id)
    leave(_("This person signs in without a second factor now."))
    return _back(tenant, id)


def _back(tenant: str, id: str) -> Response:  # noqa: A002
    return redirect(f"/t/{tenant}/people/{id}", 303)  # type: ignore[return-value]
