"""The module ``mailbox`` (Mailbox): a caller leaves a message."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from switchhook import Exit, Label, Module, Reference, Session, StorageFull, setting

from .box import Mailbox

BEEP = "stock/beep"


@attrs.frozen
class LeaveMessage(Module):
    """Greets, beeps and records what the caller says; everything else stands in the mailbox.

    Any key ends the greeting; with ``access_key`` that one leads to the exit
    ``access``, such as to remote access. ``#`` ends the message, as do silence
    and its longest duration; a caller who hangs up leaves it as well.
    """

    kind = "mailbox"
    label = Label("Mailbox", "Mailbox")
    help = Label("Nimmt eine Nachricht des Anrufers auf.", "Takes a message of the caller.")
    consumes_input = True
    exit_labels = {  # noqa: RUF012 - as every module says it
        "recorded": Label("Nachricht hinterlassen", "message left"),
        "empty": Label("Nichts gesprochen", "nothing said"),
        "full": Label("Speicher voll", "storage full"),
        "access": Label("Fernabfrage", "remote access"),
    }

    mailbox: str = setting("reference", "Mailbox", "Mailbox", to="mailbox")
    greeting: str = setting(
        "prompt",
        "Andere Begrüßung",
        "Another greeting",
        default="",
        help=Label("Ohne gilt die der Mailbox.", "Without one, that of the mailbox is played."),
    )
    beep: bool = setting("boolean", "Ton vor der Aufnahme", "Tone before the recording", default=True)
    access_key: str = setting(
        "choice", "Taste zur Fernabfrage", "Key for remote access", default="", choices=("", "*", "0", "9")
    )

    def exits(self) -> tuple[str, ...]:
        """What became of the message; ``access`` with a key for it."""
        return ("recorded", "empty", "full", *(("access",) if self.access_key else ()))

    def references(self) -> Iterator[Reference]:
        """The mailbox and the greeting."""
        yield Reference("mailbox", self.mailbox, "settings.mailbox")
        if self.greeting:
            yield Reference("prompt", self.greeting, "settings.greeting")

    async def run(self, session: Session) -> Exit:
        """Record; see the class."""
        box = await session.resource(Mailbox, self.mailbox)
        key = await session.play(self.greeting or box.greeting, interruptible=True)
        if key and key == self.access_key:
            return Exit("access", f"the caller pressed {key}")
        if self.beep:
            await session.play(BEEP)
        try:
            done = await session.record_voice(
                "message",
                owner=("mailbox", self.mailbox),
                longest=box.longest,
                first_silence=box.first_silence,
                last_silence=box.last_silence,
                facts={"label": session.label, "caller": session.call.caller.number, "number": session.call.number},
            )
        except StorageFull as full:
            return Exit("full", str(full))
        if done.empty:
            return Exit("empty", "nothing was said")
        return Exit("recorded", f"a message of {done.seconds:.0f} s for {box.name}")
