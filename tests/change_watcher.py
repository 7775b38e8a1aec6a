"""A plugin of tests that sees every change, and refuses what it is told to refuse."""

from __future__ import annotations

import attrs

from switchhook import Change, Refusal, hookimpl


@attrs.define
class Watcher:
    """``made`` are the changes that were made; ``refuse`` is its answer to each that is proposed."""

    made: list[Change] = attrs.field(factory=list)
    refuse: Refusal | None = None

    @hookimpl
    def change_proposed(self, change: Change) -> Refusal | None:
        return self.refuse

    @hookimpl
    def change_made(self, change: Change) -> None:
        self.made.append(change)
