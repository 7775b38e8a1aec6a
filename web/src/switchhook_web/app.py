"""The Quart application: pages, their protection, and what templates know."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import attrs
from babel import Locale
from jinja2 import StrictUndefined
from markupsafe import Markup
from quart import Quart, current_app, g, request

from switchhook import Card, Notice, SwitchhookError
from switchhook.administration import OPERATOR_TENANT, Administration, near_match

from . import (
    access,
    asset_files,
    bodies,
    brought,
    frame,
    headers,
    messages,
    navigation,
    origin,
    pages,
    problems,
    sentences,
    shown,
    texts,
)
from .browsers import is_old
from .frame import now, partial
from .kept.menu import entries
from .limits import limits_in_words
from .pages.live import address
from .proxies import Proxies
from .seats import Door, SessionCookie
from .streams import Streams
from .themes import THEME_COOKIE, THEMES


async def create_app(administration: Administration, door: Door | None = None) -> Quart:
    """The application over a portal's administration; ``door`` stands in for the portal's own.

    Raises :class:`~switchhook_web.access.RouteRefused` for a route that does
    not say who may use it.
    """
    hooks = administration.plugged.hooks
    said = await hooks.collect("menu_entries")
    menu = [answer.value for answer in said]
    menu += entries(administration.keeping.kinds, menu)
    cards = [_listening(administration, answer.plugin, answer.value) for answer in await hooks.collect("cards")]
    actions = [answer.value for answer in await hooks.collect("call_actions")]
    phrases = [(answer.plugin, answer.value) for answer in await hooks.collect("sentences")]
    modules = [(answer.plugin, answer.value.module) for answer in await hooks.collect("pages")]
    entered: Any = door or administration.door
    extensions = {
        "administration": administration,
        "door": entered,
        "streams": Streams(administration.news, entered),
        "session_cookie": SessionCookie.of(administration.settings),
        "menu": _sorted(menu),
        "cards": _sorted(cards),
        "call_actions": _sorted(actions),
    }
    breaker = administration.plugged.breaker

    def wrong(plugin: str, error: ValueError) -> None:
        breaker.report(plugin, "sentences", "wrong_result", str(error)[:500], error=error, counts=False)

    for answer in said:
        for path in navigation.lost_tabs(answer.value, menu):
            why = f"the menu entry {answer.value.label.en!r} has a tab {path!r}, which no entry has"
            breaker.report(answer.plugin, "menu_entries", "wrong_result", why, counts=False)
    extensions["sentences"] = await asyncio.to_thread(sentences.with_plugins, phrases, wrong)
    # Some hundred routes take their time, and calls are served by the same loop.
    app, failed = await asyncio.to_thread(_built, extensions, modules)
    for plugin, error in failed.items():
        breaker.report(plugin, "pages", "import", f"its pages cannot be had: {error}"[:500], error=error, counts=False)
    app.after_serving(_end_streams)
    app.asgi_app = Proxies(app.asgi_app, administration.settings.web.trusted_proxies)  # type: ignore[method-assign]
    return app


async def _end_streams() -> None:
    _extension("streams").end()


def _listening(administration: Administration, plugin: str, card: Card) -> Card:
    """A card with the topics there are; others are a fault of its plugin."""
    known = administration.news.topics(OPERATOR_TENANT if card.place == "operator" else "")
    for topic in [one for one in card.on if one not in known]:
        why = f"the card {card.label.en!r} listens to {topic!r}, and there is no such news{near_match(topic, known)}"
        administration.plugged.breaker.report(plugin, "cards", "wrong_result", why, counts=False)
    return attrs.evolve(card, on=tuple(one for one in card.on if one in known))


def _of_plugins(modules: Sequence[tuple[str, str]]) -> tuple[list[brought.Brought], dict[str, Exception]]:
    """The page modules of plugins, and by plugin why one cannot be had."""
    found, failed = [], {}
    for plugin, name in modules:
        try:
            found.append(brought.brought(plugin, name))
        except Exception as error:  # whatever it is, the other pages are served
            failed[plugin] = error
    return found, failed


def _built(extensions: Mapping[str, Any], modules: Sequence[tuple[str, str]]) -> tuple[Quart, dict[str, Exception]]:
    """The application with its own pages and those plugins bring, and by plugin why its pages cannot be had."""
    app = Quart(__name__, static_folder=None)
    app.config.update(
        MAX_CONTENT_LENGTH=bodies.MOST,
        MAX_FORM_MEMORY_SIZE=bodies.USUAL,
        MAX_FORM_PARTS=2_000,
        BODY_TIMEOUT=60,
        RESPONSE_TIMEOUT=60,
    )
    app.url_map.merge_slashes = False
    app.url_map.strict_slashes = True
    of_plugins, failed = _of_plugins(modules)
    app.extensions.update(
        extensions,
        assets=asset_files.read_assets(),
        texts=brought.all_texts(texts.catalogue("de"), of_plugins),
        operations=[operation for one in of_plugins for operation in one.operations],
    )
    app.register_blueprint(asset_files.blueprint)
    for module in pages.found():
        app.register_blueprint(module.blueprint)
    for one in of_plugins:
        app.register_blueprint(one.blueprint, url_prefix=one.prefix)
    app.before_request(_prepare)
    app.before_request(bodies.check_length)
    app.before_request(access.admit)
    app.before_request(origin.check_origin)
    app.after_request(messages.keep)
    app.after_request(headers.protect)
    problems.install(app)
    _templates(app)
    access.check_routes(app)
    return app, failed


async def _prepare() -> None:
    administration: Administration = _extension("administration")
    g.language = texts.chosen_language(administration.settings)
    theme = request.cookies.get(THEME_COOKIE, "auto")
    g.theme = theme if theme in THEMES else "auto"


def _extension(name: str) -> Any:
    return current_app.extensions[name]


def _templates(app: Quart) -> None:
    environment = app.jinja_env
    environment.undefined = StrictUndefined
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(texts.gettext, texts.ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.filters.update(
        say=texts.say,
        told=sentences.told,
        ago=lambda at: shown.ago(at, now()),
        moment=shown.moment,
        day=shown.day,
        hour=shown.hour,
        size=shown.size,
        lasting=shown.lasting,
        amount=shown.amount,
        money=shown.money,
        number=shown.number,
        dialled=shown.dialled,
    )
    environment.globals.update(
        icon=_icon, asset=lambda name: _extension("assets").path(name), now=now, there=_there, live=address
    )
    app.context_processor(_known)


async def _known() -> dict[str, Any]:
    """What every template knows."""
    seat = g.get("seat")
    return {
        "actor": g.get("actor") or (seat.actor if seat is not None else None),
        "alerts": await _open_alerts(),
        "demo": await _demo(),
        "csrf": seat.csrf if seat is not None else "",
        "language": texts.language(),
        "languages": texts.NAMES,
        "locale": Locale.parse(texts.language()),
        "menu": navigation.menu,
        "tabs": navigation.tabs,
        "messages": messages.waiting,
        "notices": _notices,
        "safe_mode": _of_operator(seat) and frame.administration().plugged.safe,
        "path": request.full_path.rstrip("?"),
        "old_browser": is_old(request.headers.get("User-Agent", "")),
        "seat": seat,
        "tenant": navigation.tenant(),
        "theme": g.get("theme", "auto"),
    }


def _of_operator(seat: Any) -> bool:
    return seat is not None and seat.actor.role == "operator"


async def _open_alerts() -> int | None:
    """How many alerts are open in the tenant of the page; None for those who do not see alerts."""
    actor, tenant = g.get("actor"), navigation.tenant()
    if actor is None or partial() or not tenant or not actor.reach("alert.view").everything:
        return None
    try:
        count: int = await frame.administration().alerts.of(tenant, actor).open_count()
    except SwitchhookError:  # such as a database that is away: then the page itself says so
        return None
    return count


def _notices() -> Sequence[Notice]:
    """What the one who asks is to see on every page of the tenant."""
    actor, tenant = g.get("actor"), navigation.tenant()
    return frame.administration().notices.of(tenant, actor) if actor is not None and tenant else ()


async def _demo() -> str:
    """What the tenant of the page may have at most while it only tries the portal, in words; empty for all others."""
    tenant = navigation.tenant()
    if not tenant or g.get("seat") is None or partial():
        return ""
    try:
        limits = await frame.administration().tenants.limits(tenant)
    except SwitchhookError:  # as above
        return ""
    return limits_in_words(limits) if limits is not None else ""


def _there(path: str) -> bool:
    """Whether a page exists, so that none leads nowhere."""
    return bool(current_app.url_map.bind("").test(path, method="GET"))


def _icon(name: str, label: str = "") -> Markup:
    """An icon of the sprite; with a label it speaks for itself, else it is decoration."""
    assets = _extension("assets")
    name = name if name in assets.icons else "circle"
    said = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    return Markup('<svg class="icon-plain" {}><use href="{}#{}"></use></svg>').format(
        said, assets.path("icons.svg"), name
    )


def _sorted(found: list[Any]) -> list[Any]:
    return sorted(found, key=lambda one: (one.order, one.label.en))
