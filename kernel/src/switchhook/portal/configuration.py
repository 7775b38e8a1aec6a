"""Asterisk's configuration as the settings and the store have it: rendered, written, taken up."""

from __future__ import annotations

from collections.abc import Mapping

from ..asterisk.configured import current_configuration, render_for, write_configuration
from ..asterisk.dial_target import dial_target, endpoint_target
from ..asterisk.fallback import NumberFallback
from ..asterisk.place import AsteriskPlace
from ..asterisk.render import DEFAULT_APOLOGY
from ..calls.prompts import APOLOGY, PromptMissing
from ..clock import Clock
from ..config import Settings
from ..prompts.library import PromptLibrary
from ..store.directory import Directory
from ..store.engine import Store
from ..store.routing import Number
from .sounds import sounds_directory


async def configuration(settings: Settings, place: AsteriskPlace, store: Store, clock: Clock) -> Mapping[str, str]:
    """Every file Asterisk reads, with the fallback of each number in the store."""
    library = PromptLibrary(sounds_directory(settings), fallback=(settings.portal.language, "en", "de"))
    state = await Directory(store, clock).load_routing()
    numbers = state.numbers.values() if state else ()
    return render_for(
        settings,
        place,
        [_fallback(number, library, settings.portal.language) for number in numbers],
        apology=_sound(library, APOLOGY, settings.portal.language) or DEFAULT_APOLOGY,
    )


async def put_configuration(settings: Settings, place: AsteriskPlace, store: Store, clock: Clock) -> bool:
    """Write the configuration if it differs from the one in use; whether it did."""
    files = dict(await configuration(settings, place, store, clock))
    if files == current_configuration(settings):
        return False
    write_configuration(settings, files)
    return True


def _fallback(number: Number, library: PromptLibrary, language: str) -> NumberFallback:
    chosen = number.fallback
    return NumberFallback(
        number=number.e164,
        kind=chosen.kind,
        target=_target(chosen.target) if chosen.target else "",
        sound=_sound(library, chosen.sound, language),
        ring_seconds=chosen.ring_seconds,
    )


def _target(text: str) -> str:
    return dial_target(text, "trunk") if text.startswith("+") else endpoint_target(text)


def _sound(library: PromptLibrary, prompt: str, language: str) -> str:
    """Asterisk's name of a prompt; empty, which means the apology, when there is no such sound."""
    if not prompt:
        return ""
    try:
        return library.asterisk_name(library.find(prompt, language))
    except PromptMissing:
        return ""
