"""One's own account: profile, password, sessions, second factor and tokens. None of it needs a right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from quart import Blueprint, Response, current_app, g, redirect, request

from switchhook import Problem
from switchhook.administration import (
    EVERY_RIGHT,
    CodeWrong,
    CurrentPasswordWrong,
    Enrolment,
    Grant,
    NewToken,
    Own,
    PasswordTooWeak,
    SettingsRefused,
    Throttled,
    generate,
)

from .. import texts
from ..access import signed_in
from ..frame import administration, now, render
from ..kept.desks import OwnDesk
from ..kept.saving import Edited, Saving
from ..messages import leave
from ..remembered import remember
from ..seats import SessionCookie
from ..sentences import in_language, told
from ..texts import gettext as _
from ..texts import say
from .passwords import LONGEST, judging

blueprint = Blueprint("account", __name__)
LASTING: Final = {"30": 30, "90": 90, "365": 365}
"""Days a token may be made for; all else is for good."""


def own() -> Own:
    """The own account of whoever asks."""
    return administration().door.own(g.seat)


@blueprint.get("/account")
@signed_in
async def show() -> str:
    """The whole account at a look."""
    return await _account()


async def _account(problem: str = "", given: Mapping[str, object] = MappingProxyType({}), version: int = 0) -> str:
    mine = own()
    account = await administration().people.of(g.seat.tenant, g.seat.actor).own()
    return await render(
        "pages/account.html",
        account=account,
        fields={name: given.get(name, getattr(account, name)) for name in ("name", "language", "theme")},
        version=version or account.version,
        sessions=await mine.sessions(),
        codes_left=await mine.recovery_codes_left(),
        tokens=await mine.tokens(),
        right_words=_right_words,
        problem=problem,
        crumbs=_crumbs(),
    )


@blueprint.post("/account")
@signed_in
async def keep() -> Response:
    """Keep name, language and appearance; where they were changed elsewhere meanwhile, both sides are shown."""
    people = administration().people.of(g.seat.tenant, g.seat.actor)

    async def again(values: Mapping[str, object], version: int, problems: Sequence[Problem]) -> Response:
        said = "; ".join(in_language(one.message, texts.language()) for one in problems)
        return _page(await _account(said, values, version), 422)

    response = await Saving("", "/account", OwnDesk(people), again, _crumbs(), done=_is_saved).take()
    if response.status_code == 303:
        account = await people.own()
        remember(response, account.language, account.theme)
    return response


def _is_saved(account: Edited) -> None:
    leave(_("Your account is saved."))


# -- password ---------------------------------------------------------------------------------------


@blueprint.get("/account/password")
@signed_in
async def password() -> str:
    """The form for another password."""
    return await _password()


@blueprint.post("/account/password")
@signed_in
async def change_password() -> Response:
    """Set another password; this browser stays signed in, by a new session."""
    form = await request.form
    if "generate" in form:
        return _page(await _password(made=generate()))
    given = form.get("password", "")[:LONGEST]
    if given != form.get("again", given)[:LONGEST]:
        return _page(await _password(differs=True), 422)
    agent = request.headers.get("User-Agent", "")
    current, address = form.get("current", "")[:LONGEST], request.remote_addr or ""
    try:
        token = await own().change_password(current, given, address=address, agent=agent)
    except PasswordTooWeak as refused:
        return _page(await _password(broken=refused.rules), 422)
    except CurrentPasswordWrong:
        return _page(await _password(problem=_("The present password is not right.")), 422)
    except Throttled:
        return _page(
            await _password(problem=_("There were too many attempts. Wait some minutes, then try again.")), 429
        )
    leave(_("Your password is changed. Everywhere else you are signed out."))
    response = _to("/")
    cookie: SessionCookie = current_app.extensions["session_cookie"]
    cookie.put(response, token)
    return response


async def _password(*, problem: str = "", **said: object) -> str:
    policy = (await administration().policies.of(g.seat.tenant, g.seat.actor).get()).value
    fields = judging(policy.level, **said)  # type: ignore[attr-defined, arg-type]
    crumbs = _crumbs((_("Change the password"), ""))
    due = g.seat.must == "change_password"
    return await render("pages/own_password.html", problem=problem, due=due, shell=not due, crumbs=crumbs, **fields)


# -- sessions ---------------------------------------------------------------------------------------


@blueprint.post("/account/sessions/<id>/end")
@signed_in
async def end_session(id: str) -> Response:  # noqa: A002 - the URL's own word
    """Sign one browser out."""
    await own().end_session(id)
    leave(_("That browser is signed out."))
    return _to("/account")


@blueprint.post("/account/sessions/end")
@signed_in
async def end_sessions() -> Response:
    """Sign all other browsers out."""
    await own().end_other_sessions()
    leave(_("Everywhere else you are signed out."))
    return _to("/account")


# -- second factor ------------------------------------------------------------------------------------


@blueprint.get("/account/factor")
@signed_in
async def factor() -> str:
    """Where one begins with a second factor, or removes it."""
    return await _factor()


@blueprint.post("/account/factor")
@signed_in
async def enrol() -> Response:
    """Show the secret, as a picture and to type."""
    return _page(await _factor(await own().enrol()))


@blueprint.post("/account/factor/confirm")
@signed_in
async def confirm_factor() -> Response:
    """Ask for a code from now on, and show the recovery codes once."""
    code = (await request.form).get("code", "")[:20]
    try:
        codes = await own().confirm_factor(code)
    except CodeWrong:
        wrong = _("This is not the code of this moment. Check the clock of your telephone and try again.")
        return _page(await _factor(await own().pending(), problem=wrong), 422)
    except Throttled:
        waiting = _("There were too many attempts. Wait some minutes, then try again.")
        return _page(await _factor(await own().pending(), problem=waiting), 429)
    page = await render(
        "pages/factor.html", codes=codes, qr="", secret="", problem="", has_factor=True, crumbs=_crumbs()
    )
    return _page(page)


@blueprint.post("/account/factor/remove")
@signed_in
async def remove_factor() -> Response:
    """Ask for no code any more."""
    try:
        await own().remove_factor((await request.form).get("password", "")[:LONGEST])
    except CurrentPasswordWrong:
        return _page(await _factor(problem=_("The present password is not right.")), 422)
    except Throttled:
        return _page(await _factor(problem=_("There were too many attempts. Wait some minutes, then try again.")), 429)
    leave(_("Your second factor is removed."))
    return _to("/account")


async def _factor(enrolment: Enrolment | None = None, *, problem: str = "") -> str:
    return await render(
        "pages/factor.html",
        codes=(),
        qr=_picture(enrolment.uri) if enrolment else "",
        secret=enrolment.secret if enrolment else "",
        problem=problem,
        has_factor=g.seat.has_factor,
        crumbs=_crumbs((_("Second factor"), "")),
    )


def _picture(text: str) -> str:
    """A QR code as SVG, black on white whatever the page's colours; it needs no style of its own."""
    import segno

    made: str = segno.make(text, error="m").svg_inline(scale=5, border=3, light="#fff")
    return made


# -- tokens -------------------------------------------------------------------------------------------


@blueprint.get("/account/tokens/new")
@signed_in
async def token() -> str:
    """The form of a new token."""
    return await _token()


@blueprint.post("/account/tokens")
@signed_in
async def make_token() -> Response:
    """Make a token and show it, once."""
    form = await request.form
    days = LASTING.get(form.get("lasting", ""))
    grants = EVERY_RIGHT if form.get("all") else tuple(Grant(word) for word in _given(form.getlist("right")))
    try:
        expires = now() + timedelta(days=days) if days else None
        made = await own().make_token(form.get("name", "")[:200], grants, expires=expires)
    except SettingsRefused as refused:
        return _page(await _token(problem=told(refused)), 422)
    return _page(await _token(made))


@blueprint.post("/account/tokens/<id>/revoke")
@signed_in
async def revoke_token(id: str) -> Response:  # noqa: A002
    """Let a token count no more."""
    await own().revoke_token(id)
    leave(_("The token counts no more."))
    return _to("/account")


async def _token(made: NewToken | None = None, *, problem: str = "") -> str:
    known = administration().plugged.rights
    rights = [known[word] for word in known if g.seat.actor.may(word)]
    crumbs = _crumbs((_("New token"), ""))
    return await render("pages/token.html", made=made, rights=rights, problem=problem, crumbs=crumbs)


def _right_words(word: str) -> str:
    """A right as people know it; one whose plugin is gone by its word."""
    known = administration().plugged.rights
    return say(known[word].label) if word in known else word


def _given(words: Sequence[str]) -> Sequence[str]:
    known = administration().plugged.rights
    return [word for word in words if word in known]


def _crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("My account"), "/account"), *more]


def _to(path: str) -> Response:
    return redirect(path, 303)  # type: ignore[return-value]


def _page(text: str, status: int = 200) -> Response:
    return Response(text, status, content_type="text/html; charset=utf-8")
