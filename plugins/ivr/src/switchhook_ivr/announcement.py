"""The module ``announcement`` (Ansage): says something and goes on."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from switchhook import Exit, Finding, Label, Listen, Module, Reference, Session, setting


@attrs.frozen
class Announcement(Module):
    """Plays prompts in order, all of them ``times`` times with ``pause`` seconds between.

    With ``interruptible`` a key counts in the pauses as well, unless the call
    is not answered yet: reading a key would answer it.
    """

    kind = "announcement"
    label = Label("Ansage", "Announcement")
    help = Label("Spielt eine oder mehrere Ansagen.", "Plays one or several prompts.")

    prompts: tuple[str, ...] = setting("prompts", "Ansagen", "Prompts", minimum=1)
    times: int = setting("integer", "Wiederholungen", "Times", default=1, minimum=1, maximum=20)
    pause: float = setting("seconds", "Pause dazwischen", "Pause between", default=1.0, minimum=0, maximum=30)
    interruptible: bool = setting("boolean", "Taste unterbricht", "A key interrupts", default=False)
    early: bool = setting(
        "boolean",
        "Vor dem Annehmen abspielen",
        "Play before answering",
        default=False,
        help=Label(
            "Der Anrufer hört die Ansage, ohne dass das Gespräch für ihn beginnt.",
            "The caller hears it before the call is answered and charged.",
        ),
    )

    def exits(self) -> tuple[str, ...]:
        """``next`` after the last prompt; ``key`` as soon as a key interrupts."""
        return ("next", "key") if self.interruptible else ("next",)

    def references(self) -> Iterator[Reference]:
        """The prompts."""
        for number, prompt in enumerate(self.prompts):
            yield Reference("prompt", prompt, f"settings.prompts[{number}]")

    def lint(self) -> Iterator[Finding]:
        """Early media carries no keys on many lines."""
        if self.early and self.interruptible:
            yield Finding(
                "early-keys",
                "warning",
                "settings.interruptible",
                "many networks pass no keys before a call is answered; play it answered, or let no key interrupt",
                german="Viele Netze übertragen vor dem Annehmen keine Tasten; spielen Sie die Ansage nach dem Annehmen.",
            )

    async def run(self, session: Session) -> Exit:
        """Play; see the class."""
        for turn in range(self.times):
            key = await self._pause(session) if turn and self.pause else ""
            key = key or await session.play(*self.prompts, interruptible=self.interruptible, early=self.early)
            if key:
                return Exit("key", f"key {key} interrupted")
        return Exit("next", "played to the end")

    async def _pause(self, session: Session) -> str:
        if self.interruptible and session.answered:
            return (await session.read(listen=Listen(1, self.pause))).pressed
        await session.wait(self.pause)
        return ""
