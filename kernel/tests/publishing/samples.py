"""A hotline and the modules it is made of."""

from __future__ import annotations

import asyncio

import attrs

from switchhook import DialPlan, Exit, Label, Listen, Module, Target, setting


@attrs.frozen
class Say(Module):
    kind = "say"
    label = Label("Ansage", "Announcement")
    prompts: tuple[str, ...] = setting("prompts", "Ansagen", "Prompts", minimum=1)

    def exits(self):
        return ("next",)

    async def run(self, session):
        await session.play(*self.prompts)
        return Exit("next", "all was said")


@attrs.frozen
class Ask(Module):
    kind = "ask"
    label = Label("Menü", "Menu")
    consumes_input = True
    prompts: tuple[str, ...] = setting("prompts", "Ansagen", "Prompts", minimum=1)
    keys: tuple[str, ...] = setting("keys", "Tasten", "Keys", minimum=1)

    def exits(self):
        return (*(f"key:{key}" for key in self.keys), "timeout")

    async def run(self, session):
        pressed = (await session.read(*self.prompts, listen=Listen())).pressed
        return Exit(f"key:{pressed}" if pressed in self.keys else "timeout", f"pressed {pressed or 'nothing'}")


@attrs.frozen
class Ring(Module):
    kind = "ring"
    label = Label("Weiterleitung", "Forward")
    target: str = setting("target", "Ziel", "Target")

    def exits(self):
        return ("answered", "no_answer")

    async def run(self, session):
        kind = "number" if self.target.startswith("+") else "phone"
        result = await session.dial(DialPlan((Target(kind, self.target),)))
        return Exit("answered" if result.status == "answered" else "no_answer", result.status)


@attrs.frozen
class Endless(Module):
    kind = "endless"
    label = Label("Endlos", "Endless")

    def exits(self):
        return ("next",)

    async def run(self, session):
        while True:
            await session.wait(1)


@attrs.frozen
class Hanging(Endless):
    kind = "hanging"

    async def run(self, session):
        await asyncio.Event().wait()


MODULES = (Say, Ask, Ring, Endless, Hanging)

HOTLINE = """\
# The hotline
flow: hotline
label: Hotline
start: menu
last_resort: sorry
points:
  menu:
    module: ask
    label: Main menu   # asked first
    settings: {prompts: [demo/menu], keys: ["1", "2"]}
    exits: {"key:1": anna, "key:2": sorry, timeout: sorry}
  anna:
    module: ring
    label: Anna
    settings: {target: anna}
    exits: {answered: hang-up, no_answer: sorry}
  sorry:
    module: say
    label: Sorry
    settings: {prompts: [stock/unavailable]}
    exits: {next: hang-up}
"""
