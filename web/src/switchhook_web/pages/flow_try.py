"""Trying a flow before anybody calls, and keeping what it must do."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, urlencode

from quart import Blueprint, Response, redirect, request

from switchhook import Problem, SwitchhookError
from switchhook.administration import Checked, SettingsRefused, Tried

from ..access import right
from ..flows.island import exit_words
from ..flows.service import crumbs, modules, publishing, zone
from ..flows.trying import KEYPAD, asked_again, asked_of, trial_of, way_of
from ..frame import render
from ..messages import leave
from ..outcomes import outcome_words
from ..sentences import told
from ..shown import moment
from ..texts import gettext as _
from ..texts import language

blueprint = Blueprint("flow_try", __name__)


@blueprint.get("/t/<tenant>/flows/<flow>/try")
@right("flow.view")
async def show(tenant: str, flow: str) -> str:
    """The form, and below it the course of the call it asks for."""
    asked, tried, problem = asked_of(request.args), None, ""
    work = publishing(tenant)
    line = await work.flow(flow)
    if "go" in request.args:
        try:
            tried = await work.try_flow(flow, trial_of(asked, zone()))
        except ValueError:
            problem = _("The date cannot be read.")
        except SwitchhookError as error:
            if error.code in ("not_found", "forbidden"):
                raise
            problem = told(error)
    return await render(
        "flows/try.html",
        flow=line,
        asked=asked,
        keypad=KEYPAD,
        tried=tried,
        problem=problem,
        steps=json.dumps(way_of(tried.steps, flow)) if tried else "",
        outcome=outcome_words(tried.outcome) if tried else "",
        suggestion=_suggestion(asked, tried) if tried else "",
        exit_words=lambda name, kind="": exit_words(name, kind, modules(), language()),
        crumbs=crumbs(tenant, line),
    )


@blueprint.get("/t/<tenant>/flows/<flow>/expectations")
@right("flow.view")
async def expectations(tenant: str, flow: str) -> str:
    """Each expectation and whether it holds for the draft, tried just now."""
    work = publishing(tenant)
    line = await work.flow(flow)
    checked = [_row(one) for one in await work.check_expectations(flow)]
    return await render("flows/expectations.html", flow=line, checked=checked, crumbs=crumbs(tenant, line))


@blueprint.post("/t/<tenant>/flows/<flow>/expectations")
@right("flow.change")
async def keep(tenant: str, flow: str) -> Response:
    """Keep the course that a call takes now as what it must take."""
    form = await request.form
    work = publishing(tenant)
    try:
        trial = trial_of(asked_of(form), zone())
    except ValueError as error:
        raise SettingsRefused([Problem("at", _("The date cannot be read."))]) from error
    await work.expect(flow, form.get("name", "").strip()[:200], await work.try_flow(flow, trial))
    leave(_("Kept. It is checked before each publishing."))
    return redirect(f"/t/{quote(tenant)}/flows/{quote(flow)}/expectations", 303)  # type: ignore[return-value]


@blueprint.post("/t/<tenant>/flows/<flow>/expectations/<int:id>/delete")
@right("flow.change")
async def forget(tenant: str, flow: str, id: int) -> Response:  # noqa: A002 - the domain's own word
    """Expect it no longer."""
    await publishing(tenant).forget_expectation(flow, id)
    leave(_("The expectation was deleted."))
    return redirect(f"/t/{quote(tenant)}/flows/{quote(flow)}/expectations", 303)  # type: ignore[return-value]


def _row(checked: Checked) -> dict[str, Any]:
    one = checked.expectation
    asked = asked_again(one.trial, zone())
    parts = [one.trial.caller or _("suppressed"), moment(one.trial.at, "short") or _("any time"), one.trial.keys]
    return {
        "id": one.id,
        "name": one.name,
        "red": checked.red,
        "shown": ", ".join(part for part in parts if part),
        "query": urlencode({"go": "1", **asked}),
    }


def _suggestion(asked: dict[str, str], tried: Tried) -> str:
    """A name that says what was tried and where it ended."""
    last = tried.steps[-1] if tried.steps else None
    at = asked["at"].replace("T", " ")
    parts = [at, asked["caller"] or _("suppressed"), asked["keys"]]
    before = ", ".join(part for part in parts if part)
    return f"{before} → {last.label or last.point}" if last else before
