"""The module ``pin-entry`` (PIN-Eingabe): a caller proves who they are."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterator, Mapping
from typing import Final

import attrs

from switchhook import Exit, Finding, Label, Listen, Module, PinLimits, Reference, Session, setting

from .names import NAME, SHAPE, twice
from .pins import PinSet, read_pins

LONGEST: Final = 32


@attrs.frozen
class PinEntry(Module):
    """Asks for a PIN of a set, up to ``tries`` times; the label of the right one is in the variable ``pin_label``.

    Callers hear the same whether a PIN is wrong or locked. A label with an
    exit of its own leaves by ``ok:LABEL``, every other one by ``ok``. PINs
    are neither in the course nor in a variable.
    """

    kind = "pin-entry"
    label = Label("PIN-Eingabe", "PIN entry")
    help = Label("Der Anrufer weist sich mit einer PIN aus.", "The caller proves who they are with a PIN.")
    consumes_input = True
    exit_labels = {  # noqa: RUF012 - as every module says it
        "ok": Label("PIN richtig", "PIN right"),
        "denied": Label("PIN falsch", "PIN wrong"),
        "locked": Label("Gesperrt", "locked"),
    }

    pin_set: str = setting("reference", "PIN-Liste", "PIN set", to="pin-set")
    labels: tuple[str, ...] = setting(
        "words",
        "Kürzel mit eigenem Ausgang",
        "Labels with an exit of their own",
        default=(),
    )
    prompts: tuple[str, ...] = setting("prompts", "Ansagen", "Prompts", default=("stock/mailbox-pin",), minimum=1)
    wrong_prompt: str = setting(
        "prompt", "Ansage bei falscher PIN", "Prompt after a wrong PIN", default="stock/invalid"
    )
    wait: float = setting(
        "seconds", "Wartezeit auf die erste Ziffer", "Wait for the first digit", default=8.0, minimum=0.5, maximum=60
    )
    between: float = setting(
        "seconds", "Wartezeit zwischen Ziffern", "Wait between digits", default=4.0, minimum=0.5, maximum=30
    )
    tries: int = setting("integer", "Versuche", "Tries", default=3, minimum=1, maximum=3)

    def exits(self) -> tuple[str, ...]:
        """``ok:LABEL`` for each label that is named, ``ok``, ``denied`` and ``locked``."""
        named = (label for label in dict.fromkeys(self.labels) if re.fullmatch(NAME, label))
        return (*(f"ok:{label}" for label in named), "ok", "denied", "locked")

    def references(self) -> Iterator[Reference]:
        """All prompts it may play."""
        for number, prompt in enumerate(self.prompts):
            yield Reference("prompt", prompt, f"settings.prompts[{number}]")
        yield Reference("prompt", self.wrong_prompt, "settings.wrong_prompt")

    def lint(self) -> Iterator[Finding]:
        """Labels no PIN can have."""
        yield from twice(self.labels, "settings.labels")
        for place, label in enumerate(self.labels):
            if not re.fullmatch(NAME, label):
                yield Finding(
                    "pin-label",
                    "error",
                    f"settings.labels[{place}]",
                    f"{label!r} is not {SHAPE.en}",
                    german=f"{label!r} ist nicht {SHAPE.de}.",
                )

    async def run(self, session: Session) -> Exit:
        """Ask; see the class."""
        kept = await session.resource(PinSet, self.pin_set)
        pins = read_pins(kept.pins)
        limits = PinLimits(per_subject=kept.tries, subject_seconds=60 * kept.lock_minutes)
        listen = Listen(LONGEST, self.wait, self.between, "#")
        before: tuple[str, ...] = ()
        verdict = "wrong"
        for _ in range(self.tries):
            given = (await session.read(*before, *self.prompts, listen=listen, secret=True)).pressed
            before = (self.wrong_prompt,)
            if not given:
                continue
            verdict = await session.check_pin("pin-set", self.pin_set, given, list(pins.values()), limits=limits)
            if verdict == "ok":
                return self._welcome(session, _label_of(given, pins))
        if verdict == "locked":
            return Exit("locked", "the PIN is locked after too many wrong ones")
        return Exit("denied", "no right PIN was entered")

    def _welcome(self, session: Session, label: str) -> Exit:
        session.variables["pin_label"] = label
        return Exit(f"ok:{label}" if label in self.labels else "ok", f"the PIN of {label} was right")


def _label_of(given: str, pins: Mapping[str, str]) -> str:
    """Whose PIN it is; every one is looked at, whichever fits."""
    return "".join([label for label, pin in pins.items() if hmac.compare_digest(pin.encode(), given.encode())])
