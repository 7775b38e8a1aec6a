"""Signing in and out, and the start page that sends everybody to where they belong."""

from __future__ import annotations

from quart import Blueprint, Response, current_app, g, redirect, request

from switchhook import SwitchhookError

from ..access import open_to_all, signed_in
from ..frame import render
from ..seats import Door, SessionCookie
from ..texts import gettext as _

blueprint = Blueprint("sign_in", __name__)
_AGENT = 200
_REFUSED = ("sign_in_refused", "throttled", "second_factor_needed")


async def ask(
    *, status: int = 200, then: str = "/", username: str = "", refused: str = "", code: bool = False
) -> Response:
    """The form to sign in with; ``then`` is where one wanted to go."""
    page = await render(
        "pages/sign_in.html", then=then, username=username, refused=refused, code=code, shell=False, crumbs=[]
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
    """Let somebody in."""
    form = await request.form
    then, username = local(form.get("then", "/")), form.get("username", "").strip()[:200]
    door: Door = current_app.extensions["door"]
    cookie: SessionCookie = current_app.extensions["session_cookie"]
    if g.seat is not None:
        await door.sign_out(cookie.token())
    try:
        inside = await door.sign_in(
            username,
            form.get("password", "")[:1000],
            address=request.remote_addr or "",
            agent=request.headers.get("User-Agent", "")[:_AGENT],
            code=form.get("code", "").strip()[:20],
        )
    except SwitchhookError as error:
        if error.code not in _REFUSED:
            raise
        return await _again(error, then, username, code="code" in form)
    response = redirect(then, 303)
    cookie.put(response, inside.token)  # type: ignore[arg-type]
    return response  # type: ignore[return-value]


async def _again(error: SwitchhookError, then: str, username: str, *, code: bool) -> Response:
    if error.code == "second_factor_needed":
        words = _("Enter your password again, and the code your app shows.")
        return await ask(status=401, then=then, username=username, refused=words, code=True)
    if error.code == "throttled":
        words = _("There were too many attempts. Wait some minutes, then try again.")
        return await ask(status=429, then=then, username=username, refused=words, code=code)
    words = _("User name and password do not fit.")
    return await ask(status=401, then=then, username=username, refused=words, code=code)


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
    return redirect("/operator/plugins" if seat.actor.role == "operator" else f"/t/{seat.tenant}", 303)  # type: ignore[return-value]


def local(path: str) -> str:
    """A path of ours, or else the start: nobody is sent elsewhere by a link they were given."""
    sound = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and "\\" not in path
    return path[:500] if sound else "/"
