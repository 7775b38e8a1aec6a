"""The module ``menu`` (IVR-Menü): the caller chooses by key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import attrs

from switchhook import Exit, Finding, Keys, Label, Listen, Module, Reference, Session, setting

from .tries import used_up

SHORTEST_SENSIBLE_WAIT: Final = 2.0


@attrs.frozen
class Menu(Module):
    """Plays prompts while listening for keys, up to ``tries`` times.

    A key sequence that is bound leaves by ``key:SEQUENCE``. With
    ``direct_digits`` a sequence of exactly that many digits that is not bound
    leaves by ``extension``, the digits in the variable ``extension``. After a
    wrong choice ``invalid_prompt`` is played before the prompts, after silence
    ``timeout_prompt``; a key pressed in them is the next choice already.
    Without ``barge_in`` keys count only after the last prompt.
    """

    kind = "menu"
    label = Label("IVR-Menü", "Menu")
    help = Label("Der Anrufer wählt mit einer Taste.", "The caller chooses by key.")
    consumes_input = True

    prompts: tuple[str, ...] = setting("prompts", "Ansagen", "Prompts", minimum=1)
    keys: tuple[str, ...] = setting("keys", "Tasten", "Keys", minimum=1)
    wait: float = setting(
        "seconds", "Wartezeit auf die erste Taste", "Wait for the first key", default=5.0, minimum=0.5, maximum=60
    )
    between: float = setting(
        "seconds", "Wartezeit zwischen Tasten", "Wait between keys", default=2.0, minimum=0.5, maximum=30
    )
    tries: int = setting("integer", "Versuche", "Tries", default=3, minimum=1, maximum=20)
    barge_in: bool = setting("boolean", "Taste unterbricht die Ansage", "A key interrupts the prompt", default=True)
    direct_digits: int = setting(
        "integer", "Stellen für Durchwahl", "Digits for direct dialling", default=0, minimum=0, maximum=15
    )
    invalid_prompt: str = setting(
        "prompt", "Ansage bei falscher Taste", "Prompt after a wrong key", default="stock/invalid"
    )
    timeout_prompt: str = setting("prompt", "Ansage bei keiner Taste", "Prompt after no key", default="stock/no-entry")

    def exits(self) -> tuple[str, ...]:
        """One for each key, then what happens when the tries are used up."""
        direct = ("extension",) if self.direct_digits else ()
        return (*(f"key:{key}" for key in self.keys), *direct, "timeout", "invalid")

    def references(self) -> Iterator[Reference]:
        """All prompts it may play."""
        for number, prompt in enumerate(self.prompts):
            yield Reference("prompt", prompt, f"settings.prompts[{number}]")
        yield Reference("prompt", self.invalid_prompt, "settings.invalid_prompt")
        yield Reference("prompt", self.timeout_prompt, "settings.timeout_prompt")

    def lint(self) -> Iterator[Finding]:
        """Waits too short to press a key, and keys that cannot be acted upon at once."""
        if self.wait < SHORTEST_SENSIBLE_WAIT:
            yield Finding(
                "L10",
                "warning",
                "settings.wait",
                f"{self.wait:g} s are too short to press a key; give at least 2",
                german=f"{self.wait:g} s sind zu kurz für einen Tastendruck; geben Sie mindestens 2.",
            )
        most = self._most_keys()
        for number, key in enumerate(self.keys):
            if len(key) < most:
                yield Finding(
                    "menu-wait",
                    "warning",
                    f"settings.keys[{number}]",
                    f"after {key!r} the caller waits {self.between:g} s, because up to {most} keys can be pressed",
                    german=f"Nach {key!r} wartet der Anrufer {self.between:g} s, weil bis zu {most} Tasten möglich sind.",
                )

    async def run(self, session: Session) -> Exit:
        """Ask; see the class."""
        way = Exit("timeout")
        before: tuple[str, ...] = ()
        for turn in range(1, self.tries + 1):
            keys = await self._ask(session, *before)
            way = self._choice(session, keys)
            if way.name not in {"timeout", "invalid"}:
                return way
            session.note(f"try {turn} of {self.tries}: {way.why}")
            before = (self.invalid_prompt if way.name == "invalid" else self.timeout_prompt,)
        return attrs.evolve(way, why=f"{way.why}; {used_up(self.tries)}")

    async def _ask(self, session: Session, *before: str) -> Keys:
        listen = Listen(self._most_keys(), self.wait, self.between)
        if self.barge_in:
            return await session.read(*before, *self.prompts, listen=listen)
        await session.play(*before, *self.prompts)
        return await session.read(listen=listen)

    def _most_keys(self) -> int:
        return max(self.direct_digits, *map(len, self.keys))

    def _choice(self, session: Session, keys: Keys) -> Exit:
        pressed = keys.pressed
        if not pressed:
            return Exit("timeout", "no key pressed")
        if pressed in self.keys:
            return Exit(f"key:{pressed}", f"the caller pressed {pressed}")
        if self.direct_digits and len(pressed) == self.direct_digits and pressed.isdigit():
            session.variables["extension"] = pressed
            return Exit("extension", f"the caller dialled {pressed} directly")
        return Exit("invalid", f"{pressed} is not offered")
