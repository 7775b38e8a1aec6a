"""Small modules and a strategy for clean flows, shared by the tests of flow documents and the linter."""

from __future__ import annotations

from collections.abc import Iterable

import attrs
from hypothesis import strategies as st

from switchhook.calls.port import Listen
from switchhook.calls.session import Session
from switchhook.flows.flow import HANG_UP, Flow, Point
from switchhook.flows.lint import LintContext
from switchhook.flows.module import Exit, Finding, Module
from switchhook.flows.registry import ModuleRegistry
from switchhook.schema import Label, setting


@attrs.frozen
class Say(Module):
    kind = "say"
    label = Label("Ansage", "Announcement")

    prompts: tuple[str, ...] = setting("prompts", "Ansagen", "Prompts", minimum=1)
    repeat: int = setting("integer", "Wiederholungen", "Repeats", default=1, minimum=1, maximum=9)
    note: str = setting("text", "Notiz", "Note", default="")
    pause: float = setting("seconds", "Pause", "Pause", default=0.5, minimum=0, maximum=60)
    early: bool = setting("boolean", "Vorab", "Early", default=False)

    def exits(self) -> tuple[str, ...]:
        return ("next",)

    async def run(self, session: Session) -> Exit:
        await session.play(*self.prompts)
        return Exit("next", "all was said")


@attrs.frozen
class Ask(Module):
    kind = "ask"
    label = Label("Menü", "Menu")
    consumes_input = True

    prompts: tuple[str, ...] = setting("prompts", "Ansagen", "Prompts", default=())
    keys: tuple[str, ...] = setting("keys", "Tasten", "Keys", minimum=1)

    def exits(self) -> tuple[str, ...]:
        return (*(f"key:{key}" for key in self.keys), "timeout", "invalid")

    async def run(self, session: Session) -> Exit:
        pressed = (await session.read(*self.prompts, listen=Listen())).pressed
        return Exit(f"key:{pressed}" if pressed in self.keys else "invalid" if pressed else "timeout")

    def lint(self) -> Iterable[Finding]:
        if not self.prompts:
            yield Finding("L10", "warning", "settings.prompts", "nothing is said; name a prompt")


@attrs.frozen
class Ring(Module):
    kind = "ring"
    label = Label("Weiterleitung", "Forward")

    targets: tuple[str, ...] = setting("targets", "Ziele", "Targets", minimum=1)
    policy: str = setting("choice", "Anzeige", "Policy", default="keep", choices=("keep", "suppress"))

    def exits(self) -> tuple[str, ...]:
        return ("answered", "no_answer")


REGISTRY = ModuleRegistry([("alpha", Say), ("alpha", Ask), ("beta", Ring)])
PROMPTS = ("demo/welcome", "demo/menu", "demo/sorry")
PHONES = ("anna", "workers")
CLEAN = LintContext(
    tenant_last_resort="sorry-flow",
    has_prompt=lambda prompt, language: prompt in PROMPTS,
    prompt_ids=PROMPTS,
    phones=PHONES,
    numbers={"+4922112345": "hotline", "+4922112346": "sorry-flow"},
    flows={
        "sorry-flow": Flow(
            "sorry-flow", "Sorry", "s", {"s": Point("s", Say(prompts=("demo/sorry",)), "S", {"next": HANG_UP})}
        )
    },
)

texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=30)
labels = texts.filter(bool)
prompts = st.lists(st.sampled_from(PROMPTS), min_size=1, max_size=2).map(tuple)


def _module(draw: st.DrawFn, last: bool) -> Module:
    which = "say" if last else draw(st.sampled_from(["say", "ask", "ring"]))
    if which == "say":
        return Say(
            prompts=draw(prompts),
            repeat=draw(st.integers(1, 9)),
            note=draw(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)),
            pause=draw(st.one_of(st.integers(0, 60), st.integers(0, 60_000).map(lambda ms: ms / 1000))),
            early=draw(st.booleans()),
        )
    if which == "ask":
        keys = draw(st.lists(st.text("0123456789*#", min_size=1, max_size=3), min_size=1, max_size=4, unique=True))
        return Ask(prompts=draw(prompts), keys=tuple(keys))
    targets = draw(st.lists(st.sampled_from((*PHONES, "+4930123456")), min_size=1, max_size=2))
    return Ring(targets=tuple(targets), policy=draw(st.sampled_from(["keep", "suppress"])))


@st.composite
def clean_flows(draw: st.DrawFn) -> Flow:
    """Flows the linter has nothing to say about: each point leads on to later ones, or back through keys."""
    count = draw(st.integers(1, 8))
    names = [f"p{i}" for i in range(count)]
    points = {}
    for i, name in enumerate(names):
        module = _module(draw, last=i == count - 1)
        later = [*names[i + 1 :], HANG_UP, "flow:sorry-flow"]
        onward = names[i + 1] if i + 1 < count else HANG_UP
        exits = {}
        for n, way in enumerate(module.exits()):
            back = names[: i + 1] if way.startswith("key:") else []
            exits[way] = onward if n == 0 and way != "timeout" else draw(st.sampled_from([*later, *back]))
        if draw(st.booleans()):
            exits["error"] = draw(st.sampled_from(later))
        points[name] = Point(name, module, draw(labels), exits, draw(st.sampled_from(["", "100", "a b", "0x1F"])))
    return Flow(
        id="hotline",
        label=draw(labels),
        start="p0",
        points=points,
        language=draw(st.sampled_from(["de", "en"])),
        last_resort=draw(st.sampled_from(["", names[-1], "flow:sorry-flow"])),
        description=draw(texts),
    )
