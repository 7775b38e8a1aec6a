"""A new password: for one who forgot it, by a link that came by mail, and one's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from quart import Blueprint, Response, redirect, request

from switchhook.administration import (
    LinkExpired,
    Opened,
    PasswordTooWeak,
    Rule,
    Throttled,
    generate,
    rules,
)

from ..access import open_to_all
from ..frame import administration, render
from ..messages import leave
from ..texts import gettext as _

blueprint = Blueprint("passwords", __name__)
LONGEST = 1000  # characters of a field that are looked at


@blueprint.get("/forgot")
@open_to_all
async def forgot() -> str:
    """Where one asks for a new password."""
    return await render("pages/forgot.html", asked=False, shell=False, crumbs=[])


@blueprint.post("/forgot")
@open_to_all
async def ask() -> Response:
    """Take the wish, with the same answer for every name."""
    name = (await request.form).get("username", "")[:200]
    try:
        await administration().forgetting.ask(name, address=request.remote_addr or "")
    except Throttled as error:
        return _page(
            await render("pages/forgot.html", asked=False, wait=error.retry_after, shell=False, crumbs=[]), 429
        )
    return _page(await render("pages/forgot.html", asked=True, shell=False, crumbs=[]))


@blueprint.get("/set-password/<token>")
@open_to_all
async def show(token: str) -> Response:
    """What a link is for. Looking at it does not use it up: programs that read mail do so before people."""
    try:
        opened = await administration().links.look(token)
    except LinkExpired as error:
        return _page(await render("pages/link_expired.html", kind=error.kind, sent=False, shell=False, crumbs=[]), 410)
    return await _form(opened)


@blueprint.post("/set-password/<token>")
@open_to_all
async def set_password(token: str) -> Response:
    """Set the password, make one up, or send a new link in place of an expired one."""
    form, links = await request.form, administration().links
    if "renew" in form:
        await links.renew(token)
        return _page(await render("pages/link_expired.html", kind="", sent=True, shell=False, crumbs=[]))
    try:
        opened = await links.look(token)
    except LinkExpired as error:
        return _page(await render("pages/link_expired.html", kind=error.kind, sent=False, shell=False, crumbs=[]), 410)
    if "generate" in form:
        return await _form(opened, made=generate())
    given = form.get("password", "")[:LONGEST]
    if given != form.get("again", given)[:LONGEST]:
        return await _form(opened, differs=True, status=422)
    try:
        await links.set_password(token, given, address=request.remote_addr or "")
    except PasswordTooWeak as refused:
        return await _form(opened, broken=refused.rules, status=422)
    leave(_("Your password is set. You can sign in with it now."))
    return redirect("/sign-in", 303)  # type: ignore[return-value]


async def _form(
    opened: Opened, *, broken: Sequence[Rule] = (), made: str = "", differs: bool = False, status: int = 200
) -> Response:
    said = judging(opened.policy.level, broken=broken, made=made, differs=differs)
    return _page(await render("pages/set_password.html", opened=opened, shell=False, crumbs=[], **said), status)


def judging(level: int, *, broken: Sequence[Rule] = (), made: str = "", differs: bool = False) -> Mapping[str, Any]:
    """What the fields of a new password show: the rules of the level, those that were broken, and one made up."""
    return {
        "rules": rules(level),
        "broken": {rule.name for rule in broken},
        "made": made,
        "differs": differs,
    }


def _page(text: str, status: int = 200) -> Response:
    return Response(text, status, content_type="text/html; charset=utf-8")
