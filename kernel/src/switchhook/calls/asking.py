"""How a caller is asked whether talks may be recorded, and how each leg is prepared for it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from ..consent import Asked, Consent, ConsentEvent, Heard, Joined, Note, Pressed, Unanswered, Wanted, after
from ..errors import SwitchhookError
from .port import Listen, Place
from .prompts import Prompt
from .talk import CALLED, CALLER, AskedParty, TalkAnswer, TalkBook, TalkNotice, TalkPlan, version_of

if TYPE_CHECKING:
    from .session import Session

TRIES: Final = 2
"""How often somebody hears the question who presses nothing."""
WAIT: Final = 6.0
"""Seconds for the key."""


async def ask_caller(session: Session, book: TalkBook, plan: TalkPlan, question: str) -> TalkAnswer:
    """Ask the caller, as far as the plan's mode does, and write down the answer.

    Nothing but a question that was heard to its end counts. One that has no
    sound, or an answer that cannot be written down, is no consent.
    """
    consent = after(plan.consent(), Joined(CALLER, "theirs")).consent
    if plan.mode == "agent_only":
        return "granted"
    found = await session.sound_of(question)
    if found is None:
        session.record("recording.refused", of="recording", why="the question whether to record has no sound")
        return "failed"
    consent = after(consent, Wanted()).consent
    version = await asyncio.to_thread(version_of, found)
    for attempt in range(TRIES):
        await session.play(question)
        consent, note = _fed(consent, Asked(CALLER, version), Heard(CALLER))
        if note is None:
            keys = (await session.read(listen=Listen(1, WAIT, WAIT, ""))).pressed
            last = attempt == TRIES - 1 or keys
            answer = Pressed(CALLER, keys) if keys in (plan.accept, plan.refuse) and keys else Unanswered(CALLER)
            if not last:
                continue
            consent, note = _fed(consent, answer)
        if note is not None:
            return await _noted(session, book, plan, note)
    return "refused"


def _fed(consent: Consent, *events: ConsentEvent) -> tuple[Consent, Note | None]:
    note = None
    for event in events:
        step = after(consent, event)
        consent = step.consent
        note = next((order for order in step.orders if isinstance(order, Note)), note)
    return consent, note


async def _noted(session: Session, book: TalkBook, plan: TalkPlan, note: Note) -> TalkAnswer:
    await session.keep_alive(5)
    try:
        await book.note(session.call, plan.mode, note)
    except SwitchhookError as error:
        session.record("recording.refused", of="recording", why=str(error))
        return "failed"
    return _told(session, AskedParty("granted" if note.verdict == "granted" else "refused", note.prompt, note.key))


def _told(session: Session, asked: AskedParty, party: str = CALLER, **leg: int) -> TalkAnswer:
    """Tell the course what a party answered."""
    if asked.verdict == "granted":
        session.record("consent.given", party=party, prompt=asked.prompt, keys=asked.key, **leg)
    else:
        session.record("consent.refused", party=party, prompt=asked.prompt, keys=asked.key, **leg)
    return asked.verdict


async def prepared(
    session: Session, book: TalkBook, plan: TalkPlan | None, place: Place, notice: Prompt | None, *, again: bool
) -> TalkNotice | None:
    """What whoever is called hears and presses, once it is written down that the leg is to be recorded."""
    if plan is None:
        return None
    if notice is None:
        session.record("recording.refused", of="recording", why="the notice to whoever is called has no sound")
        return None
    try:
        if not again:
            await session.keep_alive(5)
            await book.prepare(session.call, place.step, plan, notice, session.label)
    except SwitchhookError as error:
        session.record("recording.refused", of="recording", why=str(error))
        return None
    return TalkNotice(notice, "" if plan.mode == "announce_and_stay" else plan.accept)


async def record_what_came(session: Session, book: TalkBook, place: Place) -> None:
    """Tell the course who agreed and what was recorded in a leg that is over."""
    try:
        done = await book.done(session.call, place.step)
    except SwitchhookError as error:
        session.note(f"what was recorded is not known at the moment: {error}")
        return
    for asked in done.asked:
        _told(session, asked, CALLED, leg=place.step)
    if done.media:
        session.record("recording.started", of="recording", media=done.media, leg=place.step)
