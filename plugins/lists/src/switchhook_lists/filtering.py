"""The module ``caller-list`` (Anruferliste): goes by the lists a caller is on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import attrs

from switchhook import Exit, Finding, Label, Module, Session, setting

from .caller_list import CallerList
from .entry import Entry
from .index import Index
from .knowing import count_hit
from .plugin_state import Lists

NAME: Final = "[a-z0-9][a-z0-9-]{0,29}"


@attrs.frozen
class Consulted:
    """One list that is looked at, and what becomes of a caller who is on it."""

    list: str = setting("reference", "Liste", "List", to="caller-list")
    verdict: str = setting(
        "choice",
        "Wer darauf steht, wird",
        "Who is on it is",
        choices=("deny", "allow"),
        names=(Label("gesperrt", "denied"), Label("durchgelassen", "let through")),
        default="deny",
    )
    name: str = setting(
        "text",
        "Eigener Ausgang",
        "Exit of its own",
        default="",
        pattern=f"({NAME})?",
        shape=Label(
            "ein Name aus kleinen Buchstaben, Ziffern und -, höchstens 30 Zeichen, oder leer",
            "a name of small letters, digits and -, at most 30 characters, or empty",
        ),
    )

    @property
    def way(self) -> str:
        """The exit a caller takes who is on it."""
        return f"match:{self.name}" if self.name else self.verdict


@attrs.frozen
class CallerListFilter(Module):
    """Looks a caller up on the lists, in their order; the first list the caller is on decides.

    Callers who suppress their number are looked up by the number the network
    gave, which nobody sees. ``anonymous`` says what becomes of them: looked
    up first and then ``anonymous``, or ``anonymous`` at once, or looked up
    like all others.
    """

    kind = "caller-list"
    label = Label("Anruferliste", "Caller list")
    help = Label("Sperrt Anrufer oder lässt sie durch.", "Denies callers or lets them through.")
    exit_labels = {  # noqa: RUF012 - as every module says it
        "deny": Label("Gesperrt", "denied"),
        "allow": Label("Durchgelassen", "let through"),
        "no_match": Label("Auf keiner Liste", "on no list"),
        "anonymous": Label("Ohne Rufnummer", "without a number"),
    }

    lists: tuple[Consulted, ...] = setting("rows", "Listen der Reihe nach", "Lists in order", row=Consulted, minimum=1)
    anonymous: str = setting(
        "choice",
        "Anrufer ohne Rufnummer",
        "Callers without a number",
        default="after",
        choices=("after", "at_once", "like_others"),
        names=(
            Label("nach den Listen an den eigenen Ausgang", "to an exit of their own after the lists"),
            Label("gleich an den eigenen Ausgang", "to an exit of their own at once"),
            Label("wie alle anderen", "like all others"),
        ),
    )

    def exits(self) -> tuple[str, ...]:
        """What lists decide, then whoever is on none."""
        ways = dict.fromkeys(one.way for one in self.lists)
        return (*ways, "no_match", *(("anonymous",) if self.anonymous != "like_others" else ()))

    def lint(self) -> Iterator[Finding]:
        """Lists looked at twice."""
        for place, one in enumerate(self.lists):
            if one.list in [before.list for before in self.lists[:place]]:
                yield Finding(
                    "lists-twice",
                    "warning",
                    f"settings.lists[{place}].list",
                    f"the list {one.list} has been looked at already",
                    german=f"Die Liste {one.list} wurde schon angesehen.",
                )

    async def run(self, session: Session) -> Exit:
        """Look; see the class."""
        if self.anonymous == "at_once" and session.call.caller.anonymous:
            return Exit("anonymous", "the caller shows no number")
        indexes = await session.plugin(Lists).known.indexes(session, [one.list for one in self.lists])
        for one in self.lists:
            kept = await session.resource(CallerList, one.list)
            entry = await self._met(session, one, kept, indexes[one.list])
            if entry is not None:
                why = reason(session, kept, entry, one.verdict)
                if one.verdict == "deny":
                    session.record("caller.denied", list=one.list, why=why)
                return Exit(one.way, why)
        if session.call.caller.anonymous and self.anonymous != "like_others":
            return Exit("anonymous", "the caller shows no number and is on no list")
        return Exit("no_match", "the caller is on no list")

    async def _met(self, session: Session, one: Consulted, kept: CallerList, index: Index) -> Entry | None:
        """The entry that decides; what only watches is told and counted, and decides nothing."""
        watched = None
        for entry in index.met_by(session.network, session.call.caller.key, session.now()):
            if not (kept.shadow or entry.shadow):
                await self._count(session, one, entry, shadow=False)
                return entry
            watched = watched or entry
        if watched is not None:
            why = reason(session, kept, watched, one.verdict)
            session.note(f"only watched: {why}", list=one.list)
            await self._count(session, one, watched, shadow=True)
        return None

    async def _count(self, session: Session, one: Consulted, entry: Entry, *, shadow: bool) -> None:
        told = entry.id if may_be_told(session, entry) else 0
        await count_hit(session, one.list, {"entry": told, "verdict": one.verdict, "shadow": shadow})


def may_be_told(session: Session, entry: Entry) -> bool:
    """Whether it may be said which entry a caller met: an entry that names a number would tell who suppresses it."""
    return not session.call.caller.anonymous or entry.kind == "suppressed"


def reason(session: Session, kept: CallerList, entry: Entry, verdict: str) -> str:
    """Why, in words: the list, and the note of the entry unless it would tell who suppresses a number."""
    done = "denied" if verdict == "deny" else "let through"
    note = entry.note if may_be_told(session, entry) else ""
    return f"{done} by the list {kept.name}: {note}" if note else f"{done} by the list {kept.name}"
