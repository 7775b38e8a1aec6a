"""The module ``recording`` (Mitschnitt): asks the caller, and has the talks that follow recorded."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType
from typing import Final, cast

import attrs

from switchhook import Exit, Finding, Label, Module, Reference, Session, TalkPlan, setting
from switchhook.consent import CONSENT_MODES, ConsentMode

KEYS: Final = tuple("1234567890*#")
_STOCK: Final = {
    "announce_and_key": ("stock/record-ask", "stock/record-notice-key"),
    "announce_and_stay": ("stock/record-announce", "stock/record-notice"),
    "agent_only": ("", "stock/record-notice-key"),
}
"""What the caller hears, and whoever is called, where nothing else is said."""


@attrs.frozen
class RecordTalks(Module):
    """Has the talks of the forwards that follow recorded, once everybody who is heard in them agreed.

    The caller is asked here, whoever is called before being connected; each
    hears the prompt to its end, then presses ``accept`` or ``refuse``
    (``announce_and_key``), or is taken to agree by staying
    (``announce_and_stay``). With ``agent_only`` the caller is neither asked nor
    recorded. Whoever refuses is connected all the same, unrecorded.
    """

    kind = "recording"
    label = Label("Mitschnitt", "Recording")
    help = Label(
        "Fragt den Anrufer und lässt die folgenden Gespräche mitschneiden, wenn alle einwilligen.",
        "Asks the caller and has the talks that follow recorded if everybody agrees.",
    )
    consumes_input = True
    exit_labels = MappingProxyType(
        {
            "on": Label("Mitschnitt an", "recording on"),
            "refused": Label("Abgelehnt", "refused"),
            "failed": Label("Nicht möglich", "not possible"),
        }
    )

    retention: str = setting("reference", "Aufbewahrungsklasse", "Retention class", to="recording-class")
    consent: str = setting(
        "choice",
        "Einwilligung",
        "Consent",
        default="announce_and_key",
        choices=CONSENT_MODES,
        names=(
            Label("Ansage, dann Tastendruck", "announcement, then a key"),
            Label("Ansage, wer bleibt, willigt ein", "announcement, whoever stays agrees"),
            Label("nur die eigene Seite", "one's own side alone"),
        ),
        help=Label(
            "In Deutschland ist ein Tastendruck der sichere Weg (§ 201 StGB); dies ist keine Rechtsberatung.",
            "In Germany a key is the safe way (§ 201 StGB); this is no legal advice.",
        ),
    )
    announcement: str = setting(
        "prompt",
        "Ansage für den Anrufer",
        "Prompt to the caller",
        default="",
        help=Label("Ohne gilt die mitgelieferte.", "Without one, the stock prompt is played."),
    )
    notice: str = setting(
        "prompt",
        "Ansage für den Angerufenen",
        "Prompt to whoever is called",
        default="",
        help=Label("Ohne gilt die mitgelieferte.", "Without one, the stock prompt is played."),
    )
    accept: str = setting("choice", "Taste zum Einwilligen", "Key that agrees", default="1", choices=KEYS)
    refuse: str = setting("choice", "Taste zum Ablehnen", "Key that refuses", default="2", choices=KEYS)

    def exits(self) -> tuple[str, ...]:
        """Whether the talks that follow are recorded, as far as the caller is asked."""
        return ("on", "refused", "failed")

    def references(self) -> Iterator[Reference]:
        """The retention class, and the prompts."""
        yield Reference("recording-class", self.retention, "settings.retention")
        for name in ("announcement", "notice"):
            if prompt := getattr(self, name):
                yield Reference("prompt", prompt, f"settings.{name}")

    def lint(self) -> Iterator[Finding]:
        """Keys that contradict each other, and modes that a lawyer should have looked at."""
        if self.accept == self.refuse:
            yield Finding(
                "recording-keys",
                "error",
                "settings.refuse",
                f"the key {self.accept} cannot agree and refuse",
                german=f"Die Taste {self.accept} kann nicht zugleich einwilligen und ablehnen.",
            )
        if self.consent == "announce_and_stay":
            yield Finding(
                "recording-staying",
                "warning",
                "settings.consent",
                "staying on the line is often no consent; ask for a key, or have a lawyer look at it",
                german="Am Apparat bleiben ist oft keine Einwilligung; lassen Sie eine Taste drücken oder es prüfen.",
            )
        if self.consent == "agent_only" and self.announcement:
            yield Finding(
                "recording-agent",
                "warning",
                "settings.announcement",
                "the caller is neither asked nor recorded in this mode, so nobody hears the announcement",
                german="In dieser Betriebsart wird der Anrufer weder gefragt noch aufgezeichnet; niemand hört die Ansage.",
            )

    async def run(self, session: Session) -> Exit:
        """Ask; see the class."""
        question, notice = _STOCK[self.consent]
        plan = TalkPlan(
            cast(ConsentMode, self.consent),
            self.notice or notice,
            ("recording-class", self.retention),
            self.accept,
            self.refuse,
            {"number": session.call.number},
        )
        answer = await session.record_talks(plan, self.announcement or question)
        if answer == "granted":
            only = self.consent == "agent_only"
            return Exit("on", "only whoever is called is recorded" if only else "the caller agrees to be recorded")
        if answer == "refused":
            return Exit("refused", "the caller does not agree to be recorded")
        return Exit("failed", "the caller could not be asked, or the answer not be written down")
