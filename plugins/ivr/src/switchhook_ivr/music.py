"""The module ``music`` (Wartemusik): plays prompts in turn until time is up or a key is pressed."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from switchhook import Exit, Finding, Label, Module, Session, setting


@attrs.frozen
class Music(Module):
    """Plays ``prompts`` in turn, again and again, for ``longest`` seconds; the one that plays then is played to its end.

    One of ``keys`` ends it at once; any other leads on to the next prompt.
    """

    kind = "music"
    label = Label("Wartemusik", "Music")
    help = Label("Spielt Ansagen oder Musik in Schleife.", "Plays prompts or music in a loop.")

    prompts: tuple[str, ...] = setting("prompts", "Ansagen oder Musik", "Prompts or music", minimum=1)
    longest: int = setting("integer", "Höchstens in s", "At most in s", default=60, minimum=1, maximum=3600)
    keys: tuple[str, ...] = setting("keys", "Tasten", "Keys", default=())

    def exits(self) -> tuple[str, ...]:
        """``next`` when time is up, and one for each key."""
        return ("next", *(f"key:{key}" for key in self.keys))

    def lint(self) -> Iterator[Finding]:
        """Only one key can be pressed in a prompt."""
        for number, key in enumerate(self.keys):
            if len(key) > 1:
                yield Finding(
                    "music-keys",
                    "error",
                    f"settings.keys[{number}]",
                    f"{key} cannot be pressed here; give single keys",
                    german=f"{key} kann hier nicht gedrückt werden; geben Sie einzelne Tasten.",
                )

    async def run(self, session: Session) -> Exit:
        """Play; see the class."""
        began, turn, silent = session.now(), 0, 0
        while (session.now() - began).total_seconds() < self.longest:
            before = session.place.step
            key = await session.play(self.prompts[turn % len(self.prompts)], interruptible=bool(self.keys))
            if key in self.keys:
                return Exit(f"key:{key}", f"the caller pressed {key}")
            silent = silent + 1 if session.place.step == before else 0
            if silent == len(self.prompts):  # none of them has a sound
                await session.wait(self.longest)
                break
            turn += 1
        return Exit("next", "played long enough")
