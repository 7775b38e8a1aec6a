"""The library in the browser: players, upload, speech, versions."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable
from pathlib import Path
from typing import Any, Final, cast

from quart import Blueprint, Response, g, redirect, request

from switchhook import NotFound, PriceChanged, StorageFull
from switchhook.administration import Listing, Record, Sounding, SpeechError, StaleVersion, settings_of
from switchhook_web.extending import (
    administration,
    leave,
    listed,
    money,
    render,
    right,
    say,
    sound_of,
    takes,
    told,
)
from switchhook_web.extending import (
    gettext as _,
)

from .announcement import LANGUAGES, ROLES, Announcement
from .library import TenantAnnouncements, VersionIsHeard
from .library_of import of
from .operations import OPERATIONS
from .production_pages import blueprint as productions
from .taking import MOST_BYTES, SoundRefused
from .tariff import together

__all__ = ["LOCALE", "OPERATIONS", "blueprint"]

blueprint = Blueprint("announcements", __name__, template_folder="templates")
blueprint.register_blueprint(productions, url_prefix="/productions")
LOCALE: Final = Path(__file__).with_name("locale")
VIEW, CHANGE, DELETE = "announcement.view", "announcement.change", "announcement.delete"
ROOM: Final = MOST_BYTES + (256 << 10)
"""Bytes of a request that brings a file: the file itself, and what stands around it."""
_REFUSALS: Final = (PriceChanged, SoundRefused, SpeechError, StaleVersion, StorageFull, VersionIsHeard)


@blueprint.get("/")
@right(VIEW)
async def show(tenant: str) -> str:
    """All announcements with what callers hear now, and the stock prompts."""
    listing = listed(filters=("role",))
    where = {name: value for name, value in listing.filters.items() if value in ROLES}
    page = (
        await administration()
        .keeping.of(tenant, g.actor)
        .page(Announcement.kind, Listing(search=listing.search, where=where, after=listing.after))
    )
    sounds = [(record, await _current(tenant, record)) for record in page.records]
    stock = (await theirs(tenant)).stock()
    return await render(
        "announcements/list.html",
        rows=sounds,
        stock={
            speech: [one for one in stock if one.language == speech]
            for speech in sorted({one.language for one in stock})
        },
        speeches={"de": _("German"), "en": _("English")},
        roles=roles(),
        listing=listing.going_on(page.after),
        may_change=g.actor.may(CHANGE),
        crumbs=[(_("Announcements"), "")],
    )


@blueprint.get("/stock/<speech>/<path:prompt>")
@right(VIEW)
async def stock_sound(tenant: str, speech: str, prompt: str) -> Response:
    """A stock prompt, to be heard."""
    for one in (await theirs(tenant)).stock():
        if (one.language, one.id) == (speech, prompt):
            return Response(await asyncio.to_thread(one.path.read_bytes), mimetype="audio/wav")
    raise NotFound(f"there is no prompt {prompt[:80]!r}", id=prompt[:80])


@blueprint.get("/<id>")
@right(VIEW)
async def one(tenant: str, id: str) -> str:  # noqa: A002 - the domain's own word
    """One announcement: its versions, and how to make another."""
    record = await (await theirs(tenant)).get(id)
    versions = [(take, await _sounding(tenant, id, take.id)) for take in await (await theirs(tenant)).takes(id)]
    value = cast(Announcement, record.value)
    speaking = (await of(administration())).speaking
    texts = [
        (language, request.args.get(f"text-{language}", "")[:2000], request.args.get(f"voice-{language}", "")[:100])
        for language in (value.language, value.other())
        if speaking.voices(language)
    ]
    said = [one for one in texts if one[1].strip()]
    quote, price = (
        await (await theirs(tenant)).quote(),
        together(await (await theirs(tenant)).quotes(max(1, len(said)))).price,
    )
    return await render(
        "announcements/one.html",
        record=record,
        value=value,
        versions=versions,
        quote=quote,
        price=str(price),
        costs=money(price),
        free=not price.micro,
        texts=texts,
        said=said,
        voices={language: speaking.voices(language) for language, _text, _voice in texts},
        speeches={"de": _("German"), "en": _("English")},
        lost=str(speaking.lost.get(value.language, "")),
        key=secrets.token_urlsafe(16),
        most=MOST_BYTES // (1 << 20),
        sources=_sources(),
        may_change=g.actor.may(CHANGE) and record.deleted is None,
        may_delete=g.actor.may(DELETE) and record.deleted is None,
        crumbs=[(_("Announcements"), f"/t/{tenant}/x/announcements/"), (record.title, "")],
    )


@blueprint.get("/<id>/<int:no>/sound")
@right(VIEW)
async def sound(tenant: str, id: str, no: int) -> Response:  # noqa: A002
    """The sound of a version."""
    take = await (await theirs(tenant)).take(id, no)
    sounding = await _sounding(tenant, id, take.id)
    if sounding is None:
        raise NotFound("the file is not there any more", name=id)
    return await sound_of(sounding)


@blueprint.get("/<id>/spoken")
@right(CHANGE)
async def spoken(tenant: str, id: str) -> Response:  # noqa: A002
    """How a text would sound, or else the name; costs nothing."""
    record = await (await theirs(tenant)).get(id)
    text = request.args.get("text", "")[:2000] or record.title
    voice, value = request.args.get("voice", "")[:100], cast(Announcement, record.value)
    language = value.other() if request.args.get("language") == value.other() else value.language
    heard = await (await theirs(tenant)).preview(text, language, voice)
    answer = Response(heard.wav, mimetype="audio/wav")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@blueprint.post("/<id>/upload")
@right(CHANGE)
@takes(ROOM)
async def upload(tenant: str, id: str) -> Response:  # noqa: A002
    """Take in a file as the next version."""
    live = "live" in await request.form
    file = (await request.files).get("file")
    content = await asyncio.to_thread(file.read) if file is not None else b""
    return await _done(
        tenant, id, (await theirs(tenant)).upload(id, content, live=live), _("The file is a new version.")
    )


@blueprint.post("/<id>/generate")
@right(CHANGE)
async def generate(tenant: str, id: str) -> Response:  # noqa: A002
    """Speak texts, one for each language, as the next versions."""
    given = await request.form
    texts = {
        language: (given[f"text-{language}"], given.get(f"voice-{language}", ""))
        for language in LANGUAGES
        if given.get(f"text-{language}", "").strip()
    }
    made = (await theirs(tenant)).generate_all(
        id,
        texts,
        key=given.get("key", "")[:80] or secrets.token_urlsafe(16),
        agreed=given.get("agreed", ""),
        live="live" in given,
    )
    return await _done(tenant, id, made, _("The text is spoken: a new version."))


@blueprint.post("/<id>/hear")
@right(CHANGE)
async def hear(tenant: str, id: str) -> Response:  # noqa: A002
    """Let callers hear a version."""
    version, no = await _whole("version"), await _whole("no")
    return await _done(
        tenant, id, (await theirs(tenant)).hear(id, version, no), _("Callers hear version %(no)s.", no=no)
    )


@blueprint.post("/<id>/trim")
@right(CHANGE)
async def trim(tenant: str, id: str) -> Response:  # noqa: A002
    """Cut a version; the rest is the next one."""
    no, given = await _whole("no"), await request.form
    cut = (await theirs(tenant)).trim(
        id, no, _seconds(given.get("begin", "")), _seconds(given.get("end", "")), live="live" in given
    )
    return await _done(tenant, id, cut, _("The part is a new version."))


@blueprint.post("/<id>/drop")
@right(DELETE)
async def drop(tenant: str, id: str) -> Response:  # noqa: A002
    """Delete a version for good."""
    no = await _whole("no")
    return await _done(tenant, id, (await theirs(tenant)).drop(id, no), _("Version %(no)s was deleted.", no=no))


async def theirs(tenant: str) -> TenantAnnouncements:
    """The announcements as whoever asks may see and change them."""
    return (await of(administration())).of(tenant, g.actor)


async def _current(tenant: str, record: Record) -> Sounding | None:
    no = cast(Announcement, record.value).current
    if not no:
        return None
    try:
        take = await (await theirs(tenant)).take(record.id, no)
    except NotFound:
        return None
    return await _sounding(tenant, record.id, take.id)


async def _sounding(tenant: str, id: str, media: str) -> Sounding | None:  # noqa: A002
    """The file of a version; None when somebody deleted it among the tenant's files."""
    files = administration().media.belonging(tenant, (Announcement.kind, id), g.actor)
    try:
        return await files.open(media)
    except NotFound:
        return None


async def _done(tenant: str, id: str, work: Awaitable[Any], said: str) -> Response:  # noqa: A002
    """Do it, say so or why not, and go back to the announcement."""
    try:
        await work
    except _REFUSALS as refused:
        leave(told(refused), kind="error")
    else:
        leave(said)
    return redirect(f"/t/{tenant}/x/announcements/{id}", 303)  # type: ignore[return-value]


async def _whole(name: str) -> int:
    text = (await request.form).get(name, "")
    return int(text) if text.isdecimal() and len(text) < 9 else 0


def _seconds(text: str) -> float:
    try:
        return max(0.0, min(float(text.replace(",", ".") or 0), 86400.0))
    except ValueError:
        return 0.0


def roles() -> dict[str, str]:
    """What the uses of announcements are called."""
    meta, _field = settings_of(Announcement)["role"]
    return {role: say(meta.name_of(role)) for role in ROLES}


def _sources() -> dict[str, str]:
    return {
        "upload": _("uploaded"),
        "speech": _("spoken from a text"),
        "telephone": _("recorded by telephone"),
        "trim": _("cut"),
        "production": _("produced"),
    }
