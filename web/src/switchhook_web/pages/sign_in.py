"""Signing in and out, and the start page that sends everybody to where they belong."""

from __future__ import annotations

from typing import Final

from quart import Blueprint, Response, current_app, g, redirect, request

from switchhook import SwitchhookError
from switchhook.administration import SecondFactorNeeded, SignedIn, SignInRefused, Throttled, TooBusy

from .. import messages
from ..access import open_to_all, signed_in
from ..frame import render
from ..remembered import remember
from ..seats import Door, SessionCookie
from ..texts import gettext as _
from ..texts import ngettext

blueprint = Blueprint("sign_in", __name__)
_AGENT: Final = 300


async def ask(
    *, status: int = 200, then: str = "/", username: str = "", refused: str = "", challenge: str = ""
) -> Response:
    """The form to sign in with; ``then`` is where one wanted to go. A ``challenge`` stands for the right password."""
    page = await render(
        "pages/sign_in.html",
        then=then,
        username=username,
        refused=refused,
        challenge=challenge,
        shell=False,
        crumbs=[],
    )
    return Response(page, status, content_type="text/html; charset=utf-8")


@blueprint.get("/sign-in")
@open_to_all
async def show() -> Response:
    """The form."""
    return await ask(then=local(request.args.get("then", "/")))


@blueprint.post("/sign-in")
@open_to_all
async def enter() -> Response:
    """Let somebody in, in two steps where there is a second factor."""
    form = await request.form
    then, username = local(form.get("then", "/")), form.get("username", "").strip()[:200]
    challenge = form.get("challenge", "")[:100]
    door: Door = current_app.extensions["door"]
    cookie: SessionCookie = current_app.extensions["session_cookie"]
    if g.seat is not None:
        await door.sign_out(cookie.token())
    address, agent = request.remote_addr or "", request.headers.get("User-Agent", "")[:_AGENT]
    try:
        if challenge:
            inside = await door.second_factor(challenge, form.get("code", "")[:40], address=address, agent=agent)
        else:
            inside = await door.sign_in(username, form.get("password", "")[:1000], address=address, agent=agent)
    except SecondFactorNeeded as needed:
        return await ask(then=then, username=username, challenge=needed.challenge)
    except (SignInRefused, Throttled, TooBusy) as error:
        return await _again(error, then, username, challenge)
    return _let_in(inside, then)


async def _again(error: SwitchhookError, then: str, username: str, challenge: str) -> Response:
    if not isinstance(error, SignInRefused):
        words = _("There were too many attempts. Wait some minutes, then try again.")
        return await ask(status=429, then=then, username=username, refused=words, challenge=challenge)
    if challenge:
        words = _("This code does not fit, or it came too late. Sign in again if that goes on.")
        return await ask(status=401, then=then, refused=words, challenge=challenge)
    return await ask(status=401, then=then, username=username, refused=_("User name and password do not fit."))


def _let_in(inside: SignedIn, then: str) -> Response:
    response: Response = redirect(then, 303)  # type: ignore[assignment]
    cookie: SessionCookie = current_app.extensions["session_cookie"]
    cookie.put(response, inside.token)
    account, days = inside.seat.account, inside.seat.notice_days
    remember(response, account.language, account.theme)
    if days:
        words = ngettext(
            "Your password must be changed within %(num)d day.",
            "Your password must be changed within %(num)d days.",
            days,
        )
        messages.leave(words, kind="warning")
    return response


@blueprint.post("/sign-out")
@signed_in
async def leave() -> Response:
    """End the session, on the server as well."""
    door: Door = current_app.extensions["door"]
    cookie: SessionCookie = current_app.extensions["session_cookie"]
    await door.sign_out(cookie.token())
    response = redirect("/sign-in", 303)
    cookie.drop(response)  # type: ignore[arg-type]
    response.headers["Clear-Site-Data"] = '"cache"'
    return response  # type: ignore[return-value]


@blueprint.get("/")
@signed_in
async def start() -> Response:
    """To the dashboard of one's tenant; the operator has the whole portal."""
    seat = g.seat
    return redirect("/operator" if seat.actor.role == "operator" else f"/t/{seat.tenant}", 303)  # type: ignore[return-value]


def local(path: str) -> str:
    """A path of ours, or else the start: nobody is sent elsewhere by a link they were given."""
    sound = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and "\\" not in path
    return path[:500] if sound else "/"
