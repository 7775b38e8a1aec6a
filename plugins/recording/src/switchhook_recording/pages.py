"""The pages of recordings; only the web imports this."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from quart import Blueprint, Response, g, redirect, request

from switchhook import NotFound
from switchhook_web.extending import administration, dialled, leave, listed, ngettext, number, render, right, sound_of
from switchhook_web.extending import gettext as _

from .archive import DELETE, DOWNLOAD, HOLD, MOST, VIEW, Archive
from .operations import OPERATIONS, number_of, read_proof

__all__ = ["LOCALE", "OPERATIONS", "blueprint"]

blueprint = Blueprint("recording", __name__, template_folder="templates")
LOCALE: Final = Path(__file__).with_name("locale")
PSEUDONYM: Final = re.compile(r"[0-9a-f]{8}")


def archive(tenant: str) -> Archive:
    """The recordings as whoever asks may hear them."""
    return Archive(administration(), tenant, g.actor)


@blueprint.get("/recordings")
@right(VIEW)
async def recordings(tenant: str) -> str:
    """The recordings, newest first."""
    listing = listed()
    rows, after = await archive(tenant).page(search=listing.search, after=number_of(listing.after))
    return await render(
        "recording/recordings.html",
        part="list",
        listens=["recording"],
        rows=rows,
        listing=listing.going_on(str(after or "")),
        party=party,
        told_party=told_party,
        may_delete=g.actor.may(DELETE),
        may_hold=g.actor.may(HOLD),
        crumbs=[(_("Recordings"), "")],
    )


@blueprint.get("/recordings/<id>")
@right(VIEW)
async def recording(tenant: str, id: str) -> str:  # noqa: A002 - the domain's own word
    """One recording, to be heard, with who agreed to it."""
    mine = archive(tenant)
    found = await mine.get(number_of(id))
    return await render(
        "recording/recording.html",
        recording=found,
        sounding=await mine.sounding(found),
        consents=await mine.consents(call=found.call),
        party=party,
        who=told_party(found.caller),
        mode=mode_words(found.mode),
        verdicts=verdict_words(),
        sees_call=g.actor.may("call.view"),
        may_save=g.actor.may(DOWNLOAD),
        may_delete=g.actor.may(DELETE),
        may_hold=g.actor.may(HOLD),
        crumbs=[(_("Recordings"), f"/t/{tenant}/x/recording/recordings"), (_("Recording"), "")],
    )


@blueprint.get("/recordings/<id>/sound")
@right(VIEW)
async def sound(tenant: str, id: str) -> Response:  # noqa: A002
    """The sound of a recording, whole or in part; to be saved with the right to."""
    mine, save = archive(tenant), "download" in request.args
    found = await mine.get(number_of(id))
    name = f"recording-{found.made:%Y-%m-%d-%H-%M}-{found.id}" if save else ""
    return await sound_of(await mine.sounding(found, save=save), download=name)


@blueprint.get("/recordings/<id>/proof")
@right(VIEW)
async def proof(tenant: str, id: str) -> Response:  # noqa: A002
    """The signed proof of everybody's consent, to be saved."""
    mine = archive(tenant)
    found = await mine.get(number_of(id))
    signed = {**await mine.proof(found), "public_key": administration().consents.public_key}
    answer = Response(json.dumps(signed, indent=1, ensure_ascii=False), mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="consent-{found.id}.json"'
    return answer


@blueprint.post("/recordings/_hold")
@right(HOLD)
async def hold(tenant: str) -> Response:
    """Hold what was ticked back, or release it."""
    given = await request.form
    action = given.get("action", "")
    if action not in ("hold", "release"):
        raise NotFound(f"there is no action {action[:20]!r}")
    if ids := ticked(given.getlist("recording")):
        count = await archive(tenant).hold(ids, held=action == "hold")
        leave(ngettext("%(num)d recording was changed.", "%(num)d recordings were changed.", count))
    return back(tenant)


@blueprint.post("/recordings/_delete")
@right(DELETE)
async def delete(tenant: str) -> Response:
    """Delete what was ticked."""
    if ids := ticked((await request.form).getlist("recording")):
        count = await archive(tenant).delete(ids)
        leave(ngettext("%(num)d recording was deleted.", "%(num)d recordings were deleted.", count))
    return back(tenant)


def ticked(given: Sequence[str]) -> Sequence[int]:
    """The recordings that were ticked; says so where there are none."""
    if not given:
        leave(_("Tick the recordings first."), kind="error")
    return [number_of(one) for one in given[:MOST]]


def back(tenant: str) -> Response:
    """To the list."""
    return redirect(f"/t/{tenant}/x/recording/recordings", 303)  # type: ignore[return-value]


@blueprint.get("/consents")
@right(VIEW)
async def consents(tenant: str) -> str:
    """Who answered what, newest first."""
    listing = listed()
    found = await archive(tenant).consents(after=number_of(listing.after), limit=51)
    shown = found[:50]
    return await render(
        "recording/consents.html",
        part="list",
        rows=shown,
        listing=listing.going_on(str(shown[-1].id) if len(found) > 50 else ""),
        party=party,
        mode=mode_words,
        verdicts=verdict_words(),
        sees_call=g.actor.may("call.view"),
        crumbs=[(_("Consents"), "")],
    )


@blueprint.get("/retention")
@right(VIEW)
async def retention(tenant: str) -> str:
    """When recordings were deleted because of their age, and the check of proofs."""
    return await _retention(tenant)


@blueprint.post("/retention")
@right(VIEW)
async def check(tenant: str) -> str:
    """Check a proof that somebody shows."""
    given = (await request.form).get("proof", "")
    return await _retention(tenant, given, administration().consents.holds(read_proof(given)))


async def _retention(tenant: str, proof: str = "", holds: bool | None = None) -> str:
    return await render(
        "recording/retention.html",
        runs=await archive(tenant).runs(),
        proof=proof,
        holds=holds,
        public_key=administration().consents.public_key,
        crumbs=[(_("Deletions & proofs"), "")],
    )


def told_party(who: str) -> str:
    """Who it was, as a text: the number, the phone, or a pseudonym."""
    return number(who) if who.startswith("+") else _unshown(who)


def party(who: str) -> Any:
    """Who it was."""
    return dialled(who) if who.startswith("+") else _unshown(who)


def _unshown(who: str) -> str:
    """A phone by its name, and a caller whose number was withheld by the pseudonym."""
    if PSEUDONYM.fullmatch(who):
        return _("withheld number (%(pseudonym)s)", pseudonym=who)
    return who or _("withheld number")


def mode_words(mode: str) -> str:
    """How people were asked."""
    known = {
        "announce_and_key": _("announcement and key"),
        "announce_and_stay": _("announcement, who stays agrees"),
        "agent_only": _("one's own side alone"),
    }
    return known.get(mode, mode)


def verdict_words() -> dict[str, str]:
    """What people answered."""
    return {"granted": _("agreed"), "refused": _("refused"), "revoked": _("took it back")}
