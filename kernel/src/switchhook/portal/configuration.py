"""Asterisk's configuration as the settings and the store have it: rendered, written, taken up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import attrs
import structlog

from ..asterisk.configured import current_configuration, render_for, write_configuration
from ..asterisk.dial_target import dial_target, endpoint_target
from ..asterisk.fallback import NumberFallback
from ..asterisk.music import write_ringing
from ..asterisk.place import AsteriskPlace
from ..asterisk.render import DEFAULT_APOLOGY
from ..calls.port import DialPlan, Target
from ..calls.prompts import APOLOGY, PromptMissing
from ..clock import Clock
from ..config import Settings
from ..errors import ConfigError, UnsafeText
from ..outbound.authorizing import Known, Outbound
from ..outbound.judging import limited, outside
from ..outbound.kept import KeptFacts
from ..prompts.library import PromptLibrary
from ..store.directory import Directory
from ..store.engine import Store
from ..store.routing import Number
from .sounds import sounds_directory

log = structlog.get_logger(__name__)

HOME: Final = "49"
"""The country whose numbers are also dialled with a single 0 before them."""
LONGEST: Final = 15  # digits the dialplan's patterns let in (E.164)


async def configuration(settings: Settings, place: AsteriskPlace, store: Store, clock: Clock) -> Mapping[str, str]:
    """Every file Asterisk reads, with the fallback of each number in the store."""
    library = PromptLibrary(sounds_directory(settings), fallback=(settings.portal.language, "en", "de"))
    state = await Directory(store, clock).load_routing()
    facts, now = KeptFacts(store), clock.now()
    numbers = [await _permitted(one, facts, now) for one in (state.numbers.values() if state else ())]
    return render_for(
        settings,
        place,
        [
            _fallback(number, limit, spelling, library, settings.portal.language)
            for number, limit in numbers
            for spelling in _spellings(number.e164)
        ],
        apology=_sound(library, APOLOGY, settings.portal.language) or DEFAULT_APOLOGY,
        sounds=map(library.asterisk_name, library.prompts()),
        ringing=write_ringing(settings.data_dir),
    )


async def put_configuration(settings: Settings, place: AsteriskPlace, store: Store, clock: Clock) -> frozenset[str]:
    """Write the configuration if it differs from the one in use; the names of the files that do."""
    files, before = dict(await configuration(settings, place, store, clock)), current_configuration(settings)
    changed = frozenset(name for name in {*files, *before} if files.get(name) != before.get(name))
    if changed:
        write_configuration(settings, files)
    return changed


def _spellings(number: str) -> list[str]:
    """How a carrier or a phone may write a number it dials: no portal is there to make it canonical."""
    if not number.startswith("+"):
        return [number]
    digits = number.removeprefix("+")
    national = ["0" + digits.removeprefix(HOME)] if digits.startswith(HOME) else []
    return [text for text in (number, digits, "00" + digits, *national) if len(text.lstrip("+")) <= LONGEST]


def _fallback(number: Number, limit: int, spelling: str, library: PromptLibrary, language: str) -> NumberFallback:
    """What a number does, or the apology where it cannot be written down: all others must have theirs."""
    chosen = number.fallback
    try:
        return NumberFallback(
            number=spelling,
            kind=chosen.kind,
            target=_target(chosen.target) if chosen.target else "",
            sound=_sound(library, chosen.sound, language, number.tenant),
            ring_seconds=chosen.ring_seconds,
            limit_seconds=limit,
        )
    except (UnsafeText, ConfigError) as error:
        log.error("a number's fallback cannot be; it apologises", number=number.e164, why=str(error))  # noqa: TRY400
        return NumberFallback(number=spelling)


async def _permitted(number: Number, known: Known, now: datetime) -> tuple[Number, int]:
    """The number, with a fallback that announces where the tenant may not call the one that would ring; and how many
    seconds a talk with it may last, 0 for as long as any.
    """
    chosen = number.fallback
    if chosen.kind != "ring" or not chosen.target.startswith("+"):
        return number, 0
    plan = DialPlan((Target("number", chosen.target),))
    why = await Outbound(known).why_not(number.tenant, plan, now)
    if not why:
        facts = await known.of(number.tenant, now, outside(plan), plan.caller_id)
        return number, limited(plan, facts, now.date()).limit_seconds
    log.error("a number's fallback rings nobody; it announces", number=number.e164, why=why)
    return attrs.evolve(number, fallback=attrs.evolve(chosen, kind="announce", target="")), 0


def _target(text: str) -> str:
    return dial_target(text, "trunk") if text.startswith("+") else endpoint_target(text)


def _sound(library: PromptLibrary, prompt: str, language: str, tenant: str = "") -> str:
    """Asterisk's name of a prompt; empty, which means the apology, when there is no such sound."""
    if not prompt:
        return ""
    try:
        return library.asterisk_name(library.find(prompt, language, tenant))
    except PromptMissing:
        return ""
